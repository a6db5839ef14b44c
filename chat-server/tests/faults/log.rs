//! What happened in one run, in the order in which the driver saw it: the only thing that the oracle looks at.
//!
//! It names no wire and no clock: a moment is the number of an entry, and what one client said is known by its
//! [`Content`], which stands in the text. So the log of any chat system can be judged.

use std::collections::BTreeMap;
use std::time::Duration;

/// A client of the run, by its number.
pub(crate) type ClientId = u16;

/// A room of the run, by its number.
pub(crate) type Room = u8;

/// What a client said: the text begins with it, so that everybody who sees it can name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Content {
    /// Who said it.
    pub(crate) client: ClientId,
    /// Counts what that client said, from 1.
    pub(crate) number: u32,
}

impl Content {
    /// The text that carries it, filled up to about `bytes`.
    pub(crate) fn text(self, bytes: usize) -> String {
        let mut text = format!("c{}n{}", self.client, self.number);
        if text.len() < bytes {
            text.push(' ');
            let fill = bytes.saturating_sub(text.len());
            text.extend(std::iter::repeat_n('.', fill));
        }
        text
    }

    /// What a text carries.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let word = text.split(' ').next()?.strip_prefix('c')?;
        let (client, number) = word.split_once('n')?;
        Some(Self {
            client: client.parse().ok()?,
            number: number.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "c{}n{}", self.client, self.number)
    }
}

/// A place in a room's history, for systems that give out such.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// Rises where the system says that its history went another way.
    pub(crate) era: u64,
    /// Counts the messages of a room without holes.
    pub(crate) n: u64,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.n)
    }
}

/// Where what a client hears of a room begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With what is said from now on, or with some last messages: nothing was heard before.
    Latest,
    /// Exactly after what it heard last.
    Resumed,
    /// The system says that what was heard last is not in its history.
    Forked,
}

/// A message as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Its text.
    pub(crate) text: String,
    /// The system's own name for it, if it has one.
    pub(crate) id: Option<String>,
    /// Its position, if the system has such.
    pub(crate) at: Option<Position>,
}

/// Whether a member is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Presence {
    /// Connected.
    Here,
    /// Lost, and expected back.
    Away,
}

/// The members of a room by their nicks.
pub(crate) type Members = BTreeMap<String, Presence>;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A client is about to say something for the first time.
    Invoked {
        /// What.
        content: Content,
        /// Where.
        room: Room,
        /// In which words.
        text: String,
    },
    /// It was acknowledged.
    Acked {
        /// What.
        content: Content,
        /// Where it stands, if that is told.
        at: Option<Position>,
    },
    /// It was refused for good, and will not be tried again.
    Refused {
        /// What.
        content: Content,
    },
    /// The client is in a room.
    Entered {
        /// The room.
        room: Room,
        /// Where what it hears begins.
        start: Start,
        /// With `Latest`: what it hears is all that follows this, if that is told.
        head: Option<Position>,
    },
    /// The client heard a message.
    Received {
        /// The room.
        room: Room,
        /// The message.
        seen: Seen,
    },
    /// The client was told that these cannot be given any more.
    Gap {
        /// The room.
        room: Room,
        /// The first of them.
        from: Position,
        /// The last of them.
        to: Position,
    },
    /// The client has caught up in all of its rooms.
    Live,
    /// The client has no connection any more.
    Lost,
    /// The client process died: what it said and has no answer for may be gone. What it hears begins anew.
    Died,
    /// One connection of a person certainly had a nick between two moments of this log.
    Held {
        /// What all confusable nicks have in common.
        skeleton: String,
        /// Who.
        person: String,
        /// The system says that the nick belongs to this person from now on.
        owned: bool,
        /// From this entry.
        from: usize,
        /// To this entry.
        to: usize,
    },
    /// The system broke its own contract, in a way that needs no other entry to be seen.
    Broken(String),
    /// A fault was made.
    Fault(String),
    /// A fault is over, from now on all is to be well again.
    Over(String),
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Since the run began.
    pub(crate) time: Duration,
    /// Whom it is about; nothing for the server and the driver.
    pub(crate) client: Option<ClientId>,
    /// What happened.
    pub(crate) what: What,
}

/// What is true at the end, when all is quiet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// Each room's whole history as a fresh reader got it; nothing for a system that keeps none.
    pub(crate) history: Option<BTreeMap<Room, Vec<Seen>>>,
    /// The same as each of several servers gives it, by their numbers.
    pub(crate) by_server: Vec<BTreeMap<Room, Vec<Seen>>>,
    /// Who is connected and where, as the driver knows it; nothing for a system without member lists.
    pub(crate) members: Option<BTreeMap<Room, Members>>,
    /// The member lists that a fresh reader got.
    pub(crate) fresh: BTreeMap<Room, Members>,
    /// The lists that clients made of the list at their join and all changes after it.
    pub(crate) kept: Vec<(ClientId, Room, Members)>,
    /// Clients that were to hear everything up to the end, and rooms.
    pub(crate) listeners: Vec<(ClientId, Room)>,
    /// What did not become quiet in time.
    pub(crate) stuck: Vec<String>,
}
