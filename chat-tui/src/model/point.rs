//! What stands at a cell of the main screen: the same layout that is drawn, asked the other way round.

use std::sync::Arc;

use super::layout::{Area, Layout, tabs};
use super::log::{Line, Log, Place, Scroll, Target};
use super::roster::{ROSTER_HEAD_ROWS, window};
use super::{Facts, Model};
use crate::text::cells::Widths;
use crate::text::sanitized::Sanitized;

/// What a click can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// A tab, by its index in [`Model::tabs`].
    Tab(usize),
    /// A member, by nick.
    Member(Sanitized),
    /// An address.
    Link(Arc<Target>),
    /// Something to unfold or fold.
    Fold(Place),
    /// The line that tells of messages further down.
    Below,
    /// The member column, beside its members.
    Members,
    /// Anything else.
    Elsewhere,
}

/// What stands at a column and a row, counted from 0.
pub fn point(model: &Model, facts: &dyn Facts, layout: &Layout, at: (u16, u16)) -> Point {
    let found = if holds(layout.tabs, at) {
        tab_at(model, layout, at)
    } else if let Some(area) = layout.members.filter(|area| holds(*area, at)) {
        Some(member_at(model, facts, area, at))
    } else if holds(layout.log, at) {
        in_log(model, facts, layout, at)
    } else if holds(layout.gap, at) {
        let reads_back = model.tab().is_some_and(|tab| tab.scroll != Scroll::Bottom);
        reads_back.then_some(Point::Below)
    } else {
        None
    };
    found.unwrap_or(Point::Elsewhere)
}

fn holds(area: Area, (x, y): (u16, u16)) -> bool {
    (area.x..area.right()).contains(&x) && (area.y..area.bottom()).contains(&y)
}

fn tab_at(model: &Model, layout: &Layout, (x, _): (u16, u16)) -> Option<Point> {
    let labels = tabs::labels(model, layout.tabs);
    let label = labels
        .iter()
        .find(|label| (label.x..label.end).contains(&x))?;
    Some(Point::Tab(label.index))
}

fn member_at(model: &Model, facts: &dyn Facts, area: Area, (_, y): (u16, u16)) -> Point {
    let found = || {
        let row = y.checked_sub(area.y)?.checked_sub(ROSTER_HEAD_ROWS)?;
        let tab = model.tab()?;
        let count = facts.room(&tab.room)?.count;
        let height = usize::from(area.height.saturating_sub(ROSTER_HEAD_ROWS));
        let (members, _) = window(facts, tab, count, tab.members_scroll, height);
        let member = members.get(usize::from(row))?;
        Some(Point::Member(Sanitized::line(&member.nick)))
    };
    found().unwrap_or(Point::Members)
}

fn in_log(model: &Model, facts: &dyn Facts, layout: &Layout, (x, y): (u16, u16)) -> Option<Point> {
    let log = Log::new(model, facts, model.tab()?, layout);
    let lines = log.visible(usize::from(layout.log.height));
    let from_end = layout.log.bottom().checked_sub(y)?;
    let at = lines.len().checked_sub(usize::from(from_end))?;
    let (place, line) = lines.get(at)?;
    let column = x.checked_sub(layout.text_column());
    let target = column.and_then(|column| link_at(line, &model.widths, usize::from(column)));
    target
        .map(Point::Link)
        .or_else(|| line.fold.then_some(Point::Fold(*place)))
}

/// The address in a column of the text of a row.
fn link_at(line: &Line, widths: &Widths, column: usize) -> Option<Arc<Target>> {
    let mut at = 0_usize;
    for span in &line.spans {
        at = at.saturating_add(widths.width(&span.text));
        if column < at {
            return span.link.clone();
        }
    }
    None
}
