//! The thread: what it takes, in which portions, and how it ends.

use std::future::pending;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::common::Common;
use super::follower::Follower;
use super::link::{Link, now};
use super::log::Log;
use super::nodes::Pulse;
use super::opening::{self, Found};
use super::people::People;
use super::reads::Reads;
use super::watching;
use crate::history::worker::Job;
use crate::history::{BATCH_WRITES_MAX, Reply, WRITES_WAITING_MAX};
use crate::record::{self, Append, AppendError, Query, Read, Share, Ticket, Write, Written};

/// Reads that are under way at once; one more waits, and what comes behind it.
const READS_AT_ONCE: usize = 64;

/// How long a join waits until its room is followed.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(2);

/// How long writes are tried when the server is about to end. Who ends it waits no longer than a few seconds.
const WRITTEN_WITHIN: Duration = Duration::from_millis(1_500);

/// Where what is to be done comes from, and where answers go.
pub(super) struct Ways {
    pub(super) jobs: Receiver<Job>,
    pub(super) replier: Sender<Reply>,
    /// What waits has little time left.
    pub(super) hurry: CancellationToken,
}

/// Starts the thread, which says first what it found or why it ends.
pub(super) fn start(
    common: Arc<Common>,
    ways: Ways,
    opened: SyncSender<Result<Found, String>>,
) -> io::Result<JoinHandle<()>> {
    let runtime = runtime()?;
    Builder::new().name("history".to_owned()).spawn(move || {
        let replier = ways.replier.clone();
        let work = run(common, ways, opened);
        if catch_unwind(AssertUnwindSafe(|| runtime.block_on(work))).is_err() {
            let failure = "the history met a fault in this program and stops; start the server again and report it";
            runtime.block_on(send(&replier, Reply::Failed(failure.to_owned())));
        }
        // A name that is still looked up would hold up the end.
        runtime.shutdown_background();
    })
}

/// A runtime on the thread that calls it.
pub(super) fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

async fn run(common: Arc<Common>, ways: Ways, opened: SyncSender<Result<Found, String>>) {
    let Ways {
        jobs,
        replier,
        hurry,
    } = ways;
    let link = Link::new(&common);
    let found = opening::open(&common, &link).await;
    if let Ok(found) = &found {
        common.store.set(found.standing.clone());
    }
    let is_open = found.is_ok();
    if opened.send(found).is_err() || !is_open {
        return;
    }
    let (lane, writes) = channel(WRITES_WAITING_MAX);
    let log = Log::new(&common);
    // Over a link of its own: what waits there for replicas holds up nothing that is stored.
    let mender = Arc::new(Log::new(&common));
    let reads = Arc::new(Reads::new(&common));
    let (people, mut tasks) = People::begin(&common, &reads, &mender, &replier);
    let over = CancellationToken::new();
    let desk = Desk {
        reads: Arc::clone(&reads),
        follower: people.follower().clone(),
        pulse: Arc::clone(people.pulse()),
        replier: replier.clone(),
        over: over.clone(),
    };
    let pulse = Arc::clone(people.pulse());
    let working = async {
        tokio::join!(
            sort(jobs, lane, desk),
            write_all(&log, &people, writes, &over, &replier)
        );
    };
    let is_in_order = tokio::select! {
        () = working => true,
        () = end_the_time(hurry, over.clone()) => false,
        () = watching::watch(&common) => false,
        () = tasks.watch() => false,
        () = pulse.killed() => false,
    };
    if is_in_order {
        people.close(tasks).await;
    }
}

/// A write with how often this server had been fenced when it was handed over, and when that was.
type Handed = (u64, Instant, Write);

/// Where questions are answered.
#[derive(Clone)]
struct Desk {
    reads: Arc<Reads>,
    follower: Follower,
    pulse: Arc<Pulse>,
    replier: Sender<Reply>,
    /// There is no time left for what waits.
    over: CancellationToken,
}

/// Waits for room among the answers. Without anybody to take them the work goes on, as it was asked for.
pub(super) async fn send(replier: &Sender<Reply>, reply: Reply) {
    if replier.send(reply).await.is_err() {
        tracing::debug!("an answer of the history that nobody waits for");
    }
}

