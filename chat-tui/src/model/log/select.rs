//! Choosing a message to do something with, and the addresses on the screen.

use std::sync::Arc;

use super::line::Target;
use super::{Line, Log, Place};
use crate::model::timeline::{Entry, Notice};

/// An address on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Where it stands.
    pub place: Place,
    /// The address.
    pub target: Arc<Target>,
}

impl Log<'_> {
    /// Whether a place can be selected: something said, or comings and goings that are seen.
    fn can_be_selected(&self, place: Place) -> bool {
        match place {
            Place::Beginning => false,
            Place::Pending(_) => true,
            Place::Entry(slot) => match self.tab.shown().get(slot) {
                Some(Entry::Said(_)) => true,
                Some(Entry::Notice(Notice::Moves(moves))) => moves.is_open || moves.tells(),
                Some(Entry::Notice(_)) | None => false,
            },
        }
    }

    /// The next place below or above that can be selected.
    pub fn next(&self, place: Place, up: bool) -> Option<Place> {
        let step = |at: Place| if up { self.before(at) } else { self.after(at) };
        let mut at = step(place)?;
        while !self.can_be_selected(at) {
            at = step(at)?;
        }
        Some(at)
    }

    /// The place that is selected, if it is still there; else the nearest one.
    pub fn selected(&self) -> Option<Place> {
        let place = self.tab.selected?;
        match self.still(place) {
            Some(still) if self.can_be_selected(still) => Some(still),
            Some(still) => self.next(still, true).or_else(|| self.next(still, false)),
            None => self.last_one(),
        }
    }

    /// The place that is nearest to one that need not be there.
    pub fn nearest(&self, place: Place) -> Option<Place> {
        self.still(place)
    }

    /// The last place that can be selected.
    pub fn last_one(&self) -> Option<Place> {
        let last = self.last();
        if self.can_be_selected(last) {
            return Some(last);
        }
        self.next(last, true)
    }

    /// The first place that can be selected.
    pub fn first_one(&self) -> Option<Place> {
        self.next(Place::Beginning, false)
    }

    /// The first or last place in these lines that can be selected.
    pub fn one_of(&self, lines: &[(Place, Line)], first: bool) -> Option<Place> {
        let is_one = |(place, _): &&(Place, Line)| self.can_be_selected(*place);
        let found = if first {
            lines.iter().find(is_one)
        } else {
            lines.iter().rfind(is_one)
        };
        found.map(|(place, _)| *place)
    }

    /// The addresses in these lines, each once, from the top.
    pub fn links(lines: &[(Place, Line)]) -> Vec<Choice> {
        let mut found: Vec<Choice> = Vec::new();
        for (place, line) in lines {
            for target in line.spans.iter().filter_map(|span| span.link.as_ref()) {
                if found.iter().all(|choice| choice.target.id != target.id) {
                    found.push(Choice {
                        place: *place,
                        target: Arc::clone(target),
                    });
                }
            }
        }
        found
    }

    /// The addresses of one place.
    pub fn links_of(&self, place: Place) -> Vec<Choice> {
        let lines: Vec<_> = self
            .lines(place)
            .into_iter()
            .map(|line| (place, line))
            .collect();
        Self::links(&lines)
    }
}
