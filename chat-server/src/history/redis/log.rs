//! Appending: a batch goes to Redis as one script a room, waits for the replicas, and is answered and told only then.
//!
//! A try that came to nothing, or of which nobody knows what came of it, is made again whole: the script stores nothing twice. Nothing here
//! is kept for true but what Redis said last.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use protocol::position::{Address, Position};
use redis::{Cmd, RedisResult, Value};
use tokio::time::Instant;

use super::common::{Common, lock};
use super::link::{Backoff, Link, Trouble, now, told};
use super::member::ms;
use super::{entries, keys, replicas};
use crate::faults::{self, Mutant};
use crate::record::{Append, AppendError, Appended, Ticket, Written};

/// How long one try waits inside Redis for the replicas.
const WAIT: Duration = Duration::from_secs(1);

/// How long a batch is tried at least, if no try has failed since it was handed over.
const TRIED_FOR_MIN: Duration = Duration::from_millis(500);

/// Messages in one ring of a bell.
const BELL_MESSAGES_MAX: usize = 128;

/// Bytes in one ring of a bell; only a single message may have more.
const BELL_BYTES_MAX: usize = 64 * 1024;

/// Rooms that are remembered to stand in the lists of rooms and conversations; beyond it all are entered anew, which changes nothing.
const LISTED_MAX: usize = 8_192;

/// Appends to rooms. One batch after the other.
pub(super) struct Log {
    common: Arc<Common>,
    link: Link,
    /// When the last try ended that did not store all of its batch.
    failed: Mutex<Option<Instant>>,
    listed: Mutex<Listed>,
}

/// Rooms that stand in the lists, as entered over the primary of one turn.
#[derive(Default)]
struct Listed {
    turn: u64,
    rooms: BTreeSet<Address>,
}

/// One of a batch.
struct Part {
    /// Its place there.
    place: usize,
    handed: Instant,
    append: Append,
}

/// What became of one of a batch, with its place.
type Ended = (usize, Ticket, Result<Appended, AppendError>);

/// A room's part of a batch.
struct Group {
    room: Address,
    /// In the order of the batch; those that are answered are taken out.
    appends: Vec<Part>,
    state: State,
    /// It was handed over and may have been stored, as far as anybody knows.
    may_be_stored: bool,
    results: Vec<Result<Appended, AppendError>>,
}

/// How far a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has to be published, again or for the first time.
    Open,
    /// It is on the primary with the head at this position, and has to be confirmed.
    Published(Position),
    /// Its results stand.
    Done,
    /// It is refused, and certainly not stored.
    Refused,
}

impl Log {
    pub(super) fn new(common: &Arc<Common>) -> Self {
        Self {
            common: Arc::clone(common),
            link: Link::new(common),
            failed: Mutex::default(),
            listed: Mutex::default(),
        }
    }

    /// Stores a batch, of which each was handed over at a time. What of it is on as many replicas as it has to be and told to all servers
    /// is given to `answer` at once, and the rest when each has had its time, or at `stop` at the latest.
    pub(super) async fn commit(
        &self,
        appends: Vec<(Instant, Append)>,
        stop: impl Future<Output = ()>,
        mut answer: impl AsyncFnMut(Vec<Written>),
    ) {
        let begun = now();
        let mut ended: Vec<Ended> = Vec::new();
        let mut groups = grouped(appends);
        for group in &mut groups {
            // In trouble nobody waits for the tries of all that came before.
            let is_vain = |at: Instant| self.is_overdue(at, begun) && self.has_failed_since(at);
            ended.extend(group.give_up(is_vain));
        }
        let (mut backoff, mut is_first) = (Backoff::default(), true);
        tokio::pin!(stop);
        loop {
            groups.retain(|group| !group.appends.is_empty());
            if !ended.is_empty() {
                answer(written(std::mem::take(&mut ended))).await;
            }
            if groups.is_empty() {
                return;
            }
            let attempt = async {
                if !std::mem::take(&mut is_first) {
                    backoff.pause().await;
                }
                self.attempt(&mut groups).await
            };
            let tried = tokio::select! {
                biased;
                tried = attempt => Some(tried),
                () = &mut stop => None,
            };
            let Some(tried) = tried else {
                let given_up = groups.iter_mut().flat_map(|group| {
                    // Nobody knows how far it came.
                    group.may_be_stored = true;
                    group.give_up(|_| true)
                });
                answer(written(given_up.collect())).await;
                return;
            };
            ended.extend(groups.iter_mut().flat_map(Group::take_results));
            self.note(tried, groups.iter().all(|group| group.appends.is_empty()));
            let (time, is_tried) = (now(), now() >= begun + TRIED_FOR_MIN);
            for group in &mut groups {
                ended.extend(group.give_up(|at| is_tried && self.is_overdue(at, time)));
            }
        }
    }

