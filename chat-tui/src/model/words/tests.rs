//! Sentences: widths, both languages, particles, keys.

use super::*;
use crate::text::hangul::is_hangul;

#[test]
fn t11_no_sentence_holds_a_sign_of_doubtful_width() {
    for language in [Language::English, Language::Korean] {
        for sentence in language.words().all() {
            for c in sentence.chars() {
                let plain = c.is_ascii_graphic() || c == ' ';
                assert!(
                    plain || is_hangul(c) || SIGNS.contains(&c),
                    "{c:?} in {sentence}"
                );
            }
        }
    }
}

#[test]
fn t11_no_terminal_doubts_the_width_of_a_sign() {
    use unicode_width::UnicodeWidthChar as _;
    for sign in SIGNS {
        assert_eq!(
            (sign.width(), sign.width_cjk()),
            (Some(1), Some(1)),
            "{sign}"
        );
    }
    assert_ne!('▏'.width(), '▏'.width_cjk(), "one that some do doubt");
}

#[test]
fn t16_both_languages_name_the_same_values() {
    let names = |sentence: &str| -> Vec<String> {
        let names = sentence.split('{').skip(1);
        let names = names.map(|name| name.split([':', '}']).next().unwrap().to_owned());
        let names: std::collections::BTreeSet<String> = names.collect();
        names.into_iter().collect()
    };
    let (english, korean) = (Words::ENGLISH.all(), Words::KOREAN.all());
    for (english, korean) in english.iter().zip(korean) {
        assert_eq!(names(english), names(korean), "{english} / {korean}");
    }
    assert!(
        Language::Korean
            .words()
            .all()
            .iter()
            .any(|s| s.contains("방"))
    );
}

#[test]
fn t42_no_sentence_knows_a_key_by_heart() {
    const KEYS: [&str; 18] = [
        "Ctrl",
        "Alt+",
        "Enter",
        "Esc",
        "Tab",
        "Home",
        "End",
        "PageUp",
        "PageDown",
        "Up",
        "Down",
        "Left",
        "Right",
        "Backspace",
        "Delete",
        "Insert",
        "F1",
        "F2",
    ];
    let is_key = |word: &str| KEYS.contains(&word) || word.starts_with("Alt+");
    for sentence in [Words::ENGLISH.all(), Words::KOREAN.all()].concat() {
        let mut words = sentence.split(|c: char| !c.is_ascii_alphanumeric() && c != '+');
        let found = words.find(|word| is_key(word));
        assert_eq!(found, None, "{sentence}");
        // What stands in braces is a value or a key.
        for name in sentence.split('{').skip(1) {
            let name = name.split([':', '}']).next().unwrap();
            let is_value = name.is_empty() || name.parse::<usize>().is_ok();
            assert!(is_value || USUAL.called(name).is_some(), "{sentence}");
        }
    }
}

#[test]
fn t42_every_sentence_that_names_a_key_names_the_live_one() {
    use crate::model::keys::{Action, Bindable as _, Mode, reading::Step};
    let mut letters = ('a'..='z').chain('0'..='9').chain('A'..='Z');
    let main = Action::SPECS.iter().map(|spec| {
        let key = format!("ctrl+x {}", letters.next().unwrap());
        // This one has to be sent by every terminal; the others are after a first key.
        Mode::entry(spec.action, &[&key]).unwrap()
    });
    let (main, left_out) = Mode::rebound(&main.collect::<Vec<_>>());
    assert_eq!(left_out, []);
    let mut letters = ('a'..='z').rev();
    let reading = Step::SPECS.iter().map(|spec| {
        let key = letters.next().unwrap().to_string();
        Mode::entry(spec.action, &[&key]).unwrap()
    });
    let (reading, left_out) = Mode::rebound(&reading.collect::<Vec<_>>());
    assert_eq!(left_out, []);
    let keys = Keys { main, reading };
    let mut changed = 0;
    for language in [Language::English, Language::Korean] {
        let raw = match language {
            Language::English => Words::ENGLISH.all(),
            Language::Korean => Words::KOREAN.all(),
        };
        let usual = language.words().all();
        let live = language.words_with(&keys).all();
        for ((raw, usual), live) in raw.into_iter().zip(usual).zip(live) {
            let mut named = raw.split('{').skip(1).filter_map(|name| {
                let name = name.split([':', '}']).next()?;
                Some(keys.called(name)?.first()?.to_string())
            });
            let names_a_key = named.clone().next().is_some();
            assert!(named.all(|key| live.contains(&key)), "{live}");
            assert_eq!(names_a_key, live != usual, "{live}");
            assert!(!names_a_key || !live.contains("Ctrl+K"), "{live}");
            changed += usize::from(names_a_key);
        }
    }
    assert!(changed > 80, "{changed}");
}

