//! The threads: what they take, in which portions, and how they end.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::opening::Store;
use super::search::{self, News, Progress, Searcher};
use super::sqlite::Fatal;
use super::writer::Writer;
use super::{
    BATCH_WRITES_MAX, READS_WAITING_MAX, REPLIES_WAITING_MAX, Reply, WRITES_WAITING_MAX, queries,
};
use crate::faults::{self, Point};
use crate::record::{Answer, Found, Query, Read, Write};

/// What the writing thread is given.
#[derive(Debug)]
pub(super) enum Job {
    /// To be committed.
    Write(Write),
    /// To be answered, where no other thread reads.
    Read(Read),
}

/// The ends of the threads.
pub(super) struct Running {
    pub(super) writes: Sender<Job>,
    pub(super) reads: Option<Sender<Read>>,
    pub(super) searches: Option<SyncSender<search::Job>>,
    pub(super) replies: Receiver<Reply>,
    pub(super) threads: Vec<JoinHandle<()>>,
}

/// A connection for reads, and the era of rooms without messages.
pub(super) struct Reader {
    pub(super) db: Connection,
    pub(super) era: u64,
}

/// Who has to do with searches on the writing thread.
enum Search {
    /// Another thread, which hears that something was committed.
    Elsewhere(News),
    /// This one.
    Here(Box<Searcher>),
}

/// Starts all threads, or the writing one alone where there is no reader.
pub(super) fn start(writer: Writer, reader: Option<Reader>, store: Store) -> io::Result<Running> {
    let (answers, replies) = channel(REPLIES_WAITING_MAX);
    let (jobs_in, jobs) = channel(WRITES_WAITING_MAX);
    let mut threads = Vec::new();
    let mut reads = None;
    if let Some(reader) = reader {
        let (sender, questions) = channel(READS_WAITING_MAX);
        threads.push(spawn("history reads", answers.clone(), move |replier| {
            read_all(&reader, questions, replier);
            Ok(())
        })?);
        reads = Some(sender);
    }
    let mut searches = None;
    let search = if let Some(reader) = store.reader {
        let shelf = search::start(store.index, reader, answers.clone())?;
        threads.push(shelf.thread);
        searches = Some(shelf.searches);
        Search::Elsewhere(shelf.news)
    } else {
        Search::Here(Box::new(Searcher::new(store.index)))
    };
    threads.push(spawn("history writes", answers, move |replier| {
        write_all(writer, search, jobs, replier)
    })?);
    Ok(Running {
        writes: jobs_in,
        reads,
        searches,
        replies,
        threads,
    })
}

/// A thread whose end by an error or a panic is told, as otherwise nobody would learn why no answers come.
fn spawn(
    name: &str,
    replier: Sender<Reply>,
    work: impl FnOnce(&Sender<Reply>) -> Result<(), Fatal> + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(move || {
        let failure = match catch_unwind(AssertUnwindSafe(|| work(&replier))) {
            Ok(Ok(())) => return,
            Ok(Err(fatal)) => fatal.to_string(),
            Err(_) => "the history met a fault in this program and stops; start the server again and report it".to_owned(),
        };
        send(&replier, Reply::Failed(failure));
    })
}

/// Waits for room among the answers. Without anybody to take them the work goes on, as it was asked for.
fn send(replier: &Sender<Reply>, reply: Reply) {
    if replier.blocking_send(reply).is_err() {
        tracing::debug!("an answer of the history that nobody waits for");
    }
}

fn write_all(
    mut writer: Writer,
    mut search: Search,
    mut jobs: Receiver<Job>,
    replier: &Sender<Reply>,
) -> Result<(), Fatal> {
    let mut taken = Vec::with_capacity(BATCH_WRITES_MAX);
    while jobs.blocking_recv_many(&mut taken, BATCH_WRITES_MAX) > 0 {
        let mut batch = Vec::with_capacity(taken.len());
        let mut reads = Vec::new();
        for job in taken.drain(..) {
            match job {
                Job::Write(write) => batch.push(write),
                Job::Read(read) => reads.push(read),
            }
        }
        if !batch.is_empty() {
            let written = writer.commit(batch)?;
            faults::point(Point::Committed);
            if !written.is_empty() {
                send(replier, Reply::Committed(written));
            }
            if let Search::Elsewhere(news) = &search {
                news.tell();
            }
            if faults::answers_early() {
                writer.commit_late()?;
                send(replier, Reply::Committed(Vec::new()));
            }
        }
        for read in reads {
            send(replier, answer(&writer, &mut search, &read));
        }
        writer.tidy(jobs.is_empty())?;
        index_while_idle(&writer, &mut search, &jobs);
    }
    writer.close()
}

/// Answers a question on the writing thread.
fn answer(writer: &Writer, search: &mut Search, read: &Read) -> Reply {
    let (Query::Search(query), Search::Here(searcher)) = (&read.query, search) else {
        return found(read, writer.answer(&read.query));
    };
    let answer = searcher.search(writer.db(), query);
    Reply::Found(Found {
        ticket: read.ticket,
        answer: noted(answer).map(Answer::Search),
    })
}

/// Goes on with an index that a search found behind, as long as nobody wants anything else.
fn index_while_idle(writer: &Writer, search: &mut Search, jobs: &Receiver<Job>) {
    if let Search::Here(searcher) = search {
        while searcher.is_behind()
            && jobs.is_empty()
            && !jobs.is_closed()
            && noted(searcher.step(writer.db())) == Some(Progress::Behind)
        {}
    }
}

fn noted<T>(result: Result<T, search::Trouble>) -> Option<T> {
    result
        .inspect_err(|trouble| tracing::warn!(%trouble, "a search found nothing"))
        .ok()
}

fn read_all(reader: &Reader, mut questions: Receiver<Read>, replier: &Sender<Reply>) {
    while let Some(read) = questions.blocking_recv() {
        let answer = queries::answer(&reader.db, reader.era, &read.query);
        send(replier, found(&read, answer));
    }
}

fn found(read: &Read, answer: rusqlite::Result<Answer>) -> Reply {
    if let Err(error) = &answer {
        tracing::error!(%error, "the database cannot answer a question");
    }
    Reply::Found(Found {
        ticket: read.ticket,
        answer: answer.ok(),
    })
}
