//! Packets of Engine.IO 4 and Socket.IO 5 as text frames, as far as a client of [`socket_io.mjs`](socket_io.mjs) needs them.

use serde_json::{Value, json};

/// What a server says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Packet {
    /// `0`: the Engine.IO session is open.
    Open,
    /// `2`: to be answered with [`PONG`].
    Ping,
    /// `40`: connected, under these names.
    Connected {
        /// The private name of the session, if the server can recover it.
        session: Option<String>,
    },
    /// `42`: an event.
    Event(Vec<Value>),
    /// `43`: an acknowledgement of what was sent under this number.
    Ack(u64),
    /// `1`, `41`, `44`: the end, by intent.
    End,
}

/// The answer to a ping.
pub(super) const PONG: &str = "3";

impl Packet {
    /// Reads a frame.
    pub(super) fn read(frame: &str) -> Option<Self> {
        let kind = frame.split(|c: char| "{[".contains(c)).next()?;
        let (kind, body) = frame.split_at_checked(kind.len())?;
        // The number of an acknowledgement stands between its kind and its body.
        let (kind, number) = kind.split_at_checked(2).unwrap_or((kind, ""));
        match kind {
            "0" => Some(Self::Open),
            "2" => Some(Self::Ping),
            "40" => {
                let body: Value = serde_json::from_str(body).ok()?;
                let session = body["pid"].as_str().map(str::to_owned);
                Some(Self::Connected { session })
            }
            "42" => Some(Self::Event(serde_json::from_str(body).ok()?)),
            "43" => Some(Self::Ack(number.parse().ok()?)),
            "1" | "41" | "44" => Some(Self::End),
            _ => None,
        }
    }
}

/// Connects, or goes on with a session after the packet with that offset.
pub(super) fn connect(recover: Option<(&str, &str)>) -> String {
    match recover {
        Some((session, offset)) => format!("40{}", json!({"pid": session, "offset": offset})),
        None => "40".to_owned(),
    }
}

/// An event that is to be acknowledged under a number.
pub(super) fn event(number: u64, words: &[&str]) -> String {
    format!("42{number}{}", json!(words))
}
