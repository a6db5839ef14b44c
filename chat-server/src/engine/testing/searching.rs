//! Searches in the model of the store: a look at every message.

use protocol::search::matches;

use super::store::Store;
use crate::record::{Hit, Hits, Search, Searched};

/// Messages that one page looks at; few, so that pages end for it.
const EXAMINED_MAX: usize = 12;

impl Store {
    /// Marks count the messages of all rooms in the order in which they were committed.
    pub(super) fn search(&self, search: &Search) -> Searched {
        if self.indexing {
            return Searched::Indexing;
        }
        let newest = self.order.len() as u64;
        let next = search.next.unwrap_or(newest + 1);
        if next > newest + 1 {
            return Searched::UnknownNext;
        }
        let terms = search.text.terms();
        let mut hits = Hits::default();
        let older = (1..=newest).rev().zip(self.order.iter().rev());
        let older = older.skip_while(|(mark, _)| *mark >= next);
        for (examined, (mark, (room, n))) in older.enumerate() {
            if examined == EXAMINED_MAX || hits.found.len() == usize::from(search.limit) {
                hits.next = Some(mark + 1);
                break;
            }
            let message = self.at(room, *n).unwrap();
            if search.rooms.contains(room) && *n > self.trimmed && matches(&terms, &message.text) {
                let message = message.clone();
                hits.found.push(Hit { mark, message });
            }
        }
        Searched::Hits(hits)
    }
}
