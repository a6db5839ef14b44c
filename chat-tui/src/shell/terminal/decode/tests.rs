use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::shell::terminal::event::{Mouse, MouseKind, Reply};

const NOW: Duration = Duration::from_secs(5);

fn key(code: Code) -> TerminalEvent {
    TerminalEvent::Key(Key::plain(code))
}

fn typed(c: char) -> TerminalEvent {
    key(Code::Char(c))
}

fn ctrl(c: char) -> TerminalEvent {
    TerminalEvent::Key(Key::ctrl(c))
}

fn alt(c: char) -> TerminalEvent {
    TerminalEvent::Key(Key::alt(c))
}

fn with(code: Code, ctrl: bool, alt: bool, shift: bool) -> TerminalEvent {
    TerminalEvent::Key(Key {
        code,
        ctrl,
        alt,
        shift,
    })
}

fn pasted(text: &str) -> TerminalEvent {
    TerminalEvent::Paste {
        text: text.to_owned(),
        cut: false,
    }
}

fn mouse(kind: MouseKind, column: u16, row: u16) -> TerminalEvent {
    TerminalEvent::Mouse(Mouse { kind, column, row })
}

fn width(probe: Probe, columns: u16) -> TerminalEvent {
    TerminalEvent::Reply(Reply::Width(probe, columns))
}

const ATTRIBUTES: TerminalEvent = TerminalEvent::Reply(Reply::Attributes);

/// Feeds the bytes whole, byte by byte and in every two pieces: the events are the same.
#[track_caller]
fn check(bytes: &[u8], expected: &[TerminalEvent]) {
    check_with(&[], bytes, expected);
}

#[track_caller]
fn check_with(probes: &[Probe], bytes: &[u8], expected: &[TerminalEvent]) {
    for cut in 0..=bytes.len() {
        let mut decoder = Decoder::new(probes);
        let mut events = decoder.feed(&bytes[..cut], NOW);
        events.extend(decoder.feed(&bytes[cut..], NOW));
        assert_eq!(events, expected, "cut after {cut} bytes of {bytes:?}");
    }
    let mut decoder = Decoder::new(probes);
    let events: Vec<TerminalEvent> = bytes
        .iter()
        .flat_map(|byte| decoder.feed(&[*byte], NOW))
        .collect();
    assert_eq!(events, expected, "byte by byte: {bytes:?}");
}

/// Feeds the bytes, then nothing until the deadline passes.
#[track_caller]
fn check_silence(bytes: &[u8], wait: Duration, before: &[TerminalEvent], after: &[TerminalEvent]) {
    let mut decoder = Decoder::new(&[]);
    assert_eq!(decoder.feed(bytes, NOW), before);
    assert_eq!(decoder.deadline(), Some(NOW + wait));
    let early = (NOW + wait).saturating_sub(Duration::from_nanos(1));
    let early = decoder.expire(early);
    assert_eq!(early, [], "too early");
    assert_eq!(decoder.expire(NOW + wait), after);
    assert_eq!(decoder.deadline(), None);
    assert_eq!(decoder.feed(b"x", NOW + wait), [typed('x')], "works on");
}

#[test]
fn characters() {
    check(
        "hA1 한ㅋ👍".as_bytes(),
        &"hA1 한ㅋ👍".chars().map(typed).collect::<Vec<_>>(),
    );
    check("\u{85}\u{9b}x".as_bytes(), &[typed('x')]);
}

#[test]
fn broken_utf8_never_stalls() {
    let lost = || typed('\u{FFFD}');
    check(b"\xFFa", &[lost(), typed('a')]);
    check(b"\x80\xBF", &[lost(), lost()]);
    check(b"\xED\x95a", &[lost(), typed('a')]);
    check(b"\xED\x95\x1b[A", &[lost(), key(Code::Up)]);
    check(b"\xED\x95\xED\x95\x9C", &[lost(), typed('한')]);
    check(b"\xC0\xAF", &[lost(), lost()]);
    check_silence(b"\xED\x95", SEQUENCE_WAIT, &[], &[lost()]);
}

#[test]
fn control_bytes() {
    check(b"\r", &[key(Code::Enter)]);
    check(b"\n", &[ctrl('j')]);
    check(b"\t", &[key(Code::Tab)]);
    check(b"\x7f", &[key(Code::Backspace)]);
    check(b"\x08", &[ctrl('h')]);
    check(
        b"\x00\x01\x03\x1a",
        &[ctrl(' '), ctrl('a'), ctrl('c'), ctrl('z')],
    );
    check(
        b"\x1c\x1d\x1e\x1f",
        &[ctrl('\\'), ctrl(']'), ctrl('^'), ctrl('_')],
    );
}

