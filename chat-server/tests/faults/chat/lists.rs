//! Member lists as a good client keeps them: a list, and each change after it.

use std::collections::BTreeMap;

use protocol::event::{Change, Member, Members as Part, Presence as Changes, Status, What};
use protocol::position::PersonId;

use crate::log::{Members, Presence};

/// The list of one room.
#[derive(Debug, Default)]
pub(super) struct List {
    members: BTreeMap<PersonId, Member>,
    revision: u64,
    /// Parts of a new list that is not complete.
    coming: Option<BTreeMap<PersonId, Member>>,
    whole: bool,
}

impl List {
    /// A new list comes, of which nothing is known.
    pub(super) fn begin(&mut self) {
        self.coming = Some(BTreeMap::new());
        self.whole = false;
    }

    /// A part of it has come.
    pub(super) fn part(&mut self, part: Part) {
        let Some(coming) = &mut self.coming else {
            return;
        };
        let members = part.members.into_iter();
        coming.extend(members.map(|member| (member.person, member)));
        if part.done {
            self.members = self.coming.take().unwrap_or_default();
            self.revision = part.revision;
            self.whole = true;
        }
    }

    /// Something changed; false where a change before it is missing, so that a fresh list is due.
    pub(super) fn change(&mut self, changes: Changes) -> bool {
        if !self.whole || changes.revision <= self.revision {
            return true;
        }
        if changes.revision != self.revision + 1 || changes.summary {
            return false;
        }
        self.revision = changes.revision;
        for change in changes.changes {
            self.apply(change);
        }
        true
    }

    fn apply(&mut self, change: Change) {
        match change.what {
            What::Joined => {
                let member = Member {
                    person: change.person,
                    nick: change.nick,
                    status: Status::Here,
                    guest: change.guest,
                    former: change.former,
                };
                self.members.insert(change.person, member);
            }
            What::Left => {
                self.members.remove(&change.person);
            }
            What::Reconnecting | What::Back => {
                if let Some(member) = self.members.get_mut(&change.person) {
                    member.status = if change.what == What::Back {
                        Status::Here
                    } else {
                        Status::Reconnecting
                    };
                }
            }
            What::Renamed => {
                if let Some(member) = self.members.get_mut(&change.person) {
                    member.nick = change.nick;
                    member.former = change.former;
                }
            }
            What::Unknown => {}
        }
    }

    /// The list as of now; nothing where it is not complete.
    pub(super) fn shown(&self) -> Option<Members> {
        let shown = |member: &Member| {
            let presence = match member.status {
                Status::Here => Presence::Here,
                Status::Reconnecting | Status::Unknown => Presence::Away,
            };
            (member.nick.clone(), presence)
        };
        self.whole
            .then(|| self.members.values().map(shown).collect())
    }
}
