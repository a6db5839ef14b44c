use super::*;

#[test]
fn a_server_that_was_given_up_begins_anew() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let lost = world.enter_room(Some(3), "carol", "lobby");
    world.close(lost, false);
    let idle = world.connect();
    let entering = world.enter(Some(4), "dave");
    world.ask(entering, r#"{"type":"join","room":"kitchen"}"#);
    world.say(alice, 1, "stored");
    world.commit();
    world.say(alice, 2, "under way");
    world.ask(bob, r#"{"type":"nick","ref":9,"nick":"bert"}"#);
    let kept = std::mem::take(&mut world.writes);
    for conn in [alice, bob] {
        world.forget(conn);
    }
    world.hear(News::Fenced);
    for conn in [alice, bob, idle] {
        world.check(conn, &["(close Trouble)"]);
    }
    let carol = person(3);
    assert!(world.engine.people.get(carol).is_none());
    let shares = world.writes.iter().filter_map(|write| world.line(write));
    let mut shares: Vec<String> = shares.collect();
    shares.sort();
    assert_eq!(
        shares,
        [
            "absent lobby p1",
            "absent lobby p2",
            "absent lobby p3",
            "released p1 alice",
            "released p3 carol",
            "released p4 dave",
            "unloaded kitchen",
            "unloaded lobby",
        ]
    );
    assert!(world.engine.rooms.is_empty() && world.engine.appends.is_empty());
    world.writes.clear();
    // Who comes back claims the nick anew, although the old connection has not ended.
    let again = world.connect();
    world.hello(again, Some(1), Some("alice"));
    world.run();
    world.check(again, &["welcome #1 p1 alice owned", "conversations []"]);
    world.ask(again, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    world.forget(again);
    // What the store still answers is nobody's, but a nick that it granted is given back.
    let written = world.store.commit(kept);
    world.committed(written);
    world.check_shares(&["released p2 bert"]);
    world.commit();
    for conn in [alice, bob, idle, entering] {
        world.close(conn, false);
    }
    world.check_shares(&[]);
    world.check(again, &[]);
    world.close(again, true);
    world.check_shares(&["absent lobby p1", "released p1 alice", "unloaded lobby"]);
    assert_eq!(
        (world.engine.people.len(), world.engine.people.held()),
        (0, 0)
    );
}

#[test]
fn a_join_that_waits_when_the_server_is_given_up_is_not_asked_any_more() {
    let mut world = shared();
    let conns: Vec<ConnId> = (0..crate::engine::READS_AT_ONCE_MAX)
        .map(|_| world.enter(None, &format!("n{}", world.engine.connections.len())))
        .collect();
    let late = world.enter(None, "late");
    for conn in &conns {
        world.ask(*conn, r#"{"type":"rooms"}"#);
    }
    world.ask(late, r#"{"type":"join","room":"lobby"}"#);
    assert_eq!(world.reads.len(), conns.len());
    world.hear(News::Fenced);
    world.answer();
    assert!(world.reads.is_empty(), "{:?}", world.reads);
}

#[test]
fn a_stop_waits_for_what_has_not_come_back() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.say(alice, 1, "last");
    world.run();
    world.forget(alice);
    world.stop();
    world.check(alice, &[]);
    world.hear_from(1);
    world.check(alice, &["message lobby 1:alice:last", "(close Restart)"]);
    world.writes.clear();
    world.close(alice, false);
    world.check_shares(&[]);
}
