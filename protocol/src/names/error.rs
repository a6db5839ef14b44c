//! Why a name or a text is refused, in sentences for the person who typed it.
//!
//! A refused character is always spelled as its code point, never shown: it may be what harms the
//! terminal that prints the error.

use std::fmt;

use thiserror::Error;

use super::rule::{MARKS_MAX, NAME_SIGNS};

/// A character shown by its number, as in `U+202E`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePoint(pub char);

impl fmt::Display for CodePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))
    }
}

/// Why a nick or room name is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is left to call anybody.
    #[error("the name is empty; give at least one letter or digit")]
    Empty,
    /// More UTF-8 bytes than the limit.
    #[error("the name has {bytes} bytes, the limit is {limit}; shorten it")]
    TooManyBytes {
        /// Bytes of UTF-8 in the refused name.
        bytes: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// More characters, as a person counts them, than the limit.
    #[error("the name has {graphemes} characters, the limit is {limit}; shorten it")]
    TooManyGraphemes {
        /// Grapheme clusters in the refused name.
        graphemes: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// Not in Unicode normalization form C.
    #[error("the name is not in Unicode form NFC; normalize it before sending")]
    NotNormalized,
    /// A room name that holds capitals or the like.
    #[error("the room name is not case-folded; fold it before sending")]
    NotFolded,
    /// A character that no name may hold.
    #[error(
        "the name holds {0}, which no name may; use letters, digits and {signs}",
        signs = NAME_SIGNS
    )]
    Character(CodePoint),
    /// A mark with no letter or number before it.
    #[error("the mark {0} in the name has no letter to stand on; remove it")]
    MarkWithoutBase(CodePoint),
    /// More marks on one letter than the limit.
    #[error(
        "the mark {0} in the name is one too many, the limit is {max} on a letter; remove it",
        max = MARKS_MAX
    )]
    TooManyMarks(CodePoint),
    /// The same mark twice on one letter, which looks like once.
    #[error("the mark {0} stands twice on one letter of the name; remove one")]
    RepeatedMark(CodePoint),
    /// Signs only.
    #[error("the name has neither a letter nor a digit; add one")]
    NoLetter,
    /// Letters of scripts that are not written together.
    #[error(
        "the name mixes scripts that do not belong together; \
         use one script, or Latin with Korean, Japanese or Chinese"
    )]
    MixedScripts,
    /// A nick that looks like a Latin one which its skeleton would not find.
    #[error(
        "in capitals of this script the name looks like another in Latin letters; \
         write it in small letters"
    )]
    Lookalike,
    /// A nick that is, or looks like, one of the reserved ones.
    #[error("the nick looks like \"{0}\", which is reserved; choose another")]
    Reserved(&'static str),
}

/// Why a message text or topic is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// No text at all.
    #[error("the text is empty; write something")]
    Empty,
    /// Only white space and invisible characters.
    #[error("the text shows nothing but blank space; write something")]
    Blank,
    /// More UTF-8 bytes than the limit.
    #[error("the text has {bytes} bytes, the limit is {limit}; shorten or split it")]
    TooLong {
        /// Bytes of UTF-8 in the refused text.
        bytes: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// Not in Unicode normalization form C.
    #[error("the text is not in Unicode form NFC; normalize it before sending")]
    NotNormalized,
    /// A control character other than tab and line feed.
    #[error("the text holds the control character {0}; remove it")]
    Control(CodePoint),
    /// A character that turns the writing direction of what follows it.
    #[error("the text holds {0}, which changes the writing direction; remove it")]
    Bidi(CodePoint),
    /// An invisible format character, or a line or paragraph separator.
    #[error("the text holds the invisible character {0}; remove it")]
    Invisible(CodePoint),
    /// A code point that will never be a character.
    #[error("the text holds {0}, which is not a character; remove it")]
    Noncharacter(CodePoint),
    /// More words and phrases in a search than the limit.
    #[error("the search has {terms} words and phrases, the limit is {limit}; leave some out")]
    TooManyTerms {
        /// How many it has.
        terms: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// A search of ASCII signs and blank space alone.
    #[error("the search holds nothing but signs such as \"?\" and \"-\"; name a word to look for")]
    OnlySigns,
    /// A line break in a topic.
    #[error("the topic holds a line break, but has one line only; join the lines")]
    LineBreak,
}
