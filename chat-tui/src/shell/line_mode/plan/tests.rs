use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Change, Former, Kind, Message, Start, What};
use protocol::identity::PublicKey;
use protocol::names::{MessageText, Nick};
use protocol::position::{MessageId, Pair};
use protocol::request::SendKind;
use protocol::search::SearchText;

use super::*;
use crate::session::{Body, Pending, State, Stop, Wanted};
use crate::shell::line_mode::input::COMMANDS;

const ME: PersonId = PersonId::from_bytes([1; 16]);
const OTHER: PersonId = PersonId::from_bytes([2; 16]);

/// A plan, and the time and facts that it is given.
struct Run {
    plan: Plan,
    facts: Facts,
    seconds: u64,
    locals: u64,
}

fn room() -> Address {
    "lobby".parse().unwrap()
}

fn now(seconds: u64) -> Now {
    Now {
        elapsed: Duration::from_secs(seconds),
        unix_ms: seconds * 1000,
    }
}

fn settings() -> Settings {
    Settings {
        room: RoomName::new("lobby").unwrap(),
        history: 0,
        follow: false,
        patience: Some(Duration::from_secs(30)),
        progress: false,
        exposed_to: None,
    }
}

fn message(n: u64, person: PersonId, text: &str) -> Message {
    Message {
        room: room(),
        position: Position::new(7, n),
        id: MessageId {
            person,
            device: 0,
            seq: n,
        },
        nick: if person == ME { "me" } else { "jin" }.to_owned(),
        time: n,
        kind: Kind::Message,
        text: text.to_owned(),
        reply_to: None,
    }
}

fn heard(n: u64, text: &str) -> News {
    News::Message {
        message: message(n, OTHER, text),
        missed: false,
        local: None,
    }
}

fn say(text: &str) -> Entry {
    let text = MessageText::new(text.to_owned()).unwrap();
    Entry::Say {
        kind: SendKind::Message,
        text,
        reply_to: None,
    }
}

impl Run {
    /// A run that is not connected.
    fn begun(settings: Settings) -> Self {
        let mut acts = Vec::new();
        let plan = Plan::new(settings, now(0), &mut acts);
        assert!(matches!(
            acts.as_slice(),
            [
                Act::Command(Command::Join { .. }),
                Act::Command(Command::Connect)
            ]
        ));
        let facts = Facts {
            person: Some(ME),
            nick: "me".into(),
            server_key: None,
            head: Position::default(),
            link: Link::Connecting,
        };
        Self {
            plan,
            facts,
            seconds: 0,
            locals: 0,
        }
    }

    /// A run that has entered the room.
    fn joined(settings: Settings) -> Self {
        let mut run = Self::begun(settings);
        run.enter(0);
        run.news(News::CaughtUp {
            room: room(),
            more: false,
        });
        assert!(run.plan.wants_input());
        run
    }

    fn give(&mut self, input: Input) -> Vec<String> {
        let mut acts = Vec::new();
        self.plan
            .handle(input, &self.facts, now(self.seconds), &mut acts);
        acts.iter().map(shown).collect()
    }

    fn news(&mut self, news: News) -> Vec<String> {
        self.give(Input::News { news, with: None })
    }

    fn link(&mut self, link: Link) -> Vec<String> {
        self.facts.link = link;
        self.news(News::Link)
    }

    fn lost(&mut self) -> Vec<String> {
        let until = Duration::from_millis(self.seconds * 1000 + 1500);
        self.link(Link::Waiting {
            until,
            reason: "the network is down".into(),
        })
    }

    fn enter(&mut self, head: u64) -> Vec<String> {
        self.facts.head = Position::new(7, head);
        self.link(Link::Online);
        self.news(News::Entered {
            room: room(),
            start: Start::Latest,
            welcome: None,
        })
    }

    fn line(&mut self, number: u64, entry: Result<Entry, LineError>) -> Vec<String> {
        assert!(self.plan.wants_input(), "line {number}");
        self.give(Input::Line { number, entry })
    }

    /// Says a line, which gets the next name in the outbox.
    fn say(&mut self, number: u64, text: &str) -> LocalId {
        assert_eq!(self.line(number, Ok(say(text))), [format!("say {text}")]);
        self.queued(room(), text)
    }

