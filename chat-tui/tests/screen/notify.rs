//! Notifications: what is told outside of the window, when, and of which rooms.

use std::time::Duration;

use chat_tui::key::Code;
use chat_tui::model::notify::{MISSED_WAIT, NOTIFY_PAUSE, Notify};
use chat_tui::model::words::Language;
use chat_tui::session::{Link, News};
use chat_tui::update::{Effect, deadline};
use protocol::event::{Kind, Start};
use protocol::position::Address;

use crate::support::{ME, Screen, at, direct, member, message, room};

/// Two rooms at a terminal without focus; the first one is shown.
fn away() -> Screen {
    let mut screen = Screen::new(80, 12, Language::English);
    screen.msg_focus(true);
    for name in ["개발", "잡담"] {
        screen.enter(&room(name), &[member(ME, "민수"), member(2, "지은")]);
    }
    screen.msg_focus(false);
    screen.effects.clear();
    screen
}

fn say(screen: &mut Screen, room: &Address, n: u64, text: &str) {
    screen.says(message(room, n, 2, "지은", 0, text));
}

/// What was notified since the last look, each with a bell.
fn notified(screen: &mut Screen) -> Vec<(String, String)> {
    let done = screen.done();
    let bells = done
        .iter()
        .filter(|effect| **effect == Effect::Bell)
        .count();
    let mut shown = Vec::new();
    for effect in done {
        if let Effect::Notify(one) = effect {
            shown.push((one.title.into_string(), one.body.into_string()));
        }
    }
    assert_eq!(bells, shown.len(), "a bell with each");
    shown
}

fn one(title: &str, body: &str) -> Vec<(String, String)> {
    vec![(title.to_owned(), body.to_owned())]
}

#[test]
fn t36_a_mention_without_focus_is_notified_at_once() {
    let mut screen = away();
    say(&mut screen, &room("개발"), 1, "아무나");
    assert_eq!(notified(&mut screen), []);
    say(&mut screen, &room("개발"), 2, "민수야\n봐 줘\u{1b}]");
    assert_eq!(
        notified(&mut screen),
        one("#개발 ∙ 지은", "민수야 봐 줘<U+001B>]")
    );
    screen.wait(NOTIFY_PAUSE);
    let mut waves = message(&room("잡담"), 1, 2, "지은", 0, "waves at 민수");
    waves.kind = Kind::Action;
    screen.says(waves);
    assert_eq!(
        notified(&mut screen),
        one("#잡담 ∙ 지은", "지은 waves at 민수")
    );
    screen.wait(NOTIFY_PAUSE);
    say(&mut screen, &direct(2), 1, "psst");
    assert_eq!(notified(&mut screen), one("@지은", "psst"));
    assert_eq!(screen.model.title, "(3) #개발");
}

#[test]
fn t36_nothing_is_notified_to_who_looks_here() {
    let mut screen = away();
    screen.msg_focus(true);
    say(&mut screen, &room("개발"), 1, "민수야");
    assert_eq!(screen.done(), []);
    // The bell tells of another room.
    say(&mut screen, &room("잡담"), 1, "민수야");
    assert_eq!(screen.done(), [Effect::Bell]);
    // A key within 30 s is attention where the terminal never told its focus.
    let mut screen = Screen::new(80, 12, Language::English);
    screen.enter(&room("개발"), &[member(ME, "민수")]);
    screen.code(Code::Char('x'));
    screen.wait(Duration::from_millis(29_999));
    screen.effects.clear();
    say(&mut screen, &room("개발"), 1, "민수야");
    assert_eq!(screen.done(), []);
    screen.wait(Duration::from_millis(1));
    say(&mut screen, &room("개발"), 2, "민수야");
    assert_eq!(notified(&mut screen), one("#개발 ∙ 지은", "민수야"));
}

#[test]
fn t36_a_flood_is_one_notification_with_its_number() {
    let mut screen = away();
    say(&mut screen, &room("개발"), 1, "민수 1");
    assert_eq!(notified(&mut screen).len(), 1);
    for n in 2..=201 {
        say(&mut screen, &room("개발"), n, "민수 again");
    }
    let due = deadline(&screen.model, &screen.session);
    assert_eq!(due, Some(screen.now.elapsed + NOTIFY_PAUSE));
    screen.wait(Duration::from_millis(4_999));
    assert_eq!(notified(&mut screen), []);
    screen.wait(Duration::from_millis(1));
    assert_eq!(notified(&mut screen), one("#개발", "200 new messages"));
    assert_eq!(deadline(&screen.model, &screen.session), None);
    // One alone has its text, and those of several rooms name none.
    say(&mut screen, &room("잡담"), 1, "민수 2");
    screen.wait(NOTIFY_PAUSE);
    assert_eq!(notified(&mut screen), one("#잡담 ∙ 지은", "민수 2"));
    say(&mut screen, &room("잡담"), 2, "민수 3");
    say(&mut screen, &direct(2), 1, "psst");
    screen.wait(NOTIFY_PAUSE);
    assert_eq!(notified(&mut screen), one("chat-tui", "2 new messages"));
    // Who comes back in between needs none.
    say(&mut screen, &direct(2), 2, "psst");
    screen.msg_focus(true);
    screen.msg_focus(false);
    screen.wait(NOTIFY_PAUSE);
    assert_eq!(notified(&mut screen), []);
}

