//! Who is here, and who holds which nick. A person is here while a connection or a membership of theirs lasts.
//!
//! Who *owns* a nick when away is the history's to know. Of persons who are in rooms of here by other servers alone it is known what they
//! are called; they hold nothing.

mod elsewhere;

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::names::{Nick, Skeleton};
use protocol::position::{Address, PersonId};

use super::ConnId;
use super::few::FewOf;
use crate::record::{Former, NodeId};
use elsewhere::Elsewhere;

/// Somebody who is here.
#[derive(Debug)]
pub(super) struct Person {
    /// By which nick.
    pub(super) nick: Nick,
    /// Whether the nick is held by nobody's lasting key.
    pub(super) guest: bool,
    /// Whether there is a key at all.
    pub(super) keyed: bool,
    /// Introduced as this person.
    pub(super) connections: FewOf<ConnId>,
    /// Where the person is a member; conversations are not among them.
    pub(super) rooms: FewOf<Address>,
    /// Who had the nick before. In a box, as for most there is nobody.
    former: Option<Box<Former>>,
    /// When the store is to hear that the nick is in use.
    pub(super) use_due: Option<Duration>,
}

/// What a person is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) nick: Nick,
    /// Whether the nick is held by nobody's lasting key.
    pub(super) guest: bool,
    /// Who had the nick before.
    pub(super) former: Option<Former>,
}

/// Who has a nick, or is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// Who.
    pub(super) person: PersonId,
    /// Whether only while being here.
    pub(super) guest: bool,
}

/// Somebody who is here, or in a room by another server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) nick: &'a Nick,
    /// Whether the nick is held by nobody's lasting key.
    pub(super) guest: bool,
    /// Who had the nick before.
    pub(super) former: Option<Former>,
    /// Whether there is a key at all.
    pub(super) keyed: bool,
}

/// Everybody who is here, and what others are called.
///
/// Invariant: the skeleton of each person's nick leads to that person, or to another one who has come to have that nick since; further
/// skeletons are reserved for claims under way.
#[derive(Debug, Default)]
pub(super) struct People {
    persons: BTreeMap<PersonId, Person>,
    holders: BTreeMap<Skeleton, Holder>,
    elsewhere: Elsewhere,
}

impl Known<'_> {
    /// What the person is called.
    pub(super) fn name(self) -> Name {
        Name {
            nick: self.nick.clone(),
            guest: self.guest,
            former: self.former,
        }
    }
}

impl Person {
    /// Who had the nick before.
    pub(super) fn former(&self) -> Option<Former> {
        self.former.as_deref().copied()
    }
}

impl People {
    /// A person who is here.
    pub(super) fn get(&self, person: PersonId) -> Option<&Person> {
        self.persons.get(&person)
    }

    /// A person who is here.
    pub(super) fn get_mut(&mut self, person: PersonId) -> Option<&mut Person> {
        self.persons.get_mut(&person)
    }

    /// The nick of a person who is here, and whether it is a guest's.
    pub(super) fn name(&self, person: PersonId) -> Option<(&Nick, bool)> {
        self.get(person).map(|person| (&person.nick, person.guest))
    }

