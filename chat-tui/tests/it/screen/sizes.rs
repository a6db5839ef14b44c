//! Terminals of every size and manner.

use super::support::{Person, SIZE, ServerProcess, count, is_in};
use crate::pty::{Answers, Exit};

#[test]
fn t38_a_storm_of_sizes_ends_with_a_whole_screen() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "개발", "민수");
    pty.send("안녕하세요 여러분, 잘 지내셨나요\r쓰는 중");
    let whole = pty.wait_for("a whole screen", |screen| {
        screen.shows("민수  안녕하세요") && screen.shows("› 쓰는 중") && !screen.shows("⋯")
    });
    for round in 1..=10 {
        for (columns, rows) in [(20, 6), (1, 1), (300, 90), (59, 19), (2, 3), (80, 24)] {
            pty.resize(columns + round % 3, rows);
        }
    }
    let (columns, rows) = SIZE;
    pty.resize(columns, rows);
    let screen = pty.wait_for("the same screen", |screen| screen.lines == whole.lines);
    assert_eq!(screen.cursor, whole.cursor);
    pty.resize(20, 6);
    let screen = pty.wait_for("a small screen", |screen| {
        screen.lines.len() == 6 && screen.lines[4] == " › 쓰는 중"
    });
    assert_eq!(screen.cursor, (3 + 7, 4));
    pty.resize(1, 1);
    pty.send("\r");
    pty.resize(80, 24);
    pty.wait_for_text("쓰는 중");
    let screen = pty.wait_for("no text", |screen| screen.lines[22] == " ›");
    assert_eq!(count(&screen, "쓰는 중"), 1);
    assert!(screen.shows("F2 members"), "no member column");
    pty.send("\x1bOQ");
    pty.wait_for_text("members 1");
}

#[test]
fn a_terminal_that_answers_nothing_is_good_enough() {
    let server = ServerProcess::start();
    let person = Person::new();
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let pty = person.run_in(&args, &[("LANG", "C")], SIZE, Answers::Held);
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    pty.send("안녕\r");
    pty.wait_for("the text as sent", |screen| {
        screen.shows("minsu  안녕") && !screen.shows("⋯")
    });
    // The answers come at last, and are no text.
    pty.answer();
    pty.send("x");
    pty.wait_for_text("› x");
    pty.send("\x03\x03");
    let (exit, _) = pty.finish();
    assert_eq!(exit, Exit::Code(0));
}

#[test]
fn t20_no_color_draws_no_colour() {
    let server = ServerProcess::start();
    let jieun = Person::new();
    let person = Person::new();
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let env = [("LANG", "C"), ("NO_COLOR", "1"), ("COLORTERM", "truecolor")];
    let pty = person.run_in(&args, &env, SIZE, Answers::AtOnce);
    pty.wait_for("the room", |screen| is_in(screen, "minsu"));
    let talker = jieun.enter(&server, "lobby", "jieun");
    talker.send("@minsu https://git.example/1\r/w minsu hi\r");
    pty.send("hello\r/jion\r");
    let screen = pty.wait_for("everything", |screen| {
        screen.shows("@jieun 1") && screen.shows("git.example") && screen.shows("did you mean")
    });
    let numbers: Vec<u16> = looks(&screen.bytes);
    assert!(!numbers.is_empty(), "bold and reverse survive");
    for number in numbers {
        let is_colour = matches!(number, 30..=49 | 58 | 59 | 90..=107);
        assert!(!is_colour, "SGR {number}");
    }
    // With colours they are there.
    let numbers = looks(&talker.screen().bytes);
    assert!(numbers.contains(&38), "{numbers:?}");
}

#[test]
fn t20_a_dumb_terminal_gets_plain_lines() {
    let server = ServerProcess::start();
    let person = Person::new();
    let url = server.url();
    let args = ["--server", &url, "--room", "lobby", "--nick", "minsu"];
    let env = [("LANG", "C"), ("TERM", "dumb"), ("COLORTERM", "truecolor")];
    let pty = person.run_in(&args, &env, SIZE, Answers::Held);
    pty.wait_for_text("connected: in lobby as minsu");
    pty.send("hello\n");
    pty.wait_for_text("minsu: hello");
    pty.send("/quit\n");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0));
    assert!(!screen.bytes.contains(&0x1b), "no sequence of any kind");
}

/// The numbers of every SGR sequence, the parts of colours included.
fn looks(bytes: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(bytes);
    let mut numbers = Vec::new();
    for sequence in text.split("\x1b[").skip(1) {
        let end = sequence.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':');
        let Some((inside, rest)) = end.and_then(|end| sequence.split_at_checked(end)) else {
            continue;
        };
        if rest.starts_with('m') {
            numbers.extend(
                inside
                    .split([';', ':'])
                    .filter_map(|part| part.parse::<u16>().ok()),
            );
        }
    }
    numbers
}

#[test]
fn t16_the_interface_speaks_korean() {
    let server = ServerProcess::start();
    let person = Person::new();
    let url = server.url();
    let args = ["--server", &url, "--lang", "ko"];
    let pty = person.run_in(&args, &[("LANG", "C")], SIZE, Answers::AtOnce);
    let screen = pty.wait_for_text("연결됨 ∙ 방 0개");
    assert!(screen.shows("[ 들어가기 ]"));
    pty.send("개발\r지은\r");
    let screen = pty.wait_for_text("지은  나");
    assert!(screen.shows("멤버 1"));
    assert!(screen.shows("아직 아무 말이 없습니다"));
    let other = Person::new();
    let args = ["--server", &url, "--room", "개발", "--nick", "도윤"];
    let right = other.run_in(&args, &[("LANG", "ko_KR.UTF-8")], SIZE, Answers::AtOnce);
    right.wait_for_text("도윤  나");
    pty.wait_for_text("도윤 들어옴");
    right.send("안녕하세요\r");
    let screen = pty.wait_for_text("도윤  안녕하세요");
    let has_day = screen
        .lines
        .iter()
        .any(|line| line.contains("년") && line.ends_with("요일"));
    assert!(has_day, "{}", screen.lines.join("\n"));
}
