//! A Redis with its data in a directory of its own, set as the server wants it, and what tests do to it.

use std::fs;
use std::io;
use std::net::SocketAddr;

use rustix::process::Signal;
use tempfile::TempDir;

use super::port::Port;
use super::process::Process;
use super::resp::{Connection, Reply};

/// The program.
const PROGRAM: &str = "redis-server";

/// The settings that people get.
const DEPLOYED: &str = include_str!("../../../deploy/redis.conf");

/// What every one of them is told. What it answered is on disk, so that a kill takes none of it; otherwise its log may be two seconds late.
/// Replicas catch up at once: from a pipe, without waiting for others that may come.
const SETTINGS: &str = "\
bind 127.0.0.1
save \"\"
appendonly yes
appendfsync always
maxmemory-policy noeviction
repl-diskless-sync-delay 0
repl-ping-replica-period 1
";

/// Its settings, in its directory: it writes there whose replica it is, as Sentinels want it to.
const FILE: &str = "redis.conf";

/// What a replica says of itself when it is one in all respects.
const LINKED: [(&str, &str); 5] = [
    ("master_link_status", "up"),
    ("master_sync_in_progress", "0"),
    ("aof_enabled", "1"),
    ("aof_rewrite_in_progress", "0"),
    ("aof_rewrite_scheduled", "0"),
];

/// A Redis; it ends with this value, and its data too.
#[derive(Debug)]
pub(crate) struct Redis {
    port: Port,
    directory: TempDir,
    settings: String,
    /// Nothing while it is down.
    process: Option<Process>,
}

impl Redis {
    /// Starts one that nobody else feeds.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// As `start`, with further lines of its settings, of which a later one beats an earlier one.
    pub(crate) fn start_with(settings: &[&str]) -> Self {
        Self::start_by(settings.join("\n"))
    }

    /// Starts one as people get it: it takes nothing before it has a replica.
    pub(crate) fn deployed() -> Self {
        Self::start_by(DEPLOYED.to_owned())
    }

    /// Starts a replica of `primary`, and waits until it has everything.
    pub(crate) fn replica_of(primary: &Self) -> Self {
        // Like its primary in all else, since it may have to be one.
        let port = primary.port.number();
        let mut replica =
            Self::start_by(format!("{}\nreplicaof 127.0.0.1 {port}", primary.settings));
        replica.await_link();
        replica
    }

    fn start_by(settings: String) -> Self {
        let (port, directory) = (Port::free(), tempfile::tempdir().unwrap());
        let place = format!("port {}\ndir {}", port.number(), directory.path().display());
        let all = [SETTINGS, &place, "\n", &settings, "\n"].concat();
        fs::write(directory.path().join(FILE), all).unwrap();
        let mut redis = Self {
            port,
            directory,
            settings,
            process: None,
        };
        redis.start_again();
        redis
    }

    /// A primary and its replica.
    pub(crate) fn pair() -> (Self, Self) {
        Self::start().with_replica()
    }

    /// As `pair`, of Redis as people get them.
    pub(crate) fn deployed_pair() -> (Self, Self) {
        Self::deployed().with_replica()
    }

    fn with_replica(self) -> (Self, Self) {
        let replica = Self::replica_of(&self);
        (self, replica)
    }

