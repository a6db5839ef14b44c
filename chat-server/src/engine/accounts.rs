//! What persons and addresses have spent lately, over all their connections and between them. What is earned again is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use super::budget::{Bucket, Budget};

/// Persons, and as many addresses, whose spending is kept in mind. At it the one that has least to earn again is forgotten, so that
/// nobody who spends much is; that one begins anew.
pub const ACCOUNTS_MAX: usize = 16_384;

/// What one has spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    messages: Bucket,
    joins: Bucket,
    nicks: Bucket,
    new_rooms: Bucket,
    reads: Bucket,
    searches: Bucket,
    requests: Bucket,
}

impl Account {
    /// Of this budget.
    pub(super) const fn bucket(&mut self, budget: Budget) -> &mut Bucket {
        match budget {
            Budget::Messages => &mut self.messages,
            Budget::Joins => &mut self.joins,
            Budget::Nicks => &mut self.nicks,
            Budget::NewRooms => &mut self.new_rooms,
            Budget::Reads => &mut self.reads,
            Budget::Searches => &mut self.searches,
            Budget::Requests => &mut self.requests,
        }
    }

    fn full_at(&self) -> Duration {
        let Self {
            messages,
            joins,
            nicks,
            new_rooms,
            reads,
            searches,
            requests,
        } = self;
        [messages, joins, nicks, new_rooms, reads, searches, requests]
            .into_iter()
            .map(|bucket| bucket.full_at())
            .fold(Duration::ZERO, Duration::max)
    }
}

/// The accounts that are not full.
#[derive(Debug)]
pub(super) struct Accounts<K> {
    max: usize,
    spent: BTreeMap<K, Account>,
    /// The same, by the time at which each is full again.
    by_end: BTreeSet<(Duration, K)>,
}

impl<K: Copy + Ord> Accounts<K> {
    /// None yet, and never more than `max`.
    pub(super) const fn new(max: usize) -> Self {
        Self {
            max,
            spent: BTreeMap::new(),
            by_end: BTreeSet::new(),
        }
    }

    /// What one has spent; nothing where nothing is known.
    pub(super) fn get(&self, of: K) -> Account {
        self.spent.get(&of).copied().unwrap_or_default()
    }

    /// Keeps in mind what one has spent by now.
    pub(super) fn put(&mut self, of: K, account: Account, now: Duration) {
        if let Some(before) = self.spent.remove(&of) {
            self.by_end.remove(&(before.full_at(), of));
        }
        while let Some((end, first)) = self.by_end.first().copied()
            && (end <= now || self.spent.len() >= self.max)
        {
            self.by_end.remove(&(end, first));
            self.spent.remove(&first);
        }
        self.by_end.insert((account.full_at(), of));
        self.spent.insert(of, account);
    }

    /// How many are kept in mind.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.spent.len(), self.by_end.len());
        self.spent.len()
    }
}

/// The address that clients are counted by: of IPv6 the first 64 bits, as one household has that many to choose from.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) if address.is_loopback() => IpAddr::V6(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::budget::Pace;
    use super::*;

    const PACE: Pace = Pace {
        burst: 10,
        interval: Duration::from_secs(1),
    };

    fn spend(accounts: &mut Accounts<u8>, of: u8, times: u32, now: u64) {
        let now = Duration::from_secs(now);
        let mut account = accounts.get(of);
        for _ in 0..times {
            account.bucket(Budget::Joins).take(PACE, now);
        }
        accounts.put(of, account, now);
    }

    #[test]
    fn what_is_earned_again_is_forgotten() {
        let mut accounts = Accounts::new(9);
        spend(&mut accounts, 1, 3, 0);
        spend(&mut accounts, 2, 1, 0);
        spend(&mut accounts, 3, 1, 2);
        assert_eq!(accounts.len(), 2);
        assert_eq!(accounts.get(2), Account::default());
        spend(&mut accounts, 1, 1, 2);
        spend(&mut accounts, 3, 1, 3);
        assert_eq!(accounts.len(), 2, "the first one has spent more since");
        spend(&mut accounts, 3, 1, 4);
        assert_eq!(accounts.len(), 1);
    }

    #[test]
    fn beyond_the_limit_who_has_spent_least_is_forgotten() {
        let mut accounts = Accounts::new(2);
        spend(&mut accounts, 1, 3, 0);
        spend(&mut accounts, 2, 2, 0);
        spend(&mut accounts, 2, 2, 0);
        assert_eq!(accounts.len(), 2, "nobody goes for one who is there");
        spend(&mut accounts, 3, 1, 0);
        assert_eq!(accounts.len(), 2);
        assert_eq!(accounts.get(1), Account::default());
        assert_ne!(accounts.get(2), Account::default());
        assert_ne!(accounts.get(3), Account::default());
    }

    #[test]
    fn each_budget_has_a_bucket_of_its_own() {
        let all = [
            Budget::Messages,
            Budget::Joins,
            Budget::Nicks,
            Budget::NewRooms,
            Budget::Reads,
            Budget::Searches,
            Budget::Requests,
        ];
        let mut account = Account::default();
        for (times, budget) in (1..).zip(all) {
            assert_eq!(*account.bucket(budget), Bucket::default());
            for _ in 0..times {
                account.bucket(budget).take(PACE, Duration::ZERO);
            }
            assert_eq!(account.full_at(), Duration::from_secs(times));
        }
    }

    #[test]
    fn a_household_counts_as_one() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::1", "::1"),
        ] {
            assert_eq!(household(address.parse().unwrap()).to_string(), expected);
        }
    }
}
