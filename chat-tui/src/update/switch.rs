//! Going to another room: the switcher, the next one with something new, the one before.

use super::Turn;
use super::compose::move_or_delete;
use super::keys::Action;
use crate::key::Key;
use crate::model::popup::Popup;
use crate::model::switch::{Target, is_called, rows};
use crate::session::Command;
use crate::text::editor::Editor;

/// Rows that a page up or down moves.
const PAGE_ROWS: usize = 10;

impl Turn<'_> {
    /// Opens the switcher and asks for the rooms of the server.
    pub(super) fn show_switch(&mut self) {
        self.model.completion = None;
        self.model.popup = Some(Popup::Switch(Box::default()));
        self.rank();
        if self.is_online() {
            self.session(Command::Rooms);
        }
    }

    /// A key while the switcher is open.
    pub(super) fn switch_key(&mut self, key: Key, action: Option<Action>) {
        match action {
            Some(Action::Escape | Action::Switch | Action::Clear | Action::Leave) => {
                self.model.popup = None;
            }
            Some(Action::Enter) => self.field_enter(),
            Some(Action::Up | Action::BackTab) => self.choose_row(true, 1),
            Some(Action::Down | Action::Tab) => self.choose_row(false, 1),
            Some(Action::PageUp) => self.choose_row(true, PAGE_ROWS),
            Some(Action::PageDown) => self.choose_row(false, PAGE_ROWS),
            Some(Action::Retry) => self.retry(),
            Some(action) => self.edit_switch(|field| move_or_delete(field, action)),
            None => self.type_key(key),
        }
    }

    /// Changes what was typed.
    pub(super) fn edit_switch(&mut self, change: impl FnOnce(&mut Editor)) {
        let Some(Popup::Switch(switch)) = &mut self.model.popup else {
            return;
        };
        let before = switch.field.text().to_owned();
        change(&mut switch.field);
        if switch.field.text() != before {
            switch.chosen = 0;
            self.rank();
        }
    }

    /// Works out anew where it can lead; the row that is chosen stays chosen.
    pub(super) fn rank(&mut self) {
        let Some(Popup::Switch(switch)) = &self.model.popup else {
            return;
        };
        let fresh = rows(self.model, self.facts, switch.field.text());
        let Some(Popup::Switch(switch)) = &mut self.model.popup else {
            return;
        };
        let chosen = switch.rows.get(switch.chosen).map(|row| &row.target);
        let is_first = switch.chosen == 0;
        let at = fresh.iter().position(|row| Some(&row.target) == chosen);
        switch.chosen = at.filter(|_| !is_first).unwrap_or_default();
        switch.rows = fresh;
    }

    fn choose_row(&mut self, up: bool, by: usize) {
        if let Some(Popup::Switch(switch)) = &mut self.model.popup {
            let last = switch.rows.len().saturating_sub(1);
            switch.chosen = if up {
                switch.chosen.saturating_sub(by)
            } else {
                switch.chosen.saturating_add(by).min(last)
            };
        }
    }

    /// Goes where the chosen row leads.
    pub(super) fn switch_enter(&mut self) {
        let Some(Popup::Switch(switch)) = &self.model.popup else {
            return;
        };
        let Some(row) = switch.rows.get(switch.chosen).cloned() else {
            return;
        };
        self.model.popup = None;
        match row.target {
            Target::Tab(room) => {
                let index = self.model.tabs.iter().position(|tab| tab.room == room);
                if let Some(index) = index {
                    self.show(index);
                }
            }
            Target::Room(name, _) | Target::New(name) => {
                self.join(name);
            }
            Target::Person(nick) if self.is_online() => {
                self.session(Command::Whisper { nick, text: None });
            }
            Target::Person(_) => {
                self.needs_connection("/w");
            }
        }
    }

    /// The next tab with something for the person, else the next one with something new.
    pub(super) fn go_to_new(&mut self) {
        let active = self.model.active;
        let shown: Vec<usize> = self.model.shown_tabs().map(|(index, _)| index).collect();
        let (behind, before): (Vec<usize>, Vec<usize>) =
            shown.into_iter().partition(|index| *index > active);
        let tabs = &self.model.tabs;
        let others = behind.into_iter().chain(before);
        let unread: Vec<usize> = others
            .filter(|index| *index != active)
            .filter(|index| tabs.get(*index).is_some_and(|tab| tab.unread > 0))
            .collect();
        let called = unread
            .iter()
            .find(|index| tabs.get(**index).is_some_and(is_called));
        match called.or_else(|| unread.first()).copied() {
            Some(index) => self.show(index),
            None => self.tell(self.model.words().nothing_new),
        }
    }

    /// The tab that was shown before this one.
    pub(super) fn go_back(&mut self) {
        let previous = self.model.previous.clone();
        let index =
            previous.and_then(|room| self.model.tabs.iter().position(|tab| tab.room == room));
        match index {
            Some(index) => self.show(index),
            None => self.tell(self.model.words().no_room_before),
        }
    }
}
