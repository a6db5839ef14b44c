//! Finding what was said, and Korean names wherever names are typed.

use super::support::{Person, ServerProcess, draft, members, words};
use crate::line::{Line, PROGRAM};
use crate::pty::{Answers, Pty, Screen};

/// Messages in the room; more than come by two pages.
const SAID: usize = 700;

const CONTROL_F: &str = "\x06";
const CONTROL_K: &str = "\x0b";
const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";
const END: &str = "\x1b[F";

/// The numbers on the screen, which must count up by one.
#[track_caller]
fn numbers(screen: &Screen) -> Vec<usize> {
    let words = words(screen, "n-");
    let numbers: Vec<usize> = words
        .iter()
        .filter_map(|word| word.trim_start_matches("n-").parse().ok())
        .collect();
    let follow = |two: &[usize]| matches!(two, [one, next] if one + 1 == *next);
    assert!(
        numbers.windows(2).all(follow) && !numbers.is_empty(),
        "{}",
        screen.lines.join("\n")
    );
    numbers
}

#[test]
fn t15_a_word_from_long_ago_is_found_and_shown_in_its_context() {
    let server = ServerProcess::start();
    let lines: Vec<String> = (1..=SAID)
        .map(|n| match n {
            42 => "n-0042 새 개발서버 주소입니다\n".to_owned(),
            _ => format!("n-{n:04}\n"),
        })
        .collect();
    let (archivist, person) = (Person::new(), Person::new());
    server.say(&archivist, "lobby", "archivist", &lines.concat());
    let pty = person.enter(&server, "lobby", "minsu");
    pty.wait_for_text("n-0700");
    pty.send(format!("half a line{CONTROL_F}개발\r"));
    let screen = pty.wait_for_text("1 found");
    assert!(screen.shows("archivist"));
    assert!(screen.shows("n-0042 새 개발서버 주소입니다"));
    pty.send("\r");
    let screen = pty.wait_for("the messages around it", |screen| {
        screen.shows("n-0043") && screen.shows("reading back ∙ End")
    });
    let shown = numbers(&screen);
    assert!(shown.contains(&38) && shown.contains(&45), "{shown:?}");
    assert_eq!(draft(&screen), "half a line");
    // From there one reads on both ways, over the borders of the pages.
    let mut seen = shown;
    for (key, end) in [(PAGE_UP, 1), (PAGE_DOWN, 300)] {
        while !seen.contains(&end) {
            pty.send(key);
            let before = seen.clone();
            let screen = pty.wait_for("another page", |screen| {
                let words = words(screen, "n-");
                let first = words
                    .first()
                    .and_then(|word| word.strip_prefix("n-")?.parse().ok());
                first.is_some_and(|first: usize| first != before[0]) && !screen.shows("fetching")
            });
            seen = numbers(&screen);
            let meets = before.iter().any(|n| seen.contains(n));
            let follows =
                seen[0] == before[before.len() - 1] + 1 || seen[seen.len() - 1] + 1 == before[0];
            assert!(meets || follows, "{before:?} {seen:?}");
        }
    }
    server.say(&archivist, "lobby", "archivist", "n-0701\n");
    let screen = pty.wait_for_text("1 new below ∙ End");
    assert_eq!(numbers(&screen), seen);
    pty.send(END);
    let screen = pty.wait_for_text("n-0701");
    assert!(!screen.shows("End"));
    assert_eq!(numbers(&screen).last(), Some(&701));
}

#[test]
fn t14_a_mention_from_before_is_found_by_the_server() {
    let server = ServerProcess::start();
    let (jieun, minsu) = (Person::new(), Person::new());
    let mut lines: Vec<String> = (1..=100).map(|n| format!("n-{n:04}\n")).collect();
    lines.insert(0, "김민수 씨는 오늘 쉬어요\n민수가 고쳤어요\n".to_owned());
    server.say(&jieun, "lobby", "지은", &lines.concat());
    let pty = minsu.enter(&server, "lobby", "민수");
    pty.wait_for_text("n-0100");
    pty.send("/mentions\r");
    let screen = pty.wait_for_text("민수가 고쳤어요");
    assert!(screen.shows("mentions of you"));
    assert!(!screen.shows("김민수"));
    pty.send("\r");
    let screen = pty.wait_for_text("n-0001");
    assert!(screen.shows("김민수 씨는"));
    assert!(
        screen
            .lines
            .iter()
            .any(|line| line.starts_with('▸') && line.contains("민수가"))
    );
}

