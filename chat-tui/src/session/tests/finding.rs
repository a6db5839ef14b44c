//! Searching, and pages of messages around a place.

use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Event, Found, History, Message};
use protocol::limits::FOUND_MESSAGES_MAX;
use protocol::request::{Ref, Request};
use protocol::search::SearchText;

use super::support::{Probe, at, room, theirs};
use crate::session::pages::PAGES_WAITING_MAX;
use crate::session::search::EMPTY_PAGES_MAX;
use crate::session::{Command, Edge, News, Wanted};

fn wanted(name: Option<&str>) -> Wanted {
    Wanted {
        room: name.map(room),
        text: SearchText::normalized("message").unwrap(),
    }
}

fn search(name: Option<&str>) -> Command {
    Command::Search {
        wanted: wanted(name),
        next: None,
    }
}

fn asked(probe: &Probe) -> (Option<Ref>, Option<u64>) {
    match &probe.requests()[..] {
        [Request::Search(search)] => (search.reference, search.next),
        other => panic!("{other:?}"),
    }
}

fn found(reference: Option<Ref>, messages: Vec<Message>, next: Option<u64>) -> Event {
    Event::Found(Found {
        reference,
        messages,
        next,
        since: Some(1_763_600_000_000),
    })
}

#[test]
fn a_search_is_told_page_by_page_as_it_comes() {
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(search(Some("lobby")));
    let (reference, _) = asked(&probe);
    let hits = vec![theirs("lobby", 8), theirs("lobby", 2)];
    probe.event(found(reference, hits.clone(), Some(5)));
    assert_eq!(
        probe.news(),
        [News::Found {
            wanted: wanted(Some("lobby")),
            messages: hits,
            next: Some(5),
            since: Some(1_763_600_000_000),
        }]
    );
    probe.event(found(reference, Vec::new(), None));
    assert!(probe.out.is_empty(), "an answer that nobody waits for");
    // What is found is no message of the room: the next live one follows the last one still.
    probe.event(Event::Message(theirs("lobby", 10)));
    assert!(matches!(&probe.news()[..], [News::Message { .. }]));
}

#[test]
fn empty_pages_are_passed_over_and_bounded() {
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(search(None));
    for number in 0..u64::from(EMPTY_PAGES_MAX) {
        let (reference, next) = asked(&probe);
        assert_eq!(next, number.checked_sub(1));
        probe.event(found(reference, Vec::new(), Some(number)));
    }
    let (reference, _) = asked(&probe);
    probe.event(found(reference, Vec::new(), Some(u64::MAX)));
    assert!(matches!(
        &probe.news()[..],
        [News::Found { messages, next: None, .. }] if messages.is_empty()
    ));
}

#[test]
fn an_answer_that_does_not_fit_the_search_is_refused() {
    let too_many = (0..=u64::from(FOUND_MESSAGES_MAX)).map(|n| theirs("lobby", n + 1));
    for hits in [vec![theirs("other", 3)], too_many.collect()] {
        let mut probe = Probe::in_room("lobby", 9);
        probe.command(search(Some("lobby")));
        let (reference, _) = asked(&probe);
        probe.event(found(reference, hits, None));
        assert!(matches!(
            &probe.news()[..],
            [News::Refused {
                command: Command::Search { .. },
                ..
            }]
        ));
    }
}

#[test]
fn a_search_that_is_put_off_is_asked_again_and_one_offline_is_refused() {
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(search(Some("lobby")));
    let (reference, _) = asked(&probe);
    let mut refusal = Refusal::new(ErrorCode::RateLimited, "slower");
    refusal.reference = reference;
    refusal.retry_after_ms = Some(1_000);
    probe.event(Event::Error(refusal));
    assert!(probe.news().is_empty());
    probe.now += Duration::from_secs(2);
    probe.input(crate::session::Input::Tick);
    let (again, _) = asked(&probe);
    assert_ne!(again, reference);
    probe.lose(None);
    assert!(matches!(
        &probe.news()[0],
        News::Refused { command: Command::Search { .. }, refusal } if refusal.message.starts_with("cut")
    ));
    probe.command(search(None));
    assert!(matches!(
        &probe.news()[..],
        [News::Refused {
            command: Command::Search { .. },
            ..
        }]
    ));
}

