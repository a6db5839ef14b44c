//! What line mode does: what of the news is printed, which lines are sent, which are refused, when it ends and with which exit code.
//!
//! It reads nothing, writes nothing, and knows no time but the one it is given.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use protocol::identity::Endpoint;
use protocol::names::RoomName;
use protocol::position::{Address, PersonId, Position};

use self::backlog::Backlog;
use super::format::Event;
use super::input::{Entry, LineError};
use super::ledger::Ledger;
use crate::session::{Command, Link, LocalId, News, Now, Record};

mod backlog;
mod ends;
mod lines;
mod news;

/// Everything went well.
pub const EXIT_OK: u8 = 0;
/// Some lines were refused; the others are stored.
pub const EXIT_REFUSED_LINES: u8 = 1;
/// Wrong flags.
pub const EXIT_USAGE: u8 = 2;
/// The server or the room could not be reached for too long.
pub const EXIT_UNREACHABLE: u8 = 3;
/// The nick, key, room or version was refused.
pub const EXIT_REFUSED: u8 = 4;
/// The output was closed, as by SIGPIPE.
pub const EXIT_OUTPUT_CLOSED: u8 = 141;

/// Commands that wait for their answer; at it nothing more is read.
pub const ASKED_MAX: usize = 16;

/// Time between two notes of the progress. The first one comes after it too, so that short inputs have none.
pub const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// What it is to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The room.
    pub room: RoomName,
    /// Messages before the join that are printed.
    pub history: u32,
    /// Whether it goes on when the input has ended.
    pub follow: bool,
    /// The longest outage that is borne.
    pub patience: Option<Duration>,
    /// Whether the progress is noted.
    pub progress: bool,
    /// The server, where what is said to it can be read and changed on the way.
    pub exposed_to: Option<Endpoint>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A line was read.
    Line {
        /// Its number.
        number: u64,
        /// What it wants.
        entry: Result<Entry, LineError>,
    },
    /// Lines up to this one are over, the last ones empty, and no further one comes.
    InputEnded {
        /// The last line.
        last: u64,
    },
    /// No further line can be read.
    InputFailed {
        /// The last line.
        last: u64,
        /// Why, for people.
        reason: String,
    },
    /// The input has so many lines.
    Counted(u64),
    /// The session has news.
    News {
        /// The news.
        news: News,
        /// Whom one talks with where it is about a conversation.
        with: Option<String>,
    },
    /// The outbox changed.
    Record(Record),
    /// The conversations that there are, told before the room is entered.
    Conversations(BTreeSet<Address>),
    /// What the outbox shows, and of each whether it is acknowledged.
    Outbox(BTreeMap<LocalId, bool>),
    /// A signal came that ends programs, with this number.
    Signal(u8),
    /// Nothing can be written to the output any more.
    OutputClosed {
        /// Why, where it is not that nobody reads it.
        reason: Option<String>,
    },
    /// The time that [`Plan::deadline`] named has come.
    Tick,
}

/// What is true of the session now.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Who one is.
    pub person: Option<PersonId>,
    /// By which nick.
    pub nick: String,
    /// The last message of the room.
    pub head: Position,
    /// How the connection is.
    pub link: Link,
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The session is to do this.
    Command(Command),
    /// This is to be printed.
    Print(Event),
    /// This is to be said on standard error.
    Note(String),
    /// The program is to end with this code, when what stands before it is done.
    End(u8),
}

/// One run of line mode.
#[derive(Debug)]
pub struct Plan {
    settings: Settings,
    room: Address,
    ledger: Ledger,
    backlog: Backlog,
    /// Since when the room cannot be reached.
    outage: Option<Duration>,
    /// The line whose entry the outbox is about to name.
    saying: Option<u64>,
    /// Commands without an answer, and their lines.
    asked: VecDeque<(u64, Command)>,
    /// Conversations from before the join whose last messages are still to come; they are not printed.
    past_conversations: BTreeSet<Address>,
    total: Option<u64>,
    progress_at: Option<Duration>,
    input_ended: bool,
    over: bool,
}

/// One call: what it may use.
struct Turn<'a> {
    facts: &'a Facts,
    now: Now,
    acts: &'a mut Vec<Act>,
}

impl Turn<'_> {
    fn note(&mut self, note: impl Into<String>) {
        self.acts.push(Act::Note(note.into()));
    }

    fn command(&mut self, command: Command) {
        self.acts.push(Act::Command(command));
    }
}

impl Plan {
    /// A run that begins now. The first acts connect and enter the room.
    pub fn new(settings: Settings, now: Now, acts: &mut Vec<Act>) -> Self {
        let room = Address::from(settings.room.clone());
        let backlog = Backlog::new(room.clone(), settings.history);
        acts.push(Act::Command(Command::Join {
            room: room.clone(),
            last: backlog.first_page(),
        }));
        acts.push(Act::Command(Command::Connect));
        Self {
            progress_at: settings.progress.then_some(now.elapsed + PROGRESS_EVERY),
            room,
            ledger: Ledger::default(),
            backlog,
            outage: Some(now.elapsed),
            saying: None,
            asked: VecDeque::new(),
            past_conversations: BTreeSet::new(),
            total: None,
            input_ended: false,
            over: false,
            settings,
        }
    }

    /// Whether the next line may be read.
    pub fn wants_input(&self) -> bool {
        !self.over
            && !self.input_ended
            && self.backlog.is_past()
            && self.ledger.has_room()
            && self.asked.len() < ASKED_MAX
    }

    /// Whether it has said [`Act::End`].
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// When it wants an [`Input::Tick`].
    pub fn deadline(&self) -> Option<Duration> {
        let outage = self
            .outage
            .zip(self.settings.patience)
            .map(|(since, most)| since + most);
        let times = [outage, self.progress_at];
        times.into_iter().flatten().min().filter(|_| !self.over)
    }

    /// Takes what happened.
    pub fn handle(&mut self, input: Input, facts: &Facts, now: Now, acts: &mut Vec<Act>) {
        if self.over {
            return;
        }
        let mut turn = Turn { facts, now, acts };
        match input {
            Input::Line { number, entry } => self.line(number, entry, &mut turn),
            Input::InputEnded { last } => {
                self.ledger.read(last);
                self.input_ended = true;
            }
            Input::InputFailed { last, reason } => {
                self.refuse(
                    last + 1,
                    format!("the input cannot be read further: {reason}"),
                    &mut turn,
                );
                self.input_ended = true;
            }
            Input::Counted(total) => self.total = Some(total),
            Input::News { news, with } => self.news(news, with, &mut turn),
            Input::Record(record) => self.record(&record),
            Input::Conversations(known) => {
                if !self.backlog.has_begun() {
                    self.past_conversations = known;
                }
            }
            Input::Outbox(shown) => self.ledger.outbox(&shown),
            Input::Signal(number) => self.end(128_u8.saturating_add(number), &mut turn),
            Input::OutputClosed { reason } => self.output_closed(reason, &mut turn),
            Input::Tick => self.tick(&mut turn),
        }
        self.end_if_done(&mut turn);
    }
}

#[cfg(test)]
mod tests;
