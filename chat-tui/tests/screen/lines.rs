//! The chat read line by line: what is said, and what a line does.

use std::time::Duration;

use chat_tui::model::Focus;
use chat_tui::model::lines::{GATHER_WAIT, LINES_HELD_MAX, Lines};
use chat_tui::model::log::Hours;
use chat_tui::model::words::Language;
use chat_tui::session::{Command, Link, News, State};
use chat_tui::update::{BadLine, Effect, Msg};
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Change, Former, Kind, RoomInfo, Start, What};
use protocol::names::Nick;
use protocol::position::{Address, Position};

use crate::support::{ME, NOW_MS, Room, Screen, at, member, message, pending, person, room};

/// A reader in `lobby`, who has heard the day and where they are.
fn reader(language: Language) -> Screen {
    let mut screen = Screen::new(80, 24, language);
    screen.model.lines = Some(Box::new(Lines::new(0)));
    screen.model.focus = Focus::Unknown;
    screen.enter(
        &room("lobby"),
        &[member(ME, "민수"), member(2, "지은"), member(3, "도윤")],
    );
    screen.effects.clear();
    screen
}

impl Screen {
    /// What was said since the last look.
    fn said(&mut self) -> Vec<String> {
        let effects = self.done().into_iter();
        let said = effects.filter_map(|effect| {
            if let Effect::Say(line) = effect {
                Some(line)
            } else {
                None
            }
        });
        said.collect()
    }

    /// Types a line and gives what is said to it.
    fn typed(&mut self, text: &str) -> Vec<String> {
        self.effects.clear();
        self.msg(Msg::Line {
            number: 7,
            text: text.to_owned(),
        });
        self.said()
    }
}

/// The first thing said of a day has the day before it.
const DAY: &str = "2026년 11월 21일 토요일";

#[test]
fn t40_messages_are_whole_lines_with_words_for_what_others_see() {
    let mut screen = reader(Language::Korean);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "지은", 0, "점심 먹었어요?"));
    screen.says(message(&lobby, 2, 3, "도윤", 1, "민수야 회의\n세 시"));
    screen.says(Message::action(&lobby, 3, "손을 흔듭니다"));
    let mut answer = message(&lobby, 4, 2, "지은", 2, "네");
    answer.reply_to = Some(at(2));
    screen.says(answer);
    assert_eq!(
        screen.said(),
        [
            DAY,
            "13:00 지은: 점심 먹었어요?",
            "13:01 도윤, 나를 부름: 민수야 회의\n      세 시",
            "13:02 * 지은 손을 흔듭니다",
            "13:02 지은: > 도윤: 민수야 회의 세 시\n      네",
        ]
    );
    screen.model.hours = Hours::Half;
    screen.says(message(&lobby, 5, 2, "지은", 3, "끝"));
    assert_eq!(screen.said(), ["오후 1:03 지은: 끝"]);
}

/// Messages of other kinds.
struct Message;

impl Message {
    fn action(room: &Address, n: u64, text: &str) -> protocol::event::Message {
        protocol::event::Message {
            kind: Kind::Action,
            ..message(room, n, 2, "지은", 2, text)
        }
    }
}

#[test]
fn t40_nothing_of_others_reaches_the_terminal_raw() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    let hostile = "a\u{1b}[2J\u{7}\u{202e}b\u{9b}31m";
    screen.says(message(&lobby, 1, 2, hostile, 0, hostile));
    screen.presence(&lobby, What::Joined, 9, hostile);
    screen.wait(GATHER_WAIT);
    screen.news(News::Rooms(Vec::new()));
    screen.news(News::Link);
    let said = screen.said().join("\n");
    assert!(said.contains("<U+001B>"), "{said}");
    assert!(
        said.chars().all(|c| c == '\n' || !c.is_control()),
        "{said:?}"
    );
}

