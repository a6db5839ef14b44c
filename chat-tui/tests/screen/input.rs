//! Writing: keys, Hangul, pastes, recall, drafts.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::session::{Command, News};
use chat_tui::update::{Effect, Msg};
use protocol::error::{ErrorCode, Refusal};
use protocol::names::MessageText;
use protocol::request::SendKind;

use crate::support::{Screen, message, room};

fn say(text: &str) -> Command {
    Command::Say {
        room: room("lobby"),
        kind: SendKind::Message,
        text: MessageText::normalized(text).unwrap(),
        reply_to: None,
    }
}

fn paste(text: &str) -> Msg {
    Msg::Paste {
        text: text.to_owned(),
        cut: false,
    }
}

#[test]
fn t31_enter_sends_and_others_break_the_line() {
    let mut screen = Screen::lobby(40, 10);
    screen.types("hi\n");
    assert_eq!(screen.commands(), [say("hi")]);
    screen.types("one");
    screen.press(Key::ctrl('j'));
    screen.types("two");
    screen.press(Key {
        alt: true,
        ..Key::plain(Code::Enter)
    });
    screen.types("three");
    screen.press(Key {
        shift: true,
        ..Key::plain(Code::Enter)
    });
    assert_eq!(screen.commands(), []);
    screen.code(Code::Enter);
    assert_eq!(screen.commands(), [say("one\ntwo\nthree\n")]);
    screen.types("  \n");
    assert_eq!(screen.commands(), []);
}

#[test]
fn t31_the_composer_grows_to_ten_rows_and_then_scrolls() {
    let mut screen = Screen::lobby(60, 40);
    for n in 1..=12 {
        screen.types(&format!("line {n}"));
        screen.press(Key::ctrl('j'));
    }
    let rows = screen.rows();
    let shown = rows.iter().filter(|row| row.contains("line ")).count();
    assert_eq!(shown, 9);
    screen.hides("line 3");
    screen.shows("line 12");
    assert_eq!(screen.caret(), Some((3, 38)));
    // On a usual screen too, with room left for what was said.
    for (rows, shown) in [(24, 10), (20, 10), (12, 6), (6, 3)] {
        screen.msg(Msg::Resize { columns: 60, rows });
        let drawn = screen.rows();
        let first = drawn.iter().position(|row| row.starts_with(" ›")).unwrap();
        assert_eq!(drawn.len() - 1 - first, shown, "of {rows}");
        assert_eq!(screen.caret(), Some((3, rows - 2)));
    }
}

#[test]
fn t05_last_syllable_after_enter() {
    let mut screen = Screen::lobby(40, 10);
    screen.types("안녕하세\n요");
    assert_eq!(screen.commands(), []);
    screen.wait(Duration::from_millis(50));
    assert_eq!(screen.commands(), [say("안녕하세요")]);
    assert!(screen.model.tabs[0].draft.is_empty());

    screen.types("한\n");
    screen.wait(Duration::from_millis(49));
    assert_eq!(screen.commands(), []);
    screen.wait(Duration::from_millis(1));
    assert_eq!(screen.commands(), [say("한")]);

    screen.types("한\n두\n");
    screen.wait(Duration::from_millis(50));
    assert_eq!(screen.commands(), [say("한"), say("두")]);

    screen.types("한\nok");
    screen.wait(Duration::from_millis(50));
    assert_eq!(screen.commands(), [say("한")]);
    assert_eq!(screen.model.tabs[0].draft.text(), "ok");

    screen.types(" hi\n");
    assert_eq!(screen.commands(), [say("ok hi")]);
}

#[test]
fn t07_the_caret_counts_columns_and_graphemes() {
    let mut screen = Screen::lobby(40, 10);
    screen.types("a한b글");
    assert_eq!(screen.caret(), Some((9, 8)));
    screen.code(Code::Left);
    assert_eq!(screen.caret(), Some((7, 8)));
    screen.code(Code::End);
    screen.msg(paste("👨‍👩‍👧‍👦"));
    screen.code(Code::Backspace);
    assert_eq!(screen.model.tabs[0].draft.text(), "a한b글");
    screen.msg(paste("🇰🇷"));
    screen.shows(" › a한b글🇰🇷");
    screen.code(Code::Backspace);
    screen.code(Code::Backspace);
    // Not half a cell is left of what was two columns wide.
    assert_eq!(screen.rows()[8], " › a한b");
    assert_eq!(screen.caret(), Some((7, 8)));
    screen.types("글 안녕하세요");
    screen.press(Key::ctrl('w'));
    assert_eq!(screen.model.tabs[0].draft.text(), "a한b글 ");
    screen.press(Key::ctrl('a'));
    screen.press(Key {
        alt: true,
        ..Key::plain(Code::Delete)
    });
    assert!(screen.model.tabs[0].draft.is_empty());
}

