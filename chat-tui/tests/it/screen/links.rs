//! Links as a terminal gets them, and what opens them.

use std::fs::{read_to_string, write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::support::{Person, SIZE, ServerProcess, is_in, wait_for_file, wait_for_sentence};
use crate::pty::{Answers, Pty, Screen};

const LONG: &str =
    "https://git.example/chat/pull/482/files/src/session/of/a/client/and/its/tests/rs?a=(1)";

/// A program in the place of the desktop's, which keeps what it is given and says things that nobody wants to see.
fn opener(directory: &Path) -> String {
    let kept = directory.join("opened");
    let script = format!(
        "#!/bin/sh\necho NOISE; echo NOISE >&2\nprintf '%s' \"$#:$*\" >'{}'\n",
        kept.display()
    );
    for name in ["xdg-open", "open"] {
        let path = directory.join(name);
        write(&path, &script).expect("a script");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("a mode");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", directory.display())
}

fn enter(server: &ServerProcess, person: &Person, env: &[(&str, &str)]) -> Pty {
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let env = [&[("LANG", "C")], env].concat();
    let pty = person.run_in(&args, &env, SIZE, Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    pty
}

/// The rows on which cells link to an address.
fn rows_of(screen: &Screen, url: &str) -> Vec<usize> {
    let cells = screen.links.iter().filter(|(_, _, target)| target == url);
    let mut rows: Vec<usize> = cells.map(|(_, row, _)| *row).collect();
    rows.dedup();
    rows
}

#[test]
fn t27_a_wrapped_link_is_one_to_the_terminal_and_a_click_opens_it() {
    let server = ServerProcess::start();
    let (person, directory) = (Person::new(), tempfile::tempdir().expect("a directory"));
    let path = opener(directory.path());
    let text = format!("여기 {LONG}에서 봐 주세요\n");
    server.say(&Person::new(), "lobby", "jieun", &text);
    let pty = enter(&server, &person, &[("PATH", &path)]);
    let screen = pty.wait_for("the link", |screen| rows_of(screen, LONG).len() == 2);
    let written = String::from_utf8_lossy(&screen.bytes).into_owned();
    let mut openers: Vec<&str> = written
        .match_indices("\x1b]8;id=")
        .filter_map(|(at, _)| written.get(at..)?.split("\x1b\\").next())
        .collect();
    openers.sort_unstable();
    openers.dedup();
    assert_eq!(openers.len(), 1, "one id over both rows: {openers:?}");
    let (column, row, _) = screen.links.last().expect("its last cell").clone();
    // Beside the link nothing happens, on its last cell it opens.
    pty.send(format!("\x1b[<0;{};{}M", column + 2, row + 1));
    pty.send(format!("\x1b[<0;{};{}M", column + 1, row + 1));
    pty.wait_for_text("opening https://git.example");
    wait_for_file(directory.path(), &format!("1:{LONG}"));
    pty.send("x");
    let screen = pty.wait_for_text("› x");
    assert!(!screen.shows("NOISE"));
}

#[test]
fn t27_a_key_lists_links_and_opens_one_without_a_shell() {
    let server = ServerProcess::start();
    let (person, directory) = (Person::new(), tempfile::tempdir().expect("a directory"));
    let path = opener(directory.path());
    let marker = directory.path().join("pwned");
    let evil = format!(
        "https://a.example/$(touch${{IFS}}{0})`touch${{IFS}}{0}`;touch&x='\"\n",
        marker.display()
    );
    server.say(&Person::new(), "lobby", "mallory", &evil);
    let pty = enter(&server, &person, &[("PATH", &path)]);
    pty.wait_for_text("a.example");
    pty.send("\x1bo");
    pty.wait_for_text("Enter opens");
    pty.send("\r");
    let opened = pty.wait_for_text("opening https://a.example");
    assert!(!opened.shows("NOISE"));
    let kept = directory.path().join("opened");
    let url = loop {
        match read_to_string(&kept) {
            Ok(url) if !url.is_empty() => break url,
            Ok(_) | Err(_) => std::thread::yield_now(),
        }
    };
    assert!(url.starts_with("1:https://a.example/$("), "{url}");
    assert!(!marker.exists());
}

#[test]
fn t27_over_ssh_nothing_is_opened_and_the_way_to_copy_is_told() {
    let server = ServerProcess::start();
    let (person, directory) = (Person::new(), tempfile::tempdir().expect("a directory"));
    let path = opener(directory.path());
    server.say(&Person::new(), "lobby", "jieun", "https://a.example/1\n");
    let env = [("PATH", path.as_str()), ("SSH_CONNECTION", "1 2 3 4")];
    let pty = enter(&server, &person, &env);
    pty.wait_for_text("a.example/1");
    pty.send("\x1bo");
    pty.wait_for_text("Enter opens");
    pty.send("\r");
    wait_for_sentence(
        &pty,
        "cannot open https://a.example/1 for you ∙ Alt+O, then y copies it",
    );
    pty.send("\x1bo");
    pty.wait_for_text("Enter opens");
    pty.send("y");
    let screen = pty.wait_for("the copy", |screen| screen.clipboard.is_some());
    assert_eq!(screen.clipboard.as_deref(), Some("https://a.example/1"));
    assert!(!directory.path().join("opened").exists());
}

#[test]
fn t27_an_opener_that_fails_or_is_missing_is_told() {
    let server = ServerProcess::start();
    server.say(&Person::new(), "lobby", "jieun", "https://a.example/1\n");
    let directory = tempfile::tempdir().expect("a directory");
    let person = Person::new();
    let empty = directory.path().to_str().expect("a path").to_owned();
    let pty = enter(&server, &person, &[("PATH", &empty)]);
    pty.wait_for_text("a.example/1");
    pty.send("\x1bo");
    pty.wait_for_text("Enter opens");
    pty.send("\r");
    wait_for_sentence(&pty, "cannot be started");
    opener(directory.path());
    for name in ["xdg-open", "open"] {
        write(directory.path().join(name), "#!/bin/sh\nexit 3\n").expect("a script");
    }
    pty.send("\x1bo");
    pty.wait_for_text("Enter opens");
    pty.send("\r");
    wait_for_sentence(&pty, "did not open the page (exit status: 3)");
}
