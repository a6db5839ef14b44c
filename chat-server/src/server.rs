//! A server from its start to its end: opens what it needs, starts its tasks, and waits for all of them.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use protocol::identity::PublicKey;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Location, Timing};
use crate::engine::{Engine, GIVEN_SHARE, Settings};
use crate::history::{History, OpenError};
use crate::record::Restored;
use crate::shell::admin::{self, Watch};
use crate::shell::clock::{Clock, unix_ms};
use crate::shell::ending::Ending;
use crate::shell::gate::{Gate, Room};
use crate::shell::greeting::Facts;
use crate::shell::hub_task::{HubError, HubTask, INBOX_MAX, ToHub};
use crate::shell::listener::listen;
use crate::shell::open_files;
use crate::shell::proxies::Proxies;
use crate::shell::server_key::{self, KeyError};
use crate::shell::tally::Closed;
use crate::shell::tls::{Keeper, TlsError};

/// Connections that the system holds ready for the server; beyond it a client's system tries again by itself.
const BACKLOG: u32 = 1024;

/// Bytes that the system is to hold for one connection that does not read, beside the outbox (Linux doubles it for its own). Left
/// alone it would be some megabytes each, in memory that no limit of ours counts.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;

/// A server that listens and is ready to run. Dropping it gives everything back.
#[derive(Debug)]
pub struct Server {
    config: Config,
    socket: TcpListener,
    local: SocketAddr,
    admin: Option<(TcpListener, SocketAddr)>,
    drain: CancellationToken,
    facts: Arc<Facts>,
    certificate: Option<Keeper>,
    history: History,
    restored: Restored,
    seed: u64,
}

/// Why a server cannot start; each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error(
        "port {} of {} is taken: stop the program that has it, or choose another port (0 picks a free one)",
        address.port(), address.ip()
    )]
    PortTaken {
        /// Where.
        address: SocketAddr,
    },
    /// The system does not let us listen there.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The history does not open.
    #[error(transparent)]
    History(#[from] OpenError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There is no server key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why a server ended that was not to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing can be kept any more.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// A fault in the program itself.
    #[error(
        "the server failed inside ({0}); start it again, nothing that was acknowledged is lost"
    )]
    Task(#[from] tokio::task::JoinError),
}

impl Server {
    /// Takes the port and opens the data. Blocks while the history is opened, and is to be called within a tokio runtime.
    pub fn bind(config: Config) -> Result<Self, StartError> {
        // The port first: it fails without a trace, while the data is made or changed by being opened.
        let address = SocketAddr::new(config.bind, config.port);
        let (socket, local) = open_port(address)?;
        let admin = config.admin.map(open_port).transpose()?;
        let certificate = config.tls.clone().map(Keeper::load).transpose()?;
        let (mut history, restored) = History::open(&config.data, unix_ms())?;
        let identity = match &config.data {
            Location::Directory(directory) => server_key::load_or_make(directory)?,
            Location::Memory | Location::Redis(_) => match history.take_identity() {
                Some(identity) => identity,
                None => server_key::random()?,
            },
        };
        let seed = getrandom::u64().map_err(KeyError::Random)?;
        let facts = Arc::new(Facts {
            limits: config.limits.clone(),
            timing: Timing::from(&config.limits),
            origins: config.origins.clone(),
            proxies: Proxies::new(config.trusted_proxies.clone()),
            identity,
            names: config.names.clone(),
            closed: Closed::default(),
            template: OnceLock::new(),
        });
        Ok(Self {
            config,
            socket,
            local,
            admin,
            drain: CancellationToken::new(),
            facts,
            certificate,
            history,
            restored,
            seed,
        })
    }

