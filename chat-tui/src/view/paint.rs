//! Puts text into cells: each grapheme at the width that this terminal draws it.

use std::num::NonZeroU16;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Position;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::model::layout::Area;
use crate::model::log::Target;
use crate::text::cells::Widths;
use crate::text::links::{linked, unlinked};

/// A buffer and how wide its terminal draws.
pub(super) struct Canvas<'b> {
    buffer: &'b mut Buffer,
    pub(super) widths: Widths,
}

impl<'b> Canvas<'b> {
    pub(super) fn new(buffer: &'b mut Buffer, widths: Widths) -> Self {
        Self { buffer, widths }
    }

    /// The whole screen.
    pub(super) fn area(&self) -> Area {
        let area = self.buffer.area();
        Area {
            x: area.x,
            y: area.y,
            width: area.width,
            height: area.height,
        }
    }

    /// Draws `text` from `x` on, not beyond `end`, and returns the column after it.
    ///
    /// A wide grapheme that would stand half beyond `end` is not drawn, nor what follows it.
    pub(super) fn text(&mut self, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
        self.pieces(x, end, text, |canvas, x, piece, width| {
            canvas.glyph(x, y, piece, width, style);
        })
    }

    /// The same as a part of an address that a terminal can open.
    pub(super) fn link(
        &mut self,
        (x, y): (u16, u16),
        end: u16,
        text: &str,
        style: Style,
        target: &Target,
    ) -> u16 {
        self.pieces(x, end, text, |canvas, x, piece, width| {
            canvas.glyph(x, y, piece, width, style);
            if let Some(cell) = canvas.buffer.cell_mut(Position { x, y }) {
                cell.set_symbol(&linked(&target.id, &target.url, piece));
                let width = NonZeroU16::new(width)
                    .map_or(CellDiffOption::None, CellDiffOption::ForcedWidth);
                cell.set_diff_option(width);
            }
        })
    }

    /// Goes over the graphemes of a text that have room, with their columns, and returns the column after them.
    fn pieces(
        &mut self,
        x: u16,
        end: u16,
        text: &str,
        mut draw: impl FnMut(&mut Self, u16, &str, u16),
    ) -> u16 {
        let end = end.min(self.area().right());
        let mut at = x;
        let widths = self.widths;
        for (piece, width) in widths.pieces(text) {
            if width == 0 {
                continue;
            }
            let next = at.saturating_add(width);
            if next > end {
                break;
            }
            draw(self, at, &piece, width);
            at = next;
        }
        at
    }

    /// Draws `text` so that it ends before `end`, as far as it has room from `x` on.
    pub(super) fn text_right(&mut self, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
        let room = usize::from(end.saturating_sub(x));
        let fitted = self.widths.fit(text, room).into_owned();
        let width = u16::try_from(self.widths.width(&fitted)).unwrap_or(u16::MAX);
        let from = end.saturating_sub(width).max(x);
        self.text(from, y, end, &fitted, style);
        from
    }

    /// Draws as much of `text` as fits before `end`, marked where it is cut.
    pub(super) fn text_cut(&mut self, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
        let room = usize::from(end.saturating_sub(x));
        let fitted = self.widths.fit(text, room).into_owned();
        self.text(x, y, end, &fitted, style)
    }

    /// Empties an area and gives it a style.
    pub(super) fn fill(&mut self, area: Area, style: Style) {
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                if let Some(cell) = self.buffer.cell_mut(Position { x, y }) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
        // What a wide grapheme left of the area covered must not be covered any more.
        for y in area.y..area.bottom() {
            self.unhalve(area.x, y);
        }
    }

    /// Lays a style over what is drawn already.
    pub(super) fn restyle(&mut self, area: Area, style: Style) {
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                if let Some(cell) = self.buffer.cell_mut(Position { x, y }) {
                    cell.set_style(style);
                }
            }
        }
    }

    fn glyph(&mut self, x: u16, y: u16, piece: &str, width: u16, style: Style) {
        if let Some(cell) = self.buffer.cell_mut(Position { x, y }) {
            cell.set_symbol(piece);
            cell.set_style(style);
            let expected = match piece.as_bytes() {
                [b' '..=b'~'] => 1,
                _ => u16::try_from(piece.width()).unwrap_or(width),
            };
            cell.set_diff_option(match NonZeroU16::new(width) {
                Some(forced) if expected != width => CellDiffOption::ForcedWidth(forced),
                Some(_) | None => CellDiffOption::None,
            });
        }
        for covered in x.saturating_add(1)..x.saturating_add(width) {
            if let Some(cell) = self.buffer.cell_mut(Position { x: covered, y }) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }

    /// Replaces a wide grapheme that begins before `x` and reaches into it by a space.
    fn unhalve(&mut self, x: u16, y: u16) {
        let reach = crate::text::cells::GRAPHEME_COLUMNS_MAX;
        for back in 1..reach {
            let Some(before) = x.checked_sub(back) else {
                return;
            };
            let Some(cell) = self.buffer.cell_mut(Position { x: before, y }) else {
                return;
            };
            let symbol = unlinked(cell.symbol());
            if symbol != " " {
                if self.widths.width(symbol) > usize::from(back) {
                    cell.set_symbol(" ");
                    cell.set_diff_option(CellDiffOption::None);
                }
                return;
            }
        }
    }
}
