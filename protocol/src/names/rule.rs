//! Which strings can be a name at all, be it of a person or of a room.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};
use unicode_security::{
    GeneralSecurityProfile as _, RestrictionLevel, RestrictionLevelDetection as _,
};
use unicode_segmentation::UnicodeSegmentation as _;

use super::error::{CodePoint, NameError};

/// The ASCII signs that a name may hold beside letters and digits.
pub(super) const NAME_SIGNS: &str = r"_-[]{}\|^`*.";

/// Most nonspacing marks on one letter, and as many spacing ones; the next one is refused.
///
/// Counted apart because a Hindi syllable may have a dot, a vowel sign beside it and a nasal sign.
pub const MARKS_MAX: usize = 2;

/// How long a name may be.
pub(super) struct NameLimits {
    /// Most bytes of UTF-8.
    pub(super) bytes: usize,
    /// Most grapheme clusters.
    pub(super) graphemes: usize,
}

/// Checks all that nicks and room names have in common.
pub(super) fn check_name(name: &str, limits: &NameLimits) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    // First of all, as it bounds the work of what follows.
    if name.len() > limits.bytes {
        return Err(NameError::TooManyBytes {
            bytes: name.len(),
            limit: limits.bytes,
        });
    }
    let is_ascii = name.is_ascii();
    if !is_ascii && !is_nfc(name) {
        return Err(NameError::NotNormalized);
    }
    check_characters(name)?;
    if !is_ascii {
        check_repeated_marks(name)?;
        check_scripts(name)?;
    }
    // Of the ASCII that may be in a name each character is one.
    let graphemes = if is_ascii {
        name.len()
    } else {
        graphemes(name)
    };
    if graphemes > limits.graphemes {
        return Err(NameError::TooManyGraphemes {
            graphemes,
            limit: limits.graphemes,
        });
    }
    Ok(())
}

/// The length of a name in grapheme clusters.
pub fn graphemes(name: &str) -> usize {
    name.graphemes(true).count()
}

/// What a character is to a name.
enum Class {
    /// A letter or number, on which marks may stand.
    Base,
    /// One of [`NAME_SIGNS`].
    Sign,
    /// A mark that shares the cell of its base.
    Nonspacing,
    /// A mark with a place of its own.
    Spacing,
}

fn class(c: char) -> Option<Class> {
    if c.is_ascii_alphanumeric() || is_single_jamo(c) {
        return Some(Class::Base);
    }
    if c.is_ascii() {
        return NAME_SIGNS.contains(c).then_some(Class::Sign);
    }
    if !c.identifier_allowed() {
        return None;
    }
    let category = c.general_category();
    if category == GeneralCategory::SpacingMark {
        return Some(Class::Spacing);
    }
    let group = c.general_category_group();
    if group == GeneralCategoryGroup::Mark {
        return Some(Class::Nonspacing);
    }
    matches!(
        group,
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    )
    .then_some(Class::Base)
}

/// Whether this is a modern jamo as a Korean keyboard types it outside a syllable.
fn is_single_jamo(c: char) -> bool {
    matches!(c, '\u{3131}'..='\u{3163}')
}

fn check_characters(name: &str) -> Result<(), NameError> {
    let mut has_letter = false;
    let mut on_letter = false;
    let (mut nonspacing, mut spacing) = (0, 0);
    for c in name.chars() {
        let count = match class(c).ok_or(NameError::Character(CodePoint(c)))? {
            Class::Base => {
                (has_letter, on_letter) = (true, true);
                (nonspacing, spacing) = (0, 0);
                continue;
            }
            Class::Sign => {
                on_letter = false;
                continue;
            }
            Class::Nonspacing => &mut nonspacing,
            Class::Spacing => &mut spacing,
        };
        if !on_letter {
            return Err(NameError::MarkWithoutBase(CodePoint(c)));
        }
        *count += 1;
        if *count > MARKS_MAX {
            return Err(NameError::TooManyMarks(CodePoint(c)));
        }
    }
    if has_letter {
        Ok(())
    } else {
        Err(NameError::NoLetter)
    }
}

/// Refuses a nonspacing mark that its letter has already, also inside a composed letter: terminals
/// draw the second over the first.
fn check_repeated_marks(name: &str) -> Result<(), NameError> {
    let mut marks = Vec::new();
    for c in name.nfd() {
        if c.general_category() != GeneralCategory::NonspacingMark {
            marks.clear();
        } else if marks.contains(&c) {
            return Err(NameError::RepeatedMark(CodePoint(c)));
        } else {
            marks.push(c);
        }
    }
    Ok(())
}

fn check_scripts(name: &str) -> Result<(), NameError> {
    // UTS 39 answers for identifiers only. What names may hold beyond them is put as a character of
    // the same script that identifiers may hold.
    let identifier: String = name
        .chars()
        .map(|c| match c {
            c if is_single_jamo(c) => '가',
            c if c.is_ascii_punctuation() => '_',
            c => c,
        })
        .collect();
    if identifier
        .as_str()
        .check_restriction_level(RestrictionLevel::HighlyRestrictive)
    {
        Ok(())
    } else {
        Err(NameError::MixedScripts)
    }
}
