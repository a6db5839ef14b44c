//! The limits of the contract, and those that a server tells.

use serde::{Deserialize, Serialize};

mod lengths;
mod rate;
mod table;
#[cfg(test)]
mod tests;

pub use self::rate::{NoRate, Rate};
pub use self::table::{Limit, LimitError};
pub use crate::names::{
    NICK_BYTES_MAX, NICK_GRAPHEMES_MAX, ROOM_BYTES_MAX, ROOM_GRAPHEMES_MAX, TEXT_BYTES_MAX,
    TOPIC_BYTES_MAX,
};
pub use crate::search::{SEARCH_BYTES_MAX, SEARCH_TERMS_MAX};

/// The WebSocket sub-protocol that both sides name in the handshake.
pub const SUBPROTOCOL: &str = "chat.v1";

/// The port of a server where none is named and nothing is encrypted.
pub const PORT: u16 = 7878;

/// The version of this contract; it rises only with a change that an older side would misread.
pub const VERSION: u16 = 1;

/// A frame's payload in bytes, in both directions; a longer one closes the connection with
/// [`CloseCode::FrameTooLarge`](crate::close::CloseCode::FrameTooLarge).
pub const FRAME_BYTES_MAX: usize = 16 * 1024;

/// Messages in one answer to a history request; a larger wish is clipped.
pub const PAGE_MESSAGES_MAX: u16 = 200;

/// Messages in one answer to a search; a larger wish is clipped, and fewer come where they are long.
pub const FOUND_MESSAGES_MAX: u16 = 50;

/// Messages that a join without a position gives, where it does not say how many.
pub const JOIN_MESSAGES: u16 = 50;

/// Members up to which a room's deltas name each change; above it they carry the count alone and the list is paged
/// on demand.
pub const MEMBERS_TOLD_MAX: usize = 200;

/// Rooms and direct conversations that one connection may be in at once; one more is refused.
pub const ROOMS_MAX: usize = 100;

/// Sends of one connection that wait for their acknowledgement; at it the server stops reading from that connection.
pub const IN_FLIGHT_MAX: usize = 64;

/// The name and version that a client gives in its hello, in bytes.
pub const AGENT_BYTES_MAX: usize = 64;

/// Nicks that one key may own; one more is refused.
pub const NICKS_OWNED_MAX: usize = 5;

