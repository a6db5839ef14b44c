//! A database of version 1, as a server of that time left it, becomes one of this version with all that is in it.

use super::*;
use crate::record::{Owner, Talk};

const VERSION_1: &str = include_str!("data/version_1.sql");

#[test]
fn a_database_of_version_1_has_everything_after_the_update() {
    let directory = tempfile::tempdir().unwrap();
    bounds::edit(directory.path(), VERSION_1);
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.served, Duration::ZERO);
    let present: Vec<_> = desk
        .restored
        .present
        .iter()
        .map(|row| {
            (
                row.room.to_string(),
                row.person,
                row.nick.to_string(),
                row.guest,
            )
        })
        .collect();
    let expected = [
        ("lobby", 1, "지은", false),
        ("lobby", 9, "guest-1234", true),
        ("개발", 2, "bob", false),
    ]
    .map(|(name, byte, nick, guest)| (name.to_owned(), person(byte), nick.to_owned(), guest));
    assert_eq!(present, expected);

    // A file that this directory never had: all positions stay, and new ones are of a new era.
    let era = desk.restored.era;
    assert!(era > ERA);
    for name in ["lobby", "개발"] {
        let page = desk.page(&room(name), Range::Last, 9);
        assert_eq!(page.messages.len(), if name == "lobby" { 3 } else { 2 });
    }
    let lobby = room("lobby");
    let expected: Vec<_> = (1..=3)
        .map(|seq| as_message(&said(&lobby, 1, seq), Position::new(ERA, seq)))
        .collect();
    assert_eq!(desk.page(&lobby, Range::Last, 9).messages, expected);
    let join = desk.join(&room("개발"), From::Last, 1);
    assert_eq!(join.topic.unwrap().text, "0.9 릴리스 준비");
    let last = desk.page(&direct(1, 2), Range::Last, 1).messages;
    assert_eq!(
        (last[0].kind, last[0].text.as_str(), last[0].reply_to),
        (Kind::Action, "waves", Some(Position::new(ERA, 1)))
    );
    let appended = desk.append(said(&lobby, 1, 4)).unwrap();
    assert_eq!(appended.position, Position::new(era, 4));
}

#[test]
fn owners_and_conversations_of_version_1_are_there() {
    let directory = tempfile::tempdir().unwrap();
    bounds::edit(directory.path(), VERSION_1);
    let mut desk = Desk::at(directory.path());
    let alice = Nick::new("alice").unwrap();
    let owner = Query::Owner {
        skeleton: alice.skeleton(),
        unused_since: None,
    };
    let found = Owner {
        person: person(1),
        nick: alice,
        former: None,
        keyed: true,
    };
    assert_eq!(desk.ask(owner), Answer::Owner(Some(found)));
    let talks = Query::Conversations {
        person: person(2),
        after: None,
        limit: 9,
    };
    let talk = Talk {
        room: direct(1, 2),
        person: person(1),
        nick: "지은".to_owned(),
        former: None,
        passed_on: false,
        head: Position::new(ERA, 3),
    };
    let answer = desk.ask(talks);
    let conversations = vec![talk];
    let more = false;
    assert_eq!(
        answer,
        Answer::Conversations {
            conversations,
            more
        }
    );
}

/// A clock of the wall cannot say how old such a nick is, so its age begins with the update.
#[test]
fn nicks_of_version_1_count_as_used_at_the_update() {
    let directory = tempfile::tempdir().unwrap();
    bounds::edit(directory.path(), VERSION_1);
    let mut desk = Desk::at(directory.path());
    let day = Duration::from_hours(24);
    let mut claim = |since| desk.claim_at(day, since, "bob", person(3), Some(key(3)));
    assert_eq!(claim(None), Err(ClaimError::Owned));
    let taken = claim(Some(Duration::ZERO)).unwrap().unwrap();
    assert_eq!((taken.told.person, taken.told.until), (person(2), NOW + 11));
}
