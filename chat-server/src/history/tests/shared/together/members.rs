//! Who is in a room, over all servers.

use super::*;

fn all(room: &Address, members: &[(&Node, &Present)]) -> News {
    let members = members
        .iter()
        .map(|(node, present)| (node.id, (*present).clone()));
    News::Members {
        room: room.clone(),
        members: members.collect(),
    }
}

fn gone(node: NodeId, present: &Present) -> News {
    News::Gone {
        node,
        room: present.room.clone(),
        person: present.person,
    }
}

fn entered(node: NodeId, present: &Present) -> News {
    News::Member {
        node,
        present: present.clone(),
    }
}

fn leave(present: &Present) -> Write {
    Write::Absent {
        room: present.room.clone(),
        person: present.person,
    }
}

#[test]
fn all_members_are_told_before_the_first_join_is_answered_and_each_change_after_it() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    let (first, second) = (present(&room, 1), present(&room, 2));
    one.write(Write::Present(first.clone()));
    // It waits for who came before it.
    one.say(&room, 1, 1);
    assert_eq!(other.join(&room), Position::new(other.told[&room].era, 1));
    assert_eq!(other.heard, [all(&room, &[(&one, &first)])]);
    other.heard.clear();
    one.write(Write::Present(second.clone()));
    other.hears(&entered(one.id, &second));
    let renamed = Present {
        nick: "other".parse().unwrap(),
        ..second.clone()
    };
    one.write(Write::Present(renamed.clone()));
    other.hears(&entered(one.id, &renamed));
    one.write(leave(&renamed));
    other.hears(&gone(one.id, &renamed));
    // Nobody sweeps a room that nobody joins again, so Redis forgets it by itself.
    let left = redis.ask(&["PTTL", "chat:{r:lobby}:members"]).number();
    assert!((1..=24 * 3_600_000).contains(&left), "{left}");
    // The own ones are never told.
    one.join(&room);
    assert_eq!(one.heard, [all(&room, &[])]);
    other.write(Write::Present(second.clone()));
    one.hears(&entered(other.id, &second));
    let own = |news: &News| matches!(news, News::Member { node, .. } if *node == other.id);
    assert!(!other.heard.iter().any(own));
}

#[test]
fn a_list_of_rooms_counts_the_members_by_all_servers() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let (lobby, tea) = (room("lobby"), room("tea"));
    one.write(Write::Present(present(&lobby, 1)));
    one.write(Write::Present(present(&lobby, 2)));
    one.say(&lobby, 1, 1);
    one.say(&tea, 1, 1);
    let Answer::Rooms { rooms, more } = other.ask(Query::Rooms {
        after: None,
        limit: 9,
    }) else {
        panic!("no rooms");
    };
    let counts: Vec<_> = rooms
        .iter()
        .map(|room| (room.name.as_str(), room.members))
        .collect();
    assert_eq!((counts, more), (vec![("lobby", 2), ("tea", 0)], false));
}

#[test]
fn a_join_comes_before_and_a_leave_after_what_a_member_said() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    other.join(&room);
    other.heard.clear();
    for seq in 1..=20 {
        let member = present(&room, 1);
        one.write(Write::Present(member.clone()));
        if seq % 3 == 0 {
            redis.kill_subscribers();
        }
        one.say(&room, 1, seq);
        one.write(leave(&member));
        let mut is_there = false;
        let is_said = |news: &News| match news {
            News::Member { .. } => {
                is_there = true;
                None
            }
            News::Members { members, .. } => {
                is_there = !members.is_empty();
                None
            }
            News::Gone { .. } => panic!("a leave before what was said"),
            News::Messages { .. } => Some(()),
            _ => None,
        };
        other.until(is_said);
        // At first the connection for bells may have been made only then, and is like one that was lost.
        if seq > 1 && seq % 3 != 0 {
            assert!(is_there, "{seq} was said before the join");
        }
        other.until(|news| match news {
            News::Gone { .. } => Some(()),
            News::Members { members, .. } if members.is_empty() => Some(()),
            _ => None,
        });
    }
}

