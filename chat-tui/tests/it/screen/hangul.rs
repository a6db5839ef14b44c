//! Korean as terminals and input methods send it: late syllables, jamo that conjoin, keys of the Hangul layout, widths.

use super::support::{Person, ServerProcess, count, draft, is_in, members, quit, wait_for_file};
use crate::pty::{Answers, Pty};

/// `한글` and `개발` as macOS writes them.
const HANGEUL_NFD: &str = "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}";
const DEV_NFD: &str = "\u{1100}\u{1162}\u{1107}\u{1161}\u{11AF}";

/// Everything said is stored.
fn wait_for_stored(pty: &Pty, last: &str) {
    pty.wait_for("the text as sent", |screen| {
        screen.shows(last) && !screen.shows("⋯")
    });
}

#[test]
fn t02_the_cursor_is_the_caret_in_every_text_field() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.run(&["--server", &server.url()]);
    pty.wait_for_text("connected ∙ ");
    for (field, text) in [("room", "개발"), ("nick", "민수")] {
        pty.send(["\x15", text].concat());
        let screen = pty.wait_for(field, |screen| {
            let row = &screen.lines[screen.cursor.1];
            row.contains(field) && row.ends_with(text) && screen.cursor_shown
        });
        let (x, y) = screen.cursor;
        let columns = unicode_width::UnicodeWidthStr::width(screen.lines[y].as_str());
        assert_eq!(x, columns, "behind the text");
        pty.send("\x1b[D");
        pty.wait_for("a syllable to the left", |screen| {
            screen.cursor == (x - 2, y)
        });
        pty.send("\x1b[F\r");
    }
    pty.wait_for("the room", |screen| is_in(screen, "민수"));
    pty.send("a한b글");
    let at = |x: usize| move |screen: &crate::pty::Screen| screen.cursor == (3 + x, 26);
    assert!(pty.wait_for("the end", at(6)).cursor_shown);
    pty.send("\x1b[D");
    assert!(pty.wait_for("a step to the left", at(4)).cursor_shown);
    // The caret is no cell that is drawn: it differs from its neighbours in nothing.
    let bytes = String::from_utf8_lossy(&pty.screen().bytes).into_owned();
    assert!(!bytes.contains("\x1b[7m"), "something is reversed");
    // While a popup covers the text there is none.
    pty.send("\x1bOP");
    pty.wait_for("no cursor", |screen| !screen.cursor_shown);
    pty.send("\x1b");
    pty.wait_for("the cursor again", |screen| {
        screen.cursor_shown && at(4)(screen)
    });
}

#[test]
fn t05_last_syllable_after_enter() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("안녕하세\r요");
    wait_for_stored(&pty, "minsu  안녕하세요");
    assert_eq!(draft(&pty.screen()), "");
    pty.send("한\r");
    wait_for_stored(&pty, "한");
    pty.send("두\r세\r");
    wait_for_stored(&pty, "세");
    // Two keys behind an Enter are the next text.
    pty.send("네\r다섯");
    wait_for_stored(&pty, "네");
    pty.wait_for_text("› 다섯");
    pty.send("\x15plain\r");
    wait_for_stored(&pty, "plain");
    assert_eq!(draft(&pty.screen()), "");
    let sent = ["안녕하세요", "한", "두", "세", "네", "plain"];
    assert_eq!(server.texts("lobby"), sent);
}

#[test]
fn t06_a_late_syllable_joins_the_draft_of_the_room_that_was_left() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("/join rust\r");
    pty.wait_for_text("lobby   rust");
    pty.send("안녕하세\x1b1요");
    wait_for_file(person.state(), "안녕하세요");
    assert_eq!(draft(&pty.screen()), "");
    // More than one syllable is what somebody writes here.
    pty.send("\x1b2");
    pty.wait_for_text("› 안녕하세요");
    pty.send("\x1b1둘째");
    pty.wait_for_text("› 둘째");
    pty.send("\x1b2");
    pty.wait_for_text("› 안녕하세요");
}

