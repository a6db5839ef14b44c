//! Reading with keys: a message is selected, and letters do something with it.

use chat_tui::key::{Code, Key};
use chat_tui::model::log::Place;
use chat_tui::model::timeline::{Entry, Slot};
use chat_tui::session::{Body, Link, LocalId, News, State};
use chat_tui::update::{Effect, Msg};
use ratatui::style::{Color, Modifier};

use crate::support::{ME, Screen, at, message, pending, room};

/// Forty messages; 14 rows of log.
fn talk() -> Screen {
    let mut screen = Screen::lobby(80, 20);
    for n in 1..=40 {
        screen.says(message(
            &room("lobby"),
            n,
            2,
            "ann",
            n,
            &format!("message {n}"),
        ));
    }
    screen.effects.clear();
    screen
}

/// The number of the message that is selected.
fn selected(screen: &Screen) -> Option<u64> {
    match screen.model.tabs[0].selected {
        Some(Place::Entry(slot)) => Some(slot.position.n),
        Some(Place::Beginning | Place::Pending(_)) | None => None,
    }
}

/// The log as it is drawn.
fn log(screen: &Screen) -> Vec<String> {
    screen.rows().into_iter().skip(3).take(14).collect()
}

#[test]
fn t30_y_copies_the_raw_text_of_the_selected_message() {
    let mut screen = talk();
    let raw = "첫 줄\n\tindented\n```\ncode\n```";
    screen.says(message(&room("lobby"), 41, 2, "ann", 50, raw));
    screen.code(Code::Esc);
    screen.types("y");
    assert_eq!(screen.done(), [Effect::Copy(raw.to_owned())]);
    screen.shows("copied: 첫 줄 (+4)");
    screen.types("ky");
    assert_eq!(screen.done(), [Effect::Copy("message 40".to_owned())]);
    // What is no message yet is copied too.
    screen.types("i");
    screen.session.pending = vec![pending(1, &room("lobby"), "아직", State::Waiting)];
    screen.code(Code::Esc);
    screen.types("y");
    assert_eq!(screen.done(), [Effect::Copy("아직".to_owned())]);
}

#[test]
fn t29_the_selected_message_tells_its_exact_time() {
    let mut screen = talk();
    let mut exact = message(&room("lobby"), 41, 2, "ann", 40, "exactly");
    exact.time += 27_500;
    screen.says(exact);
    screen.code(Code::Esc);
    screen.shows("Saturday, 21 November 2026 13:40:27");
    let row = |screen: &Screen| {
        let rows = screen.rows();
        rows.iter()
            .find(|row| row.contains("exactly"))
            .cloned()
            .unwrap()
    };
    assert_eq!(row(&screen), " 13:40         ann  exactly");
    screen.types("k");
    assert_eq!(row(&screen), "                    exactly");
    screen.shows("13:40:00");
}

#[test]
fn keys_of_vi_move_the_selection() {
    let mut screen = talk();
    screen.press(Key::alt('v'));
    assert_eq!(selected(&screen), Some(40));
    screen.types("kkk");
    assert_eq!(selected(&screen), Some(37));
    screen.types("j");
    assert_eq!(selected(&screen), Some(38));
    screen.types("g");
    assert_eq!(selected(&screen), Some(1));
    screen.shows("this is where the room begins");
    screen.types("d");
    assert!(selected(&screen) > Some(1));
    screen.press(Key::ctrl('u'));
    screen.types("u");
    assert_eq!(selected(&screen), Some(1));
    screen.types("f ");
    screen.code(Code::PageUp);
    screen.types("b");
    screen.types("G");
    assert_eq!(selected(&screen), Some(40));
    screen.types("j");
    assert_eq!(selected(&screen), Some(40));
    // Every message can be reached, one after the other, and is on the screen then.
    for n in (1..40).rev() {
        screen.types("k");
        assert_eq!(selected(&screen), Some(n));
        let text = format!("message {n}");
        assert!(screen.rows().iter().any(|row| row.ends_with(&text)), "{n}");
    }
    for n in 2..=40 {
        screen.types("j");
        assert_eq!(selected(&screen), Some(n));
        let text = format!("message {n}");
        assert!(screen.rows().iter().any(|row| row.ends_with(&text)), "{n}");
    }
}

