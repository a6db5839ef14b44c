//! Finding: the search, the mentions, the way to another room.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::words::Language;
use chat_tui::session::{Command, Edge, Link, News, Wanted};
use chat_tui::update::Msg;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Message, RoomInfo};
use protocol::names::Nick;
use protocol::position::Address;
use protocol::search::SearchText;

use crate::support::{ME, Screen, at, direct, member, message, room};

/// A Korean screen in 개발, with a few words said there and in 잡담.
fn team(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::new(columns, rows, Language::Korean);
    screen.msg(Msg::Focus(true));
    let (dev, chat) = (room("개발"), room("잡담"));
    let members = [member(ME, "민수"), member(2, "지은"), member(3, "도윤")];
    screen.enter(&dev, &members);
    screen.enter(&chat, &[member(ME, "민수"), member(2, "지은")]);
    for (n, who, nick, text) in [
        (401, 2, "지은", "어제 올린 PR 봐 주실 분? 재연결 쪽이에요"),
        (402, 3, "도윤", "회의록은 위키에 올려 뒀습니다"),
        (
            403,
            2,
            "지은",
            "@민수야 리뷰 반영했어. 개발 서버에서 다시 봐 줄래?",
        ),
    ] {
        screen.says(message(&dev, n, who, nick, n - 390, text));
    }
    screen.says(message(&chat, 9, 2, "지은", 30, "점심 회의 겸 김밥 어때요"));
    screen.effects.clear();
    screen
}

fn wanted(room: Option<&str>, text: &str) -> Wanted {
    Wanted {
        room: room.map(|room| room.parse().unwrap()),
        text: SearchText::normalized(text).unwrap(),
    }
}

fn found(screen: &mut Screen, wanted: Wanted, messages: Vec<Message>, next: Option<u64>) {
    found_since(screen, wanted, messages, next, None);
}

fn found_since(
    screen: &mut Screen,
    wanted: Wanted,
    messages: Vec<Message>,
    next: Option<u64>,
    since: Option<u64>,
) {
    screen.news(News::Found {
        wanted,
        messages,
        next,
        since,
    });
}

#[test]
fn where_not_everything_is_kept_the_end_of_the_list_says_so() {
    let mut screen = team(80, 24);
    screen.press(Key::ctrl('f'));
    screen.types("ok");
    screen.code(Code::Enter);
    let first = earlier(12, 1, "OK");
    let since = Some(first.time);
    let wanted = wanted(Some("개발"), "ok");
    found_since(&mut screen, wanted.clone(), vec![first], Some(7), since);
    screen.shows("1개 찾음 ∙ 끝에서 Down 더 찾기");
    found_since(&mut screen, wanted, Vec::new(), None, since);
    screen.shows("11-20 13:00부터 1개 찾음 ∙ 그 전의 글은 다 남아 있지");
}

/// A message of some day before, said in 개발.
fn earlier(n: u64, days: u64, text: &str) -> Message {
    let mut message = message(&room("개발"), n, 2, "지은", 0, text);
    message.time -= days * 86_400_000;
    message
}

#[test]
fn t15_a_word_is_found_while_it_is_typed() {
    let mut screen = team(80, 24);
    screen.press(Key::ctrl('ㄹ'));
    screen.shows("개발 검색");
    screen.shows("찾을 말을 쓰세요");
    for typed in ["개ㅂ", "갭", "개바", "개발"] {
        screen.types(typed);
        screen.shows("13:13  지은  @민수야 리뷰 반영했어. 개발 서버에서");
        screen.hides("도윤  회의록은");
        screen.press(Key::ctrl('u'));
    }
    screen.types("회");
    screen.shows("  13:12  도윤  회의록은");
    screen.hides("김밥");
    screen.code(Code::Tab);
    screen.shows("  잡담  13:30  지은  점심 회의 겸 김밥 어때요");
    screen.shows("  개발  13:12  도윤  회의록은");
    assert_eq!(screen.commands(), [], "nobody was asked yet");
    screen.code(Code::Esc);
    screen.shows(" ›");
    assert_eq!(
        screen.model.tabs[0].draft.text(),
        "",
        "and nothing is written"
    );
}

