//! One connection to the Socket.IO server, as its own client library would hold it.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::packet::{self, PONG, Packet};
use crate::log::{Content, Members, Room, Seen, Start};
use crate::subject::{Heard, Link, Lost, Named, Say, Who};

/// What a client keeps over connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// The private name of the session.
    session: Option<String>,
    /// The last packet of it.
    offset: Option<String>,
}

/// One connection.
pub(crate) struct Session {
    socket: WebSocketStream<TcpStream>,
    nick: String,
    asked: BTreeMap<u64, Asked>,
    next_number: u64,
    /// What came about by connecting.
    first: VecDeque<Heard>,
    recovered: bool,
}

#[derive(Clone, Copy, Debug)]
enum Asked {
    Say(Content),
    Join(Room),
}

impl Session {
    /// Connects, goes on with the session if there is one, and enters the rooms.
    pub(super) async fn dial(
        who: &Who,
        address: SocketAddr,
        memory: &mut Memory,
    ) -> Result<Self, Lost> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await?;
        let mut session = Self {
            socket,
            nick: who.nick.clone(),
            asked: BTreeMap::new(),
            next_number: 0,
            first: VecDeque::new(),
            recovered: false,
        };
        while session.packet().await? != Some(Packet::Open) {}
        let recover = memory.session.as_deref().zip(memory.offset.as_deref());
        let connect = packet::connect(recover);
        session.socket.send(Frame::text(connect)).await?;
        // What was missed comes before the answer.
        let mut missed = Vec::new();
        let name = loop {
            match session.packet().await? {
                Some(Packet::Connected { session }) => break session,
                Some(Packet::Event(words)) => missed.push(words),
                Some(_) | None => {}
            }
        };
        session.recovered = name.is_some() && name == memory.session;
        if !session.recovered {
            memory.offset = None;
        }
        memory.session = name;
        if session.recovered {
            let resumed = who.rooms.iter().map(|room| entered(*room, Start::Resumed));
            session.first.extend(resumed);
        }
        for words in missed {
            session.first.extend(heard(&words, memory));
        }
        for &room in &who.rooms {
            // After a recovery it changes nothing, and its answer comes behind all that was missed.
            session.ask(Asked::Join(room), &["join", &room_name(room)])?;
        }
        session.socket.flush().await?;
        Ok(session)
    }

    async fn packet(&mut self) -> Result<Option<Packet>, Lost> {
        self.socket.flush().await?;
        let packet = match self.socket.next().await {
            Some(Ok(Frame::Text(text))) => Packet::read(&text),
            Some(Ok(_)) => None,
            Some(Err(error)) => return Err(error.into()),
            None => return Err(Lost::Gone("the connection ended".to_owned())),
        };
        match packet {
            Some(Packet::End) => Err(Lost::Gone("the server ended it".to_owned())),
            Some(Packet::Ping) => {
                self.socket.start_send_unpin(Frame::text(PONG))?;
                Ok(None)
            }
            other => Ok(other),
        }
    }

    fn ask(&mut self, asked: Asked, words: &[&str]) -> Result<(), Lost> {
        let number = self.next_number;
        self.next_number += 1;
        self.asked.insert(number, asked);
        let frame = Frame::text(packet::event(number, words));
        Ok(self.socket.start_send_unpin(frame)?)
    }

    fn acked(&mut self, number: u64) -> Vec<Heard> {
        match self.asked.remove(&number) {
            Some(Asked::Say(content)) => vec![Heard::Acked { content, at: None }],
            Some(Asked::Join(room)) => {
                let start = (!self.recovered).then(|| entered(room, Start::Latest));
                let caught_up = Heard::CaughtUp { room };
                start.into_iter().chain([caught_up]).collect()
            }
            None => vec![Heard::Broken(format!(
                "an acknowledgement of number {number}, which was not asked for"
            ))],
        }
    }
}

impl Link for Session {
    type Memory = Memory;

    fn named(&self) -> Named {
        Named {
            skeleton: self.nick.clone(),
            person: self.nick.clone(),
            owned: false,
        }
    }

    async fn say(&mut self, _: &mut Memory, say: &Say) -> Result<(), Lost> {
        let room = room_name(say.room);
        self.ask(Asked::Say(say.content), &["say", &room, &say.text])?;
        Ok(self.socket.flush().await?)
    }

    fn forget(&mut self, _: &mut Memory, _: &Say) {}

    async fn next(&mut self, memory: &mut Memory) -> Result<Vec<Heard>, Lost> {
        if !self.first.is_empty() {
            return Ok(self.first.drain(..).collect());
        }
        Ok(match self.packet().await? {
            Some(Packet::Ack(number)) => self.acked(number),
            Some(Packet::Event(words)) => heard(&words, memory),
            Some(Packet::Open | Packet::Connected { .. } | Packet::Ping | Packet::End) | None => {
                Vec::new()
            }
        })
    }

    fn members(&self, _: Room) -> Option<Members> {
        None
    }

    /// Who comes back later ends the connection and not the session, which the server would forget at once.
    async fn goodbye(mut self) {
        if self.socket.close(None).await.is_ok() {
            while let Some(Ok(_)) = self.socket.next().await {}
        }
    }
}

fn entered(room: Room, start: Start) -> Heard {
    Heard::Entered {
        room,
        start,
        head: None,
    }
}

fn heard(words: &[Value], memory: &mut Memory) -> Vec<Heard> {
    let mut words = words.iter().map(Value::as_str);
    let mut word = || words.next().flatten();
    let (kind, room, text) = (word(), word(), word());
    // What a server that recovers adds to each event.
    if let Some(offset) = word() {
        memory.offset = Some(offset.to_owned());
    }
    let room = room.and_then(|room| room.strip_prefix("room")?.parse().ok());
    match (kind, room, text) {
        (Some("said"), Some(room), Some(text)) => {
            let seen = Seen {
                text: text.to_owned(),
                id: None,
                at: None,
            };
            vec![Heard::Message { room, seen }]
        }
        other => vec![Heard::Broken(format!("an event that is none: {other:?}"))],
    }
}

fn room_name(room: Room) -> String {
    format!("room{room}")
}
