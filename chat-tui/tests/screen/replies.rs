//! Answers: choosing what is answered, the row that quotes it, and fetching what is not here.

use chat_tui::key::{Code, Key};
use chat_tui::model::draft::Draft;
use chat_tui::session::{Body, Command, Link, News, State};
use chat_tui::update::{Effect, Msg};
use protocol::error::{ErrorCode, Refusal};
use protocol::names::MessageText;
use protocol::request::SendKind;

use crate::support::{ME, Screen, at, message, pending, room};

fn talk(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::lobby(columns, rows);
    let lobby = room("lobby");
    screen.says(message(
        &lobby,
        1,
        2,
        "서연",
        66,
        "회의 14:30으로\n옮겨도 될까요?",
    ));
    screen.says(message(&lobby, 2, 3, "지은", 67, "저는 좋아요"));
    screen.says(message(&lobby, 3, ME, "민수", 67, "네"));
    screen.effects.clear();
    screen
}

fn say(text: &str, reply_to: Option<u64>) -> Command {
    Command::Say {
        room: room("lobby"),
        kind: SendKind::Message,
        text: MessageText::normalized(text).unwrap(),
        reply_to: reply_to.map(at),
    }
}

fn answer(n: u64, who: u8, nick: &str, to: u64, text: &str) -> protocol::event::Message {
    let mut message = message(&room("lobby"), n, who, nick, 70, text);
    message.reply_to = Some(at(to));
    message
}

