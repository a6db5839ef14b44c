//! Why keys are not bound, in words.

use crate::config::why::Why;
use crate::model::keys::chord::NoChord;
use crate::model::keys::rebind::{KEYS_MAX, NotBound};
use crate::model::words::Said;
use crate::text::jamo::keys_of;

/// One sentence that says what to do.
pub(super) fn reason(why: &NotBound) -> Why {
    match why {
        NotBound::NoChord(why) => no_chord(why),
        NotBound::TooMany(count) => Why::new(
            Said(
                "these are {0} keys, the limit is {1}; take some out",
                "키가 {0}개입니다. {1}개까지 되니 줄이세요",
            ),
            &[&count.to_string(), &KEYS_MAX.to_string()],
        ),
        NotBound::Types(chord) => Why::new(
            Said(
                "{0} types; put ctrl+ or alt+ before it",
                "{0}{0:은/는} 글자를 쓰는 키입니다. 앞에 ctrl+나 alt+를 붙이세요",
            ),
            &[&chord.written()],
        ),
        NotBound::Two(chord) => Why::new(
            Said(
                "while one reads a key stands alone; write one, not {0}",
                "읽는 동안에는 키 하나만 누릅니다. {0} 대신 하나를 쓰세요",
            ),
            &[&chord.written()],
        ),
        NotBound::Needed(usual) => Why::new(
            Said(
                "nobody can do without it, and no key here is sent by every terminal; add \"{0}\"",
                "없으면 안 되는 일인데 모든 터미널이 보내는 키가 없습니다. \"{0}\"{0:을/를} 더하세요",
            ),
            &[usual],
        ),
        NotBound::Taken { chord, by } => Why::new(
            Said(
                "{0} is a key of {1}; take another one, or give {1} another one",
                "{0}{0:은/는} {1}의 키입니다. 다른 키를 쓰거나 {1}에 다른 키를 주세요",
            ),
            &[&chord.written(), by],
        ),
        NotBound::Begins { alone, two, by } => Why::new(
            Said(
                "{0} alone cannot be a key beside {1} (here or of {2}); take another one for either",
                "{1}({2})의 첫 키라서 {0}만 따로 쓸 수 없습니다. 둘 가운데 하나를 바꾸세요",
            ),
            &[&alone.written(), &two.written(), by],
        ),
    }
}

fn no_chord(why: &NoChord) -> Why {
    match why {
        NoChord::Count => Why::new(
            Said(
                "a key is one, as \"ctrl+k\", or two one after the other, as \"ctrl+x ctrl+e\"; for no key write []",
                "키는 \"ctrl+k\"처럼 하나거나 \"ctrl+x ctrl+e\"처럼 이어 누르는 둘입니다. 키가 없으면 []로 쓰세요",
            ),
            &[],
        ),
        NoChord::NoKey {
            name,
            nearest: Some(nearest),
        } => Why::new(
            Said(
                "there is no key {0}; did you mean {1}?",
                "{0} 키는 없습니다. {1}{1:을/를} 찾으셨나요?",
            ),
            &[name, &nearest.to_ascii_lowercase()],
        ),
        NoChord::NoKey { name, .. } => Why::new(
            Said(
                "there is no key {0}; a key is a character, space, enter, tab, esc, backspace, delete, insert, home, end, pageup, pagedown, up, down, left, right or f1 to f35, behind ctrl+, alt+ and shift+",
                "{0} 키는 없습니다. 키는 글자 하나, space, enter, tab, esc, backspace, delete, insert, home, end, pageup, pagedown, up, down, left, right, f1부터 f35이고 앞에 ctrl+, alt+, shift+를 붙입니다",
            ),
            &[name],
        ),
        NoChord::NotLatin(c) => {
            let name = c.to_string();
            match keys_of(&name) {
                latin if latin == name => Why::new(
                    Said(
                        "{0} is on no key that everybody has; take another one",
                        "{0}{0:은/는} 누구에게나 있는 키가 아닙니다. 다른 키를 쓰세요",
                    ),
                    &[&name],
                ),
                latin => Why::new(
                    Said(
                        "keys are named by their Latin letters; write {1} for {0} (it works with either layout)",
                        "키는 로마자로 씁니다. {0} 대신 {1}{1:으로/로} 쓰세요 (한글 자판에서도 됩니다)",
                    ),
                    &[&name, &latin],
                ),
            }
        }
        NoChord::SentAs { name, sent } => Why::new(
            Said(
                "a terminal sends {1} for {0}; write {1}, or take another one",
                "터미널은 {0} 대신 {1}{1:을/를} 보냅니다. {1}{1:으로/로} 쓰거나 다른 키를 쓰세요",
            ),
            &[name, sent],
        ),
        NoChord::NeverSent(name) => Why::new(
            Said(
                "no terminal sends {0} as a key of its own; take another one",
                "{0}{0:을/를} 키로 보내는 터미널은 없습니다. 다른 키를 쓰세요",
            ),
            &[name],
        ),
    }
}
