//! What one connection is still to write, and the socket that it is written to: the hub pushes and flushes, the connection's task does what has
//! to be waited for. Nothing here waits.
//!
//! The hub writes by itself whatever the socket takes, so that a room's fan-out is a loop of writes and wakes nobody; the task is told of
//! the rest: a socket that takes no more, a mark that was passed, an end. Frames are shared: a room's messages are encoded once, and
//! every outbox holds a handle to the same bytes.

mod writer;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use protocol::close::CloseCode;

use super::socket::Socket;
pub(crate) use writer::Entry;
use writer::Writer;

/// How many times the bytes that may wait for a connection end it at once, though it makes progress: it is slower than what comes in.
pub(crate) const FATAL_SHARE: usize = 4;

/// Requests of one connection that the hub has not looked at yet; at it the connection reads no more, so that a pause takes
/// effect before the engine has more of them than it keeps: with the longest texts some 40 KiB a connection that is paused.
pub(crate) const AHEAD_MAX: usize = 8;

/// What hub and task share of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// Bytes that may wait. At it the connection is closed with [`CloseCode::SlowReader`] as soon as nothing could be written for
    /// `Timing::slow`.
    bytes_max: usize,
    /// Held for a system call at most.
    way: Mutex<Way>,
    /// Something changed that the task has not looked at yet.
    news: AtomicBool,
    paused: AtomicBool,
    /// Requests that the task handed over and the hub has not looked at yet.
    ahead: AtomicUsize,
    task: AtomicWaker,
}

/// The way out.
#[derive(Debug)]
struct Way {
    socket: Socket,
    writer: Writer,
    /// Bytes of the hub's frames that were pushed and not yet written.
    waiting: usize,
    /// Pieces that were pushed and not yet written.
    pieces: usize,
    /// The hub is to flush.
    due: bool,
    /// Something was written since the last [`Outbox::load`].
    moved: bool,
    /// Something was written since the last [`Outbox::look`], or there was nothing to write.
    progressed: bool,
    /// Marks that were passed and are not told yet.
    marks: usize,
    fate: Fate,
}

/// Whether a connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It does.
    Open,
    /// The hub closes it after what it pushed.
    Ends(CloseCode),
    /// The socket failed.
    Lost,
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

/// What a connection's task finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Whether it goes on.
    pub(crate) fate: Fate,
    /// Marks that were passed since the last look.
    pub(crate) marks: usize,
    /// Something was written since the last look, or there was nothing to write.
    pub(crate) progressed: bool,
    /// As many bytes wait as may.
    pub(crate) full: bool,
}

impl Outbox {
    /// An empty one in front of `socket`, in which so many bytes may wait.
    pub(crate) fn new(socket: Socket, bytes_max: usize) -> Self {
        Self {
            bytes_max,
            way: Mutex::new(Way {
                socket,
                writer: Writer::default(),
                waiting: 0,
                pieces: 0,
                due: false,
                moved: false,
                progressed: true,
                marks: 0,
                fate: Fate::Open,
            }),
            news: AtomicBool::default(),
            paused: AtomicBool::default(),
            ahead: AtomicUsize::default(),
            task: AtomicWaker::default(),
        }
    }

    /// Hands whole frames over, and says whether [`flush`](Self::flush) was not due before and is now. Nothing is taken any more once the
    /// connection is to be closed.
    pub(crate) fn push(&self, frames: Bytes) -> bool {
        let length = frames.len();
        let mut way = self.lock();
        if length == 0 || way.fate != Fate::Open {
            return false;
        }
        let was_full = way.waiting >= self.bytes_max;
        if way.waiting + length > self.bytes_max.saturating_mul(FATAL_SHARE) {
            way.writer.drop_unstarted();
            way.end(CloseCode::SlowReader);
            drop(way);
            self.tell();
            return false;
        }
        way.progressed |= way.writer.is_empty();
        way.waiting += length;
        way.pieces += 1;
        way.writer.push(Entry::Frames(frames));
        let first = !std::mem::replace(&mut way.due, true);
        let became_full = !was_full && way.waiting >= self.bytes_max;
        drop(way);
        if became_full {
            // The task watches from now on whether anything moves.
            self.tell();
        }
        first
    }

    /// Asks for a sign when everything pushed so far was written; says the same as [`push`](Self::push).
    pub(crate) fn mark(&self) -> bool {
        let mut way = self.lock();
        way.writer.push(Entry::Mark);
        !std::mem::replace(&mut way.due, true)
    }

