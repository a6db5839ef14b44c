//! The table of keys: no key twice, and every binding under the Hangul layout.

use super::*;

#[test]
fn no_key_does_two_things() {
    let mut keys: Vec<(Option<Key>, Key)> = BINDINGS
        .iter()
        .flat_map(|b| b.keys.iter().map(|key| (b.after, *key)))
        .collect();
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
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

#[test]
fn t12_every_binding_works_with_the_hangul_layout_on() {
    let mut tried = 0;
    for binding in BINDINGS {
        for key in binding.keys.iter().chain(&binding.after) {
            let Code::Char(latin) = key.code else {
                continue;
            };
            let Some(hangul) = jamo_of(latin) else {
                // Digits and signs are where they were.
                assert!(!latin.is_alphabetic(), "{key:?}");
                continue;
            };
            let pressed = with_char(*key, hangul);
            assert_eq!(taken_apart(pressed), [*key], "{hangul}");
            tried += 1;
            if binding.after == Some(*key) {
                assert_eq!(action(pressed), Some(Action::First));
                continue;
            }
            let done = match binding.after {
                None => action(pressed),
                Some(first) => {
                    let Code::Char(latin) = first.code else {
                        continue;
                    };
                    let hangul = jamo_of(latin).unwrap_or(latin);
                    second_action(with_char(first, hangul), pressed)
                }
            };
            assert_eq!(done, Some(binding.action), "{hangul}");
        }
    }
    assert!(tried > 20, "{tried}");
    assert_eq!(action(Key::ctrl('C')), Some(Action::Clear));
    assert_eq!(action(Key::plain(Code::Char('ㅊ'))), None);
}

#[test]
fn t12_what_an_input_method_composed_is_taken_apart_again() {
    let bound = BINDINGS.iter().flat_map(|binding| binding.keys);
    let bound: Vec<Key> = bound
        .filter(|key| matches!(key.code, Code::Char(c) if c.is_ascii_lowercase()))
        .copied()
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
                assert!(keys.iter().all(|key| action(*key).is_some()), "{composed}");
                tried += 1;
            }
        }
        // Alone it types, and is commands only where letters are.
        let plain = Key::plain(Code::Char(composed));
        assert_eq!((pressed(plain), action(plain)), (vec![plain], None));
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
fn keys_have_names() {
    assert_eq!(name(Key::ctrl('n')), "Ctrl+N");
    assert_eq!(name(with_alt(Code::Enter)), "Alt+Enter");
    assert_eq!(name(Key::plain(Code::F(1))), "F1");
    assert_eq!(name(with_shift(Code::Tab)), "Shift+Tab");
}
