//! The text protocol of NATS: a room is a subject, a message a publication of our length.

use memchr::memchr;

use super::{Item, Next, filled, room_name};

pub(super) fn cut(bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let end = memchr(b'\n', bytes)? + 1;
    let line = &bytes[..end];
    if line.starts_with(b"MSG ") {
        let number = line[..end - 2].rsplit(|byte| *byte == b' ').next()?;
        let payload = number
            .iter()
            .fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
        let whole = end + payload + 2;
        return (bytes.len() >= whole).then(|| (Item::Message(&bytes[..whole]), whole));
    }
    let item = if line.starts_with(b"PING") {
        Item::Ping(line)
    } else {
        Item::Other(line)
    };
    Some((item, end))
}

pub(super) fn introduction(room: u32) -> Vec<u8> {
    let options = r#"{"verbose":false,"pedantic":false,"echo":true}"#;
    format!("CONNECT {options}\r\nSUB {} 1\r\nPING\r\n", room_name(room)).into_bytes()
}

pub(super) fn answer(item: Item<'_>) -> Next {
    match item {
        Item::Other(line) if line.starts_with(b"PONG") => Next::Enter,
        Item::Other(line) if line.starts_with(b"-ERR") => {
            panic!("{}", String::from_utf8_lossy(line))
        }
        Item::Other(_) | Item::Message(_) | Item::Ack(_) | Item::Ping(_) => Next::Wait,
    }
}

pub(super) fn send(room: u32, frame_bytes: usize) -> Vec<u8> {
    let payload = filled("", "", frame_bytes);
    format!("PUB {} {}\r\n{payload}\r\n", room_name(room), payload.len()).into_bytes()
}

pub(super) fn pong() -> Vec<u8> {
    b"PONG\r\n".to_vec()
}
