//! Several servers on one Redis with a replica: one order, and nothing shown that could be lost.

use protocol::position::Anchor;

use super::programs::{Reply as Told, Sentinels, until};
use super::*;

/// Two servers and what they share.
struct Pair {
    one: Desk,
    other: Desk,
    primary: Redis,
    replica: Redis,
}

fn pair(patience: Duration) -> Pair {
    let (primary, replica) = Redis::pair();
    let shared = with_replica(&primary, patience);
    Pair {
        one: open(shared.clone()),
        other: open(shared),
        primary,
        replica,
    }
}

fn with_replica(primary: &Redis, patience: Duration) -> Shared {
    Shared {
        replicas: 1,
        patience,
        ..alone(primary, "chat")
    }
}

const LONG: Duration = Duration::from_secs(15);

/// Hands over an append and does not wait for its answer.
fn hand(desk: &mut Desk, append: Append) -> Ticket {
    let ticket = desk.ticket();
    let write = Write::Append(Append { ticket, ..append });
    desk.history.write(write).unwrap();
    ticket
}

#[track_caller]
fn answered(desk: &mut Desk, due: Ticket) -> Result<Appended, AppendError> {
    match desk.reply() {
        Reply::Committed(written) => match written.as_slice() {
            [Written::Append { ticket, result }] if *ticket == due => *result,
            other => panic!("{other:?} does not answer {due:?}"),
        },
        other @ (Reply::Found(_) | Reply::News(_) | Reply::Failed(_)) => {
            panic!("{other:?} does not answer {due:?}")
        }
    }
}

fn number(redis: &Redis, field: &str) -> Option<u64> {
    let told = redis.ask(&["HGET", "chat:{r:lobby}:meta", field]);
    if let Told::Text(text) = told {
        text.parse().ok()
    } else {
        None
    }
}

/// Waits until the lobby's log has so many messages.
fn await_head(redis: &Redis, n: u64) {
    until(
        || number(redis, "n") == Some(n),
        || format!("message {n} does not come to the log"),
    );
}

fn texts(page: &Page) -> Vec<&str> {
    page.messages.iter().map(|m| m.text.as_str()).collect()
}

#[test]
fn two_servers_have_one_order_and_store_each_send_once() {
    let Pair {
        mut one,
        mut other,
        primary: _primary,
        replica: _replica,
    } = pair(LONG);
    let lobby = room("lobby");
    assert_ne!(one.restored.node, other.restored.node);
    assert_eq!(one.restored.era, other.restored.era);
    assert_eq!(
        one.history.take_identity().unwrap().public(),
        other.history.take_identity().unwrap().public()
    );
    for seq in 1..=5 {
        let first = one.append(said(&lobby, 1, seq)).unwrap();
        let second = other.append(said(&lobby, 2, seq)).unwrap();
        assert_eq!(
            [first.position.n, second.position.n],
            [2 * seq - 1, 2 * seq]
        );
        assert!(first.fresh && second.fresh && first.time <= second.time);
    }
    let again = other.append(said(&lobby, 1, 3)).unwrap();
    assert_eq!((again.position.n, again.fresh), (5, false));
    assert_eq!(
        other.append(said(&lobby, 1, 9)),
        Err(AppendError::OutOfOrder { expected: 6 })
    );
    let page = one.page(&lobby, Range::Last, 50);
    assert_eq!(numbers(&page), (1..=10).collect::<Vec<_>>());
    assert_eq!(page, other.page(&lobby, Range::Last, 50));
}

#[test]
fn what_no_replica_has_is_neither_acknowledged_nor_shown() {
    let Pair {
        mut one,
        mut other,
        primary,
        replica,
    } = pair(LONG);
    let lobby = room("lobby");
    let era = one.append(said(&lobby, 1, 1)).unwrap().position.era;
    replica.freeze();
    let due = hand(&mut one, said(&lobby, 1, 2));
    await_head(&primary, 2);
    assert_eq!(numbers(&other.page(&lobby, Range::Last, 9)), [1]);
    assert_eq!(number(&primary, "confirmed_n"), Some(1));
    let join = other.join(&lobby, From::Last, 9);
    assert_eq!((join.head.n, join.next_seq), (1, 3));
    let anchor = Anchor {
        position: Position::new(era, 2),
        id: Some(said(&lobby, 1, 2).id),
    };
    let join = other.join(&lobby, From::After(anchor), 9);
    assert!(join.known && join.head.n == 1 && join.page.messages.is_empty());
    assert_eq!(one.history.try_reply(), None);
    assert!(one.history.condition().read().is_some());
    replica.thaw();
    assert_eq!(answered(&mut one, due).unwrap().position.n, 2);
    assert_eq!(numbers(&other.page(&lobby, Range::Last, 9)), [1, 2]);
    let waited = one
        .runtime
        .block_on(one.history.condition().within(Duration::from_millis(1)));
    assert_eq!(waited.result, Ok(()));
}

