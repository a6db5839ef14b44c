//! A long text cut into parts of bounded length, at the ends of its lines.

use unicode_segmentation::UnicodeSegmentation as _;

use super::slice;

/// The parts of at most `bytes_max` bytes each, in order, without line feeds at their ends; parts of blanks alone are left out.
///
/// A line that is longer than a part is cut behind a blank, and where it has none, between graphemes.
pub fn parts(text: &str, bytes_max: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = part_end(rest, bytes_max.max(1));
        let part = slice(rest, 0..end).trim_matches('\n');
        if !part.trim().is_empty() {
            parts.push(part);
        }
        rest = slice(rest, end..rest.len());
    }
    parts
}

/// Where the first part ends, the line feed behind it included.
fn part_end(text: &str, bytes_max: usize) -> usize {
    if text.len() <= bytes_max {
        return text.len();
    }
    // One byte more: a line feed right behind the part is not said.
    let reach = text.floor_char_boundary(bytes_max.saturating_add(1));
    if let Some(at) = slice(text, 0..reach).rfind('\n') {
        return at.saturating_add(1);
    }
    let reach = text.floor_char_boundary(bytes_max);
    if let Some(at) = slice(text, 0..reach).rfind(' ').filter(|at| *at > 0) {
        return at.saturating_add(1);
    }
    let mut graphemes = text.grapheme_indices(true).map(|(at, _)| at);
    let border = graphemes.by_ref().take_while(|at| *at <= bytes_max).last();
    // A grapheme that is longer than a part is cut between its characters, and a character is never cut.
    let end = border.filter(|at| *at > 0).unwrap_or(reach);
    if end > 0 {
        end
    } else {
        text.chars().next().map_or(text.len(), char::len_utf8)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn t32_a_text_is_cut_at_its_line_ends() {
        assert_eq!(parts("one\ntwo\nthree\n", 8), ["one\ntwo", "three"]);
        assert_eq!(parts("one\ntwo\nthree\n", 7), ["one\ntwo", "three"]);
        assert_eq!(parts("one\ntwo\nthree\n", 6), ["one", "two", "three"]);
        assert_eq!(parts("a\n\n \n\nb", 2), ["a", "b"]);
        assert_eq!(parts("가나다라마", 7), ["가나", "다라", "마"]);
        assert_eq!(parts("하나 둘 셋넷다섯", 12), ["하나 둘 ", "셋넷다섯"]);
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(parts(&family.repeat(2), family.len() + 3), [family, family]);
        assert_eq!(parts("", 7), Vec::<&str>::new());
        assert_eq!(parts("x", 0), ["x"]);
    }

    proptest! {
        #[test]
        fn t32_no_part_is_too_long_and_no_word_is_lost(text in "[a가\n 😀]{0,200}", bytes_max in 4_usize..64) {
            let parts = parts(&text, bytes_max);
            prop_assert!(parts.iter().all(|part| part.len() <= bytes_max));
            let kept = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(kept(&parts.concat()), kept(&text));
        }
    }
}