#[test]
fn t40_several_rooms_are_told_apart_and_a_conversation_by_its_nicks() {
    let mut screen = reader(Language::English);
    let (lobby, rust) = (room("lobby"), room("rust"));
    screen.enter(&rust, &[member(ME, "민수")]);
    assert_eq!(screen.said(), ["connected: in rust as 민수"]);
    screen.says(message(&lobby, 1, 2, "지은", 0, "hi"));
    screen.says(message(&rust, 1, 3, "도윤", 0, "hello"));
    let whisper = screen.enter_direct(2, "지은");
    screen.says(message(&whisper, 1, 2, "지은", 1, "psst"));
    screen.says(message(&whisper, 2, ME, "민수", 1, "yes?"));
    assert_eq!(
        screen.said(),
        [
            "Saturday, 21 November 2026",
            "13:00 #lobby 지은: hi",
            "13:00 #rust 도윤: hello",
            "13:01 @지은: psst",
            "13:01 @민수>지은: yes?",
        ]
    );
    assert_eq!(
        screen.typed("/room"),
        [
            "1 #lobby: you are here, 1 new",
            "2 #rust: 1 new",
            "3 @지은: 1 new",
        ]
    );
    assert_eq!(screen.typed("/next"), ["now in @지은; 1 new"]);
    assert_eq!(screen.typed("/room 2"), ["now in #rust; members 1; 1 new"]);
    assert_eq!(screen.typed("/back"), ["now in @지은"]);
    assert_eq!(screen.typed("/room lob"), ["now in #lobby; members 3"]);
    assert_eq!(
        screen.typed("/room 없는방"),
        [
            "line 7 refused: no open room is called 없는방; /join 없는방 enters it, /room lists those that are open"
        ]
    );
}

#[test]
fn t40_comings_and_goings_are_one_sentence() {
    let mut screen = reader(Language::Korean);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "지은", 0, "안녕"));
    screen.said();
    for (who, nick) in [(4, "서연"), (5, "하준"), (6, "가람"), (7, "나래")] {
        screen.presence(&lobby, What::Joined, who, nick);
    }
    // Who did not speak is not missed; who did is, and came back in time.
    screen.presence(&lobby, What::Left, 3, "도윤");
    screen.presence(&lobby, What::Reconnecting, 3, "도윤");
    screen.presence(&lobby, What::Reconnecting, 2, "지은");
    assert_eq!(screen.said(), <[&str; 0]>::default());
    screen.wait(GATHER_WAIT);
    assert_eq!(
        screen.said(),
        ["14:12 서연, 하준 외 2명 들어옴; 지은 다시 연결 중"]
    );
    screen.presence(&lobby, What::Reconnecting, 2, "지은");
    screen.presence(&lobby, What::Back, 2, "지은");
    screen.wait(GATHER_WAIT);
    assert_eq!(screen.said(), <[&str; 0]>::default());
    // What was gathered stands before what is said next.
    screen.presence(&lobby, What::Left, 2, "지은");
    screen.says(message(&lobby, 2, 4, "서연", 73, "앗"));
    assert_eq!(screen.said(), ["14:12 지은 나감", "14:13 서연: 앗"]);
    screen.news(News::Presence {
        room: lobby,
        change: Change {
            former: Some(Former {
                person: person(8),
                until: NOW_MS,
            }),
            what: What::Renamed,
            person: person(4),
            nick: "지은".to_owned(),
            was: Some("서연".to_owned()),
            guest: false,
        },
    });
    assert_eq!(
        screen.said(),
        ["14:12 서연이 이름을 지은으로 바꿈 (2026-11-21까지는 다른 사람이 쓰던 이름)"]
    );
}

