//! The table of keys: no key twice, and every binding under the Hangul layout, the usual ones and other ones.

use super::*;

/// The usual keys, and a table in which every action has another one: letters with Control and Alt, pairs of keys, signs.
fn tables() -> [Keys; 2] {
    let letters = || ('a'..='z').filter(|c| !"im".contains(*c));
    let mut others = letters()
        .map(|c| format!("ctrl+{c}"))
        .filter(|keys| keys != "ctrl+x")
        .chain(letters().map(|c| format!("alt+{c}")))
        .chain(letters().map(|c| format!("ctrl+x {c}")));
    let main: Vec<_> = Action::SPECS
        .iter()
        .map(|spec| (spec.action, vec![others.next().unwrap()]))
        .collect();
    let mut letters = ('a'..='z').rev();
    let reading: Vec<_> = Step::SPECS
        .iter()
        .map(|spec| (spec.action, vec![letters.next().unwrap().to_string()]))
        .collect();
    let other = Keys {
        main: bound(&main),
        reading: bound(&reading),
    };
    [Keys::default(), other]
}

#[track_caller]
fn bound<A: Bindable + std::fmt::Debug>(entries: &[(A, Vec<String>)]) -> Mode<A> {
    let entries: Vec<_> = entries
        .iter()
        .map(|(action, keys)| {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            Mode::entry(*action, &keys).unwrap()
        })
        .collect();
    let (mode, left_out) = Mode::rebound(&entries);
    assert_eq!(left_out, []);
    mode
}

fn all<A: Bindable>(mode: &Mode<A>) -> impl Iterator<Item = (A, Chord)> {
    mode.bindings()
        .flat_map(|(spec, chords)| chords.iter().map(|chord| (spec.action, *chord)))
}

#[test]
fn no_key_does_two_things() {
    fn check<A: Bindable>(mode: &Mode<A>) {
        let mut chords: Vec<Chord> = all(mode).map(|(_, chord)| chord).collect();
        let count = chords.len();
        chords.sort();
        chords.dedup();
        assert_eq!(chords.len(), count);
        let usual: usize = A::SPECS.iter().map(|spec| spec.keys.len()).sum();
        assert_eq!(all(&Mode::<A>::usual()).count(), usual, "each is read");
    }
    for keys in tables() {
        check(&keys.main);
        check(&keys.reading);
    }
}

/// The keys of the layout with two sets, and what Shift makes of some.
const LAYOUT: &[(char, char)] = &[
    ('q', 'ㅂ'),
    ('w', 'ㅈ'),
    ('e', 'ㄷ'),
    ('r', 'ㄱ'),
    ('t', 'ㅅ'),
    ('y', 'ㅛ'),
    ('u', 'ㅕ'),
    ('i', 'ㅑ'),
    ('o', 'ㅐ'),
    ('p', 'ㅔ'),
    ('a', 'ㅁ'),
    ('s', 'ㄴ'),
    ('d', 'ㅇ'),
    ('f', 'ㄹ'),
    ('g', 'ㅎ'),
    ('h', 'ㅗ'),
    ('j', 'ㅓ'),
    ('k', 'ㅏ'),
    ('l', 'ㅣ'),
    ('z', 'ㅋ'),
    ('x', 'ㅌ'),
    ('c', 'ㅊ'),
    ('v', 'ㅍ'),
    ('b', 'ㅠ'),
    ('n', 'ㅜ'),
    ('m', 'ㅡ'),
    ('Q', 'ㅃ'),
    ('W', 'ㅉ'),
    ('E', 'ㄸ'),
    ('R', 'ㄲ'),
    ('T', 'ㅆ'),
    ('O', 'ㅒ'),
    ('P', 'ㅖ'),
];

fn jamo_of(latin: char) -> Option<char> {
    let found = LAYOUT.iter().find(|(c, _)| *c == latin);
    found.map(|(_, jamo)| *jamo)
}

fn with_char(key: Key, c: char) -> Key {
    Key {
        code: Code::Char(c),
        ..key
    }
}

/// The key with the Hangul layout on; itself where that changes nothing.
fn on_hangul_keys(key: Key) -> Key {
    if let Code::Char(c) = key.code {
        return with_char(key, jamo_of(c).unwrap_or(c));
    }
    key
}

