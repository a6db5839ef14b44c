//! `chat-server`: arguments, logs, signals and the exit code around [`chat_server::Server`].

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chat_server::config::{
    IpNet, Location, NICK_EXPIRY, Names, PORT, RELOAD_EVERY, TlsFiles, WELCOME, chosen_limits,
    default_data, list_of_limits,
};
use chat_server::{Config, Server};
use clap::{CommandFactory, Parser, error::ErrorKind};
use protocol::limits::Limits;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

mod logs;

use logs::Format;

/// How long the end may take after the first signal; then the process ends as it is, which loses nothing acknowledged.
const END_WITHIN: Duration = Duration::from_millis(4_500);

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// The default of `--nick-expiry`.
const NICK_EXPIRY_DAYS: u64 = NICK_EXPIRY.as_secs() / SECONDS_A_DAY;

/// Chat rooms over WebSocket with durable history.
#[derive(Debug, Parser)]
#[command(name = "chat-server", version, about)]
struct Arguments {
    /// The port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// The address to listen on; 0.0.0.0 or :: lets other machines in, without encryption unless there is a certificate.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Where the history is kept; by default in the data directory of whoever runs this.
    #[arg(long, value_name = "DIR", conflicts_with = "memory")]
    data: Option<PathBuf>,
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
    fingerprint: bool,
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
    log_format: Format,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.limits.iter().any(|limit| limit == "help") {
        return list_limits();
    }
    let limits = match chosen_limits(&arguments.limits) {
        Ok(limits) => limits,
        Err(error) => usage(&format!("--limit: {error}")),
    };
    let names = match Names::new(&arguments.names) {
        Ok(names) => names,
        Err(error) => usage(&format!("--name: {error}")),
    };
    match EnvFilter::try_new(&arguments.log) {
        Ok(filter) => logs::start(filter, arguments.log_format),
        Err(error) => usage(&format!("--log: {error}")),
    }
    chat_server::raise_limit();
    let format = arguments.log_format;
    let done = if arguments.fingerprint {
        print_fingerprint(arguments.data)
    } else {
        serve(arguments, names, limits)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error = format!("{error:#}");
            match format {
                Format::Text => say(&format!("chat-server: {error}")),
                Format::Json => tracing::error!(error, "the server ends"),
            }
            ExitCode::FAILURE
        }
    }
}

/// The one line on standard output, also while a server runs on the same data.
fn print_fingerprint(data: Option<PathBuf>) -> anyhow::Result<()> {
    let directory = data.map_or_else(default_data, Ok)?;
    let key = chat_server::known_key(&directory)?;
    let key = key.with_context(|| {
        format!(
            "{} has no server key yet; it is made when a server is first started there",
            directory.display()
        )
    })?;
    writeln!(io::stdout(), "{}", key.fingerprint())?;
    Ok(())
}

fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_none| {
            "a proxy is an IP address or a network of them, such as 127.0.0.1 or 10.0.0.0/8"
                .to_owned()
        })
}

fn list_limits() -> ExitCode {
    let mut out = io::stdout().lock();
    let written = out.write_all(list_of_limits().as_bytes());
    match written.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn usage(message: &str) -> ! {
    Arguments::command()
        .error(ErrorKind::ValueValidation, message)
        .exit()
}

fn serve(arguments: Arguments, names: Names, limits: Limits) -> anyhow::Result<()> {
    let mut config = Config {
        data: location(arguments.data, arguments.memory)?,
        bind: arguments.bind,
        port: arguments.port,
        names,
        tls: arguments
            .tls_cert
            .zip(arguments.tls_key)
            .map(|(certificate, key)| TlsFiles {
                certificate,
                key,
                reload_every: RELOAD_EVERY,
            }),
        origins: arguments.origins,
        trusted_proxies: arguments.trusted_proxies,
        limits,
        limit_loopback: arguments.limit_loopback,
        nick_expiry: days(arguments.nick_expiry),
        outboxes_bytes: usize::try_from(arguments.outbox_memory)?.saturating_mul(1024 * 1024),
        welcome: Some(arguments.welcome).filter(|line| !line.is_empty()),
        ..Config::default()
    };
    chat_server::faults::arm(&mut config).map_err(anyhow::Error::msg)?;
    let format = arguments.log_format;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let result = runtime.block_on(async {
        let signals = Signals::listen().context("cannot wait for signals")?;
        let server = Server::bind(config)?;
        let fingerprint = server.key().fingerprint();
        tracing::info!(%fingerprint, "the server's key");
        let mut hang_ups = JoinSet::new();
        let reload = server.certificate_reload();
        let encrypted = reload.is_some();
        if let Some(reload) = reload {
            hang_ups.spawn(on_hang_up(signal(SignalKind::hangup())?, reload));
        }
        announce(server.local_addr(), encrypted, format);
        until_stopped(server, signals).await
    });
    // Waiting for a thread that hangs would break the promise to end in time.
    runtime.shutdown_background();
    result
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

async fn until_stopped(server: Server, mut signals: Signals) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let mut run = pin!(server.run(stop.clone()));
    tokio::select! {
        result = &mut run => return Ok(result?),
        () = signals.next() => stop.cancel(),
    }
    tokio::select! {
        result = &mut run => Ok(result?),
        () = signals.next() => anyhow::bail!("stopped at once by a second signal"),
        () = sleep(END_WITHIN) => anyhow::bail!("did not end in {} ms and was cut off", END_WITHIN.as_millis()),
    }
}

/// Has the certificate read anew for each SIGHUP.
async fn on_hang_up(mut hang_up: Signal, reload: Arc<Notify>) {
    while hang_up.recv().await.is_some() {
        reload.notify_one();
    }
}

/// The signals that ask for an end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The one line on standard output, for whoever started this and waits for it.
fn announce(address: SocketAddr, encrypted: bool, format: Format) {
    let mut out = io::stdout().lock();
    let scheme = if encrypted { "wss" } else { "ws" };
    let written = writeln!(out, "listening on {scheme}://{address}").and_then(|()| out.flush());
    if let Err(error) = written {
        tracing::debug!(%error, "nobody reads standard output");
    }
    if !encrypted && !address.ip().is_loopback() {
        let warning = "other machines can connect, and what they say is not encrypted on the way; \
             give it a certificate with --tls-cert and --tls-key where that matters";
        match format {
            Format::Text => say(&format!("chat-server: {warning}")),
            Format::Json => tracing::warn!("{warning}"),
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the one place where the program speaks to whoever started it"
)]
fn say(line: &str) {
    eprintln!("{line}");
}
