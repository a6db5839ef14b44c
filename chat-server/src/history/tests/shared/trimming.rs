//! What a Redis keeps is bounded, and what is gone is said.

use protocol::position::Anchor;

use super::super::searching::{found, hits, search};
use super::*;
use crate::record::Search;

fn keeping(redis: &Redis, messages: u64, time: Option<Duration>) -> Desk {
    open(Shared {
        keep_messages: messages,
        keep_for: time,
        ..alone(redis, "chat")
    })
}

fn kept(redis: &Redis) -> Vec<i64> {
    ["XLEN chat:{r:lobby}:log", "HLEN chat:{r:lobby}:sent"]
        .map(|command| {
            let words: Vec<&str> = command.split(' ').collect();
            redis.ask(&words).number()
        })
        .to_vec()
}

#[test]
fn so_many_messages_are_kept_and_the_rest_is_a_gap() {
    let redis = Redis::start();
    let mut desk = keeping(&redis, 5, None);
    let lobby = room("lobby");
    let era = desk.append(said(&lobby, 1, 1)).unwrap().position.era;
    for seq in 2..=20 {
        desk.append(said(&lobby, 1, seq)).unwrap();
    }
    assert_eq!(kept(&redis), [5, 5]);
    let at = |n| Position::new(era, n);
    let page = desk.page(&lobby, Range::Last, 9);
    assert_eq!(numbers(&page), [16, 17, 18, 19, 20]);
    assert_eq!((page.gap, page.more), (Some((at(1), at(15))), false));
    let page = desk.page(&lobby, Range::After(3), 2);
    assert_eq!(numbers(&page), [16, 17]);
    assert_eq!((page.gap, page.more), (Some((at(4), at(15))), true));
    // A send that is trimmed was stored, and nobody knows where.
    let again = desk.append(said(&lobby, 1, 3)).unwrap();
    assert_eq!((again.position, again.fresh), (at(0), false));
    let anchor = |era, n| {
        From::After(Anchor {
            position: Position::new(era, n),
            id: Some(said(&lobby, 1, n).id),
        })
    };
    let join = desk.join(&lobby, anchor(era, 3), 9);
    assert!(join.known);
    assert_eq!(join.page.gap, Some((at(4), at(15))));
    assert!(!desk.join(&lobby, anchor(era + 1, 3), 9).known);
    // A batch of many takes many.
    desk.append_all((21..=60).map(|seq| said(&lobby, 1, seq)));
    desk.append(said(&lobby, 1, 61)).unwrap();
    desk.append(said(&lobby, 1, 62)).unwrap();
    let page = desk.page(&lobby, Range::Last, 99);
    assert_eq!(page.messages.last().unwrap().position, at(62));
    assert!(page.messages.len() <= 40, "{}", page.messages.len());
    for seq in 63..=70 {
        desk.append(said(&lobby, 1, seq)).unwrap();
    }
    assert_eq!(kept(&redis), [5, 5]);
}

#[test]
fn old_messages_go_but_for_the_last_one() {
    let redis = Redis::start();
    let mut desk = keeping(&redis, 1_000, Some(Duration::from_millis(1)));
    let lobby = room("lobby");
    let first = desk.append(said(&lobby, 1, 1)).unwrap();
    let mut seq = 1;
    let mut last = first;
    while last.time < first.time + 3 {
        seq += 1;
        last = desk.append(said(&lobby, 1, seq)).unwrap();
    }
    // The last one stays in any case, so one more lets the first ones go.
    seq += 1;
    desk.append(said(&lobby, 1, seq)).unwrap();
    let page = desk.page(&lobby, Range::Last, 999);
    assert_eq!(page.messages.last().unwrap().position.n, seq);
    assert_eq!(page.gap.unwrap().0.n, 1);
}

#[test]
fn a_search_looks_through_all_that_is_kept_and_says_since_when_that_is() {
    let redis = Redis::start();
    let mut desk = keeping(&redis, 10, None);
    let (lobby, other) = (room("lobby"), room("other"));
    for seq in 1..=30 {
        desk.append(said(&lobby, 1, seq)).unwrap();
    }
    for seq in 1..=4 {
        desk.append(said(&other, 2, seq)).unwrap();
    }
    let whole = hits(&mut desk, &search(std::slice::from_ref(&other), "says"));
    assert_eq!((whole.found.len(), whole.since), (4, None));
    let part = hits(&mut desk, &search(&[lobby.clone(), other.clone()], "says"));
    assert_eq!(part.found.len(), 14);
    let page = desk.page(&lobby, Range::Last, 99);
    let oldest = page.messages.first().unwrap().time;
    assert_eq!(part.since, Some(oldest));
    let few = Search {
        limit: 3,
        ..search(&[lobby.clone(), other], "says")
    };
    let paged: Vec<Message> = found(&mut desk, &few);
    let at_once: Vec<Message> = part.found.into_iter().map(|hit| hit.message).collect();
    assert_eq!(paged, at_once);
    assert!(paged.is_sorted_by(|a, b| a.time >= b.time));
    assert_eq!(found(&mut desk, &search(&[lobby], "\"says 25\"")).len(), 1);
}

#[test]
fn a_page_of_a_search_ends_after_so_many_looks_and_the_search_goes_on() {
    let redis = Redis::start();
    let mut desk = keeping(&redis, 100_000, None);
    let lobby = room("lobby");
    let count = 12_000;
    let mut first = said(&lobby, 1, 1);
    first.text = "needle".to_owned();
    desk.append(first).unwrap();
    let rest: Vec<Append> = (2..=count).map(|seq| said(&lobby, 1, seq)).collect();
    for part in rest.chunks(500) {
        desk.append_all(part.to_vec());
    }
    let wanted = search(&[lobby], "needle");
    let page = hits(&mut desk, &wanted);
    assert_eq!(page.found, []);
    assert!(page.next.is_some());
    let all = found(&mut desk, &wanted);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].position.n, 1);
}
