//! Each budget at its bound and one beyond: kept back, refused with the wait, closed. All of them have two at once and one a second
//! here, an address has three times as much, nothing is kept back for longer than a second, and the second early refusal ends it.

use protocol::limits::Rate;

use std::net::Ipv6Addr;

use super::*;
use crate::engine::{ACCOUNTS_MAX, ConnId, LEFT_MAX};

const TWO: Rate = Rate::new(2, 2);

/// Not spent by any scenario.
const MANY: Rate = Rate::new(1_000, 1);

fn wide() -> Limits {
    Limits {
        burst: 1_000,
        per_second: 1_000,
        joins: MANY,
        nicks: MANY,
        new_rooms: MANY,
        reads: MANY,
        requests: MANY,
        address_share: 3,
        pause_ms: 1_000,
        refusals: 1,
        ..Limits::default()
    }
}

/// Whether it is heard: what a connection was told of that, and nothing else.
fn heard(world: &mut World, conn: ConnId) -> Vec<String> {
    let is_of_it = |line: &String| line.contains("RateLimited") || line.starts_with('(');
    world.take(conn).into_iter().filter(is_of_it).collect()
}

/// Two connections of one person ask the same in turn, each time with another number.
#[track_caller]
fn check_steps(limits: Limits, ask: impl Fn(u32) -> String) {
    let mut world = with_limits(limits);
    let one = world.enter_room(Some(1), "alice", "lobby");
    let two = world.enter_room(Some(1), "alice", "kitchen");
    world.wait(10_000);
    for number in 1..=2 {
        world.ask(one, &ask(number));
        world.run();
    }
    let none: [&str; 0] = [];
    assert_eq!(heard(&mut world, one), none, "at the bound");
    world.forget(two);

    world.ask(one, &ask(3));
    world.run();
    assert_eq!(heard(&mut world, one), ["(pause)"], "one beyond");
    world.ask(two, &ask(4));
    assert_eq!(
        heard(&mut world, two),
        ["error #4 RateLimited after 2000", "(pause)"],
        "behind the first"
    );
    world.wait(100);
    world.ask(two, &ask(5));
    assert_eq!(
        heard(&mut world, two),
        ["(resume)", "error #5 RateLimited after 1900", "(pause)"]
    );
    world.wait(899);
    world.run();
    assert_eq!(heard(&mut world, one), none);
    world.wait(1);
    world.run();
    assert_eq!(heard(&mut world, one), ["(resume)"]);
    world.ask(two, &ask(6));
    assert_eq!(heard(&mut world, two), ["(resume)", "(pause)"]);
    world.ask(one, &ask(7));
    assert_eq!(
        heard(&mut world, one),
        ["error #7 RateLimited after 2000", "(pause)"]
    );
    world.wait(2_001);
    world.run();
    world.ask(two, &ask(8));
    world.run();
    assert_eq!(heard(&mut world, two), ["(resume)"], "it has waited");
    world.forget(one);

    // Now one of the two heeds no wait.
    for _ in 0..2 {
        world.ask(two, &ask(9));
    }
    world.ask(one, &ask(10));
    world.wait(100);
    world.ask(one, &ask(11));
    world.wait(100);
    world.ask(one, &ask(12));
    assert_eq!(
        heard(&mut world, one),
        [
            "error #10 RateLimited after 1999",
            "(pause)",
            "(resume)",
            "error #11 RateLimited after 1899",
            "(pause)",
            "(resume)",
            "error #12 RateLimited after 1799",
            "(close Flood)",
        ]
    );
    world.ask(one, &ask(13));
    assert_eq!(heard(&mut world, one), none);
}

