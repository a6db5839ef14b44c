//! Our own system as a subject: how `chat-server` is started and dialled, and what a good client of it keeps.

mod introduction;
mod link;
mod lists;
mod reader;
mod terminal;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use protocol::identity::Identity;
use protocol::position::{Address, Anchor};

use crate::log::{Content, Position, Room, Seen};
use crate::subject::{Lost, Node, Promises, Say, Subject, Who};

pub(crate) use link::ChatLink;
pub(crate) use terminal::read_line;

/// Pings and waits of the server under test, in milliseconds: short, so that a run takes seconds.
const WAITS: [(&str, &str); 3] = [
    ("CHAT_FAULT_HEARTBEAT_MS", "400"),
    ("CHAT_FAULT_PATIENCE_MS", "1000"),
    ("CHAT_FAULT_RECONNECTING_MS", "1500"),
];

/// How long a server may be silent towards Redis until the others count it as dead, in milliseconds: short, for the same reason.
const NODE_DEAD_MS: u64 = 3_000;

/// How long a server may take from SIGTERM, or the end of the drain that it asks for, to its end, in seconds, as the product promises.
const ENDS_WITHIN: u64 = 5;

/// How long one of several servers that ends lets its clients go, in seconds.
const DRAIN_SECONDS: u64 = 1;

/// A history of the first version; its texts are numbered on from room to room.
const VERSION_1: &str = include_str!("data/version1.sql");

/// Our own system.
#[derive(Clone, Debug)]
pub(crate) struct Chat {
    /// The server's program, built with the feature `faults`.
    pub(crate) server: PathBuf,
    /// The program of people.
    pub(crate) terminal: PathBuf,
    /// The promise that the server breaks.
    pub(crate) mutant: Option<String>,
    /// As one of several servers.
    pub(crate) node: Option<Node>,
}

/// What a client keeps over connections and restarts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// The last message heard, by room.
    anchors: BTreeMap<Room, Anchor>,
    /// The seq of the next send, by room.
    next: BTreeMap<Room, u64>,
    /// The seqs of sends without an answer.
    seqs: BTreeMap<(Room, Content), u64>,
    /// The server's key at the first visit.
    server_key: Option<protocol::identity::PublicKey>,
}

impl Chat {
    /// Copies the programs to `place`, so that a build meanwhile changes nothing. The server's is built with this very driver.
    pub(crate) fn find(place: &Path, mutant: Option<String>) -> Result<Self, String> {
        let built = PathBuf::from(env!("CARGO_BIN_EXE_chat-server"));
        let copy = |name: &str| {
            let copied = std::fs::copy(built.with_file_name(name), place.join(name));
            copied
                .map_err(|error| format!("{name}: {error}; build it with `cargo build -p {name}`"))
        };
        copy("chat-server")?;
        copy("chat-tui")?;
        let server = place.join("chat-server");
        let wrong = Command::new(&server)
            .args(["--memory", "--port", "0"])
            .env("CHAT_FAULT_POINT", "nowhere")
            .stderr(std::process::Stdio::null())
            .status();
        if wrong.is_ok_and(|status| status.code() == Some(1)) {
            Ok(Self {
                server,
                terminal: place.join("chat-tui"),
                mutant,
                node: None,
            })
        } else {
            Err("chat-server was built anew without the feature `faults`; start again".to_owned())
        }
    }
}

impl Subject for Chat {
    type Memory = Memory;
    type Link = ChatLink;

    fn name(&self) -> &'static str {
        "chat-server"
    }

    fn promises(&self) -> Promises {
        Promises::ALL
    }

    fn as_node(&self, node: Node) -> Self {
        Self {
            node: Some(node),
            ..self.clone()
        }
    }

    fn ends_within(&self) -> Duration {
        let on_redis = self.node.as_ref().is_some_and(|node| node.redis.is_some());
        Duration::from_secs(ENDS_WITHIN + if on_redis { DRAIN_SECONDS } else { 0 })
    }

    fn prepare(&self, data: &Path, old: bool) -> io::Result<Vec<Say>> {
        std::fs::create_dir_all(data)?;
        if !old {
            return Ok(Vec::new());
        }
        let made = rusqlite::Connection::open(data.join("chat.db"))
            .and_then(|database| database.execute_batch(VERSION_1));
        made.map_err(io::Error::other)?;
        let kept = (1..=40).map(|number| {
            let content = Content {
                client: 900,
                number,
            };
            Say {
                content,
                room: Room::from(number > 20),
                text: content.text(0),
            }
        });
        Ok(kept.collect())
    }

    fn server(&self, data: &Path, arm: Option<&str>) -> Command {
        let mut command = Command::new(&self.server);
        command.args(["--log", "info"]).env_remove("RUST_LOG");
        command.envs(WAITS);
        let port = self.node.as_ref().map_or(0, |node| node.port);
        command.args(["--port", &port.to_string()]);
        match self
            .node
            .as_ref()
            .and_then(|node| Some((node, node.redis.as_ref()?)))
        {
            Some((node, redis)) => {
                let replicas = node.replicas.to_string();
                command.args(["--redis", redis, "--redis-replicas", &replicas]);
                command.args(["--drain", &DRAIN_SECONDS.to_string()]);
                command.env("CHAT_FAULT_NODE_MS", NODE_DEAD_MS.to_string());
            }
            None => drop(command.arg("--data").arg(data)),
        }
        if self.node.is_some() {
            command.args(["--trusted-proxy", "127.0.0.1"]);
        }
        command.env("CHAT_FAULT_POINT", arm.unwrap_or_default());
        command.env("CHAT_MUTANT", self.mutant.as_deref().unwrap_or_default());
        command
    }

    fn listening(&self, line: &str) -> Option<SocketAddr> {
        line.strip_prefix("listening on ws://")?.parse().ok()
    }

    async fn dial(
        &self,
        who: &Who,
        address: SocketAddr,
        memory: &mut Memory,
    ) -> Result<ChatLink, Lost> {
        ChatLink::dial(who, address, memory).await
    }

    async fn history(&self, address: SocketAddr, room: Room) -> Result<Vec<Seen>, Lost> {
        reader::read_all(address, room).await
    }

    fn terminal(&self, address: SocketAddr, who: &Who, state: &Path) -> Option<Command> {
        let mut command = Command::new(&self.terminal);
        command.args(["--json", "--json-input", "--follow", "--timeout", "0"]);
        command.args(["--nick", &who.nick, "--server", &format!("ws://{address}")]);
        for room in &who.rooms {
            command.args(["--room", &room_name(*room)]);
        }
        command
            .env("CHAT_TUI_STATE", state)
            .env("LANG", "C")
            .env_remove("TERM");
        Some(command)
    }
}

/// The name of a room.
fn room_name(room: Room) -> String {
    format!("room{room}")
}

fn room_address(room: Room) -> Address {
    room_name(room).parse().expect("a room name")
}

fn room_of(address: &Address) -> Option<Room> {
    address.to_string().strip_prefix("room")?.parse().ok()
}

fn position(position: protocol::position::Position) -> Position {
    Position {
        era: position.era,
        n: position.n,
    }
}

fn seen(message: &protocol::event::Message) -> Seen {
    Seen {
        text: message.text.clone(),
        id: Some(message.id.to_string()),
        at: Some(position(message.position)),
    }
}

/// The key that a name stands for.
fn identity(name: &str) -> Identity {
    let mut secret = [7; 32];
    for (to, from) in secret.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    Identity::from_secret(&secret)
}
