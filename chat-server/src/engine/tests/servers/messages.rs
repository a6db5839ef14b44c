use super::*;

#[test]
fn a_message_is_acknowledged_by_its_answer_and_shown_when_it_comes_back() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    world.say(alice, 1, "hi");
    world.run();
    world.check(alice, &["ack #1 lobby seq 1 at 1 stable 1"]);
    world.check(bob, &[]);
    world.hear_from(1);
    world.check(alice, &["message lobby 1:alice:hi"]);
    world.check(bob, &["message lobby 1:alice:hi"]);
    world.hear_from(1);
    world.check(bob, &[]);
}

#[test]
fn what_others_say_comes_in_the_one_order() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_messages(vec![message(1, 8, "a"), message(2, 9, "b")]);
    world.check(alice, &["message lobby 1:n8:a", "message lobby 2:n9:b"]);
    world.hear_messages(vec![message(2, 9, "b"), message(3, 8, "c")]);
    world.check(alice, &["message lobby 3:n8:c"]);
    let bob = world.enter(Some(2), "bob");
    world.ask(bob, r#"{"type":"join","ref":2,"room":"kitchen"}"#);
    world.hear(News::Messages {
        room: "attic".parse().unwrap(),
        messages: vec![message(1, 8, "a")],
    });
    world.hear(News::Messages {
        room: "kitchen".parse().unwrap(),
        messages: vec![message(1, 8, "too early")],
    });
    world.check(bob, &[]);
    assert_eq!(world.engine.rooms.len(), 2);
}

#[test]
fn a_message_that_comes_back_before_its_answer_is_acknowledged_right_before_it() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    world.say(alice, 1, "hi");
    world.say(alice, 1, "hi");
    world.say(alice, 1, "ho");
    let writes = std::mem::take(&mut world.writes);
    let written = world.store.commit(writes);
    world.hear_from(1);
    world.check(
        alice,
        &[
            "ack #1 lobby seq 1 at 1 stable 1",
            "ack #1 lobby seq 1 at 1 stable 1",
            "message lobby 1:alice:hi",
        ],
    );
    world.check(bob, &["message lobby 1:alice:hi"]);
    assert_eq!(world.engine.appends_under_way(), 1);
    world.committed(written);
    world.check(alice, &["error #1 SeqReused expected 2"]);
    assert!(world.engine.is_idle());
}

#[test]
fn what_is_stored_and_has_not_come_back_is_under_way() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    world.say(bob, 1, "bye");
    world.ask(bob, r#"{"type":"leave","ref":2,"room":"lobby"}"#);
    world.run();
    world.check(bob, &["done #2", "ack #1 lobby seq 1 at 1 stable 1"]);
    world.check(alice, &[]);
    assert!(!world.engine.is_idle());
    assert_eq!(world.engine.appends_under_way(), 0);
    world.check_shares(&[]);
    world.hear_from(1);
    world.check(
        alice,
        &["message lobby 1:bob:bye", "presence lobby r3 count 1 -bob"],
    );
    world.check_shares(&["absent lobby p2"]);
    assert!(world.engine.is_idle());
}

#[test]
fn a_retry_of_what_came_back_is_done_at_once() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.say(alice, 1, "hi");
    world.run();
    world.hear_from(1);
    world.forget(alice);
    world.say(alice, 1, "hi");
    world.run();
    world.check(alice, &["ack #1 lobby seq 1 at 1 stable 1"]);
    assert!(world.engine.is_idle());
}

#[test]
fn who_has_an_acknowledgement_may_answer_that_message() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.say(alice, 1, "hi");
    world.run();
    world.forget(alice);
    for (to, told) in [(1, &[][..]), (2, &["error BadRequest"])] {
        let send = r#"{"type":"send","room":"lobby","seq":2,"text":"re","reply_to":[1700,N]}"#;
        world.ask(alice, &send.replace('N', &to.to_string()));
        world.check(alice, told);
    }
}

#[test]
fn an_unknown_outcome_may_come_back_before_its_answer_or_after_it() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.forget(alice);
    for seq in 1..=2 {
        world.say(alice, seq, "perhaps");
        let kept = world.writes.clone();
        let ticket = world.take_append();
        world.store.commit(kept);
        let unknown = vec![Written::Append {
            ticket,
            result: Err(AppendError::Unknown),
        }];
        if seq == 1 {
            world.hear_from(1);
            world.committed(unknown);
        } else {
            world.committed(unknown);
            world.hear_from(2);
        }
    }
    world.check(
        alice,
        &[
            "ack #1 lobby seq 1 at 1 stable 1",
            "message lobby 1:alice:perhaps",
            "error #2 OutcomeUnknown",
            "message lobby 2:alice:perhaps",
        ],
    );
}

