//! The thread that keeps the index and answers searches. It never makes the writer of the history wait, and is told by it at most once in
//! a while that there is something new.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc::Sender;

use super::{Place, Progress, Searcher, Trouble};
use crate::history::{Reply, SEARCHES_WAITING_MAX};
use crate::record::{Answer, Found, Query, Read};

/// From the first message that is not indexed to the step that indexes it, so that a step has many; a search is a step of its own.
const GATHERING: Duration = Duration::from_secs(1);

/// Between two steps over an old history, so that it does not take a whole core.
const REST: Duration = Duration::from_millis(5);

/// Between two steps while more comes in than they take: what is left waits until there is less to do.
const BUSY_REST: Duration = Duration::from_millis(400);

/// Before another try where the index cannot be written or read.
const TROUBLE_REST: Duration = Duration::from_secs(10);

/// How much the thread stands back behind all others on a core that has too much to do, as `nice` counts.
const NICENESS: i32 = 10;

/// What the thread is given.
#[derive(Debug)]
pub(in crate::history) enum Job {
    /// A search to be answered.
    Search(Read),
    /// Something was committed.
    News,
}

/// How the writer says that something was committed.
#[derive(Clone, Debug)]
pub(in crate::history) struct News {
    /// It was said, and the thread has not looked since.
    told: Arc<AtomicBool>,
    jobs: SyncSender<Job>,
}

impl News {
    /// Something was committed. Where the queue is full of searches the thread looks anyway.
    pub(in crate::history) fn tell(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            drop(self.jobs.try_send(Job::News));
        }
    }
}

/// The ends of the thread.
pub(in crate::history) struct Shelf {
    pub(in crate::history) searches: SyncSender<Job>,
    pub(in crate::history) news: News,
    pub(in crate::history) thread: JoinHandle<()>,
}

/// Starts the thread, which reads the history by `main`.
pub(in crate::history) fn start(
    place: Place,
    main: Connection,
    replier: Sender<Reply>,
) -> io::Result<Shelf> {
    let (searches, jobs) = sync_channel(SEARCHES_WAITING_MAX);
    let told = Arc::new(AtomicBool::new(false));
    let news = News {
        told: Arc::clone(&told),
        jobs: searches.clone(),
    };
    let thread = Builder::new()
        .name("history search".to_owned())
        .spawn(move || {
            let mut librarian = Librarian {
                searcher: Searcher::new(place),
                main,
                told,
                troubled: false,
            };
            stand_back();
            let work = AssertUnwindSafe(|| librarian.work(&jobs, &replier));
            if catch_unwind(work).is_err() {
                tracing::error!(
                    "the search met a fault in this program, and nothing is found until the server starts again; report it"
                );
                refuse_all(&jobs, &replier);
                return;
            }
            // Nobody waits for the index.
            drop(replier);
            librarian.searcher.close();
        })?;
    Ok(Shelf {
        searches,
        news,
        thread,
    })
}

/// A step takes milliseconds, which no message is to wait for. Only on Linux a thread has a priority of its own in this way.
fn stand_back() {
    if cfg!(target_os = "linux")
        && let Err(error) = rustix::process::nice(NICENESS)
    {
        tracing::debug!(%error, "the index is made as urgently as all else");
    }
}

/// The thread's own state.
struct Librarian {
    searcher: Searcher,
    main: Connection,
    told: Arc<AtomicBool>,
    /// What does not work was logged.
    troubled: bool,
}

impl Librarian {
    /// Until nobody asks any more.
    fn work(&mut self, jobs: &Receiver<Job>, replier: &Sender<Reply>) {
        // How long to wait for a job before the next step; nothing where no step is due.
        let mut wait = Some(Duration::ZERO);
        loop {
            let job = match wait {
                Some(wait) => jobs.recv_timeout(wait),
                None => jobs.recv().map_err(RecvTimeoutError::from),
            };
            wait = match job {
                Ok(Job::News) => wait.or(Some(GATHERING)),
                Ok(Job::Search(read)) => {
                    self.answer(&read, replier);
                    self.rest()
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.told.store(false, Ordering::Release);
                    let step = self.searcher.step(&self.main);
                    self.note(step.map(|_: Progress| ()));
                    self.rest()
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
        }
    }

    fn rest(&self) -> Option<Duration> {
        let is_busy = self.searcher.follows() && self.told.load(Ordering::Acquire);
        match (self.troubled, self.searcher.is_behind(), is_busy) {
            (true, ..) => Some(TROUBLE_REST),
            (false, true, true) => Some(BUSY_REST),
            (false, true, false) => Some(REST),
            // What was told since waits in the queue.
            (false, false, _) => None,
        }
    }

    fn answer(&mut self, read: &Read, replier: &Sender<Reply>) {
        let answer = if let Query::Search(search) = &read.query {
            self.told.store(false, Ordering::Release);
            let searched = self.searcher.search(&self.main, search);
            self.note(searched).map(Answer::Search)
        } else {
            None
        };
        reply(replier, read, answer);
    }

    /// Tells of trouble when it begins.
    fn note<T>(&mut self, result: Result<T, Trouble>) -> Option<T> {
        match result {
            Ok(done) => {
                self.troubled = false;
                Some(done)
            }
            Err(trouble) => {
                if !std::mem::replace(&mut self.troubled, true) {
                    tracing::warn!(%trouble, "searches find nothing for now; nothing else is concerned");
                }
                None
            }
        }
    }
}

fn reply(replier: &Sender<Reply>, read: &Read, answer: Option<Answer>) {
    let found = Found {
        ticket: read.ticket,
        answer,
    };
    if replier.blocking_send(Reply::Found(found)).is_err() {
        tracing::debug!("an answer of the search that nobody waits for");
    }
}

/// Until nobody asks any more.
fn refuse_all(jobs: &Receiver<Job>, replier: &Sender<Reply>) {
    while let Ok(job) = jobs.recv() {
        if let Job::Search(read) = job {
            reply(replier, &read, None);
        }
    }
}
