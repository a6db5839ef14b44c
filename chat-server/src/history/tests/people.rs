//! Nicks and their owners, who was there, and who talked to whom.

use protocol::limits::NICKS_OWNED_MAX;

use super::*;
use crate::record::{Owner, Talk};

#[test]
fn a_nick_belongs_to_the_key_that_used_it_first() {
    let mut desk = Desk::memory();
    assert_eq!(desk.claim("tea", person(1), None), Ok(None));
    assert_eq!(desk.claim("tea", person(2), Some(key(2))), Ok(None));
    assert_eq!(desk.claim("TEA", person(2), Some(key(2))), Ok(None));
    assert_eq!(
        desk.claim("Tea", person(3), Some(key(3))),
        Err(ClaimError::Owned)
    );
    assert_eq!(desk.claim("tea", person(1), None), Err(ClaimError::Owned));
    let owner = |nick: &str| Query::Owner {
        skeleton: Nick::new(nick).unwrap().skeleton(),
        unused_since: None,
    };
    assert_eq!(
        desk.ask(owner("tea")),
        Answer::Owner(Some(Owner {
            person: person(2),
            nick: Nick::new("TEA").unwrap(),
            former: None,
            keyed: true,
        }))
    );
    assert_eq!(desk.ask(owner("bread")), Answer::Owner(None));
}

#[test]
fn a_key_owns_so_many_nicks_and_not_one_more() {
    let mut desk = Desk::memory();
    for n in 0..NICKS_OWNED_MAX {
        assert_eq!(
            desk.claim(&format!("name{n}"), person(1), Some(key(1))),
            Ok(None)
        );
    }
    assert_eq!(
        desk.claim("onemore", person(1), Some(key(1))),
        Err(ClaimError::Limit)
    );
    assert_eq!(desk.claim("name0", person(1), Some(key(1))), Ok(None));
    assert_eq!(desk.claim("onemore", person(2), Some(key(2))), Ok(None));
}

#[test]
fn claims_and_messages_of_a_batch_are_answered_in_their_order() {
    let mut desk = Desk::memory();
    let lobby = room("lobby");
    let claim = |ticket, byte| {
        Write::Claim(Claim {
            ticket: Ticket(ticket),
            nick: Nick::new("tea").unwrap(),
            person: person(byte),
            owner: Some(key(byte)),
            at: Moment {
                unix_ms: NOW,
                served: Duration::ZERO,
            },
            unused_since: None,
        })
    };
    let written = desk.write([
        claim(7, 1),
        Write::Append(said(&lobby, 1, 1)),
        Write::Absent {
            room: lobby.clone(),
            person: person(1),
        },
        claim(8, 2),
    ]);
    assert_eq!(
        written,
        [
            Written::Claim {
                ticket: Ticket(7),
                result: Ok(None)
            },
            Written::Append {
                ticket: Ticket(0),
                result: fresh(1, NOW + 1)
            },
            Written::Claim {
                ticket: Ticket(8),
                result: Err(ClaimError::Owned)
            },
        ]
    );
}

#[test]
fn skeletons_of_older_tables_are_worked_out_anew() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    for (name, byte) in [("tea", 1), ("bread", 2)] {
        desk.claim(name, person(byte), Some(key(byte))).unwrap();
    }
    desk.close();
    bounds::edit(
        directory.path(),
        "UPDATE nicks SET skeleton = 'old form' WHERE nick = 'tea';
         UPDATE store SET tables = 'rule 0'",
    );
    let mut desk = Desk::at(directory.path());
    for name in ["tea", "bread"] {
        assert_eq!(
            desk.claim(name, person(9), Some(key(9))),
            Err(ClaimError::Owned),
            "{name}"
        );
    }
}

#[test]
fn who_was_there_is_known_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.present, []);
    let present = |name: &str, byte, nick: &str, guest| Present {
        room: room(name),
        person: person(byte),
        nick: Nick::new(nick).unwrap(),
        guest,
        former: None,
        keyed: true,
        reconnecting: false,
    };
    let absent = |name: &str, byte| Write::Absent {
        room: room(name),
        person: person(byte),
    };
    for (nick, byte) in [("alice", 1), ("alicia", 1), ("carol", 3)] {
        desk.claim(nick, person(byte), Some(key(byte))).unwrap();
    }
    desk.write([
        Write::Present(present("tea", 1, "alice", false)),
        Write::Present(present("tea", 2, "bob", true)),
        Write::Present(present("bread", 1, "alice", false)),
        Write::Present(present("bread", 3, "carol", false)),
        Write::Present(present("tea", 1, "alicia", false)),
        absent("bread", 3),
        absent("bread", 9),
    ]);
    desk.close();
    let desk = Desk::at(directory.path());
    assert_eq!(
        desk.restored.present,
        [
            present("bread", 1, "alice", false),
            present("tea", 1, "alicia", false),
            present("tea", 2, "bob", true),
        ]
    );
}

#[test]
fn conversations_are_listed_for_both_persons() {
    let mut desk = Desk::memory();
    desk.append_all([
        said(&direct(1, 2), 1, 1),
        said(&direct(1, 3), 3, 1),
        said(&direct(1, 3), 3, 2),
        said(&direct(2, 3), 2, 1),
        said(&room("lobby"), 1, 1),
    ]);
    desk.claim("owned", person(3), Some(key(3))).unwrap();
    desk.claim("later", person(3), Some(key(3))).unwrap();
    let talk = |one, other, byte, nick: &str, n| Talk {
        room: direct(one, other),
        person: person(byte),
        nick: nick.to_owned(),
        former: None,
        passed_on: false,
        head: Position::new(ERA, n),
    };
    let mut check = |byte, after, limit, expected: &[Talk], more| {
        let query = Query::Conversations {
            person: person(byte),
            after,
            limit,
        };
        let conversations = expected.to_vec();
        assert_eq!(
            desk.ask(query),
            Answer::Conversations {
                conversations,
                more
            }
        );
    };
    let with_two = talk(1, 2, 2, "", 1);
    let with_three = talk(1, 3, 3, "later", 2);
    check(1, None, 9, &[with_two.clone(), with_three.clone()], false);
    check(1, None, 1, &[with_two], true);
    check(1, Some(direct(1, 2)), 1, &[with_three], false);
    check(1, Some(direct(1, 3)), 1, &[], false);
    check(
        3,
        None,
        9,
        &[talk(1, 3, 1, "", 2), talk(2, 3, 2, "nick2", 1)],
        false,
    );
    check(9, None, 9, &[], false);
    check(1, None, 0, &[], true);
}
