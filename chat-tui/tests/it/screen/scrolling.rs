//! Reading what was said before.

use super::support::{Person, ServerProcess, draft, is_in, words};
use crate::pty::{Pty, Screen};

/// Older messages in the room; more than two pages of them.
const OLDER: usize = 500;

const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";
const END: &str = "\x1b[F";

/// A room full of messages that count up, and somebody who just came in.
fn reader(server: &ServerProcess) -> (Person, Pty) {
    let lines: Vec<String> = (1..=OLDER).map(|n| format!("n-{n:04}\n")).collect();
    server.say(&Person::new(), "lobby", "archivist", &lines.concat());
    let person = Person::new();
    let pty = person.enter(server, "lobby", "minsu");
    pty.wait_for_text(&format!("n-{OLDER:04}"));
    (person, pty)
}

/// The numbers on the screen, which must count up by one.
#[track_caller]
fn numbers(screen: &Screen) -> Vec<usize> {
    let words = words(screen, "n-");
    let numbers: Vec<usize> = words
        .iter()
        .filter_map(|word| word.trim_start_matches("n-").parse().ok())
        .collect();
    let follow = |two: &[usize]| matches!(two, [one, next] if one + 1 == *next);
    let all_follow = numbers.windows(2).all(follow);
    assert!(
        all_follow,
        "{}",
        screen.lines.join(
            "
"
        )
    );
    assert!(!numbers.is_empty(), "{}", screen.lines.join("\n"));
    numbers
}

#[test]
fn t23_older_messages_come_on_the_way_up_without_a_jump_or_a_double() {
    let server = ServerProcess::start();
    let (_person, pty) = reader(&server);
    let mut shown = numbers(&pty.screen());
    let newest = shown.clone();
    loop {
        pty.send(PAGE_UP);
        let first = shown[0];
        let screen = pty.wait_for("a page further up", |screen| {
            let words = words(screen, "n-");
            words
                .first()
                .is_some_and(|word| *word < format!("n-{first:04}"))
        });
        // A page that comes in above moves nothing; the line of the day stands above the oldest message that is here.
        let settled = pty.wait_for("what is older", |screen| {
            let is_oldest = screen.shows("fetching") || screen.shows("day, ");
            !is_oldest || screen.shows("this is where the room begins")
        });
        let next = numbers(&screen);
        assert_eq!(numbers(&settled).last(), next.last());
        shown = numbers(&settled);
        assert!(
            shown[shown.len() - 1] + 1 >= first,
            "{shown:?} leaves some out"
        );
        assert!(screen.shows("reading back ∙ End"));
        if shown[0] == 1 {
            break;
        }
    }
    pty.wait_for_text("this is where the room begins");
    pty.send(PAGE_DOWN);
    let first = shown[0];
    let screen = pty.wait_for("a page further down", |screen| {
        words(screen, "n-")[0] > format!("n-{first:04}")
    });
    assert!(numbers(&screen)[0] <= shown[shown.len() - 1] + 1);
    pty.send(END);
    let screen = pty.wait_for("the newest", |screen| !screen.shows("reading back"));
    assert_eq!(numbers(&screen), newest);
}

#[test]
fn t21_new_messages_do_not_move_what_one_reads() {
    let server = ServerProcess::start();
    let (_person, pty) = reader(&server);
    let jieun = Person::new();
    let talker = jieun.enter(&server, "lobby", "jieun");
    let before = pty.wait_for_text("members 2");
    let first = numbers(&before)[0];
    pty.send(format!("half a line{PAGE_UP}"));
    let reading = pty.wait_for_text("reading back ∙ End");
    assert!(numbers(&reading)[0] < first);
    for n in 1..=40 {
        talker.send(format!("new {n}\r"));
    }
    let screen = pty.wait_for_text("40 new below ∙ End");
    let log = |screen: &Screen| screen.lines[3..screen.lines.len() - 4].to_vec();
    assert_eq!(log(&screen), log(&reading));
    assert_eq!(draft(&screen), "half a line");
    pty.send(END);
    let screen = pty.wait_for_text("new 40");
    assert!(!screen.shows("below"));
    assert!(is_in(&screen, "minsu"));
}
