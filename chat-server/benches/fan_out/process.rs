//! The process under test, and what the kernel says of it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::thread::{CpuSet, sched_setaffinity};

/// A server process on core 0; ended when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    _data: tempfile::TempDir,
}

impl Server {
    /// The real `chat-server` with its history on disk.
    pub(crate) fn chat() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_chat-server"));
        command
            .args(["--port", "0", "--log", "error", "--data"])
            .arg(data.path());
        Self::start(command, data)
    }

    /// The bare loop of `write` calls.
    pub(crate) fn limit() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("limit");
        Self::start(command, tempfile::tempdir().unwrap())
    }

    fn start(mut command: Command, data: tempfile::TempDir) -> Self {
        // A child inherits the mask of its parent, so all its threads are on core 0 from the first instruction.
        pin(0);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        pin(1);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().rsplit("//").next().unwrap().parse().unwrap();
        Self {
            child,
            address,
            _data: data,
        }
    }

    /// Time on a CPU of all its threads so far.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanos = |task: std::fs::DirEntry| -> u64 {
            let stat = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            stat.split(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(0)
        };
        Duration::from_nanos(tasks.flatten().map(nanos).sum())
    }

    /// Its resident set in KiB.
    pub(crate) fn resident_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Puts this thread, and what it starts from now on, on one core.
pub(crate) fn pin(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    // On a machine with a single core everything shares it; the table is then worth little, but comes out.
    if sched_setaffinity(None, &cores).is_err() {
        println!("(core {core} cannot be had)");
    }
}
