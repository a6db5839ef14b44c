//! The terminal is left as it was.

use rustix::process::Signal;

use super::support::{Person, ServerProcess, is_in};
use crate::pty::{Answers, Exit, Pty};

const SCREEN_LEFT: &str = "\x1b[?1049l\x1b[23;0t";

fn started(person: &Person, server: &ServerProcess) -> Pty {
    person.enter(server, "lobby", "minsu")
}

/// Every mode that was switched on is off again, once, and nothing was written after it.
#[track_caller]
fn check_left(pty: Pty, expected: &Exit) {
    let (exit, screen) = pty.finish();
    assert_eq!(&exit, expected);
    let bytes = String::from_utf8_lossy(&screen.bytes).into_owned();
    assert!(bytes.ends_with(SCREEN_LEFT), "{bytes:?}");
    for mode in ["7", "1000", "1004", "1006", "1049", "2004"] {
        for set in [format!("\x1b[?{mode}h"), format!("\x1b[?{mode}l")] {
            assert_eq!(bytes.matches(&set).count(), 1, "{set:?}");
        }
    }
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
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
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