#[test]
fn a_key_chooses_what_the_draft_answers() {
    let mut screen = talk(80, 16);
    screen.types("좋아");
    screen.press(Key::alt('r'));
    screen.check_bottom(&[
        "",
        "   > 지은: 저는 좋아요",
        " › 좋아",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
    assert_eq!(screen.caret(), Some((7, 14)));
    screen.press(Key::alt('ㄱ'));
    screen.shows("   > 서연: 회의 14:30으로 옮겨도 될까요?");
    screen.press(Key::alt('r'));
    screen.shows("nobody else said anything further up");
    screen.shows("   > 서연: 회의 14:30으로 옮겨도 될까요?");
    screen.code(Code::Esc);
    screen.hides("   > ");
    screen.code(Code::Enter);
    screen.wait(std::time::Duration::from_millis(50));
    assert_eq!(screen.commands(), [say("좋아", None)]);
    screen.press(Key::alt('r'));
    screen.press(Key::alt('r'));
    screen.types("go\n");
    assert_eq!(screen.commands(), [say("go", Some(1))]);
    screen.hides("   > ");
    screen.types("next\n");
    assert_eq!(screen.commands(), [say("next", None)]);
}

#[test]
fn what_is_answered_is_cut_to_its_row_and_gives_way_on_a_small_screen() {
    let mut screen = talk(28, 6);
    screen.press(Key::alt('r'));
    screen.press(Key::alt('r'));
    screen.check_bottom(&[
        "   > 서연: 회의 14:30으로 ⋯",
        " ›",
        " connected          F1 help",
    ]);
    screen.msg(Msg::Resize {
        columns: 28,
        rows: 4,
    });
    screen.hides("서연:");
    for columns in 1..12 {
        screen.msg(Msg::Resize { columns, rows: 6 });
        screen.draw();
    }
}

#[test]
fn t26_what_a_draft_answers_is_kept_with_it() {
    let mut screen = talk(60, 12);
    screen.press(Key::alt('r'));
    screen.types("wip");
    screen.wait(std::time::Duration::from_millis(500));
    let draft = Draft {
        text: "wip".to_owned(),
        reply_to: Some(at(2)),
    };
    let saved = Effect::SaveDraft {
        room: room("lobby"),
        draft: draft.clone(),
    };
    assert!(screen.effects.contains(&saved), "{:?}", screen.effects);
    // After a restart it is there again, and once sent it is gone.
    let mut screen = Screen::lobby(60, 12);
    screen.model.drafts.insert(room("rust"), draft);
    screen.enter(&room("rust"), &[]);
    screen.press(Key::alt('2'));
    screen.shows("   > ⋯ an earlier message");
    screen.code(Code::Enter);
    let empty = Effect::SaveDraft {
        room: room("rust"),
        draft: Draft::default(),
    };
    assert!(screen.effects.contains(&empty), "{:?}", screen.effects);
    // Ctrl+C clears it with the text, and Up brings both back.
    let mut screen = talk(60, 12);
    screen.press(Key::alt('r'));
    screen.types("wip");
    screen.press(Key::ctrl('c'));
    screen.hides("   > ");
    screen.code(Code::Up);
    screen.shows("   > 지은: 저는 좋아요");
}

#[test]
fn an_answer_quotes_what_it_answers() {
    let mut screen = talk(80, 20);
    screen.says(answer(4, 4, "도윤", 1, "저는 좋아요"));
    let mut waves = answer(5, 4, "도윤", 2, "waves");
    waves.kind = protocol::event::Kind::Action;
    screen.says(waves);
    screen.session.pending = vec![pending(1, &room("lobby"), "저도요", State::Sent)];
    if let Body::Text { reply_to, .. } = &mut screen.session.pending[0].body {
        *reply_to = Some(at(3));
    }
    screen.check_bottom(&[
        " 14:06        서연  회의 14:30으로",
        "                    옮겨도 될까요?",
        " 14:07        지은  저는 좋아요",
        "›             민수  네",
        " 14:10        도윤  > 서연: 회의 14:30으로 옮겨도 될까요?",
        "                    저는 좋아요",
        "                 *  > 지은: 저는 좋아요",
        "                    도윤 waves",
        "›14:12        민수  > 민수: 네",
        "                    저도요  ⋯ sending",
        "",
        " ›",
        " connected                                   Ctrl+K find   F2 members   F1 help",
    ]);
    screen.msg(Msg::Resize {
        columns: 40,
        rows: 20,
    });
    screen.shows("  > 서연: 회의 14:30으로 옮겨도 될까요?");
}

#[test]
fn an_answer_to_oneself_is_a_mention() {
    let mut screen = talk(80, 16);
    screen.msg_focus(false);
    screen.says(answer(4, 2, "서연", 3, "고마워요"));
    assert!(screen.done().contains(&Effect::Bell));
    assert_eq!(screen.model.tabs[0].mentions, 1);
    screen.shows("▸14:10        서연  > 민수: 네");
}

#[test]
fn what_is_quoted_and_not_here_is_fetched_once() {
    let mut screen = Screen::lobby(60, 12);
    screen.says(answer(40, 2, "서연", 7, "그거요"));
    screen.says(answer(41, 2, "서연", 7, "또 그거요"));
    screen.says(answer(42, 2, "서연", 8, "저것도요"));
    screen.shows("  > ⋯ an earlier message");
    let quote = |n: u64| Command::Quote {
        room: room("lobby"),
        position: at(n),
    };
    // One at a time, the newest first.
    assert_eq!(screen.commands(), [quote(7)]);
    let here = message(&room("lobby"), 7, 3, "지은", 1, "옛날 이야기");
    let quoted = |n: u64, message| News::Quoted {
        room: room("lobby"),
        position: at(n),
        message,
    };
    screen.news(quoted(7, Some(here)));
    assert_eq!(screen.commands(), [quote(8)]);
    screen.news(quoted(8, None));
    assert_eq!(screen.commands(), []);
    screen.check_bottom(&[
        " 서연  14:10",
        "  > 지은: 옛날 이야기",
        "  그거요",
        "  > 지은: 옛날 이야기",
        "  또 그거요",
        "  > a message that cannot be had any more",
        "  저것도요",
        "",
        " ›",
        " connected               Ctrl+K find   F2 members   F1 help",
    ]);
}

#[test]
fn a_quote_that_an_outage_cut_off_is_asked_for_again() {
    let mut screen = Screen::lobby(60, 12);
    screen.says(answer(40, 2, "서연", 7, "그거요"));
    let [command] = screen.commands().try_into().unwrap();
    screen.session.link = Link::Connecting;
    screen.news(News::Refused {
        command: command.clone(),
        refusal: Refusal::new(ErrorCode::Unavailable, "lost"),
    });
    assert_eq!(screen.commands(), []);
    screen.session.link = Link::Online;
    screen.news(News::Link);
    assert_eq!(screen.commands(), std::slice::from_ref(&command));
    // With a connection a refusal is the end of it.
    screen.news(News::Refused {
        command,
        refusal: Refusal::new(ErrorCode::NotAllowed, "no"),
    });
    assert_eq!(screen.commands(), []);
    screen.shows("> a message that cannot be had any more");
}

#[test]
fn only_what_is_on_the_screen_is_fetched() {
    let mut screen = Screen::lobby(60, 8);
    screen.model.tabs[0].stage = chat_tui::model::tab::Stage::CatchingUp;
    screen.says(answer(40, 2, "서연", 7, "그거요"));
    for n in 41..60 {
        screen.says(message(&room("lobby"), n, 2, "서연", 70, "네"));
    }
    screen.model.tabs[0].stage = chat_tui::model::tab::Stage::Live;
    screen.news(News::Link);
    assert_eq!(screen.commands(), []);
    for _ in 0..8 {
        screen.code(Code::PageUp);
    }
    assert!(matches!(
        &screen.commands()[..],
        [Command::Quote { position, .. }] if *position == at(7)
    ));
}
