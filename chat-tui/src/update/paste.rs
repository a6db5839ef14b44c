//! Pastes: what is short goes into the text, what is long is asked about first. Nothing pasted is ever sent by itself.

use protocol::names::MessageText;
use unicode_normalization::UnicodeNormalization as _;

use super::Turn;
use super::keys::Action;
use crate::key::Key;
use crate::model::log::Scroll;
use crate::model::paste::{Fate, Paste};
use crate::model::popup::Popup;
use crate::model::words::{fill, grouped};
use crate::session::Command;
use crate::text::parts::parts;

/// Bytes of a paste that are asked about; more that is pasted before the answer is left out, and that is said.
const ASKED_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Turn<'_> {
    /// What was pasted goes in where the caret is, or is asked about; it never sends.
    pub(super) fn paste(&mut self, text: &str, cut: bool) {
        self.model.last_key = Some(self.model.now.elapsed);
        self.model.leave_armed = false;
        let words = self.model.words();
        if cut {
            return self.fail(words.paste_cut);
        }
        if self.model.shown_form().is_some() {
            return self.paste_into_form(text);
        }
        if matches!(self.model.popup, Some(Popup::Search | Popup::Switch(_))) {
            let line: String = text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
            return self.edit_focused(|field| {
                field.insert(line.trim());
            });
        }
        // Nothing pasted is dropped: what stands over the composer gives way.
        self.model.completion = None;
        self.leave_bare();
        self.write_again();
        let open = match self.model.popup.take() {
            Some(Popup::Paste(open)) => open.text,
            Some(_) | None => String::new(),
        };
        let text: String = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .nfc()
            .collect();
        if open.len().saturating_add(text.len()) > ASKED_BYTES_MAX {
            if !open.is_empty() {
                self.ask_about_paste(open);
            }
            return self.fail(&fill(words.paste_too_long, &[&grouped(text.len())]));
        }
        if !open.is_empty() {
            return self.ask_about_paste(open + &text);
        }
        match Paste::of(&text, self.facts.text_bytes(), self.facts.pace()) {
            Some(paste) => self.model.popup = Some(Popup::Paste(paste)),
            None if self.model.draft_mut().insert(&text) => self.draft_changed(),
            None => self.fail(&fill(words.paste_too_long, &[&grouped(text.len())])),
        }
    }

    fn paste_into_form(&mut self, text: &str) {
        let line: String = text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
        let Some(form) = &mut self.model.form else {
            return;
        };
        let focus = form.focus;
        let fits = form
            .input_mut(focus)
            .is_none_or(|input| input.editor.insert(line.trim()));
        if !fits {
            let words = self.model.words();
            self.fail(&fill(words.paste_too_long, &[&grouped(text.len())]));
        }
    }

    /// Asks what is to become of a text.
    pub(super) fn ask_about_paste(&mut self, text: String) {
        let paste = Paste::asked(text, self.facts.text_bytes(), self.facts.pace());
        self.model.popup = Some(Popup::Paste(paste));
    }

    /// A key while a paste is asked about; what types goes on in the text below.
    pub(super) fn paste_key(&mut self, key: Key, action: Option<Action>) {
        let Some(Popup::Paste(paste)) = &mut self.model.popup else {
            return;
        };
        let count = paste.fates.len().max(1);
        match action {
            Some(Action::Enter) => self.take_paste(),
            Some(Action::Escape | Action::Clear) => self.drop_paste(),
            Some(Action::Right | Action::Down | Action::Tab) => {
                paste.chosen = paste.chosen.saturating_add(1) % count;
            }
            Some(Action::Left | Action::Up | Action::BackTab) => {
                paste.chosen = paste.chosen.saturating_add(count).saturating_sub(1) % count;
            }
            Some(_) => {}
            None => self.type_key(key),
        }
    }

    fn take_paste(&mut self) {
        let Some(Popup::Paste(paste)) = &self.model.popup else {
            return;
        };
        match paste.fate() {
            Fate::Dropped => self.drop_paste(),
            Fate::Parts => self.say_parts(),
            Fate::Draft { .. } => {
                let text = paste.text.clone();
                if self.model.draft_mut().insert(&text) {
                    self.model.popup = None;
                    self.draft_changed();
                } else {
                    let words = self.model.words();
                    self.fail(&fill(words.paste_too_long, &[&grouped(text.len())]));
                }
            }
        }
    }

    fn drop_paste(&mut self) {
        self.model.popup = None;
        self.tell(self.model.words().paste_dropped);
    }

    /// Says the paste in parts; what stands in the composer stays there. Where a part cannot be said, none is.
    fn say_parts(&mut self) {
        let words = self.model.words();
        let Some(room) = self.model.tab().map(|tab| tab.room.clone()) else {
            return self.fail(words.needs_room);
        };
        let Some(Popup::Paste(paste)) = &self.model.popup else {
            return;
        };
        let cut = parts(&paste.text, self.facts.text_bytes());
        let texts: Result<Vec<MessageText>, _> =
            cut.into_iter().map(MessageText::normalized).collect();
        match texts {
            Ok(texts) => {
                self.model.popup = None;
                if let Some(tab) = self.model.tab_mut() {
                    tab.scroll = Scroll::Bottom;
                    tab.below = 0;
                }
                self.session(Command::SayAll { room, texts });
            }
            Err(error) => self.fail(&format!("! {error}")),
        }
    }
}
