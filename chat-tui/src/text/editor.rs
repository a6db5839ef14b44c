//! A text being written: several lines, a caret between graphemes, undo.
//!
//! The text is in NFC after every call, so syllables typed as jamo compose, and the caret is always
//! at a grapheme border. Nothing here knows what the text is for.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

mod borders;
mod history;
mod layout;
mod words;

use super::cells::Widths;
use super::slice;
use borders::{is_border, next_border, previous_border};
use history::{Change, History};
pub use history::{UNDO_BYTES_MAX, UNDO_STEPS_MAX};
pub use layout::EditorView;

/// Most bytes an editor holds, so that a frame can lay it out at once; several messages' worth.
///
/// What would exceed it is not inserted at all, and the call says so.
pub const EDITOR_BYTES_MAX: usize = 64 * 1024;

/// The text and the caret in it.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    text: String,
    /// Byte offset, always at a grapheme border.
    caret: usize,
    /// The column that up and down return to.
    goal: Option<usize>,
    history: History,
}

impl Editor {
    /// The text, in NFC.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The caret as a byte offset, always at a grapheme border.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The length of the text in bytes of UTF-8.
    pub fn len_bytes(&self) -> usize {
        self.text.len()
    }

    /// Takes the text out and starts anew, with nothing to undo.
    pub fn take(&mut self) -> String {
        std::mem::take(self).text
    }

    /// Replaces text and history by `text`, caret at its end; false and unchanged where it is longer
    /// than [`EDITOR_BYTES_MAX`].
    pub fn set(&mut self, text: &str) -> bool {
        let mut fresh = Self::default();
        let fits = fresh.insert(text);
        if fits {
            fresh.history = History::default();
            *self = fresh;
        }
        fits
    }

    /// Puts `text` in the place of the whole text, as one step to undo, caret at its end; false and unchanged where it is longer
    /// than [`EDITOR_BYTES_MAX`].
    pub fn replace(&mut self, text: &str) -> bool {
        let text = normalized(text);
        if text.len() > EDITOR_BYTES_MAX {
            return false;
        }
        let change = self.splice(0..self.text.len(), &text);
        self.goal = None;
        self.history.done(change);
        true
    }

    /// Inserts at the caret, composed with what stands before it; false and unchanged where the text
    /// would be longer than [`EDITOR_BYTES_MAX`].
    ///
    /// Carriage returns become line feeds; anything else is kept as it is.
    pub fn insert(&mut self, text: &str) -> bool {
        let text = normalized(text);
        if self.text.len().saturating_add(text.len()) > EDITOR_BYTES_MAX {
            return false;
        }
        if text.is_empty() {
            return true;
        }
        let typed = is_border(&text, text.len()) && next_border(&text, 0) == text.len();
        let ends_word = text.ends_with(char::is_whitespace);
        let change = self.splice(self.caret..self.caret, &text);
        self.goal = None;
        if typed {
            self.history.typed(change);
        } else {
            self.history.done(change);
        }
        if ends_word {
            self.history.close();
        }
        true
    }

    /// Removes the grapheme before the caret.
    pub fn backspace(&mut self) {
        self.remove(previous_border(&self.text, self.caret)..self.caret);
    }

    /// Removes the grapheme after the caret.
    pub fn delete(&mut self) {
        self.remove(self.caret..next_border(&self.text, self.caret));
    }

    /// Removes the word before the caret with the blanks after it; at the start of a line, its line
    /// feed.
    pub fn delete_word(&mut self) {
        self.remove(self.word_start()..self.caret);
    }

    /// Removes the blanks after the caret and the word after them.
    pub fn delete_word_forward(&mut self) {
        self.remove(self.caret..self.word_end());
    }

    /// Removes from the start of the line to the caret; there already, the line feed before it.
    pub fn kill_to_start(&mut self) {
        let start = self.line_start();
        let start = if start == self.caret {
            previous_border(&self.text, start)
        } else {
            start
        };
        self.remove(start..self.caret);
    }