#[test]
fn t40_an_outage_is_one_sentence_and_its_end_another() {
    let mut screen = reader(Language::English);
    for seconds in [1, 2, 4] {
        screen.session.link = Link::Waiting {
            until: Duration::from_secs(100 + seconds),
            reason: "nothing listens there".to_owned(),
        };
        screen.news(News::Link);
        screen.session.link = Link::Connecting;
        screen.news(News::Link);
    }
    assert_eq!(
        screen.said(),
        ["not connected: nothing listens there; trying again by itself, /retry tries now"]
    );
    assert_eq!(
        screen.typed("hello"),
        ["no connection: it is sent as soon as there is one"]
    );
    assert_eq!(
        screen.typed("/w 지은 psst"),
        ["line 7 refused: /w needs the connection; your text is kept"]
    );
    assert_eq!(
        screen.typed("/draft"),
        ["draft: /w 지은 psst; /send sends it, /add TEXT adds a line, /drop forgets it"]
    );
    screen.msg(Msg::Line {
        number: 8,
        text: "/retry".to_owned(),
    });
    assert!(screen.commands().contains(&Command::Connect));
    screen.session.link = Link::Online;
    screen.news(News::Link);
    screen.news(News::Entered {
        room: room("lobby"),
        start: Start::Resumed,
        welcome: None,
    });
    assert_eq!(screen.said(), ["connected again: in lobby as 민수"]);
    let missed = message(&room("lobby"), 1, 2, "지은", 5, "where are you?");
    screen.news(News::Message {
        message: missed,
        missed: true,
        local: None,
    });
    assert_eq!(
        screen.said(),
        ["Saturday, 21 November 2026", "13:05 지은: where are you?"]
    );
    screen.msg(Msg::Line {
        number: 9,
        text: "/send".to_owned(),
    });
    assert!(matches!(
        screen.commands().as_slice(),
        [Command::Whisper { text: Some(_), .. }]
    ));
    assert_eq!(
        screen.typed("/draft"),
        ["the draft is empty; /add TEXT begins one"]
    );
}

#[test]
fn t40_older_messages_go_on_before_what_was_said() {
    let mut screen = Screen::new(80, 24, Language::English);
    screen.model.lines = Some(Box::new(Lines::new(2)));
    let lobby = room("lobby");
    screen.session.rooms.insert(lobby.clone(), Room::default());
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Latest,
        welcome: Some("Be kind.".to_owned()),
    });
    for n in 21..=24 {
        screen.news(News::Message {
            message: message(&lobby, n, 2, "jin", n, &format!("m{n}")),
            missed: true,
            local: None,
        });
    }
    // What is said in the middle of it is said at once.
    screen.says(message(&lobby, 25, 2, "jin", 25, "live"));
    assert_eq!(
        screen.said(),
        [
            "connected: in lobby as 민수",
            "the server says: Be kind.",
            "now in #lobby; members 0",
            "Saturday, 21 November 2026",
            "13:25 jin: live",
        ]
    );
    screen.news(News::CaughtUp {
        room: lobby.clone(),
        more: true,
    });
    let of = |numbers: std::ops::RangeInclusive<u64>| {
        let lines = numbers.map(|n| format!("13:{n:02} jin: m{n}"));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(screen.said(), of(23..=24));
    screen.effects.clear();
    screen.msg(Msg::Line {
        number: 8,
        text: "/history 5".to_owned(),
    });
    let before = at(21);
    assert_eq!(
        screen.commands(),
        [Command::Older {
            room: lobby.clone(),
            before
        }]
    );
    let page = (1..=20).map(|n| message(&lobby, n, 2, "jin", n, &format!("m{n}")));
    screen.news(News::Older {
        room: lobby.clone(),
        messages: page.collect(),
        more: false,
    });
    assert_eq!(screen.said(), of(18..=22));
    assert_eq!(screen.typed("/history"), of(1..=17));
    assert_eq!(screen.typed("/history"), ["this is where the room begins"]);
    assert_eq!(screen.typed("/last 1"), ["13:25 jin: live"]);
    assert_eq!(
        screen.typed("/history many"),
        [
            "line 7 refused: /history [N]: says the N messages (else 20) before those that were said last time"
        ]
    );
}

