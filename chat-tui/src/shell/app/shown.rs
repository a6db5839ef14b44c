//! What the screen reads of the session, also while there is none.

use protocol::event::Member;
use protocol::identity::PublicKey;
use protocol::limits::{TEXT_BYTES_MAX, TOPIC_BYTES_MAX};
use protocol::position::{Address, PersonId};

use crate::model::paste::Pace;
use crate::model::{Facts, RoomFacts};
use crate::session::{Link, Pending, Session};

/// The session's facts; those of nobody connected to nothing before there is one.
pub(in crate::shell) struct Shown<'a>(pub(in crate::shell) Option<&'a Session>);

impl Facts for Shown<'_> {
    fn link(&self) -> &Link {
        self.0.map_or(&Link::Idle, Facts::link)
    }

    fn person(&self) -> Option<PersonId> {
        self.0.and_then(Facts::person)
    }

    fn nick(&self) -> Option<&str> {
        self.0.and_then(Facts::nick)
    }

    fn server_key(&self) -> Option<PublicKey> {
        self.0.and_then(Facts::server_key)
    }

    fn room(&self, room: &Address) -> Option<RoomFacts<'_>> {
        self.0.and_then(|session| Facts::room(session, room))
    }

    fn members(&self, room: &Address, skip: usize, take: usize) -> Vec<&Member> {
        self.0
            .map(|session| Facts::members(session, room, skip, take))
            .unwrap_or_default()
    }

    fn pending(&self, room: &Address) -> Vec<&Pending> {
        self.0
            .map(|session| Facts::pending(session, room))
            .unwrap_or_default()
    }

    fn unsent(&self) -> usize {
        self.0.map_or(0, Facts::unsent)
    }

    fn is_held(&self) -> bool {
        self.0.is_some_and(Facts::is_held)
    }

    fn text_bytes(&self) -> usize {
        self.0.map_or(TEXT_BYTES_MAX, Facts::text_bytes)
    }

    fn topic_bytes(&self) -> usize {
        self.0.map_or(TOPIC_BYTES_MAX, Facts::topic_bytes)
    }

    fn pace(&self) -> Pace {
        let none = Pace {
            burst: 1,
            per_second: 1,
        };
        self.0.map_or(none, Facts::pace)
    }
}
