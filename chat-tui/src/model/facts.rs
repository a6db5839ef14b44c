//! What the screen reads of the session, and nothing else of it.

use protocol::event::{Former, Member, Topic};
use protocol::identity::PublicKey;
use protocol::position::{Address, PersonId};

use super::paste::Pace;
use crate::session::{Link, Pending, Session};

/// The state of the connection, its rooms and its outbox, as the screen needs it.
///
/// Whole lists are never copied for a frame: members come by the range that is drawn.
pub trait Facts {
    /// How the connection is.
    fn link(&self) -> &Link;

    /// Who the person is here; nothing before the first introduction.
    fn person(&self) -> Option<PersonId>;

    /// The person's nick here; nothing before the first introduction.
    fn nick(&self) -> Option<&str>;

    /// The server's key; nothing before the first visit.
    fn server_key(&self) -> Option<PublicKey>;

    /// What is known of a room or conversation that was entered.
    fn room(&self, room: &Address) -> Option<RoomFacts<'_>>;

    /// At most `take` members in the order of display, after the first `skip`.
    fn members(&self, room: &Address, skip: usize, take: usize) -> Vec<&Member>;

    /// What the person said in a room and that has not come back as a message yet, in order.
    fn pending(&self, room: &Address) -> Vec<&Pending>;

    /// How many texts wait to be sent, in all rooms together.
    fn unsent(&self) -> usize;

    /// Whether nothing is sent for now because the server asked to wait.
    fn is_held(&self) -> bool;

    /// Bytes that the server takes in a text.
    fn text_bytes(&self) -> usize;

    /// Bytes that the server takes in a topic.
    fn topic_bytes(&self) -> usize;

    /// How often the server lets a person say something.
    fn pace(&self) -> Pace;
}

/// One room as the session knows it.
#[derive(Clone, Copy, Debug)]
pub struct RoomFacts<'a> {
    /// The topic, where there is one.
    pub topic: Option<&'a Topic>,
    /// How many members there are.
    pub count: usize,
    /// In a conversation: the nick that the other has now, or had last.
    pub other: Option<&'a str>,
    /// In a conversation: another person who had the other's nick before.
    pub former: Option<Former>,
    /// In a conversation: the other's nick is somebody else's by now.
    pub passed_on: bool,
}

impl Facts for Session {
    fn link(&self) -> &Link {
        self.link()
    }

    fn person(&self) -> Option<PersonId> {
        self.person()
    }

    fn nick(&self) -> Option<&str> {
        self.nick()
    }

    fn server_key(&self) -> Option<PublicKey> {
        self.server_key()
    }

    fn room(&self, room: &Address) -> Option<RoomFacts<'_>> {
        self.room(room).map(|room| RoomFacts {
            topic: room.topic(),
            count: room.count(),
            other: room.nick(),
            former: room.former(),
            passed_on: room.passed_on(),
        })
    }

    fn members(&self, room: &Address, skip: usize, take: usize) -> Vec<&Member> {
        let members = self.room(room).map_or(&[][..], |room| room.members());
        members.iter().skip(skip).take(take).collect()
    }

    fn pending(&self, room: &Address) -> Vec<&Pending> {
        self.pending(room).collect()
    }

    fn unsent(&self) -> usize {
        self.unsent()
    }

    fn is_held(&self) -> bool {
        self.held_until().is_some()
    }

    fn text_bytes(&self) -> usize {
        self.limits().text_bytes
    }

    fn topic_bytes(&self) -> usize {
        self.limits().topic_bytes
    }

    fn pace(&self) -> Pace {
        let limits = self.limits();
        Pace {
            burst: limits.burst,
            per_second: limits.per_second,
        }
    }
}
