//! The key by which nicks are unique: equal for nicks that differ in case or look alike.
//!
//! UTS 39 skeletons keep case: `I` looks like `l`, and `i` does not. So either order leaves a hole.
//! The skeleton of the folded nick tells `PaypaI` (with a capital i) from `Paypal`, and the folded
//! skeleton of the nick as written tells `ALICE` from `alice`. Here the nick is folded first, so
//! that case never matters, and then each letter becomes what its small *or* capital form looks
//! like. So `i` meets `l` by way of its capital; `ian` and `lan` cannot both be had, which is the
//! price.
//!
//! One letter has one place, so a letter whose small and capital forms look like two different
//! letters is found by one of them only. For Latin look-alikes [`Skeleton::finds_latin_twin`] closes
//! that hole. Between other scripts it stays open for a few capitals, and matters only for a nick that
//! consists of nothing else (Cyrillic `Г` and Greek `Γ`).

use std::fmt;

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;

/// Most rounds until a key stops changing. Every character of Unicode 18 needs at most three; a key
/// that changes still is used as it is, which is safe because every nick gets the same rounds.
const ROUNDS_MAX: usize = 8;

/// The number of the rule in this file; it rises with every change that gives some nick another key.
const RULE: u32 = 1;

/// The key by which nicks are unique.
///
/// It is for comparing only, never shown: it may mix scripts and hold single parts of letters. It
/// follows from the nick and the Unicode tables of this build, so a store that keeps it works it out
/// anew when [`Skeleton::tables`] changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skeleton(String);

impl Skeleton {
    /// The key of any string, also of one that is no nick.
    pub(super) fn of(nick: &str) -> Self {
        if nick.is_ascii() {
            Self::of_ascii(nick)
        } else {
            Self::of_unicode(nick)
        }
    }

    /// Names the rule and the tables from which this build makes keys. Keys that were made under
    /// another name may be others now.
    pub fn tables() -> String {
        format!(
            "rule {RULE}, std {:?}, normalization {:?}, security {:?}",
            char::UNICODE_VERSION,
            unicode_normalization::UNICODE_VERSION,
            unicode_security::UNICODE_VERSION
        )
    }

    /// The key as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an ASCII nick that looks exactly like `nick` would have this key too.
    ///
    /// It would not where a capital looks like one Latin letter and its small form like another, as
    /// Greek nu does (`N`, `v`): `ΝΑΤΑ` could then stand beside `NATA`.
    pub(super) fn finds_latin_twin(&self, nick: &str) -> bool {
        if nick.is_ascii() {
            return true;
        }
        let twin: String = unicode_security::skeleton(nick).collect();
        !twin.is_ascii() || Self::of_ascii(&twin) == *self
    }

    /// What [`Self::of_unicode`] says of the ASCII that a nick may hold, without its tables: most nicks
    /// are ASCII, and each message has one.
    fn of_ascii(nick: &str) -> Self {
        let mut key = String::with_capacity(nick.len());
        for c in nick.chars() {
            match c.to_ascii_lowercase() {
                'i' | '1' | '|' => key.push('l'),
                '0' => key.push('o'),
                'm' => key.push_str("rn"),
                '`' => key.push('\''),
                other => key.push(other),
            }
        }
        Self(key)
    }

    fn of_unicode(nick: &str) -> Self {
        let mut key: String = fold(nick).nfd().collect();
        for _ in 0..ROUNDS_MAX {
            let next = key.chars().map(look).collect::<String>().nfd().collect();
            if next == key {
                break;
            }
            key = next;
        }
        Self(key)
    }
}

impl fmt::Display for Skeleton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Full Unicode case folding.
pub(super) fn fold(name: &str) -> String {
    UniCase::unicode(name).to_folded_case()
}

