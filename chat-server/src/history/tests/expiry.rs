//! Nicks that nobody uses for long, who has them next, and what is known of who had them before.

use protocol::event;

use super::*;
use crate::record::{Owner, Talk, Used};

const DAY: Duration = Duration::from_hours(24);

/// Nicks last used at or before this are free where a test says so.
const SINCE: Option<Duration> = Some(DAY);

const LATER: Duration = Duration::from_hours(48);

/// That this person had the nick before, until the wall clock of the claim with this ticket.
fn former(byte: u8, ticket: u64, taken: Duration) -> Former {
    Former {
        told: event::Former {
            person: person(byte),
            until: NOW + ticket,
        },
        taken,
    }
}

fn owner(desk: &mut Desk, nick: &str, unused_since: Option<Duration>) -> Option<Owner> {
    let skeleton = Nick::new(nick).unwrap().skeleton();
    match desk.ask(Query::Owner {
        skeleton,
        unused_since,
    }) {
        Answer::Owner(owner) => owner,
        other @ (Answer::Join(_)
        | Answer::Page(_)
        | Answer::Rooms { .. }
        | Answer::Conversations { .. }
        | Answer::Search(_)) => panic!("{other:?}"),
    }
}

fn used(desk: &mut Desk, nick: &str, byte: u8, unix_ms: u64, served: Duration) {
    desk.write([Write::Used(Used {
        nick: Nick::new(nick).unwrap(),
        person: person(byte),
        at: Moment { unix_ms, served },
    })]);
}

#[test]
fn a_nick_that_nobody_used_for_long_is_free_and_it_is_told_who_had_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    desk.claim_at(DAY, None, "tea", person(1), Some(key(1)))
        .unwrap();
    let just_in_time = Some(DAY.saturating_sub(Duration::from_millis(1)));
    let claim = |desk: &mut Desk, since, byte| {
        desk.claim_at(LATER, since, "TEA", person(byte), Some(key(byte)))
    };
    assert_eq!(claim(&mut desk, None, 2), Err(ClaimError::Owned));
    assert_eq!(claim(&mut desk, just_in_time, 2), Err(ClaimError::Owned));
    assert_eq!(
        owner(&mut desk, "tea", just_in_time).unwrap().person,
        person(1)
    );
    assert_eq!(owner(&mut desk, "tea", SINCE), None);
    let before = Some(former(1, 1, LATER));
    assert_eq!(claim(&mut desk, SINCE, 2), Ok(before));
    assert_eq!(
        owner(&mut desk, "tea", SINCE),
        Some(Owner {
            person: person(2),
            nick: Nick::new("TEA").unwrap(),
            former: before,
            keyed: true,
        })
    );
    // It is known for good, whoever asks and after a restart; and the one from before is somebody else now.
    desk.close();
    let mut desk = Desk::at(directory.path());
    assert_eq!(claim(&mut desk, SINCE, 2), Ok(before));
    assert_eq!(claim(&mut desk, SINCE, 1), Err(ClaimError::Owned));
    let long_after = Some(LATER);
    let back = desk.claim_at(LATER + DAY, long_after, "tea", person(1), Some(key(1)));
    assert_eq!(back.unwrap().unwrap().told.person, person(2));
}

#[test]
fn an_owner_who_comes_first_finds_the_nick_as_it_was() {
    let mut desk = Desk::memory();
    desk.claim_at(DAY, None, "tea", person(1), Some(key(1)))
        .unwrap();
    let again = desk.claim_at(LATER, SINCE, "tea", person(1), Some(key(1)));
    assert_eq!(again, Ok(None));
    let other = desk.claim_at(LATER, SINCE, "tea", person(2), Some(key(2)));
    assert_eq!(other, Err(ClaimError::Owned), "it is in use again");
}

#[test]
fn a_guest_may_have_a_free_nick_and_is_told_of_its_owner() {
    let mut desk = Desk::memory();
    desk.claim_at(DAY, None, "tea", person(1), Some(key(1)))
        .unwrap();
    let guest = |desk: &mut Desk, since| desk.claim_at(LATER, since, "tea", person(9), None);
    assert_eq!(guest(&mut desk, None), Err(ClaimError::Owned));
    assert_eq!(guest(&mut desk, SINCE), Ok(Some(former(1, 1, LATER))));
    // Nothing was kept for the guest.
    let owner = owner(&mut desk, "tea", None).unwrap();
    assert_eq!((owner.person, owner.former), (person(1), None));
}

#[test]
fn only_nicks_in_use_count_for_the_limit() {
    let mut desk = Desk::memory();
    let mut claim = |nick: &str, served| {
        let result = desk.claim_at(served, SINCE, nick, person(1), Some(key(1)));
        result.map(|former| assert_eq!(former, None))
    };
    for n in 0..protocol::limits::NICKS_OWNED_MAX {
        claim(&format!("name{n}"), DAY).unwrap();
    }
    for n in 0..protocol::limits::NICKS_OWNED_MAX {
        claim(&format!("later{n}"), LATER).unwrap();
    }
    assert_eq!(claim("onemore", LATER), Err(ClaimError::Limit));
    assert_eq!(claim("name0", LATER), Err(ClaimError::Limit));
    assert_eq!(claim("later0", LATER), Ok(()));
}

