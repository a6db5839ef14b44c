//! Which texts and topics pass, and which error the others get.

use super::super::*;

#[test]
fn what_people_write_passes() {
    let texts = [
        "a",
        "hello, world!",
        "  indented",
        "a\tb\nc\n",
        "ㅋㅋㅋ 진짜?",
        "다른영화가 기억이...♥",
        "é",
        "👨‍👩‍👧‍👦",
        "❤️",
        "1️⃣",
        "🏴\u{E0067}\u{E0062}\u{E007F}",
        "می\u{200C}خواهم",
        "葛\u{E0100}",
        "ᠠ\u{180B}",
        "\u{6DD}١",
        "prompt \u{E0B0} here",
        "\u{FFFD}",
        "\u{378}",
        "Q\u{301}\u{302}\u{303}\u{304}\u{305}",
        "עברית",
        "100 €",
        "非公開",
        "\u{A0}x",
    ];
    for text in texts {
        let message = MessageText::new(text.to_owned());
        assert_eq!(message.as_ref().map(MessageText::as_str), Ok(text));
    }
}

#[track_caller]
fn check_refused(text: &str, error: &TextError) {
    assert_eq!(
        MessageText::new(text.to_owned()).as_ref(),
        Err(error),
        "{}",
        text.escape_unicode()
    );
}

#[test]
fn a_character_that_no_text_holds_is_named() {
    for c in [
        '\0', '\u{7}', '\u{8}', '\u{B}', '\r', '\u{1B}', '\u{7F}', '\u{85}', '\u{9B}',
    ] {
        check_refused(&format!("a{c}b"), &TextError::Control(CodePoint(c)));
    }
    let marks = ['\u{61C}', '\u{200E}', '\u{200F}'];
    for c in ('\u{202A}'..='\u{202E}')
        .chain('\u{2066}'..='\u{2069}')
        .chain(marks)
    {
        check_refused(&format!("a{c}b"), &TextError::Bidi(CodePoint(c)));
    }
    for c in [
        '\u{AD}',
        '\u{180E}',
        '\u{200B}',
        '\u{2028}',
        '\u{2029}',
        '\u{2060}',
        '\u{2064}',
        '\u{2065}',
        '\u{206A}',
        '\u{FEFF}',
        '\u{FFF0}',
        '\u{FFF9}',
        '\u{1D173}',
        '\u{E0001}',
        '\u{E0002}',
        '\u{E0080}',
        '\u{E01F0}',
    ] {
        check_refused(&format!("a{c}b"), &TextError::Invisible(CodePoint(c)));
    }
    for c in [
        '\u{FDD0}',
        '\u{FDEF}',
        '\u{FFFE}',
        '\u{FFFF}',
        '\u{1FFFE}',
        '\u{10FFFF}',
    ] {
        check_refused(&format!("a{c}b"), &TextError::Noncharacter(CodePoint(c)));
    }
}

#[test]
fn a_text_shows_something() {
    check_refused("", &TextError::Empty);
    for text in [
        " ",
        "\n\t\n",
        "\u{3000}",
        "\u{A0}",
        "\u{200D}",
        "\u{3164}",
        "\u{FE0F}",
        "\u{2800}",
        "\u{34F}",
        " \u{E0041}\u{E007F}",
    ] {
        check_refused(text, &TextError::Blank);
    }
}

#[test]
fn only_nfc_goes_over_the_wire() {
    for (typed, sent) in [
        ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", "한글"),
        ("e\u{301}", "é"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
    ] {
        assert!(MessageText::new(typed.to_owned()).is_err(), "{typed}");
        let message = MessageText::normalized(typed);
        assert_eq!(message.as_ref().map(MessageText::as_str), Ok(sent));
    }
    check_refused("e\u{301}", &TextError::NotNormalized);
    assert_eq!(
        Topic::new("e\u{301}".to_owned()),
        Err(TextError::NotNormalized)
    );
}

#[test]
fn length_counts_bytes() {
    assert!(MessageText::new("a".repeat(4096)).is_ok());
    check_refused(
        &"a".repeat(4097),
        &TextError::TooLong {
            bytes: 4097,
            limit: TEXT_BYTES_MAX,
        },
    );
    // 1,365 syllables have 4,095 bytes.
    assert!(MessageText::new(format!("{}.", "가".repeat(1365))).is_ok());
    let error = TextError::TooLong {
        bytes: 4098,
        limit: TEXT_BYTES_MAX,
    };
    check_refused(&"가".repeat(1366), &error);
    assert!(Topic::new("a".repeat(512)).is_ok());
    let error = TextError::TooLong {
        bytes: 513,
        limit: TOPIC_BYTES_MAX,
    };
    assert_eq!(Topic::new("a".repeat(513)), Err(error));
}

#[test]
fn a_topic_is_one_line_or_none() {
    assert_eq!(
        Topic::new(String::new()).as_ref().map(Topic::as_str),
        Ok("")
    );
    assert_eq!(
        Topic::normalized("  \n").as_ref().map(Topic::as_str),
        Ok("")
    );
    assert_eq!(
        Topic::normalized(" 오늘의 주제\n")
            .as_ref()
            .map(Topic::as_str),
        Ok("오늘의 주제")
    );
    let check = |topic: &str, error| assert_eq!(Topic::new(topic.to_owned()), Err(error));
    check("one\ntwo", TextError::LineBreak);
    check(" ", TextError::Blank);
    check("a\u{202E}", TextError::Bidi(CodePoint('\u{202E}')));
    check("a\u{1B}", TextError::Control(CodePoint('\u{1B}')));
}

#[test]
fn errors_tell_what_to_do_and_show_no_raw_character() {
    let sentence = |text: &str| MessageText::new(text.to_owned()).unwrap_err().to_string();
    assert_eq!(
        sentence("\u{1B}[2J"),
        "the text holds the control character U+001B; remove it"
    );
    assert_eq!(
        sentence(&"a".repeat(5000)),
        "the text has 5000 bytes, the limit is 4096; shorten or split it"
    );
}
