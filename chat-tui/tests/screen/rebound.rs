//! Keys of the person's own: they do what the usual ones did, and every place that names a key names them.

use chat_tui::key::{Code, Key};
use chat_tui::model::form::Form;
use chat_tui::model::keys::reading::Step;
use chat_tui::model::keys::{Action, Bindable, Keys, Mode};
use chat_tui::model::words::Language;
use chat_tui::session::{Command, Link, News, Stop};
use chat_tui::update::Effect;

use crate::support::{ME, Screen, member, message, room};

fn mode<A: Bindable>(entries: &[(A, &[&str])]) -> Mode<A> {
    let entries = entries
        .iter()
        .map(|(action, keys)| Mode::entry(*action, keys).unwrap());
    let (mode, left_out) = Mode::rebound(&entries.collect::<Vec<_>>());
    assert_eq!(left_out, []);
    mode
}

fn keys(entries: &[(Action, &[&str])]) -> Keys {
    Keys {
        main: mode(entries),
        ..Keys::default()
    }
}

fn lobby(columns: u16, rows: u16, keys: Keys) -> Screen {
    let mut screen = Screen::with_keys(columns, rows, Language::English, keys);
    screen.msg(chat_tui::update::Msg::Focus(true));
    screen.enter(&room("lobby"), &[member(ME, "민수")]);
    screen.effects.clear();
    screen
}

/// Enter makes lines and another key sends, as some like it.
#[test]
fn t31_another_key_may_send_and_enter_make_lines() {
    let swapped: &[(Action, &[&str])] = &[
        (Action::Enter, &["alt+enter"]),
        (Action::Newline, &["enter"]),
    ];
    let mut screen = lobby(80, 24, keys(swapped));
    screen.shows("nothing said here yet ∙ write something and press Alt+Enter");
    screen.types("one\ntwo");
    assert_eq!(screen.commands(), []);
    assert_eq!(screen.model.draft().text(), "one\ntwo");
    let alt_enter = Key {
        alt: true,
        ..Key::plain(Code::Enter)
    };
    screen.press(alt_enter);
    assert!(matches!(screen.commands()[..], [Command::Say { .. }]));
    // Behind Hangul it waits for a late syllable, as Enter does.
    screen.types("한");
    screen.press(alt_enter);
    assert_eq!(screen.commands(), []);
    screen.types("글");
    screen.wait(std::time::Duration::from_millis(50));
    let said = screen.commands();
    assert!(
        matches!(&said[..], [Command::Say { text, .. }] if text.as_str() == "한글"),
        "{said:?}"
    );
    // In lists Enter takes all the same, and on the first screen it goes in.
    screen.types("/m\t");
    screen.code(Code::Enter);
    assert!(!screen.model.draft().text().contains('\n'));
    assert_eq!(screen.model.completion, None);
    let mut screen = Screen::with_keys(100, 28, Language::English, keys(swapped));
    screen.begin(Form::new(("x:1", true), ("a", true), ("me", false)));
    screen.shows("Alt+Enter goes in");
    screen.done();
    screen.code(Code::Enter);
    assert!(
        screen
            .done()
            .iter()
            .any(|effect| matches!(effect, Effect::Enter { .. }))
    );
}

#[test]
fn t12_keys_of_ones_own_work_with_the_hangul_layout_on() {
    let mut screen = lobby(
        80,
        24,
        keys(&[(Action::Help, &["ctrl+g"]), (Action::Switch, &["ctrl+x o"])]),
    );
    screen.press(Key::ctrl('ㅎ'));
    screen.shows("keys and commands");
    screen.code(Code::Esc);
    screen.press(Key::ctrl('ㅌ'));
    screen.shows("Ctrl+X ⋯");
    screen.types("ㅐ");
    screen.shows("go to");
    assert!(screen.model.draft().is_empty());
}

