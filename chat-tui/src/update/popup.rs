//! Keys while a popup is open.

use super::Turn;
use super::keys::Action;
use crate::key::Key;
use crate::model::popup::{Popup, content_rows};
use crate::session::Command;

/// Rows that a page up or down moves in a popup.
const PAGE_ROWS: usize = 10;

impl Turn<'_> {
    /// A key while a popup is open.
    pub(super) fn popup_key(&mut self, key: Key, action: Option<Action>) {
        match self.model.popup {
            Some(Popup::Search) => return self.search_key(key, action),
            Some(Popup::Mentions) => return self.mentions_key(key, action),
            Some(Popup::Switch(_)) => return self.switch_key(key, action),
            Some(_) | None => {}
        }
        if self.links_key(key) {
            return;
        }
        if matches!(self.model.popup, Some(Popup::Paste(_))) {
            return self.paste_key(key, action);
        }
        match action {
            Some(
                Action::Escape | Action::Help | Action::Members | Action::Clear | Action::Leave,
            ) => self.model.popup = None,
            Some(Action::Up) => self.scroll_popup(true, 1),
            Some(Action::Down | Action::Tab) => self.scroll_popup(false, 1),
            Some(Action::PageUp) => self.scroll_popup(true, PAGE_ROWS),
            Some(Action::PageDown) => self.scroll_popup(false, PAGE_ROWS),
            Some(Action::Enter) => self.take_popup(),
            Some(Action::Retry) => self.retry(),
            Some(_) => {}
            // Nothing typed is dropped: who begins to write is done with the popup.
            None => {
                self.model.popup = None;
                self.compose_key(key, None);
            }
        }
    }

    /// Moves in the popup; the last row stays on the screen.
    pub(super) fn scroll_popup(&mut self, up: bool, rows: usize) {
        let count = self.member_count();
        let screen = self.model.size.1;
        let last_top = |rows: usize| rows.saturating_sub(content_rows(screen, rows));
        let step = |at: usize, last: usize| {
            if up {
                at.saturating_sub(rows)
            } else {
                at.saturating_add(rows).min(last)
            }
        };
        match &mut self.model.popup {
            Some(Popup::Help { lines, scroll }) => {
                *scroll = step(*scroll, last_top(lines.len()));
            }
            Some(Popup::Rooms { rooms, chosen }) => {
                let count = rooms.as_ref().map_or(0, Vec::len);
                *chosen = step(*chosen, count.saturating_sub(1));
            }
            Some(Popup::Members { scroll }) => *scroll = step(*scroll, last_top(count)),
            Some(Popup::Switch(switch)) => {
                switch.chosen = step(switch.chosen, switch.rows.len().saturating_sub(1));
            }
            Some(Popup::Mentions) => {
                let list = &mut self.model.mentions;
                list.chosen = step(list.chosen, list.hits.len().saturating_sub(1));
            }
            Some(Popup::Search) => self.choose_hit(up, rows),
            Some(Popup::Links { links, chosen }) => {
                *chosen = step(*chosen, links.len().saturating_sub(1));
            }
            Some(Popup::Paste(_)) | None => {}
        }
    }

    pub(super) fn member_count(&self) -> usize {
        let room = self.model.tab().and_then(|tab| self.facts.room(&tab.room));
        room.map_or(0, |room| room.count)
    }

    fn take_popup(&mut self) {
        if let Some(Popup::Rooms {
            rooms: Some(rooms),
            chosen,
        }) = self.model.popup.take()
            && let Some(room) = rooms.into_iter().nth(chosen)
        {
            self.enter_listed(room.name);
        }
    }

    /// Opens the list of rooms and asks for it; false where there is no connection.
    pub(super) fn show_rooms(&mut self) -> bool {
        if !self.is_online() {
            return self.needs_connection("/rooms");
        }
        self.model.popup = Some(Popup::Rooms {
            rooms: None,
            chosen: 0,
        });
        self.session(Command::Rooms);
        true
    }

    /// Shows the members; of a large room they are asked for.
    pub(super) fn show_members(&mut self) {
        let Some(tab) = self.model.tab() else {
            return;
        };
        if tab.is_direct() {
            return self.tell(self.model.words().alone);
        }
        let room = tab.room.clone();
        let count = self.member_count();
        let known = self.facts.members(&room, count.saturating_sub(1), 1).len();
        if known == 0 && count > 0 && self.is_online() {
            self.session(Command::Members { room });
        }
        self.model.popup = Some(Popup::Members { scroll: 0 });
    }
}
