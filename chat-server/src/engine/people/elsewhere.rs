//! Persons who are in rooms of here by other servers, and what they are called there.
//!
//! Two of them may have one nick for a moment, where it passed from one to the other before all servers heard of it; both keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use protocol::names::Skeleton;
use protocol::position::{Address, PersonId};

use super::super::few::Few;
use super::{Known, Name};

/// Everybody of whom another server says that they are in a room of here.
///
/// Invariant: `names` holds the skeleton of each person's nick, and nothing else.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    persons: BTreeMap<PersonId, Other>,
    names: BTreeSet<(Skeleton, PersonId)>,
}

/// Somebody who is in a room by another server.
#[derive(Debug)]
struct Other {
    /// As the others said last.
    name: Name,
    keyed: bool,
    /// In which rooms, and by how many servers in each.
    rooms: Few<Address, u32>,
}

impl Elsewhere {
    pub(super) fn known(&self, id: PersonId) -> Option<Known<'_>> {
        self.persons.get(&id).map(|other| Known {
            nick: &other.name.nick,
            guest: other.name.guest,
            former: other.name.former,
            keyed: other.keyed,
        })
    }

    /// Somebody whose nick has this skeleton.
    pub(super) fn called(&self, skeleton: &Skeleton) -> Option<PersonId> {
        let lowest = (skeleton.clone(), PersonId::from_bytes([0; 16]));
        let from = (Bound::Included(lowest), Bound::Unbounded);
        let (first, id) = self.names.range(from).next()?;
        (first == skeleton).then_some(*id)
    }

    /// In which rooms a person is.
    pub(super) fn rooms(&self, id: PersonId) -> impl Iterator<Item = &Address> {
        let other = self.persons.get(&id).into_iter();
        other.flat_map(|other| other.rooms.keys())
    }

    /// One more server says that a person is in a room.
    pub(super) fn enter(&mut self, id: PersonId, room: &Address) {
        if let Some(other) = self.persons.get_mut(&id)
            && let Some(servers) = other.rooms.get_or_insert_with(room, || 0)
        {
            *servers += 1;
        }
    }

    /// A person is called so, from before they are in a first room.
    pub(super) fn call(&mut self, id: PersonId, name: Name, keyed: bool) {
        let skeleton = name.nick.skeleton();
        if let Some(other) = self.persons.get_mut(&id) {
            self.names.remove(&(other.name.nick.skeleton(), id));
            other.name = name;
            other.keyed = keyed;
        } else {
            let rooms = Few::default();
            self.persons.insert(id, Other { name, keyed, rooms });
        }
        self.names.insert((skeleton, id));
    }

    /// So many servers less say that a person is in a room; after the last room the person is forgotten.
    pub(super) fn leave(&mut self, id: PersonId, room: &Address, servers: u32) {
        let Some(other) = self.persons.get_mut(&id) else {
            return;
        };
        if let Some(left) = other.rooms.get_mut(room) {
            *left = left.saturating_sub(servers);
            if *left == 0 {
                other.rooms.remove(room);
            }
        }
        if other.rooms.is_empty()
            && let Some(gone) = self.persons.remove(&id)
        {
            self.names.remove(&(gone.name.nick.skeleton(), id));
        }
    }

    /// How many there are.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.names.len(), self.persons.len());
        self.persons.len()
    }
}
