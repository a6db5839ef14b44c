//! What is on the pictures: a busy room, an empty one, outages, the form, popups.

use std::time::Duration;

use chat_tui::key::Code;
use chat_tui::model::form::Form;
use chat_tui::model::words::Language;
use chat_tui::session::{Link, News, State, Stop};
use chat_tui::update::Msg;
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::event::{RoomInfo, Start, What};
use protocol::identity::Identity;
use protocol::position::Address;

use crate::support::{ME, Screen, at, direct, member, message, pending, room};

/// One screen worth looking at.
pub(crate) struct Scene {
    /// Its name in the names of files.
    pub(crate) name: &'static str,
    /// What it shows, for who cannot see it.
    pub(crate) title: &'static str,
    /// Makes it in so many columns and rows.
    pub(crate) set: fn((u16, u16)) -> Screen,
}

const fn scene(name: &'static str, title: &'static str, set: fn((u16, u16)) -> Screen) -> Scene {
    Scene { name, title, set }
}

/// All scenes.
pub(crate) const SCENES: &[Scene] = &[
    scene(
        "busy",
        "A busy Korean room in chat-tui: messages in columns, a code block, a line above the new messages, members at the right",
        busy,
    ),
    scene("empty", "A room in which nothing was said yet", empty),
    scene("no-room", "No room at all", no_room),
    scene(
        "disconnected",
        "A room during an outage, with texts that wait",
        disconnected,
    ),
    scene(
        "key-changed",
        "A server that shows another key",
        key_changed,
    ),
    scene(
        "first-run",
        "The first start of chat-tui: server, room and nick, and what is wrong with the nick at its field",
        first_run,
    ),
    scene("no-server", "The first start where no server is", no_server),
    scene("reading", "Reading further up", reading),
    scene("help", "The help", help),
    scene("rooms", "The list of rooms", rooms),
    scene("members", "The members over a room", members),
    scene("menu", "The menu under Tab", menu),
];

const LOCAL: &str = "ws://127.0.0.1:7878";

fn dev() -> Address {
    room("개발")
}

/// A room with members, a topic and other tabs beside it; nothing is said yet.
fn room_of(size: (u16, u16)) -> Screen {
    let mut screen = Screen::korean(size.0, size.1);
    for n in 1..=3 {
        screen.says(message(&room("잡담"), n, 3, "서연", 50, "점심?"));
    }
    screen.says(message(&direct(4), 1, 4, "지은", 50, "잠깐만요"));
    screen
}

fn busy(size: (u16, u16)) -> Screen {
    let mut screen = room_of(size);
    let dev = dev();
    talk(&mut screen);
    screen.msg(Msg::Focus(false));
    screen.says(message(
        &dev,
        6,
        4,
        "지은",
        71,
        "@민수야 482번 리뷰 반영했어. 다시 봐 줄래?",
    ));
    let mut reply = message(&dev, 7, 2, "도윤", 71, "저는 좋아요");
    reply.reply_to = Some(at(4));
    screen.says(reply);
    screen.msg(Msg::Focus(true));
    screen.says(message(&dev, 8, ME, "민수", 72, "지금 볼게요"));
    screen.session.pending = vec![pending(1, &dev, "테스트 돌려 보고 답할게요", State::Sent)];
    screen.types("네 10분만요, 그리고 changelog 초안도");
    screen.msg(Msg::Paste {
        text: "\n같이 올릴게요".to_owned(),
        cut: false,
    });
    screen
}

fn talk(screen: &mut Screen) {
    let dev = dev();
    screen.says(message(
        &dev,
        1,
        4,
        "지은",
        58,
        "어제 올린 PR 봐 주실 분? 재연결 쪽이에요\nhttps://git.example/chat/pull/482",
    ));
    screen.says(message(
        &dev,
        2,
        6,
        "jieun.k",
        62,
        "I'll take it. Does it keep order after a kill -9?",
    ));
    screen.says(message(
        &dev,
        3,
        ME,
        "민수",
        63,
        "네, 위치를 클라이언트가 갖고 있어서요 ㅋㅋㅋ\n```rust\njoin {\n  room: \"개발\",\n  after: (1, 4211),\n}\n```",
    ));
    for (who, nick) in [(3, "서연"), (2, "도윤"), (8, "a"), (9, "b"), (10, "c")] {
        screen.presence(&dev, What::Joined, who, nick);
    }
    screen.says(message(
        &dev,
        4,
        3,
        "서연",
        66,
        "회의 14:30으로 옮겨도 될까요?",
    ));
    screen.says(message(&dev, 5, 5, "Dr_Willis", 66, "fine with me 👍"));
}

