//! A model of the store: the same answers by the plainest means.

use std::collections::BTreeMap;

use protocol::event::{Kind, Message, Topic};
use protocol::names::{Nick, RoomName, Skeleton};
use protocol::position::{Address, MessageId, PersonId, Position};

use crate::record::{
    Answer, Append, AppendError, Appended, Claim, ClaimError, From, JoinPage, Page, Present, Query,
    Range, Talk, Write, Written,
};

/// The era of every store in tests.
pub(in crate::engine) const ERA: u64 = 1_700;

/// Nicks that a key may own here; few, so that the limit is met.
const OWNED_MAX: usize = 2;

/// Everything that was kept.
#[derive(Clone, Default)]
pub(in crate::engine) struct Store {
    pub(in crate::engine) rooms: BTreeMap<Address, Vec<Message>>,
    owners: BTreeMap<Skeleton, (PersonId, Nick)>,
    present: BTreeMap<(Address, PersonId), Present>,
    /// Messages up to here are gone, in every room.
    pub(in crate::engine) trimmed: u64,
}

impl Store {
    pub(in crate::engine) fn present(&self) -> Vec<Present> {
        self.present.values().cloned().collect()
    }

    pub(in crate::engine) fn owner(&self, skeleton: &Skeleton) -> Option<PersonId> {
        self.owners.get(skeleton).map(|(person, _)| *person)
    }

    pub(in crate::engine) fn head(&self, room: &Address) -> u64 {
        self.rooms
            .get(room)
            .map_or(0, |messages| messages.len() as u64)
    }

    /// The message at a position, whether trimmed or not.
    pub(in crate::engine) fn at(&self, room: &Address, n: u64) -> Option<&Message> {
        self.rooms
            .get(room)?
            .get(usize::try_from(n).unwrap().checked_sub(1)?)
    }

    pub(in crate::engine) fn commit(&mut self, writes: Vec<Write>) -> Vec<Written> {
        let mut written = Vec::new();
        for write in writes {
            match write {
                Write::Append(append) => written.push(Written::Append {
                    ticket: append.ticket,
                    result: self.append(append),
                }),
                Write::Claim(claim) => written.push(Written::Claim {
                    ticket: claim.ticket,
                    result: self.claim(claim),
                }),
                Write::Present(present) => {
                    let key = (present.room.clone(), present.person);
                    self.present.insert(key, present);
                }
                Write::Absent { room, person } => {
                    self.present.remove(&(room, person));
                }
            }
        }
        written
    }

    /// All of a batch fails before anything of it is stored.
    pub(in crate::engine) fn refuse(writes: &[Write]) -> Vec<Written> {
        writes
            .iter()
            .filter_map(|write| match write {
                Write::Append(append) => Some(Written::Append {
                    ticket: append.ticket,
                    result: Err(AppendError::Unavailable),
                }),
                Write::Claim(claim) => Some(Written::Claim {
                    ticket: claim.ticket,
                    result: Err(ClaimError::Unavailable),
                }),
                Write::Present(_) | Write::Absent { .. } => None,
            })
            .collect()
    }

