use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::*;
use crate::text::slice;

#[track_caller]
fn check(text: &str, columns: usize, expected: &[&str]) {
    check_in(text, columns, columns, expected);
}

#[track_caller]
fn check_in(text: &str, first: usize, rest: usize, expected: &[&str]) {
    let widths = Widths::default();
    let rows = wrap(text, &widths, first, rest);
    let cut: Vec<&str> = rows
        .iter()
        .map(|row| slice(text, row.start..row.end))
        .collect();
    assert_eq!(cut, expected);
    for row in rows {
        assert_eq!(row.width, widths.width(slice(text, row.start..row.end)));
    }
}

/// Chat lines of `KOMUChat` (MIT, Copyright (c) 2023 YONGSANG).
#[test]
fn korean_is_cut_at_spaces() {
    check(
        "카톡프사 눌러서 오른쪽 위에 버튼 없으면 차단임",
        20,
        &["카톡프사 눌러서", "오른쪽 위에 버튼", "없으면 차단임"],
    );
    check(
        "후회없는 마지막 만남 되세요,,,",
        16,
        &["후회없는 마지막", "만남 되세요,,,"],
    );
    check(
        "군대 첫휴가나와서 헤어졌습니다",
        14,
        &["군대", "첫휴가나와서", "헤어졌습니다"],
    );
    check(
        "ㄹㅇ 7년연애 이별한지 6개월됐는데",
        15,
        &["ㄹㅇ 7년연애", "이별한지", "6개월됐는데"],
    );
    check("왜때려 ㅠ", 8, &["왜때려", "ㅠ"]);
    check(
        "더좋은사람을 만날 빌드업이었다 ㅎㅇㅌ",
        20,
        &["더좋은사람을 만날", "빌드업이었다 ㅎㅇㅌ"],
    );
    check("4년 사귀고 헤어졌는데", 12, &["4년 사귀고", "헤어졌는데"]);
    check(
        "저도3년 지금한달째인데 별짓다해도 가능성0",
        18,
        &["저도3년", "지금한달째인데", "별짓다해도 가능성0"],
    );
    check("두렵다", 6, &["두렵다"]);
    check("첫 연애 끝났습니다", 7, &["첫 연애", "끝났습", "니다"]);
}

#[test]
fn a_particle_stays_with_its_word() {
    check("이 PR을 봐", 6, &["이", "PR을", "봐"]);
    check("위치 (재연결)을", 13, &["위치", "(재연결)을"]);
    check(
        "개발(Dev)은 **\"인용\"**은",
        12,
        &["개발(Dev)은", "**\"인용\"**은"],
    );
}

#[test]
fn what_draws_a_word_out_stays_with_it() {
    check("이제 가세요~~ 네", 12, &["이제", "가세요~~ 네"]);
    check("아 진짜 ㅠ.ㅠ", 10, &["아 진짜", "ㅠ.ㅠ"]);
    check("네~감사합니다", 12, &["네~", "감사합니다"]);
    check("어제 @민수야", 10, &["어제", "@민수야"]);
    check("여기 #잡담 **방**", 10, &["여기 #잡담", "**방**"]);
    check("-가나", 4, &["-", "가나"]);
    check("좋아요👍👍", 8, &["좋아요👍", "👍"]);
}

#[test]
fn what_is_longer_than_a_row_is_cut_by_grapheme() {
    check("ㅋㅋㅋㅋㅋㅋㅋ", 6, &["ㅋㅋㅋ", "ㅋㅋㅋ", "ㅋ"]);
    check("아 ㅋㅋㅋㅋㅋㅋ", 7, &["아 ㅋㅋ", "ㅋㅋㅋ", "ㅋ"]);
    check("abcdefgh", 3, &["abc", "def", "gh"]);
    check("👍🏽👍🏽👍🏽", 4, &["👍🏽👍🏽", "👍🏽"]);
}

#[test]
fn a_wide_glyph_moves_whole() {
    check("한글한글", 5, &["한글", "한글"]);
    check("a한글", 4, &["a한", "글"]);
    check("한글", 3, &["한", "글"]);
}

