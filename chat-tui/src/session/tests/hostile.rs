//! Whatever a server sends, in whatever order: no panic, no lie shown, nothing typed lost, nothing grows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{
    Ack, Change, Conversation, Conversations, Done, Event, Former, Gap, Heartbeat, History, Kind,
    Member, Members, Message, NickChanged, Opened, Presence, RoomInfo, Rooms, Stable, Start,
    Status, What,
};
use protocol::identity::Nonce;
use protocol::position::{Address, MessageId, Pair, PersonId, Position};
use protocol::request::{Ref, Request};

use super::support::{Probe, endpoint, greeting, joined, me, nick, other, room, say, settings};
use crate::session::answers::QUESTIONS_MAX;
use crate::session::{Command, Input, Link, LocalId, News, Output, Record};

/// What one step is made of; each kind takes of it what it needs.
type Dice = (u8, u8, u8, u8, bool);

struct Run {
    probe: Probe,
    refs: Vec<Ref>,
    hello: Option<protocol::request::Hello>,
    shown: BTreeMap<Address, u64>,
    kept: BTreeSet<LocalId>,
}

const CODES: [ErrorCode; 8] = [
    ErrorCode::OutOfOrder,
    ErrorCode::SeqReused,
    ErrorCode::RateLimited,
    ErrorCode::OutcomeUnknown,
    ErrorCode::BadText,
    ErrorCode::NotJoined,
    ErrorCode::NickTaken,
    ErrorCode::Unknown,
];

const CHANGES: [What; 6] = [
    What::Joined,
    What::Left,
    What::Reconnecting,
    What::Back,
    What::Renamed,
    What::Unknown,
];

fn address(dice: u8) -> Address {
    match dice % 4 {
        0 | 1 => room("a"),
        2 => room("b"),
        _ => Address::Direct(Pair::new(me(), other()).unwrap()),
    }
}

fn person(dice: u8) -> PersonId {
    match dice % 4 {
        0 => me(),
        1 => other(),
        n => PersonId::from_bytes([n; 16]),
    }
}

fn position(n: u8, newer: bool) -> Position {
    Position::new(if newer { 8 } else { 7 }, u64::from(n % 12))
}

fn message((_, a, b, c, newer): Dice) -> Message {
    Message {
        room: address(a),
        position: position(b, newer),
        id: MessageId {
            person: person(c),
            device: 0,
            seq: u64::from(c % 5),
        },
        nick: "x".to_owned(),
        time: 0,
        kind: if c % 7 == 0 {
            Kind::Topic
        } else {
            Kind::Message
        },
        text: format!("text {}", c % 5),
        reply_to: None,
    }
}

impl Run {
    fn new() -> Self {
        Self {
            probe: Probe::new(settings()),
            refs: Vec::new(),
            hello: None,
            shown: BTreeMap::new(),
            kept: BTreeSet::new(),
        }
    }

    fn step(&mut self, dice: Dice) {
        let input = self.input(dice);
        let was_introduced = *self.probe.session.link() == Link::Online;
        let is_welcome = matches!(input, Input::Event(Event::Welcome(_)));
        let is_tick = matches!(input, Input::Tick);
        self.probe.input(input);
        let out = self.probe.out.clone();
        for output in &out {
            self.check(output, was_introduced || is_welcome);
        }
        let now = self.probe.now;
        if is_tick {
            let deadline = self.probe.session.deadline();
            assert!(
                deadline.is_none_or(|d| d > now),
                "a deadline that never passes"
            );
        }
        let session = &self.probe.session;
        assert!(session.answers.len() <= QUESTIONS_MAX + 64 + 8);
        assert!(session.rooms().count() <= 100);
        let entries = session.outbox.queues.values().flat_map(|q| &q.entries);
        let here: BTreeSet<_> = entries.map(|e| e.pending.local).collect();
        assert!(self.kept.is_subset(&here), "something typed is gone");
        assert!(session.outbox.in_flight() <= 64);
    }

