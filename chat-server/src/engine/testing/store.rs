//! A model of the store: the same answers by the plainest means.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::event::{self, Kind, Message, Topic};
use protocol::names::{Nick, RoomName, Skeleton};
use protocol::position::{Address, MessageId, PersonId, Position};

use crate::record::{
    Answer, Append, AppendError, Appended, Claim, ClaimError, Former, From, JoinPage, Listed,
    Owner, Page, Present, Query, Range, Restored, Talk, Write, Written,
};

/// The era of every store in tests.
pub(in crate::engine) const ERA: u64 = 1_700;

/// Nicks that a key may own here; few, so that the limit is met.
const OWNED_MAX: usize = 2;

/// Everything that was kept.
#[derive(Clone, Default)]
pub(in crate::engine) struct Store {
    pub(in crate::engine) rooms: BTreeMap<Address, Vec<Message>>,
    owned: BTreeMap<Skeleton, Owned>,
    /// Who has ever owned each nick, in order.
    owners: BTreeMap<Skeleton, Vec<PersonId>>,
    served: Duration,
    present: BTreeMap<(Address, PersonId), Present>,
    /// The messages of all rooms in the order in which they were committed.
    pub(super) order: Vec<(Address, u64)>,
    /// Searches have to wait.
    pub(in crate::engine) indexing: bool,
    /// Messages up to here are gone, in every room.
    pub(in crate::engine) trimmed: u64,
    /// How far each room may be read, where that is not as far as it goes.
    pub(super) confirmed: Option<BTreeMap<Address, u64>>,
    /// The era of each room that has lost a tail.
    pub(super) eras: BTreeMap<Address, u64>,
    /// What was lost with them.
    pub(super) lost: BTreeMap<(Address, Position), Message>,
}

/// A nick as it is owned.
#[derive(Clone)]
struct Owned {
    person: PersonId,
    nick: Nick,
    last: u64,
    used: Duration,
    former: Option<Former>,
}

impl Owned {
    fn is_free(&self, unused_since: Option<Duration>) -> bool {
        unused_since.is_some_and(|since| self.used <= since)
    }
}

impl Store {
    /// What an engine gets that starts over this store.
    pub(in crate::engine) fn restored(&self) -> Restored {
        Restored {
            node: None,
            era: ERA,
            served: self.served,
            present: self.present(),
        }
    }

    pub(in crate::engine) fn present(&self) -> Vec<Present> {
        self.present.values().cloned().collect()
    }

    /// Who owns a nick, whether it was used lately or not.
    pub(in crate::engine) fn owner(&self, skeleton: &Skeleton) -> Option<PersonId> {
        self.owned.get(skeleton).map(|owned| owned.person)
    }

    /// The last other person who ever owned a nick, worked out from nothing but who owned it when.
    pub(in crate::engine) fn former(
        &self,
        skeleton: &Skeleton,
        person: PersonId,
    ) -> Option<PersonId> {
        let owners = self.owners.get(skeleton)?;
        owners.iter().rev().find(|owner| **owner != person).copied()
    }

    /// When a nick was last used, as far as the store was told.
    pub(in crate::engine) fn used(&self, skeleton: &Skeleton) -> Option<Duration> {
        self.owned.get(skeleton).map(|owned| owned.used)
    }

    /// The last message of a room that may be read.
    pub(in crate::engine) fn head(&self, room: &Address) -> u64 {
        match &self.confirmed {
            Some(confirmed) => confirmed.get(room).copied().unwrap_or(0),
            None => self.rooms.get(room).map_or(0, |all| all.len() as u64),
        }
    }

    /// The message that stands or once stood at a position.
    pub(in crate::engine) fn find(&self, room: &Address, position: Position) -> Option<&Message> {
        self.at(room, position.n)
            .filter(|message| message.position == position)
            .or_else(|| self.lost.get(&(room.clone(), position)))
    }

    /// Whether what stood at a position is gone.
    pub(in crate::engine) fn is_lost(&self, room: &Address, position: Position) -> bool {
        self.lost.contains_key(&(room.clone(), position))
    }

    /// Where a room ends that may be read so far.
    pub(super) fn end(&self, room: &Address) -> Position {
        let last = self.at(room, self.head(room));
        last.map_or_else(|| Position::new(self.era(room), 0), |last| last.position)
    }

