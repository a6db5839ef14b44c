//! Lies of a server: frames of the contract's form with anything in them.

use arbitrary::{Arbitrary as _, Result, Unstructured};
use protocol::identity::Identity;
use protocol::position::{Address, Pair, PersonId};
use serde_json::{Value, json};

use super::Run;

/// Texts that do something to a terminal, take much room, or look like something else.
const TEXTS: [&str; 12] = [
    "hello",
    "",
    "\u{1b}]52;c;cHduZWQ=\u{7}\u{1b}[2J\u{1b}[1;1H",
    "\u{9b}31m\u{90}q\u{9c}",
    "a\nb\r\nc\td",
    "\u{202e}evil\u{2066}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦 ᄒ\u{1161}\u{11ab} 한글 ㅋㅋ",
    "https://a.example/\u{1b}]8;;x\u{7} https://b.example",
    "\u{0}\u{8}\u{7f}\u{feff}\u{e0041}\u{fdd0}",
    "@me me ann",
    "                    ",
];

pub(super) fn me() -> PersonId {
    Identity::from_secret(&[2; 32]).person()
}

fn person(byte: u8) -> PersonId {
    match byte % 8 {
        0 => me(),
        n => PersonId::from_bytes([n; 16]),
    }
}

/// Two rooms, and conversations.
pub(super) fn rooms() -> Vec<Address> {
    let room = |name: &str| name.parse().expect("a room");
    let direct = |byte| Pair::new(me(), person(byte)).map(Address::Direct);
    let others = [direct(1), direct(2)].into_iter().flatten();
    [room("lobby"), room("개발"), room("other")]
        .into_iter()
        .chain(others)
        .collect()
}

fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    let times = match u8::arbitrary(bytes)? {
        0..=250 => 1,
        251..=253 => 8,
        254.. => 2_000,
    };
    let mut text = bytes.choose(&TEXTS)?.repeat(times);
    text.truncate(text.floor_char_boundary(15_000));
    Ok(text)
}

fn number(bytes: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match u8::arbitrary(bytes)? {
        byte @ 0..=239 => u64::from(byte % 16),
        byte @ 240..=247 => u64::MAX - u64::from(byte % 4),
        248.. => 1 << 53,
    })
}

/// One frame that lies.
pub(super) fn lie(run: &Run, bytes: &mut Unstructured<'_>) -> Result<String> {
    let mut lies = Lies { run, bytes };
    Ok(lies.frame()?.to_string())
}

struct Lies<'a, 'b, 'c> {
    run: &'a Run,
    bytes: &'b mut Unstructured<'c>,
}

