//! What the channels of persons tell, and when it is told.

use std::time::Duration;

use super::*;
use crate::history::redis::member::{node_text, pack};
use crate::record::{ClaimError, Moment, Ticket};

const OWN: NodeId = NodeId(1);
const OTHER: NodeId = NodeId(2);

fn person() -> PersonId {
    PersonId::from_bytes([7; 16])
}

fn claim() -> Claim {
    Claim {
        ticket: Ticket(4),
        nick: "alice".parse().unwrap(),
        person: person(),
        owner: None,
        at: Moment {
            unix_ms: 1,
            served: Duration::ZERO,
        },
        unused_since: None,
    }
}

fn granted(turn: u64) -> Claimed {
    Claimed::Granted { turn, former: None }
}

fn called(node: NodeId, turn: u64, nick: &str) -> Vec<u8> {
    let (node, turn) = (node_text(node), turn.to_string());
    let mut payload = vec![CALLED];
    payload.extend(pack([&node, &turn, nick, "1", "", "", ""]).into_bytes());
    payload
}

fn taken(node: NodeId, device: u32) -> Vec<u8> {
    let mut payload = vec![TAKEN_OVER];
    payload.extend(pack([node_text(node).as_str(), &device.to_string()]).into_bytes());
    payload
}

fn news(nick: &str) -> News {
    News::Called {
        person: person(),
        nick: nick.parse().unwrap(),
        guest: true,
        former: None,
    }
}

fn here() -> Callings {
    let mut callings = Callings::default();
    assert!(callings.claiming(person()));
    let (_, news, is_gone) = callings.claimed(&claim(), &granted(3));
    assert_eq!((news, is_gone), (Vec::new(), false));
    callings
}

#[test]
fn another_nick_is_told_unless_an_own_claim_came_later() {
    let mut callings = here();
    let heard = callings.heard(person(), &called(OTHER, 4, "bob"), OWN);
    assert_eq!(heard, Some(news("bob")));
    assert_eq!(
        callings.heard(person(), &called(OTHER, 4, "bob"), OWN),
        None
    );
    assert_eq!(
        callings.heard(person(), &called(OWN, 9, "carol"), OWN),
        None
    );
    // Both bells come before the answer to the own claim, which was in between.
    assert!(!callings.claiming(person()));
    assert_eq!(
        callings.heard(person(), &called(OTHER, 5, "dave"), OWN),
        None
    );
    assert_eq!(
        callings.heard(person(), &called(OTHER, 7, "erin"), OWN),
        None
    );
    let (_, told, _) = callings.claimed(&claim(), &granted(6));
    assert_eq!(told, [news("erin")]);
}

#[test]
fn who_is_refused_or_released_is_not_heard_of_any_more() {
    let mut callings = Callings::default();
    assert!(callings.claiming(person()));
    let refused = Claimed::Refused(ClaimError::Held { guest: true });
    let (written, _, is_gone) = callings.claimed(&claim(), &refused);
    assert!(is_gone);
    let result = Err(ClaimError::Held { guest: true });
    let ticket = Ticket(4);
    assert_eq!(written, Written::Claim { ticket, result });
    let mut callings = here();
    assert!(!callings.claiming(person()));
    assert!(!callings.released(person()), "a claim is under way");
    let (_, _, is_gone) = callings.claimed(&claim(), &refused);
    assert!(is_gone);
    assert!(here().released(person()));
    assert_eq!(callings.persons().count(), 0);
}

#[test]
fn what_was_introduced_before_the_own_device_does_not_take_it_over() {
    let mut callings = here();
    callings.introduced(person(), 5);
    assert_eq!(callings.heard(person(), &taken(OTHER, 5), OWN), None);
    assert_eq!(callings.heard(person(), &taken(OWN, 5), OWN), None);
    let over = News::TakenOver {
        person: person(),
        device: 5,
    };
    let heard = callings.heard(person(), &taken(OTHER, 5), OWN);
    assert_eq!(heard, Some(over.clone()));
    // One that could not be told of has no bell.
    callings.introduced(person(), 5);
    callings.not_introduced(person(), 5);
    let heard = callings.heard(person(), &taken(OTHER, 5), OWN);
    assert_eq!(heard, Some(over.clone()));
    // The own bell was missed, and the store says where the device is.
    callings.introduced(person(), 5);
    callings.lost();
    let record = |node, turn| Record {
        called: None,
        devices: BTreeMap::from([(5, (node, turn))]),
    };
    assert_eq!(callings.found(person(), record(OTHER, 9), OWN), []);
    callings.told(person(), 5, 8);
    assert_eq!(callings.found(person(), record(OWN, 9), OWN), []);
    // Where it was before, as a store says that lost its tail.
    assert_eq!(callings.found(person(), record(OTHER, 7), OWN), []);
    assert_eq!(callings.found(person(), record(OTHER, 9), OWN), [over]);
    assert_eq!(callings.found(person(), record(OTHER, 9), OWN), []);
}

#[test]
fn a_conversation_is_told_with_the_nick_of_the_other() {
    let mut callings = here();
    let room = "@AQEBAQEBAQEBAQEBAQEBAQ.AgICAgICAgICAgICAgICAg";
    let payload = format!("c\n{room}\n3\n41\nbob");
    let told = News::Conversation {
        person: person(),
        room: room.parse().unwrap(),
        nick: "bob".to_owned(),
        head: Position::new(3, 41),
    };
    let heard = callings.heard(person(), payload.as_bytes(), OWN);
    assert_eq!(heard, Some(told));
    assert_eq!(callings.heard(person(), b"c\nrubbish", OWN), None);
    assert_eq!(callings.heard(person(), b"", OWN), None);
}
