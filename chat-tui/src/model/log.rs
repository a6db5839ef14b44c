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
mod found;
mod line;
mod lines;
mod pending;

pub use clock::{moment, short_day};
pub use line::{Line, Look, Mark, Span};

/// Where one reads.
///
/// The place is that of the lowest row on the screen: what is put in above and what arrives below
/// moves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scroll {
    /// At the end, where new messages appear.
    #[default]
    Bottom,
    /// The lowest row is one of this place: so many rows of the place are below it.
    At(Place, usize),
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

/// The log of one tab on one screen.
pub struct Log<'a> {
    pub(super) model: &'a Model,
    pub(super) tab: &'a Tab,
    pub(super) nick: Sanitized,
    pub(super) pending: Vec<&'a Pending>,
    pub(super) narrow: bool,
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
            nick: Sanitized::line(facts.nick().unwrap_or_default()),
            pending,
            narrow: layout.narrow,
            columns: layout.text_columns(),
        }
    }

    /// The lines to show in `height` rows, the lowest one last; fewer where the log is shorter.
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
        shown
    }

    /// Where one reads `rows` rows further up on a screen of `height` rows; not above the first row.
    pub fn up(&self, rows: usize, height: usize) -> Scroll {
        let (place, below) = self.lowest();
        let (place, below) = self.higher(place, below, rows);
        // With fewer rows above than fit on the screen, the first row stays at the top.
        let mut above = self.lines(place).len().saturating_sub(below);
        let mut at = place;
        while above < height {
            let Some(before) = self.before(at) else {
                let missing = height.saturating_sub(above);
                return self.lower(place, below, missing);
            };
            at = before;
            above = above.saturating_add(self.lines(at).len());
        }
        self.settled(place, below)
    }

    /// Where one reads `rows` rows further down.
    pub fn down(&self, rows: usize) -> Scroll {
        let (place, below) = self.lowest();
        self.lower(place, below, rows)
    }

    /// The place of the lowest row, and how many rows of the place are below it.
    fn lowest(&self) -> (Place, usize) {
        let end = (self.last(), 0);
        match self.tab.scroll {
            Scroll::Bottom => end,
            Scroll::At(place, below) => {
                let Some(place) = self.still(place) else {
                    return end;
                };
                (place, below.min(self.lines(place).len().saturating_sub(1)))
            }
        }
    }

    /// The place itself if it is still there, else the nearest one above it, else below it.
    fn still(&self, place: Place) -> Option<Place> {
        match place {
            Place::Beginning => Some(place),
            Place::Entry(slot) => {
                if self.tab.shown().get(slot).is_some() {
                    return Some(place);
                }
                let timeline = &self.tab.shown();
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

    fn higher(&self, mut place: Place, mut below: usize, mut rows: usize) -> (Place, usize) {
        loop {
            let above = self.lines(place).len().saturating_sub(below);
            if rows < above {
                return (place, below.saturating_add(rows));
            }
            let Some(before) = self.before(place) else {
                return (place, self.lines(place).len().saturating_sub(1));
            };
            rows = rows.saturating_sub(above);
            place = before;
            below = 0;
        }
    }

    fn lower(&self, mut place: Place, mut below: usize, mut rows: usize) -> Scroll {
        loop {
            if rows <= below {
                return self.settled(place, below.saturating_sub(rows));
            }
            let Some(after) = self.after(place) else {
                return self.settled(place, 0);
            };
            rows = rows.saturating_sub(below);
            place = after;
            below = self.lines(place).len();
        }
    }

    fn settled(&self, place: Place, below: usize) -> Scroll {
        if below == 0 && self.tab.past.is_none() && self.after(place).is_none() {
            Scroll::Bottom
        } else {
            Scroll::At(place, below)
        }
    }

    fn last(&self) -> Place {
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
    fn lines(&self, place: Place) -> Vec<Line> {
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
