//! What happens to the model: one message in, what is to be done out.
//!
//! Nothing here waits, draws, or reads a clock. Every message is taken in whatever the state is, and none
//! makes the program fail.

use std::time::Duration;

use protocol::event::RoomInfo;
use protocol::names::{Nick, RoomName};
use protocol::position::{Address, Position};

use crate::key::{Code, Key};
use crate::model::draft::Draft;
use crate::model::form::Form;
use crate::model::keys;
use crate::model::notify::{Notification, Notify};
use crate::model::words::fill;
use crate::model::{Facts, Focus, Model};
use crate::session::{Command, Link, News, Now};
use crate::text::cells::Probe;
use crate::text::sanitized::Sanitized;

mod commands;
mod complete;
mod compose;
mod editor;
mod find;
mod form;
mod formers;
mod help;
mod hold;
mod jump;
mod late;
mod lines;
mod links;
mod mentions;
mod mouse;
mod news;
mod notify;
mod paste;
mod popup;
mod reading;
mod reply;
mod save;
mod scroll;
mod send;
mod switch;
mod tabs;
mod take;
mod whois;

pub use editor::Edited;
pub use lines::BadLine;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Something was pasted.
    Paste {
        /// The text.
        text: String,
        /// Whether the end of it is missing, as it was too long to be read.
        cut: bool,
    },
    /// The terminal came to the front, or went.
    Focus(bool),
    /// The wheel was turned, up or down, by one notch.
    Wheel {
        /// Towards older messages.
        up: bool,
        /// Where the pointer is: column and row, from 0.
        at: (u16, u16),
    },
    /// The left button was pressed.
    Click {
        /// Where: column and row, from 0.
        at: (u16, u16),
    },
    /// The terminal has another size.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// The terminal drew a probe so wide.
    Width(Probe, u16),
    /// The terminal told its background: red, green, blue.
    Background(u8, u8, u8),
    /// The session has news.
    News(News),
    /// The answer to [`Effect::Probe`]: the rooms, or why the server cannot be used.
    Probed {
        /// The address that was looked at.
        server: String,
        /// What was found.
        result: Result<Vec<RoomInfo>, String>,
    },
    /// The answer to [`Effect::Host`]: the address of the server, or why there is none.
    Hosted(Result<String, String>),
    /// [`Effect::Enter`] came to nothing before there was a session; why, for people.
    Refused(String),
    /// A server in this process can be reached by others at this address.
    Shared(String),
    /// [`Effect::Open`] came to nothing; why, for people.
    NotOpened(String),
    /// The editor was left that [`Effect::Edit`] opened.
    Edited {
        /// The room whose draft it was; none where nothing was entered.
        room: Option<Address>,
        /// What came of it.
        edited: Edited,
    },
    /// A line was typed, where the chat is read line by line.
    Line {
        /// Counts the lines from 1.
        number: u64,
        /// What it says, without its end.
        text: String,
    },
    /// What was typed is no line.
    BadLine {
        /// Counts the lines from 1.
        number: u64,
        /// Why.
        why: BadLine,
    },
    /// Something that the shell could not do, for people: a full disk, a file that cannot be read.
    Trouble(String),
    /// The time that [`deadline`] named has come.
    Tick,
}

