//! The first run.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::form::Form;
use chat_tui::model::words::Language;
use chat_tui::session::{Command, Link, News, Stop};
use chat_tui::update::{Effect, Msg};
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::event::{RoomInfo, Start};
use protocol::identity::Identity;
use protocol::names::{Nick, RoomName};

use crate::support::{Screen, room};

/// How long an Enter behind a syllable waits for one more.
const LATE: Duration = Duration::from_millis(50);

const LOCAL: &str = "ws://127.0.0.1:7878";

fn first_run(language: Language) -> Screen {
    let mut screen = Screen::new(100, 28, language);
    screen.session.link = Link::Idle;
    screen.session.nick = None;
    screen.begin(Form::new((LOCAL, false), ("개발", false), ("지은", false)));
    screen
}

fn rooms() -> Vec<RoomInfo> {
    [("개발", 7), ("lobby", 12), ("rust", 3)]
        .map(|(name, members)| RoomInfo {
            room: room(name),
            topic: String::new(),
            members,
        })
        .to_vec()
}

fn found(screen: &mut Screen) {
    screen.msg(Msg::Probed {
        server: LOCAL.to_owned(),
        result: Ok(rooms()),
    });
}

fn going_in(nick: &str) -> [Effect; 2] {
    [
        Effect::Enter {
            server: LOCAL.to_owned(),
            nick: Nick::normalized(nick).unwrap(),
        },
        Effect::Session(Command::Join {
            room: room("개발"),
            last: 50,
        }),
    ]
}

#[test]
fn t17_a_refused_nick_is_said_at_its_field() {
    let mut screen = first_run(Language::Korean);
    assert_eq!(
        screen.done(),
        [Effect::Probe {
            server: LOCAL.to_owned()
        }]
    );
    found(&mut screen);
    screen.types("\n\n\n");
    screen.wait(LATE);
    assert_eq!(screen.done(), going_in("지은"));
    let mut refusal = Refusal::new(ErrorCode::NickTaken, "taken");
    refusal.held_by = Some(HeldBy::Key);
    screen.session.link = Link::Refused(refusal);
    screen.news(News::Link);
    screen.msg(Msg::Probed {
        server: LOCAL.to_owned(),
        result: Ok(rooms()),
    });
    screen.check(&[
        "",
        "",
        "",
        "",
        "",
        "",
        "                        chat-tui",
        "                        방 하나, 이름 하나면 됩니다. No account needed.",
        "",
        "",
        "                        서버      ws://127.0.0.1:7878",
        "                                  연결됨 ∙ 방 3개",
        "",
        "                        방        개발",
        "                                  개발 7명   lobby 12명   rust 3명",
        "",
        "                      › 닉네임    지은",
        "                                  ! 지은은 다른 키의 이름입니다. 다른 이름을 쓰거나",
        "                                    chat-tui key import FILE 로 그 키를 가져오세요.",
        "",
        "",
        "                        [ 들어가기 ]   [ 여기서 서버 열기 ]",
        "",
        "",
        "",
        "",
        "",
        " 키는 이 컴퓨터에만 있습니다                              Tab 다음   Enter 들어가기   Ctrl+C 끝내기",
    ]);
    assert_eq!(screen.caret(), Some((38, 16)));
    screen.types("2\n");
    assert_eq!(screen.done(), going_in("지은2"));
}

#[test]
fn t43_a_changed_key_is_told_at_the_server_and_enter_asks_again_only() {
    let mut screen = first_run(Language::Korean);
    found(&mut screen);
    screen.types("\n\n\n");
    screen.wait(LATE);
    let [known, now] = [1, 2].map(|secret| Identity::from_secret(&[secret; 32]).public());
    screen.session.link = Link::Stopped(Stop::KeyChanged { known, now });
    screen.news(News::Link);
    let told = |screen: &Screen| {
        screen.shows("! 127.0.0.1:7878의 키가 바뀌었습니다. 아무것도 보내지");
        screen.shows(&format!("  전에는  {}", known.fingerprint()));
        screen.shows(&format!("  지금은  {}", now.fingerprint()));
        screen.shows("--new-server-key");
    };
    told(&screen);
    screen.effects.clear();
    screen.types("\n\n\n");
    // The same way in as before, with the same key remembered.
    screen.wait(LATE);
    assert!(screen.done().ends_with(&going_in("지은")));
    screen.news(News::Link);
    told(&screen);
}

#[test]
fn t17_enter_three_times_gets_in() {
    let mut screen = first_run(Language::English);
    found(&mut screen);
    screen.effects.clear();
    screen.types("\n\n\n");
    screen.wait(LATE);
    assert_eq!(screen.done(), going_in("지은"));
    screen.shows("⋯ going in");
    screen.session.link = Link::Online;
    screen.session.nick = Some("지은".to_owned());
    screen.news(News::Link);
    screen.news(News::Entered {
        room: room("개발"),
        start: Start::Latest,
        welcome: None,
    });
    assert_eq!(
        screen.done(),
        [Effect::SaveLast {
            server: LOCAL.to_owned(),
            room: RoomName::normalized("개발").unwrap(),
            nick: Nick::normalized("지은").unwrap(),
        }]
    );
    screen.shows("지은 ∙ 127.0.0.1:7878");
}

