//! What was said in one room, as far as it is in memory: messages by position, notices between them.
//!
//! A timeline is a window. It never asks for what it let go of; who scrolls there does. What holds of it always:
//!
//! - A message is here once, at its position, whichever way it came: live, missed, or in a page. Order is that of positions.
//! - An entry keeps its [`Slot`] as long as it is here, so whoever reads or has selected one names it by its slot. Nothing that is
//!   put in, above or below, changes what is at a slot; only comings and goings grow, and only the last entry does.
//! - Notices are numbered as they come and stand after the message of their position, also where that message is not here.
//! - It lets go of its oldest entries only, and only in [`Timeline::trim`] and [`Timeline::split_oldest`]; what is before its first message
//!   is in no way known.
//! - Two entries that draw no row never follow each other, so a walk over rows is a walk over as many entries.

use std::collections::BTreeMap;

use protocol::identity::Fingerprint;
use protocol::position::Position;

use crate::text::sanitized::Sanitized;

mod presence;
mod said;

pub use presence::{FOLD_WINDOW_MS, FOLDED_MAX, Move, Moves, Told};
pub use said::Said;

/// Most entries kept of a room that is read at its end; the oldest go, and are paged in again by
/// whom scrolls up to them.
pub const TIMELINE_ENTRIES_MAX: usize = 5_000;

/// Most entries kept while somebody reads further up, so that arriving messages do not take away
/// what is being read; at it the oldest go nevertheless.
pub const TIMELINE_READING_MAX: usize = 50_000;

/// Memory for the messages of all rooms together, in bytes by a guess; each room has an equal share, and its oldest go first.
pub const TIMELINES_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The smallest share of a room.
pub const TIMELINE_BYTES_MIN: usize = 256 * 1024;

/// Memory of an entry besides its texts, by a guess.
const ENTRY_BYTES: usize = 256;

/// Where an entry stands: a message at its position, a notice after the message of its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The message, or the last one before the notice.
    pub position: Position,
    /// 0 for a message; notices count up.
    pub notice: u64,
}

impl Slot {
    /// Behind every entry.
    pub const END: Self = Self {
        position: Position::new(u64::MAX, u64::MAX),
        notice: u64::MAX,
    };

    /// The slot of the message at `position`.
    pub const fn of(position: Position) -> Self {
        Self {
            position,
            notice: 0,
        }
    }
}

/// One entry of a timeline.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A message.
    Said(Said),
    /// Something to know.
    Notice(Notice),
}

/// Something to know that nobody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Who came and who went, in a row.
    Moves(Moves),
    /// Another nick.
    Renamed {
        /// Before.
        was: Sanitized,
        /// Now.
        nick: Sanitized,
        /// Until when another person had it, in milliseconds since 1970.
        until: Option<u64>,
    },
    /// Came in by a nick that another person had.
    CameAfter {
        /// Who came.
        nick: Sanitized,
        /// Until when another person had the nick, in milliseconds since 1970.
        until: u64,
    },
    /// The other in this conversation has a nick that another person had.
    Formerly {
        /// The nick.
        nick: Sanitized,
        /// Until when, in milliseconds since 1970.
        until: u64,
    },
    /// The nick of the other in this conversation is somebody else's by now.
    PassedOn {
        /// The nick.
        nick: Sanitized,
    },
    /// Messages that cannot be had.
    Gap {
        /// How many.
        count: u64,
    },
    /// What follows is another history than what was here before; of that, these messages were lost, where it is known.
    Forked(Option<Lost>),
    /// The server was never met before; the fingerprint of its key.
    FirstVisit(Fingerprint),
    /// The server's line of welcome.
    Welcome(Sanitized),
    /// The room could not be entered.
    NotEntered {
        /// Why.
        reason: Sanitized,
    },
}

/// Messages that stood here and are in no history any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// How many; at least one.
    pub count: usize,
    /// When the first of them was said, in milliseconds since 1970.
    pub since: u64,
}

/// The window of a room's history that is in memory.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    entries: BTreeMap<Slot, Entry>,
    notices: u64,
    bytes: usize,
    has_replies: bool,
}

impl Entry {
    /// Whether what it can fold away is shown.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Said(said) => said.is_open,
            Self::Notice(Notice::Moves(moves)) => moves.is_open,
            Self::Notice(_) => false,
        }
    }

    /// The memory that it takes, by a guess.
    fn bytes(&self) -> usize {
        let texts = match self {
            Self::Said(said) => said.bytes(),
            Self::Notice(Notice::Moves(moves)) => moves.bytes(),
            Self::Notice(Notice::Renamed { was, nick, .. }) => {
                was.as_str().len() + nick.as_str().len()
            }
            Self::Notice(
                Notice::Welcome(text)
                | Notice::NotEntered { reason: text }
                | Notice::CameAfter { nick: text, .. }
                | Notice::Formerly { nick: text, .. }
                | Notice::PassedOn { nick: text },
            ) => text.as_str().len(),
            Self::Notice(Notice::Gap { .. } | Notice::Forked(_) | Notice::FirstVisit(_)) => 0,
        };
        ENTRY_BYTES.saturating_add(texts)
    }
}

