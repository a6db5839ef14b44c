//! What the program costs a terminal and whom it keeps waiting, counted in bytes and frames and never in time.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Signal;

use super::support::{Person, SIZE, ServerProcess, draft, is_in, quit};
use crate::pty::{Answers, Exit, Pty};

/// Bytes that a Latin key may cost at the end of a line.
const KEY_BYTES_MAX: usize = 80;

/// Messages that wait for a program that was stopped.
const BURST: usize = 2_000;

/// Fewer frames than this many messages each, however slow the machine is; in truth it is dozens.
const MESSAGES_A_FRAME_MIN: usize = 4;

const FRAME_BEGIN: &[u8] = b"\x1b[?2026h";

#[test]
fn t39_a_latin_key_at_the_end_of_the_line_writes_at_most_80_bytes() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    let mut text = String::new();
    let mut before = pty.screen().bytes.len();
    for key in ('a'..='z').chain('A'..='Z') {
        text.push(key);
        pty.send(key.to_string());
        let screen = pty.wait_for("the key", |screen| draft(screen) == text);
        let bytes = screen.bytes.len() - before;
        assert!(bytes <= KEY_BYTES_MAX, "{bytes} bytes for {key}");
        before = screen.bytes.len();
    }
}

#[test]
fn t47_one_writes_before_the_network_answers() {
    // It takes connections in and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", silent.local_addr().unwrap());
    let person = Person::new();
    for size in [SIZE, (20, 6)] {
        let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
        let pty = person.run_in(&args, &[("LANG", "C")], size, Answers::Held);
        pty.send("half");
        pty.wait_for("the text", |screen| screen.shows("› half"));
        pty.send("\x03\x03");
        let (exit, _) = pty.finish();
        assert_eq!(exit, Exit::Code(0));
    }
}

#[test]
fn t49_a_burst_is_drawn_in_few_frames() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    let before = pty.screen().bytes.len();
    pty.kill(Signal::STOP);
    let lines: Vec<String> = (1..=BURST).map(|n| format!("n-{n:05}\n")).collect();
    server.say(&Person::new(), "lobby", "jieun", &lines.concat());
    pty.kill(Signal::CONT);
    // A key behind all of them is answered.
    pty.send("x");
    let screen = pty.wait_for("the last of them", |screen| {
        screen.shows(&format!("n-{BURST:05}")) && draft(screen) == "x"
    });
    let new = screen.bytes.get(before..).unwrap();
    let frames = new
        .windows(FRAME_BEGIN.len())
        .filter(|bytes| *bytes == FRAME_BEGIN)
        .count();
    assert!(
        frames * MESSAGES_A_FRAME_MIN <= BURST,
        "{frames} frames for {BURST} messages"
    );
}

/// A server of tmux with a socket of its own; it is ended with the test.
struct Tmux<'a> {
    socket: &'a Path,
}

impl Tmux<'_> {
    fn run(&self, args: &[&str]) -> bool {
        let mut tmux = Command::new("tmux");
        tmux.arg("-S").arg(self.socket).args(args);
        tmux.stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        tmux.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        // It ends by itself with its last program.
        self.run(&["kill-server"]);
    }
}

#[test]
fn t39_it_works_in_tmux() {
    if Command::new("tmux").arg("-V").output().is_err() {
        // Nothing can be said about a tmux that is not there.
        return;
    }
    let server = ServerProcess::start();
    let person = Person::new();
    let socket = person.state().join("tmux.socket");
    let tmux = Tmux { socket: &socket };
    let (state, url) = (person.state().to_str().unwrap(), server.url());
    let program = format!(
        "{} --server {url} --room 개발 --nick 민수; echo \"ENDED $?\"; read line",
        crate::line::PROGRAM
    );
    let env = [
        ("CHAT_TUI_STATE", state),
        ("HOME", state),
        ("LANG", "C.UTF-8"),
        ("LC_ALL", "C.UTF-8"),
        ("SHELL", "/bin/sh"),
    ];
    let args = [
        "-S",
        socket.to_str().unwrap(),
        "-f",
        "/dev/null",
        "new-session",
        &program,
    ];
    let pty = Pty::spawn("tmux", &args, &env, SIZE, Answers::AtOnce);
    pty.wait_for_text("connected");
    pty.send("안녕하세요\rtext");
    let screen = pty.wait_for("the text as sent", |screen| {
        screen.shows("민수  안녕하세요") && screen.shows("› text") && !screen.shows("⋯")
    });
    // The cursor of the outer terminal is the caret: above the status line, and that of tmux.
    assert_eq!(screen.cursor, (3 + 4, 25));
    // Somebody else looks, and the screen is drawn for a smaller window.
    pty.resize(60, 16);
    let screen = pty.wait_for("the small screen", |screen| {
        screen.lines.get(13).is_some_and(|line| line == " › text") && screen.shows("안녕하세요")
    });
    assert_eq!(screen.cursor, (3 + 4, 13));
    pty.resize(SIZE.0, SIZE.1);
    pty.wait_for("the large screen", |screen| {
        screen.lines.get(25).is_some_and(|line| line == " › text")
    });
    // An Escape alone is told from the beginning of a key, and a paste is one.
    pty.send("\x15\x1b[200~한 줄\r두 줄\x1b[201~");
    pty.wait_for("the paste", |screen| {
        screen.shows("› 한 줄") && screen.shows("두 줄")
    });
    pty.send("\x15\x15\x03");
    pty.wait_for_text("once more");
    pty.send("\x03");
    let ended = pty.wait_for_text("ENDED 0");
    assert!(ended.cursor_shown);
    pty.send("\n");
    let (exit, _) = pty.finish();
    assert_eq!(exit, Exit::Code(0));
    drop(tmux);
}

#[test]
fn t46_a_key_is_answered_while_messages_keep_coming() {
    let server = ServerProcess::start();
    let (person, jieun) = (Person::new(), Person::new());
    let pty = person.enter(&server, "lobby", "minsu");
    let lines: Vec<String> = (1..=BURST).map(|n| format!("n-{n:05}\n")).collect();
    let keys = "0123456789".repeat(3);
    std::thread::scope(|scope| {
        let talking = scope.spawn(|| server.say(&jieun, "lobby", "jieun", &lines.concat()));
        pty.wait_for("the first of them", |screen| screen.shows("n-0"));
        let mut typed = String::new();
        for key in keys.chars() {
            typed.push(key);
            pty.send(key.to_string());
            pty.wait_for("the key", |screen| draft(screen) == typed);
        }
        talking.join().unwrap();
    });
    pty.wait_for("the last of them", |screen| {
        screen.shows(&format!("n-{BURST:05}")) && draft(screen) == keys
    });
    assert!(is_in(&pty.screen(), "minsu"));
    quit(pty);
}
