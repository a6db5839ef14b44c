use super::*;
use crate::engine::{
    APPENDS_UNDER_WAY_MAX, CONVERSATIONS_TOLD_MAX, READS_AT_ONCE_MAX, READS_OF_CONNECTION_MAX,
    REQUESTS_WAITING_MAX,
};

fn say(seq: usize) -> String {
    format!(r#"{{"type":"send","room":"lobby","seq":{seq},"text":"{seq}"}}"#)
}

#[test]
fn reading_pauses_at_the_sends_in_flight() {
    let mut world = with_limits(Limits {
        in_flight: 2,
        burst: 100,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.ask(alice, &say(1));
    world.check(alice, &[]);
    world.ask(alice, &say(2));
    world.check(alice, &["(pause)"]);
    world.ask(alice, &say(3));
    assert_eq!(world.writes.len(), 2, "the third waits");
    world.commit();
    world.check(
        alice,
        &[
            "ack lobby seq 1 at 1 stable 2",
            "ack lobby seq 2 at 2 stable 2",
            "message lobby 1:alice:1",
            "message lobby 2:alice:2",
            "(resume)",
        ],
    );
    world.commit();
    world.check(
        alice,
        &["ack lobby seq 3 at 3 stable 3", "message lobby 3:alice:3"],
    );
}

#[test]
fn who_talks_too_fast_is_read_slower() {
    let mut world = with_limits(Limits {
        burst: 2,
        per_second: 1,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    for seq in 1..=4 {
        world.ask(alice, &say(seq));
    }
    world.check(alice, &["(pause)"]);
    assert_eq!(world.writes.len(), 2);
    world.wait(999);
    assert_eq!(world.writes.len(), 2);
    world.wait(1);
    assert_eq!(world.writes.len(), 3);
    world.wait(1000);
    assert_eq!(world.writes.len(), 4);
    world.check(alice, &["(resume)"]);
}

#[test]
fn what_piles_up_beyond_the_limit_is_refused() {
    let mut world = with_limits(Limits {
        burst: 1,
        per_second: 1,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    for seq in 1..=1 + REQUESTS_WAITING_MAX {
        world.ask(alice, &say(seq));
    }
    world.check(alice, &["(pause)"]);
    world.ask(alice, r#"{"type":"rooms","ref":9}"#);
    world.check(alice, &["error #9 RateLimited after 1000"]);
    assert_eq!(world.writes.len(), 1);
}

#[test]
fn this_machine_is_exempt_unless_told_otherwise() {
    for (limit_loopback, written) in [(false, 3), (true, 1)] {
        let mut world = World::new(Settings {
            limits: Limits {
                burst: 1,
                ..Limits::default()
            },
            limit_loopback,
            ..Settings::default()
        });
        let alice = world.connect_from(IpAddr::V4(Ipv4Addr::LOCALHOST));
        world.hello(alice, Some(1), Some("alice"));
        world.ask(alice, r#"{"type":"join","room":"lobby"}"#);
        world.run();
        for seq in 1..=3 {
            world.ask(alice, &say(seq));
        }
        assert_eq!(world.writes.len(), written);
    }
}

#[test]
fn the_budget_is_the_persons_and_not_the_connections() {
    let mut world = with_limits(Limits {
        burst: 1,
        ..Limits::default()
    });
    let one = world.enter_room(Some(1), "alice", "lobby");
    let two = world.enter_room(Some(1), "alice", "lobby");
    world.ask(one, &say(1));
    world.ask(two, &say(2));
    world.check(two, &["(pause)"]);
}

#[test]
fn a_connection_is_in_so_many_rooms() {
    let mut world = with_limits(Limits {
        rooms: 2,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "a1");
    world.ask(alice, r#"{"type":"join","room":"a2","last":0}"#);
    world.ask(alice, r#"{"type":"join","ref":3,"room":"a3"}"#);
    world.check(alice, &["error #3 TooManyRooms"]);
    world.run();
    world.ask(alice, r#"{"type":"leave","room":"a1"}"#);
    world.forget(alice);
    world.ask(alice, r#"{"type":"join","room":"a3"}"#);
    world.check(alice, &[]);
}

#[test]
fn one_connection_asks_the_store_so_much_at_once() {
    let mut world = world();
    let alice = world.enter(Some(1), "alice");
    for _ in 0..=READS_OF_CONNECTION_MAX {
        world.ask(alice, r#"{"type":"rooms"}"#);
    }
    assert_eq!(world.reads.len(), READS_OF_CONNECTION_MAX);
    world.check(alice, &["(pause)"]);
    world.run();
    world.check(
        alice,
        &[
            "rooms []", "(resume)", "rooms []", "rooms []", "rooms []", "rooms []",
        ],
    );
}

#[test]
fn all_connections_ask_the_store_so_much_at_once() {
    let mut world = world();
    let conns: Vec<_> = (0..=READS_AT_ONCE_MAX)
        .map(|index| world.enter(None, &format!("n{index}x")))
        .collect();
    for conn in conns {
        world.ask(conn, r#"{"type":"join","room":"lobby"}"#);
    }
    assert_eq!(world.reads.len(), READS_AT_ONCE_MAX);
    world.answer();
    assert_eq!(world.reads.len(), 1, "the last one was asked then");
    world.run();
    let lobby = "lobby".parse().unwrap();
    assert_eq!(
        world.engine.rooms[&lobby].members.len(),
        READS_AT_ONCE_MAX + 1
    );
    assert!(world.engine.asked.is_empty());
}

#[test]
fn beyond_all_that_may_be_under_way_a_send_is_refused() {
    let mut world = with_limits(Limits {
        in_flight: usize::MAX,
        burst: u32::MAX,
        per_second: u32::MAX,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    for seq in 1..=APPENDS_UNDER_WAY_MAX {
        world.ask(alice, &say(seq));
    }
    world.check(alice, &[]);
    world.ask(alice, &say(APPENDS_UNDER_WAY_MAX + 1));
    world.check(alice, &["error Unavailable after 1000"]);
}

#[test]
fn told_conversations_are_forgotten_at_the_limit() {
    use crate::engine::connection::Connection;
    use protocol::position::{Address, Pair, PersonId};
    let me = PersonId::from_bytes([0; 16]);
    let talk = |index: u16| {
        let mut bytes = [1; 16];
        bytes[..2].copy_from_slice(&index.to_be_bytes());
        Address::Direct(Pair::new(me, PersonId::from_bytes(bytes)).unwrap())
    };
    let mut connection = Connection::new(None, me);
    let max = u16::try_from(CONVERSATIONS_TOLD_MAX).unwrap();
    for index in 0..max {
        assert!(connection.tell_once(&talk(index)));
    }
    assert!(!connection.tell_once(&talk(0)));
    assert!(connection.tell_once(&talk(max)));
    assert!(connection.tell_once(&talk(0)));
}

#[test]
fn stopping_delivers_what_is_under_way_and_keeps_who_was_there() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    world.ask(alice, &say(1));
    world.stop();
    world.check(alice, &[]);
    assert!(!world.engine.is_idle());
    world.ask(
        bob,
        r#"{"type":"send","ref":4,"room":"lobby","seq":1,"text":"late"}"#,
    );
    world.check(bob, &["error #4 Unavailable after 1000"]);
    world.commit();
    world.check(
        alice,
        &[
            "ack lobby seq 1 at 1 stable 1",
            "message lobby 1:alice:1",
            "(close Restart)",
        ],
    );
    world.check(bob, &["message lobby 1:alice:1", "(close Restart)"]);
    assert!(world.engine.is_idle());
    world.close(alice, false);
    world.close(bob, false);
    let late = world.connect();
    world.check(late, &["(close Restart)"]);
    world.run();
    assert_eq!(world.store.present().len(), 2);
}

#[test]
fn an_outdated_client_is_told_and_closed() {
    use protocol::codec::DecodeError;
    use protocol::error::ErrorCode;
    let mut world = world();
    let old = world.connect();
    world.input(Input::Refused {
        conn: old,
        error: DecodeError {
            code: ErrorCode::UnsupportedVersion,
            message: "too old".to_owned(),
            reference: Some(1),
        },
    });
    world.check(
        old,
        &["error #1 UnsupportedVersion", "(close UnsupportedVersion)"],
    );
    world.ask(old, r#"{"type":"rooms"}"#);
    world.check(old, &[]);
}

#[test]
fn a_room_of_thousands_costs_each_message_one_fan() {
    let mut world = world();
    let count = 2_000;
    let conns: Vec<_> = (0..count)
        .map(|index| {
            let conn = world.connect();
            world.hello(conn, None, Some(&format!("m{index}x")));
            world.ask(conn, r#"{"type":"join","room":"lobby"}"#);
            world.run();
            conn
        })
        .collect();
    world.wait(10_000);
    let joining = world.count_frames();
    // Up to the limit each join is told to all; above it two summaries in all.
    assert!(joining < 200 * 200 + 10 * count, "{joining}");
    world.ask(conns[0], r#"{"type":"send","room":"lobby","text":"hi"}"#);
    world.run();
    assert_eq!(world.count_frames(), count + 1);
}

#[test]
fn a_server_may_take_less_than_the_contract() {
    let mut world = with_limits(Limits {
        text_bytes: 256,
        topic_bytes: 32,
        name_graphemes: 8,
        name_bytes: 32,
        ..Limits::default()
    });
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let (long, topic, name) = ("x".repeat(257), "x".repeat(33), "x".repeat(9));
    let fits = long.get(1..).unwrap();
    world.ask(
        alice,
        &format!(r#"{{"type":"send","ref":1,"room":"lobby","seq":1,"text":"{long}"}}"#),
    );
    world.ask(
        alice,
        &format!(r#"{{"type":"topic","ref":2,"room":"lobby","seq":1,"text":"{topic}"}}"#),
    );
    world.ask(
        alice,
        &format!(r#"{{"type":"nick","ref":3,"nick":"{name}"}}"#),
    );
    world.ask(
        alice,
        &format!(r#"{{"type":"join","ref":4,"room":"{name}"}}"#),
    );
    world.check(
        alice,
        &[
            "error #1 BadText",
            "error #2 BadText",
            "error #3 BadNick",
            "error #4 BadRoom",
        ],
    );
    world.ask(
        alice,
        &format!(r#"{{"type":"send","ref":5,"room":"lobby","seq":1,"text":"{fits}"}}"#),
    );
    world.run();
    assert_eq!(world.take(alice)[0], "ack #5 lobby seq 1 at 1 stable 1");
    let other = world.connect();
    world.hello(other, Some(2), Some(&name));
    world.check(other, &["error #1 BadNick"]);
    world.hello(other, Some(2), name.get(1..));
    world.run();
    assert_eq!(world.take(other)[0], "welcome #1 p2 xxxxxxxx owned");
}
