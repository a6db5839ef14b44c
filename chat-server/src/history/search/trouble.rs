//! What can go wrong in a search or while the index follows: each is told once in the log, and hurts nobody but the searches.

use std::io;

use rusqlite::{Error, ErrorCode};

/// Why the index cannot go on.
#[derive(Debug, thiserror::Error)]
pub(in crate::history) enum Trouble {
    /// The history cannot be read.
    #[error("the history cannot be read for searches: {0}; check the disk")]
    Main(#[source] Error),
    /// The index cannot be written or read.
    #[error("the search index cannot be used: {0}; check that the disk is sound and has room")]
    Index(#[from] Error),
    /// Its file cannot be made or removed.
    #[error(
        "the file of the search index cannot be used: {0}; check the permissions of the data directory"
    )]
    File(#[from] io::Error),
    /// It has messages that the history does not have.
    #[error("the search index has messages that the history does not have")]
    Ahead,
}

impl Trouble {
    /// Whether the index has to be opened again. A full disk leaves it as it was.
    pub(super) fn wants_opening(&self) -> bool {
        match self {
            Self::Index(error) => error.sqlite_error_code() != Some(ErrorCode::DiskFull),
            Self::Ahead | Self::Main(_) | Self::File(_) => false,
        }
    }

    /// Whether the index has to be made anew.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            // Anything that no sound file brings about: a table that is missing, a page that is wrong, a value of another kind.
            Self::Index(error) => !matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::CannotOpen
                        | ErrorCode::OutOfMemory
                        | ErrorCode::ReadOnly
                        | ErrorCode::DatabaseBusy
                )
            ),
            Self::Ahead => true,
            Self::Main(_) | Self::File(_) => false,
        }
    }
}
