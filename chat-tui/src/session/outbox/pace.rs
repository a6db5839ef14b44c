//! The pace at which many texts go out that were said at once: within what the server told that a person may.

use std::time::Duration;

use super::Outbox;

/// Half of what may be said at once goes out at once, the rest is left for what the person says meanwhile; then they go out one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) struct Pace {
    /// Between two sends.
    interval: Duration,
    /// What may run ahead of that.
    ahead: Duration,
    /// When the next one would be due if none ran ahead.
    due: Duration,
}

impl Pace {
    pub(in crate::session) fn new(burst: u32, per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self {
            interval,
            ahead: interval * (burst / 2).max(1).saturating_sub(1),
            due: Duration::ZERO,
        }
    }

    /// When one more may go out.
    fn next(&self) -> Duration {
        self.due.saturating_sub(self.ahead)
    }

    /// How many may go out now.
    fn may(&self, now: Duration) -> usize {
        let Some(since) = now.checked_sub(self.next()) else {
            return 0;
        };
        let most = self.ahead.as_nanos() / self.interval.as_nanos().max(1);
        let several = since.as_nanos() / self.interval.as_nanos().max(1);
        usize::try_from(several.min(most)).map_or(1, |several| several.saturating_add(1))
    }

    fn sent(&mut self, count: usize, now: Duration) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.due = self
            .due
            .max(now)
            .saturating_add(self.interval.saturating_mul(count));
    }
}

impl Outbox {
    /// How many may be sent now, as far as the pace goes.
    pub(in crate::session) fn may_send(&self, now: Duration) -> usize {
        self.pace.map_or(usize::MAX, |pace| pace.may(now))
    }

    /// So many were sent.
    pub(in crate::session) fn sent(&mut self, count: usize, now: Duration) {
        if let Some(pace) = &mut self.pace {
            pace.sent(count, now);
        }
        if !self.queues.values().any(super::Queue::has_waiting) {
            self.pace = None;
        }
    }

    /// When the pace lets one more go out; nothing where one may go now.
    pub(in crate::session) fn paced_until(&self, now: Duration) -> Option<Duration> {
        let next = self.pace.map(|pace| pace.next());
        next.filter(|at| *at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t32_half_the_burst_goes_at_once_and_the_rest_by_the_second() {
        let now = Duration::from_secs(100);
        let mut pace = Pace::new(10, 5);
        assert_eq!(pace.may(now), 5);
        pace.sent(5, now);
        assert_eq!(pace.may(now), 0);
        let step = Duration::from_millis(200);
        assert_eq!(pace.next(), now + step);
        assert_eq!(pace.may(now + step), 1);
        pace.sent(1, now + step);
        assert_eq!(pace.may(now + step), 0);
        // What was not used adds up to no more than at the beginning.
        assert_eq!(pace.may(now + step * 100), 5);
        for (burst, per_second) in [(0, 0), (1, 1), (u32::MAX, u32::MAX)] {
            assert!(Pace::new(burst, per_second).may(now) > 0);
        }
    }
}
