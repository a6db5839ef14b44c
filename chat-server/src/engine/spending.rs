//! Messages are paid for at all servers together, coarsely: what was spent here the others hear of every [`SPENT_INTERVAL`], and what was
//! spent there is charged here.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use super::budget::Budget;
use super::hub::{Due, Engine};
use super::{Now, Output};
use crate::record::{Payer, Share, Spent, Write};

/// Time between two words to the other servers of what was spent here.
pub const SPENT_INTERVAL: Duration = Duration::from_secs(2);

/// Payers that the other servers hear of at a time; the others' turn comes with the next.
pub const SPENT_TOLD_MAX: usize = 256;

/// Payers whose spending waits to be told; what one more spends counts here alone.
pub const SPENT_WAITING_MAX: usize = 16_384;

/// What was spent here and is still to be told.
#[derive(Debug, Default)]
pub(super) struct Spending {
    payers: BTreeMap<Payer, u32>,
    /// Who was told of last, so that all have their turn.
    last: Option<Payer>,
}

impl Spending {
    /// One message was paid for. Gives whether it is the first thing to be told.
    fn add(&mut self, by: Payer) -> bool {
        let is_first = self.payers.is_empty();
        if self.payers.len() < SPENT_WAITING_MAX || self.payers.contains_key(&by) {
            let messages = self.payers.entry(by).or_default();
            *messages = messages.saturating_add(1);
        }
        is_first
    }

    /// What is told now: those behind whom was told of last, and then from the front.
    fn take(&mut self) -> Vec<Spent> {
        let mut told = Vec::new();
        while told.len() < SPENT_TOLD_MAX {
            let from = self.last.map_or(Bound::Unbounded, Bound::Excluded);
            let behind = self.payers.range((from, Bound::Unbounded)).next();
            let Some(by) = behind
                .or_else(|| self.payers.iter().next())
                .map(|(by, _)| *by)
            else {
                break;
            };
            let messages = self.payers.remove(&by).unwrap_or_default();
            told.push(Spent { by, messages });
            self.last = Some(by);
        }
        told
    }

    /// How many wait.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn len(&self) -> usize {
        self.payers.len()
    }
}

impl Engine {
    /// A message was paid for here.
    pub(super) fn has_spent(&mut self, by: Payer, now: Duration) {
        if let Some(shared) = &mut self.shared
            && shared.spending.add(by)
        {
            self.remind(now.saturating_add(SPENT_INTERVAL), Due::Spent);
        }
    }

    /// It is time to tell the other servers what was spent here.
    pub(super) fn spent_is_due(&mut self, now: Now, out: &mut Vec<Output>) {
        let Some(shared) = &mut self.shared else {
            return;
        };
        let told = shared.spending.take();
        let is_more = !shared.spending.payers.is_empty();
        let told = told.into_iter().map(Share::Spent);
        out.extend(told.map(|spent| Output::Write(Write::Share(spent))));
        if is_more {
            self.remind(now.elapsed.saturating_add(SPENT_INTERVAL), Due::Spent);
        }
    }

    /// Messages were paid for at other servers. Nobody owes more for that than by what is kept back here.
    pub(super) fn spent_elsewhere(&mut self, spent: Spent, now: Now) {
        let limits = &self.settings.limits;
        let pace = Budget::Messages.pace(limits);
        let wait_max = Duration::from_millis(limits.pause_ms);
        let elapsed = now.elapsed;
        match spent.by {
            Payer::Person(person) => {
                let mut account = self.persons.get(person);
                let bucket = account.bucket(Budget::Messages);
                bucket.charge(spent.messages, pace, wait_max, elapsed);
                self.persons.put(person, account, elapsed);
            }
            Payer::Address(address) => {
                if address.is_loopback() && !self.settings.limit_loopback {
                    return;
                }
                let pace = pace.times(limits.address_share);
                let mut account = self.addresses.get(address);
                let bucket = account.bucket(Budget::Messages);
                bucket.charge(spent.messages, pace, wait_max, elapsed);
                self.addresses.put(address, account, elapsed);
            }
        }
    }
}
