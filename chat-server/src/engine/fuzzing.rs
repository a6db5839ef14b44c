//! Any requests of several connections in any order, over a store that is late, refuses and forgets; the fuzzer and the
//! property tests run the same code.
//!
//! For itself or with other servers beside it, which tell anything. What must hold: no panic; each request of a connection that stays is answered once; nothing is told before it is
//! committed; positions rise without holes; nothing grows beyond its bound.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use arbitrary::{Arbitrary as _, Result, Unstructured};
use protocol::limits::{Limits, Rate};
use protocol::position::PersonId;

use super::testing::{ERA, Store, key};
use super::{ConnId, Engine, Input, Introduction, Now, Output, Settings};
use crate::record::{
    Answer, AppendError, ClaimError, Found, NodeId, Read, Restored, Write, Written,
};

mod bounds;
mod hearing;
mod news;
mod requests;

use hearing::Client;

/// Connections at once.
const CONNECTIONS_MAX: usize = 8;

/// Rounds of commits and answers after which everything must be answered.
const ROUNDS_MAX: usize = 2_000;

/// Runs the inputs that `bytes` stand for. Panics where something does not hold.
pub fn requests(bytes: &[u8]) {
    let (first, bytes) = bytes.split_first().map_or((0, bytes), |(a, b)| (*a, b));
    let mut run = Run::new(first % 4 > 0, first % 8 < 5);
    let ended = run.take(&mut Unstructured::new(bytes));
    // Bytes may end in the middle of an input; what came before has happened.
    assert!(!matches!(ended, Err(arbitrary::Error::IncorrectFormat)));
    run.settle();
}

struct Run {
    engine: Engine,
    store: Store,
    now: Now,
    writes: Vec<Write>,
    /// Questions, and the answers of those that the store answered early and brings late.
    reads: Vec<(Read, Option<Answer>)>,
    clients: BTreeMap<ConnId, Client>,
    /// Those that are to be told [`Input::Drained`].
    undrained: Vec<ConnId>,
    last_conn: u64,
    last_ref: u64,
    out: Vec<Output>,
}

impl Run {
    /// With budgets that let nearly everything pass, or with those that servers have; with others beside it or not.
    fn new(generous: bool, is_shared: bool) -> Self {
        let mut rates = Limits::default();
        if generous {
            let often = Rate::new(10_000, 1);
            rates = Limits {
                joins: often,
                nicks: often,
                new_rooms: often,
                reads: often,
                requests: often,
                ..rates
            };
        }
        // Small, so that every limit is met.
        let limits = Limits {
            rooms: 3,
            in_flight: 4,
            burst: 2,
            members_told: 3,
            page_messages: 3,
            reconnecting_ms: 700,
            ..rates
        };
        let settings = Settings {
            limits,
            given_bytes: 4_096,
            welcome: Some("{nick} in {room}".to_owned()),
            ..Settings::default()
        };
        let now = Now {
            elapsed: Duration::ZERO,
            unix_ms: 1_000,
        };
        let restored = Restored {
            node: is_shared.then_some(NodeId(1)),
            era: ERA,
            served: Duration::ZERO,
            present: Vec::new(),
        };
        Self {
            engine: Engine::new(settings, restored, 1, now),
            store: Store::default(),
            now,
            writes: Vec::new(),
            reads: Vec::new(),
            clients: BTreeMap::new(),
            undrained: Vec::new(),
            last_conn: 0,
            last_ref: 0,
            out: Vec::new(),
        }
    }

    fn take(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        while !bytes.is_empty() {
            match u8::arbitrary(bytes)? % 32 {
                0 | 1 => self.connect(bool::arbitrary(bytes)?),
                2..=4 => self.introduce(bytes)?,
                5..=17 => self.request(bytes)?,
                18 => self.raw(bytes)?,
                19 => self.end(bytes)?,
                20..=22 => self.commit(bytes)?,
                23..=25 => self.answer(bytes)?,
                26 => self.drain(),
                27 => self.wait(u64::from(u8::arbitrary(bytes)?) * 8),
                28 => self.early(bytes)?,
                29 | 30 if self.engine.shared.is_some() => self.news(bytes)?,
                // Those that came since the last one were one turn.
                _ => self.finish(),
            }
            self.check_bounds();
        }
        Ok(())
    }

