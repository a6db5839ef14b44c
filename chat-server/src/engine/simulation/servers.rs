//! The same clients at several servers that share a store, which loses tails, falls silent, and gives servers up. Clients move from server to
//! server, and leave connections behind of which nobody hears for a while.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use protocol::close::CloseCode;
use protocol::event::Event;
use protocol::limits::{Limits, Rate};
use protocol::position::{Address, PersonId};

use super::super::random::Random;
use super::super::testing::{Cluster, GONE_AFTER, Job, Reply, check_frame};
use super::super::{ConnId, Engine, Input, Now, Output, Settings};
use super::client::Client;
use super::tally::{SHARED, Tally};
use super::{FailingSeed, number};
use crate::record::{ClaimError, News, Written};

mod disturbing;
mod resting;

const RUNS: u64 = 150;

const STEPS: u64 = 1_200;

const SERVERS: usize = 3;

#[test]
fn everything_holds_at_several_servers() {
    if let Some(seed) = number("CHAT_SEED") {
        let mut world = World::new(seed);
        world.trace = true;
        return world.run();
    }
    let mut tally = Tally::of(SHARED);
    for seed in 0..number("CHAT_RUNS").unwrap_or(RUNS) {
        let failing = FailingSeed(seed);
        let mut world = World::new(seed);
        world.run();
        tally.add(&world.tally);
        std::mem::forget(failing);
    }
    for (what, count) in tally.0 {
        assert!(count > 0, "never happened: {what}");
    }
}

struct World {
    cluster: Cluster,
    servers: Vec<Server>,
    settings: Settings,
    now: Now,
    random: Random,
    clients: Vec<Client>,
    /// Which client a connection belongs to, and at which server it is; gone with the connection.
    connections: BTreeMap<ConnId, (usize, usize)>,
    /// Connections that their client has given up and the server has not, each with its server.
    ghosts: BTreeMap<ConnId, usize>,
    next_conn: u64,
    draining: BTreeSet<ConnId>,
    closing: BTreeSet<ConnId>,
    /// Bells get lost in this run.
    lossy: bool,
    tally: Tally,
    trace: bool,
}

