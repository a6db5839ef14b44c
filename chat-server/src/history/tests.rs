//! The history from outside: what goes in, what comes back, and what a crash leaves.

mod bounds;
mod eras;
mod expiry;
mod index;
mod model;
mod nicks;
mod once;
mod opening;
mod pages;
mod people;
mod rubbish;
mod searching;
mod shared;
mod trouble;
mod version_1;

use std::path::Path;
use std::time::Duration;

use protocol::event::{Kind, Message};
use protocol::identity::PublicKey;
use protocol::names::{Nick, RoomName};
use protocol::position::{Address, MessageId, Pair, PersonId, Position};
use tokio::runtime::{Builder, Runtime};

use super::{History, Location, Reply};
use crate::record::{
    Answer, Append, AppendError, Appended, Claim, ClaimError, Former, From, JoinPage, Moment, Page,
    Present, Query, Range, Read, Restored, Share, Ticket, Write, Written,
};

/// 21 November 2025, in milliseconds since 1970.
const NOW: u64 = 1_763_700_000_000;

/// The era of a store that was made then.
const ERA: u64 = 1_763_700_000;

/// A history and the one who waits for its answers.
struct Desk {
    history: History,
    restored: Restored,
    runtime: Runtime,
    tickets: u64,
    /// What makes the answers of a store with a clock of its own comparable.
    likeness: Option<shared::Likeness>,
}

impl Desk {
    fn memory() -> Self {
        Self::open(&Location::Memory, NOW)
    }

    fn at(directory: &Path) -> Self {
        Self::open(&Location::Directory(directory.to_owned()), NOW)
    }

    #[track_caller]
    fn open(location: &Location, now: u64) -> Self {
        // A child of another test holds the lock of this one between its fork and its exec.
        let (history, restored) = loop {
            match History::open(location, now) {
                Err(crate::history::OpenError::InUse { .. }) => std::thread::yield_now(),
                opened => break opened.unwrap(),
            }
        };
        Self {
            history,
            restored,
            runtime: Builder::new_current_thread().build().unwrap(),
            tickets: 0,
            likeness: None,
        }
    }

    fn close(self) -> Vec<Reply> {
        self.runtime.block_on(self.history.close())
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// The next answer; what nobody asked for is looked at by tests of its own.
    fn reply(&mut self) -> Reply {
        loop {
            let reply = self.runtime.block_on(self.history.reply()).unwrap();
            if !matches!(reply, Reply::News(_)) {
                return reply;
            }
        }
    }

    /// Hands over the writes at once and waits for all their answers.
    #[track_caller]
    fn write(&mut self, writes: impl IntoIterator<Item = Write>) -> Vec<Written> {
        let mut due = 0;
        for write in writes {
            due += usize::from(matches!(write, Write::Append(_) | Write::Claim(_)));
            self.history.write(write).unwrap();
        }
        let mut written = Vec::new();
        while written.len() < due {
            let reply = self.reply();
            let Reply::Committed(more) = reply else {
                panic!("{reply:?} answers no write");
            };
            written.extend(more);
        }
        assert_eq!(written.len(), due);
        written
    }

    #[track_caller]
    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        self.append_all([append]).remove(0)
    }

    #[track_caller]
    fn append_all(
        &mut self,
        appends: impl IntoIterator<Item = Append>,
    ) -> Vec<Result<Appended, AppendError>> {
        let mut tickets = Vec::new();
        let mut asked = Vec::new();
        let mut writes = Vec::new();
        for append in appends {
            let ticket = self.ticket();
            tickets.push(ticket);
            asked.push(append.clone());
            writes.push(Write::Append(Append { ticket, ..append }));
        }
        let written = self.write(writes);
        let (answered, results): (Vec<_>, Vec<_>) = written
            .into_iter()
            .map(|written| match written {
                Written::Append { ticket, result } => (ticket, result),
                Written::Claim { .. } => panic!("{written:?} answers no append"),
            })
            .unzip();
        assert_eq!(answered, tickets);
        match &mut self.likeness {
            Some(likeness) => likeness.appended(&asked, results),
            None => results,
        }
    }

    #[track_caller]
    fn claim(
        &mut self,
        nick: &str,
        person: PersonId,
        owner: Option<PublicKey>,
    ) -> Result<Option<Former>, ClaimError> {
        let served = Duration::from_millis(self.tickets);
        self.claim_at(served, None, nick, person, owner)
    }

