//! The keys of the reading mode, which are letters there: those of vi and of pagers.

use super::with_ctrl;
use crate::key::{Code, Key};
use crate::model::words::Words;
use crate::text::jamo::keys_of;

/// What a key does while one reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The message below.
    Down,
    /// The message above.
    Up,
    /// Half a screen down.
    HalfDown,
    /// Half a screen up.
    HalfUp,
    /// A screen down.
    PageDown,
    /// A screen up.
    PageUp,
    /// The first message that is here.
    First,
    /// The newest message.
    Last,
    /// Copies the text.
    Copy,
    /// Opens the link, or shows those there are.
    Open,
    /// Answers the message.
    Reply,
    /// Unfolds.
    Unfold,
    /// Folds.
    Fold,
    /// Folds what is unfolded, unfolds what is folded.
    Toggle,
    /// Back to the text.
    Write,
}

/// Keys that do the same while one reads.
#[derive(Debug)]
pub struct Reading {
    /// Any of these.
    pub keys: &'static [Key],
    /// What they do.
    pub step: Step,
    /// What the help says; neighbours that say the same share a line.
    pub help: fn(&Words) -> &'static str,
}

const fn letter(c: char) -> Key {
    Key::plain(Code::Char(c))
}

/// Every binding of the reading mode, in the order of the help.
pub const READING: &[Reading] = &[
    Reading {
        keys: &[letter('j'), Key::plain(Code::Down)],
        step: Step::Down,
        help: |w| w.help_select_next,
    },
    Reading {
        keys: &[letter('k'), Key::plain(Code::Up), Key::alt('v')],
        step: Step::Up,
        help: |w| w.help_select_next,
    },
    Reading {
        keys: &[letter('d'), Key::ctrl('d')],
        step: Step::HalfDown,
        help: |w| w.help_half,
    },
    Reading {
        keys: &[letter('u'), Key::ctrl('u')],
        step: Step::HalfUp,
        help: |w| w.help_half,
    },
    Reading {
        keys: &[letter('f'), letter(' '), Key::plain(Code::PageDown)],
        step: Step::PageDown,
        help: |w| w.help_page,
    },
    Reading {
        keys: &[letter('b'), Key::plain(Code::PageUp)],
        step: Step::PageUp,
        help: |w| w.help_page,
    },
    Reading {
        keys: &[letter('g'), Key::plain(Code::Home)],
        step: Step::First,
        help: |w| w.help_first_last,
    },
    Reading {
        keys: &[letter('G'), Key::plain(Code::End), with_ctrl(Code::End)],
        step: Step::Last,
        help: |w| w.help_first_last,
    },
    Reading {
        keys: &[letter('y')],
        step: Step::Copy,
        help: |w| w.help_copy,
    },
    Reading {
        keys: &[letter('o')],
        step: Step::Open,
        help: |w| w.help_open,
    },
    Reading {
        keys: &[letter('r')],
        step: Step::Reply,
        help: |w| w.help_reply,
    },
    Reading {
        keys: &[letter('l'), Key::plain(Code::Right)],
        step: Step::Unfold,
        help: |w| w.help_fold,
    },
    Reading {
        keys: &[letter('h'), Key::plain(Code::Left)],
        step: Step::Fold,
        help: |w| w.help_fold,
    },
    Reading {
        keys: &[Key::plain(Code::Enter)],
        step: Step::Toggle,
        help: |w| w.help_fold,
    },
    Reading {
        keys: &[letter('i'), Key::plain(Code::Esc)],
        step: Step::Write,
        help: |w| w.help_write,
    },
];

/// What a key does while one reads, whichever layout is switched on: an input method makes several keys into one syllable (`어` is d, j).
/// Nothing where one of them has no meaning here; then somebody begins to write.
pub fn steps(key: Key) -> Vec<Step> {
    let keys: Vec<Key> = match key.code {
        Code::Char(c) if !key.ctrl && !key.alt => keys_of(c.encode_utf8(&mut [0; 4]))
            .chars()
            // Shift changes few keys of the Hangul layout: one that is held is seen on those alone.
            .map(|c| Key::plain(Code::Char(c)))
            .collect(),
        Code::Char(_)
        | Code::Enter
        | Code::Tab
        | Code::Backspace
        | Code::Esc
        | Code::Left
        | Code::Right
        | Code::Up
        | Code::Down
        | Code::Home
        | Code::End
        | Code::PageUp
        | Code::PageDown
        | Code::Insert
        | Code::Delete
        | Code::F(_) => vec![super::on_latin_keys(key)],
    };
    let found: Option<Vec<Step>> = keys.into_iter().map(step).collect();
    found.unwrap_or_default()
}

fn step(key: Key) -> Option<Step> {
    READING
        .iter()
        .find(|reading| reading.keys.contains(&key))
        .map(|reading| reading.step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_of_the_reading_mode_does_two_things() {
        let mut keys: Vec<Key> = READING
            .iter()
            .flat_map(|r| r.keys.iter().copied())
            .collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn t12_every_key_of_the_reading_mode_works_with_the_hangul_layout_on() {
        const LAYOUT: &str =
            "qㅂwㅈeㄷrㄱtㅅyㅛuㅕiㅑoㅐpㅔaㅁsㄴdㅇfㄹgㅎhㅗjㅓkㅏlㅣzㅋxㅌcㅊvㅍbㅠnㅜmㅡ";
        let mut tried = 0;
        for reading in READING {
            for key in reading.keys {
                let Code::Char(latin @ 'a'..='z') = key.code else {
                    continue;
                };
                let hangul = LAYOUT.chars().skip_while(|c| *c != latin).nth(1).unwrap();
                let pressed = Key {
                    code: Code::Char(hangul),
                    ..*key
                };
                assert_eq!(steps(pressed), [reading.step], "{hangul}");
                tried += 1;
            }
        }
        assert!(tried > 15, "{tried}");
        let steps = |c| steps(Key::plain(Code::Char(c)));
        assert_eq!(steps('어'), [Step::HalfDown, Step::Down]);
        assert_eq!(steps('ㅘ'), [Step::Fold, Step::Up]);
        // Somebody begins to write.
        assert_eq!(steps('안'), []);
        assert_eq!(steps('w'), []);
        assert_eq!(steps('한'), []);
    }
}
