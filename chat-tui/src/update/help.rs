//! The lines of the help, made from the live tables.

use super::commands::COMMANDS;
use super::keys::{Action, Bindable, Chord, Keys, Mode, Spec};
use crate::model::words::Words;

/// Keys told of a binding that has a line of its own; the others are for who knows them from elsewhere.
const KEYS_TOLD: usize = 2;

/// The rooms that have a key of their own.
const ROOMS: u8 = 9;

/// Keys at the left, what they do at the right; commands with their usage.
pub(super) fn lines(keys: &Keys, words: &Words) -> Vec<(String, String)> {
    let blank = || (String::new(), String::new());
    let mut lines = lines_of(&keys.main, words, |group, bound| {
        // Nine lines would say no more.
        let are_rooms = matches!(group, [(spec, _), ..] if spec.action == Action::Room(1));
        let rooms = keys.to_rooms(ROOMS).filter(|_| are_rooms);
        rooms.unwrap_or_else(|| bound.to_owned())
    });
    lines.push(blank());
    lines.push((String::new(), words.help_reading.to_owned()));
    lines.extend(lines_of(&keys.reading, words, |_, bound| bound.to_owned()));
    lines.push(blank());
    for command in COMMANDS {
        let usage = (command.usage)(words);
        let (form, does) = usage.split_once(": ").unwrap_or((usage, ""));
        lines.push((form.to_owned(), does.to_owned()));
    }
    lines.push(blank());
    lines.push((String::new(), words.help_select.to_owned()));
    lines
}

/// What can be done, with the keys for it.
type Bound<'a, A> = (&'static Spec<A>, &'a [Chord]);

/// A line for all neighbours that the help says the same of; none where no key does it.
fn lines_of<A: Bindable>(
    mode: &Mode<A>,
    words: &Words,
    shorter: impl Fn(&[Bound<'_, A>], &str) -> String,
) -> Vec<(String, String)> {
    let told = |(spec, _): &Bound<'_, A>| spec.help.map(|help| help(words));
    let bindings: Vec<Bound<'_, A>> = mode
        .bindings()
        .filter(|bound| told(bound).is_some())
        .collect();
    let groups = bindings.chunk_by(|one, next| told(one) == told(next));
    let lines = groups.filter_map(|group| {
        let keys = keys_of(group)?;
        let text = group.first().and_then(told)?;
        Some((shorter(group, &keys), text.to_owned()))
    });
    lines.collect()
}

fn keys_of<A>(group: &[Bound<'_, A>]) -> Option<String> {
    let named = |chords: &[Chord], told: usize| {
        let names: Vec<String> = chords.iter().take(told).map(Chord::to_string).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    if let [(_, alone)] = group {
        return named(alone, KEYS_TOLD);
    }
    let told: Vec<String> = group
        .iter()
        .filter_map(|(_, chords)| named(chords, 1))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}