/// What a folded character looks like, folded again.
///
/// A look in ASCII wins, as ASCII is what most nicks are; next comes an ASCII letter with something
/// added. The small form goes before the capital.
fn look(c: char) -> String {
    let small = folded_skeleton(c.encode_utf8(&mut [0; 4]));
    let upper = c.to_uppercase();
    if upper.clone().eq([c]) {
        return small;
    }
    let capital = folded_skeleton(&upper.to_string());
    let small_looks_otherwise = !small.chars().eq([c]);
    for wanted in [str::is_ascii, starts_with_ascii] {
        if small_looks_otherwise && wanted(&small) {
            return small;
        }
        if wanted(&capital) {
            return capital;
        }
    }
    small
}

fn starts_with_ascii(string: &str) -> bool {
    string.starts_with(|c: char| c.is_ascii())
}

fn folded_skeleton(string: &str) -> String {
    fold(&unicode_security::skeleton(string).collect::<String>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rule::NAME_SIGNS;
    use super::*;

    #[track_caller]
    fn check_alike(nicks: &[&str]) {
        for pair in nicks.windows(2) {
            assert_eq!(Skeleton::of(pair[0]), Skeleton::of(pair[1]), "{pair:?}");
        }
    }

    #[track_caller]
    fn check_different(one: &str, other: &str) {
        assert_ne!(Skeleton::of(one), Skeleton::of(other), "{one} {other}");
    }

    #[test]
    fn case_never_matters() {
        check_alike(&["ALICE", "alice", "Alice"]);
        check_alike(&["Łukasz", "łUKASZ"]);
        check_alike(&["НИНА", "Нина", "нина"]);
        check_alike(&["ΝΙΚΟΣ", "νικος", "νικοσ"]);
        check_alike(&["Straße", "STRASSE", "strasse"]);
    }

    #[test]
    fn look_alikes_collide() {
        check_alike(&[
            "Paypal",
            "раураl",
            "PAYPAL",
            "PaypaI",
            "paypa1",
            "ＰａｙＰａｌ",
        ]);
        check_alike(&["modern", "rnodern", "modem"]);
        check_alike(&["Olga", "0lga", "о1gа", "OIga"]);
        check_alike(&["loca|", "local", "locaI"]);
        check_alike(&["HOC", "НОС", "нос"]);
        check_alike(&["Đani", "Ðani"]);
        check_alike(&["ㅋㅋ", "ᄏᄏ"]);
        check_alike(&["admin\u{200B}", "admin", "ad\u{FE0F}min"]);
    }

    #[test]
    fn what_looks_otherwise_differs() {
        check_different("van", "nan");
        check_different("jose", "josé");
        check_different("김개발", "김게발");
        check_different("ㅋㅋ", "ㅋㅋㅋ");
        check_different("ann", "ann_");
    }

    #[test]
    fn decomposed_hangul_has_the_key_of_composed() {
        check_alike(&["지은", "\u{110C}\u{1175}\u{110B}\u{1173}\u{11AB}"]);
    }

    #[test]
    fn a_twin_that_the_key_misses_is_noticed() {
        for (nick, found) in [
            ("ΝΑΤΑ", false),
            ("νατα", true),
            ("Νίκος", true),
            ("НАТО", true),
        ] {
            assert_eq!(Skeleton::of(nick).finds_latin_twin(nick), found, "{nick}");
        }
    }

    #[test]
    fn ascii_needs_no_tables() {
        let letters = ('0'..='9').chain('A'..='Z').chain('a'..='z');
        for c in letters.chain(NAME_SIGNS.chars()) {
            let nick = c.to_string();
            assert_eq!(
                Skeleton::of_ascii(&nick),
                Skeleton::of_unicode(&nick),
                "{c:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(nick in any::<String>()) {
            let key = Skeleton::of(&nick);
            prop_assert_eq!(Skeleton::of(key.as_str()), key);
        }

        #[test]
        fn ascii_needs_no_tables_in_words_either(nick in r"[A-Za-z0-9_.*^`|\\{}\[\]-]{0,40}") {
            prop_assert_eq!(Skeleton::of_ascii(&nick), Skeleton::of_unicode(&nick));
        }

        #[test]
        fn case_never_matters_to_any_letters(nick in r"\p{L}{1,20}") {
            prop_assert_eq!(Skeleton::of(&fold(&nick)), Skeleton::of(&nick));
        }
    }
}
