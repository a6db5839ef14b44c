//! Requests out of bytes: such as programs send, and such as nobody should.

use arbitrary::{Arbitrary as _, Result, Unstructured};
use protocol::codec::decode_request;
use protocol::event::Message;
use protocol::limits::TOPIC_BYTES_MAX;
use protocol::names::{MessageText, Nick, RoomName, Topic};
use protocol::position::{Address, Anchor, Pair, PersonId, Position};
use protocol::request::{
    Conversations, History, Join, Leave, Members, Open, Ref, Request, Rooms, Search, Send,
    SendKind, SetNick, SetTopic,
};
use protocol::search::SearchText;

use super::super::testing::{ERA, key};
use super::super::{ConnId, Input};
use super::Run;
use super::hearing::Asked;

const ROOMS: [&str; 5] = ["lobby", "개발", "rust", "a", "ㅋㅋ"];

const NICKS: [&str; 7] = [
    "anna",
    "ben",
    "Anna",
    "김개발",
    "[foo]_",
    "dhrl****",
    "ㅋㅋ",
];

const FRAMES: [&str; 6] = [
    "{}",
    "[1]",
    r#"{"type":"dance","ref":1}"#,
    r#"{"type":"send","room":"lobby","text":"\u0000"}"#,
    r#"{"type":"join","room":"two words"}"#,
    r#"{"type":"hello","version":1}"#,
];

/// A nick, or none.
pub(super) fn nick(bytes: &mut Unstructured<'_>) -> Result<Option<Nick>> {
    let at = usize::from(u8::arbitrary(bytes)?) % (NICKS.len() + 1);
    Ok(NICKS.get(at).and_then(|nick| Nick::new(nick).ok()))
}

/// A room, or a conversation.
pub(super) fn address(bytes: &mut Unstructured<'_>) -> Result<Address> {
    let byte = u8::arbitrary(bytes)?;
    let name = ROOMS.get(usize::from(byte % 8)).copied();
    let person = |byte: u8| PersonId::of_key(&key(byte % 5));
    let pair = Pair::new(person(byte / 8), person(byte / 40));
    let direct = pair.map(Address::Direct);
    let room = RoomName::new(name.unwrap_or("b")).map(Address::Room);
    Ok(match (name, direct, room) {
        (None, Some(direct), _) => direct,
        (_, _, room) => room.expect("a room's name"),
    })
}

fn number(bytes: &mut Unstructured<'_>) -> Result<u64> {
    let byte = u8::arbitrary(bytes)?;
    Ok(match byte {
        0..=239 => u64::from(byte % 24),
        240..=247 => u64::MAX - u64::from(byte % 8),
        248.. => (1 << 53) - u64::from(byte % 8),
    })
}

fn position(bytes: &mut Unstructured<'_>) -> Result<Position> {
    let era = match u8::arbitrary(bytes)? % 8 {
        0 => 0,
        1 => u64::MAX,
        2 => ERA + 1,
        _ => ERA,
    };
    Ok(Position::new(era, number(bytes)?))
}

fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    let length = match u8::arbitrary(bytes)? {
        255 => 4_096,
        byte => usize::from(byte % 8) + 1,
    };
    let byte = u8::arbitrary(bytes)? % 4;
    Ok(["x", "\\", "y", "z"][usize::from(byte)].repeat(length))
}

fn topic(reference: Option<Ref>, room: Address, bytes: &mut Unstructured<'_>) -> Result<Request> {
    let mut text = text(bytes)?;
    text.truncate(TOPIC_BYTES_MAX);
    Ok(Request::Topic(SetTopic {
        reference,
        room,
        seq: Option::<u8>::arbitrary(bytes)?.map(u64::from),
        text: Topic::new(text).expect("a topic"),
    }))
}

/// Something about names or lists; nothing where it needs a nick and there is none.
fn list(
    reference: Option<Ref>,
    room: Address,
    bytes: &mut Unstructured<'_>,
) -> Result<Option<Request>> {
    let after = bool::arbitrary(bytes)?;
    Ok(match (u8::arbitrary(bytes)? % 6, nick(bytes)?, room) {
        (0, Some(nick), _) => Some(Request::Nick(SetNick { reference, nick })),
        (1, Some(nick), _) => Some(Request::Open(Open { reference, nick })),
        (0 | 1, None, _) => None,
        (2, _, Address::Room(name)) => {
            let after = after.then_some(name);
            Some(Request::Rooms(Rooms { reference, after }))
        }
        (3, _, room) => {
            let after = after.then_some(room);
            Some(Request::Conversations(Conversations { reference, after }))
        }
        (4, _, room) => {
            let text = ["x", "\"y z\"", "\\ x", "xxxx"][usize::from(u8::arbitrary(bytes)? % 4)];
            let next = bool::arbitrary(bytes)?;
            Some(Request::Search(Search {
                reference,
                room: after.then_some(room),
                text: SearchText::new(text.to_owned()).expect("a search"),
                next: if next { Some(number(bytes)?) } else { None },
                limit: Option::<u16>::arbitrary(bytes)?,
            }))
        }
        (_, _, room) => {
            let after = after.then(|| PersonId::of_key(&key(2)));
            Some(Request::Members(Members {
                reference,
                room,
                after,
            }))
        }
    })
}

