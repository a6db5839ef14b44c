//! An engine with others beside it: what is said comes back as news, and so does what the others do.

use protocol::event::{Kind, Message, Topic};
use protocol::position::{Address, MessageId, PersonId, Position};

use super::*;
use crate::engine::ConnId;
use crate::engine::testing::{ERA, key};
use crate::record::{Appended, News, NodeId, Present, Write};

mod given_up;
mod members;
mod messages;
mod persons;
mod spending;

fn shared() -> World {
    World::shared(Settings::default(), Store::default())
}

fn lobby() -> Address {
    "lobby".parse().unwrap()
}

fn person(byte: u8) -> PersonId {
    PersonId::of_key(&key(byte))
}

/// A message of somebody at another server.
fn message(n: u64, byte: u8, text: &str) -> Message {
    Message {
        room: lobby(),
        position: Position::new(ERA, n),
        id: MessageId {
            person: person(byte),
            device: 0,
            seq: n,
        },
        nick: format!("n{byte}"),
        time: n,
        kind: Kind::Message,
        text: text.to_owned(),
        reply_to: None,
    }
}

fn present(byte: u8, nick: &str) -> Present {
    Present {
        room: lobby(),
        person: person(byte),
        nick: nick.parse().unwrap(),
        guest: false,
        former: None,
        keyed: true,
        reconnecting: false,
    }
}

fn lost(byte: u8, nick: &str) -> Present {
    Present {
        reconnecting: true,
        ..present(byte, nick)
    }
}

impl World {
    fn hear(&mut self, news: News) {
        self.input(Input::News(news));
    }

    fn hear_messages(&mut self, messages: Vec<Message>) {
        self.hear(News::Messages {
            room: lobby(),
            messages,
        });
    }

    /// What the store has of the lobby from a position on comes back.
    fn hear_from(&mut self, n: u64) {
        let all = self.store.rooms[&lobby()].iter();
        let messages = all.filter(|message| message.position.n >= n);
        self.hear_messages(messages.cloned().collect());
    }

    fn hear_member(&mut self, node: u64, present: Present) {
        let node = NodeId(node);
        self.hear(News::Member { node, present });
    }

    fn hear_gone(&mut self, node: u64, byte: u8) {
        self.hear(News::Gone {
            node: NodeId(node),
            room: lobby(),
            person: person(byte),
        });
    }

    fn hear_members(&mut self, members: &[(u64, Present)]) {
        let members = members.iter().cloned();
        self.hear(News::Members {
            room: lobby(),
            members: members.map(|(node, p)| (NodeId(node), p)).collect(),
        });
    }

    fn say(&mut self, conn: ConnId, seq: u64, text: &str) {
        self.ask(
            conn,
            &format!(r#"{{"type":"send","ref":{seq},"room":"lobby","seq":{seq},"text":"{text}"}}"#),
        );
    }
}
