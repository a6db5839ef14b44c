//! Any bytes at the server's end of a WebSocket, in any pieces; the fuzzer and the property tests run the same code.

use arbitrary::{Arbitrary as _, Result, Unstructured};
use protocol::codec::decode_request;
use protocol::limits::FRAME_BYTES_MAX;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketContext};

use super::{Decoder, Frame, Wire, config, next};

/// An answer to one control frame in bytes: a pong or a close frame.
const ANSWER_BYTES_MAX: usize = 131;

/// The longest head of a frame.
const HEAD_BYTES_MAX: usize = 14;

/// Payloads that come further than random ones do.
const PAYLOADS: [&[u8]; 4] = [
    br#"{"type":"hello","version":1}"#,
    "한글".as_bytes(),
    b"\xed\x95",
    b"\x03\xe8goodbye",
];

/// Reads `bytes` as they are, and as frames made of them. Panics where a promise does not hold.
pub(crate) fn websocket(bytes: &[u8]) {
    let (piece, rest) = bytes.split_first().map_or((1, bytes), |(a, b)| (*a, b));
    read_all(rest, usize::from(piece).max(1));
    let mut stream = Vec::new();
    // Bytes may end in the middle of a frame, as a connection may.
    if frames(&mut Unstructured::new(rest), &mut stream).is_ok() || !stream.is_empty() {
        read_all(&stream, usize::from(piece).max(1) * 16);
    }
}

/// Frames with any header, right or wrong.
fn frames(bytes: &mut Unstructured<'_>, stream: &mut Vec<u8>) -> Result<()> {
    while !bytes.is_empty() {
        let how = u8::arbitrary(bytes)?;
        let first = match how % 8 {
            0 => u8::arbitrary(bytes)?,
            1 => 0x01,
            2 => 0x00,
            3 => 0x80,
            4 => 0x88,
            5 => 0x89,
            6 => 0x8a,
            _ => 0x81,
        };
        let payload = match how >> 5 {
            0 => {
                let length = usize::from(u8::arbitrary(bytes)?).min(bytes.len());
                bytes.bytes(length)?.to_vec()
            }
            1 => vec![b'x'; usize::from(u16::arbitrary(bytes)?) % (FRAME_BYTES_MAX + 100)],
            2 => vec![0xff; 3],
            _ => bytes.choose(&PAYLOADS)?.to_vec(),
        };
        stream.push(first);
        let mask = if how & 8 == 0 { 0x80 } else { 0 };
        let claimed = if how & 16 == 0 {
            payload.len()
        } else {
            usize::from(u16::arbitrary(bytes)?)
        };
        match u8::try_from(claimed).ok().filter(|length| *length < 126) {
            Some(length) => stream.push(mask | length),
            None if how & 0x18 == 0x18 => {
                stream.push(mask | 0x7f);
                stream.extend(u64::arbitrary(bytes)?.to_be_bytes());
            }
            None => {
                stream.push(mask | 0x7e);
                stream.extend(u16::try_from(claimed).unwrap_or(u16::MAX).to_be_bytes());
            }
        }
        if mask != 0 {
            stream.extend([0; 4]);
        }
        stream.extend(payload);
    }
    Ok(())
}

fn read_all(stream: &[u8], piece: usize) {
    let mut decoder = Decoder::new(FRAME_BYTES_MAX);
    let mut texts = Vec::new();
    let mut begun = Vec::new();
    let mut answered = 0;
    let ended = stream.chunks(piece).find_map(|piece| {
        begun.extend_from_slice(piece);
        loop {
            let step = decoder.next(&begun);
            begun.drain(..step.used);
            let answer = step.answer.map_or(0, |answer| answer.len());
            assert!(answer <= ANSWER_BYTES_MAX, "{answer} bytes");
            answered += answer;
            match step.frame {
                Frame::Text(text) => {
                    assert!(text.len() <= FRAME_BYTES_MAX, "{} bytes", text.len());
                    drop(decode_request(&text));
                    texts.push(text.to_string());
                }
                Frame::Control | Frame::Part => {}
                Frame::Nothing => break,
                Frame::Close(_) | Frame::Broken(_) | Frame::Lost => return Some(step.frame),
            }
        }
        assert!(begun.len() <= FRAME_BYTES_MAX + HEAD_BYTES_MAX);
        decoder.rest();
        None
    });
    whole(stream, &texts, answered, ended.as_ref());
}

/// The same bytes for tungstenite alone, all at once: it must say the same.
fn whole(stream: &[u8], texts: &[String], answered: usize, ended: Option<&Frame>) {
    let mut context = WebSocketContext::new(Role::Server, Some(config(FRAME_BYTES_MAX)));
    let mut wire = Wire {
        frame: stream,
        answer: Vec::new(),
    };
    let mut expected = Vec::new();
    let end = loop {
        match next(&mut context, &mut wire) {
            Frame::Text(text) => expected.push(text.to_string()),
            Frame::Control => {}
            Frame::Part => break None,
            end @ (Frame::Nothing | Frame::Close(_) | Frame::Broken(_) | Frame::Lost) => {
                break Some(end);
            }
        }
    };
    assert_eq!(texts, expected);
    let code = |end: &Frame| format!("{end:?}");
    assert_eq!(ended.map(code), end.as_ref().map(code));
    assert_eq!(answered, wire.answer.len());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::websocket;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_frames_or_the_end(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            websocket(&bytes);
        }
    }
}
