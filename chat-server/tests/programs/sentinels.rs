//! Three Sentinels that watch one primary and promote its replica when it is gone.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;

use tempfile::TempDir;

use super::port::Port;
use super::process::Process;
use super::redis::Redis;
use super::resp::{Connection, Reply};
use super::until;

/// The configuration that people get, for another primary and with longer waits.
const DEPLOYED: &str = include_str!("../../../deploy/sentinel.conf");

/// How many there are, and how many have to agree.
const COUNT: usize = 3;
const QUORUM: usize = 2;

/// The name of the primary.
const NAME: &str = "mymaster";

/// How long it may say nothing. One of them is slower to notice: three at once would vote each for itself, and begin anew.
const DOWN_AFTER_MS: [u64; COUNT] = [1_000, 1_000, 2_000];

/// How long a promotion may take, after twice which another one is tried.
const FAILOVER_WITHIN_MS: u64 = 1_500;

/// They look and talk more often than out in the world, so that a test takes a second or two for what takes them half a minute there.
/// A replica that said nothing of itself for five periods of pings is not promoted, and during a failure they ask it each second.
const PERIODS: &[&str] = &[
    "SENTINEL",
    "DEBUG",
    "info-period",
    "200",
    "publish-period",
    "200",
    "ping-period",
    "400",
    "ask-period",
    "100",
];

/// Three Sentinels; they end with this value.
#[derive(Debug)]
pub(crate) struct Sentinels {
    all: Vec<Sentinel>,
}

#[derive(Debug)]
struct Sentinel {
    port: Port,
    process: Process,
    _directory: TempDir,
}

impl Sentinels {
    /// Starts them, and waits until each knows the others and so many replicas: before that none can promote one.
    pub(crate) fn watch(primary: &Redis, replicas: usize) -> Self {
        let all = DOWN_AFTER_MS
            .map(|down_after| Sentinel::start(primary, down_after))
            .into();
        let mut sentinels = Self { all };
        for sentinel in &mut sentinels.all {
            let address = sentinel.port.address();
            sentinel
                .process
                .until("a Sentinel hurries", || hurries(address));
            sentinel.process.until("a Sentinel knows everybody", || {
                knows_everybody(address, replicas)
            });
        }
        sentinels
    }

    /// As `--redis` takes it.
    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> = self
            .all
            .iter()
            .map(|one| one.port.address().to_string())
            .collect();
        format!("redis+sentinel://{}/{NAME}", hosts.join(","))
    }

    /// Where the primary is, as most of them say; nothing while they do not agree.
    pub(crate) fn primary(&self) -> Option<SocketAddr> {
        let told: Vec<SocketAddr> = self.all.iter().filter_map(Sentinel::primary).collect();
        let agreed =
            |address: &&SocketAddr| told.iter().filter(|other| other == address).count() >= QUORUM;
        told.iter().find(agreed).copied()
    }

    /// Waits until they say that the primary is `redis` and that one says so of itself.
    #[track_caller]
    pub(crate) fn await_primary(&self, redis: &Redis) {
        until(
            || {
                self.primary() == Some(redis.address())
                    && redis.info("role").as_deref() == Some("master")
            },
            || {
                format!(
                    "{} is no primary; they say {:?}",
                    redis.address(),
                    self.primary()
                )
            },
        );
    }
}

impl Sentinel {
    fn start(primary: &Redis, down_after: u64) -> Self {
        let port = Port::free();
        let directory = tempfile::tempdir().unwrap();
        let watched = primary.address();
        let mut config = DEPLOYED.to_owned();
        for (deployed, here) in [
            (
                "10.77.0.21 6379",
                format!("{} {}", watched.ip(), watched.port()),
            ),
            (" 5000", format!(" {down_after}")),
            (" 30000", format!(" {FAILOVER_WITHIN_MS}")),
        ] {
            assert_eq!(config.matches(deployed).count(), 1, "{deployed}");
            config = config.replace(deployed, &here);
        }
        writeln!(config, "port {}\nbind 127.0.0.1", port.number()).unwrap();
        writeln!(config, "dir {}", directory.path().display()).unwrap();
        // It writes what it learns into this file.
        let file = directory.path().join("sentinel.conf");
        fs::write(&file, config).unwrap();
        // The same program under another name, which not every package installs.
        let arguments = [file.as_os_str(), "--sentinel".as_ref()];
        let process = Process::start("redis-server", arguments, &directory.path().join("words"));
        Self {
            port,
            process,
            _directory: directory,
        }
    }

    fn primary(&self) -> Option<SocketAddr> {
        let mut sentinel = Connection::dial(self.port.address()).ok()?;
        let reply = sentinel
            .ask(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME])
            .ok()?;
        let Reply::List(parts) = reply else {
            return None;
        };
        let (host, port) = (parts.first()?, parts.get(1)?);
        format!("{}:{}", host.text(), port.text()).parse().ok()
    }
}

fn hurries(address: SocketAddr) -> bool {
    let asked = Connection::dial(address).and_then(|mut sentinel| sentinel.ask(PERIODS));
    asked.is_ok_and(|reply| reply == Reply::Word("OK".to_owned()))
}

fn knows_everybody(address: SocketAddr, replicas: usize) -> bool {
    let Ok(mut sentinel) = Connection::dial(address) else {
        return false;
    };
    sentinel
        .ask(&["SENTINEL", "MASTER", NAME])
        .is_ok_and(|master| {
            let is = |field, value: usize| master.field(field) == Some(&value.to_string());
            is("num-other-sentinels", COUNT - 1)
                && is("num-slaves", replicas)
                && master.field("flags") == Some("master")
        })
}