    /// Writes what waits, as far as the socket takes it now; the task is told where it has to go on.
    pub(crate) fn flush(&self) {
        let mut way = self.lock();
        way.due = false;
        // Then the task waits for the socket, and writes.
        if way.writer.is_blocked() {
            return;
        }
        way.write();
        let is_done = way.writer.is_empty() && !way.socket.wants_write();
        let is_news = !is_done || way.fate == Fate::Lost || way.marks > 0;
        drop(way);
        if is_news {
            self.tell();
        }
    }

    /// Ends the connection as one that reads too slowly; what waits is dropped at once.
    pub(crate) fn shed(&self) {
        let mut way = self.lock();
        way.writer.drop_unstarted();
        way.end(CloseCode::SlowReader);
        drop(way);
        self.tell();
    }

    /// What waits here, and whether something was written since the last call.
    pub(crate) fn load(&self) -> Load {
        let mut way = self.lock();
        Load {
            moved: std::mem::take(&mut way.moved),
            bytes: way.waiting,
            pieces: way.pieces,
        }
    }

    /// Asks the task to close the connection after what was pushed so far; the first code counts.
    pub(crate) fn close(&self, code: CloseCode) {
        self.lock().end(code);
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

    /// How many requests the task may hand over before it has to wait for the hub.
    pub(crate) fn ahead_left(&self) -> usize {
        AHEAD_MAX.saturating_sub(self.ahead.load(Ordering::Acquire))
    }

    /// Whether something changed since the last call; `waker` is woken at the next change.
    pub(crate) fn has_news(&self, waker: &Waker) -> bool {
        self.task.register(waker);
        self.news.swap(false, Ordering::AcqRel)
    }

    /// Writes what waits, for the task, and says how things are.
    pub(crate) fn look(&self) -> Look {
        let mut way = self.lock();
        way.progressed |= way.writer.is_empty() && !way.socket.wants_write();
        // What the hub is about to flush is left to it, together with what it may still push.
        if !way.due || way.writer.is_blocked() {
            way.write();
        }
        Look {
            fate: way.fate,
            marks: std::mem::take(&mut way.marks),
            progressed: std::mem::take(&mut way.progressed),
            full: way.waiting >= self.bytes_max,
        }
    }

    /// Adds frames of the connection's own and writes.
    pub(crate) fn push_own(&self, frames: Bytes) {
        let mut way = self.lock();
        way.progressed |= way.writer.is_empty();
        way.writer.push(Entry::Own(frames));
        way.write();
    }

    /// Drops what was not begun.
    pub(crate) fn drop_unstarted(&self) {
        self.lock().writer.drop_unstarted();
    }

    /// Whether so many own frames wait that reading is to stop.
    pub(crate) fn is_crowded(&self) -> bool {
        self.lock().writer.is_crowded()
    }

    /// Whether something can be written that could not be before; `cx` is woken when it can.
    pub(crate) fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        let way = self.lock();
        if way.writer.is_blocked() {
            return way.socket.poll_write_ready(cx).map(drop);
        }
        let waits = !way.writer.is_empty() || way.socket.wants_write();
        if waits && !way.due {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Whether there is something to read; `cx` is woken when there is.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.lock().socket.poll_read_ready(cx).map(drop)
    }

    /// Reads what the client sent.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lock().socket.try_read(buffer)
    }

    /// The address at which the client came in.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.lock().socket.local_addr()
    }

    /// Writes the last words. Ready when they are with the system and the client is told that nothing more comes.
    pub(crate) fn poll_hang_up(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut way = self.lock();
        loop {
            way.write();
            if way.fate == Fate::Lost {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            }
            if way.writer.is_empty() && !way.socket.wants_write() {
                return way.socket.poll_hang_up(cx);
            }
            if way.writer.is_blocked() && way.socket.poll_write_ready(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn tell(&self) {
        // Between two looks of the task one wake is enough.
        if !self.news.swap(true, Ordering::AcqRel) {
            self.task.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Way> {
        // No code that can panic runs under the lock, so the way is whole in any case.
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way {
    /// The first code counts.
    fn end(&mut self, code: CloseCode) {
        if self.fate == Fate::Open {
            self.fate = Fate::Ends(code);
        }
    }

    fn write(&mut self) {
        let Ok(wrote) = self.writer.write(&mut self.socket) else {
            self.fate = Fate::Lost;
            return;
        };
        if wrote.bytes > 0 {
            self.moved = true;
            self.progressed = true;
        }
        self.waiting = self.waiting.saturating_sub(wrote.counted);
        self.pieces = self.pieces.saturating_sub(wrote.pieces);
        self.marks += wrote.marks;
    }
}

#[cfg(test)]
mod tests;
