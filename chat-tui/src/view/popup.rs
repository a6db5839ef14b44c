//! What stands over the rest: help, the rooms, the menu under Tab. Each has one cell of padding.

use ratatui::style::Modifier;

use super::paint::Canvas;
use super::theme::Theme;
use crate::model::Model;
use crate::model::completion::Completion;
use crate::model::layout::{Area, COMPOSER_COLUMN, Layout};
use crate::model::log::Choice;
use crate::model::popup::{RoomRow, rows_around};
use crate::model::words::{fill, grouped};
use crate::text::sanitized::Sanitized;

/// Most columns of a popup.
const POPUP_COLUMNS_MAX: u16 = 76;

/// Columns that must be left at each side; where fewer would be, the popup takes the whole width, as a strip of cut-off words is of
/// no use to anybody.
const SIDE_COLUMNS_MIN: u16 = 8;

/// Most candidates that the menu under Tab shows at once; it scrolls with the chosen one.
const MENU_ROWS_MAX: u16 = 8;

/// Most columns of the keys in the help.
const HELP_KEYS_COLUMNS: u16 = 26;

/// Clears the place of a popup for `rows` rows of content, draws title and keys, and returns where the content goes.
///
/// A popup stands off the rest by its background, with one row and two columns of padding; without one it has edges.
pub(super) fn frame_of(
    title: &str,
    keys: &str,
    rows: usize,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Area {
    let screen = canvas.area();
    let width = width_on(screen.width);
    let around = rows_around(screen.height);
    let wanted = u16::try_from(rows)
        .unwrap_or(u16::MAX)
        .saturating_add(around);
    let height = screen.height.min(wanted);
    let area = Area {
        x: screen.width.saturating_sub(width) / 2,
        y: screen.height.saturating_sub(height) / 2,
        width,
        height,
    };
    let style = theme.raised();
    canvas.fill(area, style);
    let (left, right) = (area.x.saturating_add(2), area.right().saturating_sub(2));
    let content = Area {
        x: left,
        width: right.saturating_sub(left),
        ..area
    };
    if around == 0 {
        return content;
    }
    let bottom = area.bottom().saturating_sub(1);
    let dim = theme.dim().patch(style);
    if style.bg.is_none() {
        let edge = "╌".repeat(usize::from(width));
        canvas.text(area.x, area.y, area.right(), &edge, dim);
        canvas.text(area.x, bottom, area.right(), &edge, dim);
    }
    let bold = style.add_modifier(Modifier::BOLD);
    canvas.text_cut(left, area.y.saturating_add(1), right, title, bold);
    canvas.text_cut(left, bottom.saturating_sub(1), right, keys, dim);
    Area {
        y: area.y.saturating_add(3),
        height: height.saturating_sub(around),
        ..content
    }
}

/// Marks the chosen row of a list, its padding included.
pub(super) fn choose(area: Area, y: u16, canvas: &mut Canvas<'_>) {
    let row = Area {
        x: area.x.saturating_sub(1),
        y,
        width: area.width.saturating_add(2),
        height: 1,
    };
    canvas.restyle(row, Theme::chosen());
}

/// The columns that the content of a popup has.
pub(super) fn columns_of(canvas: &Canvas<'_>) -> usize {
    usize::from(width_on(canvas.area().width).saturating_sub(4))
}

fn width_on(screen: u16) -> u16 {
    if screen < POPUP_COLUMNS_MAX + 2 * SIDE_COLUMNS_MIN {
        screen
    } else {
        POPUP_COLUMNS_MAX
    }
}

/// Keys and commands.
pub(super) fn help(
    model: &Model,
    lines: &[(String, String)],
    scroll: usize,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let words = model.words();
    let area = frame_of(
        words.help_title,
        words.popup_close,
        lines.len(),
        theme,
        canvas,
    );
    let style = theme.raised();
    let widest = lines
        .iter()
        .map(|(keys, _)| canvas.widths.width(keys))
        .max();
    let widest = u16::try_from(widest.unwrap_or_default()).unwrap_or(u16::MAX);
    let keys_columns = widest.saturating_add(1).min(HELP_KEYS_COLUMNS);
    let keys_end = area.x.saturating_add(keys_columns.min(area.width / 2));
    let skip = scroll.min(lines.len().saturating_sub(usize::from(area.height)));
    for ((keys, text), y) in lines.iter().skip(skip).zip(area.y..area.bottom()) {
        if keys.is_empty() {
            canvas.text_cut(area.x, y, area.right(), text, style);
            continue;
        }
        canvas.text_cut(area.x, y, keys_end, keys, theme.quiet_accent().patch(style));
        let x = keys_end.saturating_add(1);
        canvas.text_cut(x, y, area.right(), text, style);
    }
}

/// The rooms of the server.
pub(super) fn rooms(
    model: &Model,
    rooms: Option<&[RoomRow]>,
    chosen: usize,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let words = model.words();
    let server = Sanitized::line(&model.server);
    let title = fill(words.rooms_title, &[server.as_str()]);
    let count = rooms.map_or(1, <[RoomRow]>::len);
    let area = frame_of(&title, words.rooms_keys, count.max(1), theme, canvas);
    let style = theme.raised();
    let rooms = match rooms {
        None => {
            let dim = theme.dim().patch(style);
            canvas.text_cut(area.x, area.y, area.right(), words.rooms_fetching, dim);
            return;
        }
        Some([]) => {
            canvas.text_cut(area.x, area.y, area.right(), words.rooms_none, style);
            return;
        }
        Some(rooms) => rooms,
    };
    let skip = first_shown(chosen, area.height);
    let shown = || rooms.iter().skip(skip).zip(area.y..area.bottom());
    let counts = |room: &RoomRow| fill(words.room_members, &[&grouped(room.members)]);
    let widths = canvas.widths;
    let widest = |texts: &mut dyn Iterator<Item = usize>| {
        u16::try_from(texts.max().unwrap_or_default()).unwrap_or(u16::MAX)
    };
    let names = widest(&mut shown().map(|(room, _)| widths.width(room.name.as_str())));
    let names_end = area.x.saturating_add(names.min(area.width / 2));
    let numbers = widest(&mut shown().map(|(room, _)| widths.width(&counts(room))));
    let numbers_end = names_end
        .saturating_add(2)
        .saturating_add(numbers)
        .min(area.right());
    let dim = theme.dim().patch(style);
    for (room, y) in shown() {
        canvas.text_cut(area.x, y, names_end, room.name.as_str(), style);
        canvas.text_right(names_end, y, numbers_end, &counts(room), dim);
        let topic = numbers_end.saturating_add(2);
        canvas.text_cut(topic, y, area.right(), room.topic.as_str(), dim);
    }
    let row = u16::try_from(chosen.saturating_sub(skip)).unwrap_or(u16::MAX);
    choose(area, area.y.saturating_add(row), canvas);
}

/// The addresses on the screen.
pub(super) fn links(
    model: &Model,
    links: &[Choice],
    chosen: usize,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let words = model.words();
    let area = frame_of(
        words.links_title,
        words.links_keys,
        links.len(),
        theme,
        canvas,
    );
    let skip = first_shown(chosen, area.height);
    let rows = area.y..area.bottom();
    for ((index, link), y) in links.iter().enumerate().skip(skip).zip(rows) {
        let written = &link.target.written;
        canvas.text_cut(area.x, y, area.right(), written, theme.raised());
        if index == chosen {
            choose(area, y, canvas);
        }
    }
}

/// The menu under Tab, right above the composer.
pub(super) fn completion(
    model: &Model,
    completion: &Completion,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let words = model.words();
    let candidates = &completion.candidates;
    let above = layout.composer.y;
    let height = u16::try_from(candidates.len())
        .unwrap_or(u16::MAX)
        .min(MENU_ROWS_MAX)
        .min(above.saturating_sub(1));
    let widths = canvas.widths;
    let widest = candidates
        .iter()
        .map(|candidate| {
            widths
                .width(&candidate.text)
                .saturating_add(2 + widths.width(&candidate.hint))
        })
        .chain([widths.width(words.completion_keys)])
        .max()
        .unwrap_or_default();
    let x = COMPOSER_COLUMN.saturating_sub(1);
    let width = u16::try_from(widest.saturating_add(2))
        .unwrap_or(u16::MAX)
        .min(canvas.area().width.saturating_sub(x));
    let area = Area {
        x,
        y: above.saturating_sub(height.saturating_add(1)),
        width,
        height: height.saturating_add(1).min(above),
    };
    let style = theme.raised();
    canvas.fill(area, style);
    let (left, end) = (x.saturating_add(1), area.right().saturating_sub(1));
    let skip = first_shown(completion.chosen, height);
    let rows = area.y..area.bottom().saturating_sub(1);
    for ((index, candidate), y) in candidates.iter().enumerate().skip(skip).zip(rows) {
        let mut x = canvas.text_cut(left, y, end, candidate.text.trim_end(), style);
        x = x.saturating_add(2);
        canvas.text_cut(x, y, end, &candidate.hint, theme.dim().patch(style));
        if index == completion.chosen {
            let row = Area {
                y,
                height: 1,
                ..area
            };
            canvas.restyle(row, Theme::chosen());
        }
    }
    if let Some(y) = area
        .bottom()
        .checked_sub(1)
        .filter(|y| *y >= area.y && area.height > 0)
    {
        let dim = theme.dim().patch(style);
        canvas.text_cut(left, y, end, words.completion_keys, dim);
    }
}

/// The first row to show so that the chosen one is on the screen.
pub(super) fn first_shown(chosen: usize, height: u16) -> usize {
    chosen.saturating_add(1).saturating_sub(usize::from(height))
}
