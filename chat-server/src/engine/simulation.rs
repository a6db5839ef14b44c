//! Seeded runs of many clients against the engine and a model store, with everything that can happen in between
//! happening at random. Each client checks what it is told; the world checks what must hold for all.
//!
//! `CHAT_SEED=17 cargo test -p chat-server simulation` replays one run, `CHAT_RUNS=5000` makes more of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use protocol::close::CloseCode;
use protocol::event::Event;
use protocol::limits::{Limits, Rate};
use protocol::position::{Address, PersonId};

use super::random::Random;
use super::testing::{Store, check_frame};
use super::{ConnId, Engine, Input, Now, Output, Settings};
use crate::record::{Found, Read, Write, Written};

mod checks;
mod client;
mod servers;
mod tally;

use client::Client;
use tally::Tally;

/// Runs in an ordinary test; more by `CHAT_RUNS`.
const RUNS: u64 = 300;

/// For how long a request is kept back at most, where budgets are small, in milliseconds.
const PAUSE_MS: u64 = 700;

/// Steps of one run, before everything comes to rest.
const STEPS: u64 = 700;

/// Short, so that nicks get free within a run.
const NICK_EXPIRY: Duration = Duration::from_secs(8);

#[test]
fn everything_holds_whatever_happens() {
    if let Some(seed) = number("CHAT_SEED") {
        let mut world = World::new(seed);
        world.trace = true;
        world.run();
        return;
    }
    let mut tally = Tally::of(tally::ALONE);
    for seed in 0..number("CHAT_RUNS").unwrap_or(RUNS) {
        let failing = FailingSeed(seed);
        let mut world = World::new(seed);
        world.run();
        tally.add(&world.tally);
        std::mem::forget(failing);
    }
    // A run in which nothing happens proves nothing.
    for (what, count) in tally.0 {
        assert!(count > 0, "never happened: {what}");
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok();
    text.map(|text| text.parse().unwrap())
}

/// Names the seed when a run panics.
struct FailingSeed(u64);

impl Drop for FailingSeed {
    #[expect(
        clippy::print_stderr,
        reason = "whoever reads the failure needs the seed"
    )]
    fn drop(&mut self) {
        eprintln!("replay with CHAT_SEED={}", self.0);
    }
}

