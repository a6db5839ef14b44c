//! The signals that concern a terminal, as flags and a pipe that wakes the reading thread.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::SigId;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::{flag, low_level};

use super::event::Signal;

/// Catches signals until it is dropped; afterwards those that end a process do so again.
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Arc<AtomicBool>,
    terminate: Arc<AtomicBool>,
    hang_up: Arc<AtomicBool>,
    quit: Arc<AtomicBool>,
    suspend: Arc<AtomicBool>,
    resume: Arc<AtomicBool>,
    resize: Arc<AtomicBool>,
    /// Set when nobody looks at the flags any more.
    over: Arc<AtomicBool>,
    ids: Vec<SigId>,
}

/// What the system wants since the last look.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// For the program's loop.
    pub(super) signals: Vec<Signal>,
    /// The process was continued.
    pub(super) resumed: bool,
    /// The size may have changed.
    pub(super) resized: bool,
}

impl Signals {
    /// Catches them all; each one writes a byte to `wake`.
    pub(super) fn catch(wake: &UnixStream) -> io::Result<Self> {
        let mut signals = Self {
            interrupt: Arc::default(),
            terminate: Arc::default(),
            hang_up: Arc::default(),
            quit: Arc::default(),
            suspend: Arc::default(),
            resume: Arc::default(),
            resize: Arc::default(),
            over: Arc::default(),
            ids: Vec::new(),
        };
        for (number, raised, ends) in [
            (SIGINT, &signals.interrupt, true),
            (SIGTERM, &signals.terminate, true),
            (SIGHUP, &signals.hang_up, true),
            (SIGQUIT, &signals.quit, true),
            (SIGTSTP, &signals.suspend, false),
            (SIGCONT, &signals.resume, false),
            (SIGWINCH, &signals.resize, false),
        ] {
            if ends {
                // Its handler stays for good: the library cannot take it away.
                flag::register_conditional_default(number, Arc::clone(&signals.over))?;
            }
            signals
                .ids
                .push(flag::register(number, Arc::clone(raised))?);
            signals
                .ids
                .push(low_level::pipe::register(number, wake.try_clone()?)?);
        }
        Ok(signals)
    }

    /// Takes what came since the last call.
    pub(super) fn take(&self) -> Wishes {
        let taken = |raised: &AtomicBool| raised.swap(false, Ordering::Relaxed);
        let mut signals = Vec::new();
        for (raised, signal) in [
            (&self.interrupt, Signal::Interrupt),
            (&self.terminate, Signal::Terminate),
            (&self.hang_up, Signal::HangUp),
            (&self.quit, Signal::Quit),
            (&self.suspend, Signal::Suspend),
        ] {
            if taken(raised) {
                signals.push(signal);
            }
        }
        Wishes {
            signals,
            resumed: taken(&self.resume),
            resized: taken(&self.resize),
        }
    }

    /// One that ends the process waits to be taken.
    pub(super) fn must_end(&self) -> bool {
        [&self.interrupt, &self.terminate, &self.hang_up, &self.quit]
            .iter()
            .any(|raised| raised.load(Ordering::Relaxed))
    }

    /// Forgets the signals that come of keys, and about having been stopped and continued with who they were for.
    pub(super) fn forget_keys(&self) {
        self.interrupt.store(false, Ordering::Relaxed);
        self.quit.store(false, Ordering::Relaxed);
        self.forget_stop();
    }

    /// Forgets about having been stopped and continued, which was our own doing.
    pub(super) fn forget_stop(&self) {
        self.suspend.store(false, Ordering::Relaxed);
        self.resume.store(false, Ordering::Relaxed);
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for id in self.ids.drain(..) {
            low_level::unregister(id);
        }
    }
}
