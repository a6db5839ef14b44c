//! Every key and what it does: the one table, from which the help is drawn too.

use super::jamo::keys_of;
use crate::key::{Code, Key};
use crate::model::words::Words;

/// What a key can do. Which of it makes sense depends on what has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Send, take, go in.
    Enter,
    /// A new line in the text.
    Newline,
    /// Complete; the next field.
    Tab,
    /// The candidate or field before.
    BackTab,
    /// A row up; what was sent before.
    Up,
    /// A row down.
    Down,
    /// A grapheme to the left.
    Left,
    /// A grapheme to the right.
    Right,
    /// A word to the left.
    WordLeft,
    /// A word to the right.
    WordRight,
    /// The start of the line.
    Home,
    /// The end of the line; there already, the newest message.
    End,
    /// The grapheme before the caret goes.
    Backspace,
    /// The grapheme after the caret goes.
    Delete,
    /// The word before the caret goes.
    DeleteWord,
    /// The line up to the caret goes.
    KillToStart,
    /// The line from the caret goes.
    KillToEnd,
    /// The last change is taken back.
    Undo,
    /// The change taken back is made again.
    Redo,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// Closes what is open; else the newest message.
    Escape,
    /// The tab of this number, from 1.
    Room(u8),
    /// The next tab.
    NextRoom,
    /// The tab before.
    PreviousRoom,
    /// Connects now.
    Retry,
    /// Shows the members.
    Members,
    /// Sends the failed text again.
    Again,
    /// Takes the failed text back to edit.
    TakeBack,
    /// Shows the help.
    Help,
    /// Suspends the program.
    Suspend,
    /// Clears the text; leaves.
    Clear,
    /// Leaves, with an empty text.
    Leave,
    /// Writes in the person's editor.
    Editor,
    /// Answers the newest message of somebody else; again, the one before it.
    Reply,
    /// Begins a binding of two keys.
    First,
}

/// Keys that do the same.
#[derive(Debug)]
pub struct Binding {
    /// The key that has to be pressed before, for those of two.
    pub after: Option<Key>,
    /// Any of these.
    pub keys: &'static [Key],
    /// What they do.
    pub action: Action,
    /// What the help says; neighbours that say the same share a line. Nothing for what nobody asks.
    pub help: Option<fn(&Words) -> &'static str>,
}

const fn bind(
    keys: &'static [Key],
    action: Action,
    help: Option<fn(&Words) -> &'static str>,
) -> Binding {
    Binding {
        after: None,
        keys,
        action,
        help,
    }
}

/// The same behind a first key.
const fn bind_after(
    first: Key,
    keys: &'static [Key],
    action: Action,
    help: Option<fn(&Words) -> &'static str>,
) -> Binding {
    Binding {
        after: Some(first),
        keys,
        action,
        help,
    }
}

const fn with_alt(code: Code) -> Key {
    Key {
        alt: true,
        ..Key::plain(code)
    }
}

const fn with_ctrl(code: Code) -> Key {
    Key {
        ctrl: true,
        ..Key::plain(code)
    }
}

const fn with_shift(code: Code) -> Key {
    Key {
        shift: true,
        ..Key::plain(code)
    }
}

