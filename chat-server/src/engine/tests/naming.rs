use super::*;

#[test]
fn a_nick_belongs_to_the_key_that_used_it_first() {
    let mut world = world();
    let one = world.connect();
    world.hello(one, Some(1), Some("alice"));
    world.check(one, &[]);
    world.run();
    world.check(one, &["welcome #1 p1 alice owned", "conversations []"]);
    let other = world.connect();
    world.hello(other, Some(2), Some("Alice"));
    world.run();
    world.check(other, &["error #1 NickTaken held by Key"]);
    world.close(one, true);
    world.hello(other, Some(2), Some("Alice"));
    world.run();
    world.check(other, &["error #1 NickTaken held by Key"]);
    world.hello(other, Some(2), Some("bob"));
    world.run();
    world.check(other, &["welcome #1 p2 bob owned", "conversations []"]);
    world.hello(other, Some(2), Some("bob"));
    world.check(other, &["error #1 AlreadyIntroduced"]);
}

#[test]
fn a_guests_nick_is_free_when_the_guest_is_gone() {
    let mut world = world();
    let guest = world.connect();
    world.hello(guest, None, Some("alice"));
    world.run();
    world.check(guest, &["welcome #1 keyless1 alice guest"]);
    let other = world.connect();
    world.hello(other, Some(2), Some("alice"));
    world.check(other, &["error #1 NickTaken held by Guest"]);
    world.close(guest, false);
    world.hello(other, Some(2), Some("alice"));
    world.run();
    world.check(other, &["welcome #1 p2 alice owned", "conversations []"]);
}

#[test]
fn a_nick_on_its_way_is_held_already() {
    let mut world = world();
    let (one, other) = (world.connect(), world.connect());
    world.hello(one, Some(1), Some("alice"));
    world.hello(other, None, Some("alice"));
    world.check(other, &["error #1 NickTaken held by Key"]);
    world.close(one, false);
    world.run();
    world.hello(other, None, Some("alice"));
    world.run();
    world.check(other, &["error #1 NickTaken held by Key"]);
}

#[test]
fn who_names_no_nick_gets_a_free_one() {
    let mut world = world();
    let one = world.connect();
    world.hello(one, None, None);
    world.run();
    let person = world.engine.connections[&one].who.unwrap().person;
    let nick = world.engine.people.name(person).unwrap().0.to_string();
    assert!(nick.starts_with("guest-") && nick.len() == 10, "{nick}");
    world.check(one, &[&format!("welcome #1 keyless1 {nick} guest")]);
}

#[test]
fn a_drawn_nick_that_is_owned_is_drawn_again() {
    let mut first = world();
    let one = first.connect();
    first.hello(one, None, None);
    first.run();
    let person = first.engine.connections[&one].who.unwrap().person;
    let drawn = first.engine.people.name(person).unwrap().0.to_string();

    let mut world = world();
    let owner = world.enter(Some(1), &drawn);
    world.close(owner, true);
    let two = world.connect();
    world.hello(two, None, None);
    world.run();
    let person = world.engine.connections[&two].who.unwrap().person;
    let other = world.engine.people.name(person).unwrap().0.to_string();
    assert_ne!(other, drawn);
    world.check(two, &[&format!("welcome #1 keyless2 {other} guest")]);
}

