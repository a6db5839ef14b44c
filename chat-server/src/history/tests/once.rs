//! Once and in order: what a sender's seq does.

use super::*;

#[test]
fn positions_count_up_in_each_room_alone() {
    in_each_store(positions_count_up_in_each_room_alone_in);
}

fn positions_count_up_in_each_room_alone_in(mut desk: Desk) {
    let (one, two) = (room("one"), room("two"));
    assert_eq!(desk.append(said(&one, 1, 1)), fresh(1, NOW + 1));
    assert_eq!(desk.append(said(&two, 1, 1)), fresh(1, NOW + 1));
    assert_eq!(
        desk.append_all([said(&one, 1, 2), said(&one, 2, 1), said(&two, 1, 2)]),
        [fresh(2, NOW + 2), fresh(3, NOW + 1), fresh(2, NOW + 2)]
    );
}

#[test]
fn a_retry_is_answered_with_the_first_result() {
    in_each_store(a_retry_is_answered_with_the_first_result_in);
}

fn a_retry_is_answered_with_the_first_result_in(mut desk: Desk) {
    let lobby = room("lobby");
    desk.append_all([said(&lobby, 1, 1), said(&lobby, 2, 1), said(&lobby, 1, 2)]);
    let retry = Append {
        time: NOW + 999,
        nick: nick(9),
        ..said(&lobby, 1, 1)
    };
    let expected = Ok(Appended {
        position: Position::new(ERA, 1),
        time: NOW + 1,
        fresh: false,
    });
    assert_eq!(desk.append(retry), expected);
    assert_eq!(numbers(&desk.page(&lobby, Range::Last, 10)), [1, 2, 3]);
}

#[test]
fn a_retry_in_the_same_batch_is_one_too() {
    in_each_store(a_retry_in_the_same_batch_is_one_too_in);
}

fn a_retry_in_the_same_batch_is_one_too_in(mut desk: Desk) {
    let lobby = room("lobby");
    let first = said(&lobby, 1, 1);
    let results = desk.append_all([first.clone(), first.clone(), said(&lobby, 1, 2), first]);
    let again = Ok(Appended {
        position: Position::new(ERA, 1),
        time: NOW + 1,
        fresh: false,
    });
    assert_eq!(
        results,
        [fresh(1, NOW + 1), again, fresh(2, NOW + 2), again]
    );
}

#[test]
fn a_seq_with_another_text_kind_or_reply_is_refused() {
    in_each_store(a_seq_with_another_text_kind_or_reply_is_refused_in);
}

fn a_seq_with_another_text_kind_or_reply_is_refused_in(mut desk: Desk) {
    let lobby = room("lobby");
    desk.append_all([said(&lobby, 1, 1), said(&lobby, 1, 2)]);
    let reused = Err(AppendError::Reused { expected: 3 });
    let first = said(&lobby, 1, 1);
    let other_text = Append {
        text: "something else".to_owned(),
        ..first.clone()
    };
    assert_eq!(desk.append(other_text), reused);
    let other_kind = Append {
        kind: Kind::Action,
        ..first.clone()
    };
    assert_eq!(desk.append(other_kind), reused);
    let other_reply = Append {
        reply_to: Some(Position::new(ERA, 1)),
        ..first
    };
    assert_eq!(desk.append(other_reply), reused);
    assert_eq!(desk.append(said(&lobby, 1, 3)), fresh(3, NOW + 3));
}

#[test]
fn a_seq_beyond_the_next_is_refused_and_nothing_is_stored() {
    in_each_store(a_seq_beyond_the_next_is_refused_and_nothing_is_stored_in);
}

fn a_seq_beyond_the_next_is_refused_and_nothing_is_stored_in(mut desk: Desk) {
    let lobby = room("lobby");
    let out_of_order = |expected| Err(AppendError::OutOfOrder { expected });
    assert_eq!(desk.append(said(&lobby, 1, 2)), out_of_order(1));
    assert_eq!(desk.append(said(&lobby, 1, 0)), out_of_order(1));
    assert_eq!(desk.append(said(&lobby, 1, u64::MAX)), out_of_order(1));
    assert_eq!(
        desk.ask(Query::Rooms {
            after: None,
            limit: 10
        }),
        Answer::Rooms {
            rooms: Vec::new(),
            more: false
        }
    );
    assert_eq!(
        desk.append_all([said(&lobby, 1, 1), said(&lobby, 1, 3), said(&lobby, 1, 2)]),
        [fresh(1, NOW + 1), out_of_order(2), fresh(2, NOW + 2)]
    );
    assert_eq!(desk.append(said(&lobby, 1, 0)), out_of_order(3));
}

#[test]
fn each_device_and_room_counts_alone() {
    in_each_store(each_device_and_room_counts_alone_in);
}

fn each_device_and_room_counts_alone_in(mut desk: Desk) {
    let lobby = room("lobby");
    let mut other = said(&lobby, 1, 1);
    other.id.device = 65_535;
    desk.append_all([said(&lobby, 1, 1), said(&lobby, 1, 2), other]);
    let query = |room: &Address, device| Query::Join {
        room: room.clone(),
        from: From::Last,
        limit: 0,
        sender: (person(1), device),
    };
    for (room, device, expected) in [
        (&lobby, 0, 3),
        (&lobby, 65_535, 2),
        (&lobby, 1, 1),
        (&room("other"), 0, 1),
    ] {
        let Answer::Join(page) = desk.ask(query(room, device)) else {
            panic!("no join page");
        };
        assert_eq!(page.next_seq, expected, "device {device} in {room}");
    }
}

#[test]
fn a_message_comes_back_as_it_went_in() {
    in_each_store(a_message_comes_back_as_it_went_in_in);
}

fn a_message_comes_back_as_it_went_in_in(mut desk: Desk) {
    let lobby = room("lobby");
    let sent = Append {
        kind: Kind::Action,
        text: "\ttab\n안녕 👨‍👩‍👧‍👦 ".to_owned(),
        reply_to: Some(Position::new(u64::MAX, u64::MAX)),
        time: u64::MAX,
        ..said(&lobby, 1, 1)
    };
    desk.append(sent.clone()).unwrap();
    assert_eq!(
        desk.page(&lobby, Range::Last, 1).messages,
        [as_message(&sent, Position::new(ERA, 1))]
    );
}

#[test]
fn a_retry_of_a_trimmed_message_is_still_known() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let mut desk = Desk::at(directory.path());
    desk.append_all((1..=3).map(|seq| said(&lobby, 1, seq)));
    desk.close();
    bounds::edit(directory.path(), "DELETE FROM messages");
    let mut desk = Desk::at(directory.path());
    let known = Ok(Appended {
        position: Position::new(ERA, 0),
        time: NOW + 2,
        fresh: false,
    });
    assert_eq!(desk.append(said(&lobby, 1, 2)), known);
    assert_eq!(desk.append(said(&lobby, 1, 4)), fresh(4, NOW + 4));
}
