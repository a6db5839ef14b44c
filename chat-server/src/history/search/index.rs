//! The file of the index: what it knows of each message, and whether it can be believed.
//!
//! Messages are counted up in the order in which they are added, and found in falling order. Texts are not in it, nor where a word stands in one;
//! a word is a list of numbers, the room of a message is one of its words, and a second table leads from numbers to places.
//!
//! Nothing waits for the disk, so that commits of the history never wait for the index. A process that dies leaves a sound file, as the
//! system keeps what was written; after a system that died it is made anew, which shows in the system's boot, unless a server had closed
//! it for good.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Result, TransactionBehavior};

use super::following::Said;
use super::{Place, Trouble, words};
use crate::history::instance::Stored;
use crate::history::{columns, directory, place, schema};

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

/// Bits of a mark that count the messages of one index. Those above are drawn for each index, so that no mark of one that is gone is taken
/// for one of another; together they have 52.
const COUNT_BITS: u32 = 40;

/// What is drawn for an index, at most.
const BASE_MAX: i64 = 0xfff;

/// The system's own name of its boot.
const BOOT_FILE: &str = "/proc/sys/kernel/random/boot_id";

const TABLES: &str = "
    CREATE TABLE state (
        id      INTEGER PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL,
        store   BLOB NOT NULL,
        era     INTEGER NOT NULL,
        base    INTEGER NOT NULL,
        boot    TEXT NOT NULL,
        closed  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE rooms (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
    CREATE TABLE places (mark INTEGER PRIMARY KEY, place INTEGER NOT NULL) STRICT;
";

/// An open index.
#[derive(Debug)]
pub(in crate::history) struct Index {
    db: Connection,
    /// Where it lies; nothing in memory.
    file: Option<PathBuf>,
    /// The mark before the first one.
    base: i64,
    /// The last mark.
    last: i64,
    /// The last message of each room that it has.
    rooms: BTreeMap<i64, u64>,
}

impl Index {
    /// Opens the index of a store, or makes an empty one in its place.
    pub(super) fn open(of: &Place) -> std::result::Result<Self, Trouble> {
        let Some(directory) = &of.directory else {
            let db = tuned(Connection::open_in_memory()?)?;
            return Ok(Self::make(db, None, of.store)?);
        };
        let path = directory.join(INDEX_FILE);
        if path.exists() {
            match Self::open_file(&path, of.store) {
                Ok(Some(index)) => return Ok(index),
                Ok(None) => tracing::info!("the history is indexed for searches anew"),
                Err(error) => {
                    let trouble = Trouble::Index(error);
                    if !trouble.is_damage() {
                        return Err(trouble);
                    }
                    tracing::warn!(%trouble, "the search index is damaged and is made anew");
                }
            }
            remove(&path)?;
        }
        directory::open_private(&path)?;
        let db = tuned(open(&path)?)?;
        Ok(Self::make(db, Some(path), of.store)?)
    }

    /// The index that is there, unless it is of another store or cannot be believed.
    fn open_file(path: &Path, store: Stored) -> Result<Option<Self>> {
        let db = tuned(open(path)?)?;
        // A view in a table's place could keep a question busy for ever.
        let made = Self::make(Connection::open_in_memory()?, None, store)?;
        if schema::objects(&db)? != schema::objects(&made.db)? {
            return Ok(None);
        }
        let found = db
            .query_row(
                "SELECT version, store, era, base, boot, closed FROM state",
                [],
                |row| {
                    let of = (
                        row.get(0)?,
                        row.get(1).map(u128::from_be_bytes)?,
                        columns::number(row, 2)?,
                    );
                    Ok((
                        of,
                        row.get(3)?,
                        row.get::<_, String>(4)?,
                        row.get::<_, bool>(5)?,
                    ))
                },
            )
            .optional()?;
        let Some((of, base, boot, closed)) = found else {
            return Ok(None);
        };
        let survived = closed || (!boot.is_empty() && boot == this_boot());
        if of != (VERSION, store.token, store.era) || !survived {
            return Ok(None);
        }
        if closed {
            // On disk before anything else is written, or a half-written file would look like one that was closed.
            saved(&db, "UPDATE state SET closed = 0, boot = ?1")?;
        }
        let last: Option<i64> =
            db.query_row("SELECT max(mark) FROM places", [], |row| row.get(0))?;
        let rooms = db
            .prepare("SELECT id, n FROM rooms")?
            .query_map([], |row| Ok((row.get(0)?, columns::number(row, 1)?)))?
            .collect::<Result<_>>()?;
        let index = Self {
            db,
            file: Some(path.to_owned()),
            base,
            last: last.unwrap_or(base),
            rooms,
        };
        Ok(index.counts().then_some(index))
    }

    fn make(mut db: Connection, file: Option<PathBuf>, store: Stored) -> Result<Self> {
        let base = drawn_base();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(TABLES)?;
        transaction.execute_batch(&format!(
            "CREATE VIRTUAL TABLE words USING fts5
                 (words, content = '', columnsize = 0, detail = none, tokenize = '{}')",
            words::TOKENIZER
        ))?;
        transaction.execute(
            "INSERT INTO state VALUES (1, ?1, ?2, ?3, ?4, ?5, 0)",
            (
                VERSION,
                store.token.to_be_bytes(),
                store.era.cast_signed(),
                base,
                this_boot(),
            ),
        )?;
        transaction.commit()?;
        Ok(Self {
            db,
            file,
            base,
            last: base,
            rooms: BTreeMap::new(),
        })
    }

    /// Whether its marks are such as it gives out.
    fn counts(&self) -> bool {
        let is_base = self.base & ((1 << COUNT_BITS) - 1) == 0;
        is_base
            && (0..=BASE_MAX).contains(&(self.base >> COUNT_BITS))
            && self.last >= self.base
            && self.last >> COUNT_BITS == self.base >> COUNT_BITS
    }

    /// The last message of each room that it has.
    pub(super) const fn rooms(&self) -> &BTreeMap<i64, u64> {
        &self.rooms
    }

    /// Whether this index may have given a mark.
    pub(super) fn gave(&self, mark: u64) -> bool {
        i64::try_from(mark).is_ok_and(|mark| mark >> COUNT_BITS == self.base >> COUNT_BITS)
    }

    /// Adds messages, all or none.
    pub(super) fn add(&mut self, messages: &[Said]) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut rooms = BTreeMap::new();
        let mut last = self.last;
        for message in messages {
            last += 1;
            let room = place::room(message.place);
            transaction
                .prepare_cached("INSERT INTO words (rowid, words) VALUES (?1, ?2)")?
                .execute((last, words::of_text(&message.text, room)))?;
            transaction
                .prepare_cached("INSERT INTO places VALUES (?1, ?2)")?
                .execute((last, message.place))?;
            rooms.insert(room, place::number(message.place));
        }
        for (room, n) in &rooms {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO rooms VALUES (?1, ?2)")?
                .execute((room, n.cast_signed()))?;
        }
        transaction.commit()?;
        self.last = last;
        self.rooms.extend(rooms);
        Ok(())
    }

    /// Goes through the messages that have all words of `wanted`, below the mark `next`, from the newest on: gives `each` its mark and its place
    /// until that says no.
    pub(super) fn find(
        &self,
        wanted: &str,
        next: Option<u64>,
        mut each: impl FnMut(u64, i64) -> std::result::Result<bool, Trouble>,
    ) -> std::result::Result<(), Trouble> {
        let end = self.base + (1 << COUNT_BITS);
        let next = next.map_or(end, |next| next.cast_signed().min(end));
        let mut statement = self.db.prepare_cached(
            "SELECT w.rowid, p.place FROM words w CROSS JOIN places p ON p.mark = w.rowid
             WHERE words MATCH ?1 AND w.rowid > ?2 AND w.rowid < ?3 ORDER BY w.rowid DESC",
        )?;
        let mut rows = statement.query((wanted, self.base, next))?;
        while let Some(row) = rows.next()? {
            if !each(columns::number(row, 0)?, row.get(1)?)? {
                break;
            }
        }
        Ok(())
    }

    /// Puts everything on disk, so that the file can be believed also after the system starts again. An empty one is made
    /// anew as fast.
    pub(super) fn close(self) {
        if self.file.is_none() || self.last == self.base {
            return;
        }
        let closed = saved(&self.db, "UPDATE state SET closed = 1, boot = ?1");
        let closed = closed.and_then(|()| self.db.close().map_err(|(_, error)| error));
        if let Err(error) = closed {
            tracing::debug!(%error, "the search index was not closed and may be made anew");
        }
    }

    /// The connection, to bring it into trouble.
    #[cfg(test)]
    pub(in crate::history) const fn db(&self) -> &Connection {
        &self.db
    }
}

fn open(path: &Path) -> Result<Connection> {
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

/// Lets everything survive a power failure, and with it that `change` was made.
fn saved(db: &Connection, change: &str) -> Result<()> {
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
    (i64::from(u16::from_be_bytes(drawn)) & BASE_MAX) << COUNT_BITS
}
