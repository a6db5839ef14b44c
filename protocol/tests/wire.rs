//! The literal frames in `wire/` are the specification: each is decoded, compared with a value, and written back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::too_many_lines, reason = "tables of literal values")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use protocol::codec::{decode_event, decode_request, encode_event, encode_request};
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::event::{self, Event, Kind, Start, Status, What};
use protocol::identity::{Nonce, Proof, PublicKey};
use protocol::limits::Limits;
use protocol::names::{MessageText, Nick, RoomName, Topic};
use protocol::position::{Address, Anchor, MessageId, Pair, PersonId, Position};
use protocol::request::{self, Request, SendKind};
use protocol::search::SearchText;

const ERA: u64 = 1_763_700_000;

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire")
}

fn frame(name: &str) -> String {
    std::fs::read_to_string(directory().join(format!("{name}.json"))).unwrap()
}

/// Frames as JSON values, so that white space and the order of members do not count.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn at(n: u64) -> Position {
    Position::new(ERA, n)
}

fn a() -> PersonId {
    PersonId::from_bytes([1; 16])
}

fn b() -> PersonId {
    PersonId::from_bytes([2; 16])
}

fn id(person: PersonId, device: u32, seq: u64) -> MessageId {
    MessageId {
        person,
        device,
        seq,
    }
}

fn room(name: &str) -> Address {
    Address::Room(RoomName::new(name).unwrap())
}

fn direct() -> Address {
    Address::Direct(Pair::new(a(), b()).unwrap())
}

fn key(text: &str) -> PublicKey {
    text.parse().unwrap()
}

fn server_key() -> PublicKey {
    key("iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w")
}

fn text(text: &str) -> MessageText {
    MessageText::new(text.to_owned()).unwrap()
}

fn requests() -> Vec<(&'static str, Request)> {
    vec![
        (
            "request_hello",
            Request::Hello(request::Hello {
                reference: Some(1),
                version: 1,
                agent: Some("chat-tui/0.1.0".to_owned()),
                nick: Some(Nick::new("지은").unwrap()),
                key: Some(key("gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q")),
                nonce: Some(Nonce::from_bytes([4; 32])),
                endpoint: Some("chat.example:7878".parse().unwrap()),
                proof: Some(Proof::from_bytes([5; 64])),
                device: 3_141_592_653,
                guest: true,
            }),
        ),
        (
            "request_hello_keyless",
            Request::Hello(request::Hello {
                reference: None,
                version: 1,
                agent: None,
                nick: None,
                key: None,
                nonce: None,
                endpoint: None,
                proof: None,
                device: 0,
                guest: false,
            }),
        ),
        (
            "request_join",
            Request::Join(request::Join {
                reference: Some(2),
                room: room("개발"),
                after: Some(Anchor {
                    position: at(4211),
                    id: Some(id(a(), 0, 17)),
                }),
                last: None,
            }),
        ),
        (
            "request_join_last",
            Request::Join(request::Join {
                reference: Some(2),
                room: room("lobby"),
                after: None,
                last: Some(20),
            }),
        ),
        (
            "request_leave",
            Request::Leave(request::Leave {
                reference: Some(3),
                room: room("lobby"),
            }),
        ),
        (
            "request_send",
            Request::Send(request::Send {
                reference: Some(4),
                room: room("개발"),
                seq: Some(17),
                kind: SendKind::Action,
                text: text("손을 흔듭니다 👋🏽"),
                reply_to: Some(at(4210)),
            }),
        ),
        (
            "request_send_direct",
            Request::Send(request::Send {
                reference: None,
                room: direct(),
                seq: Some(1),
                kind: SendKind::Message,
                text: text("line one\n\tline two \"quoted\" \\"),
                reply_to: None,
            }),
        ),
        (
            "request_topic",
            Request::Topic(request::SetTopic {
                reference: Some(5),
                room: room("개발"),
                seq: Some(18),
                text: Topic::new("0.9 릴리스 준비".to_owned()).unwrap(),
            }),
        ),
        (
            "request_nick",
            Request::Nick(request::SetNick {
                reference: Some(6),
                nick: Nick::new("[foo]_").unwrap(),
            }),
        ),
        (
            "request_open",
            Request::Open(request::Open {
                reference: Some(7),
                nick: Nick::new("dhrl****").unwrap(),
            }),
        ),
        (
            "request_rooms",
            Request::Rooms(request::Rooms {
                reference: Some(8),
                after: Some(RoomName::new("lobby").unwrap()),
            }),
        ),
        (
            "request_members",
            Request::Members(request::Members {
                reference: Some(9),
                room: room("개발"),
                after: Some(a()),
            }),
        ),
        (
            "request_history",
            Request::History(request::History {
                reference: Some(10),
                room: room("개발"),
                before: Some(at(4000)),
                after: None,
                limit: Some(50),
            }),
        ),
        (
            "request_history_after",
            Request::History(request::History {
                reference: None,
                room: room("개발"),
                before: None,
                after: Some(at(0)),
                limit: None,
            }),
        ),
        (
            "request_conversations",
            Request::Conversations(request::Conversations {
                reference: Some(11),
                after: Some(direct()),
            }),
        ),
        (
            "request_search",
            Request::Search(request::Search {
                reference: Some(12),
                room: Some(room("개발")),
                text: SearchText::new("회의록 \"order after\"".to_owned()).unwrap(),
                next: Some(981_234),
                limit: Some(20),
            }),
        ),
        (
            "request_search_all",
            Request::Search(request::Search {
                reference: None,
                room: None,
                text: SearchText::new("회의".to_owned()).unwrap(),
                next: None,
                limit: None,
            }),
        ),
    ]
}

