//! What is told on channels, and what other parts of the store are told by the log.

use std::io;
use std::sync::Arc;

use protocol::event::{Kind, Message};
use protocol::names::{Nick, RoomName};
use protocol::position::{Address, MessageId, Pair, PersonId, Position};
use tokio::runtime::Runtime;

use super::entries::decode_bell;
use super::log::Log;
use super::reads::{After, Reads};
use super::*;
use crate::history::programs::{Connection, Redis, Reply, until};
use crate::record::{Append, AppendError, Appended, Ticket, Written};

/// One server's log and reads, without its thread.
struct Node {
    common: Arc<Common>,
    log: Log,
    reads: Reads,
    runtime: Runtime,
}

fn node(redis: &Redis, set: impl FnOnce(&mut Shared)) -> Node {
    let mut shared = Shared {
        replicas: 0,
        patience: Duration::ZERO,
        ..Shared::new(redis.url().parse().unwrap())
    };
    set(&mut shared);
    let common = common(&shared).unwrap();
    let runtime = work::runtime().unwrap();
    let link = Link::new(&common);
    let found = runtime.block_on(opening::open(&common, &link)).unwrap();
    common.store.set(found.standing);
    Node {
        log: Log::new(&common),
        reads: Reads::new(&common),
        common,
        runtime,
    }
}

impl Node {
    fn append(&self, appends: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let handed = link::now();
        let appends = appends.into_iter().map(|append| (handed, append));
        let mut answers = Vec::new();
        let commit = self.log.commit(
            appends.collect(),
            std::future::pending(),
            async |written: Vec<Written>| answers.extend(written),
        );
        self.runtime.block_on(commit);
        let results = answers.into_iter().map(|written| match written {
            Written::Append { result, .. } => result,
            Written::Claim { .. } => panic!("no append"),
        });
        results.collect()
    }

    fn after(&self, room: &Address, told: Position, limit: u16) -> After {
        let after = self.reads.after(room, told, limit);
        self.runtime.block_on(after).unwrap()
    }
}

fn lobby() -> Address {
    Address::Room(RoomName::new("lobby").unwrap())
}

fn person(byte: u8) -> PersonId {
    PersonId::from_bytes([byte; 16])
}

fn said(room: &Address, byte: u8, seq: u64, text: &str) -> Append {
    Append {
        ticket: Ticket(seq),
        room: room.clone(),
        id: MessageId {
            person: person(byte),
            device: 0,
            seq,
        },
        nick: Nick::new(&format!("nick{byte}")).unwrap(),
        time: 0,
        kind: Kind::Message,
        text: text.to_owned(),
        reply_to: None,
    }
}

fn ears(redis: &Redis, channels: &[&str]) -> Connection {
    let mut connection = redis.dial();
    connection
        .ask(&[&["SUBSCRIBE"], channels].concat())
        .unwrap();
    for _ in 1..channels.len() {
        connection.read().unwrap();
    }
    connection
}

/// The next message on any of the channels, with its channel.
fn heard(ears: &mut Connection) -> io::Result<(String, String)> {
    let told = ears.read()?;
    let Reply::List(parts) = told else {
        panic!("{told:?}");
    };
    Ok((parts[1].text().to_owned(), parts[2].text().to_owned()))
}

/// Messages from a room's channel, up to number `to`, and the numbers behind which each ring began.
fn rung(ears: &mut Connection, room: &Address, to: u64) -> (Vec<Message>, Vec<u64>) {
    let (mut messages, mut behind): (Vec<Message>, Vec<u64>) = (Vec::new(), Vec::new());
    while messages.last().is_none_or(|last| last.position.n < to) {
        let (_, payload) = heard(ears).unwrap();
        let (before, more) = decode_bell(room, payload.as_bytes()).unwrap();
        let last = messages.last().map_or(0, |last| last.position.n);
        assert_eq!(before.n, last, "a ring goes on where the last one ended");
        behind.push(before.n);
        messages.extend(more);
    }
    (messages, behind)
}

#[test]
fn each_message_is_told_once_in_order_and_in_parts() {
    let redis = Redis::start();
    let (one, other) = (node(&redis, |_| {}), node(&redis, |_| {}));
    let room = lobby();
    let mut ears = ears(&redis, &["chat:{r:lobby}:bell"]);
    let many = (1..=300).map(|seq| said(&room, 1, seq, "short"));
    one.append(many.collect());
    other.append(vec![said(&room, 2, 1, "안녕 \"하세요\"\n{}:")]);
    // A retry is told nobody.
    one.append(vec![said(&room, 1, 300, "short")]);
    let long = "x".repeat(4_000);
    let many = (301..=330).map(|seq| said(&room, 1, seq, &long));
    one.append(many.collect());
    let (messages, behind) = rung(&mut ears, &room, 331);
    let numbers: Vec<u64> = messages.iter().map(|m| m.position.n).collect();
    assert_eq!(numbers, (1..=331).collect::<Vec<_>>());
    assert_eq!(behind, [0, 128, 256, 300, 301, 317]);
    assert_eq!(messages[300].text, "안녕 \"하세요\"\n{}:");
    let After::Follows {
        messages: read,
        confirmed,
    } = one.after(&room, Position::default(), 400)
    else {
        panic!("it does not follow");
    };
    assert_eq!(read, messages);
    assert_eq!(confirmed, messages[330].position);
}

