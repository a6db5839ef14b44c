//! Each way in which bells, reads and looks may come, by itself.

use protocol::event::Kind;
use protocol::position::{MessageId, PersonId};

use super::*;

const ROOM: &str = "lobby";

fn lobby() -> Address {
    ROOM.parse().unwrap()
}

pub(super) fn at(era: u64, n: u64) -> Position {
    Position::new(era, n)
}

pub(super) fn message(position: Position) -> Message {
    Message {
        room: lobby(),
        position,
        id: MessageId {
            person: PersonId::from_bytes([1; 16]),
            device: 0,
            seq: position.n,
        },
        nick: "alice".to_owned(),
        time: 1,
        kind: Kind::Message,
        text: format!("{}-{}", position.era, position.n),
        reply_to: None,
    }
}

fn messages(positions: &[(u64, u64)]) -> Vec<Message> {
    positions
        .iter()
        .map(|(era, n)| message(at(*era, *n)))
        .collect()
}

fn told(positions: &[(u64, u64)]) -> Step {
    Step::Tell(News::Messages {
        room: lobby(),
        messages: messages(positions),
    })
}

fn present(byte: u8) -> Present {
    Present {
        room: lobby(),
        person: PersonId::from_bytes([byte; 16]),
        nick: format!("nick-{byte}").parse().unwrap(),
        guest: false,
        former: None,
        keyed: true,
        reconnecting: false,
    }
}

fn entered(byte: u8) -> (NodeId, News) {
    let news = News::Member {
        node: NodeId(9),
        present: present(byte),
    };
    (NodeId(9), news)
}

fn left(byte: u8) -> (NodeId, News) {
    let news = News::Gone {
        node: NodeId(9),
        room: lobby(),
        person: PersonId::from_bytes([byte; 16]),
    };
    (NodeId(9), news)
}

fn snapshot(count: u64, confirmed: Position, members: &[u8]) -> Snapshot {
    Snapshot {
        count,
        confirmed,
        members: members
            .iter()
            .map(|byte| (NodeId(9), present(*byte)))
            .collect(),
    }
}

fn all(members: &[u8]) -> Step {
    Step::Tell(News::Members {
        room: lobby(),
        members: members
            .iter()
            .map(|byte| (NodeId(9), present(*byte)))
            .collect(),
    })
}

fn follows(positions: &[(u64, u64)], confirmed: Position) -> After {
    After::Follows {
        messages: messages(positions),
        confirmed,
    }
}

fn steps(run: impl FnOnce(&mut Vec<Step>)) -> Vec<Step> {
    let mut out = Vec::new();
    run(&mut out);
    out
}

/// A room that was joined at message 5, with nobody in it.
fn followed() -> Followed {
    let mut out = Vec::new();
    let mut followed = Followed::new(lobby(), &mut out);
    assert_eq!(out, [Step::ReadMembers]);
    assert!(!followed.has_members());
    let out = steps(|out| followed.members(Some(snapshot(3, at(1, 5), &[])), out));
    assert_eq!(out, [all(&[])]);
    assert!(followed.has_members());
    assert_eq!(steps(|out| followed.joined(at(1, 5), out)), []);
    followed
}

#[test]
fn a_bell_that_follows_is_told_and_one_that_was_heard_is_not() {
    let mut room = followed();
    let out = steps(|out| room.heard(at(1, 5), messages(&[(1, 6), (1, 7)]), out));
    assert_eq!(out, [told(&[(1, 6), (1, 7)])]);
    assert_eq!(
        steps(|out| room.heard(at(1, 5), messages(&[(1, 6)]), out)),
        []
    );
    let out = steps(|out| room.heard(at(1, 5), messages(&[(1, 6), (1, 7), (1, 8)]), out));
    assert_eq!(out, [told(&[(1, 8)])]);
}

#[test]
fn bells_before_the_first_answer_are_left_to_it() {
    let mut room = Followed::new(lobby(), &mut Vec::new());
    assert_eq!(
        steps(|out| room.heard(at(1, 5), messages(&[(1, 6)]), out)),
        []
    );
    assert_eq!(steps(|out| room.joined(at(1, 5), out)), []);
    assert_eq!(
        steps(|out| room.heard(at(1, 6), messages(&[(1, 7)]), out)),
        [Step::Read(at(1, 5))]
    );
}

#[test]
fn a_jump_is_read_once_and_again_where_more_was_heard_meanwhile() {
    let mut room = followed();
    let bell = |n| messages(&[(1, n)]);
    assert_eq!(
        steps(|out| room.heard(at(1, 7), bell(8), out)),
        [Step::Read(at(1, 5))]
    );
    assert_eq!(steps(|out| room.heard(at(1, 8), bell(9), out)), []);
    let result = Some(follows(&[(1, 6), (1, 7), (1, 8)], at(1, 8)));
    assert_eq!(
        steps(|out| room.read(at(1, 5), result, out)),
        [told(&[(1, 6), (1, 7), (1, 8)]), Step::Read(at(1, 8))]
    );
    let result = Some(follows(&[(1, 9)], at(1, 9)));
    assert_eq!(
        steps(|out| room.read(at(1, 8), result, out)),
        [told(&[(1, 9)])]
    );
}