fn message() -> event::Message {
    event::Message {
        room: room("개발"),
        position: at(4211),
        id: id(a(), 0, 17),
        nick: "지은".to_owned(),
        time: 1_763_701_080_000,
        kind: Kind::Message,
        text: "어제 올린 PR 봐 주실 분?".to_owned(),
        reply_to: None,
    }
}

fn change(what: What, person: PersonId, nick: &str) -> event::Change {
    event::Change {
        what,
        person,
        nick: nick.to_owned(),
        was: None,
        guest: false,
        former: None,
    }
}

fn former() -> event::Former {
    event::Former {
        person: b(),
        until: 1_777_600_000_000,
    }
}

fn conversation() -> event::Conversation {
    event::Conversation {
        room: direct(),
        person: b(),
        nick: "민수".to_owned(),
        head: at(3),
        former: None,
        passed_on: false,
    }
}

fn joined_new() -> event::Joined {
    event::Joined {
        reference: None,
        room: room("lobby"),
        start: Start::Latest,
        kept: None,
        head: at(0),
        stable: at(0),
        topic: None,
        welcome: None,
        revision: 1,
        count: 1,
        next_seq: 1,
    }
}

fn events() -> Vec<(&'static str, Event)> {
    let mut events = introductions();
    events.extend(messages());
    events.extend(presences());
    events.extend(answers());
    events
}

fn introductions() -> Vec<(&'static str, Event)> {
    vec![
        (
            "event_greeting",
            Event::Greeting(Box::new(event::Greeting {
                version: 1,
                server: "chat-server/0.1.0".to_owned(),
                key: server_key(),
                nonce: Nonce::from_bytes([3; 32]),
                time: 1_763_701_080_000,
                limits: Limits::default(),
            })),
        ),
        (
            "event_welcome",
            Event::Welcome(event::Welcome {
                reference: Some(1),
                person: a(),
                nick: "지은".to_owned(),
                owned: true,
                former: None,
                proof: Some(Proof::from_bytes([6; 64])),
            }),
        ),
        (
            "event_welcome_former",
            Event::Welcome(event::Welcome {
                reference: None,
                person: a(),
                nick: "지은".to_owned(),
                owned: false,
                former: Some(former()),
                proof: None,
            }),
        ),
        (
            "event_joined",
            Event::Joined(event::Joined {
                reference: Some(2),
                room: room("개발"),
                start: Start::Resumed,
                kept: None,
                head: at(4212),
                stable: at(4212),
                topic: Some(event::Topic {
                    text: "0.9 릴리스 준비".to_owned(),
                    nick: "민수".to_owned(),
                    time: 1_763_700_900_000,
                }),
                welcome: Some("Welcome to 개발, 지은.".to_owned()),
                revision: 12,
                count: 7,
                next_seq: 18,
            }),
        ),
        ("event_joined_new", Event::Joined(joined_new())),
        (
            "event_joined_forked",
            Event::Joined(event::Joined {
                start: Start::Forked,
                kept: Some(at(4210)),
                head: Position::new(1_763_800_000, 4214),
                stable: Position::new(1_763_800_000, 4214),
                ..joined_new()
            }),
        ),
    ]
}

