//! What is being written, and the caret in it.

use super::paint::Canvas;
use super::theme::Theme;
use crate::model::Model;
use crate::model::layout::{COMPOSER_COLUMN, Layout, composer_columns};
use crate::model::log::quote_row;
use crate::text::slice;

/// The column of the prompt.
const PROMPT_COLUMN: u16 = 1;

/// Draws the composer and returns the cell of the caret.
pub(super) fn draw(
    model: &Model,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Option<(u16, u16)> {
    let area = layout.composer;
    if area.height == 0 || area.width == 0 {
        return None;
    }
    reply(model, layout, theme, canvas);
    let style = theme.raised();
    canvas.fill(area, style);
    canvas.text(
        PROMPT_COLUMN,
        area.y,
        area.right(),
        "›",
        theme.accent().patch(style),
    );
    let last_column = area.right().saturating_sub(1);
    let text = model.draft().text();
    for (row, y) in layout.draft.rows.iter().zip(area.y..area.bottom()) {
        let part = slice(text, row.start..row.end);
        canvas.text(COMPOSER_COLUMN, y, area.right(), part, style);
    }
    let (row, column) = layout.draft.caret;
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    let row = u16::try_from(row).unwrap_or(u16::MAX);
    Some((
        COMPOSER_COLUMN.saturating_add(column).min(last_column),
        area.y
            .saturating_add(row)
            .min(area.bottom().saturating_sub(1)),
    ))
}

/// What the draft answers, right above it.
fn reply(model: &Model, layout: &Layout, theme: &Theme, canvas: &mut Canvas<'_>) {
    let area = layout.reply;
    let answered = model.tab().and_then(|tab| Some((tab, tab.reply_to?)));
    let Some((tab, position)) = answered.filter(|_| area.height > 0) else {
        return;
    };
    let style = theme.raised();
    canvas.fill(area, style);
    let columns = composer_columns(area.width);
    let text = quote_row(&tab.quote(position), model.words(), &model.widths, columns);
    let dim = theme.dim().patch(style);
    canvas.text(COMPOSER_COLUMN, area.y, area.right(), &text, dim);
}
