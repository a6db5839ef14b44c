//! Waiting inside Redis until replicas have what was written before, on the same connection.

use std::time::Duration;

use redis::{Cmd, RedisResult, Value};

use super::member::ms;

/// The command that waits until so many replicas have it, or the time is over; it answers how many have it.
pub(super) fn wait(replicas: u32, within: Duration) -> Cmd {
    let mut wait = redis::cmd("WAIT");
    wait.arg(replicas).arg(ms(within));
    wait
}

/// Whether the answer to [`wait`] says that so many have it.
pub(super) fn have_it(answer: Option<&RedisResult<Value>>, replicas: u32) -> bool {
    matches!(answer, Some(Ok(Value::Int(have))) if *have >= i64::from(replicas))
}
