//! A nick that comes to another person: what the screen tells, and to whom what is written goes.

use std::time::Duration;

use chat_server::Config;

use super::support::{Person, count, draft, is_in, quit, wait_for_sentence};
use crate::pty::Pty;
use crate::server::ChatServer;

fn enter(person: &Person, server: &ChatServer, nick: &str) -> Pty {
    let pty = person.run(&["--server", &server.url(), "--room", "lobby", "--nick", nick]);
    pty.wait_for("the room", |screen| is_in(screen, nick));
    pty
}

#[test]
fn the_next_holder_of_a_nick_is_another_person_in_all_that_is_seen_and_said() {
    // A nick is free as soon as nobody is here by it.
    let server = ChatServer::with(Config {
        nick_expiry: Some(Duration::ZERO),
        ..Config::default()
    });
    let [anna, ben, carol] = [Person::new(), Person::new(), Person::new()];
    let first = enter(&anna, &server, "jieun");
    let bens = enter(&ben, &server, "ben");
    bens.send("/w jieun between us\r");
    bens.wait_for("the text as sent", |screen| {
        screen.shows("@jieun") && screen.shows("between us") && !screen.shows("⋯")
    });
    first.wait_for_text("@ben 1");
    quit(first);
    bens.send("\x1b1");
    bens.wait_for_text("members 1");

    let second = enter(&carol, &server, "jieun");
    let told = "jieun came in (another person used this nick until ";
    wait_for_sentence(&bens, told);
    let screen = bens.wait_for_text("@jieun (earlier)");
    assert!(screen.shows("jieun  new here"));

    // What is written in the old conversation is for the first, and the second never sees it.
    bens.send("\x1b2");
    wait_for_sentence(&bens, "somebody else has the nick jieun now");
    bens.send("for the first alone\r");
    bens.wait_for("the text as sent", |screen| {
        count(screen, "for the first alone") == 1 && !screen.shows("⋯")
    });

    // A whisper to the nick may be meant for the first: it waits in the new conversation until it is sent again.
    bens.send("/w jieun a secret\r");
    let screen = wait_for_sentence(&bens, "another person used the nick jieun until ");
    assert!(screen.shows("! not sent: jieun is another person"));
    assert_eq!(draft(&screen), "/w jieun a secret");
    bens.send("\x15/w jieun hello, you\r");
    bens.wait_for("the text as sent", |screen| {
        screen.shows("hello, you") && draft(screen).is_empty()
    });
    let screen = second.wait_for_text("@ben 1");
    assert_eq!(count(&screen, "alone"), 0);
    second.send("\x1b2");
    let screen = second.wait_for_text("hello, you");
    for secret in ["alone", "between us", "a secret"] {
        assert_eq!(count(&screen, secret), 0, "{secret}");
    }

    // The first one comes back when the second is gone, finds what was theirs, and is told apart again.
    quit(second);
    bens.send("\x1b1");
    bens.wait_for_text("members 1");
    let first = enter(&anna, &server, "jieun");
    first.wait_for_text("@ben 2");
    first.send("\x1b2");
    let screen = first.wait_for_text("for the first alone");
    assert!(screen.shows("between us"));
    for secret in ["a secret", "hello, you"] {
        assert_eq!(count(&screen, secret), 0, "{secret}");
    }
    bens.wait_for("both conversations by their persons", |screen| {
        screen.lines[0].starts_with(" lobby   @jieun   @jieun (earlier)")
    });
}
