//! Reading back: the place stays, older messages come, new ones are counted.

use chat_tui::key::Code;
use chat_tui::model::timeline::{Entry, TIMELINE_ENTRIES_MAX};
use chat_tui::session::{Command, News};
use chat_tui::update::{Effect, Msg};
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Message, What};
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
fn what_was_seen_is_saved() {
    let mut screen = Screen::lobby(60, 14);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "seen"));
    screen.wait(std::time::Duration::from_millis(500));
    let saved = Effect::SaveRead {
        room: lobby.clone(),
        position: at(1),
    };
    assert!(screen.effects.contains(&saved), "{:?}", screen.effects);
    screen.effects.clear();
    screen.msg(Msg::Focus(false));
    screen.says(message(&lobby, 2, 2, "ann", 0, "not seen"));
    screen.wait(std::time::Duration::from_secs(5));
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
