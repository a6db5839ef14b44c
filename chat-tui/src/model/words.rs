//! Every sentence of the interface, in each language.
//!
//! A language is one value of [`Words`], so none can miss a sentence. The strings hold only ASCII,
//! Hangul and a few signs whose width no terminal doubts; a test keeps it so. A key is called by what it does, as
//! `{search}` or `{reading_copy}`, and gets its name from the live table.

use std::sync::LazyLock;

use super::keys::{Keys, USUAL};
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

    /// Its sentences, with the usual keys.
    pub fn words(self) -> &'static Words {
        static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::ENGLISH.with_keys(&USUAL));
        static KOREAN: LazyLock<Words> = LazyLock::new(|| Words::KOREAN.with_keys(&USUAL));
        match self {
            Self::English => &ENGLISH,
            Self::Korean => &KOREAN,
        }
    }

    /// Its sentences, with these keys. They stay for as long as the program runs, as the person's keys do.
    pub fn words_with(self, keys: &Keys) -> &'static Words {
        let words = match self {
            _ if *keys == *USUAL => return self.words(),
            Self::English => &Words::ENGLISH,
            Self::Korean => &Words::KOREAN,
        };
        Box::leak(Box::new(words.with_keys(keys)))
    }
}

/// A sentence in each language, where it stands beside what it is about: English, then Korean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said(pub &'static str, pub &'static str);

impl Said {
    /// The sentence.
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.0,
            Language::Korean => self.1,
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
        // A key may be called by the brace that is on it.
        let inside = after.starts_with(|c: char| c.is_ascii_digit());
        let Some((inside, behind)) = after.split_once('}').filter(|_| inside) else {
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

            /// The same with these keys in the sentences that name one.
            pub(super) fn with_keys(&self, keys: &super::Keys) -> Self {
                Self { $( $name: super::named::with_keys(self.$name, keys), )* }
            }

            /// Every sentence.
            pub fn all(&self) -> Vec<&'static str> {
                vec![$( self.$name, )*]
            }
        }
    };
}

mod named;
mod names;
mod refusals;
mod table;
pub use table::Words;

#[cfg(test)]
mod tests;
