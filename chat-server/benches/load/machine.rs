//! What the figures were measured on.

use std::fmt;
use std::fs::{File, read_to_string};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::Instant;

use crate::load::{Latency, histogram, record};

/// Commits that are timed.
const COMMITS: usize = 300;

/// What a commit of one message writes to the log: some pages of the database with their heads.
const COMMIT_BYTES: usize = 4 * (4096 + 24);

/// The machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    memory_gib: f64,
    kernel: String,
    /// The time of the disk for a commit.
    pub(crate) commit_ms: Latency,
}

impl Machine {
    /// This one; commits are timed in `directory`.
    pub(crate) fn new(directory: &Path) -> Self {
        let of_file = |path: &str, key: &str| {
            let text = read_to_string(path).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(key));
            let value = line.and_then(|line| line.split(':').nth(1));
            value.unwrap_or("unknown").trim().to_owned()
        };
        let kib = of_file("/proc/meminfo", "MemTotal");
        let kib: f64 = kib.trim_end_matches(" kB").parse().unwrap_or_default();
        let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let text = read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self {
            cpu: of_file("/proc/cpuinfo", "model name"),
            cores: text
                .lines()
                .filter(|line| line.starts_with("processor"))
                .count(),
            memory_gib: kib / 1024.0 / 1024.0,
            kernel: kernel.trim().to_owned(),
            commit_ms: commit_time(directory),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cpu,
            cores,
            memory_gib,
            kernel,
            commit_ms: Latency { p50, p99 },
        } = self;
        write!(
            f,
            "{cpu}, {cores} cores, {memory_gib:.0} GiB, Linux {kernel}; {COMMIT_BYTES} bytes written over a file with an fsync: p50 {p50:.2} ms, p99 {p99:.2} ms"
        )
    }
}

/// How long the disk needs for a commit: some bytes over those that a file has already, as in a log that begins anew, and an fsync.
pub(crate) fn commit_time(directory: &Path) -> Latency {
    let path = directory.join("fsync");
    let mut file = File::create(&path).unwrap();
    let mut times = histogram();
    let bytes = vec![1; COMMIT_BYTES];
    file.write_all(&bytes.repeat(COMMITS)).unwrap();
    file.sync_all().unwrap();
    file.rewind().unwrap();
    for _ in 0..COMMITS {
        let started = Instant::now();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
        record(&mut times, started.elapsed());
    }
    std::fs::remove_file(path).unwrap();
    Latency::of(&times)
}
