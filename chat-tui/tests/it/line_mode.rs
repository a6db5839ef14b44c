//! Line mode as scripts, bots and screen readers meet it: the real program, a real server.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;

use chat_server::Config;
use chat_server::config::Location;
use protocol::limits::Limits;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::line::{Ended, Line, PROGRAM};
use crate::pty::{Answers, Exit, Pty};
use crate::server::ChatServer;

/// A server, and the files of those who use it from this machine.
struct Place {
    directory: TempDir,
    server: ChatServer,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let server = ChatServer::start(&directory.path().join("data"));
        // Everybody was here before: what a first visit says is for other tests.
        for machine in ["state", "guests"] {
            server.is_known_in(&directory.path().join(machine));
        }
        Self { directory, server }
    }

    fn line(&self, nick: &str, args: &[&str]) -> Line {
        let args = [&["--room", "lobby", "--nick", nick], args].concat();
        Line::new(
            &self.directory.path().join("state"),
            &self.server.url(),
            &args,
        )
    }

    fn guest(&self, args: &[&str]) -> Line {
        let args = [&["--room", "lobby"], args].concat();
        Line::new(
            &self.directory.path().join("guests"),
            &self.server.url(),
            &args,
        )
    }

    /// The last messages, as `nick text`.
    fn history(&self) -> Vec<String> {
        let ended = self.guest(&["--history", "20000"]).run_without_input();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        said(&ended)
    }
}

/// What was said, without the times, and without what happened.
fn said(ended: &Ended) -> Vec<String> {
    let lines = ended.output.iter().filter(|line| !line.contains("\t*\t"));
    lines.map(|line| without_time(line)).collect()
}

fn without_time(line: &str) -> String {
    let Some((time, rest)) = line.split_once('\t') else {
        panic!("no columns in {line:?}");
    };
    // The further lines of a message have an empty first column.
    if !time.is_empty() {
        assert_eq!(time.len(), "2026-11-21T05:13:31Z".len(), "{line:?}");
        assert!(time.ends_with('Z') && time.contains('T'), "{line:?}");
    }
    rest.to_owned()
}

fn numbered_lines(count: usize) -> String {
    let lines: Vec<_> = (1..=count).map(|n| format!("line {n}")).collect();
    lines.join("\n") + "\n"
}

#[track_caller]
fn assert_notes(ended: &Ended, expected: &[&str]) {
    let notes = ended
        .error
        .iter()
        .filter(|note| !note.starts_with("connected"));
    let notes: Vec<_> = notes.collect();
    assert_eq!(notes, expected);
}

#[test]
fn a_line_is_a_message_and_the_output_has_events_only() {
    let place = Place::new();
    let ended = place
        .line("민수", &[])
        .run("안녕\r\n\n  two \n/me waves\nlast".as_bytes());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(
        said(&ended),
        [
            "민수\t안녕",
            "민수\t  two ",
            "민수\t/me waves",
            "민수\tlast"
        ]
    );
    assert_eq!(ended.error, ["connected: in lobby as 민수"]);
    assert_eq!(place.history(), said(&ended));
}

#[test]
fn history_comes_first_and_without_it_only_what_is_new() {
    let place = Place::new();
    let many = numbered_lines(450);
    assert_eq!(place.line("jin", &[]).run(many.as_bytes()).code, Some(0));
    let ended = place.line("me", &["--history", "2"]).run(b"mine\n");
    assert_eq!(said(&ended), ["jin\tline 449", "jin\tline 450", "me\tmine"]);
    let ended = place.line("me", &[]).run(b"again\n");
    assert_eq!(said(&ended), ["me\tagain"]);
    let ended = place.guest(&["--history", "440"]).run_without_input();
    let lines = said(&ended);
    assert_eq!(lines.len(), 440);
    assert_eq!(lines[0], "jin\tline 13");
    assert_eq!(lines[439], "me\tagain");
}