#[test]
fn t12_the_reading_mode_goes_by_its_own_keys() {
    let reading = mode(&[
        (Step::Copy, &["c"]),
        (Step::Down, &["n", "down"]),
        (Step::Up, &["p", "up"]),
    ]);
    let mut screen = lobby(
        120,
        24,
        Keys {
            reading,
            ..Keys::default()
        },
    );
    for n in 1..=2 {
        screen.says(message(
            &room("lobby"),
            n,
            2,
            "지은",
            60,
            &format!("text {n}"),
        ));
    }
    screen.press(Key::alt('v'));
    screen.shows("r reply   o link   c copy   n p move   Esc write");
    screen.types("ㅔ");
    screen.types("ㅊ");
    assert_eq!(screen.done(), [Effect::Copy("text 1".to_owned())]);
    // What is no key any more begins a text.
    screen.types("y");
    assert_eq!(screen.model.draft().text(), "y");
}

#[test]
fn t12_while_one_reads_its_keys_come_first() {
    let reading = mode(&[(Step::Copy, &["ctrl+x"])]);
    let mut screen = lobby(
        120,
        24,
        Keys {
            reading,
            ..Keys::default()
        },
    );
    screen.says(message(&room("lobby"), 1, 2, "지은", 60, "text"));
    screen.press(Key::ctrl('x'));
    screen.shows("Ctrl+X ⋯");
    screen.code(Code::Esc);
    screen.press(Key::ctrl('x'));
    assert_eq!(screen.done(), [Effect::Copy("text".to_owned())]);
}

/// The places that name a key, one action after the other: what leads there, and what is told with the usual key.
#[test]
fn t42_every_place_that_names_a_key_names_the_one_of_the_person() {
    let entries: &[(Action, &[&str])] = &[
        (Action::Help, &["f12"]),
        (Action::Members, &["f11"]),
        (Action::Switch, &["ctrl+g", "f3"]),
        (Action::Retry, &["f5"]),
        (Action::Escape, &["f10"]),
        (Action::End, &["ctrl+l"]),
        (Action::Clear, &["ctrl+q"]),
        (Action::Tab, &["ctrl+t"]),
        (Action::Editor, &["ctrl+x v"]),
        (Action::PageUp, &["ctrl+y"]),
        (Action::Room(1), &["f7"]),
        (Action::Room(2), &["f8"]),
        (Action::Mouse, &[]),
    ];
    let own = keys(entries);
    for language in [Language::English, Language::Korean] {
        let mut screen = Screen::with_keys(140, 60, language, own.clone());
        screen.begin(Form::new(("", false), ("", false), ("", false)));
        screen.shows("Ctrl+T");
        screen.shows("Ctrl+Q");
        screen.hides("Tab");
        let mut screen = Screen::with_keys(90, 60, language, own.clone());
        screen.enter(&room("lobby"), &[member(ME, "민수")]);
        screen.enter(&room("rust"), &[]);
        for hint in ["F7 F8 ", "Ctrl+G ", "F11 ", "F12 "] {
            screen.shows(hint);
        }
        for usual in ["Alt+1", "Ctrl+K", "F1 ", "F2 "] {
            screen.hides(usual);
        }
        screen.press(Key::plain(Code::F(11)));
        screen.shows("F10");
        screen.press(Key::plain(Code::F(10)));
        screen.press(Key::plain(Code::F(12)));
        for told in [
            "Ctrl+G, F3",
            "Ctrl+X v",
            "F12",
            "F7 F8 Alt+3-9",
            "F10",
            "Ctrl+Q",
            "Ctrl+L",
        ] {
            screen.shows(told);
        }
        for usual in [
            "Ctrl+K",
            "Ctrl+X Ctrl+E",
            "F2",
            "F6",
            "Alt+1",
            "Esc with",
            "Ctrl+C",
        ] {
            screen.hides(usual);
        }
        screen.press(Key::plain(Code::F(10)));
        screen.press(Key::ctrl('q'));
        screen.shows("Ctrl+Q");
        screen.session.link = Link::Stopped(Stop::Closed {
            code: 4400,
            reason: "another program".to_owned(),
        });
        screen.news(News::Link);
        screen.press(Key::plain(Code::Left));
        screen.shows("F5");
        screen.hides("Ctrl+R");
    }
}
