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
    let query = Query::Page {
        room: lobby.clone(),
        range: Range::Last,
        limit: 9,
    };
    assert_eq!(desk.try_ask(query), None);
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

#[test]
fn a_room_that_takes_nothing_holds_up_no_other_one() {
    let redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::from_secs(15)));
    let (bad, good) = (room("bad"), room("good"));
    redis.ask(&["SET", "chat:{r:bad}:seqs", "no hash"]);
    let appends = [&bad, &good].map(|room| {
        let ticket = desk.ticket();
        let append = said(room, 1, 1);
        Append { ticket, ..append }
    });
    let tickets = appends.clone().map(|append| append.ticket);
    for append in appends {
        desk.history.write(Write::Append(append)).unwrap();
    }
    let answered = |desk: &mut Desk| match desk.reply() {
        Reply::Committed(written) => match written.as_slice() {
            [Written::Append { ticket, result }] => (*ticket, result.unwrap().position.n),
            other => panic!("{other:?}"),
        },
        other @ (Reply::Found(_) | Reply::News(_) | Reply::Failed(_)) => panic!("{other:?}"),
    };
    assert_eq!(answered(&mut desk), (tickets[1], 1));
    redis.ask(&["DEL", "chat:{r:bad}:seqs"]);
    assert_eq!(answered(&mut desk), (tickets[0], 1));
}

#[test]
fn a_redis_that_hangs_costs_those_who_wait_its_time_once() {
    let redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::from_millis(500)));
    let lobby = room("lobby");
    desk.append(said(&lobby, 1, 1)).unwrap();
    redis.freeze();
    let mut results = Vec::new();
    for seq in 2..=2_000 {
        let ticket = desk.ticket();
        let append = Append {
            ticket,
            ..said(&lobby, 1, seq)
        };
        desk.history.write(Write::Append(append)).unwrap();
    }
    while results.len() < 1_999 {
        match desk.reply() {
            Reply::Committed(written) => results.extend(written),
            Reply::Found(_) | Reply::News(_) => {}
            Reply::Failed(failure) => panic!("{failure}"),
        }
    }
    redis.thaw();
    let is = |error| {
        let same = |written: &&Written| matches!(written, Written::Append { result, .. } if *result == Err(error));
        results.iter().filter(same).count()
    };
    let (unknown, unavailable) = (is(AppendError::Unknown), is(AppendError::Unavailable));
    assert_eq!(unknown + unavailable, 1_999);
    // One batch was handed to it, and no other one after that.
    assert!((1..=512).contains(&unknown), "{unknown}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "what is promised is a time, that of the signal to the end"
)]
fn the_end_waits_for_no_redis_that_hangs() {
    let redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::from_mins(10)));
    let lobby = room("lobby");
    desk.append(said(&lobby, 1, 1)).unwrap();
    redis.freeze();
    for seq in 2..=1_000 {
        let ticket = desk.ticket();
        let append = Append {
            ticket,
            ..said(&lobby, 1, seq)
        };
        desk.history.write(Write::Append(append)).unwrap();
    }
    let ticket = desk.ticket();
    let query = Query::Page {
        room: lobby,
        range: Range::Last,
        limit: 9,
    };
    desk.history.read(Read { ticket, query }).unwrap();
    let begun = std::time::Instant::now();
    let answers = desk.close().into_iter().filter_map(|reply| match reply {
        Reply::Committed(written) => Some(written.len()),
        Reply::Found(_) | Reply::News(_) | Reply::Failed(_) => None,
    });
    assert_eq!(answers.sum::<usize>(), 999);
    // A process has 4.5 s, of which the connections need some.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    redis.thaw();
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "what is promised is a time, that of the signal to the end"
)]
fn a_server_that_is_about_to_end_hears_soon_what_a_redis_that_hangs_does_not_confirm() {
    let redis = Redis::start();
    let mut desk = open(with_patience(&redis, Duration::from_secs(20)));
    let lobby = room("lobby");
    desk.append(said(&lobby, 1, 1)).unwrap();
    redis.freeze();
    let ticket = desk.ticket();
    let append = Append {
        ticket,
        ..said(&lobby, 1, 2)
    };
    desk.history.write(Write::Append(append)).unwrap();
    let begun = std::time::Instant::now();
    desk.history.hurry();
    // Before anything is closed, so that who waits for it is told.
    let unknown = Reply::Committed(vec![Written::Append {
        ticket,
        result: Err(AppendError::Unknown),
    }]);
    assert_eq!(desk.runtime.block_on(desk.history.reply()), Some(unknown));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    desk.close();
    redis.thaw();
}
