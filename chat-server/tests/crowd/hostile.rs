//! Clients that take what they can get: none of them ever reads.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};

use tokio::net::TcpSocket;

pub(crate) const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// Parts in which each kind does what it does.
pub(crate) const ROUNDS: usize = 3;

/// The kinds in turn, those that cost the server most time less often. Those that never introduce themselves are a tenth: with
/// more the gate sends the oldest away, and with them others that it has not heard yet.
pub(crate) const KINDS: [Kind; 20] = [
    Kind::HalfHandshake,
    Kind::NoHello,
    Kind::Silent,
    Kind::Silent,
    Kind::Silent,
    Kind::Silent,
    Kind::HalfFrame,
    Kind::HalfFrame,
    Kind::HalfFrame,
    Kind::HalfFrame,
    Kind::HalfMessage,
    Kind::HalfMessage,
    Kind::HalfMessage,
    Kind::HalfMessage,
    Kind::ManyRooms,
    Kind::ManyRooms,
    Kind::Backlog,
    Kind::Pages,
    Kind::Sends,
    Kind::Lists,
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    HalfHandshake,
    NoHello,
    Silent,
    /// All but the last byte of the longest frame.
    HalfFrame,
    /// All but the last byte of the longest message, in fragments.
    HalfMessage,
    /// A dozen rooms of its own.
    ManyRooms,
    /// Enters the room with the long history, again and again.
    Backlog,
    /// Page after page of the long history.
    Pages,
    /// The longest texts, as many as go out.
    Sends,
    /// Lists of everything.
    Lists,
}

pub(crate) struct Hostile {
    number: usize,
    kind: Kind,
    stream: Option<TcpStream>,
    /// What did not go out yet.
    left: Vec<u8>,
}

/// A masked text frame.
pub(crate) fn text(frame: &str) -> Vec<u8> {
    head(0x81, frame.len())
        .into_iter()
        .chain(frame.bytes())
        .collect()
}

fn head(first: u8, length: usize) -> Vec<u8> {
    let mut head = vec![first];
    if length < 126 {
        head.push(0x80 | u8::try_from(length).unwrap());
    } else {
        head.push(0x80 | 0x7e);
        head.extend(u16::try_from(length).unwrap().to_be_bytes());
    }
    head.extend([0; 4]);
    head
}

impl Hostile {
    pub(crate) async fn connect(address: SocketAddr, number: usize) -> Self {
        let kind = KINDS[number % KINDS.len()];
        let socket = TcpSocket::new_v4().unwrap();
        // What is not read waits in the server and not in the system.
        socket.set_recv_buffer_size(4_096).unwrap();
        let stream = socket.connect(address).await.unwrap();
        let stream = stream.into_std().unwrap();
        let mut hostile = Self {
            number,
            kind,
            stream: Some(stream),
            left: Vec::new(),
        };
        if matches!(kind, Kind::HalfHandshake) {
            hostile.write(&UPGRADE.as_bytes()[..60]);
            return hostile;
        }
        hostile.write(UPGRADE.as_bytes());
        if !matches!(kind, Kind::NoHello) {
            hostile.say(r#"{"type":"hello","version":1}"#);
        }
        hostile
    }

    /// Whether it still asks for pages that it does not read.
    pub(crate) const fn wants_pages(&self) -> bool {
        matches!(self.kind, Kind::Pages) && self.stream.is_some()
    }

    /// Does its worst, in [`ROUNDS`] parts.
    pub(crate) fn push(&mut self, round: usize) {
        let number = self.number;
        match self.kind {
            Kind::HalfFrame if round == 0 => self.part(0x81, 16_384, 16_383),
            Kind::HalfMessage if round == 0 => {
                self.part(0x01, 8_000, 8_000);
                self.part(0x00, 8_000, 8_000);
                self.part(0x80, 383, 382);
            }
            Kind::HalfHandshake
            | Kind::NoHello
            | Kind::Silent
            | Kind::HalfFrame
            | Kind::HalfMessage => {}
            Kind::ManyRooms => {
                for room in ["a", "b", "c", "d"] {
                    self.say(&format!(
                        r#"{{"type":"join","room":"room-{number}-{round}{room}"}}"#
                    ));
                }
            }
            Kind::Backlog | Kind::Pages | Kind::Lists if round == 0 => {
                self.say(r#"{"type":"join","room":"lobby","last":200}"#);
            }
            Kind::Backlog => {
                self.say(r#"{"type":"leave","room":"lobby"}"#);
                self.say(r#"{"type":"join","room":"lobby","last":200}"#);
            }
            Kind::Pages => {
                for _ in 0..3 {
                    self.say(r#"{"type":"history","room":"lobby"}"#);
                }
            }
            Kind::Sends if round == 0 => {
                self.say(&format!(r#"{{"type":"join","room":"flood-{number}"}}"#));
            }
            Kind::Sends => {
                let text = "y".repeat(4_096);
                for _ in 0..2 {
                    self.say(&format!(
                        r#"{{"type":"send","room":"flood-{number}","text":"{text}"}}"#
                    ));
                }
            }
            Kind::Lists => {
                self.say(r#"{"type":"rooms"}"#);
                self.say(r#"{"type":"members","room":"lobby"}"#);
            }
        }
    }

    /// A frame of `length` bytes of which only so many come.
    fn part(&mut self, first: u8, length: usize, come: usize) {
        let mut bytes = head(first, length);
        bytes.extend(vec![b'x'; come]);
        self.write(&bytes);
    }

    fn say(&mut self, frame: &str) {
        self.write(&text(frame));
    }

    /// Writes what goes out, and keeps one rest so that frames stay whole; what is beyond it is not said.
    fn write(&mut self, bytes: &[u8]) {
        if self.left.len() < 16_384 {
            self.left.extend(bytes);
        }
        self.go_on();
    }

    /// Writes what is left, as far as it goes out.
    pub(crate) fn go_on(&mut self) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        match stream.write(&self.left) {
            Ok(count) => drop(self.left.drain(..count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.stream = None,
        }
    }
}
