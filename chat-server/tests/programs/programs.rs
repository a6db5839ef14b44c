//! Redis, its Sentinels and nginx as processes of a test: on ports and in directories of their own, and ended with the value that
//! holds them, also when a test fails.
//!
//! Nothing here waits for a time: [`until`] looks again and again whether something is so. A program that is not installed fails the test
//! with a sentence that says what to install. It is blocking, and knows nothing of the chat; include it by `#[path]`.

mod nginx;
mod port;
mod process;
mod redis;
mod resp;
mod sentinels;

use std::time::{Duration, Instant};

pub(crate) use nginx::{Nginx, Waits, deployed};
pub(crate) use port::Port;
pub(crate) use process::Process;
pub(crate) use redis::Redis;
pub(crate) use resp::{Connection, Reply};
pub(crate) use sentinels::Sentinels;

/// A test that waits longer for something has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The pause between two looks at something that tells nobody when it changes.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Waits until `is_so`; where that takes too long the test fails with `otherwise`.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "other programs tell nobody when they are ready; they have to be asked"
)]
pub(crate) fn until(mut is_so: impl FnMut() -> bool, otherwise: impl FnOnce() -> String) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{}", otherwise());
        std::thread::sleep(LOOK_EVERY);
    }
}
