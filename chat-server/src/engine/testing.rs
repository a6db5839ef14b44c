//! What the engine's tests share: a model of the store, and a world in which everything is answered at once.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use protocol::codec::encode_event;
use protocol::event::Event;
use protocol::identity::PublicKey;
use protocol::limits::FRAME_BYTES_MAX;
use protocol::position::PersonId;

use super::{ConnId, Engine, Input, Introduction, Now, Output, Settings};
use crate::record::{Found, NodeId, Payer, Present, Read, Restored, Share, Ticket, Write, Written};

#[cfg(test)]
mod cluster;
mod lines;
mod searching;
mod store;

use lines::Names;

#[cfg(test)]
pub(super) use cluster::{Cluster, GONE_AFTER, Job, Reply};
pub(super) use store::{ERA, Store};

/// A frame that no client would take is found here.
pub(super) fn check_frame(event: &Event) {
    let mut frame = Vec::new();
    encode_event(event, &mut frame);
    assert!(!frame.is_empty(), "never sent: {event:?}");
    assert!(
        frame.len() <= FRAME_BYTES_MAX,
        "{} bytes: {event:?}",
        frame.len()
    );
}

/// The key of a person in tests; the engine checks no signature.
pub(super) fn key(byte: u8) -> PublicKey {
    PublicKey::from_bytes([byte; 32])
}

/// An engine, a store that commits and answers when told, and what each connection was told, in short lines.
pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) store: Store,
    pub(super) now: Now,
    pub(super) writes: Vec<Write>,
    pub(super) reads: Vec<Read>,
    told: BTreeMap<ConnId, Vec<String>>,
    names: Names,
    connections: u64,
    outputs: usize,
}

impl World {
    pub(super) fn new(settings: Settings) -> Self {
        Self::restarted(settings, Store::default())
    }

    /// A new engine over what the store has.
    pub(super) fn restarted(settings: Settings, store: Store) -> Self {
        let restored = store.restored();
        Self::begin(settings, store, restored)
    }

    /// An engine with others beside it, whose news are told by hand.
    pub(super) fn shared(settings: Settings, store: Store) -> Self {
        let restored = Restored {
            node: Some(NodeId(1)),
            present: Vec::new(),
            ..store.restored()
        };
        Self::begin(settings, store, restored)
    }

    fn begin(settings: Settings, store: Store, restored: Restored) -> Self {
        let now = Now {
            elapsed: Duration::ZERO,
            unix_ms: 1_000,
        };
        Self {
            engine: Engine::new(settings, restored, 1, now),
            store,
            now,
            writes: Vec::new(),
            reads: Vec::new(),
            told: BTreeMap::new(),
            names: Names::default(),
            connections: 0,
            outputs: 0,
        }
    }

