//! Notifications: what was said and not seen is told outside of the window, where the room is not muted.

use std::time::Duration;

use protocol::event::Message;

use super::{Effect, Turn};
use crate::model::notify::{MISSED_WAIT, Notify};
use crate::model::tab::Stage;
use crate::model::words::fill;
use crate::model::{Facts, Model};
use crate::session::Link;

/// When something that waits is to be shown; not while more of it is coming.
pub(super) fn due(model: &Model, facts: &dyn Facts) -> Option<Duration> {
    model
        .gathered
        .due()
        .filter(|_| !is_catching_up(model, facts))
}

/// What was missed in a room is coming, and ends: without a connection it would not.
fn is_catching_up(model: &Model, facts: &dyn Facts) -> bool {
    let mut stages = model.tabs.iter().map(|tab| tab.stage);
    *facts.link() == Link::Online && stages.any(|stage| stage == Stage::CatchingUp)
}

impl Turn<'_> {
    /// A message came that was not seen. Who looks at another room hears the bell; who looks elsewhere is notified, also of what was
    /// missed, but for what was said before the room was entered.
    pub(super) fn notify(&mut self, index: usize, message: &Message, mentions: bool, missed: bool) {
        let Some(tab) = self.model.tabs.get(index) else {
            return;
        };
        let notifies = match self.model.notify_of(tab) {
            Notify::All => true,
            Notify::Mentions => mentions,
            Notify::None => false,
        };
        if !notifies || (missed && !tab.stage.is_filled()) {
            return;
        }
        if self.model.is_attended() {
            if mentions && !missed {
                self.ring();
            }
            return;
        }
        let now = self.model.now.elapsed;
        let wait = if missed { MISSED_WAIT } else { Duration::ZERO };
        self.model
            .gathered
            .add(tab, message, now.saturating_add(wait));
    }

    /// Shows what waits long enough; whoever is here needs none of it.
    pub(super) fn notify_when_due(&mut self) {
        if self.model.is_attended() {
            self.model.gathered.clear();
            return;
        }
        if is_catching_up(self.model, self.facts) {
            return;
        }
        let (now, words) = (self.model.now.elapsed, self.model.words());
        if let Some(notification) = self.model.gathered.take(now, words) {
            self.effects.push(Effect::Notify(notification));
            self.ring();
        }
    }

    fn ring(&mut self) {
        if !self.effects.contains(&Effect::Bell) {
            self.effects.push(Effect::Bell);
        }
    }

    /// Chooses which messages of the room that is shown notify, or tells what is chosen.
    pub(super) fn choose_notify(&mut self, chosen: Option<Notify>) -> bool {
        let words = self.model.words();
        let Some(tab) = self.model.tab() else {
            self.fail(words.needs_room);
            return false;
        };
        let (name, room) = (tab.name(), tab.room.clone());
        let notify = chosen.unwrap_or_else(|| self.model.notify_of(tab));
        if chosen.is_some() {
            if notify == Notify::default() {
                self.model.notify.remove(&room);
            } else {
                self.model.notify.insert(room.clone(), notify);
            }
            self.effects.push(Effect::SaveNotify { room, notify });
        }
        self.tell(&fill(words.notify_in, &[&name, notify.name(words)]));
        true
    }
}
