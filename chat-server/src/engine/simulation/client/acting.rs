//! What a client does.

use std::collections::BTreeMap;

use protocol::names::{MessageText, Nick, Topic};
use protocol::position::{Address, Anchor, MessageId, Pair, PersonId, Position};
use protocol::request::{
    Conversations, History, Join, Leave, Members, Open, Ref, Request, Rooms, Search, Send,
    SendKind, SetNick, SetTopic,
};
use protocol::search::SearchText;

use super::super::super::random::Random;
use super::super::super::testing::{ERA, Store, key};
use super::super::super::{ConnId, Input, Introduction};
use super::super::rooms;
use super::{Asked, Client, Sought};

/// The first three look alike.
const NICKS: [&str; 7] = ["alice", "Alice", "a1ice", "bob", "carol", "지은", "ㅋㅋ"];

impl Client {
    fn asks(&mut self, asked: Asked) -> u64 {
        self.next_ref += 1;
        self.asked.insert(self.next_ref, asked);
        self.next_ref
    }

    pub(in super::super) fn hello(&mut self, conn: ConnId, random: &mut Random) -> Input {
        let nick = (random.below(4) > 0).then(|| any_nick(random));
        let reference = Some(self.asks(Asked::Hello));
        Input::Introduced {
            conn,
            introduction: Introduction {
                reference,
                key: self.key_byte().map(key),
                guest: self.index == 5,
                nick,
                device: self.device(),
                proof: None,
            },
        }
    }

    /// Something to do; nothing where this client has to wait for an answer.
    pub(in super::super) fn act(
        &mut self,
        conn: ConnId,
        random: &mut Random,
        store: &Store,
    ) -> Option<Input> {
        if self.nick.is_none() {
            let waits = self
                .asked
                .values()
                .any(|asked| matches!(asked, Asked::Hello));
            return (!waits).then(|| self.hello(conn, random));
        }
        let room = self.any_room(random);
        let request = match random.below(22) {
            0..=3 => self.join(room, random, store)?,
            4 => {
                let reference = Some(self.asks(Asked::Leave(room.clone())));
                Request::Leave(Leave { reference, room })
            }
            5..=12 => self.send(room, random)?,
            13 => self.retry()?,
            14 => Request::Nick(SetNick {
                reference: Some(self.asks(Asked::Nick)),
                nick: any_nick(random),
            }),
            15 => Request::Members(Members {
                reference: Some(self.asks(Asked::Members)),
                room,
                after: None,
            }),
            16 => self.history(room, random, store),
            17 => Request::Rooms(Rooms {
                reference: Some(self.asks(Asked::Other)),
                after: None,
            }),
            18 => Request::Conversations(Conversations {
                reference: Some(self.asks(Asked::Other)),
                after: None,
            }),
            19 | 20 => self.search(room, random, store)?,
            _ => {
                let nick = any_nick(random);
                let reference = Some(self.asks(Asked::Open(nick.skeleton())));
                Request::Open(Open { reference, nick })
            }
        };
        Some(Input::Request { conn, request })
    }

    fn any_room(&self, random: &mut Random) -> Address {
        let [lobby, other] = rooms();
        match random.below(8) {
            0..=3 => lobby,
            4 | 5 => other,
            _ => {
                let byte = u8::try_from(1 + random.below(4)).unwrap();
                let peer = PersonId::of_key(&key(byte));
                Pair::new(self.person(), peer).map_or(lobby, Address::Direct)
            }
        }
    }

    fn join(&mut self, room: Address, random: &mut Random, store: &Store) -> Option<Request> {
        let waits =
            |asked: &Asked| matches!(asked, Asked::Join { room: other, .. } if *other == room);
        if self.asked.values().any(waits) {
            return None;
        }
        let after = match random.below(5) {
            0 => None,
            // A message that was never there, as after the loss of the store's tail.
            1 => Some(Anchor {
                position: Position::new(ERA, 1 + random.below(store.head(&room) + 1)),
                id: Some(MessageId {
                    person: self.person(),
                    device: 99,
                    seq: 1,
                }),
            }),
            _ => self.anchors.get(&room).copied(),
        };
        let reference = Some(self.asks(Asked::Join {
            room: room.clone(),
            after,
        }));
        let last = (random.below(3) == 0).then(|| u16::try_from(random.below(6)).unwrap());
        Some(Request::Join(Join {
            reference,
            room,
            after,
            last,
        }))
    }

