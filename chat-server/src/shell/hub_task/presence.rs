//! Who is present, as long as the history has no room for it.
//!
//! Nobody waits for these writes, so nobody would say them again; lost, they would be wrong after a restart.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use protocol::position::{Address, PersonId};

use crate::history::History;
use crate::record::Write;

/// Members of which the newest word is kept; of one more nothing is, and after a restart they may be shown wrongly for a while.
pub(super) const PRESENCE_WAITING_MAX: usize = 65_536;

/// The newest word of each member that the history did not take yet.
#[derive(Debug, Default)]
pub(super) struct PresenceWaiting(BTreeMap<(Address, PersonId), Write>);

impl PresenceWaiting {
    /// Gives a write back that may go to the history now. One that must not overtake what waits is kept.
    pub(super) fn hold(&mut self, write: Write) -> Option<Write> {
        if self.0.is_empty() {
            return Some(write);
        }
        self.keep(write)
    }

    /// Keeps a write that the history did not take, if it is about presence; any other comes back.
    pub(super) fn keep(&mut self, write: Write) -> Option<Write> {
        let member = match &write {
            Write::Present(present) => (present.room.clone(), present.person),
            Write::Absent { room, person } => (room.clone(), *person),
            Write::Append(_)
            | Write::Claim(_)
            | Write::Used(_)
            | Write::Served(_)
            | Write::Share(_) => {
                return Some(write);
            }
        };
        let full = self.0.len() >= PRESENCE_WAITING_MAX;
        match self.0.entry(member) {
            Entry::Occupied(mut waiting) => {
                waiting.insert(write);
            }
            Entry::Vacant(_) if full => {
                tracing::warn!(
                    "the history is behind; who is present may be out of date after a restart"
                );
            }
            Entry::Vacant(place) => {
                place.insert(write);
            }
        }
        None
    }

    /// Hands over what the history takes now.
    pub(super) fn retry(&mut self, history: &History) {
        while let Some((member, write)) = self.0.pop_first() {
            if let Err(back) = history.write(write) {
                self.0.insert(member, *back);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Location, WRITES_WAITING_MAX};
    use crate::record::Present;

    fn person(number: usize) -> PersonId {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        PersonId::from_bytes(bytes)
    }

    fn absent(number: usize) -> Write {
        Write::Absent {
            room: "lobby".parse().unwrap(),
            person: person(number),
        }
    }

    fn present(number: usize) -> Write {
        Write::Present(Present {
            room: "lobby".parse().unwrap(),
            person: person(number),
            nick: format!("guest-{number}").parse().unwrap(),
            guest: true,
            former: None,
            keyed: true,
            reconnecting: false,
        })
    }

    #[tokio::test]
    async fn who_is_present_reaches_a_history_that_was_behind() {
        let directory = tempfile::tempdir().unwrap();
        let location = Location::Directory(directory.path().to_owned());
        let (history, _) = History::open(&location, 1_000).unwrap();
        let mut waiting = PresenceWaiting::default();
        let mut number = 0;
        while waiting.0.is_empty() {
            number += 1;
            assert!(number < 100 * WRITES_WAITING_MAX, "the queue never fills");
            if let Err(back) = history.write(absent(number)) {
                assert_eq!(waiting.keep(*back), None);
            }
        }
        // Even if there is room again: the newest word of a member must not be overtaken by an older one.
        for write in [present(1), present(2), absent(1)] {
            assert_eq!(waiting.hold(write), None);
        }
        assert_eq!(waiting.0.len(), 3);
        while !waiting.0.is_empty() {
            waiting.retry(&history);
            tokio::task::yield_now().await;
        }
        assert_eq!(waiting.hold(absent(3)), Some(absent(3)));
        history.close().await;
        let (_, restored) = History::open(&location, 1_000).unwrap();
        let persons: Vec<PersonId> = restored.present.iter().map(|row| row.person).collect();
        assert_eq!(persons, [person(2)]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut waiting = PresenceWaiting::default();
        for number in 0..=PRESENCE_WAITING_MAX {
            assert_eq!(waiting.keep(absent(number)), None);
        }
        assert_eq!(waiting.0.len(), PRESENCE_WAITING_MAX);
        assert_eq!(waiting.keep(present(0)), None);
        assert_eq!(
            waiting.0.values().filter(|w| **w == present(0)).count(),
            1,
            "who waits already is kept up to date"
        );
    }
}
