//! chat-tui in line mode, as a process with pipes.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Everything a test waits for comes long before; on a loaded machine too.
const DEADLINE: Duration = Duration::from_secs(30);

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_chat-tui");

/// A command line that is about to run.
pub(crate) struct Line {
    command: Command,
}

/// A process, and what it said so far.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines,
    error: Lines,
}

struct Lines {
    receiver: Receiver<String>,
    seen: Vec<String>,
}

/// How a process ended, and everything it said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; nothing where a signal killed it.
    pub(crate) code: Option<i32>,
    /// The lines of standard output.
    pub(crate) output: Vec<String>,
    /// The lines of standard error.
    pub(crate) error: Vec<String>,
}

impl Line {
    /// With these arguments, and its files in `state`.
    pub(crate) fn new(state: &Path, url: &str, args: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command
            .args(["--server", url])
            .args(args)
            .env("CHAT_TUI_STATE", state)
            .env_remove("TERM")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command }
    }

    /// Starts it with an open input.
    pub(crate) fn start(mut self) -> Running {
        let mut child = self.command.spawn().expect("chat-tui");
        let input = child.stdin.take();
        let output = Lines::of(child.stdout.take().expect("a pipe"));
        let error = Lines::of(child.stderr.take().expect("a pipe"));
        Running {
            child,
            input,
            output,
            error,
        }
    }

    /// Runs it to its end with this input.
    pub(crate) fn run(mut self, input: &[u8]) -> Ended {
        // A file: writing to a pipe while nobody reads the other one could wait for ever.
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(input).expect("a file that takes it");
        std::io::Seek::rewind(&mut file).expect("a file that can be read again");
        self.command.stdin(file);
        self.start().end()
    }

    /// Runs it to its end with no input at all.
    pub(crate) fn run_without_input(mut self) -> Ended {
        self.command.stdin(Stdio::null());
        self.start().end()
    }

    /// Starts it with no input at all.
    pub(crate) fn start_without_input(mut self) -> Running {
        self.command.stdin(Stdio::null());
        self.start()
    }

    /// Starts it with an output that nobody reads any more.
    pub(crate) fn start_with_output(mut self, output: File) -> Running {
        self.command.stdout(output);
        let mut child = self.command.spawn().expect("chat-tui");
        // The command holds the other end of the output as long as it lives.
        drop(self);
        let input = child.stdin.take();
        let error = Lines::of(child.stderr.take().expect("a pipe"));
        let output = Lines::of(std::io::empty());
        Running {
            child,
            input,
            output,
            error,
        }
    }
}

impl Running {
    /// Types a line.
    pub(crate) fn send(&mut self, line: &str) {
        let input = self.input.as_mut().expect("an open input");
        input
            .write_all(line.as_bytes())
            .expect("a program that reads");
        input.write_all(b"\n").expect("a program that reads");
    }

    /// Ends its input.
    pub(crate) fn end_input(&mut self) {
        self.input = None;
    }

    /// Waits for a line of output that holds the text, and returns it.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let found = self.output.wait_for(text);
        found.unwrap_or_else(|| {
            panic!(
                "no {text:?} in {:?}; {:?}",
                self.output.seen,
                self.error.rest()
            )
        })
    }

    /// Waits for a line of standard error that holds the text, and returns it.
    #[track_caller]
    pub(crate) fn wait_for_note(&mut self, text: &str) -> String {
        let found = self.error.wait_for(text);
        found.unwrap_or_else(|| {
            panic!(
                "no {text:?} in {:?}; {:?}",
                self.error.seen,
                self.output.rest()
            )
        })
    }

    /// Sends it a signal.
    pub(crate) fn kill(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process id"), signal).expect("a running program");
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        self.input = None;
        self.output.wait_for_end();
        self.error.wait_for_end();
        let status = self.child.wait().expect("an exit status");
        Ended {
            code: status.code(),
            output: std::mem::take(&mut self.output.seen),
            error: std::mem::take(&mut self.error.seen),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After an end that was waited for there is nothing to kill.
        if let (Ok(()), Ok(_)) = (self.child.kill(), self.child.wait()) {}
    }
}

impl Lines {
    fn of(source: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(source).lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            receiver,
            seen: Vec::new(),
        }
    }

    fn wait_for(&mut self, text: &str) -> Option<String> {
        loop {
            let line = self.receiver.recv_timeout(DEADLINE).ok()?;
            self.seen.push(line.clone());
            if line.contains(text) {
                return Some(line);
            }
        }
    }

    fn wait_for_end(&mut self) {
        loop {
            match self.receiver.recv_timeout(DEADLINE) {
                Ok(line) => self.seen.push(line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    panic!("no end after {:?}", self.seen)
                }
            }
        }
    }

    fn rest(&mut self) -> &[String] {
        self.seen.extend(self.receiver.try_iter());
        &self.seen
    }
}