    fn connect(&mut self, loopback: bool) {
        if self.clients.len() >= CONNECTIONS_MAX {
            return;
        }
        self.last_conn += 1;
        let conn = ConnId(self.last_conn);
        let mut keyless = [0; 16];
        keyless[..8].copy_from_slice(&self.last_conn.to_be_bytes());
        self.clients.insert(conn, Client::default());
        self.input(Input::Connected {
            conn,
            address: IpAddr::V4(if loopback {
                Ipv4Addr::LOCALHOST
            } else {
                Ipv4Addr::new(192, 0, 2, 1)
            }),
            keyless: PersonId::from_bytes(keyless),
        });
    }

    fn introduce(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let Some(conn) = self.conn(bytes)? else {
            return Ok(());
        };
        let who = u8::arbitrary(bytes)?;
        let introduction = Introduction {
            reference: Some(self.reference()),
            key: (who % 5 > 0).then(|| key(who % 5)),
            guest: who >= 192,
            nick: requests::nick(bytes)?,
            device: u32::from(u8::arbitrary(bytes)? % 3),
            proof: None,
        };
        self.ask(conn, introduction.reference, hearing::Asked::One);
        self.input(Input::Introduced { conn, introduction });
        Ok(())
    }

    /// A connection that is there, for the shell or only for the engine.
    fn conn(&self, bytes: &mut Unstructured<'_>) -> Result<Option<ConnId>> {
        let at = usize::from(u8::arbitrary(bytes)?);
        let count = self.clients.len().max(1);
        Ok(self.clients.keys().nth(at % count).copied())
    }

    fn reference(&mut self) -> u64 {
        self.last_ref += 1;
        self.last_ref
    }

    fn ask(&mut self, conn: ConnId, reference: Option<u64>, asked: hearing::Asked) {
        if let (Some(client), Some(reference)) = (self.clients.get_mut(&conn), reference) {
            client.asked.insert(reference, asked);
        }
    }

    fn end(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let goodbye = bool::arbitrary(bytes)?;
        if let Some(conn) = self.conn(bytes)? {
            self.close(conn, goodbye);
        }
        Ok(())
    }

    fn close(&mut self, conn: ConnId, goodbye: bool) {
        self.clients.remove(&conn);
        self.undrained.retain(|other| *other != conn);
        self.input(Input::Closed { conn, goodbye });
    }

    /// Commits some of what waits, refuses it, or cannot say.
    fn commit(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let how = u8::arbitrary(bytes)?;
        let count = (usize::from(how >> 4) + 1).min(self.writes.len());
        let batch: Vec<Write> = self.writes.drain(..count).collect();
        let written = match how % 8 {
            0 => self.refuse(batch),
            1 => unknown(self.store.commit(batch)),
            2 => unknown(self.refuse(batch)),
            _ => self.store.commit(batch),
        };
        self.committed(written);
        Ok(())
    }

    /// Refuses a batch; who came and went is kept for the next one.
    fn refuse(&mut self, mut batch: Vec<Write>) -> Vec<Written> {
        let refused = Store::refuse(&batch);
        batch.retain(|write| matches!(write, Write::Present(_) | Write::Absent { .. }));
        self.writes.splice(..0, batch);
        refused
    }

    fn committed(&mut self, written: Vec<Written>) {
        if !written.is_empty() {
            self.input(Input::Committed(written));
        }
    }

    /// Looks something up now whose answer comes later, when it is no longer true.
    fn early(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let at = usize::from(u8::arbitrary(bytes)?) % self.reads.len().max(1);
        if let Some((read, early)) = self.reads.get_mut(at) {
            *early = Some(self.store.answer(&read.query));
        }
        Ok(())
    }

