//! How a server is asked to end, and how long each part of its end takes.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long new connections are still accepted in a drain, at most, and before the first connection is sent elsewhere: a load balancer has to
/// notice by then that the server is not ready, or the next try fails and it takes another one.
const ACCEPTS_FOR: Duration = Duration::from_secs(5);

/// The part of a drain that this is at most.
const ACCEPTS_SHARE: u32 = 4;

/// What listener and hub are told of the end.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// Asks for a drain.
    pub(crate) drain: CancellationToken,
    /// How long that takes, from its beginning to the stop that follows.
    pub(crate) window: Duration,
    /// Asks for the end.
    pub(crate) stop: CancellationToken,
    /// How long the end may take, from the stop to the last connection's end, before the rest is cut off.
    pub(crate) within: Duration,
}

impl Ending {
    /// How long the listener goes on accepting in a drain; after that connections are closed until the end of the window.
    pub(crate) fn accepts_for(&self) -> Duration {
        ACCEPTS_FOR.min(self.window / ACCEPTS_SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_a_drain_is_left_for_the_closes() {
        for (window, accepts_ms) in [(0, 0), (8, 2_000), (20, 5_000), (60, 5_000)] {
            let ending = Ending {
                drain: CancellationToken::new(),
                window: Duration::from_secs(window),
                stop: CancellationToken::new(),
                within: Duration::ZERO,
            };
            let accepts = ending.accepts_for();
            assert_eq!(accepts, Duration::from_millis(accepts_ms), "{window}");
        }
    }
}
