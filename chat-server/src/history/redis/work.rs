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
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

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

/// How long writes are tried at the end of a server. Who ends it waits no longer than a few seconds.
const WRITTEN_WITHIN: Duration = Duration::from_millis(1_500);

/// While too much waits, the end is seen after this time.
const END_SEEN_WITHIN: Duration = Duration::from_millis(100);

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
    let (lane, writes) = channel(WRITES_WAITING_MAX);
    let log = Log::new(&common);
    // Over a link of its own: what waits there for replicas holds up nothing that is stored.
    let mender = Arc::new(Log::new(&common));
    let reads = Arc::new(Reads::new(&common));
    let (people, mut tasks) = People::begin(&common, &reads, &mender, &replier);
    let desk = Desk {
        reads: Arc::clone(&reads),
        follower: people.follower().clone(),
        pulse: Arc::clone(people.pulse()),
        replier: replier.clone(),
    };
    let pulse = Arc::clone(people.pulse());
    let (ending, ends) = watch::channel(None);
    let working = async {
        tokio::join!(
            sort(jobs, lane, ending, desk),
            write_all(&log, &people, writes, ends, &replier)
        );
    };
    let is_in_order = tokio::select! {
        () = working => true,
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
}

/// Waits for room among the answers. Without anybody to take them the work goes on, as it was asked for.
pub(super) async fn send(replier: &Sender<Reply>, reply: Reply) {
    if replier.send(reply).await.is_err() {
        tracing::debug!("an answer of the history that nobody waits for");
    }
}

/// Takes what comes in its order. Writes go on in one lane; what is read never waits for them.
async fn sort(
    mut jobs: Receiver<Job>,
    lane: Sender<Handed>,
    ending: watch::Sender<Option<Instant>>,
    desk: Desk,
) {
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
                    if !hand(&lane, handed, &jobs, &ending).await {
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
    begin_to_end(&ending);
    drop(lane);
    let last = async {
        while let Some(done) = reading.join_next().await {
            ended(Some(done));
        }
    };
    if timeout(WRITTEN_WITHIN, last).await.is_err() {
        tracing::debug!("Redis did not answer all questions before the end");
    }
}

/// Hands a write on. While that has to wait the end may come. Says whether anybody takes it.
async fn hand(
    lane: &Sender<Handed>,
    write: Handed,
    jobs: &Receiver<Job>,
    ending: &watch::Sender<Option<Instant>>,
) -> bool {
    loop {
        match timeout(END_SEEN_WITHIN, lane.reserve()).await {
            Ok(Ok(permit)) => {
                permit.send(write);
                return true;
            }
            Ok(Err(_nobody)) => return false,
            Err(_) if jobs.is_closed() => begin_to_end(ending),
            Err(_) => {}
        }
    }
}

/// From now on writes have little time left.
fn begin_to_end(ending: &watch::Sender<Option<Instant>>) {
    ending.send_if_modified(|at| {
        let is_new = at.is_none();
        at.get_or_insert_with(|| now() + WRITTEN_WITHIN);
        is_new
    });
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
    ending: watch::Receiver<Option<Instant>>,
    replier: &Sender<Reply>,
) {
    let mut taken = Vec::with_capacity(BATCH_WRITES_MAX);
    while writes.recv_many(&mut taken, BATCH_WRITES_MAX).await > 0 {
        let fenced = *people.pulse().fenced.borrow();
        let mut appends: Vec<(Instant, Append)> = Vec::new();
        let is_over = ending.borrow().is_some_and(|at| at <= now());
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
                | Write::Share(_)) => people.write(other).await,
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
                () = over(ending.clone()) => {}
            }
        };
        tokio::select! {
            () = people.entered() => {}
            () = over(ending.clone()) => {}
        }
        let answer = async |written| send(replier, Reply::Committed(written)).await;
        log.commit(appends, stop, answer).await;
    }
}

/// Waits until the time is over that is left for writes at the end.
async fn over(mut ending: watch::Receiver<Option<Instant>>) {
    let ends = ending.wait_for(Option::is_some).await;
    match ends.map(|ends| *ends) {
        Ok(Some(at)) => sleep_until(at).await,
        // Who takes what comes ended without a word; what is under way goes on.
        Ok(None) | Err(_) => pending().await,
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
        drop(timeout(FOLLOWED_WITHIN, ready).await);
    }
    let answer = desk.reads.answer(&read.query).await;
    let answer = answer.unwrap_or_else(|error| {
        tracing::warn!(%error, "Redis cannot answer a question");
        None
    });
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