fn page(edge: Edge) -> Command {
    Command::Page {
        room: room("lobby"),
        edge,
    }
}

fn part(reference: Option<Ref>, numbers: &[u64], done: bool, more: bool) -> Event {
    Event::History(History {
        reference,
        room: room("lobby"),
        messages: numbers.iter().map(|n| theirs("lobby", *n)).collect(),
        done,
        more,
    })
}

#[test]
fn pages_of_both_sides_come_whole_and_one_after_the_other() {
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(page(Edge::Before(at(5))));
    let requests = probe.requests();
    for edge in [Edge::Before(at(5)), Edge::After(at(4))] {
        probe.command(page(edge));
        assert!(probe.out.is_empty(), "one page at a time");
    }
    let [Request::History(first)] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!((first.before, first.after), (Some(at(5)), None));
    let reference = first.reference;
    probe.event(part(reference, &[2, 3], false, false));
    assert!(probe.out.is_empty());
    probe.event(part(reference, &[4], true, true));
    let requests = probe.requests();
    let [Request::History(second)] = &requests[..] else {
        panic!("the same question was asked twice: {requests:?}");
    };
    assert_eq!((second.before, second.after), (None, Some(at(4))));
    let reference = second.reference;
    match &probe.news()[..] {
        [
            News::Page {
                edge,
                messages,
                more: true,
                ..
            },
        ] => {
            assert_eq!(*edge, Edge::Before(at(5)));
            let places: Vec<_> = messages.iter().map(|m| m.position.n).collect();
            assert_eq!(places, [2, 3, 4]);
        }
        other => panic!("{other:?}"),
    }
    probe.event(part(reference, &[5, 6], true, false));
    assert!(matches!(
        &probe.news()[..],
        [News::Page {
            edge: Edge::After(_),
            more: false,
            ..
        }]
    ));
    // None of it moved the place where the room goes on.
    probe.event(Event::Message(theirs("lobby", 10)));
    assert!(matches!(&probe.news()[..], [News::Message { .. }]));
}

#[test]
fn a_page_of_the_other_side_is_refused() {
    for (edge, numbers) in [
        (Edge::Before(at(5)), [4, 5]),
        (Edge::After(at(5)), [5, 6]),
        (Edge::After(at(5)), [7, 6]),
    ] {
        let mut probe = Probe::in_room("lobby", 9);
        probe.command(page(edge));
        let reference = probe.requests().first().and_then(Request::reference);
        probe.event(part(reference, &numbers, true, false));
        assert!(matches!(
            &probe.news()[..],
            [News::Refused {
                command: Command::Page { .. },
                ..
            }]
        ));
    }
}

#[test]
fn pages_that_wait_are_bounded_and_those_of_other_rooms_refused() {
    let mut probe = Probe::in_room("lobby", 9);
    let most = u64::try_from(PAGES_WAITING_MAX).unwrap();
    // The first one is under way and waits no longer.
    for n in 0..=most {
        probe.command(page(Edge::Before(at(n + 2))));
    }
    assert!(probe.news().is_empty());
    probe.command(page(Edge::After(at(1))));
    assert!(matches!(
        &probe.news()[..],
        [News::Refused { refusal, .. }] if refusal.code == ErrorCode::RateLimited
    ));
    probe.command(Command::Page {
        room: room("other"),
        edge: Edge::After(at(1)),
    });
    assert!(matches!(
        &probe.news()[..],
        [News::Refused { refusal, .. }] if refusal.code == ErrorCode::NotJoined
    ));
}
