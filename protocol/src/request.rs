//! What a client may ask. Every request may carry a `ref`, and is then answered by exactly one result or error with it.

use serde::{Deserialize, Serialize};

use crate::identity::{Endpoint, Nonce, Proof, PublicKey};
use crate::names::{MessageText, Nick, RoomName, Topic};
use crate::position::{Address, Anchor, PersonId, Position};
use crate::search::SearchText;

/// The number by which a client knows the answer to its request; free for it to choose.
pub type Ref = u64;

/// One frame from a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Introduces the person; the first request of a connection. Answered by `welcome`.
    Hello(Hello),
    /// Enters a room or conversation. Answered by `joined`, the members, and the messages.
    Join(Join),
    /// Leaves a room or conversation. Answered by `done`; if the messages of its join are not complete, they are ended first.
    Leave(Leave),
    /// Says something. Answered by `ack` when it is stored.
    Send(Send),
    /// Sets a room's topic, which is a message of its history. Answered by `ack` when it is stored.
    Topic(SetTopic),
    /// Takes another nick. Answered by `nick`.
    Nick(SetNick),
    /// Asks for the direct conversation with who holds a nick. Answered by `opened`.
    Open(Open),
    /// Asks for one page of the rooms. Answered by `rooms`.
    Rooms(Rooms),
    /// Asks for one page of a room's members. Answered by `members`.
    Members(Members),
    /// Asks for one page of a room's messages. Answered by `history`.
    History(History),
    /// Asks for one page of the person's direct conversations. Answered by `conversations`.
    Conversations(Conversations),
    /// Asks for the messages that have certain words. Answered by `found`.
    Search(Search),
}

impl Request {
    /// The request's `ref`.
    pub const fn reference(&self) -> Option<Ref> {
        match self {
            Self::Hello(r) => r.reference,
            Self::Join(r) => r.reference,
            Self::Leave(r) => r.reference,
            Self::Send(r) => r.reference,
            Self::Topic(r) => r.reference,
            Self::Nick(r) => r.reference,
            Self::Open(r) => r.reference,
            Self::Rooms(r) => r.reference,
            Self::Members(r) => r.reference,
            Self::History(r) => r.reference,
            Self::Conversations(r) => r.reference,
            Self::Search(r) => r.reference,
        }
    }
}

/// Introduces the person. With `key`, also `nonce`, `endpoint` and `proof` are due; a keyless client that wants the server's
/// proof sends `nonce` and `endpoint` alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The version of the contract that the client speaks, [`VERSION`](crate::limits::VERSION).
    pub version: u16,
    /// Name and version of the program, at most [`AGENT_BYTES_MAX`](crate::limits::AGENT_BYTES_MAX).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The wished nick; without one the server gives a free `guest-1234`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<Nick>,
    /// The person's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
    /// Drawn for this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
    /// What the client dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// The client's signature, see [`Transcript`](crate::identity::Transcript).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// Which device of the person this is; two programs that run at once must differ, on whichever machines. A program that keeps its
    /// seqs draws it at random once and keeps it with them.
    #[serde(default)]
    pub device: u32,
    /// The key is thrown away later: the nick is held while the person is there and owned by nobody after.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guest: bool,
}

/// Enters a room or conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
    /// The last message that the client has of it: exactly what follows comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Anchor>,
    /// Without `after`: how many of the last messages come, [`JOIN_MESSAGES`](crate::limits::JOIN_MESSAGES) where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<u16>,
}

/// Leaves a room or conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
}

/// What a sender may send as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendKind {
    /// Said.
    #[default]
    Message,
    /// Done (`/me`).
    Action,
}

/// Says something in a room or conversation that the connection has joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room.
    pub room: Address,
    /// One more than the last one of this person and device in this room. A keyless client may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// As what.
    #[serde(default)]
    pub kind: SendKind,
    /// The text.
    pub text: MessageText,
    /// The message of the same room that this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
}

/// Sets a room's topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetTopic {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room; conversations have no topic.
    pub room: Address,
    /// As in `send`; both count together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The new topic; empty clears it.
    pub text: Topic,
}

/// Takes another nick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetNick {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The wished nick.
    pub nick: Nick,
}

/// Asks for the direct conversation with who holds a nick now, or owns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The other's nick.
    pub nick: Nick,
}

/// Asks for one page of the rooms, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The last room of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RoomName>,
}

/// Asks for one page of a room's members, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room, which the connection has joined.
    pub room: Address,
    /// The last person of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<PersonId>,
}

/// Asks for one page of a room's messages; `before` or `after`, not both. With neither the last messages come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room, which the connection has joined.
    pub room: Address,
    /// The messages that end just before this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Position>,
    /// The messages that begin just after this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Position>,
    /// How many; clipped to between 1 and [`PAGE_MESSAGES_MAX`](crate::limits::PAGE_MESSAGES_MAX), which is also taken where it is missing. Fewer come,
    /// with `more`, where they are long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// Asks for one page of the person's direct conversations, in the order of their addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversations {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The last conversation of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Address>,
}

/// Asks for the messages that have certain words, the newest first. They are looked for in the whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The number of this request.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// The room or conversation, which the connection has joined; without it all that it has joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Address>,
    /// The words and phrases, see [`search`](crate::search).
    pub text: SearchText,
    /// Where the page before ended: what its `found` told as `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// How many; clipped to between 1 and [`FOUND_MESSAGES_MAX`](crate::limits::FOUND_MESSAGES_MAX), which is also taken where it is missing. Fewer
    /// come, with `next`, where they are long or far between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}
