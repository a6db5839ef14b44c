//! Greeting, hello, welcome; and the waits between connections.

use std::time::Duration;

use protocol::close::CloseCode;
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::event::{Event, Greeting, NickChanged, Welcome};
use protocol::identity::{Identity, Nonce};
use protocol::position::PersonId;
use protocol::request::Request;

use super::support::{
    Probe, endpoint, greeting, me, nick, room, say, server_identity, server_proof, settings,
};
use crate::session::{BackOff, Command, Input, Link, News, Output, Settings, Stop};

fn opened(probe: &mut Probe) {
    probe.input(Input::Opened {
        endpoint: endpoint(),
        nonce: Nonce::from_bytes([8; 32]),
    });
}

fn greet(probe: &mut Probe, greeting: Greeting) {
    probe.event(Event::Greeting(Box::new(greeting)));
}

fn nick_taken() -> Refusal {
    Refusal {
        held_by: Some(HeldBy::Key),
        ..Refusal::new(ErrorCode::NickTaken, "held by a key")
    }
}

fn remembered(probe: &Probe) -> bool {
    probe.out.iter().any(|o| matches!(o, Output::Remember(_)))
}

#[test]
fn the_first_visit_remembers_the_key_that_was_proved() {
    let mut probe = Probe::new(settings());
    probe.command(Command::Connect);
    assert_eq!(probe.session.link(), &Link::Connecting);
    opened(&mut probe);
    assert!(probe.requests().is_empty(), "nothing before the greeting");
    greet(&mut probe, greeting());
    let hello = probe.hello();
    assert!(!remembered(&probe), "nothing is proved yet");
    assert_eq!(hello.nick, Some(nick("me")));
    probe.welcome(&hello);
    assert!(remembered(&probe));
    assert_eq!(probe.session.link(), &Link::Online);
    assert_eq!(probe.session.person(), Some(me()));
    assert_eq!(probe.session.nick(), Some("me"));
    probe.lose(None);
    probe.wait();
    probe.dialled();
    assert!(!remembered(&probe), "once is enough");
}

#[test]
fn a_changed_key_stops_before_anything_is_said() {
    let known = Identity::from_secret(&[5; 32]).public();
    let mut probe = Probe::new(Settings {
        known_server_key: Some(known),
        ..settings()
    });
    probe.command(Command::Connect);
    opened(&mut probe);
    greet(&mut probe, greeting());
    assert!(probe.requests().is_empty() && probe.hung_up() && !remembered(&probe));
    let now = server_identity().public();
    assert_eq!(
        probe.session.link(),
        &Link::Stopped(Stop::KeyChanged { known, now })
    );
    assert_eq!(probe.session.deadline(), None, "it does not try by itself");
}

#[test]
fn a_server_without_a_proof_gets_no_text() {
    for wrong in [false, true] {
        let mut probe = Probe::new(settings());
        let room = room("lobby");
        probe.command(Command::Join { room, last: 5 });
        probe.command(say("lobby", "secret"));
        probe.command(Command::Connect);
        opened(&mut probe);
        greet(&mut probe, greeting());
        let hello = probe.hello();
        let mut other = hello.clone();
        other.nonce = Some(Nonce::from_bytes([1; 32]));
        other.proof = None;
        probe.event(Event::Welcome(Welcome {
            former: None,
            reference: hello.reference,
            person: me(),
            nick: "me".to_owned(),
            owned: true,
            proof: wrong.then(|| server_proof(&other)),
        }));
        assert_eq!(probe.session.link(), &Link::Stopped(Stop::NoProof));
        assert!(probe.hung_up() && probe.requests().is_empty() && !remembered(&probe));
        assert_eq!(probe.session.unsent(), 1, "what was typed is kept");
    }
}

#[test]
fn another_version_stops() {
    let mut probe = Probe::new(settings());
    probe.command(Command::Connect);
    opened(&mut probe);
    greet(
        &mut probe,
        Greeting {
            version: 2,
            ..greeting()
        },
    );
    assert_eq!(
        probe.session.link(),
        &Link::Stopped(Stop::Version { server: 2 })
    );
    assert!(probe.hung_up());
}

#[test]
fn a_keyless_client_asks_for_the_proof_alone() {
    let mut probe = Probe::new(Settings {
        identity: None,
        ..settings()
    });
    probe.command(Command::Connect);
    opened(&mut probe);
    greet(&mut probe, greeting());
    let hello = probe.hello();
    assert!(hello.key.is_none() && hello.proof.is_none());
    assert!(hello.nonce.is_some() && hello.endpoint.is_some());
    let person = PersonId::from_bytes([4; 16]);
    probe.event(Event::Welcome(Welcome {
        former: None,
        reference: hello.reference,
        person,
        nick: "me".to_owned(),
        owned: false,
        proof: Some(server_proof(&hello)),
    }));
    assert_eq!(probe.session.person(), Some(person));
}

#[test]
fn a_refused_nick_leaves_the_connection_open_for_another() {
    let mut probe = Probe::new(settings());
    probe.command(Command::Connect);
    opened(&mut probe);
    greet(&mut probe, greeting());
    probe.event(Event::Error(nick_taken()));
    assert_eq!(probe.session.link(), &Link::Refused(nick_taken()));
    assert!(!probe.hung_up());
    probe.command(Command::Nick(nick("지은")));
    let hello = probe.hello();
    assert_eq!(hello.nick, Some(nick("지은")));
    probe.welcome(&hello);
    assert_eq!(probe.session.nick(), Some("지은"));
}

