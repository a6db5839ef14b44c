//! Pages, joins and lists, at their edges.

use protocol::event::Topic;
use protocol::position::Anchor;

use super::*;
use crate::record::Listed;

/// A room with messages 1 to `count`.
fn filled(desk: &mut Desk, name: &str, count: u64) -> Address {
    let room = room(name);
    desk.append_all((1..=count).map(|seq| said(&room, 1, seq)));
    room
}

#[track_caller]
fn check(desk: &mut Desk, room: &Address, range: Range, limit: u16, expected: &[u64], more: bool) {
    let page = desk.page(room, range, limit);
    assert_eq!(numbers(&page), expected, "{range:?} limit {limit}");
    assert_eq!(page.more, more, "more of {range:?} limit {limit}");
    assert_eq!(page.gap, None);
}

#[test]
fn pages_go_both_ways() {
    in_each_store(pages_go_both_ways_in);
}

fn pages_go_both_ways_in(mut desk: Desk) {
    filled(&mut desk, "before", 3);
    let lobby = filled(&mut desk, "lobby", 5);
    filled(&mut desk, "behind", 3);
    let desk = &mut desk;
    check(desk, &lobby, Range::Last, 3, &[3, 4, 5], true);
    check(desk, &lobby, Range::Last, 5, &[1, 2, 3, 4, 5], false);
    check(desk, &lobby, Range::Last, 6, &[1, 2, 3, 4, 5], false);
    check(desk, &lobby, Range::Last, u16::MAX, &[1, 2, 3, 4, 5], false);
    check(desk, &lobby, Range::Last, 0, &[], true);
    check(desk, &lobby, Range::Before(4), 2, &[2, 3], true);
    check(desk, &lobby, Range::Before(3), 2, &[1, 2], false);
    check(desk, &lobby, Range::Before(1), 2, &[], false);
    check(desk, &lobby, Range::Before(0), 2, &[], false);
    check(desk, &lobby, Range::Before(u64::MAX), 2, &[4, 5], true);
    check(desk, &lobby, Range::After(0), 2, &[1, 2], true);
    check(desk, &lobby, Range::After(3), 2, &[4, 5], false);
    check(desk, &lobby, Range::After(3), 0, &[], true);
    check(desk, &lobby, Range::After(5), 2, &[], false);
    check(desk, &lobby, Range::After(u64::MAX), 2, &[], false);
    check(desk, &room("nowhere"), Range::Last, 2, &[], false);
}

#[test]
fn an_empty_room_begins_in_the_era_of_the_store() {
    in_each_store(an_empty_room_begins_in_the_era_of_the_store_in);
}

fn an_empty_room_begins_in_the_era_of_the_store_in(mut desk: Desk) {
    let nowhere = room("nowhere");
    let empty = JoinPage {
        known: true,
        kept: None,
        head: Position::new(ERA, 0),
        topic: None,
        next_seq: 1,
        page: Page::default(),
    };
    assert_eq!(desk.join(&nowhere, From::Last, 50), empty);
    let start = Anchor {
        position: Position::default(),
        id: None,
    };
    assert_eq!(desk.join(&nowhere, From::After(start), 50), empty);
    let lost = Anchor {
        position: Position::new(ERA, 1),
        id: Some(said(&nowhere, 1, 1).id),
    };
    let unknown = JoinPage {
        known: false,
        kept: Some(Position::default()),
        ..empty
    };
    assert_eq!(desk.join(&nowhere, From::After(lost), 50), unknown);
}

#[test]
fn a_join_goes_on_after_the_message_that_it_names() {
    in_each_store(a_join_goes_on_after_the_message_that_it_names_in);
}

fn a_join_goes_on_after_the_message_that_it_names_in(mut desk: Desk) {
    let lobby = filled(&mut desk, "lobby", 5);
    let anchor = |era, n, seq| {
        From::After(Anchor {
            position: Position::new(era, n),
            id: Some(said(&lobby, 1, seq).id),
        })
    };
    let mut check = |from: From, known: bool, expected: &[u64], more: bool| {
        let page = desk.join(&lobby, from, 2);
        assert_eq!(page.known, known, "{from:?}");
        assert_eq!(numbers(&page.page), expected, "{from:?}");
        assert_eq!(page.page.more, more, "{from:?}");
        assert_eq!(page.head, Position::new(ERA, 5));
        assert_eq!(page.next_seq, 6);
    };
    check(anchor(ERA, 2, 2), true, &[3, 4], true);
    check(anchor(ERA, 3, 3), true, &[4, 5], false);
    check(anchor(ERA, 5, 5), true, &[], false);
    check(anchor(99, 0, 1), true, &[1, 2], true);
    check(anchor(ERA + 1, 2, 2), false, &[4, 5], true);
    check(anchor(ERA, 2, 3), false, &[4, 5], true);
    check(anchor(ERA, 6, 6), false, &[4, 5], true);
    check(anchor(ERA, u64::MAX, 6), false, &[4, 5], true);
    let nameless = From::After(Anchor {
        position: Position::new(ERA, 2),
        id: None,
    });
    check(nameless, false, &[4, 5], true);
    check(From::Last, true, &[4, 5], true);
}

