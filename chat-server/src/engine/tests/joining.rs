use protocol::identity::PublicKey;
use protocol::position::PersonId;

use super::*;
use crate::engine::testing::key;
use crate::record::Append;

/// A room with `count` messages of somebody who is gone.
fn told(count: u64, text: &str) -> World {
    world_over(store(count, text), Limits::default())
}

fn world_over(store: Store, limits: Limits) -> World {
    let settings = Settings {
        limits,
        welcome: Some("Hello {nick}".to_owned()),
        ..Settings::default()
    };
    World::restarted(settings, store)
}

fn store(count: u64, text: &str) -> Store {
    let mut store = Store::default();
    say(&mut store, 1..=count, text);
    store
}

fn say(store: &mut Store, seqs: std::ops::RangeInclusive<u64>, text: &str) {
    let person = PersonId::of_key(&PublicKey::from_bytes([9; 32]));
    for seq in seqs {
        store.commit(vec![crate::record::Write::Append(Append {
            ticket: crate::record::Ticket(0),
            room: "lobby".parse().unwrap(),
            id: protocol::position::MessageId {
                person,
                device: 0,
                seq,
            },
            nick: "old".parse().unwrap(),
            time: seq,
            kind: protocol::event::Kind::Message,
            text: text.to_owned(),
            reply_to: None,
        })]);
    }
}

fn anchor(n: u64) -> String {
    let person = PersonId::of_key(&key(9));
    format!(
        r#"{{"type":"join","ref":2,"room":"lobby","after":{{"position":[1700,{n}],"id":"{person}.0.{n}"}}}}"#
    )
}

#[test]
fn a_join_gives_the_last_messages_and_a_welcome() {
    let mut world = told(3, "x");
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","ref":2,"room":"lobby","last":2}"#);
    world.check(alice, &[]);
    world.run();
    world.check(
        alice,
        &[
            r#"joined #2 lobby Latest head 3 r1 count 1 seq 1 "Hello alice""#,
            "members #2 lobby r1 [alice] done",
            "history #2 lobby [2:old:x 3:old:x] done more",
        ],
    );
    world.ask(alice, r#"{"type":"join","ref":3,"room":"lobby"}"#);
    world.check(alice, &["error #3 AlreadyJoined"]);
}

#[test]
fn a_join_with_a_position_gives_exactly_what_follows() {
    for (after, start, history) in [
        (0, "Resumed", "[1:old:x 2:old:x 3:old:x] done"),
        (1, "Resumed", "[2:old:x 3:old:x] done more"),
        (3, "Resumed", "[] done more"),
        (4, "Forked", "[1:old:x 2:old:x 3:old:x] done"),
    ] {
        let mut world = told(3, "x");
        let alice = world.enter(Some(1), "alice");
        world.ask(alice, &anchor(after));
        world.run();
        let welcome = if start == "Forked" {
            r#" "Hello alice""#
        } else {
            ""
        };
        world.check(
            alice,
            &[
                &format!("joined #2 lobby {start} head 3 r1 count 1 seq 1{welcome}"),
                "members #2 lobby r1 [alice] done",
                &format!("history #2 lobby {history}"),
            ],
        );
    }
}

#[test]
fn another_message_at_the_position_is_a_fork() {
    let mut world = told(3, "x");
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, &anchor(2).replace(".0.2", ".0.1"));
    world.run();
    world.check(
        alice,
        &[
            r#"joined #2 lobby Forked head 3 r1 count 1 seq 1 "Hello alice""#,
            "members #2 lobby r1 [alice] done",
            "history #2 lobby [1:old:x 2:old:x 3:old:x] done",
        ],
    );
}

#[test]
fn what_is_gone_is_told_as_a_gap() {
    let mut trimmed = store(5, "x");
    trimmed.trimmed = 3;
    let joined = r#"joined #2 lobby Latest head 5 r1 count 1 seq 1 "Hello alice""#;
    for (join, joined, gap) in [
        (
            anchor(1),
            "joined #2 lobby Resumed head 5 r1 count 1 seq 1",
            "gap lobby 2..3",
        ),
        (
            r#"{"type":"join","ref":2,"room":"lobby"}"#.to_owned(),
            joined,
            "gap lobby 1..3",
        ),
    ] {
        let mut world = world_over(trimmed.clone(), Limits::default());
        let alice = world.enter(Some(1), "alice");
        world.ask(alice, &join);
        world.run();
        let more = if gap == "gap lobby 2..3" { " more" } else { "" };
        world.check(
            alice,
            &[
                joined,
                "members #2 lobby r1 [alice] done",
                gap,
                &format!("history #2 lobby [4:old:x 5:old:x] done{more}"),
            ],
        );
    }
}

