//! The data directory: made where it is missing, private, and held by one server at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::error::OpenError;

/// The database in the data directory.
pub(super) const DATABASE_FILE: &str = "chat.db";

/// What the database's writes go to first, beside it.
pub(super) const LOG_FILE: &str = "chat.db-wal";

/// Where a log goes that belongs to a database that is not here any more.
pub(super) const STRAY_LOG_FILE: &str = "chat.db-wal.stray";

/// The file whose lock says that a server uses the directory.
const LOCK_FILE: &str = "lock";

/// The right to use the directory. The system takes it back when the process ends, in whatever way.
#[derive(Debug)]
pub(super) struct Lock {
    /// Closing the file gives the lock back.
    _file: File,
}

/// Makes `directory` where it is missing, readable for its owner only since direct messages lie in it, and locks it.
pub(super) fn claim(directory: &Path) -> Result<Lock, OpenError> {
    let missing: Vec<&Path> = directory
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
        .collect();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| OpenError::of_file(directory, directory, error))?;
    for parent in missing.into_iter().filter_map(Path::parent) {
        save_names(parent)?;
    }
    let path = directory.join(LOCK_FILE);
    let file = open_private(&path).map_err(|error| OpenError::of_file(directory, &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: directory.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(OpenError::of_file(directory, &path, error)),
    }
}

/// Makes the database's file where it is missing, as the database itself would make it readable for everybody; what
/// it puts beside it gets the same permissions.
pub(super) fn make_database(directory: &Path) -> Result<(), OpenError> {
    let path = directory.join(DATABASE_FILE);
    open_private(&path)
        .map(drop)
        .map_err(|error| OpenError::of_file(directory, &path, error))
}

/// Lets the names in `directory` survive a power failure. Without its name a file is gone, whatever was saved of it, and the database takes
/// no notice where this fails.
pub(super) fn save_names(directory: &Path) -> Result<(), OpenError> {
    let path = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    File::open(path)
        .and_then(|names| names.sync_all())
        .map_err(|error| OpenError::of_file(path, path, error))
}

/// Opens a file, which is made where it is missing, readable for its owner only.
pub(super) fn open_private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}
