//! The reading thread: one read a readiness, decoded and handed on. No rule of the program.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::Errno;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::sync::CancellationToken;

use super::decode::Decoder;
use super::event::{Reply, TerminalEvent};
use super::output::{Output, drain};
use super::signals::Signals;
use super::tty::wait;

/// Events that wait for the program's loop; beyond it nothing is read, and the terminal keeps the rest.
pub const EVENTS_MAX: usize = 1024;

/// Bytes of one read.
const READ_BYTES: usize = 16 * 1024;

/// Everything the thread works with; it comes back when the thread is stopped, and nothing is lost.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) output: Arc<Output>,
    pub(super) signals: Arc<Signals>,
    pub(super) decoder: Decoder,
    pub(super) events: Sender<TerminalEvent>,
    /// Decoded, and not yet taken by the loop.
    pub(super) waiting: VecDeque<TerminalEvent>,
    /// Signals and [`Reading::stop`] write to its other end.
    pub(super) woken: UnixStream,
    pub(super) started: Instant,
}

/// A running reader.
#[derive(Debug)]
pub(super) struct Reading {
    thread: JoinHandle<Reader>,
    stop: CancellationToken,
}

impl Reading {
    /// Starts the thread.
    pub(super) fn start(reader: Reader) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let run = {
            let stop = stop.clone();
            move || reader.run(&stop)
        };
        let thread = thread::Builder::new()
            .name("terminal-input".to_owned())
            .spawn(run)?;
        Ok(Self { thread, stop })
    }

    /// Stops it between two reads; none if it panicked.
    pub(super) fn stop(self, mut wake: &UnixStream) -> Option<Reader> {
        self.stop.cancel();
        match wake.write(&[0]) {
            // A full pipe wakes as well.
            Ok(_) | Err(_) => {}
        }
        self.thread.join().ok()
    }
}

impl Reader {
    fn run(mut self, stop: &CancellationToken) -> Self {
        let mut buffer = vec![0; READ_BYTES];
        while self.deliver(stop) {
            if !self.step(&mut buffer) {
                // The hang-up itself.
                self.deliver(stop);
                break;
            }
        }
        self
    }

    /// Waits for one thing and takes it; false after a hang-up.
    fn step(&mut self, buffer: &mut [u8]) -> bool {
        let now = self.started.elapsed();
        let timeout = self
            .decoder
            .deadline()
            .map(|deadline| deadline.saturating_sub(now));
        let (readable, woken) = wait(
            (self.output.tty.as_fd(), PollFlags::IN),
            Some(self.woken.as_fd()),
            timeout,
        );
        let now = self.started.elapsed();
        if woken {
            drain(&self.woken);
            self.take_wishes();
        }
        if !readable {
            self.waiting.extend(self.decoder.expire(now));
            return true;
        }
        match self.output.tty.read(buffer) {
            Err(Errno::AGAIN | Errno::INTR) => true,
            Ok(0) | Err(_) => {
                self.output.hung_up();
                self.waiting.push_back(TerminalEvent::HangUp);
                false
            }
            Ok(read) => {
                let bytes = buffer.get(..read).unwrap_or_default();
                let events = self.decoder.feed(bytes, now);
                if events.contains(&TerminalEvent::Reply(Reply::Attributes)) {
                    self.output.all_answered();
                }
                self.waiting.extend(events);
                true
            }
        }
    }

    fn take_wishes(&mut self) {
        let wishes = self.signals.take();
        self.waiting
            .extend(wishes.signals.into_iter().map(TerminalEvent::Signal));
        if wishes.resumed && self.output.refresh().is_err() {
            // A terminal that takes no modes is gone; the next read tells the loop.
            self.output.hung_up();
        }
        if wishes.resized || wishes.resumed {
            self.resized();
        }
    }

    /// Tells the size; what the terminal shows after a change of it is unknown.
    pub(super) fn resized(&mut self) {
        self.output.forget();
        let (columns, rows) = self.output.tty.size();
        self.waiting
            .push_back(TerminalEvent::Resize { columns, rows });
    }

    /// Hands on what waits; false when nobody takes it or the thread should stop.
    fn deliver(&mut self, stop: &CancellationToken) -> bool {
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Closed(_)) => return false,
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    if !self.await_room(stop) {
                        return false;
                    }
                }
            }
        }
        !stop.is_cancelled()
    }

    /// Waits until the loop takes something; false if the thread should stop instead.
    fn await_room(&self, stop: &CancellationToken) -> bool {
        // Without drivers: it only parks this thread.
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else {
            return false;
        };
        runtime.block_on(async {
            tokio::select! {
                () = stop.cancelled() => false,
                room = self.events.reserve() => room.is_ok(),
            }
        })
    }
}
