//! A Redis that fails in one way or another, and what is then said of sends.

use super::programs::until;
use super::*;
use crate::history::OpenError;

fn with_patience(redis: &Redis, patience: Duration) -> Shared {
    Shared {
        patience,
        ..alone(redis, "chat")
    }
}

fn refusal(shared: Shared) -> String {
    match History::open(&Location::Redis(Box::new(shared)), NOW) {
        Err(error @ OpenError::Redis { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it opens"),
    }
}

#[test]
fn a_redis_that_may_lose_messages_is_refused() {
    let redis = Redis::start_with(&["appendonly no"]);
    let sentence = refusal(alone(&redis, "chat"));
    let expected = format!(
        "cannot use the Redis at {}: it keeps nothing on disk between its snapshots; set appendonly yes in its configuration",
        redis.url()
    );
    assert_eq!(sentence, expected);
    let redis = Redis::start_with(&["maxmemory-policy allkeys-lru"]);
    let sentence = refusal(alone(&redis, "chat"));
    assert!(
        sentence.contains("set maxmemory-policy noeviction"),
        "{sentence}"
    );
}

#[test]
fn a_key_that_was_made_is_the_key_of_all() {
    let redis = Redis::start();
    let shared = alone(&redis, "chat");
    assert_eq!(super::super::super::known_key_in(&shared).unwrap(), None);
    let mut desk = open(shared.clone());
    let key = desk.history.take_identity().unwrap().public();
    assert_eq!(
        super::super::super::known_key_in(&shared).unwrap(),
        Some(key)
    );
    let mut elsewhere = open(alone(&redis, "other"));
    assert_ne!(elsewhere.history.take_identity().unwrap().public(), key);
}

#[test]
fn forgotten_scripts_are_loaded_anew() {
    let redis = Redis::start();
    let mut desk = open(alone(&redis, "chat"));
    let lobby = room("lobby");
    for seq in 1..=3 {
        assert_eq!(desk.append(said(&lobby, 1, seq)).unwrap().position.n, seq);
        redis.forget_scripts();
        assert_eq!(desk.page(&lobby, Range::Last, 9).messages.len() as u64, seq);
        redis.forget_scripts();
    }
}

#[test]
fn a_primary_that_comes_back_gets_what_was_waiting() {
    let mut redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::from_secs(15)));
    let lobby = room("lobby");
    let era = desk.append(said(&lobby, 1, 1)).unwrap().position.era;
    redis.kill();
    let ticket = desk.ticket();
    let append = Append {
        ticket,
        ..said(&lobby, 1, 2)
    };
    desk.history.write(Write::Append(append)).unwrap();
    redis.start_again();
    let Reply::Committed(written) = desk.reply() else {
        panic!("no answer");
    };
    let [Written::Append { result, .. }] = written.as_slice() else {
        panic!("{written:?}");
    };
    // It was stopped in the middle, so it may have lost something: another era.
    let position = result.unwrap().position;
    assert!(position.era > era && position.n == 2, "{position:?}");
    assert_eq!(numbers(&desk.page(&lobby, Range::Last, 9)), [1, 2]);
}

#[test]
fn a_redis_that_is_away_stores_nothing_and_answers_nothing() {
    let mut redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::ZERO));
    let lobby = room("lobby");
    desk.append(said(&lobby, 1, 1)).unwrap();
    redis.kill();
    // The connection may have been cut before the send or behind it.
    let cut = desk.append(said(&lobby, 1, 2)).unwrap_err();
    assert!(matches!(
        cut,
        AppendError::Unavailable | AppendError::Unknown
    ));
    let refused = desk.append(said(&lobby, 1, 2));
    assert_eq!(refused, Err(AppendError::Unavailable));
    let ticket = desk.ticket();
    let query = Query::Page {
        room: lobby.clone(),
        range: Range::Last,
        limit: 9,
    };
    desk.history.read(Read { ticket, query }).unwrap();
    let Reply::Found(found) = desk.reply() else {
        panic!("no answer");
    };
    assert_eq!(found.answer, None);
    redis.start_again();
    assert_eq!(desk.append(said(&lobby, 1, 2)).unwrap().position.n, 2);
}

#[test]
fn a_full_memory_refuses_messages_and_gives_what_is_there() {
    let redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::from_mins(1)));
    let lobby = room("lobby");
    desk.append(said(&lobby, 1, 1)).unwrap();
    redis.limit_memory(1);
    let refused = desk.append(said(&lobby, 1, 2));
    assert_eq!(refused, Err(AppendError::Unavailable));
    assert_eq!(numbers(&desk.page(&lobby, Range::Last, 9)), [1]);
    let condition = desk.history.condition();
    until(
        || {
            condition
                .read()
                .is_some_and(|outcome| outcome.result.is_err())
        },
        || "the condition does not say it".to_owned(),
    );
    redis.lift_memory_limit();
    assert_eq!(desk.append(said(&lobby, 1, 2)).unwrap().position.n, 2);
}

#[test]
fn what_waits_at_the_end_is_still_stored() {
    let redis = Redis::start();
    let mut desk = open(alone(&redis, "chat"));
    let lobby = room("lobby");
    for seq in 1..=600 {
        let ticket = desk.ticket();
        let append = Append {
            ticket,
            ..said(&lobby, 1, seq)
        };
        desk.history.write(Write::Append(append)).unwrap();
    }
    let mut stored = 0;
    for reply in desk.close() {
        let Reply::Committed(written) = reply else {
            continue;
        };
        stored += written.len();
    }
    assert_eq!(stored, 600);
    let mut next = open(alone(&redis, "chat"));
    assert_eq!(next.join(&lobby, From::Last, 0).head.n, 600);
    drop(next);
}
