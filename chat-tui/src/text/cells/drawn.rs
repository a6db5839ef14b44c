//! What is drawn for a grapheme that some terminal would draw in another width, or not at all.

use unicode_normalization::UnicodeNormalization as _;
use unicode_width::UnicodeWidthChar as _;

use super::{GRAPHEME_COLUMNS_MAX, Widths};
use crate::text::characters::{
    EMOJI_SELECTOR, Fate, TEXT_SELECTOR, ZERO_WIDTH_JOINER, fate, is_half_width_kana, is_regional,
    is_skin_tone, is_tag, stands_alone, visible,
};
use crate::text::graphemes::graphemes;
use crate::text::hangul::{is_conjoining_jamo, standing_jamo};

/// Marks drawn on one base; further ones would climb over the rows above and are not drawn.
const MARKS_MAX: usize = 4;

/// Characters of one grapheme that are looked at; a longer one is cut before it is measured.
const GRAPHEME_CHARS_MAX: usize = 32;

/// Four columns whatever stands before: a row can be cut anywhere without moving what follows.
const TAB: &str = "    ";

/// Whether the grapheme is one character that every terminal draws alike.
pub(super) fn is_plain(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    stands_alone(c)
}

/// The text to draw for one grapheme; one or more graphemes, none of them zero columns wide.
pub(super) fn compose(widths: &Widths, grapheme: &str) -> String {
    if matches!(grapheme, "" | "\n" | "\r\n") {
        return String::new();
    }
    if grapheme == "\t" {
        return TAB.to_owned();
    }
    let folded: String;
    let grapheme = if grapheme.chars().any(is_half_width_kana) {
        folded = grapheme.nfkc().collect();
        &folded
    } else {
        grapheme
    };
    let flags = grapheme.chars().filter(|&c| is_regional(c)).count();
    let flag_drawn = flags == 2 && widths.flag == 2;
    let mut composer = Composer {
        widths,
        out: String::new(),
        marks: 0,
    };
    for (index, c) in grapheme.chars().take(GRAPHEME_CHARS_MAX).enumerate() {
        if index == 0 && fate(c) != Fate::Keep {
            composer.out.push_str(&visible(c));
        } else if is_regional(c) && !flag_drawn {
            composer.out.push(letter_of(c));
        } else if is_conjoining_jamo(c) {
            composer.jamo(c);
        } else {
            composer.push(c);
        }
    }
    let mut out = composer.out;
    if out.ends_with(ZERO_WIDTH_JOINER) {
        // A terminal would join it to the next cell.
        out.pop();
    }
    if widths.sum(&out) == 0 {
        out = on_a_space(&out);
    }
    bounded(widths, out.chars())
}

/// A mark over a space, or a letter form that precedes another letter before a space; a question
/// mark for what can be neither.
fn on_a_space(mark: &str) -> String {
    [format!(" {mark}"), format!("{mark} ")]
        .into_iter()
        .find(|placed| graphemes(placed).count() == 1)
        .unwrap_or_else(|| "?".to_owned())
}

struct Composer<'w> {
    widths: &'w Widths,
    out: String,
    /// Zero-width characters at the end of `out`.
    marks: usize,
}

impl Composer<'_> {
    fn push(&mut self, c: char) {
        let widths = self.widths;
        let joins = widths.family == 2;
        let dropped = match c {
            // Terminals disagree about text forms; without the selector all draw two columns.
            TEXT_SELECTOR => true,
            EMOJI_SELECTOR => widths.heart != 2,
            ZERO_WIDTH_JOINER => !joins,
            _ if is_tag(c) => !joins,
            _ if is_skin_tone(c) => {
                (!self.out.is_empty() && (!joins || widths.skin_tone != 2))
                    || self.out.ends_with(is_skin_tone)
            }
            _ => false,
        };
        if dropped {
            return;
        }
        let is_mark =
            c.width() == Some(0) && !is_tag(c) && !matches!(c, EMOJI_SELECTOR | ZERO_WIDTH_JOINER);
        self.marks = if is_mark {
            self.marks.saturating_add(1)
        } else {
            0
        };
        if self.marks <= MARKS_MAX {
            self.out.push(c);
        }
    }

    /// Jamo that no syllable could be made of: joined where the terminal joins them.
    fn jamo(&mut self, c: char) {
        let carried = c.width() != Some(0)
            || self
                .out
                .ends_with(|before| is_conjoining_jamo(before) || matches!(before, '가'..='힣'));
        if !carried || self.widths.conjoining != 2 {
            self.out.push(standing_jamo(c).unwrap_or('?'));
        } else {
            self.out.push(c);
        }
        self.marks = 0;
    }
}

/// The letter that a regional indicator stands for.
fn letter_of(regional: char) -> char {
    const REGIONAL_A: u32 = 0x1F1E6;
    u32::from(regional)
        .checked_sub(REGIONAL_A)
        .and_then(|index| index.checked_add(u32::from('A')))
        .and_then(char::from_u32)
        .unwrap_or('?')
}

/// As many of the characters as fit into the columns of one grapheme.
fn bounded(widths: &Widths, chars: impl Iterator<Item = char>) -> String {
    let mut out: String = chars.collect();
    if out.starts_with("<U+") {
        return out;
    }
    while widths.sum(&out) > GRAPHEME_COLUMNS_MAX && out.pop().is_some() {}
    if out.ends_with(ZERO_WIDTH_JOINER) {
        out.pop();
    }
    out
}
