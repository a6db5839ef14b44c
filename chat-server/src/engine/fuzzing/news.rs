//! News out of bytes: what a store that is shared tells, and what none should.

use arbitrary::{Arbitrary as _, Result, Unstructured};
use protocol::event::Message;
use protocol::position::{Address, PersonId, Position};

use super::super::Input;
use super::super::testing::{ERA, key};
use super::Run;
use super::requests;
use crate::record::{News, NodeId, Payer, Present, Spent};

fn person(bytes: &mut Unstructured<'_>) -> Result<PersonId> {
    let byte = u8::arbitrary(bytes)?;
    Ok(PersonId::of_key(&key(byte % 8)))
}

fn node(bytes: &mut Unstructured<'_>) -> Result<NodeId> {
    Ok(NodeId(u64::from(u8::arbitrary(bytes)? % 3)))
}

/// A member of a room; nothing where there is no nick.
fn present(room: &Address, bytes: &mut Unstructured<'_>) -> Result<Option<Present>> {
    let (person, nick) = (person(bytes)?, requests::nick(bytes)?);
    let how = u8::arbitrary(bytes)?;
    Ok(nick.map(|nick| Present {
        room: room.clone(),
        person,
        nick,
        guest: how & 1 > 0,
        former: None,
        keyed: how & 2 > 0,
        reconnecting: how & 4 > 0,
    }))
}

impl Run {
    pub(super) fn news(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let room = requests::address(bytes)?;
        let news = match u8::arbitrary(bytes)? % 16 {
            0..=4 => {
                let (back, count) = <(u8, u8)>::arbitrary(bytes)?;
                let hole = u64::from(back == 255);
                let from = self.head(&room).saturating_sub(u64::from(back % 3)) + hole;
                self.hear(&room, from + 1, usize::from(count % 4) + 1);
                return Ok(());
            }
            5 | 6 => match present(&room, bytes)? {
                Some(present) => News::Member {
                    node: node(bytes)?,
                    present,
                },
                None => return Ok(()),
            },
            7 => News::Gone {
                node: node(bytes)?,
                room,
                person: person(bytes)?,
            },
            8 | 9 => {
                let mut members = Vec::new();
                for _ in 0..u8::arbitrary(bytes)? % 6 {
                    let node = node(bytes)?;
                    members.extend(present(&room, bytes)?.map(|present| (node, present)));
                }
                News::Members { room, members }
            }
            10 => match requests::nick(bytes)? {
                Some(nick) => News::Called {
                    person: person(bytes)?,
                    nick,
                    guest: bool::arbitrary(bytes)?,
                    former: None,
                },
                None => return Ok(()),
            },
            11 => News::TakenOver {
                person: person(bytes)?,
                device: u32::from(u8::arbitrary(bytes)? % 3),
            },
            12 => News::Conversation {
                person: person(bytes)?,
                head: Position::new(ERA, self.store.head(&room)),
                room,
                nick: "somebody".to_owned(),
            },
            13 => News::Spent(Spent {
                by: Payer::Person(person(bytes)?),
                messages: u32::arbitrary(bytes)?,
            }),
            14 => News::Broken {
                head: Position::new(ERA, self.store.head(&room)),
                room,
                topic: None,
            },
            _ if u8::arbitrary(bytes)? < 64 => News::Fenced,
            _ => return Ok(()),
        };
        self.input(Input::News(news));
        Ok(())
    }

    /// The last message of a room that its readers know.
    fn head(&self, room: &Address) -> u64 {
        let room = self.engine.rooms.get(room);
        room.and_then(|room| room.head).map_or(0, |head| head.n)
    }

    fn hear(&mut self, room: &Address, from: u64, count: usize) {
        let stored = (from.max(1)..).map_while(|n| self.store.at(room, n));
        let messages: Vec<Message> = stored.take(count).cloned().collect();
        if !messages.is_empty() {
            let room = room.clone();
            self.input(Input::News(News::Messages { room, messages }));
        }
    }

    /// All that is stored comes back.
    pub(super) fn hear_all(&mut self) {
        if self.engine.shared.is_some() {
            let rooms: Vec<Address> = self.engine.rooms.keys().cloned().collect();
            for room in rooms {
                self.hear(&room, self.head(&room) + 1, usize::MAX);
            }
        }
    }
}
