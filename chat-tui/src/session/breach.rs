//! What no server that keeps to the contract sends: names and sentences longer than they can be.
//!
//! A frame may hold one name of thousands of bytes, and a client keeps thousands of names, so their length bounds its memory.

use protocol::event::{Event, Kind, Message};
use protocol::names::{NICK_BYTES_MAX, TOPIC_BYTES_MAX};

/// A sentence of a server in bytes: a welcome, or why something was refused.
const SENTENCE_BYTES_MAX: usize = 4_096;

/// What is too long in an event, as a reason to give the connection up.
pub(super) fn breach(event: &Event) -> Option<&'static str> {
    let nick = |nick: &str| too_long(nick, NICK_BYTES_MAX, NICK);
    let topic = |topic: &str| too_long(topic, TOPIC_BYTES_MAX, TOPIC);
    let sentence = |words: &str| too_long(words, SENTENCE_BYTES_MAX, SENTENCE);
    match event {
        Event::Message(message) => said(message),
        Event::History(part) => part.messages.iter().find_map(said),
        Event::Found(page) => page.messages.iter().find_map(said),
        Event::Members(part) => part.members.iter().find_map(|member| nick(&member.nick)),
        Event::Presence(presence) => presence.changes.iter().find_map(|change| {
            let was = change.was.as_deref().unwrap_or_default();
            nick(&change.nick).or_else(|| nick(was))
        }),
        Event::Joined(joined) => {
            let set = joined.topic.as_ref();
            let set = set.and_then(|set| topic(&set.text).or_else(|| nick(&set.nick)));
            set.or_else(|| sentence(joined.welcome.as_deref().unwrap_or_default()))
        }
        Event::Rooms(page) => page.rooms.iter().find_map(|room| topic(&room.topic)),
        Event::Conversations(page) => page.conversations.iter().find_map(|talk| nick(&talk.nick)),
        Event::Conversation(talk) => nick(&talk.nick),
        Event::Opened(opened) => nick(&opened.nick),
        Event::Welcome(welcome) => nick(&welcome.nick),
        Event::Nick(changed) => nick(&changed.nick),
        Event::Error(refusal) => sentence(&refusal.message),
        Event::Greeting(greeting) => sentence(&greeting.server),
        Event::Gap(_) | Event::Ack(_) | Event::Done(_) | Event::Heartbeat(_) | Event::Unknown => {
            None
        }
    }
}

const NICK: &str = "the server sent a nick that is longer than any can be";
const TOPIC: &str = "the server sent a topic that is longer than any can be";
const SENTENCE: &str = "the server sent a sentence that is longer than any can be";

fn too_long(text: &str, bytes_max: usize, breach: &'static str) -> Option<&'static str> {
    (text.len() > bytes_max).then_some(breach)
}

/// A text is as long as its frame lets it be. A topic stays on the screen, so it is held to its own limit.
fn said(message: &Message) -> Option<&'static str> {
    let is_topic = message.kind == Kind::Topic;
    let topic = is_topic.then(|| too_long(&message.text, TOPIC_BYTES_MAX, TOPIC));
    topic
        .flatten()
        .or_else(|| too_long(&message.nick, NICK_BYTES_MAX, NICK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::codec::decode_event;

    #[track_caller]
    fn check(frame: &str, expected: Option<&str>) {
        assert_eq!(
            breach(&decode_event(frame).unwrap()),
            expected,
            "{frame:.200}"
        );
    }

    #[test]
    fn names_of_the_limit_pass_and_one_byte_more_does_not() {
        for (length, nick, topic) in [
            (128, None, None),
            (129, Some(NICK), None),
            (513, Some(NICK), Some(TOPIC)),
        ] {
            let x = "x".repeat(length);
            check(
                &format!(r#"{{"type":"nick","nick":"{x}","owned":true}}"#),
                nick,
            );
            check(
                &format!(
                    r#"{{"type":"rooms","rooms":[{{"room":"a","topic":"{x}","members":1}}],"more":false}}"#
                ),
                topic,
            );
        }
        for (length, expected) in [(4_096, None), (4_097, Some(SENTENCE))] {
            let x = "x".repeat(length);
            check(
                &format!(r#"{{"type":"error","code":"bad_text","message":"{x}"}}"#),
                expected,
            );
        }
    }

    #[test]
    fn a_topic_that_comes_as_a_message_is_held_to_its_limit() {
        let message = |kind: &str, length: usize| {
            let person = "A".repeat(22);
            format!(
                r#"{{"type":"message","room":"a","position":[7,1],"id":"{person}.0.1","nick":"x","time":0,"kind":"{kind}","text":"{}"}}"#,
                "x".repeat(length)
            )
        };
        check(&message("topic", 512), None);
        check(&message("topic", 513), Some(TOPIC));
        check(&message("message", 4_096), None);
    }
}