#[test]
fn a_page_that_does_not_reach_the_end_is_followed_by_another() {
    let mut room = followed();
    room.looking();
    assert_eq!(
        steps(|out| room.looked(at(1, 9), 3, out)),
        [Step::Read(at(1, 5))]
    );
    let result = Some(follows(&[(1, 6), (1, 7)], at(1, 9)));
    assert_eq!(
        steps(|out| room.read(at(1, 5), result, out)),
        [told(&[(1, 6), (1, 7)]), Step::Read(at(1, 7))]
    );
    // One that gives nothing is not asked over and over.
    let result = Some(follows(&[], at(1, 9)));
    assert_eq!(steps(|out| room.read(at(1, 7), result, out)), []);
}

#[test]
fn an_era_that_rose_with_nothing_lost_goes_on() {
    let mut room = followed();
    let out = steps(|out| room.heard(at(1, 5), messages(&[(2, 6), (2, 7)]), out));
    assert_eq!(out, [told(&[(2, 6), (2, 7)])]);
}

#[test]
fn what_was_told_and_is_lost_breaks_the_room() {
    let mut room = followed();
    let out = steps(|out| room.heard(at(1, 3), messages(&[(2, 4), (2, 5), (2, 6)]), out));
    assert_eq!(out, [Step::Read(at(1, 5))]);
    let broken = After::Broken {
        head: at(2, 6),
        forks: vec![at(1, 3)],
        topic: None,
    };
    let out = steps(|out| room.read(at(1, 5), Some(broken.clone()), out));
    let news = News::Broken {
        room: lobby(),
        head: at(2, 6),
        topic: None,
    };
    assert_eq!(out, [Step::Tell(news)]);
    let out = steps(|out| room.heard(at(2, 6), messages(&[(2, 7)]), out));
    assert_eq!(out, [told(&[(2, 7)])]);
    // What an older read says of another position is no longer true.
    assert_eq!(
        steps(|out| room.read(at(1, 5), Some(broken), out)),
        [Step::Read(at(2, 7))]
    );
}

#[test]
fn what_is_lost_is_not_told_after_a_break() {
    let mut room = followed();
    room.lost(&mut Vec::new());
    let broken = After::Broken {
        head: at(1, 3),
        forks: vec![at(1, 3)],
        topic: None,
    };
    let out = steps(|out| room.read(at(1, 5), Some(broken), out));
    assert_eq!(out.len(), 1);
    assert_eq!(room.told(), Some(at(1, 3)));
    assert_eq!(
        steps(|out| room.heard(at(1, 3), messages(&[(1, 4)]), out)),
        []
    );
    let out = steps(|out| room.heard(at(1, 3), messages(&[(2, 4)]), out));
    assert_eq!(out, [told(&[(2, 4)])]);
}

#[test]
fn a_look_at_a_head_below_what_was_told_reads_unless_it_is_old() {
    let mut room = followed();
    room.looking();
    assert_eq!(
        steps(|out| room.heard(at(1, 5), messages(&[(1, 6)]), out)),
        [told(&[(1, 6)])]
    );
    assert_eq!(steps(|out| room.looked(at(1, 5), 3, out)), []);
    room.looking();
    assert_eq!(
        steps(|out| room.looked(at(1, 5), 3, out)),
        [Step::Read(at(1, 6))]
    );
}

#[test]
fn members_who_come_are_told_before_they_speak_and_who_go_after_it() {
    let mut room = followed();
    // The bell of message 6 is lost.
    let out = steps(|out| room.heard_change(4, at(1, 6), entered(1), out));
    assert_eq!(out, [Step::Read(at(1, 5))]);
    assert_eq!(
        steps(|out| room.heard(at(1, 6), messages(&[(1, 7)]), out)),
        []
    );
    assert_eq!(
        steps(|out| room.heard_change(5, at(1, 7), left(1), out)),
        []
    );
    let result = Some(follows(&[(1, 6), (1, 7)], at(1, 7)));
    assert_eq!(
        steps(|out| room.read(at(1, 5), result, out)),
        [
            told(&[(1, 6)]),
            Step::Tell(entered(1).1),
            told(&[(1, 7)]),
            Step::Tell(left(1).1),
            Step::Read(at(1, 7)),
        ]
    );
}

#[test]
fn a_change_behind_messages_that_were_lost_is_told_all_the_same() {
    let mut room = followed();
    let out = steps(|out| room.heard_change(4, at(1, 6), entered(1), out));
    assert_eq!(out, [Step::Read(at(1, 5))]);
    let result = Some(follows(&[(2, 6)], at(2, 6)));
    assert_eq!(
        steps(|out| room.read(at(1, 5), result, out)),
        [Step::Tell(entered(1).1), told(&[(2, 6)])]
    );
    let out = steps(|out| room.heard_change(5, at(2, 9), entered(2), out));
    assert_eq!(out, [Step::Read(at(2, 6))]);
    let result = Some(follows(&[], at(2, 6)));
    assert_eq!(
        steps(|out| room.read(at(2, 6), result, out)),
        [Step::Tell(entered(2).1)]
    );
}

