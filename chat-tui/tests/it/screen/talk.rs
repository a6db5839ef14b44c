//! People in a room.

use rustix::process::Signal;

use super::support::{Person, ServerProcess, count, members, quit};

#[test]
fn two_people_talk_in_korean_and_english() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.enter(&server, "개발", "민수");
    assert!(left.screen().shows("nothing said here yet"));
    assert_eq!(members(&left.screen()), ["members 1", "민수  you"]);
    let right = jieun.enter(&server, "개발", "jieun");
    let screen = left.wait_for_text("jieun came in");
    assert_eq!(members(&screen), ["members 2", "민수  you", "jieun"]);
    assert_eq!(
        members(&right.screen()),
        ["members 2", "jieun  you", "민수"]
    );

    left.send("안녕하세요\r");
    right.wait_for_text("민수  안녕하세요");
    let own = left.wait_for("the text as sent", |screen| {
        screen.shows("민수  안녕하세요") && !screen.shows("⋯")
    });
    let row = own.lines.iter().find(|line| line.contains("안녕하세요"));
    assert!(row.is_some_and(|row| row.starts_with('›')), "{row:?}");
    assert_eq!(own.last_line().split("  ").next(), Some(" connected"));

    right.send("hi there\r/me waves\r/topic release on Friday\r");
    let screen = left.wait_for_text("jieun set the topic: release on Friday");
    assert_eq!(screen.lines[1], " release on Friday");
    assert!(screen.shows("*  jieun waves"));
    assert!(screen.shows("jieun  hi there"));
    assert_eq!(screen.title.as_deref(), Some("#개발"));

    let screen = quit(right);
    assert_eq!(count(&screen, "안녕하세요"), 0, "the screen is left");
    let screen = left.wait_for_text("jieun left");
    assert_eq!(members(&screen), ["members 1", "민수  you"]);
    let right = jieun.enter(&server, "개발", "jieun");
    let screen = left.wait_for("both", |screen| members(screen).len() == 3);
    assert_eq!(members(&screen), ["members 2", "민수  you", "jieun"]);
    let screen = right.wait_for_text("hi there");
    for said in ["안녕하세요", "hi there", "jieun waves"] {
        assert_eq!(count(&screen, said), 1, "{said}");
    }
}

#[test]
fn a_whisper_reaches_one_person_and_nobody_else() {
    let server = ServerProcess::start();
    let people = [Person::new(), Person::new(), Person::new()];
    let minsu = people[0].enter(&server, "lobby", "minsu");
    let jieun = people[1].enter(&server, "lobby", "jieun");
    let doyun = people[2].enter(&server, "lobby", "doyun");
    jieun.send("/w minsu 둘만 아는 말\r");
    let screen = jieun.wait_for_text("jieun  둘만 아는 말");
    assert!(screen.lines[0].starts_with(" lobby   @minsu"));
    assert_eq!(screen.lines[1], " only you two");
    let screen = minsu.wait_for_text("@jieun 1");
    assert_eq!(count(&screen, "둘만"), 0, "the room stays in front");
    assert_eq!(screen.bells, 1);
    minsu.send("\x1b2");
    let screen = minsu.wait_for_text("jieun  둘만 아는 말");
    assert!(screen.shows("1 new message"));
    assert!(
        !screen.shows("members"),
        "a conversation has no member list"
    );
    minsu.send("응\r");
    jieun.wait_for_text("minsu  응");
    // What comes later in the room shows that nothing came before it.
    jieun.send("\x1b1for all\r");
    let screen = doyun.wait_for_text("for all");
    for secret in ["둘만", "응", "@"] {
        assert_eq!(count(&screen, secret), 0, "{secret}");
    }
    minsu.send("/w nobody hello\r");
    let screen = minsu.wait_for_text("! /w: ");
    assert!(screen.shows("/w nobody hello"), "the text is kept");
}

#[test]
fn who_is_cut_off_is_reconnecting_and_then_back() {
    let server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.enter(&server, "lobby", "minsu");
    let right = jieun.enter(&server, "lobby", "jieun");
    left.wait_for_text("members 2");
    right.kill(Signal::KILL);
    let screen = left.wait_for_text("jieun  reconnecting");
    assert_eq!(
        members(&screen),
        ["members 2", "minsu  you", "jieun  reconnecting"]
    );
    let right = jieun.enter(&server, "lobby", "jieun");
    let screen = left.wait_for("both here", |screen| !screen.shows("reconnecting"));
    assert_eq!(members(&screen), ["members 2", "minsu  you", "jieun"]);
    assert_eq!(count(&screen, "jieun left"), 0, "nobody left");
    assert_eq!(count(&screen, "jieun came in"), 1, "nobody came twice");
    assert_eq!(
        members(&right.screen()),
        ["members 2", "jieun  you", "minsu"]
    );
}
