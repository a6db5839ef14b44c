//! One frame as the bytes that turn what the terminal shows into what it should show.
//!
//! It never asks the terminal anything, never hides the cursor to draw and never relies on the
//! terminal to wrap. An unchanged frame is no byte; a moved caret is one cursor move; everything else
//! is one synchronized block that ends with the cursor at the caret.

use ratatui::buffer::{Buffer, Cell};

mod cells;
mod pen;
#[cfg(test)]
mod tests;

use cells::Glyph;
use pen::Pen;

/// Cells drawn again behind a grapheme whose width is doubtful; some terminals draw a family in 8.
const SPILL_CELLS: usize = 8;

/// A tail of fewer changed blanks than this is overwritten, a longer one erased.
const ERASE_CELLS_MIN: usize = 4;

const BLOCK_BEGIN: &[u8] = b"\x1b[?2026h";
const BLOCK_END: &[u8] = b"\x1b[?2026l";

/// Everything the terminal should show.
///
/// A cell's symbol is one grapheme. A link's cell holds opener, grapheme and closer
/// (`ESC ] 8 ; … ESC \`) with a forced width; any other control character in a symbol is drawn as blanks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The cells; a buffer of another size than the last one's is drawn whole.
    pub buffer: Buffer,
    /// Column and row of the caret, counted from 0; none hides the cursor.
    pub caret: Option<(u16, u16)>,
    /// Written before the cells as it is: title, bell, clipboard. It must not move the cursor.
    pub extra: Vec<u8>,
}

/// Appends the bytes that lead from `previous` to `next`; without a `previous` everything is drawn.
pub fn encode(previous: Option<&Frame>, next: &Frame, out: &mut Vec<u8>) {
    out.extend_from_slice(&next.extra);
    let area = next.buffer.area;
    let previous = previous.filter(|previous| previous.buffer.area == area);
    let mut pen = Pen::new(out, previous.and_then(|previous| previous.caret));
    let before = pen.len();
    pen.raw(BLOCK_BEGIN);
    let begun = pen.len();
    if previous.is_none() {
        pen.erase_all();
    }
    draw(
        &mut pen,
        previous.map(|previous| &previous.buffer),
        &next.buffer,
    );
    pen.plain();
    let drawn = pen.len() > begun;
    if !drawn {
        pen.truncate(before);
    }
    if let Some((column, row)) = next.caret {
        let column = column.min(area.width.saturating_sub(1));
        pen.go(column, row.min(area.height.saturating_sub(1)));
    }
    let shown = previous.map(|previous| previous.caret.is_some());
    match (shown, next.caret.is_some()) {
        (None | Some(false), true) => pen.raw(b"\x1b[?25h"),
        (None | Some(true), false) => pen.raw(b"\x1b[?25l"),
        (Some(true), true) | (Some(false), false) => {}
    }
    if drawn {
        pen.raw(BLOCK_END);
    }
}

fn draw(pen: &mut Pen<'_>, before: Option<&Buffer>, after: &Buffer) {
    let width = usize::from(after.area.width).max(1);
    let blank = vec![Cell::EMPTY; width];
    let mut rows_before = before.map(|before| before.content.chunks(width));
    for (row, cells) in (0_u16..).zip(after.content.chunks(width)) {
        let old = rows_before.as_mut().and_then(Iterator::next);
        let old = old.unwrap_or(&blank);
        if old != cells {
            draw_row(pen, row, old, cells);
        }
    }
}

fn draw_row(pen: &mut Pen<'_>, row: u16, before: &[Cell], after: &[Cell]) {
    let before = cells::glyphs(before);
    let after = cells::glyphs(after);
    let text_end = after
        .iter()
        .rposition(|glyph| !glyph.as_ref().is_some_and(Glyph::is_blank))
        .map_or(0, |last| last + 1);
    // A cell that a wide grapheme before it covers is drawn with that one.
    let changed = |column: usize| {
        after
            .get(column)
            .is_some_and(|new| new.is_some() && before.get(column) != Some(new))
    };
    let mut again_until = 0;
    for (column, glyph) in after.iter().enumerate() {
        let Some(glyph) = glyph else { continue };
        let again = column < again_until;
        if !again && !changed(column) {
            continue;
        }
        if column >= text_end {
            let rest = (column..after.len()).filter(|&column| changed(column));
            if rest.count() >= ERASE_CELLS_MIN {
                pen.go(cells::coordinate(column), row);
                pen.erase_to_end();
                return;
            }
        }
        pen.go(cells::coordinate(column), row);
        pen.glyph(glyph, after.len() - column);
        if !glyph.is_steady() {
            again_until = column + glyph.width + SPILL_CELLS;
        }
    }
}
