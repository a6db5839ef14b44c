//! Reading back: the place stays, older messages come, new ones are counted.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::timeline::{Entry, TIMELINE_ENTRIES_MAX};
use chat_tui::model::words::Language;
use chat_tui::session::{Command, Link, News};
use chat_tui::update::{Effect, Msg};
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Message, Start, What};
use protocol::position::Address;

use crate::support::{Screen, at, message, room};

fn talk(lobby: &Address, from: u64, to: u64) -> Vec<Message> {
    (from..=to)
        .map(|n| message(lobby, n, 2, "ann", n / 10, &format!("message {n}")))
        .collect()
}

/// Messages 301 to 400 are here, those before are not.
fn long_room() -> Screen {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    for message in talk(&lobby, 301, 400) {
        screen.says(message);
    }
    screen.model.tabs[0].more = true;
    screen.effects.clear();
    screen
}

fn log(screen: &Screen) -> Vec<String> {
    screen.rows().into_iter().skip(2).take(9).collect()
}

#[test]
fn t21_the_reading_position_stays_while_messages_arrive() {
    let mut screen = long_room();
    screen.code(Code::PageUp);
    let before = log(&screen);
    screen.shows("reading back ∙ End");
    for message in talk(&room("lobby"), 401, 10_400) {
        screen.says(message);
    }
    screen.presence(&room("lobby"), What::Joined, 9, "zed");
    assert_eq!(log(&screen), before);
    screen.shows("10,000 new below ∙ End");
    screen.code(Code::End);
    screen.shows("message 10400");
    screen.shows("zed came in");
    screen.hides("below");
}

#[test]
fn t23_older_messages_come_at_the_top_without_a_jump_or_a_double() {
    let mut screen = long_room();
    let lobby = room("lobby");
    for _ in 0..30 {
        screen.code(Code::PageUp);
    }
    assert_eq!(
        screen.commands(),
        [Command::Older {
            room: lobby.clone(),
            before: at(301)
        }]
    );
    screen.shows("fetching older messages");
    let before: Vec<String> = log(&screen)
        .into_iter()
        .filter(|row| row.contains("message "))
        .collect();
    assert!(before[0].contains("message 301"));
    // One of the page is here already.
    screen.news(News::Older {
        room: lobby.clone(),
        messages: talk(&lobby, 201, 301),
        more: true,
    });
    let after: Vec<String> = log(&screen)
        .into_iter()
        .filter(|row| row.contains("message 3"))
        .collect();
    let common = before.iter().filter(|row| after.contains(row)).count();
    assert_eq!(common, before.len(), "{before:#?} {after:#?}");
    let rows = log(&screen);
    assert_eq!(
        rows.iter()
            .filter(|row| row.contains("message 301"))
            .count(),
        1
    );
    let place = |rows: &[String]| {
        rows.iter()
            .rposition(|row| row.contains("message 30"))
            .unwrap()
    };
    assert_eq!(place(&rows), place(&log(&screen)));
    assert_eq!(screen.commands(), []);
    for _ in 0..30 {
        screen.code(Code::PageUp);
    }
    assert_eq!(
        screen.commands(),
        [Command::Older {
            room: lobby.clone(),
            before: at(201)
        }]
    );
    screen.news(News::Older {
        room: lobby.clone(),
        messages: talk(&lobby, 1, 200),
        more: false,
    });
    for _ in 0..60 {
        screen.code(Code::PageUp);
    }
    assert_eq!(screen.commands(), []);
    screen.shows("this is where the room begins");
    screen.shows("message 1");
}

#[test]
fn a_page_that_does_not_come_is_asked_for_again_by_scrolling() {
    let mut screen = long_room();
    let lobby = room("lobby");
    for _ in 0..30 {
        screen.code(Code::PageUp);
    }
    let older = Command::Older {
        room: lobby,
        before: at(301),
    };
    assert_eq!(screen.commands(), std::slice::from_ref(&older));
    screen.news(News::Refused {
        command: older.clone(),
        refusal: Refusal::new(ErrorCode::Unavailable, "busy"),
    });
    assert_eq!(screen.commands(), []);
    screen.shows("! older messages did not come ∙ PageUp tries again");
    screen.code(Code::PageUp);
    assert_eq!(screen.commands(), [older]);
}

#[test]
fn t29_the_first_row_tells_who_speaks_in_the_middle_of_a_run() {
    let mut screen = Screen::lobby(80, 14);
    let lobby = room("lobby");
    for n in 1..=40 {
        screen.says(message(&lobby, n, 2, "ann", 0, &format!("message {n}")));
    }
    let told = |screen: &Screen| {
        let rows = screen.rows();
        rows.into_iter()
            .filter(|row| row.contains("ann"))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&screen), [" 13:00         ann  message 33"]);
    screen.code(Code::PageUp);
    assert_eq!(told(&screen), [" 13:00         ann  message 27"]);
}

