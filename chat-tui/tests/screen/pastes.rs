//! Pastes: what goes in at once, what is asked about, and what becomes of it.

use chat_tui::key::{Code, Key};
use chat_tui::model::words::Language;
use chat_tui::session::{Command, News};
use chat_tui::text::editor::EDITOR_BYTES_MAX;
use chat_tui::update::Msg;
use protocol::error::{ErrorCode, Refusal};

use crate::support::{Screen, room};

fn paste(screen: &mut Screen, text: &str) {
    screen.msg(Msg::Paste {
        text: text.to_owned(),
        cut: false,
    });
}

fn draft(screen: &Screen) -> &str {
    screen.model.tabs[0].draft.text()
}

/// 123 lines of 5.2 KB.
fn log() -> String {
    let lines = (1..=123).map(|n| format!("{n:03} {}\n", "가".repeat(12) + "xx"));
    lines.collect::<Vec<_>>().concat()
}

/// What is said in parts.
fn parts(screen: &mut Screen) -> Vec<String> {
    let Some(Command::SayAll { room: to, texts }) = screen.commands().pop() else {
        panic!("nothing was said in parts");
    };
    assert_eq!(to, room("lobby"));
    texts.into_iter().map(String::from).collect()
}

#[test]
fn t32_a_paste_never_sends() {
    let mut screen = Screen::lobby(40, 10);
    paste(&mut screen, "one\r\ntwo\rthree\n");
    assert_eq!(screen.commands(), []);
    assert_eq!(draft(&screen), "one\ntwo\nthree\n");
    screen.msg(Msg::Paste {
        text: "half".to_owned(),
        cut: true,
    });
    screen.shows("! the paste was too long");
    let twenty = "x\n".repeat(20);
    paste(&mut screen, &twenty);
    assert_eq!(draft(&screen), format!("one\ntwo\nthree\n{twenty}"));
    assert!(screen.model.popup.is_none());
}

#[test]
fn t32_a_long_paste_is_asked_about_in_one_line() {
    let mut screen = Screen::new(100, 16, Language::Korean);
    screen.enter(&room("lobby"), &[]);
    paste(&mut screen, &log());
    screen.shows("붙여넣은 글");
    screen.shows("123줄 (5.2 KB): 한 메시지(줄여야 함) / 2개로 나눠서, 약 1초 / 취소");
    screen.shows("Left Right 고르기 ∙ Enter ∙ Esc 취소");
    screen.hides("001");
    assert_eq!(draft(&screen), "");
    // One that a message holds says so.
    let short = "줄\n".repeat(21);
    screen.code(Code::Esc);
    paste(&mut screen, &short);
    screen.shows("21줄 (84 B): 한 메시지 / 취소");
    // On a narrow screen the choices begin rows.
    screen.code(Code::Esc);
    screen.msg(Msg::Resize {
        columns: 40,
        rows: 16,
    });
    paste(&mut screen, &log());
    screen.shows("  123줄 (5.2 KB):\n  한 메시지(줄여야 함) /\n");
    screen.shows("2개로 나눠서, 약 1초 / 취소");
}

#[test]
fn t32_each_answer_does_what_it_says() {
    let mut screen = Screen::lobby(80, 16);
    screen.types("before ");
    paste(&mut screen, &log());
    screen.code(Code::Enter);
    assert_eq!(draft(&screen), format!("before {}", log()));
    assert_eq!(screen.commands(), [], "it is a draft, no message");
    screen.shows("! 5,296 of 4,096 bytes");

    screen.press(Key::ctrl('c'));
    screen.types("kept");
    paste(&mut screen, &log());
    screen.code(Code::Right);
    screen.code(Code::Enter);
    let said = parts(&mut screen);
    assert_eq!(
        said.iter()
            .map(|part| part.lines().count())
            .collect::<Vec<_>>(),
        [95, 28]
    );
    assert_eq!(said.join("\n") + "\n", log());
    assert_eq!(draft(&screen), "kept", "what is written stays");

    for cancel in [&[Code::Esc][..], &[Code::Left, Code::Enter]] {
        paste(&mut screen, &log());
        for code in cancel {
            screen.code(*code);
        }
        screen.shows("nothing was pasted");
        assert!(screen.model.popup.is_none());
        assert_eq!(screen.commands(), []);
        assert_eq!(draft(&screen), "kept");
    }
    // What is typed meanwhile is not lost, and the question stays.
    paste(&mut screen, &log());
    screen.types("!");
    screen.press(Key::ctrl('c'));
    assert_eq!(draft(&screen), "kept!");
    assert!(screen.model.popup.is_none());
}

#[test]
fn t32_what_no_draft_holds_is_never_sent_by_enter_alone() {
    let mut screen = Screen::lobby(80, 16);
    let lines: Vec<String> = (0..10_000).map(|n| format!("line {n}\n")).collect();
    let lines = lines.concat();
    assert!(lines.len() > EDITOR_BYTES_MAX);
    paste(&mut screen, &lines);
    screen.shows("10,000 lines (98.8 KB): in 25 parts, about 4 s / cancel");
    screen.code(Code::Enter);
    screen.shows("nothing was pasted");
    assert_eq!(screen.commands(), []);
    // Several pastes before an answer are one.
    paste(&mut screen, &lines);
    paste(&mut screen, "last");
    screen.shows("10,001 lines (98.8 KB)");
    screen.code(Code::Left);
    screen.code(Code::Enter);
    let said = parts(&mut screen);
    assert_eq!(
        (said.len(), said[24].lines().next_back()),
        (25, Some("last"))
    );
}

#[test]
fn t32_parts_that_cannot_be_said_leave_the_question_open() {
    let mut screen = Screen::lobby(80, 16);
    paste(&mut screen, &format!("{}\u{1b}[31mred", log()));
    screen.code(Code::Right);
    screen.code(Code::Enter);
    assert_eq!(screen.commands(), []);
    assert!(screen.model.popup.is_some());
    screen.shows("! ");
    screen.code(Code::Esc);
    // And what the session does not take is asked about once more.
    paste(&mut screen, &log());
    screen.code(Code::Right);
    screen.code(Code::Enter);
    let [command] = screen.commands().try_into().unwrap();
    screen.news(News::Refused {
        command,
        refusal: Refusal::new(ErrorCode::RateLimited, "too many wait"),
    });
    screen.shows("! too many wait");
    screen.shows("123 lines");
}
