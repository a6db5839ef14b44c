//! What one connection is still to write: the hub pushes, the connection's task takes. Pushing never waits.
//!
//! Frames are shared: a room's messages are encoded once, and every outbox holds a handle to the same bytes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use protocol::close::CloseCode;

/// How many times the bytes that may wait for a connection end it at once, though it makes progress: it is slower than what comes in.
pub(crate) const FATAL_SHARE: usize = 4;

/// Requests of one connection that the hub has not looked at yet; at it the connection reads no more, so that a pause takes
/// effect before the engine has more of them than it keeps: with the longest texts some 40 KiB a connection that is paused.
pub(crate) const AHEAD_MAX: usize = 8;

/// Entries of an idle queue for which memory is kept; a longer one gives its memory back when it is empty.
pub(crate) const ENTRIES_KEPT: usize = 4;

/// One entry of the queue.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Whole frames from the hub.
    Frames(Bytes),
    /// Whole frames of the connection's own (pings, pongs, close frames), not counted.
    Own(Bytes),
    /// The hub wants to know when everything before this was written.
    Mark,
}

/// The shared half of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// Bytes that may wait. At it the connection is closed with [`CloseCode::SlowReader`] as soon as nothing could be written for
    /// `Timing::slow`.
    bytes_max: usize,
    queue: Mutex<Queue>,
    /// Bytes of the hub's frames that were pushed and not yet written.
    waiting: AtomicUsize,
    /// Pieces that were pushed and not yet written.
    pieces: AtomicUsize,
    /// Something was written since the last [`Outbox::load`].
    moved: AtomicBool,
    /// Something changed that the task has not looked at yet.
    news: AtomicBool,
    paused: AtomicBool,
    /// Requests that the task handed over and the hub has not looked at yet.
    ahead: AtomicUsize,
    task: AtomicWaker,
}

/// What waits for one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// Something was written since the last look.
    pub(crate) moved: bool,
    /// Bytes of the hub's frames.
    pub(crate) bytes: usize,
    /// Handles to them.
    pub(crate) pieces: usize,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    end: Option<CloseCode>,
}

