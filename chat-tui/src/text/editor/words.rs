//! Where the lines and words around a caret begin and end.

use super::Editor;
use super::borders::{Class, class_before, class_of, next_border, previous_border};
use crate::text::slice;

impl Editor {
    pub(super) fn line_start(&self) -> usize {
        slice(&self.text, 0..self.caret)
            .rfind('\n')
            .map_or(0, |at| at.saturating_add(1))
    }

    pub(super) fn line_end(&self) -> usize {
        slice(&self.text, self.caret..self.text.len())
            .find('\n')
            .map_or(self.text.len(), |at| self.caret.saturating_add(at))
    }

    pub(super) fn word_start(&self) -> usize {
        let mut at = self.caret;
        if class_before(&self.text, at) == Some(Class::LineFeed) {
            return previous_border(&self.text, at);
        }
        while class_before(&self.text, at) == Some(Class::Blank) {
            at = previous_border(&self.text, at);
        }
        let class = class_before(&self.text, at);
        while class_before(&self.text, at) == class && class != Some(Class::LineFeed) && at > 0 {
            at = previous_border(&self.text, at);
        }
        at
    }

    pub(super) fn word_end(&self) -> usize {
        let mut at = self.caret;
        if class_of(&self.text, at) == Some(Class::LineFeed) {
            return next_border(&self.text, at);
        }
        while class_of(&self.text, at) == Some(Class::Blank) {
            at = next_border(&self.text, at);
        }
        let class = class_of(&self.text, at);
        while class_of(&self.text, at) == class
            && class != Some(Class::LineFeed)
            && at < self.text.len()
        {
            at = next_border(&self.text, at);
        }
        at
    }
}
