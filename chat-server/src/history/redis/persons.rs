//! What this node says of persons: one after the other, in the order in which it was handed over, again and again until Redis has
//! heard it or the patience ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use protocol::position::PersonId;
use redis::{Pipeline, RedisResult, Value};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;
use tokio::time::Instant;

use super::claims::{self, Claimed, Hold};
use super::common::Common;
use super::following::ToFollowing;
use super::link::{Answers, Backoff, Link, now};
use super::nodes::Pulse;
use crate::record::{Claim, ClaimError, Share, Used, Write};

/// What waits to be said of persons; at it who hands over waits.
pub(super) const PERSONS_WAITING_MAX: usize = 4096;

/// What is said at once.
const TOLD_AT_ONCE: usize = 256;

/// Persons who hold a nick by this node and are entered anew in case they are forgotten; of one more it is left to the next claim.
pub(super) const HOLDS_MAX: usize = 65_536;

/// Nicks that are entered anew at once.
const HELD_AT_ONCE: usize = 256;

/// How long Redis waits for its replicas to have a claim.
const REPLICAS_WITHIN: Duration = Duration::from_millis(500);

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Say {
    Claim(Claim),
    Used(Used),
    Served(Duration),
    Introduced { person: PersonId, device: u32 },
    Released { person: PersonId },
}

impl Say {
    const fn claimant(&self) -> Option<PersonId> {
        match self {
            Self::Claim(claim) => Some(claim.person),
            Self::Used(_) | Self::Served(_) | Self::Introduced { .. } | Self::Released { .. } => {
                None
            }
        }
    }

    /// What of a write is to be said of a person.
    pub(super) fn of(write: Write) -> Option<Self> {
        Some(match write {
            Write::Claim(claim) => Self::Claim(claim),
            Write::Used(used) => Self::Used(used),
            Write::Served(served) => Self::Served(served),
            Write::Share(Share::Introduced { person, device }) => {
                Self::Introduced { person, device }
            }
            Write::Share(Share::Released { person, .. }) => Self::Released { person },
            Write::Append(_)
            | Write::Present(_)
            | Write::Absent { .. }
            | Write::Share(Share::Unloaded { .. } | Share::Spent(_)) => return None,
        })
    }
}

/// The one who says it.
pub(super) struct Persons {
    common: Arc<Common>,
    pulse: Arc<Pulse>,
    link: Link,
    following: Sender<ToFollowing>,
    holds: BTreeMap<PersonId, Hold>,
    /// Could not be said in time, and must be said once.
    unreleased: BTreeSet<PersonId>,
    fenced: watch::Receiver<u64>,
    forgotten: watch::Receiver<u64>,
}

impl Persons {
    pub(super) fn new(
        common: &Arc<Common>,
        pulse: &Arc<Pulse>,
        following: Sender<ToFollowing>,
    ) -> Self {
        Self {
            common: Arc::clone(common),
            pulse: Arc::clone(pulse),
            link: Link::new(common),
            following,
            holds: BTreeMap::new(),
            unreleased: BTreeSet::new(),
            fenced: pulse.fenced.subscribe(),
            forgotten: pulse.forgotten.subscribe(),
        }
    }

    /// Says all that is handed over, until nobody can hand anything over any more.
    pub(super) async fn run(mut self, mut queue: Receiver<Say>) {
        let mut batch = Vec::new();
        loop {
            let retry = self.common.settings.renew_every;
            let is_behind = !self.unreleased.is_empty();
            tokio::select! {
                biased;
                Ok(()) = self.fenced.changed() => {
                    self.holds.clear();
                    self.unreleased.clear();
                }
                Ok(()) = self.forgotten.changed() => self.hold_again().await,
                taken = queue.recv_many(&mut batch, TOLD_AT_ONCE) => {
                    if taken == 0 {
                        return;
                    }
                    self.say(std::mem::take(&mut batch)).await;
                }
                () = tokio::time::sleep(retry), if is_behind => self.say(Vec::new()).await,
            }
        }
    }

    async fn say(&mut self, batch: Vec<Say>) {
        let released = std::mem::take(&mut self.unreleased).into_iter();
        let mut batch: Vec<Say> = released
            .map(|person| Say::Released { person })
            .chain(batch)
            .collect();
        self.prepare(&batch).await;
        let deadline = now() + self.common.settings.patience;
        let mut backoff = Backoff::default();
        while !batch.is_empty() {
            batch = self.say_once(batch).await;
            if !batch.is_empty() && !pause(&mut backoff, deadline).await {
                return self.give_up(batch).await;
            }
        }
    }

    /// Hears what happens to who claims a nick from before it is granted, and expects its own bells.
    async fn prepare(&self, batch: &[Say]) {
        let mut claimants = Vec::new();
        for say in batch {
            match say {
                Say::Claim(claim) => claimants.push(claim.person),
                Say::Introduced { person, device } => {
                    self.tell(ToFollowing::Introduced(*person, *device)).await;
                }
                Say::Used(_) | Say::Served(_) | Say::Released { .. } => {}
            }
        }
        if claimants.is_empty() {
            return;
        }
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        self.tell(ToFollowing::Claiming(claimants, ready)).await;
        // Who follows is gone only with everything else.
        drop(is_ready.await);
    }

