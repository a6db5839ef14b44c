//! Copying out of the terminal, and leaving the mouse to it.

use super::support::{Person, SIZE, ServerProcess, is_in};
use crate::pty::{Answers, Pty};

fn enter(server: &ServerProcess, person: &Person, nick: &str, env: &[(&str, &str)]) -> Pty {
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", nick];
    let env = [&[("LANG", "C")], env].concat();
    let pty = person.run_in(&args, &env, SIZE, Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, nick));
    pty
}

#[test]
fn t30_y_puts_the_raw_text_on_the_clipboard() {
    let server = ServerProcess::start();
    let person = Person::new();
    let jieun = Person::new();
    let talker = jieun.enter(&server, "lobby", "jieun");
    talker.send("\x1b[200~이렇게요\n```rust\n\tfn main() {}\n```\x1b[201~\r");
    let pty = enter(&server, &person, "minsu", &[]);
    pty.wait_for_text("fn main() {}");
    pty.send("\x1b");
    // The exact time tells that a message is selected.
    pty.wait_for("the reading mode", |screen| {
        screen.last_line().contains("Esc write")
    });
    pty.send("y");
    let screen = pty.wait_for("the copy", |screen| screen.clipboard.is_some());
    let raw = "이렇게요\n```rust\n\tfn main() {}\n```";
    assert_eq!(screen.clipboard.as_deref(), Some(raw));
    // The same with the Hangul layout, inside of tmux: once for tmux itself and once passed on.
    let other = Person::new();
    let pty = enter(
        &server,
        &other,
        "dojun",
        &[("TMUX", "/tmp/tmux-0/default,1,0")],
    );
    pty.wait_for_text("fn main() {}");
    pty.send("\x1b");
    pty.wait_for("the reading mode", |screen| {
        screen.last_line().contains("Esc write")
    });
    pty.send("ㅛ");
    let screen = pty.wait_for("the copy", |screen| screen.clipboard.is_some());
    let written = String::from_utf8_lossy(&screen.bytes).into_owned();
    assert!(written.contains("\x1bPtmux;\x1b\x1b]52;c;"));
    assert_eq!(written.matches("]52;c;").count(), 2);
}

#[test]
fn t30_the_bare_view_and_a_key_leave_the_mouse_to_the_terminal() {
    let server = ServerProcess::start();
    let person = Person::new();
    server.say(&Person::new(), "lobby", "jieun", "first\nsecond\n");
    let pty = enter(&server, &person, "minsu", &[]);
    let before = pty.wait_for_text("second");
    let written = String::from_utf8_lossy(&before.bytes).into_owned();
    for other in ["?1002h", "?1003h", "?1005h", "?1015h", "?1007h"] {
        assert!(!written.contains(other), "{other}");
    }
    assert!(written.contains("\x1b[?1000h\x1b[?1006h") && written.contains("\x1b[?1007l"));
    let since = |bytes: &[u8], from: usize| {
        String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned()
    };
    pty.send("half\x1bOS");
    let bare = pty.wait_for_text("any key goes back");
    assert!(since(&bare.bytes, before.bytes.len()).contains("\x1b[?1006l\x1b[?1000l"));
    let row = bare
        .lines
        .iter()
        .position(|line| line == "second")
        .expect("a bare row");
    assert_eq!(bare.lines[row - 1], "first");
    assert!(!bare.shows("members") && !bare.shows("half"));
    pty.send("\x1b");
    let whole = pty.wait_for_text("› half");
    assert!(since(&whole.bytes, bare.bytes.len()).contains("\x1b[?1000h\x1b[?1006h"));
    pty.send("\x1b[17~");
    let screen = pty.wait_for_text("F6 takes it back");
    assert!(since(&screen.bytes, whole.bytes.len()).contains("\x1b[?1006l\x1b[?1000l"));
}
