//! The terminal is left as it was.

use rustix::process::{Pid, Signal, kill_process};

use super::support::{Person, SIZE, ServerProcess, is_in};
use crate::pty::{Answers, Exit, Pty};

/// Everything that gives the terminal back, byte for byte: keyboard flags, mouse, wheel, focus, pastes, wrapping, colours, cursor,
/// screen, title.
const LEAVE: &str = "\x1b[<u\x1b[?1006l\x1b[?1000l\x1b[?1007r\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[m\x1b[?25h\x1b[?1049l\x1b[23;0t";

/// What is taken and what is given back, each as often as the other.
const TAKEN_AND_GIVEN: [(&str, &str); 9] = [
    ("\x1b[>1u", "\x1b[<u"),
    ("\x1b[?1006h", "\x1b[?1006l"),
    ("\x1b[?1000h", "\x1b[?1000l"),
    ("\x1b[?1007s", "\x1b[?1007r"),
    ("\x1b[?1004h", "\x1b[?1004l"),
    ("\x1b[?2004h", "\x1b[?2004l"),
    ("\x1b[?7l", "\x1b[?7h"),
    ("\x1b[?1049h", "\x1b[?1049l"),
    ("\x1b[22;0t", "\x1b[23;0t"),
];

fn started(person: &Person, server: &ServerProcess) -> Pty {
    person.enter(server, "lobby", "minsu")
}

/// What is set anew where a SIGCONT is noticed; the others are on a stack or kept by the terminal, and never taken twice.
const SET_ANEW: [&str; 5] = [
    "\x1b[?1006h",
    "\x1b[?1000h",
    "\x1b[?1004h",
    "\x1b[?2004h",
    "\x1b[?7l",
];

/// Each mode was taken and given back so many times.
#[track_caller]
fn check_times(bytes: &[u8], times: usize) {
    check_times_woken(bytes, times, 0);
}

/// The same, where a SIGCONT may have been noticed up to so many times more.
#[track_caller]
fn check_times_woken(bytes: &[u8], times: usize, woken: usize) {
    let bytes = String::from_utf8_lossy(bytes);
    for (taken, given) in TAKEN_AND_GIVEN {
        let most = times + if SET_ANEW.contains(&taken) { woken } else { 0 };
        let count = bytes.matches(taken).count();
        assert!((times..=most).contains(&count), "{taken:?} {count} times");
        assert_eq!(bytes.matches(given).count(), times, "{given:?}");
    }
}

/// Every mode that was switched on is off again, once, and nothing was written after it.
#[track_caller]
fn check_left(pty: Pty, expected: &Exit) {
    let (exit, screen) = pty.finish();
    assert_eq!(&exit, expected);
    let bytes = String::from_utf8_lossy(&screen.bytes).into_owned();
    assert!(bytes.ends_with(LEAVE), "{bytes:?}");
    check_times(&screen.bytes, 1);
    assert!(screen.cursor_shown, "the cursor is shown");
    assert_eq!(screen.lines.concat(), "", "nothing of the program is left");
    assert_eq!(screen.cursor, (0, 0), "the cursor is where it was");
}

#[test]
fn t37_quit_ends_with_zero() {
    let (server, person) = (ServerProcess::start(), Person::new());
    let pty = started(&person, &server);
    pty.send("/quit\r");
    check_left(pty, &Exit::Code(0));
}

#[test]
fn t37_control_c_twice_ends_with_zero() {
    let (server, person) = (ServerProcess::start(), Person::new());
    let pty = started(&person, &server);
    pty.send("\x03");
    pty.wait_for_text("Ctrl+C once more leaves");
    pty.send("\x03");
    check_left(pty, &Exit::Code(0));
}

#[test]
fn t37_signals_end_with_their_code() {
    let (server, person) = (ServerProcess::start(), Person::new());
    let signals = [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
    ];
    for (signal, code) in signals {
        let pty = started(&person, &server);
        pty.kill(signal);
        check_left(pty, &Exit::Code(code));
    }
}

#[test]
fn t37_a_closed_terminal_ends_the_program() {
    let (server, person) = (ServerProcess::start(), Person::new());
    let mut pty = started(&person, &server);
    pty.hang_up();
    assert_eq!(pty.wait_exit(), Exit::Code(129));
}

