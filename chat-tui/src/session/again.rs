//! Questions that the server put off: asked once more after the wait that it told, without anybody's doing.

use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};

use super::Session;
use super::answers::{Asked, QUESTIONS_MAX};
use super::outbox::retry_wait;
use super::turn::Turn;

/// Questions that wait for another try, in the order in which they were put off. One more than so many is refused to the person.
pub(super) const PUT_OFF_MAX: usize = QUESTIONS_MAX;

/// Questions that wait for another try.
#[derive(Debug, Default)]
pub(super) struct PutOff(Vec<(Duration, Asked)>);

impl PutOff {
    /// Whether such a question waits.
    pub(super) fn any(&self, is: impl Fn(&Asked) -> bool) -> bool {
        self.0.iter().any(|(_, asked)| is(asked))
    }

    /// When the first one is due.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.0.iter().map(|(at, _)| *at).min()
    }

    /// Gives them all up.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Asked> + use<> {
        std::mem::take(&mut self.0)
            .into_iter()
            .map(|(_, asked)| asked)
    }
}

impl Session {
    /// Keeps a refused question for another try where the server says that one can help. Says whether it did.
    pub(super) fn put_off(&mut self, asked: &Asked, refusal: &Refusal, turn: &Turn<'_>) -> bool {
        let later = refusal.code == ErrorCode::RateLimited && refusal.retry_after_ms.is_some();
        if !later || self.put_off.0.len() >= PUT_OFF_MAX {
            return false;
        }
        let at = turn.elapsed().saturating_add(retry_wait(refusal));
        self.put_off.0.push((at, asked.clone()));
        true
    }

    /// Asks again what is due.
    pub(super) fn ask_again(&mut self, turn: &mut Turn<'_>) {
        let now = turn.elapsed();
        while self.is_online()
            && !self.answers.is_full()
            && let Some(due) = self.put_off.0.iter().position(|(at, _)| *at <= now)
        {
            let (_, asked) = self.put_off.0.remove(due);
            match asked {
                Asked::Rooms => self.go_on_with_rooms(turn),
                Asked::Older(room, before) => self.older_again(room, before),
                Asked::Page(room, edge) => self.page_again(room, edge),
                Asked::Search(wanted, next, empty) => self.ask_search(wanted, next, empty, turn),
                Asked::Quote(room, position) => self.want_quote(room, position, turn),
                Asked::Open(nick, body) => self.open(nick, body, turn),
                Asked::Join(_)
                | Asked::Leave(_)
                | Asked::Send(..)
                | Asked::Nick(_)
                | Asked::Members(_)
                | Asked::Conversations => {}
            }
        }
    }
}