#[test]
fn t36_what_was_missed_is_one_notification_once_it_is_all_here() {
    let mut screen = away();
    let rooms = [room("개발"), room("잡담")];
    screen.session.link = Link::Connecting;
    screen.news(News::Link);
    screen.session.link = Link::Online;
    screen.news(News::Link);
    for room in &rooms {
        screen.news(News::Entered {
            room: room.clone(),
            start: Start::Resumed,
            welcome: None,
        });
        for n in 1..=30 {
            screen.news(News::Message {
                message: message(room, n, 2, "지은", 0, "민수야"),
                missed: true,
                local: None,
            });
        }
        screen.wait(3 * MISSED_WAIT);
        assert_eq!(notified(&mut screen), [], "while it is coming");
        assert_eq!(deadline(&screen.model, &screen.session), None);
        // The next room is asked for by then; what came last waits a moment for it.
        say(&mut screen, room, 31, "민수야");
        screen.news(News::Message {
            message: message(room, 32, 2, "지은", 0, "민수야"),
            missed: true,
            local: None,
        });
        screen.news(News::CaughtUp {
            room: room.clone(),
            more: false,
        });
        assert_eq!(notified(&mut screen), []);
    }
    screen.wait(MISSED_WAIT);
    assert_eq!(notified(&mut screen), one("chat-tui", "64 new messages"));
}

#[test]
fn t36_what_came_before_the_connection_was_lost_again_is_notified() {
    let mut screen = away();
    screen.news(News::Entered {
        room: room("잡담"),
        start: Start::Resumed,
        welcome: None,
    });
    screen.news(News::Message {
        message: message(&room("잡담"), 1, 2, "지은", 0, "민수야"),
        missed: true,
        local: None,
    });
    screen.session.link = Link::Connecting;
    screen.news(News::Link);
    let due = deadline(&screen.model, &screen.session);
    assert_eq!(due, Some(screen.now.elapsed + MISSED_WAIT));
    screen.wait(MISSED_WAIT);
    assert_eq!(notified(&mut screen), one("#잡담 ∙ 지은", "민수야"));
}

#[test]
fn t36_what_was_said_before_the_first_visit_is_not_notified() {
    let mut screen = Screen::new(80, 12, Language::English);
    let lobby = room("lobby");
    screen.model.read.insert(lobby.clone(), at(1));
    screen.session.rooms.entry(lobby.clone()).or_default();
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Latest,
        welcome: None,
    });
    screen.news(News::Message {
        message: message(&lobby, 2, 2, "ann", 0, "민수야"),
        missed: true,
        local: None,
    });
    screen.news(News::CaughtUp {
        room: lobby,
        more: false,
    });
    screen.wait(2 * MISSED_WAIT);
    assert_eq!(notified(&mut screen), []);
    assert_eq!(screen.model.title, "(1) #lobby");
}

#[test]
fn t36_each_room_chooses_which_messages_notify() {
    let mut screen = away();
    let dev = room("개발");
    screen.line("/notify");
    screen.shows("개발 ∙ notifications: mentions");
    assert_eq!(screen.done(), []);
    screen.line("/notify none");
    screen.shows("개발 ∙ notifications: none");
    let saved = |notify| Effect::SaveNotify {
        room: room("개발"),
        notify,
    };
    assert_eq!(screen.done(), [saved(Notify::None)]);
    say(&mut screen, &dev, 1, "민수야");
    assert_eq!(screen.done(), []);
    assert_eq!(screen.model.title, "#개발");
    screen.code(Code::Esc);
    screen.code(Code::Esc);
    screen.shows(" connected ∙ notifications: none ");
    screen.line("/notify ALL");
    assert_eq!(screen.done(), [saved(Notify::All)]);
    say(&mut screen, &dev, 2, "hello");
    assert_eq!(notified(&mut screen), one("#개발 ∙ 지은", "hello"));
    assert_eq!(screen.model.title, "(2) #개발");
    screen.wait(NOTIFY_PAUSE);
    // Another room is as it was.
    say(&mut screen, &room("잡담"), 1, "hello");
    assert_eq!(notified(&mut screen), []);
    screen.line("/notify mentions");
    assert_eq!(screen.done(), [saved(Notify::Mentions)]);
    assert!(screen.model.notify.is_empty());
    screen.types("/notify n\t");
    assert_eq!(screen.model.draft().text(), "/notify none");
}

#[test]
fn t36_the_status_line_tells_what_is_not_as_usual() {
    let mut screen = Screen::new(80, 12, Language::Korean);
    screen.enter(&room("개발"), &[member(ME, "민수")]);
    screen.hides("알림");
    for (notify, told) in [
        (Notify::None, " 연결됨 ∙ 알림: 없음 "),
        (Notify::All, " 연결됨 ∙ 알림: 모두 "),
    ] {
        screen.model.notify.insert(room("개발"), notify);
        screen.shows(told);
    }
    screen.session.link = Link::Connecting;
    screen.hides("알림");
    screen.session.link = Link::Online;
    screen.line("/notify mentions");
    screen.shows("개발 ∙ 알림: 멘션만");
}

#[test]
fn t36_a_conversation_is_muted_too() {
    let mut screen = away();
    screen.model.notify.insert(direct(2), Notify::None);
    say(&mut screen, &direct(2), 1, "psst");
    screen.wait(NOTIFY_PAUSE);
    assert_eq!(notified(&mut screen), []);
    screen.msg_focus(true);
    say(&mut screen, &direct(2), 2, "psst");
    assert_eq!(screen.done(), [], "no bell either");
}
