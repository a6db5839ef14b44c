//! Why a history cannot be opened.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Error, ErrorCode};

/// Characters of what the database says that are told.
const REASON_CHARS_MAX: usize = 200;

/// Why a history cannot be opened; each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or written.
    #[error("cannot write to the data directory {}: {reason}; make it writable or choose another one", path.display())]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Another server holds the lock.
    #[error("another chat-server is using the data directory {}; stop it or choose another directory", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The file is no database, or parts of it are wrong or missing.
    #[error("the database {} is damaged ({reason}); move it away and put a backup in its place, or choose another directory to start anew", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A sound database that is not a history.
    #[error("{} is the database of another program; choose another data directory", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// Written by a later version of this program.
    #[error("the database {} has version {found} and this chat-server knows versions up to {known}; start a newer chat-server, or choose another directory", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The last version that this program knows.
        known: i64,
    },
    /// Anything else that the file system says.
    #[error("cannot use {}: {source}; check the disk and the file's permissions", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// Anything else that the database says.
    #[error("cannot open the database {}: {reason}; check that the disk has room and that no other program holds the file", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What it says.
        reason: String,
    },
    /// A Redis that cannot be used, and what to do.
    #[error("cannot use the Redis at {url}: {reason}")]
    Redis {
        /// Where, without a password.
        url: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The system gives no thread.
    #[error("cannot start a thread for the history: {0}; check the limits of processes and memory")]
    Thread(io::Error),
}

impl OpenError {
    /// What `error` of the file system at `file` in `directory` means.
    pub(super) fn of_file(directory: &Path, file: &Path, error: io::Error) -> Self {
        let refused = matches!(
            error.kind(),
            io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::AlreadyExists
                | io::ErrorKind::NotFound
        );
        if refused {
            Self::Unwritable {
                path: directory.to_owned(),
                reason: error.kind().to_string(),
            }
        } else {
            Self::Io {
                path: file.to_owned(),
                source: error,
            }
        }
    }

    /// What `error` of the database `file` means.
    pub(super) fn of_database(file: &Path, error: &Error) -> Self {
        let path = file.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Damaged {
                path,
                reason: "it does not begin as a database does".to_owned(),
            },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                reason: "parts of it are missing or wrong".to_owned(),
            },
            None if matches!(
                error,
                Error::IntegralValueOutOfRange(..)
                    | Error::InvalidColumnType(..)
                    | Error::FromSqlConversionFailure(..)
            ) =>
            {
                Self::Damaged {
                    path,
                    reason: "it holds values that no server wrote".to_owned(),
                }
            }
            _ if matches!(error, Error::SqlInputError { .. }) => Self::Damaged {
                path,
                reason: "its tables are not those of its version".to_owned(),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::Unwritable {
                    path: file.parent().unwrap_or(file).to_owned(),
                    reason: reason(error),
                }
            }
            Some(_) | None => Self::Database {
                path,
                reason: reason(error),
            },
        }
    }
}

/// What the database says, on one line: damaged data may stand in its words.
fn reason(error: &Error) -> String {
    let said = error.to_string();
    let plain = said.chars().filter(|c| !c.is_control());
    plain.take(REASON_CHARS_MAX).collect()
}
