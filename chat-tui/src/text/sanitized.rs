//! Text that is safe to draw, to log and to write to a file, whoever wrote it.
//!
//! What comes from a peer never reaches a terminal in another form than [`Sanitized`].

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use super::cells::Widths;
use super::characters::{
    BLACK_FLAG, EMOJI_SELECTOR, Fate, KEYCAP, TAG_END, TEXT_SELECTOR, ZERO_WIDTH_JOINER,
    ZERO_WIDTH_NON_JOINER, fate, is_ideograph, is_pictograph, is_skin_tone, is_tag, uses_joiners,
    visible,
};

/// Columns between two tab stops of a block.
pub const TAB_COLUMNS: usize = 4;

/// Text in NFC that can do nothing to a terminal and hides nothing from a reader.
///
/// - Written out as `<U+001B>`: control characters, bidi controls, line and paragraph separators,
///   noncharacters and letters that draw nothing (Hangul fillers). They matter, so they are seen.
/// - Dropped: zero-width and other format characters, and joiners, variation selectors and tags
///   that join or select nothing. They would be noise for everybody and a hiding place for some.
/// - Kept: ZWJ, selectors and tags inside an emoji, and where a script chooses letter forms by them.
///
/// Sanitizing again changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sanitized(String);

impl Sanitized {
    /// One line: a line feed (also after a carriage return) or a tab becomes one space.
    pub fn line(text: &str) -> Self {
        Self(cleaned(text, Shape::Line))
    }

    /// Lines of text: line feeds stay, a tab becomes spaces up to the next multiple of
    /// [`TAB_COLUMNS`].
    pub fn block(text: &str) -> Self {
        Self(cleaned(text, Shape::Block))
    }

    /// The harmless text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The harmless text, owned.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether nothing is left to draw.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AsRef<str> for Sanitized {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sanitized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The combining class of the marks that take the vowel off a letter.
const VIRAMA: u8 = 9;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Block,
}

fn cleaned(text: &str, shape: Shape) -> String {
    // Most chat is of characters that are safe and compose with nothing.
    if text
        .chars()
        .all(|c| matches!(c, ' '..='~' | '가'..='힣' | 'ㄱ'..='ㅣ'))
    {
        return text.to_owned();
    }
    let chars: Vec<char> = text.nfc().collect();
    let mut cleaner = Cleaner {
        shape,
        out: String::with_capacity(text.len()),
        last: None,
        has_virama: false,
        in_emoji: false,
        measured: 0,
        column: 0,
    };
    let mut rest = chars.as_slice();
    while let Some((&c, after)) = rest.split_first() {
        let taken = cleaner.take(c, after);
        rest = after.get(taken..).unwrap_or_default();
    }
    // What was dropped may have stood between a letter and its mark.
    cleaner.out.nfc().collect()
}

struct Cleaner {
    shape: Shape,
    out: String,
    /// The last character kept that is no mark: dropping something can reorder marks, and their
    /// order must not decide.
    last: Option<char>,
    /// Whether a virama is among the marks on it.
    has_virama: bool,
    /// Whether `out` ends in a pictograph with whatever modifies it, so that ZWJ can join there.
    in_emoji: bool,
    /// Bytes of `out` whose columns are in `column` already.
    measured: usize,
    column: usize,
}

impl Cleaner {
    /// Takes `c` and returns how many of the characters `after` it were taken with it.
    fn take(&mut self, c: char, after: &[char]) -> usize {
        let next = after.first().copied();
        match c {
            '\r' if next == Some('\n') => {}
            '\n' => self.line_feed(),
            '\t' => self.tab(),
            BLACK_FLAG => {
                let tags = tag_sequence(after);
                self.push(c);
                for &tag in after.get(..tags).unwrap_or_default() {
                    self.out.push(tag);
                }
                return tags;
            }
            _ => match fate(c) {
                Fate::Keep => self.push(c),
                Fate::Show => {
                    self.out.push_str(&visible(c));
                    self.last = Some('>');
                    self.has_virama = false;
                    self.in_emoji = false;
                }
                Fate::Drop => {}
                Fate::Context => {
                    if self.belongs(c, next) {
                        self.push(c);
                    }
                }
            },
        }
        0
    }

    fn push(&mut self, c: char) {
        self.in_emoji =
            is_pictograph(c) || (self.in_emoji && (c == EMOJI_SELECTOR || is_skin_tone(c)));
        match canonical_combining_class(c) {
            0 => {
                self.last = Some(c);
                self.has_virama = false;
            }
            VIRAMA => self.has_virama = true,
            _ => {}
        }
        self.out.push(c);
    }

    /// Whether a joiner or selector does something between what was kept and `next`.
    fn belongs(&self, c: char, next: Option<char>) -> bool {
        let Some(last) = self.last else {
            return false;
        };
        match c {
            ZERO_WIDTH_JOINER if self.in_emoji => next.is_some_and(is_pictograph),
            ZERO_WIDTH_JOINER => uses_joiners(last) || self.has_virama,
            ZERO_WIDTH_NON_JOINER => {
                uses_joiners(last)
                    && next.is_some_and(|next| uses_joiners(next) && fate(next) == Fate::Keep)
            }
            TEXT_SELECTOR => is_pictograph(last),
            EMOJI_SELECTOR => {
                is_pictograph(last)
                    || (matches!(last, '0'..='9' | '#' | '*') && next == Some(KEYCAP))
            }
            '\u{FE00}'..='\u{FE0D}' => !last.is_ascii() && last.is_alphabetic(),
            '\u{180B}'..='\u{180F}' => matches!(last, '\u{1810}'..='\u{18AF}'),
            '\u{E0100}'..='\u{E01EF}' => is_ideograph(last),
            _ => false,
        }
    }

    fn line_feed(&mut self) {
        match self.shape {
            Shape::Line => self.push(' '),
            Shape::Block => {
                self.push('\n');
                self.measured = self.out.len();
                self.column = 0;
            }
        }
    }

    fn tab(&mut self) {
        if self.shape == Shape::Line {
            return self.push(' ');
        }
        let fresh = self.out.get(self.measured..).unwrap_or_default();
        self.column = self.column.saturating_add(Widths::default().width(fresh));
        let spaces = TAB_COLUMNS.saturating_sub(self.column % TAB_COLUMNS);
        for _ in 0..spaces {
            self.push(' ');
        }
        self.measured = self.out.len();
        self.column = self.column.saturating_add(spaces);
    }
}

/// How many of the characters after a black flag make it the flag of a part of a country.
fn tag_sequence(after: &[char]) -> usize {
    /// A region of two letters and a part of one to three, as emoji data have them, with room.
    const TAGS_MAX: usize = 8;
    let tags = after
        .iter()
        .take_while(|&&c| is_tag(c) && c != TAG_END)
        .count();
    if (3..=TAGS_MAX).contains(&tags) && after.get(tags) == Some(&TAG_END) {
        tags.saturating_add(1)
    } else {
        0
    }
}

#[cfg(test)]
mod tests;
