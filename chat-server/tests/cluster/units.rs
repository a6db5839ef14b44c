//! The units of systemd in `deploy/`, as `systemd-analyze` sees them.

use std::fs;
use std::io;
use std::process::Command;

/// The program that checks, of which only systems with systemd have one.
const PROGRAM: &str = "systemd-analyze";

/// What a unit may do at most, from 0 (nothing) to 100 (everything), as the program counts.
const EXPOSURE_MAX: &str = "15";

/// Both units, and under which name they are checked.
const UNITS: [(&str, &str); 2] = [
    (
        "chat-server.service",
        include_str!("../../../deploy/chat-server.service"),
    ),
    (
        "chat-server@7881.service",
        include_str!("../../../deploy/chat-server@.service"),
    ),
];

/// What the program says of a unit, and whether it is content; nothing where it is not installed.
fn analyze(name: &str, unit: &str, words: &[&str]) -> Option<(bool, String)> {
    let directory = tempfile::tempdir().unwrap();
    // It wants to see the program that is to be started.
    let installed = "/usr/local/bin/chat-server ";
    assert_eq!(unit.matches(installed).count(), 1);
    let here = format!("{} ", env!("CARGO_BIN_EXE_chat-server"));
    let file = directory.path().join(name);
    fs::write(&file, unit.replace(installed, &here)).unwrap();
    match Command::new(PROGRAM).args(words).arg(&file).output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8(said).unwrap()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            skip();
            None
        }
        Err(error) => panic!("{PROGRAM}: {error}"),
    }
}

#[expect(clippy::print_stdout, reason = "a test that is left out says why")]
fn skip() {
    println!("left out: there is no {PROGRAM} on a system without systemd");
}

#[test]
fn systemd_understands_every_word_of_the_units() {
    for (name, unit) in UNITS {
        let verify = ["verify", "--man=no"];
        let Some((is_right, said)) = analyze(name, unit, &verify) else {
            return;
        };
        assert!(is_right && !said.contains(name), "{said}");
        // It does see what is wrong.
        let misspelt = unit.replace("ProtectHome=", "ProtectHouse=");
        let (_, said) = analyze(name, &misspelt, &verify).unwrap();
        assert!(said.contains("ProtectHouse"), "{said}");
    }
}

#[test]
fn the_units_may_do_little() {
    for (name, unit) in UNITS {
        let threshold = format!("--threshold={EXPOSURE_MAX}");
        let security = ["security", "--no-pager", "--offline=true", &threshold];
        let Some((is_little, said)) = analyze(name, unit, &security) else {
            return;
        };
        assert!(is_little, "{said}");
        let open = unit.replace("CapabilityBoundingSet=\n", "");
        assert!(!analyze(name, &open, &security).unwrap().0);
    }
}

#[test]
fn a_unit_gives_the_server_the_time_to_let_its_clients_go() {
    for (name, unit) in UNITS {
        let after = |word: &str| -> u32 {
            let (_, rest) = unit.split_once(word).unwrap();
            let number = rest.split_whitespace().next().unwrap();
            number.parse().unwrap()
        };
        let (drain, stop) = (after("--drain "), after("TimeoutStopSec="));
        assert!(
            stop >= drain + 20,
            "{name}: {stop} s are too short for {drain} s"
        );
        assert!(unit.contains("\nKillSignal=SIGTERM\n"), "{name}");
    }
}