    /// Answers a question that waits, or cannot.
    fn answer(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let how = u8::arbitrary(bytes)?;
        if self.reads.is_empty() {
            return Ok(());
        }
        let (read, early) = self.reads.remove(usize::from(how >> 3) % self.reads.len());
        let answer = early.unwrap_or_else(|| self.store.answer(&read.query));
        self.input(Input::Found(Found {
            ticket: read.ticket,
            answer: (how % 8 > 0).then_some(answer),
        }));
        Ok(())
    }

    fn drain(&mut self) {
        for conn in std::mem::take(&mut self.undrained) {
            self.input(Input::Drained { conn });
        }
    }

    fn wait(&mut self, ms: u64) {
        self.now.elapsed += Duration::from_millis(ms);
        self.now.unix_ms += ms;
        self.input(Input::Tick);
        let deadline = self.engine.deadline();
        assert!(deadline.is_none_or(|at| at > self.now.elapsed));
    }

    fn input(&mut self, input: Input) {
        let mut out = std::mem::take(&mut self.out);
        self.engine.handle(input, self.now, &mut out);
        self.perform(&mut out);
        self.out = out;
    }

    fn finish(&mut self) {
        let mut out = std::mem::take(&mut self.out);
        self.engine.finish(self.now, &mut out);
        self.perform(&mut out);
        self.out = out;
    }

    fn perform(&mut self, out: &mut Vec<Output>) {
        for output in out.drain(..) {
            match output {
                Output::Send { conn, event } => self.tell(conn, &event),
                Output::Fan { to, events } => {
                    for conn in to.iter() {
                        for event in &events {
                            self.tell(*conn, event);
                        }
                    }
                }
                Output::AskDrained { conn } => self.undrained.push(conn),
                Output::Write(write) => self.writes.push(write),
                Output::Read(read) => self.reads.push((read, None)),
                Output::Pause { .. } | Output::Resume { .. } => {}
                Output::Close { conn, .. } => {
                    let client = self.clients.get_mut(&conn);
                    client.expect("closed after its end").closing = true;
                }
            }
        }
    }

    /// In the end all is committed and answered, and so is every request.
    fn settle(&mut self) {
        let is_open = |client: &Client| !client.closing && !client.asked.is_empty();
        for _ in 0..ROUNDS_MAX {
            let writes = std::mem::take(&mut self.writes);
            let written = self.store.commit(writes);
            self.committed(written);
            for (read, early) in std::mem::take(&mut self.reads) {
                let answer = early.or_else(|| Some(self.store.answer(&read.query)));
                let ticket = read.ticket;
                self.input(Input::Found(Found { ticket, answer }));
            }
            self.hear_all();
            self.drain();
            self.finish();
            self.check_bounds();
            let quiet = self.writes.is_empty() && self.reads.is_empty();
            if quiet && !self.clients.values().any(is_open) {
                break;
            }
            self.wait(200);
        }
        for (conn, client) in self.clients.iter().filter(|(_, client)| !client.closing) {
            assert!(
                client.asked.is_empty(),
                "{conn:?} waits: {:?}",
                client.asked
            );
        }
        for conn in self.clients.keys().copied().collect::<Vec<_>>() {
            self.close(conn, true);
        }
        self.wait(10_000);
        self.finish();
        let writes = std::mem::take(&mut self.writes);
        let written = self.store.commit(writes);
        self.committed(written);
        self.hear_all();
        self.finish();
        self.check_forgotten();
    }
}

/// Whatever became of them, the store cannot say.
fn unknown(mut written: Vec<Written>) -> Vec<Written> {
    for written in &mut written {
        match written {
            Written::Append { result, .. } => *result = Err(AppendError::Unknown),
            Written::Claim { result, .. } => *result = Err(ClaimError::Unavailable),
        }
    }
    written
}

#[cfg(test)]
mod tests;
