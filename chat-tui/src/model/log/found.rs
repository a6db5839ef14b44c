//! What a jump led to, as the log shows it.

use std::ops::Range;

use super::Log;
use super::line::{Line, Look, Span};
use crate::model::timeline::Slot;
use crate::text::slice;

impl Log<'_> {
    /// Tells apart what was looked for in the message to which a jump led.
    pub(super) fn show_landing(&self, slot: Slot, text: &str, lines: &mut [Line]) {
        let landing = self.tab.landing.as_ref();
        let Some(landing) = landing.filter(|landing| Slot::of(landing.position) == slot) else {
            return;
        };
        let marks = landing.terms.marks(text);
        for line in lines {
            if let Some(from) = line.from.filter(|_| !line.fold) {
                let spans = std::mem::take(&mut line.spans);
                line.spans = marked(spans, from, &marks);
            }
        }
    }
}

/// The spans of a row that begins at a byte of its text, with the marked parts told apart.
fn marked(spans: Vec<Span>, from: usize, marks: &[Range<usize>]) -> Vec<Span> {
    let mut at = from;
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
        let mut push = |start: usize, end: usize, look: Look| {
            if start < end {
                let part = start.saturating_sub(from)..end.saturating_sub(from);
                out.push(Span::of(slice(&span.text, part), look));
            }
        };
        for mark in marks {
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
}
