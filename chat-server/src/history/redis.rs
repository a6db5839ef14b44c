//! A history in Redis, which any number of servers share.
//!
//! One thread with a runtime of its own stands behind the channels where `SQLite` has its threads. Redis holds the truth and this server
//! none: what it says is on the primary, and on as many replicas as it was told, before it is answered or shown, and what it shows is
//! what came back.

mod address;
mod asking;
mod bells;
mod callings;
mod channels;
mod claims;
mod common;
mod entries;
mod follow;
mod follower;
mod following;
mod keys;
mod link;
mod lists;
mod log;
mod member;
mod members;
mod node_table;
mod nodes;
mod opening;
mod packed;
mod people;
mod people_scripts;
mod persons;
mod reads;
mod recent;
mod replicas;
mod rooms;
mod say;
mod scripts;
mod searching;
mod sentinels;
mod spending;
mod watching;
mod work;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use protocol::identity::PublicKey;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

use super::error::OpenError;
use super::{History, REPLIES_WAITING_MAX, Restored, WRITES_WAITING_MAX};
use crate::record::NodeId;
use common::Common;
use link::Link;

pub use address::{RedisUrl, UrlError};
pub use keys::{Prefix, PrefixError};

/// Replicas that must have a message before it is acknowledged, where nothing else is said.
pub const REPLICAS: u32 = 1;

/// Messages that are kept of each room, where nothing else is said.
pub const KEEP_MESSAGES: u64 = 100_000;

/// How long a write is tried before it is refused.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Time between two signs of life of a server.
pub const RENEW_EVERY: Duration = Duration::from_secs(3);

/// Without a sign of life for so long a server counts as dead.
pub const DEAD_AFTER: Duration = Duration::from_secs(10);

/// Time between two looks at what no bell may have told.
pub const POLL_EVERY: Duration = Duration::from_secs(1);

/// Which Redis, and what it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Where it is.
    pub url: RedisUrl,
    /// What all keys and channels begin with.
    pub prefix: Prefix,
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

impl Shared {
    /// The Redis at `url`, with everything else as it is by default.
    pub fn new(url: RedisUrl) -> Self {
        Self {
            url,
            prefix: Prefix::default(),
            replicas: REPLICAS,
            keep_messages: KEEP_MESSAGES,
            keep_for: None,
            patience: PATIENCE,
            renew_every: RENEW_EVERY,
            dead_after: DEAD_AFTER,
            poll_every: POLL_EVERY,
        }
    }

    fn refused(&self, reason: String) -> OpenError {
        OpenError::Redis {
            url: self.url.to_string(),
            reason,
        }
    }
}

/// Opens the history; blocks until Redis has answered, or has not for a while.
pub(super) fn open(shared: &Shared) -> Result<(History, Restored), OpenError> {
    let common = common(shared)?;
    let (jobs_in, jobs) = channel(WRITES_WAITING_MAX);
    let (answers, replies) = channel(REPLIES_WAITING_MAX);
    let (opened_in, opened) = sync_channel(1);
    let node = common.node;
    let condition = common.condition.clone();
    let hurry = CancellationToken::new();
    let ways = work::Ways {
        jobs,
        replier: answers,
        hurry: hurry.clone(),
    };
    let thread = work::start(common, ways, opened_in).map_err(OpenError::Thread)?;
    let mut history = History {
        writes: Some(jobs_in),
        // What is read stands in one queue with what is written: a room is given up before it is joined anew.
        reads: None,
        searches: None,
        replies,
        threads: vec![thread],
        lock: None,
        identity: None,
        condition,
        hurry,
    };
    let found = opened
        .recv()
        .map_err(|_ended| shared.refused("the history met a fault in this program".to_owned()))?
        .map_err(|reason| shared.refused(reason))?;
    history.identity = Some(found.identity);
    let restored = Restored {
        node: Some(node),
        era: found.standing.era,
        served: found.served,
        present: Vec::new(),
    };
    Ok((history, restored))
}

/// The key by which clients know all servers on this Redis, where one was started on it before. Changes nothing, and blocks until Redis has
/// answered, or has not for a while.
pub fn known_key_in(shared: &Shared) -> Result<Option<PublicKey>, OpenError> {
    let common = common(shared)?;
    let runtime = work::runtime().map_err(OpenError::Thread)?;
    let link = Link::new(&common);
    let known = runtime.block_on(opening::known_identity(&common, &link));
    let known = known.map_err(|reason| shared.refused(reason))?;
    Ok(known.map(|identity| identity.public()))
}

fn common(shared: &Shared) -> Result<Arc<Common>, OpenError> {
    // Below 2^53, so that scripts keep it whole; each start is another one.
    let node = getrandom::u64()
        .map_err(|error| shared.refused(format!("the system gives no random bytes: {error}")))?;
    let node = NodeId(node >> 11);
    Common::new(shared.clone(), node)
        .map(Arc::new)
        .map_err(|error| shared.refused(error.to_string()))
}

/// Lets the server that began by this name give no sign of life, or again.
#[cfg(test)]
pub(super) fn mute(node: NodeId, is_mute: bool) {
    use std::sync::atomic::Ordering;
    let pulse = nodes::node(node);
    pulse.hooks.muted.store(is_mute, Ordering::Release);
    pulse.hurry.notify_one();
}

/// Lets the server that began by this name end without a word.
#[cfg(test)]
pub(super) fn kill(node: NodeId) {
    nodes::node(node).hooks.killed.notify_one();
}
