//! Moving by rows: where one reads, further up or down.

use super::line::spots;
use super::{Log, Place, Scroll, Spot};

impl Log<'_> {
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
    pub(super) fn lowest(&self) -> (Place, usize) {
        let end = (self.last(), 0);
        match self.scroll {
            Scroll::Bottom => end,
            Scroll::At(place, spot) => {
                let Some(still) = self.still(place) else {
                    return end;
                };
                if still != place {
                    return (still, 0);
                }
                let spots = spots(&self.lines(place));
                let row = spots.iter().rposition(|other| *other <= spot);
                let below = spots.len().saturating_sub(1);
                (place, below.saturating_sub(row.unwrap_or_default()))
            }
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
        if below == 0 && self.tab.past.is_none() && self.is_last(place) {
            Scroll::Bottom
        } else {
            self.at(place, below)
        }
    }

    /// Where the lowest row is that of a place with so many rows of the place below it.
    fn at(&self, place: Place, below: usize) -> Scroll {
        let spots = spots(&self.lines(place));
        let row = spots.len().saturating_sub(below.saturating_add(1));
        Scroll::At(place, spots.get(row).copied().unwrap_or(Spot::END))
    }

    /// Where one reads with row `row` of a place, counted from its top, as the first one of a screen of `height` rows.
    pub fn with_top(&self, place: Place, row: usize, height: usize) -> Scroll {
        let below = self
            .lines(place)
            .len()
            .saturating_sub(row.saturating_add(1));
        self.lower(place, below, height.saturating_sub(1))
    }

    /// Where one reads so that a place is on a screen of `height` rows: as now if it is, else with the fewest rows moved; its top where it
    /// is higher than the screen.
    pub fn revealing(&self, place: Place, height: usize) -> Scroll {
        let rows = self.lines(place).len();
        let visible = self.visible(height);
        let shown = visible.iter().filter(|(at, _)| *at == place).count();
        if shown == rows {
            return self.scroll;
        }
        let is_above = visible.first().is_some_and(|(first, _)| place <= *first);
        if is_above || rows > height {
            self.with_top(place, 0, height)
        } else {
            self.settled(place, 0)
        }
    }

    /// Where one reads now, in the form in which moves are told.
    pub fn reads_at(&self) -> Scroll {
        let (place, below) = self.lowest();
        self.settled(place, below)
    }

    /// The same log, read elsewhere.
    #[must_use]
    pub fn scrolled(&self, scroll: Scroll) -> Self {
        Self {
            scroll,
            ..self.clone()
        }
    }

    /// Whether no row is drawn below those of a place.
    fn is_last(&self, place: Place) -> bool {
        let mut at = place;
        while let Some(after) = self.after(at) {
            if !self.lines(after).is_empty() {
                return false;
            }
            at = after;
        }
        true
    }
}