#[test]
fn the_search_looks_so() {
    let mut screen = team(60, 16);
    screen.press(Key::ctrl('f'));
    screen.types("ok");
    screen.code(Code::Enter);
    assert_eq!(
        screen.commands(),
        [Command::Search {
            wanted: wanted(Some("개발"), "ok"),
            next: None
        }]
    );
    screen.shows("⋯ 찾는 중");
    let long = format!("{} ok, 그렇게 합시다", "앞에 긴 말이 있고 ".repeat(6));
    let hits = vec![earlier(380, 1, &long), earlier(12, 365, "OK")];
    found(&mut screen, wanted(Some("개발"), "ok"), hits, None);
    screen.check(&[
        "╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
        "  개발 검색",
        "",
        "  › ok",
        "  2개 찾음",
        "",
        "  11-20 13:00  지은  ⋯ 있고  ok, 그렇게 합시다",
        "   2025-11-21  지은  OK",
        "",
        "",
        "",
        "",
        "",
        "",
        "  Enter 가기   Up Down 고르기   Tab 모든 방   Esc 닫기",
        "╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
    ]);
    assert_eq!(screen.caret(), Some((6, 3)));
}

#[test]
fn t02_the_caret_is_in_the_field_of_the_search_and_of_the_switcher() {
    let mut screen = team(80, 24);
    screen.press(Key::ctrl('f'));
    screen.types("a한b글");
    assert_eq!(screen.caret(), Some((10, 3)));
    screen.code(Code::Left);
    assert_eq!(screen.caret(), Some((8, 3)));
    screen.code(Code::Backspace);
    screen.shows("› a한글");
    assert_eq!(screen.caret(), Some((7, 3)));
    screen.code(Code::Esc);
    screen.press(Key::ctrl('k'));
    screen.types("한");
    assert_eq!(screen.caret(), Some((6, 3)));
}

#[test]
fn t05_the_last_syllable_of_a_search_after_enter() {
    let mut screen = team(80, 24);
    screen.press(Key::ctrl('f'));
    screen.types("회의\n록");
    assert_eq!(screen.commands(), []);
    screen.wait(Duration::from_millis(50));
    let search = |text: &str| Command::Search {
        wanted: wanted(Some("개발"), text),
        next: None,
    };
    assert_eq!(screen.commands(), [search("회의록")]);
    screen.code(Code::Esc);
    screen.press(Key::ctrl('k'));
    screen.types("잡\n담");
    assert_eq!(screen.model.active, 0);
    screen.wait(Duration::from_millis(50));
    assert_eq!(screen.model.active, 1);
}

#[test]
fn older_hits_come_at_the_end_of_the_list() {
    let mut screen = team(80, 24);
    screen.line("/search 배포");
    let all = wanted(Some("개발"), "배포");
    let next = |next| Command::Search {
        wanted: wanted(Some("개발"), "배포"),
        next,
    };
    assert_eq!(screen.commands(), [next(None)]);
    let page = |from: u64, to: u64| -> Vec<Message> {
        let hits = (from..=to)
            .rev()
            .map(|n| earlier(n, 400 - n, &format!("배포 {n}")));
        hits.collect()
    };
    found(&mut screen, all.clone(), page(301, 320), Some(7));
    screen.shows("20개 찾음 ∙ 끝에서 Down 더 찾기");
    screen.shows("배포 320");
    for _ in 0..20 {
        screen.code(Code::Down);
    }
    screen.shows("배포 301");
    assert_eq!(screen.commands(), [next(Some(7))]);
    screen.shows("20개 찾음 ⋯ 더 찾는 중");
    screen.code(Code::Down);
    assert_eq!(screen.commands(), [], "asked once at a time");
    found(&mut screen, all.clone(), page(300, 300), Some(3));
    screen.shows("21개 찾음 ∙ 끝에서");
    screen.hides("배포 300");
    screen.code(Code::Down);
    screen.code(Code::Down);
    assert_eq!(screen.commands(), [next(Some(3))]);
    found(&mut screen, all, Vec::new(), None);
    screen.shows("21개 찾음");
    screen.hides("더 찾");
}

