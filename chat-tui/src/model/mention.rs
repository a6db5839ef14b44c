//! Whether a text speaks to somebody by nick.

use unicode_normalization::UnicodeNormalization as _;

use crate::text::hangul::is_hangul;

/// Endings that stand behind a Korean name without making it another word.
const ENDINGS: [&str; 38] = [
    "아", "야", "이", "가", "은", "는", "을", "를", "의", "도", "만", "와", "과", "랑", "이랑",
    "에게", "한테", "께", "님", "님이", "님은", "님도", "님께", "님의", "씨", "씨가", "씨는",
    "씨도", "이가", "이는", "이도", "이야", "로", "으로", "부터", "까지", "처럼", "보다",
];

/// Whether `text` speaks to `nick`: the nick as a word of its own, in any case, with or without `@`,
/// also with a Korean ending (`민수야`, `민수님`); not inside a longer word (`김민수`).
pub fn mentions(text: &str, nick: &str) -> bool {
    let nick = folded(nick);
    if nick.is_empty() {
        return false;
    }
    let text = folded(text);
    text.match_indices(&nick).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text
            .get(at.saturating_add(nick.len())..)
            .unwrap_or_default();
        !before.is_some_and(in_word) && ends_here(&nick, behind)
    })
}

fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).collect()
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn ends_here(nick: &str, behind: &str) -> bool {
    let Some(next) = behind.chars().next() else {
        return true;
    };
    if !in_word(next) {
        return true;
    }
    if !is_hangul(next) {
        return false;
    }
    // Hangul right behind a Latin nick can only be an ending; behind Hangul it may be more of a name.
    if !nick.chars().next_back().is_some_and(is_hangul) {
        return true;
    }
    let ending: String = behind.chars().take_while(|c| in_word(*c)).collect();
    ENDINGS.contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t14_mentions_survive_particles() {
        for text in [
            "@민수야 봐 줘",
            "민수님",
            "민수, 이거",
            "민수가 했어",
            "어 민수",
            "민수",
            "민수한테 물어봐",
        ] {
            assert!(mentions(text, "민수"), "{text}");
        }
        for text in ["김민수", "민수네", "민수정", "안녕", ""] {
            assert!(!mentions(text, "민수"), "{text}");
        }
        for text in ["Ann: hi", "hi ann", "@ANN", "ann아", "(ann)"] {
            assert!(mentions(text, "ann"), "{text}");
        }
        for text in ["annie", "joann", "ann_b", "ann2"] {
            assert!(!mentions(text, "ann"), "{text}");
        }
        assert!(mentions(
            "\u{1106}\u{1175}\u{11AB}\u{1109}\u{116E}야",
            "민수"
        ));
        assert!(!mentions("anything", ""));
    }
}