#[test]
fn t40_a_fork_says_what_was_lost_and_what_came_instead() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    for n in 1..=3 {
        screen.says(message(&lobby, n, 2, "jin", n, &format!("old {n}")));
    }
    screen.said();
    screen.news(News::Forked {
        room: lobby.clone(),
        kept: Some(at(1)),
    });
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Forked,
        welcome: None,
    });
    for (era, n, text) in [(1, 1, "old 1"), (2, 2, "new 2"), (2, 3, "new 3")] {
        let mut message = message(&lobby, n, 2, "jin", n, text);
        message.position = Position::new(era, n);
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
    let said = screen.said();
    let [fork, again, here, new @ ..] = said.as_slice() else {
        panic!("{said:?}");
    };
    assert!(fork.starts_with("14:12 ") && fork.contains('2'), "{fork}");
    assert!(again.starts_with("connected"), "{again}");
    assert!(here.starts_with("now in #lobby"), "{here}");
    assert_eq!(new, ["13:02 jin: new 2", "13:03 jin: new 3"]);
}

#[test]
fn t40_what_was_not_seen_is_said_again() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "jin", 0, "one"));
    screen.says(message(&lobby, 2, 2, "jin", 1, "민수 two"));
    screen.said();
    assert_eq!(
        screen.typed("/unread"),
        ["13:00 jin: one", "13:01 jin mentions you: 민수 two"]
    );
    let status = screen.typed("/status").remove(0);
    assert_eq!(
        status,
        "now in #lobby; members 3; you are 민수; connected; notifications: mentions; waiting to be sent: 0; drafts: 0"
    );
}

#[test]
fn t40_answers_and_members_are_commands() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    screen.says(message(
        &lobby,
        1,
        2,
        "지은",
        0,
        "https://a.example/x에서 봐요",
    ));
    screen.says(message(&lobby, 2, 2, "지은", 1, "or http://b.example"));
    screen.effects.clear();
    let reply = |screen: &mut Screen, line: &str| {
        screen.effects.clear();
        screen.msg(Msg::Line {
            number: 7,
            text: line.to_owned(),
        });
        match screen.commands().as_slice() {
            [Command::Say { reply_to, text, .. }] => (*reply_to, text.as_str().to_owned()),
            others => panic!("{others:?}"),
        }
    };
    assert_eq!(
        reply(&mut screen, "/reply 지은 네"),
        (Some(at(2)), "네".to_owned())
    );
    assert_eq!(
        reply(&mut screen, "/reply 2 @지은 네 네"),
        (Some(at(1)), "네 네".to_owned())
    );
    assert_eq!(
        screen.typed("/reply nobody x"),
        ["line 7 refused: nobody said nothing here that /reply could answer"]
    );
    assert_eq!(
        screen.typed("/members"),
        ["members 3: 민수 (you), 지은, 도윤"]
    );
}

#[test]
fn t40_links_are_a_list_and_settings_are_told() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    screen.says(message(
        &lobby,
        1,
        2,
        "지은",
        0,
        "https://a.example/x에서 봐요",
    ));
    screen.says(message(&lobby, 2, 2, "지은", 1, "or http://b.example"));
    assert_eq!(
        screen.typed("/links"),
        [
            "1: https://a.example/x, by 지은",
            "2: http://b.example, by 지은"
        ]
    );
    screen.effects.clear();
    screen.msg(Msg::Line {
        number: 7,
        text: "/open 2".to_owned(),
    });
    assert!(
        screen
            .done()
            .contains(&Effect::Open("http://b.example".to_owned()))
    );
    assert_eq!(
        screen.typed("/open 3"),
        ["line 7 refused: there is no link 3; /links lists them"]
    );
    screen.model.desk.is_remote = true;
    assert_eq!(
        screen.typed("/open 1"),
        [
            "line 7 refused: this program runs on another machine and cannot open https://a.example/x for you"
        ]
    );
    assert_eq!(
        screen.typed("/settings"),
        [
            "server chat.example; language en; time 24h; mentions: 민수; settings are in config.toml, chat-tui config --print lists all"
        ]
    );
}

