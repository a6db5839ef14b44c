//! One person's connection to one server, as the screen and line mode both use it: what the wire says becomes news, what the
//! person wants becomes requests.
//!
//! The session holds the rules of the client's side of the contract: introduction and proofs, positions and resuming, the
//! outbox with its seqs and retries, member lists and their revisions, back-off. It never waits, never opens anything, never reads a
//! clock or a random source, and knows nothing of how news is shown.

use std::time::Duration;

use protocol::error::Refusal;
use protocol::event::{
    Change, Conversation, Event, Former, Message, RoomInfo, Start, Topic as RoomTopic,
};
use protocol::identity::{Endpoint, Nonce, PublicKey};
use protocol::names::{MessageText, Nick, Topic};
use protocol::position::{Address, MessageId, PersonId, Position};
use protocol::request::{Request, SendKind};

mod again;
mod answers;
mod breach;
mod chance;
mod conversations;
mod dispatch;
mod introduction;
mod joining;
mod link;
mod lists;
mod members;
mod messages;
mod outbox;
mod pages;
mod quotes;
mod rooms;
mod search;
mod sending;
mod settings;
#[cfg(test)]
mod tests;
mod turn;

pub use dispatch::Session;
pub use joining::ROOMS_KEPT_MAX;
pub use members::MEMBERS_KEPT_MAX;
pub use outbox::OUTBOX_MAX;
pub use pages::Edge;
pub use rooms::Room;
pub use search::Wanted;
pub use settings::{BackOff, Settings};

/// The time of an input, read once by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since the program started; never goes back.
    pub elapsed: Duration,
    /// The wall clock, in milliseconds since 1970; may jump.
    pub unix_ms: u64,
}

/// Something that happened, or that the person wants.
#[derive(Clone, Debug)]
pub enum Input {
    /// The connection that [`Output::Dial`] asked for is open.
    Opened {
        /// What was dialled.
        endpoint: Endpoint,
        /// 32 random bytes for this connection.
        nonce: Nonce,
    },
    /// A frame came in.
    Event(Event),
    /// The connection ended, or could not be opened. Nothing more comes from it, also not after [`Output::Hangup`].
    Lost {
        /// The server's close code, if there was one.
        code: Option<u16>,
        /// Why, for people.
        reason: String,
    },
    /// The person wants something.
    Command(Command),
    /// The time that `Session::deadline` named has come.
    Tick,
}

/// What the person can want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Connect, now, whatever the countdown says.
    Connect,
    /// Go by this nick: for the first introduction, for another try after a refusal, or as a change.
    Nick(Nick),
    /// Enter a room, and come back to it after every disconnect.
    Join {
        /// The room.
        room: Address,
        /// How many of the last messages are wanted.
        last: u16,
    },
    /// Leave a room or conversation. Refused while something said there is neither stored nor taken back.
    Leave {
        /// The room.
        room: Address,
    },
    /// Say something, now or when the connection is back.
    Say {
        /// The room.
        room: Address,
        /// As what.
        kind: SendKind,
        /// The text.
        text: MessageText,
        /// The message that it answers.
        reply_to: Option<Position>,
    },
    /// Say several texts one after another, no faster than the server lets a person go on. Refused whole where the outbox has not room
    /// for all of them.
    SayAll {
        /// The room.
        room: Address,
        /// The texts.
        texts: Vec<MessageText>,
    },
    /// Set a room's topic, now or when the connection is back.
    Topic {
        /// The room.
        room: Address,
        /// The topic.
        text: Topic,
    },
    /// Open the conversation with who holds a nick now, and say something there if there is a text. Needs the connection: a text is
    /// never kept for a nick, only for a person.
    Whisper {
        /// Whom.
        nick: Nick,
        /// What to say.
        text: Option<MessageText>,
    },
    /// Ask for the rooms of the server, page by page until the list is whole.
    Rooms,
    /// Ask for a whole member list (of a large room, which does not get one by itself).
    Members {
        /// The room.
        room: Address,
    },
    /// Ask for the page of messages before this position.
    Older {
        /// The room.
        room: Address,
        /// The first message that is there already.
        before: Position,
    },
    /// Ask for the page of messages at one side of a place that is not among those that are here.
    Page {
        /// The room.
        room: Address,
        /// The place, and which side.
        edge: Edge,
    },
    /// Look through everything that was said, newest first.
    Search {
        /// For what, and where.
        wanted: Wanted,
        /// The page behind the one with this number.
        next: Option<u64>,
    },
    /// Ask for one message that another one answers.
    Quote {
        /// The room.
        room: Address,
        /// The message.
        position: Position,
    },
    /// Send a failed message again.
    Again {
        /// Which.
        local: LocalId,
    },
    /// Take a message that failed, or was never tried, back out of the outbox. Refused where the server may have stored it already.
    Discard {
        /// Which.
        local: LocalId,
    },
    /// Say goodbye and end.
    Quit,
}

