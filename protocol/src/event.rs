//! What a server tells. A client skips what it does not know, and trusts no text in it: nicks, topics and texts are
//! plain strings here, since a newer server may allow more than this client's tables do.

use serde::{Deserialize, Serialize};

use crate::error::Refusal;
use crate::identity::{Nonce, Proof, PublicKey};
use crate::limits::Limits;
use crate::position::{Address, MessageId, PersonId, Position};
use crate::request::Ref;

/// One frame from a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The first frame of a connection.
    Greeting(Box<Greeting>),
    /// The answer to `hello`.
    Welcome(Welcome),
    /// The answer to `join`; members and messages follow.
    Joined(Joined),
    /// A part of a member list, after `joined` or as the answer to `members`.
    Members(Members),
    /// A part of a room's messages, after `joined` or as the answer to `history`.
    History(History),
    /// A message, live.
    Message(Message),
    /// Messages that cannot be given any more.
    Gap(Gap),
    /// Who came and went.
    Presence(Presence),
    /// The answer to `send` and `topic`: it is stored for good.
    Ack(Ack),
    /// The answer to a request that has no result of its own.
    Done(Done),
    /// The person's nick is another now; the answer to `nick`, and told to the person's other connections.
    Nick(NickChanged),
    /// The answer to `open`.
    Opened(Opened),
    /// A direct conversation that has something new and that this connection has not joined.
    Conversation(Conversation),
    /// A part of the person's direct conversations, after `welcome` or as the answer to `conversations`.
    Conversations(Conversations),
    /// A page of the rooms.
    Rooms(Rooms),
    /// The answer to `search`.
    Found(Found),
    /// What became safe since it was last told.
    Heartbeat(Heartbeat),
    /// A request was refused, or the connection is in trouble.
    Error(Refusal),
    /// An event of a newer server; never sent.
    #[serde(skip)]
    Unknown,
}

/// The first frame of a connection: who the server is and what it holds its clients to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// The version of the contract that the server speaks.
    pub version: u16,
    /// Name and version of the program.
    pub server: String,
    /// The server's key.
    pub key: PublicKey,
    /// Drawn for this connection.
    pub nonce: Nonce,
    /// The server's clock, in milliseconds since 1970.
    pub time: u64,
    /// The limits in force.
    pub limits: Limits,
}

/// The person is introduced. `conversations` follows at once where the person has a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// Who the client is here.
    pub person: PersonId,
    /// The nick it has.
    pub nick: String,
    /// Whether the nick belongs to the client's key from now on.
    pub owned: bool,
    /// Another person who had this nick before, as a key of theirs owned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
    /// The server's signature, where the hello had `nonce` and `endpoint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// Where the messages after a join begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// With the last ones, as the join named no position.
    Latest,
    /// Exactly after the position that the join named.
    Resumed,
    /// With the last ones, since the position is not in this history: the client's store and the server's went
    /// different ways. What the client has above the common part is not in the room's history.
    Forked,
}

/// A room is entered. `members` and `history` follow in parts, each until its `done`; then messages come live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
    /// Where the messages that follow begin.
    pub start: Start,
    /// With [`Start::Forked`]: nothing that the client has above this position is in the room's history; `n` = 0 where nothing at all
    /// is. Missing where the server cannot say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Position>,
    /// The last message of the room; `n` = 0 where there is none.
    pub head: Position,
    /// Nothing up to here can be lost any more.
    pub stable: Position,
    /// The room's topic, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// A line of welcome for who joins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<String>,
    /// The revision of the member list that follows.
    pub revision: u64,
    /// How many members there are.
    pub count: usize,
    /// The seq that this person's and device's next send in this room must have.
    pub next_seq: u64,
}

/// A room's topic and who set it when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The topic.
    pub text: String,
    /// The nick that set it, as it was then.
    pub nick: String,
    /// When, in milliseconds since 1970.
    pub time: u64,
}

/// Whether a member can be talked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Connected.
    #[default]
    Here,
    /// The connection was lost; it becomes a leave if it does not come back in time.
    Reconnecting,
    /// A status of a newer server; never sent.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// Who had a nick before the one who has it now. They are two persons: what was said to the one was not said to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Who.
    pub person: PersonId,
    /// When they used it last, in milliseconds since 1970.
    pub until: u64,
}

/// One member of a room; a person with several connections is one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// By which nick.
    pub nick: String,
    /// Whether connected.
    #[serde(default)]
    pub status: Status,
    /// Whether the nick is held by nobody's lasting key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guest: bool,
    /// Another person who had this nick before, as a key of theirs owned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
}

