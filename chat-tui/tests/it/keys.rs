//! Keys as people handle them: the real program, real files, a real server.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::line::{Ended, Line, PROGRAM};
use crate::pty::{Answers, Exit, Pty};
use crate::server::ChatServer;

/// A server, and a directory for what people keep.
struct Place {
    directory: TempDir,
    server: ChatServer,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let server = ChatServer::start(&directory.path().join("data"));
        Self { directory, server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Somebody on a machine, in line mode.
    fn line(&self, machine: &str, nick: &str, args: &[&str]) -> Line {
        let args = [&["--room", "lobby", "--nick", nick], args].concat();
        Line::new(&self.path(machine), &self.server.url(), &args)
    }

    /// The program doing something with keys.
    fn keys(&self, machine: &str, args: &[&str]) -> Said {
        let mut command = Command::new(PROGRAM);
        let output = command
            .args(args)
            .current_dir(self.directory.path())
            .env("CHAT_TUI_STATE", self.path(machine))
            .env_remove("CHAT_SERVER")
            .stdin(Stdio::null())
            .output();
        Said::of(output.expect("chat-tui"))
    }

    fn texts(&self) -> Vec<String> {
        let args = ["--history", "20000", "--guest"];
        let ended = self.line("reader", "reader", &args).run_without_input();
        let said = ended.output.iter().filter(|line| !line.contains("\t*\t"));
        said.filter_map(|line| Some(line.splitn(3, '\t').last()?.to_owned()))
            .collect()
    }
}

/// What the program said, and how it ended.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    output: String,
    error: String,
}

impl Said {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).expect("UTF-8"),
            error: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    #[track_caller]
    fn check(&self, code: i32, error: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.error.contains(error), "{self:?}");
    }

    /// The fingerprint before this name.
    #[track_caller]
    fn of_name(&self, name: &str) -> &str {
        let line = self.output.lines().find(|line| line.ends_with(name));
        let line = line.unwrap_or_else(|| panic!("no {name} in {self:?}"));
        line.strip_suffix(name).expect("a name").trim_end()
    }
}

#[track_caller]
fn check_well(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("a file").permissions().mode() & 0o777
}

/// Every file below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn keys_are_the_persons_alone_whatever_the_umask() {
    let place = Place::new();
    for umask in ["000", "077"] {
        let state = place.path(umask);
        let nick = format!("me{umask}");
        let shell = format!(
            "umask {umask}; exec {PROGRAM} --server {} --room lobby --nick {nick}",
            place.server.url()
        );
        let mut command = Command::new("sh");
        command.args(["-c", &shell]).env("CHAT_TUI_STATE", &state);
        let output = command.stdin(Stdio::null()).output().expect("a shell");
        assert!(output.status.success(), "{output:?}");
        let all = files(&state);
        let is_key = |path: &&PathBuf| path.extension().is_some_and(|end| end == "key");
        let key = all.iter().find(is_key).expect("a key");
        for path in &all {
            assert_eq!(mode(path), 0o600, "{}", path.display());
        }
        let directories = key.ancestors().skip(1);
        for directory in directories.take_while(|path| **path != *place.directory.path()) {
            assert_eq!(mode(directory), 0o700, "{}", directory.display());
        }
    }
}

#[test]
fn a_key_that_others_can_read_is_refused_with_what_to_do() {
    let place = Place::new();
    check_well(&place.line("here", "me", &[]).run(b"one\n"));
    let is_key = |path: &PathBuf| path.extension().is_some_and(|end| end == "key");
    let key = files(&place.path("here")).into_iter().find(is_key);
    let key = key.expect("a key");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let ended = place.line("here", "me", &[]).run(b"two\n");
    assert_eq!(ended.code, Some(4), "{ended:?}");
    let command = format!("chmod 600 {}", key.display());
    assert!(ended.error[0].ends_with(&command), "{ended:?}");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    check_well(&place.line("here", "me", &[]).run(b"three\n"));
    assert_eq!(place.texts(), ["one", "three"]);
}

