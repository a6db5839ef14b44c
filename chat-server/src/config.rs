//! What a server is told at its start: checked before it starts, and never changed after.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

mod chosen_limits;

use etcetera::BaseStrategy as _;
pub use ipnet::IpNet;
use protocol::limits::Limits;
pub use protocol::limits::PORT;

pub use self::chosen_limits::{chosen_limits, list_of_limits};
pub use crate::engine::NICK_EXPIRY;
pub use crate::engine::introduction::Names;
pub use crate::history::Location;
use crate::shell::hub_task::OUTBOXES_BYTES_MAX;
pub use crate::shell::tls::{RELOAD_EVERY, TlsFiles};

/// The line for who joins a room, where none is chosen.
pub const WELCOME: &str = "Welcome to {room}, {nick}.";

/// What a server is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the history is kept.
    pub data: Location,
    /// The address to listen on.
    pub bind: IpAddr,
    /// The port to listen on; 0 picks a free one.
    pub port: u16,
    /// The address on which health, readiness and metrics are told in plain HTTP, where they are; port 0 picks a free one.
    pub admin: Option<SocketAddr>,
    /// Names under which clients may dial the server, besides its own address and loopback.
    pub names: Names,
    /// The certificate of a server that speaks TLS; without one it speaks none.
    pub tls: Option<TlsFiles>,
    /// Web pages that may connect, by their `Origin` header; every other page is refused.
    pub origins: Vec<String>,
    /// The limits that clients are held to.
    pub limits: Limits,
    /// Proxies whose word is taken for where a client comes from, by their networks.
    pub trusted_proxies: Vec<IpNet>,
    /// Hold clients on this machine to the budgets, and to the limits of an address, too.
    pub limit_loopback: bool,
    /// The line for who joins a room; `{nick}` and `{room}` stand for both.
    pub welcome: Option<String>,
    /// How long the server has to serve, all its runs together, until a nick that its owner did not use meanwhile is free; nothing
    /// where no nick ever gets free by itself.
    pub nick_expiry: Option<Duration>,
    /// Memory for what waits to be written to all clients together, in bytes; beyond it the slowest readers are told to connect again.
    pub outboxes_bytes: usize,
    /// Over how long a drain spreads the ends of connections; none of them goes before a quarter of it, or 5 s.
    pub drain: Duration,
    /// How long the end may take, from the stop to the last connection's end, before the rest is cut off.
    pub ends_within: Duration,
}

impl Default for Config {
    /// A throw-away server on a free port of this machine.
    fn default() -> Self {
        Self {
            data: Location::Memory,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            admin: None,
            names: Names::default(),
            tls: None,
            origins: Vec::new(),
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            limit_loopback: false,
            welcome: None,
            nick_expiry: Some(NICK_EXPIRY),
            outboxes_bytes: OUTBOXES_BYTES_MAX,
            drain: Duration::ZERO,
            ends_within: Duration::from_secs(3),
        }
    }
}

/// Where the history of whoever runs this is kept if nothing else is said: `chat-server` in the person's data directory.
///
/// # Errors
///
/// When there is no home directory.
pub fn default_data() -> Result<PathBuf, NoHome> {
    let base = etcetera::choose_base_strategy().map_err(|_missing| NoHome)?;
    Ok(base.data_dir().join("chat-server"))
}

/// There is no home directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no home directory to keep the history in: name a place with --data")]
pub struct NoHome;

/// The waits of a connection, as the limits have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    /// From the TCP connection to the end of the WebSocket handshake.
    pub(crate) handshake: Duration,
    /// From there to the first hello that holds.
    pub(crate) hello: Duration,
    /// From a ping to any sign of life.
    pub(crate) patience: Duration,
    /// From the first byte of a frame to its end.
    pub(crate) whole_frame: Duration,
    /// Without progress while the outbox is full.
    pub(crate) slow: Duration,
}

impl From<&Limits> for Timing {
    fn from(limits: &Limits) -> Self {
        Self {
            handshake: Duration::from_millis(limits.handshake_ms),
            hello: Duration::from_millis(limits.hello_ms),
            patience: Duration::from_millis(limits.pong_ms),
            whole_frame: Duration::from_millis(limits.frame_ms),
            slow: Duration::from_millis(limits.slow_ms),
        }
    }
}
