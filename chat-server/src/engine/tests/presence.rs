use super::*;

#[test]
fn coming_and_going_is_told() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.check(alice, &["presence lobby r2 count 2 +bob"]);
    world.check(bob, &[]);
    world.ask(bob, r#"{"type":"leave","ref":3,"room":"lobby"}"#);
    world.check(bob, &["done #3"]);
    world.check(alice, &["presence lobby r3 count 1 -bob"]);
    world.ask(bob, r#"{"type":"leave","ref":4,"room":"lobby"}"#);
    world.check(bob, &["error #4 NotJoined"]);
}

#[test]
fn a_lost_member_is_reconnecting_and_leaves_after_the_wait() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let guest = world.enter_room(None, "guest", "lobby");
    world.forget(alice);
    world.close(guest, false);
    world.check(alice, &["presence lobby r4 count 2 -guest"]);
    world.close(bob, false);
    world.check(alice, &["presence lobby r5 count 2 Reconnecting bob"]);
    world.wait(29_999);
    world.check(alice, &[]);
    let back = world.enter_room(Some(2), "bob", "lobby");
    world.check(alice, &["presence lobby r6 count 2 Back bob"]);
    world.wait(60_000);
    world.check(alice, &[]);
    world.close(back, false);
    world.wait(30_000);
    world.check(
        alice,
        &[
            "presence lobby r7 count 2 Reconnecting bob",
            "presence lobby r8 count 1 -bob",
        ],
    );
    world.run();
    assert_eq!(world.store.present().len(), 1);
}

#[test]
fn a_leave_follows_the_last_message() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let guest = world.enter_room(None, "guest", "lobby");
    world.forget(alice);
    world.forget(bob);
    world.ask(
        bob,
        r#"{"type":"send","ref":1,"room":"lobby","seq":1,"text":"bye"}"#,
    );
    world.ask(bob, r#"{"type":"leave","ref":2,"room":"lobby"}"#);
    world.check(bob, &["done #2"]);
    world.ask(guest, r#"{"type":"send","room":"lobby","text":"ciao"}"#);
    world.close(guest, false);
    world.check(alice, &[]);
    world.run();
    world.check(bob, &["ack #1 lobby seq 1 at 1 stable 2"]);
    world.check(
        alice,
        &[
            "message lobby 1:bob:bye",
            "message lobby 2:guest:ciao",
            "presence lobby r4 count 1 -guest -bob",
        ],
    );
}

#[test]
fn who_comes_back_before_the_last_message_never_left() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let other = world.enter(Some(2), "bob");
    world.forget(alice);
    world.ask(
        bob,
        r#"{"type":"send","room":"lobby","seq":1,"text":"wait"}"#,
    );
    world.ask(bob, r#"{"type":"leave","room":"lobby"}"#);
    world.ask(other, r#"{"type":"join","room":"lobby"}"#);
    world.answer();
    world.run();
    world.check(alice, &["message lobby 1:bob:wait"]);
}

#[test]
fn a_join_counts_what_its_connection_sent_before() {
    let mut world = world();
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.ask(
        bob,
        r#"{"type":"send","room":"lobby","seq":1,"text":"wait"}"#,
    );
    world.ask(bob, r#"{"type":"leave","room":"lobby"}"#);
    world.ask(bob, r#"{"type":"join","room":"lobby","last":0}"#);
    world.run();
    world.check(
        bob,
        &[
            "done",
            "(pause)",
            "ack lobby seq 1 at 1 stable 1",
            "(resume)",
            "joined lobby Latest head 1 r1 count 1 seq 2",
            "members lobby r1 [bob] done",
            "history lobby [] done more",
        ],
    );
}

#[test]
fn after_a_restart_everybody_is_reconnecting_and_nobody_left() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.enter_room(Some(2), "bob", "lobby");
    world.enter_room(None, "guest", "lobby");
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":1,"text":"hi"}"#,
    );
    world.run();
    let mut world = World::restarted(Settings::default(), world.store);
    let thief = world.connect();
    world.hello(thief, None, Some("bob"));
    world.check(thief, &["error #1 NickTaken held by Key"]);
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    world.check(
        alice,
        &[
            "joined #2 lobby Latest head 1 r1 count 2 seq 2",
            "members #2 lobby r1 [alice bob?] done",
            "history #2 lobby [1:alice:hi] done",
        ],
    );
    world.wait(30_000);
    world.check(alice, &["presence lobby r2 count 1 -bob"]);
    world.run();
    assert_eq!(world.store.present().len(), 1);
}

#[test]
fn a_large_room_tells_counts_and_pages_its_list() {
    let mut world = with_limits(Limits {
        members_told: 2,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    let carol = world.enter(Some(3), "carol");
    world.ask(carol, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    world.check(alice, &["presence lobby r3 count 3 summary "]);
    world.check(
        carol,
        &[
            "joined #2 lobby Latest head 0 r3 count 3 seq 1",
            "members #2 lobby r3 [] done more",
            "history #2 lobby [] done",
        ],
    );
    world.ask(carol, r#"{"type":"members","ref":3,"room":"lobby"}"#);
    world.check(carol, &["members #3 lobby r3 [alice carol bob] done"]);
    world.close(bob, true);
    world.check(alice, &[]);
    world.wait(2_000);
    world.check(alice, &["presence lobby r4 count 2 summary "]);
    world.close(carol, true);
    world.check(alice, &["presence lobby r5 count 1 -carol"]);
}
