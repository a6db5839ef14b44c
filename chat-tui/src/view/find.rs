//! What stands over the screen to find something: the search, the mentions, the switcher.
//!
//! Each has as many rows as it ever will, so that nothing moves while hits come in.

mod hits;

use super::paint::Canvas;
use super::popup::{first_shown, frame_of};
use super::theme::Theme;
use crate::model::Model;
use crate::model::find::{Answer, HITS_MAX, Search};
use crate::model::layout::Area;
use crate::model::log::moment;
use crate::model::switch::{Row, Switch, Target};
use crate::model::words::{fill, grouped};
use crate::text::editor::Editor;
use crate::text::slice;
use crate::text::wrap::wrap;
use protocol::position::Address;

use hits::hits;

/// Rows of the lists where the screen has them.
const LIST_ROWS: usize = 15;

/// Rows above a list: the field, what is to be said of it, a blank.
const HEAD_ROWS: u16 = 3;

/// Columns between two columns of a list.
const BETWEEN: u16 = 2;

/// Columns of a name in the switcher.
const SWITCH_COLUMNS: u16 = 32;

/// The search; returns the cell of the caret.
pub(super) fn search(model: &Model, theme: &Theme, canvas: &mut Canvas<'_>) -> Option<(u16, u16)> {
    let words = model.words();
    let search = &model.search;
    let room = search.here.as_ref().map(|room| name_of(model, room));
    let room = room.unwrap_or_default();
    let title = match search.room() {
        Some(_) => fill(words.search_title, &[&room]),
        None => words.search_title_all.to_owned(),
    };
    let keys = match search.chosen {
        Some(_) => words.search_keys_hit,
        None => words.search_keys,
    };
    let scope = match (search.here.is_some(), search.everywhere) {
        (false, _) => String::new(),
        (true, false) => format!("   {}", words.search_keys_all),
        (true, true) => format!("   {}", fill(words.search_keys_room, &[&room])),
    };
    let rows = LIST_ROWS.saturating_add(usize::from(HEAD_ROWS));
    let area = frame_of(
        &title,
        &format!("{keys}{scope}   {}", words.search_keys_close),
        rows,
        theme,
        canvas,
    );
    let caret = field(&search.field, search.is_kept, area, theme, canvas);
    let (text, is_failure) = told(model, search, &room);
    let style = if is_failure {
        theme.failure()
    } else {
        theme.dim()
    };
    let row = Area {
        y: area.y.saturating_add(1),
        height: area.height.saturating_sub(1).min(2),
        ..area
    };
    let used = sentence(&text, row, style.patch(theme.raised()), canvas);
    let list = below(area, HEAD_ROWS.max(used.saturating_add(2)));
    let terms = search.terms();
    let shows_rooms = search.room().is_none();
    hits(
        model,
        (&search.hits, search.chosen, &terms),
        shows_rooms,
        list,
        theme,
        canvas,
    );
    caret
}

/// What is to be said of the search, and whether something went wrong.
fn told(model: &Model, search: &Search, room: &str) -> (String, bool) {
    let words = model.words();
    let count = grouped(search.hits.len());
    if model.jump.is_some() {
        return (words.jumping.to_owned(), false);
    }
    if let Some(note) = &model.note {
        let is_failure = note.level == crate::model::status::Level::Failure;
        return (note.text.as_str().to_owned(), is_failure);
    }
    let text = match &search.answer {
        Answer::None if search.wanted().is_err() => words.search_empty.to_owned(),
        Answer::None => fill(words.search_here, &[&count]),
        Answer::Asked => words.search_asked.to_owned(),
        Answer::MoreAsked => fill(words.search_more_asked, &[&count]),
        Answer::Here { .. } if search.hits.len() >= HITS_MAX => fill(words.search_full, &[&count]),
        Answer::Here { next: Some(_) } => fill(words.search_more, &[&count]),
        Answer::Here { next: None } if search.since.is_some() => {
            let since = search.since.unwrap_or_default();
            let since = moment(since, model.now.unix_ms, model.clock());
            fill(words.search_found_since, &[&count, &since])
        }
        Answer::Here { next: None } if search.hits.is_empty() => match search.room() {
            Some(_) => fill(words.search_nothing, &[room]),
            None => words.search_nothing_all.to_owned(),
        },
        Answer::Here { next: None } => fill(words.search_found, &[&count]),
        Answer::Failed(why) => return (why.as_str().to_owned(), true),
    };
    (text, false)
}

/// The messages that speak to the person.
pub(super) fn mentions(model: &Model, nick: &str, theme: &Theme, canvas: &mut Canvas<'_>) {
    let words = model.words();
    let list = &model.mentions;
    let (title, keys) = (words.mentions_title, words.mentions_keys);
    let rows = LIST_ROWS.saturating_add(2);
    let area = frame_of(title, keys, rows, theme, canvas);
    let dim = theme.dim().patch(theme.raised());
    let (text, style) = match (&model.note, &list.answer) {
        _ if model.jump.is_some() => (words.jumping.to_owned(), dim),
        (Some(note), _) => {
            let style = match note.level {
                crate::model::status::Level::Quiet => dim,
                crate::model::status::Level::Failure => theme.failure().patch(theme.raised()),
            };
            (note.text.as_str().to_owned(), style)
        }
        (None, Answer::Asked) => (words.search_asked.to_owned(), dim),
        (None, Answer::Failed(why)) => {
            let failure = theme.failure().patch(theme.raised());
            (why.as_str().to_owned(), failure)
        }
        (None, _) if list.hits.is_empty() => (fill(words.mentions_none, &[nick]), dim),
        (None, _) => (fill(words.search_found, &[&grouped(list.hits.len())]), dim),
    };
    let row = Area {
        height: area.height.min(2),
        ..area
    };
    let used = sentence(&text, row, style, canvas);
    let terms = model.mention_terms(nick);
    hits(
        model,
        (&list.hits, Some(list.chosen), &terms),
        true,
        below(area, used.saturating_add(1)),
        theme,
        canvas,
    );
}

