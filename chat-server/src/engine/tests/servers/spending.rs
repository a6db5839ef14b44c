use super::*;
use crate::engine::{SPENT_INTERVAL, SPENT_TOLD_MAX, SPENT_WAITING_MAX};
use crate::record::{Payer, Share, Spent};
use std::time::Duration;

fn wide() -> World {
    let limits = Limits {
        per_second: 5,
        burst: 10,
        address_share: 10,
        pause_ms: 1_000,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    World::shared(settings, Store::default())
}

#[test]
fn what_is_spent_here_the_others_hear_of_now_and_then() {
    let mut world = wide();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let local = world.connect_from(IpAddr::V4(Ipv4Addr::LOCALHOST));
    world.hello(local, Some(2), Some("bob"));
    world.run();
    world.ask(local, r#"{"type":"join","room":"lobby"}"#);
    world.run();
    world.say(local, 1, "free");
    for seq in 1..=3 {
        world.say(alice, seq, "hi");
    }
    world.run();
    world.wait(1_999);
    world.check_shares(&[]);
    world.wait(1);
    world.check_shares(&["spent p1 3", "spent 10.0.0.1 3"]);
    world.writes.clear();
    world.wait(10_000);
    world.check_shares(&[]);
    assert_eq!(
        world.engine.due().count(),
        3,
        "nothing is due without cause"
    );
}

#[test]
fn what_was_spent_elsewhere_is_charged_here() {
    let mut world = wide();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let spent = |messages| {
        let by = Payer::Person(person(1));
        News::Spent(Spent { by, messages })
    };
    world.hear(spent(9));
    world.forget(alice);
    world.say(alice, 1, "last");
    world.say(alice, 2, "kept back");
    world.check(alice, &["(pause)"]);
    world.wait(200);
    world.run();
    world.check(
        alice,
        &[
            "(resume)",
            "ack #1 lobby seq 1 at 1 stable 1",
            "ack #2 lobby seq 2 at 2 stable 2",
        ],
    );
    // However much it is, nobody is refused for it, only kept back.
    world.hear(spent(u32::MAX));
    world.say(alice, 3, "kept back");
    world.check(alice, &["(pause)"]);
    world.wait(1_000);
    world.run();
    world.check(alice, &["(resume)", "ack #3 lobby seq 3 at 3 stable 3"]);
}

#[test]
fn an_address_is_charged_with_its_share_and_loopback_with_nothing() {
    let mut world = wide();
    let address = IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0001));
    let spent = |by| News::Spent(Spent { by, messages: 100 });
    world.hear(spent(Payer::Address(address)));
    world.hear(spent(Payer::Address(IpAddr::V4(Ipv4Addr::LOCALHOST))));
    let conn = world.enter_room(Some(1), "alice", "lobby");
    world.say(conn, 1, "kept back");
    world.check(conn, &["(pause)"]);
    assert_eq!(world.engine.addresses.len(), 1);
}

#[test]
fn so_many_are_told_at_a_time_and_so_many_wait() {
    let mut world = wide();
    let payer = |index: usize| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&index.to_be_bytes());
        Payer::Person(PersonId::from_bytes(id))
    };
    for index in 0..=SPENT_WAITING_MAX {
        world.engine.has_spent(payer(index), Duration::ZERO);
    }
    let waiting = |world: &World| world.engine.shared.as_ref().unwrap().spending.len();
    assert_eq!(waiting(&world), SPENT_WAITING_MAX);
    let step = u64::try_from(SPENT_INTERVAL.as_millis()).unwrap();
    world.wait(step);
    assert_eq!(world.writes.len(), SPENT_TOLD_MAX);
    assert_eq!(waiting(&world), SPENT_WAITING_MAX - SPENT_TOLD_MAX);
    // Who spends on and on has no other turn than the rest.
    world.engine.has_spent(payer(0), world.now.elapsed);
    world.wait(step);
    let Write::Share(Share::Spent(spent)) = &world.writes[SPENT_TOLD_MAX] else {
        panic!("{:?}", world.writes[SPENT_TOLD_MAX]);
    };
    assert_eq!(spent.by, payer(SPENT_TOLD_MAX));
}