#[test]
fn the_topic_is_the_last_one_that_was_set() {
    in_each_store(the_topic_is_the_last_one_that_was_set_in);
}

fn the_topic_is_the_last_one_that_was_set_in(mut desk: Desk) {
    let lobby = room("lobby");
    let topic = |seq, text: &str| Append {
        kind: Kind::Topic,
        text: text.to_owned(),
        ..said(&lobby, 1, seq)
    };
    desk.append_all([topic(1, "bread"), topic(2, "tea"), said(&lobby, 1, 3)]);
    let expected = Topic {
        text: "tea".to_owned(),
        nick: "nick1".to_owned(),
        time: NOW + 2,
    };
    assert_eq!(desk.join(&lobby, From::Last, 1).topic, Some(expected));
    assert_eq!(numbers(&desk.page(&lobby, Range::Last, 9)), [1, 2, 3]);
    desk.append(topic(4, "")).unwrap();
    assert_eq!(desk.join(&lobby, From::Last, 1).topic, None);
    // A retry of an old topic does not bring it back.
    assert!(!desk.append(topic(1, "bread")).unwrap().fresh);
    assert_eq!(desk.join(&lobby, From::Last, 1).topic, None);
}

#[test]
fn rooms_come_in_the_order_of_their_names_without_conversations() {
    in_each_store(rooms_come_in_the_order_of_their_names_without_conversations_in);
}

fn rooms_come_in_the_order_of_their_names_without_conversations_in(mut desk: Desk) {
    for name in ["tea", "가나", "1st", "bread"] {
        desk.append(said(&room(name), 1, 1)).unwrap();
    }
    desk.append(said(&direct(1, 2), 1, 1)).unwrap();
    let topic = Append {
        kind: Kind::Topic,
        text: "hot".to_owned(),
        ..said(&room("tea"), 1, 2)
    };
    desk.append(topic).unwrap();
    let mut check = |after: Option<&str>, limit, expected: &[(&str, &str)], more| {
        let after = after.map(|name| RoomName::new(name).unwrap());
        let rooms = expected
            .iter()
            .map(|(name, topic)| Listed {
                name: RoomName::new(name).unwrap(),
                topic: (*topic).to_owned(),
                members: 0,
            })
            .collect();
        assert_eq!(
            desk.ask(Query::Rooms { after, limit }),
            Answer::Rooms { rooms, more }
        );
    };
    check(None, 2, &[("1st", ""), ("bread", "")], true);
    check(Some("bread"), 2, &[("tea", "hot"), ("가나", "")], false);
    check(Some("c"), 1, &[("tea", "hot")], true);
    check(Some("가나"), 2, &[], false);
    check(None, 0, &[], true);
}

#[test]
fn what_is_gone_is_named_as_a_gap() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let lobby = filled(&mut desk, "lobby", 20);
    desk.close();
    bounds::edit(
        directory.path(),
        "DELETE FROM messages WHERE place & 0xFFFF IN (1, 2, 3, 8, 9, 15)",
    );
    let mut desk = Desk::at(directory.path());
    let mut check = |range, limit, expected: &[u64], gap: Option<(u64, u64)>, more| {
        let page = desk.page(&lobby, range, limit);
        assert_eq!(numbers(&page), expected, "{range:?}");
        let gap = gap.map(|(from, to)| (Position::new(ERA, from), Position::new(ERA, to)));
        assert_eq!(page.gap, gap, "{range:?}");
        assert_eq!(page.more, more, "{range:?}");
    };
    check(Range::After(0), 3, &[4, 5, 6], Some((1, 3)), true);
    check(Range::After(0), 9, &[4, 5, 6, 7], Some((1, 3)), true);
    check(Range::After(6), 3, &[7, 10, 11], Some((8, 9)), true);
    check(Range::After(15), 9, &[16, 17, 18, 19, 20], None, false);
    check(Range::Last, 3, &[18, 19, 20], None, true);
    check(Range::Before(9), 9, &[4, 5, 6, 7], Some((8, 8)), true);
    check(Range::Before(8), 9, &[4, 5, 6, 7], Some((1, 3)), false);
    check(Range::Before(8), 2, &[6, 7], None, true);
    check(Range::Before(4), 9, &[], Some((1, 3)), false);
    check(
        Range::Before(13),
        9,
        &[4, 5, 6, 7, 10, 11, 12],
        Some((8, 9)),
        true,
    );
}
