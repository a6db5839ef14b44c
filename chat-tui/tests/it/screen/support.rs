//! A server's process, a person's terminals, and how the screen is read.

use std::fs::{read, read_dir};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::line::{Line, PROGRAM};
use crate::pty::{Answers, Exit, Pty, Screen, chat_server};

/// Columns and rows where a test asks for none: with a member column.
pub(crate) const SIZE: (u16, u16) = (100, 28);

/// Everything a test waits for on disk comes long before.
const DEADLINE: Duration = Duration::from_secs(20);

/// A file tells nobody that it changed; so often it is looked at.
const FILE_STEP: Duration = Duration::from_millis(10);

/// What line mode tells of an event.
#[derive(serde::Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
}

/// A server in a process of its own; its port and its data outlive a kill.
pub(crate) struct ServerProcess {
    child: Child,
    port: u16,
    data: TempDir,
    limits: Vec<String>,
}

impl ServerProcess {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        Self::on(tempfile::tempdir().expect("a directory"))
    }

    /// Starts one on data that is there.
    pub(crate) fn on(data: TempDir) -> Self {
        Self::open(data, Vec::new())
    }

    /// Starts one with limits of its own, such as `heartbeat_ms=1000`.
    pub(crate) fn with_limits(limits: &[&str]) -> Self {
        let limits = limits.iter().map(|&limit| limit.to_owned()).collect();
        Self::open(tempfile::tempdir().expect("a directory"), limits)
    }

    fn open(data: TempDir, limits: Vec<String>) -> Self {
        let (child, port) = serve(data.path(), 0, &limits);
        Self {
            child,
            port,
            data,
            limits,
        }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address())
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Host and port, as the screen shows them.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a running server");
        self.child.wait().expect("an exit status");
    }

    /// Starts it again where it was, on the same data.
    pub(crate) fn start_again(&mut self) {
        (self.child, _) = serve(self.data.path(), self.port, &self.limits);
    }

    /// Puts another server in its place, with another key and no history.
    pub(crate) fn become_another(&mut self) {
        self.kill();
        self.data = tempfile::tempdir().expect("a directory");
        self.start_again();
    }

    /// The fingerprint of its key.
    pub(crate) fn fingerprint(&self) -> String {
        let key = chat_server::known_key(self.data.path()).expect("a key file");
        key.expect("a key").fingerprint().to_string()
    }

    /// Ends it in good order.
    pub(crate) fn stop(&mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("a running server");
        let status = self.child.wait().expect("an exit status");
        assert!(status.success(), "{status}");
    }

    /// Sends these lines from a script, and waits until each is stored.
    pub(crate) fn say(&self, person: &Person, room: &str, nick: &str, lines: &str) {
        let args = ["--room", room, "--nick", nick, "--plain"];
        let ended = Line::new(person.state(), &self.url(), &args).run(lines.as_bytes());
        assert_eq!(ended.code, Some(0), "{:?}", ended.error);
    }

    /// The texts of a room as a script reads them, oldest first.
    pub(crate) fn texts(&self, room: &str) -> Vec<String> {
        let reader = Person::new();
        let args = ["--room", room, "--guest", "--json", "--history", "20000"];
        let ended = Line::new(reader.state(), &self.url(), &args).run_without_input();
        assert_eq!(ended.code, Some(0), "{:?}", ended.error);
        let text = |line: &String| {
            let line: Event = serde_json::from_str(line).expect("an event");
            (line.kind == "message").then_some(line.text)
        };
        ended.output.iter().filter_map(text).collect()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // A stopped process takes this too; after a kill there is nothing left to kill.
        if let (Ok(()), Ok(_)) = (self.child.kill(), self.child.wait()) {}
    }
}

fn serve(data: &Path, port: u16, limits: &[String]) -> (Child, u16) {
    let mut command = Command::new(chat_server());
    command
        .args(["--port", &port.to_string(), "--data"])
        .arg(data)
        .args(limits.iter().flat_map(|limit| ["--limit", limit]))
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("a server");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut line)
        .expect("its line");
    let port = line.trim_end().rsplit(':').next().map(str::parse);
    match port {
        Some(Ok(port)) => (child, port),
        Some(Err(_)) | None => panic!("the server said {line:?}"),
    }
}

/// Somebody with files of their own, at any number of terminals.
pub(crate) struct Person {
    state: TempDir,
}

impl Person {
    /// Somebody who was never here.
    pub(crate) fn new() -> Self {
        Self {
            state: tempfile::tempdir().expect("a directory"),
        }
    }