    /// Says everything once; gives back what has to be said again.
    async fn say_once(&mut self, batch: Vec<Say>) -> Vec<Say> {
        let node = self.pulse.own.get();
        let mut question = Pipeline::new();
        for say in &batch {
            question.add_command(match say {
                Say::Claim(claim) => claims::claim(&self.common, node, claim),
                Say::Used(used) => claims::used(&self.common, used),
                Say::Served(served) => claims::served(&self.common, *served),
                Say::Introduced { person, device } => {
                    claims::introduce(&self.common, node, *person, *device)
                }
                Say::Released { person } => claims::release(&self.common, node, *person),
            });
        }
        let replicas = self.common.settings.replicas;
        let has_claims = batch.iter().any(|say| matches!(say, Say::Claim(_)));
        let waits = replicas > 0 && has_claims;
        if waits {
            let within = super::member::ms(REPLICAS_WITHIN);
            question.cmd("WAIT").arg(replicas).arg(within);
        }
        let Ok(mut answers) = self.link.ask(&question).await else {
            return batch;
        };
        let is_kept = !waits || has_enough(answers.pop().as_ref(), replicas);
        self.take(batch, answers, is_kept).await
    }

    async fn take(&mut self, batch: Vec<Say>, answers: Answers, is_kept: bool) -> Vec<Say> {
        let mut again = Vec::new();
        let claims = batch.iter().filter_map(Say::claimant);
        let claimants: BTreeSet<PersonId> = claims.collect();
        for (say, answer) in batch.into_iter().zip(answers) {
            match (say, answer) {
                // Said again it would undo what was claimed after it.
                (Say::Released { person }, Err(_)) if claimants.contains(&person) => {}
                (Say::Claim(claim), answer) => {
                    let claimed = answer.ok().and_then(claims::read_claimed);
                    match claimed {
                        Some(Claimed::Granted { .. }) if !is_kept => again.push(Say::Claim(claim)),
                        Some(Claimed::Dead) => {
                            self.pulse.hurry.notify_one();
                            again.push(Say::Claim(claim));
                        }
                        Some(claimed) => self.claimed(claim, claimed).await,
                        None => again.push(Say::Claim(claim)),
                    }
                }
                (Say::Released { person }, Ok(_)) => {
                    self.holds.remove(&person);
                    self.tell(ToFollowing::Released(person)).await;
                }
                (Say::Introduced { person, .. }, Ok(_)) => {
                    if let Some(hold) = self.holds.get_mut(&person) {
                        hold.keyed = true;
                    }
                }
                (Say::Used(_) | Say::Served(_), Ok(_)) => {}
                (say, Err(error)) => {
                    tracing::debug!(%error, "Redis refused what it was told of a person");
                    again.push(say);
                }
            }
        }
        again
    }

    async fn claimed(&mut self, claim: Claim, claimed: Claimed) {
        if let Claimed::Granted { former, .. } = &claimed {
            let keyed = self.holds.get(&claim.person).is_some_and(|hold| hold.keyed);
            let hold = Hold {
                nick: claim.nick.clone(),
                guest: claim.owner.is_none(),
                keyed: keyed || claim.owner.is_some(),
                former: *former,
            };
            if self.holds.len() < HOLDS_MAX || self.holds.contains_key(&claim.person) {
                self.holds.insert(claim.person, hold);
            }
        }
        self.tell(ToFollowing::Claimed(claim, claimed)).await;
    }

    /// The patience is at its end.
    async fn give_up(&mut self, batch: Vec<Say>) {
        for say in batch {
            match say {
                Say::Claim(claim) => {
                    let refused = Claimed::Refused(ClaimError::Unavailable);
                    self.tell(ToFollowing::Claimed(claim, refused)).await;
                }
                Say::Released { person } => {
                    self.holds.remove(&person);
                    if self.unreleased.len() < HOLDS_MAX {
                        self.unreleased.insert(person);
                    }
                    self.tell(ToFollowing::Released(person)).await;
                }
                // A use is told of again, and a device is heard of when it says something.
                Say::Used(_) | Say::Served(_) | Say::Introduced { .. } => {}
            }
        }
    }

    /// Enters again what is held from here: it may stand nowhere.
    async fn hold_again(&mut self) {
        let holds: Vec<(&PersonId, &Hold)> = self.holds.iter().collect();
        for part in holds.chunks(HELD_AT_ONCE) {
            let mut question = Pipeline::new();
            let node = self.pulse.own.get();
            question.add_command(claims::hold(&self.common, node, part.iter().copied()));
            match self
                .link
                .ask(&question)
                .await
                .map(|mut answers| answers.pop())
            {
                Ok(Some(Ok(Value::Int(0)))) => {
                    // Another node gave one of them away, as it could not know of this one.
                    tracing::warn!("a nick that is held here was given to somebody else");
                    self.pulse.give_up();
                    return;
                }
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(_)) | None) | Err(_) => {
                    self.pulse.forgotten.send_modify(|times| *times += 1);
                    return tokio::time::sleep(self.common.settings.renew_every / 2).await;
                }
            }
        }
    }

    async fn tell(&self, what: ToFollowing) {
        if self.following.send(what).await.is_err() {
            tracing::debug!("nobody follows any more");
        }
    }
}

fn has_enough(answer: Option<&RedisResult<Value>>, replicas: u32) -> bool {
    matches!(answer, Some(Ok(Value::Int(have))) if *have >= i64::from(replicas))
}

/// Waits before the next try; false where the deadline is before that.
async fn pause(backoff: &mut Backoff, deadline: Instant) -> bool {
    if now() >= deadline {
        return false;
    }
    backoff.pause().await;
    true
}