#[test]
fn when_all_that_follows_is_gone_the_gap_ends_the_join() {
    let mut trimmed = store(5, "x");
    trimmed.trimmed = 5;
    let mut world = world_over(trimmed, Limits::default());
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, &anchor(2));
    world.run();
    world.check(
        alice,
        &[
            "joined #2 lobby Resumed head 5 r1 count 1 seq 1",
            "members #2 lobby r1 [alice] done",
            "gap lobby 3..5",
            "history #2 lobby [] done more",
        ],
    );
}

#[test]
fn a_store_that_is_ahead_gives_nothing_twice() {
    let mut world = told(0, "");
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter(Some(2), "bob");
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":1,"text":"a"}"#,
    );
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":2,"text":"b"}"#,
    );
    world.ask(bob, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    let written = world.store.commit(std::mem::take(&mut world.writes));
    world.answer();
    world.check(
        bob,
        &[
            r#"joined #2 lobby Latest head 0 r2 count 2 seq 1 "Hello bob""#,
            "members #2 lobby r2 [alice bob] done",
            "history #2 lobby [] done",
        ],
    );
    world.committed(written);
    world.check(bob, &["message lobby 1:alice:a", "message lobby 2:alice:b"]);
}

#[test]
fn an_answer_that_is_behind_leaves_no_hole() {
    let mut world = told(0, "");
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter(Some(2), "bob");
    world.ask(bob, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    let read = world.take_read();
    let answer = Some(world.store.answer(&read.query));
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":1,"text":"a"}"#,
    );
    world.commit();
    world.input(Input::Found(Found {
        ticket: read.ticket,
        answer,
    }));
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":2,"text":"b"}"#,
    );
    world.commit();
    world.check(
        bob,
        &[
            r#"joined #2 lobby Latest head 1 r2 count 2 seq 1 "Hello bob""#,
            "members #2 lobby r2 [alice bob] done",
        ],
    );
    world.answer();
    world.check(bob, &["history #2 lobby [1:alice:a 2:alice:b] done"]);
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":3,"text":"c"}"#,
    );
    world.commit();
    world.check(bob, &["message lobby 3:alice:c"]);
}

#[test]
fn an_answer_to_a_join_that_was_given_up_is_dropped() {
    let mut world = told(1, "x");
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    let old = world.take_read();
    world.close(alice, false);
    assert!(world.engine.rooms.is_empty());
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","ref":3,"room":"lobby"}"#);
    let answer = Some(world.store.answer(&old.query));
    world.input(Input::Found(Found {
        ticket: old.ticket,
        answer,
    }));
    world.check(alice, &[]);
    world.run();
    world.check(
        alice,
        &[
            r#"joined #3 lobby Latest head 1 r1 count 1 seq 1 "Hello alice""#,
            "members #3 lobby r1 [alice] done",
            "history #3 lobby [1:old:x] done",
        ],
    );
}

#[test]
fn a_long_resume_waits_until_the_client_has_read() {
    let text = "\n".repeat(1500) + ".";
    let limits = Limits {
        page_messages: 10,
        ..Limits::default()
    };
    let mut world = world_over(store(90, &text), limits);
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, &anchor(0));
    world.run();
    let lobby = "lobby".parse().unwrap();
    let catching_up = |world: &World| {
        let connection = &world.engine.connections[&alice];
        match &connection.rooms.get(&lobby).unwrap().stage {
            crate::engine::connection::Stage::CatchingUp(c) => Some(c.at),
            crate::engine::connection::Stage::Entering(_)
            | crate::engine::connection::Stage::Live => None,
        }
    };
    let mut at = catching_up(&world).unwrap();
    assert!(world.engine.connections[&alice].pace.given <= 128 * 1024);
    let mut rounds = 0;
    while let Some(now_at) = catching_up(&world) {
        rounds += 1;
        assert!(rounds == 1 || now_at > at, "no progress at {at}");
        at = now_at;
        assert!(
            world.reads.is_empty(),
            "nothing is read before it is drained"
        );
        world.input(Input::Drained { conn: alice });
        world.run();
    }
    assert!(rounds > 1, "{rounds}");
    world.forget(alice);
    world.ask(alice, r#"{"type":"leave","room":"lobby"}"#);
    world.check(alice, &["done"]);
}

