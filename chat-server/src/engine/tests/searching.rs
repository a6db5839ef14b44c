use protocol::limits::Rate;

use super::super::{ConnId, SEARCHES_AT_ONCE_MAX};
use super::*;

const ALL: &str = r#"{"type":"search","ref":7,"text":"tea"}"#;

/// Alice in two rooms with something about tea in each, and in a third where nobody has said anything.
fn tea() -> (World, ConnId, ConnId) {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    for room in ["kitchen", "empty"] {
        world.ask(alice, &format!(r#"{{"type":"join","room":"{room}"}}"#));
    }
    world.run();
    for (room, seq, text) in [
        ("lobby", 1, "tea?"),
        ("kitchen", 1, "Tea is ready"),
        ("lobby", 2, "steamed"),
        ("lobby", 3, "no tea"),
    ] {
        let send = format!(r#"{{"type":"send","room":"{room}","seq":{seq},"text":"{text}"}}"#);
        world.ask(alice, &send);
    }
    world.run();
    for conn in [alice, bob] {
        world.forget(conn);
    }
    (world, alice, bob)
}

#[test]
fn the_newest_comes_first_from_all_rooms_that_are_joined() {
    let (mut world, alice, bob) = tea();
    world.ask(alice, ALL);
    world.ask(bob, ALL);
    world.run();
    let [last, ready, first] = [
        "lobby 3:alice:no tea",
        "kitchen 1:alice:Tea is ready",
        "lobby 1:alice:tea?",
    ];
    world.check(alice, &[&format!("found #7 [{last}, {ready}, {first}]")]);
    world.check(bob, &[&format!("found #7 [{last}, {first}]")]);
    world.ask(
        alice,
        r#"{"type":"search","room":"kitchen","text":"rea tea"}"#,
    );
    world.ask(alice, r#"{"type":"search","room":"empty","text":"tea"}"#);
    world.run();
    world.check(alice, &[&format!("found [{ready}]"), "found []"]);
}

#[test]
fn a_page_says_where_it_goes_on() {
    let (mut world, alice, _) = tea();
    world.ask(alice, r#"{"type":"search","text":"tea","limit":2}"#);
    world.run();
    world.check(
        alice,
        &["found [lobby 3:alice:no tea, kitchen 1:alice:Tea is ready] next 2"],
    );
    world.ask(alice, r#"{"type":"search","text":"tea","next":2}"#);
    world.ask(alice, r#"{"type":"search","text":"tea","next":1}"#);
    world.ask(alice, r#"{"type":"search","text":"tea","next":6}"#);
    world.run();
    world.check(
        alice,
        &["found [lobby 1:alice:tea?]", "found []", "error BadRequest"],
    );
}

#[test]
fn who_has_not_joined_a_room_finds_nothing_there() {
    let (mut world, alice, bob) = tea();
    world.ask(bob, r#"{"type":"search","room":"kitchen","text":"tea"}"#);
    world.run();
    world.check(bob, &["error NotJoined"]);
    // A room that was left while the store looked.
    world.ask(alice, ALL);
    world.ask(alice, r#"{"type":"leave","ref":8,"room":"lobby"}"#);
    world.run();
    world.check(
        alice,
        &["done #8", "found #7 [kitchen 1:alice:Tea is ready]"],
    );
}

/// The store may have committed it, but it is shown to nobody before those in front of it.
#[test]
fn what_nobody_was_shown_yet_is_not_found() {
    let (mut world, alice, bob) = tea();
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":4,"text":"tea!"}"#,
    );
    let writes = std::mem::take(&mut world.writes);
    let written = world.store.commit(writes);
    world.ask(bob, ALL);
    world.answer();
    world.check(
        bob,
        &["found #7 [lobby 3:alice:no tea, lobby 1:alice:tea?]"],
    );
    world.input(Input::Committed(written));
    world.check(bob, &["message lobby 4:alice:tea!"]);
    world.ask(bob, ALL);
    world.run();
    world.check(
        bob,
        &["found #7 [lobby 4:alice:tea!, lobby 3:alice:no tea, lobby 1:alice:tea?]"],
    );
}

#[test]
fn long_messages_make_a_short_page_that_goes_on() {
    let (mut world, alice, bob) = tea();
    for seq in 4..9 {
        let text = format!("tea {}", "\\\\".repeat(2_000));
        let send = format!(r#"{{"type":"send","room":"lobby","seq":{seq},"text":"{text}"}}"#);
        world.ask(alice, &send);
    }
    world.run();
    world.forget(bob);
    let mut next = String::new();
    let mut numbers = Vec::new();
    loop {
        world.ask(bob, &format!(r#"{{"type":"search","text":"tea"{next}}}"#));
        world.run();
        // That it fits a frame is checked with every event.
        let told = world.take(bob).pop().unwrap();
        let found = told.split("lobby ").skip(1);
        numbers.extend(found.map(|line| line.split(':').next().unwrap().to_owned()));
        match told.rsplit_once("] next ") {
            Some((_, mark)) => next = format!(r#","next":{mark}"#),
            None => break,
        }
    }
    assert_eq!(numbers, ["8", "7", "6", "5", "4", "3", "1"]);
}

#[test]
fn a_store_that_cannot_look_yet_says_so() {
    let (mut world, alice, _) = tea();
    world.store.indexing = true;
    world.ask(alice, ALL);
    world.run();
    world.check(alice, &["error #7 Unavailable after 3000"]);
}

#[test]
fn searches_wait_for_each_other_and_nothing_else_waits_for_them() {
    let mut world = world();
    let conns: Vec<_> = (0..=SEARCHES_AT_ONCE_MAX)
        .map(|index| world.enter_room(None, &format!("n{index}x"), "lobby"))
        .collect();
    for conn in &conns {
        world.forget(*conn);
        world.ask(*conn, ALL);
    }
    assert_eq!(world.reads.len(), SEARCHES_AT_ONCE_MAX);
    world.ask(conns[0], r#"{"type":"history","room":"lobby"}"#);
    assert_eq!(world.reads.len(), SEARCHES_AT_ONCE_MAX + 1);
    // Who has gone takes the place of nobody.
    let last = *conns.last().unwrap();
    world.close(last, true);
    world.run();
    for conn in conns {
        if conn != last {
            assert!(world.take(conn).contains(&"found #7 []".to_owned()));
        }
    }
    assert!(world.engine.asked.is_empty());
    assert_eq!(world.engine.searches.out, 0);
}

#[test]
fn searches_have_a_budget_of_their_own() {
    let mut world = with_limits(Limits {
        searches: Rate::new(2, 10),
        pause_ms: 0,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.forget(alice);
    for _ in 0..3 {
        world.ask(alice, ALL);
    }
    world.run();
    let told = world.take(alice);
    assert_eq!(
        told.iter().filter(|line| *line == "found #7 []").count(),
        2,
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.starts_with("error #7 RateLimited")),
        "{told:?}"
    );
}

/// A jump to what is no more there ends at what is, and says what is gone.
#[test]
fn a_page_around_a_position_that_is_gone_tells_the_gap() {
    let (mut world, alice, _) = tea();
    world.store.trimmed = 2;
    for way in ["\"before\":[1700,3]", "\"after\":[1700,0]"] {
        world.ask(
            alice,
            &format!(r#"{{"type":"history","room":"lobby",{way}}}"#),
        );
    }
    world.ask(alice, ALL);
    world.run();
    let last = "3:alice:no tea";
    world.check(
        alice,
        &[
            "gap lobby 1..2",
            "history lobby [] done",
            "gap lobby 1..2",
            &format!("history lobby [{last}] done"),
            &format!("found #7 [lobby {last}]"),
        ],
    );
}
