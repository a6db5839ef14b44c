//! Writes the log of one run: the one place of the driver that reads a clock.

use std::cell::{Ref, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::log::{ClientId, Entry, What};

/// A handle to the log of one run.
#[derive(Clone)]
pub(crate) struct Recorder {
    entries: Rc<RefCell<Vec<Entry>>>,
    changed: Rc<Notify>,
    start: Instant,
}

impl Recorder {
    /// A run that begins now.
    pub(crate) fn start() -> Self {
        Self {
            entries: Rc::default(),
            changed: Rc::new(Notify::new()),
            start: now(),
        }
    }

    /// Writes an entry and gives its number.
    pub(crate) fn note(&self, client: Option<ClientId>, what: What) -> usize {
        let time = now().duration_since(self.start);
        let mut entries = self.entries.borrow_mut();
        entries.push(Entry { time, client, what });
        self.changed.notify_waiters();
        entries.len() - 1
    }

    /// Says that something changed which is not in the log.
    pub(crate) fn touch(&self) {
        self.changed.notify_waiters();
    }

    /// All entries so far.
    pub(crate) fn entries(&self) -> Ref<'_, Vec<Entry>> {
        self.entries.borrow()
    }

    /// Waits until the run is so old.
    pub(crate) async fn reach(&self, time: Duration) {
        sleep_until(self.start + time).await;
    }

    /// Waits until `is_so`, which is asked after each change; false when that took longer than `within`.
    pub(crate) async fn until(&self, within: Duration, mut is_so: impl FnMut() -> bool) -> bool {
        let deadline = now() + within;
        loop {
            let changed = self.changed.notified();
            if is_so() {
                return true;
            }
            if timeout_at(deadline, changed).await.is_err() {
                return is_so();
            }
        }
    }
}

/// The monotonic clock.
#[expect(clippy::disallowed_methods, reason = "the one place of the driver")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
