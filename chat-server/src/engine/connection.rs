//! One connection: who it is, what it has joined, what it waits for, and whether more may be read from it.

use std::collections::{BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use protocol::error::Refusal;
use protocol::identity::PublicKey;
use protocol::position::{Address, Anchor, PersonId};
use protocol::request::{Ref, Request};

use super::few::Few;
use super::paying::Refusals;
use super::{Introduction, refusals};
use crate::record::Ticket;

/// Requests of one connection that wait for an earlier one of theirs. Reading is paused as soon as one waits; what was read before
/// that is kept up to this many, and beyond refused with `rate_limited`.
pub const REQUESTS_WAITING_MAX: usize = 64;

/// Questions of one connection to the store at once; the next request of the kind waits.
pub const READS_OF_CONNECTION_MAX: usize = 4;

/// Conversations that a connection was told of and has not joined; at this many all are forgotten, and told again when
/// something comes.
pub const CONVERSATIONS_TOLD_MAX: usize = 1024;

/// Rooms left on a connection that are kept in mind; at it no further join counts as a return.
pub const LEFT_MAX: usize = 128;

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// The address that pays for what it asks, beside the person; nothing where it is exempt.
    pub(super) payer: Option<IpAddr>,
    /// Who it is if it brings no key.
    pub(super) keyless: PersonId,
    /// Who it is; nothing before the hello.
    pub(super) who: Option<Who>,
    /// What it has joined or is joining.
    pub(super) rooms: Few<Address, Subscription>,
    /// Joins whose answer is under way.
    pub(super) entering: usize,
    /// Sends that wait for their acknowledgement.
    pub(super) in_flight: usize,
    /// Questions to the store under way, joins left out.
    pub(super) reads: usize,
    /// A nick is being claimed, by this connection or by another one of the person.
    pub(super) claiming: bool,
    /// Requests that wait for an earlier one, in order.
    pub(super) waiting: VecDeque<Waiting>,
    /// The first of them is paid for.
    pub(super) paid: bool,
    /// Nothing more is taken from it before this time.
    pub(super) kept_until: Option<Duration>,
    /// What the shell was told of it last.
    pub(super) flow: Flow,
    /// How fast it is given older messages.
    pub(super) pace: Pace,
    rare: Option<Box<Rare>>,
}

/// What few connections have. In a box, as the others keep no room for it.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// Refusals for spent budgets.
    pub(super) refusals: Refusals,
    /// Conversations that it was told of and has not joined since.
    told: BTreeSet<Address>,
    /// Rooms that it has left.
    left: BTreeSet<Address>,
    /// The conversation that was opened last, and the other's nick.
    pub(super) opened: Option<(Address, String)>,
    /// The room that was given a page last, so that all have their turn.
    pub(super) paged: Option<Address>,
}

/// Whether more is read from a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// It is.
    Reading,
    /// Not for now.
    Paused,
    /// It is being closed; nothing more is told or heard.
    Closing,
}

/// Who a connection is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who {
    /// The person.
    pub(super) person: PersonId,
    /// The proved key.
    pub(super) key: Option<PublicKey>,
    /// The key is thrown away later, or there is none.
    pub(super) guest: bool,
    /// Which device of the person.
    pub(super) device: u32,
}

/// A room that a connection has joined or is joining.
#[derive(Debug)]
pub(super) struct Subscription {
    /// How far it is.
    pub(super) stage: Stage,
    /// For a keyless client that does not count: the next seq.
    pub(super) next_seq: u64,
    /// Sends that were counted here and wait for their acknowledgement.
    pub(super) counted: usize,
    /// A send was not stored: with this seq it goes on, once all others are answered.
    pub(super) recount: Option<u64>,
    /// Sends of this person and device with a lower seq are stored, as the connection was told.
    pub(super) due: u64,
}

/// How far a join is. Boxed where it passes, as every idle member keeps the size of the largest.
#[derive(Debug)]
pub(super) enum Stage {
    /// The store was asked.
    Entering(Box<Entering>),
    /// Older messages are being given.
    CatchingUp(Box<CatchingUp>),
    /// Messages come as they are stored.
    Live,
}