fn empty(size: (u16, u16)) -> Screen {
    let mut screen = Screen::new(size.0, size.1, Language::Korean);
    let dev = dev();
    screen.msg(Msg::Focus(true));
    let known = screen.session.rooms.entry(dev.clone()).or_default();
    known.members = vec![member(ME, "민수")];
    known.count = 1;
    screen.news(News::Entered {
        room: dev.clone(),
        start: Start::Latest,
        welcome: Some("Welcome to 개발, 민수.".to_owned()),
    });
    screen.news(News::CaughtUp {
        room: dev,
        more: false,
    });
    screen
}

fn no_room(size: (u16, u16)) -> Screen {
    Screen::new(size.0, size.1, Language::English)
}

fn disconnected(size: (u16, u16)) -> Screen {
    let mut screen = room_of(size);
    let dev = dev();
    talk(&mut screen);
    screen.session.link = Link::Waiting {
        until: Duration::from_secs(107),
        reason: "the connection was lost".to_owned(),
    };
    screen.news(News::Link);
    let failed = State::Failed(Refusal::new(ErrorCode::BadText, "the text holds U+0007"));
    screen.session.pending = vec![
        pending(1, &dev, "이건 거절된 글이에요", failed),
        pending(2, &dev, "지금 볼게요", State::Waiting),
        pending(3, &dev, "연결되면 바로 나갑니다", State::Waiting),
    ];
    screen.types("쓰던 글은 그대로");
    screen
}

fn key_changed(size: (u16, u16)) -> Screen {
    let mut screen = room_of(size);
    talk(&mut screen);
    screen.session.link = Link::Stopped(Stop::KeyChanged {
        known: Identity::from_secret(&[2; 32]).public(),
        now: Identity::from_secret(&[3; 32]).public(),
    });
    screen.news(News::Link);
    screen
}

fn form(size: (u16, u16), room: &str, nick: &str) -> Screen {
    let mut screen = Screen::new(size.0, size.1, Language::Korean);
    screen.session.link = Link::Idle;
    screen.session.nick = None;
    screen.begin(Form::new((LOCAL, false), (room, false), (nick, false)));
    screen
}

fn first_run(size: (u16, u16)) -> Screen {
    let mut screen = form(size, "개발", "지은");
    let rooms = || {
        [("개발", 7), ("lobby", 12), ("rust", 3)]
            .map(|(name, members)| RoomInfo {
                room: room(name),
                topic: String::new(),
                members,
            })
            .to_vec()
    };
    let found = || Msg::Probed {
        server: LOCAL.to_owned(),
        result: Ok(rooms()),
    };
    screen.msg(found());
    screen.types("\n\n\n");
    let mut refusal = Refusal::new(ErrorCode::NickTaken, "taken");
    refusal.held_by = Some(HeldBy::Key);
    screen.session.link = Link::Refused(refusal);
    screen.news(News::Link);
    screen.msg(found());
    screen
}

fn no_server(size: (u16, u16)) -> Screen {
    let mut screen = form(size, "", "");
    screen.msg(Msg::Probed {
        server: LOCAL.to_owned(),
        result: Err("connection refused".to_owned()),
    });
    screen
}

fn reading(size: (u16, u16)) -> Screen {
    let mut screen = busy(size);
    screen.code(Code::PageUp);
    screen.says(message(&dev(), 9, 3, "서연", 72, "그럼 14:30에 봬요"));
    screen
}

fn help(size: (u16, u16)) -> Screen {
    let mut screen = busy(size);
    screen.code(Code::F(1));
    screen
}

fn rooms(size: (u16, u16)) -> Screen {
    let mut screen = room_of(size);
    talk(&mut screen);
    screen.line("/rooms");
    let rooms = [
        ("개발", 7, "0.9 릴리스 준비 ∙ 배포는 금요일 16시"),
        ("lobby", 12, ""),
        ("rust", 3, "borrow checker support group"),
        ("잡담", 41, "점심, 커피, 날씨"),
    ];
    screen.news(News::Rooms(
        rooms
            .map(|(name, members, topic)| RoomInfo {
                room: room(name),
                topic: topic.to_owned(),
                members,
            })
            .to_vec(),
    ));
    screen.code(Code::Down);
    screen
}

fn members(size: (u16, u16)) -> Screen {
    let mut screen = room_of(size);
    talk(&mut screen);
    screen.code(Code::F(2));
    screen
}

fn menu(size: (u16, u16)) -> Screen {
    let mut screen = room_of(size);
    talk(&mut screen);
    screen.types("/\t");
    screen
}
