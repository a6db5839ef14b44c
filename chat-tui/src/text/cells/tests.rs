use proptest::prelude::*;
use ratatui::buffer::CellWidth as _;

use unicode_segmentation::UnicodeSegmentation as _;

use super::*;

const FAMILY: &str = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}";
const THUMB: &str = "\u{1F44D}\u{1F3FD}";
const HEART: &str = "\u{2764}\u{FE0F}";
const FLAG: &str = "\u{1F1F0}\u{1F1F7}";

/// What a terminal without grapheme clusters answered: every code point has its own width.
fn per_code_point() -> Widths {
    let mut widths = Widths::default();
    for (probe, columns) in Probe::ALL.into_iter().zip([2, 2, 2, 8, 4, 1, 4, 2]) {
        widths.learn(probe, columns);
    }
    widths
}

#[track_caller]
fn check(widths: Widths, grapheme: &str, drawn: &str, columns: u16) {
    assert_eq!(widths.drawn(grapheme), drawn);
    assert_eq!(widths.of(grapheme), columns, "{grapheme:?}");
}

#[test]
fn every_probe_is_one_grapheme_two_wide_or_ambiguous() {
    for probe in Probe::ALL {
        let glyph = probe.glyph();
        assert_eq!(glyph.graphemes(true).count(), 1, "{probe:?}");
        let columns = if probe == Probe::Ambiguous { 1 } else { 2 };
        check(Widths::default(), glyph, glyph, columns);
        assert!(!Widths::default().learn(probe, columns), "{probe:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_changes_nothing() {
    let mut widths = Widths::default();
    for probe in Probe::ALL {
        for columns in [0, PROBE_COLUMNS_MAX + 1, u16::MAX] {
            assert!(!widths.learn(probe, columns), "{probe:?} {columns}");
        }
    }
    assert!(!widths.learn(Probe::Syllable, 3));
    assert!(!widths.learn(Probe::Ambiguous, 3));
    assert_eq!(widths, Widths::default());
    assert!(widths.learn(Probe::Family, PROBE_COLUMNS_MAX));
}

#[test]
fn t10_jamo_are_two_wide_unless_the_probe_says_one() {
    let mut widths = Widths::default();
    assert_eq!(widths.width("ㅋㅋㅋㅋ ㅠㅠ ㄱㄱ ㅇㅋ"), 23);
    assert!(widths.learn(Probe::Jamo, 1));
    assert!(!widths.learn(Probe::Jamo, 1));
    assert_eq!(widths.width("ㅋㅋㅋㅋ ㅠㅠ ㄱㄱ ㅇㅋ"), 13);
    assert_eq!(widths.width("한ㅋ"), 3);
}

#[test]
fn t10_a_terminal_without_clusters_gets_people_side_by_side() {
    let old = per_code_point();
    check(old, FAMILY, "\u{1F468}\u{1F469}\u{1F467}\u{1F466}", 8);
    check(old, THUMB, "\u{1F44D}", 2);
    check(old, HEART, "\u{2764}", 1);
    check(old, FLAG, "KR", 2);
    check(old, "1\u{FE0F}\u{20E3}", "1\u{20E3}", 1);
    check(
        old,
        "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
        "\u{1F3F4}",
        2,
    );
    check(old, "\u{2460}", "\u{2460}", 2);
    check(old, "\u{1F3FD}", "\u{1F3FD}", 2);
    let pieces: Vec<(String, u16)> = old
        .pieces(FAMILY)
        .map(|(piece, columns)| (piece.into_owned(), columns))
        .collect();
    let person = |c: char| (c.to_string(), 2);
    assert_eq!(
        pieces,
        ['\u{1F468}', '\u{1F469}', '\u{1F467}', '\u{1F466}'].map(person)
    );
}

#[test]
fn jamo_that_the_terminal_does_not_join_stand_alone() {
    let mut widths = Widths::default();
    check(
        widths,
        "\u{1112}\u{119E}\u{11AB}",
        "\u{1112}\u{119E}\u{11AB}",
        2,
    );
    check(widths, "\u{1161}", "ㅏ", 2);
    check(widths, "\u{11AB}", "ㄴ", 2);
    widths.learn(Probe::Conjoining, 4);
    check(widths, "\u{1112}\u{119E}\u{11AB}", "ㅎ?ㄴ", 5);
}

#[test]
fn half_width_kana_are_drawn_full_width() {
    check(Widths::default(), "\u{FF76}\u{FF9E}", "ガ", 2);
    check(Widths::default(), "\u{FF76}", "カ", 2);
    assert_eq!(Widths::default().width("\u{FF76}\u{FF9E}\u{FF77}"), 4);
}

#[test]
fn a_base_carries_four_marks() {
    let four = format!("e{}", "\u{301}".repeat(4));
    check(Widths::default(), &four, &four, 1);
    check(Widths::default(), &format!("{four}\u{301}"), &four, 1);
    check(
        Widths::default(),
        &format!("e{}", "\u{301}".repeat(4000)),
        &four,
        1,
    );
}

#[test]
fn what_has_no_width_gets_a_cell() {
    check(Widths::default(), "\u{301}", " \u{301}", 1);
    check(Widths::default(), "\u{20E3}", " \u{20E3}", 1);
    check(Widths::default(), "", "", 0);
    check(Widths::default(), "\n", "", 0);
    check(Widths::default(), "\r\n", "", 0);
    check(Widths::default(), "\t", "    ", 4);
    check(Widths::default(), "\u{1b}", "<U+001B>", 8);
    check(Widths::default(), "\r", "<U+000D>", 8);
    check(Widths::default(), "\u{200B}", "<U+200B>", 8);
    check(Widths::default(), "\u{200D}", "<U+200D>", 8);
    check(Widths::default(), "\u{FE0F}", "<U+FE0F>", 8);
    check(Widths::default(), "\u{1F1F0}", "K", 1);
    check(Widths::default(), "a\u{200D}", "a", 1);
}

#[test]
fn a_grapheme_beyond_the_limit_is_cut() {
    let chain = "\u{1100}".repeat(5);
    check(
        Widths::default(),
        &chain,
        &"\u{1100}".repeat(4),
        GRAPHEME_COLUMNS_MAX,
    );
    let endless = format!("\u{1F468}{}", "\u{200D}\u{1F468}".repeat(500));
    assert!(Widths::default().of(&endless) <= GRAPHEME_COLUMNS_MAX);
    assert_eq!(per_code_point().of(&endless), GRAPHEME_COLUMNS_MAX);
}

#[test]
fn fitting_never_halves_a_wide_glyph() {
    #[track_caller]
    fn check(text: &str, max: usize, fitted: &str) {
        assert_eq!(Widths::default().fit(text, max), fitted);
    }
    check("김개발", 6, "김개발");
    check("김개발", 5, "김개⋯");
    check("김개발", 4, "김⋯");
    check("김개발", 2, "⋯");
    check("김개발", 1, "⋯");
    check("김개발", 0, "");
    check("Dr_Willis", 9, "Dr_Willis");
    check("Dr_Willis", 8, "Dr_Will⋯");
    check("", 0, "");
}

#[test]
fn padding_gives_exactly_the_columns_asked_for() {
    let widths = Widths::default();
    assert_eq!(widths.pad_left("지은", 6), "  지은");
    assert_eq!(widths.pad_right("지은", 6), "지은  ");
    assert_eq!(widths.pad_right("김개발", 4), "김⋯ ");
    assert_eq!(widths.pad_left("김개발", 4), " 김⋯");
    assert_eq!(widths.pad_left("", 0), "");
}

#[test]
fn t11_glyphs_of_the_interface_are_one_column_in_any_terminal() {
    for glyph in ["╌", "›", "▸", "∙", "✓", ELLIPSIS] {
        check(Widths::default(), glyph, glyph, 1);
        check(per_code_point(), glyph, glyph, 1);
    }
}

#[track_caller]
fn agrees_with_the_drawing_library(text: &str) {
    let widths = Widths::default();
    for (piece, columns) in widths.pieces(text) {
        assert_eq!(piece.cell_width(), columns, "{piece:?} in {text:?}");
        assert!(columns > 0, "{piece:?} in {text:?}");
    }
}

#[test]
fn widths_agree_with_the_drawing_library() {
    for text in [
        "안녕하세요 ㅋㅋㅋ ㅠㅠ",
        "I'll take it. Does it keep order after a kill -9?",
        "가나👨‍👩‍👧‍👦é🇰🇷x 👍🏽 ❤️ 1️⃣ 🏳️‍🌈 ☎︎ ⌚︎",
        "\u{FF76}\u{FF9E}\u{FF8A}\u{FF9F} ｆｕｌｌ ①②③ “따옴표” … · ─",
        "क्षि สวัสดี لا ਪੰਜਾਬੀ \u{1112}\u{119E}\u{11AB} \u{1100}\u{1100}",
        "\u{301}a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
    ] {
        agrees_with_the_drawing_library(text);
    }
}

proptest! {
    #[test]
    fn any_text_is_drawn_in_the_columns_that_were_counted(text in any::<String>()) {
        agrees_with_the_drawing_library(&text);
        for widths in [Widths::default(), per_code_point()] {
            let counted: usize = widths.pieces(&text).map(|(_, columns)| usize::from(columns)).sum();
            prop_assert_eq!(counted, widths.width(&text));
            for (piece, _) in widths.pieces(&text) {
                prop_assert!(!piece.chars().any(char::is_control), "{:?}", piece);
            }
        }
    }

    #[test]
    fn fitted_and_padded_text_keeps_to_its_columns(text in "[a한ㅋ\u{301}👍🏽é ]{0,12}", max in 0_usize..12) {
        let widths = Widths::default();
        prop_assert!(widths.width(&widths.fit(&text, max)) <= max);
        prop_assert_eq!(widths.width(&widths.pad_left(&text, max)), max);
        prop_assert_eq!(widths.width(&widths.pad_right(&text, max)), max);
    }
}
