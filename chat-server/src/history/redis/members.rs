//! The members that this node says are in rooms: the newest word of each until Redis has heard it, and all of them again where Redis
//! may have forgotten them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use protocol::position::{Address, PersonId};
use redis::{Cmd, Pipeline};
use tokio::sync::{Notify, watch};
use tokio::time::{interval, timeout};

use super::common::{Common, lock};
use super::link::{Backoff, Link};
use super::member::{member_text, ms, node_text};
use super::nodes::Pulse;
use super::recent::{AGED_EVERY, Recent};
use crate::record::{NodeId, Present};

/// Members of which something is known; of one more nothing is told to other servers.
pub(super) const MEMBERS_MAX: usize = 65_536;

/// Changes that are told at once.
const TOLD_AT_ONCE: usize = 256;

/// How long a room that nobody is in is remembered, so that the count of its changes goes on.
pub(super) const EMPTY_ROOM: Duration = Duration::from_hours(1);

/// How long members are kept of whom no server says a word: those of a server that died, in a room that nobody joined again.
const MEMBERS_KEPT: Duration = Duration::from_hours(24);

/// Time between two words about a member who stays.
const SAID_AGAIN_EVERY: Duration = Duration::from_hours(6);

/// A message waits no longer for who joined before it.
const ENTERED_WITHIN: Duration = Duration::from_secs(3);

/// And no longer than that where the one before waited in vain.
const ENTERED_WITHIN_STUCK: Duration = Duration::from_millis(50);

/// Room and person.
type Key = (Address, PersonId);

#[derive(Debug, Default)]
struct State {
    /// The newest word that Redis has not heard; nothing of who is not there any more.
    waiting: BTreeMap<Key, Option<Present>>,
    /// Who is there.
    kept: BTreeMap<Key, Present>,
    /// Who left lately: a Redis that lost its tail has them still.
    left: Recent<Key>,
    /// Counts what was handed over.
    handed: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    /// What was handed over up to here is in Redis.
    done: u64,
    failures: u64,
}

/// All members by this node.
#[derive(Debug, Default)]
pub(super) struct Members {
    state: Mutex<State>,
    wake: Notify,
    progress: watch::Sender<Progress>,
    /// Redis did not answer for as long as a message waits; until it does, no other one waits so long.
    is_stuck: AtomicBool,
}

impl Members {
    /// Takes the newest word of a member: there, or not any more.
    pub(super) fn note(&self, room: Address, person: PersonId, present: Option<Present>) {
        let key = (room, person);
        self.with(|state| {
            let is_known = state.kept.contains_key(&key) || state.waiting.contains_key(&key);
            let size = state.kept.len().max(state.waiting.len());
            if !is_known && size >= MEMBERS_MAX {
                tracing::warn!("too many members here; other servers are not told of all of them");
                return;
            }
            if let Some(present) = &present {
                state.kept.insert(key.clone(), present.clone());
                state.left.remove(&key);
            } else {
                state.kept.remove(&key);
                state.left.add(key.clone());
            }
            state.waiting.insert(key, present);
            state.handed += 1;
        });
        self.wake.notify_one();
    }

    /// Waits until Redis has heard what was handed over so far, or cannot hear it.
    pub(super) async fn entered(&self) {
        let handed = self.with(|state| state.handed);
        let mut progress = self.progress.subscribe();
        let before = *progress.borrow_and_update();
        let settled = progress.wait_for(|now| now.done >= handed || now.failures > before.failures);
        let within = if self.is_stuck.load(Ordering::Acquire) {
            ENTERED_WITHIN_STUCK
        } else {
            ENTERED_WITHIN
        };
        // A message is not refused for the sake of a member list.
        let is_in_time = timeout(within, settled).await.is_ok();
        self.is_stuck.store(!is_in_time, Ordering::Release);
    }

    /// Tells Redis, until it is dropped.
    pub(super) async fn run(self: Arc<Self>, common: Arc<Common>, pulse: Arc<Pulse>) {
        let link = Link::new(&common);
        let mut backoff = Backoff::default();
        let (mut fenced, mut forgotten) = (pulse.fenced.subscribe(), pulse.forgotten.subscribe());
        let (mut again, mut aging) = (interval(SAID_AGAIN_EVERY), interval(AGED_EVERY));
        loop {
            tokio::select! {
                biased;
                Ok(()) = fenced.changed() => self.with(|state| *state = State {
                    handed: state.handed,
                    ..State::default()
                }),
                Ok(()) = forgotten.changed() => self.with(State::enter_again),
                _ = again.tick() => self.with(State::enter_again),
                _ = aging.tick() => self.with(|state| state.left.age()),
                () = self.wake.notified() => {}
            }
            while !self.tell(&common, &link, pulse.own.get()).await {
                backoff.pause().await;
                if fenced.has_changed().unwrap_or(false) {
                    self.wake.notify_one();
                    break;
                }
            }
            backoff = Backoff::default();
        }
    }