#[test]
fn t40_a_message_of_several_lines_is_written_in_the_draft() {
    let mut screen = reader(Language::English);
    assert_eq!(
        screen.typed("/add one"),
        ["lines in the draft: 1; /send sends it"]
    );
    screen.typed("/add two");
    // What is typed meanwhile is a message of its own.
    screen.effects.clear();
    screen.msg(Msg::Line {
        number: 7,
        text: "meanwhile".to_owned(),
    });
    assert_eq!(texts(&screen.commands()), ["meanwhile"]);
    screen.msg(Msg::Line {
        number: 8,
        text: "/send".to_owned(),
    });
    assert_eq!(texts(&screen.commands()), ["one\ntwo"]);
    screen.typed("/add three");
    assert_eq!(screen.typed("/drop"), ["the draft is forgotten"]);
    assert_eq!(
        screen.typed("/send"),
        ["line 7 refused: the draft is empty; /add TEXT begins one"]
    );
}

fn texts(commands: &[Command]) -> Vec<&str> {
    let texts = commands.iter().filter_map(|command| {
        if let Command::Say { text, .. } = command {
            Some(text.as_str())
        } else {
            None
        }
    });
    texts.collect()
}

#[test]
fn t40_a_failed_text_is_said_sent_again_or_taken_back() {
    let mut screen = reader(Language::Korean);
    let lobby = room("lobby");
    let refusal = Refusal {
        retry_after_ms: Some(2_000),
        ..Refusal::new(ErrorCode::RateLimited, "slower")
    };
    let failed = pending(4, &lobby, "안녕", State::Failed(refusal.clone()));
    let local = failed.local;
    screen.session.pending.push(failed);
    screen.news(News::Failed {
        room: lobby,
        local,
        refusal,
    });
    assert_eq!(
        screen.said(),
        [
            "#lobby에서 보내지 못함: 너무 빠릅니다. 2초 뒤에 다시 하세요. 보내려던 글: 안녕. /resend로 다시 보내고 /takeback으로 되찾습니다"
        ]
    );
    screen.msg(Msg::Line {
        number: 1,
        text: "/resend".to_owned(),
    });
    assert_eq!(screen.commands(), [Command::Again { local }]);
    screen.msg(Msg::Line {
        number: 2,
        text: "/takeback".to_owned(),
    });
    let done = screen.done();
    assert!(done.contains(&Effect::Session(Command::Discard { local })));
    assert!(
        done.iter().any(
            |effect| matches!(effect, Effect::Say(line) if line.starts_with("쓰던 글: 안녕;"))
        )
    );
}

#[test]
fn t40_arriving_lines_wait_while_one_writes() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    assert_eq!(
        screen.typed(""),
        ["arriving lines wait until your next line"]
    );
    screen.says(message(&lobby, 1, 2, "jin", 0, "one"));
    assert_eq!(screen.said(), <[&str; 0]>::default());
    assert_eq!(
        screen.typed("hello"),
        ["Saturday, 21 November 2026", "13:00 jin: one"]
    );
    screen.typed("/hold");
    for n in 0..=u64::try_from(LINES_HELD_MAX).unwrap() {
        assert_eq!(screen.said(), <[&str; 0]>::default(), "{n}");
        screen.says(message(&lobby, 2 + n, 2, "jin", 0, "x"));
    }
    assert_eq!(screen.said().len(), LINES_HELD_MAX + 1);
    screen.says(message(&lobby, 5_000, 2, "jin", 0, "x"));
    assert_eq!(screen.said().len(), 1, "nothing waits any more");
}

