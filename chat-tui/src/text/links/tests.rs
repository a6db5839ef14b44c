use super::*;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<&str> = links(text)
        .iter()
        .map(|link| slice(text, link.start..link.end))
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn t27_a_particle_after_an_address_is_not_part_of_it() {
    check(
        "어제 올린 PR은 https://git.example/chat/pull/482에서 봐 주세요",
        &["https://git.example/chat/pull/482"],
    );
    check(
        "https://github.com/rust-lang/rust를",
        &["https://github.com/rust-lang/rust"],
    );
    check("https://a.example/b으로 가면", &["https://a.example/b"]);
    check("https://a.example/b에서봤는데요", &["https://a.example/b"]);
    check("https://a.example/b입니다.", &["https://a.example/b"]);
    check("https://example.com은 예시", &["https://example.com"]);
    check("https://example.com에서봄", &["https://example.com"]);
    check("https://example.com가자", &["https://example.com"]);
    check("https://example.com/에서 봤어", &["https://example.com/"]);
    check("https://a.example/bㅋㅋㅋ", &["https://a.example/b"]);
    check("(https://a.example/b)에서", &["https://a.example/b"]);
    check("(https://a.example/b에서)", &["https://a.example/b"]);
    check("봐https://a.example/b", &["https://a.example/b"]);
}

#[test]
fn hangul_inside_an_address_is_part_of_it() {
    check(
        "https://ko.wikipedia.org/wiki/한국어",
        &["https://ko.wikipedia.org/wiki/한국어"],
    );
    check(
        "https://namu.wiki/w/C언어 문서",
        &["https://namu.wiki/w/C언어"],
    );
    check(
        "https://namu.wiki/w/2024년",
        &["https://namu.wiki/w/2024년"],
    );
    check("https://a.example/?q=나", &["https://a.example/?q=나"]);
    check("https://a.example/K이야기", &["https://a.example/K이야기"]);
    check("https://a.example/한글/b", &["https://a.example/한글/b"]);
    check("https://한국.kr/소개", &["https://한국.kr/소개"]);
}

#[test]
fn closing_punctuation_is_not_part_of_an_address() {
    check("see https://a.example/b.", &["https://a.example/b"]);
    check(
        "https://a.example/b, https://c.example/d!",
        &["https://a.example/b", "https://c.example/d"],
    );
    check("“https://a.example/b”", &["https://a.example/b"]);
    check("「https://a.example/b」を見て", &["https://a.example/b"]);
    check("https://a.example/b…", &["https://a.example/b"]);
    check("https://a.example/b~~", &["https://a.example/b"]);
    check("<https://a.example/b>", &["https://a.example/b"]);
    check(
        "https://en.wikipedia.org/wiki/Rust_(programming_language)",
        &["https://en.wikipedia.org/wiki/Rust_(programming_language)"],
    );
    check(
        "https://a.example/b?c=d&e=f#g",
        &["https://a.example/b?c=d&e=f#g"],
    );
}

#[test]
fn only_the_web_is_linked() {
    check("HTTPS://A.EXAMPLE/b", &["HTTPS://A.EXAMPLE/b"]);
    check(
        "http://127.0.0.1:7878/healthz",
        &["http://127.0.0.1:7878/healthz"],
    );
    for text in [
        "",
        "example.com",
        "www.example.com",
        "file:///etc/passwd",
        "javascript://a.example/%0aalert(1)",
        "ftp://a.example/b",
        "a@b.example",
        "https://",
    ] {
        check(text, &[]);
    }
}

#[test]
fn a_target_is_printable_ascii() {
    let target =
        |text: &str| -> Vec<String> { links(text).iter().map(|link| link.target(text)).collect() };
    assert_eq!(
        target("https://a.example/한"),
        ["https://a.example/%ED%95%9C"]
    );
    assert_eq!(
        target("https://a.example/b\u{1b}]8;;c"),
        ["https://a.example/b"]
    );
    assert_eq!(
        target("https://a.example/b\u{202e}gpj.c"),
        ["https://a.example/b"]
    );
    assert_eq!(
        target("https://a.example/b\u{9c}c"),
        ["https://a.example/b"]
    );
    assert_eq!(
        target("https://a.example/b\u{3000}c"),
        ["https://a.example/b"]
    );
    assert_eq!(
        target("https://a.example/b\u{200b}c"),
        ["https://a.example/b"]
    );
}

#[test]
fn an_address_beyond_the_limit_is_no_link() {
    let stem = "https://a.example/";
    let longest = format!("{stem}{}", "x".repeat(TARGET_BYTES_MAX - stem.len()));
    assert_eq!(links(&longest).len(), 1);
    assert_eq!(links(&format!("{longest}x")), []);
}

#[test]
fn t27_a_cell_of_a_link_holds_its_grapheme() {
    let cell = linked("1.2", "https://a.example/b", "한");
    assert_eq!(
        cell,
        "\x1b]8;id=1.2;https://a.example/b\x1b\\한\x1b]8;;\x1b\\"
    );
    assert_eq!(unlinked(&cell), "한");
    assert_eq!(unlinked("한"), "한");
    assert_eq!(unlinked("\x1b]8;;a"), "\x1b]8;;a");
}
