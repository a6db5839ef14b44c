//! Strings and the columns they take: no chat, no terminal.
//!
//! Everything here is a function of its arguments. Nothing imports another part of the program,
//! reads a clock, or writes anywhere.

pub mod cells;
mod characters;
pub mod editor;
pub mod emoji;
pub mod graphemes;
pub mod hangul;
pub mod jamo;
pub mod links;
pub mod markup;
pub mod matching;
pub mod parts;
pub mod sanitized;
pub mod wrap;

use std::ops::Range;

/// The part of `text` in `range`, or nothing where the range is no part of it.
///
/// Ranges made from one text and used on another must not panic; an empty cell is a better answer.
pub fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}
