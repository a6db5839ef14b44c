//! The limits of the contract, and those that a server tells.

use serde::{Deserialize, Serialize};

pub use crate::names::{
    NICK_BYTES_MAX, NICK_GRAPHEMES_MAX, ROOM_BYTES_MAX, ROOM_GRAPHEMES_MAX, TEXT_BYTES_MAX,
    TOPIC_BYTES_MAX,
};

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

/// What a server holds its clients to, told in its greeting. A client goes by these and not by its own constants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A message text in bytes of UTF-8.
    pub text_bytes: usize,
    /// A topic in bytes of UTF-8.
    pub topic_bytes: usize,
    /// A nick or room name in grapheme clusters.
    pub name_graphemes: usize,
    /// A nick or room name in bytes of UTF-8.
    pub name_bytes: usize,
    /// A frame's payload in bytes.
    pub frame_bytes: usize,
    /// Messages in one answer to a history request.
    pub page_messages: u16,
    /// Rooms and conversations of one connection at once.
    pub rooms: usize,
    /// Sends of one connection without an acknowledgement.
    pub in_flight: usize,
    /// Messages that a person may send at once.
    pub burst: u32,
    /// Messages a second that a person may send on and on.
    pub per_second: u32,
    /// Members up to which deltas name each change.
    pub members_told: usize,
    /// Time between two pings of the server, in milliseconds.
    pub heartbeat_ms: u64,
    /// How long a lost member shows as reconnecting before it leaves, in milliseconds.
    pub reconnecting_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: TEXT_BYTES_MAX,
            topic_bytes: TOPIC_BYTES_MAX,
            name_graphemes: NICK_GRAPHEMES_MAX,
            name_bytes: NICK_BYTES_MAX,
            frame_bytes: FRAME_BYTES_MAX,
            page_messages: PAGE_MESSAGES_MAX,
            rooms: ROOMS_MAX,
            in_flight: IN_FLIGHT_MAX,
            burst: 10,
            per_second: 5,
            members_told: MEMBERS_TOLD_MAX,
            heartbeat_ms: 25_000,
            reconnecting_ms: 30_000,
        }
    }
}
