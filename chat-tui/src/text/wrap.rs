//! Where a text is cut into rows of a given number of columns.
//!
//! Rows end where the line breaking rules of Unicode allow it, except inside a Korean word, a URL or
//! after a hyphen: Korean is cut at spaces, as its readers expect, and `--a-flag` is copied whole. Only what is longer than a whole row is
//! cut by grapheme. The cost is linear in the text.

use unicode_linebreak::linebreaks;

use super::cells::Widths;
use super::characters::is_breaking_space;
use super::graphemes::graphemes;
use super::hangul::{is_compatibility_jamo, is_hangul};
use super::links::links;

/// One row of a text: bytes `start..end` of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Byte at which the row begins; always a grapheme border.
    pub start: usize,
    /// Byte after its last grapheme; the line feed and the spaces that hang are not in it.
    pub end: usize,
    /// Columns of `start..end`.
    pub width: usize,
}

impl Row {
    fn at(start: usize) -> Self {
        Self {
            start,
            end: start,
            width: 0,
        }
    }
}

/// Cuts `text` into rows: `first` columns for the first one, `rest` for the others.
///
/// There is at least one row, and one after each line feed. Spaces at which a row was cut hang: they
/// belong to no row. A grapheme wider than a whole row gets a row of its own, which then is wider than
/// asked; where `first` is too narrow for a word that fits into `rest`, the first row is empty.
pub fn wrap(text: &str, widths: &Widths, first: usize, rest: usize) -> Vec<Row> {
    rows(text, widths, [first, rest], Spaces::Hang)
}

/// What spaces at the end of a row do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spaces {
    /// They take no room and are not drawn, as one reads.
    Hang,
    /// Each one has a cell, as one writes: the caret can stand before and after it.
    Stay,
}

/// As [`wrap`], with the choice what spaces do. With [`Spaces::Stay`] only line feeds are in no row.
pub(super) fn rows(text: &str, widths: &Widths, limits: [usize; 2], spaces: Spaces) -> Vec<Row> {
    let glyphs = glyphs(text, widths);
    let mut wrapper = Wrapper {
        limits,
        spaces,
        rows: Vec::new(),
        row: Row::at(0),
        inked: Row::at(0),
    };
    let mut rest = glyphs.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if first.kind == Kind::LineFeed {
            wrapper.finish_line();
            wrapper.begin(first.end);
            rest = others;
            continue;
        }
        let length = others
            .iter()
            .take_while(|glyph| glyph.kind != Kind::LineFeed && !glyph.opens_unit)
            .count()
            .saturating_add(1);
        let (unit, after) = rest.split_at(length);
        wrapper.place(unit);
        rest = after;
    }
    wrapper.finish_line();
    wrapper.rows
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ink,
    Space,
    LineFeed,
}

/// A grapheme as wrapping sees it.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    start: usize,
    end: usize,
    width: usize,
    kind: Kind,
    /// Whether a row may begin here.
    opens_unit: bool,
}

fn glyphs(text: &str, widths: &Widths) -> Vec<Glyph> {
    let mut opportunities = linebreaks(text).map(|(at, _)| at).peekable();
    let links = links(text);
    let mut links = links.iter().peekable();
    let mut before = None;
    graphemes(text)
        .map(|(start, grapheme)| {
            while opportunities.next_if(|&at| at < start).is_some() {}
            while links.next_if(|link| link.end <= start).is_some() {}
            let inside_link = links.peek().is_some_and(|link| link.start < start);
            let first = grapheme.chars().next();
            let opens_unit = opportunities.next_if_eq(&start).is_some()
                && !inside_link
                && !joins_korean(before, first)
                && !joins_hyphened(before, first);
            before = grapheme.chars().next_back();
            Glyph {
                start,
                end: start.saturating_add(grapheme.len()),
                width: usize::from(widths.of(grapheme)),
                kind: match first {
                    _ if grapheme.ends_with('\n') => Kind::LineFeed,
                    // A space that carries a mark is seen, so it cannot hang.
                    Some(c) if is_breaking_space(c) && grapheme.len() == c.len_utf8() => {
                        Kind::Space
                    }
                    _ => Kind::Ink,
                },
                opens_unit,
            }
        })
        .collect()
}

