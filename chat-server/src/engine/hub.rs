//! The engine: what is true now, and which rule takes care of which input.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use protocol::close::CloseCode;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::Event;
use protocol::position::{Address, PersonId};
use protocol::request::Ref;

use super::accounts::{ACCOUNTS_MAX, Accounts, household};
use super::asked::Asked;
use super::claims::Claiming;
use super::connection::{Connection, Flow};
use super::draining::Drain;
use super::measures::{APPEND_BOUNDS_US, Histogram};
use super::people::People;
use super::random::Random;
use super::room::Room;
use super::searching::Searches;
use super::sending::Appending;
use super::settings::Settings;
use super::shared::Shared;
use super::{ConnId, Input, Now, Output};
use crate::record::{Read, Restored, Ticket};

/// Everything that is true now.
///
/// The hub task calls [`handle`](Self::handle) for each input and [`finish`](Self::finish) after those that waited together, and
/// does what both put out, in order.
#[derive(Debug)]
pub struct Engine {
    pub(super) settings: Settings,
    pub(super) era: u64,
    /// How long servers had served the store when this one started.
    pub(super) served_before: Duration,
    /// When this engine started, on the clock of [`Now::elapsed`].
    pub(super) started: Duration,
    pub(super) random: Random,
    /// Each in a box: their numbers rise, which leaves the leaves of the map half empty.
    pub(super) connections: BTreeMap<ConnId, Box<Connection>>,
    pub(super) people: People,
    pub(super) rooms: BTreeMap<Address, Box<Room>>,
    /// How many of them have no message.
    pub(super) empty_rooms: usize,
    /// What persons have spent lately.
    pub(super) persons: Accounts<PersonId>,
    /// What all clients of an address have spent lately.
    pub(super) addresses: Accounts<IpAddr>,
    /// Messages on their way to the store.
    pub(super) appends: BTreeMap<Ticket, Appending>,
    /// Nicks on their way to the store.
    pub(super) claims: BTreeMap<Ticket, Claiming>,
    /// Persons with a claim under way, and their other connections that wait for its end.
    pub(super) claimants: BTreeMap<PersonId, Vec<ConnId>>,
    /// Questions to the store that are not answered.
    pub(super) asked: BTreeMap<Ticket, Asked>,
    /// Those among them that the store does not have yet.
    pub(super) reads_waiting: VecDeque<Read>,
    /// How many the store has.
    pub(super) reads_out: usize,
    /// Searches, which are counted apart.
    pub(super) searches: Searches,
    pub(super) stopping: bool,
    /// A drain under way.
    pub(super) drain: Option<Drain>,
    /// How long messages took to be answered by the store.
    pub(super) append_us: Histogram,
    /// Nothing where no other server shares the history.
    pub(super) shared: Option<Box<Shared>>,
    last_ticket: u64,
    deadlines: BTreeSet<(Duration, Due)>,
    /// Rooms whose members changed in this turn.
    changed: BTreeSet<Address>,
}

/// What is due at a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A lost member leaves.
    Leave(Address, PersonId),
    /// A connection is heard again.
    Budget(ConnId),
    /// A large room tells its count.
    Summary(Address),
    /// The store is to hear that a person's nick is still in use.
    Use(PersonId),
    /// The store is to hear that the server still serves.
    Served,
    /// A connection is sent elsewhere.
    Turn(ConnId),
    /// Other servers are to hear what was spent here.
    Spent,
}

impl Engine {
    /// An engine over a store that was left like this: who was present then is reconnecting.
    ///
    /// The seed decides which nicks are offered to guests. Of two rows that hold one nick for two persons the later one is
    /// not restored.
    pub fn new(settings: Settings, restored: Restored, seed: u64, now: Now) -> Self {
        let mut engine = Self {
            settings,
            era: restored.era,
            served_before: restored.served,
            started: now.elapsed,
            random: Random::new(seed),
            connections: BTreeMap::new(),
            people: People::default(),
            rooms: BTreeMap::new(),
            empty_rooms: 0,
            persons: Accounts::new(ACCOUNTS_MAX),
            addresses: Accounts::new(ACCOUNTS_MAX),
            appends: BTreeMap::new(),
            claims: BTreeMap::new(),
            claimants: BTreeMap::new(),
            asked: BTreeMap::new(),
            reads_waiting: VecDeque::new(),
            reads_out: 0,
            searches: Searches::default(),
            stopping: false,
            drain: None,
            append_us: Histogram::new(&APPEND_BOUNDS_US),
            shared: restored.node.map(|_| Box::default()),
            last_ticket: 0,
            deadlines: BTreeSet::new(),
            changed: BTreeSet::new(),
        };
        for present in restored.present {
            engine.restore(present, now);
        }
        let served_due = now.elapsed.saturating_add(engine.use_interval());
        engine.remind(served_due, Due::Served);
        engine
    }

    /// Takes one input and puts out what is to be done about it.
    pub fn handle(&mut self, input: Input, now: Now, out: &mut Vec<Output>) {
        match input {
            Input::Connected {
                conn,
                address,
                keyless,
            } => self.connected(conn, address, keyless, now, out),
            Input::Introduced { conn, introduction } => {
                self.introduced(conn, introduction, now, out);
            }
            Input::Request { conn, request } => self.requested(conn, request, now, out),
            Input::Refused { conn, error } => {
                self.broken(conn, &error, now, out);
                if error.code == ErrorCode::UnsupportedVersion {
                    self.close(conn, CloseCode::UnsupportedVersion, out);
                }
            }
            Input::Closed { conn, goodbye } => self.closed(conn, goodbye, now, out),
            Input::Committed(written) => self.committed(written, now, out),
            Input::Found(found) => self.found(found, now, out),
            Input::News(news) => self.told(news, now, out),
            Input::Drained { conn } => self.drained(conn, out),
            Input::Tick => self.tick(now, out),
        }
    }