    fn is_overdue(&self, handed: Instant, now: Instant) -> bool {
        handed + self.common.settings.patience <= now
    }

    fn has_failed_since(&self, handed: Instant) -> bool {
        lock(&self.failed).is_some_and(|at| at >= handed)
    }

    /// Notes how a try of a batch ended.
    fn note(&self, tried: Result<(), Trouble>, is_done: bool) {
        let reason = tried.err().map(|trouble| trouble.to_string());
        if !is_done {
            tracing::debug!(reason, "a batch is tried again");
        }
        *lock(&self.failed) = (!is_done).then(now);
    }

    /// Confirms what a server left unconfirmed in these rooms that ended in between. Says whether all of it is confirmed now.
    pub(super) async fn mend(&self, rooms: Vec<Address>) -> bool {
        let groups = rooms.into_iter().map(|room| Group {
            room,
            appends: Vec::new(),
            state: State::Open,
            may_be_stored: false,
            results: Vec::new(),
        });
        let mut groups: Vec<Group> = groups.collect();
        let tried = self.attempt(&mut groups).await;
        tried.is_ok() && groups.iter().all(|group| group.state == State::Done)
    }

    /// One try for all groups that are open: published, on the replicas, listed, confirmed.
    async fn attempt(&self, groups: &mut [Group]) -> Result<(), Trouble> {
        let waited = self.publish(groups).await?;
        if waited {
            self.list(groups).await?;
            self.confirm(groups).await?;
        }
        Ok(())
    }

    /// Hands the groups to the primary; says whether all that it has is on as many replicas as it has to be.
    async fn publish(&self, groups: &mut [Group]) -> Result<bool, Trouble> {
        let open = |group: &&mut Group| group.state == State::Open;
        for group in groups.iter_mut() {
            if let State::Published(_) = group.state {
                group.state = State::Open;
            }
        }
        let mut pipeline = redis::pipe();
        for group in groups.iter_mut().filter(open) {
            pipeline.add_command(self.publishing(group));
        }
        let replicas = if faults::mutant(Mutant::PublishBeforeWait) {
            0
        } else {
            self.common.settings.replicas
        };
        pipeline.add_command(replicas::wait(replicas, WAIT));
        let mut answers = match self.link.ask(&pipeline).await {
            Ok(answers) => answers,
            Err(trouble) => {
                if let Trouble::Lost(_) = trouble {
                    groups
                        .iter_mut()
                        .filter(open)
                        .for_each(|group| group.may_be_stored = true);
                }
                return Err(trouble);
            }
        };
        let waited = answers.pop();
        for (group, answer) in groups.iter_mut().filter(open).zip(answers) {
            if let Some(head) = group.take(answer) {
                self.common.known.note(&group.room, head);
            }
        }
        Ok(replicas::have_it(waited.as_ref(), replicas))
    }

    fn publishing(&self, group: &Group) -> Cmd {
        let keys = self.common.keys.room(&group.room);
        let keys = [keys.log(), keys.meta(), keys.seqs(), keys.sent()];
        let settings = &self.common.settings;
        let mut call = self.common.scripts.publish.call(&keys);
        self.common.settle(&mut call, &group.room);
        call.arg(settings.replicas)
            .arg(self.common.lease.end())
            .arg(settings.keep_messages)
            .arg(settings.keep_for.map_or(0, ms));
        for part in &group.appends {
            call.arg(&entries::arguments(&part.append)[..]);
        }
        call
    }

