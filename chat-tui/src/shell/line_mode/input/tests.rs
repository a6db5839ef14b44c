use super::*;

/// Feeds `input` in pieces of `step` bytes.
fn lines(input: &[u8], step: usize) -> Vec<(u64, Option<Vec<u8>>)> {
    let mut lines = Lines::default();
    let mut out = Vec::new();
    let mut take = |lines: &mut Lines| {
        while let Some(line) = lines.next_line() {
            out.push((line.number, line.bytes));
        }
    };
    for piece in input.chunks(step) {
        lines.feed(piece);
        take(&mut lines);
    }
    lines.end();
    take(&mut lines);
    assert_eq!(lines.next_line(), None);
    out
}

#[track_caller]
fn check_lines(input: &str, expected: &[(u64, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|&(number, text)| (number, Some(text.as_bytes().to_vec())))
        .collect();
    for step in [1, 2, 7, 1 << 20] {
        assert_eq!(
            lines(input.as_bytes(), step),
            expected,
            "in pieces of {step}"
        );
    }
}

#[test]
fn a_line_is_a_message_untrimmed_and_empty_ones_are_dropped() {
    check_lines("", &[]);
    check_lines("\n\r\n\n", &[]);
    check_lines("one\n", &[(1, "one")]);
    check_lines("  one \t\n\n\ntwo", &[(1, "  one \t"), (4, "two")]);
    check_lines("한글\r\n\r\nlast\r", &[(1, "한글"), (3, "last")]);
    check_lines("a\rb\r\r\n", &[(1, "a\rb\r")]);
}

#[test]
fn a_line_that_is_too_long_is_refused_by_number_and_never_kept() {
    let longest = "x".repeat(LINE_BYTES_MAX);
    let input = format!("{longest}\r\n{longest}y\nafter\n{longest}yy");
    for step in [1000, 64 * 1024, 1 << 20] {
        let lines = lines(input.as_bytes(), step);
        assert_eq!(
            lines,
            [
                (1, Some(longest.clone().into_bytes())),
                (2, None),
                (3, Some(b"after".to_vec())),
                (4, None)
            ],
            "in pieces of {step}"
        );
    }
    let mut endless = Lines::default();
    for _ in 0..100 {
        endless.feed(&vec![b'x'; 64 * 1024]);
        assert_eq!(endless.next_line(), None);
        assert!(endless.buffer.len() <= LINE_BYTES_MAX + 1 + 64 * 1024);
    }
}

fn entry(line: &[u8], reading: Reading) -> Result<Entry, LineError> {
    read(
        &Line {
            number: 1,
            bytes: Some(line.to_vec()),
        },
        reading,
    )
}

#[track_caller]
fn check(line: &str, reading: Reading, expected: Entry) {
    assert_eq!(entry(line.as_bytes(), reading), Ok(expected));
}

#[track_caller]
fn check_refused(line: &[u8], reading: Reading, expected: &str) {
    assert_eq!(entry(line, reading).unwrap_err().to_string(), expected);
}

fn say(kind: SendKind, text: &str) -> Entry {
    Entry::Say {
        kind,
        text: MessageText::new(text.to_owned()).unwrap(),
        reply_to: None,
    }
}

#[test]
fn commands_only_from_a_terminal() {
    use SendKind::{Action, Message};
    for line in ["/me waves", "//x", "/quit", "/w me secret", "/etc/passwd"] {
        check(line, Reading::Text, say(Message, line));
    }
    check("/me waves", Reading::Commands, say(Action, "waves"));
    check("//quit", Reading::Commands, say(Message, "/quit"));
    check("///", Reading::Commands, say(Message, "//"));
    check(" /quit", Reading::Commands, say(Message, " /quit"));
    check("/quit", Reading::Commands, Entry::Quit);
    check("/rooms", Reading::Commands, Entry::Rooms);
    check(
        "/search \u{1112}\u{116C}의 ",
        Reading::Commands,
        Entry::Search(SearchText::normalized("회의").unwrap()),
    );
    check("/help", Reading::Commands, Entry::Help);
    check(
        "/nick 민수",
        Reading::Commands,
        Entry::Nick(Nick::new("민수").unwrap()),
    );
    check(
        "/topic  release ",
        Reading::Commands,
        Entry::Topic(Topic::new("release".into()).unwrap()),
    );
    check(
        "/topic",
        Reading::Commands,
        Entry::Topic(Topic::new(String::new()).unwrap()),
    );
    check(
        "/w jin  see you",
        Reading::Commands,
        Entry::Whisper {
            nick: Nick::new("jin").unwrap(),
            text: MessageText::new(" see you".into()).unwrap(),
        },
    );
    check_refused(b"/me", Reading::Commands, "write /me TEXT");
    check_refused(b"/w jin", Reading::Commands, "write /w NICK TEXT");
    check_refused(b"/reply jin", Reading::Commands, "write /reply NICK TEXT");
    check_refused(b"/nick", Reading::Commands, "write /nick NICK");
    check_refused(
        b"/etc/passwd",
        Reading::Commands,
        "there is no command /etc/passwd in line mode; /help lists them, //etc/passwd says /etc/passwd",
    );
    check_refused(
        b"/nick a b",
        Reading::Commands,
        "the name holds U+0020, which no name may; use letters, digits and _-[]{}\\|^`*.",
    );
}

#[test]
fn text_is_made_nfc_and_kept_otherwise() {
    check(
        "  tab\there ",
        Reading::Text,
        say(SendKind::Message, "  tab\there "),
    );
    check(
        "\u{1112}\u{1161}\u{11AB}",
        Reading::Text,
        say(SendKind::Message, "한"),
    );
}

#[test]
fn what_is_no_text_is_refused_with_a_reason() {
    check_refused(
        b"ab\xFFc",
        Reading::Text,
        "the line is not UTF-8 from byte 3 on; convert it",
    );
    check_refused(
        b"10%\r20%",
        Reading::Text,
        "the text holds the control character U+000D; remove it",
    );
    check_refused(
        b"\x1b[31mred",
        Reading::Text,
        "the text holds the control character U+001B; remove it",
    );
    check_refused(
        b"   ",
        Reading::Text,
        "the text shows nothing but blank space; write something",
    );
    check_refused(
        "가".repeat(1366).as_bytes(),
        Reading::Text,
        "the text has 4098 bytes, the limit is 4096; shorten or split it",
    );
    assert_eq!(
        read(
            &Line {
                number: 1,
                bytes: None
            },
            Reading::Text
        ),
        Err(LineError::TooLong)
    );
}

#[test]
fn json_input_takes_objects_whose_text_may_hold_line_breaks() {
    check(
        r#"{"text": "one\ntwo"}"#,
        Reading::Json,
        say(SendKind::Message, "one\ntwo"),
    );
    check(
        r#" {"kind":"action","text":"\uc190\uc744 \ud754\ub4e0\ub2e4"}"#,
        Reading::Json,
        say(SendKind::Action, "손을 흔든다"),
    );
    check(
        r#"{"text":"yes","reply_to":[7,41]}"#,
        Reading::Json,
        Entry::Say {
            kind: SendKind::Message,
            text: MessageText::new("yes".into()).unwrap(),
            reply_to: Some(Position::new(7, 41)),
        },
    );
    check_refused(
        br#"{"text":"a\u0007"}"#,
        Reading::Json,
        "the text holds the control character U+0007; remove it",
    );
    for (line, part) in [
        ("hello", "expected value, at byte 1"),
        (r#"{"txt":"a"}"#, "unknown field `txt`"),
        (r#"{"text":"a","replyto":[1,2]}"#, "unknown field `replyto`"),
        (r#"{"text":"a","kind":"topic"}"#, "unknown variant `topic`"),
        (r#"{"kind":"action"}"#, "missing field `text`"),
        (r#"{"text":"a"} {"text":"b"}"#, "trailing characters"),
        (r#"{"text":"\ud800"}"#, "unexpected end of hex escape"),
    ] {
        let error = entry(line.as_bytes(), Reading::Json)
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{line}: {error}");
        assert!(
            error.starts_with("the line is no object with a \"text\": "),
            "{error}"
        );
    }
}

#[test]
fn a_text_of_the_longest_size_fits_a_line_however_it_is_written() {
    // Three escapes of six bytes for each three bytes of a composed syllable.
    let syllables = protocol::limits::TEXT_BYTES_MAX / 3;
    let line = format!(
        r#"{{"text":"{}"}}"#,
        r"\u1112\u1161\u11ab".repeat(syllables)
    );
    assert!(line.len() < LINE_BYTES_MAX);
    check(
        &line,
        Reading::Json,
        say(SendKind::Message, &"한".repeat(syllables)),
    );
}

#[test]
fn t42_a_misspelt_command_names_the_one_that_it_nearly_is() {
    for (written, nearest) in [("serach x", "search"), ("hlep", "help"), ("roms", "rooms")] {
        let name = written.split(' ').next().unwrap();
        check_refused(
            format!("/{written}").as_bytes(),
            Reading::Commands,
            &format!(
                "there is no command /{name} in line mode; did you mean /{nearest}? /help lists them, //{name} says /{name}"
            ),
        );
    }
    // Every name is one that is read.
    for name in NAMES {
        let known = command(&format!("{name} jin x"));
        let is_known = !matches!(
            known,
            Err(LineError::NoSuchCommand(_) | LineError::Misspelt { .. })
        );
        assert!(is_known, "{name}");
    }
}
