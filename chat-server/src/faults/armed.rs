//! What the fault driver arms by the environment. The process dies as by `kill -9`, so nothing is put in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use protocol::event::{Event, Message, Start};
use protocol::position::Address;
use rustix::process::{Signal, getpid, kill_process};

use super::{Mutant, Point};
use crate::Config;
use crate::config::Location;
use crate::engine::ConnId;

/// `commit:3` kills the process when it comes to that place for the third time.
const POINT: &str = "CHAT_FAULT_POINT";
/// The name of a mutant.
const MUTANT: &str = "CHAT_MUTANT";
/// Milliseconds between two pings; far shorter than what a person would choose, so that a run takes seconds.
const HEARTBEAT: &str = "CHAT_FAULT_HEARTBEAT_MS";
/// Milliseconds from a ping to any sign of life.
const PATIENCE: &str = "CHAT_FAULT_PATIENCE_MS";
/// Milliseconds for which a lost member shows as reconnecting.
const RECONNECTING: &str = "CHAT_FAULT_RECONNECTING_MS";
/// Milliseconds without a sign of life towards a shared history after which a server counts as dead; it gives three in that time.
const NODE: &str = "CHAT_FAULT_NODE_MS";

/// Signs of life that a server tries to give before it counts as dead.
const SIGNS_OF_LIFE: u32 = 3;

/// Looks, a millisecond apart, for what has to be written out before the process dies; then it dies anyway.
const LOOKS_MAX: u32 = 200;

/// How long a mutant keeps a transaction open that it has answered, as a slow disk would.
const OPEN_FOR: Duration = Duration::from_millis(4);

/// Of so many changes of a member list one is lost.
const PRESENCE_LOST_EVERY: u64 = 3;

#[derive(Debug)]
struct Armed {
    point: Option<(Point, u64)>,
    passed: AtomicU64,
    mutant: Option<Mutant>,
    changes: AtomicU64,
    acks: Mutex<Vec<(ConnId, Event)>>,
    resumed: Mutex<Resumed>,
}

/// What is known of resumes.
#[derive(Debug, Default)]
struct Resumed {
    /// Who is being given what it missed.
    readers: BTreeSet<(ConnId, Address)>,
    /// The last message that went out live, by room.
    last: BTreeMap<Address, Message>,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Reads once what is armed, and changes the waits of `config` where a variable says so.
///
/// # Errors
///
/// Where a variable holds what nobody here knows.
pub fn arm(config: &mut Config) -> Result<(), String> {
    if let Some(heartbeat) = milliseconds(HEARTBEAT)? {
        config.limits.heartbeat_ms = heartbeat;
    }
    if let Some(patience) = milliseconds(PATIENCE)? {
        config.limits.pong_ms = patience;
    }
    if let Some(reconnecting) = milliseconds(RECONNECTING)? {
        config.limits.reconnecting_ms = reconnecting;
    }
    if let (Some(dead), Location::Redis(shared)) = (milliseconds(NODE)?, &mut config.data) {
        shared.dead_after = Duration::from_millis(dead);
        shared.renew_every = shared.dead_after / SIGNS_OF_LIFE;
    }
    let armed = Armed {
        point: variable(POINT)
            .map(|value| read_point(&value).ok_or_else(|| unknown(POINT, &value)))
            .transpose()?,
        passed: AtomicU64::new(0),
        mutant: variable(MUTANT)
            .map(|value| named(&Mutant::ALL, &value).ok_or_else(|| unknown(MUTANT, &value)))
            .transpose()?,
        changes: AtomicU64::new(0),
        acks: Mutex::default(),
        resumed: Mutex::default(),
    };
    ARMED
        .set(armed)
        .map_err(|_twice| "faults are armed once".to_owned())
}

/// Passes a place; dies there if that is due.
pub(crate) fn point(point: Point) {
    point_once_written(point, || true);
}

/// As `point`, but what `is_written` asks for leaves the process before.
pub(crate) fn point_once_written(point: Point, is_written: impl Fn() -> bool) {
    let Some(armed) = ARMED.get() else { return };
    let Some((due, pass)) = armed.point else {
        return;
    };
    if due != point || armed.passed.fetch_add(1, Ordering::Relaxed) + 1 != pass {
        return;
    }
    if !is_written() {
        tokio::task::block_in_place(|| {
            for _ in 0..LOOKS_MAX {
                if is_written() {
                    break;
                }
                pause(Duration::from_millis(1));
            }
        });
    }
    die();
}

/// Whether this promise is to be broken.
pub(crate) fn mutant(mutant: Mutant) -> bool {
    ARMED.get().and_then(|armed| armed.mutant) == Some(mutant)
}

/// Takes the changes out of each third event about a member list.
pub(crate) fn lose_presence(events: &mut [Event]) {
    let Some(armed) = ARMED.get() else { return };
    for event in events {
        if let Event::Presence(presence) = event
            && armed.changes.fetch_add(1, Ordering::Relaxed) % PRESENCE_LOST_EVERY
                == PRESENCE_LOST_EVERY - 1
        {
            presence.changes.clear();
        }
    }
}

/// What goes out behind an event though it was there before.
pub(crate) fn overlap(conn: ConnId, event: &Event) -> Option<Event> {
    let armed = ARMED.get().filter(|_| mutant(Mutant::NoResumeTrim))?;
    let mut resumed = lock(&armed.resumed);
    if let Event::Message(message) = event {
        resumed.last.insert(message.room.clone(), message.clone());
    }
    if let Event::Joined(joined) = event
        && joined.start == Start::Resumed
    {
        resumed.readers.insert((conn, joined.room.clone()));
    }
    if let Event::History(part) = event
        && part.done
        && resumed.readers.remove(&(conn, part.room.clone()))
    {
        let last = resumed.last.get(&part.room);
        return last.cloned().map(Event::Message);
    }
    None
}

/// Keeps an acknowledgement back, which then comes after the commit.
pub(crate) fn hold_back(conn: ConnId, event: &Event) -> bool {
    let Some(armed) = ARMED.get() else {
        return false;
    };
    let is_ack = matches!(event, Event::Ack(_));
    if is_ack {
        lock(&armed.acks).push((conn, event.clone()));
    }
    is_ack
}

/// What was kept back and may go.
pub(crate) fn held_back() -> Vec<(ConnId, Event)> {
    ARMED
        .get()
        .map(|armed| std::mem::take(&mut *lock(&armed.acks)))
        .unwrap_or_default()
}

/// Keeps a transaction open for a while.
pub(crate) fn dawdle() {
    pause(OPEN_FOR);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process that is about to die, or a mutant, may waste its time"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn die() -> ! {
    let killed = kill_process(getpid(), Signal::KILL);
    debug_assert!(killed.is_ok(), "a process may kill itself");
    loop {
        std::thread::park();
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn milliseconds(name: &str) -> Result<Option<u64>, String> {
    variable(name)
        .map(|value| value.parse().map_err(|_number| unknown(name, &value)))
        .transpose()
}

fn read_point(value: &str) -> Option<(Point, u64)> {
    let (name, pass) = value.split_once(':').unwrap_or((value, "1"));
    Some((named(&Point::ALL, name)?, pass.parse().ok()?))
}

fn named<T: Copy>(all: &[(&str, T)], name: &str) -> Option<T> {
    all.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}

fn unknown(name: &str, value: &str) -> String {
    format!("{name}: nobody here knows {value:?}")
}
