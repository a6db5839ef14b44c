//! Keeps still what one reads at the end of a log, where news would move it.

use protocol::position::Address;

use super::Turn;
use crate::model::layout::layout;
use crate::model::log::{Log, Scroll, Spot};

impl Turn<'_> {
    /// Keeps what one reads where it is while news comes in: at the end too, as long as something is selected or the log is alone.
    /// Returns the rooms where it does.
    pub(super) fn hold(&mut self) -> Vec<Address> {
        let active = self.model.active;
        let mut held = Vec::new();
        for index in 0..self.model.tabs.len() {
            let is_bare = self.model.bare && index == active;
            let Some(tab) = self.model.tabs.get(index) else {
                continue;
            };
            if tab.scroll != Scroll::Bottom || !(tab.selected.is_some() || is_bare) {
                continue;
            }
            let layout = layout(self.model, self.facts);
            let last = Log::new(self.model, self.facts, tab, &layout).last();
            if let Some(tab) = self.model.tabs.get_mut(index) {
                tab.scroll = Scroll::At(last, Spot::END);
                held.push(tab.room.clone());
            }
        }
        held
    }

    /// Lets go of what [`hold`](Self::hold) held where nothing came below it.
    pub(super) fn release(&mut self, held: &[Address]) {
        for room in held {
            let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
                continue;
            };
            let layout = layout(self.model, self.facts);
            let log = Log::new(self.model, self.facts, tab, &layout);
            if log.reads_at() == Scroll::Bottom
                && let Some(tab) = self.model.tab_of(room)
            {
                tab.scroll = Scroll::Bottom;
            }
        }
    }
}
