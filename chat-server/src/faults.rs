//! Faults on purpose: places where the process kills itself, and mutants that break one promise each, so that the fault driver
//! (`tests/faults`) can show what survives and that its oracle sees what does not.
//!
//! Without the feature `faults`, which no product build has, nothing here does anything and no variable is read; what calls it is
//! the same with and without. The engine never calls it.

#[cfg(feature = "faults")]
mod armed;
#[cfg(not(feature = "faults"))]
mod unarmed;

#[cfg(feature = "faults")]
pub use armed::arm;
#[cfg(feature = "faults")]
pub(crate) use armed::{
    dawdle, held_back, hold_back, lose_presence, mutant, overlap, point, point_once_written,
};
#[cfg(not(feature = "faults"))]
pub use unarmed::arm;
#[cfg(not(feature = "faults"))]
pub(crate) use unarmed::{
    dawdle, held_back, hold_back, lose_presence, mutant, overlap, point, point_once_written,
};

/// A place at which the process can be made to die, by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// `received`: the hub has taken a send from a connection and has not looked at it.
    Received,
    /// `commit`: a batch is written and not committed.
    Commit,
    /// `committed`: a batch is committed, and nobody knows it yet.
    Committed,
    /// `acked`: the acknowledgements of a batch have left the process, its messages have not.
    Acked,
    /// `drain`: the hub takes a turn after the signal to stop.
    Drain,
    /// `close`: all is said, and the log is about to be copied into the database.
    Close,
    /// `migration`: a step of the schema is done and not committed.
    Migration,
    /// `opening`: the database is of this version and has its era, and nothing of it is committed.
    Opening,
    /// `opened`: the opening is committed, and the file beside the database does not know it.
    Opened,
}

#[cfg(feature = "faults")]
impl Point {
    const ALL: [(&str, Self); 9] = [
        ("received", Self::Received),
        ("commit", Self::Commit),
        ("committed", Self::Committed),
        ("acked", Self::Acked),
        ("drain", Self::Drain),
        ("close", Self::Close),
        ("migration", Self::Migration),
        ("opening", Self::Opening),
        ("opened", Self::Opened),
    ];
}

/// A broken promise, by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// `ack-before-commit`: acknowledged and shown while the transaction is still open.
    AckBeforeCommit,
    /// `fan-out-before-commit`: shown while the transaction is still open, acknowledged after it.
    FanOutBeforeCommit,
    /// `no-dedup`: a retry is stored as another message.
    NoDedup,
    /// `no-resume-trim`: who resumes gets the last message of what was missing a second time, as if it were live.
    NoResumeTrim,
    /// `sync-normal`: acknowledged before it is on disk, as the log is not saved with each commit.
    SyncNormal,
    /// `presence-lost`: each third change of a member list is not told, and no jump of the revision shows it.
    PresenceLost,
    /// `local-shortcut`: where servers share a history, each shows what is said at it as soon as that is stored, before what others said
    /// earlier.
    LocalShortcut,
}

#[cfg(feature = "faults")]
impl Mutant {
    const ALL: [(&str, Self); 7] = [
        ("ack-before-commit", Self::AckBeforeCommit),
        ("fan-out-before-commit", Self::FanOutBeforeCommit),
        ("no-dedup", Self::NoDedup),
        ("no-resume-trim", Self::NoResumeTrim),
        ("sync-normal", Self::SyncNormal),
        ("presence-lost", Self::PresenceLost),
        ("local-shortcut", Self::LocalShortcut),
    ];
}

/// Whether a batch is answered while its transaction is still open.
pub(crate) fn answers_early() -> bool {
    mutant(Mutant::AckBeforeCommit) || mutant(Mutant::FanOutBeforeCommit)
}
