//! Reading up and down, and fetching what is further up.

use protocol::position::Address;

use super::Turn;
use crate::model::layout::layout;
use crate::model::log::{Log, Place, Scroll, oldest, reaches_beginning};
use crate::model::point::Point;
use crate::model::popup::Popup;
use crate::model::roster::ROSTER_HEAD_ROWS;
use crate::model::tab::{Older, Stage};
use crate::model::timeline::{Slot, TIMELINE_READING_MAX};
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

    /// The wheel: scrolls what is on top, else what is below the pointer.
    pub(super) fn wheel(&mut self, up: bool, at: (u16, u16)) {
        if self.model.shown_form().is_some() {
            return;
        }
        if self
            .model
            .popup
            .as_ref()
            .is_some_and(|popup| !matches!(popup, Popup::Paste(_)))
        {
            return self.scroll_popup(up, WHEEL_ROWS);
        }
        match self.pointed(at) {
            Some(Point::Member(_) | Point::Members) => self.scroll_members(up),
            Some(_) | None => self.scroll(up, WHEEL_ROWS),
        }
    }

    fn scroll_members(&mut self, up: bool) {
        let rows = layout(self.model, self.facts)
            .members
            .map_or(0, |area| area.height);
        let rows = usize::from(rows.saturating_sub(ROSTER_HEAD_ROWS));
        let last = self.member_count().saturating_sub(rows);
        if let Some(tab) = self.model.tab_mut() {
            let from = tab.members_scroll.min(last);
            tab.members_scroll = if up {
                from.saturating_sub(WHEEL_ROWS)
            } else {
                from.saturating_add(WHEEL_ROWS).min(last)
            };
        }
    }

    fn scroll(&mut self, up: bool, rows: usize) {
        let scroll = self.with_log(|log, height| {
            if up {
                log.up(rows, height)
            } else {
                log.down(rows)
            }
        });
        let Some(scroll) = scroll else { return };
        if let Some(tab) = self.model.tab_mut() {
            // What failed is asked for again by who scrolls to it.
            if up && tab.older == Older::Failed {
                tab.older = Older::Idle;
            }
            match &mut tab.past {
                Some(past) if up && past.older == Older::Failed => past.older = Older::Idle,
                Some(past) if !up && past.newer == Older::Failed => past.newer = Older::Idle,
                Some(_) | None => {}
            }
        }
        self.scroll_to(scroll);
        self.select_shown();
    }

    /// Reads there from now on.
    pub(super) fn scroll_to(&mut self, scroll: Scroll) {
        let share = self.model.timeline_share();
        if let Some(tab) = self.model.tab_mut() {
            tab.scroll = scroll;
            if scroll == Scroll::Bottom {
                tab.go_to_end();
                tab.trim(share);
            }
        }
    }

    /// What is selected is on the screen, where anything is.
    fn select_shown(&mut self) {
        let shown = self.with_log(|log, height| {
            let at = log.selected()?;
            let rows = log.visible(height);
            let is_shown = rows.iter().any(|(place, _)| *place == at);
            let is_below = rows.last().is_some_and(|(place, _)| *place < at);
            let near = if is_below {
                log.one_of(&rows, false)
            } else {
                log.one_of(&rows, true)
            };
            if is_shown {
                Some(at)
            } else {
                near.or(Some(at))
            }
        });
        if let (Some(Some(place)), Some(tab)) = (shown, self.model.tab_mut()) {
            tab.selected = Some(place);
        }
    }

    /// Up or down to the unread line, which then stands near the top.
    pub(super) fn go_to_unread(&mut self) {
        let from = self.model.tab().and_then(|tab| tab.unread_from);
        let Some(position) = from else {
            return self.tell(self.model.words().nothing_unread);
        };
        if let Some(tab) = self.model.tab_mut()
            && !tab.shown().contains(position)
        {
            tab.past = None;
        }
        let scroll = self.with_log(|log, height| {
            // Where the message was let go of, the nearest one that is here.
            let place = log.nearest(Place::Entry(Slot::of(position)))?;
            Some((place, log.with_top(place, 0, height)))
        });
        if let Some((place, scroll)) = scroll.flatten() {
            self.scroll_to(scroll);
            if let Some(tab) = self.model.tab_mut() {
                tab.selected = tab.selected.map(|_| place);
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
        self.scroll_to(Scroll::Bottom);
    }

    /// Asks for older messages once the first one that is here is on the screen.
    pub(super) fn fetch_older(&mut self) {
        /// The largest page that can come.
        const PAGE: usize = protocol::limits::PAGE_MESSAGES_MAX as usize;
        let Some(tab) = self.model.tab().filter(|tab| tab.past.is_none()) else {
            return;
        };
        let share = self.model.timeline_share();
        let has_room = tab.timeline.len().saturating_add(PAGE) <= TIMELINE_READING_MAX
            && tab.timeline.bytes() < share / 2;
        let is_wanted = tab.more && tab.stage == Stage::Live && tab.older == Older::Idle;
        if !is_wanted || !self.is_online() {
            return;
        }
        // Each entry has a row at least: a flood at the bottom costs no look at the log.
        let rows = usize::from(self.model.size.1);
        if tab.scroll == Scroll::Bottom && (tab.timeline.len() > rows || !has_room) {
            return;
        }
        let Some(before) = oldest(tab) else { return };
        let layout = layout(self.model, self.facts);
        let log = Log::new(self.model, self.facts, tab, &layout);
        if !reaches_beginning(&log, usize::from(layout.log.height)) {
            return;
        }
        let room = tab.room.clone();
        let Some(tab) = self.model.tab_mut() else {
            return;
        };
        if has_room {
            tab.older = Older::Asked;
            self.session(Command::Older { room, before });
        } else {
            // The way up has no end: what is read moves on as a window, and the last messages stay what they are.
            tab.part(share);
        }
    }
}
