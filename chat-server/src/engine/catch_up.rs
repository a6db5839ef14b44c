//! Older messages for those who have joined and are not live yet.
//!
//! A connection is given pages from the store until it has the room's head as the engine knows it; in that same step it is live.
//! Until then no live message goes to it. So the first live message is the one after the last that it was given, whatever
//! was stored in between. What is given at once is bounded; then the connection has to have written it out first.

use protocol::close::CloseCode;
use protocol::event::{Event, Gap, History, Message};
use protocol::position::{Address, Position};
use protocol::request::Ref;

use super::asked::Asked;
use super::connection::{CatchingUp, Connection, Stage};
use super::hub::Engine;
use super::parts::{LIST_BYTES_MAX, message_bytes};
use super::{ConnId, Output};
use crate::record::{Page, Query, Range, Ticket};

/// Messages in parts that fit a frame each.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The parts, and gaps where messages are missing between them.
    pub(super) events: Vec<Event>,
    /// The last message that is in a part or gap.
    pub(super) at: u64,
    /// The size of all, at most.
    pub(super) bytes: usize,
}

/// Cuts messages after `at` and up to `head` into parts. Where messages are missing between them, a gap is told. With
/// `bytes_max` above 0 at least one message is taken, and no more than fit.
pub(super) fn parts(
    room: &Address,
    reference: Option<Ref>,
    messages: Vec<Message>,
    (at, head): (u64, u64),
    bytes_max: usize,
) -> Parts {
    let mut parts = Parts {
        at,
        ..Parts::default()
    };
    let mut part: Vec<Message> = Vec::new();
    let mut part_bytes = 0;
    let history = |messages| {
        Event::History(History {
            reference,
            room: room.clone(),
            messages,
            done: false,
            more: false,
        })
    };
    for message in messages {
        let position = message.position;
        let size = message_bytes(&message);
        if position.n <= parts.at {
            continue;
        }
        if position.n > head
            || bytes_max == 0
            || (parts.bytes > 0 && parts.bytes + size > bytes_max)
        {
            break;
        }
        let is_gap = position.n > parts.at + 1;
        if !part.is_empty() && (is_gap || part_bytes + size > LIST_BYTES_MAX) {
            parts.events.push(history(std::mem::take(&mut part)));
            part_bytes = 0;
        }
        if is_gap {
            let from = Position::new(position.era, parts.at + 1);
            let to = Position::new(position.era, position.n - 1);
            parts.events.push(gap_event(room, from, to));
        }
        parts.at = position.n;
        parts.bytes += size;
        part_bytes += size;
        part.push(message);
    }
    if !part.is_empty() {
        parts.events.push(history(part));
    }
    parts
}

/// Marks the last part of an answer as the last, or adds an empty one.
pub(super) fn finish(events: &mut Vec<Event>, room: &Address, reference: Option<Ref>, more: bool) {
    if let Some(Event::History(last)) = events.last_mut() {
        last.done = true;
        last.more = more;
    } else {
        events.push(Event::History(History {
            reference,
            room: room.clone(),
            messages: Vec::new(),
            done: true,
            more,
        }));
    }
}

/// The last part of a join's messages.
pub(super) fn close_history(events: &mut Vec<Event>, room: &Address, catching_up: &CatchingUp) {
    finish(events, room, catching_up.reference, catching_up.more);
}

/// Messages that cannot be given any more.
pub(super) fn gap_event(room: &Address, from: Position, to: Position) -> Event {
    Event::Gap(Gap {
        room: room.clone(),
        from,
        to,
    })
}

impl Connection {
    fn catching_up(&mut self, room: &Address) -> Option<&mut CatchingUp> {
        match &mut self.rooms.get_mut(room)?.stage {
            Stage::CatchingUp(catching_up) => Some(catching_up),
            Stage::Entering(_) | Stage::Live => None,
        }
    }

    /// The next room to be given a page, in turn.
    fn next_to_catch_up(&self) -> Option<Address> {
        let needy = |(room, subscription): (&Address, &super::connection::Subscription)| {
            matches!(subscription.stage, Stage::CatchingUp(_)).then(|| room.clone())
        };
        let behind = self
            .rare_if_any()
            .and_then(|rare| rare.paged.as_ref())
            .and_then(|last| {
                self.rooms
                    .range(std::ops::Bound::Excluded(last))
                    .find_map(needy)
            });
        behind.or_else(|| self.rooms.iter().find_map(needy))
    }
}