#[test]
fn both_persons_hear_of_their_conversation() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let room = Address::Direct(Pair::new(person(1), person(2)).unwrap());
    let channel = |byte| node.common.keys.person_bell(person(byte));
    let mut ears = ears(&redis, &[&channel(1), &channel(2)]);
    let era = node.append(vec![said(&room, 1, 1, "hi")])[0]
        .unwrap()
        .position
        .era;
    let told = |n: u64, nick: &str| format!("c\n{room}\n{era}\n{n}\n{nick}");
    assert_eq!(heard(&mut ears).unwrap(), (channel(1), told(1, "")));
    assert_eq!(heard(&mut ears).unwrap(), (channel(2), told(1, "nick1")));
    node.append(vec![said(&room, 2, 1, "hi"), said(&room, 2, 2, "you")]);
    assert_eq!(heard(&mut ears).unwrap(), (channel(1), told(3, "nick2")));
    assert_eq!(heard(&mut ears).unwrap(), (channel(2), told(3, "nick1")));
}

#[test]
fn who_follows_is_told_when_what_it_had_is_gone() {
    let redis = Redis::start();
    let node = node(&redis, |shared| shared.keep_messages = 3);
    let room = lobby();
    let results = node.append((1..=4).map(|seq| said(&room, 1, seq, "a")).collect());
    let era = results[0].unwrap().position.era;
    for seq in 5..=6 {
        node.append(vec![said(&room, 1, seq, "a")]);
    }
    let at = |era, n| Position::new(era, n);
    let broken = |forks: &[Position]| After::Broken {
        head: at(era, 6),
        forks: forks.to_vec(),
        topic: None,
    };
    assert_eq!(node.after(&room, at(era, 2), 9), broken(&[]));
    let After::Follows { messages, .. } = node.after(&room, at(era, 3), 2) else {
        panic!("it does not follow");
    };
    let numbers: Vec<u64> = messages.iter().map(|m| m.position.n).collect();
    assert_eq!(numbers, [4, 5]);
    assert_eq!(node.after(&room, at(era, 7), 9), broken(&[]));
    // Another primary: what stood behind the fork point is gone.
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "replid", "another"]);
    let forks = [at(era, 6)];
    assert_eq!(node.after(&room, at(era, 7), 9), broken(&forks));
    let After::Follows { messages, .. } = node.after(&room, at(era, 6), 9) else {
        panic!("it does not follow");
    };
    assert_eq!(messages, []);
    let next = node.append(vec![said(&room, 1, 7, "b")])[0].unwrap();
    assert!(next.position.era > era && next.position.n == 7);
    let After::Follows { messages, .. } = node.after(&room, at(era, 6), 9) else {
        panic!("it does not follow");
    };
    assert_eq!(messages.len(), 1);
    let After::Broken { forks: told, .. } = node.after(&room, at(era, 7), 9) else {
        panic!("it follows");
    };
    assert_eq!(told, forks);
}

#[test]
fn who_follows_is_told_when_another_message_stands_where_it_was() {
    let redis = Redis::start();
    let [one, other] = [node(&redis, |_| {}), node(&redis, |_| {})];
    let room = lobby();
    let many = |byte| (1..=5).map(|seq| said(&room, byte, seq, "a")).collect();
    let told = one.append(many(1))[4].unwrap().position;
    assert!(matches!(one.after(&room, told, 9), After::Follows { .. }));
    // Everything is gone, and another server that never knew the room writes there.
    redis.ask(&["FLUSHALL"]);
    let second = || redis.ask(&["TIME"]).list()[0].text().parse::<u64>();
    until(
        || second().unwrap() > told.era,
        || "the clock stands still".to_owned(),
    );
    let anew = other.append(many(2))[4].unwrap().position;
    other.append(vec![said(&room, 2, 6, "a")]);
    assert_eq!(anew.n, told.n);
    let After::Broken { forks, .. } = one.after(&room, told, 9) else {
        panic!("it follows");
    };
    assert_eq!(forks, []);
    // Where the very position is of another era no fork has to be remembered.
    let strange = Position::new(anew.era - 1, 3);
    let after = other.after(&room, strange, 9);
    assert!(matches!(after, After::Broken { .. }), "{after:?}");
    let empty = other.after(&room, Position::new(told.era, 0), 9);
    assert!(matches!(empty, After::Follows { .. }), "{empty:?}");
}

