use super::*;
use crate::record::{Claim, ClaimError};

fn called(byte: u8, nick: &str) -> News {
    News::Called {
        person: person(byte),
        nick: nick.parse().unwrap(),
        guest: false,
        former: None,
    }
}

/// The claim that waits is answered by hand.
fn answer_claim(world: &mut World, result: Result<(), ClaimError>) -> Claim {
    let writes = std::mem::take(&mut world.writes);
    let claims = writes.into_iter().filter_map(|write| {
        let Write::Claim(claim) = write else {
            return None;
        };
        Some(claim)
    });
    let claims: Vec<Claim> = claims.collect();
    assert_eq!(claims.len(), 1, "{claims:?}");
    world.committed(vec![Written::Claim {
        ticket: claims[0].ticket,
        result: result.map(|()| None),
    }]);
    claims.into_iter().next().unwrap()
}

#[test]
fn a_nick_that_is_held_elsewhere_is_taken() {
    for (guest, held_by) in [(true, "Guest"), (false, "Key")] {
        let mut world = shared();
        let alice = world.connect();
        world.hello(alice, Some(1), Some("alice"));
        answer_claim(&mut world, Err(ClaimError::Held { guest }));
        world.check(alice, &[&format!("error #1 NickTaken held by {held_by}")]);
    }
}

#[test]
fn the_others_hear_who_is_here_and_who_is_no_more() {
    let mut world = shared();
    let alice = world.connect();
    world.hello(alice, Some(1), Some("alice"));
    world.commit();
    world.check_shares(&["introduced p1 0"]);
    world.commit();
    world.close(alice, false);
    world.check_shares(&["released p1 alice"]);
    world.commit();
    let script = world.connect();
    world.hello(script, None, Some("script"));
    world.commit();
    world.check_shares(&[]);
    world.close(script, false);
    world.check_shares(&["released keyless2 script"]);
}

#[test]
fn who_names_no_nick_and_is_elsewhere_takes_the_one_from_there() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_member(2, present(8, "zoe"));
    let zoe = world.connect();
    world.hello(zoe, Some(8), None);
    let claim = answer_claim(&mut world, Ok(()));
    assert_eq!((claim.nick.as_str(), claim.owner), ("zoe", Some(key(8))));
    world.check(zoe, &["welcome #1 p8 zoe owned"]);
    world.forget(alice);
    world.close(zoe, true);
    world.check(alice, &[]);
    // One that was drawn is nobody's own elsewhere either; and where it is gone another one is drawn.
    let guest = Present {
        guest: true,
        ..present(9, "guest-1234")
    };
    world.hear_member(2, guest);
    world.writes.clear();
    let drawn = world.connect();
    world.hello(drawn, Some(9), None);
    let claim = answer_claim(&mut world, Err(ClaimError::Held { guest: true }));
    assert_eq!((claim.nick.as_str(), claim.owner), ("guest-1234", None));
    let claim = answer_claim(&mut world, Ok(()));
    world.check(drawn, &[&format!("welcome #1 p9 {} guest", claim.nick)]);
}

#[test]
fn another_nick_that_was_taken_elsewhere_is_told_here() {
    let mut world = shared();
    let one = world.enter_room(Some(1), "alice", "lobby");
    let two = world.enter(Some(1), "alice");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(one);
    world.commit();
    world.hear(called(1, "carol"));
    let told = "presence lobby r3 count 2 alice>carol";
    world.check(one, &["nick carol owned", told]);
    world.check(two, &["nick carol owned"]);
    world.check(bob, &[told]);
    world.check_shares(&["present lobby p1 carol"]);
    world.commit();
    world.hear(called(1, "carol"));
    world.hear(called(9, "nobody"));
    world.check(one, &[]);
    world.check_shares(&[]);
    // By members of other servers nobody who is here is renamed.
    world.hear_member(2, present(1, "alice"));
    world.check(bob, &[]);
}

#[test]
fn who_is_gone_from_here_is_called_as_elsewhere() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.hear_member(2, present(2, "bert"));
    world.forget(alice);
    world.close(bob, true);
    world.check(alice, &["presence lobby r3 count 2 bob>bert"]);
    world.enter(Some(2), "bob");
    world.check(alice, &["presence lobby r4 count 2 bert>bob"]);
}

#[test]
fn a_device_that_is_elsewhere_now_is_closed() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let other_device = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    world.hear(News::TakenOver {
        person: person(1),
        device: 0,
    });
    world.check(alice, &["(close TakenOver)"]);
    world.check(other_device, &[]);
    world.check(bob, &[]);
}

#[test]
fn one_nick_may_be_two_persons_for_a_moment_and_nobody_loses_a_name() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.enter_room(Some(2), "bob", "lobby");
    world.hear_member(2, present(8, "alice"));
    world.hear(called(2, "alice"));
    world.forget(alice);
    world.ask(alice, r#"{"type":"members","ref":3,"room":"lobby"}"#);
    world.check(alice, &["members #3 lobby r4 [alice alice alice] done"]);
    world.hear(called(2, "bert"));
    world.hear_gone(2, 8);
    world.forget(alice);
    world.ask(alice, r#"{"type":"members","ref":4,"room":"lobby"}"#);
    world.check(alice, &["members #4 lobby r6 [alice bert] done"]);
    world.ask(alice, r#"{"type":"nick","ref":5,"nick":"alice"}"#);
    world.check(alice, &["nick #5 alice owned"]);
}

#[test]
fn a_conversation_is_opened_with_who_is_elsewhere() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let keyless = Present {
        keyed: false,
        ..present(9, "script")
    };
    world.hello(alice, Some(8), None);
    world.hear_members(&[(2, present(8, "zoe")), (2, keyless)]);
    world.forget(alice);
    world.ask(alice, r#"{"type":"open","ref":2,"nick":"Zoe"}"#);
    world.ask(alice, r#"{"type":"open","ref":3,"nick":"script"}"#);
    let told = world.take(alice);
    assert!(told[0].starts_with("opened #2 @") && told[0].ends_with(" zoe"));
    assert_eq!(told[1], "error #3 NotAllowed");
    world.ask(alice, r#"{"type":"open","ref":4,"nick":"far"}"#);
    let ticket = world.take_read().ticket;
    let owner = crate::record::Owner {
        person: person(7),
        nick: "far".parse().unwrap(),
        former: None,
        keyed: false,
    };
    world.input(Input::Found(Found {
        ticket,
        answer: Some(crate::record::Answer::Owner(Some(owner))),
    }));
    world.check(alice, &["error #4 NotAllowed"]);
}

#[test]
fn a_nick_that_was_granted_to_nobody_is_given_back() {
    let mut world = shared();
    let alice = world.connect();
    world.hello(alice, Some(1), Some("alice"));
    world.close(alice, false);
    answer_claim(&mut world, Ok(()));
    world.check_shares(&["released p1 alice"]);
    assert_eq!(world.engine.people.held(), 0);
    // Whoever else is that person has it now, as all servers say.
    let one = world.enter_room(Some(1), "alice", "lobby");
    let two = world.enter(Some(1), "alice");
    world.writes.clear();
    world.ask(two, r#"{"type":"nick","ref":2,"nick":"carol"}"#);
    world.close(two, false);
    answer_claim(&mut world, Ok(()));
    world.check_shares(&["present lobby p1 carol"]);
    world.check(
        one,
        &["nick carol owned", "presence lobby r2 count 1 alice>carol"],
    );
}
