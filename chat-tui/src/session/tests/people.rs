//! Members and their changes, direct conversations, the list of rooms.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{
    Change, Conversation, Conversations, Event, History, Member, Members, Opened, Presence,
    RoomInfo, Rooms, Start, Status, What,
};
use protocol::names::MessageText;
use protocol::position::{Address, Pair, PersonId, Position};
use protocol::request::{Ref, Request};

use super::support::{Probe, at, id, joined, me, message, nick, other, room};
use crate::session::members::{MEMBERS_KEPT_MAX, MemberList, Next};
use crate::session::{Command, News};

fn person(n: u32) -> PersonId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    PersonId::from_bytes(bytes)
}

fn member(n: u32) -> Member {
    Member {
        former: None,
        person: person(n),
        nick: format!("nick{n:05}"),
        status: Status::Here,
        guest: false,
    }
}

fn part(reference: Ref, revision: u64, members: &[u32], done: bool, more: bool) -> Members {
    Members {
        reference: Some(reference),
        room: room("lobby"),
        revision,
        members: members.iter().copied().map(member).collect(),
        done,
        more,
    }
}

fn change(what: What, n: u32) -> Change {
    Change {
        former: None,
        what,
        person: person(n),
        nick: member(n).nick,
        was: None,
        guest: false,
    }
}

fn presence(revision: u64, count: usize, changes: Vec<Change>) -> Presence {
    Presence {
        room: room("lobby"),
        revision,
        count,
        changes,
        summary: false,
    }
}

#[track_caller]
fn check(list: &MemberList, expected: &[u32]) {
    let nicks: Vec<_> = list.shown().iter().map(|m| m.nick.clone()).collect();
    let expected: Vec<_> = expected.iter().map(|n| member(*n).nick).collect();
    assert_eq!(nicks, expected);
}

fn list(members: &[u32]) -> MemberList {
    let mut list = MemberList::default();
    list.joined(1, 10, members.len());
    assert_eq!(
        list.part(part(1, 10, members, true, false), Some(1)),
        Next::Done
    );
    list
}

#[test]
fn deltas_change_the_list() {
    let mut list = list(&[1, 2, 3]);
    let renamed = Change {
        nick: "aaa".to_owned(),
        was: Some(member(3).nick),
        ..change(What::Renamed, 3)
    };
    let changes = vec![
        change(What::Left, 1),
        change(What::Joined, 4),
        change(What::Reconnecting, 2),
        renamed,
    ];
    assert!(list.presence(&presence(11, 3, changes)));
    let shown: Vec<_> = list
        .shown()
        .iter()
        .map(|m| (m.nick.as_str(), m.status))
        .collect();
    assert_eq!(
        shown,
        [
            ("aaa", Status::Here),
            ("nick00002", Status::Reconnecting),
            ("nick00004", Status::Here)
        ]
    );
    assert!(list.is_whole() && !list.wants_list());
    assert!(
        !list.presence(&presence(11, 3, vec![change(What::Left, 2)])),
        "once"
    );
    assert_eq!(list.count(), 3);
}

#[test]
fn changes_between_the_parts_win_over_older_parts() {
    let mut list = MemberList::default();
    list.joined(1, 10, 4);
    assert_eq!(
        list.part(part(1, 10, &[1, 2], false, false), Some(1)),
        Next::Part
    );
    list.presence(&presence(
        11,
        4,
        vec![
            change(What::Left, 1),
            change(What::Left, 3),
            change(What::Joined, 9),
        ],
    ));
    // This part is from before the change; 3 has left since.
    assert_eq!(
        list.part(part(1, 10, &[3, 4], true, false), Some(1)),
        Next::Done
    );
    check(&list, &[2, 4, 9]);
    assert!(list.is_whole());
}

#[test]
fn a_part_that_is_newer_than_a_change_wins() {
    let mut list = MemberList::default();
    list.joined(1, 10, 1);
    list.presence(&presence(11, 0, vec![change(What::Left, 1)]));
    assert_eq!(
        list.part(part(1, 12, &[1], true, false), Some(1)),
        Next::Done
    );
    check(&list, &[1]);
}

