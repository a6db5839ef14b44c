//! Keys as people write them into the file, and what is said of them.

use super::super::parse;
use super::super::tests::{faults, faults_in, good};
use super::*;
use crate::model::keys::Keys;
use crate::model::words::Language;

/// How the keys are called for what is called so.
pub(in super::super) fn called(keys: &Keys, name: &str) -> Vec<String> {
    let chords = keys.called(name).unwrap().iter();
    chords.map(Chord::to_string).collect()
}

pub(in super::super) fn keys_with(main: &[(Action, &[&str])], reading: &[(Step, &[&str])]) -> Keys {
    fn mode<A: Bindable>(entries: &[(A, &[&str])]) -> Mode<A> {
        let entries = entries.iter();
        let entries = entries.map(|(action, keys)| Mode::entry(*action, keys).unwrap());
        Mode::rebound(&entries.collect::<Vec<_>>()).0
    }
    Keys {
        main: mode(main),
        reading: mode(reading),
    }
}

#[test]
fn t41_keys_are_bound_by_the_file_and_a_wrong_one_keeps_the_usual() {
    let text = "mouse = false\n[keys]\nswitcher = ['ctrl+k', 'ctrl+g']\nsuspend = []\n\
        editor = 'Ctrl+X  e'\nhelp = 'ctrl+i'\n";
    let found = parse::parse(text.as_bytes());
    let expected = keys_with(
        &[
            (Action::Switch, &["ctrl+k", "ctrl+g"]),
            (Action::Suspend, &[]),
            (Action::Editor, &["ctrl+x e"]),
        ],
        &[],
    );
    assert_eq!(found.settings.keys, expected);
    assert_eq!((found.faults.len(), found.faults[0].line), (1, 6));
    assert!(!found.settings.mouse);
    // Dots do what a table does, and an exchange is no clash.
    let keys = good("keys.search = 'ctrl+k'\nkeys.switcher = 'ctrl+f'").keys;
    assert_eq!(called(&keys, "search"), ["Ctrl+K"]);
    assert_eq!(called(&keys, "switcher"), ["Ctrl+F"]);
    // What is not TOML leaves the usual keys too.
    let broken = parse::parse(b"[keys]\nhelp = 'f7'\nhelp = 'f8'\n");
    assert_eq!(broken.settings.keys, Keys::default());
}

/// What stands below `[keys]`, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    (
        "swicher = 'f3'",
        "2:1: no key can do swicher; did you mean switcher?",
    ),
    (
        "dance = 'f3'",
        "2:1: no key can do dance; remove it (chat-tui config --print shows all)",
    ),
    (
        "mouse = false",
        "2:1: mouse does not belong here; put it above [keys]",
    ),
    (
        "copy = 'c'",
        "2:1: copy does not belong here; put it below [keys.reading]",
    ),
    (
        "help = 1",
        "2:8: keys.help has to be a key or a list of keys in quotes: write help = \"f1\"",
    ),
    (
        "help = ['f1', 'ctrl+entre']",
        "2:15: keys.help cannot be this: there is no key entre; did you mean enter?",
    ),
    (
        "help = 'ctrl+i'",
        "2:8: keys.help cannot be this: a terminal sends tab for ctrl+i; write tab, or take another one",
    ),
    (
        "help = 'ctrl+shift+k'",
        "2:8: keys.help cannot be this: a terminal sends ctrl+k for ctrl+shift+k; write ctrl+k, or take another one",
    ),
    (
        "help = 'ctrl+1'",
        "2:8: keys.help cannot be this: no terminal sends ctrl+1 as a key of its own; take another one",
    ),
    (
        "help = 'alt+ㅗ'",
        "2:8: keys.help cannot be this: keys are named by their Latin letters; write h for ㅗ (it works with either layout)",
    ),
    (
        "help = 'h'",
        "2:8: keys.help cannot be this: h types; put ctrl+ or alt+ before it",
    ),
    (
        "search = ['f3', 'ctrl+k']",
        "2:17: keys.search cannot be this: ctrl+k is a key of switcher; take another one, or give switcher another one",
    ),
    (
        "search = 'ctrl+x'",
        "2:10: keys.search cannot be this: ctrl+x alone cannot be a key beside ctrl+x ctrl+e (here or of editor); take another one for either",
    ),
    (
        "send = []",
        "2:8: keys.send cannot be this: nobody can do without it, and no key here is sent by every terminal; add \"enter\"",
    ),
    (
        "clear = 'ctrl+enter'",
        "2:9: keys.clear cannot be this: nobody can do without it, and no key here is sent by every terminal; add \"ctrl+c\"",
    ),
    (
        "[keys.reading]\ncopy = 'ctrl+x c'",
        "3:8: keys.reading.copy cannot be this: while one reads a key stands alone; write one, not ctrl+x c",
    ),
    (
        "[keys.reading]\ncopy = 'j'",
        "3:8: keys.reading.copy cannot be this: j is a key of down; take another one, or give down another one",
    ),
    (
        "reading = 'j'",
        "2:11: keys.reading has to be a table of its own: write [keys.reading]",
    ),
];

#[test]
fn t41_a_wrong_key_is_named_with_line_column_and_mend() {
    for (text, expected) in WRONG {
        let text = format!("[keys]\n{text}");
        assert_eq!(faults(&text), [*expected], "{text}");
        let [korean] = faults_in(Language::Korean, &text).try_into().unwrap();
        let place = |told: &str| told.split_once(": ").unwrap().0.to_owned();
        assert_eq!(place(&korean), place(expected));
        assert!(
            korean.contains("세요") || korean.contains("나요"),
            "{korean}"
        );
        assert_eq!(
            parse::parse(text.as_bytes()).settings.keys,
            Keys::default(),
            "{text}"
        );
    }
    assert_eq!(
        faults("keys = 'f1'"),
        ["1:8: keys has to be a table of its own: write [keys]"]
    );
    assert_eq!(
        faults("[key]\n"),
        ["1:2: there is no setting key; did you mean keys?"]
    );
    // A clash that is seen last is told where it stands.
    let lines: Vec<_> = faults("[keys]\nsearch = 'ctrl+k'\nfoo = 1\n[keys.reading]\nbar = 1\n");
    let lines: Vec<_> = lines
        .iter()
        .map(|told| told.split_once(':').unwrap().0)
        .collect();
    assert_eq!(lines, ["2", "3", "5"]);
}