#[test]
fn t12_the_reading_mode_works_with_the_hangul_layout_on() {
    let mut screen = talk();
    screen.press(Key::alt('ㅍ'));
    screen.types("ㅏㅏㅓ");
    assert_eq!(selected(&screen), Some(39));
    screen.types("ㅏ");
    screen.types("ㅎ");
    assert_eq!(selected(&screen), Some(1));
    screen.code(Code::End);
    screen.types("ㅛ");
    assert_eq!(screen.done(), [Effect::Copy("message 40".to_owned())]);
    screen.types("어");
    screen.types("ㅑ");
    assert_eq!(selected(&screen), None);
}

#[test]
fn who_begins_to_write_is_done_with_reading() {
    let mut screen = talk();
    for (typed, draft) in [("w", "w"), ("안", "안"), ("i", ""), ("한", "한")] {
        screen.code(Code::Esc);
        assert_eq!(selected(&screen), Some(40));
        screen.types(typed);
        assert_eq!(selected(&screen), None, "{typed}");
        assert_eq!(screen.model.draft().text(), draft);
        screen.press(Key::ctrl('u'));
    }
    screen.code(Code::Esc);
    screen.msg(Msg::Paste {
        text: "pasted".to_owned(),
        cut: false,
    });
    assert_eq!(selected(&screen), None);
    assert_eq!(screen.model.draft().text(), "pasted");
    // With a text in the composer Esc goes down, and Alt+V reads.
    screen.code(Code::Esc);
    assert_eq!(selected(&screen), None);
    screen.press(Key::alt('v'));
    assert_eq!(selected(&screen), Some(40));
    screen.code(Code::Esc);
    assert_eq!(selected(&screen), None);
    assert_eq!(screen.model.draft().text(), "pasted");
}

#[test]
fn t21_what_is_selected_at_the_end_stays_while_messages_arrive() {
    let mut screen = talk();
    let lobby = room("lobby");
    screen.code(Code::Esc);
    screen.types("kk");
    let before = log(&screen);
    for n in 41..=90 {
        screen.says(message(&lobby, n, 2, "ann", n, &format!("message {n}")));
    }
    assert_eq!(selected(&screen), Some(38));
    assert_eq!(log(&screen), before);
    screen.shows("50 new below ∙ End");
    screen.code(Code::End);
    assert_eq!(selected(&screen), Some(90));
    screen.hides("below");
    // And at the very end as well.
    let before = log(&screen);
    screen.says(message(&lobby, 91, 2, "ann", 91, "message 91"));
    assert_eq!(log(&screen), before);
    screen.shows("1 new below");
}

#[test]
fn t21_a_text_that_becomes_a_message_stays_selected_where_it_is() {
    let mut screen = talk();
    let lobby = room("lobby");
    screen.session.pending = vec![pending(7, &lobby, "mine", State::Sent)];
    screen.code(Code::Esc);
    assert_eq!(
        screen.model.tabs[0].selected,
        Some(Place::Pending(LocalId(7)))
    );
    screen.session.pending.clear();
    screen.news(News::Message {
        message: message(&lobby, 41, ME, "민수", 72, "mine"),
        missed: false,
        local: Some(LocalId(7)),
    });
    assert_eq!(selected(&screen), Some(41));
    screen.hides("below");
}

#[test]
fn the_selected_message_is_drawn_quietly() {
    let mut screen = talk();
    screen.model.background = Some((30, 30, 46));
    screen.code(Code::Esc);
    screen.types("k");
    let rows = screen.rows();
    let y = rows
        .iter()
        .position(|row| row.ends_with("message 39"))
        .unwrap();
    let y = u16::try_from(y).unwrap();
    let (buffer, caret) = screen.draw();
    assert_ne!(buffer[(0, y)].bg, Color::Reset);
    assert_ne!(buffer[(70, y)].bg, Color::Reset);
    assert_eq!(buffer[(0, y + 1)].bg, Color::Reset);
    assert_eq!(caret, Some((3, 18)), "where one writes");
    // Without a known background the columns before the text are reversed.
    screen.model.background = None;
    let (buffer, _) = screen.draw();
    assert!(buffer[(2, y)].modifier.contains(Modifier::REVERSED));
    assert!(!buffer[(30, y)].modifier.contains(Modifier::REVERSED));
}

#[test]
fn r_begins_an_answer_that_quotes() {
    let mut screen = talk();
    screen.types("half");
    screen.press(Key::alt('v'));
    screen.types("kr");
    assert_eq!(selected(&screen), None);
    screen.shows("   > ann: message 39");
    screen.shows(" › half");
}