#[test]
fn t42_a_wrong_command_names_the_nearest_one_in_line_mode_too() {
    let mut screen = reader(Language::English);
    for (typed, nearest) in [
        ("/histroy", "/history"),
        ("/membres", "/members"),
        ("/jion", "/join"),
        ("/ㅗㅑㄴ새교", "/history"),
    ] {
        let said = screen.typed(typed);
        let bare = typed.trim_start_matches('/');
        if typed.is_ascii() {
            assert_eq!(
                said,
                [format!(
                    "line 7 refused: there is no command {typed}; did you mean {nearest}? (//{bare} says {typed})"
                )]
            );
        } else {
            assert_eq!(said, ["this is where the room begins"]);
        }
    }
    screen.msg(Msg::Line {
        number: 8,
        text: "/nope".to_owned(),
    });
    assert!(screen.done().contains(&Effect::LineRefused));
    assert!(screen.typed("//nope").is_empty());
    screen.msg(Msg::BadLine {
        number: 3,
        why: BadLine::NotUtf8,
    });
    assert_eq!(
        screen.said(),
        ["line 3 refused: the line is not UTF-8; set the terminal to it"]
    );
}

#[test]
fn t40_the_bell_rings_where_notifications_ask_for_it() {
    let mut screen = reader(Language::English);
    let (lobby, rust) = (room("lobby"), room("rust"));
    let rings = |screen: &mut Screen| screen.done().contains(&Effect::Bell);
    screen.says(message(&lobby, 1, 2, "jin", 0, "hello"));
    assert!(!rings(&mut screen));
    screen.says(message(&lobby, 2, 2, "jin", 0, "민수?"));
    assert!(rings(&mut screen), "nobody typed for long");
    screen.enter(&rust, &[]);
    screen.typed("/room rust");
    assert_eq!(screen.typed("/notify none"), ["rust; notifications: none"]);
    screen.typed("/room lobby");
    screen.says(message(&rust, 1, 2, "jin", 0, "민수?"));
    assert!(!rings(&mut screen));
    screen.typed("/room rust");
    screen.says(message(&lobby, 3, 2, "jin", 0, "민수?"));
    assert!(rings(&mut screen));
}

#[test]
fn t40_rooms_searches_and_mentions_are_lists_of_lines() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    screen.typed("/rooms");
    screen.news(News::Rooms(vec![
        RoomInfo {
            room: lobby.clone(),
            members: 3,
            topic: "release".to_owned(),
        },
        RoomInfo {
            room: room("rust"),
            members: 0,
            topic: String::new(),
        },
    ]));
    assert_eq!(screen.said(), ["lobby (3) release", "rust (0)"]);
    screen.effects.clear();
    screen.msg(Msg::Line {
        number: 7,
        text: "/search 회의".to_owned(),
    });
    let Some(Command::Search { wanted, next: None }) = screen.commands().pop() else {
        panic!("no search");
    };
    screen.news(News::Found {
        wanted: wanted.clone(),
        messages: vec![
            message(&lobby, 9, 2, "지은", 9, "회의 둘"),
            message(&lobby, 3, 2, "지은", 3, "회의 하나"),
        ],
        next: Some(3),
        since: Some(NOW_MS),
    });
    assert_eq!(
        screen.said(),
        [
            "2026-11-21 13:03 #lobby 지은: 회의 하나",
            "2026-11-21 13:09 #lobby 지은: 회의 둘",
            "the newest 2 found for 회의; /search alone goes on",
            "Of what was said before 14:12 the server does not keep everything.",
        ]
    );
    screen.effects.clear();
    screen.msg(Msg::Line {
        number: 7,
        text: "/search".to_owned(),
    });
    let next = Some(3);
    assert_eq!(screen.commands(), [Command::Search { wanted, next }]);
    screen.says(message(&lobby, 20, 2, "지은", 20, "민수야"));
    screen.session.link = Link::Connecting;
    assert_eq!(
        screen.typed("/mentions"),
        ["2026-11-21 13:20 #lobby 지은: 민수야"]
    );
}