    /// Enters rooms that are new here into the lists before anybody is shown their first message.
    async fn list(&self, groups: &[Group]) -> Result<(), Trouble> {
        let turn = self.common.turns.current();
        let mut pipeline = redis::pipe();
        let mut rooms = Vec::new();
        {
            let mut listed = lock(&self.listed);
            if listed.turn != turn || listed.rooms.len() > LISTED_MAX {
                *listed = Listed {
                    turn,
                    rooms: BTreeSet::new(),
                };
            }
            for group in groups {
                let is_due = matches!(group.state, State::Published(_));
                if is_due && !listed.rooms.contains(&group.room) {
                    rooms.push(group.room.clone());
                }
            }
        }
        if rooms.is_empty() {
            return Ok(());
        }
        for room in &rooms {
            self.add_listing(&mut pipeline, room);
        }
        let replicas = self.common.settings.replicas;
        pipeline.add_command(replicas::wait(replicas, WAIT));
        let mut answers = self.link.ask(&pipeline).await?;
        let waited = answers.pop();
        if let Some(Err(error)) = answers.iter().find(|answer| answer.is_err()) {
            return Err(Trouble::Away(told(error)));
        }
        if replicas::have_it(waited.as_ref(), replicas) {
            let mut listed = lock(&self.listed);
            listed.rooms.extend(rooms);
        }
        Ok(())
    }

    fn add_listing(&self, pipeline: &mut redis::Pipeline, room: &Address) {
        let keys = &self.common.keys;
        match (room, keys::talk(room)) {
            (Address::Direct(pair), Some(talk)) => {
                for person in pair.persons() {
                    let key = keys.talks(person);
                    pipeline.cmd("ZADD").arg(key).arg(0).arg(&talk);
                }
            }
            (Address::Room(name), _) => {
                let key = keys.room_names();
                pipeline.cmd("ZADD").arg(key).arg(0).arg(name.as_str());
            }
            (Address::Direct(_), None) => {}
        }
    }

    /// Lets everybody see what is published, and tells of it.
    async fn confirm(&self, groups: &mut [Group]) -> Result<(), Trouble> {
        let due = |group: &&mut Group| matches!(group.state, State::Published(_));
        let mut pipeline = redis::pipe();
        for group in groups.iter_mut().filter(due) {
            if let State::Published(head) = group.state {
                pipeline.add_command(self.confirming(&group.room, head));
            }
        }
        if pipeline.is_empty() {
            return Ok(());
        }
        let answers = self.link.ask(&pipeline).await?;
        for (group, answer) in groups.iter_mut().filter(due).zip(answers) {
            match answer {
                Ok(Value::BulkString(said)) if said == b"ok" => group.state = State::Done,
                Ok(_) => {}
                Err(error) => tracing::warn!(error = told(&error), "a room is not confirmed"),
            }
        }
        Ok(())
    }

    fn confirming(&self, room: &Address, head: Position) -> Cmd {
        let keys = self.common.keys.room(room);
        let mut call = self.common.scripts.confirm.call(&[keys.log(), keys.meta()]);
        self.common.settle(&mut call, room);
        call.arg(head.era)
            .arg(head.n)
            .arg(keys.bell())
            .arg(BELL_MESSAGES_MAX)
            .arg(BELL_BYTES_MAX);
        if let Address::Direct(pair) = room {
            call.arg(room.to_string());
            for person in pair.persons() {
                call.arg(person.to_string())
                    .arg(self.common.keys.person_bell(person));
            }
        }
        call
    }
}

fn grouped(appends: Vec<(Instant, Append)>) -> Vec<Group> {
    let mut places: BTreeMap<Address, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (place, (handed, append)) in appends.into_iter().enumerate() {
        let room = append.room.clone();
        let part = Part {
            place,
            handed,
            append,
        };
        let at = *places.entry(room.clone()).or_insert(groups.len());
        if let Some(group) = groups.get_mut(at) {
            group.appends.push(part);
            continue;
        }
        groups.push(Group {
            room,
            appends: vec![part],
            state: State::Open,
            may_be_stored: false,
            results: Vec::new(),
        });
    }
    groups
}

/// What ended, in the order of the batch.
fn written(mut ended: Vec<Ended>) -> Vec<Written> {
    ended.sort_unstable_by_key(|(place, ..)| *place);
    let answers = ended
        .into_iter()
        .map(|(_, ticket, result)| Written::Append { ticket, result });
    answers.collect()
}

