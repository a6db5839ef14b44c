//! Set-up, input, drawing and restoring, shown on the `keys` example.

use chat_tui::shell::terminal::EVENTS_MAX;
use rustix::process::Signal;

use crate::pty::{Answers, Exit, Pty, example};

const ENTER: &str = "\x1b[22;0t\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[?1007s\x1b[?1007l\x1b[?1000h\x1b[?1006h\x1b[>1u";
const LEAVE: &str = "\x1b[<u\x1b[?1006l\x1b[?1000l\x1b[?1007r\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[m\x1b[?25h\x1b[?1049l\x1b[23;0t";

fn keys(answers: Answers) -> Pty {
    let pty = Pty::spawn(&example("keys"), &[], &[], (80, 24), answers);
    if answers == Answers::AtOnce {
        pty.wait_for_text("Reply(Attributes)");
    } else {
        pty.wait_for("first frame", |screen| {
            screen.bytes.ends_with(b"\x1b[?2026l")
        });
    }
    pty
}

/// The program ended like this, restored everything once and wrote nothing after it.
#[track_caller]
fn check_restored(pty: Pty, expected: &Exit, after: &str) {
    let (exit, screen) = pty.finish();
    assert_eq!(&exit, expected);
    let bytes = String::from_utf8_lossy(&screen.bytes).into_owned();
    let (_, rest) = bytes.split_once(LEAVE).expect("the modes are restored");
    assert!(!rest.contains(LEAVE), "twice: {bytes:?}");
    assert!(rest.contains(after), "after it: {rest:?}");
    if after.is_empty() {
        assert_eq!(rest, "");
    }
    for once in [
        "\x1b[?1049l",
        "\x1b[?2004l",
        "\x1b[?1004l",
        "\x1b[?1006l",
        "\x1b[?1000l",
        "\x1b[<u",
        "\x1b[23;0t",
    ] {
        assert_eq!(bytes.matches(once).count(), 1, "{once:?}");
    }
}

#[test]
fn t04_set_up_and_first_frame_are_one_write_and_one_block() {
    let pty = keys(Answers::Held);
    let bytes = String::from_utf8(pty.screen().bytes).unwrap();
    assert!(bytes.starts_with(ENTER), "{bytes:?}");
    assert_eq!(bytes.matches("\x1b[6n").count(), 8);
    let (_, frame) = bytes
        .split_once("\x1b[H\x1b[2J\x1b]11;?\x1b\\\x1b[c")
        .expect("the questions");
    assert!(frame.starts_with("\x1b[?2026h"), "{frame:?}");
    assert_eq!(frame.matches("\x1b[?2026l").count(), 1);
}

#[test]
fn answers_are_replies_and_not_text_at_once_late_or_never() {
    for answers in [Answers::AtOnce, Answers::Held] {
        let pty = keys(answers);
        pty.send("안녕x");
        pty.wait_for("typed text alone", |screen| screen.last_line() == "안녕x");
        if answers == Answers::Held {
            pty.answer();
        }
        let screen = pty.wait_for_text("Reply(Attributes)");
        for shown in [
            "Width(Syllable, 2)",
            "Width(Ambiguous, 1)",
            "Background { r: 30, g: 30, b: 46 }",
        ] {
            assert!(screen.shows(shown), "{shown}: {}", screen.lines.join("\n"));
        }
        assert_eq!(screen.last_line(), "안녕x");
        assert_eq!(screen.cursor, (5, 23));
    }
    let never = keys(Answers::Held);
    never.send("x\x03");
    check_restored(never, &Exit::Code(0), "");
}

#[test]
fn t03_an_unchanged_frame_writes_nothing() {
    let pty = keys(Answers::AtOnce);
    let before = pty.screen().bytes.len();
    pty.send([0x15; 100]);
    pty.send("x");
    let screen = pty.wait_for("x", |screen| screen.last_line() == "x");
    let written = String::from_utf8_lossy(screen.bytes.get(before..).unwrap()).into_owned();
    assert_eq!(written, "\x1b[?2026h\x1b[1mx\x1b[m\x1b[?2026l");
}

