//! The log: rows of what was said, resting on the composer.

use ratatui::style::{Modifier, Style};

use super::paint::Canvas;
use super::theme::Theme;
use crate::model::layout::{Area, Layout};
use crate::model::log::{Line, Log, Mark, Place, Scroll};
use crate::model::tab::{Older, Tab};
use crate::model::timeline::Slot;
use crate::model::words::{fill, grouped};
use crate::model::{Facts, Model};
use crate::text::wrap::wrap;

/// The column of the time.
const TIME_COLUMN: u16 = 1;

/// The first column of the nick, behind a time such as `14:03`.
const NICK_COLUMN: u16 = 7;

/// The column after the nick, which stands at the right of its columns, there.
const NICK_END: u16 = 18;

/// The column of nick and time where they stand above the text.
const HEAD_COLUMN: u16 = 1;

/// Margin of a rule at each side.
const RULE_MARGIN: u16 = 2;

/// Draws the log of the tab that is shown, or what to do where there is none.
pub(super) fn draw(
    model: &Model,
    facts: &dyn Facts,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let area = layout.log;
    let Some(tab) = model.tab() else {
        return no_room(model, layout, theme, canvas);
    };
    let log = Log::new(model, facts, tab, layout);
    let lines = log.visible(usize::from(area.height));
    let drawn = u16::try_from(lines.len()).unwrap_or(area.height);
    let top = area.bottom().saturating_sub(drawn);
    let selected = log.selected();
    for ((place, line), y) in lines.iter().zip(top..area.bottom()) {
        let is_selected = selected == Some(*place);
        // The day and the unread line stand at what is selected and are no part of it.
        let is_selected = is_selected && (line.from.is_some() || line.nick.is_some());
        draw_line(line, y, layout, theme, canvas);
        let landing = tab.landing.as_ref().map(|landing| landing.position);
        let is_found = landing.is_some_and(|at| *place == Place::Entry(Slot::of(at)));
        let is_found = is_found && (line.from.is_some() || line.nick.is_some());
        shade(line, is_selected || is_found, y, layout, theme, canvas);
        if is_selected {
            mark_selected(y, layout, theme, canvas);
        }
    }
    if tab.scroll != Scroll::Bottom && !layout.bare {
        below(model, tab, layout, theme, canvas);
    }
}

fn no_room(model: &Model, layout: &Layout, theme: &Theme, canvas: &mut Canvas<'_>) {
    let text = model.words().no_room;
    let (x, columns) = (layout.text_column(), layout.text_columns());
    let rows = wrap(text, &canvas.widths, columns, columns);
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let top = layout.log.bottom().saturating_sub(height);
    for (row, y) in rows.iter().zip(top..layout.log.bottom()) {
        let part = crate::text::slice(text, row.start..row.end);
        canvas.text(x, y, layout.log.right(), part, theme.dim());
    }
}

/// Tells that one reads further up: in the gap above the composer, or over the last row without one.
fn below(model: &Model, tab: &Tab, layout: &Layout, theme: &Theme, canvas: &mut Canvas<'_>) {
    let words = model.words();
    let count = tab.below;
    let newer = tab.past.as_ref().map(|past| past.newer);
    let (text, style) = if newer == Some(Older::Failed) {
        (words.newer_not_fetched.to_owned(), theme.failure())
    } else if newer == Some(Older::Asked) && count == 0 {
        (words.fetching_newer.to_owned(), theme.dim())
    } else if count == 0 {
        (words.scrolled.to_owned(), theme.dim())
    } else {
        (fill(words.below, &[&grouped(count)]), theme.accent())
    };
    let y = if layout.gap.height > 0 {
        layout.gap.y
    } else {
        let Some(y) = layout.log.bottom().checked_sub(1) else {
            return;
        };
        canvas.fill(
            Area {
                y,
                height: 1,
                ..layout.log
            },
            Style::new(),
        );
        y
    };
    canvas.text_cut(layout.text_column(), y, layout.log.right(), &text, style);
}

/// Gives a row of code, or of what is selected, its background.
fn shade(
    line: &Line,
    is_selected: bool,
    y: u16,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let x = if is_selected {
        layout.log.x
    } else if line.code {
        layout.text_column()
    } else {
        return;
    };
    let row = Area {
        x,
        y,
        width: layout.log.right().saturating_sub(x),
        height: 1,
    };
    canvas.restyle(row, theme.raised());
}

/// Where no background can tell what is selected, the columns before its text do.
fn mark_selected(y: u16, layout: &Layout, theme: &Theme, canvas: &mut Canvas<'_>) {
    if theme.raised().bg.is_none() {
        let row = Area {
            x: layout.log.x,
            y,
            width: layout.text_column().saturating_sub(1),
            height: 1,
        };
        canvas.restyle(row, Theme::chosen());
    }
}

fn draw_line(line: &Line, y: u16, layout: &Layout, theme: &Theme, canvas: &mut Canvas<'_>) {
    if line.rule {
        return rule(line, y, layout, theme, canvas);
    }
    let end = layout.log.right();
    let shown = if layout.bare { Mark::None } else { line.mark };
    let (mark, style) = match shown {
        Mark::None => ("", Style::new()),
        Mark::Own => ("›", theme.dim()),
        Mark::Mention => ("▸", theme.accent()),
        Mark::Failed => ("!", theme.failure()),
    };
    canvas.text(0, y, end, mark, style);
    if layout.narrow {
        let mut x = if layout.bare { 0 } else { HEAD_COLUMN };
        if let Some(nick) = &line.nick {
            x = canvas.text_cut(x, y, end, nick, nick_style(line, nick, theme));
        }
        if let Some(time) = &line.time {
            canvas.text(x.saturating_add(2), y, end, time, theme.dim());
        }
    } else {
        let [from, to] =
            [NICK_COLUMN, NICK_END].map(|column| column.saturating_add(layout.wider_time));
        if let Some(time) = &line.time {
            canvas.text(TIME_COLUMN, y, from, time, theme.dim());
        }
        if let Some(nick) = &line.nick {
            let style = nick_style(line, nick, theme);
            canvas.text_right(from, y, to, nick, style);
        }
    }
    let mut x = layout.text_column();
    for span in &line.spans {
        let style = theme.look(span.look);
        x = match &span.link {
            Some(target) => canvas.link((x, y), end, &span.text, style, target),
            None => canvas.text(x, y, end, &span.text, style),
        };
    }
}

fn nick_style(line: &Line, nick: &str, theme: &Theme) -> Style {
    let style = theme.nick(nick);
    match line.mark {
        Mark::Own | Mark::Failed => style.add_modifier(Modifier::BOLD),
        Mark::None | Mark::Mention => style,
    }
}

fn rule(line: &Line, y: u16, layout: &Layout, theme: &Theme, canvas: &mut Canvas<'_>) {
    let style = theme.accent();
    let start = layout.log.x.saturating_add(RULE_MARGIN);
    let end = layout.log.right().saturating_sub(RULE_MARGIN);
    let columns = usize::from(end.saturating_sub(start));
    let label = format!(" {} ", line.text());
    let dashes = columns.saturating_sub(canvas.widths.width(&label));
    let left = dashes / 2;
    let right = dashes.saturating_sub(left);
    let text = format!("{}{label}{}", "╌".repeat(left), "╌".repeat(right));
    canvas.text_cut(start, y, end, &text, style);
}
