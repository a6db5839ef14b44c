//! The load: one thread that holds all connections, enters rooms, sends, and counts every delivery.
//!
//! Nothing is allocated for a message, and only senders and a few observers look into what comes; of everybody else each frame's
//! head alone is read, which is what an exact count of deliveries needs. What a server asks (pings) is answered.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::epoll::EventFlags;
use rustix::event::{Timespec, epoll};
use tokio_rustls::rustls::ClientConfig;

use crate::process::Server;
use crate::wire::{FIRST_NUMBER, Guest, Stage, Template, Wire};
use receiving::ENDS;
use socket::Socket;
use tally::Tally;

mod cast;
mod receiving;
mod sending;
mod socket;
mod tally;

/// Read at once from one socket; it stays in the cache of the core.
const READ_BYTES: usize = 128 * 1024;

/// Messages whose times are known at once; more on their way would spoil the latencies.
const FLIGHTS: usize = 1 << 16;

/// How long all may take to enter.
const ENTER_WITHIN: Duration = Duration::from_mins(1);

/// How long nothing has to come until a server counts as settled, and how long that is waited for.
const QUIET: Duration = Duration::from_millis(300);
const SETTLE_WITHIN: Duration = Duration::from_secs(20);

/// What a socket is watched for: told once each time, which spares the system a look at each of thousands.
const AWAITED: EventFlags = EventFlags::IN
    .union(EventFlags::RDHUP)
    .union(EventFlags::ET);

/// One connection.
struct Member {
    socket: Socket,
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

/// All connections to one server.
pub(crate) struct Generator {
    wire: Wire,
    /// Where connections go, in turn.
    addresses: Vec<SocketAddr>,
    /// Whom to trust, where connections are encrypted.
    tls: Option<Arc<ClientConfig>>,
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
    pub(crate) fn new(wire: Wire, server: &Server) -> Self {
        let nobody = Flight {
            due: Instant::now(),
            sender: 0,
        };
        Self {
            wire,
            addresses: server.addresses(),
            tls: None,
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

    /// Encrypts the connections that come.
    pub(crate) fn encrypted(self, tls: Arc<ClientConfig>) -> Self {
        Self {
            tls: Some(tls),
            ..self
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
            let (flags, index) = (event.flags, event.data.u64() as usize);
            self.read(index, flags.intersects(ENDS));
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
            let stream = TcpStream::connect(self.address_of(index)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&self.poll, &stream, data, AWAITED).unwrap();
            let (stage, opening) = self.wire.opening(self.guest(index, room));
            self.members.push(Member {
                socket: Socket::new(stream, self.tls.as_ref()),
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
            address: self.address_of(member),
        }
    }

    fn address_of(&self, member: usize) -> SocketAddr {
        self.addresses[member % self.addresses.len()]
    }
}