/// A join whose answer is under way.
#[derive(Debug)]
pub(super) struct Entering {
    /// The question.
    pub(super) ticket: Ticket,
    /// The join's number.
    pub(super) reference: Option<Ref>,
    /// The last message that the client has.
    pub(super) after: Option<Anchor>,
}

/// A join of which older messages are being given.
#[derive(Debug)]
pub(super) struct CatchingUp {
    /// The join's number.
    pub(super) reference: Option<Ref>,
    /// The last message that was given.
    pub(super) at: u64,
    /// Whether there are older messages than the first one that was given.
    pub(super) more: bool,
    /// The question for the next page, and the room's last message when it was asked.
    pub(super) read: Option<(Ticket, u64)>,
}

/// How fast a connection is given older messages: a bounded number of bytes before it has to have written them out.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Bytes given since it was last drained, at most.
    pub(super) given: usize,
    /// It was asked to say when it is drained.
    pub(super) asked: bool,
    /// The next page is being read.
    pub(super) reading: Option<Ticket>,
}

/// A request that waits.
#[derive(Debug)]
pub(super) enum Waiting {
    /// A hello.
    Hello(Introduction),
    /// Any other.
    Request(Request),
}

impl Connection {
    /// A connection that has not said anything.
    pub(super) fn new(payer: Option<IpAddr>, keyless: PersonId) -> Self {
        Self {
            payer,
            keyless,
            who: None,
            rooms: Few::default(),
            entering: 0,
            in_flight: 0,
            reads: 0,
            claiming: false,
            waiting: VecDeque::new(),
            paid: false,
            kept_until: None,
            flow: Flow::Reading,
            pace: Pace::default(),
            rare: None,
        }
    }

    /// What few connections have, made where this one has nothing of it.
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// What few connections have, if this one has anything of it.
    pub(super) fn rare_if_any(&self) -> Option<&Rare> {
        self.rare.as_deref()
    }

    /// Whether a request has to wait for what this connection asked before it, so that requests that are sent without waiting for
    /// answers do what they would do otherwise.
    pub(super) fn must_wait(&self, next: &Waiting, in_flight_max: usize) -> bool {
        if self.claiming || self.kept_until.is_some() {
            return true;
        }
        let Waiting::Request(request) = next else {
            return false;
        };
        match request {
            // The seq that is told at a join has to count all that was sent before it.
            Request::Join(join) => {
                self.in_flight > 0
                    || self
                        .rooms
                        .get(&join.room)
                        .is_some_and(|subscription| !subscription.has_entered())
            }
            Request::Send(send) => self.must_send_wait(&send.room, send.seq, in_flight_max),
            Request::Topic(topic) => self.must_send_wait(&topic.room, topic.seq, in_flight_max),
            Request::History(_)
            | Request::Rooms(_)
            | Request::Conversations(_)
            | Request::Search(_)
            | Request::Open(_) => self.entering > 0 || self.reads >= READS_OF_CONNECTION_MAX,
            Request::Hello(_) | Request::Leave(_) | Request::Nick(_) | Request::Members(_) => {
                self.entering > 0
            }
        }
    }

    fn must_send_wait(&self, room: &Address, seq: Option<u64>, in_flight_max: usize) -> bool {
        let recounts = || {
            self.rooms.get(room).is_some_and(|subscription| {
                subscription.recount.is_some() && subscription.counted > 0
            })
        };
        self.entering > 0 || self.in_flight >= in_flight_max || (seq.is_none() && recounts())
    }

    /// Whether it is being closed.
    pub(super) fn is_closing(&self) -> bool {
        self.flow == Flow::Closing
    }

    /// Whether nothing more is to be read for now.
    pub(super) fn is_full(&self, in_flight_max: usize) -> bool {
        !self.waiting.is_empty() || self.in_flight >= in_flight_max || self.kept_until.is_some()
    }

    /// The room, where the connection has joined it.
    pub(super) fn joined(&mut self, room: &Address) -> Option<&mut Subscription> {
        self.rooms
            .get_mut(room)
            .filter(|subscription| subscription.has_entered())
    }

