//! The file beside the database, on disk: replaced whole or not at all, and nothing where it holds something else.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::{FileId, Side, Stored};

/// The file beside the database.
const INSTANCE_FILE: &str = "instance";

/// It is written here first, so that it is never seen half.
const DRAFT_FILE: &str = "instance.new";

/// First line of the file.
const HEADING: &str = "chat-server instance 1";

/// The longest file that is read, in bytes; a longer one was not written here.
const FILE_BYTES_MAX: u64 = 4096;

/// The file beside the database of one directory.
#[derive(Clone, Debug)]
pub(in crate::history) struct SideFile {
    directory: PathBuf,
}

impl SideFile {
    /// The one in `directory`.
    pub(in crate::history) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// Where it is.
    pub(in crate::history) fn path(&self) -> PathBuf {
        self.directory.join(INSTANCE_FILE)
    }

    /// Reads it; nothing where it is missing or holds something else.
    pub(in crate::history) fn read(&self) -> io::Result<Option<Side>> {
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
    pub(in crate::history) fn write(&self, side: &Side) -> io::Result<()> {
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
        let stored = Stored {
            token: u128::from_str_radix(value("token")?, 16).ok()?,
            mark: value("mark")?.parse().ok()?,
            era: value("era")?.parse().ok()?,
        };
        if !stored.counts() {
            return None;
        }
        Some(Self {
            stored,
            file: FileId::parse(value("file")?)?,
            log: FileId::parse(value("log")?).filter(|log| log.inode != 0),
            running: value("running")?.parse().ok()?,
        })
    }
}

impl FileId {
    fn parse(text: &str) -> Option<Self> {
        let (inode, born) = text.split_once(' ')?;
        Some(Self {
            inode: inode.parse().ok()?,
            born: born.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: Side = Side {
        stored: Stored {
            token: 7,
            mark: 20,
            era: 1_763_700_000,
        },
        file: FileId { inode: 3, born: 4 },
        log: Some(FileId { inode: 6, born: 7 }),
        running: true,
    };

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
}
