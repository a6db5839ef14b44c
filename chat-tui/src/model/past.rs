//! The messages around a place far back, beside the live window of the same room, and how one gets there: by a jump, or on a way up that
//! is longer than the live window has room for.
//!
//! Invariants:
//! - A room's own timeline is its live window: it ends where the room ends, and live messages and notices go there alone,
//!   whatever is being read. So they are counted the same whether somebody reads in the past or not.
//! - A past is one run of messages without a hole. It grows at its two ends only, by pages that were asked for at exactly that
//!   end; any other page is left out. It holds no notice and nothing that is pending.
//! - While there is a past it is what the screen shows, and the room is never read "at the bottom": the end of a past is no end
//!   of the room. Nothing is marked as read by reading there.
//! - Past and live window share no message for long: once the end of the past touches the live window, its messages go over
//!   to it and the past is gone. Places are positions in both, so what is on the screen stays where it is.
//! - At its bound a past lets go of the end that is not being read.

use protocol::position::{Address, Position};

use super::find::Terms;
use super::tab::Older;
use super::timeline::{Said, Timeline};

/// Most messages kept of a past; the end that is not being read goes, and is paged in again.
pub const PAST_ENTRIES_MAX: usize = 2_000;

/// Which part of a room's share of memory its past may take besides; the rest of the rule is the same.
pub const PAST_SHARE: usize = 4;

/// A run of messages around a place far back.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The messages.
    pub timeline: Timeline,
    /// Whether there is more before them.
    pub more: bool,
    /// How a page of older messages is on its way.
    pub older: Older,
    /// How a page of newer messages is on its way.
    pub newer: Older,
}

/// A page as it is taken in.
pub type Messages = Vec<(Position, Said)>;

impl Past {
    /// Takes in the messages that end just before the first one here.
    pub fn take_older(&mut self, messages: Messages, more: bool, bytes_max: usize) {
        // A page without messages that claims more would be asked for again and again.
        self.more = more && !messages.is_empty();
        self.older = Older::Idle;
        self.insert(messages);
        while self.is_over(bytes_max) && self.timeline.pop_last() {}
    }

    /// Takes in the messages that begin just after the last one here.
    pub fn take_newer(&mut self, messages: Messages, bytes_max: usize) {
        self.newer = Older::Idle;
        self.insert(messages);
        if self.timeline.trim(PAST_ENTRIES_MAX, bytes_max) {
            self.more = true;
        }
    }

    fn is_over(&self, bytes_max: usize) -> bool {
        self.timeline.len() > PAST_ENTRIES_MAX || self.timeline.bytes() > bytes_max
    }

    fn insert(&mut self, messages: Messages) {
        for (position, said) in messages {
            self.timeline.insert(position, said);
        }
    }
}

/// A way to a message that is not here, step by step; the screen stays as it is until everything is there.
#[derive(Clone, Debug)]
pub struct Jump {
    /// The room.
    pub room: Address,
    /// The message.
    pub position: Position,
    /// What is marked in it.
    pub terms: Terms,
    /// How far it is.
    pub step: Step,
}

/// How far a jump is.
#[derive(Clone, Debug)]
pub enum Step {
    /// The room is being entered.
    Entering,
    /// The message and those before it are on their way.
    Before,
    /// Those after it are on their way.
    After(Past),
}

/// The message that a jump led to, and what is marked in it.
#[derive(Clone, Debug)]
pub struct Landing {
    /// Which.
    pub position: Position,
    /// What is marked.
    pub terms: Terms,
}