#[test]
fn the_last_use_never_goes_back_and_is_the_owners_alone() {
    let mut desk = Desk::memory();
    desk.claim_at(DAY, None, "tea", person(1), Some(key(1)))
        .unwrap();
    used(&mut desk, "tea", 1, NOW + 5, LATER);
    // The clock stepped back by a year, and the note came late.
    used(&mut desk, "tea", 1, NOW - 31_536_000_000, DAY);
    used(&mut desk, "tea", 2, NOW, Duration::MAX);
    let lost = desk.claim_at(LATER + DAY, SINCE, "tea", person(2), Some(key(2)));
    assert_eq!(lost, Err(ClaimError::Owned));
    let free = desk.claim_at(LATER + DAY, Some(LATER), "tea", person(2), Some(key(2)));
    assert_eq!(free.unwrap().unwrap().told.person, person(1));
}

#[test]
fn the_time_served_goes_on_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.served, Duration::ZERO);
    desk.write([Write::Served(LATER), Write::Served(DAY)]);
    desk.close();
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.restored.served, LATER);
    // A use that was noted after the last such note counts too.
    desk.claim_at(LATER + DAY, None, "tea", person(1), Some(key(1)))
        .unwrap();
    desk.close();
    assert_eq!(Desk::at(directory.path()).restored.served, LATER + DAY);
}

#[test]
fn a_conversation_tells_that_the_nick_went_to_another() {
    let mut desk = Desk::memory();
    desk.append_all([said(&direct(1, 2), 1, 1), said(&direct(2, 3), 3, 1)]);
    desk.claim_at(DAY, None, "nick1", person(1), Some(key(1)))
        .unwrap();
    let talks = |desk: &mut Desk| {
        let answer = desk.ask(Query::Conversations {
            person: person(2),
            after: None,
            limit: 9,
        });
        let Answer::Conversations { conversations, .. } = answer else {
            panic!("{answer:?}");
        };
        conversations
    };
    let plain = |one, other, byte, nick: &str| Talk {
        room: direct(one, other),
        person: person(byte),
        nick: nick.to_owned(),
        former: None,
        passed_on: false,
        head: Position::new(ERA, 1),
    };
    let (first, third) = (plain(1, 2, 1, "nick1"), plain(2, 3, 3, "nick3"));
    assert_eq!(talks(&mut desk), [first.clone(), third.clone()]);
    desk.claim_at(LATER, SINCE, "Nick1", person(3), Some(key(3)))
        .unwrap();
    let first = Talk {
        passed_on: true,
        ..first
    };
    let third = Talk {
        nick: "Nick1".to_owned(),
        former: Some(former(1, 3, LATER)),
        ..third
    };
    assert_eq!(talks(&mut desk), [first, third]);
}

#[test]
fn nobody_is_restored_by_a_nick_that_is_somebody_elses() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    desk.claim_at(DAY, None, "tea", person(1), Some(key(1)))
        .unwrap();
    desk.claim_at(DAY, None, "bread", person(4), Some(key(4)))
        .unwrap();
    let present = |byte, nick: &str, guest, former| {
        Write::Present(Present {
            room: room("lobby"),
            person: person(byte),
            nick: Nick::new(nick).unwrap(),
            guest,
            former,
            keyed: true,
            reconnecting: false,
        })
    };
    // The word that 1 left got lost, and 2 has the nick now; so did the words of two guests, of whom one has the free nick of 4 still.
    let taken = desk.claim_at(LATER, SINCE, "tea", person(2), Some(key(2)));
    let free = desk
        .claim_at(LATER, SINCE, "bread", person(5), None)
        .unwrap();
    desk.write([
        present(1, "tea", false, None),
        present(2, "TEA", false, taken.unwrap()),
        present(3, "Tea", true, None),
        present(5, "bread", true, free),
        present(6, "bread", true, None),
    ]);
    desk.close();
    let persons = |desk: &Desk| -> Vec<_> {
        let rows = desk.restored.present.iter();
        rows.map(|row| (row.person, row.former)).collect()
    };
    let desk = Desk::at(directory.path());
    let expected = vec![(person(2), taken.unwrap()), (person(5), free)];
    assert_eq!(persons(&desk), expected);
    desk.close();
    // What could not be is out of the database too; and once the owner was back, no guest has it.
    let mut desk = Desk::at(directory.path());
    used(&mut desk, "bread", 4, NOW, LATER + DAY);
    desk.close();
    assert_eq!(persons(&Desk::at(directory.path())), expected[..1]);
}
