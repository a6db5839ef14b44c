//! What a jump led to, as the log shows it.

use super::Log;
use super::line::{Line, Look, Span};
use crate::model::timeline::Slot;
use crate::text::slice;
use crate::text::wrap::Row;

impl Log<'_> {
    /// The spans of a message, with what was looked for told apart where a jump led to it.
    pub(super) fn marked(
        &self,
        slot: Slot,
        text: &str,
        rows: &[Row],
        texts: Vec<Vec<Span>>,
    ) -> Vec<Vec<Span>> {
        let Some(landing) = self.landing(slot) else {
            return texts;
        };
        let marks = landing.terms.marks(text);
        let rows = rows.iter().zip(texts);
        let marked = rows.map(|(row, spans)| {
            let mut at = row.start;
            let mut out = Vec::new();
            for span in spans {
                let (from, to) = (at, at.saturating_add(span.text.len()));
                at = to;
                // A link stays in one piece, or it would be two.
                if span.look != Look::Text {
                    out.push(span);
                    continue;
                }
                let mut done = from;
                let mut push = |from: usize, to: usize, look: Look| {
                    if from < to {
                        let text = slice(text, from..to).to_owned();
                        out.push(Span { text, look });
                    }
                };
                for mark in &marks {
                    let (start, end) = (mark.start.max(done), mark.end.min(to));
                    if start < end {
                        push(done, start, Look::Text);
                        push(start, end, Look::Accent);
                        done = end;
                    }
                }
                push(done, to, Look::Text);
            }
            out
        });
        marked.collect()
    }

    /// Tells the lines of the message apart to which a jump led.
    pub(super) fn show_landing<'l>(&self, slot: Slot, lines: impl Iterator<Item = &'l mut Line>) {
        if self.landing(slot).is_some() {
            lines.for_each(|line| line.found = true);
        }
    }

    fn landing(&self, slot: Slot) -> Option<&crate::model::past::Landing> {
        let landing = self.tab.landing.as_ref()?;
        (Slot::of(landing.position) == slot).then_some(landing)
    }
}
