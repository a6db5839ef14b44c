//! Several servers on one Redis: who holds a nick, who is in a room, what each hears, and what becomes of one that dies.

mod following;
mod members;
mod nicks;
mod persons;

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::position::{Address, PersonId, Position};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::*;
use crate::history::redis;
use crate::record::{Claim, Found, News, NodeId, Share};

/// What is waited for comes well before.
const PATIENCE: Duration = Duration::from_secs(20);

/// One server.
struct Node {
    history: History,
    id: NodeId,
    runtime: Runtime,
    tickets: u64,
    /// What was told and not asked for yet.
    heard: Vec<News>,
    /// The last position that was told of each room.
    told: BTreeMap<Address, Position>,
}

/// Servers that count as dead soon.
fn quick(redis: &Redis) -> Shared {
    Shared {
        renew_every: Duration::from_millis(50),
        dead_after: Duration::from_millis(300),
        poll_every: Duration::from_millis(100),
        patience: Duration::from_secs(5),
        ..alone(redis, "chat")
    }
}

impl Node {
    fn on(redis: &Redis) -> Self {
        Self::open(quick(redis))
    }

    fn open(shared: Shared) -> Self {
        let location = Location::Redis(Box::new(shared));
        let (history, restored) = History::open(&location, NOW).unwrap();
        Self {
            history,
            id: restored.node.unwrap(),
            runtime: Builder::new_current_thread().enable_time().build().unwrap(),
            tickets: 0,
            heard: Vec::new(),
            told: BTreeMap::new(),
        }
    }

    #[track_caller]
    fn reply(&mut self) -> Reply {
        let reply = self.runtime.block_on(async {
            let reply = self.history.reply();
            timeout(PATIENCE, reply).await
        });
        let reply = reply
            .expect("something is told")
            .expect("the history goes on");
        if let Reply::News(news) = &reply {
            self.check(news);
            self.heard.push(news.clone());
        }
        reply
    }

    /// Messages come without a hole and none twice.
    #[track_caller]
    fn check(&mut self, news: &News) {
        match news {
            News::Messages { room, messages } => {
                assert!(!messages.is_empty());
                for message in messages {
                    let before = self.told.insert(room.clone(), message.position);
                    let n = before.map(|before| before.n + 1);
                    assert_eq!(n, Some(message.position.n), "in {room}");
                }
            }
            News::Broken { room, head, .. } => {
                self.told.insert(room.clone(), *head);
            }
            _ => {}
        }
    }

    /// The next news of which this makes something; what came before is forgotten.
    #[track_caller]
    fn until<T>(&mut self, mut wanted: impl FnMut(&News) -> Option<T>) -> T {
        loop {
            let mut heard = std::mem::take(&mut self.heard).into_iter();
            let found = heard.by_ref().find_map(|news| wanted(&news));
            self.heard = heard.collect();
            if let Some(found) = found {
                return found;
            }
            self.reply();
        }
    }

    #[track_caller]
    fn hears(&mut self, news: &News) {
        self.until(|heard| (heard == news).then_some(()));
    }

    fn write(&mut self, write: Write) {
        self.history.write(write).unwrap();
    }

    fn share(&mut self, share: Share) {
        self.write(Write::Share(share));
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    #[track_caller]
    fn claim(
        &mut self,
        nick: &str,
        byte: u8,
        is_guest: bool,
    ) -> Result<Option<Former>, ClaimError> {
        let ticket = self.ticket();
        self.write(Write::Claim(Claim {
            ticket,
            nick: nick.parse().unwrap(),
            person: person(byte),
            owner: (!is_guest).then(|| key(byte)),
            at: Moment {
                unix_ms: NOW,
                served: Duration::ZERO,
            },
            unused_since: None,
        }));
        loop {
            if let Reply::Committed(written) = self.reply() {
                match written.as_slice() {
                    [
                        Written::Claim {
                            ticket: answered,
                            result,
                        },
                    ] if *answered == ticket => return *result,
                    other => panic!("{other:?} does not answer the claim"),
                }
            }
        }
    }

    fn release(&mut self, nick: &str, byte: u8) {
        self.share(Share::Released {
            person: person(byte),
            nick: nick.parse().unwrap(),
        });
    }

    #[track_caller]
    fn ask(&mut self, query: Query) -> Answer {
        let ticket = self.ticket();
        self.history.read(Read { ticket, query }).unwrap();
        loop {
            if let Reply::Found(Found {
                ticket: answered,
                answer,
            }) = self.reply()
                && answered == ticket
            {
                return answer.expect("Redis answers");
            }
        }
    }

    /// Joins a room, so that it is followed.
    #[track_caller]
    fn join(&mut self, room: &Address) -> Position {
        let answer = self.ask(Query::Join {
            room: room.clone(),
            from: From::Last,
            limit: 10,
            sender: (person(1), 0),
        });
        let Answer::Join(page) = answer else {
            panic!("{answer:?} is no join");
        };
        self.told.entry(room.clone()).or_insert(page.head);
        page.head
    }

    /// Says something and waits until it is stored.
    #[track_caller]
    fn say(&mut self, room: &Address, byte: u8, seq: u64) -> Position {
        self.write(Write::Append(said(room, byte, seq)));
        loop {
            if let Reply::Committed(written) = self.reply() {
                for written in written {
                    if let Written::Append { result, .. } = written {
                        return result.unwrap().position;
                    }
                }
            }
        }
    }

    /// Waits until all up to this position was told.
    #[track_caller]
    fn is_told(&mut self, room: &Address, n: u64) {
        while self.told.get(room).is_none_or(|told| told.n < n) {
            self.reply();
        }
    }

    fn mute(&self, is_mute: bool) {
        redis::mute(self.id, is_mute);
    }

    /// Ends without a word.
    fn kill(self) {
        redis::kill(self.id);
    }

    fn close(self) {
        self.runtime.block_on(self.history.close());
    }
}

fn present(room: &Address, byte: u8) -> Present {
    Present {
        room: room.clone(),
        person: person(byte),
        nick: nick(byte),
        guest: false,
        former: None,
        keyed: true,
        reconnecting: false,
    }
}

fn lost(present: &Present) -> Present {
    Present {
        reconnecting: true,
        ..present.clone()
    }
}

/// A bare number of an owner query's answer.
fn holder(node: &mut Node, nick: &str) -> Option<(PersonId, bool)> {
    let nick: Nick = nick.parse().unwrap();
    let answer = node.ask(Query::Owner {
        skeleton: nick.skeleton(),
        unused_since: None,
    });
    let Answer::Owner(owner) = answer else {
        panic!("{answer:?} is no owner");
    };
    owner.map(|owner| (owner.person, owner.keyed))
}