    fn check(&mut self, output: &Output, introduced: bool) {
        match output {
            Output::Transmit(Request::Hello(hello)) => self.hello = Some(hello.clone()),
            Output::Transmit(request) => {
                assert!(introduced, "{request:?} before the proof");
                self.refs.extend(request.reference());
            }
            Output::Save(Record::Queued(item)) => {
                self.kept.insert(item.local);
            }
            Output::Save(Record::Settled { local }) => {
                self.kept.remove(local);
            }
            Output::News(News::Forked { room, .. } | News::Departed { room }) => {
                self.shown.remove(room);
            }
            Output::News(News::Gap { room, to, .. }) => {
                self.shown.insert(room.clone(), to.n);
            }
            Output::News(News::Message { message, .. }) => {
                let n = message.position.n;
                let last = self.shown.insert(message.room.clone(), n);
                assert!(
                    last.is_none_or(|last| n == last + 1),
                    "{last:?} and then {n}"
                );
            }
            _ => {}
        }
    }

    fn reference(&self, dice: u8) -> Option<Ref> {
        let behind = usize::from(dice % 6);
        let last = self.refs.len().checked_sub(behind + 1)?;
        self.refs.get(last).copied()
    }

    fn input(&mut self, dice: Dice) -> Input {
        let (kind, a, b, c, flag) = dice;
        match kind % 36 {
            0 | 1 => Input::Command(Command::Connect),
            2..=4 => Input::Opened {
                endpoint: endpoint(),
                nonce: Nonce::from_bytes([8; 32]),
            },
            5 if a % 8 == 0 => Input::Lost {
                code: flag.then_some(4000 + u16::from(b)),
                reason: "cut".to_owned(),
            },
            6..=8 => {
                self.probe.now += Duration::from_millis(u64::from(a) * 40);
                Input::Tick
            }
            9 | 10 => Input::Command(Command::Join {
                room: address(a),
                last: u16::from(b % 3),
            }),
            11 => Input::Command(Command::Leave { room: address(a) }),
            12..=15 => {
                let name = if flag { "a" } else { "b" };
                Input::Command(say(name, &format!("text {}", c % 5)))
            }
            16 => Input::Command(match a % 8 {
                0 => Command::Rooms,
                1 => Command::Members { room: address(b) },
                2 => Command::Older {
                    room: address(b),
                    before: position(c, flag),
                },
                3 => Command::Again {
                    local: LocalId(u64::from(b % 9)),
                },
                4 => Command::Whisper {
                    nick: nick("x"),
                    text: None,
                },
                5 => Command::Quote {
                    room: address(b),
                    position: position(c, flag),
                },
                6 => Command::SayAll {
                    room: address(b),
                    texts: vec![protocol::names::MessageText::new("x".to_owned()).unwrap(); 3],
                },
                _ => Command::Nick(nick("y")),
            }),
            17 | 18 => Input::Event(Event::Greeting(Box::new(greeting()))),
            19 | 20 => match &self.hello {
                Some(hello) => Input::Event(Event::Welcome(protocol::event::Welcome {
                    former: None,
                    reference: hello.reference,
                    person: me(),
                    nick: "me".to_owned(),
                    owned: true,
                    proof: Some(super::support::server_proof(hello)),
                })),
                None => Input::Tick,
            },
            _ => Input::Event(self.event(dice)),
        }
    }

