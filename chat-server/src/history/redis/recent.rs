//! What happened lately and may have to be said again: a Redis that lost its tail knows nothing of it.

use std::collections::BTreeSet;
use std::time::Duration;

/// Time between two calls of [`Recent::age`]. A replica that lags longer is cut off by its primary (`repl-timeout`, a minute where nothing else
/// is set), so nothing older is lost with the tail.
pub(super) const AGED_EVERY: Duration = Duration::from_secs(90);

/// So much of it is remembered at most; beyond it the older part is forgotten.
pub(super) const RECENT_MAX: usize = 65_536;

/// Things that happened since the last [`age`](Self::age) but one.
#[derive(Debug)]
pub(super) struct Recent<K> {
    newer: BTreeSet<K>,
    older: BTreeSet<K>,
}

impl<K> Default for Recent<K> {
    fn default() -> Self {
        Self {
            newer: BTreeSet::new(),
            older: BTreeSet::new(),
        }
    }
}

impl<K: Ord> Recent<K> {
    /// It happened now.
    pub(super) fn add(&mut self, key: K) {
        self.older.remove(&key);
        self.newer.insert(key);
        if self.newer.len() >= RECENT_MAX / 2 {
            self.age();
        }
    }

    /// It does not hold any more.
    pub(super) fn remove(&mut self, key: &K) {
        self.newer.remove(key);
        self.older.remove(key);
    }

    /// Forgets what was there at the last call already.
    pub(super) fn age(&mut self) {
        self.older = std::mem::take(&mut self.newer);
    }

    /// All of it.
    pub(super) fn all(&self) -> impl Iterator<Item = &K> {
        self.older.iter().chain(&self.newer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(recent: &Recent<usize>) -> Vec<usize> {
        recent.all().copied().collect()
    }

    #[test]
    fn what_is_recent_is_forgotten_at_the_second_call() {
        let mut recent = Recent::default();
        recent.add(1);
        recent.add(2);
        recent.age();
        recent.add(3);
        recent.add(1);
        assert_eq!(all(&recent), [2, 1, 3]);
        recent.remove(&3);
        recent.age();
        assert_eq!(all(&recent), [1]);
        recent.age();
        assert!(all(&recent).is_empty());
    }

    #[test]
    fn what_is_recent_is_bounded_and_the_newest_is_kept() {
        let mut recent = Recent::default();
        for number in 0..3 * RECENT_MAX {
            recent.add(number);
            let size = recent.newer.len() + recent.older.len();
            assert!(size <= RECENT_MAX, "{number}");
            assert!(recent.newer.contains(&number) || recent.older.contains(&number));
        }
    }
}
