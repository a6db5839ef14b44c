//! The load: one thread that holds all connections, enters rooms, sends, and counts every delivery.
//!
//! Nothing is allocated for a message, and only senders and a few observers look into what comes; of everybody else each frame's
//! head alone is read, which is what an exact count of deliveries needs. What a server asks (pings) is answered.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use rustix::event::{Timespec, epoll};

use crate::load::{histogram, record};
use crate::wire::{self, FIRST_NUMBER, Guest, Item, Next, Stage, Template, Wire};

mod cast;

/// Read at once from one socket; it stays in the cache of the core.
const READ_BYTES: usize = 128 * 1024;

/// Messages whose times are known at once; more on their way would spoil the latencies.
const FLIGHTS: usize = 1 << 16;

/// How long all may take to enter.
const ENTER_WITHIN: Duration = Duration::from_mins(3);

/// How long nothing has to come until a server counts as settled, and how long that is waited for.
const QUIET: Duration = Duration::from_millis(300);
const SETTLE_WITHIN: Duration = Duration::from_secs(20);

/// One connection.
struct Member {
    stream: TcpStream,
    stage: Stage,
    room: u32,
    /// A unit whose end has not come yet.
    begun: Vec<u8>,
    /// What the socket did not take.
    unsent: Vec<u8>,
    /// Messages sent and received.
    sent: u64,
    received: u64,
    /// Whether the numbers of its messages are read.
    observes: bool,
    /// What it sends, for a sender.
    send: Option<Template>,
    /// In whose stream a message of this sender is awaited before the next one.
    listener: usize,
    /// When it was dialled.
    dialled: Instant,
}

/// A message on its way.
#[derive(Clone, Copy)]
struct Flight {
    due: Instant,
    sender: usize,
}

/// What was counted.
pub(crate) struct Tally {
    /// Messages that came, to everybody together, and their bytes.
    pub(crate) deliveries: u64,
    pub(crate) bytes: u64,
    /// From when a send was due to when an observer had it, in nanoseconds.
    pub(crate) delivery: Histogram<u64>,
    /// From when a send was due to its acknowledgement, in nanoseconds.
    pub(crate) ack: Histogram<u64>,
    /// From a dial to being inside, in nanoseconds.
    pub(crate) entry: Histogram<u64>,
    /// Connections that the server closed.
    pub(crate) closed: usize,
}

impl Tally {
    fn new() -> Self {
        Self {
            deliveries: 0,
            bytes: 0,
            delivery: histogram(),
            ack: histogram(),
            entry: histogram(),
            closed: 0,
        }
    }

    /// Begins the latencies anew; counts go on.
    pub(crate) fn forget_times(&mut self) {
        self.delivery.reset();
        self.ack.reset();
        self.entry.reset();
    }
}

/// All connections to one server.
pub(crate) struct Generator {
    wire: Wire,
    address: SocketAddr,
    poll: OwnedFd,
    ready: Vec<epoll::Event>,
    buffer: Vec<u8>,
    members: Vec<Member>,
    /// Rooms of those who are still to be dialled.
    waiting: VecDeque<u32>,
    /// How many are dialled and not inside yet.
    entering: usize,
    /// Who sends, in turn.
    senders: Vec<usize>,
    flights: Vec<Flight>,
    number: u32,
    sent_by_room: Vec<u64>,
    /// Whether each message that came back is followed by another.
    again: bool,
    back: Vec<usize>,
    blocked: Vec<usize>,
    pub(crate) tally: Tally,
}

impl Generator {
    pub(crate) fn new(wire: Wire, address: SocketAddr) -> Self {
        let nobody = Flight {
            due: Instant::now(),
            sender: 0,
        };
        Self {
            wire,
            address,
            poll: epoll::create(epoll::CreateFlags::CLOEXEC).unwrap(),
            ready: Vec::with_capacity(1024),
            buffer: vec![0; READ_BYTES],
            members: Vec::new(),
            waiting: VecDeque::new(),
            entering: 0,
            senders: Vec::new(),
            flights: vec![nobody; FLIGHTS],
            number: FIRST_NUMBER,
            sent_by_room: Vec::new(),
            again: false,
            back: Vec::with_capacity(1024),
            blocked: Vec::new(),
            tally: Tally::new(),
        }
    }

    /// How many are or want to be in.
    pub(crate) fn len(&self) -> usize {
        self.members.len() + self.waiting.len()
    }

    /// Lets `count` more come to `room`, as fast as the server takes them, while turns go on.
    pub(crate) fn invite(&mut self, room: u32, count: usize) {
        self.waiting.extend(std::iter::repeat_n(room, count));
        let rooms = self.sent_by_room.len().max(room as usize + 1);
        self.sent_by_room.resize(rooms, 0);
    }

