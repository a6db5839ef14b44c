//! Eras: a kill never raises one, a copy always does.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::process::{Command, Stdio};

use protocol::position::Anchor;

use super::*;

/// Names the directory to the child that is killed.
const CHILD: &str = "CHAT_HISTORY_CHILD";

/// The child's part of the next test; without its variable it does nothing.
#[test]
fn child_that_is_killed() {
    let Ok(directory) = std::env::var(CHILD) else {
        return;
    };
    let mut desk = Desk::at(Path::new(&directory));
    let lobby = room("lobby");
    let mut next = desk.join(&lobby, From::Last, 0).next_seq;
    loop {
        desk.append_all((next..next + 7).map(|seq| said(&lobby, 1, seq)));
        next += 7;
        writeln!(std::io::stdout(), "acknowledged {}", next - 1).unwrap();
    }
}

/// Runs the child until it has `lines` lines of acknowledged messages behind it, kills it, and gives the last one.
fn run_and_kill(directory: &Path, lines: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "history::tests::eras::child_that_is_killed",
            "--nocapture",
        ])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let acknowledged = output
        .lines()
        .filter_map(|line| line.unwrap().split("acknowledged ").nth(1)?.parse().ok())
        .nth(lines)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged
}

#[test]
fn a_killed_server_keeps_what_it_acknowledged_and_its_era() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    // The last round is long enough for checkpoints.
    for lines in [0, 3, 30, 400] {
        let acknowledged = run_and_kill(directory.path(), lines);
        let mut desk = Desk::at(directory.path());
        let join = desk.join(&lobby, From::Last, 1);
        assert!(
            join.head.n >= acknowledged,
            "{} {acknowledged}",
            join.head.n
        );
        assert_eq!(join.next_seq, join.head.n + 1);
        assert_eq!(join.head.era, desk.restored.era);
        desk.close();
    }
    let first = Desk::at(directory.path()).restored.era;
    assert_eq!(run_and_kill(directory.path(), 0).min(1), 1);
    assert_eq!(Desk::at(directory.path()).restored.era, first);
}

#[test]
fn restarts_stay_in_the_era() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let later = Desk::open(
            &Location::Directory(directory.path().to_owned()),
            NOW + 60_000,
        );
        assert_eq!(later.restored.era, ERA + 60);
        later.close();
        // Dropped without a word, as by a panic of the hub.
        Desk::at(directory.path());
    }
}

/// A history with `count` messages in a room that is closed.
fn history_with(directory: &Path, count: u64) {
    let mut desk = Desk::at(directory);
    let lobby = room("lobby");
    let next = desk.join(&lobby, From::Last, 0).next_seq;
    desk.append_all((next..=count).map(|seq| said(&lobby, 1, seq)));
    desk.close();
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match fs::copy(entry.path(), to.join(entry.file_name())) {
            // The index and what is renamed over another file come and go.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            copied => drop(copied.unwrap()),
        }
    }
}

#[test]
fn a_backup_that_is_put_back_begins_a_new_era() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    history_with(directory.path(), 5);
    let database = directory.path().join("chat.db");
    let backup = directory.path().join("backup");
    fs::copy(&database, &backup).unwrap();
    history_with(directory.path(), 8);
    fs::remove_file(&database).unwrap();
    fs::rename(&backup, &database).unwrap();

    let mut desk = Desk::at(directory.path());
    let era = ERA + 1;
    assert_eq!(desk.restored.era, era);
    let join = desk.join(&lobby, From::Last, 1);
    assert_eq!(join.head, Position::new(ERA, 5));
    // The same number as before, and yet another position.
    let appended = desk.append(said(&lobby, 1, 6)).unwrap();
    assert_eq!(appended.position, Position::new(era, 6));
    let lost = Anchor {
        position: Position::new(ERA, 6),
        id: Some(said(&lobby, 1, 6).id),
    };
    let forked = desk.join(&lobby, From::After(lost), 1);
    assert!(!forked.known);
    assert_eq!(forked.kept, Some(Position::new(ERA, 5)));
    for seq in 7..=20 {
        desk.append(said(&lobby, 1, seq)).unwrap();
    }
    let long_lost = Anchor {
        position: Position::new(ERA, 8),
        id: Some(said(&lobby, 1, 8).id),
    };
    let forked = desk.join(&lobby, From::After(long_lost), 1);
    assert_eq!(
        forked.kept,
        Some(Position::new(ERA, 5)),
        "whatever came since"
    );
    let foreign = Anchor {
        position: Position::new(ERA, 4),
        id: Some(said(&lobby, 2, 1).id),
    };
    let forked = desk.join(&lobby, From::After(foreign), 1);
    assert_eq!(
        (forked.known, forked.kept),
        (false, None),
        "another store of the same second"
    );
    let common = Anchor {
        position: Position::new(ERA, 5),
        id: Some(said(&lobby, 1, 5).id),
    };
    let resumed = desk.join(&lobby, From::After(common), 9);
    assert!(resumed.known);
    assert_eq!(resumed.head, Position::new(era, 20));
    desk.close();
    assert_eq!(Desk::at(directory.path()).restored.era, era);
}

