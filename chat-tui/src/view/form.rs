//! The first-run form: a field a row, and what is wrong with it right below.

use ratatui::style::{Modifier, Style};

use super::paint::Canvas;
use super::theme::Theme;
use crate::model::Model;
use crate::model::form::{Field, Form, Input, Stage};
use crate::model::layout::Area;
use crate::model::words::{fill, grouped};
use crate::text::slice;
use crate::text::wrap::wrap;

/// Columns of the form where there is room; it stands in the middle.
const FORM_COLUMNS: u16 = 52;

/// Columns of the labels.
const LABEL_COLUMNS: u16 = 10;

/// Most columns of what is told below a field: the fingerprint of a key fits in.
const TOLD_COLUMNS_MAX: usize = 57;

/// Columns left of the labels, for the mark of the field that has the caret.
const MARK_COLUMNS: u16 = 2;

/// Rooms offered below the field.
const OFFERS_MAX: usize = 12;

/// One row of the form.
enum Row<'a> {
    Blank,
    Title(&'a str, Style),
    Field(Field, &'a str, &'a Input),
    Told(String, Style),
    Buttons,
}

/// Draws the form and returns the cell of the caret.
pub(super) fn draw(
    model: &Model,
    form: &Form,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Option<(u16, u16)> {
    let screen = canvas.area();
    let height = screen.height.saturating_sub(1).max(1);
    let left = (screen.width.saturating_sub(FORM_COLUMNS) / 2).max(MARK_COLUMNS);
    let text_left = left.saturating_add(LABEL_COLUMNS);
    let columns = usize::from(screen.width.saturating_sub(text_left).saturating_sub(1)).max(1);
    let columns = columns.min(TOLD_COLUMNS_MAX);
    let mut rows = rows(model, form, columns, theme, canvas);
    if rows.len() > usize::from(height) {
        rows.retain(|row| !matches!(row, Row::Blank));
    }
    let caret_row = rows
        .iter()
        .position(|row| match row {
            Row::Field(field, ..) => *field == form.focus,
            Row::Buttons => matches!(form.focus, Field::Enter | Field::Host),
            Row::Blank | Row::Title(..) | Row::Told(..) => false,
        })
        .unwrap_or_default();
    // On a low screen the field with the caret and what is wrong with it stay in sight.
    let skip = (caret_row.saturating_add(3).min(rows.len())).saturating_sub(usize::from(height));
    let shown = rows.len().saturating_sub(skip).min(usize::from(height));
    let shown = u16::try_from(shown).unwrap_or(height);
    let top = height.saturating_sub(shown).saturating_add(1) / 2;
    let mut caret = None;
    for (row, y) in rows.iter().skip(skip).zip(top..height) {
        let at = Area {
            x: left,
            y,
            width: screen.width.saturating_sub(left).saturating_sub(1),
            height: 1,
        };
        if let Some(found) = draw_row(model, row, form, at, theme, canvas) {
            caret = Some(found);
        }
    }
    footer(model, form, screen, theme, canvas);
    caret.map(|(x, y)| (x.min(screen.width.saturating_sub(1)), y))
}

fn rows<'a>(
    model: &Model,
    form: &'a Form,
    columns: usize,
    theme: &Theme,
    canvas: &Canvas<'_>,
) -> Vec<Row<'a>> {
    let words = model.words();
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let mut rows = vec![
        Row::Title(words.form_title, bold),
        Row::Title(words.form_subtitle, theme.dim()),
        Row::Blank,
        Row::Blank,
    ];
    let fields = [
        (Field::Server, words.form_server, &form.server),
        (Field::Room, words.form_room, &form.room),
        (Field::Nick, words.form_nick, &form.nick),
    ];
    for (field, label, input) in fields {
        rows.push(Row::Field(field, label, input));
        let (text, style) = match &input.problem {
            Some(problem) => (problem.as_str().to_owned(), theme.failure()),
            None => (told(model, form, field, columns, canvas), theme.dim()),
        };
        if !text.is_empty() {
            rows.extend(told_rows(&text, columns, style, canvas));
        }
        rows.push(Row::Blank);
    }
    rows.push(Row::Blank);
    rows.push(Row::Buttons);
    rows
}

/// A sentence below a field; what follows the first row of a problem stands below its text.
fn told_rows<'a>(text: &str, columns: usize, style: Style, canvas: &Canvas<'_>) -> Vec<Row<'a>> {
    let indent = if text.starts_with("! ") { "  " } else { "" };
    wrap(
        text,
        &canvas.widths,
        columns,
        columns.saturating_sub(indent.len()).max(1),
    )
    .into_iter()
    .enumerate()
    .map(|(index, row)| {
        let indent = if index == 0 { "" } else { indent };
        let part = slice(text, row.start..row.end);
        Row::Told(format!("{indent}{part}"), style)
    })
    .collect()
}