#[test]
fn t40_a_whisper_does_not_lead_away_and_a_conversation_does() {
    let mut screen = reader(Language::English);
    let whisper = screen.know_direct(2, "지은");
    let opened = |screen: &mut Screen| {
        screen.news(News::Opened {
            room: whisper.clone(),
            person: person(2),
            nick: "지은".to_owned(),
        });
        screen.model.tab().unwrap().name()
    };
    screen.typed("/w 지은 psst");
    assert_eq!(opened(&mut screen), "lobby");
    screen.typed("/w 지은");
    assert_eq!(opened(&mut screen), "@지은");
    assert_eq!(screen.said(), ["now in @지은"]);
}

#[test]
fn t40_help_is_every_command_of_the_live_tables() {
    let mut screen = reader(Language::Korean);
    let help = screen.typed("/help");
    for command in [
        "/join",
        "/leave",
        "/rooms",
        "/search",
        "/mentions",
        "/notify",
        "/nick",
        "/w",
        "/me",
        "/topic",
        "/key",
        "/whois",
        "/help",
        "/quit",
        "/room",
        "/next",
        "/back",
        "/unread",
        "/last",
        "/history",
        "/members",
        "/reply",
        "/links",
        "/open",
        "/add",
        "/draft",
        "/send",
        "/drop",
        "/resend",
        "/takeback",
        "/hold",
        "/retry",
        "/status",
        "/settings",
    ] {
        let of_command = |line: &&String| {
            let rest = line.strip_prefix(command).unwrap_or_default();
            rest.starts_with(' ') || rest.starts_with(':')
        };
        assert_eq!(help.iter().filter(of_command).count(), 1, "{command}");
    }
    assert_eq!(help.len(), 35);
}

/// Nobody without a screen is sent to a key.
#[test]
fn t40_no_sentence_names_a_key_of_the_screen() {
    let mut screen = reader(Language::English);
    let lobby = room("lobby");
    refuse_everything(&mut screen, &lobby);
    screen.news(News::Withheld {
        command: Command::Whisper {
            nick: Nick::normalized("지은").unwrap(),
            text: None,
        },
        former: Former {
            person: person(2),
            until: NOW_MS,
        },
    });
    screen.news(News::Forked {
        room: lobby.clone(),
        kept: None,
    });
    screen.news(News::Gap {
        room: lobby.clone(),
        from: at(1),
        to: at(3),
    });
    screen.msg(Msg::NotOpened("no browser".to_owned()));
    screen.news(News::Departed { room: lobby });
    for line in [
        "/back",
        "/next",
        "/unread",
        "/links",
        "/resend",
        "/takeback",
        "/last",
        "hello",
        "/topic x",
        "/leave",
        "/room x",
        "/notify",
    ] {
        screen.msg(Msg::Line {
            number: 1,
            text: line.to_owned(),
        });
    }
    let said = screen.said();
    assert!(said.len() > 15, "{said:?}");
    for line in said {
        for key in [
            "Alt+",
            "Ctrl+",
            "F1",
            "PageUp",
            "Esc ",
            "Enter sends",
            "Enter tries",
        ] {
            assert!(!line.contains(key), "{line}");
        }
    }
}

/// The server refuses one of everything that can be asked for.
fn refuse_everything(screen: &mut Screen, lobby: &Address) {
    let refusal = Refusal::new(ErrorCode::Unavailable, "no");
    let nick = Nick::normalized("지은").unwrap();
    for command in [
        Command::Join {
            room: lobby.clone(),
            last: 1,
        },
        Command::Leave {
            room: lobby.clone(),
        },
        Command::Nick(nick.clone()),
        Command::Whisper {
            nick: nick.clone(),
            text: None,
        },
        Command::Rooms,
        Command::Older {
            room: lobby.clone(),
            before: Position::new(1, 1),
        },
        Command::Quit,
    ] {
        screen.news(News::Refused {
            command,
            refusal: refusal.clone(),
        });
    }
}
