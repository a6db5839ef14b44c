//! What goes over a socket to each kind of server: just enough to enter a room, to send, and to count what comes.

use std::net::SocketAddr;

use memchr::memchr;

mod irc;
mod nats;
mod proof;
mod websocket;

pub(crate) use websocket::{client_frame, frame_length};

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// `chat-server`, without a key.
    Chat,
    /// `chat-server`, with a key and both proofs.
    Proven,
    /// The bare loop of writes.
    Limit,
    /// A WebSocket whose path is the room, and whose frames are passed on as they are.
    WebSocket,
    /// Engine.IO 4 and Socket.IO 5 over a WebSocket.
    SocketIo,
    Irc,
    Nats,
}

/// Bytes of each message's text.
pub(crate) const TEXT_BYTES: usize = 64;

/// The first number that a message gets, so that all have as many digits.
pub(crate) const FIRST_NUMBER: u32 = 10_000_000;

const DIGITS: usize = 8;

/// Stands in front of a message's number, and nowhere else in what servers send.
const MARK: u8 = b'=';

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The head of the HTTP answer is to come.
    Head,
    /// So many answers came since.
    Entering(u8),
    /// In its room.
    Inside,
    /// The server closed it, or refused it.
    Gone,
}

/// Who enters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guest {
    pub(crate) room: u32,
    /// Its number among all; nicks and keys follow from it.
    pub(crate) member: usize,
    /// What was dialled.
    pub(crate) address: SocketAddr,
}

/// One unit of what a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    /// A message of somebody in the room.
    Message(&'a [u8]),
    /// What was sent is stored.
    Ack(&'a [u8]),
    /// Wants an answer.
    Ping(&'a [u8]),
    /// Anything else.
    Other(&'a [u8]),
}

/// What an entering connection does next.
pub(crate) enum Next {
    Wait,
    Say(Vec<u8>),
    Enter,
}

/// A send with places for its number.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Template {
    /// Marks the places in `bytes` that hold the text of [`FIRST_NUMBER`].
    fn new(bytes: Vec<u8>) -> Self {
        let number = FIRST_NUMBER.to_string();
        let places = memchr::memmem::find_iter(&bytes, number.as_bytes()).collect();
        Self { bytes, places }
    }

    /// Writes `number` into its places.
    pub(crate) fn set(&mut self, number: u32) {
        let mut digits = [0; DIGITS];
        let mut rest = number;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        for place in &self.places {
            self.bytes[*place..place + DIGITS].copy_from_slice(&digits);
        }
    }
}

/// The number of a message.
pub(crate) fn number(message: &[u8]) -> Option<u32> {
    let at = memchr(MARK, message)? + 1;
    digits(message.get(at..at + DIGITS)?)
}

/// The number of the send that was acknowledged.
pub(crate) fn acknowledged(ack: &[u8]) -> Option<u32> {
    const KEY: &[u8] = b"\"ref\":";
    let at = memchr::memmem::find(ack, KEY)? + KEY.len();
    digits(ack.get(at..at + DIGITS)?)
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

/// A room's name.
pub(crate) fn room_name(room: u32) -> String {
    format!("room-{room:05}")
}

/// The text of the first message, [`TEXT_BYTES`] long.
fn text() -> String {
    filled("", "", TEXT_BYTES)
}

/// `head`, mark, number and dashes up to `length` with `tail`.
fn filled(head: &str, tail: &str, length: usize) -> String {
    let rest = length.saturating_sub(head.len() + tail.len() + 2 + DIGITS);
    format!("{head}{}{FIRST_NUMBER} {:-<rest$}{tail}", MARK as char, "")
}

impl Wire {
    /// Cuts the first whole unit off.
    #[inline]
    pub(crate) fn cut(self, stage: Stage, bytes: &[u8]) -> Option<(Item<'_>, usize)> {
        if stage == Stage::Head {
            let end = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
            return Some((Item::Other(&bytes[..end]), end));
        }
        match self {
            Self::Chat | Self::Proven | Self::Limit | Self::WebSocket | Self::SocketIo => {
                websocket::cut(self, bytes)
            }
            Self::Irc => irc::cut(bytes),
            Self::Nats => nats::cut(bytes),
        }
    }

    /// Where a connection begins, and its first bytes.
    pub(crate) fn opening(self, Guest { room, member, .. }: Guest) -> (Stage, Vec<u8>) {
        let handshake = |path: &str| (Stage::Head, websocket::handshake(path));
        let says = |bytes: Vec<u8>| (Stage::Entering(0), bytes);
        match self {
            Self::Chat | Self::Proven => handshake("/"),
            Self::WebSocket => handshake(&format!("/{}", room_name(room))),
            Self::SocketIo => handshake("/socket.io/?EIO=4&transport=websocket"),
            Self::Limit => says(room.to_be_bytes().to_vec()),
            Self::Irc => says(irc::introduction(member)),
            Self::Nats => says(nats::introduction(room)),
        }
    }

    /// What follows an answer, the head of HTTP not counted.
    pub(crate) fn answer(self, step: u8, item: Item<'_>, guest: Guest) -> Next {
        match self {
            Self::Chat | Self::Proven | Self::Limit | Self::WebSocket | Self::SocketIo => {
                websocket::answer(self, step, item, guest)
            }
            Self::Irc => irc::answer(item, guest.room),
            Self::Nats => nats::answer(item),
        }
    }

    /// A send to `room`; where the server passes on what it gets, what goes out is `frame_bytes` long.
    pub(crate) fn send(self, room: u32, frame_bytes: usize) -> Template {
        Template::new(match self {
            Self::Chat | Self::Proven | Self::Limit | Self::WebSocket | Self::SocketIo => {
                websocket::send(self, room, frame_bytes)
            }
            Self::Irc => irc::send(room),
            Self::Nats => nats::send(room, frame_bytes),
        })
    }

    /// The answer to a ping.
    pub(crate) fn pong(self, ping: &[u8]) -> Vec<u8> {
        match self {
            Self::Chat | Self::Proven | Self::Limit | Self::WebSocket | Self::SocketIo => {
                websocket::pong(self, ping)
            }
            Self::Irc => irc::pong(ping),
            Self::Nats => nats::pong(),
        }
    }

    /// Whether a sender gets its own message back.
    pub(crate) const fn echoes(self) -> bool {
        !matches!(self, Self::Irc)
    }

    /// Connections that enter at once: no more than the system holds ready for the server.
    pub(crate) const fn window(self) -> usize {
        match self {
            Self::Irc => 8,
            Self::Chat
            | Self::Proven
            | Self::Limit
            | Self::WebSocket
            | Self::SocketIo
            | Self::Nats => 64,
        }
    }
}