#[test]
fn t12_every_binding_works_with_the_hangul_layout_on() {
    for keys in tables() {
        let mut tried = 0;
        for (done, chord) in all(&keys.main) {
            let pressed = on_hangul_keys(chord.key);
            if let Code::Char(c) = pressed.code {
                // Digits and signs are where they were.
                assert!(!c.is_ascii_alphabetic(), "{chord}");
                assert_eq!(taken_apart(pressed), [chord.key], "{chord}");
                tried += usize::from(pressed != chord.key);
            }
            let found = match chord.after.map(on_hangul_keys) {
                None => keys.action(pressed),
                Some(first) => {
                    assert_eq!(keys.action(first), Some(Action::First));
                    keys.second_action(first, pressed)
                }
            };
            assert_eq!(found, Some(done), "{chord}");
        }
        assert!(tried > 20, "{tried}");
        assert_eq!(keys.action(Key::plain(Code::Char('ㅊ'))), None);
    }
    assert_eq!(USUAL.action(Key::ctrl('C')), Some(Action::Clear));
}

#[test]
fn t12_every_key_of_the_reading_mode_works_with_the_hangul_layout_on() {
    for keys in tables() {
        let mut tried = 0;
        for (step, chord) in all(&keys.reading) {
            assert_eq!(chord.after, None);
            assert_eq!(keys.steps(chord.key), [step], "{chord}");
            // With Shift most keys of that layout are what they are without.
            if matches!(chord.key.code, Code::Char('a'..='z')) {
                assert_eq!(keys.steps(on_hangul_keys(chord.key)), [step], "{chord}");
                tried += 1;
            }
        }
        assert!(tried > 10, "{tried}");
    }
    let steps = |c| USUAL.steps(Key::plain(Code::Char(c)));
    assert_eq!(steps('어'), [Step::HalfDown, Step::Down]);
    assert_eq!(steps('ㅘ'), [Step::Fold, Step::Up]);
    // Somebody begins to write.
    assert_eq!(steps('안'), []);
    assert_eq!(steps('w'), []);
    assert_eq!(steps('한'), []);
}

#[test]
fn t12_what_an_input_method_composed_is_taken_apart_again() {
    let alone = all(&USUAL.main).filter(|(_, chord)| chord.after.is_none());
    let bound: Vec<Key> = alone
        .map(|(_, chord)| chord.key)
        .filter(|key| matches!(key.code, Code::Char(c) if c.is_ascii_lowercase()))
        .collect();
    let mut tried = 0;
    // What two bound keys after one another become where they were composed: ㅗ and ㅏ are ㅘ, ㄴ and ㅡ are 느.
    for (composed, pair) in compositions() {
        let is_bound = |held: Key| {
            let keys = pair.map(|c| with_char(held, c));
            keys.iter().all(|key| bound.contains(key))
        };
        for held in [Key::ctrl('x'), Key::alt('x')] {
            let keys = pressed(with_char(held, composed));
            assert_eq!(keys, pair.map(|c| with_char(held, c)), "{composed}");
            if is_bound(held) {
                assert!(
                    keys.iter().all(|key| USUAL.action(*key).is_some()),
                    "{composed}"
                );
                tried += 1;
            }
        }
        // Alone it types, and is commands only where letters are.
        let plain = Key::plain(Code::Char(composed));
        assert_eq!((pressed(plain), USUAL.action(plain)), (vec![plain], None));
        assert_eq!(taken_apart(plain), pair.map(|c| with_char(plain, c)));
    }
    assert!(tried > 3, "{tried}");
}

#[test]
fn t12_every_syllable_is_the_keys_that_it_was_typed_with() {
    use unicode_normalization::UnicodeNormalization as _;
    let compounds = compositions();
    let latin = |jamo: char| -> String {
        let simple = LAYOUT.iter().find(|(_, hangul)| *hangul == jamo);
        let double = compounds.iter().find(|(hangul, _)| *hangul == jamo);
        let keys = simple.map(|(key, _)| key.to_string());
        keys.or_else(|| double.map(|(_, pair)| pair.iter().collect()))
            .unwrap_or_else(|| panic!("{jamo} is on no key"))
    };
    for syllable in '가'..='힣' {
        let conjoining = syllable.to_string().nfd().collect::<String>();
        let typed: String = conjoining.chars().map(|c| latin(standing(c))).collect();
        let keys = taken_apart(Key::plain(Code::Char(syllable)));
        let keys: Vec<Code> = keys.iter().map(|key| key.code).collect();
        assert_eq!(
            keys,
            typed.chars().map(Code::Char).collect::<Vec<_>>(),
            "{syllable}"
        );
    }
}

