//! A message, ready to be drawn: its rows are worked out once for a width.

use std::cell::RefCell;
use std::sync::Arc;

use protocol::event::{Kind, Message};
use protocol::position::{PersonId, Position};

use crate::text::cells::Widths;
use crate::text::markup::{Row, rows};
use crate::text::sanitized::Sanitized;

/// A message, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Said {
    /// Who said it.
    pub person: PersonId,
    /// By which nick.
    pub nick: Sanitized,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// As what.
    pub kind: Kind,
    /// The text; of an action or topic without the nick.
    pub text: Sanitized,
    /// Whether the person at this screen said it.
    pub own: bool,
    /// Whether it speaks to the person at this screen.
    pub mention: bool,
    /// The message that it answers.
    pub reply_to: Option<Position>,
    /// Whether its long code is shown whole.
    pub is_open: bool,
    /// The text with its tabs, where it has any.
    tabbed: Option<Box<str>>,
    wrapped: Wrapped,
}

impl Said {
    /// A message as it came from the server.
    pub fn new(message: &Message, own: bool, mention: bool) -> Self {
        Self {
            person: message.id.person,
            nick: Sanitized::line(&message.nick),
            time: message.time,
            kind: message.kind,
            text: Sanitized::block(&message.text),
            own,
            mention,
            reply_to: message.reply_to,
            is_open: false,
            tabbed: message.text.contains('\t').then(|| {
                let parts = message.text.split('\t').map(Sanitized::block);
                let parts: Vec<String> = parts.map(Sanitized::into_string).collect();
                parts.join("\t").into_boxed_str()
            }),
            wrapped: Wrapped::default(),
        }
    }

    /// The rows of its text; worked out once for a width and kept.
    pub fn rows(&self, widths: &Widths, columns: usize) -> Arc<[Row]> {
        self.wrapped.rows(self.text.as_str(), widths, columns)
    }

    /// The text as it was sent, for who copies it: its tabs too.
    pub fn raw(&self) -> String {
        match &self.tabbed {
            Some(raw) => raw.to_string(),
            None => self.text.as_str().to_owned(),
        }
    }

    /// The memory of its texts, by a guess.
    pub(super) fn bytes(&self) -> usize {
        let tabbed = self.tabbed.as_ref().map_or(0, |raw| raw.len());
        self.nick.as_str().len() + self.text.as_str().len() + tabbed
    }

    /// Whether its rows were ever worked out; tests count by it what a frame costs.
    pub fn is_wrapped(&self) -> bool {
        self.wrapped.0.borrow().is_some()
    }
}

/// The rows of a text for the width that was asked for last.
#[derive(Clone, Debug, Default)]
struct Wrapped(RefCell<Option<Cut>>);

/// Widths and columns for which rows were worked out, and the rows.
type Cut = (Widths, usize, Arc<[Row]>);

impl Wrapped {
    fn rows(&self, text: &str, widths: &Widths, columns: usize) -> Arc<[Row]> {
        if let Some((for_widths, for_columns, rows)) = &*self.0.borrow()
            && for_widths == widths
            && *for_columns == columns
        {
            return Arc::clone(rows);
        }
        let rows: Arc<[Row]> = rows(text, widths, columns).into();
        *self.0.borrow_mut() = Some((*widths, columns, Arc::clone(&rows)));
        rows
    }
}
