//! A client that does anything at random, keeps to the contract where the contract binds it, and believes nothing.

use std::collections::BTreeMap;

use protocol::event::Member;
use protocol::names::Skeleton;
use protocol::position::{Address, Anchor, MessageId, PersonId, Position};

use super::super::ConnId;
use super::super::testing::{Store, key};

mod acting;
mod hearing;

/// One program of one person.
pub(super) struct Client {
    index: u8,
    /// Whoever says something in a room is to be in its list.
    pub(super) strict: bool,
    /// Word of nicks comes late, as other servers give them too.
    pub(super) hears_late: bool,
    pub(super) conn: Option<ConnId>,
    keyless: PersonId,
    /// By which nick, once welcomed.
    nick: Option<Skeleton>,
    /// Whether it was told that its key owns the nick.
    owned: bool,
    /// Requests that are not answered for good.
    asked: BTreeMap<u64, Asked>,
    next_ref: u64,
    /// A search that can go on.
    sought: Option<Sought>,
    rooms: BTreeMap<Address, Room>,
    /// Kept over disconnects: the last message seen, the last seq used, and what is not acknowledged.
    anchors: BTreeMap<Address, Anchor>,
    seqs: BTreeMap<Address, u64>,
    unacknowledged: BTreeMap<MessageId, (Address, String)>,
    acknowledged: BTreeMap<(Address, MessageId), Position>,
}

#[derive(Debug)]
enum Asked {
    Hello,
    Join {
        room: Address,
        after: Option<Anchor>,
    },
    Leave(Address),
    Send {
        room: Address,
        id: Option<MessageId>,
    },
    Nick,
    Page {
        room: Address,
        last: Option<u64>,
    },
    Members,
    Open(Skeleton),
    Search(Sought),
    Other,
}

/// What the client looks for.
#[derive(Clone, Debug)]
struct Sought {
    /// In all that it has joined, without one.
    room: Option<Address>,
    text: String,
    /// Where the page before ended, and the oldest message that was found in each room.
    next: Option<u64>,
    oldest: BTreeMap<Address, u64>,
}

/// What the client knows of a room that it has joined.
struct Room {
    reference: u64,
    /// The last message; nothing before the first one of a join without position.
    at: Option<u64>,
    /// All that it was given since the join.
    seen: Vec<Position>,
    /// The room's head at the join, where it all begins if nothing is given.
    head: u64,
    live: bool,
    /// The list, and the parts of it that have come so far; nothing where only counts are told.
    list: Option<List>,
    listed: bool,
}

/// A member list as its client knows it.
pub(super) struct List {
    pub(super) revision: u64,
    pub(super) members: BTreeMap<PersonId, Member>,
}

impl Client {
    pub(super) fn new(index: u8) -> Self {
        Self {
            index,
            strict: true,
            hears_late: false,
            conn: None,
            keyless: PersonId::from_bytes([0; 16]),
            nick: None,
            owned: false,
            asked: BTreeMap::new(),
            next_ref: 0,
            sought: None,
            rooms: BTreeMap::new(),
            anchors: BTreeMap::new(),
            seqs: BTreeMap::new(),
            unacknowledged: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
        }
    }

    /// The last two have no key; the first two are one person.
    fn key_byte(&self) -> Option<u8> {
        match self.index {
            0 | 1 => Some(1),
            6.. => None,
            byte => Some(byte),
        }
    }

    fn person(&self) -> PersonId {
        self.key_byte()
            .map_or(self.keyless, |byte| PersonId::of_key(&key(byte)))
    }

    fn device(&self) -> u32 {
        u32::from(self.index)
    }

    /// Who it is by which nick, and whether it owns it.
    pub(super) fn called(&self) -> Option<(PersonId, &Skeleton, bool)> {
        Some((self.person(), self.nick.as_ref()?, self.owned))
    }

    pub(super) fn connected(&mut self, conn: ConnId, keyless: PersonId) {
        self.conn = Some(conn);
        self.keyless = keyless;
    }

    pub(super) fn disconnected(&mut self, goodbye: bool) {
        self.conn = None;
        self.nick = None;
        self.asked.clear();
        self.sought = None;
        self.rooms.clear();
        if goodbye || self.key_byte().is_none() {
            self.anchors.clear();
        }
        if self.key_byte().is_none() {
            self.seqs.clear();
            self.unacknowledged.clear();
            self.acknowledged.clear();
        }
    }

    /// The store has lost a tail, and with it what it had acknowledged there.
    pub(super) fn forget_lost(&mut self, store: &Store) {
        self.acknowledged
            .retain(|(room, _), position| !store.is_lost(room, *position));
    }

    /// Who it is in each room that it has joined.
    pub(super) fn joined(&self) -> impl Iterator<Item = (&Address, PersonId)> {
        self.rooms.keys().map(|room| (room, self.person()))
    }

    /// The lists that the client has in full.
    pub(super) fn lists(&self) -> impl Iterator<Item = (&Address, Option<&List>)> {
        self.rooms
            .iter()
            .filter(|(_, room)| room.listed)
            .map(|(address, room)| (address, room.list.as_ref()))
    }

    pub(super) fn check_rest(&self, store: &Store) {
        assert!(self.asked.is_empty(), "not answered: {:?}", self.asked);
        for (address, room) in &self.rooms {
            assert!(room.live, "{address} is not live");
            assert_eq!(room.at, Some(store.head(address)), "{address}");
            for seen in &room.seen {
                let stands = store.at(address, seen.n).map(|message| message.position);
                assert_eq!(stands, Some(*seen), "{address}: lost behind its back");
            }
        }
        for ((room, id), position) in &self.acknowledged {
            assert_eq!(
                store.at(room, position.n).map(|message| message.id),
                Some(*id)
            );
        }
    }
}
