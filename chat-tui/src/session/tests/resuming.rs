//! Rooms: entering, coming back, holes, forks, gaps, pages of older messages.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Ack, Event, Gap, History, Joined, Start};
use protocol::position::Anchor;
use protocol::request::Request;

use super::support::{Probe, at, id, joined, me, message, other, room, say, theirs};
use crate::session::{Command, Input, Link, News};

fn shown(news: &[News]) -> Vec<(u64, bool)> {
    let message = |news: &News| match news {
        News::Message {
            message, missed, ..
        } => Some((message.position.n, *missed)),
        _ => None,
    };
    news.iter().filter_map(message).collect()
}

/// The anchor of the join in the last output.
fn anchor(probe: &Probe) -> Option<Anchor> {
    let join = |request: Request| match request {
        Request::Join(join) => Some(join.after),
        _ => None,
    };
    probe.requests().into_iter().find_map(join).expect("a join")
}

fn back(probe: &mut Probe) {
    probe.wait();
    probe.dialled();
}

fn anchor_at(n: u64) -> Anchor {
    Anchor {
        position: at(n),
        id: Some(id(other(), n)),
    }
}

#[test]
fn after_a_cut_exactly_what_was_missed_comes() {
    let mut probe = Probe::in_room("lobby", 3);
    assert_eq!(shown(&probe.news()), [(1, true), (2, true), (3, true)]);
    probe.event(Event::Message(theirs("lobby", 4)));
    assert_eq!(shown(&probe.news()), [(4, false)]);
    probe.lose(None);
    back(&mut probe);
    assert_eq!(anchor(&probe), Some(anchor_at(4)));
    let missed = vec![theirs("lobby", 5), theirs("lobby", 6)];
    probe.enter("lobby", Start::Resumed, 6, 1, missed);
    assert_eq!(shown(&probe.news()), [(5, true), (6, true)]);
    let caught_up = News::CaughtUp {
        room: room("lobby"),
        more: false,
    };
    assert!(probe.news().contains(&caught_up));
    assert!(probe.session.room(&room("lobby")).unwrap().live());
}

#[test]
fn a_cut_while_catching_up_goes_on_from_the_last_one_taken_in() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.lose(None);
    back(&mut probe);
    let reference = Some(probe.join_reference());
    let address = room("lobby");
    probe.event(Event::Joined(joined(
        reference,
        &address,
        Start::Resumed,
        9,
        1,
    )));
    probe.event(Event::History(History {
        reference,
        room: address,
        messages: vec![theirs("lobby", 4), theirs("lobby", 5)],
        done: false,
        more: false,
    }));
    probe.lose(None);
    back(&mut probe);
    assert_eq!(anchor(&probe), Some(anchor_at(5)));
}

#[test]
fn an_empty_room_is_resumed_from_its_beginning() {
    let mut probe = Probe::in_room("lobby", 0);
    probe.lose(None);
    back(&mut probe);
    let beginning = Anchor {
        position: at(0),
        id: None,
    };
    assert_eq!(anchor(&probe), Some(beginning));
}

#[test]
fn a_hole_or_a_step_back_is_never_shown() {
    let second = message(&room("lobby"), 3, id(me(), 77), "another at 3");
    for lie in [theirs("lobby", 5), theirs("lobby", 2), second] {
        let mut probe = Probe::in_room("lobby", 3);
        probe.event(Event::Message(lie));
        assert!(probe.hung_up());
        assert!(shown(&probe.news()).is_empty());
        assert!(matches!(probe.session.link(), Link::Waiting { .. }));
        back(&mut probe);
        assert_eq!(anchor(&probe), Some(anchor_at(3)));
    }
}

#[test]
fn the_same_message_twice_is_shown_once() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.event(Event::Message(theirs("lobby", 3)));
    assert!(probe.out.is_empty());
    probe.event(Event::Message(theirs("lobby", 4)));
    assert_eq!(shown(&probe.news()), [(4, false)]);
}

#[test]
fn a_message_of_a_room_that_is_not_joined_is_nobodys() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.event(Event::Message(theirs("other", 4)));
    assert!(probe.out.is_empty());
}

#[test]
fn a_fork_voids_what_is_here() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.lose(None);
    back(&mut probe);
    let news = vec![theirs("lobby", 1), theirs("lobby", 2)];
    probe.enter("lobby", Start::Forked, 2, 1, news);
    let told = probe.news();
    let forked = News::Forked {
        kept: None,
        room: room("lobby"),
    };
    let at_fork = told.iter().position(|n| *n == forked).unwrap();
    let first = told
        .iter()
        .position(|n| matches!(n, News::Message { .. }))
        .unwrap();
    assert!(at_fork < first);
    assert_eq!(shown(&told), [(1, true), (2, true)]);
}

