//! The screen's loop: terminal, network, files and clock on one side, the model on the other. Holds no rules.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::FutureExt;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use crate::model::form::{Form, Stage};
use crate::model::status::Note;
use crate::model::{self, Model};
use crate::session::Input;
use crate::shell::browser::Browser;
use crate::shell::connection::Trust;
use crate::shell::host::{Host, Opened};
use crate::shell::multiplexer::Multiplexer;
use crate::shell::notifier::Notifier;
use crate::shell::storage::{IdentitySource, Storage};
use crate::shell::terminal::{
    Frame, Mouse, MouseKind, Options, Reply, Signal, Terminal, TerminalEvent,
};
use crate::update::{self, Msg};
use crate::view::view;

pub(super) mod clock;
mod editor;
mod effects;
mod look;
pub(super) mod online;
mod pace;
pub(super) mod shown;

use clock::Clock;
use editor::{Editing, Happened};
use look::Look;
use online::Online;
use pace::{Pace, Wanted};
use shown::Shown;

/// Things that happened which are taken in before the next frame; then the screen shows what they came to.
const TURN_MAX: usize = 512;

/// What the screen is started with.
#[derive(Debug)]
pub struct Launch {
    /// The values of the form, each with whether the command line gave it.
    pub form: Form,
    /// Serve from this process, at this address.
    pub host: Option<SocketAddr>,
    /// Where a server that is opened here keeps its data, if not in the person's own directory.
    pub data: Option<PathBuf>,
    /// Which key the person goes by.
    pub source: IdentitySource,
    /// Whose certificates are believed on `wss://`.
    pub trust: Trust,
    /// The screen's settings, but for its size.
    pub settings: model::Settings,
    /// What the person is told until the next key.
    pub note: Option<Note>,
    /// What the terminal is asked for.
    pub terminal: Options,
    /// Where files are kept.
    pub storage: Storage,
}

/// Shows the screen until the person leaves; the exit code.
///
/// # Errors
///
/// When there is no terminal, or no runtime can be started.
pub fn run(launch: Launch) -> std::io::Result<u8> {
    let clock = Clock::start();
    let (terminal, events) = Terminal::open(launch.terminal)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let app = {
        // The form's first look at a server is spawned here; it runs once the runtime does.
        let _inside = runtime.enter();
        let mut app = App::new(launch, terminal, clock);
        // Nothing stands before the first frame: no network, no thread of ours, no answer of the terminal.
        app.draw();
        app
    };
    Ok(runtime.block_on(app.run(events)))
}

/// Everything that wakes the loop.
enum Wake {
    Terminal(Option<TerminalEvent>),
    Network(Input),
    Look(Input),
    Hosted(Result<Opened, String>),
    /// A program that was to open an address has ended; what it failed of, if it did.
    Browsed(Option<String>),
    Editor(Happened),
    Deadline,
    /// A frame is due.
    Frame,
}

impl Wake {
    const fn wants(&self) -> Wanted {
        match self {
            Self::Frame => Wanted::Nothing,
            Self::Network(_) => Wanted::Soon,
            Self::Terminal(_)
            | Self::Look(_)
            | Self::Hosted(_)
            | Self::Browsed(_)
            | Self::Editor(_)
            | Self::Deadline => Wanted::Now,
        }
    }
}

/// What is still to be taken in, in this order.
enum Work {
    Model(Msg),
    Session(Input),
}

struct App {
    terminal: Terminal,
    clock: Clock,
    pace: Pace,
    model: Model,
    online: Option<Online>,
    look: Option<Look>,
    host: Option<Host>,
    /// The editor that has the terminal.
    editing: Option<Editing>,
    opening: Option<oneshot::Receiver<Result<Opened, String>>>,
    browser: Browser,
    multiplexer: Multiplexer,
    notifier: Notifier,
    /// Go in as soon as the server that is being opened is there.
    begin_with: Option<Form>,
    work: VecDeque<Work>,
    /// Bytes for the terminal beside the next frame.
    extra: Vec<u8>,
    spare: Option<Buffer>,
    storage: Storage,
    data: Option<PathBuf>,
    /// Where the command line wants a server of this process.
    host_at: Option<SocketAddr>,
    source: IdentitySource,
    trust: Trust,
    end: Option<u8>,
}