#[test]
fn t43_a_key_comes_to_a_second_machine_and_both_run_at_once() {
    let place = Place::new();
    check_well(&place.line("one", "지은", &[]).run("처음\n".as_bytes()));
    let server = place.server.url();
    let me = ["--server", &server, "--nick", "지은"];
    let export = [&["key", "export", "me.key"], &me[..]].concat();
    let exported = place.keys("one", &export);
    exported.check(0, "Whoever has it is 지은 there");
    assert_eq!(mode(&place.path("me.key")), 0o600);
    place
        .keys("one", &export)
        .check(4, "is there already and is not written over");

    let taken = place.line("two", "지은", &[]).run(b"not me\n");
    assert_eq!(taken.code, Some(4), "another key: {taken:?}");
    place
        .keys("two", &["key", "import", "me.key"])
        .check(4, "is another key of this nick already");
    fs::remove_dir_all(place.path("two")).unwrap();
    let imported = place.keys("two", &["key", "import", "me.key"]);
    imported.check(0, "you are 지은 at 127.0.0.1:");
    place.keys("two", &["key", "import", "me.key"]).check(0, "");

    let mut here = place.line("one", "지은", &[]).start();
    here.send("here 1");
    here.wait_for("here 1");
    let mut there = place.line("two", "지은", &[]).start();
    there.send("there 1");
    here.wait_for("there 1");
    for n in 2..=20 {
        // The same words too: one machine's must not pass for the other's.
        here.send(&format!("both {n}"));
        there.send(&format!("both {n}"));
    }
    here.send("here last");
    there.send("there last");
    for running in [&mut here, &mut there] {
        running.wait_for_note("connected");
    }
    let ends = [here.end(), there.end()];
    for ended in &ends {
        check_well(ended);
        assert!(
            ended
                .error
                .iter()
                .all(|note| !note.contains("not connected")),
            "{ended:?}"
        );
    }
    let texts = place.texts();
    for n in 2..=20 {
        let both = format!("both {n}");
        assert_eq!(
            texts.iter().filter(|text| **text == both).count(),
            2,
            "{both}"
        );
    }
    assert_eq!(texts.len(), 1 + 2 + 2 * 19 + 2);
}

#[test]
fn a_state_directory_that_was_copied_is_another_device() {
    let place = Place::new();
    check_well(&place.line("one", "me", &[]).run(b"first\n"));
    let copied = Command::new("cp")
        .arg("-r")
        .args([place.path("one"), place.path("two")])
        .status();
    assert!(copied.expect("cp").success());
    let mut here = place.line("one", "me", &[]).start();
    here.send("here");
    here.wait_for("here");
    let mut there = place.line("two", "me", &[]).start();
    there.send("there");
    here.wait_for("there");
    there.wait_for("there");
    here.send("still here");
    there.wait_for("still here");
    for ended in [here.end(), there.end()] {
        assert!(
            ended.error.iter().all(|note| !note.contains("ended")),
            "{ended:?}"
        );
    }
    assert_eq!(place.texts(), ["first", "here", "there", "still here"]);
}

#[test]
fn a_key_in_a_file_goes_by_any_nick_and_is_made_once() {
    let place = Place::new();
    let file = place.path("bot.key");
    let file = file.to_str().unwrap();
    check_well(
        &place
            .line("one", "bot", &["--identity", file])
            .run(b"one\n"),
    );
    assert_eq!(mode(Path::new(file)), 0o600);
    let secret = fs::read(file).unwrap();
    // Another state directory, the same person; and by the nick's own key another person.
    check_well(
        &place
            .line("two", "bot", &["--identity", file])
            .run(b"two\n"),
    );
    let without = place.line("one", "bot", &[]).run(b"three\n");
    assert_eq!(without.code, Some(4), "{without:?}");
    check_well(
        &place
            .line("one", "builder", &["--identity", file])
            .run(b"four\n"),
    );
    assert_eq!(fs::read(file).unwrap(), secret);
    assert_eq!(place.texts(), ["one", "two", "four"]);
    let mut owners = fs::read_dir(place.path("one/servers")).unwrap();
    let devices = owners.next().unwrap().unwrap().path().join("devices");
    assert_eq!(fs::read_dir(devices).unwrap().count(), 2, "a person each");
    fs::set_permissions(file, Permissions::from_mode(0o640)).unwrap();
    let open = place
        .line("one", "bot", &["--identity", file])
        .run(b"five\n");
    assert_eq!(open.code, Some(4), "{open:?}");
    let nowhere = place.path("no/bot.key");
    let nowhere = ["--identity", nowhere.to_str().unwrap()];
    let ended = place.line("one", "bot", &nowhere).run(b"six\n");
    assert_eq!(ended.code, Some(4), "{ended:?}");
}