    /// Whether all who were invited are inside.
    pub(crate) fn all_inside(&self) -> bool {
        self.waiting.is_empty() && self.entering == 0
    }

    /// Waits until all who were invited are inside.
    pub(crate) fn enter_all(&mut self) {
        let deadline = Instant::now() + ENTER_WITHIN;
        while !self.all_inside() {
            self.turn(Duration::from_millis(50));
            assert!(Instant::now() < deadline, "{} do not get in", self.entering);
        }
    }

    /// Waits until nothing comes any more.
    pub(crate) fn settle(&mut self) {
        let deadline = Instant::now() + SETTLE_WITHIN;
        let mut quiet_since = Instant::now();
        while quiet_since.elapsed() < QUIET && Instant::now() < deadline {
            if self.turn(QUIET) {
                quiet_since = Instant::now();
            }
        }
    }

    /// Whether each message has come to everybody who is to get it.
    pub(crate) fn is_complete(&self) -> bool {
        self.members
            .iter()
            .all(|member| member.received == self.expected(member))
    }

    /// Deliveries that are missing, or came too often.
    pub(crate) fn lost(&self) -> u64 {
        let wrong = |member: &Member| self.expected(member).abs_diff(member.received);
        self.members.iter().map(wrong).sum()
    }

    /// Whether messages that come back are followed by others from now on.
    pub(crate) fn keep_going(&mut self, again: bool) {
        self.again = again;
    }

    /// Lets the sender whose turn it is send a message that was due at `due`.
    pub(crate) fn send_next(&mut self, turn: u64, due: Instant) {
        let sender = self.senders[turn as usize % self.senders.len()];
        self.send(sender, due);
    }

    /// Takes what came in, waiting at most `wait` for something; whether anything came.
    pub(crate) fn turn(&mut self, wait: Duration) -> bool {
        self.dial();
        self.unblock();
        let wait: Timespec = wait.try_into().unwrap();
        let mut ready = std::mem::take(&mut self.ready);
        let room = rustix::buffer::spare_capacity(&mut ready);
        epoll::wait(&self.poll, room, Some(&wait)).unwrap();
        let any = !ready.is_empty();
        for event in ready.drain(..) {
            self.read(event.data.u64() as usize);
            while let Some(sender) = self.back.pop() {
                self.send(sender, Instant::now());
            }
        }
        self.ready = ready;
        any
    }

    fn expected(&self, member: &Member) -> u64 {
        let own = if self.wire.echoes() { 0 } else { member.sent };
        match member.stage {
            Stage::Inside => self.sent_by_room[member.room as usize] - own,
            // Whoever was closed is counted as that.
            Stage::Gone | Stage::Head | Stage::Entering(_) => member.received,
        }
    }

    fn dial(&mut self) {
        while self.entering < self.wire.window() {
            let Some(room) = self.waiting.pop_front() else {
                return;
            };
            let index = self.members.len();
            let stream = TcpStream::connect(self.address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&self.poll, &stream, data, epoll::EventFlags::IN).unwrap();
            let (stage, opening) = self.wire.opening(self.guest(index, room));
            self.members.push(Member {
                stream,
                stage,
                room,
                begun: Vec::new(),
                unsent: Vec::new(),
                sent: 0,
                received: 0,
                observes: false,
                send: None,
                listener: index,
                dialled: Instant::now(),
            });
            self.entering += 1;
            self.say(index, &opening);
        }
    }

    fn guest(&self, member: usize, room: u32) -> Guest {
        Guest {
            room,
            member,
            address: self.address,
        }
    }

    fn send(&mut self, sender: usize, due: Instant) {
        let member = &mut self.members[sender];
        if member.stage == Stage::Gone {
            return;
        }
        let mut template = member.send.take().expect("a sender");
        template.set(self.number);
        self.flights[self.number as usize % FLIGHTS] = Flight { due, sender };
        self.number += 1;
        member.sent += 1;
        self.sent_by_room[member.room as usize] += 1;
        self.say(sender, &template.bytes);
        self.members[sender].send = Some(template);
    }

    fn say(&mut self, index: usize, bytes: &[u8]) {
        let member = &mut self.members[index];
        let written = if member.unsent.is_empty() {
            member.stream.write(bytes).unwrap_or(0)
        } else {
            0
        };
        if written < bytes.len() {
            member.unsent.extend_from_slice(&bytes[written..]);
            self.blocked.push(index);
        }
    }