#[test]
fn t22_the_unread_line_stands_at_the_first_message_not_seen() {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "seen"));
    screen.msg(Msg::Focus(false));
    screen.says(message(&lobby, 2, 2, "ann", 0, "not seen"));
    screen.shows("╌ 1 new message ╌");
    screen.says(message(&lobby, 3, 2, "ann", 0, "nor this"));
    screen.shows("╌ 2 new messages ╌");
    screen.msg(Msg::Focus(true));
    screen.shows("╌ 2 new messages ╌");
    screen.says(message(&lobby, 4, 2, "ann", 0, "seen at once"));
    screen.shows("╌ 2 new messages ╌");
    screen.msg(Msg::Focus(false));
    screen.says(message(&lobby, 5, 2, "ann", 0, "later"));
    screen.shows("╌ 1 new message ╌");
    let rows = screen.rows();
    let rule = rows
        .iter()
        .position(|row| row.contains("1 new message"))
        .unwrap();
    assert!(
        rows[rule + 2].contains("ann") && rows[rule + 3].contains("later"),
        "{rows:#?}"
    );
}

#[test]
fn t22_what_is_not_on_the_screen_is_not_seen() {
    let mut screen = long_room();
    let lobby = room("lobby");
    screen.code(Code::PageUp);
    screen.says(message(&lobby, 401, 2, "ann", 41, "below"));
    assert_eq!(screen.model.tabs[0].unread, 1);
    assert_eq!(screen.model.tabs[0].read, Some(at(400)));
    screen.code(Code::PageDown);
    screen.code(Code::PageDown);
    screen.shows("below");
    assert_eq!(screen.model.tabs[0].unread, 0);
    assert_eq!(screen.model.tabs[0].read, Some(at(401)));
    // What came elsewhere is not seen here.
    screen.enter(&room("rust"), &[]);
    screen.says(message(&room("rust"), 1, 2, "ann", 0, "there"));
    screen.shows("rust 1");
    screen.press(Key::alt('2'));
    screen.shows("╌ 1 new message ╌");
    screen.hides("rust 1");
}

#[test]
fn t22_without_a_report_of_focus_a_key_counts_for_thirty_seconds() {
    let mut screen = Screen::new(60, 14, Language::English);
    let lobby = room("lobby");
    screen.enter(&lobby, &[]);
    screen.types("x");
    screen.wait(Duration::from_millis(29_999));
    screen.says(message(&lobby, 1, 2, "ann", 0, "seen"));
    assert_eq!(screen.model.tabs[0].read, Some(at(1)));
    screen.wait(Duration::from_millis(1));
    screen.says(message(&lobby, 2, 2, "ann", 0, "not seen"));
    assert_eq!(screen.model.tabs[0].read, Some(at(1)));
    screen.shows("╌ 1 new message ╌");
    screen.types("y");
    assert_eq!(screen.model.tabs[0].read, Some(at(2)));
    // Once the terminal told, no key counts any more.
    screen.msg(Msg::Focus(false));
    screen.types("z");
    screen.says(message(&lobby, 3, 2, "ann", 0, "not seen either"));
    assert_eq!(screen.model.tabs[0].read, Some(at(2)));
}

#[test]
fn t22_one_key_jumps_to_the_unread_line() {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    screen.press(Key::alt('u'));
    screen.shows("nothing is marked as new here");
    for message in talk(&lobby, 1, 30) {
        screen.says(message);
    }
    screen.msg(Msg::Focus(false));
    for message in talk(&lobby, 31, 90) {
        screen.says(message);
    }
    screen.msg(Msg::Focus(true));
    screen.hides("60 new messages");
    screen.press(Key::alt('ㅕ'));
    let rows = log(&screen);
    assert!(rows[2].contains("╌ 60 new messages ╌"), "{rows:#?}");
    screen.shows("message 31");
    assert_eq!(screen.model.tabs[0].read, Some(at(90)), "it was at the end");
    screen.code(Code::End);
    screen.shows("message 90");
}

#[test]
fn t22_the_unread_line_moves_up_to_what_an_older_page_brings() {
    let mut screen = Screen::new(60, 14, Language::English);
    let lobby = room("lobby");
    screen.model.read.insert(lobby.clone(), at(95));
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Latest,
        welcome: None,
    });
    for message in talk(&lobby, 101, 104) {
        screen.news(News::Message {
            message,
            missed: true,
            local: None,
        });
    }
    screen.news(News::CaughtUp {
        room: lobby.clone(),
        more: true,
    });
    screen.shows("╌ 4 new messages ╌");
    screen.msg(Msg::Focus(true));
    screen.news(News::Older {
        room: lobby.clone(),
        messages: talk(&lobby, 81, 100),
        more: true,
    });
    screen.press(Key::alt('u'));
    let rows = log(&screen);
    assert!(rows[2].contains("╌ 9 new messages ╌"), "{rows:#?}");
    let first = rows.iter().find(|row| row.contains("message")).unwrap();
    let line = rows.iter().position(|row| row.contains("9 new")).unwrap();
    assert!(rows[line + 3].contains("message 96"), "{first} {rows:#?}");
}

