//! One room or conversation as this client knows it: how far it is entered, which message was the last one, who is there.

use std::time::Duration;

use protocol::event::{Former, Member, Topic};
use protocol::position::{Address, Anchor, PersonId, Position};
use protocol::request::Ref;

use super::members::MemberList;

/// A room or conversation that the session is in, or comes back to.
#[derive(Debug)]
pub struct Room {
    pub(super) address: Address,
    /// In a conversation: by which nick the other is known.
    pub(super) nick: Option<String>,
    pub(super) other: Option<PersonId>,
    /// In a conversation: who had the other's nick before.
    pub(super) former: Option<Former>,
    /// In a conversation: the other's nick is somebody else's by now.
    pub(super) nick_held: Held,
    /// The person asked for it; otherwise the server told of it.
    pub(super) by_person: bool,
    /// How many of the last messages the first join gives.
    pub(super) last_wanted: u16,
    pub(super) stage: Stage,
    /// The person wants to leave.
    pub(super) leaving: bool,
    pub(super) entered: bool,
    /// The last message that was taken in: where a join goes on from.
    pub(super) anchor: Option<Anchor>,
    /// The last position that is accounted for: of a message, or the end of a gap.
    pub(super) last: Option<Position>,
    pub(super) gap_told: Option<Position>,
    /// Messages up to here are taken in but not told, as none were wanted.
    pub(super) hidden_to: Option<Position>,
    /// The server told that something new was said here: from here on nothing of the first join was missed.
    pub(super) told_from: Option<Position>,
    pub(super) head: Position,
    pub(super) joined_head: Position,
    pub(super) stable: Position,
    pub(super) topic: Option<Topic>,
    /// When the server lets the join be tried again.
    pub(super) join_again: Option<Duration>,
    pub(super) members: MemberList,
    pub(super) members_again: Duration,
}

/// Who has the nick by which the other of a conversation was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    ByThem,
    BySomebodyElse,
}

/// How far a room is entered on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Outside,
    Joining,
    /// The missed messages come, under the number of the join.
    CatchingUp(Ref),
    Live,
    /// The server was told. It is entered again afterwards if the person wants that meanwhile.
    Leaving {
        rejoin: Option<u16>,
    },
    /// The server lets nobody like us in.
    Refused,
}

impl Room {
    pub(super) fn new(address: Address, last_wanted: u16, by_person: bool) -> Self {
        Self {
            address,
            nick: None,
            other: None,
            former: None,
            nick_held: Held::ByThem,
            by_person,
            last_wanted,
            stage: Stage::Outside,
            leaving: false,
            entered: false,
            anchor: None,
            last: None,
            gap_told: None,
            hidden_to: None,
            told_from: None,
            head: Position::default(),
            joined_head: Position::default(),
            stable: Position::default(),
            topic: None,
            join_again: None,
            members: MemberList::default(),
            members_again: Duration::ZERO,
        }
    }

    /// Its address.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// In a conversation: the nick by which the other was seen last. Foreign text.
    pub fn nick(&self) -> Option<&str> {
        self.nick.as_deref()
    }

    /// In a conversation: whom it is with.
    pub const fn person(&self) -> Option<PersonId> {
        self.other
    }

    /// In a conversation: another person who had the other's nick before.
    pub const fn former(&self) -> Option<Former> {
        self.former
    }

    /// In a conversation: whether the nick by which the other was seen last is somebody else's by now.
    pub const fn passed_on(&self) -> bool {
        matches!(self.nick_held, Held::BySomebodyElse)
    }

    /// The members, by nick, as far as they are known; each has the nick of now. Foreign text.
    pub fn members(&self) -> &[Member] {
        self.members.shown()
    }

    /// Whether [`Room::members`] holds every member. A large room's list is asked for with `Command::Members`.
    pub const fn members_are_whole(&self) -> bool {
        self.members.is_whole()
    }

    /// How many members there are.
    pub const fn count(&self) -> usize {
        self.members.count()
    }

    /// The topic. Foreign text.
    pub const fn topic(&self) -> Option<&Topic> {
        self.topic.as_ref()
    }

    /// Whether the room is entered on the connection of now.
    pub const fn joined(&self) -> bool {
        matches!(self.stage, Stage::CatchingUp(_) | Stage::Live)
    }

    /// Whether everything that was missed is here and messages come live.
    pub const fn live(&self) -> bool {
        matches!(self.stage, Stage::Live)
    }

    /// The last message of the room, as far as the server told.
    pub const fn head(&self) -> Position {
        self.head
    }

    /// Everything that is known of the messages is void.
    pub(super) const fn void(&mut self) {
        self.anchor = None;
        self.last = None;
        self.gap_told = None;
    }
}
