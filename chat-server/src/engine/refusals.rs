//! The sentences of refused requests.

use std::time::Duration;

use protocol::codec::DecodeError;
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::limits::{Limits, NICKS_OWNED_MAX, Rate};
use protocol::names::Nick;
use protocol::position::Address;

use super::budget::Budget;
use super::connection::REQUESTS_WAITING_MAX;
use super::paying::Unpaid;

/// After this time another try can help where the store or the server is busy, in milliseconds.
pub const RETRY_AFTER_MS: u64 = 1000;

/// After this time there may be room again for a room without a message, in milliseconds.
const EMPTY_ROOMS_RETRY_MS: u64 = 30_000;

/// After this time more of a history may be indexed, in milliseconds.
const INDEXING_RETRY_MS: u64 = 3_000;

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

pub(super) fn has_no_key(nick: &Nick) -> Refusal {
    not_allowed(format!(
        "{nick} has no key and so no direct messages; write in a room"
    ))
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

pub(super) fn indexing() -> Refusal {
    Refusal {
        retry_after_ms: Some(INDEXING_RETRY_MS),
        ..Refusal::new(
            ErrorCode::Unavailable,
            "the server is still indexing its history for searches; try again in a few seconds",
        )
    }
}

pub(super) fn unknown_next() -> Refusal {
    bad_request("the search index that this \"next\" belongs to is gone; search again without it")
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

pub(super) fn too_many_waiting(wait: Duration) -> Refusal {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Refusal {
        retry_after_ms: Some(wait_ms.max(RETRY_AFTER_MS)),
        ..Refusal::new(
            ErrorCode::RateLimited,
            format!(
                "{REQUESTS_WAITING_MAX} requests wait on this connection, which is all that may, and this one was not taken; send slower"
            ),
        )
    }
}

/// A budget is spent.
pub(super) fn rate_limited(unpaid: Unpaid, limits: &Limits) -> Refusal {
    let Unpaid {
        budget,
        shared,
        wait,
    } = unpaid;
    // One more than the whole ones, as a try in the last fraction would come too early.
    let wait_ms = u64::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
    let share = if shared { limits.address_share } else { 1 };
    let times = |count: u32| count.saturating_mul(share);
    let rate = |what: &str, rate: Rate| {
        let time = match rate.per_ms {
            ms if ms.is_multiple_of(1000) => format!("{} s", ms / 1000),
            ms => format!("{ms} ms"),
        };
        format!(
            "{} in {time}",
            what.replace("{}", &times(rate.count).to_string())
        )
    };
    let may = match budget {
        Budget::Messages => format!(
            "send {} messages at once and {} a second after that",
            times(limits.burst),
            times(limits.per_second)
        ),
        Budget::Joins => rate("join {} rooms", limits.joins),
        Budget::Nicks => rate("take {} nicks", limits.nicks),
        Budget::NewRooms => rate("begin {} rooms or conversations", limits.new_rooms),
        Budget::Reads => rate("ask {} questions", limits.reads),
        Budget::Searches => rate("make {} searches", limits.searches),
        Budget::Requests => rate("make {} other requests", limits.requests),
    };
    let who = if shared {
        "all clients of your address together"
    } else {
        "one person"
    };
    let seconds = wait_ms.div_ceil(1000);
    Refusal {
        retry_after_ms: Some(wait_ms),
        ..Refusal::new(
            ErrorCode::RateLimited,
            format!("this was not done: {who} may {may}; try again in {seconds} s"),
        )
    }
}

/// The server keeps as many rooms without a message in mind as it may.
pub(super) fn too_many_empty_rooms(room: &Address, limit: usize) -> Refusal {
    Refusal {
        retry_after_ms: Some(EMPTY_ROOMS_RETRY_MS),
        ..about(
            room,
            ErrorCode::Unavailable,
            format!(
                "{room} has no message yet, and the server has {limit} such rooms, which is all that it may have; enter one that has messages, or try again later"
            ),
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
