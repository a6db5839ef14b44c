//! The command line as people write it, and what it comes to.

use clap::error::ErrorKind;

use super::values::MENTION_BYTES_MAX;
use super::*;
use crate::model::form::Field;
use crate::model::log::Hours;
use crate::model::words::Language;
use crate::model::{Colours, Palette};
use crate::shell::connection::Trust;
use crate::shell::line_mode;
use crate::shell::line_mode::args::Surroundings;
use crate::shell::storage::{IdentitySource, LastForm, Storage};

fn parsed(flags: &[&str]) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once(&"chat-tui").chain(flags))
}

fn last() -> LastForm {
    LastForm {
        server: "wss://chat.example".to_owned(),
        room: "개발".to_owned(),
        nick: "지은".to_owned(),
    }
}

#[test]
fn t14_words_that_mention_are_named_and_bounded() {
    let words = |flags: &[&str]| parsed(flags).map(|parsed| parsed.mention);
    let given = words(&["--mention", " 김민수 ", "--mention", "ops"]).unwrap();
    assert_eq!(given, ["김민수", "ops"]);
    let most = "a".repeat(MENTION_BYTES_MAX);
    assert!(words(&["--mention", &most]).is_ok());
    for wrong in [" ".to_owned(), most + "a"] {
        assert!(words(&["--mention", &wrong]).is_err(), "{wrong:?}");
    }
}

#[track_caller]
fn check(flags: &[&str], last: &LastForm, values: [&str; 3], focus: Field) {
    let form = parsed(flags).unwrap().form(last);
    let inputs = [&form.server, &form.room, &form.nick];
    assert_eq!(inputs.map(|input| input.editor.text()), values);
    assert_eq!(form.focus, focus);
}

#[test]
fn what_is_missing_is_filled_in_with_the_last_values() {
    let none = LastForm::default();
    check(&[], &none, [LOCAL_SERVER, "", ""], Field::Server);
    check(
        &[],
        &last(),
        ["wss://chat.example", "개발", "지은"],
        Field::Server,
    );
    check(
        &["--room", "#Rust"],
        &last(),
        ["wss://chat.example", "rust", "지은"],
        Field::Server,
    );
    check(
        &["--room", "lobby", "--nick", "me"],
        &none,
        [LOCAL_SERVER, "lobby", "me"],
        Field::Enter,
    );
    check(
        &["--server", "chat.example", "--room", "lobby"],
        &none,
        ["chat.example", "lobby", ""],
        Field::Nick,
    );
}

