//! Searches: which rooms may be looked through, and what of it is told.

use std::collections::VecDeque;

use protocol::error::Refusal;
use protocol::event::{self, Event};
use protocol::limits::FOUND_MESSAGES_MAX;
use protocol::position::Address;
use protocol::request::{self, Ref};

use super::asked::Asked;
use super::connection::Subscription;
use super::hub::Engine;
use super::parts::{fitting, message_bytes};
use super::{ConnId, Output, refusals};
use crate::record::{Hits, Query, Read, Search, Searched};

/// Searches that the store has at once; further ones wait. They are apart from the other questions, so that these never wait for a search.
pub const SEARCHES_AT_ONCE_MAX: usize = 4;

/// Searches on their way to the store, each bounded by what its connection may ask at once.
#[derive(Debug, Default)]
pub(super) struct Searches {
    /// Those that the store does not have yet.
    pub(super) waiting: VecDeque<Read>,
    /// How many it has.
    pub(super) out: usize,
}

/// A search that somebody waits for.
#[derive(Debug)]
pub(super) struct SearchAsked {
    pub(super) conn: ConnId,
    pub(super) reference: Option<Ref>,
}

impl Engine {
    pub(super) fn search(
        &mut self,
        conn: ConnId,
        request: request::Search,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let rooms = match request.room {
            Some(room) if self.has_joined(conn, &room) => vec![room],
            Some(room) => return Err(refusals::not_joined(&room)),
            None => self.joined_rooms(conn),
        };
        let limit = request.limit.unwrap_or(FOUND_MESSAGES_MAX);
        let query = Query::Search(Search {
            rooms,
            text: request.text,
            next: request.next,
            limit: limit.clamp(1, FOUND_MESSAGES_MAX),
        });
        let asked = Asked::Search(SearchAsked {
            conn,
            reference: request.reference,
        });
        self.ask(asked, query, out);
        Ok(())
    }

    /// The store has looked.
    pub(super) fn searched(
        &mut self,
        asked: &SearchAsked,
        searched: Searched,
        out: &mut Vec<Output>,
    ) {
        let refusal = match searched {
            Searched::Hits(hits) => return self.hits(asked, hits, out),
            Searched::Indexing => refusals::indexing(),
            Searched::UnknownNext => refusals::unknown_next(),
        };
        self.refuse(asked.conn, asked.reference, refusal, out);
    }

    /// Nothing of a room that the connection has left since, and nothing that nobody has been shown yet: it comes live.
    fn hits(&mut self, asked: &SearchAsked, hits: Hits, out: &mut Vec<Output>) {
        let Hits {
            mut found,
            mut next,
            since,
        } = hits;
        let last = found.last().map(|hit| hit.mark);
        found.retain(|hit| {
            let message = &hit.message;
            let room = self.rooms.get(&message.room);
            let head = room.and_then(|room| room.head).map_or(0, |head| head.n);
            message.position.n <= head && self.has_joined(asked.conn, &message.room)
        });
        let fits = fitting(&found, |hit| message_bytes(&hit.message));
        if fits < found.len() {
            found.truncate(fits);
            next = found.last().map(|hit| hit.mark).or(last);
        }
        let event = Event::Found(event::Found {
            reference: asked.reference,
            messages: found.into_iter().map(|hit| hit.message).collect(),
            next,
            since,
        });
        self.tell(asked.conn, event, out);
    }

    fn has_joined(&self, conn: ConnId, room: &Address) -> bool {
        let rooms = self
            .connections
            .get(&conn)
            .map(|connection| &connection.rooms);
        let subscription = rooms.and_then(|rooms| rooms.get(room));
        subscription.is_some_and(Subscription::has_entered)
    }

    fn joined_rooms(&self, conn: ConnId) -> Vec<Address> {
        let rooms = self.connections.get(&conn).into_iter();
        rooms
            .flat_map(|connection| connection.rooms.iter())
            .filter(|(_, subscription)| subscription.has_entered())
            .map(|(room, _)| room.clone())
            .collect()
    }
}
