//! Who is present, and what other servers are to know of rooms and persons, as long as the history has no room for it.
//!
//! Nobody waits for these writes, so nobody would say them again; lost, they would be wrong after a restart, and for the other servers.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};

use protocol::position::{Address, PersonId};

use crate::history::History;
use crate::record::{Share, Write};

/// Members of which the newest word is kept; of one more nothing is, and after a restart they may be shown wrongly for a while.
pub(super) const PRESENCE_WAITING_MAX: usize = 65_536;

/// Words to other servers that wait, in order; one more is lost, so that a nick may be held or a room followed for nobody.
pub(super) const SHARES_WAITING_MAX: usize = 65_536;

/// The newest word of each member that the history did not take yet, and the words to other servers.
#[derive(Debug, Default)]
pub(super) struct PresenceWaiting {
    members: BTreeMap<(Address, PersonId), Write>,
    shares: VecDeque<Share>,
}

impl PresenceWaiting {
    /// Gives a write back that may go to the history now. One that must not overtake what waits is kept.
    pub(super) fn hold(&mut self, write: Write) -> Option<Write> {
        let waits = match &write {
            Write::Present(_) | Write::Absent { .. } => !self.members.is_empty(),
            Write::Share(_) => !self.shares.is_empty(),
            Write::Append(_) | Write::Claim(_) | Write::Used(_) | Write::Served(_) => false,
        };
        if waits { self.keep(write) } else { Some(write) }
    }

    /// Whether a claim is to be refused: it must not overtake the word that its person's nick is given up.
    pub(super) fn bars_claims(&self) -> bool {
        !self.shares.is_empty()
    }

    /// Whether a join of this room is to be refused: it must not overtake the word that the room is given up.
    pub(super) fn bars_join(&self, room: &Address) -> bool {
        let is_it =
            |share: &Share| matches!(share, Share::Unloaded { room: other } if other == room);
        self.shares.iter().any(is_it)
    }

    /// Keeps a write that the history did not take, if it is about presence; any other comes back.
    pub(super) fn keep(&mut self, write: Write) -> Option<Write> {
        let member = match &write {
            Write::Present(present) => (present.room.clone(), present.person),
            Write::Absent { room, person } => (room.clone(), *person),
            Write::Share(Share::Spent(_))
            | Write::Append(_)
            | Write::Claim(_)
            | Write::Used(_)
            | Write::Served(_) => return Some(write),
            Write::Share(share) => {
                if self.shares.len() < SHARES_WAITING_MAX {
                    self.shares.push_back(share.clone());
                } else {
                    tracing::warn!("the history is behind; other servers are not told of all");
                }
                return None;
            }
        };
        let full = self.members.len() >= PRESENCE_WAITING_MAX;
        match self.members.entry(member) {
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
        while let Some((member, write)) = self.members.pop_first() {
            if let Err(back) = history.write(write) {
                self.members.insert(member, *back);
                return;
            }
        }
        while let Some(share) = self.shares.pop_front() {
            if history.write(Write::Share(share.clone())).is_err() {
                return self.shares.push_front(share);
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
        while waiting.members.is_empty() {
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
        assert_eq!(waiting.members.len(), 3);
        while !waiting.members.is_empty() {
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
        assert_eq!(waiting.members.len(), PRESENCE_WAITING_MAX);
        assert_eq!(waiting.keep(present(0)), None);
        assert_eq!(
            waiting
                .members
                .values()
                .filter(|w| **w == present(0))
                .count(),
            1,
            "who waits already is kept up to date"
        );
    }

    #[tokio::test]
    async fn words_to_other_servers_keep_their_order_and_nothing_overtakes_them() {
        let lobby: Address = "lobby".parse().unwrap();
        let unloaded = || {
            let room = lobby.clone();
            Write::Share(Share::Unloaded { room })
        };
        let mut waiting = PresenceWaiting::default();
        assert_eq!(waiting.hold(unloaded()), Some(unloaded()));
        assert_eq!(waiting.keep(unloaded()), None);
        let released = Share::Released {
            person: person(1),
            nick: "n".parse().unwrap(),
        };
        assert_eq!(waiting.hold(Write::Share(released)), None);
        assert_eq!(waiting.hold(absent(3)), Some(absent(3)));
        assert!(waiting.bars_claims() && waiting.bars_join(&lobby));
        assert!(!waiting.bars_join(&"attic".parse().unwrap()));
        for _ in 0..SHARES_WAITING_MAX {
            assert_eq!(waiting.hold(unloaded()), None);
        }
        assert_eq!(waiting.shares.len(), SHARES_WAITING_MAX);
        let (history, _) = History::open(&Location::Memory, 1_000).unwrap();
        while waiting.bars_claims() {
            waiting.retry(&history);
            tokio::task::yield_now().await;
        }
        assert!(!waiting.bars_join(&lobby));
        history.close().await;
    }
}