    fn event(&self, dice: Dice) -> Event {
        let (kind, a, b, c, flag) = dice;
        let reference = self.reference(c);
        let starts = [Start::Latest, Start::Resumed, Start::Forked];
        match kind % 36 {
            21..=23 => {
                let start = starts[usize::from(a % 3)];
                let mut answer = joined(
                    reference,
                    &address(a),
                    start,
                    u64::from(b % 12),
                    u64::from(c % 6),
                );
                answer.count = usize::from(b);
                Event::Joined(answer)
            }
            24 | 25 => Event::History(History {
                reference,
                room: address(a),
                messages: (0..a % 4)
                    .map(|n| message((0, a, b.wrapping_add(n), c, flag)))
                    .collect(),
                done: b % 2 == 0,
                more: flag,
            }),
            26 | 27 => Event::Message(message(dice)),
            28 | 29 => Event::Ack(Ack {
                reference,
                room: address(a),
                id: MessageId {
                    person: me(),
                    device: 0,
                    seq: u64::from(b % 5),
                },
                position: position(b, flag),
                time: 0,
                stable: position(a, flag),
            }),
            30 | 31 => Event::Error(Refusal {
                reference,
                expected_seq: flag.then_some(u64::from(b % 6)),
                ..Refusal::new(CODES[usize::from(a % 8)], "no")
            }),
            32 => self.people(dice),
            33 => Event::Gap(Gap {
                room: address(a),
                from: position(b, flag),
                to: position(c, flag),
            }),
            34 => Event::Heartbeat(Heartbeat {
                stable: vec![Stable {
                    room: address(a),
                    position: position(b, flag),
                }],
            }),
            _ => Event::Done(Done { reference }),
        }
    }

    fn people(&self, dice: Dice) -> Event {
        let (_, a, b, c, flag) = dice;
        let reference = self.reference(c);
        let former = flag.then(|| Former {
            person: person(b),
            until: u64::from(c),
        });
        match a % 7 {
            0 => Event::Members(Members {
                reference,
                room: address(b),
                revision: u64::from(b),
                members: vec![Member {
                    former,
                    person: person(c),
                    nick: "x".to_owned(),
                    status: Status::Here,
                    guest: false,
                }],
                done: flag,
                more: c % 2 == 0,
            }),
            1 => Event::Presence(Presence {
                room: address(b),
                revision: u64::from(c),
                count: 1,
                changes: vec![Change {
                    former,
                    what: CHANGES[usize::from(b % 6)],
                    person: person(c),
                    nick: "y".to_owned(),
                    was: None,
                    guest: flag,
                }],
                summary: flag,
            }),
            2 => Event::Rooms(Rooms {
                reference,
                rooms: vec![RoomInfo {
                    room: address(b),
                    topic: String::new(),
                    members: 1,
                }],
                more: flag,
            }),
            3 => Event::Opened(Opened {
                former,
                reference,
                room: address(b),
                person: person(c),
                nick: "x".to_owned(),
            }),
            4 => Event::Nick(NickChanged {
                former,
                reference,
                nick: "\u{202e}not a nick".to_owned(),
                owned: flag,
            }),
            n => self.talk(n == 5, dice, former),
        }
    }

    fn talk(&self, single: bool, (_, _, b, c, flag): Dice, former: Option<Former>) -> Event {
        let conversation = Conversation {
            former,
            passed_on: c % 2 == 0,
            room: address(b),
            person: person(c),
            nick: "x".to_owned(),
            head: position(b, flag),
        };
        if single {
            Event::Conversation(conversation)
        } else {
            Event::Conversations(Conversations {
                reference: self.reference(c),
                conversations: vec![conversation],
                more: flag,
            })
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_server_can_confuse_the_session(steps in prop::collection::vec(any::<Dice>(), 1..400)) {
        let mut run = Run::new();
        // In at once, so that what follows meets an open session.
        run.probe.connect();
        run.hello = None;
        for dice in steps {
            run.step(dice);
        }
    }
}

#[test]
fn a_seq_at_the_end_of_all_numbers_stops_nothing() {
    let mut probe = Probe::online();
    probe.command(Command::Join {
        room: room("lobby"),
        last: 50,
    });
    probe.enter("lobby", Start::Latest, 0, u64::MAX, Vec::new());
    for text in ["a", "b"] {
        probe.command(say("lobby", text));
    }
    let texts = probe.session.pending(&room("lobby")).count();
    assert_eq!(texts, 2);
}
