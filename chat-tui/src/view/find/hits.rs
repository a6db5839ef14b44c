//! A list of messages that were found: where, when, who, and the text around what was found.

use super::{BETWEEN, choose, name_of};
use crate::model::Model;
use crate::model::find::{Hit, Terms};
use crate::model::layout::Area;
use crate::model::log::moment;
use crate::text::cells::Widths;
use crate::text::slice;
use crate::view::paint::Canvas;
use crate::view::popup::first_shown;
use crate::view::theme::Theme;

/// Columns of a time.
const TIME_COLUMNS: u16 = 16;

/// Columns of a room and of a nick, and of each where the popup is narrow.
const NAME_COLUMNS: u16 = 12;
const NARROW_NAME_COLUMNS: u16 = 8;

/// Columns of a popup below which it is narrow.
const NARROW_BELOW: u16 = 64;

/// A list of hits: room, time, nick, and the text around what was found.
pub(super) fn hits(
    model: &Model,
    (hits, chosen, terms): (&[Hit], Option<usize>, &Terms),
    shows_rooms: bool,
    area: Area,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let style = theme.raised();
    let dim = theme.dim().patch(style);
    let rows: Vec<[String; 3]> = hits.iter().map(|hit| columns_of(model, hit)).collect();
    let [room, time, nick] = widths_of(&rows, area.width, canvas);
    let skip = first_shown(chosen.unwrap_or_default(), area.height);
    let shown = hits.iter().zip(&rows).enumerate().skip(skip);
    for ((index, (hit, row)), y) in shown.zip(area.y..area.bottom()) {
        let [room_name, moment, nick_name] = row;
        let mut x = area.x;
        if shows_rooms {
            let end = x.saturating_add(room);
            canvas.text_cut(x, y, end, room_name, style);
            x = end.saturating_add(BETWEEN);
        }
        let end = x.saturating_add(time);
        canvas.text_right(x, y, end, moment, dim);
        x = end.saturating_add(BETWEEN);
        let end = x.saturating_add(nick);
        let look = theme.nick(nick_name).patch(style);
        canvas.text_cut(x, y, end, nick_name, look);
        x = end.saturating_add(BETWEEN);
        marked_text(
            hit.text.as_str(),
            terms,
            (x, y, area.right()),
            theme,
            canvas,
        );
        if chosen == Some(index) {
            choose(area, y, canvas);
        }
    }
}

/// The room, time and nick of a hit.
fn columns_of(model: &Model, hit: &Hit) -> [String; 3] {
    [
        name_of(model, &hit.room),
        moment(hit.time, model.now.unix_ms, model.clock()),
        hit.nick.as_str().to_owned(),
    ]
}

/// How wide each of these columns is: as the widest in the whole list, so that none moves while one goes through it.
fn widths_of(rows: &[[String; 3]], width: u16, canvas: &Canvas<'_>) -> [u16; 3] {
    let name = if width < NARROW_BELOW {
        NARROW_NAME_COLUMNS
    } else {
        NAME_COLUMNS
    };
    let widest = |of: fn(&[String; 3]) -> &String, most: u16| {
        let widths = rows.iter().map(|row| canvas.widths.width(of(row)));
        u16::try_from(widths.max().unwrap_or_default()).map_or(most, |width| width.min(most))
    };
    [
        widest(|[room, ..]| room, name),
        widest(|[_, time, _]| time, TIME_COLUMNS),
        widest(|[.., nick]| nick, name),
    ]
}

/// As much of a text as fits, from so far before what was found that it is seen, with that marked.
fn marked_text(
    text: &str,
    terms: &Terms,
    (x, y, end): (u16, u16, u16),
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    const LEFT_OUT: &str = "⋯ ";
    let style = theme.raised();
    let columns = usize::from(end.saturating_sub(x));
    let marks = terms.marks(text);
    let first = marks.first().cloned().unwrap_or_default();
    let start = seen_from(text, first.start, first.end, columns, &canvas.widths);
    let mut x = x;
    if start > 0 {
        x = canvas.text(x, y, end, LEFT_OUT, theme.dim().patch(style));
    }
    let accent = theme.accent().patch(style);
    let mut at = start;
    for mark in &marks {
        if mark.start < at {
            continue;
        }
        x = canvas.text(x, y, end, slice(text, at..mark.start), style);
        x = canvas.text(x, y, end, slice(text, mark.clone()), accent);
        at = mark.end;
    }
    canvas.text_cut(x, y, end, slice(text, at..text.len()), style);
}

/// From which byte on a text is shown, so that the part from `start` to `end` is in its first `columns`.
fn seen_from(text: &str, start: usize, end: usize, columns: usize, widths: &Widths) -> usize {
    if widths.width(slice(text, 0..end)) <= columns {
        return 0;
    }
    // A quarter of the row before what was found, from the beginning of a word where there is one.
    let before = columns / 4;
    let mut from = start;
    for (at, _) in slice(text, 0..start).char_indices().rev() {
        if widths.width(slice(text, at..start)) > before {
            break;
        }
        from = at;
    }
    let part = slice(text, from..start);
    let word = part
        .find(' ')
        .map(|space| from.saturating_add(space).saturating_add(1));
    word.unwrap_or(from)
}
