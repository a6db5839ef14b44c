//! The command line of `chat-server`, and what the server is told by it.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use chat_server::Config;
use chat_server::config::{
    IpNet, Location, NICK_EXPIRY, Names, PORT, RELOAD_EVERY, TlsFiles, WELCOME, chosen_limits,
    default_data,
};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use tracing_subscriber::EnvFilter;

use crate::logs::Format;

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// The default of `--nick-expiry`.
const NICK_EXPIRY_DAYS: u64 = NICK_EXPIRY.as_secs() / SECONDS_A_DAY;

/// The longest drain: whoever waits for the end of a process waits for less.
const DRAIN_SECONDS_MAX: u64 = 60 * 60;

/// Chat rooms over WebSocket with durable history.
#[derive(Debug, Parser)]
#[command(name = "chat-server", version, about)]
pub(crate) struct Arguments {
    /// The port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// The address to listen on; 0.0.0.0 or :: lets other machines in, without encryption unless there is a certificate.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// An address on which /healthz, /readyz and /metrics are answered in plain HTTP, to whoever reaches it; port 0 picks a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    admin: Option<SocketAddr>,
    /// Seconds over which SIGTERM spreads the ends of connections, so that their clients do not all come to another server at once; 0
    /// ends all at once, as SIGINT always does
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=DRAIN_SECONDS_MAX))]
    drain: u64,
    /// Where the history is kept; by default in the data directory of whoever runs this.
    #[arg(long, value_name = "DIR", conflicts_with = "memory")]
    pub(crate) data: Option<PathBuf>,
    /// Keep nothing on disk: everything is gone with the process.
    #[arg(long)]
    memory: bool,
    /// A name under which clients may dial this server, with or without a port; may be given several times.
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// Speak TLS, and only that, with the certificate in FILE (PEM, with those that lead to a root behind it); it is read anew when
    /// it changes and on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The origin of a web page that may connect, with scheme and host; may be given several times
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// A proxy, or a network of them as in 10.0.0.0/8, whose X-Forwarded-For is believed; may be given several times. A proxy on this
    /// machine has to be named: otherwise all its clients count as clients of this machine, which are free of limits
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// A limit other than its default, such as rooms=50 or joins=5/10s; may be given several times, and "help" lists all
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<String>,
    /// Hold clients on this machine to the budgets, and to the limits of an address, too.
    #[arg(long)]
    limit_loopback: bool,
    /// A line for who joins a room; {nick} and {room} stand for both, and an empty text is no line
    #[arg(long, value_name = "TEXT", default_value = WELCOME)]
    welcome: String,
    /// Print the fingerprint of the server's key and end; people compare it when their client shows one at their first visit
    #[arg(long, conflicts_with = "memory")]
    pub(crate) fingerprint: bool,
    /// Days of serving after which a nick that its owner did not use is free again; 0 keeps every nick for good
    #[arg(long, value_name = "DAYS", default_value_t = NICK_EXPIRY_DAYS)]
    nick_expiry: u64,
    /// Memory for what waits to be written to all clients together, in MiB; beyond it the slowest readers have to connect again.
    #[arg(long, value_name = "MIB", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    outbox_memory: u32,
    /// What is logged to standard error, as error, warn, info or debug.
    #[arg(long, value_name = "LEVEL", env = "RUST_LOG", default_value = "warn")]
    log: String,
    /// What a line of the log looks like
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub(crate) log_format: Format,
}

impl Arguments {
    /// Whether the limits are only to be listed.
    pub(crate) fn asks_for_limits(&self) -> bool {
        self.limits.iter().any(|limit| limit == "help")
    }

    /// What is to be logged; a filter that is none ends the process as a wrong use.
    pub(crate) fn log_filter(&self) -> EnvFilter {
        right("--log", EnvFilter::try_new(&self.log))
    }

    /// What the server is told at its start; a value that is wrong ends the process as a wrong use.
    pub(crate) fn into_config(self) -> anyhow::Result<Config> {
        let reload_every = RELOAD_EVERY;
        let tls = self.tls_cert.zip(self.tls_key);
        Ok(Config {
            data: location(self.data, self.memory)?,
            bind: self.bind,
            port: self.port,
            admin: self.admin,
            drain: Duration::from_secs(self.drain),
            names: right("--name", Names::new(&self.names)),
            tls: tls.map(|(certificate, key)| TlsFiles {
                certificate,
                key,
                reload_every,
            }),
            origins: self.origins,
            trusted_proxies: self.trusted_proxies,
            limits: right("--limit", chosen_limits(&self.limits)),
            limit_loopback: self.limit_loopback,
            nick_expiry: days(self.nick_expiry),
            outboxes_bytes: usize::try_from(self.outbox_memory)?.saturating_mul(1024 * 1024),
            welcome: Some(self.welcome).filter(|line| !line.is_empty()),
            ..Config::default()
        })
    }
}

/// What a flag says, or the end of the process with the sentence why it says nothing.
fn right<T, E: Display>(flag: &str, value: Result<T, E>) -> T {
    value.unwrap_or_else(|error| {
        Arguments::command()
            .error(ErrorKind::ValueValidation, format!("{flag}: {error}"))
            .exit()
    })
}

fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_none| {
            "a proxy is an IP address or a network of them, such as 127.0.0.1 or 10.0.0.0/8"
                .to_owned()
        })
}

/// That many days; nothing for none.
fn days(days: u64) -> Option<Duration> {
    (days > 0).then(|| Duration::from_secs(days.saturating_mul(SECONDS_A_DAY)))
}

fn location(data: Option<PathBuf>, memory: bool) -> anyhow::Result<Location> {
    if memory {
        return Ok(Location::Memory);
    }
    let directory = data.map_or_else(default_data, Ok)?;
    Ok(Location::Directory(directory))
}
