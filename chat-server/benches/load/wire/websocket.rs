//! WebSocket frames, and what `chat-server`, the limit and the servers on Node say in them.

use super::{FIRST_NUMBER, Guest, Item, Next, Wire, filled, proof, room_name, text};

/// Bytes in front of a server's frame of 126 bytes and more.
const LONG_HEAD: usize = 4;

/// What asks for a WebSocket at `path`.
pub(super) fn handshake(path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    .into_bytes()
}

/// The length of the whole frame at the front, head included.
pub(crate) fn frame_length(bytes: &[u8]) -> Option<usize> {
    let length = match *bytes.get(1)? & 0x7f {
        126 => LONG_HEAD + usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        127 => panic!("no frame here is longer than 64 KiB"),
        short => 2 + usize::from(short),
    };
    (bytes.len() >= length).then_some(length)
}

#[inline]
pub(super) fn cut(wire: Wire, bytes: &[u8]) -> Option<(Item<'_>, usize)> {
    let length = frame_length(bytes)?;
    let head = if bytes[1] == 126 { LONG_HEAD } else { 2 };
    let payload = &bytes[head..length];
    let item = match (bytes[0], wire) {
        (0x81, Wire::Chat | Wire::Proven) => match payload.get(9..12) {
            Some(b"mes") => Item::Message(payload),
            Some(b"ack") => Item::Ack(payload),
            _ => Item::Other(payload),
        },
        (0x81, Wire::SocketIo) if payload == b"2" => Item::Ping(payload),
        (0x81, Wire::SocketIo) if !payload.starts_with(br#"42["message""#) => Item::Other(payload),
        (0x81, _) if !payload.is_empty() => Item::Message(payload),
        (0x89, _) => Item::Ping(payload),
        _ => Item::Other(payload),
    };
    Some((item, length))
}

pub(super) fn answer(wire: Wire, step: u8, item: Item<'_>, guest: Guest) -> Next {
    let Item::Other(payload) = item else {
        return Next::Wait;
    };
    let room = room_name(guest.room);
    let join = format!(r#"{{"type":"join","room":"{room}","last":0}}"#);
    let says = |payloads: &[&str]| {
        let mut bytes = Vec::new();
        for payload in payloads {
            frame(0x81, payload.as_bytes(), &mut bytes);
        }
        Next::Say(bytes)
    };
    match (wire, step) {
        (Wire::Limit | Wire::WebSocket, _) => Next::Enter,
        (Wire::Chat, 0) => says(&[r#"{"type":"hello","version":1}"#, &join]),
        (Wire::Proven, 0) => Next::Wait,
        (Wire::Proven, 1) => says(&[&proof::hello(payload, guest), &join]),
        (Wire::Chat | Wire::Proven, _) => entered(payload),
        (Wire::SocketIo, 0) => says(&["40"]),
        (Wire::SocketIo, _) if payload.starts_with(b"40") => {
            says(&[&format!(r#"42["join","{room}"]"#)])
        }
        (Wire::SocketIo, _) if payload.starts_with(br#"42["joined""#) => Next::Enter,
        (Wire::SocketIo, _) => Next::Wait,
        (Wire::Irc | Wire::Nats, _) => unreachable!("they have wires of their own"),
    }
}

/// A member of `chat-server` is inside when its history has come.
fn entered(payload: &[u8]) -> Next {
    assert!(
        !payload.starts_with(br#"{"type":"error""#),
        "{}",
        String::from_utf8_lossy(payload)
    );
    if payload.starts_with(br#"{"type":"history""#) {
        Next::Enter
    } else {
        Next::Wait
    }
}

pub(super) fn send(wire: Wire, room: u32, frame_bytes: usize) -> Vec<u8> {
    let (name, payload_bytes) = (room_name(room), frame_bytes - LONG_HEAD);
    let mut bytes = Vec::new();
    match wire {
        Wire::Chat | Wire::Proven => {
            let text = text();
            let request = format!(
                r#"{{"type":"send","ref":{FIRST_NUMBER},"room":"{name}","text":"{text}"}}"#
            );
            frame(0x81, request.as_bytes(), &mut bytes);
        }
        Wire::SocketIo => {
            let event = filled(r#"42["message",""#, r#""]"#, payload_bytes);
            frame(0x81, event.as_bytes(), &mut bytes);
        }
        Wire::WebSocket => {
            frame(0x81, filled("", "", payload_bytes).as_bytes(), &mut bytes);
        }
        Wire::Limit => {
            let length = (payload_bytes as u16).to_be_bytes();
            bytes.extend_from_slice(&[0x81, 126, length[0], length[1]]);
            bytes.extend_from_slice(filled("", "", payload_bytes).as_bytes());
        }
        Wire::Irc | Wire::Nats => unreachable!("they have wires of their own"),
    }
    bytes
}

pub(super) fn pong(wire: Wire, ping: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if wire == Wire::SocketIo && ping == b"2" {
        frame(0x81, b"3", &mut bytes);
    } else {
        frame(0x8a, ping, &mut bytes);
    }
    bytes
}

/// Appends a client's frame with a mask of zeros, which leaves the payload as it is.
pub(super) fn frame(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(opcode);
    if payload.len() < 126 {
        out.push(0x80 | payload.len() as u8);
    } else {
        out.push(0x80 | 0x7e);
        out.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// A client's text frame.
pub(crate) fn client_frame(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame(0x81, text.as_bytes(), &mut bytes);
    bytes
}