impl App {
    fn new(launch: Launch, terminal: Terminal, clock: Clock) -> Self {
        let settings = model::Settings {
            size: terminal.size(),
            ..launch.settings
        };
        let mut app = Self {
            model: Model::new(settings, clock.read()),
            terminal,
            clock,
            pace: Pace::default(),
            online: None,
            look: None,
            host: None,
            editing: None,
            opening: None,
            browser: Browser::default(),
            multiplexer: Multiplexer::of_process(),
            notifier: Notifier::of_process(),
            begin_with: None,
            work: VecDeque::new(),
            extra: Vec::new(),
            spare: None,
            storage: launch.storage,
            data: launch.data,
            host_at: launch.host,
            source: launch.source,
            trust: launch.trust.clone(),
            end: None,
        };
        app.model.note = launch.note;
        if launch.host.is_some() {
            app.model.form = Some(Form {
                stage: Stage::Hosting,
                direct: launch.form.focus == model::form::Field::Enter,
                ..launch.form.clone()
            });
            app.begin_with = Some(launch.form);
        } else {
            app.begin(launch.form);
        }
        app
    }

    async fn run(mut self, mut events: mpsc::Receiver<TerminalEvent>) -> u8 {
        if let (Some(_), Some(address)) = (&self.begin_with, self.host_at) {
            self.open_host(address);
        }
        self.pace.want(Wanted::Now);
        loop {
            self.work_off();
            if let Some(code) = self.end {
                return Box::pin(self.leave(code)).await;
            }
            self.draw_if_due();
            let wake = self.wait(&mut events).await;
            self.take(wake);
            for _ in 1..TURN_MAX {
                self.work_off();
                // What is ready is taken in before the screen is drawn again; nothing is waited for.
                match self.wait_ready(&mut events) {
                    Some(wake) if self.end.is_none() => self.take(wake),
                    Some(_) | None => break,
                }
            }
        }
    }

    async fn wait(&mut self, events: &mut mpsc::Receiver<TerminalEvent>) -> Wake {
        let (deadline, frame) = (self.deadline(), self.pace.due());
        let (clock, online, look, opening, browser, editing) = (
            self.clock,
            &mut self.online,
            &mut self.look,
            &mut self.opening,
            &mut self.browser,
            &mut self.editing,
        );
        let is_lent = editing.is_some();
        let words = self.model.words();
        tokio::select! {
            biased;
            // What was typed before the editor was there comes behind what it leaves.
            event = events.recv(), if !is_lent => Wake::Terminal(event),
            happened = async { match editing { Some(editing) => editing.next().await, None => std::future::pending().await } } => Wake::Editor(happened),
            input = async { match online { Some(online) => online.next().await, None => std::future::pending().await } } => Wake::Network(input),
            input = async { match look { Some(look) => look.next().await, None => std::future::pending().await } } => Wake::Look(input),
            opened = async { match opening { Some(opening) => opening.await, None => std::future::pending().await } } =>
                Wake::Hosted(opened.unwrap_or_else(|_ended| Err(words.host_ended.to_owned()))),
            why = browser.next(), if browser.is_busy() => Wake::Browsed(why),
            () = sleep_until(clock.instant(frame.unwrap_or_default())), if frame.is_some() => Wake::Frame,
            () = sleep_until(clock.instant(deadline.unwrap_or_default())), if deadline.is_some() => Wake::Deadline,
        }
    }

    /// What is there without waiting; deadlines are left to [`wait`](Self::wait).
    fn wait_ready(&mut self, events: &mut mpsc::Receiver<TerminalEvent>) -> Option<Wake> {
        if self.editing.is_none()
            && let Ok(event) = events.try_recv()
        {
            return Some(Wake::Terminal(Some(event)));
        }
        let online = self.online.as_mut()?;
        online.next().now_or_never().map(Wake::Network)
    }

    fn deadline(&self) -> Option<Duration> {
        let facts = Shown(self.online.as_ref().map(|online| &online.session));
        let session = self
            .online
            .as_ref()
            .and_then(|online| online.session.deadline());
        update::deadline(&self.model, &facts)
            .into_iter()
            .chain(session)
            .min()
    }

    fn take(&mut self, wake: Wake) {
        self.pace.want(wake.wants());
        match wake {
            Wake::Terminal(Some(event)) => self.terminal_event(event),
            // The reading thread has ended: there is nobody to show anything to.
            Wake::Terminal(None) => self.end = Some(EXIT_HANG_UP),
            Wake::Network(input) => self.work.push_back(Work::Session(input)),
            Wake::Look(input) => {
                let now = self.clock.read();
                let found = self.look.as_mut().and_then(|look| look.handle(input, now));
                if let Some(found) = found {
                    self.looked(found);
                }
            }
            Wake::Hosted(result) => self.hosted(result),
            Wake::Browsed(why) => {
                let msg = why.map(Msg::NotOpened).map(Work::Model);
                self.work.extend(msg);
            }
            Wake::Editor(happened) => self.editor_happened(happened),
            Wake::Frame => {}
            Wake::Deadline => {
                self.work.push_back(Work::Session(Input::Tick));
                self.work.push_back(Work::Model(Msg::Tick));
            }
        }
    }

