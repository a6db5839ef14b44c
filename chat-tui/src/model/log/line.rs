//! One row of the log, and the rows of a text.

use crate::text::links::links;
use crate::text::slice;
use crate::text::wrap::Row;

/// One row of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What stands in the first column.
    pub mark: Mark,
    /// The time, where it is told.
    pub time: Option<String>,
    /// The nick, where it is told.
    pub nick: Option<String>,
    /// The text.
    pub spans: Vec<Span>,
    /// Whether the text stands in a rule across the log.
    pub rule: bool,
    /// Whether a jump led here.
    pub found: bool,
}

/// What stands in the first column of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// Said by oneself.
    Own,
    /// Speaks to oneself.
    Mention,
    /// Not sent, and will not be by itself.
    Failed,
}

/// A part of a row with one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text, in one line.
    pub text: String,
    /// How it looks.
    pub look: Look,
}

/// How a text looks, by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// What people said.
    Text,
    /// What stands around it.
    Dim,
    /// What one should see first.
    Accent,
    /// What went wrong.
    Failure,
    /// An address to open.
    Link,
}

impl Line {
    pub(super) fn dim(text: &str) -> Self {
        Self::looking(text, Look::Dim)
    }

    pub(super) fn looking(text: &str, look: Look) -> Self {
        Self {
            spans: vec![Span {
                text: text.to_owned(),
                look,
            }],
            ..Self::default()
        }
    }

    /// The text of the row.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// The spans of each row of a text, links told apart.
pub(super) fn rows_of(text: &str, rows: &[Row]) -> Vec<Vec<Span>> {
    let links = if text.contains("://") {
        links(text)
    } else {
        Vec::new()
    };
    rows.iter()
        .map(|row| {
            let mut spans = Vec::new();
            let mut at = row.start;
            let mut push = |from: usize, to: usize, look: Look| {
                if from < to {
                    spans.push(Span {
                        text: slice(text, from..to).to_owned(),
                        look,
                    });
                }
            };
            for link in &links {
                let (start, end) = (link.start.max(at), link.end.min(row.end));
                if start < end {
                    push(at, start, Look::Text);
                    push(start, end, Look::Link);
                    at = end;
                }
            }
            push(at, row.end, Look::Text);
            spans
        })
        .collect()
}
