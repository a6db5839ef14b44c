//! What `chat-tui --json` says, as the driver's words.

use serde_json::Value;

use super::room_of;
use crate::log::{Position, Seen, Start};
use crate::subject::Heard;

/// What one line of its output says; nothing where it is about members.
pub(crate) fn read_line(line: &str) -> Option<Heard> {
    let Ok(event) = serde_json::from_str::<Value>(line) else {
        return Some(Heard::Broken(format!("a line that is no JSON: {line}")));
    };
    let room = event["room"].as_str()?.parse().ok();
    let room = room.and_then(|address| room_of(&address))?;
    let at = position(&event["era"], &event["n"]);
    match event["type"].as_str()? {
        "joined" => Some(Heard::Entered {
            room,
            start: Start::Latest,
            head: at,
        }),
        "message" => Some(Heard::Message {
            room,
            seen: Seen {
                text: event["text"].as_str()?.to_owned(),
                id: None,
                at,
            },
        }),
        "gap" => Some(Heard::Gap {
            room,
            from: at?,
            to: position(&event["to_era"], &event["to_n"])?,
        }),
        "forked" => Some(Heard::Entered {
            room,
            start: Start::Forked,
            head: None,
        }),
        _ => None,
    }
}

fn position(era: &Value, n: &Value) -> Option<Position> {
    Some(Position {
        era: era.as_u64()?,
        n: n.as_u64()?,
    })
}