#[test]
fn t32_pastes_arrive_and_a_lost_end_recovers() {
    let pty = keys(Answers::AtOnce);
    pty.send("\x1b[200~한\r두\x1b[201~");
    pty.wait_for_text(r#"Paste { text: "한\n두", cut: false }"#);
    pty.send("\x1b[200~lost");
    pty.wait_for_text(r#"Paste { text: "lost", cut: false }"#);
    pty.send("on");
    pty.wait_for("the keyboard", |screen| screen.last_line() == "on");
}

#[test]
fn a_lone_escape_is_a_key() {
    let pty = keys(Answers::AtOnce);
    pty.send("\x1b");
    pty.wait_for_text("Key { code: Esc");
}

#[test]
fn a_resize_is_told_and_drawn_whole() {
    let pty = keys(Answers::AtOnce);
    pty.send("abc");
    pty.wait_for_text("abc");
    pty.resize(60, 10);
    let screen = pty.wait_for_text("Resize { columns: 60, rows: 10 }");
    assert_eq!(screen.last_line(), "abc");
    // Back to the same size before anything is drawn in between must be drawn whole as well.
    let before = screen.bytes.len();
    pty.resize(60, 10);
    pty.kill(Signal::WINCH);
    let redrawn = pty.wait_for("a whole frame", |screen| {
        screen
            .bytes
            .get(before..)
            .is_some_and(|new| new.windows(4).any(|bytes| bytes == b"\x1b[2J"))
    });
    assert_eq!(redrawn.last_line(), "abc");
}

#[test]
fn out_of_band_bytes_are_written_once() {
    let pty = keys(Answers::AtOnce);
    pty.send("\x07");
    let screen = pty.wait_for("a title", |screen| screen.title.as_deref() == Some("rang"));
    assert_eq!(screen.bells, 1);
    assert_eq!(screen.clipboard.as_deref(), Some("rang"));
    assert_eq!(
        String::from_utf8_lossy(&screen.bytes)
            .matches("rang")
            .count(),
        1
    );
    pty.send("\x14x");
    let screen = pty.wait_for_text("x");
    assert!(
        screen
            .bytes
            .windows(16)
            .any(|bytes| bytes == b"\x1b[?1006l\x1b[?1000l")
    );
}

#[test]
fn t27_linked_cells_are_one_link_with_the_caret_behind_it() {
    let pty = keys(Answers::AtOnce);
    pty.send("a한\x0c");
    let screen = pty.wait_for("a link", |screen| !screen.links.is_empty());
    let target = || "https://chat.example/".to_owned();
    let linked = [(0, 23, target()), (1, 23, target()), (2, 23, target())];
    assert_eq!(screen.links, linked);
    assert_eq!((screen.last_line(), screen.cursor), ("a한", (3, 23)));
    assert_eq!(
        String::from_utf8_lossy(&screen.bytes)
            .matches(&target())
            .count(),
        1
    );
}

#[test]
fn t37_quitting_restores_the_terminal_once() {
    let pty = keys(Answers::AtOnce);
    pty.send("\x03");
    check_restored(pty, &Exit::Code(0), "");
}

#[test]
fn t37_a_panic_restores_the_terminal_before_its_message() {
    let pty = keys(Answers::AtOnce);
    pty.send("\x10");
    check_restored(pty, &Exit::Code(101), "asked for");
}

#[test]
fn t37_signals_restore_the_terminal() {
    let signals = [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
    ];
    for (signal, code) in signals {
        let pty = keys(Answers::AtOnce);
        pty.kill(signal);
        check_restored(pty, &Exit::Code(code), "");
    }
}

#[test]
fn a_hang_up_ends_the_program() {
    let mut pty = keys(Answers::AtOnce);
    pty.hang_up();
    assert_eq!(pty.wait_exit(), Exit::Code(129));
}

#[test]
fn t37_suspend_and_resume_restore_and_redraw() {
    let script = format!(
        "set -m; {}; echo STOPPED; read line; fg; echo ENDED $?",
        example("keys")
    );
    let pty = Pty::spawn("sh", &["-c", &script], &[], (80, 24), Answers::AtOnce);
    pty.wait_for_text("Reply(Attributes)");
    pty.send("한글\x1a");
    let stopped = pty.wait_for_text("STOPPED");
    let bytes = String::from_utf8_lossy(&stopped.bytes).into_owned();
    assert_eq!(
        (bytes.matches(ENTER).count(), bytes.matches(LEAVE).count()),
        (1, 1)
    );
    assert!(!stopped.shows("한글"), "the shell's own screen");
    pty.send("\n");
    let resumed = pty.wait_for("the screen again", |screen| screen.last_line() == "한글");
    assert_eq!(resumed.cursor, (4, 23));
    pty.send("x\x03");
    let ended = pty.wait_for_text("ENDED 0");
    let bytes = String::from_utf8_lossy(&ended.bytes).into_owned();
    assert_eq!(
        (bytes.matches(ENTER).count(), bytes.matches(LEAVE).count()),
        (2, 2)
    );
}

#[test]
fn without_job_control_suspending_does_nothing() {
    let pty = keys(Answers::AtOnce);
    pty.send("\x1ax");
    let screen = pty.wait_for("x", |screen| screen.last_line() == "x");
    assert!(!String::from_utf8_lossy(&screen.bytes).contains("\x1b[?1049l"));
}

#[test]
fn a_process_stopped_from_outside_sets_itself_up_again() {
    let pty = keys(Answers::AtOnce);
    pty.send("한글");
    let before = pty.wait_for("text", |screen| screen.last_line() == "한글");
    pty.kill(Signal::STOP);
    pty.kill(Signal::CONT);
    let after = pty.wait_for("a whole frame", |screen| {
        screen
            .bytes
            .get(before.bytes.len()..)
            .is_some_and(|new| new.windows(4).any(|bytes| bytes == b"\x1b[2J"))
    });
    assert_eq!(after.last_line(), "한글");
}

#[test]
fn t34_an_editor_gets_every_byte_and_the_screen_comes_back() {
    let editor = "echo EDITING; read line; echo \"GOT $line\"; read more";
    let pty = Pty::spawn(
        &example("keys"),
        &[],
        &[("EDITOR", editor)],
        (80, 24),
        Answers::AtOnce,
    );
    pty.wait_for_text("Reply(Attributes)");
    pty.send("한글\x05");
    pty.wait_for_text("EDITING");
    pty.send("every byte 한\r");
    pty.wait_for_text("GOT every byte 한");
    pty.send("\r");
    pty.wait_for_text("editor: Ok");
    pty.send("x\x03");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0));
    let bytes = String::from_utf8_lossy(&screen.bytes).into_owned();
    assert_eq!(
        (bytes.matches(ENTER).count(), bytes.matches(LEAVE).count()),
        (2, 2)
    );
}