#[test]
fn the_topic_is_what_came_back() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.ask(
        alice,
        r#"{"type":"topic","room":"lobby","seq":1,"text":"tea"}"#,
    );
    world.run();
    assert!(world.engine.rooms[&lobby()].topic.is_none());
    world.hear_from(1);
    assert_eq!(
        world.engine.rooms[&lobby()].topic.as_ref().unwrap().text,
        "tea"
    );
}

#[test]
fn a_broken_room_begins_anew_for_its_readers() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let carol = world.enter_room(Some(3), "carol", "kitchen");
    world.hear_messages(vec![message(1, 8, "a"), message(2, 8, "b")]);
    world.say(alice, 1, "stored");
    world.run();
    world.say(alice, 2, "under way");
    world.ask(bob, r#"{"type":"leave","room":"lobby"}"#);
    world.forget(alice);
    world.forget(bob);
    world.hear(News::Broken {
        room: lobby(),
        head: Position::new(ERA + 1, 1),
        topic: Some(Topic {
            text: "fork".to_owned(),
            nick: "n8".to_owned(),
            time: 1,
        }),
    });
    world.check(alice, &["(close Trouble)"]);
    world.check(bob, &[]);
    world.check(carol, &[]);
    let room = &world.engine.rooms[&lobby()];
    assert_eq!(room.head, Some(Position::new(ERA + 1, 1)));
    assert_eq!(room.topic.as_ref().unwrap().text, "fork");
    assert_eq!((world.engine.unheard(), world.engine.appends.len()), (0, 1));
}

#[test]
fn a_hole_is_never_shown() {
    let mut world = shared();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_messages(vec![message(1, 8, "a"), message(3, 8, "c")]);
    world.check(alice, &["(close Trouble)"]);
    assert_eq!(world.engine.rooms[&lobby()].head.unwrap().n, 3);
}