#[test]
fn a_fork_says_up_to_where_it_is_the_same() {
    for (kept, told) in [(Some(at(1)), Some(at(1))), (Some(at(3)), None)] {
        let mut probe = Probe::in_room("lobby", 3);
        probe.lose(None);
        back(&mut probe);
        let reference = Some(probe.join_reference());
        probe.event(Event::Joined(Joined {
            kept,
            ..joined(reference, &room("lobby"), Start::Forked, 1, 1)
        }));
        let forked = News::Forked {
            kept: told,
            room: room("lobby"),
        };
        assert!(probe.news().contains(&forked), "{kept:?}");
    }
}

#[test]
fn a_server_that_forgets_the_anchor_counts_as_forked() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.lose(None);
    back(&mut probe);
    probe.enter("lobby", Start::Latest, 9, 1, vec![theirs("lobby", 9)]);
    let forked = News::Forked {
        kept: None,
        room: room("lobby"),
    };
    assert!(probe.news().contains(&forked));
}

#[test]
fn a_gap_is_told_once_and_bridges() {
    let mut probe = Probe::in_room("lobby", 3);
    let gap = Gap {
        room: room("lobby"),
        from: at(4),
        to: at(7),
    };
    for round in 0..2 {
        probe.lose(None);
        back(&mut probe);
        assert_eq!(anchor(&probe), Some(anchor_at(3)));
        let reference = Some(probe.join_reference());
        let address = room("lobby");
        probe.event(Event::Joined(joined(
            reference,
            &address,
            Start::Resumed,
            8,
            1,
        )));
        probe.event(Event::Gap(gap.clone()));
        assert_eq!(probe.news().len(), usize::from(round == 0));
    }
    probe.event(Event::Message(theirs("lobby", 8)));
    assert_eq!(shown(&probe.news()), [(8, false)]);
}

#[test]
fn what_a_gap_said_is_gone_does_not_come_after_all() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.event(Event::Gap(Gap {
        room: room("lobby"),
        from: at(4),
        to: at(7),
    }));
    probe.lose(None);
    back(&mut probe);
    let reference = Some(probe.join_reference());
    let address = room("lobby");
    let joined = joined(reference, &address, Start::Resumed, 8, 1);
    probe.event(Event::Joined(joined));
    probe.news();
    probe.event(Event::Message(theirs("lobby", 4)));
    assert!(probe.hung_up());
    assert!(shown(&probe.news()).is_empty());
}

#[test]
fn a_gap_that_does_not_follow_is_no_gap() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.event(Event::Gap(Gap {
        room: room("lobby"),
        from: at(6),
        to: at(7),
    }));
    assert!(probe.hung_up());
}

#[test]
fn who_wants_none_of_the_old_still_resumes() {
    let mut probe = Probe::online();
    probe.command(Command::Join {
        room: room("lobby"),
        last: 0,
    });
    probe.enter("lobby", Start::Latest, 3, 1, vec![theirs("lobby", 3)]);
    assert!(shown(&probe.news()).is_empty());
    probe.lose(None);
    back(&mut probe);
    assert_eq!(anchor(&probe), Some(anchor_at(3)));
    probe.enter("lobby", Start::Resumed, 4, 1, vec![theirs("lobby", 4)]);
    assert_eq!(shown(&probe.news()), [(4, true)]);
}

#[test]
fn leaving_is_told_and_lasts() {
    let mut probe = Probe::in_room("lobby", 3);
    let address = room("lobby");
    probe.command(Command::Leave {
        room: address.clone(),
    });
    assert!(matches!(&probe.requests()[..], [Request::Leave(_)]));
    probe.lose(None);
    let departed = News::Departed { room: address };
    assert!(probe.news().contains(&departed));
    back(&mut probe);
    assert!(
        probe
            .requests()
            .iter()
            .all(|r| !matches!(r, Request::Join(_)))
    );
}