impl Outbox {
    /// An empty one, in which so many bytes may wait.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            queue: Mutex::default(),
            waiting: AtomicUsize::default(),
            pieces: AtomicUsize::default(),
            moved: AtomicBool::default(),
            news: AtomicBool::default(),
            paused: AtomicBool::default(),
            ahead: AtomicUsize::default(),
            task: AtomicWaker::default(),
        }
    }

    /// Whether as many bytes wait as may.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting() >= self.bytes_max
    }

    /// Hands whole frames over. Nothing is taken any more once the connection is to be closed.
    pub(crate) fn push(&self, frames: Bytes) {
        let length = frames.len();
        if length == 0 {
            return;
        }
        let mut queue = self.lock();
        if queue.end.is_some() {
            return;
        }
        let fatal = self.bytes_max.saturating_mul(FATAL_SHARE);
        if self.waiting.fetch_add(length, Ordering::Relaxed) + length > fatal {
            queue.entries = VecDeque::new();
            queue.end = Some(CloseCode::SlowReader);
        } else {
            self.pieces.fetch_add(1, Ordering::Relaxed);
            queue.entries.push_back(Entry::Frames(frames));
        }
        drop(queue);
        self.tell();
    }

    /// Ends the connection as one that reads too slowly; what waits is dropped at once.
    pub(crate) fn shed(&self) {
        let mut queue = self.lock();
        queue.entries = VecDeque::new();
        queue.end.get_or_insert(CloseCode::SlowReader);
        drop(queue);
        self.tell();
    }

    /// What waits here, and whether something was written since the last call.
    pub(crate) fn load(&self) -> Load {
        Load {
            moved: self.moved.swap(false, Ordering::Relaxed),
            bytes: self.waiting(),
            pieces: self.pieces.load(Ordering::Relaxed),
        }
    }

    /// Asks for a sign when everything pushed so far was written.
    pub(crate) fn mark(&self) {
        self.lock().entries.push_back(Entry::Mark);
        self.tell();
    }

    /// Asks the task to close the connection after what was pushed so far; the first code counts.
    pub(crate) fn close(&self, code: CloseCode) {
        self.lock().end.get_or_insert(code);
        self.tell();
    }

    /// Stops or goes on reading from the client.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Release);
        self.tell();
    }

    /// Whether nothing is to be read from the client now.
    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    /// Counts a request that the task hands over.
    pub(crate) fn run_ahead(&self) {
        self.ahead.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts a request that the hub has looked at, after all that came of it.
    pub(crate) fn catch_up(&self) {
        if self.ahead.fetch_sub(1, Ordering::AcqRel) == AHEAD_MAX {
            self.tell();
        }
    }

    /// Whether the task is to wait for the hub before it reads more.
    pub(crate) fn is_ahead(&self) -> bool {
        self.ahead.load(Ordering::Acquire) >= AHEAD_MAX
    }

    /// Bytes of the hub's frames that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Counts `bytes` of the hub's frames as written, and with them so many whole `pieces`.
    pub(crate) fn wrote(&self, bytes: usize, pieces: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        self.pieces.fetch_sub(pieces, Ordering::Relaxed);
        self.moved.store(true, Ordering::Relaxed);
    }

    /// Moves what waits to the end of `into`, and says whether the connection is to be closed after it.
    pub(crate) fn take(&self, into: &mut VecDeque<Entry>) -> Option<CloseCode> {
        let mut queue = self.lock();
        if into.is_empty() {
            std::mem::swap(&mut queue.entries, into);
        } else {
            into.append(&mut queue.entries);
        }
        if queue.entries.capacity() > ENTRIES_KEPT {
            queue.entries = VecDeque::new();
        }
        queue.end
    }

    /// Whether something changed since the last call; `waker` is woken at the next change.
    pub(crate) fn has_news(&self, waker: &Waker) -> bool {
        self.task.register(waker);
        self.news.swap(false, Ordering::AcqRel)
    }

    fn tell(&self) {
        // Between two looks of the task one wake is enough.
        if !self.news.swap(true, Ordering::AcqRel) {
            self.task.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // No code that can panic runs under the lock, so the queue is whole in any case.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1024;

    fn frames(length: usize) -> Bytes {
        Bytes::from(vec![b'x'; length])
    }

    fn lengths(entries: &VecDeque<Entry>) -> Vec<Option<usize>> {
        entries
            .iter()
            .map(|entry| match entry {
                Entry::Frames(bytes) | Entry::Own(bytes) => Some(bytes.len()),
                Entry::Mark => None,
            })
            .collect()
    }

    #[test]
    fn what_was_pushed_comes_out_in_order() {
        let outbox = Outbox::new(MAX);
        let mut out = VecDeque::new();
        outbox.push(frames(3));
        outbox.mark();
        assert_eq!(outbox.take(&mut out), None);
        outbox.push(frames(4));
        outbox.close(CloseCode::Restart);
        outbox.close(CloseCode::Trouble);
        outbox.push(frames(5));
        assert_eq!(outbox.take(&mut out), Some(CloseCode::Restart));
        assert_eq!(lengths(&out), [Some(3), None, Some(4)]);
        assert_eq!(outbox.waiting(), 7);
        outbox.wrote(7, 2);
        assert_eq!(outbox.waiting(), 0);
    }

    #[test]
    fn one_byte_above_the_limit_ends_the_connection() {
        let outbox = Outbox::new(MAX);
        let mut out = VecDeque::new();
        for _ in 0..4 {
            outbox.push(frames(MAX));
        }
        assert_eq!(outbox.waiting(), 4 * MAX);
        assert!(outbox.is_full());
        assert_eq!(outbox.take(&mut out), None);
        outbox.push(frames(1));
        out.clear();
        assert_eq!(outbox.take(&mut out), Some(CloseCode::SlowReader));
        assert!(out.is_empty());
    }

    #[test]
    fn a_change_is_news_once_and_wakes_once() {
        let outbox = Outbox::new(MAX);
        let waker = Waker::noop();
        assert!(!outbox.has_news(waker));
        outbox.push(frames(1));
        outbox.pause(true);
        assert!(outbox.has_news(waker));
        assert!(!outbox.has_news(waker));
        assert!(outbox.is_paused());
    }

    #[test]
    fn so_many_requests_ahead_stop_reading_until_one_is_heard() {
        let outbox = Outbox::new(MAX);
        for _ in 0..AHEAD_MAX {
            assert!(!outbox.is_ahead());
            outbox.run_ahead();
        }
        assert!(outbox.is_ahead());
        outbox.catch_up();
        assert!(!outbox.is_ahead());
        assert!(outbox.has_news(Waker::noop()));
        outbox.catch_up();
        assert!(!outbox.has_news(Waker::noop()));
    }
}