#[test]
fn t37_the_form_and_an_outage_are_left_as_well() {
    let (mut server, person) = (ServerProcess::start(), Person::new());
    let pty = person.run(&["--server", &server.url()]);
    pty.wait_for_text("connected");
    pty.send("\x03");
    check_left(pty, &Exit::Code(0));
    let pty = started(&person, &server);
    server.kill();
    pty.wait_for_text("not connected");
    pty.send("/quit\r");
    check_left(pty, &Exit::Code(0));
}

#[test]
fn t37_the_shell_goes_on_where_it_was() {
    let (server, person) = (ServerProcess::start(), Person::new());
    let program = crate::line::PROGRAM;
    let url = server.url();
    let script = format!(
        "echo before; {program} --server {url} --room lobby --nick minsu; echo \"after $?\""
    );
    let state = person.state().to_str().unwrap();
    let env = [("CHAT_TUI_STATE", state), ("LANG", "C")];
    let pty = Pty::spawn("sh", &["-c", &script], &env, (100, 28), Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    pty.send("/quit\r");
    let (_, screen) = pty.finish();
    assert_eq!(screen.lines[..3], ["before", "after 0", ""]);
}

/// A shell with job control in a terminal, and the program in it; the shell tells how the program ended, or that it stopped.
#[cfg(target_os = "linux")]
fn in_a_shell(person: &Person, server: &ServerProcess, before: &str) -> Pty {
    let (program, url) = (crate::line::PROGRAM, server.url());
    let script = format!(
        "set -m; {before}; {program} --server {url} --room lobby --nick minsu; echo \"STOPPED $?\"; read line; fg; echo \"ENDED $?\"; read line"
    );
    let state = person.state().to_str().expect("a path in UTF-8");
    let env = [("CHAT_TUI_STATE", state), ("LANG", "C"), ("TZ", "UTC")];
    Pty::spawn("sh", &["-c", &script], &env, SIZE, Answers::AtOnce)
}

#[test]
#[cfg(target_os = "linux")]
fn t37_the_modes_of_the_device_are_those_of_before() {
    let (server, person) = (ServerProcess::start(), Person::new());
    // Modes that nobody has by chance.
    let odd = "stty -ixon erase ^H susp ^Y; echo READY; read line";
    let ways: [(&str, Option<Signal>); 3] = [
        ("\x15/quit\r", None),
        ("\x03\x03", None),
        ("", Some(Signal::TERM)),
    ];
    for (keys, signal) in ways {
        let pty = in_a_shell(&person, &server, odd);
        pty.wait_for_text("READY");
        let before = pty.modes();
        pty.send("\n");
        pty.wait_for("the room", |screen| is_in(screen, "minsu"));
        assert_ne!(pty.modes(), before, "raw");
        pty.send(keys);
        if let Some(signal) = signal {
            kill_process(foreground(&pty), signal).unwrap();
        }
        pty.wait_for("the end", |screen| screen.shows("STOPPED"));
        assert_eq!(pty.modes(), before, "{keys:?} {signal:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn t37_suspend_gives_the_terminal_back_and_resume_takes_it_again() {
    let (server, person) = (ServerProcess::start(), Person::new());
    for by_signal in [false, true] {
        let pty = in_a_shell(&person, &server, "read line");
        let before = pty.modes();
        pty.send("\n");
        pty.wait_for("the room", |screen| is_in(screen, "minsu"));
        pty.send("쓰는 중");
        let whole = pty.wait_for_text("› 쓰는 중");
        if by_signal {
            kill_process(foreground(&pty), Signal::TSTP).unwrap();
        } else {
            pty.send("\x1a");
        }
        let stopped = pty.wait_for_text("STOPPED 1");
        assert!(!stopped.shows("쓰는 중"), "the shell's own screen");
        assert!(stopped.cursor_shown);
        check_times(&stopped.bytes, 1);
        assert_eq!(pty.modes(), before);
        pty.send("\n");
        let again = pty.wait_for("the screen again", |screen| screen.lines == whole.lines);
        assert_eq!(again.cursor, whole.cursor);
        assert_ne!(pty.modes(), before, "raw");
        pty.send("!");
        pty.wait_for_text("› 쓰는 중!");
        pty.send("\x15/quit\r");
        let ended = pty.wait_for_text("ENDED 0");
        check_times_woken(&ended.bytes, 2, 1);
        assert_eq!(pty.modes(), before);
    }
}

/// The program that has the terminal: the only child of the shell.
#[cfg(target_os = "linux")]
fn foreground(pty: &Pty) -> Pid {
    let shell = pty.pid();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
    let child = children.expect("a shell").trim().parse().ok();
    child.and_then(Pid::from_raw).expect("one child")
}
