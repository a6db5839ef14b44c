//! What this node says of persons: one after the other, in the order in which it was handed over, again and again until Redis has
//! heard it or the patience ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use protocol::position::PersonId;
use redis::{Pipeline, Value};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;
use tokio::time::Instant;

use super::claims::{self, Claimed, Hold};
use super::common::Common;
use super::following::ToFollowing;
use super::link::{Answers, Backoff, Link, now};
use super::nodes::Pulse;
use super::recent::{AGED_EVERY, Recent};
use super::replicas;
use super::say::Say;
use crate::record::{Claim, ClaimError};

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

/// Something that is to be said, and when it was handed over.
#[derive(Clone, Debug)]
pub(super) struct Handed {
    pub(super) say: Say,
    pub(super) at: Instant,
}

impl Handed {
    /// It is handed over now.
    pub(super) fn now(say: Say) -> Self {
        Self { say, at: now() }
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
    owed: BTreeMap<PersonId, Say>,
    /// Were released lately: a Redis that lost its tail holds their nicks still.
    released: Recent<PersonId>,
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
            owed: BTreeMap::new(),
            released: Recent::default(),
            fenced: pulse.fenced.subscribe(),
            forgotten: pulse.forgotten.subscribe(),
        }
    }

    /// Says all that is handed over, until nobody can hand anything over any more.
    pub(super) async fn run(mut self, mut queue: Receiver<Handed>) {
        let mut batch = Vec::new();
        let mut aging = tokio::time::interval(AGED_EVERY);
        loop {
            let retry = self.common.settings.renew_every;
            let is_behind = !self.owed.is_empty();
            tokio::select! {
                biased;
                Ok(()) = self.fenced.changed() => {
                    self.holds.clear();
                    self.owed.clear();
                    self.released = Recent::default();
                }
                Ok(()) = self.forgotten.changed() => self.hold_again().await,
                taken = queue.recv_many(&mut batch, TOLD_AT_ONCE) => {
                    if taken == 0 {
                        return;
                    }
                    self.say(std::mem::take(&mut batch)).await;
                }
                _ = aging.tick() => self.released.age(),
                () = tokio::time::sleep(retry), if is_behind => self.say(Vec::new()).await,
            }
        }
    }

    /// Says all of it until it is heard, or until the patience with each ends.
    async fn say(&mut self, batch: Vec<Handed>) {
        let owed = std::mem::take(&mut self.owed).into_values();
        let patience = self.common.settings.patience;
        // What is owed was tried for long enough to go on without it.
        let long_ago = now().checked_sub(patience).unwrap_or_else(now);
        let owed = owed.map(|say| Handed { say, at: long_ago });
        let mut batch: Vec<Handed> = owed.chain(batch).collect();
        self.prepare(&batch).await;
        let mut backoff = Backoff::default();
        loop {
            batch = self.say_once(batch).await;
            let begun = now();
            let is_late = |handed: &Handed| handed.at + patience <= begun;
            let (late, left): (Vec<Handed>, Vec<Handed>) = batch.into_iter().partition(is_late);
            for handed in late {
                self.give_up(handed.say).await;
            }
            if left.is_empty() {
                return;
            }
            batch = left;
            backoff.pause().await;
        }
    }

    /// Hears what happens to who claims a nick from before it is granted, and expects its own bells.
    async fn prepare(&self, batch: &[Handed]) {
        let mut claimants = Vec::new();
        for handed in batch {
            match &handed.say {
                Say::Claim(claim) => claimants.push(claim.person),
                Say::Introduced { person, device } => {
                    self.tell(ToFollowing::Introduced(*person, *device)).await;
                }
                Say::Again(_) | Say::Used(_) | Say::Served(_) | Say::Released { .. } => {}
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
    async fn say_once(&mut self, batch: Vec<Handed>) -> Vec<Handed> {
        let node = self.pulse.own.get();
        let mut question = Pipeline::new();
        for handed in &batch {
            question.add_command(handed.say.command(&self.common, node));
        }
        let replicas = self.common.settings.replicas;
        let has_claims = batch.iter().any(|handed| handed.say.claimant().is_some());
        let waits = replicas > 0 && has_claims;
        if waits {
            question.add_command(replicas::wait(replicas, REPLICAS_WITHIN));
        }
        let Ok(mut answers) = self.link.ask(&question).await else {
            return batch;
        };
        let is_kept = !waits || replicas::have_it(answers.pop().as_ref(), replicas);
        self.take(batch, answers, is_kept).await
    }

    async fn take(&mut self, batch: Vec<Handed>, answers: Answers, is_kept: bool) -> Vec<Handed> {
        let mut again = Vec::new();
        let claims = batch.iter().filter_map(|handed| handed.say.claimant());
        let claimants: BTreeSet<PersonId> = claims.collect();
        for (handed, answer) in batch.into_iter().zip(answers) {
            match (&handed.say, answer) {
                // Said again it would undo what was claimed after it.
                (Say::Released { person }, Err(_)) if claimants.contains(person) => {}
                (Say::Claim(_) | Say::Again(_), Ok(answer)) => {
                    again.extend(self.answered(handed, answer, is_kept).await);
                }
                (Say::Released { person }, Ok(_)) => {
                    self.holds.remove(person);
                    self.released.add(*person);
                    self.tell(ToFollowing::Released(*person)).await;
                }
                (Say::Introduced { person, device }, Ok(turn)) => {
                    if let Some(hold) = self.holds.get_mut(person) {
                        hold.keyed = true;
                    }
                    // Without a turn it is taken over by bells alone.
                    let turn = redis::from_redis_value(turn).unwrap_or(u64::MAX);
                    self.tell(ToFollowing::Told(*person, *device, turn)).await;
                }
                (Say::Used(_) | Say::Served(_), Ok(_)) => {}
                (_, Err(error)) => {
                    tracing::debug!(%error, "Redis refused what it was told of a person");
                    again.push(handed);
                }
            }
        }
        again
    }

    /// A claim is answered; gives it back where it has to be asked again.
    async fn answered(&mut self, handed: Handed, answer: Value, is_kept: bool) -> Option<Handed> {
        match (claims::read_claimed(answer), &handed.say) {
            (None | Some(Claimed::Few), _) => Some(handed),
            (Some(Claimed::Granted { .. }), _) if !is_kept => Some(handed),
            (Some(Claimed::Dead), _) => {
                self.pulse.hurry.notify_one();
                Some(handed)
            }
            (Some(claimed), Say::Claim(claim)) => {
                self.claimed(claim.clone(), claimed).await;
                None
            }
            (Some(Claimed::Refused(_)), _) => {
                // It was given to somebody else, who could not know of this node.
                tracing::warn!("a nick that is held here was given to somebody else");
                self.pulse.give_up();
                None
            }
            (Some(Claimed::Granted { .. }), _) => None,
        }
    }

    async fn claimed(&mut self, claim: Claim, claimed: Claimed) {
        if let Claimed::Granted { former, .. } = &claimed {
            let keyed = self.holds.get(&claim.person).is_some_and(|hold| hold.keyed);
            let hold = Hold {
                claim: claim.clone(),
                keyed: keyed || claim.owner.is_some(),
                former: *former,
            };
            self.released.remove(&claim.person);
            if self.holds.len() < HOLDS_MAX || self.holds.contains_key(&claim.person) {
                self.holds.insert(claim.person, hold);
            }
        }
        self.tell(ToFollowing::Claimed(claim, claimed)).await;
    }

    /// The patience is at its end. Redis may have done it all the same, or do it yet: what must not stay so is owed to it.
    async fn give_up(&mut self, say: Say) {
        let owed = match say {
            Say::Claim(claim) => {
                let person = claim.person;
                let refused = Claimed::Refused(ClaimError::Unavailable);
                self.tell(ToFollowing::Claimed(claim, refused)).await;
                match self.holds.get(&person) {
                    Some(hold) => (person, Say::Again(hold.claim.clone())),
                    None => (person, Say::Released { person }),
                }
            }
            Say::Released { person } => {
                self.holds.remove(&person);
                self.tell(ToFollowing::Released(person)).await;
                (person, Say::Released { person })
            }
            Say::Again(claim) => (claim.person, Say::Again(claim)),
            Say::Introduced { person, device } => {
                return self.tell(ToFollowing::NotIntroduced(person, device)).await;
            }
            // They are told of again.
            Say::Used(_) | Say::Served(_) => return,
        };
        if self.owed.len() < HOLDS_MAX || self.owed.contains_key(&owed.0) {
            self.owed.insert(owed.0, owed.1);
        }
    }

    /// Says again who was released lately, and enters again what is held from here: it may stand nowhere.
    async fn hold_again(&mut self) {
        let released = self.released.all();
        let released = released.filter(|person| !self.holds.contains_key(*person));
        for person in released.copied().collect::<Vec<_>>() {
            self.owed.entry(person).or_insert(Say::Released { person });
        }
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
