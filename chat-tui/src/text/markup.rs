//! The parts of a text that are code: what stands between two fences of three backticks, cut into rows with the rest.
//!
//! Only a closed fence counts; a row of backticks alone is text. What is copied is the text itself, fences and all.

use super::cells::Widths;
use super::slice;
use super::wrap::{self, wrap};

/// What begins and ends code, at the start of a line.
pub const FENCE: &str = "```";

/// What a row is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What people write.
    Prose,
    /// The first fence, whose row tells the language.
    Opening,
    /// Code.
    Code,
    /// The last fence, of which no row is shown.
    Closing,
}

/// One row of a text: bytes `start..end` of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Byte at which the row begins.
    pub start: usize,
    /// Byte after its last grapheme.
    pub end: usize,
    /// What it is part of.
    pub part: Part,
}

/// Cuts a text into rows of so many columns, code told apart; at least one row.
pub fn rows(text: &str, widths: &Widths, columns: usize) -> Vec<Row> {
    let mut out = Vec::new();
    let mut at = 0;
    if text.contains(FENCE) {
        for block in blocks(text) {
            put(
                &mut out,
                text,
                at..block.start,
                Part::Prose,
                (widths, columns),
            );
            let end = block.start.saturating_add(block.opening);
            put(
                &mut out,
                text,
                block.start..end,
                Part::Opening,
                (widths, columns),
            );
            put(
                &mut out,
                text,
                end..block.closing,
                Part::Code,
                (widths, columns),
            );
            out.push(Row {
                start: block.closing,
                end: block.closing,
                part: Part::Closing,
            });
            at = block.end;
        }
    }
    if at < text.len() || out.is_empty() {
        put_last(&mut out, text, at, (widths, columns));
    }
    out
}

/// The language that an opening fence names; empty where it names none.
pub fn language(fence: &str) -> &str {
    fence.trim_start_matches('`').trim()
}

/// Code with its fences.
struct Block {
    start: usize,
    /// Bytes of the first fence, its line feed included.
    opening: usize,
    /// Where the last fence begins.
    closing: usize,
    /// Where what follows begins.
    end: usize,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0_usize;
    for line in text.split_inclusive('\n') {
        let start = at;
        at = at.saturating_add(line.len());
        let fence = line.trim_end_matches('\n');
        if !fence.starts_with(FENCE) {
            continue;
        }
        match open {
            None if is_opening(fence) && line.ends_with('\n') => open = Some((start, line.len())),
            Some((from, opening)) if fence.trim_end() == FENCE => {
                blocks.push(Block {
                    start: from,
                    opening,
                    closing: start,
                    end: at,
                });
                open = None;
            }
            None | Some(_) => {}
        }
    }
    blocks
}

/// Whether nothing but the name of a language stands behind the backticks.
fn is_opening(fence: &str) -> bool {
    !slice(fence, FENCE.len()..fence.len()).contains('`') && !language(fence).contains(' ')
}

/// Puts the rows of whole lines, whose last line feed begins no row.
fn put(
    out: &mut Vec<Row>,
    text: &str,
    range: std::ops::Range<usize>,
    part: Part,
    (widths, columns): (&Widths, usize),
) {
    let lines = slice(text, range.clone());
    if lines.is_empty() {
        return;
    }
    let lines = lines.strip_suffix('\n').unwrap_or(lines);
    let cut = wrap(lines, widths, columns, columns);
    out.extend(cut.into_iter().map(|row| moved(row, range.start, part)));
}

fn put_last(out: &mut Vec<Row>, text: &str, from: usize, (widths, columns): (&Widths, usize)) {
    let cut = wrap(slice(text, from..text.len()), widths, columns, columns);
    out.extend(cut.into_iter().map(|row| moved(row, from, Part::Prose)));
}

fn moved(row: wrap::Row, by: usize, part: Part) -> Row {
    Row {
        start: row.start.saturating_add(by),
        end: row.end.saturating_add(by),
        part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(Part, &str)]) {
        let rows = rows(text, &Widths::default(), 10);
        let found: Vec<(Part, &str)> = rows
            .iter()
            .map(|row| (row.part, slice(text, row.start..row.end)))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn t30_closed_fences_hold_code() {
        use Part::{Closing, Code, Opening, Prose};
        check("", &[(Prose, "")]);
        check("한글\n둘", &[(Prose, "한글"), (Prose, "둘")]);
        check(
            "이렇게\n```rust\nfn a() {\n\n  b.c(123456)\n}\n```\n끝",
            &[
                (Prose, "이렇게"),
                (Opening, "```rust"),
                (Code, "fn a() {"),
                (Code, ""),
                (Code, "  b.c(1234"),
                (Code, "56)"),
                (Code, "}"),
                (Closing, ""),
                (Prose, "끝"),
            ],
        );
        check(
            "```\na\n```",
            &[(Opening, "```"), (Code, "a"), (Closing, "")],
        );
        check(
            "```\n```\nb",
            &[(Opening, "```"), (Closing, ""), (Prose, "b")],
        );
        check(
            "```\na\n```\n```\nb\n```\n",
            &[
                (Opening, "```"),
                (Code, "a"),
                (Closing, ""),
                (Opening, "```"),
                (Code, "b"),
                (Closing, ""),
            ],
        );
    }

    #[test]
    fn t30_what_is_not_closed_is_text() {
        for text in [
            "```\na",
            "a ```\nb\n```",
            "```a```\nb\n```",
            "```a b\nc\n```",
            "```",
        ] {
            let rows = rows(text, &Widths::default(), 80);
            assert!(rows.iter().all(|row| row.part == Part::Prose), "{text:?}");
        }
    }

    #[test]
    fn t30_a_fence_names_its_language() {
        assert_eq!(language("```rust"), "rust");
        assert_eq!(language("``` c++ "), "c++");
        assert_eq!(language("```"), "");
    }
}