#[test]
fn t35_a_text_that_is_too_long_is_counted_and_kept() {
    let mut screen = Screen::lobby(80, 24);
    screen.msg(paste(&"가".repeat(1365)));
    screen.shows("4,095 of 4,096 bytes");
    screen.types("a");
    screen.shows("4,096 of 4,096 bytes");
    screen.types("b");
    screen.shows("! 4,097 of 4,096 bytes ∙ shorten it or send it in parts");
    screen.code(Code::Enter);
    assert_eq!(screen.commands(), []);
    assert_eq!(screen.model.tabs[0].draft.len_bytes(), 4097);
    screen.code(Code::Backspace);
    screen.code(Code::Enter);
    assert_eq!(screen.commands().len(), 1);
}

#[test]
fn a_server_that_takes_less_is_told_of_before_anything_is_sent() {
    let mut screen = Screen::lobby(80, 24);
    (screen.session.text_bytes, screen.session.topic_bytes) = (1_000, 32);
    screen.types(&"x".repeat(487));
    screen.hides("of 1,000 bytes");
    screen.types("x");
    screen.shows("488 of 1,000 bytes");
    screen.types(&"x".repeat(513));
    screen.shows("! 1,001 of 1,000 bytes ∙ shorten it or send it in parts");
    screen.code(Code::Enter);
    assert_eq!(screen.commands(), []);
    assert_eq!(screen.model.tabs[0].draft.len_bytes(), 1_001);
    screen.code(Code::Backspace);
    screen.code(Code::Enter);
    assert_eq!(screen.commands().len(), 1);
    for (line, said) in [
        (format!("/topic {}", "x".repeat(33)), "! 33 of 32 bytes"),
        (
            format!("/w bob {}", "x".repeat(1_001)),
            "! 1,008 of 1,000 bytes",
        ),
    ] {
        screen.types(&line);
        screen.code(Code::Enter);
        assert_eq!(screen.commands(), [], "{line}");
        screen.shows(said);
        screen.press(Key::ctrl('c'));
        screen.model.leave_armed = false;
    }
}

#[test]
fn t33_up_recalls_what_was_sent() {
    let mut screen = Screen::lobby(40, 10);
    screen.types("one\ntwo\n");
    screen.effects.clear();
    screen.code(Code::Up);
    screen.shows(" › two");
    screen.code(Code::Up);
    screen.shows(" › one");
    screen.code(Code::Up);
    screen.shows(" › one");
    screen.code(Code::Down);
    screen.code(Code::Down);
    assert!(screen.model.tabs[0].draft.is_empty());
    screen.types("new");
    screen.code(Code::Up);
    screen.shows(" › new");
}

#[test]
fn t45_control_c_clears_and_twice_leaves() {
    let mut screen = Screen::lobby(60, 10);
    screen.types("words");
    screen.press(Key::ctrl('c'));
    assert!(screen.model.tabs[0].draft.is_empty());
    screen.shows("cleared ∙ Up brings it back ∙ Ctrl+C once more leaves");
    screen.code(Code::Up);
    screen.shows(" › words");
    screen.press(Key::ctrl('ㅊ'));
    assert_eq!(screen.done(), []);
    screen.press(Key::ctrl('c'));
    assert_eq!(
        screen.done(),
        [Effect::Session(Command::Quit), Effect::Quit]
    );
}

#[test]
fn t45_leaving_right_after_clearing_keeps_the_text() {
    let mut screen = Screen::lobby(60, 10);
    screen.types("not yet said");
    screen.press(Key::ctrl('c'));
    screen.press(Key::ctrl('c'));
    let kept = Effect::SaveDraft {
        room: room("lobby"),
        draft: "not yet said".into(),
    };
    let quit = [Effect::Session(Command::Quit), Effect::Quit];
    assert_eq!(screen.effects, [&[kept][..], &quit].concat());

    // What was pasted in between is a text of its own, and is cleared first.
    let mut screen = Screen::lobby(60, 10);
    screen.types("one");
    screen.press(Key::ctrl('c'));
    screen.msg(paste("two"));
    screen.press(Key::ctrl('c'));
    assert_eq!(screen.done(), []);
    screen.code(Code::Up);
    screen.shows(" › two");
}

