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