    fn next_seq(&self, room: &Address, person: PersonId, device: u16) -> u64 {
        let sent = |message: &&Message| message.id.person == person && message.id.device == device;
        1 + self
            .rooms
            .get(room)
            .map_or(0, |messages| messages.iter().filter(sent).count() as u64)
    }

    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        let MessageId {
            person,
            device,
            seq,
        } = append.id;
        let expected = self.next_seq(&append.room, person, device);
        let messages = self.rooms.entry(append.room.clone()).or_default();
        if seq > expected {
            return Err(AppendError::OutOfOrder { expected });
        }
        if let Some(first) = messages.iter().find(|message| message.id == append.id) {
            let same = first.text == append.text
                && first.kind == append.kind
                && first.reply_to == append.reply_to;
            return if same {
                Ok(Appended {
                    position: first.position,
                    time: first.time,
                    fresh: false,
                })
            } else {
                Err(AppendError::Reused { expected })
            };
        }
        let position = Position::new(ERA, messages.len() as u64 + 1);
        messages.push(Message {
            room: append.room,
            position,
            id: append.id,
            nick: append.nick.to_string(),
            time: append.time,
            kind: append.kind,
            text: append.text,
            reply_to: append.reply_to,
        });
        Ok(Appended {
            position,
            time: append.time,
            fresh: true,
        })
    }

    fn claim(&mut self, claim: Claim) -> Result<(), ClaimError> {
        let skeleton = claim.nick.skeleton();
        let owner = self.owners.get(&skeleton).map(|(person, _)| *person);
        match (claim.owner, owner) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(ClaimError::Owned),
            (Some(_), Some(owner)) if owner != claim.person => Err(ClaimError::Owned),
            (Some(_), owner) => {
                let count = self
                    .owners
                    .values()
                    .filter(|(person, _)| *person == claim.person)
                    .count();
                if owner.is_none() && count >= OWNED_MAX {
                    return Err(ClaimError::Limit);
                }
                self.owners.insert(skeleton, (claim.person, claim.nick));
                Ok(())
            }
        }
    }

    pub(in crate::engine) fn answer(&self, query: &Query) -> Answer {
        match query {
            Query::Join {
                room,
                from,
                limit,
                sender,
            } => self.join(room, *from, *limit, *sender),
            Query::Page { room, range, limit } => Answer::Page(self.page(room, *range, *limit)),
            Query::Rooms { after, limit } => self.list_rooms(after.as_ref(), *limit),
            Query::Conversations {
                person,
                after,
                limit,
            } => self.talks(*person, after.as_ref(), *limit),
            Query::Owner { skeleton } => Answer::Owner(self.owners.get(skeleton).cloned()),
        }
    }

    fn join(&self, room: &Address, from: From, limit: u16, sender: (PersonId, u16)) -> Answer {
        let (known, range) = match from {
            From::Last => (true, Range::Last),
            From::After(anchor) => {
                let n = anchor.position.n;
                let there = self.at(room, n);
                let known = n == 0
                    || there.is_some_and(|there| {
                        anchor.id == Some(there.id) && there.position == anchor.position
                    });
                (known, if known { Range::After(n) } else { Range::Last })
            }
        };
        let topic = self
            .rooms
            .get(room)
            .and_then(|messages| {
                messages
                    .iter()
                    .rev()
                    .find(|message| message.kind == Kind::Topic)
            })
            .filter(|message| !message.text.is_empty());
        Answer::Join(JoinPage {
            known,
            head: Position::new(ERA, self.head(room)),
            topic: topic.map(|message| Topic {
                text: message.text.clone(),
                nick: message.nick.clone(),
                time: message.time,
            }),
            next_seq: self.next_seq(room, sender.0, sender.1),
            page: self.page(room, range, limit),
        })
    }

    fn page(&self, room: &Address, range: Range, limit: u16) -> Page {
        let limit = u64::from(limit);
        let head = self.head(room);
        let first = (self.trimmed + 1).min(head + 1);
        let (from, to) = match range {
            Range::Before(n) => {
                let to = n.saturating_sub(1).min(head);
                ((to + 1).saturating_sub(limit).max(first), to)
            }
            Range::After(n) => (
                n.saturating_add(1).max(first),
                n.max(first - 1).saturating_add(limit).min(head),
            ),
            Range::Last => ((head + 1).saturating_sub(limit).max(first), head),
        };
        let messages: Vec<Message> = (from..=to)
            .filter_map(|n| self.at(room, n).cloned())
            .collect();
        let gap_from = match range {
            Range::Before(_) | Range::Last => 1,
            Range::After(n) => n.saturating_add(1),
        };
        let touches = from == first && first > gap_from;
        Page {
            more: match range {
                Range::Before(_) | Range::Last => from > first,
                Range::After(_) => to < head,
            },
            gap: touches.then(|| (Position::new(ERA, gap_from), Position::new(ERA, first - 1))),
            messages,
        }
    }

    fn list_rooms(&self, after: Option<&RoomName>, limit: u16) -> Answer {
        let all = self
            .rooms
            .iter()
            .filter_map(|(address, messages)| match address {
                Address::Room(name)
                    if !messages.is_empty() && after.is_none_or(|after| name > after) =>
                {
                    Some(name)
                }
                Address::Room(_) | Address::Direct(_) => None,
            });
        let mut rooms: Vec<(RoomName, String)> = all
            .take(usize::from(limit) + 1)
            .map(|name| (name.clone(), format!("about {name}")))
            .collect();
        let more = rooms.len() > usize::from(limit);
        rooms.truncate(usize::from(limit));
        Answer::Rooms { rooms, more }
    }

    fn talks(&self, person: PersonId, after: Option<&Address>, limit: u16) -> Answer {
        let all = self.rooms.iter().filter_map(|(address, messages)| {
            let other = address.pair()?.other(person)?;
            let last = messages.last()?;
            (after.is_none_or(|after| address > after)).then(|| Talk {
                room: address.clone(),
                person: other,
                nick: "away".to_owned(),
                head: last.position,
            })
        });
        let mut conversations: Vec<Talk> = all.take(usize::from(limit) + 1).collect();
        let more = conversations.len() > usize::from(limit);
        conversations.truncate(usize::from(limit));
        Answer::Conversations {
            conversations,
            more,
        }
    }
}
