//! Ends the driver where a run does not end by itself: with its children, and with a word about which run it was.

use std::process::exit;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How long one run may take: some times what the slowest one has taken on a busy machine, its patience at the end included.
const RUN_MAX: Duration = Duration::from_mins(3);

/// Watches one run; the end of this value is the end of the run.
pub(crate) struct Watchdog {
    _alive: Sender<()>,
}

impl Watchdog {
    /// Begins to watch the run of `seed`.
    pub(crate) fn watch(seed: u64) -> Self {
        let (alive, ended) = channel::<()>();
        thread::spawn(move || {
            if ended.recv_timeout(RUN_MAX) == Err(RecvTimeoutError::Timeout) {
                println!(
                    "the run of seed {seed} has not ended in {} s; its processes are killed",
                    RUN_MAX.as_secs()
                );
                kill_children();
                println!("test result: FAILED. 0 passed; 1 failed");
                exit(1);
            }
        });
        Self { _alive: alive }
    }
}

/// Kills what this process has started, and what those have.
fn kill_children() {
    let mut parents = vec![std::process::id()];
    let mut found = Vec::new();
    // All before the first is killed, as the children of a dead one are somebody else's.
    while let Some(parent) = parents.pop() {
        let children = children_of(parent);
        found.extend_from_slice(&children);
        parents.extend(children);
    }
    for child in found {
        let pid = i32::try_from(child).ok().and_then(Pid::from_raw);
        if let Some(Err(error)) = pid.map(|pid| kill_process(pid, Signal::KILL)) {
            println!("{child}: {error}");
        }
    }
}

fn children_of(parent: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task"));
    let lists = tasks.into_iter().flatten().flatten();
    lists
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| {
            let pids: Vec<u32> = list
                .split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect();
            pids
        })
        .collect()
}
