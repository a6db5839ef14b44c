//! A session against a small model of a server, with everything that goes wrong between them: cuts, lost answers, refusals,
//! crashes of the client, and a store that loses its tail.
//!
//! `SESSION_SEED` runs one seed alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use protocol::close::CloseCode;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{
    Ack, Done, Event, Heartbeat, History, Joined, Kind, Members, Message, Stable, Start, Welcome,
};
use protocol::identity::{Nonce, PublicKey};
use protocol::position::{Address, Anchor, MessageId, Position};
use protocol::request::{Join, Ref, Request, Send};

use super::support::{clock, endpoint, greeting, id, me, other, room, say, server_proof, settings};
use crate::session::chance::Chance;
use crate::session::{Command, Input, Link, News, Output, Pending, Session, Settings};

const SEEDS: u64 = 80;
const STEPS: u32 = 600;
const ROOMS: [&str; 2] = ["lobby", "개발"];

#[test]
fn whatever_happens_each_text_is_stored_once_and_in_order() {
    if let Ok(seed) = std::env::var("SESSION_SEED") {
        World::new(seed.parse().unwrap()).run();
        return;
    }
    let mut seen = Seen::default();
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        world.run();
        seen.add(&world.seen);
    }
    // The run must have met what it is about.
    assert!(
        seen.cuts > 300 && seen.crashes > 150 && seen.forks > 50 && seen.refusals > 1_000,
        "{seen:?}"
    );
    assert!(seen.stored > 2_000 && seen.lookups > 50, "{seen:?}");
}

#[derive(Debug, Default)]
struct Seen {
    cuts: u64,
    crashes: u64,
    forks: u64,
    refusals: u64,
    lookups: u64,
    stored: u64,
}

impl Seen {
    fn add(&mut self, more: &Self) {
        self.cuts += more.cuts;
        self.crashes += more.crashes;
        self.forks += more.forks;
        self.refusals += more.refusals;
        self.lookups += more.lookups;
        self.stored += more.stored;
    }
}

#[derive(Default)]
struct Hall {
    messages: Vec<Message>,
    stable: usize,
}

impl Hall {
    fn head(&self, era: u64) -> Position {
        self.messages
            .last()
            .map_or_else(|| Position::new(era, 0), |m| m.position)
    }

    fn stable(&self, era: u64) -> Position {
        // A position that is stable in this era, as a node says it.
        let n = u64::try_from(self.stable).unwrap();
        Position::new(era, n)
    }

    fn next_seq(&self) -> u64 {
        let own = self.messages.iter().filter(|m| m.id.person == me());
        u64::try_from(own.count()).unwrap() + 1
    }
}

/// What the client shows of a room.
#[derive(Default)]
struct Shown {
    messages: Vec<Message>,
}

struct World {
    seed: u64,
    chance: Chance,
    now: Duration,
    session: Session,
    known_key: Option<PublicKey>,
    journal: Vec<Pending>,
    shown: BTreeMap<Address, Shown>,
    said: BTreeMap<Address, Vec<String>>,
    count: u64,
    era: u64,
    halls: BTreeMap<Address, Hall>,
    /// The connection: nothing, dialled, or open.
    dialled: bool,
    open: bool,
    in_halls: BTreeSet<Address>,
    to_server: VecDeque<Request>,
    to_client: VecDeque<Event>,
    calm: bool,
    seen: Seen,
}

impl World {
    fn new(seed: u64) -> Self {
        let halls: BTreeMap<_, _> = ROOMS
            .iter()
            .map(|name| (room(name), Hall::default()))
            .collect();
        let mut world = Self {
            seed,
            chance: Chance::new(seed),
            now: Duration::from_secs(1),
            session: Session::new(settings(), Vec::new(), seed, clock(Duration::ZERO)),
            known_key: None,
            journal: Vec::new(),
            shown: BTreeMap::new(),
            said: BTreeMap::new(),
            count: 0,
            era: 1,
            halls,
            dialled: false,
            open: false,
            in_halls: BTreeSet::new(),
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
            calm: false,
            seen: Seen::default(),
        };
        world.start();
        world
    }

    fn start(&mut self) {
        self.input(Input::Command(Command::Connect));
        for name in ROOMS {
            let room = room(name);
            self.input(Input::Command(Command::Join { room, last: 5 }));
        }
    }

