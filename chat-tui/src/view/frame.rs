//! The rows around the log: tabs, topic, status.

use ratatui::style::Style;

use super::paint::Canvas;
use super::theme::Theme;
use crate::model::layout::{Area, Layout};
use crate::model::status::{Level, status};
use crate::model::tab::Tab;
use crate::model::words::{fill, grouped};
use crate::model::{Facts, Model};
use crate::text::sanitized::Sanitized;
use crate::text::slice;

/// Columns between two tabs, and between two hints.
const BETWEEN: u16 = 3;

/// Most tabs that Alt and a digit reach.
const DIGIT_TABS: usize = 9;

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
    let labels: Vec<(usize, String)> = model
        .shown_tabs()
        .map(|(index, tab)| (index, label(tab)))
        .collect();
    let wanted: usize = labels
        .iter()
        .map(|(_, label)| {
            canvas
                .widths
                .width(label)
                .saturating_add(usize::from(BETWEEN))
        })
        .sum();
    // Who one is gives way to the tabs; the tabs that do not fit give way to the one that is shown.
    let shows_who = wanted.saturating_add(room) <= usize::from(end);
    let first = first_tab(model, &labels, usize::from(end), canvas);
    let mut x = area.x.saturating_add(1);
    for (index, label) in labels.iter().skip(first) {
        let Some(tab) = model.tabs.get(*index) else {
            continue;
        };
        if x >= end {
            break;
        }
        let style = tab_style(tab, *index == model.active, theme);
        x = canvas
            .text_cut(x, y, end, label, style)
            .saturating_add(BETWEEN);
    }
    if shows_who {
        canvas.text_right(x, y, end, &who, theme.dim());
    }
}

/// The first tab to draw, so that the one that is shown is on the screen.
fn first_tab(
    model: &Model,
    labels: &[(usize, String)],
    columns: usize,
    canvas: &Canvas<'_>,
) -> usize {
    let at = labels
        .iter()
        .position(|(index, _)| *index == model.active)
        .unwrap_or_default();
    let mut used = 0_usize;
    let mut first = at;
    for (place, (_, label)) in labels.iter().enumerate().take(at.saturating_add(1)).rev() {
        let width = canvas
            .widths
            .width(label)
            .saturating_add(usize::from(BETWEEN));
        used = used.saturating_add(width);
        if used > columns {
            break;
        }
        first = place;
    }
    first
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

fn label(tab: &Tab) -> String {
    let name = tab.name();
    if tab.unread == 0 {
        name
    } else {
        format!("{name} {}", grouped(tab.unread))
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
    let words = model.words();
    let tabs = model.shown_tabs().count().min(DIGIT_TABS);
    let mut hints = Vec::new();
    if tabs > 1 {
        hints.push(fill(words.keys_rooms, &[&tabs.to_string()]));
    }
    let has_members = model.tab().is_some_and(|tab| !tab.is_direct());
    if layout.members.is_none() && has_members {
        hints.push(words.keys_members.to_owned());
    }
    hints.push(words.keys_help.to_owned());
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