#[test]
fn t44_a_search_that_finds_nothing_or_fails_says_what_to_do() {
    let mut screen = team(80, 24);
    screen.line("/search zzz");
    found(&mut screen, wanted(Some("개발"), "zzz"), Vec::new(), None);
    screen.shows("개발에서 찾지 못했습니다 ∙ Tab 모든 방에서 찾기, 또는 더 짧은 말로");
    screen.effects.clear();
    screen.code(Code::Tab);
    assert_eq!(
        screen.commands(),
        [Command::Search {
            wanted: wanted(None, "zzz"),
            next: None
        }]
    );
    found(&mut screen, wanted(None, "zzz"), Vec::new(), None);
    screen.shows("∙ Ctrl+K 다른");
    screen.types("z");
    screen.code(Code::Enter);
    let command = screen.commands().remove(0);
    screen.news(News::Refused {
        command,
        refusal: Refusal::new(ErrorCode::Unavailable, "the index is being built"),
    });
    screen.shows("! 찾지 못했습니다: 지금은 할 수 없습니다. 조금 뒤에 다시 하세요 ∙ Enter 다시");
    screen.code(Code::Enter);
    assert_eq!(screen.commands().len(), 1);
    screen.press(Key::ctrl('u'));
    screen.types("??");
    screen.code(Code::Enter);
    screen.shows("! 찾을 말이");
    assert_eq!(screen.commands(), []);
    let mut failing = Screen::lobby(80, 24);
    failing.press(Key::alt('m'));
    let command = failing.commands().remove(0);
    failing.news(News::Refused {
        command,
        refusal: Refusal::new(ErrorCode::Unavailable, "not now"),
    });
    failing.shows("! older ones could not be looked for: not now ∙ /mentions tries again");
    let mut empty = Screen::lobby(80, 24);
    empty.line("/mentions");
    found(&mut empty, wanted(None, "민수"), Vec::new(), None);
    empty.shows("nobody mentioned 민수 yet ∙ Esc closes");
    empty.code(Code::Esc);
    empty.press(Key::alt('a'));
    empty.shows("nothing new in other rooms");
    empty.press(Key::alt('/'));
    empty.shows("no other room was shown yet ∙ Ctrl+K goes to one");
    empty.press(Key::ctrl('k'));
    empty.types("@zzz");
    empty.shows("nothing of that name ∙ Ctrl+U clears it");
}

#[test]
fn the_search_comes_back_with_what_was_looked_for() {
    let mut screen = team(80, 24);
    screen.line("/search 리뷰");
    found(&mut screen, wanted(Some("개발"), "리뷰"), Vec::new(), None);
    screen.code(Code::Enter);
    screen.hides("개발 검색");
    screen.press(Key::ctrl('f'));
    screen.shows("› 리뷰");
    screen.shows("13:13  지은  @민수야 리뷰");
    screen.types("김밥");
    screen.shows("› 김밥");
    screen.hides("리뷰");
    screen.code(Code::Esc);
    // In another room it looks there.
    screen.press(Key::alt('2'));
    screen.press(Key::ctrl('f'));
    screen.shows("잡담 검색");
    screen.shows("점심 회의 겸 김밥");
    screen.msg(Msg::Paste {
        text: " 점심\n회의 ".to_owned(),
        cut: false,
    });
    screen.shows("점심 회의");
    assert_eq!(screen.model.tabs[1].draft.text(), "");
}

#[test]
fn t14_mentions_of_all_rooms_are_in_one_list() {
    let mut screen = team(80, 24);
    let chat = room("잡담");
    screen.says(message(&chat, 10, 2, "지은", 40, "민수님, 김밥 드실래요?"));
    screen.says(message(&chat, 11, 2, "지은", 41, "김민수 말고요"));
    screen.press(Key::alt('ㅡ'));
    assert_eq!(
        screen.commands(),
        [Command::Search {
            wanted: wanted(None, "민수"),
            next: None
        }]
    );
    let before = [
        earlier(77, 30, "민수가 고쳤어요"),
        earlier(76, 31, "김민수 씨 오셨어요"),
        message(&chat, 10, 2, "지은", 40, "민수님, 김밥 드실래요?"),
    ];
    found(&mut screen, wanted(None, "민수"), before.to_vec(), None);
    screen.shows("나를 부른 글");
    screen.shows("3개 찾음");
    screen.shows("  잡담        13:40  지은  민수님, 김밥 드실래요?");
    screen.shows("  개발        13:13  지은  @민수야 리뷰 반영했어.");
    screen.shows("  개발  10-22 13:00  지은  민수가 고쳤어요");
    screen.hides("김민수");
    screen.code(Code::Down);
    screen.code(Code::Enter);
    screen.hides("나를 부른 글");
    screen.shows("▸13:13        지은  @민수야 리뷰");
    screen.code(Code::Esc);
    screen.press(Key::alt('m'));
    screen.effects.clear();
    screen.code(Code::Enter);
    assert_eq!(
        screen.model.active, 1,
        "the newest one is in the other room"
    );
    screen.news(News::Forked {
        room: chat,
        kept: None,
    });
    screen.press(Key::alt('m'));
    screen.shows("  개발        13:13");
    screen.hides("김밥");
}