fn messages() -> Vec<(&'static str, Event)> {
    let answer = event::Message {
        position: at(4212),
        id: id(b(), 1, 1),
        nick: "민수".to_owned(),
        kind: Kind::Action,
        text: "고개를 끄덕인다".to_owned(),
        reply_to: Some(at(4211)),
        ..message()
    };
    vec![
        (
            "event_history",
            Event::History(event::History {
                reference: Some(2),
                room: room("개발"),
                messages: vec![message(), answer],
                done: true,
                more: true,
            }),
        ),
        ("event_message", Event::Message(message())),
        (
            "event_message_topic",
            Event::Message(event::Message {
                room: room("lobby"),
                kind: Kind::Topic,
                text: String::new(),
                ..message()
            }),
        ),
        (
            "event_gap",
            Event::Gap(event::Gap {
                room: room("개발"),
                from: at(1),
                to: at(1000),
            }),
        ),
        (
            "event_ack",
            Event::Ack(event::Ack {
                reference: Some(4),
                room: room("개발"),
                id: id(a(), 0, 17),
                position: at(4211),
                time: 1_763_701_080_000,
                stable: at(4211),
            }),
        ),
        (
            "event_heartbeat",
            Event::Heartbeat(event::Heartbeat {
                stable: vec![event::Stable {
                    room: room("개발"),
                    position: at(4212),
                }],
            }),
        ),
    ]
}

fn presences() -> Vec<(&'static str, Event)> {
    vec![
        (
            "event_members",
            Event::Members(event::Members {
                reference: Some(2),
                room: room("개발"),
                revision: 12,
                members: vec![
                    event::Member {
                        person: a(),
                        nick: "지은".to_owned(),
                        status: Status::Here,
                        guest: false,
                        former: Some(former()),
                    },
                    event::Member {
                        person: b(),
                        nick: "guest-1234".to_owned(),
                        status: Status::Reconnecting,
                        guest: true,
                        former: None,
                    },
                ],
                done: true,
                more: true,
            }),
        ),
        (
            "event_presence",
            Event::Presence(event::Presence {
                room: room("개발"),
                revision: 13,
                count: 6,
                changes: vec![
                    change(What::Joined, a(), "서연"),
                    event::Change {
                        was: Some("guest-1234".to_owned()),
                        ..change(What::Renamed, b(), "하준")
                    },
                    event::Change {
                        guest: true,
                        ..change(What::Reconnecting, b(), "하준")
                    },
                    change(What::Back, b(), "하준"),
                    change(What::Left, b(), "하준"),
                ],
                summary: false,
            }),
        ),
        (
            "event_presence_former",
            Event::Presence(event::Presence {
                room: room("개발"),
                revision: 15,
                count: 7,
                changes: vec![event::Change {
                    former: Some(former()),
                    ..change(What::Joined, a(), "지은")
                }],
                summary: false,
            }),
        ),
        (
            "event_presence_summary",
            Event::Presence(event::Presence {
                room: room("개발"),
                revision: 14,
                count: 4999,
                changes: Vec::new(),
                summary: true,
            }),
        ),
    ]
}

fn answers() -> Vec<(&'static str, Event)> {
    vec![
        (
            "event_done",
            Event::Done(event::Done { reference: Some(3) }),
        ),
        (
            "event_nick",
            Event::Nick(event::NickChanged {
                reference: Some(6),
                nick: "[foo]_".to_owned(),
                owned: false,
                former: None,
            }),
        ),
        (
            "event_nick_former",
            Event::Nick(event::NickChanged {
                reference: None,
                nick: "지은".to_owned(),
                owned: true,
                former: Some(former()),
            }),
        ),
        (
            "event_opened",
            Event::Opened(event::Opened {
                reference: Some(7),
                room: direct(),
                person: b(),
                nick: "dhrl****".to_owned(),
                former: None,
            }),
        ),
        (
            "event_opened_former",
            Event::Opened(event::Opened {
                reference: Some(7),
                room: direct(),
                person: a(),
                nick: "지은".to_owned(),
                former: Some(former()),
            }),
        ),
        ("event_conversation", Event::Conversation(conversation())),
        (
            "event_conversation_former",
            Event::Conversation(event::Conversation {
                former: Some(former()),
                ..conversation()
            }),
        ),
        (
            "event_conversations",
            Event::Conversations(event::Conversations {
                reference: Some(11),
                conversations: vec![
                    conversation(),
                    event::Conversation {
                        passed_on: true,
                        ..conversation()
                    },
                ],
                more: true,
            }),
        ),
        (
            "event_rooms",
            Event::Rooms(event::Rooms {
                reference: Some(8),
                rooms: vec![
                    event::RoomInfo {
                        room: room("lobby"),
                        topic: "0.9 릴리스 준비".to_owned(),
                        members: 12,
                    },
                    event::RoomInfo {
                        room: room("rust"),
                        topic: String::new(),
                        members: 0,
                    },
                ],
                more: true,
            }),
        ),
        (
            "event_found",
            Event::Found(event::Found {
                reference: Some(12),
                messages: vec![message()],
                next: Some(981_200),
            }),
        ),
        (
            "event_found_end",
            Event::Found(event::Found {
                reference: None,
                messages: Vec::new(),
                next: None,
            }),
        ),
        (
            "event_error",
            Event::Error(Refusal {
                reference: Some(4),
                room: Some(room("개발")),
                retry_after_ms: Some(200),
                expected_seq: Some(18),
                ..Refusal::new(ErrorCode::OutOfOrder, "seq 19 was sent, 18 is due")
            }),
        ),
        (
            "event_error_nick",
            Event::Error(Refusal {
                held_by: Some(HeldBy::Key),
                ..Refusal::new(ErrorCode::NickTaken, "지은 belongs to another key")
            }),
        ),
    ]
}

