//! The server's key at the first visit, later and changed; one's own key and those of others.

use super::support::{Person, SIZE, ServerProcess, is_in, members, quit, wait_for_sentence};
use crate::pty::{Answers, Pty, Screen};

/// A locale, how the status line begins when the connection is up, and what is said of a key that is new and one that changed.
const LANGUAGES: [(&str, &str, [&str; 2]); 2] = [
    (
        "en_US.UTF-8",
        "connected",
        [
            "the key of {0} is new here and remembered from now on: {1}.",
            "the key of {0} changed. Nothing was sent to it. before {1} now {2} Ask who runs the server;",
        ],
    ),
    (
        "ko_KR.UTF-8",
        "연결됨",
        [
            "{0}의 키를 처음 보아 기억해 둡니다: {1}.",
            "{0}의 키가 바뀌었습니다. 아무것도 보내지 않았습니다. 전에는 {1} 지금은 {2} 서버 운영자에게 물어보세요.",
        ],
    ),
];

fn filled(sentence: &str, values: &[&str]) -> String {
    let values = values.iter().enumerate();
    values.fold(sentence.to_owned(), |text, (n, value)| {
        text.replace(&format!("{{{n}}}"), value)
    })
}

/// The words of the screen without the gaps between them, however its rows were cut.
fn joined(screen: &Screen) -> String {
    screen
        .lines
        .iter()
        .flat_map(|line| line.chars())
        .filter(|c| !c.is_whitespace())
        .collect()
}

#[track_caller]
fn wait_for_joined(pty: &Pty, text: &str) {
    let text: String = text.split_whitespace().collect();
    pty.wait_for(&text, |screen| joined(screen).contains(&text));
}

#[test]
fn t43_a_servers_key_is_shown_once_then_silent_and_never_taken_by_enter_when_it_changed() {
    for (locale, connected, [new, changed]) in LANGUAGES {
        let mut server = ServerProcess::start();
        let (address, first) = (server.address(), server.fingerprint());
        let person = Person::new();
        let url = server.url();
        let args = ["--server", &url, "--room", "lobby", "--nick", "민수"];
        let run = |more: &[&str]| {
            let args = [&args, more].concat();
            person.run_in(&args, &[("LANG", locale)], SIZE, Answers::AtOnce)
        };
        let is_up = |screen: &Screen| screen.last_line().trim_start().starts_with(connected);
        let new = filled(new, &[&address, &first]);
        let pty = run(&[]);
        wait_for_joined(&pty, &new);
        quit(pty);

        let pty = run(&[]);
        let is_in = |screen: &Screen| is_up(screen) && members(screen).len() == 2;
        let screen = pty.wait_for("the room", is_in);
        assert!(
            !joined(&screen).contains(&first.replace(' ', "")),
            "it is known"
        );
        server.kill();
        pty.wait_for("an outage", |screen| !is_up(screen));
        pty.send("waits for the server\rnot finished");
        pty.wait_for_text("› not finished");
        server.become_another();
        let second = server.fingerprint();
        pty.send("\x12");
        wait_for_joined(&pty, &filled(changed, &[&address, &first, &second]));
        wait_for_joined(&pty, "--new-server-key");
        pty.wait_for_text("› not finished");
        // Enter puts the text to those that wait, and trusts nothing.
        pty.send("\r");
        pty.wait_for("a text that waits", |screen| {
            screen.shows("not finished  ⋯") && !screen.shows("› not finished")
        });
        wait_for_joined(&pty, &filled(changed, &[&address, &first, &second]));
        pty.send("\x15/quit\r");
        pty.wait_exit();
        assert_eq!(server.texts("lobby"), Vec::<String>::new());

        // The next start says the same, and only who says so goes in; then what waited goes out.
        let pty = run(&[]);
        wait_for_joined(&pty, &filled(changed, &[&address, &first, &second]));
        pty.send("\x03\x03");
        pty.wait_exit();
        let pty = run(&["--new-server-key"]);
        wait_for_joined(&pty, &second);
        pty.wait_for("the text", |screen| is_up(screen) && !screen.shows("⋯"));
        quit(pty);
        assert_eq!(
            server.texts("lobby"),
            ["waits for the server", "not finished"]
        );
    }
}