    fn run(&mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        self.calm = true;
        for _ in 0..4_000 {
            self.step();
            if self.is_over() {
                break;
            }
        }
        self.check_end();
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.chance.next() % sides
    }

    fn step(&mut self) {
        match self.roll(100) {
            0..=9 if !self.calm => self.say(),
            10..=13 if !self.calm => self.other_says(),
            14 if !self.calm => self.cut(None),
            15 if !self.calm => self.cut(Some(CloseCode::Drain.code())),
            16 if !self.calm => self.crash(),
            17 if !self.calm => self.lose_tail(),
            18..=24 => self.beat(),
            25..=40 => self.pass_time(),
            41..=65 => self.serve(),
            _ => self.deliver(),
        }
    }

    fn is_over(&self) -> bool {
        let quiet = self.to_client.is_empty() && self.to_server.is_empty();
        quiet && *self.session.link() == Link::Online && self.session.all_stable()
    }

    fn check_end(&self) {
        let seed = self.seed;
        assert_eq!(self.session.link(), &Link::Online, "seed {seed}");
        assert!(
            self.session.all_stable(),
            "seed {seed}: {:?}",
            self.session.outbox
        );
        assert!(self.session.answers.len() == 0, "seed {seed}");
        for (address, hall) in &self.halls {
            let own = hall.messages.iter().filter(|m| m.id.person == me());
            let own: Vec<_> = own.map(|m| m.text.clone()).collect();
            let said = self.said.get(address).cloned().unwrap_or_default();
            assert_eq!(own, said, "seed {seed}, {address}");
            let shown = self
                .shown
                .get(address)
                .map(|s| &*s.messages)
                .unwrap_or_default();
            let tail = hall.messages.len().saturating_sub(shown.len());
            assert_eq!(shown, &hall.messages[tail..], "seed {seed}, {address}");
            let waiting = self.session.pending(address).count();
            let failed = self.journal.iter().filter(|p| p.room == *address).count();
            assert_eq!(waiting, failed, "seed {seed}: only what failed is left");
        }
    }

    fn say(&mut self) {
        self.count += 1;
        let bad = self.roll(12) == 0;
        let text = format!("{}{}", if bad { "bad " } else { "text " }, self.count);
        let name = ROOMS[usize::from(self.roll(2) == 0)];
        if !bad {
            self.said.entry(room(name)).or_default().push(text.clone());
        }
        self.input(Input::Command(say(name, &text)));
    }

    fn other_says(&mut self) {
        self.count += 1;
        let address = room(ROOMS[usize::from(self.roll(2) == 0)]);
        let text = format!("other {}", self.count);
        self.store(&address, id(other(), self.count), &text);
    }

    /// The connection breaks. Some of what was on its way to the server still arrives; what was on its way back does not.
    fn cut(&mut self, code: Option<u16>) {
        if !self.open {
            return;
        }
        self.seen.cuts += 1;
        for _ in 0..self.roll(5) {
            self.serve();
        }
        self.hang_up();
        let reason = "cut".to_owned();
        self.input(Input::Lost { code, reason });
    }

    fn hang_up(&mut self) {
        self.open = false;
        self.dialled = false;
        self.in_halls.clear();
        self.to_server.clear();
        self.to_client.clear();
    }

    /// The client dies, perhaps in the middle of doing what the session wanted, and is started again with what is on disk.
    fn crash(&mut self) {
        self.seen.crashes += 1;
        let out = self.outputs(Input::Command(say(ROOMS[0], "bad last words")));
        let done = usize::try_from(self.roll(4)).unwrap();
        for output in out.into_iter().take(done) {
            self.perform(output);
        }
        for _ in 0..self.roll(5) {
            self.serve();
        }
        self.hang_up();
        self.shown.clear();
        let settings = Settings {
            known_server_key: self.known_key,
            ..settings()
        };
        let restored = self.journal.clone();
        self.session = Session::new(settings, restored, self.seed, clock(self.now));
        self.start();
    }

    /// The server's store loses everything that was not stable, and the server starts again.
    fn lose_tail(&mut self) {
        if self.roll(3) > 0 {
            return;
        }
        self.seen.forks += 1;
        self.cut(Some(CloseCode::Restart.code()));
        self.era += 1;
        for hall in self.halls.values_mut() {
            hall.messages.truncate(hall.stable);
        }
    }