#[test]
fn a_backup_written_over_the_database_in_place_begins_a_new_era() {
    let directory = tempfile::tempdir().unwrap();
    history_with(directory.path(), 5);
    let database = directory.path().join("chat.db");
    let backup = fs::read(&database).unwrap();
    // Not even a message more: the marks alone tell.
    history_with(directory.path(), 5);
    fs::write(&database, backup).unwrap();
    assert_eq!(Desk::at(directory.path()).restored.era, ERA + 1);
}

#[test]
fn a_copied_directory_is_another_store() {
    let directory = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    history_with(directory.path(), 5);
    copy_all(directory.path(), copy.path());
    let now = NOW + 100_000;
    let desk = Desk::open(&Location::Directory(copy.path().to_owned()), now);
    assert_eq!(desk.restored.era, now / 1000);
    assert_eq!(Desk::at(directory.path()).restored.era, ERA);
}

#[test]
fn a_copy_made_in_mid_traffic_is_whole_and_another_store() {
    let directory = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let lobby = room("lobby");
    desk.append_all((1..=50).map(|seq| said(&lobby, 1, seq)));
    copy_all(directory.path(), copy.path());
    let mut other = Desk::at(copy.path());
    assert_eq!(other.restored.era, ERA + 1);
    assert_eq!(
        other.join(&lobby, From::Last, 1).head,
        Position::new(ERA, 50)
    );
}

#[test]
fn a_log_is_not_applied_to_a_backup_that_is_put_in_its_databases_place() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    history_with(directory.path(), 5);
    let database = directory.path().join("chat.db");
    let backup = directory.path().join("backup");
    fs::copy(&database, &backup).unwrap();
    history_with(directory.path(), 3000);
    run_and_kill(directory.path(), 20);
    assert!(
        fs::metadata(directory.path().join("chat.db-wal"))
            .unwrap()
            .len()
            > 0
    );
    fs::rename(&backup, &database).unwrap();
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.era, ERA + 1);
    assert_eq!(desk.join(&lobby, From::Last, 1).head, Position::new(ERA, 5));
    assert!(directory.path().join("chat.db-wal.stray").exists());
}

#[test]
fn a_lost_log_begins_a_new_era() {
    // Long enough for a checkpoint, after which the marks alone would tell nothing.
    for (lines, checkpoint) in [(1, false), (4500, true)] {
        let directory = tempfile::tempdir().unwrap();
        history_with(directory.path(), 5);
        let bytes = || {
            fs::metadata(directory.path().join("chat.db"))
                .unwrap()
                .len()
        };
        let before = bytes();
        run_and_kill(directory.path(), lines);
        assert_eq!(bytes() > before, checkpoint);
        fs::remove_file(directory.path().join("chat.db-wal")).unwrap();
        assert_eq!(Desk::at(directory.path()).restored.era, ERA + 1);
    }
}

#[test]
fn a_log_that_is_removed_after_an_orderly_end_is_no_loss() {
    let directory = tempfile::tempdir().unwrap();
    history_with(directory.path(), 5);
    fs::remove_file(directory.path().join("chat.db-wal")).unwrap();
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.era, ERA);
    assert_eq!(desk.join(&room("lobby"), From::Last, 1).head.n, 5);
}

#[test]
fn a_missing_or_broken_instance_file_begins_a_new_era() {
    let directory = tempfile::tempdir().unwrap();
    history_with(directory.path(), 5);
    let instance = directory.path().join("instance");
    fs::remove_file(&instance).unwrap();
    history_with(directory.path(), 6);
    fs::write(&instance, "chat-server instance 1\ntoken ?").unwrap();
    assert_eq!(Desk::at(directory.path()).restored.era, ERA + 2);
}

#[test]
fn a_new_database_beside_an_old_instance_file_has_a_higher_era() {
    let directory = tempfile::tempdir().unwrap();
    history_with(directory.path(), 5);
    fs::remove_file(directory.path().join("chat.db")).unwrap();
    assert_eq!(Desk::at(directory.path()).restored.era, ERA + 1);
}
