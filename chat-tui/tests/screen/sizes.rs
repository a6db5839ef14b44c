//! Small screens, wide glyphs at the edge, storms of resizes.

use chat_tui::key::{Code, Key};
use chat_tui::model::words::Language;
use chat_tui::update::Msg;

use crate::pictures::scenes::SCENES;
use crate::support::{Screen, message, room};

#[test]
fn t38_twenty_by_six_shows_the_last_message_and_the_composer() {
    let mut screen = Screen::lobby(20, 6);
    screen.says(message(
        &room("lobby"),
        1,
        2,
        "ann",
        0,
        "the last message of all",
    ));
    screen.types("hello");
    screen.check(&[
        " lobby",
        " ann  13:00",
        "  the last message",
        "  of all",
        " › hello",
        " connected",
    ]);
    assert_eq!(screen.caret(), Some((8, 4)));
}

#[test]
fn t38_no_size_panics_and_the_caret_stays_on_the_screen() {
    for language in [Language::English, Language::Korean] {
        for columns in (0..=30).chain([60, 79, 80, 99, 100, 300]) {
            for rows in (0..=16).chain([40]) {
                let mut screen = Screen::lobby(80, 24);
                screen.model.language = language;
                for n in 1..20 {
                    screen.says(message(
                        &room("lobby"),
                        n,
                        2,
                        "지은",
                        n,
                        "한글 👨‍👩‍👧‍👦 and words 가나다라마바사",
                    ));
                }
                screen.types("한글 text");
                screen.msg(Msg::Resize { columns, rows });
                let (_, caret) = screen.draw();
                if let Some((x, y)) = caret {
                    assert!(x < columns && y < rows, "{columns}x{rows}: {x},{y}");
                } else {
                    assert!(columns == 0 || rows == 0, "{columns}x{rows}");
                }
            }
        }
    }
}

#[test]
fn t08_a_wide_grapheme_at_the_edge_moves_whole_to_the_next_row() {
    let mut screen = Screen::lobby(12, 10);
    screen.types("abcdefg한글");
    screen.check_bottom(&["", " › abcdefg", "   한글", " connected"]);
    screen.says(message(&room("lobby"), 1, 2, "ann", 0, "가나다라마"));
    screen.check_bottom(&[
        "  가나다라",
        "  마",
        "",
        " › abcdefg",
        "   한글",
        " connected",
    ]);
}

#[test]
fn t38_resizes_keep_the_reading_position() {
    let mut screen = Screen::lobby(80, 20);
    for n in 1..=200 {
        screen.says(message(
            &room("lobby"),
            n,
            2,
            "ann",
            0,
            &format!("message {n} {}", "word ".repeat(30)),
        ));
    }
    for _ in 0..5 {
        screen.msg(Msg::Wheel {
            up: true,
            at: (30, 5),
        });
    }
    let lowest = |screen: &Screen| {
        let rows = screen.rows();
        rows.iter()
            .rfind(|row| row.contains("message "))
            .cloned()
            .unwrap()
    };
    let before = lowest(&screen);
    for (columns, rows) in [(100, 40), (30, 10), (200, 8), (1, 1), (80, 20)] {
        screen.msg(Msg::Resize { columns, rows });
    }
    assert_eq!(lowest(&screen), before);
}

#[test]
fn a_screen_below_eighty_columns_has_heads() {
    let mut screen = Screen::lobby(60, 12);
    screen.says(message(&room("lobby"), 1, 2, "지은", 0, "안녕하세요"));
    screen.says(message(&room("lobby"), 2, 2, "지은", 0, "민수님 계세요?"));
    screen.check(&[
        " lobby                                  민수 ∙ chat.example",
        "",
        "  this is where the room begins",
        "",
        "  Saturday, 21 November 2026",
        "",
        " 지은  13:00",
        "  안녕하세요",
        "▸ 민수님 계세요?",
        "",
        " ›",
        " connected               Ctrl+K find   F2 members   F1 help",
    ]);
}

