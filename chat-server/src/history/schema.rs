//! The tables, and how an older database becomes one of this version.

use std::collections::BTreeSet;

use rusqlite::{Connection, Result};

use super::place;
use crate::faults::{self, Point};

/// Marks a database as a history (`chat` in ASCII), so that no other program's file is ever written to.
const APPLICATION_ID: i64 = 0x6368_6174;

/// The steps from each version to the next; a database's version is the number of steps that it has behind it.
///
/// A step that was ever released stays as it is; a change is a new step at the end.
pub(super) const STEPS: &[&str] = &[FIRST, NICKS_IN_USE];

/// `place` is explained in `place.rs`, an address in `columns.rs`.
///
/// Messages name their sender by a number, and with it the index that finds retries takes 8 bytes a message instead of 25.
/// The last seq stands with the sender and not only in its messages, as it outlives them.
const FIRST: &str = "
    CREATE TABLE store (
        id        INTEGER PRIMARY KEY CHECK (id = 1),
        instance  BLOB NOT NULL,
        mark      INTEGER NOT NULL,
        era       INTEGER NOT NULL,
        tables    TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE rooms (
        id          INTEGER PRIMARY KEY,
        address     ANY NOT NULL UNIQUE,
        head_era    INTEGER NOT NULL,
        head_n      INTEGER NOT NULL,
        topic       TEXT,
        topic_nick  TEXT,
        topic_time  INTEGER
    ) STRICT;
    CREATE TABLE senders (
        id      INTEGER PRIMARY KEY,
        room    INTEGER NOT NULL,
        person  BLOB NOT NULL,
        device  INTEGER NOT NULL,
        last    INTEGER NOT NULL,
        UNIQUE (room, person, device)
    ) STRICT;
    CREATE TABLE messages (
        place      INTEGER PRIMARY KEY,
        era        INTEGER NOT NULL,
        sender     INTEGER NOT NULL,
        seq        INTEGER NOT NULL,
        nick       TEXT NOT NULL,
        time       INTEGER NOT NULL,
        kind       INTEGER NOT NULL,
        text       TEXT NOT NULL,
        reply_era  INTEGER,
        reply_n    INTEGER,
        UNIQUE (sender, seq)
    ) STRICT;
    CREATE TABLE talks (
        person   BLOB NOT NULL,
        address  BLOB NOT NULL,
        nick     TEXT NOT NULL,
        PRIMARY KEY (person, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE nicks (
        skeleton  TEXT PRIMARY KEY,
        nick      TEXT NOT NULL,
        person    BLOB NOT NULL,
        key       BLOB NOT NULL,
        first     INTEGER NOT NULL,
        last      INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX nicks_of_person ON nicks (person, last);
    CREATE TABLE presence (
        address  ANY NOT NULL,
        person   BLOB NOT NULL,
        nick     TEXT NOT NULL,
        guest    INTEGER NOT NULL,
        PRIMARY KEY (address, person)
    ) STRICT, WITHOUT ROWID;
";

/// When a nick was last used is counted in the time that servers have served, in milliseconds; the columns `first` and `last` are the
/// wall clock's. A nick of before counts as used when this step was done. Who had a nick before is kept once for each nick, so it is
/// bounded by them.
const NICKS_IN_USE: &str = "
    ALTER TABLE store ADD COLUMN served INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE nicks ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE nicks ADD COLUMN former BLOB;
    ALTER TABLE nicks ADD COLUMN former_until INTEGER;
    ALTER TABLE nicks ADD COLUMN taken INTEGER;
    ALTER TABLE presence ADD COLUMN former BLOB;
    ALTER TABLE presence ADD COLUMN former_until INTEGER;
    ALTER TABLE presence ADD COLUMN taken INTEGER;
";

/// What a file turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// Nothing is in it yet.
    Empty,
    /// A history of this or an older version.
    History,
    /// A history of a newer version.
    Newer {
        /// Its version.
        found: i64,
        /// The last version that this program knows.
        known: i64,
    },
    /// Another program's database.
    Foreign,
}

/// What the database is; nothing is written.
pub(super) fn nature(connection: &Connection) -> Result<Nature> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    let known = version_after(STEPS);
    let found = version(connection)?;
    Ok(match (application, tables) {
        (0, 0) if found == 0 => Nature::Empty,
        (APPLICATION_ID, _) if found > known => Nature::Newer { found, known },
        (APPLICATION_ID, _) => Nature::History,
        _ => Nature::Foreign,
    })
}

/// Brings the database to the version after `steps`. Belongs into a transaction, so that it is done whole or not at
/// all.
pub(super) fn migrate(transaction: &Connection, steps: &[&str]) -> Result<()> {
    let done = usize::try_from(version(transaction)?).unwrap_or(usize::MAX);
    for step in steps.iter().skip(done) {
        transaction.execute_batch(step)?;
        faults::point(Point::Migration);
    }
    if done < steps.len() {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version_after(steps))?;
    }
    Ok(())
}

/// Whether the tables and indices are those that `steps` make, and nothing beside them acts by itself: `ok`, or what is wrong.
/// A view in a table's place could keep a question busy for ever, and a trigger change what a batch wrote.
pub(super) fn check_tables(connection: &Connection, steps: &[&str]) -> Result<String> {
    let made = Connection::open_in_memory()?;
    migrate(&made, steps)?;
    let (due, found) = (objects(&made)?, objects(connection)?);
    let acts = |object: &Object| matches!(object.0.as_str(), "view" | "trigger");
    Ok(if due.iter().any(|object| !found.contains(object)) {
        "a table is missing or was changed".to_owned()
    } else if found.iter().any(acts) {
        "it has views or triggers that are not of this program".to_owned()
    } else {
        "ok".to_owned()
    })
}

/// Type, name, and the statement that made it with one blank between words, so that how a step is laid out means nothing.
pub(super) type Object = (String, String, Option<String>);

/// All tables, indices, views and triggers.
pub(super) fn objects(connection: &Connection) -> Result<BTreeSet<Object>> {
    connection
        .prepare("SELECT type, name, sql FROM sqlite_schema")?
        .query_map([], |row| {
            let sql: Option<String> = row.get(2)?;
            let words = |sql: String| sql.split_whitespace().collect::<Vec<_>>().join(" ");
            Ok((row.get(0)?, row.get(1)?, sql.map(words)))
        })?
        .collect()
}

/// Whether each room's last message is there: `ok`, or what is wrong. A room whose messages are all gone passes.
pub(super) fn check_heads(connection: &Connection) -> Result<String> {
    let wrong: i64 = connection.query_row(
        "SELECT count(*) FROM (
             SELECT r.head_n AS head, (SELECT max(m.place) FROM messages m WHERE m.place BETWEEN r.id << ?1 AND (r.id << ?1) + ?2) & ?2 AS last
             FROM rooms r
         ) WHERE last <> head",
        (place::N_BITS, place::N_MAX.cast_signed()),
        |row| row.get(0),
    )?;
    Ok(match wrong {
        0 => "ok".to_owned(),
        rooms => format!("the last messages of {rooms} rooms are missing"),
    })
}

fn version(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |r| r.get(0))
}

fn version_after(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}
