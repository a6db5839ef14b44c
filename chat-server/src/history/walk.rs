//! The way through a room's messages, and what is missing on it; without a store.

use protocol::event::Message;
use protocol::position::Position;

use crate::record::{Page, Range};

/// The way in which a page is walked through, and the number that is due first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// To newer messages.
    Up {
        /// The number that is due first.
        first: u64,
    },
    /// To older messages.
    Down {
        /// The number that is due first.
        first: u64,
    },
}

impl Walk {
    /// The way through `range` of a room whose last message has the number `head`.
    pub(super) fn of(range: Range, head: u64) -> Self {
        match range {
            Range::After(n) => Self::Up {
                first: n.saturating_add(1),
            },
            Range::Before(n) => Self::Down {
                first: n.saturating_sub(1).min(head),
            },
            Range::Last => Self::Down { first: head },
        }
    }

    /// The page of `messages`, of which one more than `limit` were asked for, in the order of the walk.
    pub(super) fn page(self, mut messages: Vec<Message>, head: Position, limit: u16) -> Page {
        let more = messages.len() > usize::from(limit);
        messages.truncate(usize::from(limit));
        let page = Page {
            messages,
            more,
            gap: None,
        };
        if limit == 0 {
            page
        } else {
            self.with_gap(page, head)
        }
    }

    const fn first(self) -> u64 {
        match self {
            Self::Up { first } | Self::Down { first } => first,
        }
    }

    const fn behind(self, n: u64) -> u64 {
        match self {
            Self::Up { .. } => n.saturating_add(1),
            Self::Down { .. } => n.saturating_sub(1),
        }
    }

    /// Whether a room with `head` ever gave out the number `n`, as far as this way leads to it.
    const fn has(self, n: u64, head: u64) -> bool {
        match self {
            Self::Up { .. } => n <= head,
            Self::Down { .. } => n >= 1,
        }
    }

    /// The positions from `due`, which is missing, up to the neighbour of `found`.
    fn gap(self, due: u64, found: u64, era: u64) -> (Position, Position) {
        let (from, to) = match self {
            Self::Up { .. } => (due, found.saturating_sub(1)),
            Self::Down { .. } => (found.saturating_add(1), due),
        };
        (Position::new(era, from), Position::new(era, to))
    }

    /// Names the gap in the messages, which come in the order of the walk, and brings them into rising order. Before a second
    /// gap the page ends. A missing message's era is not known any more; that of the next newer one stands for it.
    fn with_gap(self, mut page: Page, head: Position) -> Page {
        let mut due = self.first();
        let mut era = head.era;
        let mut kept = 0;
        for message in &page.messages {
            let found = message.position;
            if found.n != due {
                if page.gap.is_some() {
                    page.more = true;
                    break;
                }
                let era = match self {
                    Self::Up { .. } => found.era,
                    Self::Down { .. } => era,
                };
                page.gap = Some(self.gap(due, found.n, era));
            }
            due = self.behind(found.n);
            era = found.era;
            kept += 1;
        }
        page.messages.truncate(kept);
        if !page.more && self.has(due, head.n) {
            if page.gap.is_some() {
                page.more = true;
            } else {
                let (end, era) = match self {
                    Self::Up { .. } => (head.n.saturating_add(1), head.era),
                    Self::Down { .. } => (0, era),
                };
                page.gap = Some(self.gap(due, end, era));
            }
        }
        if let Self::Down { .. } = self {
            page.messages.reverse();
        }
        page
    }
}
