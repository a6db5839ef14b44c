//! A fresh reader: a room's whole history.

use std::net::SocketAddr;

use futures_util::SinkExt as _;
use protocol::event::Event;
use protocol::position::Position;
use protocol::request::{History, Request};

use super::link::{ChatLink, next_event};
use super::{Memory, room_address, seen};
use crate::log::{Room, Seen};
use crate::subject::{Link as _, Lost, Who};

/// Reads a room's history from its beginning, page by page.
pub(super) async fn read_all(address: SocketAddr, room: Room) -> Result<Vec<Seen>, Lost> {
    let who = Who {
        client: u16::MAX,
        key: "reader".to_owned(),
        nick: "reader".to_owned(),
        device: 0,
        guest: false,
        rooms: vec![room],
    };
    let mut link = ChatLink::dial(&who, address, &mut Memory::default()).await?;
    let mut all: Vec<Seen> = Vec::new();
    let mut after = Position::default();
    let mut page = 1_000_000;
    loop {
        page += 1;
        let ask = Request::History(History {
            reference: Some(page),
            room: room_address(room),
            before: None,
            after: Some(after),
            limit: None,
        });
        link.put(&ask)?;
        link.socket.flush().await?;
        loop {
            let event = next_event(&mut link.socket).await?;
            if let Event::Error(refusal) = event {
                return Err(Lost::Gone(refusal.message));
            }
            let Event::History(part) = event else {
                continue;
            };
            if part.reference != Some(page) {
                continue;
            }
            all.extend(part.messages.iter().map(seen));
            if let Some(last) = part.messages.last() {
                after = last.position;
            }
            if part.done && !part.more {
                link.goodbye().await;
                return Ok(all);
            }
            if part.done {
                break;
            }
        }
    }
}
