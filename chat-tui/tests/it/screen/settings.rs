//! The file of settings under the real program.

use std::fs::{create_dir_all, write};
use std::process::{Command, Output, Stdio};

use super::support::{Person, SIZE, ServerProcess, is_in, quit};
use crate::line::{Line, PROGRAM};
use crate::pty::{Answers, Screen};

/// Puts the person's file of settings where the program looks for it.
fn settings(person: &Person, text: &str) {
    let directory = person.state().join("config");
    create_dir_all(&directory).expect("a directory");
    write(directory.join("config.toml"), text).expect("a file");
}

/// What `chat-tui config` says to somebody whose directories are the usual ones.
fn config(home: &Person, args: &[&str]) -> Output {
    let output = Command::new(PROGRAM)
        .arg("config")
        .args(args)
        .env_remove("CHAT_TUI_STATE")
        .env("XDG_CONFIG_HOME", home.state())
        .stdin(Stdio::null())
        .output();
    output.expect("chat-tui")
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn t41_the_file_gets_one_in_and_flags_beat_it() {
    let server = ServerProcess::start();
    let person = Person::new();
    let text = format!(
        "server = '{}'\nrooms = ['lobby', '개발', 'rust']\nnick = '지은'\nlang = 'ko'\n",
        server.url()
    );
    settings(&person, &text);
    let pty = person.run(&["--lang", "en"]);
    pty.wait_for("all rooms, the first one shown", |screen| {
        is_in(screen, "지은") && screen.lines[0].contains("lobby   개발   rust")
    });
    pty.send("여기\r");
    pty.wait_for_text("지은  여기");
    quit(pty);
    assert_eq!(server.texts("lobby"), ["여기"]);
    let pty = person.run(&["--room", "rust"]);
    let screen = pty.wait_for_text("멤버 1");
    assert!(
        !screen.lines[0].contains("개발"),
        "the flag is in place of all"
    );
}

#[test]
fn t41_a_wrong_setting_never_stops_the_start() {
    let server = ServerProcess::start();
    let person = Person::new();
    settings(&person, "nick = 'minsu'\nsever = 'x'\n");
    let args = ["--server", &server.url(), "--room", "lobby"];
    let pty = person.run(&args);
    let screen =
        pty.wait_for_text("config.toml, line 2: sever is not used ∙ chat-tui config --check");
    assert!(screen.lines[0].contains("minsu"), "the rest is used");
    pty.send("hi\r");
    pty.wait_for("the message, and no word of it any more", |screen| {
        screen.shows("minsu  hi") && is_in(screen, "minsu")
    });
    quit(pty);
    // A file that is no TOML is not used, and the form asks.
    settings(&person, "nick = minsu\n");
    let pty = person.run(&args);
    let screen = pty.wait_for_text("config.toml, line 1, cannot be read");
    assert!(screen.shows("› nick"), "{}", screen.lines.join("\n"));
    pty.send("\x15jieun\r");
    pty.wait_for("the room", |screen| is_in(screen, "jieun"));
    quit(pty);
    // Line mode says it beside the output.
    let args = ["--room", "lobby", "--guest", "--nick", "script"];
    let ended = Line::new(person.state(), &server.url(), &args).run(b"all the same\n");
    assert_eq!(ended.code, Some(0));
    let told = "! config.toml, line 1, cannot be read";
    assert!(
        ended.error.iter().any(|line| line.starts_with(told)),
        "{ended:?}"
    );
}

#[test]
fn t41_keys_of_ones_own_are_taken_and_told() {
    let server = ServerProcess::start();
    let person = Person::new();
    settings(
        &person,
        "[keys]\nhelp = ['f7', 'ctrl+x h']\nswitcher = 'ctrl+m'\nsearch = 'ctrl+g'\n",
    );
    let url = server.url();
    let flags = [
        "--server", &url, "--room", "lobby", "--nick", "minsu", "--lang", "en",
    ];
    let pty = person.run(&flags);
    let screen = pty.wait_for("the note and the key of the help", |screen| {
        screen.shows("line 3: keys.switcher is not used") && screen.shows("F7 help")
    });
    assert!(!screen.shows("F1"), "{}", screen.lines.join("\n"));
    // With the Hangul layout on.
    pty.send("\x18ㅗ");
    pty.wait_for("the help", |screen| {
        screen.shows("keys and commands") && screen.shows("Ctrl+G   ")
    });
    pty.send("\x1b");
    pty.wait_for("no help", |screen| !screen.shows("keys and commands"));
    pty.send("\x07");
    pty.wait_for_text("search lobby");
    pty.send("\x1b");
    pty.wait_for("no search", |screen| !screen.shows("search lobby"));
    // The wrong one left what was usual.
    pty.send("\x0b");
    pty.wait_for_text("go to");
    pty.send("\x1b");
    pty.wait_for("the room", |screen| !screen.shows("go to"));
    quit(pty);
}

#[test]
fn t20_a_theme_paints_the_whole_screen_and_leaves_the_terminal_as_it_was() {
    let server = ServerProcess::start();
    let person = Person::new();
    settings(&person, "theme = 'high-contrast'\n");
    let url = server.url();
    let flags = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let run = |more: &[&str]| {
        let env = [
            ("TERM", "xterm-256color"),
            ("COLORTERM", ""),
            ("LANG", "en_US.UTF-8"),
        ];
        let pty = person.run_in(&[&flags[..], more].concat(), &env, SIZE, Answers::Held);
        pty.wait_for("the room", |screen| is_in(screen, "minsu"));
        pty.send("hello\r");
        pty.wait_for_text("minsu  hello");
        quit(pty)
    };
    let written = |screen: &Screen| String::from_utf8_lossy(&screen.bytes).into_owned();
    // Nothing is reported, so it is white on black, and plain again before the screen is left.
    let painted = written(&run(&[]));
    assert!(painted.contains("38;5;231"), "{painted:?}");
    let (_, behind) = painted.rsplit_once("48;5;16m").expect("a background");
    let plain = behind.find("\x1b[m").expect("the plain style");
    assert!(
        plain < behind.find("\x1b[?1049l").expect("the end"),
        "{behind:?}"
    );
    let own = written(&run(&["--theme", "auto"]));
    assert!(!own.contains("48;5;"), "{own:?}");
}

#[test]
fn t41_the_file_is_checked_and_printed_in_the_language_of_the_interface() {
    let home = Person::new();
    let directory = home.state().join("chat-tui");
    create_dir_all(&directory).expect("a directory");
    write(directory.join("config.toml"), "lang = 'ko'\nmouse = 2\n").expect("a file");
    let program = |args: &[&str]| {
        let output = Command::new(PROGRAM)
            .args(args)
            .env_remove("CHAT_TUI_STATE")
            .env("XDG_CONFIG_HOME", home.state())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output();
        output.expect("chat-tui")
    };
    let korean = ":2:9: mouse 설정은 따옴표 없는 true나 false여야 합니다.";
    for args in [&["--check-config"][..], &["config", "--check"]] {
        let checked = program(args);
        assert_eq!(checked.status.code(), Some(2), "{checked:?}");
        assert!(said(&checked.stderr).contains(korean), "{checked:?}");
    }
    for args in [
        &["--check-config", "--lang", "en"][..],
        &["config", "--check", "--lang", "en"],
    ] {
        let checked = program(args);
        assert_eq!(checked.status.code(), Some(2), "{checked:?}");
        assert!(said(&checked.stderr).contains("has to be true or false"));
    }
    let missing = program(&["--check-config", "/nowhere.toml"]);
    assert_eq!(missing.status.code(), Some(2), "{missing:?}");
    let printed = program(&["config", "--print"]);
    assert!(said(&printed.stdout).contains("# 지난 글 검색\nsearch = \"ctrl+f\""));
    let printed = program(&["config", "--print", "--lang", "en"]);
    assert!(said(&printed.stdout).contains("# Search what was said\nsearch = \"ctrl+f\""));
}

#[test]
fn t41_nothing_goes_to_a_server_that_was_not_meant() {
    let [last, server] = [ServerProcess::start(), ServerProcess::start()];
    let person = Person::new();
    quit(person.enter(&last, "lobby", "minsu"));
    settings(&person, "sever = 'x'\nrooms = ['lobby']\nnick = 'minsu'\n");
    // All is known but the server, which would be the last one.
    let pty = person.run(&[]);
    let screen = pty.wait_for_text(&format!("› server    {}", last.url()));
    let told = screen.shows("line 1: sever is not used");
    assert!(told, "{}", screen.lines.join("\n"));
    pty.send(format!("\x15{}\r", server.url()));
    pty.wait_for("the room", |screen| {
        is_in(screen, "minsu") && screen.lines[0].ends_with(&server.address())
    });
    quit(pty);
    let script = Command::new(PROGRAM)
        .arg("--plain")
        .env("CHAT_TUI_STATE", person.state())
        .env_remove("CHAT_SERVER")
        .stdin(Stdio::null())
        .output()
        .expect("chat-tui");
    assert_eq!(script.status.code(), Some(2), "{script:?}");
    assert!(
        said(&script.stderr).contains("leaves in doubt"),
        "{script:?}"
    );
    // Nobody looks at keys of another person unwarned.
    let key = Command::new(PROGRAM)
        .args(["key", "show", "--server", &server.url()])
        .env("CHAT_TUI_STATE", person.state())
        .output()
        .expect("chat-tui");
    assert!(said(&key.stdout).ends_with("  minsu\n"), "{key:?}");
    assert!(said(&key.stderr).contains("sever is not used"), "{key:?}");
}

#[test]
fn t41_the_printed_file_passes_the_check_and_a_broken_one_is_named() {
    let home = Person::new();
    let directory = home.state().join("chat-tui");
    let path = directory.join("config.toml");
    let none = config(&home, &["--check"]);
    assert_eq!(none.status.code(), Some(0), "{none:?}");
    assert!(!directory.exists(), "nothing is made");
    let printed = config(&home, &["--print"]);
    assert_eq!(printed.status.code(), Some(0), "{printed:?}");
    create_dir_all(&directory).expect("a directory");
    write(&path, &printed.stdout).expect("a file");
    let well = config(&home, &["--check"]);
    assert_eq!(well.status.code(), Some(0), "{well:?}");
    assert_eq!(
        said(&well.stdout),
        format!("{}: all is well\n", path.display())
    );

    let other = home.state().join("other.toml");
    write(&other, "\"sev\\u001ber\" = 1\nmouse = 2\n").expect("a file");
    let shown = other.display();
    let wrong = config(&home, &["--check", other.to_str().expect("UTF-8")]);
    assert_eq!((wrong.status.code(), said(&wrong.stdout)), (Some(2), ""));
    let lines: Vec<_> = said(&wrong.stderr).lines().collect();
    assert!(lines[0].starts_with(&format!("{shown}:1:1: there is no setting")));
    assert!(lines[0].ends_with("did you mean server?") && !lines[0].contains('\x1b'));
    assert_eq!(
        lines[1..],
        [format!(
            "{shown}:2:9: mouse has to be true or false, without quotes: write mouse = true"
        )]
    );
    let missing = config(&home, &["--check", "/nowhere/config.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(config(&home, &[]).status.code(), Some(2), "one of both");
}
