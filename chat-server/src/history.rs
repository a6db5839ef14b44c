//! What was said, who owns which nick and who was where: kept on disk and given back.
//!
//! The history is the only thing that gives out positions, and it does so in the order in which it commits. It never
//! answers a [`Write`] before that is on disk, never stores a send twice, and never goes on after the disk failed to
//! confirm a commit. It knows nothing of connections and of who may do what, and reads no clock but to
//! date its [`Condition`].
//!
//! One thread writes: it takes everything that waits into one transaction and answers when that is on disk, so the cost
//! of a commit falls as load rises. Another reads on a connection of its own, so pages never slow commits. A third indexes
//! what was committed in a file of its own, and looks for words in it. A history in memory does all on one thread with the same code.

mod append;
mod claims;
mod columns;
mod condition;
mod directory;
mod error;
mod instance;
mod known;
mod opening;
mod pages;
mod place;
mod presence;
mod queries;
mod redis;
mod schema;
mod search;
mod skeletons;
mod sqlite;
mod walk;
mod worker;
mod writer;

#[cfg(any(test, feature = "fuzzing"))]
#[expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what does not hold must fail"
)]
pub mod fuzzing;
/// Redis as a process of a test.
#[cfg(test)]
#[path = "../tests/programs/programs.rs"]
#[expect(dead_code, unused_imports, reason = "other tests use the rest of it")]
mod programs;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;

use protocol::identity::Identity;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use crate::record::{Found, News, Query, Read, Restored, Write, Written};
use directory::Lock;
use worker::Job;

pub use condition::{Condition, Outcome};
pub use error::OpenError;
pub use redis::{
    DEAD_AFTER, KEEP_MESSAGES, PATIENCE, POLL_EVERY, Prefix, PrefixError, RENEW_EVERY, REPLICAS,
    RedisUrl, Shared, UrlError, known_key_in,
};

/// Writes that wait for the next transaction; one more is handed back.
pub const WRITES_WAITING_MAX: usize = 16_384;

/// Reads that wait for their turn; one more is handed back.
pub const READS_WAITING_MAX: usize = 16_384;

/// Searches that wait for their turn; one more is handed back.
pub const SEARCHES_WAITING_MAX: usize = 64;

/// Answers that wait to be taken; at it all threads wait, and so do the queues behind them.
pub const REPLIES_WAITING_MAX: usize = 64;

/// Writes in one transaction; what waits beyond it makes the next one.
pub const BATCH_WRITES_MAX: usize = 512;

/// Where a history is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In files of this directory, which is made where it is missing.
    Directory(PathBuf),
    /// Nowhere: it is gone with the process.
    Memory,
    /// In a Redis that other servers share.
    Redis(Box<Shared>),
}

/// What the history tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// These writes were committed together, in this order. Those that are not answered are left out.
    Committed(Vec<Written>),
    /// The answer to a read.
    Found(Found),
    /// What nobody asked for: only of a history that others share.
    News(News),
    /// Nobody can say what is stored, so the process must end with this sentence. No write is answered after it.
    Failed(String),
}

/// An open history. Dropping it commits what waits, as [`close`](Self::close) does, but loses the answers.
#[derive(Debug)]
pub struct History {
    writes: Option<Sender<Job>>,
    /// Nothing where reads share the writer's thread.
    reads: Option<Sender<Read>>,
    /// Nothing where searches share the writer's thread.
    searches: Option<SyncSender<search::Job>>,
    replies: Receiver<Reply>,
    condition: Condition,
    /// What waits has little time left.
    hurry: CancellationToken,
    threads: Vec<JoinHandle<()>>,
    /// Held until the threads have ended, as only then nothing touches the files any more.
    lock: Option<Lock>,
    /// The key of all servers on this history; nothing where it is kept elsewhere.
    identity: Option<Identity>,
}