    fn queued(&mut self, room: Address, text: &str) -> LocalId {
        self.locals += 1;
        let local = LocalId(self.locals);
        let body = Body::Text {
            kind: SendKind::Message,
            text: MessageText::new(text.to_owned()).unwrap(),
            reply_to: None,
        };
        let pending = Pending {
            local,
            room,
            body,
            time: 0,
            seq: None,
            state: State::Waiting,
        };
        assert!(
            self.give(Input::Record(Record::Queued(Box::new(pending))))
                .is_empty()
        );
        local
    }

    fn outbox(&mut self, shown: &[(LocalId, bool)]) -> Vec<String> {
        self.give(Input::Outbox(shown.iter().copied().collect()))
    }

    fn settled(&mut self, local: LocalId) -> Vec<String> {
        self.give(Input::Record(Record::Settled { local }))
    }

    fn end_input(&mut self, last: u64) -> Vec<String> {
        self.give(Input::InputEnded { last })
    }

    fn at(&mut self, seconds: u64) -> Vec<String> {
        self.seconds = seconds;
        self.give(Input::Tick)
    }
}

/// An act in short.
fn shown(act: &Act) -> String {
    match act {
        Act::Command(Command::Say { text, .. }) => format!("say {text}"),
        Act::Command(Command::Older { before, .. }) => format!("older {}", before.n),
        Act::Command(Command::Discard { local }) => format!("discard {}", local.0),
        Act::Command(Command::Whisper { nick, .. }) => format!("whisper {nick}"),
        Act::Command(Command::Nick(nick)) => format!("nick {nick}"),
        Act::Whois(nick) => format!("whois {nick}"),
        Act::Command(other) => format!("{other:?}"),
        Act::Print(Event::Joined { head, .. }) => format!("< joined {}", head.n),
        Act::Print(Event::Message { message, own, .. }) => {
            let own = if *own { " own" } else { "" };
            format!("< {} {}{own}", message.position.n, message.text)
        }
        Act::Print(Event::Found { message, .. }) => format!("< found {}", message.text),
        Act::Print(Event::Member { what, nick, .. }) => format!("< {nick} {what:?}"),
        Act::Print(Event::Gap { from, to, .. }) => format!("< gap {} {}", from.n, to.n),
        Act::Print(Event::Forked { .. }) => "< forked".to_owned(),
        Act::Note(note) => format!("! {note}"),
        Act::End(code) => format!("end {code}"),
    }
}

#[test]
fn output_begins_with_the_join_and_has_ones_own_messages() {
    let mut run = Run::begun(settings());
    assert!(!run.plan.wants_input());
    assert_eq!(
        run.enter(41),
        ["< joined 41", "! connected: in lobby as me"]
    );
    assert!(
        run.news(News::CaughtUp {
            room: room(),
            more: true
        })
        .is_empty()
    );
    assert_eq!(run.news(heard(42, "hi")), ["< 42 hi"]);
    let own = News::Message {
        message: message(43, ME, "hello"),
        missed: false,
        local: None,
    };
    assert_eq!(run.news(own), ["< 43 hello own"]);
    let change = Change {
        former: None,
        what: What::Left,
        person: OTHER,
        nick: "jin".into(),
        was: None,
        guest: false,
    };
    assert_eq!(
        run.news(News::Presence {
            room: room(),
            change
        }),
        ["< jin Left"]
    );
    let gap = News::Gap {
        room: room(),
        from: Position::new(7, 44),
        to: Position::new(7, 50),
    };
    assert_eq!(run.news(gap), ["< gap 44 50"]);
    assert_eq!(
        run.news(News::Forked {
            room: room(),
            kept: None
        }),
        ["< forked"]
    );
}

#[test]
fn history_is_printed_from_its_beginning_page_by_page_and_before_what_came_meanwhile() {
    let mut run = Run::begun(Settings {
        history: 5,
        ..settings()
    });
    assert_eq!(run.enter(9), ["< joined 9", "! connected: in lobby as me"]);
    for n in 8..=9 {
        assert!(run.news(heard(n, "late")).is_empty());
    }
    let caught_up = News::CaughtUp {
        room: room(),
        more: true,
    };
    assert_eq!(run.news(caught_up), ["older 8"]);
    assert!(run.news(heard(10, "live")).is_empty());
    let page = |from: u64, to: u64| News::Older {
        room: room(),
        messages: (from..=to).map(|n| message(n, OTHER, "early")).collect(),
        more: true,
    };
    assert_eq!(run.news(page(6, 7)), ["older 6"]);
    assert!(!run.plan.wants_input());
    assert_eq!(
        run.news(page(3, 5)),
        [
            "< 5 early",
            "< 6 early",
            "< 7 early",
            "< 8 late",
            "< 9 late",
            "< 10 live"
        ]
    );
    assert!(run.plan.wants_input());
    assert_eq!(run.news(heard(11, "live")), ["< 11 live"]);
}

