//! What kind of character it is, where width, safety and wrapping care.

use unicode_properties::{
    EmojiStatus, GeneralCategory, UnicodeEmoji as _, UnicodeGeneralCategory as _,
};

use super::hangul::is_compatibility_jamo;

pub(super) const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
pub(super) const ZERO_WIDTH_JOINER: char = '\u{200D}';
pub(super) const TEXT_SELECTOR: char = '\u{FE0E}';
pub(super) const EMOJI_SELECTOR: char = '\u{FE0F}';
pub(super) const KEYCAP: char = '\u{20E3}';
pub(super) const BLACK_FLAG: char = '\u{1F3F4}';
pub(super) const TAG_END: char = '\u{E007F}';

/// Whether the character is a whole grapheme beside any other that does so, and drawn alike by every terminal.
///
/// ASCII, Hangul syllables and single jamo, kana and the usual ideographs: nearly everything that is said.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(c, ' '..='~' | '가'..='힣' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '\u{4E00}'..='\u{9FFF}')
        || is_compatibility_jamo(c)
}

/// What becomes of a character whatever stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Harmless as it is.
    Keep,
    /// Dangerous or deceptive: written out as `<U+001B>`.
    Show,
    /// Invisible and without meaning in a chat.
    Drop,
    /// Kept only where it joins or selects something: joiners, variation selectors, tags.
    Context,
}

/// Decides by the character alone.
///
/// Line feed and tab are `Show`: who gives them a meaning handles them before asking.
pub(super) fn fate(c: char) -> Fate {
    match c {
        ' '..='~' | '가'..='힣' => Fate::Keep,
        ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER => Fate::Context,
        _ if is_variation_selector(c) || is_tag(c) => Fate::Context,
        _ if is_bidi_control(c) || is_noncharacter(c) || is_blank_letter(c) => Fate::Show,
        _ if is_ignorable(c) => Fate::Drop,
        _ => by_category(c),
    }
}

fn by_category(c: char) -> Fate {
    let category = c.general_category();
    let separates = matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    if separates {
        Fate::Show
    } else if category == GeneralCategory::Format && !is_spanning_sign(c) {
        // The signs that span numbers are drawn; every other format character is not.
        Fate::Drop
    } else {
        Fate::Keep
    }
}

/// The harmless spelling of a character that must not reach a terminal.
pub(super) fn visible(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// Whether the character can be part of an emoji joined by ZWJ (tones, flags and digits cannot).
pub(super) fn is_pictograph(c: char) -> bool {
    !c.is_ascii()
        && !is_skin_tone(c)
        && !is_regional(c)
        && !matches!(
            c.emoji_status(),
            EmojiStatus::NonEmoji | EmojiStatus::NonEmojiButEmojiComponent
        )
}

pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// One of the 26 letters that make flags in pairs.
pub(super) fn is_regional(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

pub(super) fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

pub(super) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}' | '\u{180F}')
}

/// Katakana and their marks in half width, which crates and terminals measure differently.
pub(super) fn is_half_width_kana(c: char) -> bool {
    matches!(c, '\u{FF61}'..='\u{FF9F}')
}

/// A space at which a row may end and which may hang over its end.
pub(super) fn is_breaking_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200A}' | '\u{205F}' | '\u{3000}')
}

/// Scripts in which ZWNJ and ZWJ choose the form of a letter.
pub(super) fn uses_joiners(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{0DFF}' | '\u{1780}'..='\u{18AF}')
}

pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Letters that draw nothing: a text of them would look like no text at all.
fn is_blank_letter(c: char) -> bool {
    matches!(
        c,
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{17B4}' | '\u{17B5}'
    )
}

/// Default-ignorable characters outside the category of format characters.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{034F}' | '\u{2065}' | '\u{FFF0}'..='\u{FFF8}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_spanning_sign(c: char) -> bool {
    matches!(
        c,
        '\u{0600}'
            ..='\u{0605}'
                | '\u{06DD}'
                | '\u{070F}'
                | '\u{0890}'
                | '\u{0891}'
                | '\u{08E2}'
                | '\u{110BD}'
                | '\u{110CD}'
    )
}