    /// Starts it again after its end, on the same port, with what it kept and as what it was: a primary, or a replica.
    pub(crate) fn start_again(&mut self) {
        assert!(self.process.is_none(), "it is running");
        let directory = self.directory.path();
        let file = directory.join(FILE);
        let mut process = Process::start(PROGRAM, [file], &directory.join("words"));
        let (id, address) = (process.id(), self.address());
        process.until("redis-server starts", || is_ready(address, id));
        self.process = Some(process);
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// As `--redis` takes it.
    pub(crate) fn url(&self) -> String {
        format!("redis://{}/0", self.address())
    }

    /// A connection.
    pub(crate) fn dial(&self) -> Connection {
        Connection::dial(self.address()).unwrap()
    }

    /// Asks something over a connection of its own; an error of Redis is an answer too.
    pub(crate) fn try_ask(&self, words: &[&str]) -> io::Result<Reply> {
        Connection::dial(self.address())?.ask(words)
    }

    /// As `try_ask`; an error fails the test.
    #[track_caller]
    pub(crate) fn ask(&self, words: &[&str]) -> Reply {
        match self.try_ask(words) {
            Ok(Reply::Error(error)) => panic!("{words:?}: {error}"),
            Ok(reply) => reply,
            Err(error) => panic!("{words:?}: {error}"),
        }
    }

    /// A field of `INFO`.
    pub(crate) fn info(&self, field: &str) -> Option<String> {
        info(&self.try_ask(&["INFO", "everything"]).ok()?, field)
    }

    /// `kill -9`; what it kept stays for the next start.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// Lets it end in good order.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.stop();
        }
    }

    /// SIGSTOP: it holds its connections and answers nothing. A frozen replica is a lagging one.
    pub(crate) fn freeze(&self) {
        self.running().freeze();
    }

    /// SIGCONT.
    pub(crate) fn thaw(&self) {
        self.running().signal(Signal::CONT);
    }

    /// Makes a primary of it.
    pub(crate) fn promote(&self) {
        self.follow(&["NO", "ONE"]);
    }

    /// Makes a replica of it: what it has and `primary` has not is gone.
    pub(crate) fn demote(&self, primary: &Self) {
        let port = primary.port.number().to_string();
        self.follow(&["127.0.0.1", &port]);
    }

    fn follow(&self, whom: &[&str]) {
        self.ask(&[&["REPLICAOF"], whom].concat());
        self.ask(&["CONFIG", "REWRITE"]);
    }

    /// Waits until it is linked to its primary, has everything, and has it on disk: until its log is written anew after a whole copy, a
    /// kill takes all of it away.
    #[track_caller]
    pub(crate) fn await_link(&mut self) {
        let address = self.address();
        let process = self.process.as_mut().expect("it is running");
        process.until("the replica is linked", || {
            let reply =
                Connection::dial(address).and_then(|mut redis| redis.ask(&["INFO", "everything"]));
            reply.is_ok_and(|reply| {
                LINKED
                    .iter()
                    .all(|(field, value)| info(&reply, field).as_deref() == Some(value))
            })
        });
    }

    /// Waits until so many replicas are linked to it.
    #[track_caller]
    pub(crate) fn await_replicas(&self, count: usize) {
        super::until(
            || self.info("connected_slaves").as_deref() == Some(&count.to_string()),
            || {
                format!(
                    "there are not {count} replicas: {:?}",
                    self.try_ask(&["INFO", "replication"])
                )
            },
        );
    }

    /// Ends all connections that subscribe, and gives how many there were.
    pub(crate) fn kill_subscribers(&self) -> i64 {
        self.ask(&["CLIENT", "KILL", "TYPE", "pubsub"]).number()
    }

    /// Forgets all scripts.
    pub(crate) fn forget_scripts(&self) {
        self.ask(&["SCRIPT", "FLUSH", "SYNC"]);
    }

    /// Lets it hold so many bytes; with one it refuses every write that needs memory.
    pub(crate) fn limit_memory(&self, bytes: u64) {
        self.ask(&["CONFIG", "SET", "maxmemory", &bytes.to_string()]);
    }

    /// Lets it hold what it can.
    pub(crate) fn lift_memory_limit(&self) {
        self.limit_memory(0);
    }

    fn running(&self) -> &Process {
        self.process.as_ref().expect("it is running")
    }
}

/// Whether the process `id` answers there, and has read its data.
fn is_ready(address: SocketAddr, id: u32) -> bool {
    let Ok(mut redis) = Connection::dial(address) else {
        return false;
    };
    let own = redis
        .ask(&["INFO", "server"])
        .is_ok_and(|reply| info(&reply, "process_id") == Some(id.to_string()));
    own && redis
        .ask(&["PING"])
        .is_ok_and(|reply| reply == Reply::Word("PONG".to_owned()))
}

/// A field of what `INFO` says.
fn info(reply: &Reply, field: &str) -> Option<String> {
    let Reply::Text(text) = reply else {
        return None;
    };
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(name, _)| *name == field)
        .map(|(_, value)| value.to_owned())
}