    /// Whether the connection is to be told that a conversation has something new: it has neither joined it nor been told since.
    pub(super) fn tell_once(&mut self, room: &Address) -> bool {
        if self.rooms.contains_key(room) {
            return false;
        }
        let told = &mut self.rare().told;
        if told.contains(room) {
            return false;
        }
        if told.len() >= CONVERSATIONS_TOLD_MAX {
            told.clear();
        }
        told.insert(room.clone())
    }

    /// Whether a join that says where it goes on can be the return after a disconnect: the room was not left on this connection.
    pub(super) fn may_resume(&self, room: &Address) -> bool {
        self.rare_if_any()
            .is_none_or(|rare| rare.left.len() < LEFT_MAX && !rare.left.contains(room))
    }

    /// The connection has said that it leaves a room.
    pub(super) fn has_left(&mut self, room: &Address) {
        let left = &mut self.rare().left;
        if left.len() < LEFT_MAX {
            left.insert(room.clone());
        }
    }

    /// The conversation that was opened last, if it is this one, and the other's nick; no more after that.
    pub(super) fn take_opened(&mut self, room: &Address) -> Option<(Address, String)> {
        let opened = &mut self.rare.as_mut()?.opened;
        opened.take_if(|(opened, _)| opened == room)
    }

    /// Whether a send with this seq is stored, as far as the connection was told.
    pub(super) fn has_stored(&self, room: &Address, seq: Option<u64>) -> bool {
        let subscription = self.rooms.get(room);
        seq.is_some_and(|seq| subscription.is_some_and(|subscription| seq < subscription.due))
    }

    /// The connection joins a conversation: the next time that it has not joined it, it is told anew.
    pub(super) fn forget_told(&mut self, room: &Address) {
        if let Some(rare) = &mut self.rare {
            rare.told.remove(room);
        }
    }
}

impl Waiting {
    /// Whether it tries something again that is stored.
    fn is_stored(&self, connection: &Connection) -> bool {
        let (room, seq) = match self {
            Self::Request(Request::Send(send)) => (&send.room, send.seq),
            Self::Request(Request::Topic(topic)) => (&topic.room, topic.seq),
            Self::Request(_) | Self::Hello(_) => return false,
        };
        connection.has_stored(room, seq)
    }

    /// What refuses it: of what is stored already, no refusal may say that it is not.
    pub(super) fn refusal(&self, connection: Option<&Connection>, refusal: Refusal) -> Refusal {
        if connection.is_some_and(|connection| self.is_stored(connection)) {
            refusals::of_a_retry(refusal)
        } else {
            refusal
        }
    }
}

impl Subscription {
    /// A join that was asked.
    pub(super) fn new(entering: Entering) -> Self {
        Self {
            stage: Stage::Entering(Box::new(entering)),
            next_seq: 1,
            counted: 0,
            recount: None,
            due: 1,
        }
    }

    /// Whether the join was answered.
    pub(super) const fn has_entered(&self) -> bool {
        match self.stage {
            Stage::Entering(_) => false,
            Stage::CatchingUp(_) | Stage::Live => true,
        }
    }

    /// The seq of a send that the client has not counted.
    pub(super) fn count(&mut self) -> u64 {
        if let Some(seq) = self.recount.take() {
            self.next_seq = seq;
        }
        self.counted += 1;
        let seq = self.next_seq;
        self.next_seq = seq.saturating_add(1);
        seq
    }

    /// The client has counted a send itself: who leaves the seq out after that goes on from there.
    pub(super) fn given(&mut self, seq: u64) {
        self.next_seq = self.next_seq.max(seq.saturating_add(1));
    }

    /// A send that was counted here is answered.
    pub(super) fn counted_answered(&mut self) {
        self.counted = self.counted.saturating_sub(1);
    }

    /// A send was stored.
    pub(super) fn stored(&mut self, seq: u64) {
        self.recount = self.recount.filter(|due| *due > seq);
        self.due = self.due.max(seq.saturating_add(1));
    }

    /// A send was not stored, or nobody knows; the store waits for `due`, as far as that is known.
    pub(super) fn failed(&mut self, seq: u64, due: Option<u64>) {
        self.recount = due.or_else(|| Some(self.recount.map_or(seq, |due| due.min(seq))));
    }
}