#[test]
fn escape_and_alt() {
    check(b"\x1bn", &[alt('n')]);
    check("\x1b한".as_bytes(), &[alt('한')]);
    check(b"\x1b\r", &[with(Code::Enter, false, true, false)]);
    check(b"\x1b\x7f", &[with(Code::Backspace, false, true, false)]);
    check(b"\x1b\x02", &[with(Code::Char('b'), true, true, false)]);
    check(b"\x1b\x1b[A", &[key(Code::Esc), key(Code::Up)]);
    check_silence(b"\x1b", ESCAPE_WAIT, &[], &[key(Code::Esc)]);
    check_silence(
        b"\x1b\x1b",
        ESCAPE_WAIT,
        &[key(Code::Esc)],
        &[key(Code::Esc)],
    );
    check_silence(b"\x1b[", SEQUENCE_WAIT, &[], &[alt('[')]);
    check_silence(b"\x1bO", SEQUENCE_WAIT, &[], &[alt('O')]);
    check_silence(b"\x1b]", SEQUENCE_WAIT, &[], &[alt(']')]);
    check_silence(b"\x1b[1;", SEQUENCE_WAIT, &[], &[]);
    check_silence(b"\x1b[[", SEQUENCE_WAIT, &[], &[]);
    check_silence(b"\x1b[M a", SEQUENCE_WAIT, &[], &[]);
}

#[test]
fn a_wait_that_is_over_ends_before_the_next_byte() {
    let mut decoder = Decoder::new(&[]);
    assert_eq!(decoder.feed(b"\x1b", NOW), []);
    let later = decoder.feed(b"n", NOW + ESCAPE_WAIT);
    assert_eq!(later, [key(Code::Esc), typed('n')]);
}

#[test]
fn function_and_cursor_keys() {
    check(b"\x1b[A\x1bOB", &[key(Code::Up), key(Code::Down)]);
    check(b"\x1b[1;5C", &[with(Code::Right, true, false, false)]);
    check(b"\x1b[H\x1b[4~", &[key(Code::Home), key(Code::End)]);
    check(b"\x1b[5~\x1b[6~", &[key(Code::PageUp), key(Code::PageDown)]);
    check(b"\x1b[2~\x1b[3~", &[key(Code::Insert), key(Code::Delete)]);
    check(b"\x1b[Z", &[with(Code::Tab, false, false, true)]);
    check(
        b"\x1bOP\x1b[[A\x1b[11~",
        &[key(Code::F(1)), key(Code::F(1)), key(Code::F(1))],
    );
    check(b"\x1b[24~", &[key(Code::F(12))]);
    check(b"\x1bOM\x1bOq", &[key(Code::Enter), typed('1')]);
}

/// What a terminal without unambiguous keys sends.
fn sent(key: Key) -> Option<Vec<u8>> {
    let held = 1 + u8::from(key.shift) + 2 * u8::from(key.alt) + 4 * u8::from(key.ctrl);
    let cursor = |last: char| match held {
        1 => format!("\x1b[{last}"),
        _ => format!("\x1b[1;{held}{last}"),
    };
    let number = |number: u8| match held {
        1 => format!("\x1b[{number}~"),
        _ => format!("\x1b[{number};{held}~"),
    };
    let byte = |byte: u8| {
        let escape = if key.alt { "\x1b" } else { "" };
        format!("{escape}{}", char::from(byte))
    };
    let text = match key.code {
        Code::Char(' ') if key.ctrl => byte(0),
        Code::Char(c) if key.ctrl => byte(u8::try_from(c).ok()? & 0x1F),
        Code::Char(c) => byte(u8::try_from(c).ok()?),
        Code::Enter => byte(b'\r'),
        Code::Backspace => byte(0x7F),
        Code::Tab if key.shift => "\x1b[Z".to_owned(),
        Code::Tab => byte(b'\t'),
        Code::Esc => return None,
        Code::Up => cursor('A'),
        Code::Down => cursor('B'),
        Code::Right => cursor('C'),
        Code::Left => cursor('D'),
        Code::Home => cursor('H'),
        Code::End => cursor('F'),
        Code::Insert => number(2),
        Code::Delete => number(3),
        Code::PageUp => number(5),
        Code::PageDown => number(6),
        Code::F(n @ 1..=4) => {
            let last = char::from(b'O' + n);
            match held {
                1 => format!("\x1bO{last}"),
                _ => cursor(last),
            }
        }
        Code::F(n) => number(*[15, 17, 18, 19, 20, 21, 23, 24].get(usize::from(n) - 5)?),
    };
    Some(text.into_bytes())
}

