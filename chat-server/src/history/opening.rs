//! From a place to an open history: locked, repaired after a crash, of this version, in the right era.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::directory::{self, DATABASE_FILE, LOG_FILE, Lock, STRAY_LOG_FILE};
use super::error::OpenError;
use super::instance::{self, FileId, Side, SideFile, Stored};
use super::schema::{self, Nature};
use super::sqlite::{self, Checkpoint};
use super::worker::Reader;
use super::writer::{Files, Writer};
use super::{claims, presence, search, skeletons};
use crate::faults::{self, Point};
use crate::record::Restored;

/// The largest database that is checked whole at the start, in bytes. Of a larger one only each room's last message
/// is looked up.
const CHECKED_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// An opened history that does not run yet.
pub(super) struct Opened {
    pub(super) writer: Writer,
    pub(super) reader: Option<Reader>,
    pub(super) store: Store,
    pub(super) restored: Restored,
    pub(super) lock: Option<Lock>,
}

/// What a search needs to know of an opened history.
pub(super) struct Store {
    /// Where its index is.
    pub(super) index: search::Place,
    /// A connection for the thread that searches; nothing in memory.
    pub(super) reader: Option<Connection>,
}

/// Opens the history in `directory`.
pub(super) fn in_directory(directory: &Path, now_unix_ms: u64) -> Result<Opened, OpenError> {
    let lock = directory::claim(directory)?;
    directory::make_database(directory)?;
    let database = directory.join(DATABASE_FILE);
    let files = Files {
        id: FileId::of(&database)
            .map_err(|error| OpenError::of_file(directory, &database, error))?,
        side: SideFile::new(directory),
        log: directory.join(LOG_FILE),
        database,
    };
    let mut place = Place {
        log_before: FileId::of(&files.log).ok(),
        files,
        directory,
        now_unix_ms,
    };
    place.put_stray_log_aside()?;
    let (db, stored, restored) = place.open()?;
    let database = place.files.database.clone();
    let failed = |error: rusqlite::Error| OpenError::of_database(&database, &error);
    let reader = || sqlite::open_reader(&database).map_err(failed);
    let (reader, searching) = (reader()?, reader()?);
    Ok(Opened {
        writer: Writer::new(db, stored, Some(place.files)).map_err(failed)?,
        reader: Some(Reader {
            db: reader,
            era: stored.era,
        }),
        store: Store {
            index: search::Place::Directory(directory.to_owned()),
            reader: Some(searching),
        },
        restored,
        lock: Some(lock),
    })
}

/// Makes a history that is gone with the process.
pub(super) fn in_memory(now_unix_ms: u64) -> Result<Opened, OpenError> {
    let failed = |error: rusqlite::Error| OpenError::of_database(Path::new("in memory"), &error);
    let db = sqlite::open_memory().map_err(failed)?;
    schema::migrate(&db, schema::STEPS).map_err(failed)?;
    let stored = Stored::new(0, 0, 0, now_unix_ms);
    Ok(Opened {
        writer: Writer::new(db, stored, None).map_err(failed)?,
        reader: None,
        store: Store {
            index: search::Place::Memory,
            reader: None,
        },
        restored: Restored {
            node: None,
            era: stored.era,
            served: Duration::ZERO,
            present: Vec::new(),
        },
        lock: None,
    })
}

/// What is known before the database is opened.
struct Place<'a> {
    directory: &'a Path,
    files: Files,
    /// The log that a server before left.
    log_before: Option<FileId>,
    now_unix_ms: u64,
}