#[test]
fn json_is_an_object_a_line_and_the_first_is_joined() {
    let place = Place::new();
    let input = concat!(
        r#"{"text":"one\ntwo\tthree"}"#,
        "\n",
        r#"{"text":"waves","kind":"action"}"#,
        "\n"
    );
    let ended = place
        .line("me", &["--json", "--json-input"])
        .run(input.as_bytes());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let objects: Vec<serde_json::Value> = ended
        .output
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let joined = &objects[0];
    assert_eq!(
        (&joined["type"], &joined["room"]),
        (&"joined".into(), &"lobby".into())
    );
    assert_eq!((&joined["n"], &joined["nick"]), (&0.into(), &"me".into()));
    let said: Vec<_> = objects.iter().filter(|o| !o["text"].is_null()).collect();
    assert_eq!(said.len(), 2);
    for (n, (object, text)) in said.iter().zip(["one\ntwo\tthree", "waves"]).enumerate() {
        assert_eq!(object["text"], text);
        assert_eq!(object["n"], n + 1);
        assert_eq!(object["own"], true);
        assert_eq!(object["nick"], "me");
        assert!(object["era"].as_u64().unwrap() > 1_700_000_000);
        assert!(object["time"].as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(said[0]["type"], "message");
    assert_eq!(said[1]["type"], "action");
    let plain = place.history();
    assert_eq!(plain, ["me\tone", "two\tthree", "* me\twaves"]);
}

#[test]
fn refused_lines_are_named_by_number_and_the_rest_goes_on() {
    let place = Place::new();
    let ended = place
        .line("me", &[])
        .run(b"one\n\xFF\n\n   \ntwo\x1b[2J\nthree\n");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(said(&ended), ["me\tone", "me\tthree"]);
    assert_notes(
        &ended,
        &[
            "line 2 refused: the line is not UTF-8 from byte 1 on; convert it",
            "line 4 refused: the text shows nothing but blank space; write something",
            "line 5 refused: the text holds the control character U+001B; remove it",
        ],
    );
}

#[test]
fn what_only_the_server_refuses_is_named_by_number_too() {
    let place = Place::new();
    let input =
        "{\"text\":\"one\"}\n{\"text\":\"two\",\"reply_to\":[7,99]}\n{\"text\":\"three\"}\n";
    let ended = place.line("me", &["--json-input"]).run(input.as_bytes());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(said(&ended), ["me\tone", "me\tthree"]);
    let refused = ended
        .error
        .iter()
        .filter(|note| note.starts_with("line 2 refused: reply_to"));
    assert_eq!(refused.count(), 1, "{ended:?}");
}

#[test]
fn follow_reads_on_until_a_signal() {
    let place = Place::new();
    let mut reader = place.guest(&["--follow"]).start_without_input();
    reader.wait_for_note("connected");
    assert_eq!(place.line("me", &[]).run(b"hello\n").code, Some(0));
    reader.wait_for("me\thello");
    reader.kill(Signal::TERM);
    let ended = reader.end();
    assert_eq!(ended.code, Some(143), "{ended:?}");
    assert_eq!(ended.error.len(), 1, "a reader sent no lines: {ended:?}");

    let mut writer = place.line("me", &["--follow"]).start();
    writer.send("first");
    writer.send("");
    writer.send("third");
    writer.wait_for("me\tthird");
    writer.end_input();
    assert_eq!(place.line("jin", &[]).run(b"still there?\n").code, Some(0));
    writer.wait_for("jin\tstill there?");
    writer.kill(Signal::INT);
    let ended = writer.end();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert_notes(&ended, &["acknowledged through input line 3"]);
}

#[test]
fn a_server_restart_in_between_is_survived() {
    let place = Place::new();
    let mut writer = place.line("me", &[]).start();
    writer.send("before");
    writer.wait_for("me\tbefore");
    let Place { directory, server } = place;
    let port = server.port();
    server.stop();
    writer.wait_for_note("not connected");
    for n in 1..=40 {
        writer.send(&format!("meanwhile {n}"));
    }
    let data = Location::Directory(directory.path().join("data"));
    let server = ChatServer::with(Config {
        data,
        port,
        ..Config::default()
    });
    writer.wait_for_note("connected again");
    writer.send("after");
    let ended = writer.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mut expected = vec!["me\tbefore".to_owned()];
    expected.extend((1..=40).map(|n| format!("me\tmeanwhile {n}")));
    expected.push("me\tafter".to_owned());
    assert_eq!(said(&ended), expected);
    assert_eq!(Place { directory, server }.history(), expected);
}

#[test]
fn the_timeout_bounds_the_first_connect_and_each_outage() {
    let place = Place::new();
    let mut writer = place.line("me", &["--timeout", "1"]).start();
    writer.send("one");
    writer.wait_for("me\tone");
    let Place { directory, server } = place;
    let url = server.url();
    server.stop();
    writer.wait_for_note("not connected");
    writer.send("two");
    writer.wait_for_note("gave up: no connection to the room for 1 s");
    let ended = writer.end();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let last = ended.error.last().unwrap();
    assert_eq!(last, "acknowledged through input line 1");

    let args = ["--room", "lobby", "--timeout", "1"];
    let ended = Line::new(directory.path(), &url, &args).run_without_input();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.output.is_empty(), "{ended:?}");
    assert!(ended.error[0].starts_with("not connected: "), "{ended:?}");
}

#[test]
fn a_taken_nick_is_exit_code_4() {
    let place = Place::new();
    assert_eq!(place.line("jin", &[]).run(b"mine\n").code, Some(0));
    let elsewhere = place.directory.path().join("elsewhere");
    let args = ["--room", "lobby", "--nick", "jin"];
    let ended = Line::new(&elsewhere, &place.server.url(), &args).run(b"not mine\n");
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.output.is_empty());
    assert_eq!(place.history(), ["jin\tmine"]);
}