#[test]
fn a_jump_an_unknown_change_or_a_summary_wants_a_fresh_list() {
    let summary = Presence {
        summary: true,
        ..presence(11, 5, vec![])
    };
    for told in [
        presence(12, 3, vec![]),
        presence(11, 3, vec![change(What::Unknown, 1)]),
        summary,
    ] {
        let mut list = list(&[1, 2, 3]);
        list.presence(&told);
        assert!(list.wants_list() && !list.is_whole());
    }
}

#[test]
fn a_giant_list_is_cut_and_a_page_that_leads_nowhere_ends_it() {
    let mut list = MemberList::default();
    list.joined(1, 10, 99_999);
    let most = u32::try_from(MEMBERS_KEPT_MAX).unwrap();
    let all: Vec<u32> = (0..most).collect();
    assert_eq!(
        list.part(part(1, 10, &all, false, false), Some(1)),
        Next::Part
    );
    assert_eq!(
        list.part(part(1, 10, &[most], true, true), Some(1)),
        Next::Done
    );
    assert_eq!(list.shown().len(), MEMBERS_KEPT_MAX);
    assert!(!list.is_whole());

    let mut list = MemberList::default();
    list.joined(1, 10, 9);
    assert_eq!(
        list.part(part(1, 10, &[5], true, true), Some(1)),
        Next::Page(person(5))
    );
    list.go_on(2);
    assert_eq!(
        list.part(part(1, 10, &[6], true, true), Some(1)),
        Next::Ignored
    );
    assert_eq!(
        list.part(part(2, 10, &[5], true, true), Some(2)),
        Next::Done
    );
}

#[test]
fn the_session_asks_for_a_fresh_list_where_it_is_small() {
    let mut probe = Probe::in_room("lobby", 3);
    probe.event(Event::Presence(presence(
        5,
        3,
        vec![change(What::Joined, 1)],
    )));
    let reference = match &probe.requests()[..] {
        [Request::Members(members)] => members.reference.unwrap(),
        other => panic!("{other:?}"),
    };
    probe.event(Event::Members(part(reference, 5, &[1, 2, 3], true, false)));
    let lobby = probe.session.room(&room("lobby")).unwrap();
    assert_eq!((lobby.members().len(), lobby.count()), (3, 3));
    // Not on each jump at once.
    probe.event(Event::Presence(presence(9, 3, vec![])));
    assert!(probe.requests().is_empty());
    probe.wait();
    assert!(matches!(&probe.requests()[..], [Request::Members(_)]));
}

#[test]
fn a_large_room_is_listed_when_the_person_asks() {
    let mut probe = Probe::online();
    let lobby = room("lobby");
    probe.command(Command::Join {
        room: lobby.clone(),
        last: 5,
    });
    let join = probe.join_reference();
    let reference = Some(join);
    let mut answer = joined(reference, &lobby, Start::Latest, 0, 1);
    answer.count = 300;
    probe.event(Event::Joined(answer));
    probe.event(Event::Members(part(join, 1, &[], true, true)));
    assert!(probe.requests().is_empty());
    let history = History {
        reference,
        room: lobby.clone(),
        messages: vec![],
        done: true,
        more: false,
    };
    probe.event(Event::History(history));
    probe.event(Event::Presence(Presence {
        summary: true,
        ..presence(2, 301, vec![])
    }));
    assert!(probe.requests().is_empty());
    assert_eq!(probe.session.room(&lobby).unwrap().count(), 301);
    probe.command(Command::Members {
        room: lobby.clone(),
    });
    let reference = probe.requests()[0].reference().unwrap();
    probe.event(Event::Members(part(reference, 2, &[1, 2], true, true)));
    let reference = match &probe.requests()[..] {
        [Request::Members(next)] => {
            assert_eq!(next.after, Some(person(2)));
            next.reference.unwrap()
        }
        other => panic!("{other:?}"),
    };
    probe.event(Event::Members(part(reference, 2, &[3], true, false)));
    assert_eq!(probe.session.room(&lobby).unwrap().members().len(), 3);
}

