//! The model as cells: reads the model and the session's facts, changes nothing, decides nothing.
//!
//! Nothing of other people gets here but as [`Sanitized`] text,
//! and nothing is placed but by the widths that this terminal draws.

use ratatui::buffer::Buffer;

use crate::model::layout::{Layout, layout};
use crate::model::popup::Popup;
use crate::model::{Facts, Model};
use crate::text::sanitized::Sanitized;

mod composer;
mod find;
mod form;
mod frame;
mod log;
mod members;
mod paint;
mod paste;
mod popup;
mod theme;

use paint::Canvas;
use theme::Theme;

/// Draws the screen into a buffer of the model's size and returns the cell of the caret, column
/// first; nothing where no text field has it.
pub fn view(model: &Model, facts: &dyn Facts, buffer: &mut Buffer) -> Option<(u16, u16)> {
    if buffer.area().is_empty() {
        return None;
    }
    let theme = Theme::of(model);
    let caret = draw(model, facts, &theme, &mut Canvas::new(buffer, model.widths));
    theme.paint(buffer);
    caret
}

fn draw(
    model: &Model,
    facts: &dyn Facts,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) -> Option<(u16, u16)> {
    if let Some(form) = model.shown_form() {
        return form::draw(model, form, theme, canvas);
    }
    let layout = layout(model, facts);
    main_screen(model, facts, &layout, theme, canvas);
    if layout.bare {
        return None;
    }
    let caret = composer::draw(model, &layout, theme, canvas);
    match &model.popup {
        Some(Popup::Help { lines, scroll }) => {
            popup::help(model, lines, *scroll, theme, canvas);
            None
        }
        Some(Popup::Rooms { rooms, chosen }) => {
            popup::rooms(model, rooms.as_deref(), *chosen, theme, canvas);
            None
        }
        Some(Popup::Paste(question)) => {
            paste::draw(model, question, theme, canvas);
            caret
        }
        Some(Popup::Members { scroll }) => {
            members::overlay(model, facts, *scroll, theme, canvas);
            None
        }
        Some(Popup::Links { links, chosen }) => {
            popup::links(model, links, *chosen, theme, canvas);
            None
        }
        Some(Popup::Search) => find::search(model, theme, canvas),
        Some(Popup::Mentions) => {
            let nick = Sanitized::line(facts.nick().unwrap_or_default());
            find::mentions(model, nick.as_str(), theme, canvas);
            None
        }
        Some(Popup::Switch(switch)) => find::switch(model, switch, theme, canvas),
        None => {
            if let Some(completion) = &model.completion {
                popup::completion(model, completion, &layout, theme, canvas);
            }
            caret
        }
    }
}

fn main_screen(
    model: &Model,
    facts: &dyn Facts,
    layout: &Layout,
    theme: &Theme,
    canvas: &mut Canvas<'_>,
) {
    frame::tabs(model, facts, layout, theme, canvas);
    frame::topic(model, facts, layout, theme, canvas);
    log::draw(model, facts, layout, theme, canvas);
    if let Some(area) = layout.members {
        members::column(model, facts, area, theme, canvas);
    }
    frame::status_line(model, facts, layout, theme, canvas);
}