#[test]
fn history_survives_a_lost_connection_and_a_fork() {
    let mut run = Run::begun(Settings {
        history: 2,
        ..settings()
    });
    run.enter(9);
    run.news(heard(9, "late"));
    let caught_up = News::CaughtUp {
        room: room(),
        more: true,
    };
    assert_eq!(run.news(caught_up.clone()), ["older 9"]);
    let older = Command::Older {
        room: room(),
        before: Position::new(7, 9),
    };
    let refusal = Refusal::new(ErrorCode::Unavailable, "lost");
    let refused = News::Refused {
        command: older,
        refusal,
    };
    run.lost();
    assert!(run.news(refused.clone()).is_empty());
    assert_eq!(run.enter(9), ["! connected again: in lobby as me"]);
    assert_eq!(run.news(caught_up), ["older 9"]);
    assert_eq!(
        run.news(refused),
        ["! there is no more history to be had: lost", "< 9 late"]
    );

    let mut run = Run::begun(Settings {
        history: 2,
        ..settings()
    });
    run.enter(9);
    run.news(heard(8, "void"));
    assert!(
        run.news(News::Forked {
            room: room(),
            kept: None
        })
        .is_empty()
    );
    run.news(heard(1, "new"));
    let caught_up = News::CaughtUp {
        room: room(),
        more: false,
    };
    assert_eq!(run.news(caught_up), ["< 1 new"]);
}

#[test]
fn what_is_gathered_is_bounded() {
    let mut run = Run::begun(Settings {
        history: 20_000,
        ..settings()
    });
    run.enter(1_000_000);
    let most = u64::try_from(backlog::GATHERED_MAX).unwrap();
    for n in 1..=most {
        assert!(run.news(heard(n, "x")).is_empty());
    }
    let printed = run.news(heard(most + 1, "x"));
    assert_eq!(printed.len(), 20_000);
    assert_eq!(printed.last(), Some(&format!("< {} x", most + 1)));
}

#[test]
fn at_most_64_unacknowledged() {
    let mut run = Run::joined(settings());
    let mut outbox: Vec<_> = (1..=64).map(|n| (run.say(n, "x"), false)).collect();
    assert!(!run.plan.wants_input());
    outbox[0].1 = true;
    run.outbox(&outbox);
    assert!(run.plan.wants_input());
}

#[test]
fn the_end_is_when_the_input_has_ended_and_everything_is_acknowledged_and_stable() {
    let mut run = Run::joined(settings());
    let local = run.say(1, "hi");
    assert!(run.outbox(&[(local, false)]).is_empty());
    assert!(run.end_input(1).is_empty());
    assert!(run.outbox(&[(local, true)]).is_empty());
    let own = News::Message {
        message: message(1, ME, "hi"),
        missed: false,
        local: Some(local),
    };
    assert_eq!(run.news(own), ["< 1 hi own"]);
    assert!(run.outbox(&[]).is_empty(), "not stable");
    assert_eq!(run.settled(local), ["end 0"]);
    assert!(run.plan.is_over());
    assert_eq!(run.plan.deadline(), None);
    assert!(run.news(heard(2, "late")).is_empty());
}

#[test]
fn without_input_it_ends_once_the_room_is_entered() {
    let mut run = Run::begun(settings());
    assert!(run.end_input(0).is_empty());
    run.enter(0);
    assert_eq!(
        run.news(News::CaughtUp {
            room: room(),
            more: false
        }),
        ["end 0"]
    );
}

#[test]
fn follow_reads_on_when_the_input_has_ended() {
    let mut run = Run::joined(Settings {
        follow: true,
        ..settings()
    });
    let local = run.say(1, "hi");
    run.outbox(&[]);
    run.settled(local);
    assert!(run.end_input(1).is_empty());
    assert_eq!(run.news(heard(2, "there")), ["< 2 there"]);
    assert_eq!(run.plan.deadline(), None, "nothing to do by itself");
    assert_eq!(
        run.give(Input::Signal(15)),
        ["! acknowledged through input line 1", "end 143"]
    );
}

