//! Judges a run by its log alone. Knows no wire, no process and no clock.
//!
//! Each rule looks at the log for itself, so that one broken promise may be reported by several.

mod facts;
mod heard;
mod kept;
mod order;
mod people;
pub(crate) mod silence;

use std::collections::BTreeMap;

use self::facts::Facts;
use super::log::{End, Entry, What};
use super::subject::Promises;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// What was acknowledged is in the history.
    Lost,
    /// Nothing is there twice, in the history and for each who hears it.
    Doubled,
    /// What was refused is nowhere.
    Refused,
    /// One id and one position is one text for all, what somebody was shown is in the history, and nobody was shown what
    /// nobody said.
    Diverged,
    /// What a client hears rises by one, but for what was announced as a gap.
    Rising,
    /// All hear the messages of a room in one order.
    OneOrder,
    /// What one client said in a room stands in that order.
    SenderOrder,
    /// What was said after another message was acknowledged stands behind it.
    RealTime,
    /// What a client heard, over all resumes, is a range of the history, and for who stayed it goes to the end.
    Resumed,
    /// Nobody is told that the history went another way, or has a gap, since nothing of it was taken away.
    Forked,
    /// A nick has one holder at any moment, and who owns it keeps it.
    Holder,
    /// The member list becomes true, and a list with its changes equals a fresh one.
    Presence,
    /// Nothing contradicts the contract by itself.
    Contract,
    /// Nobody hears nothing for longer than is promised while others speak.
    Silent,
    /// Everything becomes quiet in time.
    Stuck,
}

impl Rule {
    /// Every rule.
    pub(crate) const ALL: [Self; 15] = [
        Self::Lost,
        Self::Doubled,
        Self::Refused,
        Self::Diverged,
        Self::Rising,
        Self::OneOrder,
        Self::SenderOrder,
        Self::RealTime,
        Self::Resumed,
        Self::Forked,
        Self::Holder,
        Self::Presence,
        Self::Contract,
        Self::Silent,
        Self::Stuck,
    ];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Refused => "refused but stored",
            Self::Diverged => "diverged",
            Self::Rising => "not rising by one",
            Self::OneOrder => "two orders",
            Self::SenderOrder => "sender's order",
            Self::RealTime => "real time",
            Self::Resumed => "not the history's range",
            Self::Forked => "forked",
            Self::Holder => "two holders",
            Self::Presence => "presence",
            Self::Contract => "contract",
            Self::Silent => "silent",
            Self::Stuck => "stuck",
        }
    }
}

/// A rule that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Which.
    pub(crate) rule: Rule,
    /// What, for people.
    pub(crate) sentence: String,
}

/// What the rules found.
#[derive(Debug, Default)]
pub(crate) struct Verdict(Vec<Violation>);

impl Verdict {
    fn add(&mut self, rule: Rule, sentence: String) {
        self.0.push(Violation { rule, sentence });
    }

    /// All that does not hold.
    pub(crate) fn violations(&self) -> &[Violation] {
        &self.0
    }

    /// How often each rule does not hold.
    pub(crate) fn counts(&self) -> BTreeMap<Rule, usize> {
        let mut counts = BTreeMap::new();
        for violation in &self.0 {
            *counts.entry(violation.rule).or_default() += 1;
        }
        counts
    }
}

/// Judges a run of a system that promises this.
pub(crate) fn judge(log: &[Entry], end: &End, promises: Promises) -> Verdict {
    let facts = Facts::of(log);
    let mut verdict = Verdict::default();
    kept::judge(&facts, end, promises, &mut verdict);
    heard::judge(&facts, end, promises, &mut verdict);
    order::judge(log, &facts, end, &mut verdict);
    people::judge(log, end, promises, &mut verdict);
    silence::judge(log, promises, &mut verdict);
    for entry in log {
        if let What::Broken(sentence) = &entry.what {
            verdict.add(Rule::Contract, sentence.clone());
        }
    }
    for sentence in &end.stuck {
        verdict.add(Rule::Stuck, sentence.clone());
    }
    verdict
}