impl Place<'_> {
    /// Renames a log that would be applied to a database to which it does not belong, which would damage it.
    fn put_stray_log_aside(&mut self) -> Result<(), OpenError> {
        let side = self.read_side()?;
        let Some(log) = self.log_before else {
            return Ok(());
        };
        if instance::is_stray_log(side.as_ref(), self.files.id, log) {
            let aside = self.directory.join(STRAY_LOG_FILE);
            tracing::warn!(to = ?aside, "the log belongs to another database; it is put aside");
            std::fs::rename(&self.files.log, &aside)
                .map_err(|error| OpenError::of_file(self.directory, &self.files.log, error))?;
            self.log_before = None;
        }
        Ok(())
    }

    fn open(&self) -> Result<(Connection, Stored, Restored), OpenError> {
        let failed = |error: rusqlite::Error| OpenError::of_database(&self.files.database, &error);
        let mut db = sqlite::open(&self.files.database).map_err(failed)?;
        let nature = schema::nature(&db).map_err(failed)?;
        self.admit(nature)?;
        sqlite::use_log(&db).map_err(failed)?;
        // After a failed fsync the system may show a log that the disk does not have. In the database it is written anew.
        sqlite::checkpoint(&db, Checkpoint::Truncate).map_err(failed)?;
        let side = self.read_side()?;
        let transaction = db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        schema::migrate(&transaction, schema::STEPS).map_err(failed)?;
        self.check(&transaction)?;
        let before = Stored::read(&transaction).map_err(failed)?;
        let stored = self.identify(before, side.as_ref())?;
        stored.write(&transaction).map_err(failed)?;
        skeletons::renew(&transaction).map_err(failed)?;
        let served = claims::read_served(&transaction).map_err(failed)?;
        let present = presence::restore(&transaction).map_err(failed)?;
        // A new instance is in the file first, so that dying in between makes it new once more and not a copy of itself. An old
        // one is in the database first, so that the database is never behind the file.
        if before.is_none_or(|before| before.token != stored.token) {
            self.write_side(stored)?;
        }
        faults::point(Point::Opening);
        transaction.commit().map_err(failed)?;
        faults::point(Point::Opened);
        self.write_side(stored)?;
        directory::save_names(self.directory)?;
        let restored = Restored {
            node: None,
            era: stored.era,
            served,
            present,
        };
        Ok((db, stored, restored))
    }

    fn admit(&self, nature: Nature) -> Result<(), OpenError> {
        let path = self.files.database.clone();
        match nature {
            Nature::Empty | Nature::History => Ok(()),
            Nature::Newer { found, known } => Err(OpenError::Newer { path, found, known }),
            Nature::Foreign => Err(OpenError::Foreign { path }),
        }
    }

    /// Looks for damage, in a time that does not grow with the database: a small one is checked whole, of a larger one
    /// that each room's last message is there. That the file is as long as it says is checked by opening it.
    fn check(&self, transaction: &Transaction<'_>) -> Result<(), OpenError> {
        let failed = |error: rusqlite::Error| OpenError::of_database(&self.files.database, &error);
        let bytes = std::fs::metadata(&self.files.database).map_or(0, |metadata| metadata.len());
        let mut verdict = schema::check_tables(transaction, schema::STEPS).map_err(failed)?;
        if verdict == "ok" {
            verdict = if bytes <= CHECKED_BYTES_MAX {
                transaction.pragma_query_value(None, "quick_check", |row| row.get(0))
            } else {
                schema::check_heads(transaction)
            }
            .map_err(failed)?;
        }
        match verdict.as_str() {
            "ok" => Ok(()),
            // What SQLite found wrong is for who mends databases, not for who starts a server.
            found => {
                tracing::debug!(found, "the database is damaged");
                Err(OpenError::Damaged {
                    path: self.files.database.clone(),
                    reason: "parts of it are missing or wrong".to_owned(),
                })
            }
        }
    }

    fn read_side(&self) -> Result<Option<Side>, OpenError> {
        self.files
            .side
            .read()
            .map_err(|error| self.side_failed(error))
    }

    fn write_side(&self, stored: Stored) -> Result<(), OpenError> {
        self.files
            .write_side(stored, true)
            .map_err(|error| self.side_failed(error))
    }

    fn side_failed(&self, error: io::Error) -> OpenError {
        OpenError::of_file(self.directory, &self.files.side.path(), error)
    }

    /// Which instance the database is from now on, with one mark more.
    fn identify(&self, before: Option<Stored>, side: Option<&Side>) -> Result<Stored, OpenError> {
        let side_era = side.map_or(0, |side| side.stored.era);
        let Some(before) = before else {
            if side.is_some() {
                tracing::warn!(
                    database = %self.files.database.display(),
                    "the database that was here is gone; a new one begins, in a new era"
                );
            }
            return self.new_instance(1, side_era);
        };
        let mark = before.mark.saturating_add(1);
        match instance::lost_tail(side, before, self.files.id, self.log_before.is_some()) {
            Some(reason) => {
                tracing::warn!(
                    reason,
                    "this database is not the one that was here last; a new era begins"
                );
                self.new_instance(mark, before.era.max(side_era))
            }
            None => Ok(Stored { mark, ..before }),
        }
    }

    fn new_instance(&self, mark: u64, era_before: u64) -> Result<Stored, OpenError> {
        let mut token = [0; 16];
        getrandom::fill(&mut token).map_err(|error| OpenError::Io {
            path: PathBuf::from("the system's random numbers"),
            source: error.into(),
        })?;
        let token = u128::from_be_bytes(token);
        Ok(Stored::new(token, mark, era_before, self.now_unix_ms))
    }
}
