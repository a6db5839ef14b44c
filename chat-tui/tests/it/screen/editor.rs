//! Writing in an editor of one's own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use rustix::process::Signal;

use super::support::{
    Person, SIZE, ServerProcess, draft, is_in, quit, wait_for_file, wait_for_sentence,
};
use crate::pty::{Answers, Exit, Pty};

/// Enters a room with this script as the editor; the file to edit is its `$1`.
fn enter(person: &Person, server: &ServerProcess, script: &str) -> Pty {
    let path = person.state().join("editor");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
    fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("a script that runs");
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let env = [
        ("LANG", "en_US.UTF-8"),
        ("EDITOR", path.to_str().expect("a path in UTF-8")),
    ];
    let pty = person.run_in(&args, &env, SIZE, Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    pty
}

#[test]
fn t34_the_editor_gets_the_draft_and_every_byte_and_the_connection_stays() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let right = jieun.enter(&server, "lobby", "jieun");
    // Takes bytes as they come and keeps them; then adds a line to the text.
    let script = "stty raw -echo; cp \"$1\" \"$HOME/draft\"; echo EDITING; \
        dd bs=1 count=26 of=\"$HOME/typed\" 2>/dev/null; stty sane; echo 편집기에서 >>\"$1\"";
    let left = enter(&minsu, &server, script);
    left.send("첫 줄\x0a둘째 줄\x18\x05");
    left.wait_for_text("EDITING");
    wait_for_file(minsu.state(), "첫 줄\n둘째 줄\n");
    // Keys that the screen would act on, and a syllable.
    let typed = "i\x03\x1a\x1b[A\x1bOP한글\x18\x05/quit\r\x04:x";
    assert_eq!(typed.len(), 26);
    left.send(&typed.as_bytes()[..9]);
    // Meanwhile the connection lives: what is said arrives, and nobody is reconnecting.
    right.send("편집하는 동안 온 말\r");
    right.wait_for("the text as sent", |screen| {
        screen.shows("jieun  편집하는 동안 온 말") && !screen.shows("⋯")
    });
    assert!(
        !left.screen().shows("편집하는"),
        "the screen is the editor's"
    );
    left.send(&typed.as_bytes()[9..]);
    // Either may come first.
    let screen = left.wait_for("the text of the editor and what was said", |screen| {
        draft(screen) == "첫 줄\n둘째 줄\n편집기에서" && screen.shows("편집하는 동안 온 말")
    });
    assert_eq!(screen.title.as_deref(), Some("#lobby"));
    assert_eq!(
        fs::read(minsu.state().join("typed")).unwrap(),
        typed.as_bytes()
    );
    assert!(!right.screen().shows("reconnecting"));
    assert_eq!(super::support::members(&right.screen()).len(), 3);
    left.send("\r");
    right.wait_for_text("편집기에서");
    let texts = server.texts("lobby");
    assert_eq!(texts, ["편집하는 동안 온 말", "첫 줄\n둘째 줄\n편집기에서"]);
    quit(left);
}

#[test]
fn t34_signals_of_keys_in_the_editor_do_not_end_the_screen() {
    let server = ServerProcess::start();
    let person = Person::new();
    // In some shells the signal ends `read`, with nothing read.
    let script = "trap 'echo CAUGHT' INT; echo EDITING; \
        until read line; do :; done; echo \"$line\" >\"$1\"";
    let pty = enter(&person, &server, script);
    pty.send("\x18\x05");
    pty.wait_for_text("EDITING");
    pty.send("\x03");
    pty.wait_for_text("CAUGHT");
    pty.send("끝까지\r");
    pty.wait_for_text("› 끝까지");
    quit(pty);
}

#[test]
fn t34_a_failed_editor_changes_nothing_and_says_so() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = enter(&person, &server, "echo gone >\"$1\"; exit 3");
    pty.send("쓰던 글\x18\x05");
    wait_for_sentence(
        &pty,
        "! the editor: exit status: 3 ∙ your text is what it was",
    );
    assert_eq!(draft(&pty.screen()), "쓰던 글");
    quit(pty);
    let pty = enter(&person, &server, "printf 'half \\377' >\"$1\"");
    pty.send("쓰던 글\x18\x05");
    wait_for_sentence(
        &pty,
        "! the editor: the text is not UTF-8 from byte 6 on; it is kept in its file",
    );
    assert_eq!(draft(&pty.screen()), "쓰던 글");
    quit(pty);
}

#[test]
fn t34_a_termination_ends_the_editor_and_the_draft_is_kept() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = enter(&person, &server, "echo EDITING; exec sleep 60");
    pty.send("남을 글\x18\x05");
    pty.wait_for_text("EDITING");
    pty.kill(Signal::TERM);
    assert_eq!(pty.wait_exit(), Exit::Code(143));
    let pty = enter(&person, &server, "true");
    assert_eq!(draft(&pty.screen()), "남을 글");
    // With nothing changed nothing is.
    pty.send("\x18\x05!");
    pty.wait_for_text("› 남을 글!");
    pty.assert_silent(Duration::from_millis(1));
}
