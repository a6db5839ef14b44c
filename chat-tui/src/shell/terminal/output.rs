//! The write side: whoever has a frame writes it at once; a terminal that lags is left to a thread.
//!
//! Writing never waits, so neither the program's loop nor its exit ever waits for the terminal beyond
//! [`LEAVE_WAIT`].

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use ratatui::buffer::Buffer;
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::termios::Termios;

use super::encode::Frame;
use super::modes::{self, Options};
use super::outgoing::Outgoing;
use super::tty::{Tty, wait};

mod leave;

pub use leave::{ANSWER_WAIT, LEAVE_WAIT};

thread_local! {
    /// This thread holds the lock, so a panic hook must not wait for it.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// The write side of one terminal, shared by the loop, both threads and the panic hook.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) tty: Tty,
    inner: Mutex<Inner>,
    /// Wakes the thread.
    wake: UnixStream,
    /// The modes that were found at the start.
    found: Termios,
    /// Restored by a panic inside of this very code; nothing is written any more.
    broken: AtomicBool,
    answered: Mutex<bool>,
    answer: Condvar,
}

#[derive(Debug)]
struct Inner {
    outgoing: Outgoing,
    phase: Phase,
    options: Options,
    /// The modes to restore.
    found: Termios,
    /// The terminal lags and the thread has taken over.
    lagging: bool,
    /// Questions were written.
    asked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The terminal is ours.
    Ours,
    /// It is restored, for a while.
    Lent,
    /// It is restored or gone for good.
    Over,
}

enum Progress {
    Done,
    Lagging,
    Gone,
}

impl Output {
    /// Makes the terminal raw and prepares the set-up; nothing is written before the first frame.
    pub(super) fn open(
        tty: Tty,
        options: Options,
        questions: &str,
    ) -> io::Result<(Arc<Self>, JoinHandle<()>)> {
        let found = tty.modes()?;
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        tty.make_raw(&found)?;
        let mut outgoing = Outgoing::default();
        outgoing.open((modes::enter(options) + questions).as_bytes());
        let output = Arc::new(Self {
            tty,
            inner: Mutex::new(Inner {
                outgoing,
                phase: Phase::Ours,
                options,
                found: found.clone(),
                lagging: false,
                asked: false,
            }),
            wake,
            found,
            broken: AtomicBool::new(false),
            answered: Mutex::new(questions.is_empty()),
            answer: Condvar::new(),
        });
        let run = {
            let output = Arc::clone(&output);
            move || output.run(&woken)
        };
        let thread = thread::Builder::new().name("terminal-output".to_owned());
        match thread.spawn(run) {
            Ok(thread) => Ok((output, thread)),
            Err(error) => {
                output.tty.set_modes(&output.found)?;
                Err(error)
            }
        }
    }

    /// Shows the newest frame, at once or as soon as the terminal takes it; gives back a spare buffer.
    pub(super) fn show(&self, frame: Frame) -> Option<Buffer> {
        self.locked(|inner| {
            if inner.phase == Phase::Over {
                return Some(frame.buffer);
            }
            let spare = inner.outgoing.show(frame);
            self.advance(inner);
            spare
        })
        .flatten()
    }

    /// Takes or releases the mouse.
    pub(super) fn set_mouse(&self, on: bool) {
        self.locked(|inner| {
            if inner.options.mouse != on {
                inner.options.mouse = on;
                if inner.phase == Phase::Ours {
                    inner.outgoing.push(modes::mouse(on).as_bytes());
                    self.advance(inner);
                }
            }
        });
    }

    /// The size changed: what the terminal shows is unknown.
    pub(super) fn forget(&self) {
        self.locked(|inner| inner.outgoing.forget());
    }