#[test]
fn names_are_checked_and_composed_on_the_command_line() {
    let decomposed = "\u{1100}\u{1162}\u{1107}\u{1161}\u{11af}";
    let arguments = parsed(&["--room", decomposed, "--nick", "김개발"]).unwrap();
    assert_eq!(arguments.room.unwrap().as_str(), "개발");
    let error = parsed(&["--nick", "a b"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ValueValidation);
    assert_eq!(
        parsed(&["--lang", "fr"]).unwrap_err().kind(),
        ErrorKind::ValueValidation
    );
    assert_eq!(
        parsed(&["--host", "--server", "x"]).unwrap_err().kind(),
        ErrorKind::ArgumentConflict
    );
}

#[test]
fn the_environment_names_the_server_where_the_command_line_does_not() {
    let server = |flags: &[&str]| {
        let variable = |name: &str| (name == "CHAT_SERVER").then(|| "chat.example".to_owned());
        parsed(flags).unwrap().with_environment(&variable).server
    };
    assert_eq!(server(&[]).as_deref(), Some("chat.example"));
    assert_eq!(server(&["--server", "x"]).as_deref(), Some("x"));
    assert_eq!(server(&["--host"]), None);
}

#[test]
fn the_server_whose_key_is_forgotten_is_the_one_that_is_dialled() {
    let dialled = |flags: &[&str], last: &LastForm| parsed(flags).unwrap().dialled(last);
    assert_eq!(dialled(&[], &last()), "wss://chat.example");
    assert_eq!(dialled(&[], &LastForm::default()), LOCAL_SERVER);
    assert_eq!(dialled(&["--server", "x:1"], &last()), "x:1");
    assert_eq!(dialled(&["--host"], &last()), LOCAL_SERVER);
    assert_eq!(
        dialled(&["--host", "0.0.0.0:9"], &last()),
        "ws://127.0.0.1:9"
    );
}

#[track_caller]
fn line_mode(flags: &[&str]) -> Result<line_mode::Options, ErrorKind> {
    let surroundings = Surroundings {
        dumb: false,
        input_is_terminal: false,
        output_is_terminal: false,
        error_is_terminal: false,
    };
    let arguments = parsed(flags).unwrap();
    let options = arguments.line_mode(surroundings, Storage::at("/nowhere"), Trust::System);
    options.map_err(|error| error.kind())
}

#[test]
fn line_mode_wants_a_room_and_a_server_that_is_there() {
    let options = line_mode(&["--room", "lobby"]).unwrap();
    assert_eq!(options.server.endpoint().as_str(), "127.0.0.1:7878");
    assert_eq!(options.nick, None);
    let options = line_mode(&["--room", "lobby", "--nick", "me", "--guest"]).unwrap();
    assert!(options.source == IdentitySource::ThrowAway && options.nick.is_some());
    for (flags, kind) in [
        (
            &["--room", "lobby", "--identity", "x"][..],
            ErrorKind::MissingRequiredArgument,
        ),
        (&["--nick", "me"], ErrorKind::MissingRequiredArgument),
        (
            &["--room", "lobby", "--server", "http://x"],
            ErrorKind::ValueValidation,
        ),
    ] {
        assert_eq!(line_mode(flags).unwrap_err(), kind, "{flags:?}");
    }
}

#[test]
fn a_host_listens_on_this_machine_unless_it_is_told_where() {
    let host = |flags: &[&str]| {
        parsed(flags)
            .unwrap()
            .host
            .map(|address| address.to_string())
    };
    assert_eq!(host(&[]), None);
    assert_eq!(host(&["--host"]).as_deref(), Some("127.0.0.1:7878"));
    assert_eq!(
        host(&["--host", "0.0.0.0", "--room", "lobby"]).as_deref(),
        Some("0.0.0.0:7878")
    );
    assert_eq!(host(&["--host", "[::1]:0"]).as_deref(), Some("[::1]:0"));
    assert!(parsed(&["--host", "chat.example"]).is_err());
}

#[test]
fn t20_colours_are_for_the_eyes_that_the_command_line_names() {
    let palette = |flags: &[&str]| Some(parsed(flags).ok()?.settings(&|_| None).palette);
    assert_eq!(palette(&[]), Some(Palette::Usual));
    assert_eq!(
        palette(&["--palette", "red-green"]),
        Some(Palette::RedGreen)
    );
    assert_eq!(
        palette(&["--palette", "blue-yellow"]),
        Some(Palette::BlueYellow)
    );
    assert_eq!(palette(&["--palette", "pink"]), None);
}

#[test]
fn t16_hours_are_counted_as_the_command_line_says() {
    let hours = |flags: &[&str]| Some(parsed(flags).ok()?.settings(&|_| None).hours);
    assert_eq!(hours(&[]), Some(Hours::Day));
    assert_eq!(hours(&["--time", "24h"]), Some(Hours::Day));
    assert_eq!(hours(&["--time", "12h"]), Some(Hours::Half));
    assert_eq!(hours(&["--time", "noon"]), None);
}

#[test]
fn surroundings_decide_language_and_colours() {
    let variables = |pairs: &'static [(&str, &str)]| {
        move |name: &str| {
            let found = pairs.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    };
    let settings = |pairs| parsed(&[]).unwrap().settings(&variables(pairs));
    assert_eq!(
        settings(&[("LANG", "ko_KR.UTF-8")]).language,
        Language::Korean
    );
    assert_eq!(
        settings(&[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "C")]).language,
        Language::English
    );
    assert_eq!(
        settings(&[("TERM", "xterm-256color")]).colours,
        Colours::Many
    );
    assert_eq!(
        settings(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]).colours,
        Colours::True
    );
    assert_eq!(settings(&[("TERM", "xterm")]).colours, Colours::Sixteen);
    assert_eq!(
        settings(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).colours,
        Colours::None
    );
}
