//! The one who writes: a batch is one transaction, and is answered when it is on disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::hooks::Wal;
use rusqlite::{Connection, DropBehavior, Transaction, TransactionBehavior};

use super::condition::Condition;
use super::directory::DATABASE_FILE;
use super::instance::{FileId, Side, SideFile, Stored};
use super::known::Known;
use super::sqlite::{self, Checkpoint, Fatal, Meaning, Stage};
use super::{BATCH_WRITES_MAX, append, claims, presence, queries};
use crate::faults::{self, Point};
use crate::record::{Answer, AppendError, ClaimError, Query, Write, Written};

/// Pages in the log from which on a checkpoint runs as soon as no write waits. What a page got since the last one is then written
/// once, so a rare checkpoint is a cheap one; and it holds up what comes meanwhile.
const LOG_PAGES_IDLE: usize = 16_384;

/// Pages in the log from which on a checkpoint runs although writes wait: the log grows to 128 MiB and no further.
const LOG_PAGES_BUSY: usize = 32_768 - LOG_PAGES_OF_BATCH_MAX;

/// What a batch adds to the log at most, by a high guess: a page of a table, of its index, of the room and of the sender for each write.
const LOG_PAGES_OF_BATCH_MAX: usize = 4 * BATCH_WRITES_MAX;

/// Presence changes of refused batches that are kept for the next one. Beyond it they are dropped, and after a restart
/// somebody shows as reconnecting for a while who had left, or not at all.
pub(super) const PRESENCE_KEPT_MAX: usize = 65_536;

/// The writing connection and all that belongs to it.
#[derive(Debug)]
pub(super) struct Writer {
    db: Connection,
    /// What the database says about itself, as committed.
    stored: Stored,
    known: Known,
    /// Presence changes of batches that were refused.
    kept: Vec<Write>,
    /// As the database says after each commit.
    log_pages: Arc<AtomicUsize>,
    /// What became of the last commit.
    condition: Condition,
    /// Nothing in memory.
    files: Option<Files>,
}

/// The files of a writer.
#[derive(Debug)]
pub(super) struct Files {
    /// The database.
    pub(super) database: PathBuf,
    /// Its log.
    pub(super) log: PathBuf,
    /// Which file the database is.
    pub(super) id: FileId,
    /// The file that names the instance.
    pub(super) side: SideFile,
}

impl Files {
    /// Lets the file beside the database say the same as the database.
    pub(super) fn write_side(&self, stored: Stored, running: bool) -> io::Result<()> {
        self.side.write(&Side {
            stored,
            file: self.id,
            log: FileId::of(&self.log).ok(),
            running,
        })
    }
}