#[test]
fn a_server_with_another_key_is_exit_code_4_and_gets_no_text() {
    let place = Place::new();
    assert_eq!(place.line("me", &[]).run(b"one\n").code, Some(0));
    let Place { directory, server } = place;
    let port = server.port();
    server.stop();
    let other = Location::Directory(directory.path().join("other data"));
    let server = ChatServer::with(Config {
        data: other,
        port,
        ..Config::default()
    });
    let place = Place { directory, server };
    let ended = place.line("me", &[]).run(b"two\n");
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(
        ended.error[0].starts_with(&format!(
            "the server's key is {}, but ",
            place.server.fingerprint()
        )),
        "{ended:?}"
    );
    fs::remove_dir_all(place.directory.path().join("guests")).unwrap_or(());
    assert!(place.history().is_empty());
}

#[test]
fn wrong_flags_are_exit_code_2() {
    let place = Place::new();
    let url = place.server.url();
    for args in [
        &["--history", "x"][..],
        &["--room", "lobby", "--history", "20001"],
        &["--room", "a b"],
        &["--json"],
        &["--room", "lobby", "--nick", "a b"],
    ] {
        let ended = Line::new(place.directory.path(), &url, args).run_without_input();
        assert_eq!(ended.code, Some(2), "{args:?} {ended:?}");
        assert!(ended.output.is_empty());
    }
}

#[test]
fn closed_output_ends_it_silently() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let follower = place.guest(&["--follow"]);
    let mut follower = follower.start_with_output(File::from(OwnedFd::from(writer)));
    follower.wait_for_note("connected");
    // Nothing is written after this: the closed pipe is enough.
    drop(reader);
    let ended = follower.end();
    assert_eq!(ended.code, Some(141), "{ended:?}");
    assert_eq!(ended.error.len(), 1, "{ended:?}");

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let writer = File::from(OwnedFd::from(writer));
    let ended = place
        .line("me", &["--json"])
        .start_with_output(writer)
        .end();
    assert_eq!(ended.code, Some(141), "{ended:?}");
}

#[test]
fn an_output_that_nobody_reads_holds_up_neither_the_signals_nor_the_room() {
    let place = Place::new();
    let long = "가".repeat(1000);
    let many: String = std::iter::repeat_n(format!("{long}\n"), 600).collect();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let stuck = place.guest(&["--follow"]);
    let mut stuck = stuck.start_with_output(File::from(OwnedFd::from(writer)));
    stuck.wait_for_note("connected");
    assert_eq!(place.line("me", &[]).run(many.as_bytes()).code, Some(0));
    // One byte shows that it has come to its output, which holds no more than a pipe does.
    reader.read_exact(&mut [0]).unwrap();
    stuck.kill(Signal::TERM);
    assert_eq!(stuck.end().code, Some(143));
    assert_eq!(place.history().len(), 600);
}

#[test]
fn a_killed_script_never_speaks_later() {
    let place = Place::new();
    let mut writer = place.line("me", &[]).start();
    writer.send("one");
    writer.wait_for("me\tone");
    let Place { directory, server } = place;
    let port = server.port();
    server.stop();
    writer.wait_for_note("not connected");
    writer.send("never said");
    writer.kill(Signal::KILL);
    writer.end();
    let data = Location::Directory(directory.path().join("data"));
    let server = ChatServer::with(Config {
        data,
        port,
        ..Config::default()
    });
    let place = Place { directory, server };
    assert_eq!(place.line("me", &[]).run(b"two\n").code, Some(0));
    assert_eq!(place.history(), ["me\tone", "me\ttwo"]);
}

