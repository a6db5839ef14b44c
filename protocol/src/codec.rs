//! Frames to values and back: one JSON object a frame.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use crate::error::ErrorCode;
use crate::event::Event;
use crate::names::{MessageText, Nick, Topic};
use crate::position::Address;
use crate::request::{Ref, Request};
use crate::search::SearchText;

/// The sentence of a [`DecodeError`] in bytes; what is beyond it is left out, whatever the frame held.
pub const DECODE_ERROR_BYTES_MAX: usize = 512;

/// A frame that holds no value of this contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// [`ErrorCode::BadRequest`], [`ErrorCode::UnknownRequest`], or that of the broken name or text.
    pub code: ErrorCode,
    /// What is wrong, for people; holds no control characters of the frame, and at most [`DECODE_ERROR_BYTES_MAX`].
    pub message: String,
    /// The frame's `ref`, where it could be read.
    pub reference: Option<Ref>,
}

/// The members that every frame has.
#[derive(Deserialize)]
struct Head {
    r#type: String,
    #[serde(rename = "ref", default)]
    reference: Option<Ref>,
}

/// Reads a client's frame. What is no request becomes an error that the server answers with.
pub fn decode_request(frame: &str) -> Result<Request, DecodeError> {
    let head = head(frame)?;
    let fields = Fields { frame, head: &head };
    match head.r#type.as_str() {
        "hello" => fields.read().map(Request::Hello),
        "join" => fields.read().map(Request::Join),
        "leave" => fields.read().map(Request::Leave),
        "send" => fields.read().map(Request::Send),
        "topic" => fields.read().map(Request::Topic),
        "nick" => fields.read().map(Request::Nick),
        "open" => fields.read().map(Request::Open),
        "rooms" => fields.read().map(Request::Rooms),
        "members" => fields.read().map(Request::Members),
        "history" => fields.read().map(Request::History),
        "conversations" => fields.read().map(Request::Conversations),
        "search" => fields.read().map(Request::Search),
        unknown => Err(DecodeError {
            code: ErrorCode::UnknownRequest,
            message: told(&format!(
                "this server knows no request {:?}",
                shortened(unknown)
            )),
            reference: head.reference,
        }),
    }
}

/// Reads a server's frame. What a newer server adds is [`Event::Unknown`]; an error means a broken frame.
pub fn decode_event(frame: &str) -> Result<Event, DecodeError> {
    let head = head(frame)?;
    let fields = Fields { frame, head: &head };
    match head.r#type.as_str() {
        "greeting" => fields.read().map(Event::Greeting),
        "welcome" => fields.read().map(Event::Welcome),
        "joined" => fields.read().map(Event::Joined),
        "members" => fields.read().map(Event::Members),
        "history" => fields.read().map(Event::History),
        "message" => fields.read().map(Event::Message),
        "gap" => fields.read().map(Event::Gap),
        "presence" => fields.read().map(Event::Presence),
        "ack" => fields.read().map(Event::Ack),
        "done" => fields.read().map(Event::Done),
        "nick" => fields.read().map(Event::Nick),
        "opened" => fields.read().map(Event::Opened),
        "conversation" => fields.read().map(Event::Conversation),
        "conversations" => fields.read().map(Event::Conversations),
        "rooms" => fields.read().map(Event::Rooms),
        "found" => fields.read().map(Event::Found),
        "heartbeat" => fields.read().map(Event::Heartbeat),
        "error" => fields.read().map(Event::Error),
        _ => Ok(Event::Unknown),
    }
}

/// Writes a request as a frame's payload.
pub fn encode_request(request: &Request) -> String {
    // The types hold nothing that JSON cannot: no map with odd keys, no number that is not finite.
    serde_json::to_string(request).unwrap_or_default()
}

/// Writes an event as a frame's payload, behind what `out` holds. [`Event::Unknown`] writes nothing.
pub fn encode_event(event: &Event, out: &mut Vec<u8>) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, event).is_err() {
        out.truncate(start);
    }
}

/// An upper bound of what a text takes as a JSON string, in bytes, for packing lists into frames.
///
/// Texts hold no control characters but tab and line feed, so nothing takes more than two bytes for one.
pub fn json_bytes_max(text: &str) -> usize {
    2 + text.len()
        + text
            .bytes()
            .filter(|b| matches!(b, b'"' | b'\\' | 0..=0x1f))
            .count()
}

fn head(frame: &str) -> Result<Head, DecodeError> {
    serde_json::from_str(frame).map_err(|error| {
        // What is no object at all needs none of the parser's words.
        let why = if frame.trim_start().starts_with('{') {
            format!(": {error}")
        } else {
            String::new()
        };
        DecodeError {
            code: ErrorCode::BadRequest,
            message: told(&format!("a frame is one JSON object with a \"type\"{why}")),
            reference: None,
        }
    })
}

struct Fields<'a> {
    frame: &'a str,
    head: &'a Head,
}

impl Fields<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        serde_json::from_str(self.frame).map_err(|error| {
            let (code, message) = self.broken_rule().unwrap_or_else(|| {
                (
                    ErrorCode::BadRequest,
                    format!("{:?}: {error}", self.head.r#type),
                )
            });
            DecodeError {
                code,
                message: told(&message),
                reference: self.head.reference,
            }
        })
    }

    /// The name or text that breaks its rule, so that the error has that rule's code and not the parser's words.
    fn broken_rule(&self) -> Option<(ErrorCode, String)> {
        let suspects: Suspects = serde_json::from_str(self.frame).ok()?;
        if let Some(Err(error)) = suspects.nick.map(|nick| Nick::new(&nick)) {
            return Some((ErrorCode::BadNick, error.to_string()));
        }
        if let Some(Err(error)) = suspects.room.map(|room| room.parse::<Address>()) {
            return Some((ErrorCode::BadRoom, error.to_string()));
        }
        let text = suspects.text?;
        let error = match self.head.r#type.as_str() {
            "topic" => Topic::new(text).err()?,
            "search" => SearchText::new(text).err()?,
            _ => MessageText::new(text).err()?,
        };
        Some((ErrorCode::BadText, error.to_string()))
    }
}

/// The members of a request that have a rule of their own.
#[derive(Deserialize)]
struct Suspects {
    nick: Option<String>,
    room: Option<String>,
    text: Option<String>,
}

/// A sentence that may quote the frame: what is not seen, or does something to a terminal, is spelled out, and what is beyond
/// [`DECODE_ERROR_BYTES_MAX`] is left out.
fn told(sentence: &str) -> String {
    const CUT: char = '…';
    let mut told = String::new();
    for c in sentence.chars() {
        let start = told.len();
        let unseen = matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        );
        if unseen {
            told.extend(c.escape_unicode());
        } else {
            told.push(c);
        }
        if told.len() > DECODE_ERROR_BYTES_MAX - CUT.len_utf8() {
            told.truncate(start);
            told.push(CUT);
            break;
        }
    }
    told
}

/// Enough of an unknown name to recognise it.
fn shortened(name: &str) -> String {
    name.chars().take(32).collect()
}
