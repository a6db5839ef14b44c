use super::*;

#[test]
fn who_is_there_by_others_is_in_the_list_and_its_changes() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_member(2, present(8, "zoe"));
    world.check(alice, &["presence lobby r2 count 2 +zoe"]);
    world.hear_member(2, lost(8, "zoe"));
    world.hear_member(2, lost(8, "zoe"));
    world.check(alice, &["presence lobby r3 count 2 Reconnecting zoe"]);
    world.hear_member(3, present(8, "zoe"));
    world.check(alice, &["presence lobby r4 count 2 Back zoe"]);
    world.hear_gone(2, 8);
    world.hear_gone(2, 8);
    world.check(alice, &[]);
    world.hear_member(3, present(8, "zora"));
    world.check(alice, &["presence lobby r5 count 2 zoe>zora"]);
    world.ask(alice, r#"{"type":"members","ref":3,"room":"lobby"}"#);
    world.ask(alice, r#"{"type":"rooms","ref":4}"#);
    world.run();
    world.check(
        alice,
        &[
            "members #3 lobby r5 [alice zora] done",
            r#"rooms #4 [lobby 2 ""]"#,
        ],
    );
    world.hear_gone(3, 8);
    world.check(alice, &["presence lobby r6 count 1 -zora"]);
    assert_eq!(world.engine.people.elsewhere(), 0);
}

/// A dead server hears of nothing, so it says the old nick until it is forgotten.
#[test]
fn the_word_of_a_server_by_which_somebody_is_lost_counts_less() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_member(2, present(8, "zoe"));
    world.hear_member(3, present(8, "zora"));
    world.forget(alice);
    world.hear_member(2, lost(8, "zoe"));
    world.hear_gone(2, 8);
    world.check(alice, &[]);
    world.hear_member(3, lost(8, "zora"));
    world.hear_member(2, lost(8, "zoe"));
    world.check(
        alice,
        &[
            "presence lobby r4 count 2 Reconnecting zora",
            "presence lobby r5 count 2 zora>zoe",
        ],
    );
    world.hear_gone(2, 8);
    world.check(alice, &["presence lobby r6 count 2 zoe>zora"]);
}

#[test]
fn who_comes_lost_is_told_to_be_lost() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_member(2, lost(8, "zoe"));
    world.check(alice, &["presence lobby r2 count 2 +zoe Reconnecting zoe"]);
}

#[test]
fn a_join_shows_who_is_there_by_others() {
    let mut world = shared();
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.hear_members(&[(2, present(8, "zoe")), (3, lost(9, "yan"))]);
    world.hear_member(3, present(7, "xia"));
    world.run();
    world.check(
        alice,
        &[
            "joined #2 lobby Latest head 0 r3 count 4 seq 1",
            "members #2 lobby r3 [alice xia yan? zoe] done",
            "history #2 lobby [] done",
        ],
    );
}

#[test]
fn a_whole_list_tells_what_is_different() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_members(&[(2, present(7, "xia")), (2, present(8, "zoe"))]);
    world.forget(alice);
    world.hear_members(&[(3, present(8, "zoe")), (3, present(9, "yan"))]);
    world.check(alice, &["presence lobby r3 count 3 +yan -xia"]);
    world.hear_members(&[(3, lost(8, "zoe")), (3, present(9, "yan"))]);
    world.check(alice, &["presence lobby r4 count 3 Reconnecting zoe"]);
    world.hear_members(&[]);
    world.check(alice, &["presence lobby r5 count 1 -yan -zoe"]);
}

