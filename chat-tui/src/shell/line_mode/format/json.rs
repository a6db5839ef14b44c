//! The JSON form: what any parser reads back byte for byte, and what no terminal obeys.

use std::io;

use protocol::event::{Kind, What};
use protocol::position::{Address, Position};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::{Event, Fraction, is_harmful, rfc3339};

/// The event as one line.
pub(super) fn line(event: &Event) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Harmless);
    // The types hold nothing that JSON cannot, and a vector takes every byte.
    if Object::of(event).serialize(&mut serializer).is_err() {
        return String::new();
    }
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

/// The members, in the order in which they are written.
#[derive(Serialize)]
struct Object<'a> {
    r#type: &'static str,
    room: &'a Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    era: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    former_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_era: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_n: Option<u64>,
}

impl<'a> Object<'a> {
    fn new(r#type: &'static str, room: &'a Address, time: u64) -> Self {
        Self {
            r#type,
            room,
            era: None,
            n: None,
            time: rfc3339(time, Fraction::Milliseconds),
            nick: None,
            text: None,
            own: None,
            with: None,
            was: None,
            former_until: None,
            reply_to: None,
            to_era: None,
            to_n: None,
        }
    }

    fn at(self, position: Position) -> Self {
        Self {
            era: Some(position.era),
            n: Some(position.n),
            ..self
        }
    }

    fn of(event: &'a Event) -> Self {
        match event {
            Event::Joined {
                room,
                head,
                nick,
                time,
            } => Self {
                nick: Some(nick),
                own: Some(true),
                ..Self::new("joined", room, *time).at(*head)
            },
            Event::Message { message, own, with } => Self {
                nick: Some(&message.nick),
                text: Some(&message.text),
                own: Some(*own),
                with: with.as_deref(),
                reply_to: message.reply_to,
                ..Self::new(kind(message.kind), &message.room, message.time).at(message.position)
            },
            Event::Found { message, own } => Self {
                nick: Some(&message.nick),
                text: Some(&message.text),
                own: Some(*own),
                reply_to: message.reply_to,
                ..Self::new("found", &message.room, message.time).at(message.position)
            },
            Event::Member {
                room,
                what: change,
                nick,
                was,
                former_until,
                own,
                time,
            } => Self {
                nick: Some(nick),
                own: Some(*own),
                was: was.as_deref(),
                former_until: former_until.map(|until| rfc3339(until, Fraction::Milliseconds)),
                ..Self::new(what(*change), room, *time)
            },
            Event::Gap {
                room,
                from,
                to,
                time,
            } => Self {
                to_era: Some(to.era),
                to_n: Some(to.n),
                ..Self::new("gap", room, *time).at(*from)
            },
            Event::Forked { kept, room, time } => {
                let event = Self::new("forked", room, *time);
                match kept {
                    Some(kept) => event.at(*kept),
                    None => event,
                }
            }
        }
    }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Message | Kind::Unknown => "message",
        Kind::Action => "action",
        Kind::Topic => "topic",
    }
}

const fn what(what: What) -> &'static str {
    match what {
        What::Joined => "join",
        What::Left => "leave",
        What::Reconnecting => "reconnecting",
        What::Back => "back",
        What::Renamed => "rename",
        What::Unknown => "member",
    }
}

/// Escapes, beyond what JSON asks for, every character that a terminal could obey.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_harmful(c)) {
            let (plain, from) = rest.split_at(at);
            CompactFormatter.write_string_fragment(writer, plain)?;
            // All of them are below U+10000, so one escape is one character.
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}
