//! Errors that a server tells: a code from a fixed list, and a sentence for people.

use serde::{Deserialize, Serialize};

use crate::position::Address;
use crate::request::Ref;

/// What a client can branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, a field missing or of the wrong type.
    BadRequest,
    /// A request that this server does not know; the sentence names it.
    UnknownRequest,
    /// Another version of the contract; the connection closes.
    UnsupportedVersion,
    /// `hello` comes first.
    NotIntroduced,
    /// `hello` comes once.
    AlreadyIntroduced,
    /// The client's proof does not hold, or a part of it is missing.
    BadProof,
    /// The endpoint that the client dialled is none of the server's names.
    WrongEndpoint,
    /// Not a nick; the sentence says which rule it breaks.
    BadNick,
    /// The nick is held by somebody else; `held_by` says by what.
    NickTaken,
    /// The key owns as many nicks as it may.
    NickLimit,
    /// Not a room name; the sentence says which rule it breaks.
    BadRoom,
    /// Not a text or topic; the sentence says which rule it breaks.
    BadText,
    /// The connection has not joined this room.
    NotJoined,
    /// The connection has joined this room already.
    AlreadyJoined,
    /// The connection is in as many rooms as it may.
    TooManyRooms,
    /// Nobody holds or owns this nick.
    NoSuchNick,
    /// Not for this client: a keyless one has no direct messages, a conversation has no topic, a third person no
    /// part in it.
    NotAllowed,
    /// The send's seq is not one more than the last; `expected_seq` says which is due. It was not stored.
    OutOfOrder,
    /// This seq was stored before with another text; `expected_seq` says which is due. It was not stored again.
    SeqReused,
    /// Too much in too short a time; `retry_after_ms` says when to try again. It was not stored.
    RateLimited,
    /// The store cannot take it now; `retry_after_ms` says when to try again. It was not stored.
    Unavailable,
    /// The store cannot say whether it was stored: try the same send again.
    OutcomeUnknown,
    /// A code of a newer server; never sent.
    #[serde(other, skip_serializing)]
    Unknown,
}

impl ErrorCode {
    /// Every code that a server tells.
    pub const ALL: [Self; 22] = [
        Self::BadRequest,
        Self::UnknownRequest,
        Self::UnsupportedVersion,
        Self::NotIntroduced,
        Self::AlreadyIntroduced,
        Self::BadProof,
        Self::WrongEndpoint,
        Self::BadNick,
        Self::NickTaken,
        Self::NickLimit,
        Self::BadRoom,
        Self::BadText,
        Self::NotJoined,
        Self::AlreadyJoined,
        Self::TooManyRooms,
        Self::NoSuchNick,
        Self::NotAllowed,
        Self::OutOfOrder,
        Self::SeqReused,
        Self::RateLimited,
        Self::Unavailable,
        Self::OutcomeUnknown,
    ];
}

/// By what a nick is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// A guest or keyless client; free again when they are gone.
    Guest,
    /// A key; it belongs to it.
    Key,
    /// The server; nobody gets it.
    Reserved,
    /// A kind of a newer server; never sent.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// A request that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The request's number.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// What a client can branch on.
    pub code: ErrorCode,
    /// What, which, the limit, what to do, for people.
    pub message: String,
    /// The room it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Address>,
    /// The wait after which another try can help, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `out_of_order` and `seq_reused`: the seq that is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seq: Option<u64>,
    /// With `nick_taken`: by what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<HeldBy>,
}

impl Refusal {
    /// A refusal with a code and a sentence, and nothing more.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            reference: None,
            code,
            message: message.into(),
            room: None,
            retry_after_ms: None,
            expected_seq: None,
            held_by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_in_order() {
        for (at, code) in ErrorCode::ALL.into_iter().enumerate() {
            assert_eq!(code as usize, at, "{code:?}");
        }
        assert_eq!(ErrorCode::Unknown as usize, ErrorCode::ALL.len());
    }
}
