//! Questions under way: which answer belongs to what. No question outlives its connection, and no number is used twice.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::names::Nick;
use protocol::position::{Address, Position};
use protocol::request::Ref;

use super::pages::Edge;
use super::search::Wanted;
use super::{Body, Command, LocalId};

/// Questions under way at once, sends left out. At it a command is refused, and what the session asks by itself waits.
pub(super) const QUESTIONS_MAX: usize = 64;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Join(Address),
    Leave(Address),
    Send(Address, LocalId),
    Nick(Nick),
    Open(Nick, Option<Body>),
    Rooms,
    Members(Address),
    Older(Address, Position),
    Page(Address, Edge),
    /// With how many empty pages before it.
    Search(Box<Wanted>, Option<u64>, u16),
    Quote(Address, Position),
    Conversations,
}

impl Asked {
    /// The command that comes to nothing if no answer arrives; nothing where the session asks again by itself.
    pub(super) fn into_command(self) -> Option<Command> {
        match self {
            Self::Join(_)
            | Self::Leave(_)
            | Self::Send(..)
            | Self::Nick(_)
            | Self::Members(_)
            | Self::Conversations => None,
            Self::Open(nick, body) => Some(Command::Whisper {
                nick,
                text: body.and_then(Body::into_text),
            }),
            Self::Rooms => Some(Command::Rooms),
            Self::Older(room, before) => Some(Command::Older { room, before }),
            Self::Page(room, edge) => Some(Command::Page { room, edge }),
            Self::Search(wanted, next, _) => Some(Command::Search {
                wanted: *wanted,
                next,
            }),
            Self::Quote(room, position) => Some(Command::Quote { room, position }),
        }
    }
}

impl Body {
    fn into_text(self) -> Option<protocol::names::MessageText> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Topic(_) => None,
        }
    }
}

/// The questions under way on the connection.
#[derive(Debug, Default)]
pub(super) struct Answers {
    last: Ref,
    asked: BTreeMap<Ref, (Asked, Duration)>,
    sends: usize,
    /// When the last answer of any kind came: a server that answers, however slowly, is not given up.
    heard: Duration,
    fresh: bool,
}

impl Answers {
    /// Notes a question and gives it a number.
    pub(super) fn ask(&mut self, asked: Asked, now: Duration) -> Ref {
        self.last += 1;
        self.sends += usize::from(matches!(asked, Asked::Send(..)));
        self.asked.insert(self.last, (asked, now));
        self.last
    }

    /// A number for a question that is kept elsewhere.
    pub(super) const fn number(&mut self) -> Ref {
        self.last += 1;
        self.last
    }

    pub(super) fn is_full(&self) -> bool {
        self.asked.len() - self.sends >= QUESTIONS_MAX
    }

    /// What was asked under this number, while more parts may come.
    pub(super) fn get(&self, reference: Option<Ref>) -> Option<&Asked> {
        self.asked.get(&reference?).map(|(asked, _)| asked)
    }

    /// Ends the question.
    pub(super) fn take(&mut self, reference: Option<Ref>) -> Option<Asked> {
        let (asked, _) = self.asked.remove(&reference?)?;
        self.sends -= usize::from(matches!(asked, Asked::Send(..)));
        self.fresh = true;
        Some(asked)
    }

    /// A part of an answer came: the wait for the rest begins anew.
    pub(super) const fn touch(&mut self) {
        self.fresh = true;
    }

    /// An input was taken in at this time.
    pub(super) const fn note(&mut self, now: Duration) {
        if std::mem::replace(&mut self.fresh, false) {
            self.heard = now;
        }
    }

    pub(super) fn any(&self, is: impl Fn(&Asked) -> bool) -> bool {
        self.asked.values().any(|(asked, _)| is(asked))
    }

    /// Since when there are questions and no answer.
    pub(super) fn waiting_since(&self) -> Option<Duration> {
        let oldest = self.asked.values().map(|(_, since)| *since).min();
        oldest.map(|since| since.max(self.heard))
    }

    /// Ends all questions: the connection is gone.
    pub(super) fn drain(&mut self) -> Vec<Asked> {
        self.sends = 0;
        std::mem::take(&mut self.asked)
            .into_values()
            .map(|(asked, _)| asked)
            .collect()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.asked.len()
    }
}
