//! `chat-server`: signals, the one line and the exit code around [`chat_server::Server`].

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chat_server::config::{default_data, list_of_limits};
use chat_server::{Config, Server};
use clap::Parser;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

mod arguments;
mod logs;

use arguments::Arguments;
use logs::Format;

/// How long the end may take after the first signal, and after the drain that it asks for; then the process ends as it is, which loses nothing acknowledged.
const END_WITHIN: Duration = Duration::from_millis(4_500);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.asks_for_limits() {
        return list_limits();
    }
    let format = arguments.log_format;
    logs::start(arguments.log_filter(), format);
    chat_server::raise_limit();
    let done = if arguments.fingerprint {
        print_fingerprint(arguments.data)
    } else {
        arguments
            .into_config()
            .and_then(|config| serve(config, format))
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

fn list_limits() -> ExitCode {
    let mut out = io::stdout().lock();
    let written = out.write_all(list_of_limits().as_bytes());
    match written.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(mut config: Config, format: Format) -> anyhow::Result<()> {
    chat_server::faults::arm(&mut config).map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let result = runtime.block_on(async {
        let signals = Signals::listen().context("cannot wait for signals")?;
        let drain = config.drain;
        let server = Server::bind(config)?;
        let fingerprint = server.key().fingerprint();
        tracing::info!(%fingerprint, "the server's key");
        let mut hang_ups = JoinSet::new();
        let reload = server.certificate_reload();
        let encrypted = reload.is_some();
        if let Some(reload) = reload {
            hang_ups.spawn(on_hang_up(signal(SignalKind::hangup())?, reload));
        }
        announce(server.local_addr(), server.admin_addr(), encrypted, format);
        until_stopped(server, signals, drain).await
    });
    // Waiting for a thread that hangs would break the promise to end in time.
    runtime.shutdown_background();
    result
}

/// Serves until a signal: SIGTERM drains where that takes any time, and everything else stops.
async fn until_stopped(
    server: Server,
    mut signals: Signals,
    window: Duration,
) -> anyhow::Result<()> {
    let (drain, stop) = (server.drain(), CancellationToken::new());
    let mut run = pin!(server.run(stop.clone()));
    let asked = tokio::select! {
        result = &mut run => return Ok(result?),
        asked = signals.next() => asked,
    };
    let within = if asked == SignalKind::terminate() && !window.is_zero() {
        drain.cancel();
        window + END_WITHIN
    } else {
        stop.cancel();
        END_WITHIN
    };
    tokio::select! {
        result = &mut run => Ok(result?),
        _ = signals.next() => anyhow::bail!("stopped at once by a second signal"),
        () = sleep(within) => anyhow::bail!("did not end in {} ms and was cut off", within.as_millis()),
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

    /// The next one.
    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        }
    }
}

/// The one line on standard output, for whoever started this and waits for it, and a second one with an admin address.
fn announce(address: SocketAddr, admin: Option<SocketAddr>, encrypted: bool, format: Format) {
    let mut out = io::stdout().lock();
    let scheme = if encrypted { "wss" } else { "ws" };
    let admin_line = admin.map_or_else(String::new, |admin| format!("admin on http://{admin}\n"));
    let lines = format!("listening on {scheme}://{address}\n{admin_line}");
    let written = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = written {
        tracing::debug!(%error, "nobody reads standard output");
    }
    if !encrypted && !address.ip().is_loopback() {
        let warning = "other machines can connect, and what they say is not encrypted on the way; \
             give it a certificate with --tls-cert and --tls-key where that matters";
        warn(warning, format);
    }
    if admin.is_some_and(|admin| !admin.ip().is_loopback()) {
        let warning = "the admin address answers every machine that reaches it, in plain HTTP; \
             keep it to a network of your own, or to this machine";
        warn(warning, format);
    }
}

fn warn(warning: &str, format: Format) {
    match format {
        Format::Text => say(&format!("chat-server: {warning}")),
        Format::Json => tracing::warn!("{warning}"),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the one place where the program speaks to whoever started it"
)]
fn say(line: &str) {
    eprintln!("{line}");
}
