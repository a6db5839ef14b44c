//! The key by which nicks are unique: equal for nicks that differ in case or look alike.
//!
//! UTS 39 skeletons keep case: `I` looks like `l` and `i` does not. So both usual orders leave a hole.
//! The skeleton of the folded nick tells `PaypaI` (with a capital i) from `Paypal`, and the folded
//! skeleton tells `ALICE` from `alice`. Here the nick is folded first, so that case never matters, and then
//! each letter goes to what its small *or* capital form looks like. In that `i` meets `l` through
//! its capital: `ian` and `lan` cannot both be had, which is the price.

use std::fmt;

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;

/// Most rounds until a key stops changing. Three are enough for every character of Unicode 18, and a
/// key that still changes is used as it is: it is then as good as that of a round less.
const ROUNDS_MAX: usize = 8;

/// The key by which nicks are unique.
///
/// It is for comparing only, never shown: it may mix scripts and hold single parts of letters. It
/// follows from the nick and the Unicode tables of this build, so a store that keeps it works it out
/// anew when those change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skeleton(String);

impl Skeleton {
    /// The key of any string, also of one that is no nick.
    pub(super) fn of(nick: &str) -> Self {
        let mut key: String = fold(nick).nfd().collect();
        for _ in 0..ROUNDS_MAX {
            let next = Self::round(&key);
            if next == key {
                break;
            }
            key = next;
        }
        Self(key)
    }

    pub(super) fn round(key: &str) -> String {
        key.chars().map(look).collect::<String>().nfd().collect()
    }
    /// The key as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a Latin nick that looks exactly like `nick` would have this key too.
    ///
    /// It would not where a letter looks like one Latin letter when small and like another as a
    /// capital, as Greek nu does (`v`, `N`): `ΝΑΤΑ` could then stand beside `NATA`.
    pub(super) fn finds_latin_twin(&self, nick: &str) -> bool {
        if nick.is_ascii() {
            return true;
        }
        let twin: String = unicode_security::skeleton(nick).collect();
        !twin.is_ascii() || Self::of(&twin) == *self
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
    let small = folded_skeleton(&c.to_string());
    let capital = folded_skeleton(&c.to_uppercase().to_string());
    let small_looks_otherwise = !small.chars().eq([c]);
    let looks_like = |wanted: fn(&str) -> bool| {
        if small_looks_otherwise && wanted(&small) {
            Some(small.clone())
        } else {
            wanted(&capital).then(|| capital.clone())
        }
    };
    looks_like(str::is_ascii)
        .or_else(|| looks_like(|look| look.starts_with(|c: char| c.is_ascii())))
        .unwrap_or(small.clone())
}

fn folded_skeleton(string: &str) -> String {
    fold(&unicode_security::skeleton(string).collect::<String>())
}
