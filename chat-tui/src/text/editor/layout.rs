//! The rows that an editor shows, and the cell of its caret.

use super::Editor;
use crate::text::cells::Widths;
use crate::text::graphemes::graphemes;
use crate::text::slice;
use crate::text::wrap::{Row, Spaces, rows};

/// The part of an editor that fits on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditorView {
    /// The visible rows from the top; each fits into the width asked for.
    pub rows: Vec<Row>,
    /// Row (0 is the first visible one) and column of the caret; both inside the view.
    pub caret: (usize, usize),
    /// Rows hidden above the first visible one.
    pub scroll: usize,
    /// Rows of the whole text.
    pub total: usize,
}

impl Editor {
    /// The rows to show in `width` columns and at most `max_rows` rows.
    ///
    /// The last rows are shown unless the caret is above them. A caret that would stand after the
    /// last column stands at the start of the next row, which is empty where the line ends there. A
    /// grapheme wider than the whole width is not shown: its row is empty.
    pub fn layout(&self, widths: &Widths, width: usize, max_rows: usize) -> EditorView {
        let width = width.max(1);
        let (mut rows, row, column) = self.placed(widths, width);
        let total = rows.len();
        let scroll = total.saturating_sub(max_rows).min(row);
        let visible = rows
            .drain(..)
            .skip(scroll)
            .take(max_rows)
            .map(|row| {
                if row.width > width {
                    Row {
                        end: row.start,
                        width: 0,
                        ..row
                    }
                } else {
                    row
                }
            })
            .collect();
        EditorView {
            rows: visible,
            caret: (
                row.saturating_sub(scroll),
                column.min(width.saturating_sub(1)),
            ),
            scroll,
            total,
        }
    }

    /// Moves by rows to the one that `target` chooses; false where there is no such row.
    pub(super) fn by_rows(
        &mut self,
        widths: &Widths,
        width: usize,
        target: impl FnOnce(usize) -> Option<usize>,
    ) -> bool {
        let (rows, row, column) = self.placed(widths, width.max(1));
        let goal = self.goal.unwrap_or(column);
        let Some(&chosen) = target(row).and_then(|row| rows.get(row)) else {
            return false;
        };
        // The end of a row that was cut is the start of the next one, so it is out of reach here.
        let is_cut = target_is_cut(&rows, &chosen);
        let mut caret = chosen.start;
        let mut reached = 0_usize;
        for (start, grapheme) in graphemes(slice(&self.text, chosen.start..chosen.end)) {
            reached = reached.saturating_add(usize::from(widths.of(grapheme)));
            let after = chosen
                .start
                .saturating_add(start)
                .saturating_add(grapheme.len());
            if reached > goal || (is_cut && after == chosen.end) {
                break;
            }
            caret = after;
        }
        self.go_to(caret);
        self.goal = Some(goal);
        true
    }

    /// All rows, and row and column of the caret among them.
    fn placed(&self, widths: &Widths, width: usize) -> (Vec<Row>, usize, usize) {
        let mut rows = rows(&self.text, widths, [width, width], Spaces::Stay);
        let index = rows
            .partition_point(|row| row.start <= self.caret)
            .saturating_sub(1);
        let start = rows.get(index).map_or(0, |row| row.start);
        let column = widths.width(slice(&self.text, start..self.caret));
        if column < width || column == 0 {
            return (rows, index, column);
        }
        let next = index.saturating_add(1);
        rows.insert(
            next.min(rows.len()),
            Row {
                start: self.caret,
                end: self.caret,
                width: 0,
            },
        );
        (rows, next, 0)
    }
}

/// Whether the text goes on in the next row without a line feed.
fn target_is_cut(rows: &[Row], row: &Row) -> bool {
    rows.iter()
        .any(|other| other.start == row.end && other.start > row.start)
}
