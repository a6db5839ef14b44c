//! How the screen looks: edges, breakpoints, colours, popups, members, what an empty place says.

use chat_tui::key::{Code, Key};
use chat_tui::model::Colours;
use chat_tui::model::form::Form;
use chat_tui::model::words::{Language, SIGNS};
use chat_tui::session::{Link, News, Stop};
use chat_tui::text::hangul::is_hangul;
use chat_tui::text::links::unlinked;
use chat_tui::update::Msg;
use protocol::event::{Status, What};
use ratatui::style::{Color, Modifier};

use crate::pictures::scenes::SCENES;
use crate::support::{ME, Screen, member, message, room};

/// A background as a terminal reports it.
const GROUND: Msg = Msg::Background(23, 26, 33);

/// A room of `count` members, the person being among the last.
fn crowd(columns: u16, rows: u16, count: usize) -> Screen {
    let mut screen = Screen::lobby(columns, rows);
    let known = screen.session.rooms.get_mut(&room("lobby")).unwrap();
    known.members = (0..count).map(|n| member(2, &format!("n{n:04}"))).collect();
    known.count = count;
    screen
}

#[test]
fn t11_nothing_that_is_drawn_is_of_a_width_that_a_terminal_doubts() {
    // What people say is theirs.
    const SAID: char = '👍';
    for scene in SCENES {
        for size in [(120, 40), (60, 20), (20, 6)] {
            for language in [Language::English, Language::Korean] {
                let mut screen = (scene.set)(size);
                screen.model.language = language;
                let (buffer, _) = screen.draw();
                for c in buffer
                    .content()
                    .iter()
                    .flat_map(|cell| unlinked(cell.symbol()).chars())
                {
                    let plain = c.is_ascii_graphic() || c == ' ' || is_hangul(c);
                    let known = plain || SIGNS.contains(&c) || c == SAID;
                    assert!(known, "{c:?} in {} {language:?}", scene.name);
                }
            }
        }
    }
}

#[test]
fn t19_the_work_for_five_thousand_members_is_that_of_the_rows_that_are_seen() {
    const ROWS: u16 = 28;
    let mut screen = crowd(100, ROWS, 5_000);
    let asked = |screen: &Screen| {
        screen.session.members_asked.set(0);
        screen.draw();
        screen.session.members_asked.get()
    };
    screen.shows("members 5,000");
    screen.shows("민수  you");
    screen.shows("n0017");
    screen.hides("n0022");
    screen.shows("more");
    assert!((10..=usize::from(ROWS)).contains(&asked(&screen)));
    // Below a width of 100 there is no column, and nothing is asked for; a key shows the list.
    screen.msg(Msg::Resize {
        columns: 99,
        rows: ROWS,
    });
    assert_eq!(asked(&screen), 0);
    screen.hides("5,000");
    screen.code(Code::F(2));
    screen.shows("lobby ∙ members 5,000");
    assert!((10..=usize::from(ROWS)).contains(&asked(&screen)));
    for _ in 0..600 {
        screen.code(Code::PageDown);
    }
    screen.shows("n4999");
    screen.session.members_asked.set(0);
    screen.code(Code::PageUp);
    assert!(screen.session.members_asked.get() <= usize::from(ROWS));
    assert!((10..=usize::from(ROWS)).contains(&asked(&screen)));
    screen.code(Code::Esc);
    screen.hides("n4999");
}