#[test]
fn people_see_the_same_of_a_key_from_both_sides() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let ours = minsu.enter(&server, "lobby", "minsu");
    let theirs = jieun.enter(&server, "lobby", "jieun");
    ours.wait_for_text("members 2");
    theirs.send("/key\r");
    let screen = wait_for_sentence(&theirs, "your key: ");
    let rows = screen.lines.join(" ");
    let (_, own) = rows.rsplit_once("your key: ").unwrap();
    let own: Vec<&str> = own.split_whitespace().take(8).collect();
    let own = own.join(" ");
    let server_key = format!("the key of {}: {}", server.address(), server.fingerprint());
    wait_for_sentence(&theirs, &server_key);
    ours.send("/whois jieun\r");
    wait_for_sentence(&ours, &format!("jieun: {own} ∙ so says the server"));
    ours.send("/whois nobody\r");
    wait_for_sentence(&ours, "! nobody is not among the members here");
    // A command that failed stays to be put right.
    ours.wait_for_text("› /whois nobody");
    // Who left is known by what was said.
    ours.send("\x15");
    theirs.send("bye\r");
    ours.wait_for_text("jieun  bye");
    quit(theirs);
    ours.wait_for_text("members 1");
    ours.send("/whois JIEUN\r");
    wait_for_sentence(&ours, &format!("JIEUN: {own} ∙"));
    let guest = Person::new();
    let args = [
        "--server",
        &server.url(),
        "--room",
        "lobby",
        "--nick",
        "passer",
        "--guest",
    ];
    let passing = guest.run(&args);
    passing.wait_for("the room", |screen| is_in(screen, "passer"));
    ours.wait_for_text("members 2");
    ours.send("/whois passer\r");
    wait_for_sentence(&ours, "passer is a guest: no key shows who it is");
    quit(passing);
}

#[test]
fn a_guests_screen_leaves_no_key_and_its_nick_is_free() {
    let server = ServerProcess::start();
    let (guest, other) = (Person::new(), Person::new());
    let args = [
        "--server",
        &server.url(),
        "--room",
        "lobby",
        "--nick",
        "passer",
        "--guest",
    ];
    let pty = guest.run(&args);
    pty.wait_for("the room", |screen| is_in(screen, "passer"));
    pty.send("hello\r");
    pty.wait_for_text("passer  hello");
    quit(pty);
    assert!(!guest.state().join("config/keys").exists());
    let pty = other.enter(&server, "lobby", "passer");
    assert_eq!(members(&pty.screen()), ["members 1", "passer  you"]);
    quit(pty);
}

#[test]
fn a_key_in_a_file_is_taken_by_the_screen_and_one_that_is_open_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = ServerProcess::start();
    let (one, two) = (Person::new(), Person::new());
    let file = one.state().join("my.key");
    let file = file.to_str().unwrap();
    let url = server.url();
    let args = [
        "--server",
        &url,
        "--room",
        "lobby",
        "--nick",
        "minsu",
        "--identity",
        file,
    ];
    let here = one.run(&args);
    here.wait_for("the room", |screen| is_in(screen, "minsu"));
    let there = two.run(&args);
    let screen = there.wait_for("the room", |screen| is_in(screen, "minsu"));
    assert_eq!(members(&screen), ["members 1", "minsu  you"]);
    here.send("from here\r");
    there.send("from there\r");
    for pty in [&here, &there] {
        pty.wait_for("both", |screen| {
            screen.shows("from here") && screen.shows("from there") && !screen.shows("⋯")
        });
    }
    quit(here);
    quit(there);
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = one.run(&args);
    wait_for_joined(&refused, "others can read the key");
    wait_for_joined(&refused, "chmod 600");
    refused.send("\x03\x03");
    refused.wait_exit();
}
