//! How much somebody may do in a time: what is counted, and a token bucket in 16 bytes, without a timer.

use std::time::Duration;

use protocol::limits::{Limits, Rate};

/// What is counted, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Budget {
    /// Messages and topics.
    Messages,
    /// Becoming a member of rooms.
    Joins,
    /// Taking nicks.
    Nicks,
    /// Being the first in rooms and conversations without any message.
    NewRooms,
    /// Asking for what is there.
    Reads,
    /// Looking for words in what is there.
    Searches,
    /// Everything else.
    Requests,
}

impl Budget {
    /// How much of it a person has.
    pub(super) fn pace(self, limits: &Limits) -> Pace {
        match self {
            Self::Messages => Pace {
                burst: limits.burst,
                interval: Duration::from_secs(1) / limits.per_second.max(1),
            },
            Self::Joins => limits.joins.into(),
            Self::Nicks => limits.nicks.into(),
            Self::NewRooms => limits.new_rooms.into(),
            Self::Reads => limits.reads.into(),
            Self::Searches => limits.searches.into(),
            Self::Requests => limits.requests.into(),
        }
    }
}

/// So many at once, and one more in each interval on and on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// At once; one where it is less.
    pub(super) burst: u32,
    /// Between two.
    pub(super) interval: Duration,
}

impl Pace {
    /// So many times as much.
    pub(super) fn times(self, share: u32) -> Self {
        Self {
            burst: self.burst.saturating_mul(share),
            interval: self.interval / share.max(1),
        }
    }
}

impl From<Rate> for Pace {
    fn from(rate: Rate) -> Self {
        Self {
            burst: rate.count,
            interval: Duration::from_millis(rate.per_ms) / rate.count.max(1),
        }
    }
}

/// What has been spent, as the time at which all of it is earned again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bucket {
    full_at: Duration,
}

impl Bucket {
    /// How long the next one has to wait.
    pub(super) fn wait(self, pace: Pace, now: Duration) -> Duration {
        let ahead_max = pace.interval.saturating_mul(pace.burst.max(1));
        self.after_next(pace, now)
            .saturating_sub(now)
            .saturating_sub(ahead_max)
    }

    /// Takes one, or books the next one that is earned: who comes later waits behind it.
    pub(super) fn take(&mut self, pace: Pace, now: Duration) {
        self.full_at = self.after_next(pace, now);
    }

    /// Takes so many that were spent elsewhere, but never more than would let the next one wait for `wait_max`.
    pub(super) fn charge(&mut self, count: u32, pace: Pace, wait_max: Duration, now: Duration) {
        let spent = pace.interval.saturating_mul(count);
        let ahead_max = pace.interval.saturating_mul(pace.burst.max(1));
        let most = now
            .saturating_add(ahead_max)
            .saturating_add(wait_max)
            .saturating_sub(pace.interval);
        let charged = self.full_at.max(now).saturating_add(spent).min(most);
        self.full_at = self.full_at.max(charged);
    }

    /// When all is earned again.
    pub(super) const fn full_at(self) -> Duration {
        self.full_at
    }

    fn after_next(self, pace: Pace, now: Duration) -> Duration {
        self.full_at.max(now).saturating_add(pace.interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        burst: 3,
        interval: Duration::from_millis(200),
    };

    fn waits(bucket: &mut Bucket, now: Duration, count: usize) -> Vec<u128> {
        (0..count)
            .map(|_| {
                let wait = bucket.wait(PACE, now);
                bucket.take(PACE, now);
                wait.as_millis()
            })
            .collect()
    }

    #[test]
    fn a_burst_passes_and_who_comes_later_waits_one_behind_the_other() {
        let mut bucket = Bucket::default();
        let start = Duration::from_secs(7);
        assert_eq!(waits(&mut bucket, start, 5), [0, 0, 0, 200, 400]);
        let later = start + Duration::from_millis(550);
        assert_eq!(waits(&mut bucket, later, 2), [50, 250]);
        assert_eq!(bucket.full_at(), start + Duration::from_millis(7 * 200));
    }

    #[test]
    fn asking_for_the_wait_takes_nothing() {
        let bucket = Bucket::default();
        assert_eq!(bucket.wait(PACE, Duration::ZERO), Duration::ZERO);
        assert_eq!(bucket, Bucket::default());
    }

    #[test]
    fn nobody_saves_up_more_than_a_burst() {
        let mut bucket = Bucket::default();
        let late = Duration::from_hours(1);
        assert_eq!(waits(&mut bucket, late, 4), [0, 0, 0, 200]);
        let after = late + Duration::from_millis(800);
        assert_eq!(waits(&mut bucket, after, 4), [0, 0, 0, 200]);
    }

    #[test]
    fn what_was_spent_elsewhere_is_owed_no_deeper_than_what_is_kept_back_here() {
        let wait_max = Duration::from_millis(500);
        let now = Duration::from_secs(7);
        for (count, wait) in [(1, 0), (2, 0), (3, 200), (5, 500), (u32::MAX, 500)] {
            let mut bucket = Bucket::default();
            bucket.charge(count, PACE, wait_max, now);
            assert_eq!(bucket.wait(PACE, now).as_millis(), wait, "{count}");
        }
        let mut bucket = Bucket::default();
        (0..9).for_each(|_| bucket.take(PACE, now));
        let before = bucket;
        bucket.charge(9, PACE, wait_max, now);
        assert_eq!(bucket, before, "who owes more already");
    }

    #[test]
    fn a_pace_of_nothing_still_lets_one_through() {
        let pace = Pace {
            burst: 0,
            interval: Duration::from_secs(1),
        };
        let mut bucket = Bucket::default();
        assert_eq!(bucket.wait(pace, Duration::ZERO), Duration::ZERO);
        bucket.take(pace, Duration::ZERO);
        assert_eq!(bucket.wait(pace, Duration::ZERO), Duration::from_secs(1));
        assert_eq!(size_of::<Bucket>(), 16);
    }

    #[test]
    fn an_address_has_so_many_times_as_much() {
        let joins: Pace = Rate::new(5, 10).into();
        assert_eq!((joins.burst, joins.interval.as_millis()), (5, 2_000));
        let shared = joins.times(4);
        assert_eq!((shared.burst, shared.interval.as_millis()), (20, 500));
        let messages = Budget::Messages.pace(&Limits::default());
        assert_eq!((messages.burst, messages.interval.as_millis()), (10, 200));
    }
}
