//! Commands, completion, help, lists.

use chat_tui::key::{Code, Key};
use chat_tui::session::{Command, Link, News};
use chat_tui::update::Effect;
use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::event::RoomInfo;
use protocol::names::{MessageText, Nick, Topic};
use protocol::request::SendKind;

use crate::support::{ME, Room, Screen, direct, member, person, room};

fn text(text: &str) -> MessageText {
    MessageText::normalized(text).unwrap()
}

fn lists() -> Vec<RoomInfo> {
    [("개발", 7, "릴리스"), ("lobby", 12, ""), ("rust", 3, "")]
        .map(|(name, members, topic)| RoomInfo {
            room: room(name),
            topic: topic.to_owned(),
            members,
        })
        .to_vec()
}

#[test]
fn each_command_reaches_the_session() {
    let mut screen = Screen::lobby(80, 24);
    screen.line("/join #Rust");
    assert_eq!(
        screen.commands(),
        [Command::Join {
            room: room("rust"),
            last: 50
        }]
    );
    screen.shows("⋯ entering rust");
    screen.line("/me waves");
    assert_eq!(
        screen.commands(),
        [Command::Say {
            room: room("rust"),
            kind: SendKind::Action,
            text: text("waves"),
            reply_to: None
        }]
    );
    screen.line("//me");
    assert_eq!(
        screen.commands(),
        [Command::Say {
            room: room("rust"),
            kind: SendKind::Message,
            text: text("/me"),
            reply_to: None
        }]
    );
    screen.line("/nick 김개발");
    assert_eq!(
        screen.commands(),
        [Command::Nick(Nick::normalized("김개발").unwrap())]
    );
    screen.line("/w ann hi there");
    assert_eq!(
        screen.commands(),
        [Command::Whisper {
            nick: Nick::normalized("ann").unwrap(),
            text: Some(text("hi there"))
        }]
    );
    screen.line("/topic 배포");
    assert_eq!(
        screen.commands(),
        [Command::Topic {
            room: room("rust"),
            text: Topic::normalized("배포").unwrap()
        }]
    );
    screen.enter(&room("rust"), &[]);
    screen.line("/leave");
    assert_eq!(screen.commands(), [Command::Leave { room: room("rust") }]);
    screen.news(News::Departed { room: room("rust") });
    screen.hides("rust");
    screen.line("/quit");
    assert_eq!(
        screen.done(),
        [Effect::Session(Command::Quit), Effect::Quit]
    );
}

#[test]
fn t42_a_wrong_command_names_the_nearest_and_keeps_the_text() {
    let mut screen = Screen::lobby(80, 10);
    screen.line("/jion rust");
    assert_eq!(screen.commands(), []);
    screen.check_bottom(&[
        " › /jion rust",
        " ! there is no /jion; did you mean /join? (//jion sends it as text)     F1 help",
    ]);
}

#[test]
fn commands_that_need_the_connection_say_so_and_keep_the_text() {
    let mut screen = Screen::lobby(80, 10);
    screen.session.link = Link::Connecting;
    screen.line("/w ann hi");
    assert_eq!(screen.commands(), []);
    screen.shows("! /w needs the connection; your text is kept");
    screen.shows(" › /w ann hi");
}

#[test]
fn what_a_command_came_to_is_told() {
    let mut screen = Screen::lobby(80, 12);
    let refusal = Refusal::new(ErrorCode::NoSuchNick, "nobody is called ann");
    screen.line("/w ann hi");
    let command = screen.commands().remove(0);
    screen.news(News::Refused { command, refusal });
    screen.shows("! /w: nobody is called ann");
    screen.shows(" › /w ann hi");
    screen.press(Key::ctrl('u'));
    screen.line("/nick ann");
    let command = screen.commands().remove(0);
    let mut refusal = Refusal::new(ErrorCode::NickTaken, "taken");
    refusal.held_by = Some(HeldBy::Guest);
    screen.news(News::Refused { command, refusal });
    screen.shows("! ann is in use by a guest right now.");
    screen.shows(" › /nick ann");
    screen.press(Key::ctrl('u'));
    screen.news(News::Nick {
        former: None,
        nick: "minsu".to_owned(),
    });
    screen.shows("you are minsu now");
    screen.line("/join secret");
    let command = screen.commands().remove(0);
    let refusal = Refusal::new(ErrorCode::TooManyRooms, "you are in 100 rooms");
    screen.news(News::Refused { command, refusal });
    screen.shows("! secret could not be entered: you are in 100 rooms");
    screen.line("/leave");
    let command = screen.commands().remove(0);
    let refusal = Refusal::new(ErrorCode::NotJoined, "you are not in this room");
    screen.news(News::Refused { command, refusal });
    screen.hides("secret");
}

#[test]
fn a_whisper_opens_the_conversation() {
    let mut screen = Screen::lobby(80, 12);
    let whisper = direct(2);
    screen.session.rooms.insert(
        whisper.clone(),
        Room {
            other: Some("ann".to_owned()),
            count: 2,
            ..Room::default()
        },
    );
    screen.news(News::Opened {
        room: whisper.clone(),
        person: person(2),
        nick: "ann".to_owned(),
    });
    screen.shows(" lobby   @ann");
    screen.shows("only you two");
    screen.enter(&whisper, &[]);
    screen.line("/topic x");
    screen.shows("! a conversation has no topic");
}