    fn send(&mut self, room: Address, random: &mut Random) -> Option<Request> {
        let counts = self.key_byte().is_some();
        let seq = counts.then(|| {
            let seq = self.seqs.entry(room.clone()).or_default();
            // Now and then a program skips one.
            *seq += if random.below(40) == 0 { 2 } else { 1 };
            *seq
        });
        let id = seq.map(|seq| self.id(seq));
        let lines = random.below(300);
        let text = format!(
            "{}{}",
            random.next(),
            "\n".repeat(usize::try_from(lines).unwrap())
        );
        if let Some(id) = id {
            self.unacknowledged.insert(id, (room.clone(), text.clone()));
        }
        let reference = Some(self.asks(Asked::Send {
            room: room.clone(),
            id,
        }));
        if random.below(10) == 0 && room.pair().is_none() && counts {
            let text = Topic::new("tea".to_owned()).ok()?;
            let id = id?;
            self.unacknowledged
                .insert(id, (room.clone(), "tea".to_owned()));
            return Some(Request::Topic(SetTopic {
                reference,
                room,
                seq,
                text,
            }));
        }
        Some(say(reference, room, seq, &text))
    }

    /// Sends the oldest that is not acknowledged again.
    fn retry(&mut self) -> Option<Request> {
        let (id, (room, text)) = self.unacknowledged.first_key_value()?;
        let (id, room, text) = (*id, room.clone(), text.clone());
        if text == "tea" {
            return None;
        }
        let reference = Some(self.asks(Asked::Send {
            room: room.clone(),
            id: Some(id),
        }));
        Some(say(reference, room, Some(id.seq), &text))
    }

    fn history(&mut self, room: Address, random: &mut Random, store: &Store) -> Request {
        let n = random.below(store.head(&room) + 3);
        let position = Some(Position::new(ERA, n));
        let (before, after) = match random.below(3) {
            0 => (None, None),
            1 => (position, None),
            _ => (None, position),
        };
        let reference = Some(self.asks(Asked::Page {
            room: room.clone(),
            last: after.map(|after| after.n),
        }));
        Request::History(History {
            reference,
            room,
            before,
            after,
            limit: (random.below(2) == 0).then_some(2),
        })
    }

    /// Looks for the first digits of a message, in one room or all; or goes on where a page ended.
    fn search(&mut self, room: Address, random: &mut Random, store: &Store) -> Option<Request> {
        let sought = match self.sought.take() {
            Some(sought) => sought,
            None => Sought {
                text: store
                    .at(&room, 1 + random.below(store.head(&room)))?
                    .text
                    .chars()
                    .take(3)
                    .collect(),
                room: (random.below(2) == 0).then_some(room),
                next: None,
                oldest: BTreeMap::new(),
            },
        };
        let request = Search {
            reference: Some(self.asks(Asked::Search(sought.clone()))),
            room: sought.room,
            text: SearchText::new(sought.text).unwrap(),
            next: sought.next,
            limit: (random.below(2) == 0).then_some(2),
        };
        Some(Request::Search(request))
    }

    fn id(&self, seq: u64) -> MessageId {
        MessageId {
            person: self.person(),
            device: self.device(),
            seq,
        }
    }
}

fn say(reference: Option<Ref>, room: Address, seq: Option<u64>, text: &str) -> Request {
    Request::Send(Send {
        reference,
        room,
        seq,
        kind: SendKind::Message,
        text: MessageText::new(text.to_owned()).unwrap(),
        reply_to: None,
    })
}

fn any_nick(random: &mut Random) -> Nick {
    let index = usize::try_from(random.below(NICKS.len() as u64)).unwrap();
    NICKS[index].parse().unwrap()
}
