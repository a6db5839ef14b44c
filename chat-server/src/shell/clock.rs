//! The one place of the server that reads a clock.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::engine::Now;

/// The monotonic clock, for deadlines of the shell.
#[expect(
    clippy::disallowed_methods,
    reason = "the shell reads the clock here and hands it on"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The wall clock, in milliseconds since 1970; 0 before that.
#[expect(
    clippy::disallowed_methods,
    reason = "the shell reads the clock here and hands it on"
)]
pub(crate) fn unix_ms() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |time| {
            u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
        })
}

/// The engine's time: counts from its creation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts now.
    pub(crate) fn start() -> Self {
        Self { start: now() }
    }

    /// The time for the engine.
    pub(crate) fn read(&self) -> Now {
        Now {
            elapsed: now().duration_since(self.start),
            unix_ms: unix_ms(),
        }
    }

    /// When `elapsed` will have passed.
    pub(crate) fn instant(&self, elapsed: Duration) -> Instant {
        self.start + elapsed
    }
}