/// Every binding, in the order of the help.
pub const BINDINGS: &[Binding] = &[
    bind(
        &[Key::plain(Code::Enter)],
        Action::Enter,
        Some(|w| w.help_send),
    ),
    bind(
        &[
            with_alt(Code::Enter),
            Key::ctrl('j'),
            with_shift(Code::Enter),
        ],
        Action::Newline,
        Some(|w| w.help_newline),
    ),
    bind(
        &[Key::plain(Code::Tab)],
        Action::Tab,
        Some(|w| w.help_complete),
    ),
    bind(&[with_shift(Code::Tab)], Action::BackTab, None),
    bind(&[Key::plain(Code::Up)], Action::Up, Some(|w| w.help_recall)),
    bind(&[Key::plain(Code::Down)], Action::Down, None),
    bind(&[Key::plain(Code::Left)], Action::Left, None),
    bind(&[Key::plain(Code::Right)], Action::Right, None),
    bind(
        &[with_ctrl(Code::Left), Key::alt('b')],
        Action::WordLeft,
        Some(|w| w.help_words),
    ),
    bind(
        &[with_ctrl(Code::Right), Key::alt('f')],
        Action::WordRight,
        Some(|w| w.help_words),
    ),
    bind(
        &[Key::plain(Code::Home), Key::ctrl('a')],
        Action::Home,
        Some(|w| w.help_ends),
    ),
    bind(
        &[Key::plain(Code::End), Key::ctrl('e')],
        Action::End,
        Some(|w| w.help_ends),
    ),
    bind(
        &[Key::plain(Code::Backspace), Key::ctrl('h')],
        Action::Backspace,
        None,
    ),
    bind(&[Key::plain(Code::Delete)], Action::Delete, None),
    bind(
        &[
            Key::ctrl('w'),
            with_alt(Code::Backspace),
            with_ctrl(Code::Backspace),
        ],
        Action::DeleteWord,
        Some(|w| w.help_delete),
    ),
    bind(
        &[Key::ctrl('u')],
        Action::KillToStart,
        Some(|w| w.help_delete),
    ),
    bind(
        &[Key::ctrl('k')],
        Action::KillToEnd,
        Some(|w| w.help_delete),
    ),
    bind(
        &[Key::alt('z'), Key::ctrl('_')],
        Action::Undo,
        Some(|w| w.help_undo),
    ),
    bind(&[Key::alt('y')], Action::Redo, Some(|w| w.help_undo)),
    bind(
        &[Key::plain(Code::PageUp)],
        Action::PageUp,
        Some(|w| w.help_scroll),
    ),
    bind(
        &[Key::plain(Code::PageDown)],
        Action::PageDown,
        Some(|w| w.help_scroll),
    ),
    bind(
        &[Key::plain(Code::Esc)],
        Action::Escape,
        Some(|w| w.help_bottom),
    ),
    bind(&[Key::alt('1')], Action::Room(1), Some(|w| w.help_tab)),
    bind(&[Key::alt('2')], Action::Room(2), None),
    bind(&[Key::alt('3')], Action::Room(3), None),
    bind(&[Key::alt('4')], Action::Room(4), None),
    bind(&[Key::alt('5')], Action::Room(5), None),
    bind(&[Key::alt('6')], Action::Room(6), None),
    bind(&[Key::alt('7')], Action::Room(7), None),
    bind(&[Key::alt('8')], Action::Room(8), None),
    bind(&[Key::alt('9')], Action::Room(9), None),
    bind(
        &[Key::ctrl('n'), with_alt(Code::Right)],
        Action::NextRoom,
        Some(|w| w.help_tabs),
    ),
    bind(
        &[Key::ctrl('p'), with_alt(Code::Left)],
        Action::PreviousRoom,
        Some(|w| w.help_tabs),
    ),
    bind(
        &[Key::plain(Code::F(2))],
        Action::Members,
        Some(|w| w.help_members),
    ),
    bind(&[Key::alt('r')], Action::Reply, Some(|w| w.help_answer)),
    bind_after(
        Key::ctrl('x'),
        &[Key::ctrl('e')],
        Action::Editor,
        Some(|w| w.help_editor),
    ),
    bind(&[Key::alt('s')], Action::Again, Some(|w| w.help_failed)),
    bind(&[Key::alt('e')], Action::TakeBack, Some(|w| w.help_failed)),
    bind(&[Key::ctrl('r')], Action::Retry, Some(|w| w.help_retry)),
    bind(
        &[Key::plain(Code::F(1))],
        Action::Help,
        Some(|w| w.help_help),
    ),
    bind(&[Key::ctrl('z')], Action::Suspend, Some(|w| w.help_suspend)),
    bind(&[Key::ctrl('c')], Action::Clear, Some(|w| w.help_clear)),
    bind(&[Key::ctrl('d')], Action::Leave, Some(|w| w.help_leave)),
];

/// What a key does, whichever layout is switched on; nothing where it only types.
pub fn action(key: Key) -> Option<Action> {
    let key = on_latin_keys(key);
    let is_first = |binding: &Binding| binding.after == Some(key);
    if BINDINGS.iter().any(is_first) {
        return Some(Action::First);
    }
    bound(None, key)
}

/// What a key does behind the first one of two; where it is not the second, what it does alone.
pub fn second_action(first: Key, key: Key) -> Option<Action> {
    bound(Some(on_latin_keys(first)), on_latin_keys(key)).or_else(|| action(key))
}

fn bound(after: Option<Key>, key: Key) -> Option<Action> {
    BINDINGS
        .iter()
        .find(|binding| binding.after == after && binding.keys.contains(&key))
        .map(|binding| binding.action)
}

/// The same key with the Latin layout, where it is one with Control or Alt.
fn on_latin_keys(key: Key) -> Key {
    match pressed(key).as_slice() {
        [one] => *one,
        [] | [..] => key,
    }
}

/// The keys with Control or Alt that were pressed, on the Latin layout: what an input method composed of several is several again.
/// Any other key is itself, as it types.
pub fn pressed(key: Key) -> Vec<Key> {
    if key.ctrl || key.alt {
        taken_apart(key)
    } else {
        vec![key]
    }
}

/// The keys that were pressed for a character, on the Latin layout, whatever was held: `어` is d and j, for a mode in which letters are
/// commands.
pub fn taken_apart(key: Key) -> Vec<Key> {
    let Code::Char(c) = key.code else {
        return vec![key];
    };
    let is_command = key.ctrl || key.alt;
    let letters = keys_of(c.encode_utf8(&mut [0; 4]));
    let pressed = letters.chars().map(|c| Key {
        code: Code::Char(if is_command {
            c.to_ascii_lowercase()
        } else {
            c
        }),
        ..key
    });
    pressed.collect()
}

/// How a key is called in the help.
pub fn name(key: Key) -> String {
    let mut name = String::new();
    for (is_held, modifier) in [
        (key.ctrl, "Ctrl+"),
        (key.alt, "Alt+"),
        (key.shift, "Shift+"),
    ] {
        if is_held {
            name.push_str(modifier);
        }
    }
    let code = match key.code {
        Code::Char(c) => return name + &c.to_uppercase().to_string(),
        Code::F(number) => return name + &format!("F{number}"),
        Code::Enter => "Enter",
        Code::Tab => "Tab",
        Code::Backspace => "Backspace",
        Code::Esc => "Esc",
        Code::Left => "Left",
        Code::Right => "Right",
        Code::Up => "Up",
        Code::Down => "Down",
        Code::Home => "Home",
        Code::End => "End",
        Code::PageUp => "PageUp",
        Code::PageDown => "PageDown",
        Code::Insert => "Insert",
        Code::Delete => "Delete",
    };
    name + code
}

#[cfg(test)]
mod tests {
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
}
