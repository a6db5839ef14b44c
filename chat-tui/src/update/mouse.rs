//! The mouse: what a click and the wheel do, and who has it.

use super::keys::Action;
use super::{Effect, Turn};
use crate::key::{Code, Key};
use crate::model::layout::layout;
use crate::model::log::Place;
use crate::model::point::{Point, point};

impl Turn<'_> {
    /// What stands at a cell of the main screen; nothing where something else is over it.
    pub(super) fn pointed(&self, at: (u16, u16)) -> Option<Point> {
        if self.model.shown_form().is_some() || self.model.popup.is_some() || self.model.bare {
            return None;
        }
        let layout = layout(self.model, self.facts);
        Some(point(self.model, self.facts, &layout, at))
    }

    /// A click: shows a tab, opens a link, speaks to a member, unfolds.
    pub(super) fn click(&mut self, at: (u16, u16)) {
        self.model.last_key = Some(self.model.now.elapsed);
        match self.pointed(at) {
            Some(Point::Tab(index)) => self.show(index),
            Some(Point::Link(target)) => self.open_link(&target),
            Some(Point::Member(nick)) => self.speak_to(nick.as_str()),
            Some(Point::Fold(Place::Entry(slot))) => self.fold(slot, None),
            Some(Point::Below) => self.bottom(),
            Some(Point::Fold(_) | Point::Members | Point::Elsewhere) | None => {}
        }
    }

    /// Puts a nick into the text where the caret is.
    fn speak_to(&mut self, nick: &str) {
        self.write_again();
        let draft = self.model.draft_mut();
        let before = draft.text().get(..draft.caret()).unwrap_or_default();
        let space = if before.is_empty() || before.ends_with(char::is_whitespace) {
            ""
        } else {
            " "
        };
        let mention = format!("{space}@{nick} ");
        if draft.insert(&mention) {
            self.draft_changed();
        }
    }

    /// Releases the mouse for the terminal's own selection, or takes it back.
    pub(super) fn toggle_mouse(&mut self) {
        let words = self.model.words();
        self.model.desk.mouse = !self.model.desk.mouse;
        self.effects.push(Effect::Mouse(self.model.desk.mouse));
        self.tell(if self.model.desk.mouse {
            words.mouse_on
        } else {
            words.mouse_off
        });
    }

    /// Shows the log alone, and leaves the mouse to the terminal meanwhile.
    pub(super) fn show_bare(&mut self) {
        if self.model.tab().is_none() {
            return;
        }
        self.model.completion = None;
        self.model.bare = true;
        self.effects.push(Effect::Mouse(false));
    }

    /// A key while the log is alone: scrolls, or ends it. Nothing typed is dropped.
    pub(super) fn bare_key(&mut self, key: Key, action: Option<Action>) {
        match action {
            Some(Action::PageUp | Action::Up) => return self.page(true),
            Some(Action::PageDown | Action::Down) => return self.page(false),
            Some(_) | None => {}
        }
        self.leave_bare();
        if matches!(key.code, Code::Char(_)) {
            self.key(key);
        }
    }

    /// The whole screen again, and the mouse as it was.
    pub(super) fn leave_bare(&mut self) {
        if std::mem::take(&mut self.model.bare) {
            self.effects.push(Effect::Mouse(self.model.desk.mouse));
        }
    }
}
