//! A room whose history went another way: what is gone, and what came instead.

use protocol::position::{Address, Position};

use crate::model::lines::{LINES_TOLD, LINES_TOLD_MAX, said};
use crate::model::timeline::{Entry, Notice, Slot};
use crate::update::Turn;

impl Turn<'_> {
    /// The history went another way: how much was lost. What came instead is said once it is here.
    pub(super) fn say_forked(&mut self, room: &Address, kept: Option<Position>) {
        let tab = self.model.tab_of(room);
        let notices = tab.into_iter().flat_map(|tab| tab.arrival.iter().rev());
        let mut forks = notices.filter(|notice| matches!(notice, Notice::Forked(_)));
        let notice = forks.next().cloned().unwrap_or(Notice::Forked(None));
        drop(forks);
        self.say_notice(room, &notice);
        let lines = self.lines();
        lines.said_from.remove(room);
        lines.forked.insert(room.clone(), kept);
    }

    /// The messages of the new history that nobody heard yet: those behind what both have, or else the last ones.
    pub(super) fn say_new_history(&mut self, room: &Address, kept: Option<Position>) {
        let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
            return;
        };
        let newest = tab.timeline.before(Slot::END);
        let newest = newest.take_while(|(slot, _)| kept.is_none_or(|kept| slot.position > kept));
        let heard = newest.filter_map(|(slot, entry)| match entry {
            Entry::Said(message) => {
                let line = said(self.model, self.facts, tab, message);
                Some((slot.position, message.time, line))
            }
            Entry::Notice(_) => None,
        });
        let most = if kept.is_some() {
            LINES_TOLD_MAX
        } else {
            LINES_TOLD
        };
        let heard: Vec<(Position, u64, String)> = heard.take(most).collect();
        if let Some((first, ..)) = heard.last() {
            self.lines().said_from.insert(room.clone(), *first);
        }
        for (_, time, line) in heard.into_iter().rev() {
            self.say_at(time, &line);
        }
    }
}