#[test]
fn messages() {
    let limits = Limits {
        burst: 2,
        per_second: 1,
        ..wide()
    };
    check_steps(limits.clone(), |number| {
        format!(r#"{{"type":"topic","ref":{number},"room":"lobby","seq":{number},"text":"x"}}"#)
    });
    check_steps(limits, |number| {
        format!(r#"{{"type":"send","ref":{number},"room":"lobby","seq":{number},"text":"x"}}"#)
    });
}

/// `rate_limited` says that it was not stored.
#[test]
fn a_retry_of_what_is_stored_is_not_refused_as_if_it_were_not() {
    let limits = Limits {
        burst: 2,
        per_second: 1,
        pause_ms: 0,
        refusals: 10,
        ..wide()
    };
    let mut world = with_limits(limits);
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let say = |seq: u32| {
        format!(r#"{{"type":"send","ref":{seq},"room":"lobby","seq":{seq},"text":"x"}}"#)
    };
    for seq in 1..=2 {
        world.ask(alice, &say(seq));
    }
    world.run();
    world.forget(alice);
    world.ask(alice, &say(2));
    world.wait(100);
    world.ask(alice, &say(3));
    world.check(
        alice,
        &[
            "error #2 OutcomeUnknown after 1000",
            "(pause)",
            "(resume)",
            "error #3 RateLimited after 900",
            "(pause)",
        ],
    );
}

#[test]
fn joins() {
    let limits = Limits {
        joins: TWO,
        ..wide()
    };
    check_steps(limits, |number| {
        format!(r#"{{"type":"join","ref":{number},"room":"room{number}x"}}"#)
    });
}

#[test]
fn nicks() {
    let limits = Limits {
        nicks: TWO,
        ..wide()
    };
    check_steps(limits, |number| {
        format!(r#"{{"type":"nick","ref":{number},"nick":"alice{number}x"}}"#)
    });
}

#[test]
fn reads() {
    for ask in [
        r#"{"type":"history","room":"lobby""#,
        r#"{"type":"rooms""#,
        r#"{"type":"members","room":"lobby""#,
        r#"{"type":"conversations""#,
        r#"{"type":"open","nick":"bob""#,
    ] {
        let limits = Limits {
            reads: TWO,
            ..wide()
        };
        check_steps(limits, |number| format!(r#"{ask},"ref":{number}}}"#));
    }
}

#[test]
fn everything_else() {
    let limits = Limits {
        requests: TWO,
        ..wide()
    };
    check_steps(limits, |number| {
        format!(r#"{{"type":"leave","ref":{number},"room":"elsewhere"}}"#)
    });
}

#[test]
fn frames_that_are_no_requests() {
    let mut world = with_limits(Limits {
        requests: TWO,
        pause_ms: 1_000,
        ..wide()
    });
    let alice = world.enter(Some(1), "alice");
    world.wait(10_000);
    let mut told = Vec::new();
    for number in 1..=5 {
        world.ask(alice, &format!(r#"{{"type":"dance","ref":{number}}}"#));
        told.extend(world.take(alice));
    }
    // Each is answered; the second that is refused too early ends it.
    assert_eq!(
        told,
        [
            "error #1 UnknownRequest",
            "error #2 UnknownRequest",
            "error #3 UnknownRequest",
            "(pause)",
            "error #4 UnknownRequest",
            "error #5 UnknownRequest",
        ]
    );
    world.ask(alice, r#"{"type":"dance","ref":6}"#);
    world.check(alice, &["error #6 UnknownRequest", "(close Flood)"]);
    world.ask(alice, r#"{"type":"dance","ref":7}"#);
    world.check(alice, &[]);
}

#[test]
fn who_has_not_said_hello_spends_the_addresss() {
    let mut world = with_limits(Limits {
        requests: TWO,
        ..wide()
    });
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let stranger = world.connect_from(address);
    for _ in 1..=6 {
        world.ask(stranger, r#"{"type":"rooms"}"#);
    }
    world.check(stranger, &["error NotIntroduced"; 6]);
    let other = world.connect_from(address);
    world.hello(other, Some(1), Some("alice"));
    world.check(other, &["(pause)"]);
    world.wait(334);
    world.run();
    assert!(
        world
            .take(other)
            .contains(&"welcome #1 p1 alice owned".to_owned())
    );
}

#[test]
fn another_nick_by_a_hello_is_another_nick() {
    let mut world = with_limits(Limits {
        nicks: Rate::new(1, 60),
        ..wide()
    });
    let _here = world.enter_room(Some(1), "alice", "lobby");
    let again = world.enter(Some(1), "alice");
    world.check(again, &[]);
    let renamed = world.enter(Some(1), "bob");
    world.check(renamed, &[]);
    let conn = world.connect();
    world.hello(conn, Some(1), Some("carol"));
    world.check(conn, &["error #1 RateLimited after 60000", "(pause)"]);
}

#[test]
fn an_address_has_a_share_of_its_own() {
    let mut world = with_limits(Limits {
        joins: TWO,
        ..wide()
    });
    // Of IPv6 the first half is one.
    let ends = [1_u16, 2, 3, 4];
    let conns = ends.map(|end| {
        let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, end, 0, 0, end);
        let conn = world.connect_from(IpAddr::V6(address));
        let byte = u8::try_from(end).unwrap();
        world.hello(conn, Some(byte), Some(&format!("n{end}x")));
        world.run();
        conn
    });
    for conn in conns.into_iter().take(3) {
        for room in ["a1", "a2"] {
            world.ask(conn, &format!(r#"{{"type":"join","room":"{room}"}}"#));
            world.run();
        }
        let none: [&str; 0] = [];
        assert_eq!(heard(&mut world, conn), none);
    }
    let [one, .., last] = conns;
    // It has asked for nothing yet, and waits for a third of a second as the others have had all.
    world.ask(last, r#"{"type":"join","ref":8,"room":"a1"}"#);
    assert_eq!(heard(&mut world, last), ["(pause)"]);
    world.ask(one, r#"{"type":"join","ref":9,"room":"a3"}"#);
    assert_eq!(heard(&mut world, one), ["(pause)"]);
    world.wait(333);
    assert_eq!(heard(&mut world, last), [""; 0]);
    world.wait(1);
    assert_eq!(heard(&mut world, last), ["(resume)"]);
    let elsewhere = world.connect();
    world.hello(elsewhere, Some(9), Some("zoe"));
    world.run();
    world.ask(elsewhere, r#"{"type":"join","room":"a1"}"#);
    world.run();
    assert_eq!(heard(&mut world, elsewhere), [""; 0]);
}

#[test]
fn a_new_connection_has_no_new_budget() {
    let mut world = with_limits(Limits {
        burst: 2,
        per_second: 1,
        ..wide()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    for seq in 1..=2 {
        world.ask(alice, &say(seq));
    }
    world.run();
    world.close(alice, true);
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.ask(alice, &say(3));
    assert_eq!(heard(&mut world, alice), ["(pause)"]);
}

fn say(seq: u32) -> String {
    format!(r#"{{"type":"send","room":"lobby","seq":{seq},"text":"{seq}"}}"#)
}

#[test]
fn what_is_behind_a_request_that_is_kept_back_stays_behind_it() {
    let mut world = with_limits(Limits {
        burst: 1,
        per_second: 1,
        ..wide()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.ask(alice, &say(1));
    world.ask(alice, &say(2));
    world.ask(alice, r#"{"type":"rooms","ref":7}"#);
    world.ask(alice, r#"{"type":"leave","ref":8,"room":"lobby"}"#);
    world.run();
    world.check(
        alice,
        &[
            "(pause)",
            "ack lobby seq 1 at 1 stable 1",
            "message lobby 1:alice:1",
        ],
    );
    world.wait(1_000);
    world.run();
    world.check(
        alice,
        &[
            "done #8",
            "(resume)",
            "ack lobby seq 2 at 2 stable 2",
            "rooms #7 [lobby 0 \"about lobby\"]",
        ],
    );
}

#[test]
fn a_client_in_many_rooms_is_back_in_all_of_them_at_once() {
    let mut world = with_limits(Limits {
        joins: Rate::new(200, 1),
        new_rooms: Rate::new(200, 1),
        ..Limits::default()
    });
    let join = |room: u32| format!(r#"{{"type":"join","room":"room{room}x"}}"#);
    let resume = |room: u32| {
        format!(
            r#"{{"type":"join","room":"room{room}x","after":{{"position":[1000,1],"id":"{0}.0.1"}}}}"#,
            protocol::position::PersonId::of_key(&crate::engine::testing::key(1))
        )
    };
    let alice = world.enter(Some(1), "alice");
    for room in 0..100 {
        world.ask(alice, &join(room));
        world.run();
        world.ask(
            alice,
            &format!(r#"{{"type":"send","room":"room{room}x","seq":1,"text":"x"}}"#),
        );
        world.wait(1_000);
    }
    world.run();
    world.engine.settings.limits = Limits::default();
    for lost_for in [1_000, 60_000] {
        world.close(alice, false);
        world.wait(lost_for);
        let alice = world.enter(Some(1), "alice");
        for room in 0..100 {
            world.ask(alice, &resume(room));
        }
        world.run();
        assert_eq!(heard(&mut world, alice), [""; 0], "after {lost_for} ms");
        let told = world.engine.connections[&alice].rooms.len();
        assert_eq!(told, 100);
        world.close(alice, false);
        world.wait(20_000);
    }
}

#[test]
fn a_room_that_was_left_is_joined_and_not_resumed() {
    let mut world = with_limits(Limits {
        joins: Rate::new(1, 60),
        ..wide()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.ask(alice, r#"{"type":"leave","room":"lobby"}"#);
    let resume = r#"{"type":"join","ref":3,"room":"lobby","after":{"position":[1000,0]}}"#;
    world.ask(alice, resume);
    assert_eq!(
        heard(&mut world, alice),
        ["error #3 RateLimited after 60000", "(pause)"]
    );
    let resume = r#"{"type":"join","ref":3,"room":"attic","after":{"position":[1000,0]}}"#;
    world.wait(100);
    world.ask(alice, resume);
    assert_eq!(heard(&mut world, alice), ["(resume)"]);
}

#[test]
fn so_many_rooms_are_known_to_be_left() {
    use crate::engine::connection::Connection;
    let mut connection = Connection::new(None, protocol::position::PersonId::from_bytes([0; 16]));
    let room = |number: usize| format!("room{number}x").parse().unwrap();
    for number in 1..LEFT_MAX {
        connection.has_left(&room(number));
    }
    assert!(connection.may_resume(&room(0)));
    assert!(!connection.may_resume(&room(1)));
    connection.has_left(&room(LEFT_MAX));
    assert!(!connection.may_resume(&room(0)), "nobody knows any more");
}

#[test]
fn who_is_first_in_a_room_pays_for_it() {
    let mut world = with_limits(Limits {
        new_rooms: Rate::new(2, 60),
        ..wide()
    });
    let alice = world.enter_room(Some(1), "alice", "a1");
    let bob = world.enter_room(Some(2), "bob", "a1");
    world.ask(alice, r#"{"type":"open","nick":"bob"}"#);
    world.check(alice, &["presence a1 r2 count 2 +bob", "opened @p1.p2 bob"]);
    let pair = |a: u8, b: u8| {
        let id = |byte| protocol::position::PersonId::of_key(&crate::engine::testing::key(byte));
        protocol::position::Address::Direct(protocol::position::Pair::new(id(a), id(b)).unwrap())
    };
    let talk = |number: u8, with: (u8, u8)| {
        format!(
            r#"{{"type":"join","ref":{number},"room":"{}"}}"#,
            pair(with.0, with.1)
        )
    };
    world.ask(alice, &talk(3, (1, 2)));
    world.run();
    assert_eq!(heard(&mut world, alice), [""; 0], "the second");
    for (ask, wait_ms) in [
        (r#"{"type":"join","ref":4,"room":"a2"}"#.to_owned(), 30_000),
        (talk(4, (1, 7)), 29_900),
    ] {
        world.ask(alice, &ask);
        world.run();
        assert_eq!(
            heard(&mut world, alice),
            [
                format!("error #4 RateLimited after {wait_ms}"),
                "(pause)".to_owned()
            ],
            "one beyond"
        );
        world.wait(100);
        world.forget(alice);
    }
    assert_eq!(world.engine.rooms.len(), 2);
    // Bob enters what alice has paid for, and what is paid for stays so when somebody speaks.
    world.ask(bob, &talk(5, (1, 2)));
    world.run();
    world.ask(bob, r#"{"type":"join","ref":6,"room":"a3"}"#);
    world.ask(bob, r#"{"type":"join","ref":7,"room":"a4"}"#);
    world.run();
    assert_eq!(heard(&mut world, bob), [""; 0]);
}

#[test]
fn the_server_keeps_so_many_rooms_without_a_message_in_mind() {
    let mut world = with_limits(Limits {
        empty_rooms: 2,
        ..wide()
    });
    let alice = world.enter_room(Some(1), "alice", "a1");
    world.enter_room(Some(2), "bob", "a1");
    world.ask(alice, r#"{"type":"join","room":"a2"}"#);
    world.run();
    assert_eq!(world.engine.empty_rooms, 2);
    world.forget(alice);
    world.ask(alice, r#"{"type":"join","ref":3,"room":"a3"}"#);
    world.run();
    world.check(alice, &["error #3 Unavailable after 30000"]);
    assert_eq!(world.engine.rooms.len(), 2);
    // One more has room once one of them has a message.
    world.ask(alice, r#"{"type":"send","room":"a2","seq":1,"text":"x"}"#);
    world.run();
    assert_eq!(world.engine.empty_rooms, 1);
    world.ask(alice, r#"{"type":"join","room":"a3"}"#);
    world.run();
    assert_eq!(world.engine.empty_rooms, 2);
    // Or once nobody is in one of them.
    world.ask(alice, r#"{"type":"leave","room":"a3"}"#);
    assert_eq!((world.engine.empty_rooms, world.engine.rooms.len()), (1, 2));
    // A room with messages is none of them.
    world.ask(alice, r#"{"type":"leave","room":"a2"}"#);
    world.ask(alice, r#"{"type":"join","room":"a2"}"#);
    world.run();
    assert_eq!((world.engine.empty_rooms, world.engine.rooms.len()), (1, 2));
}

#[test]
fn many_addresses_and_persons_are_kept_in_mind_up_to_a_limit() {
    let mut world = with_limits(Limits {
        requests: Rate::new(1, 60),
        ..Limits::default()
    });
    for index in 0..=u32::try_from(ACCOUNTS_MAX).unwrap() {
        let address = Ipv4Addr::from_bits(0x0b00_0000 + index);
        let conn = world.connect_from(IpAddr::V4(address));
        world.ask(conn, r#"{"type":"rooms"}"#);
        world.close(conn, false);
    }
    assert_eq!(world.engine.addresses.len(), ACCOUNTS_MAX);
    assert_eq!(world.engine.persons.len(), 0);
    world.wait(60_000);
    let conn = world.connect();
    world.ask(conn, r#"{"type":"rooms"}"#);
    assert_eq!(world.engine.addresses.len(), 1);
}

#[test]
fn a_refusal_says_what_and_how_much_and_when() {
    use crate::engine::budget::Budget;
    use crate::engine::paying::Unpaid;
    use crate::engine::refusals::rate_limited;
    let sentence = |budget, shared, wait_ms| {
        let wait = std::time::Duration::from_micros(wait_ms);
        let refusal = rate_limited(
            Unpaid {
                budget,
                shared,
                wait,
            },
            &Limits::default(),
        );
        (refusal.message, refusal.retry_after_ms.unwrap())
    };
    assert_eq!(
        sentence(Budget::Messages, false, 2_000_001),
        (
            "this was not done: one person may send 10 messages at once and 5 a second after that; try again in 3 s".to_owned(),
            2_001
        )
    );
    for (budget, shared, expected) in [
        (
            Budget::Messages,
            true,
            "all clients of your address together may send 40 messages at once and 20 a second after that",
        ),
        (Budget::Joins, false, "one person may join 5 rooms in 10 s"),
        (
            Budget::Nicks,
            true,
            "all clients of your address together may take 12 nicks in 60 s",
        ),
        (
            Budget::NewRooms,
            false,
            "one person may begin 5 rooms or conversations in 60 s",
        ),
        (
            Budget::Reads,
            false,
            "one person may ask 100 questions in 10 s",
        ),
        (
            Budget::Searches,
            true,
            "all clients of your address together may make 120 searches in 10 s",
        ),
        (
            Budget::Requests,
            false,
            "one person may make 100 other requests in 10 s",
        ),
    ] {
        assert_eq!(
            sentence(budget, shared, 500_000),
            (
                format!("this was not done: {expected}; try again in 1 s"),
                500
            )
        );
    }
}