    /// Removes from the caret to the end of the line; there already, the line feed after it.
    pub fn kill_to_end(&mut self) {
        let end = self.line_end();
        let end = if end == self.caret {
            next_border(&self.text, end)
        } else {
            end
        };
        self.remove(self.caret..end);
    }

    /// One grapheme to the left.
    pub fn left(&mut self) {
        self.go_to(previous_border(&self.text, self.caret));
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        self.go_to(next_border(&self.text, self.caret));
    }

    /// To the start of the word before the caret. A run of Hangul is one word, a run of other letters
    /// and digits another.
    pub fn word_left(&mut self) {
        self.go_to(self.word_start());
    }

    /// To the end of the word after the caret.
    pub fn word_right(&mut self) {
        self.go_to(self.word_end());
    }

    /// To the start of the line (not of the row).
    pub fn home(&mut self) {
        self.go_to(self.line_start());
    }

    /// To the end of the line (not of the row).
    pub fn end(&mut self) {
        self.go_to(self.line_end());
    }

    /// One row up in the column where the movement began; false and unmoved on the first row.
    pub fn up(&mut self, widths: &Widths, width: usize) -> bool {
        self.by_rows(widths, width, |row| row.checked_sub(1))
    }

    /// One row down in the column where the movement began; false and unmoved on the last row.
    pub fn down(&mut self, widths: &Widths, width: usize) -> bool {
        self.by_rows(widths, width, |row| row.checked_add(1))
    }

    /// Takes the last step back; false where there is none.
    ///
    /// A word typed is one step. At most [`UNDO_STEPS_MAX`] steps of together [`UNDO_BYTES_MAX`]
    /// bytes are kept.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.history.undo() else {
            return false;
        };
        for change in step.iter().rev() {
            let new_end = change.at.saturating_add(change.new.len());
            self.text.replace_range(change.at..new_end, &change.old);
            self.caret = change.caret_before;
        }
        self.goal = None;
        true
    }

    /// Takes the last step that was undone again; false where there is none.
    pub fn redo(&mut self) -> bool {
        let Some(step) = self.history.redo() else {
            return false;
        };
        for change in &step {
            let old_end = change.at.saturating_add(change.old.len());
            self.text.replace_range(change.at..old_end, &change.new);
            self.caret = change.caret_after;
        }
        self.goal = None;
        true
    }

    fn go_to(&mut self, caret: usize) {
        self.caret = caret;
        self.goal = None;
        self.history.close();
    }

    fn remove(&mut self, range: Range<usize>) {
        self.goal = None;
        if range.is_empty() {
            return;
        }
        let change = self.splice(range, "");
        self.history.done(change);
    }

    /// Replaces `range`, both ends grapheme borders, and makes NFC what now stands together.
    fn splice(&mut self, range: Range<usize>, new: &str) -> Change {
        // Composition never reaches over a grapheme border, so one grapheme each side is enough.
        let from = previous_border(&self.text, range.start);
        let to = next_border(&self.text, range.end);
        let before = slice(&self.text, from..range.start);
        let after = slice(&self.text, range.end..to);
        let joined = format!("{before}{new}{after}");
        let reached = before.len().saturating_add(new.len());
        let (replacement, reached) = if is_nfc(&joined) {
            (joined, reached)
        } else {
            let left: String = slice(&joined, 0..reached).nfc().collect();
            (joined.nfc().collect(), left.len())
        };
        let change = Change {
            at: from,
            old: slice(&self.text, from..to).to_owned(),
            new: replacement,
            caret_before: self.caret,
            caret_after: 0,
        };
        self.text.replace_range(from..to, &change.new);
        // Composed with what follows, the caret is inside a character and goes behind it.
        let wanted = self.text.ceil_char_boundary(from.saturating_add(reached));
        self.caret = if is_border(&self.text, wanted) {
            wanted
        } else {
            next_border(&self.text, wanted)
        };
        Change {
            caret_after: self.caret,
            ..change
        }
    }
}

/// A text in NFC whose line ends are line feeds.
fn normalized(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.nfc().collect()
}

#[cfg(test)]
mod tests;
