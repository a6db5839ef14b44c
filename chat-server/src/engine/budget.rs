//! How much somebody may do in a time: a token bucket in 16 bytes, without a timer.

use std::time::Duration;

/// So many at once, and so many a second on and on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// At once; at least one.
    pub(super) burst: u32,
    /// A second; at least one.
    pub(super) per_second: u32,
}

impl Rate {
    fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1)
    }
}

/// What has been spent, as the time at which all of it is earned again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bucket {
    full_at: Duration,
}

impl Bucket {
    /// Takes one, or says how long it has to wait and takes nothing.
    pub(super) fn take(&mut self, rate: Rate, now: Duration) -> Result<(), Duration> {
        let full_at = self.full_at.max(now).saturating_add(rate.interval());
        let ahead_max = rate.interval().saturating_mul(rate.burst.max(1));
        let wait = full_at.saturating_sub(now).saturating_sub(ahead_max);
        if wait.is_zero() {
            self.full_at = full_at;
            Ok(())
        } else {
            Err(wait)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        per_second: 5,
    };

    #[test]
    fn a_burst_passes_and_the_next_waits_for_its_share() {
        let mut bucket = Bucket::default();
        let start = Duration::from_secs(7);
        for _ in 0..3 {
            assert_eq!(bucket.take(RATE, start), Ok(()));
        }
        assert_eq!(bucket.take(RATE, start), Err(Duration::from_millis(200)));
        let later = start + Duration::from_millis(150);
        assert_eq!(bucket.take(RATE, later), Err(Duration::from_millis(50)));
        let due = start + Duration::from_millis(200);
        assert_eq!(bucket.take(RATE, due), Ok(()));
        assert_eq!(bucket.take(RATE, due), Err(Duration::from_millis(200)));
    }

    #[test]
    fn nobody_saves_up_more_than_a_burst() {
        let mut bucket = Bucket::default();
        let late = Duration::from_hours(1);
        for _ in 0..3 {
            assert_eq!(bucket.take(RATE, late), Ok(()));
        }
        assert!(bucket.take(RATE, late).is_err());
    }

    #[test]
    fn a_rate_of_nothing_still_lets_one_a_second_through() {
        let rate = Rate {
            burst: 0,
            per_second: 0,
        };
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(rate, Duration::ZERO), Ok(()));
        assert_eq!(
            bucket.take(rate, Duration::ZERO),
            Err(Duration::from_secs(1))
        );
        assert_eq!(size_of::<Bucket>(), 16);
    }
}
