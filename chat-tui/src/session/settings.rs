//! What a session is started with.

use std::time::Duration;

use protocol::identity::{Identity, PublicKey};
use protocol::names::Nick;

/// What a session is started with.
#[derive(Debug)]
pub struct Settings {
    /// The person's key; nothing for a keyless client.
    pub identity: Option<Identity>,
    /// The key is thrown away later: the nick is not to be owned.
    pub guest: bool,
    /// Which device of the person this is; no other program that runs has the same.
    pub device: u32,
    /// The wished nick; without one the server gives one.
    pub nick: Option<Nick>,
    /// The server's key as remembered for the endpoint; nothing at the first visit.
    pub known_server_key: Option<PublicKey>,
    /// Name and version of the program, at most [`AGENT_BYTES_MAX`](protocol::limits::AGENT_BYTES_MAX).
    pub agent: String,
    /// How long to wait between tries to connect.
    pub back_off: BackOff,
}

/// How long to wait between tries to connect; the wait doubles, and each is spread by a quarter up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// Before the first try.
    pub first: Duration,
    /// Never longer than this.
    pub max: Duration,
}

impl Default for BackOff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            max: Duration::from_secs(30),
        }
    }
}
