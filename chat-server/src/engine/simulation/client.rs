//! A client that does anything at random, keeps to the contract where the contract binds it, and believes nothing.

use std::collections::BTreeMap;

use protocol::error::ErrorCode;
use protocol::event::{Event, Joined, Kind, Member, Message, Presence, Start, Status, What};
use protocol::names::{MessageText, Nick, Skeleton};
use protocol::position::{Address, Anchor, MessageId, Pair, PersonId, Position};
use protocol::request::{
    Conversations, History, Join, Leave, Members, Open, Request, Rooms, Send, SendKind, SetNick,
    SetTopic,
};

use super::super::random::Random;
use super::super::testing::{ERA, Store, key};
use super::super::{ConnId, Input, Introduction};
use super::{Tally, rooms};

const NICKS: [&str; 6] = ["alice", "Alice", "bob", "carol", "지은", "ㅋㅋ"];

/// One program of one person.
pub(super) struct Client {
    index: u8,
    pub(super) conn: Option<ConnId>,
    keyless: PersonId,
    /// By which nick, once welcomed.
    nick: Option<Skeleton>,
    /// Requests that are not answered for good.
    asked: BTreeMap<u64, Asked>,
    next_ref: u64,
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
    Other,
}

/// What the client knows of a room that it has joined.
struct Room {
    reference: u64,
    /// The last message; nothing before the first one of a join without position.
    at: Option<u64>,
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
            conn: None,
            keyless: PersonId::from_bytes([0; 16]),
            nick: None,
            asked: BTreeMap::new(),
            next_ref: 0,
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

    fn device(&self) -> u16 {
        u16::from(self.index)
    }

    pub(super) fn called(&self) -> Option<(PersonId, &Skeleton)> {
        Some((self.person(), self.nick.as_ref()?))
    }

    pub(super) fn connected(&mut self, conn: ConnId, keyless: PersonId) {
        self.conn = Some(conn);
        self.keyless = keyless;
    }