    /// Ends a turn: tells what happened to member lists in it.
    pub fn finish(&mut self, now: Now, out: &mut Vec<Output>) {
        for room in std::mem::take(&mut self.changed) {
            self.flush(&room, false, now, out);
        }
        if self.stopping && self.is_idle() {
            let all: Vec<ConnId> = self.connections.keys().copied().collect();
            for conn in all {
                self.close(conn, CloseCode::Restart, out);
            }
        }
    }

    /// The elapsed time at which [`Input::Tick`] is wanted.
    pub fn deadline(&self) -> Option<Duration> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// What is due at some time.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn due(&self) -> impl Iterator<Item = &Due> {
        self.deadlines.iter().map(|(_, due)| due)
    }

    /// Begins to stop: refuses what is new, and closes all connections with [`CloseCode::Restart`] once everything that is
    /// under way is stored and delivered. Members stay present in the store, so that they are reconnecting after the
    /// restart. The caller goes on with [`handle`](Self::handle) and [`finish`](Self::finish) until [`is_idle`](Self::is_idle).
    pub fn stop(&mut self, now: Now, out: &mut Vec<Output>) {
        self.stopping = true;
        self.note_served(now, out);
        let all: Vec<ConnId> = self.connections.keys().copied().collect();
        for conn in all {
            self.settle(conn, now, out);
        }
        self.finish(now, out);
    }

    /// Whether nothing is on its way to the store, or back from it, that anybody waits for.
    pub fn is_idle(&self) -> bool {
        self.appends.is_empty() && self.claims.is_empty() && self.unheard() == 0
    }

    /// Messages that are on their way to the store and have no answer.
    pub fn appends_under_way(&self) -> usize {
        self.appends.len()
    }

    fn connected(
        &mut self,
        conn: ConnId,
        address: IpAddr,
        keyless: PersonId,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let address = household(address);
        let is_exempt = address.is_loopback() && !self.settings.limit_loopback;
        let payer = (!is_exempt).then_some(address);
        self.connections
            .insert(conn, Box::new(Connection::new(payer, keyless)));
        self.give_late_turn(conn, now);
        if self.stopping {
            self.close(conn, CloseCode::Restart, out);
        }
    }

    fn tick(&mut self, now: Now, out: &mut Vec<Output>) {
        while let Some((at, due)) = self.deadlines.first().cloned()
            && at <= now.elapsed
        {
            self.deadlines.remove(&(at, due.clone()));
            match due {
                Due::Leave(room, person) => self.give_up(&room, person, now, out),
                Due::Budget(conn) => {
                    if let Some(connection) = self.connections.get_mut(&conn) {
                        connection.kept_until = None;
                    }
                    self.settle(conn, now, out);
                }
                Due::Summary(room) => self.flush(&room, false, now, out),
                Due::Use(person) => self.use_is_due(person, now, out),
                Due::Served => self.served_is_due(now, out),
                Due::Turn(conn) => self.turn_has_come(conn, now, out),
                Due::Spent => self.spent_is_due(now, out),
            }
        }
    }

    /// Closes a connection: nothing more is told to it or heard from it.
    pub(super) fn close(&mut self, conn: ConnId, code: CloseCode, out: &mut Vec<Output>) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.is_closing() {
            return;
        }
        connection.flow = Flow::Closing;
        connection.waiting.clear();
        for room in connection.rooms.keys() {
            if let Some(room) = self.rooms.get_mut(room) {
                room.stop_reading(conn);
            }
        }
        out.push(Output::Close { conn, code });
    }

    /// Tells a connection something, unless it is gone or going.
    pub(super) fn tell(&self, conn: ConnId, event: Event, out: &mut Vec<Output>) {
        if self.connection(conn).is_some_and(|c| !c.is_closing()) {
            out.push(Output::Send { conn, event });
        }
    }

    /// A connection that has not ended.
    pub(super) fn connection(&self, conn: ConnId) -> Option<&Connection> {
        self.connections.get(&conn).map(Box::as_ref)
    }

    /// Refuses a request.
    pub(super) fn refuse(
        &self,
        conn: ConnId,
        reference: Option<Ref>,
        refusal: Refusal,
        out: &mut Vec<Output>,
    ) {
        let refusal = Refusal {
            reference,
            ..refusal
        };
        self.tell(conn, Event::Error(refusal), out);
    }

    /// How many times are noted at which something is due.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn deadlines(&self) -> usize {
        self.deadlines.len()
    }

    /// A ticket that was never used.
    pub(super) fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    pub(super) fn remind(&mut self, at: Duration, due: Due) {
        self.deadlines.insert((at, due));
    }

    pub(super) fn forget(&mut self, at: Duration, due: Due) {
        self.deadlines.remove(&(at, due));
    }

    /// Marks a room whose members changed; they are told at the end of the turn, or before its next message.
    pub(super) fn has_changed(&mut self, room: &Address) {
        if !self.changed.contains(room) {
            self.changed.insert(room.clone());
        }
    }

    /// Forgets a room in which nothing goes on.
    pub(super) fn unload(&mut self, room: &Address, now: Now, out: &mut Vec<Output>) {
        if self.rooms.get(room).is_some_and(|room| room.is_idle())
            && let Some(gone) = self.rooms.remove(room)
        {
            self.empty_rooms = self
                .empty_rooms
                .saturating_sub(usize::from(gone.is_empty()));
            self.unfollow(room, &gone, now, out);
        }
    }
}
