//! One session on a terminal: set up, lent to another program, stopped, restored exactly once.

use std::collections::VecDeque;
use std::io;
use std::os::unix::net::UnixStream;
use std::panic;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Instant;

use ratatui::buffer::Buffer;
use rustix::process::{Signal as Kill, kill_current_process_group};
use tokio::sync::mpsc::{Receiver, channel};

use super::decode::Decoder;
use super::encode::Frame;
use super::event::TerminalEvent;
use super::modes::{self, Options, PROBE_ROW};
use super::output::Output;
use super::reader::{EVENTS_MAX, Reader, Reading};
use super::signals::Signals;
use super::tty::Tty;
use crate::text::cells::Probe;

/// The process's terminal while the program's screen is up; dropping it restores everything.
///
/// A panic in any thread restores it too, before the message is printed, and nothing is drawn any more.
#[derive(Debug)]
pub struct Terminal {
    output: Arc<Output>,
    signals: Arc<Signals>,
    wake: UnixStream,
    input: Input,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Input {
    Running(Reading),
    Stopped(Box<Reader>),
    /// The reading thread could not be started or panicked.
    Lost,
}

impl Terminal {
    /// Takes the process's terminal and starts reading; nothing is waited for.
    ///
    /// The set-up goes out with the first [`show`](Self::show), in the same write.
    ///
    /// # Errors
    ///
    /// When there is no terminal, or it cannot be set up; then it is left as it was.
    pub fn open(options: Options) -> io::Result<(Self, Receiver<TerminalEvent>)> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one clock of the reading thread"
        )]
        let started = Instant::now();
        let tty = Tty::open()?;
        let (_, rows) = tty.size();
        // Where there is no second row the answers would look like keys.
        let probes: &[Probe] = if rows < PROBE_ROW { &[] } else { &Probe::ALL };
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let signals = Arc::new(Signals::catch(&wake)?);
        let (output, writer) = Output::open(tty, options, &modes::ask(probes))?;
        restore_on_panic(&output);
        let (sender, events) = channel(EVENTS_MAX);
        let reader = Reader {
            output: Arc::clone(&output),
            signals: Arc::clone(&signals),
            decoder: Decoder::new(probes),
            events: sender,
            waiting: VecDeque::new(),
            woken,
            started,
        };
        let mut terminal = Self {
            output,
            signals,
            wake,
            input: Input::Stopped(Box::new(reader)),
            writer: Some(writer),
        };
        terminal.start_reading()?;
        Ok((terminal, events))
    }

    /// Columns and rows as they are now.
    pub fn size(&self) -> (u16, u16) {
        self.output.tty.size()
    }

    /// Shows a frame without ever waiting: it is written at once, or as soon as the terminal reads
    /// again if no newer one came. Gives back a buffer, with old content, for a later frame.
    pub fn show(&self, frame: Frame) -> Option<Buffer> {
        self.output.show(frame)
    }

    /// Takes or releases the mouse.
    pub fn set_mouse(&self, on: bool) {
        self.output.set_mouse(on);
    }

    /// Restores the terminal for another program (an editor) and reads nothing of what it is typed.
    ///
    /// # Errors
    ///
    /// When the terminal's modes cannot be set.
    pub fn lend(&mut self) -> io::Result<()> {
        self.output.await_answers();
        self.stop_reading();
        self.output.lend()
    }

    /// Takes the terminal back and draws the last frame again; a `Resize` event follows.
    ///
    /// # Errors
    ///
    /// When the terminal's modes cannot be set or the reading thread cannot be started.
    pub fn take_back(&mut self) -> io::Result<()> {
        // Ctrl-C and Ctrl-Z were typed for the other program.
        self.signals.forget_keys();
        self.come_back()
    }

    fn come_back(&mut self) -> io::Result<()> {
        let taken = if self.signals.must_end() && !self.output.tty.is_foreground() {
            // Touching it in the background would stop the process that has to end.
            Ok(())
        } else {
            self.output.take_back()
        };
        if let Input::Stopped(reader) = &mut self.input {
            reader.resized();
        }
        self.start_reading().and(taken)
    }

    /// Restores the terminal and stops the process until it is continued, as Ctrl-Z does elsewhere.
    ///
    /// Does nothing where nobody could continue it: outside of a shell with job control.
    ///
    /// # Errors
    ///
    /// As [`lend`](Self::lend) and [`take_back`](Self::take_back).
    pub fn stop(&mut self) -> io::Result<()> {
        if !Tty::has_job_control() {
            return Ok(());
        }
        self.lend()?;
        // The whole group, so that the shell sees it stopped also when a wrapper started it.
        let stopped = kill_current_process_group(Kill::STOP);
        self.signals.forget_stop();
        self.come_back()?;
        Ok(stopped?)
    }

    fn start_reading(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.input, Input::Lost) {
            Input::Stopped(reader) => {
                self.input = Input::Running(Reading::start(*reader)?);
                Ok(())
            }
            running @ Input::Running(_) => {
                self.input = running;
                Ok(())
            }
            Input::Lost => Err(io::Error::other(
                "the thread that reads the terminal has failed; start the program again",
            )),
        }
    }

    fn stop_reading(&mut self) {
        self.input = match std::mem::replace(&mut self.input, Input::Lost) {
            Input::Running(reading) => reading
                .stop(&self.wake)
                .map_or(Input::Lost, |reader| Input::Stopped(Box::new(reader))),
            stopped @ (Input::Stopped(_) | Input::Lost) => stopped,
        };
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.output.await_answers();
        self.stop_reading();
        let closed = self.output.close();
        let ended = self.writer.take().map(JoinHandle::join);
        match (closed, ended) {
            // A terminal that cannot be restored is gone, and a panic has told about itself.
            (Ok(()) | Err(_), None | Some(Ok(()) | Err(_))) => {}
        }
    }
}

/// Restores the terminal before the message of a panic is printed.
fn restore_on_panic(output: &Arc<Output>) {
    let output: Weak<Output> = Arc::downgrade(output);
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if let Some(output) = output.upgrade() {
            output.await_answers();
            match output.close() {
                // The message matters more than a terminal that is gone.
                Ok(()) | Err(_) => {}
            }
        }
        previous(info);
    }));
}