#[test]
fn after_its_patience_a_send_that_may_be_stored_is_unknown_and_the_next_try_says_where_it_is() {
    let Pair {
        mut one,
        mut other,
        primary: _primary,
        replica,
    } = pair(Duration::ZERO);
    let lobby = room("lobby");
    one.append(said(&lobby, 1, 1)).unwrap();
    replica.freeze();
    assert_eq!(one.append(said(&lobby, 1, 2)), Err(AppendError::Unknown));
    assert_eq!(numbers(&other.page(&lobby, Range::Last, 9)), [1]);
    let waited = one
        .runtime
        .block_on(one.history.condition().within(Duration::from_millis(1)));
    assert_eq!(
        waited.result,
        Err("0 of 1 replicas of the Redis follow it".to_owned())
    );
    replica.thaw();
    // The first write after that confirms all that is there, whoever stored it.
    let found = other.append(said(&lobby, 1, 2)).unwrap();
    assert_eq!((found.position.n, found.fresh), (2, false));
    assert_eq!(numbers(&one.page(&lobby, Range::Last, 9)), [1, 2]);
}

#[test]
fn without_a_replica_no_key_is_made_for_good_and_nothing_is_stored() {
    let primary = Redis::start();
    let known_key = crate::history::redis::known_key_in;
    let hasty = with_replica(&primary, Duration::ZERO);
    let refused = History::open(&Location::Redis(Box::new(hasty)), NOW);
    let sentence = refused.err().unwrap().to_string();
    assert!(sentence.contains("0 of 1 replicas"), "{sentence}");
    assert_eq!(
        primary
            .ask(&["EXISTS", "chat:{people}:secret-kept"])
            .number(),
        0
    );
    // It is the key of all servers that come later.
    let made = known_key(&alone(&primary, "chat")).unwrap();
    let mut first = open(alone(&primary, "chat"));
    assert_eq!(made, Some(first.history.take_identity().unwrap().public()));
    drop(first);
    let mut desk = open(with_replica(&primary, Duration::ZERO));
    let lobby = room("lobby");
    let refused = desk.append(said(&lobby, 1, 1));
    assert_eq!(refused, Err(AppendError::Unavailable));
    assert_eq!(number(&primary, "n"), None);
    let rooms = desk.ask(Query::Rooms {
        after: None,
        limit: 9,
    });
    assert_eq!(
        rooms,
        Answer::Rooms {
            rooms: Vec::new(),
            more: false
        }
    );
    let mut replica = Redis::replica_of(&primary);
    assert_eq!(desk.append(said(&lobby, 1, 1)).unwrap().position.n, 1);
    replica.stop();
}

#[test]
fn a_lagging_replica_that_is_promoted_begins_another_era_where_it_lost_the_tail() {
    let Pair {
        mut one,
        mut primary,
        mut replica,
        other,
    } = pair(Duration::ZERO);
    let lobby = room("lobby");
    let stored = one.append_all((1..=3).map(|seq| said(&lobby, 1, seq)));
    let era = stored[0].unwrap().position.era;
    // That they may be shown is told to the replica a moment later.
    until(
        || number(&replica, "confirmed_n") == Some(3),
        || "the replica does not hear of it".to_owned(),
    );
    replica.freeze();
    assert_eq!(one.append(said(&lobby, 1, 4)), Err(AppendError::Unknown));
    drop((one, other));
    primary.kill();
    // What was on its way to it is gone with it.
    replica.kill();
    replica.start_again();
    replica.promote();
    let mut next = open(alone(&replica, "chat"));
    assert!(next.restored.era > era);
    let lost = Anchor {
        position: Position::new(era, 4),
        id: Some(said(&lobby, 1, 4).id),
    };
    let join = next.join(&lobby, From::After(lost), 2);
    assert!(!join.known);
    assert_eq!((numbers(&join.page), join.next_seq), (vec![2, 3], 4));
    let other_text = Append {
        text: "another one".to_owned(),
        ..said(&lobby, 1, 4)
    };
    let stored = next.append(other_text).unwrap();
    assert!(stored.position.era > era && stored.position.n == 4);
    assert!(!next.join(&lobby, From::After(lost), 2).known);
    let kept = Anchor {
        position: Position::new(era, 3),
        id: Some(said(&lobby, 1, 3).id),
    };
    let join = next.join(&lobby, From::After(kept), 9);
    assert!(join.known);
    assert_eq!(texts(&join.page), ["another one"]);
    let forks = replica.ask(&["HGET", "chat:{r:lobby}:meta", "forks"]);
    assert_eq!(forks.text(), format!("{era}:3"));
}

