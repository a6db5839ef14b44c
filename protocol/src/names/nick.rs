//! What a person is called.

use unicode_normalization::UnicodeNormalization as _;

use super::checked::checked_string;
use super::error::NameError;
use super::rule::{NameLimits, check_name};
use super::skeleton::Skeleton;

/// Most grapheme clusters of a nick; a longer one is refused.
pub const NICK_GRAPHEMES_MAX: usize = 32;

/// Most bytes of a nick in UTF-8; a longer one is refused.
pub const NICK_BYTES_MAX: usize = 128;

/// Nicks that nobody can have, nor any that looks like one of them.
pub const RESERVED_NICKS: [&str; 5] = ["server", "system", "admin", "everyone", "here"];

/// The [`Skeleton`]s of [`RESERVED_NICKS`], worked out beforehand because each nick of each message
/// is compared with them.
const RESERVED_SKELETONS: [&str; 5] = ["server", "systern", "adrnln", "everyone", "here"];

/// What a person is called, as the person writes it.
///
/// Equality is that of the letters. Whether two people may be called so at once is for
/// [`Nick::skeleton`] to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nick(String);

checked_string!(Nick, NameError, check);

impl Nick {
    /// Takes a nick in the form that goes over the wire, which is NFC.
    pub fn new(nick: &str) -> Result<Self, NameError> {
        nick.parse()
    }

    /// Takes a nick as somebody typed it: without the white space around it, made NFC.
    pub fn normalized(nick: &str) -> Result<Self, NameError> {
        nick.trim().nfc().collect::<String>().try_into()
    }

    /// The key by which nicks are unique.
    pub fn skeleton(&self) -> Skeleton {
        Skeleton::of(&self.0)
    }
}

fn check(nick: &str) -> Result<(), NameError> {
    check_name(
        nick,
        &NameLimits {
            bytes: NICK_BYTES_MAX,
            graphemes: NICK_GRAPHEMES_MAX,
        },
    )?;
    let skeleton = Skeleton::of(nick);
    if !skeleton.finds_latin_twin(nick) {
        return Err(NameError::Lookalike);
    }
    let reserved = RESERVED_NICKS.into_iter().zip(RESERVED_SKELETONS);
    for (name, reserved_skeleton) in reserved {
        if skeleton.as_str() == reserved_skeleton {
            return Err(NameError::Reserved(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_skeletons_are_those_of_the_reserved_nicks() {
        assert_eq!(
            RESERVED_NICKS.map(|nick| Skeleton::of(nick).to_string()),
            RESERVED_SKELETONS
        );
    }
}
