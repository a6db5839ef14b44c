//! Several rooms, and the commands.

use super::support::{Person, ServerProcess, count, draft, members};

#[test]
fn rooms_are_tabs_with_unread_counts() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.enter(&server, "lobby", "minsu");
    left.send("/join #Rust\r/join 개발\r");
    let screen = left.wait_for_text("lobby   rust   개발");
    assert!(screen.shows("Alt+1-3 room"));
    let right = jieun.enter(&server, "lobby", "jieun");
    right.send("one\rtwo\r/join rust\r");
    right.wait_for_text("lobby   rust");
    right.send("@minsu look\r");
    let screen = left.wait_for_text("lobby 2   rust 1   개발");
    assert_eq!(screen.bells, 1, "a mention rings");
    assert_eq!(screen.title.as_deref(), Some("(1) #개발"));
    left.send("\x1b1");
    let screen = left.wait_for_text("jieun  one");
    assert!(screen.shows("2 new messages"));
    assert!(screen.lines[0].starts_with(" lobby   rust 1   개발"));
    left.send("\x1b2");
    left.wait_for_text("@minsu look");
    left.send("/leave\r");
    let screen = left.wait_for("two tabs", |screen| !screen.lines[0].contains("rust"));
    assert!(screen.lines[0].starts_with(" lobby   개발"));
    // Nothing but the list tells of the going of somebody who said nothing.
    let screen = right.wait_for_text("members 1");
    assert_eq!(members(&screen), ["members 1", "jieun  you"]);
    assert!(!screen.shows("minsu left"));
}

#[test]
fn a_room_is_picked_from_the_list() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let right = jieun.enter(&server, "rust", "jieun");
    right.send("/topic borrow checker\r");
    right.wait_for_text("set the topic");
    let left = minsu.enter(&server, "lobby", "minsu");
    left.send("/rooms\r");
    let screen = left.wait_for_text("borrow checker");
    assert!(screen.shows(&format!("rooms of {}", server.address())));
    let row = screen.lines.iter().find(|line| line.contains("rust"));
    assert!(row.is_some_and(|row| row.contains("1 in")), "{row:?}");
    let rooms: Vec<&String> = screen
        .lines
        .iter()
        .filter(|line| line.contains(" in"))
        .collect();
    let down = rooms.iter().position(|row| row.contains("rust")).unwrap();
    left.send("\x1b[B".repeat(down));
    left.send("\r");
    let screen = left.wait_for_text("members 2");
    assert!(screen.lines[0].starts_with(" lobby   rust"));
    assert!(!screen.shows("rooms of"));
}

#[test]
fn a_nick_is_changed_and_one_that_is_held_is_refused_in_place() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.enter(&server, "lobby", "민수");
    let right = jieun.enter(&server, "lobby", "지은");
    left.send("/nick 지은\r");
    let screen = left.wait_for_text("! 지은 belongs to another key");
    assert_eq!(draft(&screen), "/nick 지은", "the text is kept");
    left.send("\x15/nick 민수2\r");
    let screen = left.wait_for_text("민수2  you");
    assert!(screen.lines[0].contains("민수2 ∙ "));
    let screen = right.wait_for_text("민수 is now 민수2");
    assert_eq!(members(&screen), ["members 2", "지은  you", "민수2"]);
    left.send("누구게\r");
    right.wait_for_text("민수2  누구게");
}

#[test]
fn commands_help_themselves() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("/jion rust\r");
    let screen = pty.wait_for_text("there is no /jion; did you mean /join?");
    assert_eq!(draft(&screen), "/jion rust", "the text is kept");
    pty.send("\x15/help\r");
    pty.wait_for_text("keys and commands");
    pty.send("\x1b[6~");
    let screen = pty.wait_for_text("connect now");
    assert!(screen.shows("Ctrl+R"));
    pty.send("\x1b[6~\x1b[6~\x1b[6~");
    pty.wait_for_text("/quit");
    pty.send("/me\r");
    pty.wait_for("nothing typed dropped", |screen| {
        !screen.shows("keys and commands") && draft(screen) == "/me"
    });
    pty.wait_for_text("/me TEXT");
    pty.send("\x15/to\t");
    pty.wait_for("a completed command", |screen| draft(screen) == "/topic");
    pty.send("\x15//join is said\r");
    let screen = pty.wait_for_text("minsu  /join is said");
    assert_eq!(count(&screen, "//join"), 0);
}

#[test]
fn without_a_room_the_screen_says_what_to_press() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("/leave\r");
    pty.wait_for_text("you are in no room ∙ /join NAME");
    pty.send("hello?\r");
    let screen = pty.wait_for_text("! enter a room first");
    assert_eq!(draft(&screen), "hello?");
    pty.send("\x15/join lobby\r");
    pty.wait_for_text("members 1");
}
