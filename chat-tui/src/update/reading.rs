//! Reading with keys: a message is selected, and letters do something with it.

use super::Turn;
use super::keys::Action;
use super::keys::reading::Step;
use crate::key::Key;
use crate::model::layout::layout;
use crate::model::log::{Log, Place, Scroll};
use crate::model::popup::Popup;
use crate::model::tab::Older;
use crate::model::timeline::Slot;

impl Turn<'_> {
    /// Selects the last message on the screen, from where on letters are keys.
    pub(super) fn read_with_keys(&mut self) {
        let selected = self.with_log(|log, height| log.one_of(&log.visible(height), false));
        let Some(place) = selected.flatten() else {
            return self.tell(self.model.words().nothing_to_read);
        };
        self.model.completion = None;
        if let Some(tab) = self.model.tab_mut() {
            tab.selected = Some(place);
        }
    }

    /// A key while one reads with keys; false where it is for others.
    pub(super) fn reading_key(&mut self, key: Key, action: Option<Action>) -> bool {
        if !self.is_reading() {
            return false;
        }
        let steps = self.model.keys.steps(key);
        if !steps.is_empty() {
            for step in steps {
                if self.is_reading() && self.model.popup.is_none() {
                    self.reading_step(step);
                }
            }
            return true;
        }
        let stays = matches!(
            action,
            Some(
                Action::Room(_)
                    | Action::NextRoom
                    | Action::PreviousRoom
                    | Action::Retry
                    | Action::Members
                    | Action::Unread
                    | Action::Links
                    | Action::Bare
                    | Action::Mouse
                    | Action::Help
                    | Action::Suspend
            )
        );
        if !stays {
            // Nothing typed is dropped: who begins to write is done with reading.
            self.write_again();
        }
        false
    }

    /// Whether the key does something in a mode in which letters are keys, and that mode is on.
    pub(super) fn is_step(&self, key: Key) -> bool {
        let is_on = match &self.model.popup {
            Some(popup) => matches!(popup, Popup::Links { .. }),
            None => self.is_reading(),
        };
        is_on && !self.model.keys.steps(key).is_empty()
    }

    fn is_reading(&self) -> bool {
        self.model.tab().is_some_and(|tab| tab.selected.is_some())
    }

    fn reading_step(&mut self, step: Step) {
        match step {
            Step::Down => self.select_next(false),
            Step::Up => self.select_next(true),
            Step::HalfDown => self.select_by_rows(false, 1),
            Step::HalfUp => self.select_by_rows(true, 1),
            Step::PageDown => self.select_by_rows(false, 2),
            Step::PageUp => self.select_by_rows(true, 2),
            Step::First => self.select_first(),
            Step::Last => self.select_last(),
            Step::Copy => self.copy_selected(),
            Step::Open => self.open_selected(),
            Step::Reply => self.reply_to_selected(),
            Step::Unfold => self.fold_selected(Some(true)),
            Step::Fold => self.fold_selected(Some(false)),
            Step::Toggle => self.fold_selected(None),
            Step::Help => self.show_help(),
            Step::Write => self.write_again(),
        }
    }

    /// Back to the text; where one reads stays.
    pub(super) fn write_again(&mut self) {
        if let Some(tab) = self.model.tab_mut() {
            tab.selected = None;
        }
    }

    /// The message above or below; a message longer than the screen is first read to its end.
    fn select_next(&mut self, up: bool) {
        let moved = self.with_log(|log, height| {
            let at = log.selected()?;
            let rows = log.visible(height);
            let shown = rows.iter().filter(|(place, _)| *place == at).count();
            let all = log.lines(at).len();
            let edge = if up { rows.first() } else { rows.last() };
            if shown > 0 && shown < all && edge.is_some_and(|(place, _)| *place == at) {
                let left = all
                    .saturating_sub(shown)
                    .min(height.saturating_sub(1))
                    .max(1);
                let scroll = if up {
                    log.up(left, height)
                } else {
                    log.down(left)
                };
                if scroll != log.reads_at() {
                    return Some((at, scroll));
                }
            }
            let to = log.next(at, up)?;
            Some((to, log.revealing(to, height)))
        });
        match moved.flatten() {
            Some((place, scroll)) => self.select(place, scroll),
            // Above the first message stands what tells of the beginning; below the last one notices.
            None => self.scroll_and_keep(up),
        }
    }

    fn scroll_and_keep(&mut self, up: bool) {
        let Some(place) = self.with_log(|log, _| log.selected()).flatten() else {
            return self.write_again();
        };
        let scroll = self.with_log(
            |log, height| {
                if up { log.up(1, height) } else { log.down(1) }
            },
        );
        if let Some(scroll) = scroll {
            self.select(place, scroll);
        }
    }

    /// So many halves of a screen; the selection goes with it.
    fn select_by_rows(&mut self, up: bool, halves: usize) {
        let moved = self.with_log(|log, height| {
            let rows = (height / 2)
                .saturating_mul(halves)
                .saturating_sub(halves - 1)
                .max(1);
            let scroll = if up {
                log.up(rows, height)
            } else {
                log.down(rows)
            };
            let at = log.selected()?;
            let moved = log.scrolled(scroll);
            let shown = moved.visible(height);
            // At an end the screen cannot move on, but the selection can.
            let stands = scroll == log.reads_at();
            let is_shown = shown.iter().any(|(place, _)| *place == at);
            let to = match (stands, is_shown) {
                (true, _) => moved.one_of(&shown, up),
                (false, true) => Some(at),
                (false, false) => moved.one_of(&shown, !up),
            };
            Some((to.unwrap_or(at), scroll))
        });
        if let Some((place, scroll)) = moved.flatten() {
            self.select(place, scroll);
        }
    }

    fn select_first(&mut self) {
        let first = self.with_log(|log, height| {
            let place = log.first_one()?;
            Some((place, log.with_top(Place::Beginning, 0, height)))
        });
        if let Some((place, scroll)) = first.flatten() {
            self.select(place, scroll);
        }
    }

    fn select_last(&mut self) {
        let last = self.with_log(|log, _| log.last_one()).flatten();
        self.bottom();
        if let (Some(place), Some(tab)) = (last, self.model.tab_mut()) {
            tab.selected = Some(place);
        }
    }

    fn select(&mut self, place: Place, scroll: Scroll) {
        if let Some(tab) = self.model.tab_mut() {
            tab.selected = Some(place);
            if tab.older == Older::Failed {
                tab.older = Older::Idle;
            }
        }
        self.scroll_to(scroll);
    }

    /// Unfolds or folds what is selected.
    fn fold_selected(&mut self, open: Option<bool>) {
        let Some(Place::Entry(slot)) = self.with_log(|log, _| log.selected()).flatten() else {
            return;
        };
        self.fold(slot, open);
    }

    /// Unfolds or folds an entry; its first row stays where it is, as far as the others have room below.
    pub(super) fn fold(&mut self, slot: Slot, open: Option<bool>) {
        let place = Place::Entry(slot);
        let row = self.with_log(|log, height| {
            let rows = log.visible(height);
            rows.iter().position(|(at, _)| *at == place)
        });
        let Some(tab) = self.model.tab_mut() else {
            return;
        };
        let is_open = match tab.shown().get(slot) {
            Some(entry) => entry.is_open(),
            None => return,
        };
        if !tab.shown_mut().unfold(slot, open.unwrap_or(!is_open)) {
            return;
        }
        let scroll = row.flatten().and_then(|row| {
            self.with_log(|log, height| {
                let row = row.min(height.saturating_sub(log.lines(place).len()));
                log.with_top(place, 0, height.saturating_sub(row))
            })
        });
        if let Some(scroll) = scroll {
            self.scroll_to(scroll);
        }
    }

    /// Asks the log of the tab that is shown, with the rows that it has.
    pub(super) fn with_log<T>(&self, ask: impl FnOnce(&Log<'_>, usize) -> T) -> Option<T> {
        let layout = layout(self.model, self.facts);
        let tab = self.model.tab()?;
        let log = Log::new(self.model, self.facts, tab, &layout);
        Some(ask(&log, usize::from(layout.log.height)))
    }
}
