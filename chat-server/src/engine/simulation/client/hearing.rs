//! What a client is told, checked against the store and against all that it was told before.

use std::collections::BTreeMap;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{
    Ack, Event, Former, Found, History, Joined, Kind, Member, Members, Message, Presence, Start,
    Status, What,
};
use protocol::names::{Nick, Skeleton};
use protocol::position::{Anchor, Position};

use super::super::super::testing::Store;
use super::super::Tally;
use super::{Asked, Client, List, Room};

impl Client {
    /// Takes what it is told, and checks it against the store and all that it was told before.
    pub(in super::super) fn hear(&mut self, event: &Event, store: &Store, tally: &mut Tally) {
        match event {
            Event::Welcome(e) => {
                assert!(matches!(self.answered(e.reference), Asked::Hello));
                assert_eq!(e.person, self.person());
                self.is_called(&e.nick, e.owned, e.former, store, tally);
            }
            Event::Nick(e) => {
                if e.reference.is_some() {
                    assert!(matches!(self.answered(e.reference), Asked::Nick));
                }
                tally.note("renamed");
                self.is_called(&e.nick, e.owned, e.former, store, tally);
            }
            Event::Joined(e) => self.hear_joined(e, tally),
            Event::Members(e) => self.hear_members(e),
            Event::History(e) => self.hear_history(e, store, tally),
            Event::Message(e) => {
                self.take(e, store);
                let room = &self.rooms[&e.room];
                assert!(room.live, "a live message before the join is complete");
                if let (Some(list), None, true) = (&room.list, e.room.pair(), self.strict) {
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
            Event::Opened(e) => {
                let Asked::Open(skeleton) = self.answered(e.reference) else {
                    panic!("{e:?}");
                };
                assert_eq!(e.room.pair().unwrap().other(e.person), Some(self.person()));
                if store.owner(&skeleton) == Some(e.person) {
                    let former = store.former(&skeleton, e.person);
                    assert_eq!(e.former.map(|former| former.person), former);
                    if former.is_some() {
                        tally.note("opened with another than before");
                    }
                }
            }
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
                assert!(e.head.n <= store.head(&e.room) || store.is_lost(&e.room, e.head));
            }
            Event::Error(e) => self.hear_error(e, tally),
            Event::Found(e) => self.hear_found(e, store, tally),
            Event::Greeting(_) | Event::Heartbeat(_) | Event::Unknown => panic!("{event:?}"),
        }
    }

    /// By a nick that nobody else owns, unless it is a guest and the owner did not use it; and it is told who had it before.
    fn is_called(
        &mut self,
        nick: &str,
        owned: bool,
        former: Option<Former>,
        store: &Store,
        tally: &mut Tally,
    ) {
        let skeleton = skeleton(nick);
        let person = self.person();
        if owned {
            assert_eq!(store.owner(&skeleton), Some(person), "{nick} is not owned");
        }
        let before = store.former(&skeleton, person);
        let told = former.map(|former| former.person);
        assert!(self.hears_late || told == before, "{nick}: {told:?}");
        if before.is_some() {
            tally.note(if owned {
                "another's nick before"
            } else {
                "another's nick before, by a guest"
            });
        }
        self.owned = owned;
        self.nick = Some(skeleton);
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
            seen: Vec::new(),
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

    fn hear_members(&mut self, e: &Members) {
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
                        former: change.former,
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
                    member.former = change.former;
                }
                (what, _) => panic!("{what:?} of {:?}", change.person),
            }
        }
        assert_eq!(e.count, list.members.len());
    }

    fn hear_history(&mut self, e: &History, store: &Store, tally: &mut Tally) {
        let reference = e.reference.unwrap();
        if let Some(Asked::Page { room, last }) = self.asked.get_mut(&reference) {
            assert_eq!(*room, e.room);
            for message in &e.messages {
                assert_eq!(store.find(&e.room, message.position), Some(message));
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

    /// Messages of joined rooms that have the words and were shown; those of one room in falling order, also from page to page.
    fn hear_found(&mut self, e: &Found, store: &Store, tally: &mut Tally) {
        let Asked::Search(mut sought) = self.answered(e.reference) else {
            panic!("{e:?}");
        };
        for message in &e.messages {
            tally.note("found");
            let Position { n, .. } = message.position;
            assert_eq!(store.at(&message.room, n), Some(message));
            assert!(message.text.starts_with(&sought.text), "{message:?}");
            assert!(
                sought
                    .room
                    .as_ref()
                    .is_none_or(|room| *room == message.room)
            );
            let room = &self.rooms[&message.room];
            assert!(
                !room.live || room.at.is_some_and(|at| n <= at),
                "not shown yet"
            );
            let older = sought.oldest.insert(message.room.clone(), n);
            assert!(older.is_none_or(|older| n < older), "found twice");
        }
        if e.next.is_some() {
            tally.note(if e.messages.is_empty() {
                "found nothing yet"
            } else {
                "found more"
            });
            assert!(sought.next.is_none_or(|next| e.next.unwrap() < next));
            sought.next = e.next;
            self.sought = Some(sought);
        }
    }

    /// A message of a joined room is the very one that the store has there, and the next one.
    fn take(&mut self, message: &Message, store: &Store) {
        let stored = store.find(&message.room, message.position);
        assert_eq!(stored, Some(message));
        let is_lost = store.is_lost(&message.room, message.position);
        assert!(message.position.n <= store.head(&message.room) || is_lost);
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
        room.seen.push(message.position);
        let anchor = Anchor {
            position: message.position,
            id: Some(message.id),
        };
        self.anchors.insert(message.room.clone(), anchor);
    }

    fn hear_ack(&mut self, e: &Ack, store: &Store, tally: &mut Tally) {
        let Asked::Send { room, id } = self.answered(e.reference) else {
            panic!("{e:?}");
        };
        assert_eq!(room, e.room);
        assert_eq!(id.unwrap_or(e.id), e.id);
        assert_eq!(e.id.person, self.person());
        let stored = store
            .find(&room, e.position)
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
        if store.is_lost(&room, e.position) {
            return;
        }
        let before = self.acknowledged.insert((room, e.id), e.position);
        tally.note(if before.is_some() {
            "acknowledged again"
        } else {
            "acknowledged"
        });
        assert_eq!(before.unwrap_or(e.position), e.position);
    }

    fn hear_error(&mut self, e: &Refusal, tally: &mut Tally) {
        let asked = self.answered(e.reference);
        if e.code == ErrorCode::RateLimited {
            tally.note("rate limited");
            assert!(e.retry_after_ms.is_some());
        }
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

fn skeleton(nick: &str) -> Skeleton {
    nick.parse::<Nick>().unwrap().skeleton()
}
