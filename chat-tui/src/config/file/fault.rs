//! What can be wrong with the file of settings, where, and how to mend it.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
    /// What.
    pub wrong: Wrong,
}

/// What is wrong; each is one sentence that says how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Wrong {
    /// The bytes are no text.
    #[error("this is no UTF-8, so nothing of the file is used; save the file as UTF-8")]
    NotUtf8,
    /// The text is no TOML.
    #[error(
        "this is no TOML ({0}), so nothing of the file is used; a line is NAME = VALUE, a text stands in \"quotes\", a list in [brackets]"
    )]
    NotToml(String),
    /// A name that is nearly one of a setting.
    #[error("there is no setting {name}; did you mean {nearest}?")]
    Misspelt {
        /// As it stands there.
        name: String,
        /// The setting.
        nearest: &'static str,
    },
    /// A name that is none.
    #[error("there is no setting {name}; remove it (chat-tui config --print shows all)")]
    Unknown {
        /// As it stands there.
        name: String,
    },
    /// The value is of another kind.
    #[error("{name} has to be {wanted}: write {example}")]
    Kind {
        /// The setting.
        name: &'static str,
        /// What it has to be.
        wanted: &'static str,
        /// How that looks.
        example: &'static str,
    },
    /// The value cannot be used.
    #[error("{name} cannot be this: {why}")]
    Value {
        /// The setting.
        name: &'static str,
        /// Why, and what to do.
        why: String,
    },
}

impl Fault {
    /// A fault at this byte of the text.
    pub(super) fn at(text: &str, byte: usize, wrong: Wrong) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let in_line = before.get(line_start..).unwrap_or_default();
        Self {
            line: before.matches('\n').count().saturating_add(1),
            column: in_line.chars().count().saturating_add(1),
            wrong,
        }
    }

    /// A fault where this span begins, or at the end of the text.
    pub(super) fn in_span(text: &str, span: Option<Range<usize>>, wrong: Wrong) -> Self {
        Self::at(text, span.map_or(text.len(), |span| span.start), wrong)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.wrong)
    }
}

impl Wrong {
    /// The one setting that is not used for it; nothing where the whole file is not.
    pub fn setting(&self) -> Option<&str> {
        match self {
            Self::NotUtf8 | Self::NotToml(_) => None,
            Self::Misspelt { name, .. } | Self::Unknown { name } => Some(name),
            Self::Kind { name, .. } | Self::Value { name, .. } => Some(name),
        }
    }
}
