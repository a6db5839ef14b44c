//! Nicks that were another person's before: who is meant, and what is never sent to whom.

use protocol::event::{
    Change, Conversation, Conversations, Event, Former, Opened, Presence, Start, What,
};
use protocol::names::MessageText;
use protocol::position::{Address, Pair, PersonId, Position};
use protocol::request::Request;

use super::support::{Probe, joined, me, nick, other, room};
use crate::session::{Command, News};

/// Who has the nick of [`other`] now.
fn newcomer() -> PersonId {
    PersonId::from_bytes([77; 16])
}

fn with(person: PersonId) -> Address {
    Address::Direct(Pair::new(me(), person).unwrap())
}

fn former() -> Former {
    Former {
        person: other(),
        until: 1_777_600_000_000,
    }
}

fn talk(person: PersonId, former: Option<Former>, passed_on: bool) -> Conversation {
    Conversation {
        room: with(person),
        person,
        nick: "지은".to_owned(),
        head: Position::new(7, 3),
        former,
        passed_on,
    }
}

fn listed(probe: &mut Probe, conversations: Vec<Conversation>) {
    probe.event(Event::Conversations(Conversations {
        reference: None,
        conversations,
        more: false,
    }));
}

fn whisper(text: &str) -> Command {
    Command::Whisper {
        nick: nick("지은"),
        text: Some(MessageText::new(text.to_owned()).unwrap()),
    }
}

/// Whispers, and lets the server open the conversation with the newcomer.
fn whispered(probe: &mut Probe, text: &str, former: Option<Former>) {
    probe.command(whisper(text));
    let reference = probe.requests()[0].reference();
    probe.event(Event::Opened(Opened {
        reference,
        room: with(newcomer()),
        person: newcomer(),
        nick: "지은".to_owned(),
        former,
    }));
}

fn sent_to_newcomer(probe: &Probe) -> usize {
    probe.session.pending(&with(newcomer())).count()
}

fn change(what: What, person: PersonId, former: Option<Former>) -> Event {
    Event::Presence(Presence {
        room: room("lobby"),
        revision: 11,
        count: 2,
        changes: vec![Change {
            what,
            person,
            nick: "지은".to_owned(),
            was: None,
            guest: false,
            former,
        }],
        summary: false,
    })
}

#[test]
fn a_text_for_the_one_from_before_is_not_sent_to_the_one_of_now() {
    let mut probe = Probe::online();
    listed(&mut probe, vec![talk(other(), None, false)]);
    whispered(&mut probe, "our secret", Some(former()));
    assert_eq!(sent_to_newcomer(&probe), 0);
    let told = probe.news();
    let withheld = News::Withheld {
        command: whisper("our secret"),
        former: former(),
    };
    let formerly = News::Formerly {
        room: with(newcomer()),
        nick: "지은".to_owned(),
        former: former(),
    };
    let passed_on = News::PassedOn {
        room: with(other()),
    };
    for news in [withheld, formerly, passed_on] {
        assert!(told.contains(&news), "{news:?} in {told:?}");
    }
    // Told once, the person knows whom they say it to.
    whispered(&mut probe, "hello stranger", Some(former()));
    assert_eq!(sent_to_newcomer(&probe), 1);
}

#[test]
fn a_text_is_sent_at_once_where_nobody_else_can_be_meant() {
    let mut probe = Probe::online();
    whispered(&mut probe, "hello", Some(former()));
    assert_eq!(sent_to_newcomer(&probe), 1, "no talk with the one before");
    let mut probe = Probe::online();
    let talks = vec![
        talk(other(), None, true),
        talk(newcomer(), Some(former()), false),
    ];
    listed(&mut probe, talks);
    whispered(&mut probe, "hello again", Some(former()));
    assert_eq!(sent_to_newcomer(&probe), 1, "both talks are known apart");
}

#[test]
fn a_conversation_that_the_person_left_still_counts() {
    let mut probe = Probe::online();
    listed(&mut probe, vec![talk(other(), None, false)]);
    let reference = probe.requests()[0].reference();
    probe.event(Event::Joined(joined(
        reference,
        &with(other()),
        Start::Latest,
        0,
        1,
    )));
    probe.command(Command::Leave {
        room: with(other()),
    });
    whispered(&mut probe, "our secret", Some(former()));
    assert_eq!(sent_to_newcomer(&probe), 0);
}

#[test]
fn a_conversation_stays_with_its_person_when_the_nick_goes() {
    let mut probe = Probe::in_room("lobby", 0);
    listed(&mut probe, vec![talk(other(), None, false)]);
    probe.event(change(What::Joined, newcomer(), Some(former())));
    let passed_on = News::PassedOn {
        room: with(other()),
    };
    assert!(probe.news().contains(&passed_on));
    let known = probe.session.room(&with(other())).unwrap();
    assert_eq!((known.person(), known.passed_on()), (Some(other()), true));
    probe.command(Command::Say {
        room: with(other()),
        kind: protocol::request::SendKind::Message,
        text: MessageText::new("still there?".to_owned()).unwrap(),
        reply_to: None,
    });
    assert_eq!(probe.session.pending(&with(other())).count(), 1);
    assert_eq!(sent_to_newcomer(&probe), 0);
    assert!(probe.session.room(&with(newcomer())).is_none());
    assert!(
        !probe
            .requests()
            .iter()
            .any(|r| matches!(r, Request::Open(_)))
    );
}

#[test]
fn who_has_a_nick_again_is_themselves_again() {
    let mut probe = Probe::in_room("lobby", 0);
    listed(&mut probe, vec![talk(other(), None, true)]);
    assert!(probe.session.room(&with(other())).unwrap().passed_on());
    let passed_on = News::PassedOn {
        room: with(other()),
    };
    assert!(probe.news().contains(&passed_on));
    probe.event(change(What::Joined, other(), None));
    assert!(!probe.session.room(&with(other())).unwrap().passed_on());
}

#[test]
fn a_conversation_with_the_one_of_now_says_so_once() {
    let mut probe = Probe::online();
    let told = || Event::Conversation(talk(newcomer(), Some(former()), false));
    let count = |probe: &Probe| {
        let is = |news: &&News| matches!(news, News::Formerly { .. });
        probe.news().iter().filter(is).count()
    };
    probe.event(told());
    assert_eq!(count(&probe), 1);
    assert_eq!(
        probe.session.room(&with(newcomer())).unwrap().former(),
        Some(former())
    );
    probe.event(told());
    assert_eq!(count(&probe), 0);
}
