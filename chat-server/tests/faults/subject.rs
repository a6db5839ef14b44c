//! The border between the driver and the chat system that is driven. Nothing beyond it knows a wire.
//!
//! # How an adapter is written
//!
//! Implement [`Subject`] for a type that knows how to start the server (in a process group of its own, on a port that it
//! says on one line of its output) and how to dial it, and [`Link`] for one connection of one client; then call
//! `run::run` with it. [`chat`](super::chat) is the one to look at.
//!
//! - A client is known by a [`Who`]. What it must keep over connections and restarts (keys, the last position, session ids,
//!   sequence numbers) goes into `Memory`, as a good client of that system would keep it.
//! - [`Link::say`] tries to send once; the driver calls it again on the next connection for what has no answer. If the
//!   system can tell a retry from a second message, the adapter says here which it is.
//! - [`Link::next`] translates what comes. A message's text is handed on as it is, since it begins with its
//!   [`Content`](super::log::Content). A system without positions leaves `at` empty, and [`Promises`] says so: then the rules that
//!   need them are left out, and order is judged by comparing what different clients heard.
//! - What the system does not have (history, members, nicks) it says in [`Promises`]; the schedule then leaves out what would
//!   make no sense.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::log::{ClientId, Content, Members, Position, Room, Seen, Start};

/// What a chat system says of itself; rules about what it does not claim are left out, and so are its cells in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Promises {
    /// Sends are acknowledged.
    pub(crate) acks: bool,
    /// Messages have positions that rise by one in a room.
    pub(crate) positions: bool,
    /// A retry is not a second message.
    pub(crate) once: bool,
    /// A client that comes back gets what it missed.
    pub(crate) resume: bool,
    /// A fresh client can read everything that was ever said.
    pub(crate) history: bool,
    /// Rooms have member lists and tell their changes.
    pub(crate) members: bool,
    /// A nick has one holder.
    pub(crate) nicks: bool,
    /// The server is built with named points to die at.
    pub(crate) points: bool,
    /// What was acknowledged is never taken away. Otherwise it may be, but nobody is left to believe that it is there.
    pub(crate) keeps_tail: bool,
    /// For so long a nick may have two holders, in milliseconds.
    pub(crate) nick_bound_ms: u64,
    /// For so long a client may hear nothing while others speak, in milliseconds, where that is promised.
    pub(crate) silence_ms: Option<u64>,
}

impl Promises {
    /// Everything that can be promised.
    pub(crate) const ALL: Self = Self {
        acks: true,
        positions: true,
        once: true,
        resume: true,
        history: true,
        members: true,
        nicks: true,
        points: true,
        keeps_tail: true,
        nick_bound_ms: 0,
        silence_ms: None,
    };
}

/// A client of the run.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// Its number.
    pub(crate) client: ClientId,
    /// Which key it has, by a name from which the adapter makes one.
    pub(crate) key: String,
    /// The nick that it wants.
    pub(crate) nick: String,
    /// Which of that person's programs it is.
    pub(crate) device: u32,
    /// The nick is free again when it is gone.
    pub(crate) guest: bool,
    /// Its rooms.
    pub(crate) rooms: Vec<Room>,
}

/// One of several servers behind nginx.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it is to listen, of this machine.
    pub(crate) port: u16,
    /// The Redis that it shares with the others, as a URL; nothing where it is alone.
    pub(crate) redis: Option<String>,
    /// So many replicas of that Redis are to confirm.
    pub(crate) replicas: u8,
}

/// Something to be said.
#[derive(Clone, Debug)]
pub(crate) struct Say {
    /// By which everybody knows it.
    pub(crate) content: Content,
    /// Where.
    pub(crate) room: Room,
    /// In which words.
    pub(crate) text: String,
}

