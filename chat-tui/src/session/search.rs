//! Looking through everything that was said: a question to the server, a page of hits back.
//!
//! Hits are told as they come. They are no part of any window of messages, and move no position.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::Found;
use protocol::limits::FOUND_MESSAGES_MAX;
use protocol::position::Address;
use protocol::request::{self, Request};
use protocol::search::SearchText;

use super::answers::Asked;
use super::turn::Turn;
use super::{Command, News, Session};

/// Empty pages in a row after which a search counts as over, though the server says that there may be more.
pub(super) const EMPTY_PAGES_MAX: u16 = 100;

/// What is looked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The room; nothing: all rooms.
    pub room: Option<Address>,
    /// The words.
    pub text: SearchText,
}

impl Session {
    pub(super) fn want_search(&mut self, wanted: Wanted, next: Option<u64>, turn: &mut Turn<'_>) {
        let command = |wanted| Command::Search { wanted, next };
        if !self.is_online() {
            Self::refuse_offline(command(wanted), turn);
        } else if self.answers.is_full() {
            let sentence = "too much waits for its answer already; try again later";
            turn.refuse_with(command(wanted), ErrorCode::RateLimited, sentence);
        } else {
            self.ask_search(Box::new(wanted), next, 0, turn);
        }
    }

    /// Asks for a page, after so many empty ones.
    pub(super) fn ask_search(
        &mut self,
        wanted: Box<Wanted>,
        next: Option<u64>,
        empty: u16,
        turn: &mut Turn<'_>,
    ) {
        let (room, text) = (wanted.room.clone(), wanted.text.clone());
        let asked = Asked::Search(wanted, next, empty);
        turn.transmit(Request::Search(request::Search {
            reference: Some(self.answers.ask(asked, turn.elapsed())),
            room,
            text,
            next,
            limit: None,
        }));
    }

    pub(super) fn found(&mut self, found: Found, turn: &mut Turn<'_>) {
        let Some(Asked::Search(wanted, next, empty)) = self.answers.get(found.reference).cloned()
        else {
            return;
        };
        self.answers.take(found.reference);
        let is_wanted = |room: &Address| wanted.room.as_ref().is_none_or(|wanted| wanted == room);
        let fits = found.messages.len() <= usize::from(FOUND_MESSAGES_MAX)
            && found.messages.iter().all(|hit| is_wanted(&hit.room));
        // The server looks through so much at once and no more.
        let goes_on = found.messages.is_empty() && found.next.is_some();
        if goes_on && empty < EMPTY_PAGES_MAX {
            self.ask_search(wanted, found.next, empty + 1, turn);
        } else if fits {
            turn.tell(News::Found {
                wanted: *wanted,
                messages: found.messages,
                next: found.next.filter(|_| !goes_on),
                since: found.since,
            });
        } else {
            let sentence = "the server's answer does not fit the search";
            let refusal = Refusal::new(ErrorCode::Unknown, sentence);
            let wanted = *wanted;
            turn.refuse(Command::Search { wanted, next }, refusal);
        }
    }
}
