//! A Redis for servers that share it: a primary that saves what it is told, and a replica of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bench::temporary;
use crate::peers::program;
use crate::process::{Server, free_port, pause};

const PROGRAM: &str = "redis-server";

/// How long a replica may take until it has what the primary has.
const COPIED_WITHIN: Duration = Duration::from_secs(20);

/// Whether there is one on this machine.
pub(crate) fn is_installed() -> bool {
    program(PROGRAM).is_some()
}

/// One that nobody copies.
pub(crate) fn primary() -> Server {
    start(None)
}

/// A primary and its replica, which has caught up.
pub(crate) fn pair() -> Vec<Server> {
    let primary = start(None);
    let replica = start(Some(&primary));
    let deadline = Instant::now() + COPIED_WITHIN;
    while !says(&replica, "INFO replication", "master_link_status:up") {
        assert!(Instant::now() < deadline, "the replica does not follow");
        pause(Duration::from_millis(20));
    }
    vec![primary, replica]
}

/// How it is reached.
pub(crate) fn url(server: &Server) -> String {
    format!("redis://{}", server.address)
}

fn start(primary: Option<&Server>) -> Server {
    let (files, address) = (temporary(), free_port());
    let mut command = Command::new(program(PROGRAM).unwrap());
    command
        .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
        .args([
            "--save",
            "",
            "--appendonly",
            "yes",
            "--maxmemory-policy",
            "noeviction",
            "--dir",
        ])
        .arg(files.path());
    if let Some(primary) = primary {
        let port = primary.address.port().to_string();
        command.args(["--replicaof", &format!("127.0.0.1 {port}")]);
    }
    Server::silent(&mut command, files, address)
}

/// Whether the answer to a command has a text in it.
fn says(server: &Server, command: &str, text: &str) -> bool {
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "{command}\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.contains(text)
}