impl Run {
    pub(super) fn request(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let Some(conn) = self.conn(bytes)? else {
            return Ok(());
        };
        let reference = Some(self.reference());
        let room = address(bytes)?;
        let request = match u8::arbitrary(bytes)? % 16 {
            0..=2 => self.join(reference, room, bytes)?,
            3 => Request::Leave(Leave { reference, room }),
            4 => topic(reference, room, bytes)?,
            5..=8 => self.send(conn, reference, room, bytes)?,
            9 | 10 => Request::History(History {
                reference,
                room,
                before: if bool::arbitrary(bytes)? {
                    Some(position(bytes)?)
                } else {
                    None
                },
                after: if bool::arbitrary(bytes)? {
                    Some(position(bytes)?)
                } else {
                    None
                },
                limit: Option::<u16>::arbitrary(bytes)?,
            }),
            _ => match list(reference, room, bytes)? {
                Some(request) => request,
                None => return Ok(()),
            },
        };
        let asked = match &request {
            Request::Join(join) => Asked::Join {
                joined: false,
                after: join.after.map(|anchor| anchor.position.n),
            },
            Request::Members(_) => Asked::Members,
            Request::History(_) => Asked::Page,
            Request::Hello(_)
            | Request::Leave(_)
            | Request::Send(_)
            | Request::Topic(_)
            | Request::Nick(_)
            | Request::Open(_)
            | Request::Rooms(_)
            | Request::Conversations(_)
            | Request::Search(_) => Asked::One,
        };
        self.ask(conn, reference, asked);
        self.input(Input::Request { conn, request });
        Ok(())
    }

    fn join(
        &self,
        reference: Option<u64>,
        room: Address,
        bytes: &mut Unstructured<'_>,
    ) -> Result<Request> {
        let anchor = |message: &Message| Anchor {
            position: message.position,
            id: Some(message.id),
        };
        let after = match u8::arbitrary(bytes)? % 8 {
            0..=3 => None,
            4 => Some(Anchor {
                position: position(bytes)?,
                id: self.store.at(&room, 1).map(|message| message.id),
            }),
            5 => Some(Anchor {
                position: Position::new(ERA, 0),
                id: None,
            }),
            _ => self
                .store
                .at(&room, number(bytes)?.min(1 << 20))
                .map(anchor),
        };
        Ok(Request::Join(Join {
            reference,
            room,
            after,
            last: Option::<u16>::arbitrary(bytes)?,
        }))
    }

    /// A send with the seq that is due, or with any other.
    fn send(
        &mut self,
        conn: ConnId,
        reference: Option<u64>,
        room: Address,
        bytes: &mut Unstructured<'_>,
    ) -> Result<Request> {
        let how = u8::arbitrary(bytes)?;
        let due = self
            .clients
            .get(&conn)
            .map_or(1, |client| client.next_seq(&room));
        let seq = match how % 8 {
            0 => None,
            1 => Some(number(bytes)?),
            _ => Some(due),
        };
        let reply_to = if how >= 224 {
            Some(position(bytes)?)
        } else {
            None
        };
        let text = MessageText::new(text(bytes)?).expect("a text");
        Ok(Request::Send(Send {
            reference,
            room,
            seq,
            kind: if how & 16 == 0 {
                SendKind::Message
            } else {
                SendKind::Action
            },
            text,
            reply_to,
        }))
    }

    /// A frame that is refused before it is a request, or one that is none of its time.
    pub(super) fn raw(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let Some(conn) = self.conn(bytes)? else {
            return Ok(());
        };
        let frame = bytes.choose(&FRAMES)?;
        self.input(match decode_request(frame) {
            Ok(request) => Input::Request { conn, request },
            Err(error) => Input::Refused {
                conn,
                // Numbers in these are nobody's.
                error: protocol::codec::DecodeError {
                    reference: None,
                    ..error
                },
            },
        });
        Ok(())
    }
}
