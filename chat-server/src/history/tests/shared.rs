//! Histories that share a Redis, and what makes one of them comparable with one of its own.

mod failing;
mod nodes;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test waits for one kind of news"
)]
mod together;
mod trimming;

use std::collections::BTreeMap;

use super::super::{Prefix, Shared, programs};
use super::*;
use crate::record::{Hit, Searched};

pub(super) use programs::Redis;

/// What a Redis is asked for, without waiting for a replica.
fn alone(redis: &Redis, prefix: &str) -> Shared {
    Shared {
        prefix: Prefix::new(prefix).unwrap(),
        replicas: 0,
        ..Shared::new(redis.url().parse().unwrap())
    }
}

fn open(shared: Shared) -> Desk {
    Desk::open(&Location::Redis(Box::new(shared)), NOW)
}

/// A history in a Redis, whose answers look as if it had the era of the others and their times.
pub(super) fn desk(redis: &Redis, prefix: &str) -> Desk {
    let mut desk = open(alone(redis, prefix));
    desk.likeness = Some(Likeness {
        store: desk.restored.era,
        rooms: BTreeMap::new(),
        times: BTreeMap::new(),
    });
    desk
}

/// The store has the clock of its Redis: its era and its times are put into those that the tests expect.
pub(super) struct Likeness {
    /// The era of rooms without messages.
    store: u64,
    /// The era in which each of the others began.
    rooms: BTreeMap<Address, u64>,
    /// The time that each message would have.
    times: BTreeMap<(Address, MessageId), u64>,
}

impl Likeness {
    pub(super) fn appended(
        &mut self,
        asked: &[Append],
        results: Vec<Result<Appended, AppendError>>,
    ) -> Vec<Result<Appended, AppendError>> {
        let like = |(append, result): (&Append, Result<Appended, AppendError>)| {
            let key = (append.room.clone(), append.id);
            let time = *self.times.entry(key).or_insert(append.time);
            if let Ok(appended) = result {
                let era = appended.position.era;
                self.rooms.entry(append.room.clone()).or_insert(era);
            }
            result.map(|appended| Appended {
                position: self.like(appended.position),
                time,
                ..appended
            })
        };
        asked.iter().zip(results).map(like).collect()
    }

    pub(super) fn asked(&self, mut query: Query) -> Query {
        if let Query::Join {
            room,
            from: From::After(anchor),
            ..
        } = &mut query
        {
            let era = self.rooms.get(room).unwrap_or(&self.store);
            anchor.position.era = anchor.position.era.wrapping_add(era.wrapping_sub(ERA));
        }
        query
    }

    pub(super) fn answered(&self, answer: Answer) -> Answer {
        match answer {
            Answer::Join(mut join) => {
                join.head = self.like(join.head);
                join.kept = join.kept.map(|kept| match kept.n {
                    0 => kept,
                    _ => self.like(kept),
                });
                join.page = self.page(join.page);
                if let Some(topic) = &mut join.topic {
                    // Each test has one topic at a time, of the message that says so.
                    let of = |((_, id), time): (&(Address, MessageId), &u64)| {
                        (format!("nick{}", id.person.as_bytes()[0]) == topic.nick).then_some(*time)
                    };
                    topic.time = self.times.iter().filter_map(of).nth(1).unwrap();
                }
                Answer::Join(join)
            }
            Answer::Page(page) => Answer::Page(self.page(page)),
            Answer::Conversations {
                mut conversations,
                more,
            } => {
                for talk in &mut conversations {
                    talk.head = self.like(talk.head);
                }
                Answer::Conversations {
                    conversations,
                    more,
                }
            }
            Answer::Search(Searched::Hits(mut hits)) => {
                let like = |hit: Hit| Hit {
                    message: self.message(hit.message),
                    ..hit
                };
                hits.found = hits.found.into_iter().map(like).collect();
                Answer::Search(Searched::Hits(hits))
            }
            other @ (Answer::Rooms { .. } | Answer::Owner(_) | Answer::Search(_)) => other,
        }
    }

    fn page(&self, page: Page) -> Page {
        Page {
            messages: page
                .messages
                .into_iter()
                .map(|message| self.message(message))
                .collect(),
            gap: page.gap.map(|(from, to)| (self.like(from), self.like(to))),
            ..page
        }
    }

    fn message(&self, message: Message) -> Message {
        let key = (message.room.clone(), message.id);
        Message {
            position: self.like(message.position),
            time: self.times.get(&key).copied().unwrap_or(message.time),
            ..message
        }
    }

    fn like(&self, position: Position) -> Position {
        // A room without messages would begin now, and this second may not be the one in which the store began.
        if position.n == 0 {
            return Position::new(ERA, 0);
        }
        let began = |era: &&u64| **era == position.era;
        let known = self.rooms.values().find(began).unwrap_or(&self.store);
        let shift = known.wrapping_sub(ERA);
        Position::new(position.era.wrapping_sub(shift), position.n)
    }
}
