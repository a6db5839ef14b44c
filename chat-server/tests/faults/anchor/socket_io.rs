//! The Socket.IO server of npm, with its connection state recovery on. It keeps nothing on disk and gives no history.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::session::{Memory, Session};
use crate::log::{Room, Seen};
use crate::subject::{Lost, Promises, Say, Subject, Who};

/// The package, at the version that was compared with.
const PACKAGE: &str = "socket.io@4.8.4";

/// The server's program.
const SERVER: &str = include_str!("socket_io.mjs");

/// The installed package with the server beside it.
#[derive(Clone, Debug)]
pub(crate) struct SocketIo {
    server: PathBuf,
}

impl SocketIo {
    /// Installs the package below the target directory, if it is not there; the error is a sentence.
    pub(crate) fn install() -> Result<Self, String> {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE);
        if !directory.join("node_modules/socket.io").exists() {
            std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
            let options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
            run(Command::new("npm")
                .arg("install")
                .args(options)
                .arg(&directory)
                .arg(PACKAGE))?;
        }
        run(Command::new("node").args(["--eval", ""]))?;
        let server = directory.join("server.mjs");
        std::fs::write(&server, SERVER).map_err(|error| error.to_string())?;
        Ok(Self { server })
    }

    /// What is compared with, for the table's caption.
    pub(crate) fn version() -> String {
        let node = Command::new("node").arg("--version").output();
        let node = node.map_or_else(
            |error| error.to_string(),
            |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        );
        format!("{PACKAGE} on node {node}")
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("cannot install {PACKAGE}: {program} says {words}"))
        }
        Err(error) => Err(format!(
            "{program} does not start ({error}); the comparison with Socket.IO needs node and npm"
        )),
    }
}

impl Subject for SocketIo {
    type Memory = Memory;
    type Link = Session;

    fn name(&self) -> &'static str {
        "Socket.IO"
    }

    fn promises(&self) -> Promises {
        Promises {
            acks: true,
            positions: false,
            once: false,
            resume: true,
            history: false,
            members: false,
            nicks: false,
            points: false,
            keeps_tail: true,
            nick_bound_ms: 0,
            silence_ms: None,
        }
    }

    fn prepare(&self, data: &Path, _: bool) -> io::Result<Vec<Say>> {
        std::fs::create_dir_all(data)?;
        Ok(Vec::new())
    }

    fn server(&self, _: &Path, _: Option<&str>) -> Command {
        let mut command = Command::new("node");
        command.arg(&self.server);
        command
    }

    fn listening(&self, line: &str) -> Option<SocketAddr> {
        let port = line.strip_prefix("listening on ")?.parse().ok()?;
        Some((Ipv4Addr::LOCALHOST, port).into())
    }

    async fn dial(
        &self,
        who: &Who,
        address: SocketAddr,
        memory: &mut Memory,
    ) -> Result<Session, Lost> {
        Session::dial(who, address, memory).await
    }

    async fn history(&self, _: SocketAddr, _: Room) -> Result<Vec<Seen>, Lost> {
        Err(Lost::Gone("it keeps no history".to_owned()))
    }

    fn terminal(&self, _: SocketAddr, _: &Who, _: &Path) -> Option<Command> {
        None
    }
}
