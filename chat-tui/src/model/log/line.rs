//! One row of the log, and the rows of a text.

use std::sync::Arc;

use protocol::position::Position;

use crate::text::links::{Link, links};
use crate::text::markup::{Part, Row, language};
use crate::text::slice;

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
    /// Whether it is code, which is shaded as wide as the log.
    pub code: bool,
    /// Whether it stands for rows that are folded away, or unfolded.
    pub fold: bool,
    /// The byte of the text of its place at which it begins; nothing for what stands around that text.
    pub from: Option<usize>,
    /// The message that the row quotes: where one goes from here.
    pub quotes: Option<Position>,
}

/// A row of a place, so that it is found again when the place is cut into other rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// So many rows below the first one, above the text.
    Head(usize),
    /// The row with this byte of the text.
    Text(usize),
    /// So many rows below the text.
    Foot(usize),
}

impl Spot {
    /// The last row, however many there are.
    pub const END: Self = Self::Foot(usize::MAX);
}

/// The spot of each row of a place.
pub(super) fn spots(lines: &[Line]) -> Vec<Spot> {
    let mut below: Option<usize> = None;
    let mut head = 0..;
    lines
        .iter()
        .map(|line| match (line.from, below) {
            (Some(byte), _) => {
                below = Some(0);
                Spot::Text(byte)
            }
            (None, None) => Spot::Head(head.next().unwrap_or_default()),
            (None, Some(rows)) => {
                below = Some(rows.saturating_add(1));
                Spot::Foot(rows)
            }
        })
        .collect()
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
    /// The address that it is part of.
    pub link: Option<Arc<Target>>,
}

/// An address that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The same for every row of one address, another one for each.
    pub id: String,
    /// The address, printable ASCII only.
    pub url: String,
    /// The address as it was written.
    pub written: String,
}

impl Span {
    pub(super) fn of(text: &str, look: Look) -> Self {
        Self {
            text: text.to_owned(),
            look,
            link: None,
        }
    }
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
            spans: vec![Span::of(text, look)],
            ..Self::default()
        }
    }

    /// The text of the row.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// A row of what somebody said.
pub(super) struct Body {
    pub(super) spans: Vec<Span>,
    /// The byte of the text at which it begins; nothing for a row above the text.
    pub(super) from: Option<usize>,
    pub(super) code: bool,
    pub(super) fold: bool,
}

/// The addresses of a text, with where they stand in it; `key` tells the texts on one screen apart.
pub(super) fn targets(text: &str, key: &str) -> Vec<(Link, Arc<Target>)> {
    let links = links(text).into_iter();
    links
        .map(|link| {
            let target = Target {
                id: format!("{key}.{}", link.start),
                url: link.target(text),
                written: slice(text, link.start..link.end).to_owned(),
            };
            (link, Arc::new(target))
        })
        .collect()
}

/// The rows of a text by spans, its addresses told apart.
pub(super) fn rows_of(
    text: &str,
    targets: &[(Link, Arc<Target>)],
    rows: impl Iterator<Item = Row>,
) -> Vec<Body> {
    rows.map(|row| Body {
        spans: spans(text, &row, targets),
        from: Some(row.start),
        code: row.part != Part::Prose,
        fold: false,
    })
    .collect()
}

fn spans(text: &str, row: &Row, links: &[(Link, Arc<Target>)]) -> Vec<Span> {
    if row.part == Part::Opening {
        return vec![Span::of(
            language(slice(text, row.start..row.end)),
            Look::Dim,
        )];
    }
    let mut spans = Vec::new();
    let mut at = row.start;
    let mut push = |from: usize, to: usize, link: Option<&Arc<Target>>| {
        if from < to {
            let look = link.map_or(Look::Text, |_| Look::Link);
            spans.push(Span {
                link: link.cloned(),
                ..Span::of(slice(text, from..to), look)
            });
        }
    };
    for (link, target) in links {
        let (start, end) = (link.start.max(at), link.end.min(row.end));
        if start < end {
            push(at, start, None);
            push(start, end, Some(target));
            at = end;
        }
    }
    push(at, row.end, None);
    spans
}
