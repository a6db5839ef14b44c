//! The server under test, and how much memory it took at most.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// A real `chat-server` with its history on disk; killed when the test ends.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    data: tempfile::TempDir,
}

impl Process {
    pub(crate) fn start(outbox_mib: usize) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_chat-server"))
            .env_remove("RUST_LOG")
            .args([
                "--port",
                "0",
                "--log",
                "warn",
                "--limit",
                "not_introduced=10000",
                // So that nobody is closed for a full outbox of one's own alone.
                "--limit",
                "slow_ms=60000",
                "--outbox-memory",
                &outbox_mib.to_string(),
                "--data",
            ])
            .arg(data.path())
            .stdout(Stdio::piped())
            .stderr(File::create(data.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ws://");
        Self {
            address: address.unwrap().parse().unwrap(),
            child,
            data,
        }
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap()
    }

    /// The most memory that it ever had, in MiB.
    pub(crate) fn memory_mib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: usize = line
            .unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap();
        kib / 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