    /// Where it listens, with the port that was picked.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Where health, readiness and metrics are told, with the port that was picked.
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(_, address)| *address)
    }

    /// The key by which clients know this server.
    pub fn key(&self) -> PublicKey {
        self.facts.identity.public()
    }

    /// What makes a running server drain, as it is cancelled: it is not ready from then on, sends its connections elsewhere over
    /// `Config::drain`, and stops.
    pub fn drain(&self) -> CancellationToken {
        self.drain.clone()
    }

    /// What makes a server that speaks TLS read its certificate anew at once, which it also does by itself when the files change.
    /// Connections that are open are not touched, and a certificate that cannot be used is not taken in.
    pub fn certificate_reload(&self) -> Option<Arc<Notify>> {
        self.certificate.as_ref().map(Keeper::reload)
    }

    /// Serves until `stop`. Then it accepts nothing more, commits and delivers what was accepted, closes every connection with
    /// the code that tells clients to come back, and ends within `Config::ends_within` and the time of the last commit.
    pub async fn run(self, stop: CancellationToken) -> Result<(), RunError> {
        let limits = &self.config.limits;
        let room = Room::new(
            limits,
            open_files::connections_max(),
            self.config.limit_loopback,
        );
        let gate = Gate::new(room);
        // The hub's end, by whatever cause, is the listener's too.
        let ending = self.ending(stop.child_token());
        let (to_hub, inbox) = mpsc::channel(INBOX_MAX);
        let watch = self.watch(to_hub.downgrade(), &gate, &ending);
        let Config {
            limits,
            limit_loopback,
            welcome,
            nick_expiry,
            outboxes_bytes,
            ..
        } = self.config;
        let settings = Settings {
            given_bytes: limits.outbox_bytes / GIVEN_SHARE,
            limits,
            limit_loopback,
            welcome,
            nick_expiry,
        };
        let clock = Clock::start();
        let era = self.restored.era;
        let engine = Engine::new(settings, self.restored, self.seed, clock.read());
        let hub = HubTask::new(engine, self.history, inbox, clock, outboxes_bytes);
        let mut tasks = JoinSet::new();
        let guard = ending.stop.clone().drop_guard();
        let of_hub = ending.clone();
        tasks.spawn(async move {
            let ended = hub.run(of_hub).await;
            drop(guard);
            ended
        });
        tracing::info!(address = %self.local, era, tls = self.certificate.is_some(), "serving");
        let mut watching = JoinSet::new();
        let ended = CancellationToken::new();
        if let Some((socket, address)) = self.admin {
            tracing::info!(%address, "health, readiness and metrics");
            watching.spawn(admin::serve(socket, watch, ended.clone()));
        }
        let current = self.certificate.as_ref().map(Keeper::current);
        if let Some(certificate) = self.certificate {
            watching.spawn(certificate.run(ending.stop.clone()));
        }
        listen(self.socket, gate, self.facts, current, to_hub, ending).await;
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        ended.cancel();
        while let Some(ended) = watching.join_next().await {
            ended?;
        }
        tracing::info!("ended in order");
        Ok(())
    }

    fn ending(&self, stop: CancellationToken) -> Ending {
        Ending {
            drain: self.drain.clone(),
            window: self.config.drain,
            stop,
            within: self.config.ends_within,
        }
    }

    fn watch(&self, hub: mpsc::WeakSender<ToHub>, gate: &Arc<Gate>, ending: &Ending) -> Arc<Watch> {
        Arc::new(Watch {
            hub,
            condition: self.history.condition(),
            gate: Arc::clone(gate),
            facts: Arc::clone(&self.facts),
            ending: ending.clone(),
            era: self.restored.era,
            started_unix_ms: unix_ms(),
        })
    }
}

fn open_port(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    listen_on(address).map_err(|error| {
        if error.kind() == io::ErrorKind::AddrInUse {
            StartError::PortTaken { address }
        } else {
            StartError::Listen { address, error }
        }
    })
}

fn listen_on(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // So that a new server may follow an old one at once, whose last connections the system still remembers.
    socket.set_reuseaddr(true)?;
    // What is accepted has it too.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let local = listener.local_addr()?;
    Ok((listener, local))
}
