//! Both modes over TLS, with a certificate that nobody but the test believes; and what is said where there is none.

use std::fs;
use std::path::{Path, PathBuf};

use chat_server::Config;
use chat_server::config::{Location, Names, RELOAD_EVERY, TlsFiles};
use tempfile::TempDir;

use crate::line::{Ended, Line};
use crate::screen::support::{Person, is_in, quit, wait_for_sentence};
use crate::server::ChatServer;

/// A server with a certificate for `localhost` and for `0.0.0.0`, the one address of this machine that looks like another one.
struct Place {
    directory: TempDir,
    server: ChatServer,
}

impl Place {
    fn new(encrypted: bool, names: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let tls = certificate(directory.path());
        let server = ChatServer::with(Config {
            data: Location::Directory(directory.path().join("data")),
            names: Names::new(names).expect("names"),
            tls: encrypted.then_some(tls),
            ..Config::default()
        });
        Self { directory, server }
    }

    fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}", self.server.port())
    }

    fn ca(&self) -> String {
        let path = self.directory.path().join("cert.pem");
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    fn line(&self, state: &str, url: &str, args: &[&str]) -> Line {
        let args = [&["--room", "lobby", "--timeout", "1"], args].concat();
        Line::new(&self.directory.path().join(state), url, &args)
    }
}

fn certificate(directory: &Path) -> TlsFiles {
    let names = ["localhost".to_owned(), "0.0.0.0".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let write = |name: &str, text: String| -> PathBuf {
        let path = directory.join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    TlsFiles {
        certificate: write("cert.pem", made.cert.pem()),
        key: write("key.pem", made.signing_key.serialize_pem()),
        reload_every: RELOAD_EVERY,
    }
}

#[track_caller]
fn check(ended: &Ended, code: i32, note: &str) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert!(
        ended.error.iter().any(|line| line.contains(note)),
        "{ended:?}"
    );
}

#[test]
fn a_key_its_proof_and_a_name_of_the_server_hold_over_tls() {
    let place = Place::new(true, &["0.0.0.0"]);
    let (url, ca) = (place.url("wss", "0.0.0.0"), place.ca());
    let args = ["--ca", &ca, "--nick", "anna"];
    let ended = place.line("anna", &url, &args).run("안녕\n".as_bytes());
    check(&ended, 0, "in lobby as anna");
    let told = |line: &String| line.contains("not encrypted");
    assert!(!ended.error.iter().any(told), "{ended:?}");
    // The nick belongs to the key, which only its own files hold.
    check(&place.line("other", &url, &args).run(b"x\n"), 4, "anna");
    let ended = place.line(
        "anna",
        &url,
        &["--ca", &ca, "--nick", "anna", "--history", "9"],
    );
    let ended = ended.run_without_input();
    assert!(
        ended
            .output
            .iter()
            .any(|line| line.ends_with("\tanna\t안녕")),
        "{ended:?}"
    );
}

#[test]
fn a_name_that_is_not_the_servers_is_refused_over_tls() {
    let place = Place::new(true, &[]);
    let (url, ca) = (place.url("wss", "0.0.0.0"), place.ca());
    let ended = place
        .line("anna", &url, &["--ca", &ca, "--nick", "anna"])
        .run(b"x\n");
    check(&ended, 4, "does not answer to 0.0.0.0");
}

#[test]
fn a_certificate_of_the_owners_own_making_says_what_to_do() {
    let place = Place::new(true, &[]);
    let url = place.url("wss", "localhost");
    let ended = place.line("anna", &url, &["--nick", "anna"]).run(b"x\n");
    check(&ended, 3, "name it with --ca FILE");
    for (file, note) in [
        ("none.pem", "cannot read"),
        ("key.pem", "holds no certificate"),
    ] {
        let file = place.directory.path().join(file);
        let file = file.to_str().expect("a path in UTF-8");
        let ended = place.line("anna", &url, &["--nick", "anna", "--ca", file]);
        check(&ended.run(b"x\n"), 2, note);
    }
}

#[test]
fn the_wrong_scheme_says_which_is_right() {
    let place = Place::new(true, &[]);
    let url = place.url("ws", "localhost");
    let ended = place.line("anna", &url, &["--nick", "anna"]).run(b"x\n");
    check(
        &ended,
        3,
        &format!("its address is {}", place.url("wss", "localhost")),
    );
    let plain = Place::new(false, &[]);
    let ca = plain.ca();
    let url = plain.url("wss", "localhost");
    let ended = plain
        .line("anna", &url, &["--nick", "anna", "--ca", &ca])
        .run(b"x\n");
    check(&ended, 3, "an address without encryption begins with ws://");
}

#[test]
fn plain_text_that_leaves_this_machine_is_warned_of() {
    let place = Place::new(false, &["0.0.0.0"]);
    let url = place.url("ws", "0.0.0.0");
    let ended = place.line("anna", &url, &["--nick", "anna"]).run(b"x\n");
    check(&ended, 0, "not encrypted: whoever is on the way");
    let ended = place.line("ben", &place.url("ws", "localhost"), &["--nick", "ben"]);
    let ended = ended.run(b"x\n");
    assert_eq!(ended.code, Some(0));
    let told = |line: &String| line.contains("not encrypted");
    assert!(!ended.error.iter().any(told), "{ended:?}");

    let person = Person::new();
    let pty = person.run(&["--server", &url, "--room", "lobby", "--nick", "me"]);
    wait_for_sentence(&pty, "! not encrypted: whoever is on the way to 0.0.0.0");
    pty.send("h");
    pty.wait_for_text("connected, not encrypted");
    quit(pty);
}

#[test]
fn the_screen_talks_over_tls() {
    let place = Place::new(true, &[]);
    let (url, ca) = (place.url("wss", "localhost"), place.ca());
    let person = Person::new();
    let args = [
        "--server", &url, "--ca", &ca, "--room", "lobby", "--nick", "me",
    ];
    let pty = person.run(&args);
    let screen = pty.wait_for("the room", |screen| is_in(screen, "me"));
    assert!(!screen.lines.join("\n").contains("encrypted"));
    pty.send("안녕\r");
    pty.wait_for_text("me  안녕");
    quit(pty);
}
