//! The outbox over the wire: order, seqs, refusals, and what survives.

use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Ack, Event, Heartbeat, Stable, Start};
use protocol::position::Address;
use protocol::request::{Ref, Request};

use super::support::{Probe, at, id, me, message, room, say, settings, theirs};
use crate::session::{
    Command, LocalId, News, OUTBOX_MAX, Output, Pending, Record, Settings, State,
};

fn lobby() -> Address {
    room("lobby")
}

fn ack(probe: &mut Probe, reference: Ref, seq: u64, n: u64, stable: u64) {
    probe.event(Event::Ack(Ack {
        reference: Some(reference),
        room: lobby(),
        id: id(me(), seq),
        position: at(n),
        time: 0,
        stable: at(stable),
    }));
}

fn refuse(probe: &mut Probe, reference: Ref, code: ErrorCode, expected: Option<u64>) {
    probe.event(Event::Error(Refusal {
        reference: Some(reference),
        expected_seq: expected,
        retry_after_ms: Some(400),
        ..Refusal::new(code, "no")
    }));
}

fn states(probe: &Probe) -> Vec<State> {
    probe
        .session
        .pending(&lobby())
        .map(|p| p.state.clone())
        .collect()
}

/// Seq and text of the sends in the last output.
fn sent(probe: &Probe) -> Vec<(u64, String)> {
    probe
        .sends()
        .into_iter()
        .map(|(_, seq, text)| (seq, text))
        .collect()
}

fn pairs(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected
        .iter()
        .map(|(seq, text)| (*seq, (*text).to_owned()))
        .collect()
}

fn back(probe: &mut Probe) {
    probe.wait();
    probe.dialled();
}

/// Three texts under way with the seqs 1 to 3; their refs.
fn three(probe: &mut Probe) -> [Ref; 3] {
    ["a", "b", "c"].map(|text| {
        probe.command(say("lobby", text));
        probe.sends()[0].0
    })
}

#[test]
fn a_seq_is_on_disk_before_it_is_on_the_wire() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(say("lobby", "a"));
    let step = |output: &Output| match output {
        Output::Save(Record::Queued(item)) => format!("queued {:?}", item.seq),
        Output::Save(Record::Seq { seq, .. }) => format!("seq {seq:?}"),
        Output::Transmit(Request::Send(send)) => format!("send {:?}", send.seq),
        Output::News(_) => "news".to_owned(),
        other => panic!("{other:?}"),
    };
    let steps: Vec<_> = probe.out.iter().map(step).collect();
    assert_eq!(
        steps,
        ["queued None", "news", "seq Some(1)", "send Some(1)", "news"]
    );
    assert_eq!(states(&probe), [State::Sent]);
}

#[test]
fn a_text_is_kept_until_it_is_stable() {
    let mut probe = Probe::in_room("lobby", 3);
    let [a, ..] = three(&mut probe);
    ack(&mut probe, a, 1, 4, 3);
    assert_eq!(states(&probe)[0], State::Acked(id(me(), 1), at(4)));
    assert!(probe.saved().is_empty());
    probe.event(Event::Message(message(&lobby(), 4, id(me(), 1), "a")));
    let own = News::Message {
        message: message(&lobby(), 4, id(me(), 1), "a"),
        missed: false,
        local: Some(LocalId(1)),
    };
    assert!(probe.news().contains(&own));
    assert_eq!(
        states(&probe).len(),
        2,
        "what is shown as a message is pending no more"
    );
    assert!(!probe.session.all_stable());
    probe.event(Event::Heartbeat(Heartbeat {
        stable: vec![Stable {
            room: lobby(),
            position: at(4),
        }],
    }));
    assert_eq!(probe.saved(), [Record::Settled { local: LocalId(1) }]);
    assert_eq!(probe.session.unsent(), 2);
}

#[test]
fn a_lost_answer_is_asked_for_under_the_same_seq() {
    let mut probe = Probe::in_room("lobby", 3);
    three(&mut probe);
    probe.lose(None);
    assert_eq!(
        states(&probe),
        [State::Waiting, State::Waiting, State::Waiting]
    );
    back(&mut probe);
    // The first two are stored; the answer to the third decides itself.
    probe.enter(
        "lobby",
        Start::Resumed,
        5,
        3,
        vec![
            message(&lobby(), 4, id(me(), 1), "a"),
            message(&lobby(), 5, id(me(), 2), "b"),
        ],
    );
    assert_eq!(sent(&probe)[..2], pairs(&[(1, "a"), (2, "b")])[..]);
    let [a, b] = [probe.sends()[0].0, probe.sends()[1].0];
    ack(&mut probe, a, 1, 4, 5);
    ack(&mut probe, b, 2, 5, 5);
    assert_eq!(probe.session.unsent(), 1);
}

