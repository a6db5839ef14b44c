//! A draft as it is kept and given back: what is written in a room, and which message it answers.

use protocol::position::Position;

/// What is written and not said yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<Position>,
}

impl Draft {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reply_to.is_none()
    }
}

impl From<&str> for Draft {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            reply_to: None,
        }
    }
}
