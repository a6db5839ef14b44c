//! Restoring the terminal: once, after what is half written, and without waiting for long.

use std::io;
use std::os::fd::AsFd;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::Errno;

use super::{Inner, Output, Phase, Progress, guard};
use crate::shell::terminal::modes::{self, Options};
use crate::shell::terminal::tty::wait;

/// How long leaving waits for a terminal that takes nothing; then what it did not read is dropped.
pub const LEAVE_WAIT: Duration = Duration::from_millis(200);

/// How long leaving waits for answers that are due, so that the shell does not get them as input.
pub const ANSWER_WAIT: Duration = Duration::from_millis(200);

/// Waits for room while leaving; a terminal slower than that loses its last frame.
const LEAVE_WAITS_MAX: usize = 10;

/// Ends a half written sequence, string or block.
const BREAK_OFF: &str = "\x18\x1b\\\x1b[?2026l";

impl Output {
    /// Restores the terminal for a while; frames shown meanwhile wait.
    pub(in crate::shell::terminal) fn lend(&self) -> io::Result<()> {
        self.locked(|inner| self.leave(inner, Phase::Lent))
            .unwrap_or(Ok(()))
    }

    /// Restores the terminal for good; the first call does it, whoever calls.
    pub(in crate::shell::terminal) fn close(&self) -> io::Result<()> {
        let closed = self.locked(|inner| self.leave(inner, Phase::Over));
        self.wake();
        closed.unwrap_or_else(|| {
            if self.broken.swap(true, Ordering::Relaxed) {
                return Ok(());
            }
            let options = Options::default();
            self.write_anyway(&[BREAK_OFF, &modes::leave(options)].concat());
            self.tty.set_modes(&self.found)
        })
    }

    /// Waits for the answers that are due, at most [`ANSWER_WAIT`]; the reader must be running.
    pub(in crate::shell::terminal) fn await_answers(&self) {
        if self.locked(|inner| inner.asked).unwrap_or(false) {
            let (mut answered, _) = self
                .answer
                .wait_timeout_while(guard(&self.answered), ANSWER_WAIT, |answered| !*answered)
                .unwrap_or_else(PoisonError::into_inner);
            // Who did not answer by now is not waited for again.
            *answered = true;
        }
    }

    fn leave(&self, inner: &mut Inner, to: Phase) -> io::Result<()> {
        let from = inner.phase;
        if from == Phase::Over {
            return Ok(());
        }
        inner.phase = to;
        if from == Phase::Lent {
            return Ok(());
        }
        let restored = if inner.outgoing.is_opening() {
            Ok(())
        } else {
            self.write_last(inner)
        };
        inner.outgoing.clear();
        inner.lagging = false;
        if restored.is_err() {
            // The terminal is gone, and its modes with it.
            inner.phase = Phase::Over;
            return Ok(());
        }
        self.tty.set_modes(&inner.found)
    }

    /// Writes what restores the terminal, after the frame that is on its way.
    fn write_last(&self, inner: &mut Inner) -> Result<(), Errno> {
        let leave = modes::leave(inner.options);
        inner.outgoing.drop_next();
        inner.outgoing.push(leave.as_bytes());
        for _ in 0..LEAVE_WAITS_MAX {
            match self.write(inner) {
                Progress::Done => return Ok(()),
                Progress::Gone => return Err(Errno::IO),
                Progress::Lagging => {}
            }
            let (ready, _) = wait((self.tty.as_fd(), PollFlags::OUT), None, Some(LEAVE_WAIT));
            if !ready {
                break;
            }
        }
        // It reads nothing now; what it finds when it reads again should be this.
        self.write_anyway(&[BREAK_OFF, &leave].concat());
        Ok(())
    }

    fn write_anyway(&self, text: &str) {
        let dropped = self.tty.drop_output();
        match dropped.and_then(|()| self.tty.write(text.as_bytes())) {
            // Nothing is left to be done about a terminal that takes not even this.
            Ok(_) | Err(_) => {}
        }
    }
}