#[test]
fn t41_every_key_that_can_be_bound_arrives_as_itself() {
    use crate::model::keys::Chord;
    let named = [
        "enter",
        "tab",
        "backspace",
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "pageup",
        "pagedown",
        "insert",
        "delete",
        "space",
    ];
    let named = named.map(str::to_owned).into_iter();
    let functions = (1..=12).map(|number| format!("f{number}"));
    let signs = ('!'..='~').map(String::from);
    let (mut tried, mut refused) = (0, 0);
    for name in named.chain(functions).chain(signs) {
        for held in [
            "",
            "ctrl+",
            "alt+",
            "shift+",
            "ctrl+alt+",
            "ctrl+shift+",
            "alt+shift+",
        ] {
            let Ok(chord) = format!("{held}{name}").parse::<Chord>() else {
                refused += 1;
                continue;
            };
            if !chord.is_sent_by_all() {
                continue;
            }
            let bytes = sent(chord.key).unwrap();
            check(&bytes, &[TerminalEvent::Key(chord.key)]);
            tried += 1;
        }
    }
    assert!(tried > 300 && refused > 200, "{tried}, {refused}");
}

#[test]
fn keyboard_protocols() {
    check(b"\x1b[13;2u", &[with(Code::Enter, false, false, true)]);
    check(b"\x1b[27u", &[key(Code::Esc)]);
    check(b"\x1b[97;5u", &[ctrl('a')]);
    check(b"\x1b[65;6u", &[ctrl('a')]);
    check("\x1b[12618;5u".as_bytes(), &[ctrl('ㅊ')]);
    check(b"\x1b[110;3u\x1b[110;4u", &[alt('n'), alt('N')]);
    check(
        b"\x1b[97;1:1u\x1b[97;1:2u\x1b[97;1:3u",
        &[typed('a'), typed('a')],
    );
    check(b"\x1b[1;1:3A", &[]);
    check(b"\x1b[97;9u", &[]);
    check(b"\x1b[57441;2u", &[]);
    check(b"\x1b[27;5;106~", &[ctrl('j')]);
    check(b"\x1b[27;2;13~", &[with(Code::Enter, false, false, true)]);
}

#[test]
fn mouse_and_focus() {
    check(b"\x1b[<0;3;2M", &[mouse(MouseKind::Press, 2, 1)]);
    check(b"\x1b[<0;3;2m", &[mouse(MouseKind::Release, 2, 1)]);
    check(b"\x1b[<64;300;200M", &[mouse(MouseKind::WheelUp, 299, 199)]);
    check(b"\x1b[<65;1;1M", &[mouse(MouseKind::WheelDown, 0, 0)]);
    check(b"\x1b[<35;4;4M\x1b[<2;4;4M", &[]);
    check(b"\x1b[M #\"", &[mouse(MouseKind::Press, 2, 1)]);
    check(
        b"\x1b[I\x1b[O",
        &[TerminalEvent::Focus(true), TerminalEvent::Focus(false)],
    );
}

#[test]
fn pastes() {
    check(
        b"\x1b[200~a\rb\r\nc\nd\x1b[201~e",
        &[pasted("a\nb\nc\nd"), typed('e')],
    );
    check("\x1b[200~한글\x1b[201~".as_bytes(), &[pasted("한글")]);
    check(b"\x1b[200~\x1b[201~", &[pasted("")]);
    check(
        b"\x1b[200~\x1b[A\x1b[20\x1b\x1b[201~",
        &[pasted("\x1b[A\x1b[20\x1b")],
    );
    check(
        b"\x1b[200~\xFF\xED\x95\x1b[201~",
        &[pasted("\u{FFFD}\u{FFFD}")],
    );
    check(b"\x1b[201~x", &[typed('x')]);
}

#[test]
fn t32_a_lost_paste_end_recovers_after_a_second() {
    check_silence(b"\x1b[200~abc", PASTE_WAIT, &[], &[pasted("abc")]);
    check_silence(b"\x1b[200~abc\x1b[20", PASTE_WAIT, &[], &[pasted("abc")]);
}

