//! Every sentence of the interface, in each language.
//!
//! A language is one value of [`Words`], so none can miss a sentence. The strings hold only ASCII,
//! Hangul and a few signs whose width no terminal doubts; a test keeps it so.

use crate::text::hangul::josa;

/// The signs that interface strings may hold beside ASCII and Hangul.
pub const SIGNS: [char; 6] = ['╌', '›', '▸', '∙', '✓', '⋯'];

/// Which language the interface speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// The language that a locale such as `ko_KR.UTF-8` asks for; English where it is not known.
    pub fn of_locale(locale: &str) -> Self {
        match locale.split(['_', '.', '-', '@']).next() {
            Some("ko") => Self::Korean,
            Some(_) | None => Self::English,
        }
    }

    /// Its sentences.
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &Words::ENGLISH,
            Self::Korean => &Words::KOREAN,
        }
    }
}

/// Puts `values` into a sentence: `{0}` is the first one, `{0:이/가}` the particle that fits after it.
///
/// Values are put in as they are, so a value that holds `{1}` does no harm; a brace that names no
/// value stays.
pub fn fill(sentence: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let (number, particles) = match inside.split_once(':') {
            Some((number, particles)) => (number, particles.split_once('/')),
            None => (inside, None),
        };
        let value = number
            .parse::<usize>()
            .ok()
            .and_then(|number| values.get(number));
        match (value, particles) {
            (Some(value), Some((with, without))) => filled.push_str(josa(value, with, without)),
            (Some(value), None) => filled.push_str(value),
            (None, _) => {
                filled.push('{');
                filled.push_str(inside);
                filled.push('}');
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// A number as people write it: `12,345`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len().saturating_mul(2));
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

macro_rules! words {
    ($( $(#[doc = $doc:literal])* $name:ident : $english:literal, $korean:literal; )*) => {
        /// The sentences of one language. `{0}` and `{1}` are filled by `fill`.
        #[derive(Debug)]
        pub struct Words {
            $( $(#[doc = $doc])* pub $name: &'static str, )*
        }

        impl Words {
            pub(super) const ENGLISH: Self = Self { $( $name: $english, )* };
            pub(super) const KOREAN: Self = Self { $( $name: $korean, )* };

            /// Every sentence.
            pub fn all(&self) -> Vec<&'static str> {
                vec![$( self.$name, )*]
            }
        }
    };
}

mod names;
mod refusals;
mod table;
pub use table::Words;

#[cfg(test)]
mod tests {
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
        let names = |sentence: &str| ["{0", "{1", "{2"].map(|name| sentence.contains(name));
        let english = Language::English.words().all();
        let korean = Language::Korean.words().all();
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
    fn t16_particles_fit_the_word_before_them() {
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
}