fn direct() -> Address {
    Address::Direct(Pair::new(me(), other()).unwrap())
}

fn conversation(with: PersonId, n: u64) -> Conversation {
    Conversation {
        former: None,
        passed_on: false,
        room: Address::Direct(Pair::new(me(), with).unwrap()),
        person: with,
        nick: "지은".to_owned(),
        head: Position::new(7, n),
    }
}

fn whisper(text: &str) -> Command {
    Command::Whisper {
        nick: nick("지은"),
        text: Some(MessageText::new(text.to_owned()).unwrap()),
    }
}

fn opened(reference: Option<Ref>, person: PersonId) -> Event {
    Event::Opened(Opened {
        former: None,
        reference,
        room: direct(),
        person,
        nick: "지은".to_owned(),
    })
}

#[test]
fn a_whisper_goes_to_the_person_who_holds_the_nick_now() {
    let mut probe = Probe::online();
    probe.command(whisper("psst"));
    let reference = probe.requests()[0].reference();
    probe.event(opened(reference, other()));
    let told = News::Opened {
        room: direct(),
        person: other(),
        nick: "지은".to_owned(),
    };
    assert!(probe.news().contains(&told));
    assert!(matches!(&probe.requests()[..], [Request::Join(join)] if join.room == direct()));
    let pending: Vec<_> = probe.session.pending(&direct()).collect();
    assert_eq!(pending.len(), 1);
    let known = probe.session.room(&direct()).unwrap();
    assert_eq!(
        (known.person(), known.nick()),
        (Some(other()), Some("지은"))
    );
}

#[test]
fn a_whisper_is_never_kept_for_a_nick() {
    let mut probe = Probe::online();
    probe.command(whisper("psst"));
    probe.lose(None);
    let refused = |probe: &Probe| {
        let is =
            |n: &News| matches!(n, News::Refused { command, .. } if *command == whisper("psst"));
        probe.news().iter().any(is)
    };
    assert!(refused(&probe), "the text is with the person again");
    probe.command(whisper("psst"));
    assert!(refused(&probe));
    probe.wait();
    probe.dialled();
    assert!(probe.requests().is_empty());
    probe.command(whisper("psst"));
    let reference = probe.requests()[0].reference();
    probe.event(Event::Error(Refusal {
        reference,
        ..Refusal::new(ErrorCode::NoSuchNick, "nobody")
    }));
    assert!(refused(&probe));
}

#[test]
fn a_conversation_that_was_not_asked_for_is_not_opened() {
    let mut probe = Probe::online();
    probe.command(whisper("psst"));
    let reference = probe.requests()[0].reference();
    probe.event(opened(reference, person(1)));
    assert!(probe.session.room(&direct()).is_none());
    assert!(matches!(&probe.news()[..], [News::Refused { .. }]));
}

#[test]
fn told_conversations_are_joined_so_that_messages_arrive() {
    let mut probe = Probe::online();
    probe.event(Event::Conversations(Conversations {
        reference: None,
        conversations: vec![conversation(other(), 4)],
        more: true,
    }));
    let reference = match &probe.requests()[..] {
        [Request::Conversations(next)] => {
            assert_eq!(next.after, Some(direct()));
            next.reference
        }
        other => panic!("{other:?}"),
    };
    probe.event(Event::Conversations(Conversations {
        reference,
        conversations: vec![],
        more: false,
    }));
    assert!(matches!(&probe.requests()[..], [Request::Join(join)] if join.room == direct()));
    let mine = conversation(person(8), 1);
    let foreign = Conversation {
        room: Address::Direct(Pair::new(person(1), person(2)).unwrap()),
        ..mine.clone()
    };
    probe.event(Event::Conversation(foreign));
    assert!(probe.out.is_empty());
    probe.event(Event::Conversation(mine));
    assert!(matches!(&probe.requests()[..], [Request::Join(_)]));
}