/// Names one entry of the outbox on this machine, for as long as it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalId(pub u64);

/// What is said: a message of some kind, or a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Said or done.
    Text {
        /// As what.
        kind: SendKind,
        /// The text.
        text: MessageText,
        /// The message that it answers.
        reply_to: Option<Position>,
    },
    /// A topic set.
    Topic(Topic),
}

/// Something that the person said and that has not come back as a message yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its name.
    pub local: LocalId,
    /// Where it goes.
    pub room: Address,
    /// What it is.
    pub body: Body,
    /// When it was said, in milliseconds since 1970.
    pub time: u64,
    /// Its seq, from before its first try on.
    pub seq: Option<u64>,
    /// How far it is.
    pub state: State,
}

/// How far something said is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for the connection, the room, or those before it.
    Waiting,
    /// Was sent; the answer is not here yet.
    Sent,
    /// Is stored; the message itself is not here yet, or not stable yet.
    Acked(MessageId, Position),
    /// Was refused and is not stored; waits for the person.
    Failed(Refusal),
}

/// Something to be done, in this order.
#[derive(Clone, Debug)]
pub enum Output {
    /// Open a connection.
    Dial,
    /// Send a frame.
    Transmit(Request),
    /// Close the connection: with code 1000 where the person leaves, silently where it is of no use any more.
    Hangup {
        /// The person leaves.
        goodbye: bool,
    },
    /// Keep a change of the outbox; on disk before what stands behind it in the list is done.
    Save(Record),
    /// Remember the server's key for the endpoint; it proved itself and none was known.
    Remember(PublicKey),
    /// Tell the person.
    News(News),
}

/// A change of the outbox, as kept on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Something was said.
    Queued(Box<Pending>),
    /// It is about to be tried for the first time with this seq, or is without one again.
    Seq {
        /// Which.
        local: LocalId,
        /// Its seq.
        seq: Option<u64>,
    },
    /// It is stored and stable, or was taken back.
    Settled {
        /// Which.
        local: LocalId,
    },
}

/// How the connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing was tried yet.
    Idle,
    /// A connection is being opened, or the introduction is under way.
    Connecting,
    /// Introduced; requests go out.
    Online,
    /// The connection was lost; the next try is at this time.
    Waiting {
        /// When, on the clock of [`Now::elapsed`].
        until: Duration,
        /// Why it was lost, for people.
        reason: String,
    },
    /// The server wants something of the person first; the connection is open.
    Refused(Refusal),
    /// It makes no sense to try by itself: the server said so, or could not prove itself.
    Stopped(Stop),
    /// The person left.
    Ended,
}

/// Why the session does not connect by itself any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The server closed with a code that says so.
    Closed {
        /// The code.
        code: u16,
        /// Its reason, for people.
        reason: String,
    },
    /// The server's key is not the one that is remembered for this endpoint.
    KeyChanged {
        /// The remembered one.
        known: PublicKey,
        /// The one it has now.
        now: PublicKey,
    },
    /// The server did not prove that it holds its key.
    NoProof,
    /// The server speaks another version of the contract.
    Version {
        /// The server's.
        server: u16,
    },
}