impl Group {
    /// Takes what the script answered; gives the room's head where it says one.
    fn take(&mut self, answer: RedisResult<Value>) -> Option<Position> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.refused(&error);
                return None;
            }
        };
        let published = Published::read(answer, self.appends.len())?;
        let is_beyond = |result: &Result<Appended, AppendError>| matches!(result, Ok(at) if at.position.n > published.head.n);
        if published.results.iter().any(is_beyond) {
            // It stands in the log and not in what counts there; nobody can say what becomes of it.
            self.may_be_stored = true;
            return None;
        }
        let was_fresh: Vec<Position> = self
            .results
            .iter()
            .filter_map(|result| result.ok().filter(|at| at.fresh).map(|at| at.position))
            .collect();
        self.results = published.results;
        self.may_be_stored |= self.results.iter().any(Result::is_ok);
        for result in self.results.iter_mut().flatten() {
            // Stored by an earlier try of this very batch.
            result.fresh |= was_fresh.contains(&result.position);
        }
        let beyond = |result: &Result<Appended, AppendError>| matches!(result, Ok(at) if at.position.n > published.confirmed);
        let needs_confirming = if self.appends.is_empty() {
            published.head.n > published.confirmed
        } else {
            self.results.iter().any(beyond)
        };
        self.state = if needs_confirming {
            State::Published(published.head)
        } else {
            State::Done
        };
        Some(published.head)
    }

    /// Takes that Redis did not run the script, or ended it.
    fn refused(&mut self, error: &redis::RedisError) {
        tracing::debug!(error = told(error), "Redis refuses to store");
        match error.code() {
            // It will not have more memory in a moment.
            Some("OOM") if !self.may_be_stored => self.state = State::Refused,
            // Said before a script begins.
            Some(
                "OOM" | "NOSCRIPT" | "READONLY" | "MASTERDOWN" | "LOADING" | "BUSY" | "MISCONF"
                | "NOREPLICAS" | "NOAUTH",
            ) => {}
            // Scripts end like that in the middle.
            Some(_) | None => self.may_be_stored = true,
        }
    }

    /// What its appends are answered, where they are through.
    fn take_results(&mut self) -> Vec<Ended> {
        match self.state {
            State::Open | State::Published(_) => Vec::new(),
            State::Refused => self.give_up(|_| true),
            State::Done => {
                let results = std::mem::take(&mut self.results);
                let answers = self.appends.drain(..).zip(results);
                answers
                    .map(|(part, result)| (part.place, part.append.ticket, result))
                    .collect()
            }
        }
    }

    /// Takes out those for which it is too late by when they were handed over: they are not tried any more.
    fn give_up(&mut self, is_late: impl Fn(Instant) -> bool) -> Vec<Ended> {
        let error = if self.may_be_stored {
            AppendError::Unknown
        } else {
            AppendError::Unavailable
        };
        let late = self.appends.extract_if(.., |part| is_late(part.handed));
        late.map(|part| (part.place, part.append.ticket, Err(error)))
            .collect()
    }
}

/// What the script says that publishes, where it ran to its end.
struct Published {
    head: Position,
    /// The number of the last message that may be shown.
    confirmed: u64,
    results: Vec<Result<Appended, AppendError>>,
}

impl Published {
    /// Nothing where it has not run because of the replicas or the lease.
    fn read(answer: Value, appends: usize) -> Option<Self> {
        type Told = (String, u64, u64, u64, u64, Vec<u64>);
        let (_, era, n, _, confirmed, numbers): Told = redis::from_redis_value(answer).ok()?;
        let results: Vec<_> = numbers.chunks_exact(4).filter_map(result).collect();
        (results.len() == appends).then_some(Self {
            head: Position::new(era, n),
            confirmed,
            results,
        })
    }
}

fn result(numbers: &[u64]) -> Option<Result<Appended, AppendError>> {
    let [code, era, n, time] = *numbers else {
        return None;
    };
    let appended = |fresh| Appended {
        position: Position::new(era, n),
        time,
        fresh,
    };
    Some(match code {
        0 => Ok(appended(true)),
        1 => Ok(appended(false)),
        2 => Err(AppendError::OutOfOrder { expected: era }),
        3 => Err(AppendError::Reused { expected: era }),
        _ => return None,
    })
}