#[test]
fn t14_a_longer_name_mentions_only_where_it_is_set() {
    let mut screen = team(80, 24);
    let dev = room("개발");
    screen.says(message(&dev, 404, 2, "지은", 50, "김민수 씨가 그랬어요"));
    screen.hides("▸13:50");
    screen.model.mention_words = vec!["김민수".to_owned()];
    screen.says(message(&dev, 405, 2, "지은", 51, "김민수님 계세요?"));
    screen.shows("▸13:51");
    screen.press(Key::alt('m'));
    screen.shows("김민수님 계세요?");
    screen.hides("그랬어요");
}

fn listed(name: &str, members: usize, topic: &str) -> RoomInfo {
    RoomInfo {
        room: room(name),
        topic: topic.to_owned(),
        members,
    }
}

#[test]
fn t15_the_switcher_finds_rooms_and_people_by_a_few_letters() {
    let mut screen = team(80, 24);
    screen.press(Key::ctrl('ㅏ'));
    assert_eq!(screen.commands(), [Command::Rooms]);
    screen.news(News::Rooms(vec![
        listed("개발", 3, ""),
        listed("게시판", 12, "공지와 질문"),
        listed("rust", 4, ""),
    ]));
    let rows = |screen: &Screen| -> Vec<String> {
        let rows = screen.rows().into_iter().skip(5).take(6);
        rows.filter(|row| row.starts_with("  ") && !row.trim().is_empty())
            .collect()
    };
    assert_eq!(
        rows(&screen),
        [
            "  잡담                              새 글 1",
            "  개발",
            "  게시판                            12명  공지와 질문",
            "  rust                              4명",
            "  @지은                             둘이 대화",
            "  @도윤                             둘이 대화",
        ],
        "what is new first, the room that is shown last of the open ones"
    );
    for (typed, first) in [
        ("ㄱㅂ", "개발"),
        ("개ㅂ", "개발"),
        ("갭", "개발"),
        ("ㅈㄷ", "잡담"),
        ("ㄱㅅㅍ", "게시판"),
        ("rs", "rust"),
        ("ㄷㅇ", "@도윤"),
        ("@ㅈ", "@지은"),
        ("#ㅈ", "잡담"),
    ] {
        screen.types(typed);
        let rows = rows(&screen);
        assert_eq!(rows[0].split_whitespace().next(), Some(first), "{typed}");
        screen.press(Key::ctrl('u'));
    }
    screen.types("게시");
    screen.code(Code::Enter);
    screen.wait(Duration::from_millis(50));
    let join = |name: &str| Command::Join {
        room: room(name),
        last: 50,
    };
    assert_eq!(screen.commands(), [join("게시판")]);
    screen.press(Key::ctrl('k'));
    screen.effects.clear();
    screen.types("도윤");
    screen.code(Code::Enter);
    screen.wait(Duration::from_millis(50));
    assert_eq!(
        screen.commands(),
        [Command::Whisper {
            nick: Nick::normalized("도윤").unwrap(),
            text: None
        }]
    );
    screen.press(Key::ctrl('k'));
    screen.effects.clear();
    screen.types("New-Room");
    screen.shows("new-room                          새 방");
    screen.code(Code::Enter);
    assert_eq!(screen.commands(), [join("new-room")]);
}

#[test]
fn the_next_room_with_something_new_is_one_that_calls() {
    let mut screen = Screen::lobby(80, 12);
    for name in ["rust", "go", "zig"] {
        screen.enter(&room(name), &[]);
    }
    let talk = direct(2);
    screen.enter(&talk, &[]);
    screen.says(message(&room("rust"), 1, 2, "ann", 0, "in rust"));
    screen.says(message(&room("zig"), 1, 2, "ann", 0, "민수야 zig"));
    screen.shows(" lobby   rust 1   go   zig 1");
    screen.press(Key::ctrl('k'));
    let names = |screen: &Screen| -> Vec<String> {
        let rows = screen.rows().into_iter().skip(5);
        rows.filter_map(|row| row.split_whitespace().next().map(str::to_owned))
            .take(3)
            .collect()
    };
    assert_eq!(names(&screen), ["zig", "rust", "go"]);
    screen.code(Code::Esc);
    let next = |screen: &mut Screen| {
        screen.press(Key::alt('ㅁ'));
        screen.model.tabs[screen.model.active].name()
    };
    assert_eq!(next(&mut screen), "zig", "who is called goes there first");
    assert_eq!(next(&mut screen), "rust");
    assert_eq!(next(&mut screen), "rust");
    screen.shows("nothing new in other rooms");
    screen.press(Key::alt('/'));
    assert_eq!(screen.model.tabs[screen.model.active].name(), "zig");
    screen.press(Key::alt('/'));
    assert_eq!(screen.model.tabs[screen.model.active].name(), "rust");
    screen.says(message(&talk, 1, 2, "ann", 0, "psst"));
    screen.says(message(&room("go"), 1, 2, "ann", 0, "in go"));
    assert!(
        next(&mut screen).starts_with('@'),
        "a conversation calls, too"
    );
    assert_eq!(next(&mut screen), "go");
}