#[test]
fn t43_fingerprints_are_shown_and_follow_from_the_keys() {
    let place = Place::new();
    let server = place.server.url();
    let (_, address) = server.split_once("://").unwrap();
    let me = ["key", "show", "--server", &server, "--nick", "me"];
    let none = place.keys("one", &me);
    none.check(4, "me has no key for 127.0.0.1:");
    assert!(none.error.contains("no key of 127.0.0.1:"), "{none:?}");
    assert_eq!(
        (none.output.as_str(), files(&place.path("one")).len()),
        ("", 0)
    );
    check_well(&place.line("one", "me", &[]).run(b"x\n"));
    let shown = place.keys("one", &me);
    shown.check(0, "");
    let mine = shown.of_name("me");
    assert_eq!(shown.of_name(address), place.server.fingerprint());
    assert_eq!(mine.split(' ').map(str::len).collect::<Vec<_>>(), [5; 8]);

    let export = ["key", "export", "-", "--server", &server, "--nick", "me"];
    let text = place.keys("one", &export).output;
    assert!(
        text.contains(&format!("# The fingerprint of this key: {mine}\n")),
        "{text}"
    );
    let by_file = place.path("copy.key");
    fs::write(&by_file, &text).unwrap();
    fs::set_permissions(&by_file, Permissions::from_mode(0o600)).unwrap();
    let of_file = ["--identity", "copy.key"];
    let shown = place.keys("two", &[&me[..], &of_file].concat());
    assert_eq!((shown.of_name("me"), shown.code), (mine, Some(0)));
    place
        .keys("two", &["key", "import", "no.key"])
        .check(4, "no.key is not there");
    let bare: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    fs::write(&by_file, bare).unwrap();
    place
        .keys("two", &["key", "import", "copy.key"])
        .check(4, "--server");
    let named = [
        "key", "import", "copy.key", "--server", &server, "--nick", "me",
    ];
    place.keys("two", &named).check(0, mine);
    fs::write(&by_file, "no key").unwrap();
    place.keys("two", &named).check(4, "this is no key");
    // What is for chatting says nothing of keys, and the other way round.
    place
        .keys("two", &["--room", "lobby", "key", "show"])
        .check(2, "--room");
    place
        .keys("two", &["key", "show", "--room", "lobby"])
        .check(2, "--room");
    place.keys("two", &["key", "import"]).check(2, "<FILE>");
}

#[test]
fn t43_the_help_names_what_is_done_with_keys() {
    let place = Place::new();
    let help = place.keys("one", &["--help"]);
    assert!(help.output.contains("\n  key  "), "{}", help.output);
    let help = place.keys("one", &["key", "--help"]);
    for name in ["show", "export", "import"] {
        assert!(help.output.contains(&format!("\n  {name} ")), "{name}");
    }
    assert_eq!(files(&place.path("one")), Vec::<PathBuf>::new());
}

#[test]
fn a_guest_leaves_no_key_and_a_nick_that_is_free() {
    let place = Place::new();
    let mut guest = place.line("one", "passer", &["--guest"]).start();
    guest.send("hello");
    guest.wait_for("hello");
    let taken = place.line("two", "passer", &[]).run(b"too early\n");
    assert_eq!(
        taken.code,
        Some(4),
        "held while the guest is there: {taken:?}"
    );
    check_well(&guest.end());
    let left: Vec<_> = files(&place.path("one"));
    assert_eq!(left.len(), 1, "only the server is remembered: {left:?}");
    assert!(left[0].ends_with("known_servers"));
    check_well(&place.line("two", "passer", &[]).run(b"mine now\n"));
    let late = place
        .line("one", "passer", &["--guest"])
        .run(b"not any more\n");
    assert_eq!(late.code, Some(4), "{late:?}");
    assert_eq!(place.texts(), ["hello", "mine now"]);
}

#[test]
fn a_script_hears_of_a_servers_key_once() {
    let place = Place::new();
    let first = place.line("one", "me", &[]).run(b"x\n");
    let note = format!(
        "the server's key is new here and remembered from now on: {}; compare it with what whoever runs the server tells you",
        place.server.fingerprint()
    );
    assert_eq!(first.error, [note.as_str(), "connected: in lobby as me"]);
    let again = place.line("one", "me", &[]).run(b"x\n");
    assert_eq!(again.error, ["connected: in lobby as me"]);
}

#[test]
fn line_mode_shows_keys_in_a_terminal() {
    let place = Place::new();
    let shown = {
        check_well(&place.line("one", "me", &[]).run(b"x\n"));
        place.keys(
            "one",
            &[
                "key",
                "show",
                "--server",
                &place.server.url(),
                "--nick",
                "me",
            ],
        )
    };
    let state = place.path("one");
    let url = place.server.url();
    let args = [
        "--plain", "--server", &url, "--room", "lobby", "--nick", "me",
    ];
    let env = [("CHAT_TUI_STATE", state.to_str().unwrap())];
    let pty = Pty::spawn(PROGRAM, &args, &env, (120, 24), Answers::AtOnce);
    pty.wait_for_text("connected: in lobby as me");
    pty.send("/key\n");
    let own = shown.of_name("me");
    pty.wait_for_text(&format!("your key: {own}"));
    pty.wait_for_text(&format!("the server's key: {}", place.server.fingerprint()));
    pty.send("/whois Me\n");
    pty.wait_for_text(&format!("Me: {own}; so says the server"));
    pty.send("/whois nobody\n");
    pty.wait_for_text("nobody is not among the members here");
    pty.send("/quit\n");
    assert_eq!(pty.wait_exit(), Exit::Code(0));
}
