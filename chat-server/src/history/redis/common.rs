//! What all parts of the store on Redis share: the settings, the names, the scripts, and what this server knows of its own standing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::Shared;
use super::address::{Primary, UrlError};
use super::keys::Keys;
use super::scripts::Scripts;
use crate::record::NodeId;

/// One for each opened history.
pub(super) struct Common {
    pub(super) settings: Shared,
    pub(super) primary: Primary,
    pub(super) keys: Keys,
    pub(super) scripts: Scripts,
    pub(super) node: NodeId,
    pub(super) turns: Turns,
    pub(super) lease: Lease,
    pub(super) store: Store,
}

impl Common {
    pub(super) fn new(settings: Shared, node: NodeId) -> Result<Self, UrlError> {
        Ok(Self {
            primary: settings.url.primary()?,
            keys: Keys::new(&settings.prefix),
            scripts: Scripts::default(),
            node,
            turns: Turns::default(),
            lease: Lease::default(),
            store: Store::default(),
            settings,
        })
    }
}

/// Counts how often the primary was found to be another one; who has a connection from before makes a new one.
#[derive(Debug)]
pub(super) struct Turns(watch::Sender<u64>);

impl Default for Turns {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Turns {
    pub(super) fn current(&self) -> u64 {
        *self.0.borrow()
    }

    /// The primary may be another one by now.
    pub(super) fn next(&self) {
        self.0.send_modify(|turn| *turn += 1);
    }

    /// Tells of each turn from now on.
    pub(super) fn follow(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// Until when this server may write, on Redis' clock in milliseconds since 1970: others may take what it holds after that. Without an end
/// until one is set.
#[derive(Debug)]
pub(super) struct Lease(AtomicU64);

/// Far beyond any time, and a whole number to Redis' scripts.
const NO_END: u64 = 1 << 53;

impl Default for Lease {
    fn default() -> Self {
        Self(AtomicU64::new(NO_END))
    }
}

impl Lease {
    pub(super) fn end(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn set(&self, end: u64) {
        self.0.store(end.min(NO_END), Ordering::Release);
    }
}

/// What is known of the store as a whole.
#[derive(Debug, Default)]
pub(super) struct Store(Mutex<Standing>);

/// The era of rooms without messages, and the replication id of the primary that said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) era: u64,
    pub(super) replid: String,
}

impl Store {
    pub(super) fn get(&self) -> Standing {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set(&self, standing: Standing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}