struct Server {
    engine: Engine,
    /// It does nothing, as if it had been stopped; nobody knows.
    paused: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let many = Rate::new(1_000, 1);
        let limits = Limits {
            in_flight: 4,
            rooms: 3,
            page_messages: 4,
            members_told: if seed.is_multiple_of(4) { 3 } else { 200 },
            reconnecting_ms: 3_000,
            burst: 100,
            per_second: 100,
            joins: many,
            nicks: many,
            new_rooms: many,
            reads: many,
            requests: many,
            ..Limits::default()
        };
        let settings = Settings {
            limits,
            given_bytes: 4_000,
            nick_expiry: None,
            ..Settings::default()
        };
        let now = Now {
            elapsed: Duration::ZERO,
            unix_ms: 1,
        };
        let mut cluster = Cluster::new();
        let servers = (0..SERVERS).map(|place| {
            let restored = cluster.start(place);
            let engine = Engine::new(settings.clone(), restored, random.next(), now);
            Server {
                engine,
                paused: false,
            }
        });
        let servers = servers.collect();
        let lossy = seed.is_multiple_of(2);
        let mut clients: Vec<Client> = (0..8).map(Client::new).collect();
        for client in &mut clients {
            (client.strict, client.hears_late) = (!lossy, true);
        }
        Self {
            cluster,
            servers,
            settings,
            now,
            random,
            clients,
            connections: BTreeMap::new(),
            ghosts: BTreeMap::new(),
            next_conn: 0,
            draining: BTreeSet::new(),
            closing: BTreeSet::new(),
            lossy,
            tally: Tally::of(SHARED),
            trace: false,
        }
    }

    fn run(&mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        self.settle();
        self.check_rest();
        for index in 0..self.clients.len() {
            self.close(index, true);
        }
        self.pass(GONE_AFTER);
        self.settle();
        self.check_forgotten();
    }

    fn any_server(&mut self) -> usize {
        usize::try_from(self.random.below(SERVERS as u64)).unwrap()
    }

    fn step(&mut self) {
        match self.random.below(24) {
            0..=7 => self.act(),
            8..=11 => self.work(),
            12 | 13 => self.confirm(),
            14..=17 => self.hear(),
            18 => {
                let (server, at) = (self.any_server(), self.random.next());
                let fails = self.random.below(60) == 0;
                self.cluster.look_up(server, at, fails);
                if self.random.below(2) == 0 {
                    self.cluster.bring(server, at);
                }
            }
            19 => self.drain(),
            20 | 21 => self.end_ghost(),
            22 => {
                let ms = if self.random.below(20) == 0 {
                    1_500
                } else {
                    self.random.below(200)
                };
                self.pass(Duration::from_millis(ms));
            }
            _ => self.disturb(),
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
        let (_, server) = self.connections[&conn];
        if self.closing.contains(&conn) {
            return self.close(index, false);
        }
        match self.random.below(60) {
            0 | 1 => return self.close(index, false),
            2 => return self.close(index, true),
            3 => {
                self.tally.note("ghost");
                self.leave_behind(index);
                return self.connect(index);
            }
            _ => {}
        }
        if self.servers[server].paused {
            return;
        }
        if let Some(input) = self.clients[index].act(conn, &mut self.random, &self.cluster.store) {
            self.turn(server, input);
        }
    }

    fn connect(&mut self, index: usize) {
        let server = self.any_server();
        if self.servers[server].paused {
            return;
        }
        self.next_conn += 1;
        let conn = ConnId(self.next_conn);
        let mut keyless = [0xee; 16];
        keyless[..8].copy_from_slice(&self.next_conn.to_be_bytes());
        let keyless = PersonId::from_bytes(keyless);
        self.clients[index].connected(conn, keyless);
        self.connections.insert(conn, (index, server));
        self.tally.note("moved");
        let connected = Input::Connected {
            conn,
            address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            keyless,
        };
        self.turn(server, connected);
        let hello = self.clients[index].hello(conn, &mut self.random);
        self.turn(server, hello);
    }

    fn close(&mut self, index: usize, goodbye: bool) {
        let Some(conn) = self.clients[index].conn else {
            return;
        };
        let (_, server) = self.connections[&conn];
        if self.servers[server].paused {
            return self.leave_behind(index);
        }
        self.clients[index].disconnected(goodbye);
        self.forget(conn);
        self.turn(server, Input::Closed { conn, goodbye });
    }

    fn work(&mut self) {
        let server = self.any_server();
        if self.servers[server].paused {
            return;
        }
        for _ in 0..=self.random.below(4) {
            if self.random.below(60) == 0 && self.cluster.refuse(server) {
                self.tally.note("refused by the store");
            } else {
                self.cluster.work(server);
            }
        }
    }

    fn confirm(&mut self) {
        let room = self.any_room();
        let n = self.cluster.store.head(&room) + 1 + self.random.below(3);
        let answers_first = self.random.below(2) == 0;
        self.cluster.confirm(&room, n, answers_first);
    }

    fn hear(&mut self) {
        let server = self.any_server();
        for _ in 0..=self.random.below(4) {
            self.hear_at(server);
        }
    }

    fn hear_at(&mut self, server: usize) {
        if self.servers[server].paused {
            return;
        }
        let Some(reply) = self.cluster.nodes[server].replies.pop_front() else {
            return;
        };
        let input = match reply {
            Reply::Committed(written) => {
                if let Written::Claim {
                    result: Err(ClaimError::Held { .. }),
                    ..
                } = written
                {
                    self.tally.note("nick held elsewhere");
                }
                Input::Committed(vec![written])
            }
            Reply::Found(found) => Input::Found(found),
            Reply::News(news) => {
                if let News::Broken { .. } = news {
                    self.tally.note("broken");
                }
                Input::News(news)
            }
        };
        self.turn(server, input);
    }

    fn drain(&mut self) {
        let all = self.draining.iter().copied();
        let drained = all.map(|conn| (conn, self.server_of(conn)));
        let drained = drained.filter(|(_, server)| !self.servers[*server].paused);
        let drained: Vec<(ConnId, usize)> = drained.collect();
        for (conn, server) in drained {
            self.draining.remove(&conn);
            self.turn(server, Input::Drained { conn });
        }
    }

    fn server_of(&self, conn: ConnId) -> usize {
        let at = self.connections.get(&conn).map(|(_, server)| server);
        *at.or_else(|| self.ghosts.get(&conn)).unwrap()
    }

    /// One input, and with some luck the end of the turn.
    fn turn(&mut self, server: usize, input: Input) {
        if self.trace {
            self.say(&format!("{server}: {input:?}"));
        }
        let mut out = Vec::new();
        let engine = &mut self.servers[server].engine;
        engine.handle(input, self.now, &mut out);
        if self.random.below(3) > 0 {
            engine.finish(self.now, &mut out);
        }
        for output in out {
            self.perform(server, output);
        }
        let engine = &self.servers[server].engine;
        let empty = engine.rooms.values().filter(|room| room.is_empty()).count();
        assert_eq!(empty, engine.empty_rooms);
    }

    fn perform(&mut self, server: usize, output: Output) {
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
            Output::Write(write) => self.cluster.hand_over(server, Job::Write(write)),
            Output::Read(read) => self.cluster.hand_over(server, Job::Read(read)),
            Output::Pause { .. } | Output::Resume { .. } => {}
            Output::Close { conn, code } => {
                if code == CloseCode::TakenOver {
                    self.tally.note("taken over");
                } else if code == CloseCode::Trouble {
                    self.tally.note("trouble");
                }
                assert!(self.closing.insert(conn), "closed twice");
            }
        }
    }

    fn tell(&mut self, conn: ConnId, event: &Event) {
        check_frame(event);
        assert!(!self.closing.contains(&conn), "told after its close");
        if let Some((index, _)) = self.connections.get(&conn) {
            self.clients[*index].hear(event, &self.cluster.store, &mut self.tally);
        }
    }

    #[expect(clippy::print_stdout, reason = "a replayed run is there to be read")]
    fn say(&self, line: &str) {
        if self.trace {
            println!("{:>8} {line}", self.now.elapsed.as_millis());
        }
    }

    /// Everybody hears everything, and nobody does anything more until all is answered.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            for server in 0..SERVERS {
                self.wake(server);
                if self.cluster.nodes[server].deaf {
                    self.cluster.listen(server);
                }
                self.cluster.work(server);
                self.cluster.look_up(server, 0, false);
                self.cluster.bring(server, 0);
                self.hear_at(server);
            }
            let rooms: Vec<Address> = self.cluster.store.rooms.keys().cloned().collect();
            for room in rooms {
                self.cluster.confirm(&room, u64::MAX, true);
            }
            for index in 0..self.clients.len() {
                let conn = self.clients[index].conn;
                if conn.is_some_and(|conn| self.closing.contains(&conn)) {
                    self.close(index, false);
                }
            }
            self.end_ghost();
            self.drain();
            for server in 0..SERVERS {
                let mut out = Vec::new();
                self.servers[server].engine.finish(self.now, &mut out);
                for output in out {
                    self.perform(server, output);
                }
            }
            let is_at_rest = self.cluster.is_quiet()
                && !self.cluster.has_dead()
                && self.ghosts.is_empty()
                && self.draining.is_empty()
                && self.closing.is_empty();
            if is_at_rest {
                return;
            }
            self.pass(Duration::from_millis(100));
        }
        panic!("it does not come to rest");
    }
}
