//! The rows of a room's log: what scrolling counts and drawing draws.
//!
//! Rows are worked out from the place where one reads, outwards, so the work is that of the rows on
//! the screen however long the log is.

use protocol::position::Position;

use super::layout::Layout;
use super::tab::Tab;
use super::timeline::{Entry, Slot};
use super::{Facts, Model};
use crate::session::{LocalId, Pending, State};
use crate::text::sanitized::Sanitized;

mod clock;
mod folds;
mod found;
mod line;
mod lines;
mod pending;
mod quote;
mod scrolling;
mod select;

pub use clock::{Clock, Hours, exact, moment, short_day};
pub use folds::{names, told};
pub use line::{Line, Look, Mark, Span, Spot, Target};
pub use lines::notice_sentence;
pub use quote::quote_row;
pub use select::Choice;

/// Where one reads.
///
/// The place is that of the lowest row on the screen, and the row is known by what of the text it holds: what is put in above, what
/// arrives below and another width move nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scroll {
    /// At the end, where new messages appear.
    #[default]
    Bottom,
    /// The lowest row is this one of this place.
    At(Place, Spot),
}

/// One thing in the log, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// What stands above the first entry.
    Beginning,
    /// A message or notice.
    Entry(Slot),
    /// Something that the person said and that is no message yet.
    Pending(LocalId),
}

impl From<Slot> for Place {
    fn from(slot: Slot) -> Self {
        Self::Entry(slot)
    }
}

impl From<LocalId> for Place {
    fn from(local: LocalId) -> Self {
        Self::Pending(local)
    }
}

impl Scroll {
    /// The entry that holds the lowest row on the screen; none at the end.
    pub const fn slot(self) -> Option<Slot> {
        match self {
            Self::At(Place::Entry(slot), _) => Some(slot),
            Self::Bottom | Self::At(Place::Beginning | Place::Pending(_), _) => None,
        }
    }
}

/// The log of one tab on one screen.
#[derive(Clone)]
pub struct Log<'a> {
    pub(super) model: &'a Model,
    pub(super) tab: &'a Tab,
    scroll: Scroll,
    pub(super) nick: Sanitized,
    pub(super) pending: Vec<&'a Pending>,
    pub(super) narrow: bool,
    /// Nothing stands around the texts, and nothing is folded.
    pub(super) bare: bool,
    pub(super) columns: usize,
}

impl<'a> Log<'a> {
    /// The log of `tab` as `layout` places it.
    pub fn new(model: &'a Model, facts: &'a dyn Facts, tab: &'a Tab, layout: &Layout) -> Self {
        // What is said now stands at the end of the room.
        let mut pending = match tab.past {
            Some(_) => Vec::new(),
            None => facts.pending(&tab.room),
        };
        // An own message stays in the outbox until it is stable; once it is in the log that is enough.
        pending.retain(|pending| match &pending.state {
            State::Acked(_, position) => !tab.timeline.contains(*position),
            State::Waiting | State::Sent | State::Failed(_) => true,
        });
        Self {
            model,
            tab,
            scroll: tab.scroll,
            nick: Sanitized::line(facts.nick().unwrap_or_default()),
            pending,
            narrow: layout.narrow,
            bare: layout.bare,
            columns: layout.text_columns(),
        }
    }

    /// The lines to show in `height` rows, the lowest one last; fewer where the log is shorter. The first one tells who speaks, also in
    /// the middle of a run.
    pub fn visible(&self, height: usize) -> Vec<(Place, Line)> {
        let mut shown = Vec::new();
        let (mut place, below) = self.lowest();
        let mut skip = below;
        loop {
            for line in self.lines(place).into_iter().rev().skip(skip) {
                if shown.len() == height {
                    break;
                }
                shown.push((place, line));
            }
            skip = 0;
            match self.before(place) {
                Some(before) if shown.len() < height => place = before,
                Some(_) | None => break,
            }
        }
        shown.reverse();
        let (mut place, below) = self.lowest();
        let mut lines = self.lines(place);
        let mut from = lines.len().saturating_sub(below);
        while shown.len() < height {
            let room = height.saturating_sub(shown.len());
            shown.extend(
                lines
                    .drain(..)
                    .skip(from)
                    .take(room)
                    .map(|line| (place, line)),
            );
            from = 0;
            match self.after(place) {
                Some(after) => place = after,
                None => break,
            }
            lines = self.lines(place);
        }
        self.tell_first(&mut shown);
        shown
    }

