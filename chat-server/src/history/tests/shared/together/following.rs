//! Messages on all servers: each once, in one order, whatever happens to bells.

use super::*;

/// Stores and confirms a second message like the first, and rings no bell.
const SILENTLY: &str = "
    local first = redis.call('XRANGE', KEYS[1], '-', '+')[1]
    local id, fields = string.gsub(first[1], '^1', '2'), first[2]
    fields[2] = string.gsub(fields[2], '%d+$', '2')
    redis.call('XADD', KEYS[1], id, unpack(fields))
    redis.call('HSET', KEYS[2], 'n', 2, 'confirmed_n', 2)
    return 1";

/// One that looks at nothing by itself.
fn unlooked(redis: &Redis) -> Shared {
    Shared {
        poll_every: Duration::from_hours(1),
        ..quick(redis)
    }
}

#[test]
fn all_servers_tell_all_messages_in_one_order() {
    let redis = Redis::start();
    let mut nodes = [Node::on(&redis), Node::on(&redis), Node::on(&redis)];
    let room = room("lobby");
    for node in &mut nodes {
        node.join(&room);
    }
    for seq in 1..=10 {
        for (byte, node) in (1..).zip(&mut nodes) {
            node.write(Write::Append(said(&room, byte, seq)));
        }
    }
    for node in &mut nodes {
        node.is_told(&room, 30);
    }
    let told = |node: &Node| {
        let texts = node.heard.iter().filter_map(|news| match news {
            News::Messages { messages, .. } => Some(messages.clone()),
            _ => None,
        });
        texts.flatten().collect::<Vec<Message>>()
    };
    let [one, other, third] = &nodes;
    assert_eq!(told(one).len(), 30);
    assert_eq!(told(one), told(other));
    assert_eq!(told(one), told(third));
}

#[test]
fn news_begin_behind_the_head_of_the_first_join() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    one.say(&room, 1, 1);
    assert_eq!(other.join(&room).n, 1);
    one.say(&room, 1, 2);
    other.is_told(&room, 2);
    // Who unloads it hears nothing until the next join.
    other.share(Share::Unloaded { room: room.clone() });
    other.told.clear();
    one.say(&room, 1, 3);
    assert_eq!(other.join(&room).n, 3);
    one.say(&room, 1, 4);
    other.is_told(&room, 4);
}

#[test]
fn messages_of_a_lost_connection_for_bells_are_read() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::open(unlooked(&redis)), Node::open(unlooked(&redis)));
    let room = room("lobby");
    other.join(&room);
    one.join(&room);
    for seq in 1..=60 {
        if seq % 4 == 0 {
            redis.kill_subscribers();
        }
        one.say(&room, 1, seq);
    }
    one.is_told(&room, 60);
    other.is_told(&room, 60);
    let broken = |news: &News| matches!(news, News::Broken { .. });
    assert!(!other.heard.iter().any(broken));
}

#[test]
fn what_was_missed_before_a_new_connection_is_read() {
    let redis = Redis::start();
    let mut one = Node::open(unlooked(&redis));
    let room = room("lobby");
    one.join(&room);
    one.say(&room, 1, 1);
    one.is_told(&room, 1);
    let keys = ["chat:{r:lobby}:log", "chat:{r:lobby}:meta"];
    redis.ask(&["EVAL", SILENTLY, "2", keys[0], keys[1]]);
    redis.kill_subscribers();
    one.is_told(&room, 2);
}

#[test]
fn a_room_that_is_joined_while_the_connection_is_lost_is_followed() {
    let redis = Redis::start();
    let mut one = Node::open(unlooked(&redis));
    one.join(&room("room0"));
    for number in 1..=20 {
        let before = room(&format!("room{}", number - 1));
        let next = room(&format!("room{number}"));
        redis.kill_subscribers();
        one.share(Share::Unloaded { room: before });
        one.join(&next);
        one.say(&next, 1, 1);
        one.is_told(&next, 1);
    }
}

#[test]
fn a_bell_that_did_not_ring_is_made_good_by_a_look() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    other.join(&room);
    one.say(&room, 1, 1);
    other.is_told(&room, 1);
    let keys = ["chat:{r:lobby}:log", "chat:{r:lobby}:meta"];
    redis.ask(&["EVAL", SILENTLY, "2", keys[0], keys[1]]);
    other.is_told(&room, 2);
}

#[test]
fn what_was_stored_and_never_confirmed_is_mended_by_who_follows() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    other.join(&room);
    one.say(&room, 1, 1);
    other.is_told(&room, 1);
    // As if the server had died right after it published.
    let n = redis.ask(&["HGET", "chat:{r:lobby}:meta", "confirmed_n"]);
    assert_eq!(n.text(), "1");
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "confirmed_n", "0"]);
    let is_mended = || redis.ask(&["HGET", "chat:{r:lobby}:meta", "confirmed_n"]) == n;
    programs::until(is_mended, || "nobody mends it".to_owned());
    one.say(&room, 1, 2);
    other.is_told(&room, 2);
}

#[test]
fn what_was_told_and_is_gone_breaks_the_room() {
    let redis = Redis::start();
    let room = room("lobby");
    let mut one = Node::on(&redis);
    one.join(&room);
    one.say(&room, 1, 1);
    one.is_told(&room, 1);
    let key = "chat:{r:lobby}:";
    // As a primary that lost its tail: another replication id, and a head before what was told.
    one.say(&room, 1, 2);
    one.is_told(&room, 2);
    forget_last(&redis, key);
    let head = one.until(|news| match news {
        News::Broken { head, .. } => Some(*head),
        _ => None,
    });
    assert_eq!(head.n, 1);
    one.say(&room, 2, 1);
    one.is_told(&room, 2);
}

/// Takes the second message out of a room, as a fail-over would.
fn forget_last(redis: &Redis, key: &str) {
    let era = redis.ask(&["HGET", &format!("{key}meta"), "era"]);
    let era = era.text();
    redis.ask(&["XDEL", &format!("{key}log"), &format!("2-{era}")]);
    redis.ask(&["XSETID", &format!("{key}log"), &format!("1-{era}")]);
    let meta = format!("{key}meta");
    redis.ask(&[
        "HSET",
        &meta,
        "n",
        "1",
        "confirmed_n",
        "1",
        "replid",
        "another",
    ]);
}
