//! Writing and sending.

use std::time::Duration;

use protocol::request::SendKind;

use super::commands::{Order, parse};
use super::keys::Action;
use super::{Effect, Turn};
use crate::key::{Code, Key};
use crate::model::layout::composer_columns;
use crate::model::log::Scroll;
use crate::model::popup::Popup;
use crate::model::status::Note;
use crate::model::words::{fill, grouped};
use crate::model::{HeldEnter, LATE_KEYS_MAX};
use crate::session::{Body, Command, State};
use crate::text::editor::Editor;
use crate::text::hangul::{ends_with_hangul, is_hangul};

/// How long an Enter behind a Hangul syllable waits for one more, which input methods send late.
pub(super) const LATE_SYLLABLE_WAIT: Duration = Duration::from_millis(50);

impl Turn<'_> {
    /// A key in the composer.
    pub(super) fn compose_key(&mut self, key: Key, action: Option<Action>) {
        let Some(action) = action else {
            return self.type_key(key);
        };
        match action {
            Action::Enter => self.enter(),
            Action::Tab => self.complete(),
            Action::BackTab => {}
            Action::Up => self.recall(true),
            Action::Down => self.recall(false),
            Action::End => self.end(),
            Action::PageUp => self.page(true),
            Action::PageDown => self.page(false),
            Action::Escape => self.to_bottom(),
            Action::Room(number) => self.go_to_number(number),
            Action::NextRoom => self.go_by(1),
            Action::PreviousRoom => self.go_by(-1),
            Action::Retry => self.session(Command::Connect),
            Action::Members => self.show_members(),
            Action::Again => self.again(),
            Action::TakeBack => self.take_back(),
            Action::Help => self.show_help(),
            Action::Suspend => self.effects.push(Effect::Suspend),
            Action::Clear => self.clear(),
            Action::Leave if self.model.draft().is_empty() => self.quit(),
            Action::Leave => self.edit(Editor::delete),
            Action::Newline => self.edit(|editor| {
                editor.insert("\n");
            }),
            Action::Left
            | Action::Right
            | Action::WordLeft
            | Action::WordRight
            | Action::Home
            | Action::Backspace
            | Action::Delete
            | Action::DeleteWord
            | Action::KillToStart
            | Action::KillToEnd
            | Action::Undo
            | Action::Redo => self.edit(|editor| move_or_delete(editor, action)),
        }
    }

    fn type_key(&mut self, key: Key) {
        if let Code::Char(c) = key.code
            && !key.ctrl
            && !key.alt
        {
            let mut buffer = [0; 4];
            let typed = c.encode_utf8(&mut buffer);
            self.edit(|editor| {
                editor.insert(typed);
            });
        }
    }

    /// Changes the draft and remembers to save it.
    fn edit(&mut self, change: impl FnOnce(&mut Editor)) {
        let before = self.model.draft().len_bytes();
        let caret = self.model.draft().caret();
        change(self.model.draft_mut());
        let draft = self.model.draft();
        if draft.len_bytes() != before || draft.caret() != caret {
            self.draft_changed();
        }
    }

    /// What was pasted goes in where the caret is; it never sends.
    pub(super) fn paste(&mut self, text: &str, cut: bool) {
        self.model.last_key = Some(self.model.now.elapsed);
        let words = self.model.words();
        if cut {
            return self.fail(words.paste_cut);
        }
        self.model.completion = None;
        let fits = match &mut self.model.form {
            Some(form) if !form.direct => {
                let line: String = text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
                let focus = form.focus;
                form.input_mut(focus)
                    .is_none_or(|input| input.editor.insert(line.trim()))
            }
            Some(_) | None if self.model.popup.is_some() => true,
            Some(_) | None => self.model.draft_mut().insert(text),
        };
        if fits {
            self.draft_changed();
        } else {
            self.fail(&fill(words.paste_too_long, &[&grouped(text.len())]));
        }
    }

    fn end(&mut self) {
        let before = self.model.draft().caret();
        self.edit(Editor::end);
        if self.model.draft().caret() == before {
            self.to_bottom();
        }
    }

    /// Up and Down: by rows in a text, else through what was sent before.
    fn recall(&mut self, up: bool) {
        let columns = composer_columns(self.model.size.0);
        let widths = self.model.widths;
        let is_recalled = self.model.tab().is_some_and(|tab| tab.recalled > 0);
        if !self.model.draft().is_empty() || is_recalled {
            let draft = self.model.draft_mut();
            let moved = if up {
                draft.up(&widths, columns)
            } else {
                draft.down(&widths, columns)
            };
            if moved {
                return;
            }
        }
        let Some(tab) = self.model.tab_mut() else {
            return;
        };
        if !tab.draft.is_empty() && tab.recalled == 0 {
            return;
        }
        let to = if up {
            tab.recalled.saturating_add(1).min(tab.sent.len())
        } else {
            tab.recalled.saturating_sub(1)
        };
        if to == tab.recalled {
            return;
        }
        let text = tab
            .sent
            .len()
            .checked_sub(to)
            .and_then(|at| tab.sent.get(at))
            .cloned()
            .unwrap_or_default();
        let fits = tab.draft.set(&text);
        if fits {
            tab.recalled = to;
        }
        self.draft_changed();
    }

    fn enter(&mut self) {
        let draft = self.model.draft();
        let at_end = draft.caret() == draft.len_bytes();
        if at_end && ends_with_hangul(draft.text()) {
            self.model.held_enter = Some(HeldEnter {
                until: self.model.now.elapsed.saturating_add(LATE_SYLLABLE_WAIT),
                late: Vec::new(),
            });
            return;
        }
        self.submit();
    }

    /// Keeps a key back while an Enter waits; tells whether it did.
    pub(super) fn hold_back(&mut self, key: Key) -> bool {
        let Some(held) = &mut self.model.held_enter else {
            return false;
        };
        held.late.push(key);
        let is_late_syllable = held.late.len() == 1
            && matches!(key.code, Code::Char(c) if is_hangul(c) && !key.ctrl && !key.alt);
        if !is_late_syllable || held.late.len() >= LATE_KEYS_MAX {
            self.release_enter(false);
        }
        true
    }

    /// Lets an Enter stand whose time is over; whatever comes now comes after it.
    pub(super) fn late_enter(&mut self) {
        if let Some(held) = &self.model.held_enter
            && held.until <= self.model.now.elapsed
        {
            self.release_enter(true);
        }
    }

    fn release_enter(&mut self, in_time: bool) {
        let Some(held) = self.model.held_enter.take() else {
            return;
        };
        let mut late = held.late;
        if in_time && let [only] = late.as_slice() {
            self.type_key(*only);
            late.clear();
        }
        self.submit();
        for key in late {
            self.key(key);
        }
    }

    /// Sends what is written, or does what it says; a text that cannot be sent stays.
    fn submit(&mut self) {
        let text = self.model.draft().text().to_owned();
        if text.trim().is_empty() {
            return;
        }
        match parse(&text, self.model.words()) {
            Ok(order) => {
                if self.obey(order) {
                    self.sent(text);
                }
            }
            Err(why) => self.fail(&why),
        }
    }

    /// Empties the composer whose text was taken.
    fn sent(&mut self, text: String) {
        match self.model.tab_mut() {
            Some(tab) if tab.draft.text() == text => {
                tab.draft.take();
                tab.remember_sent(text);
                let room = tab.room.clone();
                // At once: a text that is in the outbox must not come back as a draft.
                self.effects.push(Effect::SaveDraft {
                    room,
                    text: String::new(),
                });
            }
            // The order went to another tab, or closed the one that was written in.
            Some(_) | None => self.take_written(&text),
        }
    }

    fn take_written(&mut self, text: &str) {
        if self.model.spare.text() == text {
            self.model.spare.take();
        }
        let mut saved = Vec::new();
        for tab in &mut self.model.tabs {
            if tab.draft.text() == text {
                tab.draft.take();
                saved.push(tab.room.clone());
            }
        }
        self.effects
            .extend(saved.into_iter().map(|room| Effect::SaveDraft {
                room,
                text: String::new(),
            }));
    }

    /// Does what a line says; false where the text is to stay.
    fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Say(kind, text) => self.say(kind, text),
            Order::Join(room) => self.join(room),
            Order::Leave => return self.leave_room(),
            Order::Rooms => return self.show_rooms(),
            Order::Nick(nick) => {
                self.session(Command::Nick(nick));
                true
            }
            Order::Whisper(nick, text) => {
                if !self.is_online() {
                    return self.needs_connection("/w");
                }
                self.session(Command::Whisper { nick, text });
                true
            }
            Order::Topic(text) => self.set_topic(text),
            Order::Help => {
                self.show_help();
                true
            }
            Order::Quit => {
                // Only what is not a command is kept for the next start.
                let text = self.model.draft().text().to_owned();
                self.take_written(&text);
                self.quit();
                true
            }
        }
    }

    fn say(&mut self, kind: SendKind, text: protocol::names::MessageText) -> bool {
        let Some(tab) = self.model.tab_mut() else {
            let words = self.model.words();
            self.fail(words.needs_room);
            return false;
        };
        tab.scroll = Scroll::Bottom;
        tab.below = 0;
        let room = tab.room.clone();
        self.session(Command::Say {
            room,
            kind,
            text,
            reply_to: None,
        });
        true
    }

    fn set_topic(&mut self, text: protocol::names::Topic) -> bool {
        let words = self.model.words();
        match self.model.tab() {
            Some(tab) if tab.is_direct() => {
                self.fail(words.no_topic_here);
                false
            }
            Some(tab) => {
                let room = tab.room.clone();
                self.session(Command::Topic { room, text });
                true
            }
            None => {
                self.fail(words.needs_room);
                false
            }
        }
    }

    pub(super) fn needs_connection(&mut self, what: &str) -> bool {
        let words = self.model.words();
        self.fail(&fill(words.needs_connection, &[what]));
        false
    }

    /// Control-C: clears the text; a second one leaves.
    pub(super) fn clear(&mut self) {
        if self.model.leave_armed {
            return self.quit();
        }
        self.model.leave_armed = true;
        let words = self.model.words();
        let text = self.model.draft_mut().take();
        if text.is_empty() {
            return self.tell(words.again_to_leave);
        }
        if let Some(tab) = self.model.tab_mut() {
            tab.remember_sent(text);
        }
        self.draft_changed();
        self.tell(words.cleared);
    }

    /// Leaves, with everything saved first.
    pub(super) fn quit(&mut self) {
        self.save_now();
        self.session(Command::Quit);
        self.effects.push(Effect::Quit);
    }

    fn again(&mut self) {
        match self.last_failed() {
            Some((local, _)) => self.session(Command::Again { local }),
            None => self.model.note = Some(Note::quiet(self.model.words().nothing_failed)),
        }
    }

    fn take_back(&mut self) {
        let Some((local, text)) = self.last_failed() else {
            self.model.note = Some(Note::quiet(self.model.words().nothing_failed));
            return;
        };
        let draft = self.model.draft_mut();
        let between = if draft.is_empty() { "" } else { "\n" };
        if draft.insert(&format!("{between}{text}")) {
            self.session(Command::Discard { local });
            self.draft_changed();
        }
    }

    /// The last text of this tab that failed, as it would be typed.
    fn last_failed(&self) -> Option<(crate::session::LocalId, String)> {
        let tab = self.model.tab()?;
        let pending = self.facts.pending(&tab.room);
        let failed = pending
            .iter()
            .rev()
            .find(|pending| matches!(pending.state, State::Failed(_)))?;
        let text = match &failed.body {
            Body::Text { kind, text, .. } => match kind {
                SendKind::Action => format!("/me {text}"),
                SendKind::Message if text.as_str().starts_with('/') => format!("/{text}"),
                SendKind::Message => text.to_string(),
            },
            Body::Topic(topic) => format!("/topic {topic}"),
        };
        Some((failed.local, text))
    }

    fn show_help(&mut self) {
        self.model.popup = Some(Popup::Help {
            lines: super::help::lines(self.model.words()),
            scroll: 0,
        });
    }
}

/// The actions that change a text or move in it, in every text field.
pub(super) fn move_or_delete(editor: &mut Editor, action: Action) {
    match action {
        Action::Left => editor.left(),
        Action::Right => editor.right(),
        Action::WordLeft => editor.word_left(),
        Action::WordRight => editor.word_right(),
        Action::Home => editor.home(),
        Action::End => editor.end(),
        Action::Backspace => editor.backspace(),
        Action::Delete | Action::Leave => editor.delete(),
        Action::DeleteWord => editor.delete_word(),
        Action::KillToStart => editor.kill_to_start(),
        Action::KillToEnd => editor.kill_to_end(),
        Action::Undo => {
            editor.undo();
        }
        Action::Redo => {
            editor.redo();
        }
        Action::Enter
        | Action::Newline
        | Action::Tab
        | Action::BackTab
        | Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::Escape
        | Action::Room(_)
        | Action::NextRoom
        | Action::PreviousRoom
        | Action::Retry
        | Action::Members
        | Action::Again
        | Action::TakeBack
        | Action::Help
        | Action::Suspend
        | Action::Clear => {}
    }
}
