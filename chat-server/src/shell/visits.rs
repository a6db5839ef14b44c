//! How often each address comes: a token bucket for each that came lately. What is earned again is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

/// Addresses that are kept in mind. At it the one that has least to earn again is forgotten, so that nobody who comes often is.
const ADDRESSES_MAX: usize = 16_384;

/// So many at once, and as many in each such time on and on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// At once; one where it is less.
    pub(crate) count: u32,
    /// The time in which they are earned again.
    pub(crate) per: Duration,
}

/// What is made of one more visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// It is within the pace.
    Welcome,
    /// It is too much, and the next is welcome after so long.
    TooMany(Duration),
    /// As many as are welcome at once were told so already: one more is not worth an answer.
    Ignored,
}

/// Who came lately.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    /// When each has earned everything again.
    full_at: BTreeMap<IpAddr, Instant>,
    /// The same by time.
    by_end: BTreeSet<(Instant, IpAddr)>,
}

impl Visits {
    /// Counts a visit. One that is told it is too much counts too, as its answer costs something; one that is ignored does not.
    pub(crate) fn count(&mut self, address: IpAddr, pace: Pace, now: Instant) -> Visit {
        let count = pace.count.max(1);
        let interval = pace.per / count;
        let before = self.full_at.get(&address).copied();
        let full_at = before.map_or(now, |at| at.max(now)) + interval;
        let at_once = interval.saturating_mul(count);
        let wait = full_at
            .saturating_duration_since(now)
            .saturating_sub(at_once);
        if wait > at_once {
            return Visit::Ignored;
        }
        if let Some(before) = before {
            self.by_end.remove(&(before, address));
        } else {
            self.forget(now);
        }
        self.full_at.insert(address, full_at);
        self.by_end.insert((full_at, address));
        if wait.is_zero() {
            Visit::Welcome
        } else {
            Visit::TooMany(wait)
        }
    }

    fn forget(&mut self, now: Instant) {
        while let Some((end, address)) = self.by_end.first().copied()
            && (end <= now || self.full_at.len() >= ADDRESSES_MAX)
        {
            self.by_end.remove(&(end, address));
            self.full_at.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::shell::clock;

    const PACE: Pace = Pace {
        count: 3,
        per: Duration::from_secs(30),
    };

    const SECOND: Duration = Duration::from_secs(1);

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from(number).into()
    }

    #[test]
    fn some_are_welcome_at_once_some_are_told_and_the_rest_is_ignored() {
        let mut visits = Visits::default();
        let now = clock::now();
        let mut come = |who, at| visits.count(address(who), PACE, now + at);
        for _ in 0..3 {
            assert_eq!(come(1, Duration::ZERO), Visit::Welcome);
        }
        assert_eq!(come(2, Duration::ZERO), Visit::Welcome);
        for told in 1..=3 {
            assert_eq!(come(1, Duration::ZERO), Visit::TooMany(10 * told * SECOND));
        }
        assert_eq!(come(1, Duration::ZERO), Visit::Ignored);
        assert_eq!(come(1, Duration::ZERO), Visit::Ignored);
        assert_eq!(come(1, 39 * SECOND), Visit::TooMany(SECOND));
        assert_eq!(come(1, 50 * SECOND), Visit::Welcome);
    }

    #[test]
    fn what_is_earned_again_is_forgotten_and_the_rest_is_bounded() {
        let mut visits = Visits::default();
        let now = clock::now();
        let many = u32::try_from(ADDRESSES_MAX).unwrap();
        visits.count(address(0), PACE, now);
        visits.count(address(0), PACE, now);
        for who in 1..=many {
            visits.count(address(who), PACE, now);
        }
        assert_eq!(visits.full_at.len(), ADDRESSES_MAX);
        assert!(visits.full_at.contains_key(&address(0)));
        assert!(!visits.full_at.contains_key(&address(1)), "it came once");
        visits.count(address(5), PACE, now + 20 * SECOND);
        visits.count(address(many + 1), PACE, now + 20 * SECOND);
        assert_eq!(visits.full_at.len(), 2);
        assert_eq!(visits.by_end.len(), 2);
    }
}
