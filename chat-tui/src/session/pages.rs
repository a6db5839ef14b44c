//! Pages of messages around a place that is no part of the live window: asked for one at a time, each whole or not at all.
//!
//! What comes here is never taken for live or missed messages: it moves no position and settles nothing.

use std::collections::VecDeque;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{History, Message};
use protocol::position::{Address, Position};
use protocol::request::{self, Request};

use super::answers::Asked;
use super::rooms::Room;
use super::turn::Turn;
use super::{Command, News, Session};

/// Pages that wait for the one under way; one more is refused.
pub(super) const PAGES_WAITING_MAX: usize = 16;

/// Messages of one page, whatever more the server sends; what is beyond makes the page worthless.
const PAGE_KEPT_MAX: usize = 1_000;

/// Which side of a message a page is on; the message itself is no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The messages that end just before it.
    Before(Position),
    /// The messages that begin just after it.
    After(Position),
}

impl Edge {
    /// Whether a message at `position` can be on this side.
    const fn holds(self, position: Position) -> bool {
        match self {
            Self::Before(edge) => position.n < edge.n,
            Self::After(edge) => position.n > edge.n,
        }
    }
}

/// Pages under way.
#[derive(Debug, Default)]
pub(super) struct Pages {
    waiting: VecDeque<(Address, Edge)>,
    page: Vec<Message>,
}

impl Session {
    pub(super) fn want_page(&mut self, room: Address, edge: Edge, turn: &mut Turn<'_>) {
        let joined = self.rooms.get(&room).is_some_and(Room::joined);
        let wanted = (room, edge);
        let is_wanted = |asked: &Asked| matches!(asked, Asked::Page(room, edge) if (room, edge) == (&wanted.0, &wanted.1));
        let waiting = &self.lists.pages.waiting;
        let refused = if !joined {
            let sentence = "the messages come once the room is entered again";
            Some((ErrorCode::NotJoined, sentence))
        } else if waiting.len() >= PAGES_WAITING_MAX {
            let sentence = "too many pages are on their way already; try again later";
            Some((ErrorCode::RateLimited, sentence))
        } else {
            None
        };
        if let Some((code, sentence)) = refused {
            let (room, edge) = wanted;
            turn.refuse_with(Command::Page { room, edge }, code, sentence);
        } else if !waiting.contains(&wanted)
            && !self.answers.any(is_wanted)
            && !self.put_off.any(is_wanted)
        {
            self.lists.pages.waiting.push_back(wanted);
        }
    }

    pub(super) fn ask_page(&mut self, turn: &mut Turn<'_>) {
        let is_page = |asked: &Asked| matches!(asked, Asked::Page(..));
        if self.lists.pages.waiting.is_empty() || self.answers.any(is_page) {
            return;
        }
        if let Some((room, edge)) = self.lists.pages.waiting.pop_front() {
            self.lists.pages.page.clear();
            let (before, after) = match edge {
                Edge::Before(position) => (Some(position), None),
                Edge::After(position) => (None, Some(position)),
            };
            let asked = Asked::Page(room.clone(), edge);
            turn.transmit(Request::History(request::History {
                reference: Some(self.answers.ask(asked, turn.elapsed())),
                room,
                before,
                after,
                limit: None,
            }));
        }
    }

    /// The page is wanted still.
    pub(super) fn page_again(&mut self, room: Address, edge: Edge) {
        self.lists.pages.waiting.push_front((room, edge));
    }

    pub(super) fn page_part(&mut self, part: History, turn: &mut Turn<'_>) {
        let Some(Asked::Page(room, edge)) = self.answers.get(part.reference).cloned() else {
            return;
        };
        let page = &mut self.lists.pages.page;
        let mut fits = room == part.room && page.len() + part.messages.len() <= PAGE_KEPT_MAX;
        for message in part.messages {
            let last = page.last().map(|message| message.position);
            let rises =
                last.is_none_or(|last| last.n < message.position.n && last < message.position);
            fits &= rises && message.room == room && edge.holds(message.position);
            if fits {
                page.push(message);
            }
        }
        if !fits {
            self.answers.take(part.reference);
            self.lists.pages.page.clear();
            let sentence = "the server's page of messages does not fit the question";
            let refusal = Refusal::new(ErrorCode::Unknown, sentence);
            turn.refuse(Command::Page { room, edge }, refusal);
        } else if part.done {
            self.answers.take(part.reference);
            turn.tell(News::Page {
                room,
                edge,
                messages: std::mem::take(&mut self.lists.pages.page),
                more: part.more,
            });
        } else {
            self.answers.touch();
        }
    }
}