impl Engine {
    /// Gives a connection messages of a room in which it is catching up, as many as its pace allows; with the last one it is
    /// live.
    pub(super) fn give(
        &mut self,
        conn: ConnId,
        address: &Address,
        messages: Vec<Message>,
        out: &mut Vec<Output>,
    ) {
        let (Some(connection), Some(room)) =
            (self.connections.get_mut(&conn), self.rooms.get_mut(address))
        else {
            return;
        };
        let head = room.head.map_or(0, |head| head.n);
        let bytes_max = self
            .settings
            .given_bytes
            .max(1)
            .saturating_sub(connection.pace.given);
        let Some(catching_up) = connection.catching_up(address) else {
            return;
        };
        let range = (catching_up.at, head);
        let Parts {
            mut events,
            at,
            bytes,
        } = parts(address, catching_up.reference, messages, range, bytes_max);
        catching_up.at = at;
        if at >= head {
            close_history(&mut events, address, catching_up);
            if let Some(subscription) = connection.rooms.get_mut(address) {
                subscription.stage = Stage::Live;
            }
            room.go_live(conn);
        }
        connection.pace.given = connection.pace.given.saturating_add(bytes);
        for event in events {
            self.tell(conn, event, out);
        }
    }

    /// Goes on with what a connection is still to be given: reads the next page, or waits until it has written out what it has.
    pub(super) fn advance(&mut self, conn: ConnId, out: &mut Vec<Output>) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.is_closing() || connection.pace.reading.is_some() || connection.pace.asked {
            return;
        }
        let Some(address) = connection.next_to_catch_up() else {
            return;
        };
        // With less than half of it left a page would be cut too short to be worth its question.
        if connection.pace.given > self.settings.given_bytes / 2 {
            connection.pace.asked = true;
            out.push(Output::AskDrained { conn });
            return;
        }
        let (Some(room), Some(catching_up)) =
            (self.rooms.get(&address), connection.catching_up(&address))
        else {
            return;
        };
        let head = room.head.map_or(0, |head| head.n);
        let query = Query::Page {
            room: address.clone(),
            range: Range::After(catching_up.at),
            limit: self.settings.limits.page_messages,
        };
        let asked = Asked::CatchUp {
            conn,
            room: address.clone(),
        };
        let ticket = self.ask(asked, query, out);
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.pace.reading = Some(ticket);
            if let Some(catching_up) = connection.catching_up(&address) {
                catching_up.read = Some((ticket, head));
            }
            connection.rare().paged = Some(address);
        }
    }

    /// A connection has written out what it was given.
    pub(super) fn drained(&mut self, conn: ConnId, out: &mut Vec<Output>) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.pace.given = 0;
            connection.pace.asked = false;
            self.advance(conn, out);
        }
    }

    /// The store has answered with the next page of a join, or could not.
    pub(super) fn next_page(
        &mut self,
        conn: ConnId,
        address: &Address,
        ticket: Ticket,
        page: Option<Page>,
        out: &mut Vec<Output>,
    ) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        connection
            .pace
            .reading
            .take_if(|reading| *reading == ticket);
        let asked = connection
            .catching_up(address)
            .and_then(|catching_up| catching_up.read.take_if(|(read, _)| *read == ticket));
        let Some((_, head_then)) = asked else {
            // The room was left meanwhile; others may be waiting for their turn.
            return self.advance(conn, out);
        };
        let Some(page) = page else {
            // The client comes back after a while, from where it is.
            return self.close(conn, CloseCode::Trouble, out);
        };
        if let Some(catching_up) = connection.catching_up(address) {
            let at = catching_up.at;
            let is_lost = page.messages.iter().all(|message| message.position.n <= at);
            // All up to the head of that time was stored when the question was asked. What the store does not
            // have then, it has no more, and asking again would never end.
            if is_lost && head_then > at {
                let era = self
                    .rooms
                    .get(address)
                    .and_then(|room| room.head)
                    .map_or(self.era, |head| head.era);
                catching_up.at = head_then;
                let gap = gap_event(
                    address,
                    Position::new(era, at + 1),
                    Position::new(era, head_then),
                );
                self.tell(conn, gap, out);
            }
        }
        self.give(conn, address, page.messages, out);
        self.advance(conn, out);
    }
}
