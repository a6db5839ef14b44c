//! Messages that are asked for to be quoted, and many texts that are said at once.

use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Event, History};
use protocol::names::MessageText;
use protocol::request::Request;

use super::support::{Probe, at, room, theirs};
use crate::session::{Command, News, OUTBOX_MAX, State};

fn quote(n: u64) -> Command {
    Command::Quote {
        room: room("lobby"),
        position: at(n),
    }
}

fn answer(probe: &Probe, messages: Vec<protocol::event::Message>, done: bool) -> Event {
    let requests = probe.requests();
    let [Request::History(asked)] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!((asked.before, asked.limit), (None, Some(1)));
    Event::History(History {
        reference: asked.reference,
        room: room("lobby"),
        messages,
        done,
        more: true,
    })
}

fn quoted(probe: &Probe) -> Option<bool> {
    match &probe.news()[..] {
        [News::Quoted { message, .. }] => Some(message.is_some()),
        [] => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_is_asked_for_by_the_place_before_it() {
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(quote(5));
    assert!(matches!(
        &probe.requests()[..],
        [Request::History(asked)] if asked.after == Some(at(4))
    ));
    let part = answer(&probe, vec![theirs("lobby", 5)], false);
    probe.event(part);
    assert_eq!(quoted(&probe), Some(true));
    // The end of the answer, which comes behind it, is nothing more.
    probe.command(quote(6));
    let Event::History(part) = answer(&probe, vec![theirs("lobby", 6)], false) else {
        unreachable!("a part of the history");
    };
    let end = History {
        messages: Vec::new(),
        done: true,
        ..part.clone()
    };
    probe.event(Event::History(part));
    probe.event(Event::History(end));
    assert_eq!(probe.news(), []);
    assert!(probe.session.room(&room("lobby")).is_some());
}

#[test]
fn another_message_than_the_one_that_was_asked_for_is_none() {
    for messages in [
        vec![theirs("lobby", 6)],
        vec![theirs("other", 5)],
        Vec::new(),
    ] {
        let mut probe = Probe::in_room("lobby", 9);
        probe.command(quote(5));
        let part = answer(&probe, messages, true);
        probe.event(part);
        assert_eq!(quoted(&probe), Some(false));
    }
}

#[test]
fn a_message_that_cannot_be_asked_for_is_refused() {
    let mut probe = Probe::online();
    let mut entered = Probe::in_room("lobby", 9);
    for (probe, n) in [(&mut probe, 5), (&mut entered, 0)] {
        probe.command(quote(n));
        assert!(matches!(
            &probe.news()[..],
            [News::Refused { command, .. }] if *command == quote(n)
        ));
    }
    // A lost connection refuses what was under way; put off is asked again.
    let mut probe = Probe::in_room("lobby", 9);
    probe.command(quote(5));
    let reference = probe.requests().first().and_then(Request::reference);
    probe.event(Event::Error(Refusal {
        reference,
        retry_after_ms: Some(300),
        ..Refusal::new(ErrorCode::RateLimited, "slower")
    }));
    assert_eq!(probe.news(), []);
    probe.wait();
    assert!(matches!(&probe.requests()[..], [Request::History(_)]));
    probe.lose(None);
    let refused = News::Refused {
        command: quote(5),
        refusal: Refusal::new(
            ErrorCode::Unavailable,
            "cut; ask again once the connection is back",
        ),
    };
    assert!(probe.news().contains(&refused), "{:?}", probe.news());
}

fn say_all(count: usize) -> Command {
    Command::SayAll {
        room: room("lobby"),
        texts: (0..count)
            .map(|n| MessageText::new(format!("part {n}")).unwrap())
            .collect(),
    }
}

#[test]
fn t32_parts_go_out_at_the_pace_that_the_server_told() {
    let mut probe = Probe::in_room("lobby", 0);
    let begun = probe.now;
    // The defaults of the contract: ten at once, five a second.
    probe.command(say_all(12));
    let mut sent = vec![probe.sends().len()];
    let waiting = |probe: &Probe| {
        let lobby = room("lobby");
        let pending = probe.session.pending(&lobby);
        pending.filter(|p| p.state == State::Waiting).count()
    };
    while waiting(&probe) > 0 {
        probe.wait();
        sent.push(probe.sends().len());
    }
    assert_eq!(sent, [5, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(probe.now, begun + Duration::from_millis(7 * 200));
    // Behind them everything goes at once again.
    probe.command(super::support::say("lobby", "at once"));
    assert_eq!(probe.sends().len(), 1);
}

#[test]
fn t32_parts_are_taken_all_or_none() {
    let mut probe = Probe::online();
    probe.command(say_all(2));
    assert!(matches!(
        &probe.news()[..],
        [News::Refused { command, .. }] if *command == say_all(2)
    ));
    let mut probe = Probe::in_room("lobby", 0);
    probe.command(say_all(OUTBOX_MAX + 1));
    assert!(matches!(&probe.news()[..], [News::Refused { .. }]));
    assert_eq!(probe.session.unsent(), 0);
    probe.command(say_all(OUTBOX_MAX));
    assert_eq!(probe.session.unsent(), OUTBOX_MAX);
    probe.command(say_all(1));
    assert!(matches!(&probe.news()[..], [News::Refused { .. }]));
}