#[test]
fn nothing_overtakes_a_text_whose_fate_is_open() {
    let mut probe = Probe::in_room("lobby", 3);
    three(&mut probe);
    probe.lose(None);
    back(&mut probe);
    // The server knows seq 1, perhaps with another text: b and c wait until that is known.
    probe.enter("lobby", Start::Resumed, 4, 2, vec![theirs("lobby", 4)]);
    assert_eq!(sent(&probe), pairs(&[(1, "a")]));
    let a = probe.sends()[0].0;
    refuse(&mut probe, a, ErrorCode::SeqReused, Some(2));
    assert_eq!(sent(&probe), pairs(&[(2, "a"), (3, "b"), (4, "c")]));
}

#[test]
fn a_refused_text_fails_and_those_behind_it_go_on_in_order() {
    let mut probe = Probe::in_room("lobby", 3);
    let [a, b, c] = three(&mut probe);
    refuse(&mut probe, a, ErrorCode::BadText, None);
    assert!(matches!(
        &probe.news()[0],
        News::Failed {
            local: LocalId(1),
            ..
        }
    ));
    refuse(&mut probe, b, ErrorCode::OutOfOrder, Some(1));
    assert!(probe.sends().is_empty(), "until all are answered");
    refuse(&mut probe, c, ErrorCode::OutOfOrder, Some(1));
    assert_eq!(sent(&probe), pairs(&[(1, "b"), (2, "c")]));
    assert!(matches!(
        &states(&probe)[..],
        [State::Failed(_), State::Sent, State::Sent]
    ));
    probe.command(Command::Again { local: LocalId(1) });
    assert_eq!(sent(&probe), pairs(&[(3, "a")]));
}

#[test]
fn a_busy_server_gets_the_same_in_the_same_order_after_its_wait() {
    for code in [
        ErrorCode::RateLimited,
        ErrorCode::Unavailable,
        ErrorCode::OutcomeUnknown,
    ] {
        let mut probe = Probe::in_room("lobby", 3);
        let [a, b, c] = three(&mut probe);
        refuse(&mut probe, a, code, None);
        refuse(&mut probe, b, ErrorCode::OutOfOrder, Some(1));
        refuse(&mut probe, c, ErrorCode::OutOfOrder, Some(1));
        assert!(probe.sends().is_empty());
        probe.command(say("lobby", "d"));
        assert!(probe.sends().is_empty(), "nothing overtakes");
        assert_eq!(probe.wait(), Duration::from_millis(400));
        assert_eq!(
            sent(&probe),
            pairs(&[(1, "a"), (2, "b"), (3, "c"), (4, "d")])
        );
    }
}

#[test]
fn a_server_that_refuses_without_end_is_not_asked_without_end() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(say("lobby", "a"));
    let mut tries = 0;
    while let Some((reference, ..)) = probe.sends().first().cloned() {
        tries += 1;
        assert!(tries < 10, "a loop");
        refuse(&mut probe, reference, ErrorCode::OutOfOrder, Some(tries));
    }
    assert!(probe.wait() >= Duration::from_secs(1));
    assert_eq!(probe.sends().len(), 1);
}

#[test]
fn no_more_are_under_way_than_the_server_takes() {
    let mut probe = Probe::in_room("lobby", 3);
    let mut under_way = Vec::new();
    for n in 0..100 {
        probe.command(say("lobby", &format!("text {n}")));
        under_way.extend(probe.sends());
    }
    assert_eq!(under_way.len(), 64);
    let (first, ..) = under_way[0];
    ack(&mut probe, first, 1, 4, 4);
    assert_eq!(sent(&probe), pairs(&[(65, "text 64")]));
}

#[test]
fn one_full_room_does_not_starve_another() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(Command::Join {
        room: room("other"),
        last: 5,
    });
    probe.enter("other", Start::Latest, 0, 1, vec![]);
    let mut first = None;
    for n in 0..100 {
        probe.command(say("lobby", &format!("text {n}")));
        first = first.or_else(|| probe.sends().first().map(|s| s.0));
    }
    probe.command(say("other", "me too"));
    ack(&mut probe, first.unwrap(), 1, 4, 4);
    assert_eq!(sent(&probe), pairs(&[(1, "me too")]));
}

