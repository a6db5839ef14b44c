//! The main screen in a room where people talk.

use chat_tui::model::words::Language;
use chat_tui::session::{LocalId, News, State};
use chat_tui::text::cells::Probe;
use chat_tui::update::{Effect, Msg};
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Change, Kind, Start, Topic, What};
use protocol::position::Address;

use crate::support::{ME, Screen, at, direct, member, message, pending, person, room};

fn korean_room() -> Screen {
    let mut screen = Screen::korean(100, 28);
    let (dev, whisper) = (room("개발"), direct(4));
    talk(&mut screen, &dev, &whisper);
    screen
}

fn talk(screen: &mut Screen, dev: &Address, whisper: &Address) {
    for n in 1..=3 {
        screen.says(message(&room("잡담"), n, 3, "서연", 50, "점심?"));
    }
    screen.says(message(whisper, 1, 4, "지은", 50, "잠깐만요"));

    screen.says(message(
        dev,
        1,
        4,
        "지은",
        58,
        "어제 올린 PR 봐 주실 분? 재연결 쪽이에요\nhttps://git.example/chat/pull/482",
    ));
    screen.says(message(
        dev,
        2,
        6,
        "jieun.k",
        62,
        "I'll take it. Does it keep order after a kill -9?",
    ));
    screen.says(message(dev, 3, ME, "민수", 63, "네, 위치를 클라이언트가 갖고 있어서요 ㅋㅋㅋ\n아래처럼 이어 받습니다\n  join {\n    room: \"개발\", after: (1, 4211)\n  }"));
    for (who, nick) in [(3, "서연"), (2, "도윤"), (8, "a"), (9, "b"), (10, "c")] {
        screen.presence(dev, What::Joined, who, nick);
    }
    screen.says(message(
        dev,
        4,
        3,
        "서연",
        66,
        "회의 14:30으로 옮겨도 될까요?",
    ));
    screen.says(message(dev, 5, 5, "Dr_Willis", 66, "fine with me 👍"));
    screen.msg(Msg::Focus(false));
    screen.says(message(
        dev,
        6,
        4,
        "지은",
        71,
        "@민수야 482번 리뷰 반영했어. 다시 봐 줄래?",
    ));
    screen.says(message(
        dev,
        7,
        2,
        "도윤",
        71,
        "> 서연: 회의 14:30으로 옮겨도 될까요?\n저는 좋아요",
    ));
    screen.msg(Msg::Focus(true));
    screen.says(message(dev, 8, ME, "민수", 72, "지금 볼게요"));
    screen.session.pending = vec![pending(1, dev, "테스트 돌려 보고 답할게요", State::Sent)];
    screen.types("네 10분만요, 그리고 changelog 초안도");
    screen.msg(Msg::Paste {
        text: "\n같이 올릴게요".to_owned(),
        cut: false,
    });
}

#[test]
fn a_korean_room_looks_like_its_picture() {
    let screen = korean_room();
    screen.check(&[
        " 개발   잡담 3   rust   @지은 1                                                 민수 ∙ chat.example",
        " 0.9 릴리스 준비 ∙ 배포는 금요일 16시",
        "",
        "                    2026년 11월 21일 토요일                                   멤버 7",
        "",
        " 13:58        지은  어제 올린 PR 봐 주실 분? 재연결 쪽이에요                  민수  나",
        "                    https://git.example/chat/pull/482                         도윤",
        " 14:02     jieun.k  I'll take it. Does it keep order after a kill -9?         서연",
        "›14:03        민수  네, 위치를 클라이언트가 갖고 있어서요 ㅋㅋㅋ              지은",
        "                    아래처럼 이어 받습니다                                    Dr_Willis",
        "                      join {                                                  jieun.k",
        "                        room: \"개발\", after: (1, 4211)                        하준  다시 연결 중",
        "                      }",
        "                    서연, 도윤 외 3명 들어옴",
        " 14:06        서연  회의 14:30으로 옮겨도 될까요?",
        "         Dr_Willis  fine with me 👍",
        "",
        "  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 새 메시지 2개 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
        "",
        "▸14:11        지은  @민수야 482번 리뷰 반영했어. 다시 봐 줄래?",
        "              도윤  > 서연: 회의 14:30으로 옮겨도 될까요?",
        "                    저는 좋아요",
        "›14:12        민수  지금 볼게요",
        "                    테스트 돌려 보고 답할게요  ⋯ 보내는 중",
        "",
        " › 네 10분만요, 그리고 changelog 초안도",
        "   같이 올릴게요",
        " 연결됨                                                        Alt+1-4 방   Ctrl+K 찾기   F1 도움말",
    ]);
    assert_eq!(screen.caret(), Some((16, 26)));
}