/// Something to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell the session.
    Session(Command),
    /// Look at a server without a name of one's own: is it there, which rooms has it? Ends an earlier look.
    Probe {
        /// Its address, as typed.
        server: String,
    },
    /// Go to a server by a nick, with that nick's key. Ends a session that is there.
    Enter {
        /// Its address, as typed.
        server: String,
        /// The nick.
        nick: Nick,
    },
    /// Open a server in this process.
    Host {
        /// The address in the form, as typed; a local one is where the server is to be.
        server: String,
    },
    /// Set the title of the window.
    Title(Sanitized),
    /// Ring the bell.
    Bell,
    /// Let the terminal show something outside of its own window.
    Notify(Notification),
    /// Put a text on the person's clipboard.
    Copy(String),
    /// Open a web address where the person sits; it is printable ASCII and begins with `http`.
    Open(String),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Keep a draft on disk; an empty one is forgotten.
    SaveDraft {
        /// Whose.
        room: Address,
        /// What is written, and which message it answers.
        draft: Draft,
    },
    /// Keep on disk how far a room was read.
    SaveRead {
        /// Which.
        room: Address,
        /// The last message seen.
        position: Position,
    },
    /// Keep on disk which messages of a room notify.
    SaveNotify {
        /// Which room.
        room: Address,
        /// Which messages; the usual is forgotten.
        notify: Notify,
    },
    /// Keep the values of the form for the next start.
    SaveLast {
        /// The server.
        server: String,
        /// The room.
        room: RoomName,
        /// The nick.
        nick: Nick,
    },
    /// Let the person write in an editor of theirs; the answer is [`Msg::Edited`], and until then no key comes.
    Edit {
        /// The room whose draft it is; none where nothing was entered.
        room: Option<Address>,
        /// The draft.
        text: String,
    },
    /// Write this line, where the chat is read line by line; further lines of it are put in.
    Say(String),
    /// A line was refused, or something that one said.
    LineRefused,
    /// Stop the process until the shell brings it back.
    Suspend,
    /// End the program.
    Quit,
}

/// Takes a message in and returns what is to be done.
pub fn update(model: &mut Model, facts: &dyn Facts, msg: Msg, now: Now) -> Vec<Effect> {
    let mut turn = Turn::new(model, facts, now);
    turn.restore();
    turn.late_enter();
    turn.late_for_left_room();
    turn.take(msg);
    turn.settle();
    turn.effects
}

/// Shows the form, or goes in at once where the command line gave every field.
pub fn begin(model: &mut Model, facts: &dyn Facts, form: Form, now: Now) -> Vec<Effect> {
    let mut turn = Turn::new(model, facts, now);
    turn.begin(form);
    turn.settle();
    turn.effects
}

/// Enters these rooms, where the chat is read line by line, and goes to the first of them.
pub fn begin_lines(
    model: &mut Model,
    facts: &dyn Facts,
    rooms: Vec<RoomName>,
    now: Now,
) -> Vec<Effect> {
    let mut turn = Turn::new(model, facts, now);
    lines::begin(&mut turn, rooms);
    turn.effects
}

/// What is to be kept on disk before the program ends, however it ends.
pub fn leave(model: &mut Model, facts: &dyn Facts, now: Now) -> Vec<Effect> {
    let mut turn = Turn::new(model, facts, now);
    turn.save_now();
    turn.effects
}

/// When [`Msg::Tick`] is wanted, on the clock of [`Now::elapsed`]; nothing where nothing is to happen by
/// itself.
pub fn deadline(model: &Model, facts: &dyn Facts) -> Option<Duration> {
    let held = model.held_enter.as_ref().map(|held| held.until);
    let left = model.left_room.as_ref();
    let left = left.and_then(|left| left.late.map(|_| left.until));
    let countdown = match facts.link() {
        Link::Waiting { until, .. } => next_second(*until, model.now.elapsed),
        Link::Idle
        | Link::Connecting
        | Link::Online
        | Link::Refused(_)
        | Link::Stopped(_)
        | Link::Ended => None,
    };
    let gathered = notify::due(model, facts);
    let said = lines::due(model);
    [held, left, countdown, gathered, said, model.unsaved.due]
        .into_iter()
        .flatten()
        .min()
}

/// When the countdown to `until` shows another number.
fn next_second(until: Duration, now: Duration) -> Option<Duration> {
    let left = until.checked_sub(now).filter(|left| !left.is_zero())?;
    let whole = Duration::from_secs(left.as_secs());
    let step = left.saturating_sub(whole);
    let step = if step.is_zero() {
        Duration::from_secs(1)
    } else {
        step
    };
    Some(now.saturating_add(step))
}

/// One call of [`update`].
struct Turn<'a> {
    model: &'a mut Model,
    facts: &'a dyn Facts,
    effects: Vec<Effect>,
}

impl<'a> Turn<'a> {
    fn new(model: &'a mut Model, facts: &'a dyn Facts, now: Now) -> Self {
        model.now = now;
        Self {
            model,
            facts,
            effects: Vec::new(),
        }
    }

