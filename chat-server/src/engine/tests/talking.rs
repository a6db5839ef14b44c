use super::*;

#[test]
fn two_people_talk() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    world.ask(
        alice,
        r#"{"type":"send","ref":5,"room":"lobby","seq":1,"text":"hi"}"#,
    );
    world.check(alice, &[]);
    world.run();
    world.check(
        alice,
        &[
            "ack #5 lobby seq 1 at 1 stable 1",
            "message lobby 1:alice:hi",
        ],
    );
    world.check(bob, &["message lobby 1:alice:hi"]);
    world.ask(
        bob,
        r#"{"type":"send","room":"lobby","seq":1,"kind":"action","text":"waves","reply_to":[1700,1]}"#,
    );
    world.ask(
        alice,
        r#"{"type":"topic","ref":6,"room":"lobby","seq":2,"text":"tea"}"#,
    );
    world.run();
    let both = ["message lobby 2:bob:waves", "message lobby 3:alice:tea"];
    world.check(bob, &["ack lobby seq 1 at 2 stable 3", both[0], both[1]]);
    world.check(
        alice,
        &["ack #6 lobby seq 2 at 3 stable 3", both[0], both[1]],
    );
    let carol = world.enter(Some(3), "carol");
    world.ask(carol, r#"{"type":"join","room":"lobby","last":1}"#);
    world.run();
    world.check(
        carol,
        &[
            r#"joined lobby Latest head 3 r3 count 3 seq 1 topic "tea" by alice"#,
            "members lobby r3 [alice carol bob] done",
            "history lobby [3:alice:tea] done more",
        ],
    );
}

#[test]
fn what_cannot_be_said_is_refused_at_once() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    for (frame, error) in [
        (
            r#"{"type":"send","room":"tea","seq":1,"text":"a"}"#,
            "error NotJoined",
        ),
        (
            r#"{"type":"send","room":"lobby","text":"a"}"#,
            "error BadRequest",
        ),
        (
            r#"{"type":"send","room":"lobby","seq":0,"text":"a"}"#,
            "error BadRequest",
        ),
        (
            r#"{"type":"send","room":"lobby","seq":1,"text":"a","reply_to":[1700,1]}"#,
            "error BadRequest",
        ),
        (
            r#"{"type":"send","room":"lobby","seq":1,"text":"\u0007"}"#,
            "error BadText",
        ),
        (
            r#"{"type":"send","room":"a b","seq":1,"text":"a"}"#,
            "error BadRoom",
        ),
    ] {
        world.ask(alice, frame);
        world.check(alice, &[error]);
    }
    assert!(world.writes.is_empty());
}

#[test]
fn a_retry_is_acknowledged_and_shown_to_nobody() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let send = r#"{"type":"send","room":"lobby","seq":1,"text":"once"}"#;
    world.ask(alice, send);
    world.ask(alice, send);
    world.run();
    let ack = "ack lobby seq 1 at 1 stable 1";
    world.check(alice, &[ack, ack, "message lobby 1:alice:once"]);
    world.ask(alice, &send.replace("once", "twice"));
    world.ask(alice, &send.replace("\"seq\":1", "\"seq\":3"));
    world.run();
    world.check(
        alice,
        &["error SeqReused expected 2", "error OutOfOrder expected 2"],
    );
}

/// An error says that a send is not stored, so it never answers the retry of one that is.
#[test]
fn no_error_says_of_a_stored_send_that_it_is_not() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let say = |seq: u64, text: &str| {
        format!(r#"{{"type":"send","room":"lobby","seq":{seq},"text":"{text}"}}"#)
    };
    world.ask(alice, &say(1, "once"));
    world.run();
    world.close(alice, false);
    let alice = world.enter_room(Some(1), "alice", "lobby");
    world.forget(alice);
    world.ask(alice, &say(1, "once"));
    world.ask(alice, &say(2, "twice"));
    let written = Store::refuse(&std::mem::take(&mut world.writes));
    world.committed(written);
    world.check(
        alice,
        &[
            "error OutcomeUnknown after 1000",
            "error Unavailable after 1000",
        ],
    );
    world.ask(alice, &say(1, "once"));
    world.run();
    world.check(alice, &["ack lobby seq 1 at 1 stable 1"]);
    world.ask(alice, &say(2, "twice"));
    world.stop();
    world.ask(alice, &say(1, "once"));
    world.ask(alice, &say(3, "thrice"));
    world.check(
        alice,
        &[
            "error OutcomeUnknown after 1000",
            "error Unavailable after 1000",
        ],
    );
}

