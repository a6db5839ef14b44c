//! Connections to the database, and what its errors mean.
//!
//! # What an error means for a batch
//!
//! Before `COMMIT`, nothing that was written can come back: the log holds no end of the transaction, neither now nor after
//! a crash. So a full disk, a lock held by another program, missing memory, a read-only disk, and failed reads and writes
//! refuse the batch for certain, and the next batch may try again.
//!
//! In `COMMIT`, a full disk is met while the end of the transaction is written, and a torn end does not count, since its checksum
//! is wrong; a lock leaves the transaction open. Both refuse the batch for certain. Every other error there may
//! come after the end was written, so the transaction may come to life at the next start: nobody can say.
//!
//! A failed fsync, wherever it happens, ends the process: the system may have dropped what it could not write and
//! would report the next fsync as good. `SQLite` takes no notice of one of a directory; the names of its files are saved at the
//! start, by our own hand. Damage ends the process too, before more is written into a broken file.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Result, ffi};

use crate::faults::{self, Mutant};

/// How long a statement waits for a lock that another program holds (a backup, a person with a tool); then the batch
/// is refused.
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// Prepared statements kept on each connection; beyond it the one that was used longest ago is prepared again.
const STATEMENTS_MAX: usize = 64;

/// The page cache of a connection, in KiB; what does not fit is read from the system's cache again.
const CACHE_KIB: i64 = 4096;

/// Bytes to which the log is cut when it starts again from its beginning.
const LOG_BYTES_KEPT: i64 = 32 * 1024 * 1024;

/// Opens a file that is there; reads and writes nothing yet.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    tuned(Connection::open_with_flags(path, flags)?)
}

/// Opens a second connection, for reads only.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    tuned(Connection::open_with_flags(path, flags)?)
}

/// Opens a database that is gone when it is closed.
pub(super) fn open_memory() -> Result<Connection> {
    tuned(Connection::open_in_memory()?)
}

fn tuned(connection: Connection) -> Result<Connection> {
    connection.busy_timeout(LOCK_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // After a failed fsync a checkpoint would throw the log away; the writer runs them itself, and only while all is well.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(connection)
}

/// Makes commits durable and cheap: into a log, with an fsync each.
///
/// Foreign keys stay unchecked: rows name only rooms and senders that were made or found in the same transaction, and nothing removes
/// these.
pub(super) fn use_log(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    let saved_by_each_commit = !faults::mutant(Mutant::SyncNormal);
    let synchronous = if saved_by_each_commit {
        "full"
    } else {
        "normal"
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // On macOS a plain fsync leaves the data in the drive's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // A checkpoint that a commit starts by itself hides a failed fsync; the writer runs them, and looks.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)
}

/// One state of the database, for several questions; ended when it is dropped. What a transaction of the library prepares anew each
/// time is prepared once here.
pub(super) struct Snapshot<'a>(&'a Connection);

impl<'a> Snapshot<'a> {
    /// The state of now.
    pub(super) fn of(db: &'a Connection) -> Result<Self> {
        db.prepare_cached("BEGIN")?.execute([])?;
        Ok(Self(db))
    }
}

impl Deref for Snapshot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        let ended = self.0.prepare_cached("ROLLBACK");
        // It has changed nothing, so only the next one can be in its way, which then fails and says so.
        if let Err(error) = ended.and_then(|mut rollback| rollback.execute([])) {
            tracing::debug!(%error, "a question's end");
        }
    }
}

/// How much a checkpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checkpoint {
    /// What it can without waiting for a reader.
    Passive,
    /// Everything, and the next write begins the log anew.
    Restart,
    /// Everything, and the log is empty.
    Truncate,
}

/// Copies what the log holds into the database. A lock that is not given in time is no error, as the next one does it.
pub(super) fn checkpoint(connection: &Connection, how: Checkpoint) -> Result<()> {
    let mode = match how {
        Checkpoint::Passive => "passive",
        Checkpoint::Restart => "restart",
        Checkpoint::Truncate => "truncate",
    };
    match connection.pragma(None, "wal_checkpoint", mode, |_| Ok(())) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        result => result,
    }
}

/// When an error came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Anywhere but in `COMMIT`.
    Working,
    /// In `COMMIT`.
    Commit,
}

/// What an error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// For certain nothing was stored.
    Refused,
    /// It may be stored or not, or what is stored is not to be trusted.
    Fatal,
}

/// What `error` at `stage` means; the reasons stand at the head of this file.
pub(super) fn meaning(error: &rusqlite::Error, stage: Stage) -> Meaning {
    let Some(ffi::Error {
        code,
        extended_code,
    }) = error.sqlite_error()
    else {
        // A value that did not convert: while working the transaction is open and is rolled back; a commit converts none.
        return match stage {
            Stage::Working => Meaning::Refused,
            Stage::Commit => Meaning::Fatal,
        };
    };
    let fsync_failed =
        [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC].contains(extended_code);
    let damaged = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase].contains(code);
    let certain = match stage {
        Stage::Working => true,
        Stage::Commit => [ErrorCode::DatabaseBusy, ErrorCode::DiskFull].contains(code),
    };
    if fsync_failed || damaged || !certain {
        Meaning::Fatal
    } else {
        Meaning::Refused
    }
}

/// Why the process must end, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fatal(pub(super) String);

impl Fatal {
    /// For the error that met `database`.
    pub(super) fn new(database: &Path, error: &rusqlite::Error) -> Self {
        Self(format!(
            "the database {} failed ({error}) and nobody can say what it keeps of the last messages, so the server stops; \
             check the disk, then start it again",
            database.display()
        ))
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(extended_code: i32, working: Meaning, commit: Meaning) {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None);
        assert_eq!(meaning(&error, Stage::Working), working, "working: {error}");
        assert_eq!(meaning(&error, Stage::Commit), commit, "commit: {error}");
    }

    /// What was acknowledged survives a power failure only with these.
    #[test]
    fn a_commit_is_on_disk_before_it_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("chat.db");
        std::fs::write(&path, b"").unwrap();
        let connection = open(&path).unwrap();
        use_log(&connection).unwrap();
        let number = |name: &str| -> i64 {
            let value = connection.pragma_query_value(None, name, |row| row.get(0));
            value.unwrap()
        };
        let mode: String = connection
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        assert_eq!(number("synchronous"), 2, "FULL");
        assert_eq!(number("fullfsync"), 1);
        assert_eq!(number("wal_autocheckpoint"), 0);
    }

    #[test]
    fn only_what_is_certain_lets_the_server_go_on() {
        use Meaning::{Fatal, Refused};
        check(ffi::SQLITE_FULL, Refused, Refused);
        check(ffi::SQLITE_BUSY, Refused, Refused);
        check(ffi::SQLITE_BUSY_SNAPSHOT, Refused, Refused);
        check(ffi::SQLITE_NOMEM, Refused, Fatal);
        check(ffi::SQLITE_READONLY, Refused, Fatal);
        check(ffi::SQLITE_IOERR_WRITE, Refused, Fatal);
        check(ffi::SQLITE_IOERR_SHMSIZE, Refused, Fatal);
        check(ffi::SQLITE_IOERR_FSYNC, Fatal, Fatal);
        check(ffi::SQLITE_IOERR_DIR_FSYNC, Fatal, Fatal);
        check(ffi::SQLITE_CORRUPT, Fatal, Fatal);
        check(ffi::SQLITE_NOTADB, Fatal, Fatal);
    }
}
