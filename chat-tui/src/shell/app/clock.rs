//! The one clock of the screen.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::session::Now;

/// Since the start, and by the wall.
#[derive(Clone, Copy, Debug)]
pub(in crate::shell) struct Clock {
    started: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of the screen")]
    pub(in crate::shell) fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one clock of the screen")]
    pub(in crate::shell) fn read(self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        Now {
            elapsed: self.started.elapsed(),
            unix_ms: unix.map_or(0, |unix| {
                u64::try_from(unix.as_millis()).unwrap_or(u64::MAX)
            }),
        }
    }

    pub(in crate::shell) fn instant(self, elapsed: Duration) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.started + elapsed)
    }
}
