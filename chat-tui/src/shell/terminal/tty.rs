//! The terminal device: opened anew, so that not waiting on it concerns nobody else who holds it.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{getpgrp, getsid};
use rustix::termios::{self, OptionalActions, QueueSelector, Termios};

/// The process's terminal; neither reading nor writing ever waits.
#[derive(Debug)]
pub(super) struct Tty {
    device: OwnedFd,
}

impl Tty {
    /// Opens the terminal that standard input is, or else the controlling one.
    pub(super) fn open() -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = |path: CString| rustix::fs::open(path, flags, Mode::empty());
        // By its own name first: some systems cannot poll /dev/tty.
        let device = termios::ttyname(rustix::stdio::stdin(), Vec::new())
            .and_then(open)
            .or_else(|_| open(c"/dev/tty".to_owned()))
            .map_err(|errno| {
                io::Error::new(
                    errno.kind(),
                    format!(
                        "the terminal cannot be opened ({errno}); run it in a terminal or use --plain"
                    ),
                )
            })?;
        Ok(Self { device })
    }

    /// Reads what is there; nothing there is `WouldBlock`, and 0 bytes is a hang-up.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        rustix::io::read(&self.device, buffer)
    }

    /// Writes what the terminal takes at once.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        rustix::io::write(&self.device, bytes)
    }

    /// Columns and rows; a terminal that does not know them counts as 80 by 24.
    pub(super) fn size(&self) -> (u16, u16) {
        match termios::tcgetwinsize(&self.device) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            Ok(_) | Err(_) => (80, 24),
        }
    }

    /// The modes it has now.
    pub(super) fn modes(&self) -> io::Result<Termios> {
        Ok(termios::tcgetattr(&self.device)?)
    }

    /// Takes every byte as it comes, starting from `modes`; what was typed ahead is kept.
    pub(super) fn make_raw(&self, modes: &Termios) -> io::Result<()> {
        let mut raw = modes.clone();
        raw.make_raw();
        self.set_modes(&raw)
    }

    /// Sets the modes without waiting for output to drain.
    pub(super) fn set_modes(&self, modes: &Termios) -> io::Result<()> {
        Ok(termios::tcsetattr(
            &self.device,
            OptionalActions::Now,
            modes,
        )?)
    }

    /// Drops what was written and not yet read by the terminal.
    pub(super) fn drop_output(&self) -> Result<(), Errno> {
        termios::tcflush(&self.device, QueueSelector::OFlush)
    }

    /// The process may change modes and read; in the background that would stop it.
    pub(super) fn is_foreground(&self) -> bool {
        termios::tcgetpgrp(&self.device).is_ok_and(|group| group == getpgrp())
    }

    /// Somebody could continue the process if it stopped itself: a shell made a group for it.
    pub(super) fn has_job_control() -> bool {
        getsid(None).is_ok_and(|session| session != getpgrp())
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

/// Waits until one of the two is ready or the time is over, and tells which ones are.
pub(super) fn wait(
    first: (BorrowedFd<'_>, PollFlags),
    second: Option<BorrowedFd<'_>>,
    timeout: Option<Duration>,
) -> (bool, bool) {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut one = [PollFd::from_borrowed_fd(first.0, first.1)];
    let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
    let Some(second) = second else {
        // An interrupted wait is a short one.
        let woke = rustix::event::poll(&mut one, timeout.as_ref()).is_ok();
        return (woke && one.iter().all(ready), false);
    };
    let [one] = one;
    let mut both = [one, PollFd::from_borrowed_fd(second, PollFlags::IN)];
    let woke = rustix::event::poll(&mut both, timeout.as_ref()).is_ok();
    let [one, two] = &both;
    (woke && ready(one), woke && ready(two))
}