#[test]
fn t21_a_reconnect_moves_nothing() {
    let mut screen = long_room();
    let lobby = room("lobby");
    screen.code(Code::PageUp);
    let before = log(&screen);
    screen.session.link = Link::Connecting;
    screen.news(News::Link);
    assert_eq!(log(&screen), before);
    screen.session.link = Link::Online;
    screen.news(News::Link);
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Resumed,
        welcome: None,
    });
    for message in talk(&lobby, 401, 420) {
        screen.news(News::Message {
            message,
            missed: true,
            local: None,
        });
    }
    screen.news(News::CaughtUp {
        room: lobby,
        more: false,
    });
    assert_eq!(log(&screen), before);
    screen.shows("20 new below ∙ End");
}

#[test]
fn what_was_seen_is_saved() {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "seen"));
    screen.wait(Duration::from_millis(500));
    let saved = Effect::SaveRead {
        room: lobby.clone(),
        position: at(1),
    };
    assert!(screen.effects.contains(&saved), "{:?}", screen.effects);
    screen.effects.clear();
    screen.msg(Msg::Focus(false));
    screen.says(message(&lobby, 2, 2, "ann", 0, "not seen"));
    screen.wait(Duration::from_secs(5));
    assert_eq!(screen.effects, []);
}

#[test]
fn t49_a_frame_costs_what_is_on_the_screen() {
    let mut screen = Screen::lobby(100, 28);
    let lobby = room("lobby");
    screen.code(Code::PageUp);
    for message in talk(&lobby, 1, 100_000) {
        screen.news(News::Message {
            message,
            missed: false,
            local: None,
        });
    }
    let tab = &screen.model.tabs[0];
    assert_eq!(tab.timeline.len(), TIMELINE_ENTRIES_MAX);
    assert!(tab.more);
    let wrapped = |screen: &Screen| {
        screen.model.tabs[0]
            .timeline
            .iter()
            .filter(|(_, entry)| matches!(entry, Entry::Said(said) if said.is_wrapped()))
            .count()
    };
    let before = wrapped(&screen);
    screen.msg(Msg::Resize {
        columns: 99,
        rows: 28,
    });
    let (_, _) = screen.draw();
    assert!(wrapped(&screen) - before <= 28);
    screen.code(Code::PageUp);
    let (_, _) = screen.draw();
    assert!(wrapped(&screen) - before <= 3 * 28, "{}", wrapped(&screen));
    // Nor does selecting, going to the ends, or asking for links look at more.
    for key in ["k", "j", "u", "g", "G"] {
        let before = wrapped(&screen);
        screen.code(Code::Esc);
        screen.types(key);
        screen.press(Key::alt('o'));
        screen.msg(Msg::Click { at: (40, 10) });
        let (_, _) = screen.draw();
        let more = wrapped(&screen) - before;
        assert!(more <= 3 * 28, "{key}: {more}");
        screen.code(Code::Esc);
    }
}

#[test]
fn t48_the_log_keeps_a_window_in_bytes_too() {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    for n in 0..200 {
        screen.enter(&room(&format!("room-{n}")), &[]);
    }
    let share = screen.model.timeline_share();
    let long = "가".repeat(1_300);
    for n in 1..=150 {
        screen.says(message(&lobby, n, 2, "ann", 0, &long));
    }
    let tab = screen.model.tab_of(&lobby).unwrap();
    assert!(
        tab.timeline.bytes() <= share,
        "{} bytes",
        tab.timeline.bytes()
    );
    assert!(tab.timeline.bytes() > share / 2, "{}", tab.timeline.bytes());
    assert!(tab.timeline.contains(at(150)) && !tab.timeline.contains(at(1)));
    assert!(tab.more);
}

#[test]
fn what_was_let_go_is_paged_in_again() {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    for message in talk(&lobby, 1, TIMELINE_ENTRIES_MAX as u64 + 1) {
        screen.says(message);
    }
    for _ in 0..TIMELINE_ENTRIES_MAX / 4 {
        screen.code(Code::PageUp);
    }
    assert_eq!(
        screen.commands(),
        [Command::Older {
            room: lobby,
            before: at(2)
        }]
    );
}
