//! Writing: keys, what was sent before, clearing and leaving.

use super::keys::Action;
use super::{Effect, Turn};
use crate::key::{Code, Key};
use crate::model::draft::Draft;
use crate::model::layout::composer_columns;
use crate::model::popup::Popup;
use crate::session::Command;
use crate::text::editor::Editor;

impl Turn<'_> {
    /// A key in the composer.
    pub(super) fn compose_key(&mut self, key: Key, action: Option<Action>) {
        let Some(action) = action else {
            return self.type_key(key);
        };
        match action {
            Action::Enter => self.enter(),
            Action::Tab => self.complete(),
            Action::BackTab | Action::First => {}
            Action::Up => self.recall(true),
            Action::Down => self.recall(false),
            Action::End => self.end(),
            Action::PageUp => self.page(true),
            Action::PageDown => self.page(false),
            Action::Escape if self.forget_reply() => {}
            Action::Escape if self.model.draft().is_empty() => self.read_with_keys(),
            Action::Escape => self.bottom(),
            Action::Reply => self.reply_further_up(),
            Action::Editor => self.open_editor(),
            Action::Room(number) => self.go_to_number(number),
            Action::NextRoom => self.go_by(1),
            Action::PreviousRoom => self.go_by(-1),
            Action::NextUnread => self.go_to_new(),
            Action::LastRoom => self.go_back(),
            Action::Switch => self.show_switch(),
            Action::Search => self.show_search(),
            Action::Mentions => {
                self.show_mentions();
            }
            Action::Retry => self.retry(),
            Action::Members => self.show_members(),
            Action::Read => self.read_with_keys(),
            Action::Unread => self.go_to_unread(),
            Action::Links => self.show_links(),
            Action::Bare => self.show_bare(),
            Action::Mouse => self.toggle_mouse(),
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

    pub(super) fn type_key(&mut self, key: Key) {
        if let Code::Char(c) = key.code
            && !key.ctrl
            && !key.alt
        {
            let mut buffer = [0; 4];
            let typed = c.encode_utf8(&mut buffer);
            self.edit_focused(|editor| {
                editor.insert(typed);
            });
        }
    }

    /// Changes the text field that has the caret.
    pub(super) fn edit_focused(&mut self, change: impl FnOnce(&mut Editor)) {
        match self.model.popup {
            Some(Popup::Search) => {
                let is_kept = self.model.search.is_kept;
                self.edit_search(|field| {
                    if is_kept {
                        field.take();
                    }
                    change(field);
                });
            }
            Some(Popup::Switch(_)) => self.edit_switch(change),
            Some(_) | None => self.edit(change),
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

    fn end(&mut self) {
        let before = self.model.draft().caret();
        self.edit(Editor::end);
        if self.model.draft().caret() == before {
            self.bottom();
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
            // What was cleared comes back with what it answered.
            let cleared = tab.cleared.as_ref().filter(|cleared| cleared.text == text);
            tab.reply_to = tab
                .reply_to
                .or_else(|| cleared.and_then(|cleared| cleared.reply_to));
        }
        self.draft_changed();
    }

    /// Control-C: clears the text; a second one leaves, and keeps what the first one cleared.
    pub(super) fn clear(&mut self) {
        if self.model.leave_armed {
            self.bring_cleared_back();
            return self.quit();
        }
        self.model.leave_armed = true;
        let words = self.model.words();
        let text = self.model.draft_mut().take();
        let reply_to = self.model.tab_mut().and_then(|tab| tab.reply_to.take());
        let cleared = Draft { text, reply_to };
        if cleared.is_empty() {
            return self.tell(words.again_to_leave);
        }
        if let Some(tab) = self.model.tab_mut() {
            if !cleared.text.is_empty() {
                tab.remember_sent(cleared.text.clone());
            }
            tab.cleared = Some(cleared);
        }
        self.draft_changed();
        self.tell(words.cleared);
    }

    /// Leaving is no way to lose a text: what was cleared by the key before is the draft of the next start.
    fn bring_cleared_back(&mut self) {
        let Some(tab) = self.model.tab_mut() else {
            return;
        };
        if let Some(cleared) = tab.cleared.take_if(|_| tab.draft.is_empty()) {
            tab.draft.set(&cleared.text);
            tab.reply_to = cleared.reply_to;
            self.draft_changed();
        }
    }

    /// Leaves, with everything saved first.
    pub(super) fn quit(&mut self) {
        self.save_now();
        self.session(Command::Quit);
        self.effects.push(Effect::Quit);
    }

    /// Connects now, whatever the countdown says.
    pub(super) fn retry(&mut self) {
        if self.is_online() {
            return self.tell(self.model.words().online);
        }
        self.session(Command::Connect);
    }

    pub(super) fn show_help(&mut self) {
        self.model.popup = Some(Popup::Help {
            lines: super::help::lines(&self.model.keys, self.model.words()),
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
        | Action::NextUnread
        | Action::LastRoom
        | Action::Switch
        | Action::Search
        | Action::Mentions
        | Action::Retry
        | Action::Members
        | Action::Read
        | Action::Unread
        | Action::Links
        | Action::Bare
        | Action::Mouse
        | Action::Again
        | Action::TakeBack
        | Action::Help
        | Action::Suspend
        | Action::Editor
        | Action::Reply
        | Action::First
        | Action::Clear => {}
    }
}
