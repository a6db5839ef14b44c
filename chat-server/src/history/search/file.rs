//! The file of the index: made, opened where it can be believed, and closed.
//!
//! Nothing waits for the disk, so that commits of the history never wait for the index. A process that dies leaves a sound file, as the
//! system keeps what was written; after a system that died it is made anew, which shows in the system's boot, unless a server had closed
//! it for good. Of which history it is shows in the last message of each room, as with a client that comes back.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Result, TransactionBehavior};

use super::following::Last;
use super::index::{COUNT_BITS, DRAWN_MAX, Index};
use super::{Place, Trouble, words};
use crate::history::{columns, directory, schema};

/// The index in the data directory.
const INDEX_FILE: &str = "search.db";

/// What the database puts beside it.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The version of the tables and words; another one is made anew.
const VERSION: i64 = 1;

/// Pages that are kept in memory, in KiB.
const CACHE_KIB: i64 = 4096;

/// The log is cut back to this many bytes.
const LOG_BYTES_KEPT: i64 = 8 * 1024 * 1024;

/// Messages below which nothing is done to keep an index over the next boot, as it is made anew as fast.
const REMADE_MESSAGES: i64 = 1_024;

/// The system's own name of its boot.
const BOOT_FILE: &str = "/proc/sys/kernel/random/boot_id";

const TABLES: &str = "
    CREATE TABLE state (
        id      INTEGER PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL,
        base    INTEGER NOT NULL,
        boot    TEXT NOT NULL,
        closed  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE rooms (
        id     INTEGER PRIMARY KEY,
        n      INTEGER NOT NULL,
        era    INTEGER NOT NULL,
        sender INTEGER NOT NULL,
        seq    INTEGER NOT NULL,
        time   INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE places (mark INTEGER PRIMARY KEY, place INTEGER NOT NULL) STRICT;
";

/// Opens the index of a history, or makes an empty one in its place; always that where the one that is there is spoiled.
pub(super) fn open(
    at: &Place,
    main: &Connection,
    spoiled: bool,
) -> std::result::Result<Index, Trouble> {
    let Place::Directory(directory) = at else {
        let db = tuned(Connection::open_in_memory()?)?;
        return Ok(make(db, false)?);
    };
    let path = directory.join(INDEX_FILE);
    if path.exists() {
        if !spoiled
            && let Some(index) = believed(&path)?
            && index.is_of(main).map_err(Trouble::Main)?
        {
            return Ok(index);
        }
        tracing::info!("the history is indexed for searches anew");
        remove(&path)?;
    }
    directory::open_private(&path)?;
    Ok(make(tuned(connect(&path)?)?, true)?)
}

/// The index that is there, unless it may have lost something or is damaged.
fn believed(path: &Path) -> std::result::Result<Option<Index>, Trouble> {
    read(path).or_else(|error| {
        let trouble = Trouble::Index(error);
        if trouble.is_damage() {
            tracing::warn!(%trouble, "the search index is damaged and is made anew");
            Ok(None)
        } else {
            Err(trouble)
        }
    })
}

fn read(path: &Path) -> Result<Option<Index>> {
    let db = tuned(connect(path)?)?;
    // A view in a table's place could keep a question busy for ever.
    let made = make(Connection::open_in_memory()?, false)?;
    if schema::objects(&db)? != schema::objects(&made.db)? {
        return Ok(None);
    }
    let state = db
        .query_row("SELECT version, base, boot, closed FROM state", [], |row| {
            let (version, base): (i64, i64) = (row.get(0)?, row.get(1)?);
            let (boot, closed): (String, bool) = (row.get(2)?, row.get(3)?);
            Ok((version, base, boot, closed))
        })
        .optional()?;
    let Some((version, base, boot, closed)) = state else {
        return Ok(None);
    };
    let survived = closed || (!boot.is_empty() && boot == this_boot());
    if version != VERSION || !survived {
        return Ok(None);
    }
    if closed {
        // On disk before anything else is written, or a half-written file would look like one that was closed.
        save(&db, "UPDATE state SET closed = 0, boot = ?1")?;
    }
    let last: Option<i64> = db.query_row("SELECT max(mark) FROM places", [], |row| row.get(0))?;
    let rooms = db
        .prepare("SELECT id, n, era, sender, seq, time FROM rooms")?
        .query_map([], |row| {
            let last = Last {
                n: columns::number(row, 1)?,
                stamp: [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?],
            };
            Ok((row.get(0)?, last))
        })?
        .collect::<Result<_>>()?;
    let index = Index {
        db,
        is_file: true,
        base,
        last: last.unwrap_or(base),
        rooms,
    };
    Ok(index.counts().then_some(index))
}

fn make(mut db: Connection, is_file: bool) -> Result<Index> {
    let base = drawn_base();
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(&format!(
        "CREATE VIRTUAL TABLE words USING fts5
             (text, content = '', columnsize = 0, detail = none, tokenize = '{}')",
        words::TOKENIZER
    ))?;
    let state = (VERSION, base, this_boot());
    transaction.execute("INSERT INTO state VALUES (1, ?1, ?2, ?3, 0)", state)?;
    transaction.commit()?;
    Ok(Index {
        db,
        is_file,
        base,
        last: base,
        rooms: BTreeMap::new(),
    })
}

/// Puts everything on disk, so that the file can be believed also after the system starts again.
pub(super) fn close(index: Index) {
    if !index.is_file || index.count() < REMADE_MESSAGES {
        return;
    }
    let closed = save(&index.db, "UPDATE state SET closed = 1, boot = ?1");
    let closed = closed.and_then(|()| index.db.close().map_err(|(_, error)| error));
    if let Err(error) = closed {
        tracing::debug!(%error, "the search index was not closed and may be made anew");
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

fn tuned(db: Connection) -> Result<Connection> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    db.pragma_update(None, "trusted_schema", false)?;
    // One connection alone uses the file, so its log needs no memory that is shared.
    db.pragma_update(None, "locking_mode", "exclusive")?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "off")?;
    db.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    db.pragma_update(None, "temp_store", "memory")?;
    Ok(db)
}

/// Lets everything survive a power failure, and then that `change` was made.
fn save(db: &Connection, change: &str) -> Result<()> {
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma(None, "wal_checkpoint", "truncate", |_| Ok(()))?;
    db.execute(change, [this_boot()])?;
    db.pragma(None, "wal_checkpoint", "truncate", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "off")
}

/// Removes an index and all that lies beside it.
fn remove(path: &Path) -> io::Result<()> {
    let beside = BESIDE.map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    });
    for file in beside.iter().map(PathBuf::as_path).chain([path]) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// The boot of this system; empty where it has no name.
fn this_boot() -> String {
    let boot = fs::read_to_string(BOOT_FILE).unwrap_or_default();
    boot.trim().to_owned()
}

/// The mark before the first one. Without random numbers it is the same for each index.
fn drawn_base() -> i64 {
    let mut drawn = [0; 2];
    if let Err(error) = getrandom::fill(&mut drawn) {
        tracing::warn!(%error, "the system gives no random numbers; an old page of a search may go on in a new index");
    }
    (i64::from(u16::from_be_bytes(drawn)) & DRAWN_MAX) << COUNT_BITS
}