#[test]
fn who_thinks_longer_than_the_server_waits_is_still_asked() {
    let mut probe = Probe::new(settings());
    probe.command(Command::Connect);
    opened(&mut probe);
    greet(&mut probe, greeting());
    probe.event(Event::Error(nick_taken()));
    probe.lose(Some(CloseCode::HelloTimeout.code()));
    assert_eq!(probe.session.link(), &Link::Refused(nick_taken()));
    probe.command(Command::Nick(nick("other")));
    probe.dialled();
    assert_eq!(probe.session.nick(), Some("other"));
}

#[test]
fn a_change_of_nick_is_told_and_its_refusal_too() {
    let mut probe = Probe::online();
    probe.command(Command::Nick(nick("new")));
    let reference = probe.requests().first().and_then(Request::reference);
    probe.event(Event::Error(Refusal {
        reference,
        ..nick_taken()
    }));
    assert!(
        matches!(&probe.news()[..], [News::Refused { command: Command::Nick(n), .. }] if *n == nick("new"))
    );
    assert_eq!(probe.session.nick(), Some("me"));
    probe.event(Event::Nick(NickChanged {
        former: None,
        reference: None,
        nick: "elsewhere".to_owned(),
        owned: true,
    }));
    assert_eq!(
        probe.session.nick(),
        Some("elsewhere"),
        "changed by another of the person's programs"
    );
}

#[test]
fn a_wish_that_is_refused_after_a_cut_does_not_keep_the_person_out() {
    let mut probe = Probe::online();
    probe.command(Command::Nick(nick("wish")));
    probe.lose(None);
    probe.wait();
    opened(&mut probe);
    greet(&mut probe, greeting());
    assert_eq!(probe.hello().nick, Some(nick("wish")));
    probe.event(Event::Error(nick_taken()));
    assert!(
        matches!(&probe.news()[..], [News::Refused { command: Command::Nick(n), .. }] if *n == nick("wish"))
    );
    let hello = probe.hello();
    assert_eq!(hello.nick, Some(nick("me")));
    probe.welcome(&hello);
    assert_eq!(probe.session.link(), &Link::Online);
}

#[test]
fn waits_double_up_to_their_bound() {
    let mut probe = Probe::new(settings());
    probe.command(Command::Connect);
    let mut expected = BackOff::default().first;
    for _ in 0..10 {
        probe.lose(None);
        assert!(matches!(probe.session.link(), Link::Waiting { reason, .. } if reason == "cut"));
        let waited = probe.wait();
        let max = BackOff::default().max;
        assert!(
            waited >= expected * 3 / 4 && waited <= (expected * 5 / 4).min(max),
            "{waited:?}"
        );
        assert_eq!(probe.session.link(), &Link::Connecting);
        expected = (expected * 2).min(max);
    }
    probe.lose(None);
    probe.command(Command::Connect);
    assert!(
        matches!(&probe.out[..], [Output::Dial, ..]),
        "now, whatever the countdown says"
    );
}

#[test]
fn a_connection_that_held_begins_the_waits_anew() {
    let mut probe = Probe::online();
    for _ in 0..5 {
        probe.now += Duration::from_secs(10);
        probe.lose(None);
        assert!(probe.wait() < Duration::from_secs(1));
        probe.dialled();
    }
}

#[test]
fn after_a_restart_clients_come_back_spread() {
    let mut waits = Vec::new();
    let mut probe = Probe::online();
    for _ in 0..20 {
        probe.now += Duration::from_secs(10);
        probe.lose(Some(CloseCode::Restart.code()));
        waits.push(probe.wait());
        probe.dialled();
    }
    let (low, high) = (Duration::from_millis(200), Duration::from_secs(2));
    assert!(
        waits.iter().all(|wait| *wait >= low && *wait <= high),
        "{waits:?}"
    );
    let shortest = *waits.iter().min().unwrap();
    let longest = *waits.iter().max().unwrap();
    assert!(longest > shortest + Duration::from_secs(1), "{waits:?}");
}

/// The server spreads its clients by itself, and another one is there: nobody is to notice more than a pause.
#[test]
fn after_a_drain_it_connects_elsewhere_at_once_and_the_second_time_it_waits() {
    let mut probe = Probe::online();
    for _ in 0..2 {
        probe.now += Duration::from_secs(10);
        probe.lose(Some(CloseCode::Drain.code()));
        assert_eq!(probe.session.link(), &Link::Connecting);
        probe.dialled();
        assert_eq!(probe.session.link(), &Link::Online);
    }
    // One that sends it away as soon as it comes is not asked again and again.
    probe.lose(Some(CloseCode::Drain.code()));
    assert!(matches!(probe.session.link(), Link::Waiting { .. }));
    assert!(probe.wait() > Duration::from_millis(200));
}

#[test]
fn a_stop_code_waits_for_the_person() {
    let mut probe = Probe::online();
    probe.lose(Some(CloseCode::Flood.code()));
    let stop = Stop::Closed {
        code: 4429,
        reason: "cut".to_owned(),
    };
    assert_eq!(probe.session.link(), &Link::Stopped(stop));
    assert_eq!(probe.session.deadline(), None);
    probe.command(Command::Connect);
    probe.dialled();
    assert_eq!(probe.session.link(), &Link::Online);
}

#[test]
fn silence_in_the_introduction_ends() {
    let mut probe = Probe::new(settings());
    probe.command(Command::Connect);
    opened(&mut probe);
    probe.wait();
    assert!(probe.hung_up());
    assert!(matches!(probe.session.link(), Link::Waiting { .. }));
}

#[test]
fn quitting_says_goodbye_and_nothing_more() {
    let mut probe = Probe::online();
    probe.command(Command::Quit);
    assert!(matches!(
        &probe.out[..],
        [Output::Hangup { goodbye: true }, Output::News(News::Link)]
    ));
    probe.command(Command::Connect);
    probe.lose(None);
    assert!(probe.out.is_empty());
    assert_eq!(probe.session.link(), &Link::Ended);
}