#[test]
fn who_comes_back_while_leaving_joins_again() {
    let mut probe = Probe::in_room("lobby", 3);
    let address = room("lobby");
    probe.command(Command::Leave {
        room: address.clone(),
    });
    let reference = probe.requests().first().and_then(Request::reference);
    probe.command(Command::Join {
        room: address,
        last: 7,
    });
    assert!(probe.requests().is_empty(), "one after the other");
    probe.event(Event::Done(protocol::event::Done { reference }));
    assert!(matches!(&probe.requests()[..], [Request::Join(join)] if join.last == Some(7)));
}

#[test]
fn joins_are_few_at_once() {
    let mut probe = Probe::online();
    let mut asked = 0;
    for n in 0..20 {
        let room = room(&format!("room{n}"));
        probe.command(Command::Join { room, last: 5 });
        asked += probe.requests().len();
    }
    assert_eq!(asked, super::super::joining::JOINS_UNDER_WAY_MAX);
}

#[test]
fn a_busy_server_is_asked_again_after_the_wait() {
    let mut probe = Probe::online();
    let room = room("lobby");
    probe.command(Command::Join { room, last: 5 });
    let reference = Some(probe.join_reference());
    probe.event(Event::Error(Refusal {
        reference,
        retry_after_ms: Some(700),
        ..Refusal::new(ErrorCode::Unavailable, "busy")
    }));
    assert!(probe.requests().is_empty());
    assert_eq!(probe.wait().as_millis(), 700);
    assert!(matches!(&probe.requests()[..], [Request::Join(_)]));
}

#[test]
fn older_messages_come_in_one_page_and_rising() {
    let mut probe = Probe::in_room("lobby", 9);
    let address = room("lobby");
    for _ in 0..2 {
        probe.command(Command::Older {
            room: address.clone(),
            before: at(5),
        });
    }
    assert!(
        probe.requests().is_empty(),
        "the second one is the first one once more"
    );
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(Command::Older {
        room: address.clone(),
        before: at(5),
    });
    let reference = probe.requests().first().and_then(Request::reference);
    let part = |messages, done| {
        Event::History(History {
            reference,
            room: room("lobby"),
            messages,
            done,
            more: done,
        })
    };
    probe.event(part(vec![theirs("lobby", 2), theirs("lobby", 3)], false));
    assert!(probe.out.is_empty());
    probe.event(part(vec![theirs("lobby", 4)], true));
    match &probe.news()[..] {
        [News::Older { messages, more, .. }] => {
            assert!(*more);
            let places: Vec<_> = messages.iter().map(|m| m.position.n).collect();
            assert_eq!(places, [2, 3, 4]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_that_overlaps_what_is_here_is_refused() {
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(Command::Older {
        room: room("lobby"),
        before: at(5),
    });
    let reference = probe.requests().first().and_then(Request::reference);
    probe.event(Event::History(History {
        reference,
        room: room("lobby"),
        messages: vec![theirs("lobby", 4), theirs("lobby", 5)],
        done: true,
        more: false,
    }));
    assert!(matches!(
        &probe.news()[..],
        [News::Refused {
            command: Command::Older { .. },
            ..
        }]
    ));
}

#[test]
fn a_question_without_an_answer_ends_the_connection() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(say("lobby", "a"));
    assert_eq!(probe.wait(), super::super::link::ANSWER_WAIT);
    assert!(probe.hung_up());
    back(&mut probe);
    assert_eq!(probe.session.unsent(), 1);
}

#[test]
fn a_slow_server_that_answers_is_not_given_up() {
    let mut probe = Probe::in_room("lobby", 0);
    let mut sends = Vec::new();
    for text in ["a", "b", "c"] {
        probe.command(say("lobby", text));
        sends.extend(probe.sends());
    }
    for (reference, seq, _) in sends {
        probe.now += super::super::link::ANSWER_WAIT / 2;
        probe.input(Input::Tick);
        assert!(!probe.hung_up());
        probe.event(Event::Ack(Ack {
            reference: Some(reference),
            room: room("lobby"),
            id: id(me(), seq),
            position: at(seq),
            time: 0,
            stable: at(seq),
        }));
    }
    assert_eq!(probe.session.unsent(), 0);
}

#[test]
fn what_the_person_asked_is_told_when_the_connection_goes() {
    let mut probe = Probe::online();
    probe.command(Command::Rooms);
    probe.lose(None);
    assert!(
        matches!(&probe.news()[0], News::Refused { command: Command::Rooms, refusal } if refusal.message.starts_with("cut"))
    );
    probe.command(Command::Rooms);
    assert!(matches!(&probe.news()[..], [News::Refused { .. }]));
    probe.input(Input::Tick);
    assert!(probe.out.is_empty());
}
