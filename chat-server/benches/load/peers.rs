//! Other servers, where they are installed: started from files that are written for the run, with the versions named here.
//!
//! `ws` and `socket.io` are looked for in `target/load/peers/node_modules` (`make bench-peers` puts them there), `ngircd` and
//! `nats-server` among the system's programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::bench::{target_directory, temporary};
use crate::process::{Server, free_port};
use crate::redis;
use crate::rows::Rivals;
use crate::wire::Wire;

/// A server to compare with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) wire: Wire,
    start: fn() -> Server,
    installed: fn() -> bool,
    /// How several of it serve together, where they can.
    together: Option<Together>,
}

/// Several servers as one.
#[derive(Clone, Copy, Debug)]
struct Together {
    start: fn(usize) -> Server,
    installed: fn() -> bool,
}

/// All that are known; `make bench-peers` installs these versions of the first two.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "ws 8.23.0",
        wire: Wire::WebSocket,
        start: || node(include_str!("peers/ws.js")),
        installed: || has_package("ws", "8.23.0"),
        together: None,
    },
    Peer {
        name: "socket.io 4.8.4",
        wire: Wire::SocketIo,
        start: || node(include_str!("peers/socket_io.js")),
        installed: || has_package("socket.io", "4.8.4"),
        together: Some(Together {
            start: socket_io_nodes,
            installed: || {
                redis::is_installed()
                    && has_package("@socket.io/redis-adapter", "8.3.0")
                    && has_package("redis", "5.12.1")
            },
        }),
    },
    Peer {
        name: "ngircd",
        wire: Wire::Irc,
        start: ngircd,
        installed: || program("ngircd").is_some(),
        together: None,
    },
    Peer {
        name: "nats-server",
        wire: Wire::Nats,
        start: nats,
        installed: || program("nats-server").is_some(),
        together: None,
    },
];

impl Peer {
    pub(crate) fn is_installed(&self) -> bool {
        (self.installed)()
    }

    pub(crate) fn start(&self) -> Server {
        (self.start)()
    }

    /// Whether it is installed as it has to be for a row with such rivals.
    pub(crate) fn is_rival(&self, rivals: Rivals) -> bool {
        match rivals {
            Rivals::None => false,
            Rivals::Alone => self.is_installed(),
            Rivals::Together(_) => self.together.is_some_and(|together| (together.installed)()),
        }
    }

    /// So many of it as one.
    pub(crate) fn start_together(&self, nodes: usize) -> Server {
        (self.together.unwrap().start)(nodes)
    }

    /// What the program says of itself, for those whose version is not named here.
    pub(crate) fn version(&self) -> String {
        let said = match self.wire {
            Wire::Irc | Wire::Nats => program(self.name)
                .and_then(|program| Command::new(program).arg("--version").output().ok()),
            Wire::Chat | Wire::Proven | Wire::Limit | Wire::WebSocket | Wire::SocketIo => {
                Command::new("node").arg("--version").output().ok()
            }
        };
        let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let line = said
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        format!("{} ({line})", self.name)
    }
}

fn modules() -> PathBuf {
    target_directory().join("load/peers/node_modules")
}

fn has_package(name: &str, version: &str) -> bool {
    let manifest = std::fs::read_to_string(modules().join(name).join("package.json"));
    let wanted = format!("\"version\": \"{version}\"");
    program("node").is_some() && manifest.is_ok_and(|manifest| manifest.contains(&wanted))
}

/// Where a program is; daemons are not on everybody's path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

fn node(script: &str) -> Server {
    node_with(script, "")
}

fn node_with(script: &str, redis: &str) -> Server {
    let files = temporary();
    let path = write(&files, "server.js", script);
    let mut command = Command::new("node");
    command
        .arg(path)
        .env("NODE_PATH", modules())
        .env("NODE_ENV", "production")
        .env("REDIS", redis);
    Server::announced(&mut command, files)
}

/// Its adapter stores nothing, so one Redis without a replica is all it needs.
fn socket_io_nodes(nodes: usize) -> Server {
    let primary = redis::primary();
    let url = redis::url(&primary);
    let start = || node_with(include_str!("peers/socket_io_redis.js"), &url);
    let others = (1..nodes).map(|_| start()).collect();
    Server::together(start(), others, vec![primary])
}

fn ngircd() -> Server {
    let (files, address) = (temporary(), free_port());
    let config = include_str!("peers/ngircd.conf").replace("PORT", &address.port().to_string());
    let path = write(&files, "ngircd.conf", &config);
    let mut command = Command::new(program("ngircd").unwrap());
    command.arg("--nodaemon").arg("--config").arg(path);
    Server::silent(&mut command, files, address)
}

fn nats() -> Server {
    let (files, address) = (temporary(), free_port());
    let mut command = Command::new(program("nats-server").unwrap());
    command
        .args(["--addr", "127.0.0.1", "--port", &address.port().to_string()])
        .stderr(Stdio::null());
    Server::silent(&mut command, files, address)
}

fn write(files: &TempDir, name: &str, text: &str) -> PathBuf {
    let path: &Path = files.path();
    let path = path.join(name);
    std::fs::write(&path, text).unwrap();
    path
}
