//! Whether a run has met what it is there for.

use std::collections::BTreeMap;

/// How often the things happened that the runs are there for.
pub(super) struct Tally(pub(super) BTreeMap<&'static str, u64>);

/// What must happen where a server has its history for itself.
pub(super) const ALONE: &[&str] = &[
    "acknowledged",
    "acknowledged again",
    "another's nick before",
    "another's nick before, by a guest",
    "back",
    "caught up live",
    "drained",
    "flood",
    "forked",
    "joined",
    "nick taken",
    "opened with another than before",
    "out of order",
    "paused",
    "rate limited",
    "reconnecting",
    "refused by the store",
    "renamed",
    "restarted",
    "resumed",
    "sent elsewhere",
    "summary",
    "found",
    "found more",
    "found nothing yet",
    "told of a conversation",
];

/// What must happen where several servers share one.
pub(super) const SHARED: &[&str] = &[
    "acknowledged",
    "acknowledged again",
    "back",
    "broken",
    "caught up live",
    "deaf",
    "fenced",
    "forked",
    "ghost",
    "joined",
    "killed",
    "moved",
    "nick held elsewhere",
    "nick taken",
    "out of order",
    "reconnecting",
    "refused by the store",
    "renamed",
    "resumed",
    "summary",
    "taken over",
    "told of a conversation",
    "trouble",
];

impl Tally {
    /// Of these each must happen.
    pub(super) fn of(all: &[&'static str]) -> Self {
        Self(all.iter().map(|what| (*what, 0)).collect())
    }

    pub(super) fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }
}