struct World {
    engine: Engine,
    settings: Settings,
    store: Store,
    now: Now,
    random: Random,
    clients: Vec<Client>,
    /// Which client a connection belongs to; gone with the connection.
    connections: BTreeMap<ConnId, usize>,
    next_conn: u64,
    /// Not committed yet.
    writes: VecDeque<Write>,
    /// Committed, but the engine has not heard of it.
    committed: VecDeque<Vec<Written>>,
    /// Asked, but not looked up yet.
    reads: Vec<Read>,
    /// Looked up, but the engine has not heard of it.
    found: Vec<Found>,
    /// Asked to say when they are drained.
    draining: BTreeSet<ConnId>,
    closing: BTreeSet<ConnId>,
    paused: BTreeSet<ConnId>,
    /// When each person has said something.
    said: BTreeMap<PersonId, Vec<Duration>>,
    /// A note of a nick in use was refused, which only the next one makes good.
    uses_refused: bool,
    /// When a drain is over, and another engine follows.
    drains_until: Option<Duration>,
    tally: Tally,
    trace: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let limits = Limits {
            in_flight: 4,
            rooms: 3,
            page_messages: 4,
            members_told: if seed.is_multiple_of(2) { 200 } else { 3 },
            reconnecting_ms: 3_000,
            ..budgets(seed)
        };
        let settings = Settings {
            limits,
            given_bytes: 4_000,
            nick_expiry: Some(NICK_EXPIRY),
            ..Settings::default()
        };
        let now = Now {
            elapsed: Duration::ZERO,
            unix_ms: 1,
        };
        Self {
            engine: Engine::new(
                settings.clone(),
                Store::default().restored(),
                random.next(),
                now,
            ),
            settings,
            store: Store::default(),
            now,
            clients: (0..8).map(Client::new).collect(),
            random,
            connections: BTreeMap::new(),
            next_conn: 0,
            writes: VecDeque::new(),
            committed: VecDeque::new(),
            reads: Vec::new(),
            found: Vec::new(),
            draining: BTreeSet::new(),
            closing: BTreeSet::new(),
            paused: BTreeSet::new(),
            said: BTreeMap::new(),
            uses_refused: false,
            drains_until: None,
            tally: Tally::of(tally::ALONE),
            trace: false,
        }
    }

    fn run(&mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        if self.drains_until.is_some() {
            self.restart();
        }
        self.settle();
        // Until the store has heard of every nick in use once more.
        self.uses_refused = false;
        let wait = self.engine.use_interval();
        self.now.elapsed += wait;
        self.now.unix_ms += u64::try_from(wait.as_millis()).unwrap();
        self.turn(Input::Tick);
        self.settle();
        self.check_rest();
        for index in 0..self.clients.len() {
            self.close(index, true);
        }
        self.now.elapsed += Duration::from_mins(1);
        self.turn(Input::Tick);
        self.settle();
        self.check_forgotten();
    }

    fn step(&mut self) {
        match self.random.below(16) {
            0..=6 => self.act(),
            7 | 8 => self.commit(),
            9 | 10 => self.hear_committed(),
            11 => self.look_up(),
            12 | 13 => self.hear_found(),
            14 => self.drain(),
            _ => self.pass_time(),
        }
    }

    /// One client does something.
    fn act(&mut self) {
        let index = usize::try_from(self.random.below(self.clients.len() as u64)).unwrap();
        let Some(conn) = self.clients[index].conn else {
            if self.random.below(2) == 0 {
                self.connect(index);
            }
            return;
        };
        if self.closing.contains(&conn) {
            return self.close(index, false);
        }
        match self.random.below(100) {
            0 | 1 => return self.close(index, false),
            2 => return self.close(index, true),
            3 if self.random.below(20) == 0 => return self.restart(),
            4 if self.random.below(20) == 0 => return self.begin_drain(),
            _ => {}
        }
        // What was on its way when reading paused still arrives.
        if self.paused.contains(&conn) && self.random.below(4) > 0 {
            return;
        }
        if let Some(input) = self.clients[index].act(conn, &mut self.random, &self.store) {
            self.turn(input);
        }
    }

    fn connect(&mut self, index: usize) {
        self.next_conn += 1;
        let conn = ConnId(self.next_conn);
        let mut keyless = [0xee; 16];
        keyless[..8].copy_from_slice(&self.next_conn.to_be_bytes());
        let keyless = PersonId::from_bytes(keyless);
        self.clients[index].connected(conn, keyless);
        self.connections.insert(conn, index);
        self.turn(Input::Connected {
            conn,
            address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            keyless,
        });
        let hello = self.clients[index].hello(conn, &mut self.random);
        self.turn(hello);
    }

    fn close(&mut self, index: usize, goodbye: bool) {
        let Some(conn) = self.clients[index].conn else {
            return;
        };
        self.clients[index].disconnected(goodbye);
        self.forget(conn);
        self.turn(Input::Closed { conn, goodbye });
    }

    fn forget(&mut self, conn: ConnId) {
        self.connections.remove(&conn);
        self.draining.remove(&conn);
        self.closing.remove(&conn);
        self.paused.remove(&conn);
    }

    /// All are sent elsewhere, one after the other, and then the process ends.
    fn begin_drain(&mut self) {
        if self.drains_until.is_some() {
            return;
        }
        let start = self.now.elapsed + Duration::from_millis(self.random.below(1_000));
        let end = start + Duration::from_millis(self.random.below(3_000));
        self.engine.drain(start..end);
        self.drains_until = Some(end);
    }

    /// The process is killed: what was not committed is gone, and so is all that the engine had in mind.
    fn restart(&mut self) {
        self.tally.note("restarted");
        self.drains_until = None;
        for index in 0..self.clients.len() {
            if let Some(conn) = self.clients[index].conn {
                self.clients[index].disconnected(false);
                self.forget(conn);
            }
        }
        self.writes.clear();
        self.committed.clear();
        self.reads.clear();
        self.found.clear();
        self.said.clear();
        let seed = self.random.next();
        let restored = self.store.restored();
        self.engine = Engine::new(self.settings.clone(), restored, seed, self.now);
    }

    fn commit(&mut self) {
        if self.writes.is_empty() {
            return;
        }
        let count = 1 + self.random.below(self.writes.len() as u64);
        let batch: Vec<Write> = self
            .writes
            .drain(..usize::try_from(count).unwrap())
            .collect();
        let written = if self.random.below(25) == 0 {
            self.tally.note("refused by the store");
            // Presence is not answered, so a refused batch is kept for the next one.
            let (kept, refused): (Vec<Write>, Vec<Write>) =
                batch.into_iter().partition(Write::is_presence);
            self.uses_refused |= refused.iter().any(|write| matches!(write, Write::Used(_)));
            for write in kept.into_iter().rev() {
                self.writes.push_front(write);
            }
            Store::refuse(&refused)
        } else {
            self.store.commit(batch)
        };
        if !written.is_empty() {
            self.committed.push_back(written);
        }
    }

    fn hear_committed(&mut self) {
        if let Some(written) = self.committed.pop_front() {
            self.turn(Input::Committed(written));
        }
    }

    fn look_up(&mut self) {
        if self.reads.is_empty() {
            return;
        }
        let index = self.random.below(self.reads.len() as u64);
        let Read { ticket, query } = self.reads.swap_remove(usize::try_from(index).unwrap());
        let answer = (self.random.below(60) > 0).then(|| self.store.answer(&query));
        self.found.push(Found { ticket, answer });
    }

    fn hear_found(&mut self) {
        if self.found.is_empty() {
            return self.look_up();
        }
        let index = self.random.below(self.found.len() as u64);
        let found = self.found.swap_remove(usize::try_from(index).unwrap());
        self.turn(Input::Found(found));
    }

    fn drain(&mut self) {
        if let Some(conn) = self.draining.pop_first() {
            self.tally.note("drained");
            self.turn(Input::Drained { conn });
        }
    }

    fn pass_time(&mut self) {
        let ms = if self.random.below(10) == 0 {
            5_000
        } else {
            self.random.below(300)
        };
        self.now.elapsed += Duration::from_millis(ms);
        self.now.unix_ms += ms;
        if self
            .engine
            .deadline()
            .is_some_and(|at| at <= self.now.elapsed)
        {
            self.turn(Input::Tick);
        }
        if self
            .drains_until
            .is_some_and(|until| until <= self.now.elapsed)
        {
            self.check_drained();
            self.restart();
        }
    }

    /// One input, and with some luck the end of the turn.
    fn turn(&mut self, input: Input) {
        if self.trace {
            self.say(&format!("{input:?}"));
        }
        let mut out = Vec::new();
        self.engine.handle(input, self.now, &mut out);
        if self.random.below(3) > 0 {
            self.engine.finish(self.now, &mut out);
        }
        for output in out {
            self.perform(output);
        }
        self.check_nicks();
        self.check_rooms();
    }

    fn perform(&mut self, output: Output) {
        if self.trace {
            self.say(&format!("    {output:?}"));
        }
        match output {
            Output::Send { conn, event } => self.tell(conn, &event),
            Output::Fan { to, events } => {
                for conn in &*to {
                    for event in &events {
                        self.tell(*conn, event);
                    }
                }
            }
            Output::AskDrained { conn } => assert!(self.draining.insert(conn), "asked twice"),
            Output::Write(write) => {
                self.check_pace(&write);
                self.writes.push_back(write);
            }
            Output::Read(read) => self.reads.push(read),
            Output::Pause { conn } => {
                self.tally.note("paused");
                assert!(self.paused.insert(conn), "paused twice");
            }
            Output::Resume { conn } => assert!(self.paused.remove(&conn), "resumed twice"),
            Output::Close { conn, code } => {
                if code == CloseCode::Flood {
                    self.tally.note("flood");
                }
                if code == CloseCode::Drain {
                    self.tally.note("sent elsewhere");
                    self.check_answered(conn);
                }
                assert!(self.closing.insert(conn), "closed twice");
            }
        }
    }

    fn tell(&mut self, conn: ConnId, event: &Event) {
        check_frame(event);
        assert!(!self.closing.contains(&conn), "told after its close");
        let index = self.connections[&conn];
        self.clients[index].hear(event, &self.store, &mut self.tally);
    }

    #[expect(clippy::print_stdout, reason = "a replayed run is there to be read")]
    fn say(&self, line: &str) {
        println!("{:>8} {line}", self.now.elapsed.as_millis());
    }

    /// Nobody does anything more until all is answered.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            for index in 0..self.clients.len() {
                if self.clients[index]
                    .conn
                    .is_some_and(|conn| self.closing.contains(&conn))
                {
                    self.close(index, false);
                }
            }
            self.commit();
            self.hear_committed();
            self.hear_found();
            self.drain();
            let mut out = Vec::new();
            self.engine.finish(self.now, &mut out);
            for output in out {
                self.perform(output);
            }
            if self.paused.is_empty()
                && self.writes.is_empty()
                && self.committed.is_empty()
                && self.reads.is_empty()
                && self.found.is_empty()
                && self.draining.is_empty()
                && self.closing.is_empty()
            {
                return;
            }
            self.now.elapsed += Duration::from_millis(100);
            self.turn(Input::Tick);
        }
        panic!("it does not come to rest");
    }
}

/// What may be asked in a time: by some seeds so little that all are kept back, refused and closed all the time.
fn budgets(seed: u64) -> Limits {
    let many = Rate::new(1_000, 1);
    if !seed.is_multiple_of(3) {
        return Limits {
            joins: many,
            nicks: many,
            new_rooms: many,
            reads: many,
            requests: many,
            ..Limits::default()
        };
    }
    Limits {
        burst: 3,
        per_second: 4,
        joins: Rate::new(2, 1),
        nicks: Rate::new(1, 2),
        new_rooms: Rate::new(2, 10),
        reads: Rate::new(4, 1),
        requests: Rate::new(4, 1),
        address_share: 2,
        pause_ms: PAUSE_MS,
        refusals: 2,
        empty_rooms: 3,
        ..Limits::default()
    }
}

/// The rooms in which all happens.
fn rooms() -> [Address; 2] {
    ["lobby", "개발"].map(|name| name.parse().unwrap())
}