#[test]
fn t45_a_text_that_the_session_does_not_take_comes_back() {
    let mut screen = Screen::lobby(60, 10);
    screen.types("/me waves\n");
    let [said] = screen.commands().try_into().unwrap();
    screen.types("next");
    let refusal = Refusal::new(ErrorCode::RateLimited, "1000 messages wait already");
    screen.news(News::Refused {
        command: said,
        refusal,
    });
    screen.shows("! 1000 messages wait already");
    assert_eq!(screen.model.tabs[0].draft.text(), "/me waves\nnext");
}

#[test]
fn control_d_leaves_only_without_a_text() {
    let mut screen = Screen::lobby(60, 10);
    screen.types("ab");
    screen.press(Key::ctrl('a'));
    screen.press(Key::ctrl('d'));
    assert_eq!(screen.model.tabs[0].draft.text(), "b");
    screen.press(Key::ctrl('d'));
    screen.press(Key::ctrl('d'));
    assert_eq!(
        screen.done(),
        [Effect::Session(Command::Quit), Effect::Quit]
    );
}

#[test]
fn t26_drafts_are_saved_within_a_second_and_come_back() {
    let mut screen = Screen::lobby(60, 10);
    screen.types("wip");
    assert_eq!(
        chat_tui::update::deadline(&screen.model, &screen.session),
        Some(screen.now.elapsed + Duration::from_millis(500))
    );
    screen.wait(Duration::from_millis(500));
    let draft = |text: &str| Effect::SaveDraft {
        room: room("lobby"),
        draft: text.into(),
    };
    assert_eq!(screen.effects, [draft("wip")]);
    assert_eq!(
        chat_tui::update::deadline(&screen.model, &screen.session),
        None
    );
    screen.effects.clear();
    screen.code(Code::Enter);
    assert_eq!(screen.effects, [Effect::Session(say("wip")), draft("")]);
    screen.effects.clear();
    screen.types("more");
    screen.press(Key::ctrl('d'));
    screen.line("");
    screen
        .model
        .drafts
        .insert(room("rust"), "from yesterday".into());
    screen.enter(&room("rust"), &[]);
    screen.press(Key::alt('2'));
    screen.shows(" › from yesterday");
    screen.press(Key::ctrl('p'));
    screen.hides("yesterday");
}

#[test]
fn tabs_change_by_keys_also_with_the_hangul_layout() {
    let mut screen = Screen::lobby(60, 10);
    screen.enter(&room("rust"), &[]);
    screen.enter(&room("go"), &[]);
    screen.says(message(&room("rust"), 1, 2, "ann", 0, "in rust"));
    screen.shows(" lobby   rust 1   go");
    screen.press(Key::ctrl('ㅜ'));
    screen.shows("in rust");
    screen.shows(" lobby   rust   go");
    screen.press(Key {
        alt: true,
        ..Key::plain(Code::Right)
    });
    screen.press(Key::ctrl('n'));
    assert_eq!(screen.model.active, 0);
    screen.press(Key::alt('3'));
    assert_eq!(screen.model.active, 2);
    screen.press(Key::alt('9'));
    assert_eq!(screen.model.active, 2);
}

#[test]
fn keys_behind_a_waiting_enter_are_bounded_and_kept() {
    let mut screen = Screen::lobby(60, 10);
    screen.types("한\n");
    screen.types("두");
    assert_eq!(screen.commands(), []);
    // A second key settles it: that is no late syllable but the next text.
    screen.types("ㅋ");
    assert_eq!(screen.commands(), [say("한")]);
    assert_eq!(screen.model.tabs[0].draft.text(), "두ㅋ");
    screen.press(Key::ctrl('u'));
    screen.types("한\n");
    screen.msg(paste("paste"));
    assert_eq!(screen.commands(), [say("한")]);
    assert_eq!(screen.model.tabs[0].draft.text(), "paste");
}

#[test]
fn what_is_typed_over_a_popup_is_not_lost() {
    let mut screen = Screen::lobby(60, 16);
    screen.code(Code::F(1));
    screen.types("hello");
    screen.shows(" › hello");
    screen.hides("keys and commands");
}
