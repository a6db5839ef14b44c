//! What a room is called.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

use super::checked::checked_string;
use super::error::NameError;
use super::rule::{NameLimits, check_name};
use super::skeleton::fold;

/// Most grapheme clusters of a room name; a longer one is refused.
pub const ROOM_GRAPHEMES_MAX: usize = 32;

/// Most bytes of a room name in UTF-8; a longer one is refused.
pub const ROOM_BYTES_MAX: usize = 128;

/// What a room is called: case-folded and without a leading `#`.
///
/// Copies share one string. Two names are the same room if they are equal. Names that merely look alike are two rooms: nobody
/// owns a room, so there is nobody to impersonate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomName(Arc<str>);

checked_string!(RoomName, NameError, check);

impl RoomName {
    /// Takes a room name in the form that goes over the wire: NFC of the full Unicode case folding,
    /// and no `#`.
    pub fn new(name: &str) -> Result<Self, NameError> {
        name.parse()
    }

    /// Takes a room name as somebody typed it: without the white space around it and without one
    /// leading `#`, case-folded and made NFC.
    pub fn normalized(name: &str) -> Result<Self, NameError> {
        let name = name.trim();
        folded(name.strip_prefix('#').unwrap_or(name)).try_into()
    }
}

fn check(name: &str) -> Result<(), NameError> {
    check_name(
        name,
        &NameLimits {
            bytes: ROOM_BYTES_MAX,
            graphemes: ROOM_GRAPHEMES_MAX,
        },
    )?;
    if is_folded(name) {
        Ok(())
    } else {
        Err(NameError::NotFolded)
    }
}

fn is_folded(name: &str) -> bool {
    // What most names are needs no tables, and each request has one.
    if name.is_ascii() {
        !name.bytes().any(|byte| byte.is_ascii_uppercase())
    } else {
        folded(name) == name
    }
}

fn folded(name: &str) -> String {
    fold(&name.nfc().collect::<String>()).nfc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ascii_is_folded_as_all_else_is(name in "[ -~]{0,40}") {
            prop_assert_eq!(is_folded(&name), folded(&name) == name);
        }
    }
}
