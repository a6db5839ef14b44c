//! The thread: what it takes, in which portions, and how it ends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::{Builder, JoinHandle};

use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc::{Receiver, Sender};

use super::common::Common;
use super::link::Link;
use super::opening::{self, Found};
use super::people::People;
use crate::history::worker::Job;
use crate::history::{BATCH_WRITES_MAX, Reply};
use crate::record::{self, Append, AppendError, Read, Write, Written};

/// Starts the thread, which says first what it found or why it ends.
pub(super) fn start(
    common: Arc<Common>,
    jobs: Receiver<Job>,
    replier: Sender<Reply>,
    opened: SyncSender<Result<Found, String>>,
) -> io::Result<JoinHandle<()>> {
    let runtime = runtime()?;
    Builder::new().name("history".to_owned()).spawn(move || {
        let work = run(common, jobs, replier.clone(), opened);
        if catch_unwind(AssertUnwindSafe(|| runtime.block_on(work))).is_err() {
            let failure = "the history met a fault in this program and stops; start the server again and report it";
            runtime.block_on(send(&replier, Reply::Failed(failure.to_owned())));
        }
    })
}

/// A runtime on the thread that calls it.
pub(super) fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

async fn run(
    common: Arc<Common>,
    jobs: Receiver<Job>,
    replier: Sender<Reply>,
    opened: SyncSender<Result<Found, String>>,
) {
    let link = Link::new(&common);
    let found = opening::open(&common, &link).await;
    if let Ok(found) = &found {
        common.store.set(found.standing.clone());
    }
    let is_open = found.is_ok();
    if opened.send(found).is_err() || !is_open {
        return;
    }
    work(People::new(&common), jobs, &replier).await;
}

/// Waits for room among the answers. Without anybody to take them the work goes on, as it was asked for.
pub(super) async fn send(replier: &Sender<Reply>, reply: Reply) {
    if replier.send(reply).await.is_err() {
        tracing::debug!("an answer of the history that nobody waits for");
    }
}

/// One thing after the other, in the order in which it was handed over: who comes before a message is there before it.
async fn work(mut people: People, mut jobs: Receiver<Job>, replier: &Sender<Reply>) {
    let mut taken = Vec::with_capacity(BATCH_WRITES_MAX);
    while jobs.recv_many(&mut taken, BATCH_WRITES_MAX).await > 0 {
        let mut appends: Vec<Append> = Vec::new();
        for job in taken.drain(..) {
            match job {
                Job::Write(Write::Append(append)) => appends.push(append),
                Job::Write(write) => {
                    commit(std::mem::take(&mut appends), replier).await;
                    let written = people.commit(vec![write]).await;
                    if !written.is_empty() {
                        send(replier, Reply::Committed(written)).await;
                    }
                }
                Job::Read(read) => answer(&read, replier).await,
            }
        }
        commit(appends, replier).await;
    }
}

async fn commit(appends: Vec<Append>, replier: &Sender<Reply>) {
    let refused = appends.into_iter().map(|append| Written::Append {
        ticket: append.ticket,
        result: Err(AppendError::Unavailable),
    });
    let refused: Vec<Written> = refused.collect();
    if !refused.is_empty() {
        send(replier, Reply::Committed(refused)).await;
    }
}

async fn answer(read: &Read, replier: &Sender<Reply>) {
    let found = record::Found {
        ticket: read.ticket,
        answer: None,
    };
    send(replier, Reply::Found(found)).await;
}