#[test]
fn refused_lines_are_named_by_number_and_the_rest_goes_on() {
    let mut run = Run::joined(settings());
    assert_eq!(
        run.line(2, Err(LineError::NotUtf8 { at: 3 })),
        ["! line 2 refused: the line is not UTF-8 from byte 3 on; convert it"]
    );
    let bad = run.say(3, "bad");
    let good = run.say(5, "good");
    let refusal = Refusal::new(ErrorCode::BadText, "not this word");
    assert_eq!(
        run.news(News::Failed {
            room: room(),
            local: bad,
            refusal
        }),
        ["! line 3 refused: not this word", "discard 1"]
    );
    assert!(run.settled(bad).is_empty());
    let refused = Command::Say {
        room: room(),
        kind: SendKind::Message,
        text: MessageText::new("full".into()).unwrap(),
        reply_to: None,
    };
    assert_eq!(run.line(6, Ok(say("full"))), ["say full"]);
    let refusal = Refusal::new(ErrorCode::Unavailable, "the outbox is full");
    assert_eq!(
        run.news(News::Refused {
            command: refused,
            refusal
        }),
        ["! line 6 refused: the outbox is full"]
    );
    run.end_input(6);
    run.outbox(&[]);
    assert_eq!(run.settled(good), ["end 1"]);
}

#[test]
fn input_that_breaks_off_is_not_taken_for_whole() {
    let mut run = Run::joined(settings());
    let input = Input::InputFailed {
        last: 4,
        reason: "is a directory".into(),
    };
    assert_eq!(
        run.give(input),
        [
            "! line 5 refused: the input cannot be read further: is a directory",
            "end 1"
        ]
    );
}

#[test]
fn a_killed_script_says_what_is_acknowledged() {
    for (signal, code) in [(2, 130), (15, 143), (1, 129)] {
        let mut run = Run::joined(settings());
        let first = run.say(1, "a");
        let second = run.say(4, "b");
        run.outbox(&[(first, true), (second, false)]);
        assert_eq!(
            run.give(Input::Signal(signal)),
            [
                "! acknowledged through input line 3".to_owned(),
                format!("end {code}")
            ]
        );
    }
    let mut reader = Run::joined(settings());
    assert_eq!(reader.give(Input::Signal(2)), ["end 130"]);
}

#[test]
fn closed_output_ends_it_silently() {
    let mut run = Run::joined(settings());
    run.say(1, "a");
    assert_eq!(run.give(Input::OutputClosed { reason: None }), ["end 141"]);
}

#[test]
fn the_timeout_bounds_each_outage_and_the_first_connect() {
    let mut run = Run::begun(settings());
    assert_eq!(run.plan.deadline(), Some(Duration::from_secs(30)));
    assert_eq!(
        run.lost(),
        ["! not connected: the network is down; trying again in 2 s"]
    );
    run.seconds = 29;
    run.enter(0);
    run.news(News::CaughtUp {
        room: room(),
        more: false,
    });
    assert_eq!(run.plan.deadline(), None);

    run.seconds = 100;
    let local = run.say(1, "a");
    run.outbox(&[(local, false)]);
    run.lost();
    assert!(run.at(120).is_empty());
    assert_eq!(run.enter(0), ["! connected again: in lobby as me"]);
    run.seconds = 125;
    run.lost();
    run.link(Link::Connecting);
    run.link(Link::Online);
    assert_eq!(run.plan.deadline(), Some(Duration::from_secs(155)));
    assert!(run.at(154).is_empty());
    assert_eq!(
        run.at(155),
        [
            "! gave up: no connection to the room for 30 s",
            "! acknowledged through input line 0",
            "end 3"
        ]
    );
}

#[test]
fn a_timeout_of_zero_is_none() {
    let mut run = Run::begun(Settings {
        patience: None,
        ..settings()
    });
    assert_eq!(run.plan.deadline(), None);
    run.lost();
    assert!(run.at(1_000_000).is_empty());
}

