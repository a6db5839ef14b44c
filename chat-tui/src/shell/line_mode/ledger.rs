//! Which input lines are how far, and what can be said about all of them. No session: a line is known by the name of its entry in
//! the outbox.

use std::collections::BTreeMap;

use crate::session::LocalId;

/// Lines that are sent and not acknowledged; at it nothing more is read.
pub const UNACKNOWLEDGED_MAX: usize = 64;

/// Lines that are not done: acknowledged perhaps, but not stable, or not come back as a message yet. At it nothing more is read.
/// Less than what an outbox takes.
pub const OPEN_MAX: usize = 512;

/// The lines from the first one that is not done to the last one read.
#[derive(Debug, Default)]
pub struct Ledger {
    open: BTreeMap<u64, Progress>,
    numbers: BTreeMap<LocalId, u64>,
    read: u64,
    sent: u64,
    refused: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    local: Option<LocalId>,
    acknowledged: bool,
    stable: bool,
    back: bool,
}

impl Ledger {
    /// Line `number` is read; those between the last one and it were empty.
    pub fn read(&mut self, number: u64) {
        self.read = self.read.max(number);
    }

    /// Line `number` is to be sent.
    pub fn open(&mut self, number: u64) {
        self.read(number);
        self.sent += 1;
        self.open.insert(number, Progress::default());
    }

    /// The outbox calls line `number` by this name.
    pub fn name(&mut self, number: u64, local: LocalId) {
        if let Some(progress) = self.open.get_mut(&number) {
            progress.local = Some(local);
            self.numbers.insert(local, number);
        }
    }

    /// Nothing up to where this one is can be lost any more.
    pub fn stable(&mut self, local: LocalId) {
        self.update(local, |progress| {
            progress.acknowledged = true;
            progress.stable = true;
        });
    }

    /// What the outbox still shows, and of each whether it is acknowledged. What it does not show has come back as a message.
    pub fn outbox(&mut self, shown: &BTreeMap<LocalId, bool>) {
        let names: Vec<LocalId> = self.numbers.keys().copied().collect();
        for local in names {
            let acknowledged = shown.get(&local).copied();
            self.update(local, |progress| {
                // A fork can take back what was acknowledged.
                progress.acknowledged = acknowledged.unwrap_or(true);
                progress.back = acknowledged.is_none();
            });
        }
    }

    /// The number of a line that will not be sent, which is done now. Nothing where it was none of the input.
    pub fn refuse(&mut self, local: LocalId) -> Option<u64> {
        let number = self.numbers.remove(&local)?;
        self.refuse_line(number);
        Some(number)
    }

    /// Line `number` will not be sent.
    pub fn refuse_line(&mut self, number: u64) {
        self.read(number);
        self.open.remove(&number);
        self.refused += 1;
    }

    /// Line `number` asked for something that is answered.
    pub fn done(&mut self, number: u64) {
        self.open.remove(&number);
    }

    /// Whether another line may be read.
    pub fn has_room(&self) -> bool {
        let unacknowledged = self.open.values().filter(|p| !p.acknowledged).count();
        unacknowledged < UNACKNOWLEDGED_MAX && self.open.len() < OPEN_MAX
    }

    /// Whether every line that was read is done.
    pub fn is_done(&self) -> bool {
        self.open.is_empty()
    }

    /// The last line up to which every one is acknowledged, refused or empty.
    pub fn acknowledged_through(&self) -> u64 {
        let waiting = self
            .open
            .iter()
            .find(|(_, progress)| !progress.acknowledged);
        waiting.map_or(self.read, |(number, _)| number.saturating_sub(1))
    }

    /// How many lines were to be sent so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How many lines were refused so far.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    fn update(&mut self, local: LocalId, change: impl FnOnce(&mut Progress)) {
        let Some(&number) = self.numbers.get(&local) else {
            return;
        };
        let Some(progress) = self.open.get_mut(&number) else {
            return;
        };
        change(progress);
        if progress.stable && progress.back {
            self.open.remove(&number);
            self.numbers.remove(&local);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: LocalId = LocalId(1);
    const B: LocalId = LocalId(2);

    fn two_lines() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.open(2);
        ledger.name(2, A);
        ledger.open(5);
        ledger.name(5, B);
        ledger
    }

    #[test]
    fn acknowledged_through_is_the_last_line_before_one_that_waits() {
        let mut ledger = two_lines();
        assert_eq!(ledger.acknowledged_through(), 1);
        ledger.outbox(&BTreeMap::from([(A, false), (B, true)]));
        assert_eq!(ledger.acknowledged_through(), 1);
        ledger.outbox(&BTreeMap::from([(A, true), (B, false)]));
        assert_eq!(ledger.acknowledged_through(), 4);
        assert_eq!(ledger.refuse(B), Some(5));
        assert_eq!(ledger.acknowledged_through(), 5);
        ledger.read(9);
        assert_eq!(ledger.acknowledged_through(), 9);
        assert_eq!((ledger.sent(), ledger.refused()), (2, 1));
    }

    #[test]
    fn a_line_is_done_when_it_is_stable_and_has_come_back() {
        let mut ledger = two_lines();
        ledger.stable(A);
        ledger.outbox(&BTreeMap::from([(A, true)]));
        assert!(!ledger.is_done());
        ledger.outbox(&BTreeMap::new());
        assert!(!ledger.is_done(), "B is not stable");
        ledger.stable(B);
        assert!(ledger.is_done());
        assert_eq!(ledger.refuse(A), None);
    }

    #[test]
    fn what_a_fork_took_back_is_not_acknowledged() {
        let mut ledger = two_lines();
        ledger.outbox(&BTreeMap::from([(A, true), (B, true)]));
        assert_eq!(ledger.acknowledged_through(), 5);
        ledger.outbox(&BTreeMap::from([(A, false), (B, false)]));
        assert_eq!(ledger.acknowledged_through(), 1);
    }

    #[test]
    fn at_most_64_unacknowledged_and_512_open() {
        let mut ledger = Ledger::default();
        for number in 1..=64 {
            assert!(ledger.has_room(), "{number}");
            ledger.open(number);
            ledger.name(number, LocalId(number));
        }
        assert!(!ledger.has_room());
        let mut shown: BTreeMap<LocalId, bool> = (1..=64).map(|n| (LocalId(n), false)).collect();
        shown.insert(LocalId(1), true);
        ledger.outbox(&shown);
        assert!(ledger.has_room());
        for number in 65..=512 {
            ledger.open(number);
            ledger.name(number, LocalId(number));
            shown.insert(LocalId(number), true);
        }
        ledger.outbox(&shown.keys().map(|local| (*local, true)).collect());
        assert!(!ledger.has_room());
        ledger.stable(LocalId(1));
        shown.remove(&LocalId(1));
        ledger.outbox(&shown.keys().map(|local| (*local, true)).collect());
        assert!(ledger.has_room());
    }
}