#[test]
fn a_message_longer_than_the_screen_is_read_to_its_end() {
    let mut screen = Screen::lobby(80, 12);
    let long: Vec<String> = (1..=30).map(|n| format!("row {n}.")).collect();
    screen.says(message(&room("lobby"), 1, 2, "ann", 0, &long.join("\n")));
    screen.says(message(&room("lobby"), 2, 2, "ann", 0, "after"));
    screen.code(Code::Esc);
    screen.types("k");
    screen.shows("row 1.");
    let mut seen = 0;
    while selected(&screen) == Some(1) {
        let rows = screen.rows().join("\n");
        for n in 1..=30 {
            if rows.contains(&format!("row {n}.")) && n == seen + 1 {
                seen = n;
            }
        }
        screen.types("j");
    }
    assert_eq!(seen, 30, "no row is left out");
    assert_eq!(selected(&screen), Some(2));
}

#[test]
fn t30_a_bare_view_shows_the_log_alone_and_gives_the_mouse_away() {
    let mut screen = Screen::lobby(40, 8);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "one\n```\ncode\n```"));
    screen.types("draft");
    screen.done();
    screen.code(Code::F(4));
    assert_eq!(screen.done(), [Effect::Mouse(false)]);
    screen.check(&[
        "this is where the room begins",
        "",
        "Saturday, 21 November 2026",
        "",
        "ann  13:00",
        "one",
        "code",
        " any key goes back ∙ PageUp PageDown s⋯",
    ]);
    assert_eq!(screen.caret(), None);
    let before = screen.rows();
    screen.says(message(&lobby, 2, 2, "ann", 0, "two"));
    assert_eq!(screen.rows(), before, "nothing moves under the selection");
    screen.types("x");
    assert_eq!(screen.done(), [Effect::Mouse(true)]);
    assert_eq!(screen.model.draft().text(), "draftx");
    screen.shows("1 new below");
}

#[test]
fn t25_a_lost_connection_is_told_while_one_reads_with_keys() {
    let mut screen = talk();
    screen.code(Code::Esc);
    screen.session.link = Link::Waiting {
        until: screen.now.elapsed + std::time::Duration::from_secs(4),
        reason: "gone".to_owned(),
    };
    screen.news(News::Link);
    screen.shows("next try in 4 s");
    screen.shows("message 40");
    screen.press(Key::ctrl('r'));
    assert_eq!(
        selected(&screen),
        Some(40),
        "the key tries, and one reads on"
    );
    assert_eq!(screen.commands(), [chat_tui::session::Command::Connect]);
}

#[test]
fn t21_another_tab_and_back_is_where_one_was() {
    let mut screen = talk();
    screen.enter(&room("rust"), &[]);
    screen.code(Code::PageUp);
    let before = log(&screen);
    screen.press(Key::alt('2'));
    screen.says(message(&room("lobby"), 41, 2, "ann", 41, "message 41"));
    screen.press(Key::alt('1'));
    assert_eq!(log(&screen), before);
    screen.code(Code::Esc);
    screen.types("k");
    let (was, before) = (selected(&screen), log(&screen));
    screen.press(Key::alt('2'));
    screen.types("written in rust");
    screen.press(Key::alt('1'));
    assert_eq!((selected(&screen), log(&screen)), (was, before));
}

#[test]
fn what_is_selected_is_forgotten_with_what_it_was() {
    let mut screen = talk();
    screen.code(Code::Esc);
    screen.news(News::Forked {
        kept: None,
        room: room("lobby"),
    });
    assert_eq!(selected(&screen), None);
    let tab = &screen.model.tabs[0];
    assert!(!matches!(
        tab.timeline.get(Slot::of(at(40))),
        Some(Entry::Said(_))
    ));
    screen.code(Code::Esc);
    screen.shows("nothing to select here yet");
    let body = pending(1, &room("lobby"), "x", State::Sent).body;
    assert!(matches!(body, Body::Text { .. }));
}

#[test]
fn t42_f1_and_while_reading_a_question_mark_show_every_key() {
    let mut screen = Screen::korean(100, 60);
    let dev = room("개발");
    screen.says(message(&dev, 1, 3, "서연", 0, "?"));
    screen.code(Code::F(1));
    screen.shows("키와 명령");
    screen.shows("/topic 글");
    screen.code(Code::Esc);
    screen.hides("키와 명령");
    screen.press(Key::alt('v'));
    screen.types("?");
    screen.shows("키와 명령");
    screen.shows("Ctrl+K");
    screen.code(Code::Esc);
    screen.press(Key::alt('v'));
    screen.code(Code::Esc);
    // Where one writes it is a letter.
    screen.types("?");
    screen.hides("키와 명령");
    assert_eq!(screen.model.draft().text(), "?");
}
