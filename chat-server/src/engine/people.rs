//! Who is here, and who holds which nick. A person is here while a connection or a membership of theirs lasts.
//!
//! Who *owns* a nick when away is the history's to know.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::names::{Nick, Skeleton};
use protocol::position::{Address, PersonId};

use super::ConnId;
use super::few::FewOf;
use crate::record::Former;

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

/// Everybody who is here.
///
/// Invariant: the skeleton of each person's nick leads to that person; further skeletons are reserved for claims under way.
#[derive(Debug, Default)]
pub(super) struct People {
    persons: BTreeMap<PersonId, Person>,
    holders: BTreeMap<Skeleton, Holder>,
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

    /// The nick of a person, and whether it is a guest's.
    pub(super) fn name(&self, person: PersonId) -> Option<(&Nick, bool)> {
        self.get(person).map(|person| (&person.nick, person.guest))
    }

    /// Who has a nick of this skeleton, or is about to.
    pub(super) fn holder(&self, skeleton: &Skeleton) -> Option<Holder> {
        self.holders.get(skeleton).copied()
    }

    /// How a person is told of: who is here by the nick of now. Of who is away this nick and its former holder are known; and whether
    /// somebody else who is here has that nick by now.
    pub(super) fn told_as(
        &self,
        person: PersonId,
        known: String,
        former: Option<Former>,
    ) -> (String, Option<Former>, bool) {
        if let Some(here) = self.get(person) {
            return (here.nick.to_string(), here.former(), false);
        }
        let nick = Nick::new(&known).ok();
        let holder = nick.and_then(|nick| self.holder(&nick.skeleton()));
        let has_another = holder.is_some_and(|holder| holder.person != person);
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

    /// How many nicks are held or reserved.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn held(&self) -> usize {
        self.holders.len()
    }
}