#[test]
fn t42_a_part_whose_key_nobody_has_is_left_out() {
    use crate::model::keys::{Action, Mode};
    let none = [Action::Retry, Action::Switch, Action::Bare]
        .map(|action| Mode::entry(action, &[]).unwrap());
    let (main, _) = Mode::rebound(&none);
    let keys = Keys {
        main,
        ..Keys::default()
    };
    let words = Language::English.words_with(&keys);
    assert_eq!(words.idle, "not connected");
    assert_eq!(words.retrying, "! not connected ({1}) ∙ next try in {0} s");
    assert_eq!(words.keys_find, "");
    assert_eq!(words.copied, "copied: {0}");
    assert_eq!(words.keys_help, "F1 help");
}

#[test]
fn t16_particles_fit_the_word_before_them() {
    let words = Language::Korean.words();
    assert!(words.nothing_said.ends_with("Enter를 누르세요"));
    assert!(words.copied.ends_with("F4로 골라 복사하세요"));
    assert!(words.again_to_leave.starts_with("Ctrl+C를 한 번"));
    // A key may have the name of a brace.
    assert_eq!(fill("Alt+{ opens {0}", &["a"]), "Alt+{ opens a");
    assert_eq!(fill("{0}{0:은/는} {1}", &["지은", "{0}"]), "지은은 {0}");
    assert_eq!(fill("{0}{0:은/는}", &["민수"]), "민수는");
    assert_eq!(fill("{7} {x} { {0", &["a"]), "{7} {x} { {0");
}

#[test]
fn locales_choose_a_language() {
    assert_eq!(Language::of_locale("ko_KR.UTF-8"), Language::Korean);
    assert_eq!(Language::of_locale("ko"), Language::Korean);
    assert_eq!(Language::of_locale("kok_IN"), Language::English);
    assert_eq!(Language::of_locale(""), Language::English);
}

#[test]
fn numbers_are_grouped() {
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(999), "999");
    assert_eq!(grouped(4096), "4,096");
    assert_eq!(grouped(1_234_567), "1,234,567");
}

#[test]
fn t16_no_particle_stands_bare_behind_a_value() {
    const PARTICLES: [&str; 12] = [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "과",
        "와",
        "로",
        "으로",
        "이라는",
        "라는",
    ];
    for sentence in Words::KOREAN.all() {
        let mut parts = sentence.split('}');
        let mut before = parts.next().unwrap_or_default();
        for behind in parts {
            let is_value = !before.rsplit('{').next().unwrap_or_default().contains(':');
            let word = behind.split(|c| !is_hangul(c)).next().unwrap_or_default();
            let is_bare = is_value && PARTICLES.contains(&word);
            assert!(!is_bare, "{word} in {sentence}");
            before = behind;
        }
    }
}

#[test]
fn t16_every_sentence_is_in_its_language() {
    // Codes and names, and what only joins values.
    const NONE: [&str; 3] = ["en", "chat-tui", "{0} and {1}"];
    let (english, korean) = (Words::ENGLISH.all(), Words::KOREAN.all());
    for (english, korean) in english.iter().zip(korean) {
        let has_letters = |text: &str| {
            let mut rest = text.to_owned();
            for part in text.split('{').skip(1) {
                let name = part.split('}').next().unwrap_or_default();
                rest = rest.replace(&format!("{{{name}}}"), "");
            }
            rest.chars().any(char::is_alphabetic)
        };
        if !has_letters(english) || NONE.contains(english) {
            continue;
        }
        assert!(korean.chars().any(is_hangul), "{english} / {korean}");
        assert_ne!(*english, korean);
    }
}