#[test]
fn eras_rise_with_the_clock() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let room = lobby();
    let first = node.append(vec![said(&room, 1, 1, "a")])[0].unwrap();
    assert!(first.position.era >= first.time / 1000 - 1);
    let old = (first.position.era - 5_000).to_string();
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "era", &old, "replid", "x"]);
    let blank = self::node(&redis, |_| {});
    let second = blank.append(vec![said(&room, 1, 2, "a")])[0].unwrap();
    assert!(second.position.era >= first.position.era);
    let late = (first.position.era + 5_000).to_string();
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "era", &late, "replid", "x"]);
    let third = self::node(&redis, |_| {}).append(vec![said(&room, 1, 3, "a")])[0].unwrap();
    assert_eq!(third.position.era, first.position.era + 5_001);
}

#[test]
fn a_look_says_how_far_rooms_are_and_mending_confirms_what_was_left() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let room = lobby();
    node.append(vec![said(&room, 1, 1, "a"), said(&room, 1, 2, "b")]);
    let look = |node: &Node| {
        let rooms = [room.clone(), Address::Room(RoomName::new("tea").unwrap())];
        let looks = node.runtime.block_on(node.reads.look(&rooms)).unwrap();
        looks.into_iter().map(Option::unwrap).collect::<Vec<_>>()
    };
    redis.ask(&["HSET", "chat:{r:lobby}:members", "#", "7"]);
    let looks = look(&node);
    assert_eq!(
        (looks[0].head.n, looks[0].confirmed.n, looks[0].members),
        (2, 2, 7)
    );
    assert_eq!(
        (looks[1].head.n, looks[1].confirmed.n, looks[1].members),
        (0, 0, 0)
    );
    assert_eq!(looks[1].head.era, node.common.store.get().era);
    // As a server leaves it that ends between the two scripts.
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "confirmed_n", "1"]);
    let looks = look(&node);
    assert_eq!((looks[0].head.n, looks[0].confirmed.n), (2, 1));
    let mut ears = ears(&redis, &["chat:{r:lobby}:bell"]);
    assert!(node.runtime.block_on(node.log.mend(vec![room.clone()])));
    let (_, payload) = heard(&mut ears).unwrap();
    let (behind, messages) = decode_bell(&room, payload.as_bytes()).unwrap();
    assert_eq!(
        (behind.n, messages.len(), messages[0].position.n),
        (1, 1, 2)
    );
    assert_eq!(look(&node)[0].confirmed.n, 2);
}

#[test]
fn whose_lease_is_over_stores_nothing() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let room = lobby();
    let first = node.append(vec![said(&room, 1, 1, "a")])[0].unwrap();
    node.common.lease.set(first.time);
    let refused = node.append(vec![said(&room, 1, 2, "b")]);
    assert_eq!(refused, [Err(AppendError::Unavailable)]);
    node.common.lease.set(first.time + 600_000);
    let stored = node.append(vec![said(&room, 1, 2, "b")])[0].unwrap();
    assert_eq!(stored.position.n, 2);
    assert!(stored.time >= first.time);
}

#[test]
fn times_never_fall_in_a_room_and_topics_wait_until_they_may_be_shown() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let room = lobby();
    let first = node.append(vec![said(&room, 1, 1, "a")])[0].unwrap();
    let later = (first.time + 3_600_000).to_string();
    redis.ask(&["HSET", "chat:{r:lobby}:meta", "time", &later]);
    let second = node.append(vec![said(&room, 1, 2, "b")])[0].unwrap();
    assert_eq!(second.time, first.time + 3_600_000);
    let topic = Append {
        kind: Kind::Topic,
        ..said(&room, 1, 3, "bread")
    };
    node.append(vec![topic]);
    let shown = redis.ask(&["HMGET", "chat:{r:lobby}:meta", "topic", "topic_nick"]);
    let shown: Vec<&str> = shown.list().iter().map(Reply::text).collect();
    assert_eq!(shown, ["bread", "nick1"]);
}

#[test]
fn a_script_that_ends_in_the_middle_leaves_a_room_that_goes_on() {
    let redis = Redis::start();
    let node = node(&redis, |shared| shared.keep_messages = 3);
    let room = lobby();
    node.append((1..=4).map(|seq| said(&room, 1, seq, "a")).collect());
    // A user that may not trim, as whoever set up the Redis may have forgotten.
    redis.ask(&["ACL", "SETUSER", "default", "-xtrim"]);
    // The second try finds what the first one left, and lets it be shown before it is acknowledged.
    let stored = node.append(vec![said(&room, 1, 5, "a")])[0].unwrap();
    let confirmed = || {
        let confirmed = redis.ask(&["HGET", "chat:{r:lobby}:meta", "confirmed_n"]);
        confirmed.text().to_owned()
    };
    assert_eq!((stored.position.n, confirmed()), (5, "5".to_owned()));
    redis.ask(&["ACL", "SETUSER", "default", "+xtrim"]);
    let again = node.append(vec![said(&room, 1, 5, "a"), said(&room, 1, 6, "b")]);
    let again: Vec<_> = again.into_iter().map(Result::unwrap).collect();
    assert_eq!([again[0].position.n, again[1].position.n], [5, 6]);
    assert_eq!(confirmed(), "6");
}