impl Timeline {
    /// Takes a message in; false where its position is here already.
    pub fn insert(&mut self, position: Position, said: Said) -> bool {
        let slot = Slot::of(position);
        if self.entries.contains_key(&slot) {
            return false;
        }
        self.has_replies |= said.reply_to.is_some();
        self.keep(slot, Entry::Said(said));
        true
    }

    /// Puts a notice at the end.
    pub fn notice(&mut self, notice: Notice) {
        let position = self
            .last()
            .map(|(slot, _)| slot.position)
            .unwrap_or_default();
        self.notice_after(position, notice);
    }

    /// Puts a notice after the place of a message that need not be here.
    pub fn notice_after(&mut self, position: Position, notice: Notice) {
        self.notices = self.notices.saturating_add(1);
        let slot = Slot {
            position,
            notice: self.notices,
        };
        self.keep(slot, Entry::Notice(notice));
    }

    fn keep(&mut self, slot: Slot, entry: Entry) {
        self.bytes = self.bytes.saturating_add(entry.bytes());
        self.entries.insert(slot, entry);
    }

    /// The memory that all entries take, by a guess.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Puts a coming or going at the end, into one line with those right before it.
    pub fn moved(&mut self, one: Move) {
        if let Some(mut last) = self.entries.last_entry()
            && let before = last.get().bytes()
            && let Entry::Notice(Notice::Moves(moves)) = last.get_mut()
        {
            let other = moves.take(one);
            let after = last.get().bytes();
            self.bytes = self.bytes.saturating_sub(before).saturating_add(after);
            let Some(other) = other else { return };
            return self.notice(Notice::Moves(Moves::of(other)));
        }
        self.notice(Notice::Moves(Moves::of(one)));
    }

    /// Unfolds or folds what is at a slot; tells whether there is anything to fold.
    pub fn unfold(&mut self, slot: Slot, open: bool) -> bool {
        let is_open = match self.entries.get_mut(&slot) {
            Some(Entry::Said(said)) => &mut said.is_open,
            Some(Entry::Notice(Notice::Moves(moves))) => &mut moves.is_open,
            Some(Entry::Notice(_)) | None => return false,
        };
        let changes = *is_open != open;
        *is_open = open;
        changes
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
        self.has_replies = false;
    }

    /// Lets go of the oldest entries beyond `max`, and beyond so many bytes; tells whether there were any.
    pub fn trim(&mut self, max: usize, bytes_max: usize) -> bool {
        let mut trimmed = false;
        while (self.entries.len() > max || self.bytes > bytes_max)
            && let Some((_, entry)) = self.entries.pop_first()
        {
            self.bytes = self.bytes.saturating_sub(entry.bytes());
            trimmed = true;
        }
        trimmed
    }

    /// Takes its oldest entries out, until they are so many or that many bytes, as a window of their own. Notices among them are let go of.
    #[must_use]
    pub fn split_oldest(&mut self, max: usize, bytes_max: usize) -> Self {
        let mut oldest = Self::default();
        while oldest.len() < max
            && oldest.bytes < bytes_max
            && let Some((slot, entry)) = self.entries.pop_first()
        {
            self.bytes = self.bytes.saturating_sub(entry.bytes());
            if let Entry::Said(said) = entry {
                oldest.insert(slot.position, said);
            }
        }
        oldest
    }

    /// Lets go of the newest entry; tells whether there was one.
    pub fn pop_last(&mut self) -> bool {
        let Some((_, entry)) = self.entries.pop_last() else {
            return false;
        };
        self.bytes = self.bytes.saturating_sub(entry.bytes());
        true
    }

