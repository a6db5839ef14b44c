//! The lines of the help, made from the live tables.

use super::commands::COMMANDS;
use super::keys::{Action, BINDINGS, Binding, name};
use crate::model::words::Words;

/// Keys told of a binding that has a line for itself, one where it shares it; the others are for who knows them from elsewhere.
const KEYS_TOLD: usize = 2;

/// Keys at the left, what they do at the right; commands with their usage.
pub(super) fn lines(words: &Words) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for binding in BINDINGS {
        let Some(help) = binding.help else { continue };
        let text = help(words);
        let keys = if matches!(binding.action, Action::Room(_)) {
            "Alt+1-9".to_owned()
        } else {
            let same = |other: &&Binding| other.help.is_some_and(|help| help(words) == text);
            let is_shared = BINDINGS.iter().filter(same).count() > 1;
            let told = if is_shared { 1 } else { KEYS_TOLD };
            let keys = binding.keys.iter().take(told);
            keys.map(|key| name(*key)).collect::<Vec<_>>().join(" ")
        };
        match lines.last_mut() {
            Some((before, said)) if said.as_str() == text => {
                before.push_str(", ");
                before.push_str(&keys);
            }
            Some(_) | None => lines.push((keys, text.to_owned())),
        }
    }
    lines.push((String::new(), String::new()));
    for command in COMMANDS {
        let usage = (command.usage)(words);
        let (form, does) = usage.split_once(": ").unwrap_or((usage, ""));
        lines.push((form.to_owned(), does.to_owned()));
    }
    lines.push((String::new(), String::new()));
    lines.push((String::new(), words.help_select.to_owned()));
    lines
}