/// The jamo of the keyboard for one that conjoins.
fn standing(c: char) -> char {
    let table = match c {
        '\u{1100}'..='\u{1112}' => ("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", '\u{1100}'),
        '\u{1161}'..='\u{1175}' => ("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ", '\u{1161}'),
        _ => (
            "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
            '\u{11A8}',
        ),
    };
    let at = u32::from(c) - u32::from(table.1);
    table.0.chars().nth(usize::try_from(at).unwrap()).unwrap()
}

/// What an input method makes of two keys: compound jamo, and syllables of one consonant and one vowel.
fn compositions() -> Vec<(char, [char; 2])> {
    let compound = [
        ('ㄳ', "rt"),
        ('ㄵ', "sw"),
        ('ㄶ', "sg"),
        ('ㄺ', "fr"),
        ('ㄻ', "fa"),
        ('ㄼ', "fq"),
        ('ㄽ', "ft"),
        ('ㄾ', "fx"),
        ('ㄿ', "fv"),
        ('ㅀ', "fg"),
        ('ㅄ', "qt"),
        ('ㅘ', "hk"),
        ('ㅙ', "ho"),
        ('ㅚ', "hl"),
        ('ㅝ', "nj"),
        ('ㅞ', "np"),
        ('ㅟ', "nl"),
        ('ㅢ', "ml"),
    ];
    let pair = |keys: &str| {
        let mut chars = keys.chars();
        [chars.next().unwrap(), chars.next().unwrap()]
    };
    let compound = compound.map(|(jamo, keys)| (jamo, pair(keys)));
    let syllables = [
        ('어', "dj"),
        ('느', "sm"),
        ('누', "sn"),
        ('그', "rm"),
        ('시', "tl"),
        ('하', "gk"),
        ('무', "an"),
        ('비', "ql"),
    ];
    let syllables = syllables.map(|(syllable, keys)| (syllable, pair(keys)));
    compound.into_iter().chain(syllables).collect()
}

#[test]
fn t41_an_entry_takes_all_usual_keys_of_its_action() {
    let mode = bound(&[
        (Action::Switch, vec!["ctrl+g".to_owned(), "f3".to_owned()]),
        (Action::Suspend, Vec::new()),
    ]);
    let keys = Keys {
        main: mode,
        ..Keys::default()
    };
    assert_eq!(keys.action(Key::ctrl('g')), Some(Action::Switch));
    assert_eq!(keys.action(Key::plain(Code::F(3))), Some(Action::Switch));
    assert_eq!(keys.action(Key::ctrl('k')), None);
    assert_eq!(keys.action(Key::ctrl('z')), None);
    assert_eq!(keys.action(Key::ctrl('f')), Some(Action::Search));
    let first = |name| {
        keys.called(name)
            .map(|chords| chords.first().map(Chord::to_string))
    };
    assert_eq!(first("switcher"), Some(Some("Ctrl+G".to_owned())));
    assert_eq!(first("suspend"), Some(None));
    assert_eq!(first("0"), None);
}

#[test]
fn t12_keys_to_the_rooms_are_told_in_short_where_they_are_in_order() {
    assert_eq!(USUAL.to_rooms(4).as_deref(), Some("Alt+1-4"));
    let rooms = |keys: [&str; 9]| {
        let rooms = (1..)
            .map(Action::Room)
            .zip(keys.map(|key| vec![key.to_owned()]));
        Keys {
            main: bound(&rooms.collect::<Vec<_>>()),
            ..Keys::default()
        }
    };
    let keys = rooms(["f3", "f5", "f7", "f8", "f9", "f10", "f11", "f12", "f13"]);
    assert_eq!(keys.to_rooms(3).as_deref(), Some("F3 F5 F7"));
    let pairs: Vec<String> = (1..=9).map(|number| format!("ctrl+g {number}")).collect();
    let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
    let keys = rooms(pairs.try_into().unwrap());
    assert_eq!(keys.to_rooms(9).as_deref(), Some("Ctrl+G 1-9"));
    let one = (Action::Room(2), Vec::new());
    let keys = Keys {
        main: bound(&[one]),
        ..Keys::default()
    };
    assert_eq!(keys.to_rooms(2).as_deref(), Some("Alt+1"));
    assert_eq!(keys.to_rooms(9).as_deref(), Some("Alt+1 Alt+3-9"));
    assert_eq!(keys.to_rooms(0), None);
}
