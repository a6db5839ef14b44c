//! One person at two terminals, and two people at one machine.

use rustix::process::Signal;

use super::support::{
    Person, ServerProcess, count, draft, is_in, members, wait_for_file, wait_for_sentence, words,
};

#[test]
fn t18_two_terminals_with_one_nick_are_one_member() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let first = minsu.enter(&server, "lobby", "minsu");
    let second = minsu.enter(&server, "lobby", "minsu");
    let other = jieun.enter(&server, "lobby", "jieun");
    for pty in [&first, &second, &other] {
        let screen = pty.wait_for_text("members 2");
        assert_eq!(members(&screen).len(), 3);
    }
    first.send("from the first\r");
    second.send("from the second\r");
    other.send("from the other\r");
    for pty in [&first, &second, &other] {
        let screen = pty.wait_for("all three", |screen| {
            count(screen, "from the") == 3 && !screen.shows("⋯")
        });
        assert_eq!(count(&screen, "minsu came in"), 0, "as one came only once");
    }
    // Both are oneself.
    let screen = second.screen();
    let own = |line: &&String| line.contains(" minsu  ") && line.contains("from the");
    let mut rows = screen.lines.iter().filter(own).peekable();
    assert!(rows.peek().is_some());
    assert!(rows.all(|row| row.starts_with('›')));
    // One of two leaves: the person stays.
    first.send("/quit\r");
    first.wait_exit();
    second.send("still here\r");
    let screen = other.wait_for_text("still here");
    assert_eq!(members(&screen), ["members 2", "jieun  you", "minsu"]);
    assert_eq!(count(&screen, "minsu left"), 0);
}

#[test]
fn t26_two_terminals_keep_their_drafts_and_pending_texts_apart() {
    let mut server = ServerProcess::start();
    let minsu = Person::new();
    let first = minsu.enter(&server, "lobby", "minsu");
    first.send("draft of the first");
    first.wait_for_text("› draft of the first");
    wait_for_file(minsu.state(), "draft of the first");
    let second = minsu.enter(&server, "lobby", "minsu");
    assert_eq!(draft(&second.screen()), "", "a draft is in one place");
    second.send("said by the second\rdraft of the second");
    first.wait_for_text("said by the second");
    wait_for_file(minsu.state(), "draft of the second");
    wait_for_file(minsu.state(), "draft of the first");
    server.kill();
    first.wait_for_text("not connected");
    second.wait_for_text("not connected");
    first.send("\x15p-first\rdraft of the first");
    second.send("\x15p-second\rdraft of the second");
    wait_for_sentence(&first, "1 waiting to be sent");
    wait_for_sentence(&second, "1 waiting to be sent");
    wait_for_file(minsu.state(), "draft of the first");
    wait_for_file(minsu.state(), "draft of the second");
    for pty in [&first, &second] {
        pty.kill(Signal::KILL);
        pty.wait_exit();
    }
    server.start_again();
    let first = minsu.enter(&server, "lobby", "minsu");
    let second = minsu.enter(&server, "lobby", "minsu");
    for pty in [&first, &second] {
        pty.wait_for("both pending texts", |screen| {
            words(screen, "p-").len() == 2 && !screen.shows("⋯")
        });
    }
    let mut drafts = [draft(&first.screen()), draft(&second.screen())];
    drafts.sort();
    assert_eq!(drafts, ["draft of the first", "draft of the second"]);
    let mut said = server.texts("lobby");
    said.sort();
    assert_eq!(said, ["p-first", "p-second", "said by the second"]);
}

#[test]
fn two_nicks_on_one_machine_are_two_people() {
    let server = ServerProcess::start();
    let machine = Person::new();
    let left = machine.enter(&server, "lobby", "minsu");
    left.send("mine alone");
    wait_for_file(machine.state(), "mine alone");
    let right = machine.enter(&server, "lobby", "jieun");
    assert_eq!(draft(&right.screen()), "", "another person's draft");
    let screen = left.wait_for_text("members 2");
    assert!(is_in(&screen, "minsu"));
    right.send("hi\r");
    left.wait_for_text("jieun  hi");
}
