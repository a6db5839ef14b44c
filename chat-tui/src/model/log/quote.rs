//! The row above an answer that quotes what it answers.

use protocol::position::Position;

use super::line::{Body, Line, Look, Mark, Span};
use super::lines::Voice;
use super::{Log, Place};
use crate::model::quotes::Quote;
use crate::model::words::Words;
use crate::text::cells::Widths;

/// A quote in one row of so many columns: `> 지은: 회의 14:30으로 ⋯`.
pub fn quote_row(quote: &Quote, words: &Words, widths: &Widths, columns: usize) -> String {
    let whole = match quote {
        Quote::Here { nick, words } => format!("> {nick}: {words}"),
        Quote::Fetching => format!("> {}", words.quote_fetching),
        Quote::Gone => format!("> {}", words.quote_gone),
    };
    widths.fit(&whole, columns).into_owned()
}

impl Log<'_> {
    /// Puts a message with the row above it that quotes what it answers.
    pub(super) fn answer(
        &self,
        lines: &mut Vec<Line>,
        (place, voice): (impl Into<Place>, Voice<'_>),
        previous: Option<Voice<'_>>,
        mark: Mark,
        reply_to: Option<Position>,
        mut texts: Vec<Body>,
    ) {
        let Some(position) = reply_to else {
            return self.put(lines, (place, voice), previous, mark, texts);
        };
        let quote = self.tab.quote(position);
        let text = quote_row(&quote, self.model.words(), &self.model.widths, self.columns);
        let body = Body {
            from: None,
            code: false,
            fold: false,
            spans: vec![Span::of(&text, Look::Dim)],
        };
        texts.insert(0, body);
        let rows = texts.len();
        self.put(lines, (place, voice), previous, mark, texts);
        let first = lines.len().saturating_sub(rows);
        if let Some(line) = lines.get_mut(first) {
            line.quotes = Some(position);
        }
    }
}
