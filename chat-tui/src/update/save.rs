//! What is to be kept on disk, and when.

use std::time::Duration;

use protocol::position::Address;

use super::{Effect, Turn};

/// How long a changed draft waits for more changes before it is kept.
pub(super) const SAVE_AFTER: Duration = Duration::from_millis(500);

impl Turn<'_> {
    /// Remembers that the draft that is shown is to be kept.
    pub(super) fn draft_changed(&mut self) {
        if let Some(room) = self.model.tab().map(|tab| tab.room.clone()) {
            self.draft_changed_in(room);
        }
    }

    /// Remembers that the draft of a room is to be kept.
    pub(super) fn draft_changed_in(&mut self, room: Address) {
        if !self.model.unsaved.drafts.contains(&room) {
            self.model.unsaved.drafts.push(room);
        }
        self.save_soon();
    }

    /// Remembers that more of a room was seen.
    pub(super) fn read_changed(&mut self, room: Address) {
        if !self.model.unsaved.read.contains(&room) {
            self.model.unsaved.read.push(room);
        }
        self.save_soon();
    }

    fn save_soon(&mut self) {
        let at = self.model.now.elapsed.saturating_add(SAVE_AFTER);
        self.model.unsaved.due.get_or_insert(at);
    }

    /// Saves what waits long enough.
    pub(super) fn save_when_due(&mut self) {
        if self
            .model
            .unsaved
            .due
            .is_some_and(|due| due <= self.model.now.elapsed)
        {
            self.save_now();
        }
    }

    /// Saves what waits.
    pub(super) fn save_now(&mut self) {
        let unsaved = std::mem::take(&mut self.model.unsaved);
        for room in unsaved.drafts {
            let open = self.model.tabs.iter().find(|tab| tab.room == room);
            let draft = match open {
                Some(tab) => tab.kept(),
                None => self.model.drafts.get(&room).cloned().unwrap_or_default(),
            };
            self.effects.push(Effect::SaveDraft { room, draft });
        }
        for room in unsaved.read {
            let open = self.model.tabs.iter().find(|tab| tab.room == room);
            let position = match open {
                Some(tab) => tab.read,
                None => self.model.read.get(&room).copied(),
            };
            if let Some(position) = position {
                self.effects.push(Effect::SaveRead { room, position });
            }
        }
    }
}