#[test]
fn members_of_a_killed_server_are_reconnecting_and_then_gone() {
    let redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    let member = present(&room, 1);
    let keyless = Present {
        keyed: false,
        ..present(&room, 2)
    };
    one.write(Write::Present(member.clone()));
    one.write(Write::Present(keyless.clone()));
    one.say(&room, 1, 1);
    other.join(&room);
    other.hears(&all(&room, &[(&one, &member), (&one, &keyless)]));
    let id = one.id;
    one.kill();
    let left = |members| News::Members {
        room: room.clone(),
        members,
    };
    other.hears(&left(vec![(id, lost(&member))]));
    other.hears(&left(Vec::new()));
    // Somebody takes out what stands there, so that it does not stand there for ever.
    let key = "chat:{r:lobby}:members";
    programs::until(
        || redis.ask(&["HLEN", key]).number() == 1,
        || format!("{:?}", redis.ask(&["HGETALL", key])),
    );
}

#[test]
fn members_of_a_server_that_ends_in_order_are_reconnecting_at_once_and_nobody_left() {
    let redis = Redis::start();
    // It would count as dead long after the test.
    let patient = Shared {
        renew_every: Duration::from_secs(10),
        dead_after: Duration::from_secs(30),
        ..quick(&redis)
    };
    let (mut one, mut other) = (Node::open(patient.clone()), Node::open(patient));
    let room = room("lobby");
    let member = present(&room, 1);
    one.write(Write::Present(member.clone()));
    one.say(&room, 1, 1);
    other.join(&room);
    other.hears(&all(&room, &[(&one, &member)]));
    let id = one.id;
    one.close();
    let reconnecting = News::Members {
        room: room.clone(),
        members: vec![(id, lost(&member))],
    };
    other.until(|news| {
        match news {
            News::Gone { .. } => panic!("somebody left"),
            News::Members { members, .. } => assert_eq!(members.len(), 1, "somebody left"),
            _ => {}
        }
        (*news == reconnecting).then_some(())
    });
}

#[test]
fn members_are_entered_again_after_redis_was_away() {
    let mut redis = Redis::start();
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    let (first, second) = (present(&room, 1), present(&room, 2));
    one.write(Write::Present(first.clone()));
    one.say(&room, 1, 1);
    other.join(&room);
    redis.kill();
    one.write(Write::Present(second.clone()));
    redis.start_again();
    // As after a fail-over that lost it.
    redis.ask(&["DEL", "chat:{r:lobby}:members"]);
    let both = all(&room, &[(&one, &first), (&one, &second)]);
    let mut there = BTreeMap::new();
    other.until(|news| {
        match news {
            News::Member { present, .. } => {
                there.insert(present.person, present.clone());
            }
            News::Gone { person, .. } => {
                there.remove(person);
            }
            News::Members { members, .. } => {
                let members = members
                    .iter()
                    .map(|(_, present)| (present.person, present.clone()));
                there = members.collect();
            }
            _ => {}
        }
        (there.len() == 2 || *news == both).then_some(())
    });
}

#[test]
fn who_left_is_taken_out_again_after_a_failover_that_lost_it() {
    // What is answered is on disk, so that a kill takes nothing of it.
    let mut redis = Redis::start_with(&["appendfsync always"]);
    let (mut one, mut other) = (Node::on(&redis), Node::on(&redis));
    let room = room("lobby");
    let member = present(&room, 1);
    one.write(Write::Present(member.clone()));
    one.say(&room, 1, 1);
    other.join(&room);
    let key = "chat:{r:lobby}:members";
    let field = format!("{:x}:{}", one.id.0, member.person);
    let text = redis.ask(&["HGET", key, &field]).text().to_owned();
    one.write(leave(&member));
    other.hears(&gone(one.id, &member));
    redis.ask(&["HSET", key, &field, &text]);
    redis.kill();
    redis.start_again();
    let is_out = || redis.ask(&["HEXISTS", key, &field]).number() == 0;
    programs::until(is_out, || "who left is there still".to_owned());
    let mut there = vec![member];
    other.until(|news| {
        match news {
            News::Members { members, .. } => {
                there = members.iter().map(|(_, member)| member.clone()).collect();
            }
            News::Gone { .. } => there.clear(),
            _ => {}
        }
        there.is_empty().then_some(())
    });
}
