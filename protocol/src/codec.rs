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
    if let Some(Ok(request)) = plain_type(frame).and_then(|kind| request(kind, frame)) {
        return Ok(request);
    }
    decode_by_head(frame)
}

fn decode_by_head(frame: &str) -> Result<Request, DecodeError> {
    let head = head(frame)?;
    match request(&head.r#type, frame) {
        Some(request) => request.map_err(|error| broken(frame, &head, &error)),
        None => Err(DecodeError {
            code: ErrorCode::UnknownRequest,
            message: told(&format!(
                "this server knows no request {:?}",
                shortened(&head.r#type)
            )),
            reference: head.reference,
        }),
    }
}

fn request(kind: &str, frame: &str) -> Option<serde_json::Result<Request>> {
    Some(match kind {
        "hello" => json(frame).map(Request::Hello),
        "join" => json(frame).map(Request::Join),
        "leave" => json(frame).map(Request::Leave),
        "send" => json(frame).map(Request::Send),
        "topic" => json(frame).map(Request::Topic),
        "nick" => json(frame).map(Request::Nick),
        "open" => json(frame).map(Request::Open),
        "rooms" => json(frame).map(Request::Rooms),
        "members" => json(frame).map(Request::Members),
        "history" => json(frame).map(Request::History),
        "conversations" => json(frame).map(Request::Conversations),
        "search" => json(frame).map(Request::Search),
        _ => return None,
    })
}

/// Reads a server's frame. What a newer server adds is [`Event::Unknown`]; an error means a broken frame.
pub fn decode_event(frame: &str) -> Result<Event, DecodeError> {
    let head = head(frame)?;
    event(&head.r#type, frame).map_err(|error| broken(frame, &head, &error))
}

fn event(kind: &str, frame: &str) -> serde_json::Result<Event> {
    match kind {
        "greeting" => json(frame).map(Event::Greeting),
        "welcome" => json(frame).map(Event::Welcome),
        "joined" => json(frame).map(Event::Joined),
        "members" => json(frame).map(Event::Members),
        "history" => json(frame).map(Event::History),
        "message" => json(frame).map(Event::Message),
        "gap" => json(frame).map(Event::Gap),
        "presence" => json(frame).map(Event::Presence),
        "ack" => json(frame).map(Event::Ack),
        "done" => json(frame).map(Event::Done),
        "nick" => json(frame).map(Event::Nick),
        "opened" => json(frame).map(Event::Opened),
        "conversation" => json(frame).map(Event::Conversation),
        "conversations" => json(frame).map(Event::Conversations),
        "rooms" => json(frame).map(Event::Rooms),
        "found" => json(frame).map(Event::Found),
        "heartbeat" => json(frame).map(Event::Heartbeat),
        "error" => json(frame).map(Event::Error),
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

/// The type of a frame that is written as programs write it: the type first, and certainly not a second time. Such a request is read
/// once. Any other, and one that is wrong, is read for its [`Head`] first; the outcome is the same.
fn plain_type(frame: &str) -> Option<&str> {
    let (kind, rest) = frame.strip_prefix(r#"{"type":""#)?.split_once('"')?;
    // A backslash could spell the name otherwise.
    let is_plain = !rest.contains('\\') && !rest.contains(r#""type""#);
    is_plain.then_some(kind)
}

fn json<T: DeserializeOwned>(frame: &str) -> serde_json::Result<T> {
    serde_json::from_str(frame)
}

/// What is wrong with a frame of a known type.
fn broken(frame: &str, head: &Head, error: &serde_json::Error) -> DecodeError {
    let (code, message) = broken_rule(frame, &head.r#type)
        .unwrap_or_else(|| (ErrorCode::BadRequest, format!("{:?}: {error}", head.r#type)));
    DecodeError {
        code,
        message: told(&message),
        reference: head.reference,
    }
}

/// The name or text that breaks its rule, so that the error has that rule's code and not the parser's words.
fn broken_rule(frame: &str, kind: &str) -> Option<(ErrorCode, String)> {
    let suspects: Suspects = serde_json::from_str(frame).ok()?;
    if let Some(Err(error)) = suspects.nick.map(|nick| Nick::new(&nick)) {
        return Some((ErrorCode::BadNick, error.to_string()));
    }
    if let Some(Err(error)) = suspects.room.map(|room| room.parse::<Address>()) {
        return Some((ErrorCode::BadRoom, error.to_string()));
    }
    let text = suspects.text?;
    let error = match kind {
        "topic" => Topic::new(text).err()?,
        "search" => SearchText::new(text).err()?,
        _ => MessageText::new(text).err()?,
    };
    Some((ErrorCode::BadText, error.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(frame: &str, is_plain: bool) {
        assert_eq!(plain_type(frame).is_some(), is_plain, "{frame}");
        assert_eq!(decode_request(frame), decode_by_head(frame), "{frame}");
    }

    #[test]
    fn a_request_that_is_read_once_is_what_it_would_be_otherwise() {
        for frame in [
            r#"{"type":"send","ref":1,"room":"lobby","text":"hi"}"#,
            r#"{"type":"leave","room":"lobby"}"#,
            r#"{"type":"leave","ref":1,"ref":2,"room":"lobby"}"#,
            r#"{"type":"leave","room":"LOBBY"}"#,
            r#"{"type":"leave","room":"lobby"} x"#,
            r#"{"type":"leave","room":["lobby"]}"#,
            r#"{"type":"leave","#,
            r#"{"type":"dance"}"#,
            r#"{"type":"","room":"lobby"}"#,
        ] {
            check(frame, true);
        }
        for frame in [
            r#"{"room":"lobby","type":"leave"}"#,
            r#"{ "type":"leave","room":"lobby"}"#,
            r#"{"type":"leave","room":"lobby","type":"leave"}"#,
            r#"{"type":"leave","room":"lobby","typ\u0065":"join"}"#,
            r#"{"type":"leave","room":"lobby","more":{"type":1}}"#,
            r#"{"type":"send","room":"lobby","text":"a\nb"}"#,
            r#"{"type":"send","room":"lobby","text":"\"type\""}"#,
            r#"{"type":1}"#,
            r#"{"type":"leave"#,
        ] {
            check(frame, false);
        }
        let twice = r#"{"type":"leave","room":"lobby","typ\u0065":"join"}"#;
        assert!(decode_request(twice).is_err(), "it has two types");
    }
}
