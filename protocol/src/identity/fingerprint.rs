//! What people compare to know a key again, also over the phone. Nothing on the wire.

use std::fmt;

use crate::position::PersonId;

/// A key as people read it out: eight numbers of five digits, as in `37150 64882 ...`.
///
/// They are the 16 bytes of the [person id](PersonId) that is made from the key, two bytes a number, the high one first; of a server's
/// key the id is made the same way. So whoever sees the person id of another, as every member of a room does, sees the fingerprint
/// that the other sees of the own key. Digits, because they are read out alike in every language and have no capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(PersonId);

impl Fingerprint {
    /// That of the key from which a person id is made. The id of a keyless person is made from none, and of no use to anybody.
    pub const fn of(person: PersonId) -> Self {
        Self(person)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (numbers, _) = self.0.as_bytes().as_chunks();
        for (index, number) in numbers.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{:05}", u16::from_be_bytes(*number))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::identity::Identity;

    use super::*;

    #[test]
    fn eight_numbers_of_five_digits() {
        let bytes = [
            0, 0, 0, 1, 0, 255, 1, 0, 0x12, 0x34, 0xFF, 0xFE, 0xFF, 0xFF, 0, 7,
        ];
        let shown = Fingerprint::of(PersonId::from_bytes(bytes)).to_string();
        assert_eq!(shown, "00000 00001 00255 00256 04660 65534 65535 00007");
    }

    #[test]
    fn it_follows_from_the_key_and_from_the_person_id_alike() {
        let identity = Identity::from_secret(&[1; 32]);
        let shown = identity.public().fingerprint().to_string();
        assert_eq!(shown, Fingerprint::of(identity.person()).to_string());
        assert_eq!(shown, "37150 64882 01239 21069 11463 46480 19699 39475");
        let other = Identity::from_secret(&[2; 32]).public();
        assert_ne!(shown, other.fingerprint().to_string());
    }
}
