//! Whether a run has met what it is there for.

use std::collections::BTreeMap;

/// How often the things happened that the runs are there for.
pub(super) struct Tally(pub(super) BTreeMap<&'static str, u64>);

impl Default for Tally {
    fn default() -> Self {
        let all = [
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
        Self(all.into_iter().map(|what| (what, 0)).collect())
    }
}

impl Tally {
    pub(super) fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }
}
