//! Pages of a room's messages for those who ask: both ways, never beyond the room's head as the engine knows it.

use protocol::error::Refusal;
use protocol::event::Message;
use protocol::position::Address;
use protocol::request::{History, Ref};

use super::asked::Asked;
use super::catch_up::{Parts, finish, gap_event, parts};
use super::hub::Engine;
use super::parts::message_bytes;
use super::{ConnId, Output, refusals};
use crate::record::{Page, Query, Range};

/// Messages of one answer, in bytes; what is beyond it is left out, and the answer says that there is more.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// A page that somebody asked for.
#[derive(Debug)]
pub(super) struct PageAsked {
    pub(super) conn: ConnId,
    pub(super) reference: Option<Ref>,
    room: Address,
    way: Way,
    /// The era of the room's head when it was asked for.
    era: u64,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// Those that end just before this message.
    Older(u64),
    /// Those that begin just after this message.
    Newer(u64),
}

impl Engine {
    pub(super) fn history(
        &mut self,
        conn: ConnId,
        request: History,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let joined = self
            .connections
            .get_mut(&conn)
            .and_then(|connection| connection.joined(&request.room))
            .is_some();
        let Some(room) = self.rooms.get(&request.room).filter(|_| joined) else {
            return Err(refusals::not_joined(&request.room));
        };
        // The last ones are those before the first that nobody has been shown yet.
        let head = room.head.unwrap_or_default();
        let end = head.n.saturating_add(1);
        let way = match (request.before, request.after) {
            (Some(_), Some(_)) => {
                return Err(refusals::bad_request(
                    "history takes before or after, not both; ask twice",
                ));
            }
            (Some(before), None) => Way::Older(before.n.min(end)),
            (None, Some(after)) => Way::Newer(after.n),
            (None, None) => Way::Older(end),
        };
        let page_max = self.settings.limits.page_messages.max(1);
        let query = Query::Page {
            room: request.room.clone(),
            range: match way {
                Way::Older(n) => Range::Before(n),
                Way::Newer(n) => Range::After(n),
            },
            limit: request.limit.unwrap_or(page_max).clamp(1, page_max),
        };
        let asked = Asked::Page(PageAsked {
            conn,
            reference: request.reference,
            room: request.room,
            way,
            era: head.era,
        });
        self.ask(asked, query, out);
        Ok(())
    }

    /// The store has found a page.
    pub(super) fn page(&mut self, asked: PageAsked, page: Page, out: &mut Vec<Output>) {
        let PageAsked {
            conn,
            reference,
            room: address,
            way,
            era,
        } = asked;
        let joined = self
            .connections
            .get_mut(&conn)
            .and_then(|connection| connection.joined(&address))
            .is_some();
        let Some(room) = self.rooms.get(&address).filter(|_| joined) else {
            return self.refuse(conn, reference, refusals::not_joined(&address), out);
        };
        let head = room.head.unwrap_or_default();
        if head.era != era {
            // Some of it may be of the tail that the store has lost meanwhile.
            return self.refuse(conn, reference, refusals::unavailable(), out);
        }
        let head = head.n;
        let mut messages = page.messages;
        let mut lead = None;
        let (at, cut) = match way {
            Way::Newer(after) => (after, false),
            Way::Older(before) => {
                let too_many = messages.len() - fitting_at_end(&messages);
                messages.drain(..too_many);
                let first = messages
                    .first()
                    .map_or(before, |message| message.position.n);
                lead = page.gap.filter(|(_, to)| too_many == 0 && to.n < first);
                (first.saturating_sub(1), too_many > 0)
            }
        };
        let Parts { mut events, at, .. } =
            parts(&address, reference, messages, (at, head), ANSWER_BYTES_MAX);
        let more = match way {
            Way::Older(_) => page.more || cut,
            // Behind the head the rest comes live.
            Way::Newer(_) => at < head && (page.more || !events.is_empty()),
        };
        if let Some((from, to)) = lead {
            events.insert(0, gap_event(&address, from, to));
        }
        finish(&mut events, &address, reference, more);
        for event in events {
            self.tell(conn, event, out);
        }
    }
}

/// How many messages from the end fit an answer; at least one, where there is one.
fn fitting_at_end(messages: &[Message]) -> usize {
    let mut left = ANSWER_BYTES_MAX;
    messages
        .iter()
        .rev()
        .take_while(|message| {
            let size = message_bytes(message);
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        })
        .count()
}
