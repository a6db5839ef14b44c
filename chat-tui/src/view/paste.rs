//! The question about a long paste: how long it is, and what can become of it, in one line where it fits.

use super::paint::Canvas;
use super::popup::{columns_of, frame_of};
use super::theme::Theme;
use crate::model::Model;
use crate::model::paste::{Fate, Paste, size};
use crate::model::words::{Words, fill, grouped};

/// What stands between two choices.
const BETWEEN: &str = " / ";

/// Draws it over the rest.
pub(super) fn draw(model: &Model, paste: &Paste, theme: &Theme, canvas: &mut Canvas<'_>) {
    let words = model.words();
    let head = fill(
        words.paste_asked,
        &[&grouped(paste.lines), &size(paste.text.len())],
    );
    let choices = paste.fates.iter().map(|fate| choice(words, *fate, paste));
    let choices: Vec<String> = choices.collect();
    let widths = canvas.widths;
    let columns = columns_of(canvas);
    // Row and column of each choice; one that does not fit behind the others begins a row.
    let mut places = Vec::new();
    let (mut row, mut at) = (0_usize, widths.width(&head));
    for choice in &choices {
        let width = widths.width(choice);
        if at > 0 && at.saturating_add(width).saturating_add(BETWEEN.len()) > columns {
            row = row.saturating_add(1);
            at = 0;
        }
        places.push((row, at));
        at = at.saturating_add(width).saturating_add(BETWEEN.len());
    }
    let rows = row.saturating_add(1);
    let area = frame_of(words.paste_title, words.paste_keys, rows, theme, canvas);
    let style = theme.raised();
    canvas.text_cut(area.x, area.y, area.right(), &head, style);
    let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    for (index, (choice, (row, column))) in choices.iter().zip(places).enumerate() {
        let (x, y) = (
            area.x.saturating_add(cells(column)),
            area.y.saturating_add(cells(row)),
        );
        if y >= area.bottom() {
            break;
        }
        let style = if index == paste.chosen {
            style.patch(Theme::chosen())
        } else {
            style
        };
        let end = canvas.text_cut(x, y, area.right(), choice, style);
        if index.saturating_add(1) < choices.len() {
            canvas.text(
                end,
                y,
                area.right(),
                BETWEEN,
                theme.dim().patch(theme.raised()),
            );
        }
    }
}

fn choice(words: &Words, fate: Fate, paste: &Paste) -> String {
    match fate {
        Fate::Draft { too_long: false } => words.paste_one.to_owned(),
        Fate::Draft { too_long: true } => words.paste_one_long.to_owned(),
        Fate::Parts => fill(
            words.paste_parts,
            &[&grouped(paste.parts), &grouped(paste.seconds)],
        ),
        Fate::Dropped => words.paste_cancel.to_owned(),
    }
}