#[test]
fn the_outbox_is_bounded_and_says_so() {
    let mut probe = Probe::in_room("lobby", 3);
    for n in 0..OUTBOX_MAX {
        probe.command(say("lobby", &format!("text {n}")));
    }
    probe.command(say("lobby", "one more"));
    match &probe.news()[..] {
        [News::Refused { command, refusal }] => {
            assert_eq!(
                *command,
                say("lobby", "one more"),
                "the text is with the person"
            );
            assert!(refusal.message.contains("1000"), "{}", refusal.message);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_lost_by_the_store_is_sent_again() {
    for start in [Start::Forked, Start::Resumed] {
        let mut probe = Probe::in_room("lobby", 3);
        let [a, b, _] = three(&mut probe);
        ack(&mut probe, a, 1, 4, 3);
        ack(&mut probe, b, 2, 5, 3);
        probe.lose(None);
        back(&mut probe);
        // Only `a` is in the history that is left.
        probe.enter(
            "lobby",
            start,
            4,
            2,
            vec![message(&lobby(), 4, id(me(), 1), "a")],
        );
        let all = pairs(&[(1, "a"), (2, "b"), (3, "c")]);
        // After a fork it is asked where `a` stands now; its message answers that before the server does.
        let expected = if start == Start::Forked {
            &all
        } else {
            &all[1..]
        };
        assert_eq!(sent(&probe), expected, "{start:?}");
    }
}

#[test]
fn what_an_earlier_run_left_is_sent_first() {
    let mut saved = Vec::new();
    let mut probe = Probe::in_room("lobby", 3);
    for text in ["a", "b"] {
        probe.command(say("lobby", text));
        for record in probe.saved() {
            record.apply(&mut saved);
        }
    }
    let mut probe = Probe::restored(settings(), saved);
    assert_eq!(probe.session.pending(&lobby()).count(), 2);
    probe.connect();
    probe.enter("lobby", Start::Latest, 3, 1, vec![theirs("lobby", 3)]);
    assert_eq!(sent(&probe), pairs(&[(1, "a"), (2, "b")]));
    probe.command(say("lobby", "c"));
    assert_eq!(sent(&probe), pairs(&[(3, "c")]));
    let locals: Vec<_> = probe.session.pending(&lobby()).map(|p| p.local).collect();
    assert_eq!(locals, [LocalId(1), LocalId(2), LocalId(3)]);
}

#[test]
fn a_room_that_refuses_keeps_the_texts_as_failed() {
    let mut probe = Probe::online();
    probe.command(Command::Join {
        room: lobby(),
        last: 5,
    });
    let join = probe.join_reference();
    probe.command(say("lobby", "a"));
    refuse(&mut probe, join, ErrorCode::TooManyRooms, None);
    assert!(
        matches!(&states(&probe)[..], [State::Failed(refusal)] if refusal.code == ErrorCode::TooManyRooms)
    );
    assert!(
        probe
            .news()
            .iter()
            .any(|n| matches!(n, News::Failed { .. }))
    );
    assert!(
        probe
            .news()
            .iter()
            .any(|n| matches!(n, News::Refused { .. }))
    );
    probe.command(Command::Again { local: LocalId(1) });
    probe.enter("lobby", Start::Latest, 0, 1, vec![]);
    assert_eq!(probe.session.unsent(), 1);
}

#[test]
fn only_what_cannot_be_stored_is_taken_back() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(say("lobby", "a"));
    probe.command(Command::Discard { local: LocalId(1) });
    assert!(matches!(&probe.news()[..], [News::Refused { .. }]));
    probe.lose(None);
    probe.command(Command::Discard { local: LocalId(1) });
    assert!(
        matches!(&probe.news()[..], [News::Refused { .. }]),
        "it was sent, who knows"
    );
    probe.command(say("lobby", "b"));
    probe.command(Command::Discard { local: LocalId(2) });
    assert_eq!(probe.saved(), [Record::Settled { local: LocalId(2) }]);
    assert_eq!(states(&probe).len(), 1);
}

#[test]
fn a_room_with_open_texts_is_not_left() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(say("lobby", "a"));
    let reference = probe.sends()[0].0;
    probe.command(Command::Leave { room: lobby() });
    assert!(matches!(
        &probe.news()[..],
        [News::Refused {
            command: Command::Leave { .. },
            ..
        }]
    ));
    ack(&mut probe, reference, 1, 4, 4);
    probe.command(Command::Leave { room: lobby() });
    assert!(matches!(&probe.requests()[..], [Request::Leave(_)]));
    probe.command(say("lobby", "too late"));
    assert!(matches!(
        &probe.news()[..],
        [News::Refused {
            command: Command::Say { .. },
            ..
        }]
    ));
}

#[test]
fn an_answer_about_something_else_ends_the_connection_and_harms_nothing() {
    let mut probe = Probe::in_room("lobby", 3);
    let [a, ..] = three(&mut probe);
    ack(&mut probe, 999, 1, 4, 4);
    assert!(probe.out.is_empty(), "nobody asked this");
    ack(&mut probe, a, 2, 4, 4);
    assert!(probe.hung_up());
    assert_eq!(probe.session.unsent(), 3);
}

#[test]
fn without_a_key_an_open_text_is_never_sent_twice() {
    let mut probe = Probe::new(Settings {
        identity: None,
        ..settings()
    });
    probe.command(Command::Join {
        room: lobby(),
        last: 5,
    });
    probe.connect();
    probe.enter("lobby", Start::Latest, 0, 1, vec![]);
    probe.command(say("lobby", "open"));
    probe.lose(None);
    probe.command(say("lobby", "never tried"));
    let expected = |pending: &Pending| matches!(&pending.state, State::Failed(r) if r.code == ErrorCode::OutcomeUnknown);
    let pending: Vec<_> = probe.session.pending(&lobby()).cloned().collect();
    assert!(expected(&pending[0]) && pending[1].state == State::Waiting);
    back(&mut probe);
    probe.enter("lobby", Start::Resumed, 0, 1, vec![]);
    assert_eq!(probe.session.unsent(), 1);
}