fn told(model: &Model, form: &Form, field: Field, columns: usize, canvas: &Canvas<'_>) -> String {
    let words = model.words();
    match field {
        Field::Server => match form.stage {
            Stage::Filling => String::new(),
            Stage::Probing => words.form_probing.to_owned(),
            Stage::Hosting => words.form_hosting.to_owned(),
            Stage::Entering => words.form_entering.to_owned(),
            Stage::Found => {
                let Some(count) = form.rooms.as_ref().map(Vec::len) else {
                    return words.online.to_owned();
                };
                let sentence = if count == 1 {
                    words.form_online_one
                } else {
                    words.form_online
                };
                fill(sentence, &[&grouped(count)])
            }
        },
        Field::Room => offers(model, form, columns, canvas),
        Field::Nick | Field::Enter | Field::Host => String::new(),
    }
}

/// As many rooms as fit into one row, each with its count.
fn offers(model: &Model, form: &Form, columns: usize, canvas: &Canvas<'_>) -> String {
    let words = model.words();
    let mut text = String::new();
    for room in form.rooms.iter().flatten().take(OFFERS_MAX) {
        let between = if text.is_empty() { "" } else { "   " };
        let offer = fill(
            words.form_offer,
            &[room.name.as_str(), &grouped(room.members)],
        );
        let longer = format!("{text}{between}{offer}");
        if canvas.widths.width(&longer) > columns {
            break;
        }
        text = longer;
    }
    text
}

fn draw_row(
    model: &Model,
    row: &Row<'_>,
    form: &Form,
    at: Area,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Option<(u16, u16)> {
    let text_left = at.x.saturating_add(LABEL_COLUMNS);
    match row {
        Row::Blank => None,
        Row::Title(text, style) => {
            canvas.text_cut(at.x, at.y, at.right(), text, *style);
            None
        }
        Row::Told(text, style) => {
            canvas.text_cut(text_left, at.y, at.right(), text, *style);
            None
        }
        Row::Field(field, label, input) => {
            let has_caret = *field == form.focus;
            if has_caret {
                let x = at.x.saturating_sub(MARK_COLUMNS);
                canvas.text(x, at.y, at.x, "›", theme.accent());
            }
            let label_style = if has_caret {
                Theme::text()
            } else {
                theme.dim()
            };
            canvas.text_cut(at.x, at.y, text_left.saturating_sub(1), label, label_style);
            let columns = usize::from(at.right().saturating_sub(text_left)).max(1);
            let view = input.editor.layout(&canvas.widths, columns, 1);
            if let Some(row) = view.rows.first() {
                let part = slice(input.editor.text(), row.start..row.end);
                canvas.text(text_left, at.y, at.right(), part, Theme::text());
            }
            let (_, column) = view.caret;
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            has_caret.then(|| (text_left.saturating_add(column), at.y))
        }
        Row::Buttons => {
            let words = model.words();
            let mut x = at.x;
            for (field, label) in [
                (Field::Enter, words.form_enter),
                (Field::Host, words.form_host),
            ] {
                let style = if form.focus == field {
                    Theme::chosen()
                } else {
                    Theme::text()
                };
                let button = format!("[ {label} ]");
                x = canvas
                    .text_cut(x, at.y, at.right(), &button, style)
                    .saturating_add(3);
            }
            None
        }
    }
}

fn footer(model: &Model, form: &Form, screen: Area, theme: &Theme, canvas: &mut Canvas<'_>) {
    let words = model.words();
    let Some(y) = screen.bottom().checked_sub(1).filter(|y| *y > 0) else {
        return;
    };
    let end = screen.right().saturating_sub(1);
    let picks =
        form.focus == Field::Room && form.rooms.as_ref().is_some_and(|rooms| !rooms.is_empty());
    let keys = if picks {
        words.form_keys_room
    } else {
        words.form_keys
    };
    let (text, style) = match &model.note {
        Some(note) => (note.text.as_str(), theme.failure()),
        None => (words.form_keys_here, theme.dim()),
    };
    let needed = canvas.widths.width(keys).saturating_add(3);
    let both = canvas.widths.width(text).saturating_add(needed);
    // What can be pressed is worth more than what is good to know.
    if model.note.is_none() && both >= usize::from(end) {
        canvas.text_cut(1, y, end, keys, theme.dim());
        return;
    }
    let x = canvas.text_cut(1, y, end, text, style);
    if usize::from(x).saturating_add(needed) <= usize::from(end) {
        canvas.text_right(x, y, end, keys, theme.dim());
    }
}