#[test]
fn what_a_cut_connection_had_under_way_is_not_done_any_more() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let link = Link::new(&node.common);
    let mut ping = redis::pipe();
    ping.cmd("PING");
    node.runtime.block_on(async {
        // It stays open as one does of which nobody knows yet that it is cut.
        let (mut old, number) = link.connection().await.unwrap();
        let id: i64 = redis::cmd("CLIENT")
            .arg("ID")
            .query_async(&mut old)
            .await
            .unwrap();
        link.give_up(number).await;
        link.ask(&ping).await.unwrap();
        let id = id.to_string();
        assert_eq!(redis.ask(&["CLIENT", "LIST", "ID", &id]).text(), "");
        // Whose user may not do that goes on without it.
        redis.ask(&["ACL", "SETUSER", "default", "-client|kill", "-client|info"]);
        let (_, number) = link.connection().await.unwrap();
        link.give_up(number).await;
        link.ask(&ping).await.unwrap();
    });
}

#[test]
fn what_may_have_run_before_scripts_were_found_forgotten_is_not_called_undone() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let link = Link::new(&node.common);
    let mut pipeline = redis::pipe();
    pipeline.cmd("INCR").arg("ran");
    pipeline.cmd("EVALSHA").arg("0".repeat(40)).arg(0);
    // No new connection comes about.
    pipeline
        .cmd("CONFIG")
        .arg("SET")
        .arg("requirepass")
        .arg("x");
    let answer = node.runtime.block_on(link.ask(&pipeline));
    assert!(matches!(answer, Err(link::Trouble::Lost(_))), "{answer:?}");
}

#[test]
fn two_databases_of_one_redis_are_two_chats() {
    let redis = Redis::start();
    let one = node(&redis, |_| {});
    let url = format!("redis://{}/1", redis.address());
    let other = node(&redis, |shared| shared.url = url.parse().unwrap());
    let room = lobby();
    let mut ears = ears(&redis, &["chat:{r:lobby}:bell", "chat:{r:lobby}:bell:1"]);
    other.append(vec![said(&room, 1, 1, "there")]);
    one.append(vec![said(&room, 1, 1, "here")]);
    for (channel, text) in [
        ("chat:{r:lobby}:bell:1", "there"),
        ("chat:{r:lobby}:bell", "here"),
    ] {
        let (rang, payload) = heard(&mut ears).unwrap();
        let (_, messages) = decode_bell(&room, payload.as_bytes()).unwrap();
        assert_eq!((rang.as_str(), messages[0].text.as_str()), (channel, text));
    }
}

#[test]
fn who_finds_the_primary_elsewhere_takes_all_connections_along() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let links = [Link::new(&node.common), Link::new(&node.common)];
    let number = |link: &Link| node.runtime.block_on(link.connection()).unwrap().1;
    assert_eq!(links.each_ref().map(number), [1, 1]);
    assert_eq!(links.each_ref().map(number), [1, 1]);
    assert!(node.common.is_elsewhere("10.0.0.1:6379"));
    node.runtime.block_on(links[0].give_up(1));
    assert_eq!(links.each_ref().map(number), [2, 2]);
    assert_eq!(links.each_ref().map(number), [2, 2]);
}

#[test]
fn a_batch_over_many_rooms_waits_for_replicas_once() {
    let redis = Redis::start();
    let node = node(&redis, |_| {});
    let batch = |seq: u64| {
        let rooms = (0..100).map(|room| format!("room-{room}"));
        let rooms = rooms.map(|name| Address::Room(RoomName::new(&name).unwrap()));
        let many = rooms.flat_map(|room| (0..5).map(move |more| said(&room, 1, seq + more, "a")));
        many.collect::<Vec<Append>>()
    };
    let calls = || {
        ["wait", "evalsha"].map(|name| {
            let told = redis.info(&format!("cmdstat_{name}")).unwrap();
            let calls = told
                .split(',')
                .next()
                .and_then(|calls| calls.strip_prefix("calls="));
            calls.unwrap().parse::<u64>().unwrap()
        })
    };
    assert!(node.append(batch(1)).iter().all(Result::is_ok));
    let before = calls();
    assert!(node.append(batch(6)).iter().all(Result::is_ok));
    let after = calls();
    assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 200]);
}