/// What came over a connection.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// The send was acknowledged.
    Acked {
        /// Which.
        content: Content,
        /// Where it stands, if that is told.
        at: Option<Position>,
    },
    /// The send was not stored.
    Refused {
        /// Which.
        content: Content,
        /// Trying the same again can help. Then what was sent behind it in this room is refused as well.
        again: bool,
    },
    /// The client is in a room from now on and may say something there.
    Entered {
        /// The room.
        room: Room,
        /// Where what follows begins.
        start: Start,
        /// With `Latest`: what follows is all after this, if that is told.
        head: Option<Position>,
    },
    /// What was missed in this room is here; from now on it is live.
    CaughtUp {
        /// The room.
        room: Room,
    },
    /// A message.
    Message {
        /// The room.
        room: Room,
        /// The message.
        seen: Seen,
    },
    /// These messages cannot be given any more.
    Gap {
        /// The room.
        room: Room,
        /// The first of them.
        from: Position,
        /// The last of them.
        to: Position,
    },
    /// The system broke its own contract.
    Broken(String),
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It ended or never came to be; another try can help.
    Gone(String),
    /// Somebody else has the nick.
    NickTaken,
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        Self::Gone(error.to_string())
    }
}

/// A nick as the system granted it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// What all confusable nicks have in common.
    pub(crate) skeleton: String,
    /// Who has it, by the system's own name for persons.
    pub(crate) person: String,
    /// It belongs to that person from now on.
    pub(crate) owned: bool,
}

/// One connection of one client.
pub(crate) trait Link {
    /// What the client keeps over connections.
    type Memory;

    /// The nick that the client has.
    fn named(&self) -> Named;

    /// Tries to send once.
    fn say(
        &mut self,
        memory: &mut Self::Memory,
        say: &Say,
    ) -> impl Future<Output = Result<(), Lost>>;

    /// The client gives up a send that was refused: what it said behind it takes its place.
    fn forget(&mut self, _memory: &mut Self::Memory, _say: &Say) {}

    /// What comes next; nothing where it was only a sign of life. Losing this future loses nothing that came.
    fn next(&mut self, memory: &mut Self::Memory)
    -> impl Future<Output = Result<Vec<Heard>, Lost>>;

    /// The list of the room as of now; nothing where it is not complete.
    fn members(&self, room: Room) -> Option<Members>;

    /// Takes leave.
    fn goodbye(self) -> impl Future<Output = ()>;
}

/// A chat system.
pub(crate) trait Subject: Clone + 'static {
    /// What one client keeps over connections and restarts.
    type Memory: Default + Clone;
    /// One connection.
    type Link: Link<Memory = Self::Memory>;

    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// What it says of itself.
    fn promises(&self) -> Promises;

    /// Makes what the server finds at its first start: with `old`, data of the oldest version that it takes, and what is kept there.
    fn prepare(&self, data: &Path, old: bool) -> io::Result<Vec<Say>>;

    /// The same system as one of several servers; where it has no such thing, as it is.
    fn as_node(&self, _node: Node) -> Self {
        self.clone()
    }

    /// How long a server may take from SIGTERM to its end.
    fn ends_within(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// How the server is started on its data; `arm` is a point to die at, as `name:pass`.
    fn server(&self, data: &Path, arm: Option<&str>) -> Command;

    /// Where the server listens, if this line of its standard output says so.
    fn listening(&self, line: &str) -> Option<SocketAddr>;

    /// Connects a client and enters its rooms.
    fn dial(
        &self,
        who: &Who,
        address: SocketAddr,
        memory: &mut Self::Memory,
    ) -> impl Future<Output = Result<Self::Link, Lost>>;

    /// All that was ever said in a room, as a fresh client gets it.
    fn history(
        &self,
        address: SocketAddr,
        room: Room,
    ) -> impl Future<Output = Result<Vec<Seen>, Lost>>;

    /// The program that people use, for one room, with its files in `state`, in the form that `terminal` reads; nothing where
    /// there is none.
    fn terminal(&self, address: SocketAddr, who: &Who, state: &Path) -> Option<Command>;
}