#[test]
fn t38_in_a_storm_of_resizes_the_lowest_row_holds_the_same_word() {
    let mut screen = Screen::lobby(80, 20);
    for n in 1..=20 {
        let words: Vec<String> = (1..=120).map(|word| format!("w{n}.{word}")).collect();
        let text = words.join(" ");
        screen.says(message(&room("lobby"), n, 2, "ann", 0, &text));
    }
    for _ in 0..7 {
        screen.msg(Msg::Wheel {
            up: true,
            at: (30, 5),
        });
    }
    // The first word of the lowest row of the log, which is three rows above the bottom.
    let lowest = |screen: &Screen| {
        let rows = screen.rows();
        let row = rows.get(rows.len() - 4).unwrap();
        row.split_whitespace().next().unwrap().to_owned()
    };
    let word = lowest(&screen);
    let before = screen.rows();
    for (columns, rows) in [(100, 40), (30, 10), (200, 12), (41, 9), (79, 20), (99, 30)] {
        screen.msg(Msg::Resize {
            columns: 1,
            rows: 1,
        });
        screen.msg(Msg::Resize { columns, rows });
        let rows = screen.rows();
        let row = rows.get(rows.len() - 4).unwrap();
        assert!(
            row.split_whitespace().any(|other| other == word),
            "{word} is not in {row:?} at {columns} columns"
        );
        screen.says(message(
            &room("lobby"),
            20 + u64::from(columns),
            2,
            "ann",
            0,
            "new",
        ));
    }
    screen.msg(Msg::Resize {
        columns: 80,
        rows: 20,
    });
    let after = screen.rows();
    assert_eq!(after[3..16], before[3..16]);
}

/// What opens something over the room, or changes how it is read.
const OPENINGS: [&[Key]; 11] = [
    &[],
    &[Key::plain(Code::F(1))],
    &[Key::plain(Code::F(2))],
    &[Key::plain(Code::F(4))],
    &[Key::plain(Code::Esc)],
    &[Key::plain(Code::PageUp)],
    &[Key::ctrl('k')],
    &[Key::ctrl('f')],
    &[Key::alt('m')],
    &[Key::alt('o')],
    &[Key::plain(Code::Char('@')), Key::plain(Code::Tab)],
];

/// Draws it; the caret, if there is one, is a cell of the screen.
#[track_caller]
fn check_caret(screen: &Screen, what: &str) {
    let (columns, rows) = screen.model.size;
    if let (_, Some((x, y))) = screen.draw() {
        assert!(
            x < columns && y < rows,
            "{what}: {x},{y} of {columns}x{rows}"
        );
    }
}

/// Every size up to 3x3, and some that are narrow or low alone.
fn tiny_sizes() -> Vec<(u16, u16)> {
    let tiny = (0..=3).flat_map(|columns| (0..=3).map(move |rows| (columns, rows)));
    tiny.chain([(20, 6), (4, 1), (1, 40), (300, 1), (8, 2)])
        .collect()
}

/// Shrinks it to every tiny size, with a key and a click in each.
#[track_caller]
fn check_tiny(screen: &mut Screen, what: &str) {
    for (columns, rows) in tiny_sizes() {
        screen.msg(Msg::Resize { columns, rows });
        check_caret(screen, what);
        screen.code(Code::Down);
        screen.types("가x");
        screen.msg(Msg::Click { at: (0, 0) });
        check_caret(screen, what);
    }
}

#[test]
fn t38_no_scene_panics_at_a_tiny_size() {
    for scene in SCENES {
        let mut screen = (scene.set)((80, 24));
        check_tiny(&mut screen, scene.name);
        for size in [(0, 0), (1, 1), (3, 3)] {
            check_caret(&(scene.set)(size), scene.name);
        }
    }
}

#[test]
fn t38_nothing_that_a_key_opens_panics_at_a_tiny_size() {
    for (number, opening) in OPENINGS.iter().enumerate() {
        // Opened on a large screen that shrinks, and on a small one.
        for (columns, rows) in [(80, 24), (1, 1), (3, 3)] {
            let mut screen = Screen::korean(columns, rows);
            for n in 1..=30 {
                let text = "한글 https://a.example/b 와 words";
                screen.says(message(&room("개발"), n, 2, "지은", n, text));
            }
            for key in *opening {
                screen.press(*key);
            }
            check_tiny(&mut screen, &format!("opening {number}"));
        }
    }
}

#[test]
fn t38_the_question_about_a_paste_fits_a_tiny_size() {
    let mut screen = Screen::lobby(80, 24);
    screen.msg(Msg::Paste {
        text: "line\n".repeat(123),
        cut: false,
    });
    for (columns, rows) in tiny_sizes() {
        screen.msg(Msg::Resize { columns, rows });
        check_caret(&screen, "paste");
    }
}