#[test]
fn events_beyond_the_limit_wait_and_none_is_lost() {
    let env = [("EDITOR", "true")];
    let pty = Pty::spawn(&example("keys"), &[], &env, (80, 24), Answers::AtOnce);
    pty.wait_for_text("10 Reply(Attributes)");
    // While the loop is busy more events come than may wait; then the reader is stopped and started.
    let many = EVENTS_MAX + 300;
    pty.send(["\x06\x05", &"\x1b[I".repeat(many)].concat());
    // Ten answers and two keys before them, a resize after the editor.
    let last = format!("{} ", 10 + 2 + many + 1);
    pty.wait_for("every event", |screen| {
        screen.lines.iter().any(|line| line.starts_with(&last))
    });
}

#[test]
fn a_terminal_that_lags_gets_the_newest_frame() {
    let pty = keys(Answers::AtOnce);
    pty.pause(true);
    pty.send("\x06x");
    pty.pause(false);
    pty.wait_for("the last frame", |screen| {
        screen.shows("flooded") && screen.last_line() == "x" && screen.cursor == (1, 23)
    });
}

#[test]
fn a_terminal_that_does_not_read_holds_up_neither_the_loop_nor_the_exit() {
    let pty = keys(Answers::AtOnce);
    let before = pty.screen().bytes.len();
    pty.pause(true);
    pty.send("\x06\x03");
    assert_eq!(pty.wait_exit(), Exit::Code(0));
    pty.pause(false);
    let (_, screen) = pty.finish();
    let bytes = String::from_utf8_lossy(screen.bytes.get(before..).unwrap()).into_owned();
    assert!(bytes.ends_with(LEAVE), "{bytes:?}");
    // 500 were shown; those that nobody read were dropped.
    let frames = bytes.matches("\x1b[?2026h").count();
    assert!((1..50).contains(&frames), "{frames} frames");
}
