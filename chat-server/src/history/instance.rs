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

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rusqlite::{Connection, OptionalExtension as _, Result};

/// The file beside the database.
const INSTANCE_FILE: &str = "instance";

/// It is written here first, so that it is never seen half.
const DRAFT_FILE: &str = "instance.new";

/// First line of the file.
const HEADING: &str = "chat-server instance 1";

/// The longest file that is read, in bytes; a longer one was not written here.
const FILE_BYTES_MAX: u64 = 4096;

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

    /// Reads it; nothing in a database without one.
    pub(super) fn read(connection: &Connection) -> Result<Option<Self>> {
        connection
            .query_row("SELECT instance, mark, era FROM store", [], |row| {
                Ok(Self {
                    token: row.get(0).map(u128::from_be_bytes)?,
                    mark: super::columns::number(row, 1)?,
                    era: super::columns::number(row, 2)?,
                })
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

    fn parse(text: &str) -> Option<Self> {
        let (inode, born) = text.split_once(' ')?;
        Some(Self {
            inode: inode.parse().ok()?,
            born: born.parse().ok()?,
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

/// The file beside the database of one directory.
#[derive(Clone, Debug)]
pub(super) struct SideFile {
    directory: PathBuf,
}

impl SideFile {
    /// The one in `directory`.
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.directory.join(INSTANCE_FILE)
    }

    /// Reads it; nothing where it is missing or holds something else.
    pub(super) fn read(&self) -> io::Result<Option<Side>> {
        use io::Read as _;
        let file = match File::open(self.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(std::str::from_utf8(&bytes).ok().and_then(Side::parse))
    }

    /// Replaces it, whole or not at all.
    pub(super) fn write(&self, side: &Side) -> io::Result<()> {
        let draft = self.directory.join(DRAFT_FILE);
        let mut file = File::create(&draft)?;
        file.write_all(side.to_text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, self.path())
    }
}

impl Side {
    fn to_text(self) -> String {
        let Self {
            stored,
            file,
            log,
            running,
        } = self;
        let log = log.unwrap_or(FileId { inode: 0, born: 0 });
        format!(
            "{HEADING}\ntoken {:032x}\nmark {}\nera {}\nfile {} {}\nlog {} {}\nrunning {running}\n",
            stored.token, stored.mark, stored.era, file.inode, file.born, log.inode, log.born
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADING) {
            return None;
        }
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        Some(Self {
            stored: Stored {
                token: u128::from_str_radix(value("token")?, 16).ok()?,
                mark: value("mark")?.parse().ok()?,
                era: value("era")?.parse().ok()?,
            },
            file: FileId::parse(value("file")?)?,
            log: FileId::parse(value("log")?).filter(|log| log.inode != 0),
            running: value("running")?.parse().ok()?,
        })
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
    fn the_file_is_read_as_it_was_written() {
        assert_eq!(Side::parse(&SIDE.to_text()), Some(SIDE));
        let without_log = Side { log: None, ..SIDE };
        assert_eq!(Side::parse(&without_log.to_text()), Some(without_log));
        let text = SIDE.to_text();
        assert_eq!(
            Side::parse(text.strip_suffix("running true\n").unwrap()),
            None
        );
        assert_eq!(Side::parse(""), None);
        assert_eq!(Side::parse("chat-server instance 2\n"), None);
    }

    #[test]
    fn eras_rise_also_where_the_clock_does_not() {
        assert_eq!(Stored::new(1, 1, 0, 1_763_700_000_999).era, 1_763_700_000);
        assert_eq!(Stored::new(1, 1, 1_763_700_000, 5).era, 1_763_700_001);
        assert_eq!(Stored::new(1, 1, 0, 0).era, 1);
    }
}
