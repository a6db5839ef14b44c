//! The rows around the log: tabs, topic, status.

use ratatui::style::Style;

use super::paint::Canvas;
use super::theme::Theme;
use crate::model::layout::tabs::{BETWEEN_TABS as BETWEEN, columns_wanted, labels};
use crate::model::layout::{Area, Layout};
use crate::model::status::{Level, status};
use crate::model::tab::Tab;
use crate::model::words::fill;
use crate::model::{Facts, Model};
use crate::text::sanitized::Sanitized;
use crate::text::slice;

/// Most tabs that have a key of their own.
const DIGIT_TABS: u8 = 9;

/// The tabs, and who one is where.
pub(super) fn tabs(
    model: &Model,
    facts: &dyn Facts,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let area = layout.tabs;
    if area.height == 0 {
        return;
    }
    let (y, end) = (area.y, area.right().saturating_sub(1));
    let who = who(model, facts);
    let room = canvas
        .widths
        .width(&who)
        .saturating_add(usize::from(BETWEEN));
    // Who one is gives way to the tabs; the tabs that do not fit give way to the one that is shown.
    let shows_who = columns_wanted(model).saturating_add(room) <= usize::from(end);
    for label in labels(model, area) {
        if let Some(tab) = model.tabs.get(label.index) {
            let style = tab_style(tab, label.index == model.active, theme);
            canvas.text_cut(label.x, y, label.end, &label.text, style);
        }
    }
    if shows_who {
        canvas.text_right(area.x, y, end, &who, theme.dim());
    }
}

fn tab_style(tab: &Tab, is_active: bool, theme: &Theme) -> Style {
    if is_active {
        theme.accent()
    } else if tab.mentions > 0 || (tab.is_direct() && tab.unread > 0) {
        theme.quiet_accent()
    } else if tab.unread > 0 {
        Theme::text()
    } else {
        theme.dim()
    }
}

fn who(model: &Model, facts: &dyn Facts) -> String {
    let server = Sanitized::line(&model.server);
    match facts.nick() {
        Some(nick) => format!("{} ∙ {server}", Sanitized::line(nick)),
        None => server.into_string(),
    }
}

/// The topic of the room, or who the conversation is with.
pub(super) fn topic(
    model: &Model,
    facts: &dyn Facts,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let area = layout.topic;
    let Some(tab) = model.tab() else { return };
    if area.height == 0 {
        return;
    }
    let Some(room) = facts.room(&tab.room) else {
        return;
    };
    let text = match room.topic {
        Some(topic) => Sanitized::line(&topic.text).into_string(),
        None if tab.is_direct() => model.words().alone.to_owned(),
        None => return,
    };
    canvas.text_cut(
        1,
        area.y,
        area.right().saturating_sub(1),
        &text,
        theme.dim(),
    );
}

/// The status line: what one has to know at the left, what one can press at the right.
pub(super) fn status_line(
    model: &Model,
    facts: &dyn Facts,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let area = layout.status;
    if area.height == 0 {
        return;
    }
    let note = status(model, facts);
    let style = match note.level {
        Level::Quiet => theme.dim(),
        Level::Failure => theme.failure(),
    };
    let text = note.text.as_str();
    let end = area.right().saturating_sub(1);
    let columns = usize::from(area.width.saturating_sub(2)).max(1);
    let (rows, indent) = note.rows(&canvas.widths, columns);
    let is_cut = rows.len() > usize::from(area.height);
    let last = usize::from(area.height).saturating_sub(1);
    let first_line = text.find('\n').unwrap_or(text.len());
    let mut x = 1;
    for ((index, row), y) in rows.iter().enumerate().zip(area.y..area.bottom()) {
        let to = if is_cut && index == last {
            text.len()
        } else {
            row.end
        };
        // Only what happened is loud; what belongs to it is to be read in peace.
        let style = if row.start > first_line {
            Theme::text()
        } else {
            style
        };
        let from = if index == 0 { 1 } else { 1 + indent };
        x = canvas.text_cut(from, y, end, slice(text, row.start..to), style);
    }
    if area.height == 1 && !is_cut {
        hints(model, layout, area, x, theme, canvas);
    }
}

/// As many of the hints as fit, the help last of all to go.
fn hints(
    model: &Model,
    layout: &Layout,
    area: Area,
    x: u16,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    if model.bare {
        return;
    }
    let words = model.words();
    let tabs = u8::try_from(model.shown_tabs().count()).unwrap_or(DIGIT_TABS);
    let to_rooms = model.keys.to_rooms(tabs.min(DIGIT_TABS));
    let mut hints = Vec::new();
    let is_reading = model.tab().is_some_and(|tab| tab.selected.is_some());
    if is_reading {
        hints.extend(words.keys_reading.split("   ").map(str::to_owned));
    } else if tabs > 1 {
        hints.extend(to_rooms.map(|keys| fill(words.keys_rooms, &[&keys])));
    }
    if !is_reading {
        hints.push(words.keys_find.to_owned());
    }
    let has_members = model.tab().is_some_and(|tab| !tab.is_direct());
    if layout.members.is_none() && has_members && !is_reading {
        hints.push(words.keys_members.to_owned());
    }
    hints.push(words.keys_help.to_owned());
    // What has no key is not told.
    hints.retain(|hint| !hint.is_empty());
    let between = " ".repeat(usize::from(BETWEEN));
    let end = area.right().saturating_sub(1);
    while !hints.is_empty() {
        let text = hints.join(&between);
        let needed = canvas
            .widths
            .width(&text)
            .saturating_add(usize::from(BETWEEN));
        if usize::from(x).saturating_add(needed) <= usize::from(end) {
            canvas.text_right(x, area.y, end, &text, theme.dim());
            return;
        }
        hints.remove(0);
    }
}
