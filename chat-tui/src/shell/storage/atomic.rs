//! Files that are whole at any time: written beside their place and moved there.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use tempfile::NamedTempFile;

use super::StorageError;

/// Whether a write must survive the machine's end, or only the program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Over a power failure.
    Machine,
    /// Over a crash of this program.
    Program,
}

/// Replaces a file, readable by the person alone.
pub(super) fn replace(path: &Path, content: &[u8], keep: Keep) -> Result<(), StorageError> {
    let written = beside(path, content, keep)
        .and_then(|file| file.persist(path).map_err(|error| error.error));
    written
        .and_then(|_| sync_directory(path, keep))
        .map_err(|error| StorageError::write(path, error))
}

/// Creates a file, readable by the person alone. False where there is one already, which stays.
pub(super) fn create(path: &Path, content: &[u8]) -> Result<bool, StorageError> {
    let file =
        beside(path, content, Keep::Machine).map_err(|error| StorageError::write(path, error))?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(StorageError::write(path, error.error)),
    }
    sync_directory(path, Keep::Machine).map_err(|error| StorageError::write(path, error))?;
    Ok(true)
}

/// Reads a file of at most `max` bytes; nothing where there is none.
pub(super) fn read(path: &Path, max: usize) -> Result<Option<Vec<u8>>, StorageError> {
    match open(path)? {
        Some(file) => content(&file, path, max).map(Some),
        None => Ok(None),
    }
}

/// The same of a file that nobody but the person may read; one that others can read is refused.
pub(super) fn read_secret(path: &Path, max: usize) -> Result<Option<Vec<u8>>, StorageError> {
    let Some(file) = open(path)? else {
        return Ok(None);
    };
    let metadata = file.metadata();
    let metadata = metadata.map_err(|error| StorageError::read(path, error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(StorageError::OpenToOthers { path, mode });
    }
    content(&file, path, max).map(Some)
}

fn open(path: &Path) -> Result<Option<File>, StorageError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StorageError::read(path, error)),
    }
}

fn content(file: &File, path: &Path, max: usize) -> Result<Vec<u8>, StorageError> {
    let mut content = Vec::new();
    let most = u64::try_from(max).unwrap_or(u64::MAX);
    let read = file.take(most.saturating_add(1)).read_to_end(&mut content);
    read.map_err(|error| StorageError::read(path, error))?;
    if content.len() > max {
        return Err(StorageError::Damaged {
            path: path.to_owned(),
        });
    }
    Ok(content)
}

/// The names of the files in a directory that may be there, in no order; names that are no UTF-8 are left out.
pub(super) fn list(path: &Path) -> Result<Vec<String>, StorageError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StorageError::read(path, error)),
    };
    let names: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    let names = names.map_err(|error| StorageError::read(path, error))?;
    Ok(names
        .into_iter()
        .filter_map(|name| name.into_string().ok())
        .collect())
}

/// Removes a file that may be there.
pub(super) fn remove(path: &Path) -> Result<(), StorageError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StorageError::write(path, error)),
    }
}

/// Makes a directory and those above it, for the person alone.
pub(super) fn make_directory(path: &Path) -> Result<(), StorageError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| StorageError::write(path, error))
}

fn beside(path: &Path, content: &[u8], keep: Keep) -> io::Result<NamedTempFile> {
    let directory = directory_of(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    // Temporary files have mode 0600.
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    if keep == Keep::Machine {
        file.as_file().sync_all()?;
    }
    Ok(file)
}

fn sync_directory(path: &Path, keep: Keep) -> io::Result<()> {
    match keep {
        Keep::Machine => File::open(directory_of(path))?.sync_all(),
        Keep::Program => Ok(()),
    }
}

/// Where a file is; a name alone is in the working directory.
pub(super) fn directory_of(path: &Path) -> &Path {
    let named = path.parent().filter(|named| !named.as_os_str().is_empty());
    named.unwrap_or_else(|| Path::new("."))
}
