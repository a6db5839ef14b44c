//! The loop of line mode: carries what happens to the session and the plan, and does what they say.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use protocol::names::Nick;
use protocol::position::Address;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use self::signals::Signals;
use super::format::Format;
use super::input::{Lines, Reading, read};
use super::plan::{self, Act, Plan};
use super::recent::Recent;
use super::streams::{self, Chunk, News as ThreadNews, Sink};
use crate::session::{Command, Input, Now, Session};
use crate::shell::connection::{Connection, ServerUrl, Trust};
use crate::shell::storage::{Device, Storage};
use crate::text::sanitized::Sanitized;

mod carry;
pub(super) mod signals;
pub(super) mod start;

/// How long the last notes may take to be written when a signal ends the program.
const LAST_NOTES_WAIT: Duration = Duration::from_secs(1);

/// Everything that a run holds.
pub(super) struct Driver {
    server: ServerUrl,
    trust: Trust,
    room: Address,
    storage: Storage,
    /// The nick that the key is kept for; nothing for a guest, and for whom named the file of the key.
    nick: Option<Nick>,
    /// Keeps its number from other programs for as long as this one runs.
    _device: Device,
    session: Session,
    plan: Plan,
    connection: Option<Connection>,
    reading: Reading,
    lines: Lines,
    chunks: mpsc::Receiver<Chunk>,
    /// What the end of the input was, once all its bytes are here.
    input_end: Option<Chunk>,
    format: Format,
    recent: Recent,
    output: Sink,
    output_watch: ThreadNews<()>,
    error: Sink,
    signals: Signals,
    acts: VecDeque<Act>,
    /// The plan has not been told of the outbox since something came from the server.
    outbox_changed: bool,
    started: Instant,
    exit: Option<u8>,
}

/// What can wake the loop.
enum Wake {
    Session(Input),
    Chunk(Option<Chunk>),
    Signal(u8),
    OutputBroken(io::Error),
    OutputClosed,
    Tick,
}

/// Where a line goes.
#[derive(Clone, Copy)]
enum Way {
    Output,
    Error,
}

impl Driver {
    /// Runs to the end and gives the exit code.
    pub(super) async fn run(mut self) -> u8 {
        loop {
            self.settle().await;
            if let Some(code) = self.exit {
                self.finish(code).await;
                return code;
            }
            let wake = self.wake().await;
            self.take(wake);
        }
    }

    /// Does all that is to be done without waiting for anything new.
    async fn settle(&mut self) {
        loop {
            while let Some(act) = self.acts.pop_front() {
                self.perform(act).await;
                if self.exit.is_some() {
                    return;
                }
            }
            if std::mem::take(&mut self.outbox_changed) {
                let outbox = self.outbox();
                self.tell(plan::Input::Outbox(outbox));
                continue;
            }
            if !self.plan.wants_input() {
                return;
            }
            let input = if let Some(line) = self.lines.next_line() {
                let entry = read(&line, self.reading);
                let entry = entry.and_then(|entry| self.recent.resolve(entry, &self.room));
                plan::Input::Line {
                    number: line.number,
                    entry,
                }
            } else if let Some(end) = self.input_end.take() {
                let last = self.lines.number();
                match end {
                    Chunk::Failed(reason) => plan::Input::InputFailed { last, reason },
                    Chunk::Bytes(_) | Chunk::Counted(_) | Chunk::End => {
                        plan::Input::InputEnded { last }
                    }
                }
            } else {
                return;
            };
            self.tell(input);
        }
    }

    async fn perform(&mut self, act: Act) {
        match act {
            Act::Command(command) => self.session(Input::Command(command)),
            Act::Print(event) => {
                let event = match self.format {
                    Format::Json => event,
                    Format::Tabs | Format::Terminal(..) => self.recent.quoting(event),
                };
                let line = self.format.line(&event);
                if !line.is_empty() {
                    self.put(Way::Output, line).await;
                }
            }
            Act::Whois(nick) => {
                let note = self.whois(&nick);
                let note = Sanitized::line(&note);
                self.put(Way::Error, format!("{note}\n")).await;
            }
            Act::Note(note) => {
                let note = Sanitized::line(&note);
                self.put(Way::Error, format!("{note}\n")).await;
            }
            Act::End(code) => self.exit = Some(code),
        }
    }