    fn beat(&mut self) {
        let mut stable = Vec::new();
        let era = self.era;
        let calm = self.calm;
        let lag = usize::try_from(self.roll(4)).unwrap();
        for (address, hall) in &mut self.halls {
            let lag = if calm { 0 } else { lag };
            hall.stable = hall.stable.max(hall.messages.len().saturating_sub(lag));
            if self.in_halls.contains(address) {
                stable.push(Stable {
                    room: address.clone(),
                    position: hall.stable(era),
                });
            }
        }
        if self.open {
            self.to_client
                .push_back(Event::Heartbeat(Heartbeat { stable }));
        }
    }

    fn pass_time(&mut self) {
        if self.dialled {
            self.dialled = false;
            self.open = true;
            self.to_client
                .push_back(Event::Greeting(Box::new(greeting())));
            let nonce = Nonce::from_bytes([8; 32]);
            let endpoint = endpoint();
            self.input(Input::Opened { endpoint, nonce });
            return;
        }
        self.now += Duration::from_millis(200);
        if self
            .session
            .deadline()
            .is_some_and(|deadline| deadline <= self.now)
        {
            self.input(Input::Tick);
            let deadline = self.session.deadline();
            assert!(
                deadline.is_none_or(|d| d > self.now),
                "a deadline that never passes"
            );
        }
    }

    fn deliver(&mut self) {
        if let Some(event) = self.to_client.pop_front() {
            self.input(Input::Event(event));
        }
    }

    fn input(&mut self, input: Input) {
        for output in self.outputs(input) {
            self.perform(output);
        }
    }

