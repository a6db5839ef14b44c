//! The last syllable, which input methods send behind the key that ended it; text in other Unicode forms.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::form::{Field, Form, Input};
use chat_tui::model::words::Language;
use chat_tui::session::Command;
use chat_tui::update::{Effect, Msg, deadline};
use protocol::names::{MessageText, Nick, RoomName};
use protocol::position::Address;
use protocol::request::SendKind;

use crate::support::{Screen, member, message, room};

const LATE: Duration = Duration::from_millis(50);

/// In two rooms, the second one shown, and something written in both.
fn two_rooms() -> Screen {
    let mut screen = Screen::lobby(60, 10);
    screen.enter(&room("개발"), &[]);
    screen.types("안녕하세");
    screen.press(Key::alt('2'));
    screen.wait(LATE);
    screen.types("둘째 ");
    screen.effects.clear();
    screen
}

fn drafts(screen: &Screen) -> [&str; 2] {
    [0, 1].map(|index| screen.model.tabs[index].draft.text())
}

#[test]
fn t06_a_late_syllable_joins_the_draft_of_the_room_that_was_left() {
    for away in [Key::alt('1'), Key::ctrl('n'), Key::ctrl('ㅔ')] {
        let mut screen = two_rooms();
        screen.press(away);
        screen.types("한");
        assert_eq!(drafts(&screen), ["안녕하세", "둘째 "], "it waits");
        assert!(deadline(&screen.model, &screen.session) <= Some(screen.now.elapsed + LATE));
        screen.wait(LATE);
        assert_eq!(drafts(&screen), ["안녕하세", "둘째 한"]);
        assert_eq!(screen.model.active, 0);
        screen.wait(Duration::from_secs(1));
        let saved = Effect::SaveDraft {
            room: room("개발"),
            draft: "둘째 한".into(),
        };
        assert!(screen.effects.contains(&saved), "{:?}", screen.effects);
    }
}

#[test]
fn t06_what_is_no_late_syllable_is_typed_where_one_is() {
    // Two syllables, a Latin letter, a syllable after the time, a paste: all of it goes into the new room.
    let mut screen = two_rooms();
    screen.press(Key::alt('1'));
    screen.types("요즘");
    assert_eq!(drafts(&screen), ["안녕하세요즘", "둘째 "]);
    let mut screen = two_rooms();
    screen.press(Key::alt('1'));
    screen.types("x요");
    screen.wait(LATE);
    assert_eq!(drafts(&screen), ["안녕하세x요", "둘째 "]);
    let mut screen = two_rooms();
    screen.press(Key::alt('1'));
    screen.wait(LATE);
    screen.types("요");
    assert_eq!(drafts(&screen), ["안녕하세요", "둘째 "]);
    let mut screen = two_rooms();
    screen.press(Key::alt('1'));
    screen.types("요");
    screen.msg(Msg::Paste {
        text: "!".to_owned(),
        cut: false,
    });
    assert_eq!(drafts(&screen), ["안녕하세요!", "둘째 "]);
    // A message in between changes nothing.
    let mut screen = two_rooms();
    screen.press(Key::alt('1'));
    screen.types("한");
    screen.says(message(&room("lobby"), 1, 2, "ann", 0, "hello"));
    screen.wait(LATE);
    assert_eq!(drafts(&screen), ["안녕하세", "둘째 한"]);
    // And Enter behind it sends what stands there.
    let mut screen = two_rooms();
    screen.press(Key::alt('1'));
    screen.types("요");
    screen.code(Code::Enter);
    screen.wait(LATE);
    let [Command::Say { room: to, text, .. }] = &screen.commands()[..] else {
        panic!("nothing was said");
    };
    assert_eq!((to, text.as_str()), (&room("lobby"), "안녕하세요"));
}

/// `한글` as macOS writes it.
const NFD: &str = "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}";

#[test]
fn t09_jamo_that_conjoin_are_one_text_with_syllables() {
    let mut screen = Screen::lobby(60, 12);
    screen.session.nick = Some("한글".to_owned());
    // As typed, as pasted, and as a peer sent it: drawn, stored and matched as syllables.
    screen.line(NFD);
    screen.msg(Msg::Paste {
        text: NFD.to_owned(),
        cut: false,
    });
    screen.shows(" › 한글");
    screen.line("");
    let said = Command::Say {
        room: room("lobby"),
        kind: SendKind::Message,
        text: MessageText::normalized("한글").unwrap(),
        reply_to: None,
    };
    assert_eq!(screen.commands(), [said.clone(), said]);
    screen.msg_focus(false);
    screen.says(message(
        &room("lobby"),
        1,
        2,
        NFD,
        0,
        &format!("@{NFD}아 봐"),
    ));
    screen.shows("@한글아 봐");
    assert_eq!(screen.model.tabs[0].mentions, 1);
    assert!(screen.done().contains(&Effect::Bell));

    // A room and a nick by either form are the same one.
    for form in [NFD, "한글"] {
        screen.line(&format!("/join {form}"));
        screen.line(&format!("/nick {form}"));
        screen.line(&format!("/w {form}"));
        let nick = Nick::new("한글").unwrap();
        let whisper = Command::Whisper {
            nick: nick.clone(),
            text: None,
        };
        let commands = screen.commands();
        assert!(commands.contains(&Command::Nick(nick)), "{commands:?}");
        assert!(commands.contains(&whisper), "{commands:?}");
        let joined = Address::Room(RoomName::new("한글").unwrap());
        assert_eq!(screen.model.tab().unwrap().room, joined);
        assert_eq!(screen.model.tabs.len(), 2);
    }
    // Completion finds the nick of a member by the other form.
    screen.enter(&room("lobby"), &[member(2, "한글이")]);
    screen.press(Key::alt('1'));
    screen.wait(LATE);
    screen.press(Key::ctrl('u'));
    screen.types(NFD);
    screen.code(Code::Tab);
    screen.shows(" › 한글이");
}

#[test]
fn t05_a_late_syllable_joins_the_field_of_the_form() {
    let mut screen = Screen::new(80, 24, Language::English);
    screen.begin(Form::new(("ws://a", true), ("", false), ("", false)));
    let values = |screen: &Screen| {
        let form = screen.model.form.as_ref().expect("the form");
        let text = |input: &Input| input.editor.text().to_owned();
        (text(&form.room), text(&form.nick), form.focus)
    };
    screen.types("개\n발");
    assert_eq!(values(&screen).0, "개", "it waits");
    screen.wait(LATE);
    let nick = Field::Nick;
    assert_eq!(values(&screen), ("개발".to_owned(), String::new(), nick));
    // Two syllables behind an Enter belong to the next field.
    screen.code(Code::Up);
    screen.code(Code::Enter);
    screen.types("민수");
    let names = ("개발".to_owned(), "민수".to_owned(), nick);
    assert_eq!(values(&screen), names);
}