#[test]
fn leaving_ends_the_messages_of_a_join() {
    let mut world = world_over(store(30, &"\n.".repeat(2000)), Limits::default());
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, &anchor(0));
    world.answer();
    world.forget(alice);
    world.ask(alice, r#"{"type":"leave","ref":3,"room":"lobby"}"#);
    world.check(alice, &["history #2 lobby [] done", "done #3"]);
    world.input(Input::Drained { conn: alice });
    world.run();
    world.check(alice, &[]);
    assert!(world.engine.rooms.is_empty());
}

#[test]
fn a_store_that_cannot_answer_is_said() {
    let mut world = told(1, "x");
    let alice = world.enter(Some(1), "alice");
    for frame in [
        r#"{"type":"join","ref":2,"room":"lobby"}"#,
        r#"{"type":"rooms","ref":2}"#,
        r#"{"type":"conversations","ref":2}"#,
        r#"{"type":"open","ref":2,"nick":"bob"}"#,
    ] {
        world.ask(alice, frame);
        let ticket = world.take_read().ticket;
        world.input(Input::Found(Found {
            ticket,
            answer: None,
        }));
        world.check(alice, &["error #2 Unavailable after 1000"]);
    }
    assert!(world.engine.rooms.is_empty());
}

#[test]
fn history_is_paged_both_ways() {
    let mut world = told(9, "x");
    let alice = world.enter_room(Some(1), "alice", "lobby");
    for (range, told) in [
        (r#""limit":2"#, "[8:old:x 9:old:x] done more"),
        (r#""limit":2,"before":[1700,3]"#, "[1:old:x 2:old:x] done"),
        (
            r#""limit":2,"before":[1700,4]"#,
            "[2:old:x 3:old:x] done more",
        ),
        (r#""limit":2,"before":[1700,1]"#, "[] done"),
        (
            r#""limit":2,"after":[1700,0]"#,
            "[1:old:x 2:old:x] done more",
        ),
        (r#""limit":2,"after":[1700,7]"#, "[8:old:x 9:old:x] done"),
        (r#""limit":2,"after":[1700,9]"#, "[] done"),
        (
            r#""limit":2,"before":[1700,99]"#,
            "[8:old:x 9:old:x] done more",
        ),
    ] {
        world.ask(
            alice,
            &format!(r#"{{"type":"history","ref":7,"room":"lobby",{range}}}"#),
        );
        world.run();
        world.check(alice, &[&format!("history #7 lobby {told}")]);
    }
    world.ask(
        alice,
        r#"{"type":"history","ref":8,"room":"lobby","after":[1700,1],"before":[1700,3]}"#,
    );
    world.check(alice, &["error #8 BadRequest"]);
    world.ask(alice, r#"{"type":"history","ref":9,"room":"tea"}"#);
    world.check(alice, &["error #9 NotJoined"]);
    // What is stored and not yet shown to anybody is not in a page either.
    say(&mut world.store, 10..=12, "y");
    world.ask(
        alice,
        r#"{"type":"history","ref":9,"room":"lobby","limit":2}"#,
    );
    world.run();
    world.check(alice, &["history #9 lobby [8:old:x 9:old:x] done more"]);
}

#[test]
fn a_page_of_long_messages_is_cut_where_the_answer_is_full() {
    let mut world = told(200, &"\n.".repeat(2000));
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","room":"lobby","last":0}"#);
    world.run();
    for (range, first, last) in [
        ("before\":[1700,201]", false, true),
        ("after\":[1700,0]", true, false),
    ] {
        world.forget(alice);
        world.ask(
            alice,
            &format!(r#"{{"type":"history","room":"lobby","{range}}}"#),
        );
        world.run();
        let told = world.take(alice);
        let has = |n: u32| told.iter().any(|line| line.contains(&format!("[{n}:old")));
        assert_eq!((has(1), has(200)), (first, last));
        assert!(
            told.last().unwrap().ends_with("done more"),
            "{:?}",
            told.last()
        );
    }
}

#[test]
fn rooms_are_those_with_messages_and_those_with_members() {
    let mut world = told(1, "x");
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.enter_room(Some(2), "bob", "attic");
    world.ask(alice, r#"{"type":"rooms","ref":3}"#);
    world.run();
    world.check(alice, &[r#"rooms #3 [attic 1 "", lobby 1 ""]"#]);
    world.ask(alice, r#"{"type":"rooms","ref":3,"after":"attic"}"#);
    world.run();
    world.check(alice, &[r#"rooms #3 [lobby 1 ""]"#]);
}