    pub(super) fn disconnected(&mut self, goodbye: bool) {
        self.conn = None;
        self.nick = None;
        self.asked.clear();
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

    fn asks(&mut self, asked: Asked) -> u64 {
        self.next_ref += 1;
        self.asked.insert(self.next_ref, asked);
        self.next_ref
    }

    pub(super) fn hello(&mut self, conn: ConnId, random: &mut Random) -> Input {
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
    pub(super) fn act(
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
        let request = match random.below(20) {
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
            _ => Request::Open(Open {
                reference: Some(self.asks(Asked::Other)),
                nick: any_nick(random),
            }),
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
            let text = protocol::names::Topic::new("tea".to_owned()).ok()?;
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

    fn id(&self, seq: u64) -> MessageId {
        MessageId {
            person: self.person(),
            device: self.device(),
            seq,
        }
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
        }
        for ((room, id), position) in &self.acknowledged {
            assert_eq!(
                store.at(room, position.n).map(|message| message.id),
                Some(*id)
            );
        }
    }

    /// Takes what it is told, and checks it against the store and all that it was told before.
    pub(super) fn hear(&mut self, event: &Event, store: &Store, tally: &mut Tally) {
        match event {
            Event::Welcome(e) => {
                assert!(matches!(self.answered(e.reference), Asked::Hello));
                assert_eq!(e.person, self.person());
                self.nick = Some(skeleton(&e.nick));
            }
            Event::Nick(e) => {
                if e.reference.is_some() {
                    assert!(matches!(self.answered(e.reference), Asked::Nick));
                }
                tally.note("renamed");
                self.nick = Some(skeleton(&e.nick));
            }
            Event::Joined(e) => self.hear_joined(e, tally),
            Event::Members(e) => self.hear_members(e),
            Event::History(e) => self.hear_history(e, store, tally),
            Event::Message(e) => {
                self.take(e, store);
                let room = &self.rooms[&e.room];
                assert!(room.live, "a live message before the join is complete");
                if let (Some(list), None) = (&room.list, e.room.pair()) {
                    assert!(
                        list.members.contains_key(&e.id.person),
                        "who is not there says something"
                    );
                }
            }
            Event::Gap(_) => panic!("nothing is ever gone here"),
            Event::Presence(e) => self.hear_presence(e, tally),
            Event::Ack(e) => self.hear_ack(e, store, tally),
            Event::Done(e) => {
                let Asked::Leave(room) = self.answered(e.reference) else {
                    panic!("{e:?}");
                };
                self.rooms.remove(&room).unwrap();
            }
            Event::Opened(e) => drop(self.answered(e.reference)),
            Event::Rooms(e) => {
                self.answered(e.reference);
                assert!(e.rooms.is_sorted_by(|a, b| a.room < b.room));
            }
            Event::Conversations(e) => {
                if e.reference.is_some() {
                    self.answered(e.reference);
                }
            }
            Event::Conversation(e) => {
                tally.note("told of a conversation");
                assert!(!self.rooms.contains_key(&e.room));
                assert!(e.room.pair().unwrap().other(self.person()).is_some());
                assert!(e.head.n <= store.head(&e.room));
            }
            Event::Error(e) => self.hear_error(e, tally),
            Event::Greeting(_) | Event::Heartbeat(_) | Event::Unknown => panic!("{event:?}"),
        }
    }

    /// The last answer to a request.
    fn answered(&mut self, reference: Option<u64>) -> Asked {
        let asked = self.asked.remove(&reference.unwrap());
        asked.expect("answered twice, or never asked")
    }

    fn hear_joined(&mut self, e: &Joined, tally: &mut Tally) {
        tally.note("joined");
        let reference = e.reference.unwrap();
        let Asked::Join { room, after } = &self.asked[&reference] else {
            panic!("{e:?}");
        };
        assert_eq!(*room, e.room);
        let at = match (after, e.start) {
            (None, Start::Latest) => None,
            (Some(_), Start::Forked) => {
                tally.note("forked");
                None
            }
            (Some(anchor), Start::Resumed) => {
                tally.note("resumed");
                Some(anchor.position.n)
            }
            _ => panic!("{e:?}"),
        };
        let list = List {
            revision: e.revision,
            members: BTreeMap::new(),
        };
        let room = Room {
            reference,
            at,
            head: e.head.n,
            live: false,
            list: Some(list),
            listed: false,
        };
        assert!(
            self.rooms.insert(e.room.clone(), room).is_none(),
            "joined twice"
        );
    }

    fn hear_members(&mut self, e: &protocol::event::Members) {
        let reference = e.reference.unwrap();
        let requested = matches!(self.asked[&reference], Asked::Members);
        let room = self.rooms.get_mut(&e.room).unwrap();
        if requested {
            // A fresh list says the same as the one that was kept up to date.
            if let Some(list) = &room.list
                && room.listed
                && e.done
                && !e.more
            {
                assert_eq!(e.revision, list.revision);
                let fresh: Vec<&Member> = e.members.iter().collect();
                let kept: Vec<&Member> = list.members.values().collect();
                assert_eq!(fresh, kept);
            }
            if e.done {
                self.answered(e.reference);
            }
            return;
        }
        assert_eq!(reference, room.reference);
        assert!(!room.listed);
        let list = room.list.as_mut().unwrap();
        assert_eq!(e.revision, list.revision);
        let members = e
            .members
            .iter()
            .map(|member| (member.person, member.clone()));
        list.members.extend(members);
        room.listed = e.done;
        if e.more {
            room.list = None;
        }
    }

    fn hear_presence(&mut self, e: &Presence, tally: &mut Tally) {
        assert!(e.room.pair().is_none());
        let room = self.rooms.get_mut(&e.room).unwrap();
        assert!(room.listed, "a change between the parts of its list");
        if e.summary {
            tally.note("summary");
            room.list = None;
            return;
        }
        let Some(list) = &mut room.list else {
            return;
        };
        assert_eq!(e.revision, list.revision + 1, "a jump");
        list.revision = e.revision;
        for change in &e.changes {
            let known = list.members.get_mut(&change.person);
            match (change.what, known) {
                (What::Joined, None) => {
                    let member = Member {
                        person: change.person,
                        nick: change.nick.clone(),
                        status: Status::Here,
                        guest: change.guest,
                    };
                    list.members.insert(change.person, member);
                }
                (What::Left, Some(_)) => {
                    list.members.remove(&change.person);
                }
                (What::Reconnecting, Some(member)) => {
                    tally.note("reconnecting");
                    member.status = Status::Reconnecting;
                }
                (What::Back, Some(member)) => {
                    tally.note("back");
                    assert_eq!(member.status, Status::Reconnecting);
                    member.status = Status::Here;
                }
                (What::Renamed, Some(member)) => {
                    assert_eq!(change.was.as_deref(), Some(member.nick.as_str()));
                    member.nick.clone_from(&change.nick);
                    member.guest = change.guest;
                }
                (what, _) => panic!("{what:?} of {:?}", change.person),
            }
        }
        assert_eq!(e.count, list.members.len());
    }

    fn hear_history(&mut self, e: &protocol::event::History, store: &Store, tally: &mut Tally) {
        let reference = e.reference.unwrap();
        if let Some(Asked::Page { room, last }) = self.asked.get_mut(&reference) {
            assert_eq!(*room, e.room);
            for message in &e.messages {
                assert_eq!(store.at(&e.room, message.position.n), Some(message));
                if let Some(last) = *last {
                    assert_eq!(message.position.n, last + 1);
                }
                *last = Some(message.position.n);
            }
            if e.done {
                self.answered(e.reference);
            }
            return;
        }
        for message in &e.messages {
            self.take(message, store);
        }
        let room = self.rooms.get_mut(&e.room).unwrap();
        assert_eq!(room.reference, reference);
        assert!(!room.live && room.listed);
        if e.done {
            if e.messages.is_empty() {
                tally.note("caught up live");
            }
            room.live = true;
            room.at = room.at.or(Some(room.head));
            self.answered(e.reference);
        }
    }

    /// A message of a joined room is the very one that the store has there, and the next one.
    fn take(&mut self, message: &Message, store: &Store) {
        assert_eq!(store.at(&message.room, message.position.n), Some(message));
        let room = self.rooms.get_mut(&message.room).unwrap();
        if let Some(at) = room.at {
            assert_eq!(
                message.position.n,
                at + 1,
                "a hole or a double in {}",
                message.room
            );
        }
        room.at = Some(message.position.n);
        let anchor = Anchor {
            position: message.position,
            id: Some(message.id),
        };
        self.anchors.insert(message.room.clone(), anchor);
    }

    fn hear_ack(&mut self, e: &protocol::event::Ack, store: &Store, tally: &mut Tally) {
        let Asked::Send { room, id } = self.answered(e.reference) else {
            panic!("{e:?}");
        };
        assert_eq!(room, e.room);
        assert_eq!(id.unwrap_or(e.id), e.id);
        assert_eq!(e.id.person, self.person());
        let stored = store
            .at(&room, e.position.n)
            .expect("acknowledged before it was committed");
        assert_eq!(
            (stored.id, stored.time, stored.position),
            (e.id, e.time, e.position)
        );
        assert!(
            e.stable.n >= e.position.n || self.acknowledged.contains_key(&(room.clone(), e.id))
        );
        assert!(stored.kind != Kind::Unknown);
        self.unacknowledged.remove(&e.id);
        let before = self.acknowledged.insert((room, e.id), e.position);
        tally.note(if before.is_some() {
            "acknowledged again"
        } else {
            "acknowledged"
        });
        assert_eq!(before.unwrap_or(e.position), e.position);
    }

    fn hear_error(&mut self, e: &protocol::error::Refusal, tally: &mut Tally) {
        let asked = self.answered(e.reference);
        match (&asked, e.code) {
            (Asked::Send { room, id }, code) => {
                if let Some(expected) = e.expected_seq {
                    tally.note("out of order");
                    self.seqs.insert(room.clone(), expected - 1);
                }
                if matches!(
                    code,
                    ErrorCode::NotJoined | ErrorCode::RateLimited | ErrorCode::Unavailable
                ) && let Some(id) = id
                {
                    let seq = self.seqs.entry(room.clone()).or_default();
                    *seq = (*seq).min(id.seq - 1);
                }
                if let Some(id) = id {
                    self.unacknowledged.remove(id);
                }
            }
            (Asked::Hello | Asked::Nick, ErrorCode::NickTaken) => tally.note("nick taken"),
            (_, ErrorCode::BadRequest) => panic!("{e:?}"),
            _ => {}
        }
    }
}

fn say(reference: Option<u64>, room: Address, seq: Option<u64>, text: &str) -> Request {
    Request::Send(Send {
        reference,
        room,
        seq,
        kind: SendKind::Message,
        text: MessageText::new(text.to_owned()).unwrap(),
        reply_to: None,
    })
}

fn skeleton(nick: &str) -> Skeleton {
    nick.parse::<Nick>().unwrap().skeleton()
}

fn any_nick(random: &mut Random) -> Nick {
    let index = usize::try_from(random.below(NICKS.len() as u64)).unwrap();
    NICKS[index].parse().unwrap()
}
