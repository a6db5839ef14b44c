//! What a client makes of what comes, and what it shows of itself.

use super::{Client, GIVEN_UP_PERCENT, RETRY_WAIT};
use crate::log::What;
use crate::recorder::now;
use crate::subject::{Heard, Link as _, Subject};

impl<S: Subject> Client<S> {
    pub(super) fn hear(&mut self, link: &mut S::Link, heard: Heard) {
        let client = Some(self.who.client);
        let what = match heard {
            Heard::Acked { content, at } => {
                self.outbox.retain(|p| p.say.content != content);
                What::Acked { content, at }
            }
            Heard::Refused {
                content,
                again: true,
            } => {
                // What came behind it is refused too; all go again, in order, when all are answered.
                self.stalled = true;
                self.hold_until = Some(now() + RETRY_WAIT);
                let Some(at) = self.outbox.iter().position(|p| p.say.content == content) else {
                    return;
                };
                self.outbox[at].sent = false;
                if !self.random.chance(GIVEN_UP_PERCENT) {
                    return;
                }
                let given_up = self.outbox.remove(at);
                link.forget(&mut self.memory, &given_up.say);
                What::Refused { content }
            }
            Heard::Refused {
                content,
                again: false,
            } => {
                self.outbox.retain(|p| p.say.content != content);
                What::Refused { content }
            }
            Heard::Entered { room, start, head } => {
                self.entered.insert(room);
                What::Entered { room, start, head }
            }
            Heard::CaughtUp { room } => {
                self.caught_up.insert(room);
                if self.caught_up.len() < self.who.rooms.len() {
                    return;
                }
                self.tries = 0;
                What::Live
            }
            Heard::Message { room, seen } => {
                let mut shown = self.shown.borrow_mut();
                shown.last.insert(room, seen.text.clone());
                What::Received { room, seen }
            }
            Heard::Gap { room, from, to } => What::Gap { room, from, to },
            Heard::Broken(sentence) => {
                What::Broken(format!("client {}: {sentence}", self.who.client))
            }
        };
        self.log.note(client, what);
    }

    pub(super) fn show(&self, link: &S::Link) {
        let mut shown = self.shown.borrow_mut();
        shown.live = self.caught_up.len() == self.who.rooms.len();
        shown.open = self.outbox.len();
        for room in &self.who.rooms {
            match link.members(*room) {
                Some(members) => shown.members.insert(*room, members),
                None => shown.members.remove(room),
            };
        }
        self.log.touch();
    }
}
