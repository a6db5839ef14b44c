//! What a client is told, held against the store and against what it was told before.

use std::collections::BTreeMap;

use protocol::event::{Event, Gap, History, Joined, Message, Start};
use protocol::position::Address;

use super::super::ConnId;
use super::super::testing::{Store, check_frame};
use super::Run;

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// One event.
    One,
    /// `joined`, then lists that end with the messages.
    Join {
        joined: bool,
        /// The last message that the client has.
        after: Option<u64>,
    },
    /// Parts of a member list.
    Members,
    /// Parts of a page of messages.
    Page,
}

/// One connection as its client knows it.
#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) closing: bool,
    pub(super) asked: BTreeMap<u64, Asked>,
    /// The last position of each joined room, once there is one.
    at: BTreeMap<Address, Option<u64>>,
    seqs: BTreeMap<Address, u64>,
}

impl Run {
    /// A connection is told something; never after its end was.
    pub(super) fn tell(&mut self, conn: ConnId, event: &Event) {
        check_frame(event);
        let client = self.clients.get_mut(&conn).expect("nobody is there");
        assert!(!client.closing, "told after the end: {event:?}");
        client.hear(event, &self.store);
    }
}

impl Client {
    /// The seq that a program would use next.
    pub(super) fn next_seq(&self, room: &Address) -> u64 {
        self.seqs.get(room).copied().unwrap_or(1)
    }

    fn hear(&mut self, event: &Event, store: &Store) {
        match event {
            Event::Joined(joined) => self.joined(joined),
            Event::Members(part) => self.part(part.reference, part.done, Asked::Members),
            Event::History(part) => self.history(part, store),
            Event::Message(message) => self.take(message, store),
            Event::Gap(gap) => self.gap(gap),
            Event::Ack(ack) => {
                self.answered(ack.reference);
                let stored = store.at(&ack.room, ack.position.n);
                assert_eq!(
                    stored.map(|stored| stored.id),
                    Some(ack.id),
                    "not committed"
                );
                let next = ack.id.seq.saturating_add(1);
                let seq = self.seqs.entry(ack.room.clone()).or_default();
                *seq = next.max(*seq);
            }
            Event::Error(refusal) => {
                if let (Some(room), Some(expected)) = (&refusal.room, refusal.expected_seq) {
                    self.seqs.insert(room.clone(), expected);
                }
                if refusal.reference.is_some() {
                    let asked = self.answered(refusal.reference);
                    let late = matches!(asked, Asked::Join { joined: true, .. });
                    assert!(!late, "refused after all");
                }
            }
            Event::Done(done) => drop(self.answered(done.reference)),
            Event::Welcome(welcome) => drop(self.answered(welcome.reference)),
            Event::Opened(opened) => drop(self.answered(opened.reference)),
            Event::Rooms(rooms) => drop(self.answered(rooms.reference)),
            Event::Nick(nick) => self.answered_if_asked(nick.reference),
            Event::Conversations(page) => self.answered_if_asked(page.reference),
            Event::Conversation(told) => assert!(told.head.n <= store.head(&told.room)),
            Event::Found(found) => {
                for message in &found.messages {
                    let stored = store.at(&message.room, message.position.n);
                    assert_eq!(stored, Some(message), "not committed");
                }
                self.answered(found.reference);
            }
            Event::Presence(_) => {}
            Event::Greeting(_) | Event::Heartbeat(_) | Event::Unknown => panic!("{event:?}"),
        }
    }

    fn answered_if_asked(&mut self, reference: Option<u64>) {
        if reference.is_some() {
            self.answered(reference);
        }
    }

    fn answered(&mut self, reference: Option<u64>) -> Asked {
        let asked = reference.and_then(|reference| self.asked.remove(&reference));
        asked.expect("answered twice, or never asked")
    }

    fn joined(&mut self, joined: &Joined) {
        let asked = self.asked.get_mut(&joined.reference.expect("a number"));
        let Some(Asked::Join {
            joined: before,
            after,
        }) = asked
        else {
            panic!("joined without a join: {joined:?}");
        };
        assert!(!*before, "joined twice");
        *before = true;
        let at = match joined.start {
            Start::Latest | Start::Forked => None,
            Start::Resumed => *after,
        };
        assert!(joined.start != Start::Resumed || at.is_some());
        self.at.insert(joined.room.clone(), at);
        self.seqs.insert(joined.room.clone(), joined.next_seq);
    }

    /// A part of a list, of a request of its own or of a join.
    fn part(&mut self, reference: Option<u64>, done: bool, own: Asked) {
        let number = reference.expect("a number");
        let asked = *self
            .asked
            .get(&number)
            .expect("a part that nobody asked for");
        let of_join = matches!(asked, Asked::Join { joined: true, .. });
        assert!(asked == own || of_join, "{asked:?} got a part of {own:?}");
        if done && !(of_join && own == Asked::Members) {
            self.answered(reference);
        }
    }

    fn history(&mut self, part: &History, store: &Store) {
        let asked = part.reference.and_then(|number| self.asked.get(&number));
        if asked == Some(&Asked::Page) {
            for message in &part.messages {
                assert_eq!(store.at(&part.room, message.position.n), Some(message));
            }
        } else {
            for message in &part.messages {
                assert_eq!(message.room, part.room);
                self.take(message, store);
            }
        }
        self.part(part.reference, part.done, Asked::Page);
    }

    /// A message is the very one that the store has there, and the next one.
    fn take(&mut self, message: &Message, store: &Store) {
        let n = message.position.n;
        assert_eq!(store.at(&message.room, n), Some(message), "not committed");
        let at = self
            .at
            .get_mut(&message.room)
            .expect("a room that was not joined");
        if let Some(at) = *at {
            assert_eq!(n, at + 1, "a hole or a double");
        }
        *at = Some(n);
    }

    fn gap(&mut self, gap: &Gap) {
        assert!(gap.from.n <= gap.to.n, "{gap:?}");
        // A page that was asked for has gaps of its own.
        if self.asked.values().any(|asked| *asked == Asked::Page) {
            return;
        }
        let at = self
            .at
            .get_mut(&gap.room)
            .expect("a room that was not joined");
        if let Some(at) = *at {
            assert_eq!(gap.from.n, at + 1);
        }
        *at = Some(gap.to.n);
    }
}
