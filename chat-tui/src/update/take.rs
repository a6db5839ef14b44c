//! What is done with a message that is selected: it is copied, or answered.

use super::{Effect, Turn};
use crate::model::log::Place;
use crate::model::timeline::{Entry, Slot};
use crate::model::words::{fill, grouped};
use crate::session::Body;

impl Turn<'_> {
    /// Copies the text of what is selected, as it was sent.
    pub(super) fn copy_selected(&mut self) {
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
    pub(super) fn reply_to_selected(&mut self) {
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

    /// Nick, time and raw text of a message.
    fn said(&self, slot: Slot) -> Option<(String, u64, String)> {
        match self.model.tab()?.shown().get(slot)? {
            Entry::Said(said) => Some((said.nick.to_string(), said.time, said.raw())),
            Entry::Notice(_) => None,
        }
    }
}