    #[track_caller]
    fn claim_at(
        &mut self,
        served: Duration,
        unused_since: Option<Duration>,
        nick: &str,
        person: PersonId,
        owner: Option<PublicKey>,
    ) -> Result<Option<Former>, ClaimError> {
        let ticket = self.ticket();
        let claim = Claim {
            ticket,
            nick: Nick::new(nick).unwrap(),
            person,
            owner,
            at: Moment {
                unix_ms: NOW + ticket.0,
                served,
            },
            unused_since,
        };
        let nick = claim.nick.clone();
        match self.write([Write::Claim(claim)]).remove(0) {
            Written::Claim {
                ticket: answered,
                result,
            } => {
                assert_eq!(answered, ticket);
                // What is held is looked at by tests of its own; here it is who owns what.
                let released = Share::Released { person, nick };
                self.write([Write::Share(released)]);
                result
            }
            other @ Written::Append { .. } => panic!("{other:?} answers no claim"),
        }
    }

    #[track_caller]
    fn ask(&mut self, query: Query) -> Answer {
        let query = match &self.likeness {
            Some(likeness) => likeness.asked(query),
            None => query,
        };
        let answer = self.try_ask(query).unwrap();
        match &self.likeness {
            Some(likeness) => likeness.answered(answer),
            None => answer,
        }
    }

    /// The answer; nothing where the history cannot say now.
    #[track_caller]
    fn try_ask(&mut self, query: Query) -> Option<Answer> {
        let ticket = self.ticket();
        self.history.read(Read { ticket, query }).unwrap();
        let reply = self.reply();
        let Reply::Found(found) = reply else {
            panic!("{reply:?} answers no read");
        };
        assert_eq!(found.ticket, ticket);
        found.answer
    }

    #[track_caller]
    fn page(&mut self, room: &Address, range: Range, limit: u16) -> Page {
        let room = room.clone();
        let answer = self.ask(Query::Page { room, range, limit });
        let Answer::Page(page) = answer else {
            panic!("{answer:?} is no page");
        };
        page
    }

    #[track_caller]
    fn join(&mut self, room: &Address, from: From, limit: u16) -> JoinPage {
        let query = Query::Join {
            room: room.clone(),
            from,
            limit,
            sender: (person(1), 0),
        };
        let answer = self.ask(query);
        let Answer::Join(page) = answer else {
            panic!("{answer:?} is no join");
        };
        page
    }
}

/// Runs a test over both stores.
fn in_each_store(test: fn(Desk)) {
    test(Desk::memory());
    let redis = shared::Redis::start();
    test(shared::desk(&redis, "chat"));
}

fn room(name: &str) -> Address {
    Address::Room(RoomName::new(name).unwrap())
}

fn direct(one: u8, other: u8) -> Address {
    Address::Direct(Pair::new(person(one), person(other)).unwrap())
}

fn person(byte: u8) -> PersonId {
    PersonId::from_bytes([byte; 16])
}

fn key(byte: u8) -> PublicKey {
    PublicKey::from_bytes([byte; 32])
}

fn nick(byte: u8) -> Nick {
    Nick::new(&format!("nick{byte}")).unwrap()
}

/// Message `seq` of the person in a room, with a text that follows from both.
fn said(room: &Address, byte: u8, seq: u64) -> Append {
    Append {
        ticket: Ticket(0),
        room: room.clone(),
        id: MessageId {
            person: person(byte),
            device: 0,
            seq,
        },
        nick: nick(byte),
        time: NOW.wrapping_add(seq),
        kind: Kind::Message,
        text: format!("{byte} says {seq}"),
        reply_to: None,
    }
}

/// What an append looks like when it comes back from `position`.
fn as_message(append: &Append, position: Position) -> Message {
    Message {
        room: append.room.clone(),
        position,
        id: append.id,
        nick: append.nick.as_str().to_owned(),
        time: append.time,
        kind: append.kind,
        text: append.text.clone(),
        reply_to: append.reply_to,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with results")]
fn fresh(n: u64, time: u64) -> Result<Appended, AppendError> {
    Ok(Appended {
        position: Position::new(ERA, n),
        time,
        fresh: true,
    })
}

fn numbers(page: &Page) -> Vec<u64> {
    page.messages.iter().map(|m| m.position.n).collect()
}
