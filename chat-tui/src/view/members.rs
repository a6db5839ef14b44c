//! Who is in: a column at the right, or a popup where there is no room for one.

use super::paint::Canvas;
use super::popup::frame_of;
use super::theme::Theme;
use crate::model::layout::Area;
use crate::model::roster::{ROSTER_HEAD_ROWS, window};
use crate::model::tab::Tab;
use crate::model::words::{fill, grouped};
use crate::model::{Facts, Model};
use crate::text::sanitized::Sanitized;
use protocol::event::{Member, Status};

/// The column of the member list.
pub(super) fn column(
    model: &Model,
    facts: &dyn Facts,
    area: Area,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let Some(tab) = model.tab() else { return };
    let Some(count) = facts.room(&tab.room).map(|room| room.count) else {
        return;
    };
    if area.height == 0 {
        return;
    }
    let title = fill(model.words().members, &[&grouped(count)]);
    canvas.text_cut(area.x, area.y, area.right(), &title, theme.dim());
    let list = Area {
        y: area.y.saturating_add(ROSTER_HEAD_ROWS),
        height: area.height.saturating_sub(ROSTER_HEAD_ROWS),
        ..area
    };
    rows(
        model,
        facts,
        (tab, count, tab.members_scroll),
        list,
        theme,
        canvas,
    );
}

/// The same as a popup.
pub(super) fn overlay(
    model: &Model,
    facts: &dyn Facts,
    scroll: usize,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let Some(tab) = model.tab() else { return };
    let words = model.words();
    let count = facts.room(&tab.room).map_or(0, |room| room.count);
    let title = format!(
        "{} ∙ {}",
        tab.name(),
        fill(words.members, &[&grouped(count)])
    );
    let list = frame_of(&title, words.popup_close, count.max(1), theme, canvas);
    if count == 0 {
        canvas.text_cut(list.x, list.y, list.right(), words.nobody, theme.raised());
        return;
    }
    rows(model, facts, (tab, count, scroll), list, theme, canvas);
}

/// The members that fit, and how many there are besides.
fn rows(
    model: &Model,
    facts: &dyn Facts,
    (tab, count, skip): (&Tab, usize, usize),
    area: Area,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    let height = usize::from(area.height);
    let (members, left) = window(facts, tab, count, skip, height);
    for (member, y) in members.iter().zip(area.y..area.bottom()) {
        row(model, facts, member, (area, y), theme, canvas);
    }
    if left > 0 && height > 0 {
        let shown = u16::try_from(members.len()).unwrap_or(area.height);
        let y = area
            .y
            .saturating_add(shown)
            .min(area.bottom().saturating_sub(1));
        let text = fill(model.words().more_members, &[&grouped(left)]);
        canvas.text_cut(area.x, y, area.right(), &text, theme.dim());
    }
}

fn row(
    model: &Model,
    facts: &dyn Facts,
    member: &Member,
    (area, y): (Area, u16),
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    const BETWEEN: usize = 2;
    let words = model.words();
    let state = match member.status {
        Status::Reconnecting => words.reconnecting,
        Status::Here | Status::Unknown if facts.person() == Some(member.person) => words.me,
        Status::Here | Status::Unknown if member.former.is_some() => words.new_person,
        Status::Here | Status::Unknown => "",
    };
    let width = canvas.widths.width(state);
    let reserved = if state.is_empty() {
        0
    } else {
        u16::try_from(width.saturating_add(BETWEEN)).unwrap_or(area.width)
    };
    let nick = Sanitized::line(&member.nick);
    let style = match member.status {
        Status::Reconnecting => theme.dim(),
        Status::Here | Status::Unknown => theme.nick(nick.as_str()),
    };
    let end = area.right().saturating_sub(reserved);
    let x = canvas.text_cut(area.x, y, end, nick.as_str(), style);
    canvas.text_cut(x.saturating_add(2), y, area.right(), state, theme.dim());
}