#[test]
fn who_does_not_count_is_counted_for() {
    let mut world = world();
    let script = world.enter_room(None, "script", "lobby");
    let say = |text: &str| format!(r#"{{"type":"send","room":"lobby","text":"{text}"}}"#);
    world.ask(script, &say("one"));
    world.ask(script, &say("two"));
    let written = Store::refuse(&std::mem::take(&mut world.writes));
    world.ask(script, &say("three"));
    world.committed(written);
    world.run();
    world.check(
        script,
        &[
            "error Unavailable after 1000",
            "error Unavailable after 1000",
            "error OutOfOrder expected 1",
        ],
    );
    world.ask(script, &say("four"));
    world.run();
    world.check(
        script,
        &[
            "ack lobby seq 1 at 1 stable 1",
            "message lobby 1:script:four",
        ],
    );
}

#[test]
fn who_counts_wrongly_and_then_not_at_all_is_counted_for() {
    let mut world = world();
    let script = world.enter_room(None, "script", "lobby");
    let say = |text: &str| format!(r#"{{"type":"send","room":"lobby","text":"{text}"}}"#);
    let count = |seq: u64, text: &str| {
        format!(r#"{{"type":"send","room":"lobby","seq":{seq},"text":"{text}"}}"#)
    };
    for seq in [u64::MAX, 50] {
        world.ask(script, &count(seq, "too far"));
        world.run();
        world.check(script, &["error OutOfOrder expected 1"]);
    }
    world.ask(script, &say("one"));
    world.ask(script, &say("two"));
    world.run();
    world.forget(script);
    world.ask(script, &count(1, "one"));
    world.run();
    world.check(script, &["ack lobby seq 1 at 1 stable 2"]);
    world.ask(script, &say("three"));
    world.run();
    world.check(
        script,
        &[
            "ack lobby seq 3 at 3 stable 3",
            "message lobby 3:script:three",
        ],
    );
}

#[test]
fn an_unknown_outcome_is_said_and_what_it_left_behind_is_found_by_resuming() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(alice);
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":1,"text":"perhaps"}"#,
    );
    let kept = world.writes.clone();
    let ticket = world.take_append();
    world.store.commit(kept);
    world.committed(vec![Written::Append {
        ticket,
        result: Err(AppendError::Unknown),
    }]);
    world.check(alice, &["error OutcomeUnknown"]);
    world.check(bob, &[]);
    world.ask(
        bob,
        r#"{"type":"send","room":"lobby","seq":1,"text":"sure"}"#,
    );
    world.run();
    world.check(alice, &["(close Trouble)"]);
    world.check(bob, &["ack lobby seq 1 at 2 stable 2", "(close Trouble)"]);
    world.close(alice, false);
    world.close(bob, false);
    let bob = world.enter(Some(2), "bob");
    world.ask(bob, r#"{"type":"join","room":"lobby"}"#);
    world.run();
    world.check(
        bob,
        &[
            "joined lobby Latest head 2 r5 count 2 seq 2",
            "members lobby r5 [alice? bob] done",
            "history lobby [1:alice:perhaps 2:bob:sure] done",
        ],
    );
}

#[test]
fn a_conversation_is_bound_to_two_persons() {
    let mut world = world();
    let alice = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    world.ask(alice, r#"{"type":"open","ref":2,"nick":"Bob"}"#);
    world.check(alice, &["opened #2 @p1.p2 bob"]);
    let pair = alice_and_bob();
    world.ask(
        alice,
        &format!(r#"{{"type":"join","ref":3,"room":"{pair}"}}"#),
    );
    world.run();
    world.check(
        alice,
        &[
            "joined #3 @p1.p2 Latest head 0 r0 count 0 seq 1",
            "members #3 @p1.p2 r0 [] done",
            "history #3 @p1.p2 [] done",
        ],
    );
    let say = |seq: u32, text: &str| {
        format!(r#"{{"type":"send","room":"{pair}","seq":{seq},"text":"{text}"}}"#)
    };
    world.ask(alice, &say(1, "psst"));
    world.ask(alice, &say(2, "hey"));
    world.run();
    world.forget(alice);
    world.check(bob, &["conversation @p1.p2 alice head 2"]);
    world.ask(alice, &say(3, "there"));
    world.run();
    world.check(bob, &[]);
    world.ask(
        bob,
        &format!(r#"{{"type":"join","room":"{pair}","last":2}}"#),
    );
    world.run();
    world.check(
        bob,
        &[
            "joined @p1.p2 Latest head 3 r0 count 0 seq 1",
            "members @p1.p2 r0 [] done",
            "history @p1.p2 [2:alice:hey 3:alice:there] done more",
        ],
    );
    world.ask(bob, &format!(r#"{{"type":"leave","room":"{pair}"}}"#));
    world.ask(alice, &say(4, "gone?"));
    world.run();
    world.check(bob, &["done", "conversation @p1.p2 alice head 4"]);
    let carol = world.enter(Some(3), "carol");
    world.ask(carol, &format!(r#"{{"type":"join","room":"{pair}"}}"#));
    world.check(carol, &["error NotAllowed"]);
    assert!(world.store.present().is_empty());
    world.close(bob, true);
    let again = world.connect();
    world.hello(again, Some(2), Some("bob"));
    world.run();
    world.check(
        again,
        &["welcome #1 p2 bob owned", "conversations [alice 4]"],
    );
}

#[test]
fn who_leaves_a_conversation_at_once_still_gets_the_answer() {
    let mut world = world();
    let alice = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    let pair = alice_and_bob();
    world.ask(alice, &format!(r#"{{"type":"join","room":"{pair}"}}"#));
    world.run();
    world.forget(alice);
    world.ask(
        alice,
        &format!(r#"{{"type":"send","ref":2,"room":"{pair}","seq":1,"text":"bye"}}"#),
    );
    world.ask(
        alice,
        &format!(r#"{{"type":"leave","ref":3,"room":"{pair}"}}"#),
    );
    world.run();
    world.check(
        alice,
        &[
            "done #3",
            "ack #2 @p1.p2 seq 1 at 1 stable 1",
            "conversation @p1.p2 bob head 1",
        ],
    );
    world.check(bob, &["conversation @p1.p2 alice head 1"]);
    assert!(world.engine.rooms.is_empty());
}

#[test]
fn a_new_nick_is_told_before_what_is_said_after_it() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.ask(alice, r#"{"type":"nick","nick":"carol"}"#);
    let granted = world.store.commit(std::mem::take(&mut world.writes));
    world.ask(
        bob,
        r#"{"type":"send","room":"lobby","seq":1,"text":"who?"}"#,
    );
    let said = world.store.commit(std::mem::take(&mut world.writes));
    world.forget(bob);
    world.turn(vec![Input::Committed(granted), Input::Committed(said)]);
    world.check(
        bob,
        &[
            "presence lobby r3 count 2 alice>carol",
            "ack lobby seq 1 at 1 stable 1",
            "message lobby 1:bob:who?",
        ],
    );
}

#[test]
fn a_leave_that_waited_for_a_nick_follows_the_messages_committed_with_it() {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.ask(
        alice,
        r#"{"type":"send","room":"lobby","seq":1,"text":"bye"}"#,
    );
    world.ask(alice, r#"{"type":"nick","nick":"carol"}"#);
    world.ask(alice, r#"{"type":"leave","room":"lobby"}"#);
    world.forget(bob);
    world.run();
    world.check(
        bob,
        &[
            "message lobby 1:alice:bye",
            "presence lobby r3 count 1 alice>carol -carol",
        ],
    );
}

#[test]
fn a_conversation_is_opened_with_who_holds_the_nick_or_else_owns_it() {
    let mut world = world();
    let alice = world.enter(Some(1), "alice");
    let bob = world.enter(Some(2), "bob");
    world.close(bob, true);
    world.ask(alice, r#"{"type":"open","ref":1,"nick":"bob"}"#);
    world.run();
    world.check(alice, &["opened #1 @p1.p2 bob"]);
    world.ask(alice, r#"{"type":"open","ref":2,"nick":"nobody"}"#);
    world.run();
    world.check(alice, &["error #2 NoSuchNick"]);
    world.ask(alice, r#"{"type":"open","ref":3,"nick":"alice"}"#);
    world.check(alice, &["error #3 NotAllowed"]);
    let script = world.enter(None, "script");
    world.ask(alice, r#"{"type":"open","ref":4,"nick":"script"}"#);
    world.check(alice, &["error #4 NotAllowed"]);
    world.ask(script, r#"{"type":"open","ref":5,"nick":"alice"}"#);
    world.check(script, &["error #5 NotAllowed"]);
    world.ask(script, r#"{"type":"conversations","ref":6}"#);
    world.check(script, &["error #6 NotAllowed"]);
    world.ask(
        script,
        &format!(r#"{{"type":"join","ref":7,"room":"{}"}}"#, alice_and_bob()),
    );
    world.check(script, &["error #7 NotAllowed"]);
    world.ask(
        alice,
        &format!(r#"{{"type":"join","room":"{}"}}"#, alice_and_bob()),
    );
    world.ask(
        alice,
        &format!(
            r#"{{"type":"topic","ref":8,"room":"{}","seq":1,"text":"x"}}"#,
            alice_and_bob()
        ),
    );
    world.run();
    world.forget(alice);
    let second = world.enter(Some(1), "alice");
    world.ask(
        alice,
        &format!(
            r#"{{"type":"send","room":"{}","seq":1,"text":"x"}}"#,
            alice_and_bob()
        ),
    );
    world.run();
    world.check(second, &["conversation @p1.p2 bob head 1"]);
}

fn alice_and_bob() -> String {
    use crate::engine::testing::key;
    use protocol::position::{Address, Pair, PersonId};
    let [alice, bob] = [1, 2].map(|byte| PersonId::of_key(&key(byte)));
    Address::Direct(Pair::new(alice, bob).unwrap()).to_string()
}
