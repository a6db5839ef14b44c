//! What a server is told at its start: checked before it starts, and never changed after.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use etcetera::BaseStrategy as _;
pub use ipnet::IpNet;
use protocol::limits::Limits;
pub use protocol::limits::PORT;

pub use crate::engine::introduction::Names;
pub use crate::history::Location;
use crate::shell::gate::Room;
pub use crate::shell::tls::{RELOAD_EVERY, TlsFiles};
use crate::shell::visits::Pace;

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
    /// Names under which clients may dial the server, besides its own address and loopback.
    pub names: Names,
    /// The certificate of a server that speaks TLS; without one it speaks none.
    pub tls: Option<TlsFiles>,
    /// Web pages that may connect, by their `Origin` header; every other page is refused.
    pub origins: Vec<String>,
    /// The limits that clients are held to.
    pub limits: Limits,
    /// How many connections there may be.
    pub entry: EntryLimits,
    /// Proxies whose word is taken for where a client comes from, by their networks.
    pub trusted_proxies: Vec<IpNet>,
    /// Hold clients on this machine to the limits of a person and of an address too.
    pub limit_loopback: bool,
    /// The line for who joins a room; `{nick}` and `{room}` stand for both.
    pub welcome: Option<String>,
    /// The waits of a connection.
    pub timing: Timing,
    /// How long the end may take, from the stop to the last connection's end, before the rest is cut off.
    pub drain: Duration,
}

impl Default for Config {
    /// A throw-away server on a free port of this machine.
    fn default() -> Self {
        Self {
            data: Location::Memory,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            names: Names::default(),
            tls: None,
            origins: Vec::new(),
            limits: Limits::default(),
            entry: EntryLimits::default(),
            trusted_proxies: Vec::new(),
            limit_loopback: false,
            welcome: None,
            timing: Timing::default(),
            drain: Duration::from_secs(3),
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

/// How many connections there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLimits {
    /// Of all clients; never more than the limit of open files leaves room for.
    pub connections: usize,
    /// Of one address (one /64 of IPv6) at once; this machine is exempt.
    pub address_connections: usize,
    /// New ones of one address at once and in each [`new_connections_per`](Self::new_connections_per); this machine is exempt.
    pub new_connections: u32,
    /// The time for that.
    pub new_connections_per: Duration,
    /// Of all clients that have not said a hello that holds; never more than a tenth of `connections`, or
    /// [`STRANGERS_LEAST`] where that is more.
    pub not_introduced: usize,
}

/// Connections that have not said a hello for which there is room however few there may be in all.
pub const STRANGERS_LEAST: usize = 64;

impl Default for EntryLimits {
    fn default() -> Self {
        Self {
            connections: 100_000,
            address_connections: 20,
            new_connections: 60,
            new_connections_per: Duration::from_mins(1),
            not_introduced: 1_000,
        }
    }
}

impl EntryLimits {
    /// What that is for a process that has room for `connections_max`.
    pub(crate) fn room(&self, connections_max: usize, limit_loopback: bool) -> Room {
        let connections = self.connections.min(connections_max);
        Room {
            connections,
            of_address: self.address_connections,
            new_of_address: Pace {
                count: self.new_connections,
                per: self.new_connections_per,
            },
            strangers: self
                .not_introduced
                .min(STRANGERS_LEAST.max(connections / 10)),
            limit_loopback,
        }
    }
}

/// The waits of a connection; the interval of pings stands in the limits, as clients are told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From the TCP connection to the end of the WebSocket handshake.
    pub handshake: Duration,
    /// From there to the first hello that holds.
    pub hello: Duration,
    /// From a ping to any sign of life.
    pub patience: Duration,
    /// From the first byte of a frame to its end.
    pub whole_frame: Duration,
    /// Without progress while the outbox is full.
    pub slow: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            hello: Duration::from_secs(10),
            patience: Duration::from_secs(10),
            whole_frame: Duration::from_secs(10),
            slow: Duration::from_secs(5),
        }
    }
}
