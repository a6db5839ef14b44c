//! The lines of the help, made from the live tables.

use super::commands::COMMANDS;
use super::keys::reading::READING;
use super::keys::{Action, BINDINGS, Binding, name};
use crate::key::{Code, Key};
use crate::model::words::Words;

/// Keys told of a binding that has a line of its own; the others are for who knows them from elsewhere.
const KEYS_TOLD: usize = 2;

/// Keys at the left, what they do at the right; commands with their usage.
pub(super) fn lines(words: &Words) -> Vec<(String, String)> {
    // Bindings that share a sentence share a line.
    let mut groups: Vec<(Vec<&Binding>, &str)> = Vec::new();
    for binding in BINDINGS {
        let Some(help) = binding.help else { continue };
        let text = help(words);
        match groups.last_mut() {
            Some((bindings, said)) if *said == text => bindings.push(binding),
            Some(_) | None => groups.push((vec![binding], text)),
        }
    }
    let lines = groups
        .iter()
        .map(|(bindings, text)| (keys_of(bindings), (*text).to_owned()));
    let mut lines: Vec<(String, String)> = lines.collect();
    lines.push((String::new(), String::new()));
    lines.push((String::new(), words.help_reading.to_owned()));
    for group in READING.chunk_by(|one, next| (one.help)(words) == (next.help)(words)) {
        let keys = group.iter().filter_map(|reading| reading.keys.first());
        let keys: Vec<String> = keys.map(|key| letter_or_name(*key)).collect();
        let text = group.first().map_or("", |reading| (reading.help)(words));
        lines.push((keys.join(", "), text.to_owned()));
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

/// Letters of the reading mode are told as they are typed: `g` is another key than `G`.
fn letter_or_name(key: Key) -> String {
    if let Code::Char(c) = key.code
        && key == Key::plain(key.code)
    {
        return c.to_string();
    }
    name(key)
}

fn keys_of(bindings: &[&Binding]) -> String {
    let named = |binding: &Binding, told: usize| {
        let keys = binding.keys.iter().take(told).map(|key| name(*key));
        let keys = binding.after.map(name).into_iter().chain(keys);
        keys.collect::<Vec<_>>().join(" ")
    };
    match bindings {
        [
            Binding {
                action: Action::Room(_),
                ..
            },
            ..,
        ] => "Alt+1-9".to_owned(),
        [alone] => named(alone, KEYS_TOLD),
        several => {
            let keys: Vec<_> = several.iter().map(|binding| named(binding, 1)).collect();
            keys.join(", ")
        }
    }
}