#[test]
fn who_is_here_elsewhere_is_neither_lost_nor_gone_when_lost_or_gone_here() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.hear_member(2, present(2, "bob"));
    world.forget(alice);
    world.commit();
    world.close(bob, false);
    world.check_shares(&["present lobby p2 bob lost"]);
    world.check(alice, &[]);
    world.commit();
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.check(alice, &[]);
    world.close(bob, true);
    world.check_shares(&["absent lobby p2", "released p2 bob"]);
    world.check(alice, &[]);
    world.hear_member(2, lost(2, "bob"));
    world.check(alice, &["presence lobby r3 count 2 Reconnecting bob"]);
    world.enter_room(Some(2), "bob", "lobby");
    world.check(alice, &["presence lobby r4 count 2 Back bob"]);
    world.hear_gone(2, 2);
    world.check(alice, &[]);
}

#[test]
fn who_is_lost_here_and_elsewhere_leaves_with_the_last_of_both() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.hear_member(2, lost(2, "bob"));
    world.forget(alice);
    world.close(bob, false);
    world.check(alice, &["presence lobby r3 count 2 Reconnecting bob"]);
    world.wait(30_000);
    world.check(alice, &[]);
    world.hear_gone(2, 2);
    world.check(alice, &["presence lobby r4 count 1 -bob"]);
}

#[test]
fn the_others_are_told_of_all_who_are_lost_and_back_and_of_those_without_a_key() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.close(alice, false);
    world.check_shares(&["present lobby p1 alice lost"]);
    world.commit();
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"join","room":"lobby"}"#);
    world.answer();
    world.check_shares(&["present lobby p1 alice"]);
    world.commit();
    let script = world.enter(None, "script");
    world.ask(script, r#"{"type":"join","room":"lobby"}"#);
    world.answer();
    world.check_shares(&["present lobby keyless3 script"]);
    world.commit();
    world.close(script, false);
    world.check_shares(&["absent lobby keyless3", "released keyless3 script"]);
    world.commit();
    world.stop();
    world.close(alice, false);
    world.check_shares(&[]);
}

#[test]
fn a_room_that_nobody_here_wants_is_forgotten_once_and_loaded_anew() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_members(&[(2, present(8, "zoe"))]);
    world.ask(alice, r#"{"type":"leave","room":"lobby"}"#);
    world.check_shares(&["absent lobby p1", "unloaded lobby"]);
    assert!(world.engine.rooms.is_empty());
    assert_eq!(world.engine.people.elsewhere(), 0);
    world.commit();
    world.hear_member(2, present(9, "yan"));
    world.hear_members(&[(2, present(9, "yan"))]);
    world.hear_gone(2, 8);
    assert_eq!(world.engine.people.elsewhere(), 0);
    world.forget(alice);
    world.ask(alice, r#"{"type":"join","room":"lobby"}"#);
    world.close(alice, true);
    world.check_shares(&["unloaded lobby", "released p1 alice"]);
}

#[test]
fn a_large_room_counts_all_of_them() {
    let mut world = World::shared(
        Settings {
            limits: Limits {
                members_told: 2,
                ..Limits::default()
            },
            ..Settings::default()
        },
        Store::default(),
    );
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_members(&[(2, present(7, "xia")), (2, present(8, "zoe"))]);
    world.check(alice, &["presence lobby r2 count 3 summary "]);
    world.hear_gone(2, 8);
    world.wait(2_000);
    world.check(alice, &["presence lobby r3 count 2 summary "]);
}

#[test]
fn a_room_where_others_are_is_not_a_new_one() {
    let mut world = World::shared(
        Settings {
            limits: Limits {
                empty_rooms: 1,
                ..Limits::default()
            },
            ..Settings::default()
        },
        Store::default(),
    );
    world.enter_room(Some(1), "alice", "kitchen");
    let bob = world.enter(Some(2), "bob");
    world.ask(bob, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    world.check(bob, &["error #2 Unavailable after 30000"]);
    world.ask(bob, r#"{"type":"join","ref":3,"room":"lobby"}"#);
    world.hear_members(&[(2, present(8, "zoe"))]);
    world.run();
    world.check(
        bob,
        &[
            "joined #3 lobby Latest head 0 r2 count 2 seq 1",
            "members #3 lobby r2 [bob zoe] done",
            "history #3 lobby [] done",
        ],
    );
}
