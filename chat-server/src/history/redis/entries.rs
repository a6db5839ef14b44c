//! Messages as they lie in a stream and are told on a channel: what was said is checked again, as others can write there too.

use protocol::event::{Kind, Message};
use protocol::names::{NICK_BYTES_MAX, TEXT_BYTES_MAX};
use protocol::position::{Address, MessageId, Position};
use redis::Value;

use super::packed::unpack;
use crate::record::Append;

/// The texts of a message on a channel: its place, id, nick, time, kind, text and reply.
const TEXTS: usize = 7;

/// The first byte of what is told of messages on a room's channel.
const MESSAGES: u8 = b'm';

/// The arguments of a message for the script that publishes.
pub(super) fn arguments(append: &Append) -> [String; 7] {
    [
        append.id.person.to_string(),
        append.id.device.to_string(),
        append.id.seq.to_string(),
        append.nick.as_str().to_owned(),
        kind_text(append.kind).to_owned(),
        append.text.clone(),
        append.reply_to.map(place_text).unwrap_or_default(),
    ]
}

/// The messages of an answer; nothing where one of them was not written here.
pub(super) fn decode_all(room: &Address, entries: &Value) -> Option<Vec<Message>> {
    let Value::Array(entries) = entries else {
        return None;
    };
    entries.iter().map(|entry| decode(room, entry)).collect()
}

/// A message of the stream.
fn decode(room: &Address, entry: &Value) -> Option<Message> {
    let Value::Array(parts) = entry else {
        return None;
    };
    let [Value::BulkString(place), Value::Array(fields)] = parts.as_slice() else {
        return None;
    };
    let mut texts = vec![place.as_slice()];
    for field in fields.chunks_exact(2) {
        match field {
            [_, Value::BulkString(value)] => texts.push(value),
            _ => return None,
        }
    }
    message(room, &texts)
}

/// What a room's channel told of messages: the position behind which they stand (`n` = 0 for none before), and the messages.
pub(super) fn decode_bell(room: &Address, payload: &[u8]) -> Option<(Position, Vec<Message>)> {
    let (kind, rest) = payload.split_first()?;
    let texts = unpack(rest).filter(|_| *kind == MESSAGES)?;
    let (behind, texts) = texts.split_first_chunk::<2>()?;
    let [era, n] = behind.map(number);
    let messages = texts.chunks(TEXTS).map(|texts| message(room, texts));
    Some((Position::new(era?, n?), messages.collect::<Option<_>>()?))
}

fn message(room: &Address, texts: &[&[u8]]) -> Option<Message> {
    let [place_of, id, nick, time, kind, said, reply] = texts.try_into().ok()?;
    let id: MessageId = str::from_utf8(id).ok()?.parse().ok()?;
    Some(Message {
        room: room.clone(),
        position: place(place_of)?,
        id,
        nick: text(nick, NICK_BYTES_MAX)?,
        time: number(time)?,
        kind: kind_of(kind),
        text: text(said, TEXT_BYTES_MAX)?,
        reply_to: if reply.is_empty() {
            None
        } else {
            Some(place(reply)?)
        },
    })
}

/// `n-era`, as a stream has it.
fn place_text(position: Position) -> String {
    format!("{}-{}", position.n, position.era)
}

fn place(text: &[u8]) -> Option<Position> {
    let dash = text.iter().position(|byte| *byte == b'-')?;
    let (n, era) = text.split_at_checked(dash)?;
    Some(Position::new(number(era.get(1..)?)?, number(n)?))
}

fn number(text: &[u8]) -> Option<u64> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// What is longer, or holds control characters that no text of the contract does, was not written here, and would not fit the frames
/// that are packed by what a text can take.
pub(super) fn text(bytes: &[u8], bytes_max: usize) -> Option<String> {
    let is_strange = |byte: &u8| *byte < 0x20 && !matches!(*byte, b'\t' | b'\n');
    if bytes.len() > bytes_max || bytes.iter().any(is_strange) {
        return None;
    }
    str::from_utf8(bytes).ok().map(str::to_owned)
}

/// An unknown kind is stored as what readers show it as.
const fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Message | Kind::Unknown => "0",
        Kind::Action => "1",
        Kind::Topic => "2",
    }
}

const fn kind_of(text: &[u8]) -> Kind {
    match text {
        b"0" => Kind::Message,
        b"1" => Kind::Action,
        b"2" => Kind::Topic,
        _ => Kind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use protocol::names::RoomName;
    use protocol::position::PersonId;

    use super::*;

    fn lobby() -> Address {
        Address::Room(RoomName::new("lobby").unwrap())
    }

    fn packed(texts: &[&str]) -> Vec<u8> {
        let texts: Vec<String> = texts
            .iter()
            .map(|text| format!("{}:{text}", text.len()))
            .collect();
        [b"m".as_slice(), texts.concat().as_bytes()].concat()
    }

    #[test]
    fn a_bell_tells_what_stands_behind_what() {
        let person = PersonId::from_bytes([7; 16]);
        let id = format!("{person}.3.41");
        let told = packed(&["9", "4", "5-10", &id, "가나", "77", "1", "waves\n", "2-9"]);
        let (behind, messages) = decode_bell(&lobby(), &told).unwrap();
        assert_eq!(behind, Position::new(9, 4));
        assert_eq!(
            messages,
            [Message {
                room: lobby(),
                position: Position::new(10, 5),
                id: MessageId {
                    person,
                    device: 3,
                    seq: 41,
                },
                nick: "가나".to_owned(),
                time: 77,
                kind: Kind::Action,
                text: "waves\n".to_owned(),
                reply_to: Some(Position::new(9, 2)),
            }]
        );
        let (_, none) = decode_bell(&lobby(), &packed(&["0", "0"])).unwrap();
        assert_eq!(none, []);
    }

    #[test]
    fn what_no_server_wrote_is_no_message() {
        let id = format!("{}.3.41", PersonId::from_bytes([7; 16]));
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        for wrong in [
            ["x", "4", "5-10", &id, "a", "77", "0", "t", ""],
            ["9", "4", "510", &id, "a", "77", "0", "t", ""],
            ["9", "4", "5-10", "id", "a", "77", "0", "t", ""],
            ["9", "4", "5-10", &id, "a", "now", "0", "t", ""],
            ["9", "4", "5-10", &id, "a", "77", "0", "\u{1b}[2J", ""],
            ["9", "4", "5-10", &id, "a", "77", "0", &long, ""],
            ["9", "4", "5-10", &id, "a", "77", "0", "t", "2"],
        ] {
            assert_eq!(decode_bell(&lobby(), &packed(&wrong)), None, "{wrong:?}");
        }
        assert_eq!(decode_bell(&lobby(), &packed(&["9", "4", "5-10"])), None);
        assert_eq!(decode_bell(&lobby(), b"p1:a"), None);
        assert_eq!(decode_bell(&lobby(), b""), None);
    }
}
