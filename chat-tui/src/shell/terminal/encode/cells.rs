//! What a row of cells means on a terminal: which grapheme stands where and what it covers.

use ratatui::buffer::{Cell, CellWidth};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthChar;

const LINK: &str = "\x1b]8;";
const LINK_CLOSER: &str = "\x1b]8;;\x1b\\";
const TERMINATOR: &str = "\x1b\\";

/// Modifiers that show on a blank cell.
const SHOWN_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// How a glyph looks apart from its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Look {
    /// The terminal's own colours and nothing else.
    pub(super) const PLAIN: Self = Self {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };
}

/// One grapheme and the cells it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph<'a> {
    /// A grapheme without control characters; blanks are a space for each cell's width.
    pub(super) text: &'a str,
    pub(super) width: usize,
    pub(super) look: Look,
    /// The opener of the link that it is part of.
    pub(super) link: Option<&'a str>,
}

impl Glyph<'_> {
    /// An empty cell in the terminal's own background.
    pub(super) fn is_blank(&self) -> bool {
        self.text == " "
            && self.link.is_none()
            && self.look.bg == Color::Reset
            && !self.look.modifier.intersects(SHOWN_ON_BLANK)
    }

    /// All terminals agree about the width, so the cursor is where it should be afterwards.
    pub(super) fn is_steady(&self) -> bool {
        let mut chars = self.text.chars();
        let (Some(c), None) = (chars.next(), chars.next()) else {
            return false;
        };
        let jamo = matches!(c,
            '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{A960}'..='\u{A97F}'
            | '\u{D7B0}'..='\u{D7FF}' | '\u{FFA0}'..='\u{FFDC}');
        // Pictures and what lies beyond came late, or not at all, to the tables of terminals.
        c.is_ascii()
            || c < '\u{1F000}'
                && !jamo
                && c.width() == Some(self.width)
                && c.width_cjk() == Some(self.width)
    }
}

/// The glyph that begins in each cell of a row; none where a wide one before it covers the cell.
pub(super) fn glyphs(row: &[Cell]) -> Vec<Option<Glyph<'_>>> {
    let mut covered = 0_usize;
    let mut left = row.len();
    row.iter()
        .map(|cell| {
            let room = left;
            left -= 1;
            if covered > 0 {
                covered -= 1;
                return None;
            }
            let glyph = glyph(cell, room);
            covered = glyph.width - 1;
            Some(glyph)
        })
        .collect()
}

/// A column as the terminal counts, from 0; a row is never wider than a `u16`.
pub(super) fn coordinate(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn glyph(cell: &Cell, room: usize) -> Glyph<'_> {
    let (link, text) = split_link(cell.symbol());
    let mut glyph = Glyph {
        text,
        width: 1,
        look: Look {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        },
        link,
    };
    if text.is_empty() || text.contains(char::is_control) {
        glyph.text = " ";
    } else if text != " " {
        // The width of a link's cell counts its opener unless it is forced.
        let width = match link {
            Some(_) if cell.diff_option == ratatui::buffer::CellDiffOption::None => {
                text.cell_width()
            }
            _ => cell.cell_width(),
        };
        glyph.width = usize::from(width).max(1);
    }
    if glyph.width > room {
        // Half a wide grapheme at the edge.
        glyph.text = " ";
        glyph.width = 1;
    }
    if glyph.text == " " && !glyph.look.modifier.intersects(SHOWN_ON_BLANK) {
        // What does not show must not count as a change.
        glyph.look.fg = Color::Reset;
        glyph.look.modifier = Modifier::empty();
    }
    glyph
}

fn split_link(symbol: &str) -> (Option<&str>, &str) {
    let whole = (None, symbol);
    if !symbol.starts_with(LINK) {
        return whole;
    }
    let Some(end) = symbol.find(TERMINATOR) else {
        return whole;
    };
    let Some((opener, rest)) = symbol.split_at_checked(end + TERMINATOR.len()) else {
        return whole;
    };
    (Some(opener), rest.strip_suffix(LINK_CLOSER).unwrap_or(rest))
}
