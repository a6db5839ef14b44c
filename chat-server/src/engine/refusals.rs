//! The sentences of refused requests.

use protocol::codec::DecodeError;
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::limits::NICKS_OWNED_MAX;
use protocol::names::Nick;
use protocol::position::Address;

/// After this time another try can help where the store or the server is busy, in milliseconds.
pub const RETRY_AFTER_MS: u64 = 1000;

/// The sentence of a refusal in bytes; a longer one, which can only quote a bad frame, is cut off.
const SENTENCE_BYTES_MAX: usize = 512;

/// A frame that is no request, or a hello that does not hold.
pub(super) fn broken(error: &DecodeError) -> Refusal {
    let mut message: String = error.message.chars().filter(|c| !c.is_control()).collect();
    message.truncate(message.floor_char_boundary(SENTENCE_BYTES_MAX));
    Refusal {
        reference: error.reference,
        ..Refusal::new(error.code, message)
    }
}

pub(super) fn not_introduced() -> Refusal {
    Refusal::new(ErrorCode::NotIntroduced, "say hello before anything else")
}

pub(super) fn already_introduced() -> Refusal {
    Refusal::new(
        ErrorCode::AlreadyIntroduced,
        "this connection has said hello already; connect anew to be somebody else, or take another nick with \"nick\"",
    )
}

pub(super) fn nick_taken(nick: &Nick, held_by: HeldBy) -> Refusal {
    let message = match held_by {
        HeldBy::Guest | HeldBy::Unknown => format!(
            "the nick {nick}, or one that looks like it, is held by a guest until they leave; choose another or wait"
        ),
        HeldBy::Key => format!(
            "the nick {nick}, or one that looks like it, belongs to somebody else's key; choose another"
        ),
        HeldBy::Reserved => {
            format!("the nick {nick} looks like one that the server keeps; choose another")
        }
    };
    Refusal {
        held_by: Some(held_by),
        ..Refusal::new(ErrorCode::NickTaken, message)
    }
}

pub(super) fn nick_limit(nick: &Nick) -> Refusal {
    Refusal::new(
        ErrorCode::NickLimit,
        format!(
            "the nick {nick} would be more than the {NICKS_OWNED_MAX} that one key may own; take one that this key owns"
        ),
    )
}

pub(super) fn no_such_nick(nick: &Nick) -> Refusal {
    Refusal::new(
        ErrorCode::NoSuchNick,
        format!("nobody is called {nick}; check the spelling"),
    )
}

pub(super) fn not_joined(room: &Address) -> Refusal {
    about(
        room,
        ErrorCode::NotJoined,
        format!("this connection is not in {room}; join it first"),
    )
}

pub(super) fn already_joined(room: &Address) -> Refusal {
    about(
        room,
        ErrorCode::AlreadyJoined,
        format!("this connection is in {room} already; leave it before joining it again"),
    )
}

pub(super) fn too_many_rooms(room: &Address, limit: usize) -> Refusal {
    about(
        room,
        ErrorCode::TooManyRooms,
        format!("{room} would be more than the {limit} rooms of one connection; leave one first"),
    )
}

pub(super) fn not_allowed(message: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::NotAllowed, message)
}

pub(super) fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::BadRequest, message)
}

pub(super) fn out_of_order(expected: u64) -> Refusal {
    Refusal {
        expected_seq: Some(expected),
        ..Refusal::new(
            ErrorCode::OutOfOrder,
            format!("the send was not stored: seq {expected} is due first"),
        )
    }
}

pub(super) fn seq_reused(expected: u64) -> Refusal {
    Refusal {
        expected_seq: Some(expected),
        ..Refusal::new(
            ErrorCode::SeqReused,
            format!(
                "the send was not stored: its seq was used before with another text; seq {expected} is due"
            ),
        )
    }
}

pub(super) fn outcome_unknown() -> Refusal {
    Refusal::new(
        ErrorCode::OutcomeUnknown,
        "the store cannot say whether the send was stored; send the same again",
    )
}

/// In place of a refusal that would say of a send that it is not stored, where an earlier try of it is.
pub(super) fn of_a_retry(refusal: Refusal) -> Refusal {
    Refusal {
        reference: refusal.reference,
        room: refusal.room,
        retry_after_ms: refusal.retry_after_ms,
        ..outcome_unknown()
    }
}

pub(super) fn unavailable() -> Refusal {
    Refusal {
        retry_after_ms: Some(RETRY_AFTER_MS),
        ..Refusal::new(
            ErrorCode::Unavailable,
            "the server cannot do it now, and has not done it; try again in a moment",
        )
    }
}

pub(super) fn restarting() -> Refusal {
    Refusal {
        retry_after_ms: Some(RETRY_AFTER_MS),
        ..Refusal::new(
            ErrorCode::Unavailable,
            "the server restarts, and has not done it; connect again and repeat it",
        )
    }
}

pub(super) fn rate_limited(retry_after_ms: u64) -> Refusal {
    Refusal {
        retry_after_ms: Some(retry_after_ms),
        ..Refusal::new(
            ErrorCode::RateLimited,
            "too many requests wait on this connection, and this one was not taken; send slower",
        )
    }
}

/// A refusal that is about a room.
pub(super) fn about(room: &Address, code: ErrorCode, message: String) -> Refusal {
    Refusal {
        room: Some(room.clone()),
        ..Refusal::new(code, message)
    }
}