#[test]
fn a_refused_nick_key_room_or_version_is_exit_code_4() {
    let taken = Refusal::new(ErrorCode::NickTaken, "jin is somebody's nick");
    let mut run = Run::begun(settings());
    assert_eq!(
        run.link(Link::Refused(taken)),
        ["! jin is somebody's nick", "end 4"]
    );

    let mut run = Run::begun(settings());
    let command = Command::Join {
        room: room(),
        last: 0,
    };
    let refusal = Refusal::new(ErrorCode::BadRoom, "no such room");
    assert_eq!(
        run.news(News::Refused { command, refusal }),
        ["! no such room", "end 4"]
    );

    let stops = [
        (
            Stop::Version { server: 2 },
            4,
            "the server speaks version 2 of the contract",
        ),
        (
            Stop::KeyChanged {
                known: PublicKey::from_bytes([1; 32]),
                now: PublicKey::from_bytes([2; 32]),
            },
            4,
            "the server's key is ",
        ),
        (Stop::NoProof, 4, "the server did not prove"),
        (
            Stop::Closed {
                code: 4402,
                reason: "newer".into(),
            },
            4,
            "the server ended",
        ),
        (
            Stop::Closed {
                code: 4429,
                reason: "too fast".into(),
            },
            3,
            "the server ended",
        ),
    ];
    for (stop, code, sentence) in stops {
        let mut run = Run::begun(settings());
        let acts = run.link(Link::Stopped(stop));
        assert!(acts[0].starts_with(&format!("! {sentence}")), "{acts:?}");
        assert_eq!(acts[1..], [format!("end {code}")]);
    }
}

#[test]
fn commands_hold_the_end_up_until_they_are_answered() {
    let mut run = Run::joined(settings());
    let jin = Nick::new("jin").unwrap();
    let text = MessageText::new("psst".into()).unwrap();
    let whisper = Entry::Whisper {
        nick: jin.clone(),
        text,
    };
    assert_eq!(run.line(1, Ok(whisper)), ["whisper jin"]);
    assert_eq!(run.line(2, Ok(Entry::Nick(jin.clone()))), ["nick jin"]);
    assert_eq!(run.line(3, Ok(Entry::Rooms)), ["Rooms"]);
    assert_eq!(run.line(4, Ok(Entry::Help)), [format!("! {COMMANDS}")]);
    assert!(run.line(5, Ok(Entry::Quit)).is_empty());
    assert!(!run.plan.wants_input());
    let direct = Address::Direct(Pair::new(ME, OTHER).unwrap());
    let local = run.queued(direct, "psst");
    run.outbox(&[]);
    assert!(run.settled(local).is_empty());
    let refusal = Refusal::new(ErrorCode::NickTaken, "somebody is jin");
    assert_eq!(
        run.news(News::Refused {
            command: Command::Nick(jin),
            refusal
        }),
        ["! line 2 refused: somebody is jin"]
    );
    assert_eq!(run.news(News::Rooms(Vec::new())), ["end 1"]);
}

#[test]
fn a_whisper_that_may_be_meant_for_another_is_refused_and_told() {
    let mut run = Run::joined(settings());
    let text = MessageText::new("psst".into()).unwrap();
    let nick = Nick::new("jin").unwrap();
    let whisper = Entry::Whisper {
        nick: nick.clone(),
        text: text.clone(),
    };
    run.line(1, Ok(whisper));
    let former = Former {
        person: OTHER,
        until: 1_777_600_000_000,
    };
    let formerly = News::Formerly {
        room: Address::Direct(Pair::new(ME, OTHER).unwrap()),
        nick: "jin".to_owned(),
        former,
    };
    assert_eq!(
        run.news(formerly),
        ["! you talk with jin (another person used this nick until 2026-05-01)"]
    );
    let command = Command::Whisper {
        nick,
        text: Some(text),
    };
    assert_eq!(
        run.news(News::Withheld { command, former }),
        [
            "! line 1 refused: it was not sent, since the nick came to somebody else (another person used this nick until 2026-05-01); \
             say it again to say it to them"
        ]
    );
}