#[test]
fn t13_korean_nicks_and_rooms_work_at_every_prompt_in_completion_and_in_logs() {
    let server = ServerProcess::start();
    let (gaebal, jieun) = (Person::new(), Person::new());
    // On the command line, decomposed as some systems hand it over.
    let left = gaebal.run(&[
        "--server",
        &server.url(),
        "--room",
        "#\u{110C}\u{1161}\u{11B8}\u{1103}\u{1161}\u{11B7}",
        "--nick",
        "김개발",
    ]);
    let screen = left.wait_for_text("김개발  you");
    assert!(screen.lines[0].starts_with(" 잡담"));
    // In the form, with the caret behind the wide letters.
    let right = jieun.run(&["--server", &server.url()]);
    right.wait_for_text("잡담 1");
    right.send("잡담\r");
    right.wait_for_text("› nick");
    right.send("지은");
    let screen = right.wait_for_text("› nick      지은");
    let row = screen.lines.iter().position(|line| line.contains("지은"));
    assert_eq!(screen.cursor.1, row.unwrap());
    right.send("\r");
    let screen = right.wait_for_text("지은  you");
    assert_eq!(members(&screen), ["members 2", "지은  you", "김개발"]);
    // In completion, by first consonants; in a message, a command and the switcher.
    right.send("@ㄱㄱㅂ\t");
    let screen = right.wait_for_text("› @김개발");
    assert_eq!(draft(&screen).trim_end(), "@김개발");
    right.send("님 안녕하세요\r");
    let screen = left.wait_for_text("님 안녕하세요");
    assert_eq!(
        screen.bells, 1,
        "a particle behind the nick changes nothing"
    );
    right.send("/join \u{1100}\u{1162}\u{1107}\u{1161}\u{11AF}\r");
    right.wait_for_text(" 잡담   개발");
    right.send(format!("{CONTROL_K}ㅈㄷ\r"));
    right.wait_for_text("안녕하세요");
    right.send("/w 김개발 몰래\r");
    left.wait_for_text("@지은 1");
    // In a pipe, and among the fingerprints.
    let reader = Person::new();
    let args = ["--room", "잡담", "--guest", "--history", "50"];
    let ended = Line::new(reader.state(), &server.url(), &args).run_without_input();
    let line = ended.output.iter().find(|line| line.contains("안녕하세요"));
    assert!(
        line.is_some_and(|line| line.ends_with("\t지은\t@김개발 님 안녕하세요")),
        "{line:?}"
    );
    right.send("/whois 김개발\r");
    right.wait_for_text("김개발:");
}

#[test]
fn t18_my_own_silent_connection_keeps_me_out_of_nothing() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let other = jieun.enter(&server, "lobby", "jieun");
    let stuck = minsu.enter(&server, "lobby", "minsu");
    other.wait_for_text("members 2");
    // Stopped, as a laptop that was closed: the connection stays open and says nothing.
    stuck.pause(true);
    let again = minsu.enter(&server, "lobby", "minsu");
    again.send("back at once\r");
    let screen = other.wait_for_text("back at once");
    assert_eq!(members(&screen), ["members 2", "jieun  you", "minsu"]);
    stuck.pause(false);
    stuck.wait_for_text("back at once");
    let screen = other.screen();
    assert!(!screen.shows("minsu left"));
    assert_eq!(members(&screen), ["members 2", "jieun  you", "minsu"]);
}

#[test]
fn line_mode_prints_what_a_search_found() {
    let server = ServerProcess::start();
    let (jieun, minsu) = (Person::new(), Person::new());
    let words = "회의는 세 시\n점심 뭐 먹지\n회의록 올렸어요\n";
    server.say(&jieun, "lobby", "지은", words);
    let url = server.url();
    let args = [
        "--server", &url, "--room", "lobby", "--nick", "minsu", "--plain",
    ];
    let state = minsu.state().to_str().expect("a path in UTF-8");
    let env = [
        ("CHAT_TUI_STATE", state),
        ("HOME", state),
        ("TZ", "Asia/Seoul"),
    ];
    let pty = Pty::spawn(PROGRAM, &args, &env, (80, 24), Answers::AtOnce);
    pty.wait_for_text("connected: in lobby as minsu");
    pty.send("/search 회의\r");
    // Hits and note go by two streams, whose order at the terminal is anybody's.
    let is_hit = |line: &&String| line.contains(" 지은: 회의");
    let screen = pty.wait_for("both hits and the note", |screen| {
        screen.shows("2 found for 회의") && screen.lines.iter().filter(is_hit).count() == 2
    });
    let hits: Vec<&String> = screen
        .lines
        .iter()
        .filter(|line| line.contains(" 지은: 회의"))
        .collect();
    assert_eq!(hits.len(), 2);
    assert!(hits[0].starts_with("20") && hits[0].ends_with("회의는 세 시"));
    assert!(!screen.shows("점심"));
}
