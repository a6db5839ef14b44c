use tokio::task::JoinSet;

use super::*;
use crate::shell::clock;

const ROOM: Room = Room {
    connections: 100,
    of_address: 3,
    new_of_address: Pace {
        count: 50,
        per: Duration::from_mins(1),
    },
    strangers: 4,
    limit_loopback: false,
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Comes in from an address.
fn come(gate: &Arc<Gate>, address: &str) -> Option<(Ticket, Admission)> {
    gate.enter(ip(address), false, clock::now())
}

#[test]
fn there_is_room_up_to_the_limits() {
    let gate = Gate::new(Room {
        connections: 4,
        strangers: 100,
        ..ROOM
    });
    let mut inside = Vec::new();
    for (address, expected) in [
        ("192.0.2.7", Admission::Open),
        ("192.0.2.7", Admission::Open),
        ("192.0.2.7", Admission::Open),
        ("192.0.2.7", Admission::AddressFull),
        ("192.0.2.8", Admission::Full),
        ("127.0.0.1", Admission::Full),
    ] {
        let (ticket, admission) = come(&gate, address).unwrap();
        assert_eq!(admission, expected, "{address}");
        inside.push(ticket);
    }
    for _ in inside.len()..4 + REFUSALS_MAX {
        inside.push(come(&gate, "192.0.2.9").unwrap().0);
    }
    assert!(come(&gate, "192.0.2.9").is_none());
    let expected = Refused {
        full: 32,
        address_full: 1,
        dropped: 1,
        ..Refused::default()
    };
    assert_eq!(gate.refused(), expected);
    inside.clear();
    assert_eq!(come(&gate, "192.0.2.7").unwrap().1, Admission::Open);
    assert!(gate.lock().of_address.is_empty());
}

#[test]
fn this_machine_is_free_of_an_addresses_limits_unless_it_is_told() {
    for (limit_loopback, expected) in [(false, Admission::Open), (true, Admission::AddressFull)] {
        let gate = Gate::new(Room {
            limit_loopback,
            ..ROOM
        });
        let inside: Vec<_> = (0..3).map(|_| come(&gate, "127.0.0.1")).collect();
        assert_eq!(come(&gate, "127.0.0.1").unwrap().1, expected);
        drop(inside);
    }
}

#[test]
fn who_comes_too_often_is_told_when_and_then_ignored() {
    let gate = Gate::new(ROOM);
    let now = clock::now();
    let come = || {
        gate.enter(ip("192.0.2.7"), false, now)
            .map(|(_, admission)| admission)
    };
    for _ in 0..50 {
        assert_eq!(come(), Some(Admission::Open));
    }
    let told = come().unwrap();
    assert_eq!(told, Admission::TooOften(Duration::from_millis(1_200)));
    for _ in 1..50 {
        assert!(matches!(come(), Some(Admission::TooOften(_))));
    }
    assert_eq!(come(), None);
    let refused = gate.refused();
    assert_eq!((refused.too_often, refused.dropped), (50, 1));
    assert_eq!(
        gate.enter(ip("192.0.2.8"), false, now).unwrap().1,
        Admission::Open
    );
}

#[test]
fn behind_a_proxy_the_clients_address_counts() {
    let gate = Gate::new(ROOM);
    let now = clock::now();
    let behind = |client: &str| {
        let (ticket, admission) = gate.enter(ip("127.0.0.1"), true, now).unwrap();
        assert_eq!(admission, Admission::Open);
        let admission = ticket.belongs_to(ip(client), now);
        (ticket, admission)
    };
    let inside: Vec<_> = (0..3).map(|_| behind("192.0.2.7")).collect();
    assert!(
        inside
            .iter()
            .all(|(_, admission)| *admission == Admission::Open)
    );
    assert_eq!(behind("192.0.2.7").1, Admission::AddressFull);
    assert_eq!(behind("192.0.2.8").1, Admission::Open);
    drop(inside);
    assert!(gate.lock().guests.is_empty());
    assert!(gate.lock().strangers.is_empty());
    for _ in 0..100 {
        behind("192.0.2.7");
    }
    assert!(matches!(behind("192.0.2.7").1, Admission::TooOften(_)));
    let refused = gate.refused();
    assert_eq!(refused.address_full, 1);
    assert!(refused.too_often > 0);
}

#[tokio::test]
async fn too_many_strangers_push_out_the_oldest_of_the_address_that_has_most() {
    let gate = Gate::new(ROOM);
    let mut tasks = JoinSet::new();
    let mut enter = |address: &str| {
        let (ticket, admission) = come(&gate, address).unwrap();
        assert_eq!(admission, Admission::Open);
        let task = tasks.spawn(std::future::pending::<()>());
        assert!(gate.serve_by(ticket.place(), task.clone()));
        (ticket, task)
    };
    let honest = enter("192.0.2.1");
    let introduced = enter("192.0.2.66");
    introduced.0.introduced();
    // A task may run ahead of the one that names it.
    assert!(gate.serve_by(introduced.0.place(), introduced.1.clone()));
    let first = enter("192.0.2.66");
    let second = enter("192.0.2.66");
    let other = enter("192.0.2.2");
    assert_eq!(gate.lock().strangers.len(), 3);
    let newcomer = enter("192.0.2.3");
    // The one who goes is found by the end of its task.
    let gone = tasks.join_next_with_id().await.unwrap().unwrap_err();
    assert_eq!(gone.id(), first.1.id());
    assert_eq!(gate.refused().sent_away, 1);
    assert!(
        !gate.serve_by(first.0.place(), first.1.clone()),
        "it does not begin anew"
    );
    for stays in [&honest, &introduced, &second, &other, &newcomer] {
        assert!(!stays.1.is_finished());
    }
    // Where all have the same number the one who waits longest goes.
    drop(second);
    let mut enter = |address: &str| {
        let (ticket, _) = come(&gate, address).unwrap();
        let task = tasks.spawn(std::future::pending::<()>());
        assert!(gate.serve_by(ticket.place(), task.clone()));
        (ticket, task)
    };
    let _fifth = (enter("192.0.2.4"), enter("192.0.2.5"));
    let gone = tasks.join_next_with_id().await.unwrap().unwrap_err();
    assert_eq!(gone.id(), honest.1.id());
}

#[test]
fn strangers_are_a_tenth_and_always_some() {
    let limits = Limits::default();
    for (connections_max, connections, strangers) in [
        (200_000, 100_000, 1_000),
        (5_000, 5_000, 500),
        (100, 100, 64),
    ] {
        let room = Room::new(&limits, connections_max, false);
        assert_eq!((room.connections, room.strangers), (connections, strangers));
    }
    let room = Room::new(&limits, 5_000, false);
    let in_a_minute = Duration::from_mins(1);
    assert_eq!(
        (room.new_of_address.count, room.new_of_address.per),
        (60, in_a_minute)
    );
}