    fn terminal_event(&mut self, event: TerminalEvent) {
        let msg = match event {
            TerminalEvent::Key(key) => Msg::Key(key),
            TerminalEvent::Paste { text, cut } => Msg::Paste { text, cut },
            TerminalEvent::Focus(has) => Msg::Focus(has),
            TerminalEvent::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelUp => Msg::Wheel {
                    up: true,
                    at: at(mouse),
                },
                MouseKind::WheelDown => Msg::Wheel {
                    up: false,
                    at: at(mouse),
                },
                MouseKind::Press => Msg::Click { at: at(mouse) },
                MouseKind::Release => return,
            },
            TerminalEvent::Resize { columns, rows } => Msg::Resize { columns, rows },
            TerminalEvent::Reply(Reply::Width(probe, columns)) => Msg::Width(probe, columns),
            TerminalEvent::Reply(Reply::Background { r, g, b }) => Msg::Background(r, g, b),
            TerminalEvent::Reply(Reply::Attributes) => return,
            TerminalEvent::Signal(Signal::Suspend) => return self.suspend(),
            TerminalEvent::Signal(Signal::Interrupt) => return self.end = Some(EXIT_INTERRUPT),
            TerminalEvent::Signal(Signal::Terminate) => return self.end = Some(EXIT_TERMINATE),
            TerminalEvent::Signal(Signal::Quit) => return self.end = Some(EXIT_QUIT),
            TerminalEvent::Signal(Signal::HangUp) | TerminalEvent::HangUp => {
                return self.end = Some(EXIT_HANG_UP);
            }
        };
        self.work.push_back(Work::Model(msg));
    }

    /// Takes in what is there, and what comes of it, until nothing is left.
    fn work_off(&mut self) {
        while let Some(work) = self.work.pop_front() {
            let now = self.clock.read();
            match work {
                Work::Model(msg) => {
                    let facts = Shown(self.online.as_ref().map(|online| &online.session));
                    let effects = update::update(&mut self.model, &facts, msg, now);
                    self.perform(effects);
                }
                Work::Session(input) => {
                    let Some(online) = &mut self.online else {
                        continue;
                    };
                    let outcome = online.handle(input, now);
                    let news = outcome.news.into_iter().map(Msg::News);
                    self.work.extend(news.map(Work::Model));
                    for trouble in outcome.troubles {
                        self.trouble(&trouble);
                    }
                }
            }
        }
    }

    fn begin(&mut self, form: Form) {
        let facts = Shown(self.online.as_ref().map(|online| &online.session));
        let effects = update::begin(&mut self.model, &facts, form, self.clock.read());
        self.perform(effects);
    }

    fn draw_if_due(&mut self) {
        let now = self.clock.read().elapsed;
        if self.pace.due().is_some_and(|due| due <= now) {
            self.draw();
            self.pace.drawn(now);
        }
    }

    fn draw(&mut self) {
        let (columns, rows) = self.model.size;
        let area = Rect::new(0, 0, columns, rows);
        let mut buffer = self.spare.take().unwrap_or_default();
        buffer.resize(area);
        buffer.reset();
        let facts = Shown(self.online.as_ref().map(|online| &online.session));
        let caret = view(&self.model, &facts, &mut buffer);
        let extra = std::mem::take(&mut self.extra);
        self.spare = self.terminal.show(Frame {
            buffer,
            caret,
            extra,
        });
    }

    /// Keeps what is not kept yet, says goodbye and gives the terminal back.
    async fn leave(mut self, code: u8) -> u8 {
        let now = self.clock.read();
        let facts = Shown(self.online.as_ref().map(|online| &online.session));
        let effects = update::leave(&mut self.model, &facts, now);
        self.perform(effects);
        drop(self.terminal);
        if let Some(online) = self.online {
            online.end(self.clock.read()).await;
        }
        code
    }
}

fn at(mouse: Mouse) -> (u16, u16) {
    (mouse.column, mouse.row)
}

/// The exit code after SIGINT.
const EXIT_INTERRUPT: u8 = 130;

/// The exit code after SIGTERM.
const EXIT_TERMINATE: u8 = 143;

/// The exit code after SIGHUP, or when the terminal is gone.
const EXIT_HANG_UP: u8 = 129;

/// The exit code after SIGQUIT.
const EXIT_QUIT: u8 = 131;