    /// Tries again what sockets did not take.
    fn unblock(&mut self) {
        let members = &mut self.members;
        self.blocked.retain(|index| {
            let member = &mut members[*index];
            let written = member.stream.write(&member.unsent).unwrap_or(0);
            member.unsent.drain(..written);
            !member.unsent.is_empty() && member.stage != Stage::Gone
        });
    }

    fn read(&mut self, index: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let member = &mut self.members[index];
        let begun = member.begun.len();
        buffer[..begun].copy_from_slice(&member.begun);
        match member.stream.read(&mut buffer[begun..]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => self.close(index),
            Ok(read) => {
                member.begun.clear();
                let bytes = &buffer[..begun + read];
                let taken = if member.stage == Stage::Inside && !member.observes {
                    self.count(index, bytes)
                } else {
                    self.look(index, bytes)
                };
                self.members[index].begun.extend_from_slice(&bytes[taken..]);
            }
        }
        self.buffer = buffer;
    }

    /// Counts the messages of one who only reads; gives how many bytes are whole.
    fn count(&mut self, index: usize, bytes: &[u8]) -> usize {
        let (mut taken, mut messages, mut message_bytes) = (0, 0, 0);
        while let Some((item, length)) = self.wire.cut(Stage::Inside, &bytes[taken..]) {
            match item {
                Item::Message(_) => {
                    messages += 1;
                    message_bytes += length as u64;
                }
                Item::Ping(_) | Item::Other(_) | Item::Ack(_) => self.minor(index, item),
            }
            taken += length;
        }
        self.members[index].received += messages;
        self.tally.deliveries += messages;
        self.tally.bytes += message_bytes;
        taken
    }

    /// As `count`, and looks into each unit.
    fn look(&mut self, index: usize, bytes: &[u8]) -> usize {
        let now = Instant::now();
        let mut taken = 0;
        while let Some((item, length)) = self.wire.cut(self.members[index].stage, &bytes[taken..]) {
            taken += length;
            match (self.members[index].stage, item) {
                (Stage::Inside, Item::Message(message)) => {
                    self.members[index].received += 1;
                    self.tally.deliveries += 1;
                    self.tally.bytes += length as u64;
                    self.observe(index, message, now);
                }
                (Stage::Inside, Item::Ack(ack)) => {
                    if let Some(number) = wire::acknowledged(ack) {
                        let flight = self.flights[number as usize % FLIGHTS];
                        record(&mut self.tally.ack, now - flight.due);
                    }
                }
                (Stage::Inside, _) | (_, Item::Ping(_)) => self.minor(index, item),
                (Stage::Head, _) => self.step(index, 0, item),
                (Stage::Entering(step), _) => self.step(index, step, item),
                (Stage::Gone, _) => return bytes.len(),
            }
        }
        taken
    }

    fn observe(&mut self, index: usize, message: &[u8], now: Instant) {
        if !self.members[index].observes {
            return;
        }
        let Some(number) = wire::number(message) else {
            return;
        };
        let flight = self.flights[number as usize % FLIGHTS];
        record(&mut self.tally.delivery, now - flight.due);
        if self.again && self.members[flight.sender].listener == index {
            self.back.push(flight.sender);
        }
    }

    fn step(&mut self, index: usize, step: u8, item: Item<'_>) {
        let guest = self.guest(index, self.members[index].room);
        match self.wire.answer(step, item, guest) {
            Next::Wait => self.members[index].stage = Stage::Entering(step.saturating_add(1)),
            Next::Say(bytes) => {
                self.members[index].stage = Stage::Entering(step.saturating_add(1));
                self.say(index, &bytes);
            }
            Next::Enter => {
                let member = &mut self.members[index];
                member.stage = Stage::Inside;
                // Who comes later is owed only what follows.
                member.received = self.sent_by_room[member.room as usize];
                self.entering -= 1;
                record(&mut self.tally.entry, member.dialled.elapsed());
            }
        }
    }

    fn minor(&mut self, index: usize, item: Item<'_>) {
        match item {
            Item::Ping(ping) => {
                let answer = self.wire.pong(ping);
                self.say(index, &answer);
            }
            Item::Other(bytes) => {
                let refused = bytes.starts_with(br#"{"type":"error""#);
                assert!(!refused, "{}", String::from_utf8_lossy(bytes));
            }
            Item::Message(_) | Item::Ack(_) => {}
        }
    }

    fn close(&mut self, index: usize) {
        let member = &mut self.members[index];
        if matches!(member.stage, Stage::Head | Stage::Entering(_)) {
            self.entering -= 1;
        }
        member.stage = Stage::Gone;
        epoll::delete(&self.poll, &member.stream).unwrap();
        self.tally.closed += 1;
    }
}