impl Writer {
    /// A writer on `db`, of which `stored` is what it says about itself.
    pub(super) fn new(
        mut db: Connection,
        stored: Stored,
        files: Option<Files>,
    ) -> rusqlite::Result<Self> {
        let log_pages = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&log_pages);
        db.wal_hook(Some(move |_: &mut Wal, pages: i32| {
            counted.store(
                usize::try_from(pages).unwrap_or_default(),
                Ordering::Relaxed,
            );
            Ok(())
        }))?;
        Ok(Self {
            db,
            stored,
            known: Known::default(),
            kept: Vec::new(),
            log_pages,
            condition: Condition::default(),
            files,
        })
    }

    /// Commits a batch and gives the answers in its order, or refuses it whole.
    pub(super) fn commit(&mut self, batch: Vec<Write>) -> Result<Vec<Written>, Fatal> {
        let mut writes = std::mem::take(&mut self.kept);
        writes.extend(batch);
        self.known.trim();
        let end = if faults::answers_early() {
            TransactionEnd::Later
        } else {
            TransactionEnd::Commit
        };
        let done = transact(
            &mut self.db,
            |transaction| apply(transaction, &mut self.known, self.stored.era, &writes),
            end,
        );
        match done {
            Ok(answers) => {
                self.condition.found(Ok(()));
                Ok(answers)
            }
            Err((error, stage)) => {
                self.known.forget();
                self.condition
                    .found(Err(format!("the database refused a batch: {error}")));
                self.check(&error, stage)?;
                tracing::error!(%error, writes = writes.len(), "the database refused a batch");
                let answers = writes.iter().filter_map(refusal).collect();
                self.kept = writes;
                self.kept.retain(Write::is_presence);
                let surplus = self.kept.len().saturating_sub(PRESENCE_KEPT_MAX);
                self.kept.drain(..surplus);
                Ok(answers)
            }
        }
    }

    /// Commits the transaction that a mutant left open.
    pub(super) fn commit_late(&mut self) -> Result<(), Fatal> {
        if self.db.is_autocommit() {
            return Ok(());
        }
        faults::dawdle();
        faults::point(Point::Commit);
        let committed = self.db.execute_batch("COMMIT");
        committed.or_else(|error| self.check(&error, Stage::Commit))
    }

    /// Answers a question, on the connection that writes.
    pub(super) fn answer(&self, query: &Query) -> rusqlite::Result<Answer> {
        queries::answer(&self.db, self.stored.era, query)
    }

    /// Runs a checkpoint if one is due; `idle` says that no write waits.
    pub(super) fn tidy(&mut self, idle: bool) -> Result<(), Fatal> {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages >= LOG_PAGES_BUSY {
            self.checkpoint(Checkpoint::Restart, true)
        } else if idle && pages >= LOG_PAGES_IDLE {
            self.checkpoint(Checkpoint::Passive, true)
        } else {
            Ok(())
        }
    }

    /// Puts everything into the database file, for the end.
    pub(super) fn close(mut self) -> Result<(), Fatal> {
        if !self.kept.is_empty() {
            // One last try; presence is not worth more.
            self.commit(Vec::new())?;
            self.commit_late()?;
        }
        faults::point(Point::Close);
        // The file beside the database is told that no server runs while the log is still there. If the process dies in between, the log
        // is there and nobody asks for it; the other way round it would look lost.
        self.checkpoint(Checkpoint::Truncate, false)
    }

    /// The connection, to read by.
    pub(super) const fn db(&self) -> &Connection {
        &self.db
    }

    /// Whether commits succeed.
    pub(super) fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// How many presence changes are kept for the next batch.
    #[cfg(test)]
    pub(super) const fn kept(&self) -> usize {
        self.kept.len()
    }

    fn checkpoint(&mut self, how: Checkpoint, running: bool) -> Result<(), Fatal> {
        let Some(files) = &self.files else {
            return Ok(());
        };
        let next = Stored {
            mark: self.stored.mark + 1,
            ..self.stored
        };
        let mark = |transaction: &Transaction<'_>| next.write(transaction);
        let marked = transact(&mut self.db, mark, TransactionEnd::Commit);
        match marked {
            Ok(()) => self.stored = next,
            Err((error, stage)) => {
                self.check(&error, stage)?;
                tracing::warn!(%error, "the database refused a mark");
                return Ok(());
            }
        }
        // The next commit counts anew; until then nothing is due.
        self.log_pages.store(0, Ordering::Relaxed);
        if let Err(error) = sqlite::checkpoint(&self.db, how) {
            self.check(&error, Stage::Working)?;
            // Everything is still in the log.
            tracing::warn!(%error, "the database refused a checkpoint");
        }
        if let Err(error) = files.write_side(self.stored, running) {
            // An older one is as true; it only finds out less.
            tracing::warn!(%error, "cannot write the file that names the instance");
        }
        Ok(())
    }

    /// Passes on what does not let the process go on. A transaction that could not even be rolled back does not.
    fn check(&self, error: &rusqlite::Error, stage: Stage) -> Result<(), Fatal> {
        if sqlite::meaning(error, stage) == Meaning::Refused && self.db.is_autocommit() {
            return Ok(());
        }
        let database = self
            .files
            .as_ref()
            .map_or_else(|| Path::new(DATABASE_FILE), |files| &files.database);
        Err(Fatal::new(database, error))
    }
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug)]
enum TransactionEnd {
    /// It is on disk.
    Commit,
    /// It stays open: a mutant commits it later.
    Later,
}

/// Runs `work` in a transaction and ends it; on an error nothing of it stays, unless the error came in the commit.
fn transact<T>(
    db: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    end: TransactionEnd,
) -> Result<T, (rusqlite::Error, Stage)> {
    let mut transaction = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| (error, Stage::Working))?;
    let done = work(&transaction).map_err(|error| (error, Stage::Working))?;
    match end {
        TransactionEnd::Commit => {
            faults::point(Point::Commit);
            let committed = transaction.commit();
            committed.map_err(|error| (error, Stage::Commit))?;
        }
        TransactionEnd::Later => transaction.set_drop_behavior(DropBehavior::Ignore),
    }
    Ok(done)
}

fn apply(
    db: &Connection,
    known: &mut Known,
    era: u64,
    writes: &[Write],
) -> rusqlite::Result<Vec<Written>> {
    let mut answers = Vec::with_capacity(writes.len());
    for write in writes {
        match write {
            Write::Append(append) => answers.push(Written::Append {
                ticket: append.ticket,
                result: append::append(db, known, era, append)?,
            }),
            Write::Claim(claim) => answers.push(Written::Claim {
                ticket: claim.ticket,
                result: claims::claim(db, claim)?,
            }),
            Write::Present(present) => presence::enter(db, present)?,
            Write::Absent { room, person } => presence::leave(db, room, *person)?,
            Write::Used(used) => claims::used(db, used)?,
            Write::Served(served) => claims::write_served(db, *served)?,
            // Nobody shares a history of this kind.
            Write::Share(_) => {}
        }
    }
    known.write(db)?;
    Ok(answers)
}

fn refusal(write: &Write) -> Option<Written> {
    match write {
        Write::Append(append) => Some(Written::Append {
            ticket: append.ticket,
            result: Err(AppendError::Unavailable),
        }),
        Write::Claim(claim) => Some(Written::Claim {
            ticket: claim.ticket,
            result: Err(ClaimError::Unavailable),
        }),
        Write::Present(_)
        | Write::Absent { .. }
        | Write::Used(_)
        | Write::Served(_)
        | Write::Share(_) => None,
    }
}
