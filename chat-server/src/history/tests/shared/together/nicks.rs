//! One holder a nick, over all servers.

use super::*;

const HELD: Result<Option<Former>, ClaimError> = Err(ClaimError::Held { guest: true });

#[test]
fn a_nick_has_one_holder_until_the_last_server_gives_it_back() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    assert_eq!(other.claim("tea", 2, true), HELD);
    assert_eq!(other.claim("TEA", 2, false), HELD);
    assert_eq!(other.claim("tea", 1, true), Ok(None), "the same person");
    one.release("tea", 1);
    // What is said of persons is said in its order.
    assert_eq!(one.claim("tea", 3, true), HELD);
    other.release("tea", 1);
    assert_eq!(other.claim("tea", 2, false), Ok(None));
    assert_eq!(one.claim("tea", 3, false), Err(ClaimError::Owned));
    assert_eq!(one.claim("bread", 3, false), Ok(None));
    assert_eq!(
        other.claim("bread", 2, true),
        Err(ClaimError::Owned),
        "owned, and held as well"
    );
    // Another nick gives up the one before.
    assert_eq!(other.claim("milk", 2, true), Ok(None));
    assert_eq!(other.claim("salt", 2, true), Ok(None));
    assert_eq!(one.claim("milk", 3, true), Ok(None));
}

#[test]
fn who_has_a_nick_now_is_found_and_whether_there_is_a_key() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(holder(&mut other, "tea"), None);
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    assert_eq!(holder(&mut other, "tea"), Some((person(1), false)));
    one.share(Share::Introduced {
        person: person(1),
        device: 0,
    });
    assert_eq!(one.claim("bread", 1, true), Ok(None));
    assert_eq!(holder(&mut other, "bread"), Some((person(1), true)));
    assert_eq!(one.claim("milk", 2, false), Ok(None));
    one.release("milk", 2);
    assert_eq!(one.claim("salt", 3, true), Ok(None));
    assert_eq!(holder(&mut other, "milk"), Some((person(2), true)));
}

#[test]
fn a_dead_servers_nick_is_taken_and_the_server_hears_of_it() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    one.mute(true);
    let taken = std::iter::repeat_with(|| other.claim("tea", 2, true)).find(|got| *got != HELD);
    assert_eq!(taken, Some(Ok(None)));
    one.mute(false);
    one.hears(&News::Fenced);
    assert_eq!(
        one.claim("tea", 1, true),
        HELD,
        "it is not held from here any more"
    );
    // By another name it goes on.
    assert_eq!(one.claim("bread", 1, true), Ok(None));
    assert_eq!(other.claim("bread", 2, true), HELD);
}

#[test]
fn a_server_that_was_late_keeps_what_nobody_took() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    let member = present(&room, 1);
    one.write(Write::Present(member.clone()));
    other.join(&room);
    let all = |members| News::Members {
        room: room.clone(),
        members,
    };
    one.mute(true);
    other.hears(&all(vec![(one.id, lost(&member))]));
    one.mute(false);
    other.hears(&all(vec![(one.id, member)]));
    assert_eq!(other.claim("tea", 2, true), HELD);
    assert!(!one.heard.contains(&News::Fenced));
}

#[test]
fn nobody_is_given_up_while_redis_itself_was_away() {
    let redis = Redis::start_with(&["enable-debug-command local"]);
    let slower = Shared {
        dead_after: Duration::from_secs(1),
        ..quick(&redis)
    };
    let (mut one, mut other) = (Node::open(slower.clone()), Node::open(slower));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    assert_eq!(other.claim("bread", 2, true), Ok(None));
    // The other one comes through first.
    one.mute(true);
    redis.ask(&["DEBUG", "SLEEP", "1.5"]);
    assert_eq!(other.claim("tea", 2, true), HELD);
    one.mute(false);
    assert_eq!(one.claim("bread", 1, true), HELD);
    assert!(!one.heard.contains(&News::Fenced));
}

#[test]
fn nicks_that_a_failover_lost_are_held_again() {
    // What is answered is on disk, so that a kill takes nothing of it.
    let mut redis = Redis::start_with(&["appendfsync always"]);
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    one.share(Share::Introduced {
        person: person(1),
        device: 0,
    });
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    let record = format!("chat:{{people}}:person:{}", person(1));
    redis.ask(&["DEL", "chat:{people}:held", &record]);
    redis.kill();
    redis.start_again();
    let is_held = || {
        redis
            .ask(&["HEXISTS", "chat:{people}:held", "tea"])
            .number()
            == 1
    };
    programs::until(is_held, || "nobody holds it again".to_owned());
    assert_eq!(other.claim("tea", 2, true), HELD);
    assert_eq!(holder(&mut other, "tea"), Some((person(1), true)));
    // Where another one got it meanwhile, the former holder has to begin anew.
    redis.ask(&["DEL", "chat:{people}:held", &record]);
    assert_eq!(other.claim("tea", 2, true), Ok(None));
    redis.kill();
    redis.start_again();
    one.hears(&News::Fenced);
    assert_eq!(one.claim("tea", 1, true), HELD);
}