#[test]
fn a_promotion_without_loss_goes_on_behind_the_last_message() {
    let Pair {
        mut one,
        mut primary,
        replica,
        other,
    } = pair(LONG);
    let lobby = room("lobby");
    let stored = one.append_all((1..=3).map(|seq| said(&lobby, 1, seq)));
    let era = stored[0].unwrap().position.era;
    drop((one, other));
    primary.kill();
    replica.promote();
    let mut next = open(alone(&replica, "chat"));
    let again = next.append(said(&lobby, 1, 3)).unwrap();
    assert_eq!(
        (again.position, again.fresh),
        (Position::new(era, 3), false)
    );
    let stored = next.append(said(&lobby, 1, 4)).unwrap();
    assert!(stored.position.era > era && stored.position.n == 4);
    let anchor = Anchor {
        position: Position::new(era, 3),
        id: Some(said(&lobby, 1, 3).id),
    };
    let join = next.join(&lobby, From::After(anchor), 9);
    assert!(join.known);
    assert_eq!(numbers(&join.page), [4]);
}

#[test]
fn a_position_that_redis_told_and_has_no_more_begins_another_era() {
    let redis = Redis::start();
    let mut desk = open(alone(&redis, "chat"));
    let lobby = room("lobby");
    let stored = desk.append_all((1..=3).map(|seq| said(&lobby, 1, seq)));
    let era = stored[0].unwrap().position.era;
    // As if the primary had come back with an older state of its own.
    let sender = format!("{}.0", person(1));
    redis.ask(&["XDEL", "chat:{r:lobby}:log", &format!("3-{era}")]);
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "n", "2", "confirmed_n", "2"]);
    redis.ask(&["HSET", "chat:{r:lobby}:seqs", &sender, "2"]);
    redis.ask(&["HDEL", "chat:{r:lobby}:sent", &format!("{sender}.3")]);
    let again = desk.append(said(&lobby, 1, 3)).unwrap();
    assert!(again.position.era > era && again.position.n == 3);
    let forks = redis.ask(&["HGET", "chat:{r:lobby}:meta", "forks"]);
    assert_eq!(forks.text(), format!("{era}:2"));
    // A whole room that is gone is another one, too.
    redis.ask(&["DEL", "chat:{r:lobby}:log", "chat:{r:lobby}:meta"]);
    redis.ask(&["DEL", "chat:{r:lobby}:seqs", "chat:{r:lobby}:sent"]);
    let anew = desk.append(said(&lobby, 2, 1)).unwrap();
    assert!(anew.position.era > again.position.era && anew.position.n == 1);
}

#[test]
fn a_server_follows_its_sentinels_and_a_former_primary_that_wakes_takes_nothing() {
    let primary = Redis::start();
    let replicas = [Redis::replica_of(&primary), Redis::replica_of(&primary)];
    primary.await_replicas(2);
    let sentinels = Sentinels::watch(&primary, 2);
    let mut desk = open(Shared {
        replicas: 1,
        patience: LONG * 2,
        ..Shared::new(sentinels.url().parse().unwrap())
    });
    let lobby = room("lobby");
    let stored = desk.append_all((1..=3).map(|seq| said(&lobby, 1, seq)));
    let era = stored[0].unwrap().position.era;
    primary.freeze();
    // It waits until another one is primary and has a replica.
    let fourth = desk.append(said(&lobby, 1, 4)).unwrap();
    assert_eq!(fourth.position.n, 4);
    assert!(fourth.position.era > era);
    primary.thaw();
    let fifth = desk.append(said(&lobby, 1, 5)).unwrap();
    assert_eq!(fifth.position, Position::new(fourth.position.era, 5));
    // While its connection moves a question may get no answer, but never an old one.
    let query = Query::Page {
        room: lobby,
        range: Range::Last,
        limit: 9,
    };
    let mut answer = None;
    let mut is_answered = || {
        answer = desk.try_ask(query.clone());
        answer.is_some()
    };
    until(&mut is_answered, || "no answer".to_owned());
    let Some(Answer::Page(page)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(numbers(&page), [1, 2, 3, 4, 5]);
    let is_current = |redis: &Redis| {
        redis.info("role").as_deref() == Some("master") && number(redis, "n") == Some(5)
    };
    assert!(replicas.iter().any(is_current));
}
