//! The row of the tabs: which are shown, and where.

use super::Area;
use crate::model::Model;
use crate::model::tab::Tab;
use crate::model::words::grouped;

/// Columns between two tabs.
pub const BETWEEN_TABS: u16 = 3;

/// A tab in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which one, by its index in [`Model::tabs`].
    pub index: usize,
    /// What it is called, and how much in it is new.
    pub text: String,
    /// Its first column.
    pub x: u16,
    /// The column after its last one, as far as there is room.
    pub end: u16,
}

/// The tabs that have room in their row, from the left; the one that is shown always has.
pub fn labels(model: &Model, area: Area) -> Vec<Label> {
    let end = area.right().saturating_sub(1);
    let all: Vec<(usize, String, usize)> = model
        .shown_tabs()
        .map(|(index, tab)| {
            let text = label(tab);
            let width = model.widths.width(&text);
            (index, text, width)
        })
        .collect();
    let widths: Vec<(usize, usize)> = all
        .iter()
        .map(|(index, _, width)| (*index, *width))
        .collect();
    let first = first_tab(model.active, &widths, usize::from(end));
    let mut x = area.x.saturating_add(1);
    let mut labels = Vec::new();
    for (index, text, width) in all.into_iter().skip(first) {
        if x >= end {
            break;
        }
        let to = x
            .saturating_add(u16::try_from(width).unwrap_or(u16::MAX))
            .min(end);
        labels.push(Label {
            index,
            text,
            x,
            end: to,
        });
        x = to.saturating_add(BETWEEN_TABS);
    }
    labels
}

/// The columns that all tabs would take.
pub fn columns_wanted(model: &Model) -> usize {
    let between = usize::from(BETWEEN_TABS);
    let each = model
        .shown_tabs()
        .map(|(_, tab)| model.widths.width(&label(tab)).saturating_add(between));
    each.sum()
}

/// The first tab to draw, so that the one that is shown is on the screen.
fn first_tab(active: usize, widths: &[(usize, usize)], columns: usize) -> usize {
    let at = widths
        .iter()
        .position(|(index, _)| *index == active)
        .unwrap_or_default();
    let mut used = 0_usize;
    let mut first = at;
    for (place, (_, width)) in widths.iter().enumerate().take(at.saturating_add(1)).rev() {
        used = used
            .saturating_add(*width)
            .saturating_add(usize::from(BETWEEN_TABS));
        if used > columns {
            break;
        }
        first = place;
    }
    first
}

fn label(tab: &Tab) -> String {
    let name = tab.name();
    if tab.unread == 0 {
        name
    } else {
        format!("{name} {}", grouped(tab.unread))
    }
}
