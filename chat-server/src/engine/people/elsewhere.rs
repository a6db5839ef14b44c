//! Persons who are in rooms of here by other servers, and what they are called there.
//!
//! All servers call a person the same, but for a moment, and but for those that are dead and hear of nothing: so the word of a server counts
//! most by which the person is connected, and then the last one. Two persons may have one nick for a moment, where it passed from
//! one to the other before all servers heard of it; both keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use protocol::names::Skeleton;
use protocol::position::{Address, PersonId};

use super::super::few::Few;
use super::{Known, Name};
use crate::record::NodeId;

/// Everybody of whom another server says that they are in a room of here.
///
/// Invariant: `names` holds the skeleton of what each person is called, and nothing else.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    persons: BTreeMap<PersonId, Few<NodeId, There>>,
    names: BTreeSet<(Skeleton, PersonId)>,
    /// Counts what was said.
    said: u64,
}

/// A person as one server says.
#[derive(Debug)]
struct There {
    name: Name,
    keyed: bool,
    /// In which rooms, and whether lost there.
    rooms: Few<Address, bool>,
    /// When that was said last.
    said: u64,
}

impl There {
    fn known(&self) -> Known<'_> {
        Known {
            nick: &self.name.nick,
            guest: self.name.guest,
            former: self.name.former,
            keyed: self.keyed,
        }
    }

    /// How much its word counts.
    fn weight(&self) -> (bool, u64) {
        (self.rooms.iter().any(|(_, is_lost)| !is_lost), self.said)
    }
}

impl Elsewhere {
    pub(super) fn known(&self, id: PersonId) -> Option<Known<'_>> {
        let servers = self.persons.get(&id)?.iter();
        let heaviest = servers.max_by_key(|(_, there)| there.weight());
        heaviest.map(|(_, there)| there.known())
    }

    /// Somebody whose nick has this skeleton.
    pub(super) fn called(&self, skeleton: &Skeleton) -> Option<PersonId> {
        let lowest = (skeleton.clone(), PersonId::from_bytes([0; 16]));
        let from = (Bound::Included(lowest), Bound::Unbounded);
        let (first, id) = self.names.range(from).next()?;
        (first == skeleton).then_some(*id)
    }

    /// In which rooms a person is; a room more than once where several servers say so.
    pub(super) fn rooms(&self, id: PersonId) -> impl Iterator<Item = &Address> {
        let servers = self.persons.get(&id).into_iter().flat_map(Few::iter);
        servers.flat_map(|(_, there)| there.rooms.keys())
    }

    /// A server says that a person is in a room.
    pub(super) fn enter(
        &mut self,
        (node, id): (NodeId, PersonId),
        room: &Address,
        (name, keyed): (Name, bool),
        is_lost: bool,
    ) {
        self.said += 1;
        let said = self.said;
        self.change(id, |servers| {
            let there = servers.get_or_insert_with(&node, || There {
                name: name.clone(),
                keyed,
                rooms: Few::default(),
                said,
            });
            if let Some(there) = there {
                there.name = name;
                there.said = said;
                there.rooms.insert(room.clone(), is_lost);
            }
        });
    }

    /// A server says so no more; after the last word the person is forgotten.
    pub(super) fn leave(&mut self, (node, id): (NodeId, PersonId), room: &Address) {
        self.change(id, |servers| {
            if let Some(there) = servers.get_mut(&node) {
                there.rooms.remove(room);
                if there.rooms.is_empty() {
                    servers.remove(&node);
                }
            }
        });
    }

    fn change(&mut self, id: PersonId, change: impl FnOnce(&mut Few<NodeId, There>)) {
        let skeleton = |known: Known<'_>| known.nick.skeleton();
        let before = self.known(id).map(skeleton);
        let servers = self.persons.entry(id).or_default();
        change(servers);
        if servers.is_empty() {
            self.persons.remove(&id);
        }
        let after = self.known(id).map(skeleton);
        if before != after {
            before.map(|before| self.names.remove(&(before, id)));
            after.map(|after| self.names.insert((after, id)));
        }
    }

    /// How many there are.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.names.len(), self.persons.len());
        self.persons.len()
    }
}