#[test]
fn sends_show_as_pending_then_as_failed_or_said() {
    let mut screen = Screen::lobby(40, 10);
    let lobby = room("lobby");
    screen.session.pending = vec![
        pending(1, &lobby, "one", State::Sent),
        pending(2, &lobby, "two", State::Waiting),
    ];
    screen.check_bottom(&[
        "›민수  14:12",
        "  one  ⋯ sending",
        "  two  ⋯ waiting",
        "",
        " ›",
        " connected         F2 members   F1 help",
    ]);
    let refusal = Refusal::new(ErrorCode::BadText, "too loud");
    screen.session.pending[0].state = State::Failed(refusal);
    screen.check_bottom(&[
        "!민수  14:12",
        "  one",
        "  ! not sent: too loud ∙ Alt+S sends it",
        "  again ∙ Alt+E takes it back to edit",
        "  two  ⋯ waiting",
        "",
        " ›",
        " connected         F2 members   F1 help",
    ]);
    // The stored one is drawn as a message as soon as it is one, and once only.
    let id = message(&lobby, 1, ME, "민수", 72, "two").id;
    screen.session.pending = vec![pending(2, &lobby, "two", State::Acked(id, at(1)))];
    screen.check_bottom(&[
        "›민수  14:12",
        "  two  ✓ stored",
        "",
        " ›",
        " connected         F2 members   F1 help",
    ]);
    screen.news(News::Message {
        message: message(&lobby, 1, ME, "민수", 72, "two"),
        missed: false,
        local: Some(LocalId(2)),
    });
    screen.check_bottom(&[
        "›민수  14:12",
        "  two",
        "",
        " ›",
        " connected         F2 members   F1 help",
    ]);
}

