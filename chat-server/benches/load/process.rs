//! A process under test, and what the kernel says of it.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_setaffinity};
use tempfile::TempDir;

/// The core of the server, and that of the load.
pub(crate) const SERVER_CORE: usize = 0;
pub(crate) const LOAD_CORE: usize = 1;

/// How long a server may take to listen.
const START_WITHIN: Duration = Duration::from_secs(20);

/// A server process on [`SERVER_CORE`], or several that serve together; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Further ones of its kind, which count as one with it.
    others: Vec<Self>,
    /// What they need, and whose CPU is not theirs.
    needs: Vec<Self>,
    /// Its files, which go with it.
    _files: TempDir,
}

impl Server {
    /// Starts a program that prints one line, which ends in `//ADDRESS`.
    pub(crate) fn announced(command: &mut Command, files: TempDir) -> Self {
        let mut child = spawn(command.stdout(Stdio::piped()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().rsplit("//").next().unwrap().parse();
        Self {
            address: address.unwrap_or_else(|_| panic!("{command:?} printed {line:?}")),
            child,
            others: Vec::new(),
            needs: Vec::new(),
            _files: files,
        }
    }

    /// Starts a program that says nothing, and waits until it listens.
    pub(crate) fn silent(command: &mut Command, files: TempDir, address: SocketAddr) -> Self {
        let child = spawn(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect(address).is_err() {
            assert!(
                Instant::now() < deadline,
                "{command:?} does not listen on {address}"
            );
            pause(Duration::from_millis(20));
        }
        Self {
            child,
            address,
            others: Vec::new(),
            needs: Vec::new(),
            _files: files,
        }
    }

    /// Several servers as one, with what they need.
    pub(crate) fn together(mut first: Self, others: Vec<Self>, needs: Vec<Self>) -> Self {
        first.others = others;
        first.needs = needs;
        first
    }

    /// Where it is reached; clients are spread over all of these.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        let others = self.others.iter().map(|other| other.address);
        std::iter::once(self.address).chain(others).collect()
    }

    /// Time on a CPU of all threads of all its processes so far.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let own: Duration = tasks
            .flatten()
            .map(|task| on_cpu(&task.path().join("schedstat")))
            .sum();
        own + self.others.iter().map(Self::cpu).sum::<Duration>()
    }

    /// The same of what it needs.
    pub(crate) fn cpu_of_needs(&self) -> Duration {
        self.needs.iter().map(Self::cpu).sum()
    }

    /// Its resident set in KiB.
    pub(crate) fn resident_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let line = line.expect("a server that has memory");
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // Before what they need.
        self.others.clear();
    }
}

/// Time on a CPU of the calling thread so far.
pub(crate) fn own_cpu() -> Duration {
    on_cpu(Path::new("/proc/thread-self/schedstat"))
}

/// Time that the cores of the machine were not idle so far, in steps of a hundredth of a second; stolen time counts.
pub(crate) fn machine_cpu() -> Duration {
    const STEP_MS: u64 = 10;
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let fields = line.split_whitespace().skip(1).take(8).enumerate();
    // Idle and waiting for a disk are the fourth and the fifth.
    let busy = fields.filter(|(at, _)| !matches!(at, 3 | 4));
    let steps: u64 = busy
        .filter_map(|(_, steps)| steps.parse::<u64>().ok())
        .sum();
    Duration::from_millis(steps * STEP_MS)
}

/// A port that was free just now.
pub(crate) fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
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

/// Waits; for programs that give no event to wait for.
pub(crate) fn pause(time: Duration) {
    rustix::event::poll(&mut [], Some(&time.try_into().unwrap())).unwrap();
}

fn spawn(command: &mut Command) -> Child {
    // A child inherits the mask of its parent, so all its threads are on the core from the first instruction.
    pin(SERVER_CORE);
    let child = command.stdin(Stdio::null()).spawn();
    pin(LOAD_CORE);
    child.unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn on_cpu(schedstat: &Path) -> Duration {
    let stat = std::fs::read_to_string(schedstat).unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}
