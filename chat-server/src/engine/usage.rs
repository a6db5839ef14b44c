//! For how long nicks are unused, and who is told of those that had a nick before.
//!
//! A nick is in use while its owner is here by it. The store is told of that at each claim, at each return, and once in a while
//! for who stays; so a kill makes a nick look at most [`USED_INTERVAL`] older than it is.

use std::time::Duration;

use protocol::event;
use protocol::position::PersonId;

use super::hub::{Due, Engine};
use super::people::Known;
use super::{Now, Output};
use crate::record::{Former, Moment, Share, Used, Write};

/// Time between two notes to the store that a nick is still in use, one for each person, and that the server still serves; a quarter
/// of [`Settings::nick_expiry`](super::Settings::nick_expiry) where that is shorter.
pub const USED_INTERVAL: Duration = Duration::from_hours(1);

/// No interval is shorter than this, however soon nicks get free.
const USED_INTERVAL_MIN: Duration = Duration::from_secs(1);

/// How long the members of a room are told that a nick was another person's before. In direct conversations it is told for good.
pub const FORMER_TOLD: Duration = Duration::from_hours(30 * 24);

impl Engine {
    /// The time of something that is to be kept.
    pub(super) fn moment(&self, now: Now) -> Moment {
        Moment {
            unix_ms: now.unix_ms,
            served: self
                .served_before
                .saturating_add(now.elapsed.saturating_sub(self.started)),
        }
    }

    /// A nick that was last used at or before this is free; nothing where none gets free, or none can be that old.
    pub(super) fn unused_since(&self, now: Now) -> Option<Duration> {
        let expiry = self.settings.nick_expiry?;
        self.moment(now).served.checked_sub(expiry)
    }

    pub(super) fn use_interval(&self) -> Duration {
        let expiry = self.settings.nick_expiry.unwrap_or(Duration::MAX);
        USED_INTERVAL.min(expiry / 4).max(USED_INTERVAL_MIN)
    }

    /// Sees to it that the store hears of a nick in use, as long as it is.
    pub(super) fn watch_use(&mut self, id: PersonId, now: Now) {
        let at = now.elapsed.saturating_add(self.use_interval());
        if let Some(person) = self.people.get_mut(id)
            && !person.guest
            && person.use_due.is_none()
        {
            person.use_due = Some(at);
            self.remind(at, Due::Use(id));
        }
    }

    /// Tells the store that a person's nick is in use, where it is owned.
    pub(super) fn note_use(&self, id: PersonId, now: Now, out: &mut Vec<Output>) {
        if let Some(person) = self.people.get(id).filter(|person| !person.guest) {
            out.push(Output::Write(Write::Used(Used {
                nick: person.nick.clone(),
                person: id,
                at: self.moment(now),
            })));
        }
    }

    /// A note of a nick in use is due.
    pub(super) fn use_is_due(&mut self, id: PersonId, now: Now, out: &mut Vec<Output>) {
        if let Some(person) = self.people.get_mut(id) {
            person.use_due = None;
        }
        self.note_use(id, now, out);
        self.watch_use(id, now);
    }

    /// Tells the store how long it was served.
    pub(super) fn note_served(&self, now: Now, out: &mut Vec<Output>) {
        out.push(Output::Write(Write::Served(self.moment(now).served)));
    }

    /// Has the store write something that nobody waits for, so that it is known whether it takes writes: the time served, and a
    /// millisecond more, since a store that is given what it has need not touch its disk.
    pub fn probe_store(&self, now: Now, out: &mut Vec<Output>) {
        let served = self.moment(now).served;
        let served = served.saturating_add(Duration::from_millis(1));
        out.push(Output::Write(Write::Served(served)));
    }

    /// A note of the time served is due.
    pub(super) fn served_is_due(&mut self, now: Now, out: &mut Vec<Output>) {
        self.note_served(now, out);
        let at = now.elapsed.saturating_add(self.use_interval());
        self.remind(at, Due::Served);
    }

    /// Forgets a person who is no longer here; the nick is free then, or its owner's alone.
    pub(super) fn release(&mut self, id: PersonId, now: Now, out: &mut Vec<Output>) {
        let name = match &self.shared {
            Some(_) => self.people.known(id).map(Known::name),
            None => None,
        };
        let Some(person) = self.people.release(id) else {
            return;
        };
        if let Some(at) = person.use_due {
            self.forget(at, Due::Use(id));
        }
        if let Some(shared) = &mut self.shared {
            let nick = person.nick;
            // A claim under way decides which nick is held from here, if any.
            if self.claimants.contains_key(&id) {
                shared.released.insert(id, nick);
            } else {
                let released = Share::Released { person: id, nick };
                out.push(Output::Write(Write::Share(released)));
            }
            // From now on the word of other servers counts.
            self.note_name(id, name, now);
        }
    }

    /// Who had a member's nick before, as the members of a room are told.
    pub(super) fn former_told(&self, id: PersonId, now: Now) -> Option<event::Former> {
        let served = self.moment(now).served;
        let former = self.people.known(id)?.former?;
        (served.saturating_sub(former.taken) < FORMER_TOLD).then_some(former.told)
    }

    /// Who had a person's nick before.
    pub(super) fn former_of(&self, id: PersonId) -> Option<event::Former> {
        self.people.get(id)?.former().map(|former| former.told)
    }
}

/// Who had a nick before, as it is told for good.
pub(super) fn told(former: Option<Former>) -> Option<event::Former> {
    former.map(|former| former.told)
}
