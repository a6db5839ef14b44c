//! What people say, and what a room is about.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::checked::checked_string;
use super::error::{CodePoint, TextError};

/// Most bytes of a message text in UTF-8; a longer one is refused.
pub const TEXT_BYTES_MAX: usize = 4096;

/// Most bytes of a topic in UTF-8; a longer one is refused.
pub const TOPIC_BYTES_MAX: usize = 512;

/// The text of a message: 1 to [`TEXT_BYTES_MAX`] bytes, any number of lines, something visible.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageText(String);

checked_string!(MessageText, TextError, check_message);

impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.0
    }
}

impl MessageText {
    /// Takes a text in the form that goes over the wire, which is NFC with lines ended by line feeds.
    pub fn new(text: String) -> Result<Self, TextError> {
        text.try_into()
    }

    /// Takes a text as somebody typed or pasted it: made NFC, with every line end a line feed. White
    /// space around it stays.
    pub fn normalized(text: &str) -> Result<Self, TextError> {
        normalized(text).try_into()
    }
}

/// What a room is about: one line of at most [`TOPIC_BYTES_MAX`] bytes. The empty one clears it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(String);

checked_string!(Topic, TextError, check_topic);

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.0
    }
}

impl Topic {
    /// Takes a topic in the form that goes over the wire, which is NFC.
    pub fn new(topic: String) -> Result<Self, TextError> {
        topic.try_into()
    }

    /// Takes a topic as somebody typed it: without the white space around it, made NFC.
    pub fn normalized(topic: &str) -> Result<Self, TextError> {
        normalized(topic.trim()).try_into()
    }
}

/// NFC, with every line end a line feed.
pub(crate) fn normalized(text: &str) -> String {
    // Terminals paste a line end as a carriage return alone.
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .collect()
}

fn check_message(text: &str) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    check_text(text, TEXT_BYTES_MAX)
}

fn check_topic(topic: &str) -> Result<(), TextError> {
    if topic.is_empty() {
        return Ok(());
    }
    check_text(topic, TOPIC_BYTES_MAX)?;
    if topic.contains('\n') {
        Err(TextError::LineBreak)
    } else {
        Ok(())
    }
}

/// Checks all that texts have in common.
pub(crate) fn check_text(text: &str, limit: usize) -> Result<(), TextError> {
    // First of all, as it bounds the work of what follows.
    if text.len() > limit {
        return Err(TextError::TooLong {
            bytes: text.len(),
            limit,
        });
    }
    if is_plain(text) {
        Ok(())
    } else {
        check_unicode(text)
    }
}

fn check_unicode(text: &str) -> Result<(), TextError> {
    for c in text.chars() {
        check_character(c)?;
    }
    if !is_nfc(text) {
        return Err(TextError::NotNormalized);
    }
    if text.chars().all(is_blank) {
        Err(TextError::Blank)
    } else {
        Ok(())
    }
}

/// Whether a text is visibly ASCII without control characters, as most are: nothing else need be looked at then.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .iter()
        .all(|byte| matches!(byte, b'\t' | b'\n' | b' '..=b'~'))
        && bytes.iter().any(|byte| *byte > b' ')
}

fn check_character(c: char) -> Result<(), TextError> {
    let error = match c {
        '\t' | '\n' | ' '..='~' | '가'..='힣' => return Ok(()),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            TextError::Bidi
        }
        c if c.is_control() => TextError::Control,
        c if is_noncharacter(c) => TextError::Noncharacter,
        c if is_invisible(c) && !is_useful_format(c) => TextError::Invisible,
        _ => return Ok(()),
    };
    Err(error(CodePoint(c)))
}

/// Whether this is a format character that text cannot do without.
fn is_useful_format(c: char) -> bool {
    // ZWNJ and ZWJ shape Persian, Indic scripts and emoji; tags spell the flags of regions.
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{E0020}'..='\u{E007F}')
        // Formats by category only: signs that are drawn around the digits or letters they go with.
        || matches!(c, '\u{600}'..='\u{605}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}')
        || matches!(c, '\u{110BD}' | '\u{110CD}')
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Whether this formats text without being seen, or is reserved for characters that will.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2065}' | '\u{FFF0}'..='\u{FFF8}')
        || (matches!(c, '\u{E0000}'..='\u{E0FFF}') && !is_variation_selector(c))
        || matches!(
            c.general_category(),
            GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        )
}

fn is_variation_selector(c: char) -> bool {
    matches!(
        c,
        '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Whether a text of such characters alone would show an empty line.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || is_variation_selector(c)
        || matches!(
            c,
            // Joiners and tags, Hangul and Khmer fillers, the grapheme joiner and the empty Braille cell.
            '\u{200C}' | '\u{200D}' | '\u{E0020}'
                ..='\u{E007F}'
                    | '\u{115F}'
                    | '\u{1160}'
                    | '\u{3164}'
                    | '\u{FFA0}'
                    | '\u{17B4}'
                    | '\u{17B5}'
                    | '\u{34F}'
                    | '\u{2800}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_ascii_is_what_passes_of_ascii(text in "[\\x00-\\x7f]{1,3}|[\\t\\n -~]{1,40}") {
            prop_assert_eq!(is_plain(&text), check_unicode(&text).is_ok());
        }
    }
}
