//! Files that are missing, foreign, broken, newer or in use.

use std::fs;

use rusqlite::Connection;

use super::super::OpenError;
use super::super::schema::{self, Nature};
use super::*;

#[track_caller]
fn refused(directory: &Path) -> OpenError {
    match History::open(&Location::Directory(directory.to_owned()), NOW) {
        Ok(_) => panic!("opened"),
        Err(error) => {
            let sentence = error.to_string();
            assert!(sentence.contains(directory.to_str().unwrap()), "{sentence}");
            assert!(!sentence.contains('\n'), "{sentence}");
            error
        }
    }
}

/// A closed history with some messages in it.
fn some_history() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let lobby = room("lobby");
    desk.append_all((1..=500).map(|seq| said(&lobby, 1, seq)));
    desk.close();
    directory
}

#[test]
fn everything_is_there_after_a_restart() {
    let directory = some_history();
    let lobby = room("lobby");
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.era, ERA);
    let expected: Vec<_> = (401..=500)
        .map(|seq| as_message(&said(&lobby, 1, seq), Position::new(ERA, seq)))
        .collect();
    assert_eq!(desk.page(&lobby, Range::Last, 100).messages, expected);
    assert_eq!(desk.append(said(&lobby, 1, 501)), fresh(501, NOW + 501));
}

#[test]
fn a_missing_directory_is_made_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("a/b");
    let mut desk = Desk::at(&directory);
    desk.append(said(&room("lobby"), 1, 1)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode(&directory), 0);
    for file in ["chat.db", "chat.db-wal", "chat.db-shm", "lock"] {
        assert_eq!(mode(&directory.join(file)), 0, "{file}");
    }
}

#[test]
fn a_directory_below_a_file_cannot_be_written() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let error = refused(&file.join("data"));
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error:?}");
    let error = refused(&file);
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error:?}");
}

#[test]
fn a_directory_in_the_place_of_the_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("chat.db")).unwrap();
    let error = refused(directory.path());
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error:?}");
}

#[test]
fn a_second_server_is_kept_off() {
    let directory = tempfile::tempdir().unwrap();
    let first = Desk::at(directory.path());
    let error = refused(directory.path());
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    first.close();
    Desk::at(directory.path());
}

#[test]
fn garbage_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("chat.db"),
        "not a database ".repeat(1000),
    )
    .unwrap();
    let error = refused(directory.path());
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_cut_or_overwritten_database_is_damaged() {
    for size in [100, 4096, 8192, 20_000] {
        let directory = some_history();
        let file = fs::File::options()
            .write(true)
            .open(directory.path().join("chat.db"))
            .unwrap();
        file.set_len(size).unwrap();
        let error = refused(directory.path());
        assert!(
            matches!(error, OpenError::Damaged { .. }),
            "{size}: {error:?}"
        );
    }
    let directory = some_history();
    let path = directory.path().join("chat.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let error = refused(directory.path());
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_missing_last_message_is_damage_also_where_not_all_is_read() {
    let directory = some_history();
    let db = Connection::open(directory.path().join("chat.db")).unwrap();
    assert_eq!(schema::check_heads(&db).unwrap(), "ok");
    db.execute_batch("DELETE FROM messages WHERE seq = 500")
        .unwrap();
    assert_eq!(
        schema::check_heads(&db).unwrap(),
        "the last messages of 1 rooms are missing"
    );
    db.execute_batch("DELETE FROM messages").unwrap();
    assert_eq!(schema::check_heads(&db).unwrap(), "ok");
}

#[test]
fn another_programs_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("chat.db");
    let db = Connection::open(&path).unwrap();
    db.execute_batch("CREATE TABLE things (a)").unwrap();
    drop(db);
    let before = fs::read(&path).unwrap();
    let error = refused(directory.path());
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_database_is_left_alone() {
    let directory = some_history();
    bounds::edit(directory.path(), "PRAGMA user_version = 99");
    let error = refused(directory.path());
    let known = i64::try_from(schema::STEPS.len()).unwrap();
    assert!(
        matches!(error, OpenError::Newer { found: 99, known: k, .. } if k == known),
        "{error:?}"
    );
}

/// The next version, as it might come: every message gets a length.
const NEXT: &str = "
    ALTER TABLE messages ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    UPDATE messages SET bytes = octet_length(text);
";

#[test]
fn an_older_database_becomes_one_of_the_next_version() {
    let directory = some_history();
    let mut db = Connection::open(directory.path().join("chat.db")).unwrap();
    let steps: Vec<&str> = schema::STEPS.iter().copied().chain([NEXT]).collect();
    let transaction = db.transaction().unwrap();
    schema::migrate(&transaction, &steps).unwrap();
    transaction.commit().unwrap();
    let bytes: i64 = db
        .query_row("SELECT sum(bytes) FROM messages", [], |row| row.get(0))
        .unwrap();
    let expected: usize = (1..=500).map(|seq| format!("1 says {seq}").len()).sum();
    assert_eq!(bytes, i64::try_from(expected).unwrap());
    assert_eq!(
        schema::nature(&db).unwrap(),
        Nature::Newer {
            found: i64::try_from(steps.len()).unwrap(),
            known: i64::try_from(schema::STEPS.len()).unwrap()
        }
    );
    // Once done it is not done again.
    schema::migrate(&db, &steps).unwrap();
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let directory = some_history();
    let mut db = Connection::open(directory.path().join("chat.db")).unwrap();
    let steps: Vec<&str> = schema::STEPS
        .iter()
        .copied()
        .chain([NEXT, "INSERT INTO nowhere VALUES (1)"])
        .collect();
    let transaction = db.transaction().unwrap();
    schema::migrate(&transaction, &steps).unwrap_err();
    drop(transaction);
    drop(db);
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.join(&room("lobby"), From::Last, 1).head.n, 500);
}