/// Takes what comes in its order. Writes go on in one lane; what is read never waits for them.
async fn sort(mut jobs: Receiver<Job>, lane: Sender<Handed>, desk: Desk) {
    let mut reading = JoinSet::new();
    let mut taken = Vec::with_capacity(BATCH_WRITES_MAX);
    while jobs.recv_many(&mut taken, BATCH_WRITES_MAX).await > 0 {
        for job in taken.drain(..) {
            match job {
                // Before a join that comes after it.
                Job::Write(Write::Share(Share::Unloaded { room })) => {
                    desk.follower.unloaded(room).await;
                }
                Job::Write(write) => {
                    let handed = (*desk.pulse.fenced.borrow(), now(), write);
                    if lane.send(handed).await.is_err() {
                        return;
                    }
                }
                Job::Read(read) => {
                    while reading.len() >= READS_AT_ONCE {
                        ended(reading.join_next().await);
                    }
                    let ready = match &read.query {
                        Query::Join { room, .. } => Some(desk.follower.prepare(room.clone()).await),
                        Query::Page { .. }
                        | Query::Rooms { .. }
                        | Query::Conversations { .. }
                        | Query::Owner { .. }
                        | Query::Search(_) => None,
                    };
                    reading.spawn(answer(desk.clone(), read, ready));
                }
            }
        }
        while let Some(done) = reading.try_join_next() {
            ended(Some(done));
        }
    }
    drop(lane);
    while let Some(done) = reading.join_next().await {
        ended(Some(done));
    }
}

/// A panic of one read is one of the thread, as everywhere.
fn ended(done: Option<Result<(), JoinError>>) {
    if let Some(Err(error)) = done
        && let Ok(panic) = error.try_into_panic()
    {
        resume_unwind(panic);
    }
}

/// One thing after the other, in the order in which it was handed over: who comes before a message is there before it.
async fn write_all(
    log: &Log,
    people: &People,
    mut writes: Receiver<Handed>,
    over: &CancellationToken,
    replier: &Sender<Reply>,
) {
    let mut taken = Vec::with_capacity(BATCH_WRITES_MAX);
    while writes.recv_many(&mut taken, BATCH_WRITES_MAX).await > 0 {
        let fenced = *people.pulse().fenced.borrow();
        let mut appends: Vec<(Instant, Append)> = Vec::new();
        let is_over = over.is_cancelled();
        let mut refused = Vec::new();
        for (handed, at, write) in taken.drain(..) {
            match write {
                Write::Append(append) if handed == fenced && !is_over => {
                    appends.push((at, append));
                }
                // Its sender may be gone already for the others, and is told to begin anew.
                Write::Append(append) => refused.push(append.ticket),
                // A leave is handed over when the messages before it are answered, so only joins have to keep their order.
                other @ (Write::Claim(_)
                | Write::Present(_)
                | Write::Absent { .. }
                | Write::Used(_)
                | Write::Served(_)
                | Write::Share(_)) => until(over, people.write(other)).await,
            }
        }
        if !refused.is_empty() {
            let refused = unanswered(refused, AppendError::Unavailable);
            send(replier, Reply::Committed(refused)).await;
        }
        if appends.is_empty() {
            continue;
        }
        // What was said before this server was fenced again is tried no more: it would be stored by a lease that its senders have no part in.
        let mut times = people.pulse().fenced.subscribe();
        let stop = async {
            tokio::select! {
                _ = times.wait_for(|now| *now != fenced) => {}
                () = over.cancelled() => {}
            }
        };
        until(over, people.entered()).await;
        let answer = async |written| send(replier, Reply::Committed(written)).await;
        log.commit(appends, stop, answer).await;
    }
}

/// Lets the time be over that is left for what waits, a while after there is a hurry.
async fn end_the_time(hurry: CancellationToken, over: CancellationToken) {
    hurry.cancelled().await;
    sleep(WRITTEN_WITHIN).await;
    over.cancel();
    pending::<()>().await;
}

/// Does something as far as the time allows.
async fn until(over: &CancellationToken, work: impl Future<Output = ()>) {
    tokio::select! {
        biased;
        () = work => {}
        () = over.cancelled() => {}
    }
}

fn unanswered(tickets: Vec<Ticket>, error: AppendError) -> Vec<Written> {
    let answers = tickets.into_iter().map(|ticket| Written::Append {
        ticket,
        result: Err(error),
    });
    answers.collect()
}

async fn answer(desk: Desk, read: Read, ready: Option<oneshot::Receiver<()>>) {
    if let Some(ready) = ready {
        // Where it takes long there is no connection for bells, and what is missed is read later.
        let is_followed = async { drop(timeout(FOLLOWED_WITHIN, ready).await) };
        until(&desk.over, is_followed).await;
    }
    let answer = tokio::select! {
        biased;
        answer = desk.reads.answer(&read.query) => answer.unwrap_or_else(|error| {
            tracing::warn!(%error, "Redis cannot answer a question");
            None
        }),
        () = desk.over.cancelled() => None,
    };
    let found = record::Found {
        ticket: read.ticket,
        answer,
    };
    if let Query::Join { room, .. } = read.query {
        desk.follower.joined(room, found).await;
    } else {
        send(&desk.replier, Reply::Found(found)).await;
    }
}