fn written(event: &Event) -> String {
    let mut out = Vec::new();
    encode_event(event, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn each_request_is_its_literal_frame() {
    for (name, request) in requests() {
        let frame = frame(name);
        assert_eq!(decode_request(&frame).as_ref(), Ok(&request), "{name}");
        assert_eq!(json(&encode_request(&request)), json(&frame), "{name}");
    }
}

#[test]
fn each_event_is_its_literal_frame() {
    for (name, event) in events() {
        let frame = frame(name);
        assert_eq!(decode_event(&frame).as_ref(), Ok(&event), "{name}");
        assert_eq!(json(&written(&event)), json(&frame), "{name}");
    }
}

/// A new variant breaks these matches until it has a name, and then the test until it has a fixture.
#[test]
fn each_variant_has_a_fixture_and_each_fixture_a_test() {
    let request_name = |request: &Request| match request {
        Request::Hello(_) => "hello",
        Request::Join(_) => "join",
        Request::Leave(_) => "leave",
        Request::Send(_) => "send",
        Request::Topic(_) => "topic",
        Request::Nick(_) => "nick",
        Request::Open(_) => "open",
        Request::Rooms(_) => "rooms",
        Request::Members(_) => "members",
        Request::History(_) => "history",
        Request::Conversations(_) => "conversations",
        Request::Search(_) => "search",
    };
    let event_name = |event: &Event| match event {
        Event::Greeting(_) => "greeting",
        Event::Welcome(_) => "welcome",
        Event::Joined(_) => "joined",
        Event::Members(_) => "members",
        Event::History(_) => "history",
        Event::Message(_) => "message",
        Event::Gap(_) => "gap",
        Event::Presence(_) => "presence",
        Event::Ack(_) => "ack",
        Event::Done(_) => "done",
        Event::Nick(_) => "nick",
        Event::Opened(_) => "opened",
        Event::Conversation(_) => "conversation",
        Event::Conversations(_) => "conversations",
        Event::Rooms(_) => "rooms",
        Event::Found(_) => "found",
        Event::Heartbeat(_) => "heartbeat",
        Event::Error(_) => "error",
        Event::Unknown => "unknown",
    };
    let requests_seen: BTreeSet<_> = requests()
        .iter()
        .map(|(_, request)| request_name(request))
        .collect();
    let events_seen: BTreeSet<_> = events()
        .iter()
        .map(|(_, event)| event_name(event))
        .collect();
    assert_eq!(requests_seen.len(), 12);
    assert_eq!(events_seen.len(), 18);

    let tested: BTreeSet<String> = requests()
        .iter()
        .map(|(name, _)| *name)
        .chain(events().iter().map(|(name, _)| *name))
        .map(str::to_owned)
        .collect();
    for entry in std::fs::read_dir(directory()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.strip_suffix(".json").unwrap();
        assert!(
            name.starts_with("future_") || tested.contains(name),
            "{name} has no test"
        );
    }
}

#[test]
fn a_client_understands_what_it_can_of_a_newer_server() {
    assert_eq!(decode_event(&frame("future_event")), Ok(Event::Unknown));
    let poll = event::Message {
        kind: Kind::Unknown,
        text: "점심?".to_owned(),
        ..message()
    };
    assert_eq!(
        decode_event(&frame("future_message")),
        Ok(Event::Message(poll))
    );
    assert_eq!(
        decode_event(&frame("future_joined")),
        Ok(Event::Joined(joined_new()))
    );
    let Ok(Event::Members(members)) = decode_event(&frame("future_members")) else {
        panic!("no members")
    };
    assert_eq!(members.members[0].status, Status::Unknown);
    assert_eq!(members.members[0].former, Some(former()));
    let Ok(Event::Presence(presence)) = decode_event(&frame("future_presence")) else {
        panic!("no presence")
    };
    assert_eq!(presence.changes[0].what, What::Unknown);
    let Ok(Event::Error(refusal)) = decode_event(&frame("future_error")) else {
        panic!("no error")
    };
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        (ErrorCode::Unknown, "today's quota is used up")
    );
    let Ok(Event::Greeting(greeting)) = decode_event(&frame("future_greeting")) else {
        panic!("no greeting")
    };
    assert_eq!((greeting.version, greeting.limits), (2, Limits::default()));
}

#[test]
fn a_server_names_the_request_that_it_does_not_know_and_skips_new_members() {
    let error = decode_request(&frame("future_request")).unwrap_err();
    assert_eq!(
        (error.code, error.reference),
        (ErrorCode::UnknownRequest, Some(12))
    );
    assert_eq!(error.message, "this server knows no request \"react\"");
    let Ok(Request::Send(send)) = decode_request(&frame("future_send")) else {
        panic!("no send")
    };
    assert_eq!(
        (send.seq, send.kind, send.text.as_str()),
        (Some(1), SendKind::Message, "hi")
    );
}

#[test]
fn what_is_only_read_cannot_be_sent() {
    assert_eq!(written(&Event::Unknown), "");
    assert_eq!(
        written(&Event::Message(event::Message {
            kind: Kind::Unknown,
            ..message()
        })),
        ""
    );
}

#[test]
fn a_bad_request_says_what_is_wrong() {
    for (frame, code, reference, says) in [
        (
            "",
            ErrorCode::BadRequest,
            None,
            "a frame is one JSON object",
        ),
        (
            "[]",
            ErrorCode::BadRequest,
            None,
            "a frame is one JSON object",
        ),
        (
            "{\"ref\":1}",
            ErrorCode::BadRequest,
            None,
            "missing field `type`",
        ),
        (
            "{\"type\":\"leave\",\"ref\":7}",
            ErrorCode::BadRequest,
            Some(7),
            "missing field `room`",
        ),
        (
            "{\"type\":\"leave\",\"ref\":-7}",
            ErrorCode::BadRequest,
            None,
            "invalid value",
        ),
        (
            "{\"type\":\"leave\",\"room\":\"a\",\"room\":\"b\"}",
            ErrorCode::BadRequest,
            None,
            "duplicate field",
        ),
        (
            "{\"type\":\"\\u001b[2J\"}",
            ErrorCode::UnknownRequest,
            None,
            "\"\\u{1b}[2J\"",
        ),
        (
            "{\"type\":\"nick\",\"ref\":1,\"nick\":\"a b\"}",
            ErrorCode::BadNick,
            Some(1),
            "",
        ),
        (
            "{\"type\":\"nick\",\"nick\":\"\\ud800\"}",
            ErrorCode::BadRequest,
            None,
            "",
        ),
        (
            "{\"type\":\"join\",\"ref\":1,\"room\":\"a b\"}",
            ErrorCode::BadRoom,
            Some(1),
            "",
        ),
        (
            "{\"type\":\"join\",\"room\":\"@x.y\"}",
            ErrorCode::BadRoom,
            None,
            "a person id is 22 characters",
        ),
        (
            "{\"type\":\"send\",\"ref\":1,\"room\":\"a\",\"text\":\"\\u001b\"}",
            ErrorCode::BadText,
            Some(1),
            "U+001B",
        ),
        (
            "{\"type\":\"search\",\"ref\":1,\"text\":\"?!\"}",
            ErrorCode::BadText,
            Some(1),
            "name a word to look for",
        ),
        (
            "{\"type\":\"topic\",\"ref\":1,\"room\":\"a\",\"text\":\"x\\ny\"}",
            ErrorCode::BadText,
            Some(1),
            "",
        ),
    ] {
        let error = decode_request(frame).unwrap_err();
        assert_eq!(
            (error.code, error.reference),
            (code, reference),
            "{frame}: {error}"
        );
        assert!(error.message.contains(says), "{frame}: {error}");
        assert!(
            !error.message.contains(|c: char| c.is_control()),
            "{frame}: {error:?}"
        );
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let deep = format!("{{\"type\":\"leave\",\"x\":{}", "[".repeat(8000));
    assert_eq!(
        decode_request(&deep).unwrap_err().code,
        ErrorCode::BadRequest
    );
    assert!(decode_event(&deep).is_err());
}
