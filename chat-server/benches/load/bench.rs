//! What all rows share: the choice of the caller, the servers, and where files go.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Parser;
use tempfile::TempDir;

use crate::generator::Generator;
use crate::load::{Load, Outcome, Span, run};
use crate::machine::Machine;
use crate::peers::Peer;
use crate::process::Server;
use crate::redis;
use crate::slow_disk;
use crate::wire::Wire;

/// Measures chat-server under load, as ratios to the least that a server can do.
#[derive(Clone, Debug, Parser)]
#[command(name = "load")]
pub(crate) struct Options {
    /// Short runs and fewer members: shows that all works, and is no measurement
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only the rows whose name begins so; may be given several times, and an unknown name lists all
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// How often each row is measured; the median counts
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Leave other servers out, although they are installed
    #[arg(long)]
    pub(crate) no_peers: bool,
    /// Write the table and the plot into docs/ instead of target/load/
    #[arg(long)]
    pub(crate) docs: bool,
}

impl Options {
    pub(crate) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 1 } else { 3 }).max(1)
    }
}

/// Who is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// `chat-server`.
    Ours,
    /// What it is compared with in this row.
    Reference,
    /// Another server.
    Peer(Peer),
}

/// What all rows share.
pub(crate) struct Bench {
    pub(crate) options: Options,
    pub(crate) machine: Machine,
    /// The length of our frames, measured first and then sent by everybody.
    frame_bytes: Cell<usize>,
    /// Remarks for the end, such as that the load itself was the limit.
    pub(crate) remarks: RefCell<Vec<String>>,
}

/// Members that are to enter, and who of them sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) rooms: u32,
    pub(crate) members_a_room: usize,
    pub(crate) senders_a_room: usize,
}

impl Bench {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            machine: Machine::new(temporary().path()),
            frame_bytes: Cell::new(240),
            remarks: RefCell::default(),
        }
    }

    /// How long a load lasts.
    pub(crate) fn span(&self) -> Span {
        let (warm_up, measured) = if self.options.quick {
            (300, 1_000)
        } else {
            (2_000, 6_000)
        };
        Span {
            warm_up: Duration::from_millis(warm_up),
            measured: Duration::from_millis(measured),
        }
    }

    /// `full`, or `quick` where that is wanted.
    pub(crate) fn count(&self, full: usize, quick: usize) -> usize {
        if self.options.quick { quick } else { full }
    }

    /// Starts the subject of a row whose reference is the limit.
    pub(crate) fn start(subject: Subject) -> (Server, Wire) {
        match subject {
            Subject::Ours => (chat(temporary()), Wire::Chat),
            Subject::Reference => (limit(), Wire::Limit),
            Subject::Peer(peer) => (peer.start(), peer.wire),
        }
    }

    /// Fills rooms and puts a load on them.
    pub(crate) fn load(&self, server: &Server, wire: Wire, crowd: Crowd, load: Load) -> Outcome {
        let mut generator = Generator::new(wire, server);
        for room in 0..crowd.rooms {
            generator.invite(room, crowd.members_a_room);
        }
        generator.enter_all();
        let bytes = self.frame_bytes.get();
        generator.cast(0..crowd.rooms, crowd.senders_a_room, bytes);
        let outcome = run(server, &mut generator, load, self.span());
        if wire == Wire::Chat {
            self.frame_bytes.set(outcome.frame_bytes.round() as usize);
        }
        self.remark_on(wire, crowd, &outcome);
        outcome
    }

    pub(crate) fn remark(&self, remark: String) {
        println!("  ! {remark}");
        self.remarks.borrow_mut().push(remark);
    }

    fn remark_on(&self, wire: Wire, crowd: Crowd, outcome: &Outcome) {
        const NEAR_LIMIT: f64 = 0.9;
        const BUSY: f64 = 0.2;
        let Outcome {
            server_share,
            generator_share,
            others_share,
            lost,
            closed,
            ..
        } = outcome;
        println!(
            "  {wire:?}, {} x {}: server {:.0} % of its core, load {:.0} %, others {:.0} %; frames of {:.0} bytes",
            crowd.rooms,
            crowd.members_a_room,
            server_share * 100.0,
            generator_share * 100.0,
            others_share * 100.0,
            outcome.frame_bytes,
        );
        if *generator_share > NEAR_LIMIT {
            self.remark(format!(
                "{wire:?} in rooms of {}: the load itself is the limit ({:.0} % of its core)",
                crowd.members_a_room,
                generator_share * 100.0
            ));
        }
        if *others_share > BUSY {
            self.remark(format!(
                "{wire:?} in rooms of {}: the machine was busy with something else ({:.0} % of a core)",
                crowd.members_a_room, others_share * 100.0
            ));
        }
        if *lost > 0 || *closed > 0 {
            self.remark(format!(
                "{wire:?} in rooms of {}: {lost} deliveries lost or doubled, {closed} connections closed",
                crowd.members_a_room
            ));
        }
    }
}

/// The real `chat-server` on a history in `files`.
pub(crate) fn chat(files: TempDir) -> Server {
    Server::announced(&mut chat_command(files.path()), files)
}

/// As `chat`, with every commit taking longer.
pub(crate) fn chat_on_slow_disk(commit: Duration) -> Server {
    let files = temporary();
    let mut command = chat_command(files.path());
    slow_disk::apply(&mut command, commit);
    Server::announced(&mut command, files)
}

/// So many servers on one Redis, which has a replica.
pub(crate) fn chat_nodes(nodes: usize) -> Server {
    let needs = redis::pair();
    let url = redis::url(&needs[0]);
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chat-server"));
        command.args(["--port", "0", "--log", "error", "--redis", &url]);
        Server::announced(&mut command, temporary())
    };
    let others = (1..nodes).map(|_| start()).collect();
    Server::together(start(), others, needs)
}

pub(crate) fn chat_command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-server"));
    command
        .args(["--port", "0", "--log", "error", "--data"])
        .arg(data);
    command
}

/// The bare loop of writes.
pub(crate) fn limit() -> Server {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("limit");
    Server::announced(&mut command, temporary())
}

/// Where builds go.
pub(crate) fn target_directory() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap().to_owned()
}

/// A directory on the disk that builds are on, since the system's own may be in memory.
pub(crate) fn temporary() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}
