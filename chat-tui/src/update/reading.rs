//! Reading with keys: a message is selected, and letters do something with it.

use protocol::position::{Address, Position};

use super::keys::Action;
use super::keys::reading::{Step, steps};
use super::{Effect, Turn};
use crate::key::Key;
use crate::model::layout::layout;
use crate::model::log::{Log, Place, Scroll, Spot};
use crate::model::timeline::{Entry, Slot};
use crate::model::words::{fill, grouped};
use crate::session::Body;

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
        let steps = steps(key);
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
            if tab.older == crate::model::tab::Older::Failed {
                tab.older = crate::model::tab::Older::Idle;
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
        let is_open = match tab.timeline.get(slot) {
            Some(entry) => entry.is_open(),
            None => return,
        };
        if !tab.timeline.unfold(slot, open.unwrap_or(!is_open)) {
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

    /// Copies the text of what is selected, as it was sent.
    fn copy_selected(&mut self) {
        let words = self.model.words();
        let text = match self.with_log(|log, _| log.selected()).flatten() {
            Some(Place::Entry(slot)) => self.said(slot).map(|(_, _, text)| text),
            Some(Place::Pending(local)) => {
                let tab = self.model.tab().map(|tab| tab.room.clone());
                let pending = tab
                    .map(|room| self.facts.pending(&room))
                    .unwrap_or_default();
                let found = pending.into_iter().find(|pending| pending.local == local);
                found.map(|pending| match &pending.body {
                    Body::Text { text, .. } => text.as_str().to_owned(),
                    Body::Topic(topic) => topic.as_str().to_owned(),
                })
            }
            Some(Place::Beginning) | None => None,
        };
        match text {
            Some(text) => self.copy(text),
            None => self.tell(words.nothing_to_copy),
        }
    }

    /// Puts a text on the clipboard, and tells its first line.
    pub(super) fn copy(&mut self, text: String) {
        const TOLD_GRAPHEMES: usize = 24;
        let words = self.model.words();
        let first = text.lines().next().unwrap_or_default();
        let told = self.model.widths.fit(first, TOLD_GRAPHEMES).into_owned();
        let rows = text.lines().count();
        let told = if rows > 1 {
            format!("{told} (+{})", grouped(rows.saturating_sub(1)))
        } else {
            told
        };
        self.effects.push(Effect::Copy(text));
        self.tell(&fill(words.copied, &[&told]));
    }

    /// Answers what is selected and goes back to the text.
    fn reply_to_selected(&mut self) {
        let selected = self.with_log(|log, _| log.selected()).flatten();
        let message = match selected {
            Some(Place::Entry(slot)) if slot.notice == 0 => Some(slot.position),
            Some(Place::Entry(_) | Place::Pending(_) | Place::Beginning) | None => None,
        };
        match message {
            Some(position) => {
                self.write_again();
                self.reply_to(position);
            }
            None => self.tell(self.model.words().nothing_to_answer),
        }
    }

    /// Begins an answer to a message: its first line is quoted above what is written.
    pub(super) fn reply_to(&mut self, position: Position) {
        let Some((nick, _, text)) = self.said(Slot::of(position)) else {
            return;
        };
        let first = text.lines().next().unwrap_or_default();
        let written = self.model.draft().text().to_owned();
        let answer = format!("> {nick}: {first}\n{written}");
        if self.model.draft_mut().set(&answer) {
            self.draft_changed();
        }
    }

    /// Nick, time and raw text of a message.
    fn said(&self, slot: Slot) -> Option<(String, u64, String)> {
        match self.model.tab()?.timeline.get(slot)? {
            Entry::Said(said) => Some((said.nick.to_string(), said.time, said.raw())),
            Entry::Notice(_) => None,
        }
    }

    /// Asks the log of the tab that is shown, with the rows that it has.
    pub(super) fn with_log<T>(&self, ask: impl FnOnce(&Log<'_>, usize) -> T) -> Option<T> {
        let layout = layout(self.model, self.facts);
        let tab = self.model.tab()?;
        let log = Log::new(self.model, self.facts, tab, &layout);
        Some(ask(&log, usize::from(layout.log.height)))
    }

    /// Keeps what one reads where it is while news comes in: at the end too, as long as something is selected or the log is alone.
    /// Returns the rooms where it does.
    pub(super) fn hold(&mut self) -> Vec<Address> {
        let active = self.model.active;
        let mut held = Vec::new();
        for index in 0..self.model.tabs.len() {
            let is_bare = self.model.bare && index == active;
            let Some(tab) = self.model.tabs.get(index) else {
                continue;
            };
            if tab.scroll != Scroll::Bottom || !(tab.selected.is_some() || is_bare) {
                continue;
            }
            let layout = layout(self.model, self.facts);
            let last = Log::new(self.model, self.facts, tab, &layout).last();
            if let Some(tab) = self.model.tabs.get_mut(index) {
                tab.scroll = Scroll::At(last, Spot::END);
                held.push(tab.room.clone());
            }
        }
        held
    }

    /// Lets go of what [`hold`](Self::hold) held where nothing came below it.
    pub(super) fn release(&mut self, held: &[Address]) {
        for room in held {
            let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
                continue;
            };
            let layout = layout(self.model, self.facts);
            let log = Log::new(self.model, self.facts, tab, &layout);
            if log.reads_at() == Scroll::Bottom
                && let Some(tab) = self.model.tab_of(room)
            {
                tab.scroll = Scroll::Bottom;
            }
        }
    }
}
