//! Whether the database is the one that this directory had last, or a copy that lost its tail.
//!
//! The database and a small file beside it name the same instance (a random token) and count the same marks. A mark is
//! made at each start, at each end, and once in a while in between, first in the database and then, when that is on disk, in
//! the file. So the database is never behind the file, whatever kills the server between the two; it is behind only
//! where an older database was put back. The file also keeps which files the database and its log were (inode and
//! birth): a file that is another one now is a copy, and where a log outlived its database it must not be applied to the next
//! one. Where a server was running the log must still be there.
//!
//! Not found out are a file system that is set back as a whole, and a copy that was made since the last mark, written
//! over the database in place after a kill. Clients find these out by the message ids in their positions.

mod side_file;

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rusqlite::{Connection, Error, OptionalExtension as _, Result};

pub(super) use side_file::SideFile;

/// The highest mark or era that counts, as no number of the contract is higher; marks and seconds never come near it.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// What the database says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    /// Names the instance.
    pub(super) token: u128,
    /// Marks made so far.
    pub(super) mark: u64,
    /// The era of new messages.
    pub(super) era: u64,
}

impl Stored {
    /// A new instance whose era is above `era_before`. Eras follow the clock, so that two copies of one database do not
    /// get the same one, and rise also where the clock went back.
    pub(super) fn new(token: u128, mark: u64, era_before: u64, now_unix_ms: u64) -> Self {
        Self {
            token,
            mark,
            era: (now_unix_ms / 1000).max(era_before.saturating_add(1)),
        }
    }

    /// Whether one more can be counted; nothing that a server wrote is beyond it.
    const fn counts(&self) -> bool {
        self.mark < NUMBER_MAX && self.era < NUMBER_MAX
    }

    /// Reads it; nothing in a database without one.
    pub(super) fn read(connection: &Connection) -> Result<Option<Self>> {
        connection
            .query_row("SELECT instance, mark, era FROM store", [], |row| {
                let stored = Self {
                    token: row.get(0).map(u128::from_be_bytes)?,
                    mark: super::columns::number(row, 1)?,
                    era: super::columns::number(row, 2)?,
                };
                if stored.counts() {
                    Ok(stored)
                } else {
                    Err(Error::IntegralValueOutOfRange(1, stored.mark.cast_signed()))
                }
            })
            .optional()
    }

    /// Writes it.
    pub(super) fn write(&self, transaction: &Connection) -> Result<()> {
        transaction
            .prepare_cached(
                "INSERT INTO store (id, instance, mark, era) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET instance = ?1, mark = ?2, era = ?3",
            )?
            .execute((
                self.token.to_be_bytes(),
                self.mark.cast_signed(),
                self.era.cast_signed(),
            ))
            .map(drop)
    }
}

/// What the file beside the database says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Side {
    /// As in the database, or behind it.
    pub(super) stored: Stored,
    /// Which file the database was.
    pub(super) file: FileId,
    /// Which file its log was, where it had one.
    pub(super) log: Option<FileId>,
    /// Whether a server ran when this was written.
    pub(super) running: bool,
}

/// Which file something is, also if another one gets its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    inode: u64,
    /// In nanoseconds since 1970, since an inode's number may be given to the next file at once. Zero where the file
    /// system does not say.
    born: u128,
}

impl FileId {
    /// That of the file at `path`.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let born = metadata
            .created()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            inode: metadata.ino(),
            born: born.map_or(0, |age| age.as_nanos()),
        })
    }

    /// Whether both may be the same file, as far as the file system says.
    pub(super) fn may_be(self, other: Self) -> bool {
        self.inode == other.inode && (self.born == other.born || self.born == 0 || other.born == 0)
    }
}

/// Whether the log belongs to a database that is not here any more: the database is another file now and the log is not.
pub(super) fn is_stray_log(side: Option<&Side>, file: FileId, log: FileId) -> bool {
    side.is_some_and(|side| {
        !side.file.may_be(file) && side.log.is_some_and(|before| before.may_be(log))
    })
}

/// Why the database is not the one that the directory had last, or nothing where it is.
pub(super) fn lost_tail(
    side: Option<&Side>,
    stored: Stored,
    file: FileId,
    log_exists: bool,
) -> Option<&'static str> {
    let Some(side) = side else {
        return Some("the file that names this instance is missing");
    };
    if side.stored.token != stored.token {
        Some("it is another instance")
    } else if stored.mark < side.stored.mark {
        Some("it is older than what was here before")
    } else if !side.file.may_be(file) {
        Some("the file is a copy")
    } else if side.running && !log_exists {
        Some("its log is missing")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: Stored = Stored {
        token: 7,
        mark: 20,
        era: 1_763_700_000,
    };
    const FILE: FileId = FileId { inode: 3, born: 4 };
    const SIDE: Side = Side {
        stored: STORED,
        file: FILE,
        log: Some(FileId { inode: 6, born: 7 }),
        running: true,
    };

    #[track_caller]
    fn check(side: Side, stored: Stored, file: FileId, log_exists: bool, expected: Option<&str>) {
        assert_eq!(lost_tail(Some(&side), stored, file, log_exists), expected);
    }

    #[test]
    fn a_kill_between_database_and_file_is_no_loss() {
        check(SIDE, STORED, FILE, true, None);
        let ahead = Stored { mark: 21, ..STORED };
        check(SIDE, ahead, FILE, true, None);
        let stopped = Side {
            running: false,
            ..SIDE
        };
        check(stopped, STORED, FILE, false, None);
    }

    #[test]
    fn a_copy_is_found_out() {
        let behind = Stored { mark: 19, ..STORED };
        check(
            SIDE,
            behind,
            FILE,
            true,
            Some("it is older than what was here before"),
        );
        let other = Stored { token: 8, ..STORED };
        check(SIDE, other, FILE, true, Some("it is another instance"));
        let moved = FileId { inode: 5, ..FILE };
        check(SIDE, STORED, moved, true, Some("the file is a copy"));
        let reborn = FileId { born: 5, ..FILE };
        check(SIDE, STORED, reborn, true, Some("the file is a copy"));
        let silent = FileId { born: 0, ..FILE };
        check(SIDE, STORED, silent, true, None);
        check(SIDE, STORED, FILE, false, Some("its log is missing"));
        assert!(lost_tail(None, STORED, FILE, true).is_some());
    }

    #[test]
    fn a_log_of_another_database_is_stray() {
        let log = FileId { inode: 6, born: 7 };
        let other = FileId { inode: 8, born: 9 };
        assert!(is_stray_log(Some(&SIDE), other, log));
        assert!(!is_stray_log(Some(&SIDE), FILE, log));
        assert!(!is_stray_log(Some(&SIDE), other, other));
        assert!(!is_stray_log(None, other, log));
    }

    #[test]
    fn eras_rise_also_where_the_clock_does_not() {
        assert_eq!(Stored::new(1, 1, 0, 1_763_700_000_999).era, 1_763_700_000);
        assert_eq!(Stored::new(1, 1, 1_763_700_000, 5).era, 1_763_700_001);
        assert_eq!(Stored::new(1, 1, 0, 0).era, 1);
    }
}