    /// Hands a line over, and waits while there is no room for it: nothing more is taken from the server meanwhile, which keeps
    /// it for us. Only a signal ends the wait.
    async fn put(&mut self, way: Way, line: String) {
        let sink = match way {
            Way::Output => &self.output,
            Way::Error => &self.error,
        };
        tokio::select! {
            sent = sink.send(line.into_bytes()) => match sent {
                // Why the output is closed is told by what wakes the loop; notes that nobody reads are nobody's loss.
                Ok(()) | Err(streams::Closed) => {}
            },
            number = self.signals.next() => {
                self.acts.retain(|act| !matches!(act, Act::Print(_)));
                self.tell(plan::Input::Signal(number));
            }
        }
    }

    async fn wake(&mut self) -> Wake {
        let deadline = self
            .session
            .deadline()
            .into_iter()
            .chain(self.plan.deadline())
            .min();
        let wait = deadline.map(|at| at.saturating_sub(self.now().elapsed));
        let tick = async {
            match wait {
                Some(wait) => sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        let news = async {
            match &mut self.connection {
                Some(connection) => connection.next().await,
                None => std::future::pending().await,
            }
        };
        let hungry = self.plan.wants_input() && self.input_end.is_none();
        tokio::select! {
            number = self.signals.next() => Wake::Signal(number),
            error = self.output.broken() => Wake::OutputBroken(error),
            () = self.output_watch.next() => Wake::OutputClosed,
            input = news => Wake::Session(input),
            chunk = self.chunks.recv(), if hungry => Wake::Chunk(chunk),
            () = tick => Wake::Tick,
        }
    }

    fn take(&mut self, wake: Wake) {
        match wake {
            Wake::Session(input) => self.take_events(input),
            Wake::Chunk(Some(Chunk::Bytes(bytes))) => self.lines.feed(&bytes),
            Wake::Chunk(Some(Chunk::Counted(lines))) => self.tell(plan::Input::Counted(lines)),
            Wake::Chunk(end @ (Some(Chunk::End | Chunk::Failed(_)) | None)) => {
                self.lines.end();
                self.input_end = Some(end.unwrap_or(Chunk::End));
            }
            Wake::Signal(number) => self.tell(plan::Input::Signal(number)),
            Wake::OutputBroken(error) => {
                let closed = error.kind() == io::ErrorKind::BrokenPipe;
                let reason = (!closed).then(|| error.to_string());
                self.tell(plan::Input::OutputClosed { reason });
            }
            Wake::OutputClosed => self.tell(plan::Input::OutputClosed { reason: None }),
            Wake::Tick => {
                self.session(Input::Tick);
                self.tell(plan::Input::Tick);
            }
        }
    }

    /// Takes leave of the server, and lets everything be written that was said.
    async fn finish(mut self, code: u8) {
        self.session(Input::Command(Command::Quit));
        let connection = self.connection.take();
        let goodbye = async {
            if let Some(connection) = connection {
                connection.goodbye().await;
            }
        };
        let by_itself = code < 128;
        let (output, error) = (self.output, self.error);
        let written = async {
            if code == plan::EXIT_OUTPUT_CLOSED {
                drop(output);
            } else {
                output.finish().await;
            }
            error.finish().await;
        };
        let mut signals = self.signals;
        let end = async {
            goodbye.await;
            if by_itself {
                written.await;
            } else {
                timeout(LAST_NOTES_WAIT, written).await.unwrap_or(());
            }
        };
        tokio::select! {
            () = end => {}
            _ = signals.next() => {}
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of line mode that reads the clock"
    )]
    fn now(&self) -> Now {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Now {
            elapsed: Instant::now().saturating_duration_since(self.started),
            unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX),
        }
    }
}