#[test]
fn an_address_is_cut_only_where_it_must_be() {
    check(
        "see https://git.example/chat/pull/482",
        33,
        &["see", "https://git.example/chat/pull/482"],
    );
    check(
        "https://git.example/chat/pull/482에서",
        16,
        &["https://git.exam", "ple/chat/pull/48", "2에서"],
    );
}

#[test]
fn other_scripts_are_cut_by_their_rules() {
    check("日本語の文章です", 6, &["日本語", "の文章", "です"]);
    check("a well-known word", 12, &["a well-known", "word"]);
    check("a well-known word", 11, &["a", "well-known", "word"]);
    check(
        "run chat-tui --no-mouse",
        12,
        &["run chat-tui", "--no-mouse"],
    );
    check("well-known words", 6, &["well-k", "nown", "words"]);
    check("I'll take it.", 9, &["I'll take", "it."]);
}

#[test]
fn spaces_hang_at_a_cut_and_stay_in_a_line() {
    check("ab   cd", 3, &["ab", "cd"]);
    check("ab   cd", 7, &["ab   cd"]);
    check("ab  ", 4, &["ab  "]);
    check("ab    ", 4, &["ab"]);
    check("  ab", 4, &["  ab"]);
    check("ab\u{3000}c", 3, &["ab", "c"]);
}

#[test]
fn line_feeds_are_kept() {
    check("", 4, &[""]);
    check("\n", 4, &["", ""]);
    check("a\n\nb", 4, &["a", "", "b"]);
    check("ab\n", 2, &["ab", ""]);
    check("한글 한\n글", 4, &["한글", "한", "글"]);
}

#[test]
fn the_first_row_has_its_own_width() {
    check_in("배포는 금요일", 6, 20, &["배포는", "금요일"]);
    check_in("배포는 금요일", 4, 20, &["", "배포는 금요일"]);
    check_in("ab\ncd ef", 2, 5, &["ab", "cd ef"]);
    check_in("abcdef", 4, 4, &["abcd", "ef"]);
    check_in("abcdefg", 4, 2, &["abcd", "ef", "g"]);
}

#[test]
fn no_room_still_gets_on() {
    check("한a", 0, &["한", "a"]);
    check("한a", 1, &["한", "a"]);
    check("a b", 0, &["a", "b"]);
    check_in("한a", 0, 1, &["한", "a"]);
    check_in("ab", 0, 2, &["", "ab"]);
}

#[test]
fn spaces_stay_where_one_writes() {
    let text = "ab   cd";
    let cut: Vec<&str> = rows(text, &Widths::default(), [3, 3], Spaces::Stay)
        .iter()
        .map(|row| slice(text, row.start..row.end))
        .collect();
    assert_eq!(cut, ["ab ", "  ", "cd"]);
}

proptest! {
    #[test]
    fn rows_hold_the_text_in_order_and_within_their_width(
        text in "[ab한글ㅋ👍🏽\u{301}/:.() \n\t漢-]{0,40}|.{0,20}",
        first in 0_usize..12,
        rest in 0_usize..12,
    ) {
        let widths = Widths::default();
        for spaces in [Spaces::Hang, Spaces::Stay] {
            let rows = rows(&text, &widths, [first, rest], spaces);
            let mut end = 0;
            for (index, row) in rows.iter().enumerate() {
                let between = slice(&text, end..row.start);
                prop_assert!(row.start >= end && row.end >= row.start);
                prop_assert!(between.chars().all(|c| matches!(c, '\n' | '\r')
                    || (spaces == Spaces::Hang && is_breaking_space(c))), "{:?} lost", between);
                let inside = slice(&text, row.start..row.end);
                prop_assert_eq!(widths.width(inside), row.width);
                let limit = if index == 0 { first } else { rest };
                prop_assert!(row.width <= limit || inside.graphemes(true).count() == 1, "{:?}", inside);
                end = row.end;
            }
            let lines = text.graphemes(true).filter(|grapheme| grapheme.ends_with('\n')).count();
            prop_assert!(rows.len() <= text.graphemes(true).count() + lines + 2);
        }
    }
}