#[test]
fn t19_members_that_come_and_go_do_not_move_the_messages() {
    let mut screen = crowd(100, 28, 300);
    let lobby = room("lobby");
    for n in 1..=60 {
        screen.says(message(&lobby, n, 2, "ann", n, &format!("message {n}")));
    }
    screen.code(Code::PageUp);
    let log = |screen: &Screen| {
        let rows = screen.rows();
        let texts = rows.iter().map(|row| row.chars().take(76).collect());
        texts.take(24).collect::<Vec<String>>()
    };
    let before = log(&screen);
    assert!(
        before.iter().any(|row| row.contains("message 20")),
        "{before:?}"
    );
    let known = screen.session.rooms.get_mut(&lobby).unwrap();
    known.members.drain(..5);
    known.members[0].status = Status::Reconnecting;
    known.count = known.members.len();
    screen.presence(&lobby, What::Left, 2, "n0000");
    screen.shows("members 295");
    screen.shows("n0005  reconnecting");
    assert_eq!(log(&screen), before);
}

#[test]
fn t20_without_colours_every_meaning_has_a_sign() {
    for scene in SCENES {
        let mut screen = (scene.set)((100, 28));
        screen.model.colours = Colours::None;
        screen.msg(GROUND);
        let (buffer, _) = screen.draw();
        for cell in buffer.content() {
            let is_reset = |colour: Color| colour == Color::Reset;
            assert!(is_reset(cell.fg) && is_reset(cell.bg), "{}", scene.name);
        }
    }
    let scene = |name: &str| {
        let scene = SCENES.iter().find(|scene| scene.name == name).unwrap();
        let mut screen = (scene.set)((100, 28));
        screen.model.colours = Colours::None;
        screen
    };
    let busy = scene("busy");
    for sign in ["›14:12        민수", "▸14:11        지은", "⋯ 보내는 중"] {
        busy.shows(sign);
    }
    scene("disconnected").shows("!14:12        민수");
    // The chosen row is the only one in reverse, from end to end.
    let (buffer, _) = scene("rooms").draw();
    let reversed = |y: u16| {
        let cells = (0..100).filter(|x| buffer[(*x, y)].modifier.contains(Modifier::REVERSED));
        cells.count()
    };
    let rows: Vec<usize> = (0..28).map(reversed).filter(|count| *count > 0).collect();
    assert_eq!(rows, [74]);
}

#[test]
fn t20_a_nick_has_the_same_colour_in_the_log_and_among_the_members() {
    let mut screen = (SCENES[0].set)((100, 28));
    screen.model.colours = Colours::True;
    screen.msg(GROUND);
    let (buffer, _) = screen.draw();
    let places = |symbol: &str| {
        let cells = (0..28).flat_map(|y| (0..100).map(move |x| (x, y)));
        let found = cells.filter(|at| buffer[*at].symbol() == symbol);
        found.map(|at| buffer[at].fg).collect::<Vec<_>>()
    };
    // 윤 stands in no text: once in the log, once in the list; and in who came in, which is dim.
    let mut colours = places("윤");
    colours.sort_by_key(|colour| format!("{colour:?}"));
    colours.dedup();
    assert_eq!(colours.len(), 2, "{colours:?}");
    assert!(
        colours
            .iter()
            .all(|colour| matches!(colour, Color::Rgb(..)))
    );
}

#[test]
fn the_main_screen_changes_at_its_breakpoints() {
    let row = |columns: u16| {
        let mut screen = Screen::new(columns, 20, Language::Korean);
        screen.enter(&room("개발"), &[member(ME, "민수"), member(2, "지은")]);
        screen.says(message(&room("개발"), 1, 2, "지은", 0, "안녕"));
        screen
    };
    let wide = row(100);
    wide.shows(" 13:00        지은  안녕");
    let rows = wide.rows();
    let title = rows.iter().find(|row| row.ends_with("멤버 2")).unwrap();
    let before = title.strip_suffix("멤버 2").unwrap();
    // The day line is above the title's row or in it; in columns the title begins at 78.
    assert_eq!(wide.model.widths.width(before), 78);
    let middle = row(99);
    middle.shows(" 13:00        지은  안녕");
    middle.hides("멤버 2");
    middle.shows("F2 멤버");
    row(80).shows(" 13:00        지은  안녕");
    let narrow = row(79);
    narrow.shows(" 지은  13:00");
    narrow.shows("\n  안녕");
}