    /// The place itself if it is still there, else the nearest one above it, else below it.
    fn still(&self, place: Place) -> Option<Place> {
        match place {
            Place::Beginning => Some(place),
            Place::Entry(slot) => {
                if self.tab.shown().get(slot).is_some() {
                    return Some(place);
                }
                let timeline = self.tab.shown();
                let near = timeline.before(slot).next();
                near.or_else(|| timeline.after(slot).next())
                    .map(|(slot, _)| Place::Entry(slot))
            }
            Place::Pending(local) => self
                .pending
                .iter()
                .any(|pending| pending.local == local)
                .then_some(place),
        }
    }

    /// The last place.
    pub fn last(&self) -> Place {
        if let Some(pending) = self.pending.last() {
            return Place::Pending(pending.local);
        }
        self.last_entry()
    }

    fn last_entry(&self) -> Place {
        self.tab
            .shown()
            .last()
            .map_or(Place::Beginning, |(slot, _)| Place::Entry(slot))
    }

    fn before(&self, place: Place) -> Option<Place> {
        match place {
            Place::Beginning => None,
            Place::Entry(slot) => Some(
                self.tab
                    .shown()
                    .before(slot)
                    .next()
                    .map_or(Place::Beginning, |(slot, _)| Place::Entry(slot)),
            ),
            Place::Pending(local) => Some(self.pending_before(local).map_or_else(
                || self.last_entry(),
                |pending| Place::Pending(pending.local),
            )),
        }
    }

    fn after(&self, place: Place) -> Option<Place> {
        let first_pending = || {
            self.pending
                .first()
                .map(|pending| Place::Pending(pending.local))
        };
        match place {
            Place::Beginning => self
                .tab
                .shown()
                .first()
                .map(|(slot, _)| Place::Entry(slot))
                .or_else(first_pending),
            Place::Entry(slot) => self
                .tab
                .shown()
                .after(slot)
                .next()
                .map(|(slot, _)| Place::Entry(slot))
                .or_else(first_pending),
            Place::Pending(local) => {
                let at = self.index_of(local)?;
                let after = self.pending.get(at.saturating_add(1))?;
                Some(Place::Pending(after.local))
            }
        }
    }

    fn index_of(&self, local: LocalId) -> Option<usize> {
        self.pending
            .iter()
            .position(|pending| pending.local == local)
    }

    pub(super) fn pending_before(&self, local: LocalId) -> Option<&'a Pending> {
        let before = self.index_of(local)?.checked_sub(1)?;
        self.pending.get(before).copied()
    }

    /// The lines of one place, from the top.
    pub fn lines(&self, place: Place) -> Vec<Line> {
        match place {
            Place::Beginning => self.beginning(),
            Place::Entry(slot) => match self.tab.shown().get(slot) {
                Some(Entry::Said(said)) => self.said(slot, said),
                Some(Entry::Notice(notice)) => self.notice(notice),
                None => Vec::new(),
            },
            Place::Pending(local) => self
                .index_of(local)
                .and_then(|at| self.pending.get(at))
                .map_or_else(Vec::new, |pending| self.pending_lines(pending)),
        }
    }
}

/// Whether the first row of the log is on a screen of `height` rows, so that older messages are wanted.
pub fn reaches_beginning(log: &Log<'_>, height: usize) -> bool {
    let visible = log.visible(height);
    let first = log.tab.shown().first().map(|(slot, _)| Place::Entry(slot));
    visible.len() < height
        || visible
            .first()
            .is_some_and(|(place, _)| *place == Place::Beginning || Some(*place) == first)
}

/// The first message that is shown, which is what an older page has to end before.
pub fn oldest(tab: &Tab) -> Option<Position> {
    tab.shown().first_message()
}