    /// A connection from elsewhere that has not said hello; no other one has its address.
    pub(super) fn connect(&mut self) -> ConnId {
        let index = u32::try_from(self.connections).unwrap();
        self.connect_from(IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0001 + index)))
    }

    pub(super) fn connect_from(&mut self, address: IpAddr) -> ConnId {
        self.connections += 1;
        let conn = ConnId(self.connections);
        let mut keyless = [0; 16];
        keyless[..8].copy_from_slice(&self.connections.to_be_bytes());
        let keyless = PersonId::from_bytes(keyless);
        self.names
            .0
            .insert(keyless, format!("keyless{}", self.connections));
        self.told.insert(conn, Vec::new());
        self.input(Input::Connected {
            conn,
            address,
            keyless,
        });
        conn
    }

    /// Says hello; `who` is the byte of a key.
    pub(super) fn hello(&mut self, conn: ConnId, who: Option<u8>, nick: Option<&str>) {
        self.hello_as(conn, who, nick, false);
    }

    pub(super) fn hello_as(
        &mut self,
        conn: ConnId,
        who: Option<u8>,
        nick: Option<&str>,
        guest: bool,
    ) {
        if let Some(byte) = who {
            self.names
                .0
                .insert(PersonId::of_key(&key(byte)), format!("p{byte}"));
        }
        let device = self.free_device(who);
        self.hello_on(device, conn, who, nick, guest);
    }

    /// As a program finds it: the lowest device that no other connection of the person has.
    fn free_device(&self, who: Option<u8>) -> u32 {
        let person = who.map(|byte| PersonId::of_key(&key(byte)));
        let others = self
            .engine
            .connections
            .values()
            .filter_map(|other| other.who);
        let taken: Vec<u32> = others
            .filter(|other| Some(other.person) == person)
            .map(|other| other.device)
            .collect();
        (0..=u32::MAX)
            .find(|device| !taken.contains(device))
            .unwrap()
    }

    pub(super) fn hello_on(
        &mut self,
        device: u32,
        conn: ConnId,
        who: Option<u8>,
        nick: Option<&str>,
        guest: bool,
    ) {
        let introduction = Introduction {
            reference: Some(1),
            key: who.map(key),
            guest,
            nick: nick.map(|nick| nick.parse().unwrap()),
            device,
            proof: None,
        };
        self.input(Input::Introduced { conn, introduction });
    }

    /// A connection that has said hello, been answered, and been given its conversations.
    pub(super) fn enter(&mut self, who: Option<u8>, nick: &str) -> ConnId {
        let conn = self.connect();
        self.hello(conn, who, Some(nick));
        self.run();
        self.forget(conn);
        conn
    }

    /// One that is in a room, too.
    pub(super) fn enter_room(&mut self, who: Option<u8>, nick: &str, room: &str) -> ConnId {
        let conn = self.enter(who, nick);
        self.ask(conn, &format!(r#"{{"type":"join","room":"{room}"}}"#));
        self.run();
        self.forget(conn);
        conn
    }

    /// A request as it stands on the wire.
    pub(super) fn ask(&mut self, conn: ConnId, frame: &str) {
        match protocol::codec::decode_request(frame) {
            Ok(request) => self.input(Input::Request { conn, request }),
            Err(error) => self.input(Input::Refused { conn, error }),
        }
    }

    pub(super) fn close(&mut self, conn: ConnId, goodbye: bool) {
        self.input(Input::Closed { conn, goodbye });
    }

    /// Time passes, and what is due happens.
    pub(super) fn wait(&mut self, ms: u64) {
        self.now.elapsed += Duration::from_millis(ms);
        self.now.unix_ms += ms;
        if self
            .engine
            .deadline()
            .is_some_and(|at| at <= self.now.elapsed)
        {
            self.input(Input::Tick);
        }
        assert!(
            self.engine
                .deadline()
                .is_none_or(|at| at > self.now.elapsed)
        );
    }

    pub(super) fn input(&mut self, input: Input) {
        self.turn(vec![input]);
    }

    /// These have waited together.
    pub(super) fn turn(&mut self, inputs: Vec<Input>) {
        let mut out = Vec::new();
        for input in inputs {
            self.engine.handle(input, self.now, &mut out);
        }
        self.engine.finish(self.now, &mut out);
        self.perform(out);
    }

    /// Stops as the hub does.
    pub(super) fn stop(&mut self) {
        let mut out = Vec::new();
        self.engine.stop(self.now, &mut out);
        self.perform(out);
    }

    /// Commits and answers until nothing is under way.
    pub(super) fn run(&mut self) {
        while !self.writes.is_empty() || !self.reads.is_empty() {
            self.commit();
            self.answer();
        }
    }

    /// Commits all that waits, in one batch.
    pub(super) fn commit(&mut self) {
        let writes = std::mem::take(&mut self.writes);
        let written = self.store.commit(writes);
        self.committed(written);
    }

    pub(super) fn committed(&mut self, written: Vec<Written>) {
        if !written.is_empty() {
            self.input(Input::Committed(written));
        }
    }

    /// Answers all questions that wait.
    pub(super) fn answer(&mut self) {
        for Read { ticket, query } in std::mem::take(&mut self.reads) {
            let answer = Some(self.store.answer(&query));
            self.input(Input::Found(Found { ticket, answer }));
        }
    }

    /// The question of the store that waits, to be answered by hand.
    pub(super) fn take_read(&mut self) -> Read {
        assert_eq!(self.reads.len(), 1, "{:?}", self.reads);
        self.reads.remove(0)
    }

    /// The only append that waits.
    pub(super) fn take_append(&mut self) -> Ticket {
        let at = self
            .writes
            .iter()
            .position(|write| matches!(write, Write::Append(_)));
        match self.writes.remove(at.unwrap()) {
            Write::Append(append) => append.ticket,
            other @ (Write::Claim(_)
            | Write::Present(_)
            | Write::Absent { .. }
            | Write::Used(_)
            | Write::Served(_)
            | Write::Share(_)) => panic!("{other:?}"),
        }
    }

    /// What a connection was told since it was looked at last is exactly this.
    #[track_caller]
    pub(super) fn check(&mut self, conn: ConnId, expected: &[&str]) {
        let told = self.take(conn);
        assert_eq!(told, expected, "told to {conn:?}");
    }

    /// What a connection was told since it was looked at last.
    pub(super) fn take(&mut self, conn: ConnId) -> Vec<String> {
        self.told.get_mut(&conn).map(std::mem::take).unwrap()
    }

    /// What a connection was told so far is of no interest.
    pub(super) fn forget(&mut self, conn: ConnId) {
        self.told.get_mut(&conn).unwrap().clear();
    }

    /// What other servers are to know and was not committed yet, in short lines.
    #[track_caller]
    pub(super) fn check_shares(&self, expected: &[&str]) {
        let all = self.writes.iter().filter_map(|write| self.line(write));
        assert_eq!(all.collect::<Vec<_>>(), expected);
    }

    /// A write that concerns other servers, in a short line.
    pub(super) fn line(&self, write: &Write) -> Option<String> {
        let who = |person| self.names.who(person);
        Some(match write {
            Write::Present(Present {
                room,
                person,
                nick,
                reconnecting,
                ..
            }) => {
                let lost = if *reconnecting { " lost" } else { "" };
                format!("present {room} {} {nick}{lost}", who(*person))
            }
            Write::Absent { room, person } => format!("absent {room} {}", who(*person)),
            Write::Share(Share::Introduced { person, device }) => {
                format!("introduced {} {device}", who(*person))
            }
            Write::Share(Share::Released { person, nick }) => {
                format!("released {} {nick}", who(*person))
            }
            Write::Share(Share::Unloaded { room }) => format!("unloaded {room}"),
            Write::Share(Share::Spent(spent)) => match spent.by {
                Payer::Person(person) => format!("spent {} {}", who(person), spent.messages),
                Payer::Address(address) => format!("spent {address} {}", spent.messages),
            },
            Write::Append(_) | Write::Claim(_) | Write::Used(_) | Write::Served(_) => return None,
        })
    }

    /// How many frames went out since the last call, each recipient counted.
    pub(super) fn count_frames(&mut self) -> usize {
        std::mem::take(&mut self.outputs)
    }

    fn perform(&mut self, out: Vec<Output>) {
        for output in out {
            match output {
                Output::Send { conn, event } => self.tell(conn, &event),
                Output::Fan { to, events } => {
                    for conn in &*to {
                        for event in &events {
                            self.tell(*conn, event);
                        }
                    }
                }
                Output::AskDrained { conn } => self.note(conn, "(ask drained)".to_owned()),
                Output::Write(write) => self.writes.push(write),
                Output::Read(read) => self.reads.push(read),
                Output::Pause { conn } => self.note(conn, "(pause)".to_owned()),
                Output::Resume { conn } => self.note(conn, "(resume)".to_owned()),
                Output::Close { conn, code } => self.note(conn, format!("(close {code:?})")),
            }
        }
    }

    fn note(&mut self, conn: ConnId, line: String) {
        self.told.entry(conn).or_default().push(line);
    }

    fn tell(&mut self, conn: ConnId, event: &Event) {
        check_frame(event);
        self.outputs += 1;
        let line = self.names.show(event);
        self.note(conn, line);
    }
}
