//! The graphemes of a text, as `unicode-segmentation` finds them, without its tables where plain characters stand side by side.
//!
//! Nearly all that is drawn is ASCII and Hangul syllables, and each frame asks for the graphemes of everything on the screen.

use unicode_segmentation::UnicodeSegmentation as _;

use super::characters::stands_alone;

/// The graphemes of a text in order, each with the byte at which it begins.
pub fn graphemes(text: &str) -> Graphemes<'_> {
    Graphemes { text, at: 0 }
}

/// See [`graphemes`].
#[derive(Clone, Debug)]
pub struct Graphemes<'t> {
    text: &'t str,
    /// Always the end of a grapheme, so what follows is cut as if nothing stood before it.
    at: usize,
}

impl<'t> Iterator for Graphemes<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let mut chars = rest.chars();
        let first = chars.next()?;
        let is_plain = stands_alone(first) && chars.next().is_none_or(stands_alone);
        let length = if is_plain {
            first.len_utf8()
        } else {
            rest.graphemes(true).next().map_or(rest.len(), str::len)
        };
        let start = self.at;
        self.at = start.saturating_add(length);
        Some((start, rest.get(..length)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str) {
        let found: Vec<(usize, &str)> = graphemes(text).collect();
        let expected: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn they_are_those_of_unicode() {
        for text in [
            "",
            "abc 한글 ㅋㅋ",
            "e\u{301}한\u{301}ㅋ\u{301}a",
            "\u{1112}\u{1161}\u{11AB}글\u{11AB}",
            "\u{1112}가가\u{1161}가\u{11A8}",
            "a\r\n\r\nb\n",
            "👨\u{200D}👩\u{200D}👧a\u{200D}👧",
            "🇰🇷🇰🇷🇰a🇷",
            "\u{600}1\u{600}가",
            "क\u{94D}ष\u{94D}क가",
            "か\u{3099}漢\u{FE0F}",
        ] {
            check(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn they_are_those_of_unicode_in_any_text(
            text in "([ -~가-힣\u{1100}-\u{11FF}ㄱ-ㆎ\u{300}-\u{36F}\u{200C}-\u{200D}\r\n]|[🇦-🇿👨👩❤\u{FE0F}🏽]|\\PC){0,40}"
        ) {
            check(&text);
        }
    }
}