    fn take(&mut self, msg: Msg) {
        match msg {
            Msg::Key(key) => self.key(key),
            Msg::Paste { text, cut } => {
                self.release_enter(false);
                self.release_left_room(false);
                self.paste(&text, cut);
            }
            Msg::Focus(has) => self.model.focus = if has { Focus::In } else { Focus::Out },
            Msg::Wheel { up, at } => self.wheel(up, at),
            Msg::Click { at } => self.click(at),
            Msg::Resize { columns, rows } => self.model.size = (columns, rows),
            Msg::Width(probe, columns) => {
                self.model.widths.learn(probe, columns);
            }
            Msg::Background(red, green, blue) => self.model.background = Some((red, green, blue)),
            Msg::News(news) if self.model.lines.is_some() => self.news_in_lines(news),
            Msg::News(news) => self.news(news),
            Msg::Probed { server, result } => self.probed(&server, result),
            Msg::Hosted(result) => self.hosted(result),
            Msg::Refused(why) => self.form_not_entered(&why),
            Msg::Shared(url) => self.tell(&fill(self.model.words().shared, &[&url])),
            Msg::NotOpened(why) if self.model.lines.is_some() => self.fail(&why),
            Msg::NotOpened(why) => self.fail(&fill(self.model.words().open_failed, &[&why])),
            Msg::Edited { room, edited } => self.edited(room, edited),
            Msg::Line { number, text } => self.line(number, &text),
            Msg::BadLine { number, why } => self.bad_line(number, why),
            Msg::Trouble(text) => self.fail(&format!("! {text}")),
            Msg::Tick => {}
        }
    }

    fn key(&mut self, key: Key) {
        self.model.last_key = Some(self.model.now.elapsed);
        if self.hold_back(key) || self.belongs_to_left_room(key) {
            return;
        }
        let before = self.model.tab().map(|tab| tab.room.clone());
        let is_enter = self.model.keys.action(key) == Some(keys::Action::Enter);
        for key in keys::pressed(key) {
            self.key_alone(key);
        }
        // Behind an Enter a late syllable is waited for already.
        if !is_enter && before.as_ref() != self.model.tab().map(|tab| &tab.room) {
            self.left_room(before);
        }
    }

    fn key_alone(&mut self, key: Key) {
        self.model.note = None;
        let action = match self.model.first_key.take() {
            Some(first) => self.model.keys.second_action(first, key),
            None => self.model.keys.action(key),
        };
        // Who sends by another key still takes what is chosen by Enter.
        let is_list = self.model.popup.is_some() || self.model.completion.is_some();
        let takes = is_list || self.model.shown_form().is_some();
        let action = if takes && key == Key::plain(Code::Enter) {
            Some(keys::Action::Enter)
        } else {
            action
        };
        let is_first = action == Some(keys::Action::First) && !self.is_step(key);
        if is_first && self.model.shown_form().is_none() {
            self.tell(&format!("{} ⋯", keys::name(key)));
            self.model.first_key = Some(key);
            return;
        }
        if action != Some(keys::Action::Clear) {
            self.model.leave_armed = false;
        }
        if self.model.shown_form().is_some() {
            self.form_key(key, action);
        } else if self.model.popup.is_some() {
            self.popup_key(key, action);
        } else if self.model.bare {
            self.bare_key(key, action);
        } else if !self.reading_key(key, action) && !self.completion_key(action) {
            self.compose_key(key, action);
        }
    }

    /// Brings everything in line with what happened.
    fn settle(&mut self) {
        self.read_on();
        self.notify_when_due();
        // Who reads line by line asks for what is further up.
        if self.model.lines.is_none() {
            self.fetch_older();
            self.fetch_past();
            self.fetch_quote();
        }
        self.title();
        self.save_when_due();
        self.say_rest();
    }

    fn tell(&mut self, text: &str) {
        self.model.note = Some(crate::model::status::Note::quiet(text));
    }

    fn fail(&mut self, text: &str) {
        self.model.note = Some(crate::model::status::Note::failure(text));
    }

    fn session(&mut self, command: Command) {
        self.effects.push(Effect::Session(command));
    }

    fn is_online(&self) -> bool {
        *self.facts.link() == Link::Online
    }
}