#[test]
fn what_a_new_conversation_begins_with_was_not_missed() {
    let mut probe = Probe::online();
    probe.event(Event::Conversation(conversation(other(), 5)));
    let reference = probe.requests()[0].reference();
    probe.event(Event::Joined(joined(
        reference,
        &direct(),
        Start::Latest,
        6,
        1,
    )));
    let said = |n| message(&direct(), n, id(other(), n), "hi");
    probe.event(Event::History(History {
        reference,
        room: direct(),
        messages: vec![said(4), said(5), said(6)],
        done: true,
        more: true,
    }));
    let news = probe.news();
    let missed = news.iter().filter_map(|news| match news {
        News::Message { missed, .. } => Some(*missed),
        _ => None,
    });
    assert_eq!(missed.collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn conversations_leave_room_for_rooms() {
    let mut probe = Probe::online();
    let conversations = (1..=120)
        .map(|n| conversation(person(n), u64::from(n)))
        .collect();
    probe.event(Event::Conversations(Conversations {
        reference: None,
        conversations,
        more: false,
    }));
    assert_eq!(probe.session.rooms().count(), 90);
    let told: Vec<_> = probe
        .news()
        .into_iter()
        .filter(|n| matches!(n, News::Conversation(_)))
        .collect();
    assert_eq!(told.len(), 30);
    assert_eq!(told[29], News::Conversation(conversation(person(1), 1)));
    for n in 0..11 {
        let room = room(&format!("room{n}"));
        probe.command(Command::Join { room, last: 5 });
    }
    assert_eq!(probe.session.rooms().count(), 100);
    assert!(
        matches!(&probe.news()[..], [News::Refused { refusal, .. }] if refusal.code == ErrorCode::TooManyRooms)
    );
}

#[test]
fn a_conversation_that_was_left_comes_back_with_a_message_only() {
    let mut probe = Probe::online();
    let listed = || {
        Event::Conversations(Conversations {
            reference: None,
            conversations: vec![conversation(other(), 4)],
            more: false,
        })
    };
    probe.event(listed());
    probe.lose(None);
    probe.command(Command::Leave { room: direct() });
    probe.wait();
    probe.dialled();
    probe.event(listed());
    assert!(probe.session.room(&direct()).is_none());
    probe.event(Event::Conversation(conversation(other(), 5)));
    assert!(probe.session.room(&direct()).is_some());
}

#[test]
fn the_list_of_rooms_is_gathered_whole() {
    let mut probe = Probe::online();
    probe.command(Command::Rooms);
    let page = |reference, names: &[&str], more| {
        let info = |name: &&str| RoomInfo {
            room: room(name),
            topic: String::new(),
            members: 1,
        };
        Event::Rooms(Rooms {
            reference,
            rooms: names.iter().map(info).collect(),
            more,
        })
    };
    let reference = probe.requests()[0].reference();
    probe.event(page(Some(999), &["x"], false));
    assert!(probe.out.is_empty(), "nobody asked this");
    probe.event(page(reference, &["a", "b"], true));
    let reference = match &probe.requests()[..] {
        [Request::Rooms(next)] => {
            assert_eq!(next.after.as_ref().map(AsRef::as_ref), Some("b"));
            next.reference
        }
        other => panic!("{other:?}"),
    };
    probe.event(page(reference, &["c"], false));
    assert!(matches!(&probe.news()[..], [News::Rooms(all)] if all.len() == 3));
    probe.command(Command::Rooms);
    let reference = probe.requests()[0].reference();
    probe.event(page(reference, &["a"], true));
    let reference = probe.requests()[0].reference();
    probe.event(page(reference, &["a"], true));
    assert!(
        matches!(&probe.news()[..], [News::Rooms(_)]),
        "a page that leads nowhere ends it"
    );
    assert_eq!(at(0).n, 0);
}
