//! Entries that are taken, refused, or in the way of one another.

use proptest::prelude::*;

use super::*;
use crate::model::keys::Action;
use crate::model::keys::reading::Step;

#[test]
fn t41_keys_that_cannot_be_bound_are_refused() {
    let main = |action, keys: &[&str]| Mode::<Action>::entry(action, keys).unwrap_err();
    let chord = |text: &str| text.parse::<Chord>().unwrap();
    assert_eq!(main(Action::Search, &["a"]), NotBound::Types(chord("a")));
    assert_eq!(
        main(Action::Search, &["a ctrl+b"]),
        NotBound::Types(chord("a ctrl+b"))
    );
    assert_eq!(main(Action::Enter, &[]), NotBound::Needed("enter"));
    assert_eq!(main(Action::Clear, &[]), NotBound::Needed("ctrl+c"));
    // Some terminals send this as Enter, and then nothing would send.
    assert_eq!(
        main(Action::Enter, &["ctrl+enter"]),
        NotBound::Needed("enter")
    );
    assert!(Mode::entry(Action::Enter, &["ctrl+enter", "ctrl+s"]).is_ok());
    let many = ["f1"; KEYS_MAX + 1];
    assert!(Mode::entry(Action::Help, &many[1..]).is_ok());
    assert_eq!(main(Action::Help, &many), NotBound::TooMany(KEYS_MAX + 1));
    assert_eq!(
        Mode::<Step>::entry(Step::Copy, &["ctrl+x y"]),
        Err(NotBound::Two(chord("ctrl+x y")))
    );
}

#[test]
fn t41_of_two_that_want_a_key_the_first_one_gets_it() {
    let chord = |text: &str| text.parse::<Chord>().unwrap();
    let entry = |action, key: &str| Mode::<Action>::entry(action, &[key]).unwrap();
    let taken = |key: &str, by| NotBound::Taken {
        chord: chord(key),
        by,
    };
    let check = |entries: &[Entry<Action>], expected: &[(usize, NotBound)]| {
        let (mode, mut left_out) = Mode::rebound(entries);
        left_out.sort();
        assert_eq!(left_out, expected);
        // What is left out has its usual keys again.
        for (place, _) in expected {
            let action = entries[*place].action;
            assert_eq!(mode.keys_for(action), Mode::usual().keys_for(action));
        }
    };
    // Of another entry, and of an action without one.
    check(
        &[entry(Action::Help, "f7"), entry(Action::Search, "f7")],
        &[(1, taken("f7", "help"))],
    );
    check(
        &[entry(Action::Search, "ctrl+k")],
        &[(0, taken("ctrl+k", "switcher"))],
    );
    check(
        &[
            entry(Action::Search, "ctrl+k"),
            entry(Action::Switch, "ctrl+k"),
        ],
        &[(0, taken("ctrl+k", "switcher"))],
    );
    // An exchange is none.
    check(
        &[
            entry(Action::Search, "ctrl+k"),
            entry(Action::Switch, "ctrl+f"),
        ],
        &[],
    );
    // What one that is left out has again may be what another one wants.
    check(
        &[
            entry(Action::Search, "ctrl+k"),
            entry(Action::Help, "f9"),
            entry(Action::Switch, "f9"),
        ],
        &[(0, taken("ctrl+k", "switcher")), (2, taken("f9", "help"))],
    );
    // A first key of two does nothing alone.
    let begins = NotBound::Begins {
        alone: chord("ctrl+x"),
        two: chord("ctrl+x ctrl+e"),
        by: "editor",
    };
    check(&[entry(Action::Search, "ctrl+x")], &[(0, begins)]);
    let both = Mode::entry(Action::Editor, &["ctrl+x", "ctrl+x ctrl+e"]).unwrap();
    let begins = NotBound::Begins {
        alone: chord("ctrl+x"),
        two: chord("ctrl+x ctrl+e"),
        by: "editor",
    };
    check(&[both], &[(0, begins)]);
}

/// Keys that get in the way of one another often.
const CROWD: &[&str] = &[
    "enter",
    "ctrl+enter",
    "ctrl+c",
    "ctrl+k",
    "ctrl+f",
    "ctrl+x",
    "ctrl+x ctrl+e",
    "ctrl+x ctrl+x",
    "ctrl+e",
    "ctrl+e ctrl+k",
    "f1",
    "alt+1",
];

proptest! {
    #[test]
    fn t41_whatever_is_wanted_no_key_does_two_things_and_one_can_send_and_leave(
        wanted in prop::collection::vec(
            (0..Action::SPECS.len(), prop::collection::vec(prop::sample::select(CROWD), 0..4)),
            0..20,
        ),
    ) {
        let mut entries: Vec<Entry<Action>> = Vec::new();
        for (spec, keys) in &wanted {
            let action = Action::SPECS[*spec].action;
            let is_there = entries.iter().any(|entry| entry.action == action);
            // A table has each name once.
            if let Ok(entry) = Mode::entry(action, keys) && !is_there {
                entries.push(entry);
            }
        }
        let (mode, left_out) = Mode::rebound(&entries);
        prop_assert!(left_out.len() <= entries.len());
        let chords: Vec<Chord> = mode.bindings().flat_map(|(_, chords)| chords).copied().collect();
        for (at, chord) in chords.iter().enumerate() {
            let others = chords.iter().enumerate().filter(|(other, _)| *other != at);
            for (_, other) in others {
                prop_assert_ne!(chord, other);
                prop_assert!(chord.after.is_some() || other.after != Some(chord.key), "{} {}", chord, other);
            }
        }
        for needed in Action::NEEDED {
            let keys = mode.keys_for(*needed);
            prop_assert!(keys.iter().any(|key| key.is_sent_by_all()), "{:?}", needed);
        }
        // What is taken is taken whole.
        for (place, entry) in entries.iter().enumerate() {
            let is_out = left_out.iter().any(|(out, _)| *out == place);
            prop_assert!(is_out || mode.keys_for(entry.action) == entry.chords);
        }
    }
}
