//! Where a caret can stand in a text, and what kind of word stands beside it.

use unicode_segmentation::GraphemeCursor;

use crate::text::characters::is_breaking_space;
use crate::text::hangul::is_hangul;
use crate::text::slice;

/// What words are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    LineFeed,
    Blank,
    Hangul,
    /// Letters and digits of other scripts, and the underscore.
    Letter,
    Other,
}

/// The grapheme border before `at`; 0 at the start.
pub(super) fn previous_border(text: &str, at: usize) -> usize {
    // The whole text is given at once, so the search never asks for more of it; inside a character
    // it would panic.
    GraphemeCursor::new(text.floor_char_boundary(at), text.len(), true)
        .prev_boundary(text, 0)
        .ok()
        .flatten()
        .unwrap_or(0)
}

/// The grapheme border after `at`; the length of the text at its end.
pub(super) fn next_border(text: &str, at: usize) -> usize {
    GraphemeCursor::new(text.floor_char_boundary(at), text.len(), true)
        .next_boundary(text, 0)
        .ok()
        .flatten()
        .unwrap_or(text.len())
}

/// Whether a caret can stand at `at`.
pub(super) fn is_border(text: &str, at: usize) -> bool {
    text.is_char_boundary(at)
        && GraphemeCursor::new(at, text.len(), true)
            .is_boundary(text, 0)
            .unwrap_or(false)
}

/// The class of the grapheme that begins at `at`; none at the end.
pub(super) fn class_of(text: &str, at: usize) -> Option<Class> {
    slice(text, at..text.len()).chars().next().map(class)
}

/// The class of the grapheme that ends at `at`; none at the start.
pub(super) fn class_before(text: &str, at: usize) -> Option<Class> {
    if at == 0 {
        return None;
    }
    class_of(text, previous_border(text, at))
}

fn class(c: char) -> Class {
    match c {
        '\n' => Class::LineFeed,
        _ if is_breaking_space(c) => Class::Blank,
        _ if is_hangul(c) => Class::Hangul,
        _ if c.is_alphanumeric() || c == '_' => Class::Letter,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of GraphemeBreakTest-17.0.0.txt, © 1991-2025 Unicode, Inc., Unicode License v3.
    const GRAPHEME_BREAK_TEST: &[&str] = &[
        "÷ 1100 × 1160 ÷",
        "÷ 1100 × AC00 ÷",
        "÷ 1160 × 11A8 ÷",
        "÷ 11A8 × 11A8 ÷",
        "÷ AC00 × 1160 ÷",
        "÷ AC01 ÷ AC01 ÷",
        "÷ 11A8 ÷ 1160 ÷",
        "÷ AC01 × 0308 ÷ AC01 ÷",
        "÷ 000D × 000A ÷ 0061 ÷ 000A ÷ 0308 ÷",
        "÷ 0061 × 0308 ÷",
        "÷ 0020 × 200D ÷ 0646 ÷",
        "÷ 0646 × 200D ÷ 0020 ÷",
        "÷ 1100 × 1100 ÷",
        "÷ AC00 × 11A8 ÷ 1100 ÷",
        "÷ AC01 × 11A8 ÷ 1100 ÷",
        "÷ 1F1E6 × 1F1E7 ÷ 1F1E8 ÷ 0062 ÷",
        "÷ 0061 ÷ 1F1E6 × 1F1E7 ÷ 1F1E8 ÷ 0062 ÷",
        "÷ 0061 ÷ 1F1E6 × 1F1E7 × 200D ÷ 1F1E8 ÷ 0062 ÷",
        "÷ 0061 ÷ 1F1E6 × 200D ÷ 1F1E7 × 1F1E8 ÷ 0062 ÷",
        "÷ 0061 ÷ 1F1E6 × 1F1E7 ÷ 1F1E8 × 1F1E9 ÷ 0062 ÷",
        "÷ 0061 × 200D ÷",
        "÷ 0061 × 0308 ÷ 0062 ÷",
        "÷ 0061 × 0903 ÷ 0062 ÷",
        "÷ 0061 ÷ 0600 × 0062 ÷",
        "÷ 1F476 × 1F3FF ÷ 1F476 ÷",
        "÷ 0061 × 1F3FF ÷ 1F476 ÷",
        "÷ 0061 × 1F3FF ÷ 1F476 × 200D × 1F6D1 ÷",
        "÷ 1F476 × 1F3FF × 0308 × 200D × 1F476 × 1F3FF ÷",
        "÷ 1F6D1 × 200D × 1F6D1 ÷",
        "÷ 0061 × 200D ÷ 1F6D1 ÷",
        "÷ 2701 × 200D ÷ 2701 ÷",
        "÷ 0061 × 200D ÷ 2701 ÷",
        "÷ 0915 ÷ 0924 ÷",
        "÷ 0915 × 094D × 0924 ÷",
        "÷ 0915 × 094D × 094D × 0924 ÷",
        "÷ 0915 × 094D × 200D × 0924 ÷",
        "÷ 0915 × 093C × 200D × 094D × 0924 ÷",
        "÷ 0915 × 093C × 094D × 200D × 0924 ÷",
        "÷ 0915 × 094D × 0924 × 094D × 092F ÷",
        "÷ 0915 × 094D ÷ 0061 ÷",
        "÷ 0061 × 094D ÷ 0924 ÷",
        "÷ 003F × 094D ÷ 0924 ÷",
        "÷ 0AB8 × 0AFB × 0ACD × 0AB8 × 0AFB ÷",
        "÷ 1019 × 1039 × 1018 ÷ 102C × 1037 ÷",
        "÷ 1004 × 103A × 1039 × 1011 × 1039 × 1011 ÷",
        "÷ 179F × 17D2 × 178F × 17D2 × 179A × 17B8 ÷",
        "÷ 1B26 ÷ 1B17 × 1B44 × 1B13 ÷",
        "÷ 1B27 ÷ 1B13 × 1B44 × 1B0B ÷ 1B0B × 1B04 ÷",
        "÷ 1795 × 17D2 × 17AF ÷ 1798 ÷",
        "÷ 17A0 × 17D2 × 17AB ÷ 1791 × 17D0 ÷ 1799 ÷",
    ];

    #[test]
    fn a_caret_stands_where_unicode_breaks_graphemes() {
        for line in GRAPHEME_BREAK_TEST {
            check(line);
        }
    }

    #[track_caller]
    fn check(line: &str) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for token in line.split_whitespace() {
            match token {
                "÷" => expected.push(text.len()),
                "×" => {}
                code => {
                    let code = u32::from_str_radix(code, 16).unwrap();
                    text.push(char::from_u32(code).unwrap());
                }
            }
        }
        let mut forward = vec![0];
        while forward.last() != Some(&text.len()) {
            forward.push(next_border(&text, *forward.last().unwrap()));
        }
        let mut backward = vec![text.len()];
        while backward.last() != Some(&0) {
            backward.push(previous_border(&text, *backward.last().unwrap()));
        }
        backward.reverse();
        assert_eq!(forward, expected, "forward in {line}");
        assert_eq!(backward, expected, "backward in {line}");
        for at in 0..=text.len() {
            assert_eq!(
                is_border(&text, at),
                expected.contains(&at),
                "{at} in {line}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_search_for_a_border_never_panics_and_gets_on(text in any::<String>(), at in 0_usize..64) {
            let at = (at.min(text.len())..=text.len()).find(|&at| is_border(&text, at)).unwrap();
            prop_assert!(next_border(&text, at) > at || at == text.len());
            prop_assert!(previous_border(&text, at) < at || at == 0);
        }
    }
}
