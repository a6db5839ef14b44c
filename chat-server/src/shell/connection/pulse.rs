//! The deadlines of one connection: hello, heartbeat, a whole frame, progress. Takes the time as an argument, and never waits.

use std::time::Duration;

use protocol::close::CloseCode;
use tokio::time::Instant;

use crate::config::Timing;

/// What a deadline that has come asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// A ping.
    Ping,
    /// The end.
    Close(CloseCode),
}

/// When what is due.
#[derive(Debug)]
pub(crate) struct Pulse {
    interval: Duration,
    patience: Duration,
    whole_frame: Duration,
    slow: Duration,
    hello_until: Option<Instant>,
    ping_at: Instant,
    dead_at: Option<Instant>,
    frame_until: Option<Instant>,
    progress: Instant,
}

impl Pulse {
    /// Starts now. `spread` is random: the pings of many connections that came at once drift apart by up to a fifth of the
    /// interval, always towards more often.
    pub(crate) fn new(timing: &Timing, heartbeat: Duration, spread: u8, now: Instant) -> Self {
        let interval = heartbeat.saturating_mul(5 * 255 - u32::from(spread)) / (5 * 255);
        Self {
            interval,
            patience: timing.patience,
            whole_frame: timing.whole_frame,
            slow: timing.slow,
            hello_until: Some(now + timing.hello),
            ping_at: now + interval,
            dead_at: None,
            frame_until: None,
            progress: now,
        }
    }

    /// A hello that holds was handed to the engine.
    pub(crate) fn introduced(&mut self) {
        self.hello_until = None;
    }

    /// Bytes came; `whole` says whether a frame ended with them.
    pub(crate) fn heard(&mut self, whole: bool, now: Instant) {
        self.dead_at = None;
        if whole {
            self.frame_until = None;
        } else {
            self.frame_until.get_or_insert(now + self.whole_frame);
        }
    }

    /// Bytes were written, or there was nothing to write before.
    pub(crate) fn progressed(&mut self, now: Instant) {
        self.progress = now;
    }

    /// The next time at which something can be due; `full` is the outbox.
    pub(crate) fn deadline(&self, full: bool) -> Instant {
        let slow = full.then(|| self.progress + self.slow);
        [self.hello_until, self.dead_at, self.frame_until, slow]
            .into_iter()
            .flatten()
            .fold(self.ping_at, Instant::min)
    }

    /// What is due. While the client is not read from (`paused`) its silence means nothing.
    pub(crate) fn due(&mut self, full: bool, paused: bool, now: Instant) -> Due {
        if paused {
            self.dead_at = self.dead_at.map(|_| now + self.patience);
            self.frame_until = self.frame_until.map(|_| now + self.whole_frame);
        }
        let came = |deadline: Option<Instant>| deadline.is_some_and(|at| at <= now);
        if full && self.progress + self.slow <= now {
            Due::Close(CloseCode::SlowReader)
        } else if came(self.hello_until) {
            Due::Close(CloseCode::HelloTimeout)
        } else if came(self.dead_at) || came(self.frame_until) {
            Due::Close(CloseCode::Silent)
        } else if self.ping_at <= now {
            self.ping_at = now + self.interval;
            self.dead_at.get_or_insert(now + self.patience);
            Due::Ping
        } else {
            Due::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::clock;
    use protocol::limits::Limits;

    const SECOND: Duration = Duration::from_secs(1);

    fn pulse(spread: u8) -> (Pulse, Instant) {
        let start = clock::now();
        let mut pulse = Pulse::new(
            &Timing::from(&Limits::default()),
            25 * SECOND,
            spread,
            start,
        );
        assert_eq!(pulse.deadline(false), start + 10 * SECOND);
        pulse.introduced();
        (pulse, start)
    }

    #[test]
    fn no_hello_in_time_ends_it() {
        let start = clock::now();
        let mut pulse = Pulse::new(&Timing::from(&Limits::default()), 25 * SECOND, 0, start);
        let just_before = start + 10 * SECOND - Duration::from_millis(1);
        assert_eq!(pulse.due(false, false, just_before), Due::Nothing);
        assert_eq!(
            pulse.due(false, false, start + 10 * SECOND),
            Due::Close(CloseCode::HelloTimeout)
        );
    }

    #[test]
    fn silence_after_a_ping_ends_it() {
        let (mut pulse, start) = pulse(0);
        assert_eq!(pulse.deadline(false), start + 25 * SECOND);
        assert_eq!(pulse.due(false, false, start + 25 * SECOND), Due::Ping);
        assert_eq!(pulse.deadline(false), start + 35 * SECOND);
        pulse.heard(true, start + 34 * SECOND);
        assert_eq!(pulse.due(false, false, start + 35 * SECOND), Due::Nothing);
        assert_eq!(pulse.due(false, false, start + 50 * SECOND), Due::Ping);
        assert_eq!(
            pulse.due(false, true, start + 60 * SECOND),
            Due::Nothing,
            "not read from"
        );
        assert_eq!(
            pulse.due(false, false, start + 70 * SECOND),
            Due::Close(CloseCode::Silent)
        );
    }

    #[test]
    fn pings_drift_apart_but_never_come_later() {
        let (pulse, start) = pulse(255);
        assert_eq!(pulse.deadline(false), start + 20 * SECOND);
    }

    #[test]
    fn a_frame_in_drops_ends_it() {
        let (mut pulse, start) = pulse(0);
        for second in 1..=10 {
            pulse.heard(false, start + second * SECOND);
            assert_eq!(
                pulse.due(false, false, start + second * SECOND),
                Due::Nothing
            );
        }
        assert_eq!(
            pulse.due(false, false, start + 11 * SECOND),
            Due::Close(CloseCode::Silent)
        );
    }

    #[test]
    fn a_full_outbox_ends_it_when_nothing_moves() {
        let (mut pulse, start) = pulse(0);
        pulse.progressed(start + SECOND);
        let at = start + 6 * SECOND;
        assert_eq!(pulse.due(false, false, at), Due::Nothing);
        assert_eq!(pulse.deadline(true), at);
        let just_before = at - Duration::from_millis(1);
        assert_eq!(pulse.due(true, false, just_before), Due::Nothing);
        assert_eq!(
            pulse.due(true, false, at),
            Due::Close(CloseCode::SlowReader)
        );
    }
}