#[test]
fn popups_stand_off_by_their_background_or_by_edges() {
    let mut screen = (SCENES
        .iter()
        .find(|scene| scene.name == "rooms")
        .unwrap()
        .set)((100, 28));
    screen.shows("╌╌╌╌");
    screen.msg(GROUND);
    screen.hides("╌╌╌╌");
    let (buffer, _) = screen.draw();
    let is_raised = |x: u16, y: u16| buffer[(x, y)].bg != Color::Reset;
    // 76 columns in the middle, four rooms in ten rows, a row of padding at each end.
    let rows = (0..25).filter(|y| is_raised(12, *y)).collect::<Vec<u16>>();
    assert_eq!(
        (rows.len(), is_raised(11, rows[0]), is_raised(87, rows[0])),
        (10, false, true)
    );
    for y in [rows[0], rows[9]] {
        assert!((12..88).all(|x| buffer[(x, y)].symbol() == " "), "padding");
    }
    for y in rows {
        let padding = [12, 13, 86, 87].map(|x| buffer[(x, y)].symbol());
        assert_eq!(padding, [" "; 4]);
    }
    // On a low screen the list is all there is.
    screen.msg(Msg::Resize {
        columns: 60,
        rows: 8,
    });
    screen.shows("borrow checker");
    screen.hides("chat.example의 방");
}

/// What one can press or type next, in whichever language.
const NEXT: [&str; 8] = [
    "Enter", "Ctrl+R", "Esc", "/join", "/nick", "F1", "F2", "Tab",
];

#[track_caller]
fn names_a_key(screen: &Screen, sentence: &str) {
    let rows = screen.rows();
    let at = rows.iter().position(|row| row.contains(sentence));
    let at = at.unwrap_or_else(|| panic!("{sentence} is not in\n{}", rows.join("\n")));
    // A sentence may go on in the next row.
    let told = rows[at..rows.len().min(at + 2)].join(" ");
    assert!(NEXT.iter().any(|key| told.contains(key)), "{told}");
}

#[test]
fn t44_every_empty_place_names_the_next_key() {
    for language in [Language::English, Language::Korean] {
        let words = language.words();
        let start = |sentence: &'static str| sentence.split(['∙', '{']).next().unwrap().trim();
        // No room.
        let screen = Screen::new(80, 24, language);
        names_a_key(&screen, start(words.no_room));
        // A room in which nothing was said.
        let mut screen = Screen::lobby(80, 24);
        screen.model.language = language;
        names_a_key(&screen, start(words.nothing_said));
        // Nobody is known to be there.
        screen.session.rooms.get_mut(&room("lobby")).unwrap().count = 0;
        screen.code(Code::F(2));
        names_a_key(&screen, start(words.nobody));
        screen.code(Code::Esc);
        // No rooms on the server.
        screen.line("/rooms");
        screen.news(News::Rooms(Vec::new()));
        names_a_key(&screen, start(words.rooms_none));
        screen.code(Code::Esc);
        // Nothing begins like that.
        screen.types("zzz\t");
        names_a_key(&screen, "zzz");
        screen.press(Key::ctrl('u'));
        // No connection, for whichever reason.
        for link in [
            Link::Idle,
            Link::Waiting {
                until: screen.now.elapsed,
                reason: "lost".to_owned(),
            },
            Link::Stopped(Stop::Closed {
                code: 4400,
                reason: "another program".to_owned(),
            }),
        ] {
            screen.session.link = link;
            screen.news(News::Link);
            names_a_key(&screen, "Ctrl+R");
        }
        // Nothing is known yet.
        let mut screen = Screen::new(100, 24, language);
        screen.begin(Form::new(("", false), ("", false), ("", false)));
        names_a_key(&screen, "Enter");
        screen.msg(Msg::Resize {
            columns: 60,
            rows: 20,
        });
        names_a_key(&screen, "Enter");
    }
}