#[test]
fn t17_a_server_that_is_not_there_is_said_at_its_field() {
    let mut screen = first_run(Language::English);
    screen.msg(Msg::Probed {
        server: LOCAL.to_owned(),
        result: Err("connection refused".to_owned()),
    });
    screen.shows("! connection refused ∙ check the address, or open");
    screen.effects.clear();
    screen.press(Key {
        shift: true,
        ..Key::plain(Code::Tab)
    });
    screen.effects.clear();
    screen.code(Code::Enter);
    assert_eq!(
        screen.done(),
        [Effect::Host {
            server: "ws://127.0.0.1:7878".to_owned()
        }]
    );
    screen.shows("⋯ opening a server");
    screen.msg(Msg::Hosted(Err("the port is taken".to_owned())));
    screen.shows("! the port is taken");
    screen.code(Code::Enter);
    screen.effects.clear();
    screen.msg(Msg::Hosted(Ok("ws://127.0.0.1:9999".to_owned())));
    assert_eq!(
        screen.done(),
        [Effect::Probe {
            server: "ws://127.0.0.1:9999".to_owned()
        }]
    );
    // An answer about another address changes nothing.
    screen.msg(Msg::Probed {
        server: LOCAL.to_owned(),
        result: Err("late".to_owned()),
    });
    screen.hides("late");
}

#[test]
fn t17_bad_names_are_said_before_anything_is_sent() {
    let mut screen = first_run(Language::English);
    screen.effects.clear();
    screen.types("\n");
    screen.press(Key::ctrl('u'));
    screen.types("a b\n\n");
    screen.wait(LATE);
    assert!(
        !screen
            .done()
            .iter()
            .any(|effect| matches!(effect, Effect::Enter { .. }))
    );
    screen.shows("! the name holds U+0020, which no name may");
    screen.shows("a b");
    // The caret is where the mistake is.
    assert_eq!(screen.caret().unwrap().0, 37);
}

#[test]
fn offered_rooms_can_be_picked() {
    let mut screen = first_run(Language::English);
    found(&mut screen);
    screen.types("\n");
    screen.code(Code::Down);
    screen.code(Code::Down);
    screen.shows("room      lobby");
    screen.code(Code::Up);
    screen.shows("room      개발");
}

#[test]
fn given_flags_are_passed_over_and_all_of_them_go_in_at_once() {
    let mut screen = Screen::new(80, 24, Language::English);
    screen.begin(Form::new((LOCAL, true), ("개발", true), ("", false)));
    assert_eq!(screen.caret().map(|(x, _)| x), Some(24));
    screen.effects.clear();
    screen.types("ann\n");
    assert_eq!(screen.done(), going_in("ann"));

    let mut screen = Screen::new(80, 24, Language::English);
    screen.session.link = Link::Connecting;
    screen.begin(Form::new((LOCAL, true), ("개발", true), ("ann", true)));
    assert_eq!(screen.done(), going_in("ann"));
    screen.shows("⋯ entering 개발");
    screen.types("typed before the network answers");
    // The files of the server are read only now.
    screen
        .model
        .drafts
        .insert(room("개발"), "from yesterday".into());
    let mut refusal = Refusal::new(ErrorCode::NickTaken, "taken");
    refusal.held_by = Some(HeldBy::Guest);
    screen.session.link = Link::Refused(refusal);
    screen.news(News::Link);
    screen.shows("! ann is in use by a guest right now.");
    screen.types("2\n");
    assert_eq!(screen.done(), going_in("ann2"));
    screen.session.link = Link::Online;
    screen.news(News::Entered {
        room: room("개발"),
        start: Start::Latest,
        welcome: None,
    });
    screen.shows("› from yesterday");
    screen.shows("  typed before the network answers");
}

#[test]
fn a_server_that_goes_while_one_comes_in_leaves_the_keys_where_they_are() {
    let mut screen = Screen::new(80, 24, Language::English);
    screen.begin(Form::new((LOCAL, true), ("개발", true), ("ann", true)));
    screen.session.link = Link::Online;
    screen.news(News::Welcome {
        nick: "ann".to_owned(),
        owned: true,
    });
    screen.session.link = Link::Waiting {
        until: Duration::from_secs(3),
        reason: "the connection was lost".to_owned(),
    };
    screen.news(News::Link);
    screen.types("typed meanwhile");
    screen.shows("› typed meanwhile");
    screen.shows("! not connected (the connection was lost)");
}

#[test]
fn the_keys_of_a_small_form_come_before_what_is_good_to_know() {
    let mut screen = Screen::new(60, 20, Language::Korean);
    screen.begin(Form::new((LOCAL, false), ("", false), ("", false)));
    screen.shows("Tab 다음   Enter 들어가기   Ctrl+C 끝내기");
    screen.hides("키는 이 컴퓨터에만 있습니다");
}

#[test]
fn pastes_into_a_field_are_one_line() {
    let mut screen = first_run(Language::English);
    screen.press(Key::ctrl('u'));
    screen.msg(Msg::Paste {
        text: "ws://a.example\n".to_owned(),
        cut: false,
    });
    screen.shows("server    ws://a.example");
    screen.press(Key::ctrl('c'));
    assert!(
        screen
            .done()
            .ends_with(&[Effect::Session(Command::Quit), Effect::Quit])
    );
}
