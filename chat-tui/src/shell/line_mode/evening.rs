//! Line mode for people: the whole chat at a terminal, a line an event, as a screen reader tells it. No colour, no cursor, no control
//! sequence; a bell where notifications ask for one.
//!
//! What is said is the model's business; here lines are read, carried and written, each in one piece.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{sleep_until, timeout};

use super::drive::signals::Signals;
use super::drive::start::StartError;
use super::input::{LINE_BYTES_MAX, Line, Lines as InputLines};
use super::plan::{
    EXIT_OK, EXIT_OUTPUT_CLOSED, EXIT_REFUSED, EXIT_REFUSED_LINES, EXIT_UNREACHABLE,
};
use super::streams::{self, Chunk, News as ThreadNews, Sink};
use super::{LAST_LINES_WAIT, Options};
use crate::model::lines::{Lines, plain};
use crate::model::words::fill;
use crate::model::{Facts, Model};
use crate::session::{Command, Input, Link, News, Room, State, Stop};
use crate::shell::app::clock::Clock;
use crate::shell::app::online::Online;
use crate::shell::app::shown::Shown;
use crate::shell::browser::Browser;
use crate::update::{self, BadLine, Effect, Msg};

/// An evening at a terminal.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Evening {
    clock: Clock,
    model: Model,
    online: Online,
    browser: Browser,
    lines: InputLines,
    chunks: tokio::sync::mpsc::Receiver<Chunk>,
    /// All that was typed is here, and no more comes.
    input_ended: bool,
    /// Whether the program goes on then.
    follow: bool,
    /// The longest wait for what is said to be stored, once the input has ended.
    patience: Option<Duration>,
    /// When that wait began.
    ending: Option<Duration>,
    /// What is typed is taken: the first room is entered, or it is known that this takes longer.
    is_open: bool,
    /// The person was introduced to the server.
    was_welcome: bool,
    has_bell: bool,
    refused: bool,
    work: VecDeque<Work>,
    waiting: VecDeque<String>,
    output: Sink,
    output_watch: ThreadNews<()>,
    signals: Signals,
    exit: Option<u8>,
}

/// What is still to be taken in, in this order.
enum Work {
    Model(Msg),
    Session(Input),
}

/// What can wake the loop.
enum Wake {
    Network(Input),
    Chunk(Option<Chunk>),
    Signal(u8),
    OutputBroken,
    OutputClosed,
    Browsed(Option<String>),
    Deadline,
}