table::limits! {
    /// What a server holds its clients to, told in its greeting. A client goes by these and not by its own constants.
    ///
    /// A member that an older server does not tell has its default. Where one of the budgets is spent, the request is kept back for up to
    /// `pause_ms`, and nothing more is read from the connection meanwhile; where that is not enough it is refused with
    /// [`rate_limited`](crate::error::ErrorCode::RateLimited) and the time after which it would pass. Budgets are a person's, over all
    /// of their connections; all clients of one address (one /64 of IPv6) together have `address_share` times as much.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(default)]
    pub struct Limits {
        /// A message text in bytes of UTF-8.
        text_bytes: usize = TEXT_BYTES_MAX, 256 => TEXT_BYTES_MAX;
        /// A topic in bytes of UTF-8.
        topic_bytes: usize = TOPIC_BYTES_MAX, 32 => TOPIC_BYTES_MAX;
        /// A nick or room name in grapheme clusters.
        name_graphemes: usize = NICK_GRAPHEMES_MAX, 8 => NICK_GRAPHEMES_MAX;
        /// A nick or room name in bytes of UTF-8.
        name_bytes: usize = NICK_BYTES_MAX, 32 => NICK_BYTES_MAX;
        /// A frame's payload in bytes, from a client; those of the server have at most 16,384.
        frame_bytes: usize = FRAME_BYTES_MAX, 2_048 => FRAME_BYTES_MAX;
        /// Messages in one answer to a history request.
        page_messages: u16 = PAGE_MESSAGES_MAX, 10 => PAGE_MESSAGES_MAX;
        /// Rooms and conversations of one connection at once.
        rooms: usize = ROOMS_MAX, 1 => 1_000;
        /// Sends of one connection without an acknowledgement.
        in_flight: usize = IN_FLIGHT_MAX, 1 => 256;
        /// Messages that a person may send at once.
        burst: u32 = 10, 1 => 10_000;
        /// Messages a second that a person may send on and on.
        per_second: u32 = 5, 1 => 10_000;
        /// Members up to which deltas name each change.
        members_told: usize = MEMBERS_TOLD_MAX, 0 => 1_000;
        /// Time between two pings of the server, in milliseconds.
        heartbeat_ms: u64 = 25_000, 1_000 => 30_000;
        /// How long a lost member shows as reconnecting before it leaves, in milliseconds.
        reconnecting_ms: u64 = 30_000, 1_000 => 600_000;
        /// Rooms that a person may enter; a room where the person is a member already and one that a new connection resumes count as reads.
        joins: Rate = Rate::new(5, 10), Rate::new(1, 60) => Rate::new(10_000, 1);
        /// Nicks that a person may take.
        nicks: Rate = Rate::new(3, 60), Rate::new(1, 3_600) => Rate::new(10_000, 1);
        /// Rooms and conversations without any message that a person may be the first to enter.
        new_rooms: Rate = Rate::new(5, 60), Rate::new(1, 3_600) => Rate::new(10_000, 1);
        /// Questions that a person may ask: pages of messages, rooms, members and conversations, and by whom a nick is held.
        reads: Rate = Rate::new(100, 10), Rate::new(1, 1) => Rate::new(100_000, 1);
        /// Searches of a person.
        searches: Rate = Rate::new(30, 10), Rate::new(1, 60) => Rate::new(10_000, 1);
        /// Requests of any other kind of a person, those that cannot be read counted.
        requests: Rate = Rate::new(100, 10), Rate::new(1, 1) => Rate::new(100_000, 1);
        /// How many times what one person may, all clients of one address may together.
        address_share: u32 = 4, 1 => 10_000;
        /// The longest time for which a request is kept back before it is refused, in milliseconds.
        pause_ms: u64 = 2_000, 0 => 10_000;
        /// Refusals of a connection that came before the wait of the one before was over; one more ends it with 4429, and one is forgiven
        /// each second.
        refusals: u32 = 128, 1 => 10_000;
        /// From the connection to the end of the WebSocket handshake, in milliseconds.
        handshake_ms: u64 = 5_000, 100 => 60_000;
        /// From there to the first hello that holds, in milliseconds.
        hello_ms: u64 = 10_000, 100 => 60_000;
        /// From the first byte of a frame to its end, in milliseconds.
        frame_ms: u64 = 10_000, 100 => 60_000;
        /// From a ping to any sign of life, in milliseconds.
        pong_ms: u64 = 10_000, 100 => 60_000;
        /// Without progress of a client that has as much waiting for it as may wait, in milliseconds.
        slow_ms: u64 = 5_000, 100 => 60_000;
        /// Bytes that may wait for one connection; four times as many end it at once.
        outbox_bytes: usize = 1024 * 1024, 256 * 1024 => 64 * 1024 * 1024;
        /// Connections of all clients; never more than the limit of open files leaves room for.
        connections: usize = 100_000, 1 => 1_000_000;
        /// Connections of one address (one /64 of IPv6) at once; this machine is exempt.
        address_connections: usize = 20, 1 => 1_000_000;
        /// New connections of one address; this machine is exempt.
        new_connections: Rate = Rate::new(60, 60), Rate::new(1, 60) => Rate::new(10_000, 1);
        /// Connections of all clients that have not said a hello that holds; never more than a tenth of those there is room for, or 64.
        /// One more sends away the oldest of the address that has most of them.
        not_introduced: usize = 1_000, 1 => 1_000_000;
        /// Rooms and conversations without any message that the server keeps in mind for those who are in them.
        empty_rooms: usize = 10_000, 1 => 1_000_000;
    }
}

/// Bytes that a frame may have beside its text.
const FRAME_BYTES_BESIDE: usize = 1_024;

impl Limits {
    /// Chooses one limit by a text `NAME=VALUE`.
    pub fn choose(&mut self, text: &str) -> Result<(), LimitError> {
        let (name, value) = text.split_once('=').ok_or_else(|| LimitError::NoValue {
            text: text.to_owned(),
        })?;
        self.set(name.trim(), value.trim())
    }

    /// Whether all limits fit each other.
    pub fn check(&self) -> Result<(), LimitError> {
        let at_least = |name, value: usize, other: &str, least: usize, why| {
            if value >= least {
                return Ok(());
            }
            Err(LimitError::Contradiction {
                name,
                value: u64::try_from(value).unwrap_or(u64::MAX),
                bound: format!("it has to be at least {least} for {other}"),
                why,
            })
        };
        at_least(
            "frame_bytes",
            self.frame_bytes,
            "text_bytes",
            self.text_bytes
                .saturating_mul(2)
                .saturating_add(FRAME_BYTES_BESIDE),
            "a text may take two bytes for each of its own",
        )?;
        at_least(
            "name_bytes",
            self.name_bytes,
            "name_graphemes",
            self.name_graphemes,
            "no character has less than a byte",
        )?;
        at_least(
            "refusals",
            usize::try_from(self.refusals).unwrap_or(usize::MAX),
            "in_flight",
            self.in_flight.saturating_add(1),
            "a client that sends as far ahead as it may is no flood",
        )?;
        at_least(
            "connections",
            self.connections,
            "address_connections",
            self.address_connections,
            "one address is a part of all",
        )
    }
}
