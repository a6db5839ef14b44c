//! Nicks that nobody uses for long, and how the next one who has them is told of.

use std::time::Duration;

use super::*;
use crate::engine::{ConnId, FORMER_TOLD, NICK_EXPIRY, USED_INTERVAL};
use crate::record::Write;

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

/// A lobby with bob in it, and alice, who has talked with him, away for as long as it takes.
fn alice_is_long_gone() -> (World, ConnId, String) {
    let mut world = world();
    let alice = world.enter_room(Some(1), "alice", "lobby");
    let bob = world.enter_room(Some(2), "bob", "lobby");
    let talk = direct(&mut world, bob, "alice");
    world.close(alice, true);
    world.wait(ms(NICK_EXPIRY));
    world.run();
    world.forget(bob);
    (world, bob, talk)
}

/// Opens the conversation with who has the nick, and gives its address as it stands on the wire.
fn direct(world: &mut World, conn: ConnId, nick: &str) -> String {
    world.ask(
        conn,
        &format!(r#"{{"type":"open","ref":1,"nick":"{nick}"}}"#),
    );
    world.run();
    world.forget(conn);
    let opened = world.engine.connections[&conn]
        .rare_if_any()
        .and_then(|rare| rare.opened.clone());
    opened.unwrap().0.to_string()
}

#[test]
fn a_nick_that_nobody_used_is_free_and_its_next_holder_is_announced() {
    let (mut world, bob, talk) = alice_is_long_gone();
    world.ask(bob, r#"{"type":"open","ref":2,"nick":"alice"}"#);
    world.run();
    world.check(bob, &["error #2 NoSuchNick"]);
    let carol = world.connect();
    world.hello(carol, Some(3), Some("Alice"));
    world.run();
    let welcome = "welcome #1 p3 Alice owned(was p1 until 1000)";
    world.check(carol, &[welcome, "conversations []"]);
    world.ask(carol, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    world.check(
        bob,
        &["presence lobby r4 count 2 +Alice(was p1 until 1000)"],
    );
    let members = world.take(carol).remove(1);
    assert!(members.contains("Alice(was p1 until 1000)"), "{members}");
    world.ask(bob, r#"{"type":"open","ref":3,"nick":"alice"}"#);
    world.run();
    world.check(bob, &["opened #3 @p3.p2 Alice(was p1 until 1000)"]);
    // What bob says in the old conversation is for the first alice alone.
    world.ask(bob, &format!(r#"{{"type":"join","room":"{talk}"}}"#));
    world.run();
    world.forget(bob);
    world.forget(carol);
    let said = format!(r#"{{"type":"send","room":"{talk}","seq":1,"text":"for the first"}}"#);
    world.ask(bob, &said);
    world.run();
    world.check(carol, &[]);
    world.ask(bob, r#"{"type":"conversations","ref":4}"#);
    world.run();
    let told = world.take(bob).pop().unwrap();
    assert_eq!(told, "conversations #4 [away 1]");
    let first = world.connect();
    world.hello(first, Some(1), Some("alice"));
    world.run();
    world.check(first, &["error #1 NickTaken held by Key"]);
    world.hello(first, Some(1), Some("amy"));
    world.run();
    world.check(first, &["welcome #1 p1 amy owned", "conversations [bob 1]"]);
}

#[test]
fn a_guest_by_such_a_nick_is_announced_too_until_the_owner_is_back() {
    let (mut world, bob, _) = alice_is_long_gone();
    let guest = world.enter_room(None, "alice", "lobby");
    world.check(
        bob,
        &["presence lobby r4 count 2 +alice(was p1 until 1000)"],
    );
    world.close(guest, false);
    world.forget(bob);
    let alice = world.connect();
    world.hello(alice, Some(1), Some("alice"));
    world.run();
    world.check(alice, &["welcome #1 p1 alice owned", "conversations []"]);
}

#[test]
fn a_room_is_told_for_a_month_and_a_conversation_for_good() {
    let (mut world, bob, _) = alice_is_long_gone();
    let carol = world.enter_room(Some(3), "alice", "lobby");
    let members = r#"{"type":"members","ref":5,"room":"lobby"}"#;
    world.forget(bob);
    world.wait(ms(FORMER_TOLD) - 1);
    world.ask(bob, members);
    let told = world.take(bob).remove(0);
    assert!(told.contains("alice(was p1 until 1000)"), "{told}");
    world.wait(1);
    world.ask(bob, members);
    world.check(bob, &["members #5 lobby r4 [alice bob] done"]);
    world.close(carol, true);
    world.forget(bob);
    world.ask(bob, r#"{"type":"open","ref":6,"nick":"alice"}"#);
    world.run();
    world.check(bob, &["opened #6 @p3.p2 alice(was p1 until 1000)"]);
}

#[test]
fn who_is_here_keeps_the_nick_for_years() {
    let mut world = world();
    let alice = world.enter(Some(1), "alice");
    let claim = |world: &mut World, byte| {
        let other = world.connect();
        world.hello(other, Some(byte), Some("alice"));
        world.run();
        world.take(other)
    };
    for _ in 0..3 {
        world.wait(ms(NICK_EXPIRY));
        world.run();
        assert_eq!(claim(&mut world, 2), ["error #1 NickTaken held by Key"]);
    }
    world.close(alice, true);
    assert_eq!(claim(&mut world, 2), ["error #1 NickTaken held by Key"]);
    world.wait(ms(NICK_EXPIRY) - ms(USED_INTERVAL));
    assert_eq!(claim(&mut world, 2), ["error #1 NickTaken held by Key"]);
    world.wait(ms(USED_INTERVAL));
    let taken = claim(&mut world, 2).remove(0);
    assert!(
        taken.starts_with("welcome #1 p2 alice owned(was p1"),
        "{taken}"
    );
}

#[test]
fn a_clock_that_jumps_frees_no_nick_of_who_is_here_or_away() {
    let mut world = world();
    let away = world.enter(Some(1), "away");
    world.close(away, true);
    world.enter(Some(2), "present");
    let year = 366 * 24 * 3_600_000;
    for jump in [year, 0] {
        world.now.unix_ms = 1_000 + jump;
        for nick in ["away", "present"] {
            let other = world.connect();
            world.hello(other, Some(3), Some(nick));
            world.run();
            world.check(other, &["error #1 NickTaken held by Key"]);
        }
        world.wait(ms(USED_INTERVAL));
        world.run();
    }
}

#[test]
fn without_expiry_a_nick_is_kept_for_good() {
    let mut world = World::new(Settings {
        nick_expiry: None,
        ..Settings::default()
    });
    let alice = world.enter(Some(1), "alice");
    world.close(alice, true);
    world.wait(100 * ms(NICK_EXPIRY));
    let other = world.connect();
    world.hello(other, Some(2), Some("alice"));
    world.run();
    world.check(other, &["error #1 NickTaken held by Key"]);
}

#[test]
fn the_store_hears_of_a_nick_in_use_once_an_interval_however_many_connections_there_are() {
    let mut world = world();
    for _ in 0..3 {
        world.enter(Some(1), "alice");
    }
    world.enter(None, "guest");
    let notes = |world: &mut World, ms| {
        world.wait(ms);
        let notes = world.writes.iter();
        let notes = notes
            .filter(|write| matches!(write, Write::Used(_)))
            .count();
        world.run();
        notes
    };
    let interval = ms(USED_INTERVAL);
    assert_eq!(notes(&mut world, interval - 1), 0);
    assert_eq!(notes(&mut world, 1), 1);
    assert_eq!(notes(&mut world, interval - 1), 0);
    assert_eq!(notes(&mut world, 1), 1);
    assert_eq!(world.store.restored().served, 2 * USED_INTERVAL);
}

#[test]
fn after_a_restart_the_time_served_and_who_had_a_nick_go_on() {
    let (mut world, _, _) = alice_is_long_gone();
    world.enter_room(Some(3), "alice", "lobby");
    let served = world.engine.moment(world.now).served;
    world.stop();
    world.run();
    let mut world = World::restarted(Settings::default(), world.store);
    assert_eq!(world.engine.moment(world.now).served, served);
    let dave = world.enter(Some(4), "dave");
    world.ask(dave, r#"{"type":"join","ref":2,"room":"lobby"}"#);
    world.run();
    let members = world.take(dave).remove(1);
    assert!(members.contains("alice?(was "), "{members}");
    world.wait(1_000);
    let carol = world.enter(Some(3), "alice");
    world.ask(carol, r#"{"type":"nick","ref":3,"nick":"alice"}"#);
    let told = world.take(carol).remove(0);
    assert!(told.starts_with("nick #3 alice owned(was "), "{told}");
    // She is back without a claim, so the store was told.
    let skeleton = "alice".parse::<protocol::names::Nick>().unwrap().skeleton();
    let back = served + Duration::from_secs(1);
    assert_eq!(world.store.used(&skeleton), Some(back));
}
