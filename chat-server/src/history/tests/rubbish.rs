//! A sound database whose rows or tables somebody changed.

use protocol::names::TEXT_BYTES_MAX;

use super::super::OpenError;
use super::bounds::edit;
use super::*;

/// A history with one message in `lobby` and one in `other`, closed and then changed by `sql`.
fn changed(sql: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    desk.append(said(&room("lobby"), 1, 1)).unwrap();
    desk.append(said(&room("other"), 1, 1)).unwrap();
    desk.close();
    edit(directory.path(), sql);
    directory
}

/// What `sql` breaks in `lobby` is not answered, and the rest is.
#[track_caller]
fn check_lobby_breaks(sql: &str) {
    let directory = changed(sql);
    let mut desk = Desk::at(directory.path());
    for (name, answered) in [("lobby", false), ("other", true)] {
        let read = Read {
            ticket: desk.ticket(),
            query: Query::Join {
                room: room(name),
                from: From::Last,
                limit: 10,
                sender: (person(1), 0),
            },
        };
        desk.history.read(read).unwrap();
        let Reply::Found(found) = desk.reply() else {
            panic!("no answer");
        };
        assert_eq!(found.answer.is_some(), answered, "{name} after {sql}");
    }
}

#[test]
fn what_no_frame_could_carry_is_not_given() {
    let lobby = "FROM rooms WHERE address = 'lobby'";
    let message = format!("WHERE place >> 36 = (SELECT id {lobby})");
    for value in [
        "replace(hex(zeroblob(5000000)), '00', 'xx')".to_owned(),
        format!("replace(hex(zeroblob({TEXT_BYTES_MAX})), '00', 'x') || 'x'"),
        "char(27, 91, 50, 74)".to_owned(),
        "cast(x'ff' AS TEXT)".to_owned(),
    ] {
        check_lobby_breaks(&format!("UPDATE messages SET text = {value} {message}"));
        check_lobby_breaks(&format!("UPDATE messages SET nick = {value} {message}"));
        check_lobby_breaks(&format!(
            "UPDATE rooms SET topic = {value}, topic_nick = 'a', topic_time = 0 WHERE address = 'lobby'"
        ));
    }
    check_lobby_breaks("UPDATE rooms SET head_n = -1 WHERE address = 'lobby'");
    check_lobby_breaks("UPDATE rooms SET head_n = 1 << 36 WHERE address = 'lobby'");
}

#[test]
fn a_text_of_the_limit_is_given() {
    let directory = changed(&format!(
        "UPDATE messages SET text = replace(hex(zeroblob({TEXT_BYTES_MAX})), '00', 'x')"
    ));
    let mut desk = Desk::at(directory.path());
    let page = desk.page(&room("lobby"), Range::Last, 1);
    assert_eq!(page.messages[0].text.len(), TEXT_BYTES_MAX);
}

#[test]
fn other_tables_and_values_that_no_server_wrote_are_damage() {
    for sql in [
        "DROP TABLE presence",
        "DROP INDEX nicks_of_person",
        "ALTER TABLE messages DROP COLUMN time",
        "CREATE TRIGGER t AFTER INSERT ON messages BEGIN DELETE FROM messages; END",
        "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "DROP TABLE store; PRAGMA user_version = 0",
        "PRAGMA user_version = 0",
        "UPDATE store SET mark = -1",
        "UPDATE store SET mark = (1 << 53) - 1",
        "UPDATE store SET era = 9223372036854775807",
        "UPDATE store SET instance = x'00'",
    ] {
        let directory = changed(sql);
        let location = Location::Directory(directory.path().to_owned());
        let error = History::open(&location, NOW).unwrap_err();
        assert!(
            matches!(error, OpenError::Damaged { .. }),
            "{sql}: {error:?}"
        );
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    // What is there beside harms nobody.
    let directory = changed("CREATE TABLE notes (text TEXT); ANALYZE");
    Desk::at(directory.path());
}

#[test]
fn a_file_beside_it_that_counts_too_far_counts_as_missing() {
    let directory = changed("");
    let path = directory.path().join("instance");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(&format!("era {ERA}"), &format!("era {}", u64::MAX));
    std::fs::write(&path, text).unwrap();
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.era, ERA + 1);
    desk.append(said(&room("lobby"), 1, 2)).unwrap();
}