impl Evening {
    pub(super) fn start(options: Options) -> Result<Self, StartError> {
        let clock = Clock::start();
        let signals = Signals::new()?;
        let mut model = Model::new(options.settings, clock.read());
        let is_exposed = options.server.is_exposed();
        let server = options.server.endpoint().to_string();
        let (online, trouble) = Online::open(
            options.server,
            options.trust,
            options.nick,
            &options.source,
            &options.storage,
            (model.words(), clock.read()),
        )?;
        let history = options.args.history.unwrap_or_default();
        let history = usize::try_from(history).unwrap_or(usize::MAX);
        model.lines = Some(Box::new(Lines::new(history)));
        model.server = server;
        model.exposed = is_exposed;
        model.drafts = online.device.drafts()?;
        model.read = online.device.read()?;
        model.notify = online.device.notify()?;
        let mut evening = Self {
            clock,
            model,
            online,
            browser: Browser::default(),
            lines: InputLines::default(),
            chunks: streams::input(false)?,
            input_ended: false,
            follow: options.args.follow,
            patience: options.args.patience(),
            ending: None,
            is_open: false,
            was_welcome: false,
            has_bell: options.surroundings.output_is_terminal,
            refused: false,
            work: VecDeque::new(),
            waiting: VecDeque::new(),
            output: Sink::output()?,
            output_watch: streams::watch_output()?,
            signals,
            exit: None,
        };
        let trouble = trouble.map(|trouble| Msg::Trouble(evening.model.words().not_kept(&trouble)));
        evening.work.extend(trouble.map(Work::Model));
        let rooms = std::iter::once(options.room).chain(options.further_rooms);
        let facts = Shown(Some(&evening.online.session));
        let now = clock.read();
        let effects = update::begin_lines(&mut evening.model, &facts, rooms.collect(), now);
        evening.perform(effects);
        let connect = Input::Command(Command::Connect);
        evening.work.push_back(Work::Session(connect));
        Ok(evening)
    }

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
            self.work_off();
            while let Some(line) = self.waiting.pop_front() {
                self.put(line).await;
            }
            if self.exit.is_some() {
                return;
            }
            if !self.work.is_empty() {
                continue;
            }
            if self.is_open && self.take_line() {
                continue;
            }
            self.end_if_done();
            if self.waiting.is_empty() {
                return;
            }
        }
    }

    /// Takes the next line of what was typed, where a whole one is here. An empty one tells that somebody is about to write.
    fn take_line(&mut self) -> bool {
        let before = self.lines.number();
        let msg = match self.lines.next_line() {
            Some(Line { number, bytes }) => match bytes.map(String::from_utf8) {
                Some(Ok(text)) => Msg::Line { number, text },
                Some(Err(_)) => Msg::BadLine {
                    number,
                    why: BadLine::NotUtf8,
                },
                None => Msg::BadLine {
                    number,
                    why: BadLine::TooLong(LINE_BYTES_MAX),
                },
            },
            None if self.lines.number() > before => Msg::Line {
                number: self.lines.number(),
                text: String::new(),
            },
            None => return false,
        };
        self.work.push_back(Work::Model(msg));
        true
    }

    /// Takes in what is there, and what comes of it, until nothing is left.
    fn work_off(&mut self) {
        while let Some(work) = self.work.pop_front() {
            let now = self.clock.read();
            match work {
                Work::Model(msg) => {
                    self.notice(&msg);
                    let facts = Shown(Some(&self.online.session));
                    let effects = update::update(&mut self.model, &facts, msg, now);
                    self.perform(effects);
                }
                Work::Session(input) => {
                    let words = self.model.words();
                    let outcome = self.online.handle(input, now);
                    let news = outcome.news.into_iter().map(Msg::News);
                    self.work.extend(news.map(Work::Model));
                    let troubles = outcome.troubles.into_iter();
                    let troubles = troubles.map(|trouble| Msg::Trouble(words.not_kept(&trouble)));
                    self.work.extend(troubles.map(Work::Model));
                }
            }
        }
    }

    /// Notes what decides about this program and not about the chat.
    fn notice(&mut self, msg: &Msg) {
        let Msg::News(news) = msg else { return };
        if matches!(news, News::Welcome { .. }) {
            self.was_welcome = true;
        } else if matches!(news, News::Entered { .. } | News::Refused { .. }) {
            self.is_open = true;
        } else if *news == News::Link {
            match self.online.session.link() {
                Link::Waiting { .. } | Link::Refused(_) | Link::Stopped(Stop::Closed { .. }) => {
                    self.is_open = true;
                }
                // Nothing that is typed here can help.
                Link::Stopped(_) => self.exit = Some(EXIT_REFUSED),
                Link::Idle | Link::Connecting | Link::Online | Link::Ended => {}
            }
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Session(command) => {
                    self.work.push_back(Work::Session(Input::Command(command)));
                }
                Effect::Say(line) => self.waiting.push_back(line + "\n"),
                Effect::LineRefused => self.refused = true,
                Effect::Bell if self.has_bell => self.waiting.push_back("\x07".to_owned()),
                Effect::Open(url) => {
                    if let Err(why) = self.browser.open(&url, self.model.words()) {
                        self.work.push_back(Work::Model(Msg::NotOpened(why)));
                    }
                }
                Effect::SaveDraft { .. } | Effect::SaveRead { .. } | Effect::SaveNotify { .. } => {
                    if let Err(error) = self.online.keep(&effect) {
                        let msg = Msg::Trouble(self.model.words().not_kept(&error));
                        self.work.push_back(Work::Model(msg));
                    }
                }
                Effect::Quit => self.exit = Some(self.code()),
                // A window has a title, a mouse and a clipboard; a line has nothing of it. What is notified was said.
                Effect::Bell
                | Effect::Title(_)
                | Effect::Notify(_)
                | Effect::Copy(_)
                | Effect::Mouse(_)
                | Effect::Probe { .. }
                | Effect::Enter { .. }
                | Effect::Host { .. }
                | Effect::SaveLast { .. }
                | Effect::Edit { .. }
                | Effect::Suspend => {}
            }
        }
    }

    /// The exit code of who leaves.
    fn code(&self) -> u8 {
        let is_refused = matches!(self.online.session.link(), Link::Refused(_));
        if is_refused && !self.was_welcome {
            EXIT_REFUSED
        } else if self.refused {
            EXIT_REFUSED_LINES
        } else {
            EXIT_OK
        }
    }

    /// Ends where nothing more is typed and everything that was said is stored, or that takes too long.
    fn end_if_done(&mut self) {
        if !self.input_ended || self.follow || self.exit.is_some() {
            return;
        }
        let words = self.model.words();
        let session = &self.online.session;
        let rooms = session.rooms().map(Room::address);
        let mut pending = rooms.flat_map(|room| session.pending(room));
        let is_done = pending.all(|pending| matches!(pending.state, State::Failed(_)));
        let now = self.clock.read().elapsed;
        if is_done && self.is_open {
            self.exit = Some(self.code());
        } else if self.ending.is_none() {
            self.ending = Some(now);
            self.waiting
                .push_back(format!("{}\n", plain(words.line_ending)));
        } else if self.deadline_of_end().is_some_and(|at| now >= at) {
            let unsent = Facts::unsent(session).to_string();
            let told = fill(words.line_kept, &[&unsent]);
            self.waiting.push_back(format!("{}\n", plain(&told)));
            self.exit = Some(EXIT_UNREACHABLE);
        }
    }

    fn deadline_of_end(&self) -> Option<Duration> {
        let ending = self.ending.zip(self.patience);
        ending.map(|(since, most)| since.saturating_add(most))
    }

    async fn wake(&mut self) -> Wake {
        let facts = Shown(Some(&self.online.session));
        let deadline = update::deadline(&self.model, &facts)
            .into_iter()
            .chain(self.online.session.deadline())
            .chain(self.deadline_of_end())
            .min();
        let clock = self.clock;
        let hungry = self.is_open && !self.input_ended;
        tokio::select! {
            number = self.signals.next() => Wake::Signal(number),
            _ = self.output.broken() => Wake::OutputBroken,
            () = self.output_watch.next() => Wake::OutputClosed,
            input = self.online.next() => Wake::Network(input),
            chunk = self.chunks.recv(), if hungry => Wake::Chunk(chunk),
            why = self.browser.next(), if self.browser.is_busy() => Wake::Browsed(why),
            () = sleep_until(clock.instant(deadline.unwrap_or_default())), if deadline.is_some() => Wake::Deadline,
        }
    }

    fn take(&mut self, wake: Wake) {
        match wake {
            Wake::Network(input) => self.work.push_back(Work::Session(input)),
            Wake::Chunk(Some(Chunk::Bytes(bytes))) => self.lines.feed(&bytes),
            Wake::Chunk(Some(Chunk::Counted(_))) => {}
            Wake::Chunk(Some(Chunk::End | Chunk::Failed(_)) | None) => {
                self.lines.end();
                self.input_ended = true;
            }
            Wake::Signal(number) => self.exit = Some(128_u8.saturating_add(number)),
            Wake::OutputBroken | Wake::OutputClosed => self.exit = Some(EXIT_OUTPUT_CLOSED),
            Wake::Browsed(why) => {
                let msg = why.map(Msg::NotOpened).map(Work::Model);
                self.work.extend(msg);
            }
            Wake::Deadline => {
                self.work.push_back(Work::Session(Input::Tick));
                self.work.push_back(Work::Model(Msg::Tick));
            }
        }
    }

    /// Hands a line over, and waits while there is no room for it: nothing more is taken from the server meanwhile, which keeps it for
    /// us. Only a signal ends the wait.
    async fn put(&mut self, line: String) {
        tokio::select! {
            sent = self.output.send(line.into_bytes()) => match sent {
                // Why the output is closed is told by what wakes the loop.
                Ok(()) | Err(streams::Closed) => {}
            },
            number = self.signals.next() => {
                self.waiting.clear();
                self.exit = Some(128_u8.saturating_add(number));
            }
        }
    }

    /// Keeps what is not kept yet, takes leave of the server, and lets everything be written that was said.
    async fn finish(mut self, code: u8) {
        let now = self.clock.read();
        let facts = Shown(Some(&self.online.session));
        let effects = update::leave(&mut self.model, &facts, now);
        self.perform(effects);
        while let Some(line) = self.waiting.pop_front() {
            self.put(line).await;
        }
        let (output, online, mut signals) = (self.output, self.online, self.signals);
        let end = async {
            online.end(now).await;
            if code == EXIT_OUTPUT_CLOSED {
                drop(output);
            } else {
                timeout(LAST_LINES_WAIT, output.finish())
                    .await
                    .unwrap_or(());
            }
        };
        tokio::select! {
            () = end => {}
            _ = signals.next() => {}
        }
    }
}
