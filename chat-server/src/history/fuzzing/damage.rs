//! Damage: bytes of files, rows and tables of the database.

use std::path::Path;

use arbitrary::{Arbitrary as _, Result, Unstructured};
use rusqlite::Connection;

use super::Files;

/// Changes of the files together.
const CHANGES_MAX: usize = 12;

/// Tables with their columns.
const COLUMNS: [(&str, &str); 41] = [
    ("store", "id"),
    ("store", "instance"),
    ("store", "mark"),
    ("store", "era"),
    ("store", "tables"),
    ("store", "served"),
    ("rooms", "id"),
    ("rooms", "address"),
    ("rooms", "head_era"),
    ("rooms", "head_n"),
    ("rooms", "topic"),
    ("rooms", "topic_nick"),
    ("rooms", "topic_time"),
    ("senders", "room"),
    ("senders", "person"),
    ("senders", "device"),
    ("senders", "last"),
    ("messages", "place"),
    ("messages", "era"),
    ("messages", "sender"),
    ("messages", "seq"),
    ("messages", "nick"),
    ("messages", "time"),
    ("messages", "kind"),
    ("messages", "text"),
    ("messages", "reply_n"),
    ("talks", "person"),
    ("talks", "address"),
    ("talks", "nick"),
    ("nicks", "skeleton"),
    ("nicks", "nick"),
    ("nicks", "person"),
    ("nicks", "used"),
    ("nicks", "former"),
    ("nicks", "former_until"),
    ("nicks", "taken"),
    ("presence", "address"),
    ("presence", "nick"),
    ("presence", "former"),
    ("presence", "former_until"),
    ("presence", "taken"),
];

const VALUES: [&str; 18] = [
    "NULL",
    "0",
    "-1",
    "1",
    "65536",
    "9223372036854775807",
    "-9223372036854775808",
    "9007199254740993",
    "1e300",
    "''",
    "'two words'",
    "char(27, 91, 50, 74, 10, 8238, 0)",
    "x'00'",
    "zeroblob(32)",
    "zeroblob(300000)",
    "cast(zeroblob(300000) AS TEXT)",
    "replace(hex(zeroblob(150000)), '00', 'xx')",
    "cast(x'ff' AS TEXT)",
];

/// What somebody with a tool could do to the tables.
const STATEMENTS: [&str; 14] = [
    "DROP TABLE presence",
    "DROP TABLE messages",
    "DROP INDEX nicks_of_person",
    "DELETE FROM store",
    "DELETE FROM rooms",
    "DELETE FROM senders",
    "DELETE FROM messages WHERE place % 3 = 1",
    "PRAGMA user_version = 9223372036",
    "PRAGMA user_version = -1",
    "PRAGMA application_id = 0",
    "INSERT INTO rooms SELECT id + 100, address || id, head_era, head_n + 9, topic, topic_nick, topic_time FROM rooms",
    "ALTER TABLE messages DROP COLUMN time",
    "CREATE TRIGGER t AFTER INSERT ON messages BEGIN DELETE FROM messages; END",
    "ALTER TABLE messages RENAME TO m; CREATE VIEW messages AS
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
     SELECT m.* FROM m, n WHERE n.i < 0",
];

/// Flips, cuts, repeats and fills in bytes of the files.
pub(super) fn files(files: &mut Files, bytes: &mut Unstructured<'_>) -> Result<()> {
    if files.is_empty() {
        files.push(("chat.db", bytes.bytes(bytes.len())?.to_vec()));
        return Ok(());
    }
    for _ in 0..CHANGES_MAX {
        if bytes.is_empty() {
            break;
        }
        let count = files.len();
        let at = usize::from(u8::arbitrary(bytes)?) % count;
        let Some((_, file)) = files.get_mut(at) else {
            break;
        };
        // Most of the fields that matter stand at the begin of a page.
        let wide = usize::try_from(u32::arbitrary(bytes)?).unwrap_or_default();
        let place = if bytes.ratio(1, 2)? {
            wide & !0xfff | wide & 0x7f
        } else {
            wide
        };
        change(file, place % file.len().max(1), bytes)?;
    }
    Ok(())
}

fn change(file: &mut Vec<u8>, place: usize, bytes: &mut Unstructured<'_>) -> Result<()> {
    let length = usize::from(u8::arbitrary(bytes)?);
    let end = place.saturating_add(length).min(file.len());
    match u8::arbitrary(bytes)? % 8 {
        0 => file.truncate(place),
        1 => drop(file.drain(place..end)),
        2 => {
            let more = bytes.bytes(length.min(bytes.len()))?.to_vec();
            drop(file.splice(place..place, more));
        }
        3 => {
            let copy = file.get(place..end).unwrap_or_default().to_vec();
            file.extend(copy);
        }
        4 => {
            let with = u8::arbitrary(bytes)?;
            file.get_mut(place..end).unwrap_or_default().fill(with);
        }
        _ => {
            if let Some(byte) = file.get_mut(place) {
                *byte ^= u8::arbitrary(bytes)?.max(1);
            }
        }
    }
    Ok(())
}

/// Writes rubbish into rows of a sound database, and changes tables.
pub(super) fn rows(database: &Path, bytes: &mut Unstructured<'_>) -> Result<()> {
    let db = Connection::open(database).expect("opens");
    let run = |sql: &str| {
        // What the database itself refuses is no damage.
        drop(db.execute_batch(sql));
    };
    run("PRAGMA ignore_check_constraints = 1");
    if bytes.ratio(1, 2)? {
        // From here on any column takes any type.
        run("PRAGMA writable_schema = 1;
             UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT, ', ''), 'STRICT', '');
             PRAGMA writable_schema = RESET");
    }
    for _ in 0..CHANGES_MAX {
        if bytes.is_empty() {
            break;
        }
        if bytes.ratio(1, 6)? {
            run(bytes.choose(&STATEMENTS)?);
            continue;
        }
        let (table, column) = *bytes.choose(&COLUMNS)?;
        let value = bytes.choose(&VALUES)?;
        let rows = *bytes.choose(&["", " WHERE rowid % 2 = 0", " WHERE rowid = 1"])?;
        run(&format!(
            "UPDATE OR REPLACE {table} SET {column} = {value}{rows}"
        ));
    }
    Ok(())
}