impl History {
    /// Opens the history at `location`, or makes a new one there. `now_unix_ms` is the wall clock, which becomes the
    /// era of a new store, in seconds.
    ///
    /// Blocks, as it reads and repairs files.
    pub fn open(location: &Location, now_unix_ms: u64) -> Result<(Self, Restored), OpenError> {
        let opened = match location {
            Location::Directory(directory) => opening::in_directory(directory, now_unix_ms)?,
            Location::Memory => opening::in_memory(now_unix_ms)?,
            Location::Redis(shared) => return redis::open(shared),
        };
        let restored = opened.restored;
        let condition = opened.writer.condition();
        let running =
            worker::start(opened.writer, opened.reader, opened.store).map_err(OpenError::Thread)?;
        let history = Self {
            writes: Some(running.writes),
            reads: running.reads,
            searches: running.searches,
            replies: running.replies,
            condition,
            hurry: CancellationToken::new(),
            threads: running.threads,
            lock: opened.lock,
            identity: None,
        };
        Ok((history, restored))
    }

    /// The key of all servers on this history; nothing where each has its own, kept elsewhere.
    pub fn take_identity(&mut self) -> Option<Identity> {
        self.identity.take()
    }

    /// Hands over a write without waiting. It comes back where [`WRITES_WAITING_MAX`] wait or the history has ended.
    pub fn write(&self, write: Write) -> Result<(), Box<Write>> {
        match self.writes.as_ref().map(Sender::try_reserve) {
            Some(Ok(place)) => {
                place.send(Job::Write(write));
                Ok(())
            }
            Some(Err(_)) | None => Err(Box::new(write)),
        }
    }

    /// Hands over a read without waiting. It comes back where [`READS_WAITING_MAX`] wait, or [`SEARCHES_WAITING_MAX`] where it is a search, or
    /// the history has ended.
    pub fn read(&self, read: Read) -> Result<(), Box<Read>> {
        if let (Query::Search(_), Some(searches)) = (&read.query, &self.searches) {
            let sent = searches.try_send(search::Job::Search(read.clone()));
            return match sent {
                Ok(()) => Ok(()),
                Err(_) => Err(Box::new(read)),
            };
        }
        if let Some(Ok(place)) = self.reads.as_ref().map(Sender::try_reserve) {
            place.send(read);
            return Ok(());
        }
        let shared = if self.reads.is_none() {
            self.writes.as_ref()
        } else {
            None
        };
        match shared.map(Sender::try_reserve) {
            Some(Ok(place)) => {
                place.send(Job::Read(read));
                Ok(())
            }
            Some(Err(_)) | None => Err(Box::new(read)),
        }
    }

    /// Whether it takes writes, as the last one showed.
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// The next answer, or nothing once the history has ended. Losing this future loses no answer.
    pub async fn reply(&mut self) -> Option<Reply> {
        self.replies.recv().await
    }

    /// An answer that is there already.
    pub fn try_reply(&mut self) -> Option<Reply> {
        self.replies.try_recv().ok()
    }

    /// The server is about to end: a store that is away is waited for no longer than a second or two, and what it did not confirm by then is
    /// answered as unknown. Writes are taken as ever.
    pub fn hurry(&self) {
        self.hurry.cancel();
    }

    /// Takes nothing more. What waits is still committed and answered; after that [`reply`](Self::reply) gives nothing.
    pub fn finish(&mut self) {
        self.hurry();
        self.writes = None;
        self.reads = None;
        self.searches = None;
    }

    /// Commits what waits, puts everything in order on disk and ends; gives the answers that nobody had taken.
    pub async fn close(mut self) -> Vec<Reply> {
        self.finish();
        let mut last = Vec::new();
        while let Some(reply) = self.reply().await {
            last.push(reply);
        }
        last
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the history panicked");
            }
        }
    }
}

impl Drop for History {
    /// Waits for all threads. After [`close`](Self::close) they have nothing left to do.
    fn drop(&mut self) {
        self.finish();
        // Threads that wait for room among the answers go on instead.
        self.replies.close();
        while self.replies.try_recv().is_ok() {}
        self.join();
        drop(self.lock.take());
    }
}
