//! Questions to the store that are not answered yet, and who waits for which.

use protocol::names::Nick;
use protocol::position::Address;
use protocol::request::Ref;

use super::history_page::PageAsked;
use super::hub::Engine;
use super::lists::RoomsAsked;
use super::searching::{SEARCHES_AT_ONCE_MAX, SearchAsked};
use super::{ConnId, Now, Output, refusals};
use crate::record::{Answer, Found, Query, Read, Ticket};

/// Questions that the store has at once; further ones wait here. How many those are is bounded by what each connection may ask:
/// a join for each of its rooms, [`READS_OF_CONNECTION_MAX`](super::READS_OF_CONNECTION_MAX), one for its hello and one to catch up.
pub const READS_AT_ONCE_MAX: usize = 64;

/// Who waits for an answer, and for what.
#[derive(Debug)]
pub(super) enum Asked {
    /// A join.
    Join { conn: ConnId, room: Address },
    /// The next page of a join.
    CatchUp { conn: ConnId, room: Address },
    /// A page of messages.
    Page(PageAsked),
    /// A page of rooms.
    Rooms(RoomsAsked),
    /// A search.
    Search(SearchAsked),
    /// A page of conversations; not requested where it follows a welcome.
    Conversations {
        conn: ConnId,
        reference: Option<Ref>,
        requested: bool,
    },
    /// Who owns a nick.
    Owner {
        conn: ConnId,
        reference: Option<Ref>,
        nick: Nick,
    },
}

impl Asked {
    const fn conn(&self) -> ConnId {
        match self {
            Self::Join { conn, .. }
            | Self::CatchUp { conn, .. }
            | Self::Conversations { conn, .. }
            | Self::Owner { conn, .. } => *conn,
            Self::Page(page) => page.conn,
            Self::Rooms(rooms) => rooms.conn,
            Self::Search(search) => search.conn,
        }
    }

    /// Whether it counts as one of the connection's own questions.
    const fn is_requested(&self) -> bool {
        match self {
            Self::Join { .. } | Self::CatchUp { .. } => false,
            Self::Page(_) | Self::Rooms(_) | Self::Search(_) | Self::Owner { .. } => true,
            Self::Conversations { requested, .. } => *requested,
        }
    }

    const fn reference(&self) -> Option<Ref> {
        match self {
            Self::Join { .. } | Self::CatchUp { .. } => None,
            Self::Page(page) => page.reference,
            Self::Rooms(rooms) => rooms.reference,
            Self::Search(search) => search.reference,
            Self::Conversations { reference, .. } | Self::Owner { reference, .. } => *reference,
        }
    }
}

impl Engine {
    /// Asks the store, now or when it has answered others.
    pub(super) fn ask(&mut self, asked: Asked, query: Query, out: &mut Vec<Output>) -> Ticket {
        let ticket = self.ticket();
        if asked.is_requested()
            && let Some(connection) = self.connections.get_mut(&asked.conn())
        {
            connection.reads += 1;
        }
        self.asked.insert(ticket, asked);
        let waiting = match query {
            Query::Search(_) => &mut self.searches.waiting,
            Query::Join { .. }
            | Query::Page { .. }
            | Query::Rooms { .. }
            | Query::Conversations { .. }
            | Query::Owner { .. } => &mut self.reads_waiting,
        };
        waiting.push_back(Read { ticket, query });
        self.pass_on_reads(out);
        ticket
    }

    fn pass_on_reads(&mut self, out: &mut Vec<Output>) {
        while self.reads_out < READS_AT_ONCE_MAX
            && let Some(read) = self.reads_waiting.pop_front()
        {
            self.reads_out += usize::from(self.pass_on(read, out));
        }
        while self.searches.out < SEARCHES_AT_ONCE_MAX
            && let Some(read) = self.searches.waiting.pop_front()
        {
            self.searches.out += usize::from(self.pass_on(read, out));
        }
    }

    /// Asks the store, unless nobody waits for the answer any more.
    fn pass_on(&mut self, read: Read, out: &mut Vec<Output>) -> bool {
        let asked = self.asked.get(&read.ticket);
        let connection = asked.and_then(|asked| self.connection(asked.conn()));
        // With a join the history would begin to tell of a room that nobody wants.
        let is_wanted = connection.is_some_and(|c| self.shared.is_none() || !c.is_closing());
        if is_wanted {
            out.push(Output::Read(read));
        } else {
            self.asked.remove(&read.ticket);
        }
        is_wanted
    }

    /// The store has answered.
    pub(super) fn found(&mut self, found: Found, now: Now, out: &mut Vec<Output>) {
        let Found { ticket, answer } = found;
        let Some(asked) = self.asked.remove(&ticket) else {
            return;
        };
        let is_out = match asked {
            Asked::Search(_) => &mut self.searches.out,
            Asked::Join { .. }
            | Asked::CatchUp { .. }
            | Asked::Page(_)
            | Asked::Rooms(_)
            | Asked::Conversations { .. }
            | Asked::Owner { .. } => &mut self.reads_out,
        };
        *is_out = is_out.saturating_sub(1);
        let conn = asked.conn();
        let is_requested = asked.is_requested();
        if let Some(connection) = self.connections.get_mut(&conn) {
            if is_requested {
                connection.reads = connection.reads.saturating_sub(1);
            }
            if !connection.is_closing() {
                self.answer(ticket, asked, answer, now, out);
                self.pass_on_reads(out);
                return self.settle(conn, now, out);
            }
        }
        if let (Asked::Join { room, .. }, Some(Answer::Join(page))) = (&asked, &answer) {
            self.learn_head(room, ticket, page);
        }
        self.pass_on_reads(out);
        self.settle(conn, now, out);
    }

    fn answer(
        &mut self,
        ticket: Ticket,
        asked: Asked,
        answer: Option<Answer>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        match (asked, answer) {
            (Asked::Join { conn, room }, Some(Answer::Join(page))) => {
                self.entered(conn, &room, ticket, page, now, out);
            }
            (Asked::Join { conn, room }, _) => self.not_entered(conn, &room, ticket, now, out),
            (Asked::CatchUp { conn, room }, Some(Answer::Page(page))) => {
                self.next_page(conn, &room, ticket, Some(page), out);
            }
            (Asked::CatchUp { conn, room }, _) => self.next_page(conn, &room, ticket, None, out),
            (Asked::Page(asked), Some(Answer::Page(page))) => self.page(asked, page, out),
            (Asked::Rooms(asked), Some(Answer::Rooms { rooms, more })) => {
                self.rooms_page(asked, rooms, more, out);
            }
            (
                Asked::Conversations {
                    conn, reference, ..
                },
                Some(Answer::Conversations {
                    conversations,
                    more,
                }),
            ) => self.conversations_page(conn, reference, conversations, more, out),
            (
                Asked::Owner {
                    conn,
                    reference,
                    nick,
                },
                Some(Answer::Owner(owner)),
            ) => {
                self.owner(conn, reference, &nick, owner, out);
            }
            (Asked::Search(asked), Some(Answer::Search(searched))) => {
                self.searched(&asked, searched, out);
            }
            // What follows a welcome was not asked for, so nobody waits for it; the client may ask.
            (
                Asked::Conversations {
                    requested: false, ..
                },
                _,
            ) => {}
            (asked, _) => {
                self.refuse(
                    asked.conn(),
                    asked.reference(),
                    refusals::unavailable(),
                    out,
                );
            }
        }
    }
}
