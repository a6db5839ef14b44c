//! What all parts of the store on Redis share: the settings, the names, the scripts, and what this server knows of its own standing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use protocol::position::{Address, Position};
use redis::Cmd;
use tokio::sync::watch;

use super::Shared;
use super::address::{Primary, UrlError};
use super::keys::Keys;
use super::scripts::Scripts;
use crate::history::Condition;
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
    pub(super) known: Known,
    pub(super) condition: Condition,
    may_kill: AtomicBool,
    /// The latest fail-over that a sentinel told of, by its epoch.
    pub(super) failover: AtomicU64,
    /// Where the primary was found last.
    place: Mutex<Option<String>>,
}

impl Common {
    pub(super) fn new(settings: Shared, node: NodeId) -> Result<Self, UrlError> {
        let primary = settings.url.primary()?;
        Ok(Self {
            keys: Keys::new(&settings.prefix, primary.database()),
            primary,
            scripts: Scripts::default(),
            node,
            turns: Turns::default(),
            lease: Lease::default(),
            store: Store::default(),
            known: Known::default(),
            condition: Condition::default(),
            may_kill: AtomicBool::new(true),
            failover: AtomicU64::new(0),
            place: Mutex::default(),
            settings,
        })
    }
}

impl Common {
    /// The primary was found to be there; says whether it was found at another place before.
    pub(super) fn is_elsewhere(&self, place: &str) -> bool {
        let mut last = lock(&self.place);
        let is_other = last.as_deref().is_some_and(|last| last != place);
        if is_other {
            tracing::warn!(place, "another Redis is the primary");
        }
        *last = Some(place.to_owned());
        is_other
    }

    /// The user of the Redis may not end connections; says whether that is news.
    pub(super) fn may_not_kill(&self) -> bool {
        self.may_kill.swap(false, Ordering::Relaxed)
    }

    /// Adds what the scripts of a room want to know before all else.
    pub(super) fn settle(&self, call: &mut Cmd, room: &Address) {
        let known = self.known.of(room);
        let store = self.store.get();
        call.arg(known.era)
            .arg(known.n)
            .arg(store.era)
            .arg(store.replid);
    }
}

/// What is in the lock, also where somebody panicked who had it: what these hold is whole at every step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last position of each room that Redis told, which proves that something was lost where Redis does not have it any more.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<BTreeMap<Address, Position>>);

/// Rooms of which the last position is remembered; beyond it all are forgotten.
const KNOWN_MAX: usize = 8_192;

impl Known {
    /// The last one; all zero where there is none.
    pub(super) fn of(&self, room: &Address) -> Position {
        let known = lock(&self.0);
        known.get(room).copied().unwrap_or_default()
    }

    /// Redis says that this is the room's last position.
    pub(super) fn note(&self, room: &Address, head: Position) {
        let mut known = lock(&self.0);
        if known.len() >= KNOWN_MAX && !known.contains_key(room) {
            known.clear();
        }
        known
            .entry(room.clone())
            .and_modify(|last| *last = head.max(*last))
            .or_insert(head);
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

    /// The primary may be another one by now. Gives the new count.
    pub(super) fn next(&self) -> u64 {
        let mut next = 0;
        self.0.send_modify(|turn| {
            *turn += 1;
            next = *turn;
        });
        next
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
        lock(&self.0).clone()
    }

    pub(super) fn set(&self, standing: Standing) {
        *lock(&self.0) = standing;
    }
}
