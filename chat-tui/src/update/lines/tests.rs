//! Every function of the screen is one of line mode too, or is none without a screen for a reason that stands here.

use super::*;
use crate::model::keys::reading::Step;
use crate::model::keys::{Action, Bindable, Chord, Mode, USUAL};
use crate::model::lines::LINES_TOLD_MAX;
use crate::model::words::{Language, Words};
use crate::update::commands::{COMMANDS, LINE_COMMANDS, find};

/// What stands for a key where there is no screen.
enum Counterpart {
    /// This command.
    Command(&'static str),
    /// Nothing, and why.
    Nothing(&'static str),
}

use Counterpart::{Command as By, Nothing};

/// The terminal edits a line by itself before the program sees it.
const EDITED: &str = "the terminal's own line editing does it until Enter";

fn of_action(action: Action) -> Counterpart {
    match action {
        Action::Enter => Nothing("Enter ends a line, which is sent"),
        Action::Newline | Action::Editor => By("/add"),
        Action::Tab | Action::BackTab => {
            Nothing("a menu needs a screen; /members, /rooms and /help say what there is")
        }
        Action::Up | Action::Down => Nothing("what was sent stands further up on the terminal"),
        Action::Left
        | Action::Right
        | Action::WordLeft
        | Action::WordRight
        | Action::Home
        | Action::Backspace
        | Action::Delete
        | Action::DeleteWord
        | Action::KillToStart
        | Action::KillToEnd
        | Action::Undo
        | Action::Redo => Nothing(EDITED),
        Action::End | Action::Escape | Action::PageDown => By("/last"),
        Action::PageUp | Action::Read => By("/history"),
        Action::Room(_) | Action::NextRoom | Action::PreviousRoom | Action::Switch => By("/room"),
        Action::NextUnread => By("/next"),
        Action::LastRoom => By("/back"),
        Action::Search => By("/search"),
        Action::Mentions => By("/mentions"),
        Action::Retry => By("/retry"),
        Action::Members => By("/members"),
        Action::Unread => By("/unread"),
        Action::Links => By("/links"),
        Action::Bare | Action::Mouse => Nothing("the terminal's own selection always works here"),
        Action::Again => By("/resend"),
        Action::TakeBack => By("/takeback"),
        Action::Help => By("/help"),
        Action::Suspend => Nothing("the terminal does it by Ctrl+Z"),
        Action::Clear => By("/drop"),
        Action::Leave => By("/quit"),
        Action::Reply => By("/reply"),
        Action::First => Nothing("it only begins another binding"),
    }
}

fn of_step(step: Step) -> Counterpart {
    match step {
        Step::Down | Step::HalfDown | Step::PageDown | Step::Last => By("/last"),
        Step::Up | Step::HalfUp | Step::PageUp | Step::First => By("/history"),
        Step::Copy => Nothing("the terminal's own selection copies what stands in a line"),
        Step::Open => By("/open"),
        Step::Reply => By("/reply"),
        Step::Unfold | Step::Fold | Step::Toggle => Nothing("code is never folded in a line"),
        Step::Help => By("/help"),
        Step::Write => Nothing("one always writes"),
    }
}

#[test]
fn t40_every_key_of_the_screen_has_a_command_or_a_reason() {
    let actions = Action::SPECS.iter().map(|spec| of_action(spec.action));
    let steps = Step::SPECS.iter().map(|spec| of_step(spec.action));
    for counterpart in actions.chain(steps) {
        match counterpart {
            By(name) => {
                let tables = [COMMANDS, LINE_COMMANDS];
                assert!(
                    tables.iter().any(|table| find(name, table).is_some()),
                    "{name}"
                );
            }
            Nothing(why) => assert!(why.len() > 12, "{why}"),
        }
    }
}

#[test]
fn t40_every_command_of_the_screen_is_one_of_line_mode() {
    let words = Language::English.words();
    for spec in COMMANDS {
        let usage = (spec.usage)(words);
        for line in [spec.name.to_owned(), format!("{} x y", spec.name)] {
            match want(&line, words) {
                Ok(Want::Shared(_)) => {}
                Ok(Want::Own(own)) => panic!("{line}: {own:?}"),
                Err(why) => assert!(why.contains(usage), "{line}: {why}"),
            }
        }
    }
}

#[test]
fn t40_every_command_of_line_mode_is_read_or_says_how_it_goes() {
    let words = Language::Korean.words();
    for spec in LINE_COMMANDS {
        let usage = (spec.usage)(words);
        assert!(usage.starts_with(spec.name), "{usage}");
        for line in [
            spec.name.to_owned(),
            format!("{} 2", spec.name),
            format!("{} jin hello", spec.name),
            format!("{} 3 jin hello", spec.name),
        ] {
            match want(&line, words) {
                Ok(Want::Own(_)) => {}
                Ok(Want::Shared(order)) => panic!("{line}: {order:?}"),
                Err(why) => assert_eq!(why, usage),
            }
        }
    }
    assert_eq!(
        want("/ㅗㅑㄴ새교 3", words),
        Ok(Want::Own(Own::History(3))),
        "with the Hangul layout on"
    );
    let most = format!("/last {}", LINES_TOLD_MAX + 1);
    assert_eq!(want(&most, words), Ok(Want::Own(Own::Last(LINES_TOLD_MAX))));
}

#[test]
fn t42_the_help_has_every_key_and_command_of_the_live_tables() {
    fn check<A: Bindable>(lines: &[(String, String)], mode: &Mode<A>, words: &Words) {
        for (spec, chords) in mode.bindings() {
            let Some(help) = spec.help else { continue };
            let key = chords.first().map(Chord::to_string).unwrap_or_default();
            let is_told = |(keys, does): &(String, String)| {
                does == help(words) && (keys.contains(&key) || keys == "Alt+1-9")
            };
            assert!(!key.is_empty() && lines.iter().any(is_told), "{key}");
        }
    }
    for language in [Language::English, Language::Korean] {
        let words = language.words();
        let lines = crate::update::help::lines(&USUAL, words);
        check(&lines, &USUAL.main, words);
        check(&lines, &USUAL.reading, words);
        for spec in COMMANDS {
            let is_told = |(form, _): &(String, String)| form.starts_with(spec.name);
            assert!(lines.iter().any(is_told), "{}", spec.name);
        }
    }
}
