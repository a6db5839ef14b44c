//! Reading up and down, and fetching what is further up.

use protocol::position::Address;

use super::Turn;
use crate::model::layout::layout;
use crate::model::log::{Log, Scroll, oldest, reaches_beginning};
use crate::model::tab::{Older, Stage};
use crate::model::timeline::TIMELINE_READING_MAX;
use crate::session::Command;

/// Rows that one notch of the wheel moves.
const WHEEL_ROWS: usize = 3;

/// Rows of the last screen that stay in sight after a page.
const PAGE_OVERLAP: usize = 2;

impl Turn<'_> {
    /// A screen up or down.
    pub(super) fn page(&mut self, up: bool) {
        let height = usize::from(layout(self.model, self.facts).log.height);
        self.scroll(up, height.saturating_sub(PAGE_OVERLAP).max(1));
    }

    /// The wheel: scrolls what is on top.
    pub(super) fn wheel(&mut self, up: bool) {
        if self.model.shown_form().is_some() {
            return;
        }
        match &self.model.popup {
            Some(_) => self.scroll_popup(up, WHEEL_ROWS),
            None => self.scroll(up, WHEEL_ROWS),
        }
    }

    fn scroll(&mut self, up: bool, rows: usize) {
        let layout = layout(self.model, self.facts);
        let height = usize::from(layout.log.height);
        let Some(tab) = self.model.tab() else { return };
        let log = Log::new(self.model, self.facts, tab, &layout);
        let scroll = if up {
            log.up(rows, height)
        } else {
            log.down(rows)
        };
        let share = self.model.timeline_share();
        if let Some(tab) = self.model.tab_mut() {
            tab.scroll = scroll;
            if scroll == Scroll::Bottom {
                tab.below = 0;
                tab.trim(share);
            }
            if up && tab.older == Older::Failed {
                tab.older = Older::Idle;
            }
            // What failed is asked for again by who scrolls to it.
            match &mut tab.past {
                Some(past) if up && past.older == Older::Failed => past.older = Older::Idle,
                Some(past) if !up && past.newer == Older::Failed => past.newer = Older::Idle,
                Some(_) | None => {}
            }
        }
    }

    /// Where fewer rows are above than fit, those below fill the screen: the lowest of them is the place before more comes above, or
    /// it would move.
    pub(super) fn settle_place(&mut self, room: &Address) {
        let layout = layout(self.model, self.facts);
        let Some(index) = self.model.tabs.iter().position(|tab| tab.room == *room) else {
            return;
        };
        let Some(tab) = self
            .model
            .tabs
            .get(index)
            .filter(|tab| tab.scroll != Scroll::Bottom)
        else {
            return;
        };
        let log = Log::new(self.model, self.facts, tab, &layout);
        let scroll = log.up(0, usize::from(layout.log.height));
        if let Some(tab) = self.model.tabs.get_mut(index) {
            tab.scroll = scroll;
        }
    }

    /// Down to the newest message.
    pub(super) fn bottom(&mut self) {
        let share = self.model.timeline_share();
        if let Some(tab) = self.model.tab_mut() {
            tab.go_to_end();
            tab.trim(share);
        }
    }

    /// Asks for older messages once the first one that is here is on the screen.
    pub(super) fn fetch_older(&mut self) {
        /// The largest page that can come.
        const PAGE: usize = protocol::limits::PAGE_MESSAGES_MAX as usize;
        let Some(tab) = self.model.tab().filter(|tab| tab.past.is_none()) else {
            return;
        };
        let has_room = tab.timeline.len().saturating_add(PAGE) <= TIMELINE_READING_MAX
            && tab.timeline.bytes() < self.model.timeline_share() / 2;
        let is_wanted = tab.more && tab.stage == Stage::Live && tab.older == Older::Idle;
        if !is_wanted || !has_room || !self.is_online() {
            return;
        }
        // Each entry has a row at least: a flood at the bottom costs no look at the log.
        let rows = usize::from(self.model.size.1);
        if tab.scroll == Scroll::Bottom && tab.timeline.len() > rows {
            return;
        }
        let Some(before) = oldest(tab) else { return };
        let layout = layout(self.model, self.facts);
        let log = Log::new(self.model, self.facts, tab, &layout);
        if !reaches_beginning(&log, usize::from(layout.log.height)) {
            return;
        }
        let room = tab.room.clone();
        if let Some(tab) = self.model.tab_mut() {
            tab.older = Older::Asked;
        }
        self.session(Command::Older { room, before });
    }
}
