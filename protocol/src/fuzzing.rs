//! What must hold for any frame, whoever made it. The fuzzer and the property tests run the same code.

use arbitrary::{Arbitrary as _, Result, Unstructured};

use crate::codec::{
    DECODE_ERROR_BYTES_MAX, DecodeError, decode_event, decode_request, encode_event, encode_request,
};
use crate::event::Event;

/// Pieces of which frames are put together that come further than random bytes do.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "{\"type\":\"",
    "\",\"",
    "\":\"",
    "\":",
    "},{",
    "null",
    "true",
    "0",
    "1",
    "-1",
    "1.5",
    "1e99",
    "9007199254740993",
    "18446744073709551615",
    "99999999999999999999",
    "[1,2]",
    "type",
    "ref",
    "hello",
    "join",
    "leave",
    "send",
    "topic",
    "nick",
    "open",
    "rooms",
    "members",
    "history",
    "conversations",
    "search",
    "found",
    "next",
    "greeting",
    "welcome",
    "joined",
    "message",
    "gap",
    "presence",
    "ack",
    "done",
    "opened",
    "conversation",
    "heartbeat",
    "error",
    "room",
    "text",
    "kind",
    "seq",
    "after",
    "before",
    "position",
    "id",
    "limit",
    "version",
    "key",
    "nonce",
    "endpoint",
    "proof",
    "device",
    "guest",
    "agent",
    "person",
    "head",
    "stable",
    "revision",
    "count",
    "changes",
    "what",
    "code",
    "messages",
    "more",
    "lobby",
    "action",
    "개발",
    "\\ud800",
    "\\u0000",
    "\\u001b[2J",
    "\\n",
    "\\\\",
    "\u{202e}",
    "\u{1b}]52;c;x\u{7}",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "e\u{301}",
    "👨\u{200d}👩\u{200d}👧",
    "0123456789abcdef0123456789abcdef.0.1",
    "[1763700000,1]",
];

/// Reads `bytes` as a frame, as they are and as a choice of pieces, in both directions. Panics where a promise of the
/// codec does not hold.
pub fn frames(bytes: &[u8]) {
    if let Ok(frame) = std::str::from_utf8(bytes) {
        check(frame);
    }
    if let Ok(frame) = from_pieces(&mut Unstructured::new(bytes)) {
        check(&frame);
    }
}

/// A frame that begins as one of this contract and goes on as the bytes say.
fn from_pieces(bytes: &mut Unstructured<'_>) -> Result<String> {
    let mut frame = String::new();
    if bool::arbitrary(bytes)? {
        frame.push_str("{\"type\":\"");
    }
    while !bytes.is_empty() {
        match u8::arbitrary(bytes)? {
            0..=7 => frame.push(char::arbitrary(bytes)?),
            8 => frame.push_str(&bytes.choose(PIECES)?.repeat(300)),
            _ => frame.push_str(bytes.choose(PIECES)?),
        }
    }
    Ok(frame)
}

fn check(frame: &str) {
    match decode_request(frame) {
        Ok(request) => {
            let again = decode_request(&encode_request(&request));
            assert_eq!(again.as_ref(), Ok(&request), "{frame:?}");
        }
        Err(error) => check_error(&error, frame),
    }
    match decode_event(frame) {
        Ok(Event::Unknown) => {}
        Ok(event) => {
            let mut out = Vec::new();
            encode_event(&event, &mut out);
            let again = decode_event(&String::from_utf8_lossy(&out));
            assert_eq!(again, Ok(event), "{frame:?}");
        }
        Err(error) => check_error(&error, frame),
    }
}

/// What is wrong with a frame is told to people, so it can neither be long nor do anything to a terminal.
fn check_error(error: &DecodeError, frame: &str) {
    let message = &error.message;
    assert!(!message.is_empty(), "{frame:?}");
    assert!(
        message.len() <= DECODE_ERROR_BYTES_MAX,
        "{} bytes: {frame:?}",
        message.len()
    );
    let strange =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}');
    assert!(!message.chars().any(strange), "{message:?} for {frame:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_a_frame_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            frames(&bytes);
        }
    }

    #[test]
    fn an_error_neither_quotes_control_characters_nor_grows_with_the_frame() {
        for frame in [
            r#"{"type":"send","room":"a","text":"a","kind":"\n\u001b[2J"}"#.to_owned(),
            format!(
                r#"{{"type":"send","room":"a","text":"a","kind":"{}"}}"#,
                "x".repeat(16_000)
            ),
            format!(
                r#"{{"type":"join","room":"a","last":"{}"}}"#,
                "é".repeat(8_000)
            ),
            format!(r#"{{"type":"{}"}}"#, "\u{202e}".repeat(40)),
            r#"{"type":"\u0085\u2028\u2029"}"#.to_owned(),
        ] {
            let error = decode_request(&frame).unwrap_err();
            check_error(&error, &frame);
        }
    }
}
