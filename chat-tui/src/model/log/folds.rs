//! What a log shows in fewer rows than it has: comings and goings in one line, the beginning of long code.

use super::Log;
use super::line::{Body, Line, Look, Span, rows_of, targets};
use super::lines::key_of;
use crate::model::timeline::{Move, Moves, Slot};
use crate::model::words::{Words, fill, grouped};
use crate::text::markup::{Part, Row};
use crate::text::sanitized::Sanitized;

/// Names of a folded line that are spelled out; the others are counted.
const NAMES_TOLD: usize = 2;

/// Rows of one piece of code that are shown; of a longer one fewer, with a row that tells how many more there are.
const CODE_ROWS_MAX: usize = 12;

/// Rows that a longer one shows.
const CODE_ROWS_FOLDED: usize = 8;

impl Log<'_> {
    /// Comings and goings: in one line, or each in its own.
    pub(super) fn moves(&self, moves: &Moves) -> Vec<Line> {
        let words = self.model.words();
        if moves.is_open {
            let one = |one: &Move| {
                let clock = self.model.clock().minute(one.time);
                let does = if one.went { words.went } else { words.came };
                let nick = one.nick.as_str();
                Line {
                    fold: true,
                    ..Line::dim(&format!("{clock} {}", fill(does, &[nick])))
                }
            };
            return moves.all().iter().map(one).collect();
        }
        let Some(sentence) = told(moves, words) else {
            return Vec::new();
        };
        let mut lines = self.wrapped(&sentence, Look::Dim);
        for line in &mut lines {
            line.fold = true;
        }
        lines
    }

    /// The rows of a message, long code folded unless it is open.
    pub(super) fn bodies(&self, text: &str, slot: Slot, rows: &[Row], is_open: bool) -> Vec<Body> {
        let shown =
            |row: &Row| row.part != Part::Closing && (row.part != Part::Opening || !self.bare);
        let mut bodies = Vec::new();
        let targets = targets(text, &key_of(slot));
        for block in
            rows.chunk_by(|one, other| (one.part == Part::Code) == (other.part == Part::Code))
        {
            let is_code = block.first().is_some_and(|row| row.part == Part::Code);
            let is_long = is_code && block.len() > CODE_ROWS_MAX;
            let kept = if is_long && !is_open {
                CODE_ROWS_FOLDED
            } else {
                block.len()
            };
            let (seen, hidden) = block.split_at(kept.min(block.len()));
            bodies.extend(rows_of(
                text,
                &targets,
                seen.iter().copied().filter(|row| shown(row)),
            ));
            if !is_long || self.bare {
                continue;
            }
            let words = self.model.words();
            let (from, told) = match hidden.first() {
                Some(row) => (
                    row.start,
                    fill(words.code_folded, &[&grouped(hidden.len())]),
                ),
                None => (
                    seen.last().map_or(0, |row| row.end),
                    words.code_open.to_owned(),
                ),
            };
            bodies.push(Body {
                spans: vec![Span::of(&told, Look::Dim)],
                from: Some(from),
                code: true,
                fold: true,
            });
        }
        bodies
    }
}

/// Who came, came back and went, in one sentence; nothing where it tells nothing.
pub fn told(moves: &Moves, words: &Words) -> Option<String> {
    let told = moves.told();
    let part = |sentence: &str, who: &[&Sanitized]| {
        names(who, words).map(|names| fill(sentence, &[&names]))
    };
    let parts = [
        part(words.came, &told.came),
        part(words.came_back, &told.back),
        part(words.went, &told.went),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" ∙ "))
}

/// `A`, `A and B`, `A, B and 3 others`; nothing for nobody.
pub fn names(names: &[&Sanitized], words: &Words) -> Option<String> {
    match names {
        [] => None,
        [one] => Some(one.to_string()),
        [one, other] => Some(fill(words.and, &[one.as_str(), other.as_str()])),
        [first, second, third] => {
            let before = format!("{first}, {second}");
            Some(fill(words.and, &[&before, third.as_str()]))
        }
        [..] => {
            let told: Vec<&str> = names
                .iter()
                .take(NAMES_TOLD)
                .map(|name| name.as_str())
                .collect();
            let others = names.len().saturating_sub(told.len());
            Some(fill(
                words.and_others,
                &[&told.join(", "), &grouped(others)],
            ))
        }
    }
}