#[test]
fn two_scripts_of_one_person_do_not_get_into_each_others_way() {
    let place = Place::new();
    let mut one = place.line("me", &[]).start();
    let mut two = place.line("me", &[]).start();
    one.wait_for_note("connected");
    two.wait_for_note("connected");
    for n in 0..50 {
        one.send(&format!("one {n}"));
        two.send(&format!("two {n}"));
    }
    assert_eq!(one.end().code, Some(0));
    assert_eq!(two.end().code, Some(0));
    let history = place.history();
    for name in ["one", "two"] {
        let expected: Vec<_> = (0..50).map(|n| format!("me\t{name} {n}")).collect();
        let lines = history.iter().filter(|line| line.contains(name));
        assert!(lines.eq(&expected), "{name}: {history:?}");
    }
}

/// A server that holds everybody to a few messages a second.
fn strict() -> Place {
    let directory = tempfile::tempdir().expect("a directory");
    let limits = Limits {
        burst: 5,
        per_second: 10,
        ..Limits::default()
    };
    let server = ChatServer::with(Config {
        limits,
        limit_loopback: true,
        ..Config::default()
    });
    Place { directory, server }
}

#[test]
fn a_long_file_shows_its_progress_and_waits_for_the_limit_of_the_server() {
    let place = strict();
    let file = place.directory.path().join("long");
    let text = numbered_lines(40);
    File::create(&file)
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let script = "exec \"$0\" --server \"$1\" --room lobby --nick me <\"$2\" >/dev/null";
    let state = place.directory.path().join("state");
    let pty = Pty::spawn(
        "/bin/sh",
        &[
            "-c",
            script,
            PROGRAM,
            &place.server.url(),
            file.to_str().unwrap(),
        ],
        &[("CHAT_TUI_STATE", state.to_str().unwrap())],
        (80, 10),
        Answers::AtOnce,
    );
    pty.wait_for_text("/40 lines acknowledged");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0), "{}", screen.lines.join("\n"));
    let expected: Vec<_> = (1..=40).map(|n| format!("me\tline {n}")).collect();
    assert_eq!(place.history(), expected);
}

fn terminal(place: &Place, args: &[&str]) -> Pty {
    let url = place.server.url();
    let args = [
        &[
            "--plain", "--server", &url, "--room", "lobby", "--nick", "me",
        ],
        args,
    ]
    .concat();
    let state = place.directory.path().join("state");
    let state = state.to_str().expect("a path in UTF-8");
    let env = [("CHAT_TUI_STATE", state), ("TZ", "UTC")];
    Pty::spawn(PROGRAM, &args, &env, (80, 24), Answers::AtOnce)
}

#[test]
fn at_a_terminal_there_are_commands_and_the_time_of_day() {
    let place = Place::new();
    let mut jin = place.line("jin", &["--follow"]).start();
    jin.wait_for_note("connected");
    let pty = terminal(&place, &[]);
    pty.wait_for_text("connected: in lobby as me");
    pty.send("hello\r");
    let screen = pty.wait_for_text(" me: hello");
    let line = screen
        .lines
        .iter()
        .find(|line| line.ends_with(" me: hello"))
        .unwrap();
    assert_eq!(line.len(), "14:03 me: hello".len());
    pty.send("/me waves\r");
    pty.wait_for_text(" * me waves");
    pty.send("//x\r");
    pty.wait_for_text(" me: /x");
    pty.send("/nope\r");
    pty.wait_for_text("line 4 refused: there is no command /nope");
    pty.send("/w jin psst\r");
    pty.wait_for_text(" @me>jin: psst");
    jin.wait_for("\t@me\tpsst");
    pty.send("/topic release\r");
    pty.wait_for_text(" * me set the topic: release");
    pty.send("/rooms\r");
    pty.wait_for_text("lobby (2) release");
    pty.send("/nick minsu\r");
    pty.wait_for_text("you are minsu now");
    jin.wait_for("\t*\tme is now minsu");
    pty.send("/quit\r");
    let (exit, _) = pty.finish();
    assert_eq!(exit, Exit::Code(1), "one line was refused");
    jin.wait_for("\t*\tminsu left");
    jin.send("/quit");
    jin.wait_for("jin\t/quit");
}

#[test]
fn the_end_of_a_terminals_input_ends_it_and_ctrl_c_too() {
    let place = Place::new();
    let pty = terminal(&place, &[]);
    pty.wait_for_text("connected: in lobby as me");
    pty.send("bye\r\x04");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0), "{}", screen.lines.join("\n"));
    assert!(screen.shows(" me: bye"));

    let pty = terminal(&place, &["--follow"]);
    pty.wait_for_text("connected: in lobby as me");
    pty.send("\x03");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(130), "{}", screen.lines.join("\n"));
}