/// A part of a member list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
    /// The revision of the list.
    pub revision: u64,
    /// These members.
    pub members: Vec<Member>,
    /// Whether this answer ends here.
    pub done: bool,
    /// Whether the list goes on after it; ask with `after`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// A part of a room's messages, in rising order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
    /// These messages.
    pub messages: Vec<Message>,
    /// Whether this answer ends here.
    pub done: bool,
    /// With `done`: whether the history goes on in the direction that was asked (after a join: to older messages).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Said.
    #[default]
    Message,
    /// Done (`/me`).
    Action,
    /// The room's new topic; empty where it was cleared.
    Topic,
    /// A kind of a newer server, to be shown as a message; never sent.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// One message of a room's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The room.
    pub room: Address,
    /// Its place.
    pub position: Position,
    /// Its id; the sender is its first part.
    pub id: MessageId,
    /// The sender's nick at that time.
    pub nick: String,
    /// When the server took it, in milliseconds since 1970.
    pub time: u64,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// The text.
    pub text: String,
    /// The message of the same room that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
}

/// The messages that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// These messages, the newest first; those of one room in falling order of their positions.
    pub messages: Vec<Message>,
    /// There may be older ones; ask with it as `next`. May come with few messages or none, as the server looks through so much at once and no
    /// more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Messages of a room that cannot be given any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The room.
    pub room: Address,
    /// The first one that is missing.
    pub from: Position,
    /// The last one that is missing.
    pub to: Position,
}

/// What happened to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Came in.
    Joined,
    /// Went, or did not come back in time.
    Left,
    /// Lost its connection.
    Reconnecting,
    /// Came back in time.
    Back,
    /// Has another nick.
    Renamed,
    /// A change of a newer server: ask for a fresh list; never sent.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// One change of a member list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub what: What,
    /// To whom.
    pub person: PersonId,
    /// By which nick, after the change.
    pub nick: String,
    /// With `renamed`: the nick before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Whether the nick is held by nobody's lasting key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guest: bool,
    /// Another person who had this nick before, as a key of theirs owned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
}

/// Changes of a room's member list. Applied to the list of the revision before, they give that of `revision`; where
/// a revision is missing in between, or `summary` is set, the client asks for a fresh list when it needs one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The room.
    pub room: Address,
    /// The revision after these changes; each event raises it by one.
    pub revision: u64,
    /// How many members there are now.
    pub count: usize,
    /// The changes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// There are too many members for single changes to be told; only `count` is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub summary: bool,
}

/// A send is stored for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
    /// The send's id.
    pub id: MessageId,
    /// The place it got, at its first try.
    pub position: Position,
    /// The time it got, in milliseconds since 1970.
    pub time: u64,
    /// Nothing up to here can be lost any more; a sender keeps what stands above.
    pub stable: Position,
}

/// A request is done that has no result of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// The person's nick is another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NickChanged {
    /// The request's number, on the connection that asked.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The new nick.
    pub nick: String,
    /// Whether it belongs to the person's key from now on.
    pub owned: bool,
    /// Another person who had this nick before, as a key of theirs owned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
}

/// A direct conversation that was asked for; join it to read and write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// Its address.
    pub room: Address,
    /// Whom it is with.
    pub person: PersonId,
    /// The nick that this person has now.
    pub nick: String,
    /// Another person who had the nick that was asked for before, as a key of theirs owned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
}

/// One direct conversation of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its address.
    pub room: Address,
    /// Whom it is with.
    pub person: PersonId,
    /// The nick that this person has now, or had last; empty where the server does not know it.
    pub nick: String,
    /// Its last message.
    pub head: Position,
    /// Another person who had this nick before, as a key of theirs owned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
    /// The nick is another person's by now: who says something here says it to the one from before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passed_on: bool,
}

/// A part of the person's direct conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversations {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// These conversations.
    pub conversations: Vec<Conversation>,
    /// Whether there are more; ask with `after`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// One room of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Its name.
    pub room: Address,
    /// Its topic; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// How many members it has now.
    pub members: usize,
}

/// A page of the rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// These rooms, in the order of their names.
    pub rooms: Vec<RoomInfo>,
    /// Whether there are more; ask with `after`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// What became safe since it was last told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Rooms in which the safe part grew.
    pub stable: Vec<Stable>,
}

/// How far one room is safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stable {
    /// The room.
    pub room: Address,
    /// Nothing up to here can be lost any more.
    pub position: Position,
}