#[test]
fn what_a_search_found_is_printed_oldest_first() {
    let mut run = Run::joined(settings());
    let wanted = |text: &str| Wanted {
        room: Some(room()),
        text: SearchText::normalized(text).unwrap(),
    };
    let found = |text: &str, messages, next| News::Found {
        wanted: wanted(text),
        messages,
        next,
    };
    let search = |text: &str| Ok(Entry::Search(SearchText::normalized(text).unwrap()));
    let asked = run.line(1, search("회의"));
    let command = Command::Search {
        wanted: wanted("회의"),
        next: None,
    };
    assert_eq!(asked, [format!("{command:?}")]);
    assert!(run.end_input(1).is_empty(), "the answer is waited for");
    let hits = vec![message(9, OTHER, "회의 둘"), message(4, ME, "회의 하나")];
    assert_eq!(
        run.news(found("회의", hits, None)),
        [
            "< found 회의 하나",
            "< found 회의 둘",
            "! 2 found for 회의",
            "end 0"
        ]
    );
    let mut run = Run::joined(settings());
    run.line(1, search("zzz"));
    assert_eq!(
        run.news(found("zzz", Vec::new(), None)),
        ["! nothing found for zzz; try a shorter word"]
    );
    run.line(2, search("a"));
    let hits = vec![message(9, OTHER, "a b")];
    assert_eq!(
        run.news(found("a", hits, Some(3))),
        [
            "< found a b",
            "! the newest 1 found for a; one more word narrows it"
        ]
    );
    run.line(3, search("b"));
    let refusal = Refusal::new(ErrorCode::Unavailable, "the index is being built");
    let command = Command::Search {
        wanted: wanted("b"),
        next: None,
    };
    assert_eq!(
        run.news(News::Refused { command, refusal }),
        ["! line 3 refused: the index is being built"]
    );
}

#[test]
fn commands_without_an_answer_are_bounded() {
    let mut run = Run::joined(settings());
    for number in 1..=16 {
        run.line(number, Ok(Entry::Rooms));
    }
    assert!(!run.plan.wants_input());
    run.news(News::Rooms(Vec::new()));
    assert!(run.plan.wants_input());
}

#[test]
fn a_long_input_shows_its_progress() {
    let mut run = Run::joined(Settings {
        progress: true,
        ..settings()
    });
    run.give(Input::Counted(4567));
    assert!(run.at(2).is_empty(), "nothing is sent");
    let local = run.say(1, "a");
    run.say(2, "b");
    run.outbox(&[(local, true), (LocalId(2), false)]);
    assert_eq!(run.plan.deadline(), Some(Duration::from_secs(4)));
    assert_eq!(run.at(4), ["! 1/4567 lines acknowledged"]);
    assert_eq!(run.plan.deadline(), Some(Duration::from_secs(6)));

    let mut run = Run::joined(Settings {
        progress: true,
        ..settings()
    });
    let local = run.say(1, "a");
    run.outbox(&[(local, false)]);
    assert_eq!(run.at(2), ["! 0 lines acknowledged"]);
}

#[test]
fn direct_messages_from_before_the_join_are_not_printed() {
    let mut run = Run::begun(settings());
    let old = Address::Direct(Pair::new(ME, OTHER).unwrap());
    run.give(Input::Conversations(BTreeSet::from([old.clone()])));
    run.enter(0);
    run.news(News::CaughtUp {
        room: room(),
        more: false,
    });
    let direct = |room: &Address, n: u64| {
        let message = Message {
            room: room.clone(),
            ..message(n, OTHER, "psst")
        };
        News::Message {
            message,
            missed: true,
            local: None,
        }
    };
    assert!(run.news(direct(&old, 1)).is_empty());
    run.news(News::CaughtUp {
        room: old.clone(),
        more: false,
    });
    assert_eq!(run.news(direct(&old, 2)), ["< 2 psst"]);
    let new = Address::Direct(Pair::new(ME, PersonId::from_bytes([3; 16])).unwrap());
    run.give(Input::Conversations(BTreeSet::from([new.clone()])));
    assert_eq!(run.news(direct(&new, 1)), ["< 1 psst"]);
}

#[test]
fn each_connection_without_encryption_is_told() {
    let welcome = || News::Welcome {
        nick: "me".to_owned(),
        owned: true,
    };
    let mut run = Run::begun(Settings {
        exposed_to: Some("chat.example:7878".parse().unwrap()),
        ..settings()
    });
    for _ in 0..2 {
        let told = run.news(welcome());
        assert_eq!(
            told,
            [
                "! not encrypted: whoever is on the way to chat.example:7878 can read and change what is said; \
              use wss:// where the server has it"
            ]
        );
    }
    assert_eq!(Run::begun(settings()).news(welcome()), [""; 0]);
}