#[test]
fn a_paste_beyond_the_limit_is_cut_and_says_so() {
    let cut_of = |text: String| {
        let mut decoder = Decoder::new(&[]);
        let bytes = ["\x1b[200~", &text, "\x1b[201~x"].concat();
        let mut events = decoder.feed(bytes.as_bytes(), NOW);
        assert_eq!(events.pop(), Some(typed('x')));
        match events.pop() {
            Some(TerminalEvent::Paste { text, cut }) => (text.len(), cut),
            other => panic!("no paste but {other:?}"),
        }
    };
    let full = "a".repeat(PASTE_BYTES_MAX);
    assert_eq!(cut_of(full.clone()), (PASTE_BYTES_MAX, false));
    assert_eq!(cut_of(full + "a"), (PASTE_BYTES_MAX, true));
    let halved = ["ab", &"한".repeat(PASTE_BYTES_MAX / 3)].concat();
    assert_eq!(cut_of(halved), (PASTE_BYTES_MAX - 2, true));
}

#[test]
fn replies_are_told_or_swallowed_but_never_typed() {
    let dark = |r, g, b| TerminalEvent::Reply(Reply::Background { r, g, b });
    check(b"\x1b]11;rgb:1e1e/ffff/0000\x1b\\", &[dark(0x1e, 0xff, 0)]);
    check(
        b"\x1b]11;rgb:f/80/000\x07x",
        &[dark(0xff, 0x80, 0), typed('x')],
    );
    check(b"\x1b]11;rgba:0000/0000/ffff/ffff\x07", &[dark(0, 0, 0xff)]);
    check(b"\x1b]11;rgb:xx/80/00\x07\x1b]11;\x07", &[]);
    check(b"\x1b[?62;22c", &[ATTRIBUTES]);
    for swallowed in [
        "\x1b]52;c;aGVsbG8=\x07",
        "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
        "\x1bP>|XTerm(380)\x1b\\",
        "\x1bP1+r5463=323536\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1b[?2026;2$y",
        "\x1b[4;1$y",
        "\x1b[?1u",
        "\x1b[?997;1n",
        "\x1b[0n",
        "\x1b[>0;276;0c",
        "\x1b[12;34R",
        "\x1b[?1;1R",
        "\x1b[8;24;80t",
        "\x1b[>4;1m",
        "\x1b[1 q",
        "\x1b[=1;2;3x",
        "\x1b[;5A",
        "\x1b[1;2y",
    ] {
        let typed_on = [swallowed, "x"].concat();
        check(typed_on.as_bytes(), &[typed('x')]);
    }
}

#[test]
fn a_broken_reply_is_forgotten_and_control_keys_get_through() {
    check_silence(b"\x1b]11;rgb:1e1e", PASTE_WAIT, &[], &[]);
    check_silence(b"\x1b]11;rgb:1e1e\x1b", PASTE_WAIT, &[], &[]);
    check(b"\x1b]11;rgb:1e\x03a", &[ctrl('c'), typed('a')]);
    check(b"\x1b]11;rgb:1e\x1b[Aa", &[key(Code::Up), typed('a')]);
    check(b"\x1b[1;2\x03a", &[ctrl('c'), typed('a')]);
    check(b"\x1b[\r", &[alt('['), key(Code::Enter)]);
    check("\x1b[1한".as_bytes(), &[typed('한')]);
    check(b"\x1b[3$a", &[typed('a')]);
}

#[test]
fn a_sequence_beyond_the_limit_is_swallowed() {
    let mut long = b"\x1b[".to_vec();
    long.extend([b'1'; SEQUENCE_BYTES_MAX]);
    let mut decoder = Decoder::new(&[]);
    assert_eq!(decoder.feed(&long, NOW), []);
    assert_eq!(decoder.held.len(), SEQUENCE_BYTES_MAX);
    assert_eq!(decoder.feed(b"Ax", NOW), [typed('x')]);

    let mut reply = b"\x1b]11;rgb:1e/1e/1e".to_vec();
    reply.extend([b' '; SEQUENCE_BYTES_MAX]);
    assert_eq!(decoder.feed(&reply, NOW), []);
    assert_eq!(decoder.held.len(), SEQUENCE_BYTES_MAX);
    assert_eq!(decoder.feed(b"\x07x", NOW), [typed('x')]);
}