#[test]
fn a_missing_change_is_made_good_by_all_members() {
    let mut room = followed();
    assert_eq!(
        steps(|out| room.heard_change(3, at(1, 5), entered(1), out)),
        []
    );
    let out = steps(|out| room.heard_change(5, at(1, 5), entered(2), out));
    assert_eq!(out, [Step::ReadMembers]);
    let out = steps(|out| room.members(Some(snapshot(5, at(1, 5), &[1, 2])), out));
    assert_eq!(out, [all(&[1, 2])]);
    // All of them are told before the messages that they said, and who is missing only after.
    room.looking();
    assert_eq!(
        steps(|out| room.looked(at(1, 5), 6, out)),
        [Step::ReadMembers]
    );
    let out = steps(|out| room.members(Some(snapshot(6, at(1, 6), &[2])), out));
    assert_eq!(out, [Step::Tell(entered(2).1), Step::Read(at(1, 5))]);
    let result = Some(follows(&[(1, 6)], at(1, 6)));
    assert_eq!(
        steps(|out| room.read(at(1, 5), result, out)),
        [told(&[(1, 6)]), all(&[2])]
    );
}

#[test]
fn an_old_list_of_members_is_not_told() {
    let mut room = followed();
    room.lost(&mut Vec::new());
    let out = steps(|out| room.members(Some(snapshot(3, at(1, 5), &[])), out));
    assert_eq!(out, [all(&[])]);
    assert_eq!(steps(|out| room.node_changed(NodeId(9), out)), []);
    let out = steps(|out| room.heard_change(4, at(1, 5), entered(1), out));
    assert_eq!(out, [Step::Tell(entered(1).1)]);
    assert_eq!(steps(|out| room.node_changed(NodeId(8), out)), []);
    assert_eq!(
        steps(|out| room.node_changed(NodeId(9), out)),
        [Step::ReadMembers]
    );
    let out = steps(|out| room.heard_change(5, at(1, 5), entered(2), out));
    assert_eq!(out, [Step::Tell(entered(2).1)]);
    let out = steps(|out| room.members(Some(snapshot(4, at(1, 5), &[1])), out));
    assert_eq!(out, [Step::ReadMembers]);
}

#[test]
fn a_count_that_fell_is_taken_as_it_is() {
    let mut room = followed();
    room.looking();
    assert_eq!(
        steps(|out| room.looked(at(1, 5), 1, out)),
        [Step::ReadMembers]
    );
    let out = steps(|out| room.members(Some(snapshot(1, at(1, 5), &[2])), out));
    assert_eq!(out, [all(&[2])]);
    let out = steps(|out| room.heard_change(2, at(1, 5), left(2), out));
    assert_eq!(out, [Step::Tell(left(2).1)]);
}

#[test]
fn own_changes_are_counted_and_not_told() {
    let mut room = followed();
    assert_eq!(steps(|out| room.heard_own_change(4, out)), []);
    let out = steps(|out| room.heard_change(5, at(1, 5), left(1), out));
    assert_eq!(out, [Step::Tell(left(1).1)]);
    assert_eq!(
        steps(|out| room.heard_own_change(7, out)),
        [Step::ReadMembers]
    );
}

#[test]
fn changes_that_wait_are_bounded() {
    let mut room = followed();
    let mut out = Vec::new();
    let max = CHANGES_HELD_MAX as u64;
    for count in 0..max {
        room.heard_change(4 + count, at(1, 6), entered(1), &mut out);
    }
    assert_eq!(out, [Step::Read(at(1, 5))]);
    assert_eq!(room.held.len(), CHANGES_HELD_MAX);
    let out = steps(|out| room.heard_change(4 + max, at(1, 6), entered(1), out));
    assert_eq!(out, [Step::ReadMembers]);
    assert_eq!(room.held.len(), 0);
}

#[test]
fn a_lost_subscription_reads_everything_anew() {
    let mut room = followed();
    let out = steps(|out| room.lost(out));
    assert_eq!(out, [Step::Read(at(1, 5)), Step::ReadMembers]);
    // Nothing could be read: the next look tries again.
    assert_eq!(steps(|out| room.read(at(1, 5), None, out)), []);
    assert_eq!(steps(|out| room.members(None, out)), []);
    room.looking();
    assert_eq!(
        steps(|out| room.looked(at(1, 6), 3, out)),
        [Step::Read(at(1, 5)), Step::ReadMembers]
    );
}

#[test]
fn a_conversation_has_no_members() {
    let pair: Address = "@AQEBAQEBAQEBAQEBAQEBAQ.AgICAgICAgICAgICAgICAg"
        .parse()
        .unwrap();
    let out = steps(|out| {
        let mut conversation = Followed::new(pair, out);
        assert!(conversation.has_members());
        conversation.lost(out);
        conversation.looked(at(1, 0), 0, out);
    });
    assert_eq!(out, []);
}