    /// The process was stopped and continued behind our back: sets everything again and redraws.
    pub(super) fn refresh(&self) -> io::Result<()> {
        self.locked(|inner| {
            if inner.phase == Phase::Ours && self.tty.is_foreground() {
                self.tty.make_raw(&inner.found)?;
                let again = modes::again(inner.options);
                inner.outgoing.push(again.as_bytes());
                inner.outgoing.redraw();
                self.advance(inner);
            }
            Ok(())
        })
        .unwrap_or(Ok(()))
    }

    /// Takes the terminal back after [`lend`](Self::lend) and draws the last frame again.
    pub(super) fn take_back(&self) -> io::Result<()> {
        self.locked(|inner| {
            if inner.phase == Phase::Lent {
                inner.found = self.tty.modes()?;
                self.tty.make_raw(&inner.found)?;
                inner.phase = Phase::Ours;
                let enter = modes::enter(inner.options);
                inner.outgoing.open(enter.as_bytes());
                inner.outgoing.redraw();
                self.advance(inner);
            }
            Ok(())
        })
        .unwrap_or(Ok(()))
    }

    /// The terminal hung up: nothing is written any more.
    pub(super) fn hung_up(&self) {
        self.all_answered();
        self.locked(|inner| inner.phase = Phase::Over);
        self.wake();
    }

    /// No answer is due any more.
    pub(super) fn all_answered(&self) {
        *guard(&self.answered) = true;
        self.answer.notify_all();
    }

    /// Runs `work` with the lock held; nothing is done if this thread holds it already.
    fn locked<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        if INSIDE.replace(true) {
            return None;
        }
        let _inside = Inside;
        if self.broken.load(Ordering::Relaxed) {
            return None;
        }
        Some(work(&mut guard(&self.inner)))
    }

    /// Writes, unless the thread does it already.
    fn advance(&self, inner: &mut Inner) {
        if inner.phase == Phase::Ours && !inner.lagging {
            match self.write(inner) {
                Progress::Lagging => {
                    inner.lagging = true;
                    self.wake();
                }
                Progress::Done | Progress::Gone => {}
            }
        }
    }

    fn write(&self, inner: &mut Inner) -> Progress {
        loop {
            let opening = inner.outgoing.is_opening();
            let chunk = inner.outgoing.chunk();
            if chunk.is_empty() {
                return Progress::Done;
            }
            match self.tty.write(chunk) {
                Ok(0) | Err(Errno::AGAIN) => return Progress::Lagging,
                Ok(written) => {
                    inner.asked |= opening;
                    inner.outgoing.wrote(written);
                }
                Err(Errno::INTR) => {}
                Err(_) => {
                    inner.phase = Phase::Over;
                    return Progress::Gone;
                }
            }
        }
    }

    fn wake(&self) {
        match (&self.wake).write(&[0]) {
            // A full pipe wakes as well.
            Ok(_) | Err(_) => {}
        }
    }

    /// The thread: waits for a terminal that lags, and writes on.
    fn run(&self, woken: &UnixStream) {
        let mut lagging = false;
        loop {
            if lagging {
                wait(
                    (self.tty.as_fd(), PollFlags::OUT),
                    Some(woken.as_fd()),
                    None,
                );
            } else {
                wait((woken.as_fd(), PollFlags::IN), None, None);
            }
            drain(woken);
            let alive = self.locked(|inner| {
                if inner.phase == Phase::Ours && inner.lagging {
                    let progress = self.write(inner);
                    inner.lagging = matches!(progress, Progress::Lagging);
                }
                lagging = inner.lagging;
                inner.phase != Phase::Over
            });
            if alive != Some(true) {
                return;
            }
        }
    }
}

/// Empties a pipe whose bytes only wake.
pub(super) fn drain(mut pipe: &UnixStream) {
    let mut bytes = [0; 64];
    while pipe.read(&mut bytes).is_ok_and(|read| read == bytes.len()) {}
}

/// Unsets [`INSIDE`], also when a panic unwinds.
struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(false);
    }
}

/// A panic while it was held leaves nothing half done that matters here.
fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