#[test]
fn t09_jamo_that_conjoin_name_the_same_room_and_person() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.run(&[
        "--server",
        &server.url(),
        "--room",
        DEV_NFD,
        "--nick",
        HANGEUL_NFD,
    ]);
    left.wait_for("the room", |screen| is_in(screen, "한글"));
    let right = jieun.enter(&server, "lobby", "jieun");
    right.send(format!("/join {DEV_NFD}\r"));
    right.wait_for("one room for both", |screen| {
        screen.lines[0].starts_with(" lobby   개발") && members(screen).len() == 3
    });
    right.send("/join 개발\r");
    right.send(format!("@{HANGEUL_NFD} {DEV_NFD}\r"));
    let screen = left.wait_for_text("jieun  @한글 개발");
    assert_eq!(screen.bells, 1);
    assert!(
        screen.lines.iter().any(|line| line.starts_with('▸')),
        "it is a mention"
    );
    right.send(format!("/w {HANGEUL_NFD} 둘만\r"));
    left.wait_for_text("@jieun 1");
    assert_eq!(server.texts("개발"), ["@한글 개발"]);
    assert!(!screen.lines[0].contains('\u{1112}'));
    quit(left);
    // The composed form is the same key's name and the same room.
    let left = minsu.enter(&server, "개발", "한글");
    left.wait_for_text("jieun  @한글 개발");
}

#[test]
fn t10_jamo_and_families_keep_what_is_beside_them_straight() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    // This emulator draws jamo in two cells and each of a family's people in two.
    for text in ["ㅋㅋㅋㅋ ㅠㅠ ㄱㄱ ㅇㅋ", "👨‍👩‍👧‍👦 가족"] {
        let before = pty.screen().cursor;
        pty.send(text);
        let screen = pty.wait_for("the text", |screen| screen.cursor.0 > before.0 + 10);
        let drawn = draft(&screen);
        let columns = unicode_width::UnicodeWidthStr::width(drawn.as_str());
        assert_eq!(screen.cursor.0, 3 + columns, "{drawn:?}");
        pty.send("|\r");
        pty.wait_for("an empty text", |screen| screen.cursor.0 == 3);
        wait_for_stored(&pty, "|");
        // The member list to the right begins where it did.
        assert_eq!(members(&pty.screen()), ["members 1", "minsu  you"]);
    }
    assert!(pty.screen().shows("👨👩👧👦 가족|"), "people side by side");
    assert_eq!(server.texts("lobby")[1], "👨‍👩‍👧‍👦 가족|");
}

#[test]
fn t10_a_terminal_that_draws_jamo_in_one_cell_is_believed() {
    let server = ServerProcess::start();
    let person = Person::new();
    let args = [
        "--server",
        &server.url(),
        "--room",
        "lobby",
        "--nick",
        "minsu",
    ];
    let pty = person.run_in(
        &args,
        &[("LANG", "en_US.UTF-8")],
        super::support::SIZE,
        Answers::Held,
    );
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    pty.send("ㅋㅋㅋㅋ");
    pty.wait_for("two columns each", |screen| screen.cursor.0 == 3 + 8);
    // A syllable in two cells, a jamo in one; then the end of the answers.
    pty.send("\x1b[2;3R\x1b[2;2R\x1b[?6c");
    pty.wait_for("one column each", |screen| screen.cursor.0 == 3 + 4);
}

#[test]
fn t12_shortcuts_and_commands_work_with_the_hangul_layout_on() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    let at = |x: usize| move |screen: &crate::pty::Screen| screen.cursor.0 == 3 + x;
    pty.send("one two");
    pty.wait_for("the text", at(7));
    // Alt+ㅠ is Alt+B, Alt+ㄹ is Alt+F; Ctrl+ㅁ and Ctrl+ㄷ as the keyboard protocol sends them are Ctrl+A and Ctrl+E.
    for (keys, x) in [
        ("\x1bㅠ", 4),
        ("\x1bㅠ", 0),
        ("\x1bㄹ", 3),
        ("\x1b[12609;5u", 0),
        ("\x1b[12599;5u", 7),
    ] {
        pty.send(keys);
        pty.wait_for("the caret", at(x));
    }
    // Ctrl+ㅊ clears.
    pty.send("\x1b[12618;5u");
    pty.wait_for_text("cleared ∙ Up brings it back");
    pty.send("/ㅗ디ㅔ\r");
    pty.wait_for_text("keys and commands");
    pty.send("\x1b");
    pty.wait_for("no help", |screen| !screen.shows("keys and commands"));
    // And is offered: what begins with the keys of ㅗㄷ is /help.
    pty.send("\x15/ㅗㄷ\t");
    pty.wait_for_text("› /help");
    pty.send("\x15/ㅓㅐㅑㅜ rust\r");
    pty.wait_for_text("lobby   rust");
    // Ctrl+ㅔ is Ctrl+P, the room before.
    pty.send("for rust\x1b[12628;5u");
    pty.wait_for("the first room", |screen| count(screen, "for rust") == 0);
}
