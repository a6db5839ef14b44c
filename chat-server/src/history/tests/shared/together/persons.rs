//! What concerns one person: devices, conversations, and what was paid for.

use super::*;
use crate::record::{Payer, Spent};

fn introduced(byte: u8, device: u32) -> Share {
    Share::Introduced {
        person: person(byte),
        device,
    }
}

fn taken_over(byte: u8, device: u32) -> News {
    News::TakenOver {
        person: person(byte),
        device,
    }
}

fn is_taken_over(news: &News) -> bool {
    matches!(news, News::TakenOver { .. })
}

#[test]
fn a_device_that_comes_elsewhere_is_taken_over_and_only_the_older_one() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    for node in [&mut one, &mut other] {
        assert_eq!(node.claim("tea", 1, true), Ok(None));
    }
    one.share(introduced(1, 7));
    // Answered when all before it is said.
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    other.share(introduced(1, 7));
    one.hears(&taken_over(1, 7));
    assert_eq!(other.claim("tea", 1, true), Ok(None));
    other.share(introduced(1, 8));
    one.share(introduced(1, 7));
    other.hears(&taken_over(1, 7));
    assert!(!one.heard.iter().any(is_taken_over));
    assert!(!other.heard.iter().any(is_taken_over));
}

#[test]
fn a_device_that_came_elsewhere_unheard_is_found_out() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    for node in [&mut one, &mut other] {
        assert_eq!(node.claim("tea", 1, true), Ok(None));
    }
    one.share(introduced(1, 7));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    redis.kill_subscribers();
    other.share(introduced(1, 7));
    redis.kill_subscribers();
    one.hears(&taken_over(1, 7));
}

#[test]
fn a_device_stays_where_it_came_last_though_a_failover_lost_that() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    for node in [&mut one, &mut other] {
        assert_eq!(node.claim("tea", 1, true), Ok(None));
    }
    let record = format!("chat:{{people}}:person:{}", person(1));
    one.share(introduced(1, 7));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    let at_one = redis.ask(&["HGET", &record, "d:7"]).text().to_owned();
    other.share(introduced(1, 7));
    one.hears(&taken_over(1, 7));
    assert_eq!(other.claim("tea", 1, true), Ok(None));
    other.heard.clear();
    redis.ask(&["HSET", &record, "d:7", &at_one, "nick", "TEA"]);
    redis.ask(&["HINCRBY", &record, "turn", "1000000"]);
    redis.kill_subscribers();
    // All of the person is looked up at once.
    let mut is_called = false;
    while !is_called {
        is_called = other.until(|news| {
            assert!(!is_taken_over(news), "it is taken over by where it was");
            Some(matches!(news, News::Called { .. }))
        });
    }
    assert_eq!(other.claim("tea", 1, true), Ok(None));
    assert!(!other.heard.iter().any(is_taken_over));
    // It did come elsewhere after that.
    redis.kill_subscribers();
    one.share(introduced(1, 7));
    redis.kill_subscribers();
    other.hears(&taken_over(1, 7));
}

#[test]
fn both_persons_of_a_conversation_hear_of_it_wherever_they_are() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("nick1", 1, false), Ok(None));
    assert_eq!(other.claim("nick2", 2, false), Ok(None));
    let room = direct(1, 2);
    let head = one.say(&room, 1, 1);
    let conversation = |byte, nick: &str| News::Conversation {
        person: person(byte),
        room: room.clone(),
        nick: nick.to_owned(),
        head,
    };
    one.hears(&conversation(1, ""));
    other.hears(&conversation(2, "nick1"));
}

#[test]
fn what_is_paid_for_elsewhere_is_told_to_who_charges_the_same_payer() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let spent = |messages| Spent {
        by: Payer::Person(person(1)),
        messages,
    };
    one.share(Share::Spent(spent(5)));
    let is_counted = || !redis.ask(&["KEYS", "chat:{spent}:*"]).list().is_empty();
    programs::until(is_counted, || "it is not counted".to_owned());
    other.share(Share::Spent(spent(2)));
    other.hears(&News::Spent(spent(5)));
    one.share(Share::Spent(spent(1)));
    one.hears(&News::Spent(spent(2)));
}