#[test]
fn a_popup_over_a_lost_connection_finds_what_is_here() {
    let mut screen = team(80, 24);
    screen.session.link = Link::Idle;
    screen.news(News::Link);
    screen.press(Key::ctrl('k'));
    assert_eq!(screen.commands(), []);
    screen.types("ㅈㄷ");
    screen.shows("잡담");
    screen.code(Code::Esc);
    screen.press(Key::ctrl('f'));
    screen.types("리뷰");
    screen.code(Code::Down);
    screen.code(Code::Enter);
    screen.hides("개발 검색");
    screen.shows("@민수야 리뷰");
    assert_eq!(screen.commands(), []);
    let far = earlier(5, 100, "옛날 리뷰");
    found(&mut screen, wanted(Some("개발"), "리뷰"), vec![far], None);
    screen.hides("옛날");
}

#[test]
fn a_hit_in_a_room_that_is_not_open_enters_it() {
    let mut screen = Screen::lobby(80, 14);
    let rust: Address = room("rust");
    screen.press(Key::ctrl('f'));
    screen.types("borrow");
    screen.code(Code::Tab);
    screen.code(Code::Enter);
    screen.effects.clear();
    let hit = message(&rust, 3, 2, "ann", 0, "borrow checker");
    found(&mut screen, wanted(None, "borrow"), vec![hit.clone()], None);
    screen.code(Code::Enter);
    let join = Command::Join {
        room: rust.clone(),
        last: 50,
    };
    assert_eq!(screen.commands(), [join]);
    screen.shows("⋯ fetching the messages around it");
    screen.enter(&rust, &[]);
    let page = |edge| Command::Page {
        room: room("rust"),
        edge,
    };
    assert_eq!(screen.commands(), [page(Edge::Before(at(4)))]);
    screen.news(News::Page {
        room: rust.clone(),
        edge: Edge::Before(at(4)),
        messages: vec![message(&rust, 2, 2, "ann", 0, "before"), hit],
        more: false,
    });
    assert_eq!(screen.commands(), [page(Edge::After(at(3)))]);
    screen.shows("borrow checker");
    screen.news(News::Page {
        room: rust.clone(),
        edge: Edge::After(at(3)),
        messages: vec![message(&rust, 4, 2, "ann", 0, "after")],
        more: false,
    });
    screen.shows("lobby   rust");
    screen.shows("borrow checker");
    screen.shows("after");
    assert!(
        screen.model.tabs[1].past.is_none(),
        "it reaches the end of the room"
    );
}

#[test]
fn t33_tab_completes_emoji_by_their_names() {
    let mut screen = Screen::lobby(60, 16);
    screen.types("좋네요 :tada\t");
    assert_eq!(screen.model.tabs[0].draft.text(), "좋네요 🎉 ");
    screen.press(Key::ctrl('u'));
    screen.types(":축\t");
    assert_eq!(screen.model.tabs[0].draft.text(), "🎉 ");
    screen.press(Key::ctrl('u'));
    screen.types(":heart\t");
    screen.shows("   ❤️  :heart:");
    screen.shows("   😻  :heart_eyes_cat:");
    screen.shows("   Tab next ∙ Enter takes it ∙ Esc back");
    screen.code(Code::Esc);
    assert_eq!(screen.model.tabs[0].draft.text(), ":heart");
    screen.types(":\t");
    assert_eq!(screen.model.tabs[0].draft.text(), "❤️ ");
    screen.press(Key::ctrl('u'));
    screen.types("a :) \t");
    screen.types(":)\t");
    screen.shows("nothing begins with :)");
}

#[test]
fn t15_completion_knows_syllables_in_the_making() {
    let mut screen = Screen::lobby(60, 16);
    let known = screen.session.rooms.get_mut(&room("lobby")).unwrap();
    known.members = vec![member(ME, "민수"), member(2, "지은"), member(3, "김개발")];
    for (typed, nick) in [
        ("@ㅈㅇ", "@지은 "),
        ("ㄱㄱㅂ", "김개발 "),
        ("김갭", "김개발 "),
    ] {
        screen.types(typed);
        screen.code(Code::Tab);
        assert_eq!(screen.model.tabs[0].draft.text(), nick);
        screen.press(Key::ctrl('u'));
    }
}