    /// Where the files are.
    pub(crate) fn state(&self) -> &Path {
        self.state.path()
    }

    /// Opens a terminal with the program in it.
    pub(crate) fn run(&self, args: &[&str]) -> Pty {
        self.run_in(args, &[("LANG", "en_US.UTF-8")], SIZE, Answers::AtOnce)
    }

    /// Opens a terminal like this with the program in it.
    pub(crate) fn run_in(
        &self,
        args: &[&str],
        env: &[(&str, &str)],
        size: (u16, u16),
        answers: Answers,
    ) -> Pty {
        let state = self.state().to_str().expect("a path in UTF-8");
        let own = [
            ("CHAT_TUI_STATE", state),
            ("HOME", state),
            ("TZ", "Asia/Seoul"),
        ];
        let env = [&own, env].concat();
        Pty::spawn(PROGRAM, args, &env, size, answers)
    }

    /// Opens a terminal and waits until the person is in the room.
    #[track_caller]
    pub(crate) fn enter(&self, server: &ServerProcess, room: &str, nick: &str) -> Pty {
        let pty = self.run(&["--server", &server.url(), "--room", room, "--nick", nick]);
        pty.wait_for("the room", |screen| is_in(screen, nick));
        pty
    }
}

/// The connection is up and the member list has the person in it.
pub(crate) fn is_in(screen: &Screen, nick: &str) -> bool {
    screen.last_line().trim_start().starts_with("connected")
        && members(screen).contains(&format!("{nick}  you"))
}

/// The rows of the member column, its title first; only on a screen of [`SIZE`]'s width.
pub(crate) fn members(screen: &Screen) -> Vec<String> {
    // The composer and the status line lie below the column.
    let rows = screen.lines.iter().take(screen.lines.len() - 2);
    rows.map(|line| from_cell(line, 78))
        .skip_while(|row| !row.starts_with("members") && !row.starts_with("멤버"))
        .filter(|row| !row.is_empty())
        .collect()
}

/// What stands in a row from this cell on.
fn from_cell(line: &str, cell: usize) -> String {
    let mut at = 0;
    let mut rest = String::new();
    for c in line.chars() {
        if at >= cell {
            rest.push(c);
        }
        at += unicode_width::UnicodeWidthChar::width(c).unwrap_or_default();
    }
    rest.trim_end().to_owned()
}

/// Waits until the text stands somewhere, over rows or not.
#[track_caller]
pub(crate) fn wait_for_sentence(pty: &Pty, text: &str) -> Screen {
    pty.wait_for(&format!("{text:?}"), |screen| {
        let rows = screen.lines.join(" ");
        let words: Vec<&str> = rows.split_whitespace().collect();
        words.join(" ").contains(text)
    })
}

/// How often a text stands on the screen.
pub(crate) fn count(screen: &Screen, text: &str) -> usize {
    screen
        .lines
        .iter()
        .map(|line| line.matches(text).count())
        .sum()
}

/// The words on the screen that begin so, from the top.
pub(crate) fn words(screen: &Screen, beginning: &str) -> Vec<String> {
    let text = screen.lines.join("\n");
    let word = |word: &&str| word.starts_with(beginning);
    text.split_whitespace()
        .filter(word)
        .map(str::to_owned)
        .collect()
}

/// The text in the composer, its rows joined.
pub(crate) fn draft(screen: &Screen) -> String {
    let rows = screen.lines.iter();
    let from = rows.skip_while(|line| !line.starts_with(" ›"));
    let rows = from.take_while(|line| line.starts_with(" ›") || line.starts_with("   "));
    let row = |line: &String| line.chars().skip(3).collect::<String>();
    rows.map(row).collect::<Vec<_>>().join("\n")
}

/// Leaves and expects the program to end well.
#[track_caller]
pub(crate) fn quit(pty: Pty) -> Screen {
    pty.send("\x15/quit\r");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0));
    screen
}

/// Waits until a file below the directory holds exactly this.
#[track_caller]
pub(crate) fn wait_for_file(directory: &Path, content: &str) {
    let mut tries = DEADLINE.as_millis() / FILE_STEP.as_millis();
    while !holds(directory, content) {
        assert!(tries > 0, "no file holds {content:?}");
        tries -= 1;
        thread::park_timeout(FILE_STEP);
    }
}

fn holds(directory: &Path, content: &str) -> bool {
    // Files come and go under a running program.
    let Ok(entries) = read_dir(directory) else {
        return false;
    };
    entries.filter_map(Result::ok).any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, content);
        }
        read(&path).is_ok_and(|bytes| bytes == content.as_bytes())
    })
}