    /// How a person is known who is here, or else in a room by another server.
    pub(super) fn known(&self, id: PersonId) -> Option<Known<'_>> {
        match self.get(id) {
            Some(person) => Some(Known {
                nick: &person.nick,
                guest: person.guest,
                former: person.former(),
                keyed: person.keyed,
            }),
            None => self.elsewhere.known(id),
        }
    }

    /// Who is called by a nick of this skeleton; first of all somebody who is here. For whom it is only reserved is not.
    pub(super) fn called(&self, skeleton: &Skeleton) -> Option<PersonId> {
        let is_called = |id: &PersonId| {
            let person = self.get(*id);
            person.is_some_and(|person| person.nick.skeleton() == *skeleton)
        };
        let holder = self.holder(skeleton).map(|holder| holder.person);
        holder
            .filter(is_called)
            .or_else(|| self.elsewhere.called(skeleton))
    }

    /// In which rooms a person is, here or by other servers; none of them twice.
    pub(super) fn rooms(&self, id: PersonId) -> Vec<Address> {
        let here = self.get(id).into_iter();
        let here = here.flat_map(|person| person.rooms.keys());
        let mut rooms: Vec<Address> = here.chain(self.elsewhere.rooms(id)).cloned().collect();
        rooms.sort();
        rooms.dedup();
        rooms
    }

    /// Another server says that a person is in a room, and by which name.
    pub(super) fn enter_elsewhere(
        &mut self,
        (node, id): (NodeId, PersonId),
        room: &Address,
        name: (Name, bool),
        is_lost: bool,
    ) {
        self.elsewhere.enter((node, id), room, name, is_lost);
    }

    /// Another server says so no more.
    pub(super) fn leave_elsewhere(&mut self, (node, id): (NodeId, PersonId), room: &Address) {
        self.elsewhere.leave((node, id), room);
    }

    /// Who has a nick of this skeleton, or is about to.
    pub(super) fn holder(&self, skeleton: &Skeleton) -> Option<Holder> {
        self.holders.get(skeleton).copied()
    }

    /// How a person is told of: who is here, or in a room by another server, by the nick of now. Of who is away this nick and its former holder are known; and whether
    /// somebody else has that nick by now.
    pub(super) fn told_as(
        &self,
        person: PersonId,
        known: String,
        former: Option<Former>,
    ) -> (String, Option<Former>, bool) {
        if let Some(known) = self.known(person) {
            return (known.nick.to_string(), known.former, false);
        }
        let skeleton = Nick::new(&known).ok().map(|nick| nick.skeleton());
        let holder = |skeleton| match self.holder(skeleton) {
            Some(holder) => Some(holder.person),
            None => self.elsewhere.called(skeleton),
        };
        let holder = skeleton.as_ref().and_then(holder);
        let has_another = holder.is_some_and(|holder| holder != person);
        (known, former, has_another)
    }

    /// Keeps a nick for a person, unless somebody else has it.
    pub(super) fn reserve(&mut self, skeleton: Skeleton, holder: Holder) -> Result<(), Holder> {
        match self.holders.get(&skeleton) {
            Some(other) if other.person != holder.person => Err(*other),
            // What the person has already keeps its kind until the claim is granted.
            Some(_) => Ok(()),
            None => {
                self.holders.insert(skeleton, holder);
                Ok(())
            }
        }
    }

    /// Gives up a reservation, unless it is what the person is called.
    pub(super) fn unreserve(&mut self, skeleton: &Skeleton, person: PersonId) {
        let is_name = self
            .get(person)
            .is_some_and(|person| person.nick.skeleton() == *skeleton);
        let is_theirs = self
            .holders
            .get(skeleton)
            .is_some_and(|holder| holder.person == person);
        if is_theirs && !is_name {
            self.holders.remove(skeleton);
        }
    }

    /// Lets a person in, or gives one who is here the nick, which was reserved. Returns the nick before.
    pub(super) fn call(&mut self, id: PersonId, name: Name, keyed: bool) -> Option<Nick> {
        let Name {
            nick,
            guest,
            former,
        } = name;
        let skeleton = nick.skeleton();
        let before = if let Some(person) = self.persons.get_mut(&id) {
            person.guest = guest;
            person.former = former.map(Box::new);
            Some(std::mem::replace(&mut person.nick, nick))
        } else {
            let person = Person {
                nick,
                guest,
                keyed,
                connections: FewOf::default(),
                rooms: FewOf::default(),
                former: former.map(Box::new),
                use_due: None,
            };
            self.persons.insert(id, person);
            None
        };
        if let Some(before) = before.as_ref().map(Nick::skeleton)
            && before != skeleton
            && self
                .holders
                .get(&before)
                .is_some_and(|holder| holder.person == id)
        {
            self.holders.remove(&before);
        }
        self.holders.insert(skeleton, Holder { person: id, guest });
        before
    }

    /// Forgets a person who is no longer here, and gives who it was; the nick is held by nobody then.
    pub(super) fn release(&mut self, id: PersonId) -> Option<Person> {
        self.get(id)
            .filter(|person| person.connections.is_empty() && person.rooms.is_empty())?;
        let person = self.persons.remove(&id)?;
        self.unreserve(&person.nick.skeleton(), id);
        Some(person)
    }

    /// How many are here.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn len(&self) -> usize {
        self.persons.len()
    }

    /// How many are known by other servers.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn elsewhere(&self) -> usize {
        self.elsewhere.len()
    }

    /// How many nicks are held or reserved.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn held(&self) -> usize {
        self.holders.len()
    }
}
