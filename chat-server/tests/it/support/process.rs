//! The real program in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use chat_server::config::TlsFiles;
use rustix::process::{Pid, Signal, kill_process};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::PATIENCE;

/// A running `chat-server`; it is killed when the test ends.
pub(crate) struct Process {
    child: Option<Child>,
    /// Its standard error, where nobody reads it just now.
    words: Option<BufReader<ChildStderr>>,
    pub(crate) address: SocketAddr,
    /// Where it tells health, readiness and metrics, if it was started so.
    admin: Option<SocketAddr>,
}

impl Process {
    /// Starts it on the data in `directory`, on a free port, and waits for its line.
    pub(crate) async fn start(directory: &Path) -> Self {
        Self::run(command(), directory).await
    }

    /// As `start`, with an admin address and `more` arguments.
    pub(crate) async fn start_watched(directory: &Path, more: &[&str]) -> Self {
        let admin = ["--admin", "127.0.0.1:0"];
        Self::start_with(directory, &[&admin, more].concat()).await
    }

    /// As `start`, with `more` arguments.
    pub(crate) async fn start_with(directory: &Path, more: &[&str]) -> Self {
        let mut command = command();
        command.args(more);
        Self::run(command, directory).await
    }

    /// As `start`, on TLS.
    pub(crate) async fn start_encrypted(directory: &Path, files: &TlsFiles) -> Self {
        let mut command = command();
        command.arg("--tls-cert").arg(&files.certificate);
        command.arg("--tls-key").arg(&files.key);
        Self::run(command, directory).await
    }

    /// As `start`, but its files may not grow beyond some 2 MB: later writes fail as on a disk that is broken.
    pub(crate) async fn start_on_bad_disk(directory: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\""]);
        shell.arg(env!("CARGO_BIN_EXE_chat-server"));
        Self::run(shell, directory).await
    }

    /// As `start`, on the disk and by the clock of `shim`.
    #[cfg(target_os = "linux")]
    pub(crate) async fn start_under(shim: &crate::shim::Shim, directory: &Path) -> Self {
        Self::run(command_under(shim), directory).await
    }

    /// As `start_under`, with an admin address.
    #[cfg(target_os = "linux")]
    pub(crate) async fn start_watched_under(shim: &crate::shim::Shim, directory: &Path) -> Self {
        let mut command = command_under(shim);
        command.args(["--admin", "127.0.0.1:0"]);
        Self::run(command, directory).await
    }

    /// As `start`, with everything that it logs in the file `log` of the directory, one line each in `format`.
    pub(crate) async fn start_logging(directory: &Path, format: &str) -> Self {
        let mut command = command();
        command.args(["--log", "debug", "--log-format", format]);
        let log = std::fs::File::create(directory.join("log")).unwrap();
        Self::spawn(command, directory, log.into()).await
    }

    async fn run(command: Command, directory: &Path) -> Self {
        Self::spawn(command, directory, Stdio::piped()).await
    }

    async fn spawn(mut command: Command, directory: &Path, stderr: Stdio) -> Self {
        command.args(["--port", "0", "--data"]).arg(directory);
        command.stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let words = child.stderr.take().map(BufReader::new);
        let watched = command.get_args().any(|argument| argument == "--admin");
        let lines = spawn_blocking(move || {
            let mut reader = BufReader::new(stdout);
            let mut lines = [String::new(), String::new()];
            for line in lines.iter_mut().take(1 + usize::from(watched)) {
                reader.read_line(line).unwrap();
            }
            lines
        });
        let [line, admin_line] = timeout(PATIENCE, lines).await.unwrap().unwrap();
        Self {
            address: address_of(&line, "listening on "),
            admin: watched.then(|| address_of(&admin_line, "admin on ")),
            words,
            child: Some(child),
        }
    }

    /// The status and the body that it answers at a path of its admin address.
    pub(crate) async fn tells(&self, path: &str) -> (u16, String) {
        super::admin::get(self.admin.unwrap(), path).await
    }

    /// Its metrics, each sample by its name and labels.
    pub(crate) async fn metrics(&self) -> super::admin::Samples {
        let (status, text) = self.tells("/metrics").await;
        assert_eq!(status, 200, "{text}");
        super::admin::parse(&text)
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(self.child.as_ref().unwrap());
        kill_process(pid, signal).unwrap();
    }

    /// Waits for a line on standard error that holds `part`, and gives it.
    pub(crate) async fn says(&mut self, part: &'static str) -> String {
        let mut reader = self.words.take().unwrap();
        let said = spawn_blocking(move || {
            let mut line = String::new();
            while !line.contains(part) {
                line.clear();
                assert_ne!(
                    reader.read_line(&mut line).unwrap(),
                    0,
                    "it ended without {part:?}"
                );
            }
            (reader, line)
        });
        let (reader, line) = timeout(PATIENCE, said).await.unwrap().unwrap();
        self.words = Some(reader);
        line
    }

    /// Waits for its end, `within` at most.
    pub(crate) async fn end(self, within: Duration) -> ExitStatus {
        self.last_words(within).await.0
    }

    /// As `end`, with what it wrote to standard error.
    pub(crate) async fn last_words(mut self, within: Duration) -> (ExitStatus, String) {
        let mut child = self.child.take().unwrap();
        let reader = self.words.take();
        let ended = spawn_blocking(move || {
            let mut words = String::new();
            if let Some(mut reader) = reader {
                reader.read_to_string(&mut words).unwrap();
            }
            (child.wait().unwrap(), words)
        });
        timeout(within, ended).await.unwrap().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// The address in a line such as `listening on ws://127.0.0.1:7878`.
fn address_of(line: &str, words: &str) -> SocketAddr {
    let url = line.trim_end().strip_prefix(words);
    let address = url.and_then(|url| url.split_once("://"));
    address
        .unwrap_or_else(|| panic!("{line:?}"))
        .1
        .parse()
        .unwrap()
}

/// Runs it with arguments that make it end by itself.
pub(crate) async fn run_to_end(arguments: &[&str]) -> Output {
    let mut command = command();
    command.args(arguments);
    output(command).await
}

/// Starts it on the data in `directory`, on the disk of `shim`, which must make it end by itself.
#[cfg(target_os = "linux")]
pub(crate) async fn run_to_end_under(shim: &crate::shim::Shim, directory: &Path) -> Output {
    let mut command = command_under(shim);
    command.args(["--port", "0", "--data"]).arg(directory);
    output(command).await
}

async fn output(mut command: Command) -> Output {
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let pid = Pid::from_child(&child);
    let ended = spawn_blocking(move || {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        child
            .stdout
            .take()
            .unwrap()
            .read_to_end(&mut stdout)
            .unwrap();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_end(&mut stderr)
            .unwrap();
        Output {
            status: child.wait().unwrap(),
            stdout,
            stderr,
        }
    });
    let Ok(output) = timeout(PATIENCE, ended).await else {
        kill_process(pid, Signal::KILL).unwrap();
        panic!("it does not end: {command:?}");
    };
    output.unwrap()
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-server"));
    command.env_remove("RUST_LOG");
    command
}

#[cfg(target_os = "linux")]
fn command_under(shim: &crate::shim::Shim) -> Command {
    let mut command = command();
    shim.apply(&mut command);
    command
}
