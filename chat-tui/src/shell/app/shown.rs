//! What the screen reads of the session, also while there is none.

use protocol::event::Member;
use protocol::position::{Address, PersonId};

use crate::model::{Facts, RoomFacts};
use crate::session::{Link, Pending, Session};

/// The session's facts; those of nobody connected to nothing before there is one.
pub(super) struct Shown<'a>(pub(super) Option<&'a Session>);

impl Facts for Shown<'_> {
    fn link(&self) -> &Link {
        self.0.map_or(&Link::Idle, Session::link)
    }

    fn person(&self) -> Option<PersonId> {
        self.0?.person()
    }

    fn nick(&self) -> Option<&str> {
        self.0?.nick()
    }

    fn room(&self, room: &Address) -> Option<RoomFacts<'_>> {
        let room = self.0?.room(room)?;
        Some(RoomFacts {
            topic: room.topic(),
            count: room.count(),
            other: room.nick(),
        })
    }

    fn members(&self, room: &Address, skip: usize, take: usize) -> Vec<&Member> {
        let members = self
            .0
            .and_then(|session| session.room(room))
            .map(crate::session::Room::members)
            .unwrap_or_default();
        members.iter().skip(skip).take(take).collect()
    }

    fn pending(&self, room: &Address) -> Vec<&Pending> {
        self.0
            .map(|session| session.pending(room).collect())
            .unwrap_or_default()
    }

    fn unsent(&self) -> usize {
        self.0.map_or(0, Session::unsent)
    }
}