/// The answer to the first join says where the messages begin, whoever waited for it.
#[test]
fn the_head_is_learnt_from_an_answer_that_nobody_waits_for() {
    let mut store = Store::default();
    store.rooms.insert(lobby(), vec![message(1, 8, "a")]);
    let mut world = World::shared(Settings::default(), store);
    let alice = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    for conn in [alice, bob] {
        world.ask(conn, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    }
    let reads = std::mem::take(&mut world.reads);
    let [first, second] = [0, 1].map(|at: usize| Found {
        ticket: reads[at].ticket,
        answer: Some(world.store.answer(&reads[at].query)),
    });
    world.close(alice, false);
    world.input(Input::Found(first));
    world.hear_messages(vec![message(2, 8, "b")]);
    world.input(Input::Found(second));
    world.hear_messages(vec![message(3, 8, "c")]);
    world.check(
        bob,
        &[
            "joined #2 lobby Latest head 2 r1 count 1 seq 1",
            "members #2 lobby r1 [bob] done",
            "history #2 lobby [1:n8:a]",
        ],
    );
    world.store.rooms.insert(
        lobby(),
        vec![message(1, 8, "a"), message(2, 8, "b"), message(3, 8, "c")],
    );
    world.answer();
    world.check(bob, &["history #2 lobby [2:n8:b 3:n8:c] done"]);
}

#[test]
fn an_answer_from_before_a_room_was_given_up_says_nothing_of_its_head() {
    let mut store = Store::default();
    store.rooms.insert(lobby(), vec![message(1, 8, "a")]);
    let mut world = World::shared(Settings::default(), store);
    let alice = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    world.ask(alice, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    let read = world.take_read();
    let old = Some(world.store.answer(&read.query));
    world.close(alice, false);
    world.ask(bob, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    let both = vec![message(1, 8, "a"), message(2, 8, "b")];
    world.store.rooms.insert(lobby(), both);
    let ticket = read.ticket;
    let answer = old;
    world.input(Input::Found(Found { ticket, answer }));
    world.answer();
    world.check(
        bob,
        &[
            "joined #2 lobby Latest head 2 r1 count 1 seq 1",
            "members #2 lobby r1 [bob] done",
            "history #2 lobby [1:n8:a 2:n8:b] done",
        ],
    );
}

#[test]
fn what_was_read_before_a_tail_was_lost_is_not_given_after_it() {
    let mut store = Store::default();
    let old = vec![message(1, 8, "a"), message(2, 8, "lost")];
    store.rooms.insert(lobby(), old);
    let mut world = World::shared(Settings::default(), store);
    world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter(Some(2), "bob");
    world.ask(bob, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.hear(News::Broken {
        room: lobby(),
        head: Position::new(ERA + 1, 2),
        topic: None,
    });
    world.answer();
    world.check(bob, &["error #2 Unavailable after 1000"]);
}

#[test]
fn a_page_that_was_asked_for_before_a_tail_was_lost_is_not_given_after_it() {
    let mut store = Store::default();
    let all = (1..=3).map(|n| message(n, 8, "a"));
    store.rooms.insert(lobby(), all.collect());
    let settings = Settings {
        limits: Limits {
            page_messages: 2,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let mut world = World::shared(settings, store);
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter(Some(2), "bob");
    world.ask(alice, r#"{"type":"history","ref":2,"room":"lobby"}"#);
    let late = world.take_read();
    world.ask(
        bob,
        r#"{"type":"join","ref":3,"room":"lobby","after":{"position":[1700,0]}}"#,
    );
    let page = world.take_read();
    let answer = Some(world.store.answer(&page.query));
    let ticket = page.ticket;
    world.input(Input::Found(Found { ticket, answer }));
    world.forget(alice);
    world.forget(bob);
    let next = Message {
        position: Position::new(ERA + 1, 4),
        ..message(4, 8, "new era")
    };
    world.hear_messages(vec![next]);
    world.check(bob, &["(close Trouble)"]);
    let answer = Some(world.store.answer(&late.query));
    let ticket = late.ticket;
    world.input(Input::Found(Found { ticket, answer }));
    world.check(
        alice,
        &[
            "message lobby 4:n8:new era",
            "error #2 Unavailable after 1000",
        ],
    );
}

#[test]
fn a_conversation_is_told_of_by_news_and_once() {
    let mut world = shared();
    let alice = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    let pair = protocol::position::Pair::new(person(1), person(2)).unwrap();
    let room = Address::Direct(pair);
    world.ask(alice, &format!(r#"{{"type":"join","room":"{room}"}}"#));
    world.run();
    world.ask(
        alice,
        &format!(r#"{{"type":"send","room":"{room}","seq":1,"text":"psst"}}"#),
    );
    world.run();
    let messages = world.store.rooms[&room].clone();
    world.hear(News::Messages {
        room: room.clone(),
        messages,
    });
    world.check(bob, &[]);
    for (byte, nick) in [(1, "bob"), (2, "was alice"), (2, "was alice")] {
        world.hear(News::Conversation {
            person: person(byte),
            room: room.clone(),
            nick: nick.to_owned(),
            head: Position::new(ERA, 1),
        });
    }
    world.check(bob, &["conversation @p1.p2 alice head 1"]);
    world.hear(News::Conversation {
        person: person(9),
        room: room.clone(),
        nick: "x".to_owned(),
        head: Position::new(ERA, 1),
    });
    let away = Address::Direct(protocol::position::Pair::new(person(2), person(9)).unwrap());
    world.hear(News::Conversation {
        person: person(2),
        room: away,
        nick: "zed".to_owned(),
        head: Position::new(ERA, 4),
    });
    let told = world.take(bob);
    assert!(
        told.len() == 1 && told[0].ends_with(" zed head 4"),
        "{told:?}"
    );
    world.forget(alice);
}

#[test]
fn a_shortcut_shows_what_has_not_come_back() {
    let mut world = shared();
    world.engine.take_shortcuts();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.say(alice, 1, "early");
    let ticket = world.take_append();
    world.forget(alice);
    world.committed(vec![Written::Append {
        ticket,
        result: Ok(Appended {
            position: Position::new(ERA, 2),
            time: 5,
            fresh: true,
        }),
    }]);
    let own = Message {
        nick: "alice".to_owned(),
        ..message(2, 1, "early")
    };
    world.hear_messages(vec![message(1, 8, "first"), own]);
    world.check(
        alice,
        &[
            "ack #1 lobby seq 1 at 2 stable 2",
            "message lobby 2:alice:early",
            "message lobby 1:n8:first",
        ],
    );
}

/// Nothing goes to other servers where there are none.
#[test]
fn a_server_for_itself_tells_nobody() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.hear_messages(vec![message(1, 8, "a")]);
    world.hear_member(2, present(8, "n8"));
    world.hear(News::Fenced);
    world.check(alice, &[]);
    world.say(alice, 1, "hi");
    world.wait(10_000);
    world.close(alice, true);
    let shares = world.writes.iter();
    assert!(!shares.clone().any(|write| matches!(write, Write::Share(_))));
}
