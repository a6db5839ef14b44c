//! Opening, closing and changing rooms, and what was seen of them.

use protocol::limits::JOIN_MESSAGES;
use protocol::names::RoomName;
use protocol::position::Address;

use super::{Effect, Turn};
use crate::model::log::Scroll;
use crate::model::notify::window_name;
use crate::model::tab::{Stage, Tab};
use crate::session::Command;
use crate::text::sanitized::Sanitized;

impl Turn<'_> {
    /// The tab of a room, made if there is none; its index.
    pub(super) fn open(&mut self, room: &Address) -> usize {
        if let Some(index) = self.model.tabs.iter().position(|tab| tab.room == *room) {
            return index;
        }
        let title = match room {
            Address::Room(name) => Sanitized::line(name.as_str()),
            Address::Direct(_) => self.title_of(room).unwrap_or_else(|| Sanitized::line("?")),
        };
        let tab = Tab::new(room.clone(), title);
        self.model.tabs.push(tab);
        let share = self.model.timeline_share();
        for tab in &mut self.model.tabs {
            tab.trim(share);
        }
        self.restore();
        self.model.tabs.len().saturating_sub(1)
    }

    /// Gives the tabs what an earlier run left: drafts, and how far they were read.
    ///
    /// It can be read from disk later than a tab is opened, and something may be written there by then; that
    /// goes behind the old draft.
    pub(super) fn restore(&mut self) {
        let model = &mut *self.model;
        for tab in &mut model.tabs {
            if tab.read.is_none() && !tab.stage.is_filled() {
                tab.read = model.read.get(&tab.room).copied();
            }
            let Some(old) = model.drafts.remove(&tab.room) else {
                continue;
            };
            tab.reply_to = tab.reply_to.or(old.reply_to);
            let (old, new) = (old.text, tab.draft.text());
            let between = if new.is_empty() || old.is_empty() {
                ""
            } else {
                "\n"
            };
            let both = format!("{old}{between}{new}");
            tab.draft.set(&both);
        }
    }

    /// Shows a tab.
    pub(super) fn show(&mut self, index: usize) {
        let Some(tab) = self.model.tabs.get_mut(index) else {
            return;
        };
        tab.hidden = false;
        if index == self.model.active {
            return;
        }
        let last = self.model.tab_mut().map(|last| {
            if last.unread == 0 {
                last.unread_from = None;
                last.unread_after = None;
            }
            last.room.clone()
        });
        self.model.previous = last;
        self.model.active = index;
        self.model.completion = None;
    }

    /// Enters a room and shows it.
    pub(super) fn join(&mut self, name: RoomName) -> bool {
        let index = self.join_behind(name);
        self.show(index);
        true
    }

    /// Enters a room whose tab stays behind the one that is shown; its index.
    pub(super) fn join_behind(&mut self, name: RoomName) -> usize {
        let room = Address::Room(name);
        let index = self.open(&room);
        let tab = self.model.tabs.get(index);
        if tab.is_none_or(|tab| tab.stage == Stage::Outside) {
            self.session(Command::Join {
                room,
                last: JOIN_MESSAGES,
            });
        }
        index
    }

    /// Leaves the room that is shown; its tab goes when the session says so.
    pub(super) fn leave_room(&mut self) -> bool {
        let words = self.model.words();
        let Some(tab) = self.model.tab() else {
            self.fail(words.needs_room);
            return false;
        };
        let room = tab.room.clone();
        self.session(Command::Leave { room });
        true
    }

    /// Takes a tab away and shows the one before it.
    pub(super) fn close(&mut self, room: &Address) {
        let Some(index) = self.model.tabs.iter().position(|tab| tab.room == *room) else {
            return;
        };
        let active = self.model.tab().map(|tab| tab.room.clone());
        let tab = self.model.tabs.remove(index);
        let draft = tab.kept();
        if !draft.is_empty() {
            self.model.drafts.insert(tab.room.clone(), draft);
        }
        if let Some(read) = tab.read {
            self.model.read.insert(tab.room, read);
        }
        let wanted = active
            .filter(|active| active != room)
            .or_else(|| self.model.previous.take());
        let shown: Vec<usize> = self.model.shown_tabs().map(|(index, _)| index).collect();
        let found = wanted.and_then(|wanted| {
            self.model
                .tabs
                .iter()
                .position(|tab| tab.room == wanted && !tab.hidden)
        });
        let beside = shown
            .iter()
            .rev()
            .find(|other| **other < index)
            .or_else(|| shown.first());
        self.model.active = found.or_else(|| beside.copied()).unwrap_or_default();
        self.model.completion = None;
    }

    /// The tab of this number, from 1, among those that are seen.
    pub(super) fn go_to_number(&mut self, number: u8) {
        let place = usize::from(number).saturating_sub(1);
        let index = self.model.shown_tabs().nth(place).map(|(index, _)| index);
        if let Some(index) = index {
            self.show(index);
        }
    }

    /// The tab so many further on, around the end.
    pub(super) fn go_by(&mut self, steps: isize) {
        let shown: Vec<usize> = self.model.shown_tabs().map(|(index, _)| index).collect();
        let at = shown.iter().position(|index| *index == self.model.active);
        let count = isize::try_from(shown.len()).unwrap_or(isize::MAX);
        // A hidden conversation can be the one that would be shown; then the first tab is next.
        let Some(at) = at.and_then(|at| isize::try_from(at).ok()) else {
            return self.go_to_number(1);
        };
        let to = at.saturating_add(steps).rem_euclid(count.max(1));
        let index = usize::try_from(to)
            .ok()
            .and_then(|to| shown.get(to))
            .copied();
        if let Some(index) = index {
            self.show(index);
        }
    }

    /// Counts what is on the screen as seen, if the person looks at it.
    pub(super) fn read_on(&mut self) {
        if !self.model.is_attended() || self.model.shown_form().is_some() {
            return;
        }
        let Some(tab) = self.model.tab_mut() else {
            return;
        };
        if tab.scroll != Scroll::Bottom || !tab.stage.is_filled() {
            return;
        }
        if tab.mark_read() {
            let room = tab.room.clone();
            self.read_changed(room);
        }
    }

    /// Sets the title of the window if it is another one now.
    pub(super) fn title(&mut self) {
        let name = match self.model.tab() {
            Some(tab) => window_name(tab),
            None => "chat-tui".to_owned(),
        };
        let tabs = self.model.tabs.iter();
        let waiting: usize = tabs.map(|tab| self.model.waiting_in(tab)).sum();
        let title = if waiting == 0 {
            name
        } else {
            format!("({waiting}) {name}")
        };
        if title != self.model.title {
            self.model.title.clone_from(&title);
            self.effects.push(Effect::Title(Sanitized::line(&title)));
        }
    }
}
