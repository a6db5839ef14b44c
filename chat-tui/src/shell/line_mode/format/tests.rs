use protocol::position::{MessageId, PersonId};

use super::*;

const NOON: u64 = 1_763_730_245_678;

fn message(kind: Kind, nick: &str, text: &str) -> Event {
    Event::Message {
        message: Message {
            room: "lobby".parse().unwrap(),
            position: Position::new(7, 42),
            id: MessageId {
                person: PersonId::from_bytes([1; 16]),
                device: 0,
                seq: 1,
            },
            nick: nick.to_owned(),
            time: NOON,
            kind,
            text: text.to_owned(),
            reply_to: None,
        },
        own: false,
        with: None,
    }
}

fn direct(nick: &str, own: bool) -> Event {
    let Event::Message { message, .. } = message(Kind::Message, nick, "psst") else {
        unreachable!()
    };
    Event::Message {
        message,
        own,
        with: Some("jin".into()),
    }
}

fn member(what: What, nick: &str) -> Event {
    Event::Member {
        former_until: None,
        room: "lobby".parse().unwrap(),
        what,
        nick: nick.to_owned(),
        was: (what == What::Renamed).then(|| "before".to_owned()),
        own: false,
        time: NOON,
    }
}

fn seoul() -> Format {
    Format::Terminal(TimeZone::fixed(jiff::tz::offset(9)), Hours::Day)
}

#[track_caller]
fn check(event: &Event, tabs: &str, terminal: &str, json: &str) {
    assert_eq!(Format::Tabs.line(event), tabs);
    assert_eq!(seoul().line(event), terminal);
    assert_eq!(Format::Json.line(event), json);
}

#[test]
fn to_a_pipe_tabs_to_a_terminal_the_local_time_and_json_an_object() {
    check(
        &message(Kind::Message, "민수", "안녕\tall"),
        "2025-11-21T13:04:05Z\t민수\t안녕\tall\n",
        "22:04 민수: 안녕    all\n",
        concat!(
            r#"{"type":"message","room":"lobby","era":7,"n":42,"time":"2025-11-21T13:04:05.678Z","#,
            r#""nick":"민수","text":"안녕\tall","own":false}"#,
            "\n"
        ),
    );
}

#[test]
fn further_lines_of_a_message_cannot_pass_for_lines_of_their_own() {
    check(
        &message(Kind::Message, "me", "one\n22:04 boss: two"),
        "2025-11-21T13:04:05Z\tme\tone\n\t22:04 boss: two\n",
        "22:04 me: one\n      22:04 boss: two\n",
        concat!(
            r#"{"type":"message","room":"lobby","era":7,"n":42,"time":"2025-11-21T13:04:05.678Z","#,
            r#""nick":"me","text":"one\n22:04 boss: two","own":false}"#,
            "\n"
        ),
    );
}