    /// Tells all that waits. False where Redis did not hear it.
    async fn tell(&self, common: &Common, link: &Link, node: NodeId) -> bool {
        loop {
            let (handed, part) = self.with(State::take);
            if part.is_empty() {
                self.progress.send_modify(|progress| progress.done = handed);
                return true;
            }
            let mut question = Pipeline::new();
            for ((room, person), present) in &part {
                question.add_command(enter(common, node, room, *person, present.as_ref()));
            }
            let is_heard = match link.ask(&question).await {
                Ok(answers) => answers.iter().all(Result::is_ok),
                Err(_) => false,
            };
            if !is_heard {
                self.with(|state| state.put_back(part));
                self.progress.send_modify(|progress| progress.failures += 1);
                return false;
            }
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut lock(&self.state))
    }
}

impl State {
    fn take(&mut self) -> (u64, Vec<(Key, Option<Present>)>) {
        let first = std::iter::from_fn(|| self.waiting.pop_first());
        let part = first.take(TOLD_AT_ONCE).collect();
        (self.handed, part)
    }

    /// What was not heard waits again, unless there is a newer word.
    fn put_back(&mut self, part: Vec<(Key, Option<Present>)>) {
        for (key, present) in part {
            self.waiting.entry(key).or_insert(present);
        }
    }

    fn enter_again(&mut self) {
        for (key, present) in &self.kept {
            let waiting = self.waiting.entry(key.clone());
            waiting.or_insert_with(|| Some(present.clone()));
        }
        for key in self.left.all() {
            self.waiting.entry(key.clone()).or_insert(None);
        }
    }
}

fn enter(
    common: &Common,
    node: NodeId,
    room: &Address,
    person: PersonId,
    present: Option<&Present>,
) -> Cmd {
    let keys = common.keys.room(room);
    let mut call = common
        .scripts
        .people
        .enter
        .call(&[keys.members(), keys.meta()]);
    call.arg(keys.bell())
        .arg(node_text(node))
        .arg(person.to_string())
        .arg(present.map(member_text).unwrap_or_default())
        .arg(ms(EMPTY_ROOM))
        .arg(ms(MEMBERS_KEPT));
    call
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present(number: usize, nick: &str) -> Present {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Present {
            room: "lobby".parse().unwrap(),
            person: PersonId::from_bytes(bytes),
            nick: nick.parse().unwrap(),
            guest: true,
            former: None,
            keyed: true,
            reconnecting: false,
        }
    }

    fn note(members: &Members, present: &Present, is_there: bool) {
        let (room, person) = (present.room.clone(), present.person);
        members.note(room, person, is_there.then(|| present.clone()));
    }

    #[test]
    fn the_newest_word_of_each_member_waits() {
        let members = Members::default();
        let (one, other) = (present(1, "one"), present(1, "other"));
        note(&members, &one, true);
        let (handed, part) = members.with(State::take);
        assert_eq!((handed, part.len()), (1, 1));
        note(&members, &other, true);
        members.with(|state| state.put_back(part));
        let (_, part) = members.with(State::take);
        assert_eq!(part[0].1, Some(other.clone()));
        members.with(State::enter_again);
        assert_eq!(members.with(State::take).1[0].1, Some(other.clone()));
        note(&members, &other, false);
        members.with(State::enter_again);
        assert_eq!(members.with(State::take).1[0].1, None);
        // A Redis that lost its tail may have them again.
        members.with(State::enter_again);
        assert_eq!(members.with(State::take).1[0].1, None);
    }

    #[test]
    fn members_are_bounded_and_the_known_ones_stay_up_to_date() {
        let members = Members::default();
        for number in 0..=MEMBERS_MAX {
            note(&members, &present(number, "x"), true);
        }
        members.with(|state| assert_eq!(state.waiting.len(), MEMBERS_MAX));
        note(&members, &present(0, "y"), true);
        members.with(|state| {
            assert_eq!(state.kept.len(), MEMBERS_MAX);
            let first = state.kept.values().next();
            assert_eq!(first, Some(&present(0, "y")));
        });
    }
}
