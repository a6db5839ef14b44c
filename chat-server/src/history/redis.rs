//! A history in Redis, which any number of servers share.

use std::time::Duration;

use super::error::OpenError;
use super::{History, Restored};

/// Which Redis, and what it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Where it is: `redis://`, `rediss://`, or `redis+sentinel://host:port,host:port/name` for one that sentinels know.
    pub url: String,
    /// What all keys and channels begin with.
    pub prefix: String,
    /// Replicas that must have a message before it is acknowledged.
    pub replicas: u32,
    /// Messages that are kept of each room.
    pub keep_messages: u64,
    /// How long they are kept; nothing where age alone removes none.
    pub keep_for: Option<Duration>,
    /// How long a write is tried before it is refused.
    pub patience: Duration,
    /// Time between two signs of life of a server.
    pub renew_every: Duration,
    /// Without a sign of life for so long a server counts as dead.
    pub dead_after: Duration,
    /// Time between two looks at what no bell may have told.
    pub poll_every: Duration,
}

/// Opens the history; blocks until Redis has answered.
pub(super) fn open(shared: &Shared) -> Result<(History, Restored), OpenError> {
    Err(OpenError::Redis {
        url: shared.url.clone(),
        reason: "not yet".to_owned(),
    })
}
