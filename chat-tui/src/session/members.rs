//! A room's member list, from parts and changes that may come in between each other.
//!
//! Each member carries the revision that it was last told with. A part never overwrites what a newer change said, and a change
//! of a revision that the list has already is skipped; so the list is right whatever order they come in.

use std::collections::BTreeMap;

use protocol::event::{Change, Member, Members, Presence, Status, What};
use protocol::position::PersonId;
use protocol::request::Ref;

/// Members kept of one room; of a larger list only so many are known, and the count says how many there are.
pub const MEMBERS_KEPT_MAX: usize = 10_000;

/// A room's members.
#[derive(Debug, Default)]
pub(super) struct MemberList {
    count: usize,
    revision: u64,
    known: Told,
    /// For display, sorted by nick.
    shown: Vec<Member>,
    whole: bool,
    stale: bool,
    /// The person asked for the list.
    wanted: bool,
    gathering: Option<Gathering>,
}

/// What was told of each person, and with which revision; nothing for who left.
type Told = BTreeMap<PersonId, (u64, Option<Member>)>;

#[derive(Debug)]
struct Gathering {
    reference: Ref,
    told: Told,
    parts: bool,
    cut: bool,
    after: Option<PersonId>,
}

/// What comes after a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It belongs to no list that was asked for.
    Ignored,
    /// More parts of this answer.
    Part,
    /// The answer is over, but not the list: ask for what is behind this person.
    Page(PersonId),
    /// The list is as whole as it gets.
    Done,
}

impl MemberList {
    /// The room is joined under this question, and its first list follows.
    pub(super) fn joined(&mut self, reference: Ref, revision: u64, count: usize) {
        self.revision = revision;
        self.count = count;
        self.stale = false;
        self.gather(reference);
    }

    /// A list was asked for.
    pub(super) fn gather(&mut self, reference: Ref) {
        self.stale = false;
        self.wanted = false;
        self.gathering = Some(Gathering {
            reference,
            told: Told::new(),
            parts: false,
            cut: false,
            after: None,
        });
    }

    /// The next page of the list was asked for.
    pub(super) const fn go_on(&mut self, reference: Ref) {
        if let Some(gathering) = &mut self.gathering {
            gathering.reference = reference;
        }
    }

    /// Nothing more comes of the list that was asked for. It may be asked for again where it is `stale` then.
    pub(super) fn give_up(&mut self, stale: bool) {
        self.gathering = None;
        self.stale |= stale;
    }

    /// Takes in a part of a list.
    pub(super) fn part(&mut self, part: Members, reference: Option<Ref>) -> Next {
        let Some(gathering) = &mut self.gathering else {
            return Next::Ignored;
        };
        if reference.is_some_and(|r| r != gathering.reference) {
            return Next::Ignored;
        }
        if part.revision > self.revision {
            // What came before in this list may be older than this part.
            self.stale |= gathering.parts;
            self.revision = part.revision;
        }
        gathering.parts = true;
        let last = part.members.last().map(|member| member.person);
        for member in part.members {
            let known = gathering.told.get(&member.person);
            let newer = known.is_some_and(|(revision, _)| *revision > part.revision);
            if known.is_none() && gathering.told.len() >= MEMBERS_KEPT_MAX {
                gathering.cut = true;
            } else if !newer {
                gathering
                    .told
                    .insert(member.person, (part.revision, Some(member)));
            }
        }
        if !part.done {
            return Next::Part;
        }
        // A page that leads nowhere ends the list, or it would be asked for without end.
        let onward = last.filter(|last| gathering.after.is_none_or(|after| *last > after));
        if part.more
            && !gathering.cut
            && let Some(last) = onward
        {
            gathering.after = Some(last);
            return Next::Page(last);
        }
        self.whole = !part.more && !gathering.cut;
        if let Some(gathering) = self.gathering.take() {
            self.known = gathering.told;
            self.known.retain(|_, (_, member)| member.is_some());
        }
        self.sort();
        Next::Done
    }

    /// Takes in changes. False where the list has them already.
    pub(super) fn presence(&mut self, presence: &Presence) -> bool {
        if presence.revision <= self.revision {
            return false;
        }
        self.stale |= presence.summary
            || presence.revision > self.revision.saturating_add(1)
            || presence
                .changes
                .iter()
                .any(|change| change.what == What::Unknown);
        self.revision = presence.revision;
        self.count = presence.count;
        for change in &presence.changes {
            apply(&mut self.known, change, presence.revision);
            if let Some(gathering) = &mut self.gathering {
                apply(&mut gathering.told, change, presence.revision);
            }
        }
        if !presence.changes.is_empty() {
            if self.gathering.is_none() {
                self.known.retain(|_, (_, member)| member.is_some());
            }
            self.sort();
        }
        true
    }

    /// Whether a fresh list is due and none is on its way.
    pub(super) const fn wants_list(&self) -> bool {
        self.stale && self.gathering.is_none()
    }

    /// The person asks for the list.
    pub(super) const fn want(&mut self) {
        self.wanted = true;
    }

    /// Whether the person asked and no list is on its way.
    pub(super) const fn is_wanted(&self) -> bool {
        self.wanted && self.gathering.is_none()
    }

    /// Whether the list holds every member.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole && !self.stale
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) fn shown(&self) -> &[Member] {
        &self.shown
    }

    fn sort(&mut self) {
        let members = self.known.values().filter_map(|(_, member)| member.clone());
        self.shown = members.collect();
        self.shown
            .sort_by_cached_key(|member| (member.nick.to_lowercase(), member.person));
    }
}

fn apply(told: &mut Told, change: &Change, revision: u64) {
    let full = told.len() >= MEMBERS_KEPT_MAX && !told.contains_key(&change.person);
    let newer = told
        .get(&change.person)
        .is_some_and(|(known, _)| *known > revision);
    if full || newer {
        return;
    }
    let status = match change.what {
        What::Joined | What::Back => Status::Here,
        What::Reconnecting => Status::Reconnecting,
        What::Renamed => {
            let known = told.get(&change.person).and_then(|(_, m)| m.as_ref());
            known.map_or(Status::Here, |member| member.status)
        }
        What::Left => {
            told.insert(change.person, (revision, None));
            return;
        }
        What::Unknown => return,
    };
    let member = Member {
        person: change.person,
        nick: change.nick.clone(),
        status,
        guest: change.guest,
        former: change.former,
    };
    told.insert(change.person, (revision, Some(member)));
}