#[test]
fn a_claim_that_is_refused_for_want_of_a_replica_holds_nothing() {
    let (primary, mut replica) = Redis::pair();
    let careful = Shared {
        replicas: 1,
        patience: Duration::from_secs(1),
        dead_after: Duration::from_secs(5),
        ..quick(&primary)
    };
    let (mut one, mut other) = (Node::open(careful.clone()), Node::open(careful));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    // It is linked and says nothing: the script grants what is not kept.
    replica.freeze();
    let unavailable = Err(ClaimError::Unavailable);
    assert_eq!(one.claim("bread", 1, true), unavailable);
    assert_eq!(one.claim("milk", 3, true), unavailable);
    replica.thaw();
    let freed = |other: &mut Node, name: &str| {
        let tries = std::iter::repeat_with(|| other.claim(name, 2, true));
        let refused = [HELD, Err(ClaimError::Unavailable)];
        tries.into_iter().find(|got| !refused.contains(got))
    };
    assert_eq!(freed(&mut other, "milk"), Some(Ok(None)));
    assert_eq!(freed(&mut other, "bread"), Some(Ok(None)));
    // What was held before is held again.
    assert_eq!(other.claim("tea", 2, true), HELD);
    // Without a replica nothing is granted at all.
    replica.stop();
    primary.await_replicas(0);
    assert_eq!(one.claim("salt", 1, true), unavailable);
    assert_eq!(
        primary
            .ask(&["HEXISTS", "chat:{people}:held", "salt"])
            .number(),
        0
    );
}

#[test]
fn what_a_person_is_called_elsewhere_is_told() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    assert_eq!(other.claim("bread", 1, false), Ok(None));
    one.hears(&News::Called {
        person: person(1),
        nick: "bread".parse().unwrap(),
        guest: false,
        former: None,
    });
    assert_eq!(other.claim("milk", 1, true), Ok(None));
    let is_called = |news: &News| matches!(news, News::Called { .. });
    assert!(
        !other.heard.iter().any(is_called),
        "it called them so itself"
    );
    // Whoever gave the person back is told nothing more.
    one.hears(&News::Called {
        person: person(1),
        nick: "milk".parse().unwrap(),
        guest: true,
        former: None,
    });
    one.release("milk", 1);
    assert_eq!(one.claim("milk", 3, true), HELD);
}

#[test]
fn a_lost_connection_for_bells_hides_no_other_nick() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    for name in ["bread", "milk", "salt"] {
        redis.kill_subscribers();
        assert_eq!(other.claim(name, 1, true), Ok(None));
    }
    one.hears(&News::Called {
        person: person(1),
        nick: "salt".parse().unwrap(),
        guest: true,
        former: None,
    });
}

#[test]
fn what_waited_while_a_server_was_given_up_is_not_stored() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let lobby = room("lobby");
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    one.mute(true);
    let taken = std::iter::repeat_with(|| other.claim("tea", 2, true)).find(|got| *got != HELD);
    assert_eq!(taken, Some(Ok(None)));
    // Its lease is over, so this waits for the next one.
    let ticket = one.ticket();
    let append = Append {
        ticket,
        ..said(&lobby, 1, 1)
    };
    one.write(Write::Append(append));
    one.mute(false);
    let answer = loop {
        if let Reply::Committed(written) = one.reply() {
            break written;
        }
    };
    let refused = |error| {
        let result = Err(error);
        vec![Written::Append { ticket, result }]
    };
    assert!(
        [AppendError::Unknown, AppendError::Unavailable]
            .map(refused)
            .contains(&answer),
        "{answer:?}"
    );
    assert_eq!(one.say(&lobby, 3, 1).n, 1);
}

#[test]
fn a_nick_that_was_given_back_is_free_also_after_a_failover_that_lost_it() {
    let mut redis = Redis::start_with(&["appendfsync always"]);
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    assert_eq!(one.claim("tea", 1, true), Ok(None));
    one.release("tea", 1);
    let is_free = || {
        let held = ["HEXISTS", "chat:{people}:held", "tea"];
        redis.ask(&held).number() == 0
    };
    programs::until(is_free, || "it is held".to_owned());
    let record = format!("chat:{{people}}:person:{}", person(1));
    let node = format!("n:{:x}", one.id.0);
    let who = person(1).to_string();
    redis.ask(&[
        "HSET", &record, "skeleton", "tea", "nick", "tea", &node, "1",
    ]);
    redis.ask(&["HSET", "chat:{people}:held", "tea", &who]);
    redis.kill();
    redis.start_again();
    let is_free = || {
        let held = ["HEXISTS", "chat:{people}:held", "tea"];
        redis.ask(&held).number() == 0
    };
    programs::until(is_free, || "it is held".to_owned());
    assert_eq!(other.claim("tea", 2, true), Ok(None));
}
