//! Raw sockets that speak just enough WebSocket: cheaper than any server, so that the generator is never what limits.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::limit::read_some;
use crate::process::Server;

/// What stands on the other side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Chat,
    Limit,
}

/// Bytes of each message's text.
pub(crate) const TEXT_BYTES: usize = 64;

/// Everybody who is in the one room of a run.
pub(crate) struct Room {
    pub(crate) target: Target,
    pub(crate) members: Vec<(TcpStream, Frames)>,
}

/// Connects and joins `count` members, one after the other.
pub(crate) fn enter(server: &Server, target: Target, count: usize) -> Room {
    let mut members = Vec::with_capacity(count);
    for _ in 0..count {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut frames = Frames::default();
        if target == Target::Chat {
            introduce(&mut stream, &mut frames);
        }
        stream.set_nonblocking(true).unwrap();
        members.push((stream, frames));
    }
    Room { target, members }
}

fn introduce(stream: &mut TcpStream, frames: &mut Frames) {
    let handshake = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(handshake.as_bytes()).unwrap();
    let mut buffer = vec![0; 64 * 1024];
    let mut head = Vec::new();
    let rest = loop {
        let n = stream.read(&mut buffer).unwrap();
        assert_ne!(
            n,
            0,
            "the server refused the handshake: {}",
            String::from_utf8_lossy(&head)
        );
        head.extend_from_slice(&buffer[..n]);
        if let Some(end) = head.windows(4).position(|w| w == b"\r\n\r\n") {
            break head.split_off(end + 4);
        }
    };
    frames.feed(&rest, |_| ());
    let mut requests = Vec::new();
    masked(br#"{"type":"hello","version":1}"#, &mut requests);
    masked(br#"{"type":"join","room":"bench","last":0}"#, &mut requests);
    stream.write_all(&requests).unwrap();
    let mut entered = false;
    while !entered {
        let n = stream.read(&mut buffer).unwrap();
        assert_ne!(n, 0, "the server closed a member that joined");
        frames.feed(&buffer[..n], |frame| {
            let payload = payload(frame);
            assert!(
                !payload.starts_with(br#"{"type":"error""#),
                "{}",
                String::from_utf8_lossy(payload)
            );
            entered |= payload.starts_with(br#"{"type":"history""#);
        });
    }
}

/// Appends a client's text frame with a mask of zeros, which leaves the payload as it is.
pub(crate) fn masked(payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x81);
    if payload.len() < 126 {
        out.push(0x80 | payload.len() as u8);
    } else {
        out.push(0x80 | 0x7e);
        out.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// Appends a server's text frame, as the bare loop passes it on.
pub(crate) fn plain(payload: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&[0x81, 126]);
    out.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    out.extend_from_slice(payload);
}

/// A server frame without its header.
pub(crate) fn payload(frame: &[u8]) -> &[u8] {
    match frame[1] {
        126 => &frame[4..],
        127 => &frame[10..],
        _ => &frame[2..],
    }
}

/// Cuts a stream of unmasked frames; holds only what is begun.
#[derive(Default)]
pub(crate) struct Frames {
    begun: Vec<u8>,
}

impl Frames {
    /// Takes what was read and hands out each whole frame, header included.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        if self.begun.is_empty() {
            let rest = cut(bytes, &mut each);
            self.begun.extend_from_slice(rest);
        } else {
            self.begun.extend_from_slice(bytes);
            let begun = std::mem::take(&mut self.begun);
            let rest = cut(&begun, &mut each);
            self.begun.extend_from_slice(rest);
        }
    }
}

/// Hands out whole frames; what is left over.
fn cut<'a>(mut bytes: &'a [u8], each: &mut impl FnMut(&[u8])) -> &'a [u8] {
    while bytes.len() >= 2 {
        let length = match bytes[1] {
            126 if bytes.len() >= 4 => 4 + usize::from(u16::from_be_bytes([bytes[2], bytes[3]])),
            126 => break,
            127 => panic!("no frame here is longer than 64 KiB"),
            short => 2 + usize::from(short),
        };
        if bytes.len() < length {
            break;
        }
        let (frame, rest) = bytes.split_at(length);
        each(frame);
        bytes = rest;
    }
    bytes
}

/// Reads what the socket has and hands out each whole frame; whether the stream goes on.
pub(crate) fn drain(stream: &mut TcpStream, frames: &mut Frames, mut each: impl FnMut(&[u8])) {
    thread_local! {
        static BUFFER: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; 256 * 1024]);
    }
    BUFFER.with_borrow_mut(|buffer| {
        let n = read_some(stream, buffer);
        frames.feed(&buffer[..n], &mut each);
    });
}
