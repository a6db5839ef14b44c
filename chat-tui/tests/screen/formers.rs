//! Nicks that were another person's before, as they are shown.

use chat_tui::model::words::Language;
use chat_tui::session::{Command, News};
use protocol::event::{Change, Former, Member, What};
use protocol::names::{MessageText, Nick};

use crate::support::{ME, Room, Screen, direct, member, message, person, room};

/// 1 May 2026 in Seoul.
const UNTIL: u64 = 1_777_600_000_000;

fn former() -> Former {
    Former {
        person: person(2),
        until: UNTIL,
    }
}

fn news(what: What, was: Option<&str>) -> News {
    News::Presence {
        room: room("lobby"),
        change: Change {
            what,
            person: person(3),
            nick: "지은".to_owned(),
            was: was.map(str::to_owned),
            guest: false,
            former: Some(former()),
        },
    }
}

#[test]
fn who_comes_by_a_nick_of_another_is_announced() {
    let mut screen = Screen::lobby(120, 12);
    screen.news(news(What::Joined, None));
    screen.shows("지은 came in (another person used this nick until 2026-05-01)");
    screen.news(news(What::Renamed, Some("guest-1234")));
    screen.shows("guest-1234 is now 지은 (another person used this nick until 2026-05-01)");
    screen.news(news(What::Back, None));
    screen.news(News::Nick {
        nick: "지은".to_owned(),
        former: Some(former()),
    });
    screen.shows("you are 지은 now (another person used this nick until 2026-05-01)");
    let mut screen = Screen::new(90, 12, Language::Korean);
    screen.enter(&room("lobby"), &[member(ME, "민수")]);
    screen.news(news(What::Joined, None));
    screen.shows("지은 들어옴 (2026-05-01까지는 다른 사람이 쓰던 이름)");
}

#[test]
fn the_member_list_marks_them() {
    let mut screen = Screen::lobby(100, 12);
    let newcomer = Member {
        former: Some(former()),
        ..member(3, "지은")
    };
    screen.enter(&room("lobby"), &[member(ME, "민수"), newcomer]);
    let rows = screen.rows();
    let marked = |row: &&String| row.contains("지은") && row.contains("new here");
    assert_eq!(rows.iter().filter(marked).count(), 1, "{rows:#?}");
}

#[test]
fn a_conversation_whose_nick_went_to_another_says_with_whom_it_is() {
    let mut screen = Screen::lobby(130, 14);
    let old = screen.enter_direct(2, "지은");
    screen.says(message(&old, 1, 2, "지은", 0, "hi"));
    screen.shows("@지은");
    screen.session.rooms.get_mut(&old).unwrap().passed_on = true;
    screen.news(News::PassedOn { room: old });
    screen.shows("@지은 (earlier)");
    screen.press(chat_tui::key::Key::ctrl('n'));
    screen.shows(
        "somebody else has the nick 지은 now; what you write here goes to the one who had it",
    );
}

#[test]
fn a_text_that_was_meant_for_another_waits_in_the_new_conversation() {
    for (language, told, note) in [
        (
            Language::English,
            "another person used the nick 지은 until 2026-05-01; this is not the same person",
            "! not sent: 지은 is another person than until 2026-05-01",
        ),
        (
            Language::Korean,
            "지은은 2026-05-01까지 다른 사람이 쓰던 이름입니다. 그때 그 사람이 아닙니다",
            "! 보내지 않음: 지은은 2026-05-01까지와 다른 사람입니다",
        ),
    ] {
        let mut screen = Screen::new(100, 14, language);
        screen.enter(&room("lobby"), &[member(ME, "민수")]);
        screen.effects.clear();
        screen.line("/w 지은 our secret");
        let command = Command::Whisper {
            nick: Nick::new("지은").unwrap(),
            text: Some(MessageText::new("our secret".to_owned()).unwrap()),
        };
        assert_eq!(screen.commands(), std::slice::from_ref(&command));
        let new = direct(3);
        let known = Room {
            other: Some("지은".to_owned()),
            former: Some(former()),
            ..Room::default()
        };
        screen.session.rooms.insert(new.clone(), known);
        screen.news(News::Opened {
            room: new.clone(),
            person: person(3),
            nick: "지은".to_owned(),
        });
        screen.news(News::Formerly {
            room: new.clone(),
            nick: "지은".to_owned(),
            former: former(),
        });
        screen.news(News::Withheld {
            command: command.clone(),
            former: former(),
        });
        screen.shows(note);
        screen.shows("/w 지은 our secret");
        screen.enter(&new, &[]);
        screen.shows(told);
        assert_eq!(screen.commands(), []);
        screen.line("");
        assert_eq!(screen.commands(), [command]);
    }
}
