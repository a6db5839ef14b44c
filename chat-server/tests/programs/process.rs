//! A foreign program as a child: started, signalled, and ended with this value.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::until;

/// Where programs of the system stand that are not in everybody's path.
const SYSTEM: &str = "/usr/sbin";

/// Lines of what a program wrote that are told when it fails.
const TOLD_LINES_MAX: usize = 20;

/// A running program.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    words: PathBuf,
    /// It has children of its own, which it ends itself if it is told to.
    is_parent: bool,
}

impl Process {
    /// Starts `program`; what it writes is added to the file `words`.
    pub(crate) fn start<A: AsRef<OsStr>>(
        program: &str,
        arguments: impl IntoIterator<Item = A>,
        words: &Path,
    ) -> Self {
        let mut command = find(program);
        let out = File::options().create(true).append(true).open(words);
        let out = out.unwrap();
        command.args(arguments).stdin(Stdio::null());
        command.stdout(out.try_clone().unwrap()).stderr(out);
        Self {
            child: spawn(command, program),
            words: words.to_owned(),
            is_parent: false,
        }
    }

    /// As it is, but with children of its own.
    pub(crate) fn with_children(mut self) -> Self {
        self.is_parent = true;
        self
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// SIGSTOP, and waits until it stands still.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
        let id = WaitId::Pid(Pid::from_child(&self.child));
        waitid(id, WaitIdOptions::STOPPED).unwrap();
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Waits until `is_so`; the test fails where the program ends before.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut is_so: impl FnMut() -> bool) {
        let words = self.words.clone();
        let mut ended = false;
        until(
            || {
                ended = self.has_ended();
                ended || is_so()
            },
            || format!("{what}: not in time; it said\n{}", last_words(&words)),
        );
        assert!(!ended, "{what}: it ended and said\n{}", last_words(&words));
    }

    /// `kill -9`, and waits for its end.
    pub(crate) fn kill(&mut self) {
        // Who has ended already cannot be killed.
        self.child.kill().unwrap_or(());
        self.child.wait().unwrap();
    }

    /// Tells it to end and waits for that.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let words = self.words.clone();
        until(
            || self.has_ended(),
            || format!("it does not end; it said\n{}", last_words(&words)),
        );
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.has_ended() {
            return;
        }
        if self.is_parent {
            // Killed it would leave its children behind; told to end it takes them along within a second.
            let pid = Pid::from_child(&self.child);
            kill_process(pid, Signal::CONT).unwrap_or(());
            kill_process(pid, Signal::TERM).unwrap_or(());
        } else {
            self.child.kill().unwrap_or(());
        }
        drop(self.child.wait());
    }
}

/// A command of `program`, wherever it is installed.
pub(crate) fn find(program: &str) -> Command {
    let system = Path::new(SYSTEM).join(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).any(|place| place.join(program).is_file());
    if !in_path && system.is_file() {
        return Command::new(system);
    }
    Command::new(program)
}

/// Starts it; where it is not installed the test fails with what to do.
#[track_caller]
pub(crate) fn spawn(mut command: Command, program: &str) -> Child {
    match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => panic!(
            "{program} is missing: install it with your system's package manager, as `make need` does where it may"
        ),
        Err(error) => panic!("{program} does not start: {error}"),
    }
}

/// The last lines that a program wrote.
fn last_words(words: &Path) -> String {
    let all = fs::read_to_string(words).unwrap_or_else(|error| error.to_string());
    let lines: Vec<&str> = all.lines().collect();
    let from = lines.len().saturating_sub(TOLD_LINES_MAX);
    lines[from..].join("\n")
}
