//! The connection goes and comes back.

use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::words::Language;
use chat_tui::session::{Command, Link, LocalId, News, State, Stop};
use chat_tui::update::{Effect, Msg, deadline};
use protocol::error::{ErrorCode, Refusal};
use protocol::event::Start;
use protocol::identity::Identity;

use crate::support::{Screen, message, pending, room};

#[test]
fn t25_the_countdown_counts_and_a_key_tries_now() {
    let mut screen = Screen::lobby(80, 12);
    screen.session.link = Link::Waiting {
        until: screen.now.elapsed + Duration::from_millis(6_300),
        reason: "connection refused".to_owned(),
    };
    screen.session.pending = vec![pending(1, &room("lobby"), "later", State::Waiting)];
    screen.news(News::Link);
    screen.check_bottom(&[
        "›14:12        민수  later  ⋯ waiting",
        "",
        " ›",
        " ! not connected (connection refused) ∙ next try in 7 s ∙ Ctrl+R tries now ∙ 1",
        "   waiting to be sent",
    ]);
    assert_eq!(
        deadline(&screen.model, &screen.session),
        Some(screen.now.elapsed + Duration::from_millis(300))
    );
    screen.wait(Duration::from_millis(300));
    screen.shows("next try in 6 s");
    screen.wait(Duration::from_secs(7));
    screen.shows("next try in 0 s");
    assert_eq!(deadline(&screen.model, &screen.session), None);
    screen.press(Key::ctrl('r'));
    assert_eq!(screen.commands(), [Command::Connect]);
}

#[test]
fn t24_what_was_missed_comes_once_and_counts_as_new() {
    let mut screen = Screen::lobby(80, 16);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "before"));
    screen.session.link = Link::Connecting;
    screen.news(News::Link);
    screen.shows("before");
    screen.shows("⋯ connecting to chat.example");
    screen.msg_focus(false);
    screen.session.link = Link::Online;
    screen.news(News::Entered {
        room: lobby.clone(),
        start: Start::Resumed,
        welcome: None,
    });
    for n in [1, 2, 3] {
        screen.news(News::Message {
            message: message(&lobby, n, 2, "ann", 0, &format!("message {n}")),
            missed: true,
            local: None,
        });
    }
    screen.news(News::CaughtUp {
        room: lobby,
        more: true,
    });
    screen.shows("before");
    screen.hides("message 1");
    screen.shows("╌ 2 new messages ╌");
    screen.shows("message 3");
    assert!(!screen.model.tabs[0].more);
}

#[test]
fn who_sends_too_fast_is_told_what_it_waits_for() {
    let mut screen = Screen::lobby(80, 14);
    screen.session.pending = vec![pending(5, &room("lobby"), "fast", State::Waiting)];
    screen.hides("the server asks to send slower");
    screen.session.is_held = true;
    screen.shows("the server asks to send slower ∙ 1 waiting to be sent");
    screen.session.pending.clear();
    screen.hides("the server asks to send slower");
}

#[test]
fn t24_a_failed_text_is_sent_again_or_taken_back() {
    let mut screen = Screen::lobby(80, 14);
    let refusal = Refusal::new(ErrorCode::BadText, "no");
    screen.session.pending = vec![pending(5, &room("lobby"), "typo", State::Failed(refusal))];
    screen.press(Key::alt('s'));
    assert_eq!(screen.commands(), [Command::Again { local: LocalId(5) }]);
    screen.press(Key::alt('e'));
    assert_eq!(screen.commands(), [Command::Discard { local: LocalId(5) }]);
    screen.shows(" › typo");
    screen.session.pending.clear();
    screen.press(Key::alt('s'));
    screen.shows("nothing failed here");
}

#[test]
fn t43_a_changed_key_shows_both_fingerprints_and_enter_does_not_accept_it() {
    let mut screen = Screen::lobby(80, 20);
    let (known, now) = (
        Identity::from_secret(&[1; 32]).public(),
        Identity::from_secret(&[2; 32]).public(),
    );
    screen.session.link = Link::Stopped(Stop::KeyChanged { known, now });
    screen.news(News::Link);
    screen.effects.clear();
    let (before, after) = (known.fingerprint(), now.fingerprint());
    let told = [
        " ›".to_owned(),
        " ! the key of chat.example changed. Nothing was sent to it.".to_owned(),
        format!("   before  {before}"),
        format!("   now     {after}"),
        "   Ask who runs the server; Enter does not accept the new key.".to_owned(),
        "   If it is right, start once with --new-server-key.".to_owned(),
    ];
    screen.check_bottom(&told.each_ref().map(String::as_str));
    screen.code(Code::Enter);
    screen.check_bottom(&told.each_ref().map(String::as_str));
    assert_eq!(screen.done(), []);
    // A text waits with the others, and that is all.
    screen.line("hello");
    assert!(matches!(
        screen.done().as_slice(),
        [Effect::Session(Command::Say { .. })]
    ));
    // Small screens keep what happened and what one writes.
    screen.msg(Msg::Resize {
        columns: 40,
        rows: 12,
    });
    screen.shows("! the key of chat.example changed.");
}

#[test]
fn troubles_of_the_shell_are_told() {
    let mut screen = Screen::lobby(80, 12);
    screen.msg(Msg::Trouble(
        "the disk is full; drafts are not kept".to_owned(),
    ));
    screen.check_bottom(&[
        " ! the disk is full; drafts are not kept     Ctrl+K find   F2 members   F1 help",
    ]);
}

#[test]
fn a_connection_without_encryption_is_told_and_stays_told() {
    let welcome = || News::Welcome {
        nick: "민수".to_owned(),
        owned: true,
    };
    let mut screen = Screen::lobby(80, 12);
    screen.news(welcome());
    screen.hides("encrypted");
    screen.model.exposed = true;
    screen.news(welcome());
    screen.check_bottom(&[
        " ›",
        " ! not encrypted: whoever is on the way to chat.example can read and change",
        "   what is said ∙ wss:// is safe, where the server has it",
    ]);
    // The next key takes the sentence away, and the word stays.
    screen.types("h");
    screen.shows(" connected, not encrypted");

    let mut screen = Screen::new(80, 12, Language::Korean);
    screen.enter(&room("lobby"), &[]);
    screen.model.exposed = true;
    screen.shows(" 연결됨, 암호화 안 됨");
    screen.news(welcome());
    screen.shows("! 암호화 안 됨: chat.example까지 가는 길에서");
}
