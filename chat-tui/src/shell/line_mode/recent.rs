//! The last messages that were printed, so that an answer can quote what it answers and `/reply` find it. Prints nothing itself.

use std::collections::VecDeque;

use protocol::event::{Kind, Message};
use protocol::names::Nick;
use protocol::position::{Address, Position};

use super::format::Event;
use super::input::{Entry, LineError};

/// Messages that are remembered; the oldest is forgotten for a new one, and its answers name its number alone.
pub const RECENT_MAX: usize = 1_000;

/// Bytes of a message that are remembered.
const WORDS_BYTES_MAX: usize = 256;

/// Columns of a quote, at most so many characters of the message.
const QUOTE_CHARS_MAX: usize = 60;

/// What is remembered.
#[derive(Debug, Default)]
pub struct Recent(VecDeque<Said>);

#[derive(Debug)]
struct Said {
    room: Address,
    position: Position,
    nick: String,
    words: String,
    own: bool,
}

impl Recent {
    /// The event as it is printed where texts are read by people: an answer begins with a line that quotes what it answers. What is
    /// said is remembered.
    pub fn quoting(&mut self, event: Event) -> Event {
        let Event::Message {
            mut message,
            own,
            with,
        } = event
        else {
            return event;
        };
        if let Some(position) = message.reply_to {
            let quote = self.quote(&message.room, position);
            let text = format!("> {quote}\n{}", message.text);
            self.remember(&message, own);
            message.text = text;
        } else {
            self.remember(&message, own);
        }
        Event::Message { message, own, with }
    }

    /// A line as it is sent: an answer to somebody names the message that it answers, the last one of that nick in the room.
    pub fn resolve(&self, entry: Entry, room: &Address) -> Result<Entry, LineError> {
        let Entry::Reply { nick, text } = entry else {
            return Ok(entry);
        };
        let wanted = nick.skeleton();
        let is = |name: &str| Nick::normalized(name).is_ok_and(|name| name.skeleton() == wanted);
        let mut latest = self.0.iter().rev();
        let said = latest.find(|said| said.room == *room && !said.own && is(&said.nick));
        match said {
            Some(said) => Ok(Entry::Say {
                kind: protocol::request::SendKind::Message,
                text,
                reply_to: Some(said.position),
            }),
            None => Err(LineError::NothingToAnswer(nick.to_string())),
        }
    }

    fn quote(&self, room: &Address, position: Position) -> String {
        let mut latest = self.0.iter().rev();
        let said = latest.find(|said| said.position == position && said.room == *room);
        said.map_or_else(
            || format!("message {}", position.n),
            |said| {
                let mut words: String = said.words.chars().take(QUOTE_CHARS_MAX).collect();
                if words.len() < said.words.len() {
                    words.push_str("...");
                }
                format!("{}: {words}", said.nick)
            },
        )
    }

    fn remember(&mut self, message: &Message, own: bool) {
        if message.kind == Kind::Topic {
            return;
        }
        let end = message.text.floor_char_boundary(WORDS_BYTES_MAX);
        let first = message.text.get(..end).unwrap_or_default();
        self.0.push_back(Said {
            room: message.room.clone(),
            position: message.position,
            nick: message.nick.clone(),
            words: first.split_whitespace().collect::<Vec<_>>().join(" "),
            own,
        });
        if self.0.len() > RECENT_MAX {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::names::MessageText;
    use protocol::position::{MessageId, PersonId};

    use super::*;
    use crate::shell::line_mode::format::Format;

    fn room() -> Address {
        "lobby".parse().unwrap()
    }

    fn said(n: u64, nick: &str, text: &str, reply_to: Option<u64>) -> Event {
        let message = Message {
            room: room(),
            position: Position::new(7, n),
            id: MessageId {
                person: PersonId::from_bytes([1; 16]),
                device: 0,
                seq: n,
            },
            nick: nick.to_owned(),
            time: 1_763_730_245_678,
            kind: Kind::Message,
            text: text.to_owned(),
            reply_to: reply_to.map(|n| Position::new(7, n)),
        };
        let (own, with) = (nick == "me", None);
        Event::Message { message, own, with }
    }

    #[track_caller]
    fn check(recent: &mut Recent, event: Event, line: &str) {
        let event = recent.quoting(event);
        let printed = Format::Tabs.line(&event);
        let printed = printed.strip_prefix("2025-11-21T13:04:05Z\t");
        assert_eq!(printed, Some(line));
    }

    #[test]
    fn an_answer_begins_with_what_it_answers() {
        let mut recent = Recent::default();
        let long = "회의 14:30으로\n옮겨도 될까요?";
        check(
            &mut recent,
            said(1, "서연", long, None),
            "서연\t회의 14:30으로\n\t옮겨도 될까요?\n",
        );
        check(
            &mut recent,
            said(2, "도윤", "저는 좋아요", Some(1)),
            "도윤\t> 서연: 회의 14:30으로 옮겨도 될까요?\n\t저는 좋아요\n",
        );
        // An answer to an answer quotes what was said, and not the quote in it.
        check(
            &mut recent,
            said(3, "me", "네", Some(2)),
            "me\t> 도윤: 저는 좋아요\n\t네\n",
        );
        check(
            &mut recent,
            said(4, "me", "그거", Some(99)),
            "me\t> message 99\n\t그거\n",
        );
        let letters = "x".repeat(61);
        check(
            &mut recent,
            said(5, "me", &letters, None),
            &format!("me\t{letters}\n"),
        );
        let cut = "x".repeat(60);
        check(
            &mut recent,
            said(6, "서연", "?", Some(5)),
            &format!("서연\t> me: {cut}...\n\t?\n"),
        );
    }

    #[test]
    fn reply_finds_the_last_message_of_a_nick() {
        let mut recent = Recent::default();
        for (n, nick) in [(1, "서연"), (2, "서연"), (3, "me")] {
            recent.quoting(said(n, nick, "x", None));
        }
        let text = MessageText::new("네".to_owned()).unwrap();
        let reply = |nick: &str| Entry::Reply {
            nick: Nick::normalized(nick).unwrap(),
            text: text.clone(),
        };
        assert_eq!(
            recent.resolve(reply("서연"), &room()),
            Ok(Entry::Say {
                kind: protocol::request::SendKind::Message,
                text: text.clone(),
                reply_to: Some(Position::new(7, 2)),
            })
        );
        for (nick, place) in [("me", "lobby"), ("서연", "rust"), ("nobody", "lobby")] {
            let refused = recent.resolve(reply(nick), &place.parse().unwrap());
            let error = refused.unwrap_err().to_string();
            assert_eq!(
                error,
                format!("{nick} said nothing here that /reply could answer")
            );
        }
        assert_eq!(recent.resolve(Entry::Help, &room()), Ok(Entry::Help));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut recent = Recent::default();
        for n in 0..=u64::try_from(RECENT_MAX).unwrap() {
            recent.quoting(said(n, "a", &"가".repeat(1_000), None));
        }
        assert_eq!(recent.0.len(), RECENT_MAX);
        assert!(
            recent
                .0
                .iter()
                .all(|said| said.words.len() <= WORDS_BYTES_MAX)
        );
        assert_eq!(recent.quote(&room(), Position::new(7, 0)), "message 0");
    }
}