    fn era(&self, room: &Address) -> u64 {
        self.eras.get(room).copied().unwrap_or(ERA)
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
                Write::Used(used) => {
                    let owned = self.owned.get_mut(&used.nick.skeleton());
                    if let Some(owned) = owned.filter(|owned| owned.person == used.person) {
                        owned.last = used.at.unix_ms;
                        owned.used = owned.used.max(used.at.served);
                    }
                }
                Write::Served(served) => self.served = self.served.max(served),
                Write::Share(_) => {}
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
                Write::Present(_)
                | Write::Absent { .. }
                | Write::Used(_)
                | Write::Served(_)
                | Write::Share(_) => None,
            })
            .collect()
    }

    fn next_seq(&self, room: &Address, person: PersonId, device: u32) -> u64 {
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
        let era = self.eras.get(&append.room).copied().unwrap_or(ERA);
        let position = Position::new(era, messages.len() as u64 + 1);
        self.order.push((append.room.clone(), position.n));
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

    fn claim(&mut self, claim: Claim) -> Result<Option<Former>, ClaimError> {
        let skeleton = claim.nick.skeleton();
        let before = self.owned.get(&skeleton).cloned();
        let is_own = before.as_ref().is_some_and(|b| b.person == claim.person);
        let is_free = before
            .as_ref()
            .is_none_or(|before| before.is_free(claim.unused_since));
        if !is_free && (!is_own || claim.owner.is_none()) {
            return Err(ClaimError::Owned);
        }
        let in_use = |owned: &&Owned| !owned.is_free(claim.unused_since);
        let mine = self.owned.values().filter(|o| o.person == claim.person);
        let full = mine.filter(in_use).count() >= OWNED_MAX;
        if is_free && full && claim.owner.is_some() {
            return Err(ClaimError::Limit);
        }
        let from_before = |before: &Owned| Former {
            told: event::Former {
                person: before.person,
                until: before.last,
            },
            taken: claim.at.served,
        };
        let former = match &before {
            Some(before) if is_own => before.former,
            before => before.as_ref().map(from_before),
        };
        if claim.owner.is_none() {
            return Ok(former);
        }
        if !is_own {
            let owners = self.owners.entry(skeleton.clone()).or_default();
            owners.push(claim.person);
        }
        let owned = Owned {
            person: claim.person,
            nick: claim.nick,
            last: claim.at.unix_ms,
            used: claim.at.served,
            former,
        };
        self.owned.insert(skeleton, owned);
        Ok(former)
    }

    pub(in crate::engine) fn answer(&self, query: &Query) -> Answer {
        match query {
            Query::Join {
                room,
                from,
                limit,
                sender,
            } => self.join(room, *from, *limit, *sender),
            Query::Search(search) => Answer::Search(self.search(search)),
            Query::Page { room, range, limit } => Answer::Page(self.page(room, *range, *limit)),
            Query::Rooms { after, limit } => self.list_rooms(after.as_ref(), *limit),
            Query::Conversations {
                person,
                after,
                limit,
            } => self.talks(*person, after.as_ref(), *limit),
            Query::Owner {
                skeleton,
                unused_since,
            } => {
                let owned = self.owned.get(skeleton);
                let owned = owned.filter(|owned| !owned.is_free(*unused_since));
                Answer::Owner(owned.map(|owned| Owner {
                    person: owned.person,
                    nick: owned.nick.clone(),
                    former: owned.former,
                    keyed: true,
                }))
            }
        }
    }

    fn join(&self, room: &Address, from: From, limit: u16, sender: (PersonId, u32)) -> Answer {
        let (known, range) = match from {
            From::Last => (true, Range::Last),
            From::After(anchor) => {
                let n = anchor.position.n;
                let there = self.at(room, n).filter(|_| n <= self.head(room));
                let known = n == 0
                    || there.is_some_and(|there| {
                        anchor.id == Some(there.id) && there.position == anchor.position
                    });
                (known, if known { Range::After(n) } else { Range::Last })
            }
        };
        Answer::Join(JoinPage {
            known,
            kept: None,
            head: self.end(room),
            topic: self.topic(room),
            next_seq: self.next_seq(room, sender.0, sender.1),
            page: self.page(room, range, limit),
        })
    }

    /// What a room is about, as far as it may be read.
    pub(super) fn topic(&self, room: &Address) -> Option<Topic> {
        let head = usize::try_from(self.head(room)).unwrap();
        let messages = self.rooms.get(room)?.iter().take(head);
        let topic = messages.rev().find(|message| message.kind == Kind::Topic);
        let topic = topic.filter(|message| !message.text.is_empty());
        topic.map(|message| Topic {
            text: message.text.clone(),
            nick: message.nick.clone(),
            time: message.time,
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
        let mut rooms: Vec<Listed> = all
            .take(usize::from(limit) + 1)
            .map(|name| Listed {
                name: name.clone(),
                topic: format!("about {name}"),
                members: 0,
            })
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
                former: None,
                passed_on: false,
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