#[test]
fn t33_tab_completes_commands_nicks_and_rooms() {
    let mut screen = Screen::lobby(60, 16);
    screen
        .session
        .rooms
        .get_mut(&room("lobby"))
        .unwrap()
        .members = vec![
        member(ME, "민수"),
        member(2, "민지"),
        member(3, "민아"),
        member(4, "ann"),
    ];
    screen.types("/jo\t");
    screen.shows(" › /join");
    screen.press(Key::ctrl('u'));
    screen.types("@민\t");
    screen.shows("   @민지  ");
    screen.check_bottom(&[
        "   @민아",
        "   Tab next ∙ Enter takes it ∙ Esc back",
        " › @민지",
        " connected               Ctrl+K find   F2 members   F1 help",
    ]);
    screen.code(Code::Tab);
    screen.shows(" › @민아");
    screen.code(Code::Tab);
    screen.shows(" › @민지");
    screen.code(Code::Up);
    screen.shows(" › @민아");
    screen.code(Code::Esc);
    assert_eq!(screen.model.tabs[0].draft.text(), "@민");
    screen.code(Code::Tab);
    screen.code(Code::Enter);
    assert_eq!(screen.model.tabs[0].draft.text(), "@민지 ");
    screen.press(Key::ctrl('u'));
    screen.types("ㅁㅇ\t");
    assert_eq!(screen.model.tabs[0].draft.text(), "민아 ");
    screen.press(Key::ctrl('u'));
    screen.news(News::Rooms(lists()));
    screen.types("/join 개\t");
    assert_eq!(screen.model.tabs[0].draft.text(), "/join 개발 ");
    screen.press(Key::ctrl('u'));
    screen.types("/w a\thi");
    assert_eq!(screen.model.tabs[0].draft.text(), "/w ann hi");
    screen.press(Key::ctrl('u'));
    screen.types("zzz\t");
    screen.shows("nothing begins with zzz");
    assert_eq!(screen.commands(), []);
}

#[test]
fn the_rooms_are_a_list_to_choose_from() {
    let mut screen = Screen::lobby(60, 16);
    screen.line("/rooms");
    assert_eq!(screen.commands(), [Command::Rooms]);
    screen.shows("⋯ fetching the rooms");
    screen.news(News::Rooms(lists()));
    screen.check(&[
        " lobby                                  민수 ∙ chat.example",
        "",
        "",
        "╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
        "  rooms of chat.example",
        "",
        "  개발    7 in  릴리스",
        "  lobby  12 in",
        "  rust    3 in",
        "",
        "  Up Down choose ∙ Enter goes in ∙ Esc closes",
        "╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
        "",
        "",
        " ›",
        " connected               Ctrl+K find   F2 members   F1 help",
    ]);
    assert_eq!(screen.caret(), None);
    screen.code(Code::Down);
    screen.code(Code::Down);
    screen.code(Code::Down);
    screen.code(Code::Enter);
    assert_eq!(
        screen.commands(),
        [Command::Join {
            room: room("rust"),
            last: 50
        }]
    );
}

#[test]
fn t42_the_help_is_made_from_the_live_table() {
    let mut screen = Screen::lobby(80, 110);
    screen.code(Code::F(1));
    screen.shows("Alt+1-9");
    screen.shows("Ctrl+N, Ctrl+P");
    screen.shows("/topic TEXT");
    screen.shows("keys and commands");
    screen.code(Code::Esc);
    screen.hides("keys and commands");
    let mut small = Screen::lobby(60, 12);
    small.line("/help");
    small.hides("/quit");
    for _ in 0..9 {
        small.code(Code::PageDown);
    }
    small.shows("drag selects text");
}

#[test]
fn t19_members_are_a_popup_where_there_is_no_column() {
    let mut screen = Screen::lobby(60, 12);
    screen
        .session
        .rooms
        .get_mut(&room("lobby"))
        .unwrap()
        .members = vec![member(ME, "민수"), member(2, "ann")];
    screen.session.rooms.get_mut(&room("lobby")).unwrap().count = 2;
    screen.code(Code::F(2));
    screen.shows("lobby ∙ members 2");
    screen.shows("민수  you");
    screen.shows("ann");
    screen.code(Code::F(2));
    screen.hides("members 2");
}

#[test]
fn t44_without_a_room_the_screen_says_what_to_press() {
    let mut screen = Screen::lobby(80, 12);
    screen.line("/leave");
    screen.news(News::Departed {
        room: room("lobby"),
    });
    screen.shows("you are in no room ∙ /join NAME enters one, /rooms shows");
    screen.line("hello");
    screen.shows("! enter a room first: /join NAME; your text is kept");
    screen.shows(" › hello");
    screen.press(Key::ctrl('u'));
    screen.effects.clear();
    screen.line("/join rust");
    assert_eq!(
        screen.commands(),
        [Command::Join {
            room: room("rust"),
            last: 50
        }]
    );
    screen.hides("/join");
}