/// Whether a break between the two would cut a Korean word: between syllables, between a number, a
/// Latin word or a bracket and the Hangul it belongs to (`7년`, `PR을`, `(재연결)을`), before what
/// draws a word out (`네~~`), inside a face (`ㅠ.ㅠ`), or after the sign that makes it a name
/// (`@민수`, `#잡담`).
fn joins_korean(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    let closes = matches!(
        before,
        ')' | ']' | '}' | '"' | '\'' | '”' | '’' | '」' | '』' | '》' | '〉'
    );
    let opens = matches!(after, '“' | '‘' | '「' | '『' | '《' | '〈');
    let marks = matches!(before, '@' | '#' | '&' | '*' | '_' | '`' | '<');
    (is_hangul(after) && (before.is_alphanumeric() || closes || marks))
        || (is_hangul(before) && (after.is_alphanumeric() || after.is_ascii_graphic() || opens))
        || (is_compatibility_jamo(after) && before.is_ascii_graphic())
}

/// Whether a break between the two would cut a flag or a name such as `chat-tui` at its hyphen.
fn joins_hyphened(before: Option<char>, after: Option<char>) -> bool {
    before == Some('-') && after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-')
}

struct Wrapper {
    limits: [usize; 2],
    spaces: Spaces,
    rows: Vec<Row>,
    /// The row that is being filled, with all spaces.
    row: Row,
    /// The same up to its last ink: what is left of it where its last spaces hang.
    inked: Row,
}

impl Wrapper {
    /// Places graphemes that belong together: ink, then the spaces after it.
    fn place(&mut self, unit: &[Glyph]) {
        let spaces = unit
            .iter()
            .rev()
            .take_while(|glyph| glyph.kind == Kind::Space)
            .count();
        let (ink, spaces) = unit.split_at(unit.len().saturating_sub(spaces));
        let width = ink
            .iter()
            .fold(0_usize, |sum, glyph| sum.saturating_add(glyph.width));
        if let Some(first) = ink.first()
            && !self.fits(width)
            && self.can_move(width)
        {
            self.cut(first.start);
        }
        for glyph in ink {
            self.place_one(glyph);
            self.inked = self.row;
        }
        for glyph in spaces {
            match self.spaces {
                Spaces::Stay => self.place_one(glyph),
                Spaces::Hang => self.append(glyph),
            }
        }
    }

    fn place_one(&mut self, glyph: &Glyph) {
        // A row that holds something, or a first row narrower than the next, is left; otherwise
        // no row is wider and the grapheme goes where it is, so that every call gets on.
        if !self.fits(glyph.width) && (self.row.width > 0 || self.can_move(glyph.width)) {
            self.cut(glyph.start);
        }
        self.append(glyph);
    }

    fn append(&mut self, glyph: &Glyph) {
        self.row.end = glyph.end;
        self.row.width = self.row.width.saturating_add(glyph.width);
    }

    fn fits(&self, width: usize) -> bool {
        self.row.width.saturating_add(width) <= self.limit()
    }

    /// Whether something that does not fit here fits into a row of its own further down.
    fn can_move(&self, width: usize) -> bool {
        let [_, rest] = self.limits;
        width <= rest && (self.row.width > 0 || self.limit() < rest)
    }

    fn limit(&self) -> usize {
        let [first, rest] = self.limits;
        if self.rows.is_empty() { first } else { rest }
    }

    /// Ends the row because what begins at `next` does not fit.
    fn cut(&mut self, next: usize) {
        let row = match self.spaces {
            Spaces::Hang => self.inked,
            Spaces::Stay => self.row,
        };
        self.rows.push(row);
        self.begin(next);
    }

    /// Ends the row because the line ends; spaces stay if they have room.
    fn finish_line(&mut self) {
        if self.spaces == Spaces::Hang && self.row.width > self.limit() {
            self.rows.push(self.inked);
        } else {
            self.rows.push(self.row);
        }
    }

    fn begin(&mut self, start: usize) {
        self.row = Row::at(start);
        self.inked = self.row;
    }
}

#[cfg(test)]
mod tests;
