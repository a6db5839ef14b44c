use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::engine::ConnId;

const CLOSE: &str = "(close Drain)";

fn seconds(from: u64, until: u64) -> std::ops::Range<Duration> {
    Duration::from_secs(from)..Duration::from_secs(until)
}

/// Those of `open` that were closed since the last look.
fn take_closed(world: &mut World, open: &mut Vec<ConnId>) -> Vec<ConnId> {
    let mut closed = Vec::new();
    open.retain(|conn| {
        let is_closed = world.take(*conn).iter().any(|line| line == CLOSE);
        if is_closed {
            closed.push(*conn);
        }
        !is_closed
    });
    for conn in &closed {
        world.close(*conn, false);
    }
    closed
}

#[test]
fn closes_are_spread_evenly_over_the_window_in_random_order() {
    let mut world = world();
    let mut open: Vec<ConnId> = (0..100).map(|_| world.connect()).collect();
    world.engine.drain(seconds(5, 25));
    world.wait(4_999);
    assert_eq!(take_closed(&mut world, &mut open), [], "nobody before");
    let mut order = Vec::new();
    for second in 0..20 {
        world.wait(if second == 0 { 1 } else { 1_000 });
        // The first of each second is due at its beginning, so a look at it finds one that belongs to the next.
        let closed = take_closed(&mut world, &mut open);
        assert_eq!(closed.len(), if second == 0 { 1 } else { 5 }, "{second}");
        order.extend(closed);
    }
    world.wait(999);
    order.extend(take_closed(&mut world, &mut open));
    assert_eq!(open, [], "nobody is left");
    assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 100);
    assert!(!order.is_sorted());
    let halves = order.chunks(50).map(|half| {
        let early = half.iter().filter(|conn| conn.0 <= 50);
        early.count()
    });
    // Were it by age, it would be 50 and 0.
    assert!(halves.into_iter().all(|early| (10..=40).contains(&early)));
    assert_eq!(world.engine.deadlines(), 1, "time served alone");
}

#[test]
fn what_was_said_is_delivered_before_the_close_and_nothing_more_is_begun() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let guest = world.enter_room(Some(3), "guest", "lobby");
    for conn in [alice, bob, guest] {
        world.forget(conn);
    }
    let say = |seq: u64| {
        format!(r#"{{"type":"send","ref":{seq},"room":"lobby","seq":{seq},"text":"{seq}"}}"#)
    };
    world.ask(alice, &say(1));
    world.ask(bob, &say(1));
    world.engine.drain(seconds(0, 0));
    world.wait(0);
    world.check(guest, &[CLOSE]);
    world.check(alice, &[]);
    world.ask(alice, &say(2));
    world.check(alice, &["error #2 Unavailable after 1000"]);
    world.commit();
    world.check(
        alice,
        &[
            "ack #1 lobby seq 1 at 1 stable 2",
            "message lobby 1:alice:1",
            "message lobby 2:bob:1",
            CLOSE,
        ],
    );
    let told = world.take(bob);
    assert_eq!(told.last().unwrap(), CLOSE);
    assert_eq!(told[told.len() - 2], "message lobby 2:bob:1");
    assert_eq!(world.store.head(&"lobby".parse().unwrap()), 2);
}

#[test]
fn a_nick_that_is_under_way_is_granted_before_the_close() {
    let mut world = world();
    let alice = world.enter(Some(1), "alice");
    world.ask(alice, r#"{"type":"nick","ref":1,"nick":"anna"}"#);
    world.engine.drain(seconds(0, 0));
    world.wait(0);
    world.check(alice, &[]);
    world.commit();
    world.check(alice, &["nick #1 anna owned", CLOSE]);
}

#[test]
fn until_its_turn_everybody_is_served() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let mut open = vec![alice, bob];
    world.forget(alice);
    world.engine.drain(seconds(10, 20));
    world.wait(10_000);
    let gone = take_closed(&mut world, &mut open);
    let stays = if gone == [alice] { bob } else { alice };
    assert_eq!((gone.len(), open.as_slice()), (1, &[stays][..]));
    world.forget(stays);
    world.ask(
        stays,
        r#"{"type":"send","room":"lobby","seq":1,"text":"still here"}"#,
    );
    world.commit();
    let nick = if stays == alice { "alice" } else { "bob" };
    world.check(
        stays,
        &[
            "ack lobby seq 1 at 1 stable 1",
            &format!("message lobby 1:{nick}:still here"),
        ],
    );
    world.wait(4_999);
    world.check(stays, &[]);
    world.wait(1);
    world.check(stays, &[CLOSE]);
}

#[test]
fn nobody_leaves_by_a_drain_but_who_says_so() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let carol = world.enter_room(Some(3), "carol", "lobby");
    world.forget(alice);
    world.close(bob, false);
    world.check(alice, &["presence lobby r4 count 3 Reconnecting bob"]);
    world.engine.drain(seconds(100, 101));
    // Longer than anybody is waited for.
    world.wait(99_999);
    world.check(alice, &[]);
    world.close(carol, true);
    world.check(alice, &["presence lobby r5 count 2 -carol"]);
    world.wait(1_001);
    world.check(alice, &[CLOSE]);
    world.close(alice, false);
    world.wait(60_000);
    world.run();
    assert_eq!(world.store.present().len(), 2, "alice and bob");
}

#[test]
fn who_comes_in_a_drain_has_a_turn_within_it() {
    let mut world = world();
    world.engine.drain(seconds(5, 10));
    let mut open: Vec<ConnId> = (0..50).map(|_| world.connect()).collect();
    world.wait(4_999);
    assert_eq!(take_closed(&mut world, &mut open), []);
    world.wait(2_500);
    let first = take_closed(&mut world, &mut open).len();
    assert!((10..=40).contains(&first), "{first} in the first half");
    world.wait(2_501);
    take_closed(&mut world, &mut open);
    assert_eq!(open, []);
    let late = world.connect();
    world.wait(0);
    world.check(late, &[CLOSE]);
}

#[test]
fn who_goes_before_its_turn_leaves_none_behind() {
    let mut world = world();
    let conns: Vec<ConnId> = (0..5).map(|_| world.connect()).collect();
    world.engine.drain(seconds(5, 10));
    assert_eq!(world.engine.deadlines(), 6);
    for conn in conns {
        world.close(conn, true);
    }
    assert_eq!(world.engine.deadlines(), 1);
}

#[test]
fn a_stop_ends_what_a_drain_has_left() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter(Some(2), "bob");
    world.forget(alice);
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":1,"text":"x"}"#,
    );
    world.engine.drain(seconds(0, 100));
    world.stop();
    world.check(alice, &[]);
    world.commit();
    let told = world.take(alice);
    assert!(
        told.contains(&"message lobby 1:alice:x".to_owned()),
        "{told:?}"
    );
    assert_eq!(told.last().unwrap(), "(close Restart)");
    world.check(bob, &["(close Restart)"]);
}
