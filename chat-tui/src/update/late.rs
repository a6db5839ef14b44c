//! Late syllables: an input method sends the syllable that was being composed only behind the key that ended it.
//!
//! Nothing is guessed from the text: exactly one Hangul grapheme within [`LATE_SYLLABLE_WAIT`] and nothing else is late, everything
//! else is what it looks like.

use std::time::Duration;

use protocol::position::Address;

use super::Turn;
use crate::key::{Code, Key};
use crate::model::{HeldEnter, LeftRoom};
use crate::text::editor::Editor;
use crate::text::hangul::{ends_with_hangul, is_hangul};

/// How long an Enter behind a Hangul syllable waits for one more, and how long after a change of rooms one belongs to the old room.
pub(super) const LATE_SYLLABLE_WAIT: Duration = Duration::from_millis(50);

impl Turn<'_> {
    /// Keeps a key back while an Enter waits; tells whether it did.
    pub(super) fn hold_back(&mut self, key: Key) -> bool {
        let Some(held) = &mut self.model.held_enter else {
            return false;
        };
        if is_syllable(key) && held.late.is_none() {
            held.late = Some(key);
            return true;
        }
        self.release_enter(false);
        self.key(key);
        true
    }

    /// Lets an Enter stand whose time is over; whatever comes now comes after it.
    pub(super) fn late_enter(&mut self) {
        if let Some(held) = &self.model.held_enter
            && held.until <= self.model.now.elapsed
        {
            self.release_enter(true);
        }
    }

    /// Lets an Enter stand: with the late syllable before it if nothing else came, else with it after it.
    pub(super) fn release_enter(&mut self, nothing_else_came: bool) {
        let Some(held) = self.model.held_enter.take() else {
            return;
        };
        let late_one = held.late.filter(|_| nothing_else_came);
        let is_form = self.model.shown_form().is_some();
        match late_one {
            Some(late) if is_form => self.form_key(late, None),
            Some(late) => self.type_key(late),
            None => {}
        }
        if is_form {
            self.form_enter();
        } else {
            self.submit();
        }
        if let Some(next) = held.late.filter(|_| !nothing_else_came) {
            self.key(next);
        }
    }

    /// Lets an Enter wait for a late syllable.
    pub(super) fn hold_enter(&mut self) {
        self.model.held_enter = Some(HeldEnter {
            until: self.model.now.elapsed.saturating_add(LATE_SYLLABLE_WAIT),
            late: None,
        });
    }

    /// A key led away from this room.
    pub(super) fn left_room(&mut self, room: Option<Address>) {
        self.model.left_room = Some(LeftRoom {
            room,
            until: self.model.now.elapsed.saturating_add(LATE_SYLLABLE_WAIT),
            late: None,
        });
    }

    /// Keeps a syllable back that may belong to the room that was left; tells whether it did.
    pub(super) fn belongs_to_left_room(&mut self, key: Key) -> bool {
        let Some(left) = &mut self.model.left_room else {
            return false;
        };
        if is_syllable(key) && left.late.is_none() {
            left.late = Some(key);
            return true;
        }
        self.release_left_room(false);
        false
    }

    /// Ends the wait for a syllable of the room that was left, once its time is over.
    pub(super) fn late_for_left_room(&mut self) {
        if let Some(left) = &self.model.left_room
            && left.until <= self.model.now.elapsed
        {
            self.release_left_room(true);
        }
    }

    /// Gives the syllable to the old room if nothing else came, else to what has the keys now.
    pub(super) fn release_left_room(&mut self, nothing_else_came: bool) {
        let Some(left) = self.model.left_room.take() else {
            return;
        };
        let Some(late) = left.late else { return };
        let is_there = left
            .room
            .as_ref()
            .is_none_or(|room| self.model.tab_of(room).is_some());
        if !nothing_else_came || !is_there {
            return self.key(late);
        }
        let Code::Char(syllable) = late.code else {
            return;
        };
        let draft = match &left.room {
            Some(room) => self.model.tab_of(room).map(|tab| &mut tab.draft),
            None => Some(&mut self.model.spare),
        };
        let mut buffer = [0; 4];
        let syllable = syllable.encode_utf8(&mut buffer);
        if draft.is_some_and(|draft| draft.insert(syllable))
            && let Some(room) = left.room
        {
            self.draft_changed_in(room);
        }
    }
}

/// Whether the caret is behind a Hangul grapheme at the end of a text.
pub(super) fn ends_in_hangul(editor: &Editor) -> bool {
    editor.caret() == editor.len_bytes() && ends_with_hangul(editor.text())
}

fn is_syllable(key: Key) -> bool {
    matches!(key.code, Code::Char(c) if is_hangul(c) && !key.ctrl && !key.alt)
}
