//! Whatever comes in whatever order, the screen stands.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::form::Form;
use chat_tui::model::words::Language;
use chat_tui::session::{Link, News, State};
use chat_tui::text::cells::Probe;
use chat_tui::text::links::unlinked;
use chat_tui::update::Msg;
use proptest::prelude::*;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Start, What};

use crate::support::{ME, Screen, direct, member, message, pending, room};

#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    Type(String),
    Paste(String),
    Resize(u16, u16),
    Wheel(bool, u16, u16),
    Click(u16, u16),
    Focus(bool),
    Width(usize, u16),
    Message {
        room: usize,
        n: u64,
        who: u8,
        missed: bool,
        text: String,
    },
    Older {
        room: usize,
        to: u64,
        more: bool,
    },
    Presence {
        room: usize,
        who: u8,
        left: bool,
    },
    Enter {
        room: usize,
        forked: bool,
    },
    CaughtUp(usize),
    Depart(usize),
    Fork(usize),
    Link(u8),
    Pending(u8),
    Form,
    Wait(u64),
}

fn keys() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        Just(Code::Enter),
        Just(Code::Tab),
        Just(Code::Backspace),
        Just(Code::Esc),
        Just(Code::Left),
        Just(Code::Right),
        Just(Code::Up),
        Just(Code::Down),
        Just(Code::Home),
        Just(Code::End),
        Just(Code::PageUp),
        Just(Code::PageDown),
        Just(Code::Delete),
        (1..7_u8).prop_map(Code::F),
        prop::char::range(' ', '~').prop_map(Code::Char),
        prop::char::range('ㄱ', 'ㅣ').prop_map(Code::Char),
        prop::char::range('가', '힣').prop_map(Code::Char),
    ];
    (code, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(code, ctrl, alt, shift)| Key {
        code,
        ctrl: ctrl && alt != shift,
        alt: alt && !shift,
        shift: shift && !matches!(code, Code::Char(_)),
    })
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => keys().prop_map(Step::Key),
        3 => "[/@#]?(join|w|민|ㅁ|[a-z한 ]){0,3}".prop_map(Step::Type),
        1 => "\\PC{0,40}".prop_map(Step::Paste),
        1 => (0..140_u16, 0..40_u16).prop_map(|(x, y)| Step::Resize(x, y)),
        2 => (any::<bool>(), 0..140_u16, 0..40_u16).prop_map(|(up, x, y)| Step::Wheel(up, x, y)),
        2 => (0..140_u16, 0..40_u16).prop_map(|(x, y)| Step::Click(x, y)),
        1 => any::<bool>().prop_map(Step::Focus),
        1 => (0..8_usize, 0..10_u16).prop_map(|(probe, columns)| Step::Width(probe, columns)),
        6 => (0..4_usize, 0..60_u64, 1..4_u8, any::<bool>(), "(\\PC|\n|\n```\n|한글 |https://a\\.b/c ){0,60}")
            .prop_map(|(room, n, who, missed, text)| Step::Message { room, n, who, missed, text }),
        2 => (0..4_usize, 0..40_u64, any::<bool>()).prop_map(|(room, to, more)| Step::Older { room, to, more }),
        2 => (0..4_usize, 1..9_u8, any::<bool>()).prop_map(|(room, who, left)| Step::Presence { room, who, left }),
        2 => (0..4_usize, any::<bool>()).prop_map(|(room, forked)| Step::Enter { room, forked }),
        2 => (0..4_usize).prop_map(Step::CaughtUp),
        1 => (0..4_usize).prop_map(Step::Depart),
        1 => (0..4_usize).prop_map(Step::Fork),
        2 => (0..5_u8).prop_map(Step::Link),
        1 => (0..5_u8).prop_map(Step::Pending),
        1 => Just(Step::Form),
        1 => (0..60_000_u64).prop_map(Step::Wait),
    ]
}

fn link(screen: &mut Screen, state: u8) {
    let refusal = Refusal::new(ErrorCode::NickTaken, "taken");
    screen.session.link = match state {
        0 => Link::Online,
        1 => Link::Connecting,
        2 => Link::Waiting {
            until: screen.now.elapsed + Duration::from_millis(1500),
            reason: "gone".to_owned(),
        },
        3 => Link::Refused(refusal),
        _ => Link::Idle,
    };
    screen.news(News::Link);
}

fn perform(screen: &mut Screen, step: Step) {
    let rooms = [room("lobby"), room("개발"), direct(2), room("rust")];
    match step {
        Step::Key(key) => screen.press(key),
        Step::Type(text) => screen.types(&text),
        Step::Paste(text) => screen.msg(Msg::Paste { text, cut: false }),
        Step::Resize(columns, rows) => screen.msg(Msg::Resize { columns, rows }),
        Step::Wheel(up, x, y) => screen.msg(Msg::Wheel { up, at: (x, y) }),
        Step::Click(x, y) => screen.msg(Msg::Click { at: (x, y) }),
        Step::Focus(has) => screen.msg(Msg::Focus(has)),
        Step::Width(probe, columns) => screen.msg(Msg::Width(Probe::ALL[probe], columns)),
        Step::Message {
            room,
            n,
            who,
            missed,
            text,
        } => screen.news(News::Message {
            message: message(&rooms[room], n, who, "아무개", n, &text),
            missed,
            local: None,
        }),
        Step::Older { room, to, more } => screen.news(News::Older {
            room: rooms[room].clone(),
            messages: (0..to)
                .map(|n| message(&rooms[room], n, 2, "ann", n, "older"))
                .collect(),
            more,
        }),
        Step::Presence { room, who, left } => {
            let what = if left { What::Left } else { What::Joined };
            screen.presence(&rooms[room], what, who, &format!("n{who}"));
        }
        Step::Enter { room, forked } => screen.news(News::Entered {
            room: rooms[room].clone(),
            start: if forked {
                Start::Forked
            } else {
                Start::Resumed
            },
            welcome: Some("hi".to_owned()),
        }),
        Step::CaughtUp(room) => screen.news(News::CaughtUp {
            room: rooms[room].clone(),
            more: true,
        }),
        Step::Depart(room) => screen.news(News::Departed {
            room: rooms[room].clone(),
        }),
        Step::Fork(room) => screen.news(News::Forked {
            kept: None,
            room: rooms[room].clone(),
        }),
        Step::Link(state) => link(screen, state),
        Step::Pending(count) => {
            screen.session.pending = (0..count)
                .map(|n| pending(u64::from(n), &rooms[0], "보낼 글", State::Sent))
                .collect();
        }
        Step::Form => screen.begin(Form::new(("ws://a", false), ("room", false), ("me", false))),
        Step::Wait(time) => screen.wait(Duration::from_millis(time)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_the_caret_stays_on_the_screen(steps in prop::collection::vec(steps(), 1..60)) {
        let mut screen = Screen::new(60, 16, Language::Korean);
        screen.enter(&room("lobby"), &[member(ME, "민수"), member(2, "ann")]);
        for step in steps {
            perform(&mut screen, step);
            let (columns, rows) = screen.model.size;
            let (buffer, caret) = screen.draw();
            if let Some((x, y)) = caret {
                prop_assert!(x < columns && y < rows, "{x},{y} on {columns}x{rows}");
            }
            for cell in buffer.content() {
                prop_assert!(!unlinked(cell.symbol()).chars().any(char::is_control), "{:?}", cell.symbol());
            }
        }
    }
}