    /// Takes over the messages of another window of the same room; those that are here already stay.
    pub fn absorb(&mut self, other: Self) {
        for (slot, entry) in other.entries {
            if !self.entries.contains_key(&slot) {
                self.keep(slot, entry);
            }
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the message at `position` is here.
    pub fn contains(&self, position: Position) -> bool {
        self.entries.contains_key(&Slot::of(position))
    }

    /// Whether the message at `position` is here and was said by the person at this screen.
    pub fn is_own(&self, position: Position) -> bool {
        let entry = self.entries.get(&Slot::of(position));
        matches!(entry, Some(Entry::Said(said)) if said.own)
    }

    /// The position of the first message.
    pub fn first_message(&self) -> Option<Position> {
        self.entries
            .keys()
            .find(|slot| slot.notice == 0)
            .map(|slot| slot.position)
    }

    /// The messages behind a position, where there are any.
    pub fn said_after(&self, position: Position) -> Option<Lost> {
        let times: Vec<u64> = self
            .after(Slot::of(position))
            .filter_map(|(_, entry)| match entry {
                Entry::Said(said) => Some(said.time),
                Entry::Notice(_) => None,
            })
            .collect();
        Some(Lost {
            count: times.len(),
            since: *times.first()?,
        })
    }

    /// The position of the last message.
    pub fn last_message(&self) -> Option<Position> {
        self.entries
            .keys()
            .rev()
            .find(|slot| slot.notice == 0)
            .map(|slot| slot.position)
    }

    /// The entry at a slot.
    pub fn get(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(&slot)
    }

    /// The first entry.
    pub fn first(&self) -> Option<(Slot, &Entry)> {
        self.entries
            .first_key_value()
            .map(|(slot, entry)| (*slot, entry))
    }

    /// The last entry.
    pub fn last(&self) -> Option<(Slot, &Entry)> {
        self.entries
            .last_key_value()
            .map(|(slot, entry)| (*slot, entry))
    }

    /// The entries before a slot, nearest first.
    pub fn before(&self, slot: Slot) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries
            .range(..slot)
            .rev()
            .map(|(slot, entry)| (*slot, entry))
    }

    /// The entries after a slot, nearest first.
    pub fn after(&self, slot: Slot) -> impl Iterator<Item = (Slot, &Entry)> {
        self.entries
            .range((std::ops::Bound::Excluded(slot), std::ops::Bound::Unbounded))
            .map(|(slot, entry)| (*slot, entry))
    }

    /// Whether an answer to another message was ever here.
    pub const fn has_replies(&self) -> bool {
        self.has_replies
    }

    /// The entries from a slot upwards, from the end where none is named.
    pub fn up_from(&self, slot: Option<Slot>) -> impl Iterator<Item = &Entry> {
        let range = self.entries.range(..=slot.unwrap_or(Slot::END));
        range.rev().map(|(_, entry)| entry)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Slot, &Entry)> {
        self.entries.iter().map(|(slot, entry)| (*slot, entry))
    }
}

#[cfg(test)]
mod tests {
    use protocol::position::PersonId;

    use super::*;

    fn name(nick: &str) -> Sanitized {
        Sanitized::line(nick)
    }

    fn came(nick: &str) -> Move {
        Move {
            person: PersonId::from_bytes([0; 16]),
            nick: name(nick),
            went: false,
            time: 0,
            quiet: false,
        }
    }

    #[test]
    fn t28_comings_and_goings_in_a_row_are_one_entry() {
        let mut timeline = Timeline::default();
        for _ in 0..FOLDED_MAX {
            timeline.moved(came("a"));
        }
        assert_eq!(timeline.len(), 1);
        timeline.moved(came("a"));
        assert_eq!(timeline.len(), 2);
        timeline.notice(Notice::Forked(None));
        timeline.moved(came("d"));
        assert_eq!(timeline.len(), 4);
        let (slot, _) = timeline.last().unwrap();
        assert!(timeline.unfold(slot, true));
        assert!(!timeline.unfold(slot, true));
        assert!(!timeline.unfold(Slot::of(Position::default()), true));
    }

    #[test]
    fn the_oldest_go_first() {
        let mut timeline = Timeline::default();
        for _ in 0..=TIMELINE_ENTRIES_MAX {
            timeline.notice(Notice::Forked(None));
        }
        assert!(timeline.trim(TIMELINE_ENTRIES_MAX, usize::MAX));
        assert!(!timeline.trim(TIMELINE_ENTRIES_MAX, usize::MAX));
        assert_eq!(timeline.len(), TIMELINE_ENTRIES_MAX);
        assert_eq!(timeline.first().map(|(slot, _)| slot.notice), Some(2));
    }

    #[test]
    fn long_names_and_texts_count_by_their_bytes() {
        let mut timeline = Timeline::default();
        let long = "x".repeat(1_000);
        timeline.moved(came(&long));
        timeline.moved(came("b"));
        timeline.notice(Notice::Welcome(name(&long)));
        timeline.moved(came("c"));
        let all = timeline.bytes();
        assert!((2_000..4_000).contains(&all), "{all}");
        assert!(!timeline.trim(usize::MAX, all));
        assert!(timeline.trim(usize::MAX, all - 1));
        assert_eq!(timeline.len(), 2);
        timeline.clear();
        assert_eq!(timeline.bytes(), 0);
    }
}