impl Lies<'_, '_, '_> {
    fn room(&mut self) -> Result<Value> {
        Ok(json!(self.bytes.choose(&self.run.rooms)?))
    }

    /// Of one of the last requests, or of none.
    fn reference(&mut self) -> Result<Value> {
        let at = usize::from(u8::arbitrary(self.bytes)? % 10);
        Ok(json!(self.run.refs.iter().rev().nth(at)))
    }

    fn person(&mut self) -> Result<Value> {
        Ok(json!(person(u8::arbitrary(self.bytes)?)))
    }

    /// The position that is due, mostly.
    fn position(&mut self) -> Result<Value> {
        let era = if u8::arbitrary(self.bytes)? < 240 {
            7
        } else {
            number(self.bytes)?
        };
        Ok(json!([era, number(self.bytes)?]))
    }

    fn message(&mut self, room: &Value) -> Result<Value> {
        let known = serde_json::from_value::<Address>(room.clone()).ok();
        let last = known.and_then(|room| self.run.told.get(&room));
        let due = last.map_or(1, |last| last.saturating_add(1));
        let position = if u8::arbitrary(self.bytes)? < 200 {
            json!([7, due])
        } else {
            self.position()?
        };
        let (person, seq) = (person(u8::arbitrary(self.bytes)?), number(self.bytes)?);
        let kind = *self
            .bytes
            .choose(&["message", "message", "action", "topic", "dance"])?;
        Ok(json!({
            "room": room, "position": position, "id": format!("{person}.0.{seq}"), "nick": text(self.bytes)?,
            "time": number(self.bytes)?, "kind": kind, "text": text(self.bytes)?,
        }))
    }

    /// Who had a nick before, mostly nobody.
    fn former(&mut self) -> Result<Value> {
        if u8::arbitrary(self.bytes)? < 160 {
            return Ok(Value::Null);
        }
        Ok(json!({"person": self.person()?, "until": number(self.bytes)?}))
    }

    /// A list of one thing, short or as long as a frame takes.
    fn list(&mut self, mut item: impl FnMut(&mut Self, usize) -> Result<Value>) -> Result<Value> {
        let count = match u8::arbitrary(self.bytes)? {
            byte @ 0..=229 => usize::from(byte % 4),
            230.. => 60,
        };
        (0..count).map(|at| item(self, at)).collect()
    }

    fn member(&mut self, at: usize) -> Result<Value> {
        let status = *self.bytes.choose(&["here", "reconnecting", "dancing"])?;
        let person = if at < 4 {
            self.person()?
        } else {
            json!(PersonId::from_bytes([u8::try_from(at).unwrap_or(9); 16]))
        };
        Ok(
            json!({"person": person, "nick": text(self.bytes)?, "status": status, "guest": bool::arbitrary(self.bytes)?, "former": self.former()?}),
        )
    }

    fn frame(&mut self) -> Result<Value> {
        let room = self.room()?;
        let (done, more) = (bool::arbitrary(self.bytes)?, bool::arbitrary(self.bytes)?);
        let reference = self.reference()?;
        Ok(match u8::arbitrary(self.bytes)? % 16 {
            0 | 1 => {
                let start = *self.bytes.choose(&["latest", "resumed", "forked"])?;
                json!({
                    "type": "joined", "ref": reference, "room": room, "start": start, "head": self.position()?,
                    "stable": self.position()?, "welcome": text(self.bytes)?, "revision": number(self.bytes)?,
                    "count": number(self.bytes)?, "next_seq": number(self.bytes)?,
                    "topic": {"text": text(self.bytes)?, "nick": text(self.bytes)?, "time": number(self.bytes)?},
                })
            }
            2 => {
                let members = self.list(Self::member)?;
                json!({"type": "members", "ref": reference, "room": room, "revision": number(self.bytes)?, "members": members, "done": done, "more": more})
            }
            3 | 4 => {
                let messages = self.list(|lies, _| lies.message(&room))?;
                json!({"type": "history", "ref": reference, "room": room, "messages": messages, "done": done, "more": more})
            }
            5..=7 => {
                let mut message = self.message(&room)?;
                if let Some(message) = message.as_object_mut() {
                    message.insert("type".to_owned(), json!("message"));
                }
                message
            }
            8 => {
                json!({"type": "gap", "room": room, "from": self.position()?, "to": self.position()?})
            }
            9 => self.presence(&room)?,
            10 => json!({
                "type": "ack", "ref": reference, "room": room, "id": format!("{}.0.{}", me(), number(self.bytes)?),
                "position": self.position()?, "time": 0, "stable": self.position()?,
            }),
            11 => {
                let code = *self.bytes.choose(&[
                    "rate_limited",
                    "out_of_order",
                    "seq_reused",
                    "not_joined",
                    "unavailable",
                    "bad_text",
                    "outcome_unknown",
                    "dance",
                ])?;
                json!({"type": "error", "ref": reference, "code": code, "message": text(self.bytes)?, "retry_after_ms": number(self.bytes)?, "expected_seq": number(self.bytes)?})
            }
            12 => {
                let rooms = self.list(|lies, at| {
                    let name: Address = format!("r{at}").parse().expect("a room");
                    Ok(json!({"room": name, "topic": text(lies.bytes)?, "members": number(lies.bytes)?}))
                })?;
                json!({"type": "rooms", "ref": reference, "rooms": rooms, "more": more})
            }
            13 => {
                json!({"type": "nick", "ref": reference, "nick": text(self.bytes)?, "owned": done, "former": self.former()?})
            }
            14 => {
                json!({"type": "opened", "ref": reference, "room": room, "person": self.person()?, "nick": text(self.bytes)?, "former": self.former()?})
            }
            _ => self.conversations(&reference, more)?,
        })
    }

    fn conversations(&mut self, reference: &Value, more: bool) -> Result<Value> {
        let talks = self.list(|lies, at| {
                    let other = PersonId::from_bytes([u8::try_from(at % 250).unwrap_or(1).max(1); 16]);
                    let room = Pair::new(me(), other).map(Address::Direct);
                    Ok(json!({"room": room, "person": other, "nick": text(lies.bytes)?, "head": lies.position()?, "former": lies.former()?, "passed_on": bool::arbitrary(lies.bytes)?}))
                })?;
        Ok(json!({"type": "conversations", "ref": reference, "conversations": talks, "more": more}))
    }

    fn presence(&mut self, room: &Value) -> Result<Value> {
        let changes = self.list(|lies, at| {
            let what = *lies.bytes.choose(&[
                "joined",
                "left",
                "reconnecting",
                "back",
                "renamed",
                "danced",
            ])?;
            let mut change = lies.member(at)?;
            if let Some(change) = change.as_object_mut() {
                change.insert("what".to_owned(), json!(what));
                change.insert("was".to_owned(), json!(text(lies.bytes)?));
            }
            Ok(change)
        })?;
        Ok(json!({
            "type": "presence", "room": room, "revision": number(self.bytes)?, "count": number(self.bytes)?,
            "changes": changes, "summary": bool::arbitrary(self.bytes)?,
        }))
    }
}