#[test]
fn widths_come_in_the_order_of_the_probes() {
    let probes = [Probe::Syllable, Probe::Family, Probe::Heart];
    check_with(
        &probes,
        b"\x1b[2;3R\x1b[3;2R\x1b[2;2R\x1b[?6c\x1b[2;9R",
        &[
            width(Probe::Syllable, 2),
            width(Probe::Heart, 1),
            ATTRIBUTES,
        ],
    );
}

#[test]
fn f3_with_modifiers_is_a_key_while_widths_are_due() {
    let shift_f3 = with(Code::F(3), false, false, true);
    check_with(
        &[Probe::Syllable],
        b"\x1b[1;2R\x1b[2;3R\x1b[1;5R\x1b[R\x1bOR\x1b[13;2~",
        &[
            shift_f3.clone(),
            width(Probe::Syllable, 2),
            with(Code::F(3), true, false, false),
            key(Code::F(3)),
            key(Code::F(3)),
            shift_f3,
        ],
    );
}

#[test]
fn after_the_last_answer_no_report_is_a_width() {
    check_with(&Probe::ALL, b"\x1b[?6c\x1b[2;3R", &[ATTRIBUTES]);
}

fn replies() -> impl Strategy<Value = Vec<u8>> {
    let text = "[ -~]{0,20}";
    prop_oneof![
        (2..99_u16, 1..500_u16).prop_map(|(row, column)| format!("\x1b[{row};{column}R")),
        "\x1b\\[\\?[0-9]{1,3}(;[0-9]{1,3}){0,3}(c|u|n|\\$y)",
        "\x1b\\[>[0-9;]{0,9}[cmu]",
        "\x1b\\[[0-9;]{1,9}[cntxy]",
        text.prop_map(|body| format!("\x1b]11;{body}\x07")),
        text.prop_map(|body| format!("\x1b]{body}\x1b\\")),
        text.prop_map(|body| format!("\x1bP{body}\x1b\\")),
        text.prop_map(|body| format!("\x1b_{body}\x1b\\")),
    ]
    .prop_map(String::into_bytes)
}

/// Pieces that have something to do with each other more often than plain random bytes.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&'static [u8]> = vec![
        b"\x1b",
        b"\x1b[",
        b"\x1b]",
        b"\x1bP",
        b"\x1bO",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b[M",
        b"\x1b[<",
        b"\\",
        b"$",
        b"y",
        b"R",
        b"1;2",
        b"u",
        b"~",
        b"M",
        "한".as_bytes(),
        b"\xED",
    ];
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        prop::sample::select(known).prop_map(<[u8]>::to_vec),
        replies(),
    ]
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        pieces in prop::collection::vec(pieces(), 0..20),
        cuts in prop::collection::vec(1..9_usize, 1..20),
        probes in 0..9_usize,
    ) {
        let bytes = pieces.concat();
        let probes = &Probe::ALL[..probes.min(8)];
        let whole = Decoder::new(probes).feed(&bytes, NOW);
        let mut decoder = Decoder::new(probes);
        let mut events = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            events.extend(decoder.feed(piece, NOW));
            rest = after;
        }
        prop_assert_eq!(&events, &whole);
        // Silence always leads back to a working keyboard.
        events.extend(decoder.expire(NOW + PASTE_WAIT));
        prop_assert_eq!(decoder.deadline(), None);
        prop_assert_eq!(decoder.feed(b"x", NOW + PASTE_WAIT), [typed('x')]);
    }

    #[test]
    fn a_reply_never_becomes_a_key(
        parts in prop::collection::vec(prop_oneof![
            replies().prop_map(|reply| (reply, None)),
            any::<char>().prop_filter("typed", |c| !c.is_control()).prop_map(|c| (c.to_string().into_bytes(), Some(c))),
        ], 0..30),
        cut in 0..200_usize,
        probes in 0..9_usize,
    ) {
        let bytes: Vec<u8> = parts.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        let (one, two) = bytes.split_at(cut.min(bytes.len()));
        let mut decoder = Decoder::new(&Probe::ALL[..probes.min(8)]);
        let mut events = decoder.feed(one, NOW);
        events.extend(decoder.feed(two, NOW));
        events.retain(|event| !matches!(event, TerminalEvent::Reply(_)));
        let expected: Vec<TerminalEvent> = parts.iter().filter_map(|(_, c)| c.map(typed)).collect();
        prop_assert_eq!(events, expected);
    }
}
