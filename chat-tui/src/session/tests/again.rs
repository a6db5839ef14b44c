//! Questions that the server puts off.

use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Event, Rooms as RoomsPage};
use protocol::position::{Address, Position};
use protocol::request::{Ref, Request};

use super::support::{Probe, at, nick, room};
use crate::session::again::PUT_OFF_MAX;
use crate::session::{Command, News};

/// The only request of the last output.
#[track_caller]
fn asked(probe: &Probe) -> (Ref, Request) {
    let requests = probe.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let request = requests.into_iter().next().unwrap();
    (request.reference().unwrap(), request)
}

fn refuse(probe: &mut Probe, reference: Ref, code: ErrorCode, after: Option<u64>) {
    probe.event(Event::Error(Refusal {
        reference: Some(reference),
        retry_after_ms: after,
        ..Refusal::new(code, "too fast")
    }));
}

fn without_reference(request: &Request) -> String {
    let mut frame = serde_json::to_value(request).unwrap();
    frame.as_object_mut().unwrap().remove("ref");
    frame.to_string()
}

#[test]
fn a_question_that_came_too_early_is_asked_again_after_the_wait() {
    let before: Position = at(3);
    let commands = [
        Command::Rooms,
        Command::Older {
            room: room("lobby"),
            before,
        },
        Command::Whisper {
            nick: nick("bob"),
            text: Some("hi".parse().unwrap()),
        },
    ];
    for command in commands {
        let mut probe = Probe::in_room("lobby", 3);
        probe.command(command.clone());
        let (reference, first) = asked(&probe);
        refuse(&mut probe, reference, ErrorCode::RateLimited, Some(1_500));
        assert_eq!(probe.news(), [], "{command:?}");
        // The same wish is one question still.
        if !matches!(command, Command::Whisper { .. }) {
            probe.command(command.clone());
            assert_eq!(probe.requests(), []);
        }
        assert_eq!(probe.wait(), Duration::from_millis(1_500));
        let (_, second) = asked(&probe);
        assert_eq!(without_reference(&first), without_reference(&second));
    }
}

#[test]
fn a_list_goes_on_where_it_was_put_off() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(Command::Rooms);
    let (reference, _) = asked(&probe);
    let page = |reference, name: &str, more| {
        Event::Rooms(RoomsPage {
            reference: Some(reference),
            rooms: vec![protocol::event::RoomInfo {
                room: name.parse::<Address>().unwrap(),
                topic: String::new(),
                members: 1,
            }],
            more,
        })
    };
    probe.event(page(reference, "a1", true));
    let (reference, _) = asked(&probe);
    refuse(&mut probe, reference, ErrorCode::RateLimited, Some(100));
    probe.wait();
    let (reference, request) = asked(&probe);
    assert_eq!(
        without_reference(&request),
        r#"{"after":"a1","type":"rooms"}"#
    );
    probe.event(page(reference, "a2", false));
    let news = probe.news();
    assert!(
        matches!(news.as_slice(), [News::Rooms(rooms)] if rooms.len() == 2),
        "{news:?}"
    );
}

#[test]
fn another_refusal_and_a_lost_connection_are_told() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.command(Command::Rooms);
    let (reference, _) = asked(&probe);
    refuse(&mut probe, reference, ErrorCode::BadRequest, None);
    assert!(matches!(probe.news().as_slice(), [News::Refused { .. }]));
    probe.command(Command::Rooms);
    let (reference, _) = asked(&probe);
    refuse(&mut probe, reference, ErrorCode::RateLimited, Some(100));
    probe.lose(None);
    let news = probe.news();
    let told = |news: &News| {
        matches!(
            news,
            News::Refused {
                command: Command::Rooms,
                ..
            }
        )
    };
    assert_eq!(news.iter().filter(|news| told(news)).count(), 1, "{news:?}");
}

#[test]
fn so_many_questions_wait_for_another_try() {
    let mut probe = Probe::in_room("lobby", 3);
    let whisper = Command::Whisper {
        nick: nick("bob"),
        text: None,
    };
    for _ in 0..PUT_OFF_MAX {
        probe.command(whisper.clone());
        let (reference, _) = asked(&probe);
        refuse(&mut probe, reference, ErrorCode::RateLimited, Some(100));
        assert_eq!(probe.news(), []);
    }
    probe.command(whisper);
    let (reference, _) = asked(&probe);
    refuse(&mut probe, reference, ErrorCode::RateLimited, Some(100));
    assert!(matches!(probe.news().as_slice(), [News::Refused { .. }]));
}