#[track_caller]
fn check_short(event: &Event, tabs: &str, terminal: &str, json_type: &str) {
    assert_eq!(
        Format::Tabs.line(event),
        format!("2025-11-21T13:04:05Z\t{tabs}\n")
    );
    assert_eq!(seoul().line(event), format!("22:04 {terminal}\n"));
    let json = Format::Json.line(event);
    assert!(
        json.starts_with(&format!(r#"{{"type":"{json_type}","room":"#)),
        "{json}"
    );
}

#[test]
fn what_is_done_and_what_happens_has_a_star() {
    let wave = message(Kind::Action, "me", "waves");
    check_short(&wave, "* me\twaves", "* me waves", "action");
    let topic = message(Kind::Topic, "me", "release");
    check_short(
        &topic,
        "*\tme set the topic: release",
        "* me set the topic: release",
        "topic",
    );
    let cleared = message(Kind::Topic, "me", "");
    check_short(
        &cleared,
        "*\tme cleared the topic",
        "* me cleared the topic",
        "topic",
    );
    for (what, said, json_type) in [
        (What::Joined, "jin joined", "join"),
        (What::Left, "jin left", "leave"),
        (What::Reconnecting, "jin is reconnecting", "reconnecting"),
        (What::Back, "jin is back", "back"),
        (What::Renamed, "before is now jin", "rename"),
    ] {
        let event = member(what, "jin");
        check_short(
            &event,
            &format!("*\t{said}"),
            &format!("* {said}"),
            json_type,
        );
    }
    let room: Address = "lobby".parse().unwrap();
    let gap = Event::Gap {
        room: room.clone(),
        from: Position::new(7, 3),
        to: Position::new(7, 9),
        time: NOON,
    };
    let text = "messages 3 to 9 cannot be had any more";
    check_short(&gap, &format!("*\t{text}"), &format!("* {text}"), "gap");
    let forked = Event::Forked {
        kept: None,
        room,
        time: NOON,
    };
    let text = "the server's history went another way: what stands above is void";
    check_short(
        &forked,
        &format!("*\t{text}"),
        &format!("* {text}"),
        "forked",
    );
}

#[test]
fn a_direct_message_never_looks_like_one_of_the_room() {
    check_short(&direct("jin", false), "@jin\tpsst", "@jin: psst", "message");
    check_short(
        &direct("me", true),
        "@me>jin\tpsst",
        "@me>jin: psst",
        "message",
    );
    assert!(
        Format::Json
            .line(&direct("me", true))
            .ends_with(",\"own\":true,\"with\":\"jin\"}\n")
    );
}

#[test]
fn the_first_object_is_joined() {
    let joined = Event::Joined {
        room: "lobby".parse().unwrap(),
        head: Position::new(7, 41),
        nick: "me".into(),
        time: NOON,
    };
    check(
        &joined,
        "",
        "",
        concat!(
            r#"{"type":"joined","room":"lobby","era":7,"n":41,"time":"2025-11-21T13:04:05.678Z","#,
            r#""nick":"me","own":true}"#,
            "\n"
        ),
    );
}

/// Every character that a terminal could obey, or that turns or breaks the line.
fn hostile() -> String {
    let controls = (0..0x20).chain(0x7F..0xA0).filter_map(char::from_u32);
    let others = "\u{61C}\u{200E}\u{200F}\u{2028}\u{2029}\u{202A}\u{202E}\u{2066}\u{2069}";
    controls.chain(others.chars()).collect()
}

#[test]
fn control_and_bidi_characters_of_a_hostile_server_reach_no_terminal() {
    let hostile = hostile();
    let harmless = |c: char| c == '\n' || c == '\t' || !is_harmful(c);
    for event in [
        message(Kind::Message, &hostile, &hostile),
        message(Kind::Action, &hostile, &hostile),
        message(Kind::Topic, &hostile, &hostile),
        member(What::Joined, &hostile),
        direct(&hostile, true),
    ] {
        for format in [Format::Tabs, seoul(), Format::Json] {
            let line = format.line(&event);
            assert!(line.chars().all(harmless), "{format:?}: {line:?}");
        }
    }
    let tabs = Format::Tabs.line(&message(Kind::Message, "a\tb\nc", "x\u{1b}[2J"));
    assert_eq!(
        tabs,
        "2025-11-21T13:04:05Z\ta<U+0009>b<U+000A>c\tx<U+001B>[2J\n"
    );
}

#[test]
fn json_is_escaped_and_still_the_same_text_to_a_parser() {
    let text = format!("{}한👩‍👩‍👧 \"quoted\" \\u001b", hostile());
    let line = Format::Json.line(&message(Kind::Message, "me", &text));
    assert_eq!(line.matches('\n').count(), 1);
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["text"], text);
    assert!(line.contains(r"\u001b\u001c"), "{line}");
    assert!(line.contains(r"\u007f\u0080"), "{line}");
    assert!(line.contains(r"\u202e\u2066"), "{line}");
}

#[test]
fn a_time_that_no_calendar_has_is_the_last_one() {
    let Event::Message { mut message, .. } = message(Kind::Message, "me", "hi") else {
        unreachable!()
    };
    message.time = u64::MAX;
    let event = Event::Message {
        message,
        own: false,
        with: None,
    };
    assert_eq!(Format::Tabs.line(&event), "9999-12-30T22:00:00Z\tme\thi\n");
}

#[test]
fn a_nick_that_was_anothers_is_told_with_its_day() {
    let after = |what| {
        let mut event = member(what, "지은");
        if let Event::Member { former_until, .. } = &mut event {
            *former_until = Some(1_777_600_000_000);
        }
        event
    };
    let text = "(another person used this nick until 2026-05-01)";
    check(
        &after(What::Joined),
        &format!("2025-11-21T13:04:05Z\t*\t지은 joined {text}\n"),
        &format!("22:04 * 지은 joined {text}\n"),
        concat!(
            r#"{"type":"join","room":"lobby","time":"2025-11-21T13:04:05.678Z","nick":"지은","own":false,"#,
            r#""former_until":"2026-05-01T01:46:40.000Z"}"#,
            "\n"
        ),
    );
    let line = Format::Tabs.line(&after(What::Renamed));
    assert!(
        line.ends_with(&format!("before is now 지은 {text}\n")),
        "{line}"
    );
    let line = Format::Tabs.line(&after(What::Left));
    assert!(line.ends_with("지은 left\n"), "{line}");
}

#[test]
fn what_was_found_tells_its_day() {
    let Event::Message { message, .. } = message(Kind::Message, "지은", "회의\n둘") else {
        unreachable!()
    };
    check(
        &Event::Found {
            message,
            own: false,
        },
        "2025-11-21T13:04:05Z\t지은\t회의\n\t둘\n",
        "2025-11-21 22:04 지은: 회의\n      둘\n",
        "{\"type\":\"found\",\"room\":\"lobby\",\"era\":7,\"n\":42,\"time\":\"2025-11-21T13:04:05.678Z\",\"nick\":\"지은\",\"text\":\"회의\\n둘\",\"own\":false}\n",
    );
}

#[test]
fn t16_to_a_terminal_hours_are_counted_as_the_person_wants_and_to_a_pipe_never() {
    let event = message(Kind::Message, "me", "x");
    let half = Format::Terminal(TimeZone::UTC, Hours::Half);
    assert_eq!(half.line(&event), "1:04 PM me: x\n");
    assert_eq!(Format::Tabs.line(&event), "2025-11-21T13:04:05Z\tme\tx\n");
}
