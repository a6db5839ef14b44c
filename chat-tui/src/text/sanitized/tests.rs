use proptest::prelude::*;
use unicode_normalization::is_nfc;

use super::*;

#[track_caller]
fn line(text: &str, expected: &str) {
    assert_eq!(Sanitized::line(text).as_str(), expected);
}

#[track_caller]
fn block(text: &str, expected: &str) {
    assert_eq!(Sanitized::block(text).as_str(), expected);
}

#[test]
fn t09_text_is_composed() {
    line("\u{1112}\u{1161}\u{11AB}", "한");
    line("e\u{301}", "é");
}

#[test]
fn a_line_has_no_line_feed_and_no_tab() {
    line("a\nb\tc\r\nd", "a b c d");
    line("개발\n배포", "개발 배포");
}

#[test]
fn a_block_keeps_lines_and_sets_tabs() {
    block("a\nb\r\nc", "a\nb\nc");
    block("\tx", "    x");
    block("ab\tx", "ab  x");
    block("abcd\tx", "abcd    x");
    block("한\tx\n가나다\ty", "한  x\n가나다  y");
    block("a\tb\tc", "a   b   c");
}

#[test]
fn what_could_harm_is_written_out() {
    line("\u{1b}[31mred\u{1b}[0m", "<U+001B>[31mred<U+001B>[0m");
    line("\u{7f}\u{9b}31m\u{85}", "<U+007F><U+009B>31m<U+0085>");
    line("a\rb", "a<U+000D>b");
    line("\u{202E}gpj.exe\u{202C}", "<U+202E>gpj.exe<U+202C>");
    line(
        "\u{2066}a\u{2069}\u{200F}\u{061C}",
        "<U+2066>a<U+2069><U+200F><U+061C>",
    );
    line("a\u{2028}b\u{2029}c", "a<U+2028>b<U+2029>c");
    line("\u{FFFF}\u{FDD0}\u{10FFFF}", "<U+FFFF><U+FDD0><U+10FFFF>");
    line("\u{3164}\u{115F}", "<U+3164><U+115F>");
}

#[test]
fn what_nobody_sees_is_dropped() {
    line("a\u{200B}b\u{FEFF}c\u{2060}d\u{AD}e\u{34F}f", "abcdef");
    line("a\u{200D}b\u{200C}c\u{FE0F}d\u{E0100}e", "abcde");
    line("\u{E0041}\u{E0042}hi\u{E007F}", "hi");
    line("\u{1F3F4}\u{E0041}\u{E0042}", "\u{1F3F4}");
    line("e\u{200B}\u{301}", "é");
    line("\u{1F468}\u{200D}", "\u{1F468}");
    line("한\u{FE0F}\u{FE0F}", "한");
}

#[test]
fn joiners_and_selectors_stay_where_they_belong() {
    for text in [
        "👨‍👩‍👧‍👦",
        "👩🏽‍🚀",
        "❤️‍🔥",
        "🏳️‍🌈",
        "👁️‍🗨️",
        "🏃‍♂️",
        "1️⃣#️⃣*️⃣",
        "☎︎",
        "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
        "می\u{200C}خواهم",
        "ක්\u{200D}ර",
        "葛\u{E0100}",
        "🇰🇷",
        "\u{600}1",
    ] {
        line(text, text);
        block(text, text);
    }
}

/// From the Big List of Naughty Strings (MIT, Copyright (c) 2015-2020 Max Woolf) and from the
/// test data of the crates vt-push-parser and vte and of garak (Apache-2.0).
#[test]
fn hostile_strings_become_harmless() {
    for (text, expected) in [
        (
            "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{e}\u{f}",
            "<U+0001><U+0002><U+0003><U+0004><U+0005><U+0006><U+0007><U+0008><U+000E><U+000F>",
        ),
        ("\u{FEFF}", ""),
        ("\u{FFFE}", "<U+FFFE>"),
        (
            "\u{202a}\u{202a}test\u{202a}",
            "<U+202A><U+202A>test<U+202A>",
        ),
        ("\u{202b}test\u{202b}", "<U+202B>test<U+202B>"),
        ("\u{2066}test\u{2067}", "<U+2066>test<U+2067>"),
        ("test\u{2060}test\u{202b}", "testtest<U+202B>"),
        (
            "Roses are \u{1b}[0;31mred\u{1b}[0m",
            "Roses are <U+001B>[0;31mred<U+001B>[0m",
        ),
        (
            "\u{1b}]8;;http://a.example\u{7}x\u{1b}]8;;\u{7}",
            "<U+001B>]8;;http://a.example<U+0007>x<U+001B>]8;;<U+0007>",
        ),
        (
            "\u{1b}P>|iTerm2 3.5.14\u{1b}\\",
            "<U+001B>P>|iTerm2 3.5.14<U+001B>\\",
        ),
        ("\u{9d}0;title\u{9c}", "<U+009D>0;title<U+009C>"),
        (
            "But now...\u{1b}[20Cfor my greatest trick...\u{1b}[8m",
            "But now...<U+001B>[20Cfor my greatest trick...<U+001B>[8m",
        ),
    ] {
        line(text, expected);
        harmless(text);
    }
}

#[track_caller]
fn harmless(text: &str) {
    for (clean, again, line_feeds) in [
        (
            Sanitized::line(text),
            Sanitized::line as fn(&str) -> Sanitized,
            false,
        ),
        (Sanitized::block(text), Sanitized::block, true),
    ] {
        let clean = clean.as_str();
        for c in clean.chars() {
            let allowed = !c.is_control() || (line_feeds && c == '\n');
            assert!(allowed, "{c:?} left of {text:?}");
            assert!(
                !matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'),
                "{c:?} left of {text:?}"
            );
        }
        assert!(is_nfc(clean), "{clean:?} of {text:?}");
        assert_eq!(again(clean).as_str(), clean, "twice, of {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_becomes_harmless(text in any::<String>()) {
        harmless(&text);
    }

    #[test]
    fn any_mixture_of_what_matters_becomes_harmless(
        text in "[ae1한\u{1112}\u{1161}\u{11AB}\u{301}\u{327}\u{200B}-\u{200F}\u{FE00}\u{FE0E}\u{FE0F}\u{20E3}❤👨🏽🏴\u{E0061}-\u{E0063}\u{E007F}\u{94D}कم\n\t\r\u{1b}\u{9b}\u{202E}\u{AD}\u{180B}\u{1820}葛\u{E0100}]{0,24}"
    ) {
        harmless(&text);
    }
}