#[test]
fn t29_a_repeated_minute_and_nick_are_told_once() {
    let mut screen = Screen::lobby(80, 16);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "one"));
    screen.says(message(&lobby, 2, 2, "ann", 0, "two"));
    screen.says(message(&lobby, 3, 3, "a_very_long_nick", 0, "three"));
    let mut waves = message(&lobby, 4, 2, "ann", 1, "waves");
    waves.kind = Kind::Action;
    screen.says(waves);
    let mut topic = message(&lobby, 5, 2, "ann", 1, "tea\u{1b}[31m");
    topic.kind = Kind::Topic;
    screen.says(topic);
    screen.news(News::Presence {
        room: lobby.clone(),
        change: Change {
            former: None,
            what: What::Renamed,
            person: person(2),
            nick: "anna".to_owned(),
            was: Some("ann".to_owned()),
            guest: false,
        },
    });
    screen.check(&[
        " lobby                                                      민수 ∙ chat.example",
        "",
        "",
        "                    this is where the room begins",
        "",
        "                    Saturday, 21 November 2026",
        "",
        " 13:00         ann  one",
        "                    two",
        "       a_very_lon⋯  three",
        " 13:01           *  ann waves",
        "                    ann set the topic: tea<U+001B>[31m",
        "                    ann is now anna",
        "",
        " ›",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
}

#[test]
fn t29_a_days_first_message_has_the_day_above_it() {
    let mut screen = Screen::lobby(80, 16);
    let lobby = room("lobby");
    screen.presence(&lobby, What::Joined, 2, "ann");
    screen.says(message(&lobby, 1, 2, "ann", 0, "today"));
    screen.says(message(&lobby, 2, 2, "ann", 24 * 60, "tomorrow"));
    screen.check_bottom(&[
        "                    ann came in",
        "",
        "                    Saturday, 21 November 2026",
        "",
        " 13:00         ann  today",
        "",
        "                    Sunday, 22 November 2026",
        "",
        " 13:00         ann  tomorrow",
        "",
        " ›",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
}

#[test]
fn gaps_forks_and_the_welcome_are_told() {
    let mut screen = Screen::new(80, 20, Language::English);
    screen.msg(Msg::Focus(true));
    let lobby = room("lobby");
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Latest,
        welcome: Some("be kind".to_owned()),
    });
    screen.news(News::Message {
        message: message(&lobby, 1, 2, "ann", 0, "one"),
        missed: true,
        local: None,
    });
    screen.news(News::CaughtUp {
        room: lobby.clone(),
        more: false,
    });
    screen.check_bottom(&[
        " 13:00         ann  one",
        "                    be kind",
        "",
        " ›",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
    screen.news(News::Gap {
        room: lobby.clone(),
        from: at(2),
        to: at(4),
    });
    screen.says(message(&lobby, 5, 2, "ann", 0, "five"));
    screen.check_bottom(&[
        "                    3 messages here cannot be had any more",
        " 13:00         ann  five",
        "",
        " ›",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
    screen.news(News::Forked {
        kept: None,
        room: lobby.clone(),
    });
    screen.news(News::Message {
        message: message(&lobby, 2, 2, "ann", 0, "another two"),
        missed: true,
        local: None,
    });
    screen.news(News::CaughtUp {
        room: lobby,
        more: false,
    });
    screen.check_bottom(&[
        " 13:00         ann  another two",
        "                    the server went back to an older state; its history is",
        "                    shown anew",
        "",
        " ›",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
    screen.hides("five");
}

#[test]
fn what_a_fork_took_away_is_told_exactly() {
    let mut screen = Screen::new(80, 20, Language::English);
    screen.msg(Msg::Focus(true));
    let lobby = room("lobby");
    screen.enter(&lobby, &[]);
    for (n, minute, text) in [
        (1, 0, "one"),
        (2, 1, "two"),
        (3, 2, "three"),
        (4, 3, "four"),
    ] {
        screen.says(message(&lobby, n, 2, "ann", minute, text));
    }
    screen.news(News::Forked {
        kept: Some(at(2)),
        room: lobby.clone(),
    });
    screen.says(message(&lobby, 1, 2, "ann", 0, "one"));
    screen.says(message(&lobby, 2, 2, "ann", 1, "two"));
    screen.news(News::CaughtUp {
        room: lobby.clone(),
        more: false,
    });
    screen.shows("the server lost the end of its history: 2 messages shown");
    screen.shows("here, from 13:02 on, are gone; what is left is shown anew");
    screen.news(News::Forked {
        kept: Some(at(1)),
        room: lobby.clone(),
    });
    screen.news(News::CaughtUp {
        room: lobby,
        more: false,
    });
    screen.shows("the server lost the end of its history: 1 message shown");
    screen.shows("here, of 13:01, is gone; what is left is shown anew");
}

#[test]
fn mentions_and_whispers_ring_when_nobody_looks() {
    let mut screen = Screen::lobby(80, 12);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "민수야"));
    assert_eq!(screen.done(), []);
    screen.msg(Msg::Focus(false));
    screen.says(message(&lobby, 2, 2, "ann", 0, "hello"));
    assert_eq!(screen.done(), []);
    screen.says(message(&lobby, 3, 2, "ann", 0, "민수야!"));
    assert!(screen.done().contains(&Effect::Bell));
    screen.says(message(&direct(2), 1, 2, "ann", 0, "psst"));
    assert_eq!(screen.done(), [], "not so soon again");
    assert_eq!(screen.model.title, "(2) #lobby");
    screen.shows("@? 1");
    screen.msg(Msg::Focus(true));
    assert_eq!(screen.model.title, "(1) #lobby");
}

#[test]
fn a_conversation_shows_when_something_new_is_in_it() {
    let mut screen = Screen::lobby(80, 12);
    let whisper = screen.know_direct(2, "ann");
    screen.model.read.insert(whisper.clone(), at(1));
    screen.news(News::Entered {
        room: whisper.clone(),
        start: Start::Latest,
        welcome: None,
    });
    let missed = |n| News::Message {
        message: message(&whisper, n, 2, "ann", 0, "hi"),
        missed: true,
        local: None,
    };
    screen.news(missed(1));
    screen.hides("@ann");
    screen.news(missed(2));
    screen.shows("@ann 1");
}

#[test]
fn t10_a_terminal_that_draws_jamo_in_one_cell_keeps_the_columns_straight() {
    let mut screen = korean_room();
    screen.msg(Msg::Width(Probe::Jamo, 1));
    screen.shows(
        "›14:03        민수  네, 위치를 클라이언트가 갖고 있어서요 ㅋㅋㅋ                 지은",
    );
}

#[test]
fn t27_strangers_reach_the_screen_harmless_only() {
    let mut screen = Screen::lobby(100, 20);
    let lobby = room("lobby");
    let known = screen.session.rooms.get_mut(&lobby).unwrap();
    known.topic = Some(Topic {
        text: "a\u{1b}]0;x\u{7}\u{202e}b".to_owned(),
        nick: String::new(),
        time: 0,
    });
    known.members = vec![member(2, "e\u{1b}[31mvil\u{9b}")];
    screen.model.server = "x\u{1b}c".to_owned();
    screen.says(message(
        &lobby,
        1,
        2,
        "e\u{1b}vil",
        0,
        "t\u{1b}[2J\u{202e}x\r\ny\u{85}",
    ));
    screen.presence(&lobby, What::Joined, 3, "j\u{7f}");
    let (buffer, _) = screen.draw();
    for cell in buffer.content() {
        for c in cell.symbol().chars() {
            assert!(!c.is_control() && c != '\u{202e}', "{:?}", cell.symbol());
        }
    }
    screen.shows("t<U+001B>[2J<U+202E>x");
}

#[test]
fn t44_a_welcome_does_not_take_the_place_of_what_to_do() {
    let mut screen = Screen::new(80, 12, Language::English);
    let lobby = room("lobby");
    screen.session.rooms.entry(lobby.clone()).or_default();
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Latest,
        welcome: Some("Welcome to lobby, 민수.".to_owned()),
    });
    screen.news(News::CaughtUp {
        room: lobby,
        more: false,
    });
    screen.shows("nothing said here yet");
    screen.shows("Welcome to lobby, 민수.");
}