/// What the person is to be shown or told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The connection's state is another now; read it from `Session::link`.
    Link,
    /// The person is introduced.
    Welcome {
        /// The nick.
        nick: String,
        /// Whether the nick belongs to this machine's key.
        owned: bool,
    },
    /// The server was never met before under this address. It proved that it holds this key, which is remembered from now on.
    FirstVisit {
        /// Its key.
        key: PublicKey,
    },
    /// The person's nick is another now.
    Nick {
        /// The new one.
        nick: String,
        /// Another person who had it before.
        former: Option<Former>,
    },
    /// A room is entered for the first time, or again after a disconnect.
    Entered {
        /// The room.
        room: Address,
        /// Where its messages go on.
        start: Start,
        /// The server's line of welcome, the first time.
        welcome: Option<String>,
    },
    /// A room was left.
    Departed {
        /// The room.
        room: Address,
    },
    /// A live message, or one that was missed; each position once and in rising order.
    Message {
        /// The message.
        message: Message,
        /// Whether it was missed (it comes from the history and not live).
        missed: bool,
        /// The entry of this machine's outbox that it was.
        local: Option<LocalId>,
    },
    /// Everything that was missed in a room is here; what follows is live.
    CaughtUp {
        /// The room.
        room: Address,
        /// Whether there are messages before the first one here.
        more: bool,
    },
    /// A page of older messages, rising, all before those that are here.
    Older {
        /// The room.
        room: Address,
        /// The messages.
        messages: Vec<Message>,
        /// Whether there are messages before them.
        more: bool,
    },
    /// The page that [`Command::Page`] asked for, rising.
    Page {
        /// The room.
        room: Address,
        /// What was asked for.
        edge: Edge,
        /// The messages.
        messages: Vec<Message>,
        /// Whether there are messages behind them on the same side.
        more: bool,
    },
    /// One page of what [`Command::Search`] asked for, newest first.
    Found {
        /// What was looked for.
        wanted: Wanted,
        /// The page.
        messages: Vec<Message>,
        /// Names the next page, where there is one.
        next: Option<u64>,
    },
    /// A message that was asked for to be quoted.
    Quoted {
        /// The room.
        room: Address,
        /// What was asked for.
        position: Position,
        /// The message; nothing where there is none at that position.
        message: Option<Message>,
    },
    /// The server's history went another way: everything from this room that is here is void, and comes anew.
    Forked {
        /// The room.
        room: Address,
        /// Nothing above this position is in the new history; nothing where the server cannot say.
        kept: Option<Position>,
    },
    /// Messages that cannot be had any more.
    Gap {
        /// The room.
        room: Address,
        /// The first missing one.
        from: Position,
        /// The last missing one.
        to: Position,
    },
    /// Somebody came, went, lost or found the connection, or has another nick. The list in `Session::room` is up to date.
    Presence {
        /// The room.
        room: Address,
        /// Which change.
        change: Change,
    },
    /// A room's member list or count is another now.
    Members {
        /// The room.
        room: Address,
    },
    /// A room's topic is another now (also told as a message where it was set live).
    Topic {
        /// The room.
        room: Address,
        /// The topic.
        topic: Option<RoomTopic>,
    },
    /// The outbox of a room changed.
    Outbox {
        /// The room.
        room: Address,
    },
    /// Something said was refused; it stands in the outbox as failed.
    Failed {
        /// The room.
        room: Address,
        /// Which.
        local: LocalId,
        /// Why.
        refusal: Refusal,
    },
    /// A conversation with somebody was opened because the person asked.
    Opened {
        /// Its address.
        room: Address,
        /// Whom it is with.
        person: PersonId,
        /// By which nick.
        nick: String,
    },
    /// A conversation is with one whose nick was another person's before; once for each conversation and person from before. It also stands
    /// in `Session::room`.
    Formerly {
        /// Its address.
        room: Address,
        /// The nick.
        nick: String,
        /// The other person.
        former: Former,
    },
    /// The nick of the other in a conversation is somebody else's by now, who is not the one that the conversation is with. It also stands
    /// in `Session::room`.
    PassedOn {
        /// Its address.
        room: Address,
    },
    /// A text was said to a nick that belongs to another person than the one with whom this person talked by that nick before. It was
    /// not sent; the conversation with the one of now is open, and the same command sends it there.
    Withheld {
        /// The whisper.
        command: Command,
        /// The one from before.
        former: Former,
    },
    /// A conversation of the person that is not joined: it exists, or has something new.
    Conversation(Conversation),
    /// The rooms of the server, the whole list.
    Rooms(Vec<RoomInfo>),
    /// A command came to nothing.
    Refused {
        /// What was wanted.
        command: Command,
        /// Why.
        refusal: Refusal,
    },
}