#[test]
fn a_second_connection_of_a_key_is_the_same_member() {
    let mut world = world();
    let one = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(one);
    let two = world.connect();
    world.hello(two, Some(1), None);
    world.run();
    world.check(two, &["welcome #1 p1 alice owned", "conversations []"]);
    world.ask(two, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    world.check(
        two,
        &[
            "joined #2 lobby Latest head 0 r2 count 2 seq 1",
            "members #2 lobby r2 [alice bob] done",
            "history #2 lobby [] done",
        ],
    );
    world.check(bob, &[]);
    world.close(one, true);
    world.check(bob, &[]);
    world.close(two, true);
    world.check(bob, &["presence lobby r3 count 1 -alice"]);
}

#[test]
fn another_nick_is_told_to_the_rooms_and_to_all_of_the_person() {
    let mut world = world();
    let one = world.enter_room(Some(1), "alice", "lobby");
    let two = world.enter(Some(1), "alice");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    world.forget(one);
    world.ask(one, r#"{"type":"nick","ref":5,"nick":"carol"}"#);
    world.check(one, &[]);
    world.run();
    let told = "presence lobby r3 count 2 alice>carol";
    world.check(one, &["nick #5 carol owned", told]);
    world.check(two, &["nick carol owned"]);
    world.check(bob, &[told]);
    world.ask(bob, r#"{"type":"nick","ref":6,"nick":"alice"}"#);
    world.run();
    world.check(bob, &["error #6 NickTaken held by Key"]);
    world.ask(one, r#"{"type":"nick","ref":7,"nick":"dave"}"#);
    world.run();
    world.check(one, &["error #7 NickLimit"]);
    world.ask(one, r#"{"type":"nick","ref":8,"nick":"Alice"}"#);
    world.run();
    let told = "presence lobby r4 count 2 carol>Alice";
    world.check(one, &["nick #8 Alice owned", told]);
    assert_eq!(world.store.present()[0].nick.as_str(), "Alice");
}

#[test]
fn a_hello_with_another_nick_renames_the_person() {
    let mut world = world();
    let one = world.enter_room(Some(1), "alice", "lobby");
    let two = world.connect();
    world.hello(two, Some(1), Some("carol"));
    world.run();
    world.check(two, &["welcome #1 p1 carol owned", "conversations []"]);
    world.check(
        one,
        &["nick carol owned", "presence lobby r2 count 1 alice>carol"],
    );
}

#[test]
fn two_hellos_of_one_person_come_one_after_the_other() {
    let mut world = world();
    let (one, two) = (world.connect(), world.connect());
    world.hello(one, Some(1), Some("alice"));
    world.hello_on(1, two, Some(1), Some("carol"), false);
    world.check(two, &["(pause)"]);
    world.commit();
    world.check(one, &["welcome #1 p1 alice owned"]);
    world.run();
    world.check(one, &["nick carol owned", "conversations []"]);
    world.check(
        two,
        &["(resume)", "welcome #1 p1 carol owned", "conversations []"],
    );
}

#[test]
fn requests_sent_at_once_do_what_they_would_do_one_by_one() {
    let mut world = world();
    let one = world.connect();
    world.hello(one, None, Some("script"));
    world.ask(one, r#"{"type":"join","ref":2,"room":"lobby","last":0}"#);
    world.ask(one, r#"{"type":"send","ref":3,"room":"lobby","text":"hi"}"#);
    world.ask(one, r#"{"type":"leave","ref":4,"room":"lobby"}"#);
    world.check(one, &["(pause)"]);
    world.run();
    world.check(
        one,
        &[
            "welcome #1 keyless1 script guest",
            "joined #2 lobby Latest head 0 r1 count 1 seq 1",
            "members #2 lobby r1 [~script] done",
            "history #2 lobby [] done",
            "done #4",
            "(resume)",
            "ack #3 lobby seq 1 at 1 stable 1",
        ],
    );
    assert!(world.engine.rooms.is_empty());
}

#[test]
fn nothing_goes_before_hello_and_a_broken_frame_is_named() {
    let mut world = world();
    let one = world.connect();
    world.ask(one, r#"{"type":"rooms","ref":9}"#);
    world.check(one, &["error #9 NotIntroduced"]);
    world.ask(one, r#"{"type":"dance","ref":9}"#);
    world.check(one, &["error #9 UnknownRequest"]);
    let long = format!(
        r#"{{"type":"send","room":"a","text":"a","kind":"{}"}}"#,
        "\\u001b\\\"".repeat(2000)
    );
    world.ask(one, &long);
    world.check(one, &["error BadRequest"]);
}

#[test]
fn a_device_that_comes_again_takes_over_from_its_old_connection() {
    let mut world = world();
    let old = world.enter_room(Some(1), "alice", "lobby");
    let other_device = world.enter(Some(1), "alice");
    let new = world.connect();
    world.hello_on(0, new, Some(1), Some("alice"), false);
    world.run();
    world.check(old, &["(close TakenOver)"]);
    world.check(other_device, &[]);
    // What the dead connection still brings is neither stored nor answered.
    world.ask(
        old,
        r#"{"type":"send","ref":9,"room":"lobby","seq":1,"text":"late"}"#,
    );
    world.check(old, &[]);
    assert_eq!(world.writes, []);
}