    fn outputs(&mut self, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        self.session.handle(input, clock(self.now), &mut out);
        out
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Dial => self.dialled = true,
            Output::Transmit(request) => {
                assert!(self.open, "seed {}: sent over no connection", self.seed);
                if let Request::Send(send) = &request {
                    let is_saved = |p: &Pending| p.seq == send.seq && p.room == send.room;
                    assert!(
                        self.journal.iter().any(is_saved),
                        "the seq is saved before the send"
                    );
                }
                self.to_server.push_back(request);
            }
            Output::Hangup { .. } => {
                panic!("seed {}: the client gave up the connection", self.seed)
            }
            Output::Save(record) => record.apply(&mut self.journal),
            Output::Remember(key) => self.known_key = Some(key),
            Output::News(news) => self.show(news),
        }
    }

    fn show(&mut self, news: News) {
        match news {
            News::Forked { room, .. } => {
                self.shown.remove(&room);
            }
            News::Message { message, local, .. } => {
                let shown = self.shown.entry(message.room.clone()).or_default();
                if let Some(last) = shown.messages.last() {
                    assert_eq!(
                        last.position.n + 1,
                        message.position.n,
                        "seed {}",
                        self.seed
                    );
                }
                assert!(local.is_none() || message.id.person == me());
                shown.messages.push(message);
            }
            News::Failed { refusal, .. } => assert_eq!(refusal.code, ErrorCode::BadText),
            News::Refused { command, refusal } => panic!("{command:?}: {refusal:?}"),
            _ => {}
        }
    }

    // The server.

    fn serve(&mut self) {
        let Some(request) = self.to_server.pop_front() else {
            return;
        };
        match request {
            Request::Hello(hello) => {
                let welcome = Welcome {
                    former: None,
                    reference: hello.reference,
                    person: me(),
                    nick: "me".to_owned(),
                    owned: true,
                    proof: Some(server_proof(&hello)),
                };
                self.to_client.push_back(Event::Welcome(welcome));
            }
            Request::Join(join) => self.serve_join(join),
            Request::Send(send) => self.serve_send(&send),
            Request::Leave(leave) => {
                self.in_halls.remove(&leave.room);
                let reference = leave.reference;
                self.to_client.push_back(Event::Done(Done { reference }));
            }
            request => panic!("{request:?}"),
        }
    }

    fn serve_join(&mut self, join: Join) {
        let refused = !self.calm && self.roll(8) == 0;
        if refused {
            self.refuse(join.reference, ErrorCode::Unavailable, None);
            return;
        }
        let hall = &self.halls[&join.room];
        let has = |anchor: Anchor| {
            let n = usize::try_from(anchor.position.n).unwrap();
            n == 0
                || hall
                    .messages
                    .get(n - 1)
                    .is_some_and(|m| Some(m.id) == anchor.id && m.position == anchor.position)
        };
        let last = usize::from(join.last.unwrap_or(3));
        let tail = hall.messages.len().saturating_sub(last);
        let (start, from) = match join.after {
            None => (Start::Latest, tail),
            Some(anchor) if has(anchor) => {
                (Start::Resumed, usize::try_from(anchor.position.n).unwrap())
            }
            Some(_) => (Start::Forked, tail),
        };
        let reference = join.reference;
        self.to_client.push_back(Event::Joined(Joined {
            kept: None,
            reference,
            room: join.room.clone(),
            start,
            head: hall.head(self.era),
            stable: hall.stable(self.era),
            topic: None,
            welcome: None,
            revision: 1,
            count: 0,
            next_seq: hall.next_seq(),
        }));
        self.to_client.push_back(Event::Members(Members {
            reference,
            room: join.room.clone(),
            revision: 1,
            members: Vec::new(),
            done: true,
            more: false,
        }));
        let missed = &hall.messages[from..];
        let parts = missed.chunks(3).map(<[_]>::to_vec);
        for messages in parts.chain([Vec::new()]) {
            let done = messages.is_empty();
            self.to_client.push_back(Event::History(History {
                reference,
                room: join.room.clone(),
                messages,
                done,
                more: false,
            }));
        }
        self.in_halls.insert(join.room);
    }

    fn serve_send(&mut self, send: &Send) {
        let reference = send.reference;
        let text = send.text.as_str();
        if text.starts_with("bad") {
            self.refuse(reference, ErrorCode::BadText, None);
            return;
        }
        let trouble = if self.calm { 99 } else { self.roll(40) };
        match trouble {
            0..=1 => return self.refuse(reference, ErrorCode::RateLimited, None),
            2 => return self.refuse(reference, ErrorCode::Unavailable, None),
            3 => return self.refuse(reference, ErrorCode::OutcomeUnknown, None),
            _ => {}
        }
        let seq = send.seq.unwrap();
        let hall = &self.halls[&send.room];
        let due = hall.next_seq();
        let id = id(me(), seq);
        if seq > due {
            self.refuse(reference, ErrorCode::OutOfOrder, Some(due));
            return;
        }
        if seq < due {
            self.seen.lookups += 1;
            let first = hall.messages.iter().find(|m| m.id == id).unwrap();
            assert_eq!(
                first.text, text,
                "seed {}: a seq with another text",
                self.seed
            );
            let position = first.position;
            self.ack(reference, &send.room, id, position);
            return;
        }
        self.seen.stored += 1;
        let position = self.store(&send.room, id, text);
        if trouble == 4 {
            // Stored, but the store could not say so.
            self.refuse(reference, ErrorCode::OutcomeUnknown, None);
        } else {
            self.ack(reference, &send.room, id, position);
        }
    }

    fn ack(&mut self, reference: Option<Ref>, room: &Address, id: MessageId, position: Position) {
        let stable = self.halls[room].stable(self.era);
        self.to_client.push_back(Event::Ack(Ack {
            reference,
            room: room.clone(),
            id,
            position,
            time: 0,
            stable,
        }));
    }

    fn refuse(&mut self, reference: Option<Ref>, code: ErrorCode, expected_seq: Option<u64>) {
        self.seen.refusals += 1;
        self.to_client.push_back(Event::Error(Refusal {
            reference,
            expected_seq,
            retry_after_ms: Some(300),
            ..Refusal::new(code, "no")
        }));
    }

    fn store(&mut self, address: &Address, id: MessageId, text: &str) -> Position {
        let hall = self.halls.get_mut(address).unwrap();
        let n = u64::try_from(hall.messages.len()).unwrap() + 1;
        let message = Message {
            room: address.clone(),
            position: Position::new(self.era, n),
            id,
            nick: "x".to_owned(),
            time: 0,
            kind: Kind::Message,
            text: text.to_owned(),
            reply_to: None,
        };
        hall.messages.push(message.clone());
        let position = message.position;
        if self.in_halls.contains(address) {
            self.to_client.push_back(Event::Message(message));
        }
        position
    }
}
