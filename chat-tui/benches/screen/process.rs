//! What the kernel says of a process.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to listen.
const START_WITHIN: Duration = Duration::from_secs(10);

/// Between two tries to reach it.
const START_STEP: Duration = Duration::from_millis(10);

/// A process by its number.
#[derive(Clone, Copy)]
pub(crate) struct Process(pub(crate) u32);

/// What a process did so far, all its threads together.
#[derive(Clone, Copy)]
pub(crate) struct Activity {
    pub(crate) cpu: Duration,
    pub(crate) wake_ups: u64,
}

impl Process {
    /// Its resident set in MB of 1024 KiB.
    pub(crate) fn resident_mb(self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap();
        field(&status, "VmRSS:") as f64 / 1024.0
    }

    /// Time on a CPU and voluntary waits.
    pub(crate) fn activity(self) -> Activity {
        let mut activity = Activity {
            cpu: Duration::ZERO,
            wake_ups: 0,
        };
        for task in std::fs::read_dir(format!("/proc/{}/task", self.0)).unwrap() {
            let task = task.unwrap().path();
            let status = std::fs::read_to_string(task.join("status")).unwrap();
            activity.wake_ups += field(&status, "voluntary_ctxt_switches:");
            let stat = std::fs::read_to_string(task.join("schedstat")).unwrap();
            activity.cpu += Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap());
        }
        activity
    }
}

fn field(status: &str, name: &str) -> u64 {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// A server's process; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    _files: TempDir,
}

impl Server {
    /// Starts a program that will listen at the address, and waits until it does.
    pub(crate) fn start(command: &mut Command, address: SocketAddr, files: TempDir) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "{command:?} does not listen");
            std::thread::sleep(START_STEP);
        }
        Self {
            child,
            address,
            _files: files,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address that was free just now.
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Where a program is; daemons are not on everybody's path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}