/// The switcher; returns the cell of the caret.
pub(super) fn switch(
    model: &Model,
    switch: &Switch,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Option<(u16, u16)> {
    let words = model.words();
    let rows = LIST_ROWS.saturating_add(2);
    let area = frame_of(words.switch_title, words.switch_keys, rows, theme, canvas);
    let caret = field(&switch.field, false, area, theme, canvas);
    let list = below(area, 2);
    let style = theme.raised();
    if switch.rows.is_empty() {
        let dim = theme.dim().patch(style);
        canvas.text_cut(list.x, list.y, list.right(), words.switch_none, dim);
        return caret;
    }
    let skip = first_shown(switch.chosen, list.height);
    let shown = switch.rows.iter().enumerate().skip(skip);
    for ((index, row), y) in shown.zip(list.y..list.bottom()) {
        let name_end = list.x.saturating_add(SWITCH_COLUMNS.min(list.width / 2));
        let name = if row.is_called {
            theme.accent().patch(style)
        } else {
            style
        };
        canvas.text_cut(list.x, y, name_end, row.name.as_str(), name);
        let told = row_told(model, row);
        let dim = if row.is_called {
            name
        } else {
            theme.dim().patch(style)
        };
        let x = name_end.saturating_add(BETWEEN);
        canvas.text_cut(x, y, list.right(), &told, dim);
        if index == switch.chosen {
            choose(list, y, canvas);
        }
    }
    caret
}

fn row_told(model: &Model, row: &Row) -> String {
    let words = model.words();
    match &row.target {
        Target::Tab(_) if row.unread > 0 => fill(words.switch_unread, &[&grouped(row.unread)]),
        Target::Tab(_) => String::new(),
        Target::Room(name, members) => {
            let told = fill(words.room_members, &[&grouped(*members)]);
            let room = model.known_rooms.iter().find(|room| room.name == *name);
            match room.filter(|room| !room.topic.is_empty()) {
                Some(room) => format!("{told}  {}", room.topic),
                None => told,
            }
        }
        Target::Person(_) => words.switch_person.to_owned(),
        Target::New(_) => words.switch_new.to_owned(),
    }
}

/// A field of one row; returns the cell of its caret.
fn field(
    editor: &Editor,
    is_kept: bool,
    area: Area,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Option<(u16, u16)> {
    if area.height == 0 || area.width == 0 {
        return None;
    }
    let style = theme.raised();
    let prompt = theme.accent().patch(style);
    let x = canvas
        .text(area.x, area.y, area.right(), "›", prompt)
        .saturating_add(1);
    let columns = usize::from(area.right().saturating_sub(x)).max(1);
    let view = editor.layout(&canvas.widths, columns, 1);
    let text_style = if is_kept { Theme::chosen() } else { style };
    if let Some(row) = view.rows.first() {
        let part = slice(editor.text(), row.start..row.end);
        canvas.text(x, area.y, area.right(), part, text_style);
    }
    let (_, column) = view.caret;
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    let last = area.right().saturating_sub(1);
    Some((x.saturating_add(column).min(last), area.y))
}

/// A sentence in the rows of an area; returns how many it took.
fn sentence(text: &str, area: Area, style: ratatui::style::Style, canvas: &mut Canvas<'_>) -> u16 {
    let columns = usize::from(area.width).max(1);
    let rows = wrap(text, &canvas.widths, columns, columns);
    let mut used = 0;
    for (row, y) in rows.iter().zip(area.y..area.bottom()) {
        let is_last = y.saturating_add(1) == area.bottom();
        let end = if is_last { text.len() } else { row.end };
        canvas.text_cut(area.x, y, area.right(), slice(text, row.start..end), style);
        used = y.saturating_sub(area.y).saturating_add(1);
    }
    used
}

fn below(area: Area, rows: u16) -> Area {
    Area {
        y: area.y.saturating_add(rows),
        height: area.height.saturating_sub(rows),
        ..area
    }
}

fn choose(area: Area, y: u16, canvas: &mut Canvas<'_>) {
    let row = Area {
        y,
        height: 1,
        ..area
    };
    canvas.restyle(row, Theme::chosen());
}

/// What a room is called here: by its tab, else by its address.
fn name_of(model: &Model, room: &Address) -> String {
    let tab = model.tabs.iter().find(|tab| tab.room == *room);
    match (tab, room) {
        (Some(tab), _) => tab.name(),
        (None, Address::Room(name)) => name.as_str().to_owned(),
        (None, Address::Direct(_)) => "@".to_owned(),
    }
}
