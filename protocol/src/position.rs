//! Where a message stands: its position in a room, its id, and the address of the room.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::identity::PublicKey;
use crate::names::RoomName;

/// A place in the history of one room, on the wire `[era, n]`.
///
/// `n` counts the room's messages from 1 without holes and never goes back; `n` = 0 is the place before the first
/// message. `era` is the same for a whole store and rises only when the store lost its tail, so that two messages
/// that were given the same `n` still differ. Both stay below 2^53, so any JSON reader keeps them whole.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub struct Position {
    /// How often the store has lost its tail, counted from the store's creation time in seconds.
    pub era: u64,
    /// The number of the message in its room, from 1.
    pub n: u64,
}

impl Position {
    /// The position of message `n` in `era`.
    pub const fn new(era: u64, n: u64) -> Self {
        Self { era, n }
    }
}

impl From<(u64, u64)> for Position {
    fn from((era, n): (u64, u64)) -> Self {
        Self { era, n }
    }
}

impl From<Position> for (u64, u64) {
    fn from(position: Position) -> Self {
        (position.era, position.n)
    }
}

/// A person: who holds one key, or one keyless connection. 22 characters of unpadded base64url on the wire.
///
/// With a key it is the first 16 bytes of `SHA-256("chat.v1 person" || key)`; without one the server draws it, and it
/// ends with the connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonId([u8; Self::BYTES]);

impl PersonId {
    /// Length in bytes.
    pub const BYTES: usize = 16;

    /// A person id from its bytes, as a store keeps them.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes, as a store keeps them.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The person who holds `key`.
    pub fn of_key(key: &PublicKey) -> Self {
        use sha2::{Digest, Sha256};
        let digest = Sha256::new_with_prefix(b"chat.v1 person")
            .chain_update(key.as_bytes())
            .finalize();
        let mut bytes = [0; Self::BYTES];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        Self(bytes)
    }
}

/// By the bytes, compared as one number: persons are looked up for each request.
impl Ord for PersonId {
    fn cmp(&self, other: &Self) -> Ordering {
        u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
    }
}

impl PartialOrd for PersonId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CHARS: usize = (PersonId::BYTES * 8).div_ceil(6);
        encode_base64(&self.0, &mut [0; CHARS], f)
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonId({self})")
    }
}

impl FromStr for PersonId {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        decode_base64(text).map(Self).ok_or(PositionError::Person)
    }
}

string_serde!(PersonId);

/// The id of a send, and of the message that came of it: `person.device.seq` on the wire.
///
/// The sender chooses it before the first try and keeps it for every retry, so the store can tell a retry from a
/// second message. It is unique in its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    /// The sender.
    pub person: PersonId,
    /// Which of the sender's devices; two programs that run at once are two devices. On the wire at most ten digits.
    pub device: u32,
    /// Counts the sends of this person and device in this room, from 1 without holes.
    pub seq: u64,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.person, self.device, self.seq)
    }
}

impl FromStr for MessageId {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let mut parts = text.splitn(3, '.');
        let (Some(person), Some(device), Some(seq)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(PositionError::Message);
        };
        let (Some(device), Some(seq)) = (decimal(device), decimal(seq)) else {
            return Err(PositionError::Message);
        };
        Ok(Self {
            person: person.parse()?,
            device,
            seq,
        })
    }
}

string_serde!(MessageId);

/// The last message that a client saw in a room: where it goes on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its position; `n` = 0 is the place before the first message.
    pub position: Position,
    /// Its id, which must be the one that the server has at this position; missing only where `n` = 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

/// Two persons who talk directly, in the order of their ids; never one person twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair(PersonId, PersonId);

impl Pair {
    /// The conversation of two persons, or nothing where both are the same.
    pub fn new(one: PersonId, other: PersonId) -> Option<Self> {
        match one.cmp(&other) {
            Ordering::Less => Some(Self(one, other)),
            Ordering::Equal => None,
            Ordering::Greater => Some(Self(other, one)),
        }
    }

    /// Both persons.
    pub const fn persons(&self) -> [PersonId; 2] {
        [self.0, self.1]
    }

    /// Whom `person` talks to here, or nothing where the conversation is between others.
    pub fn other(&self, person: PersonId) -> Option<PersonId> {
        if person == self.0 {
            Some(self.1)
        } else if person == self.1 {
            Some(self.0)
        } else {
            None
        }
    }
}

/// Where messages go: a room by its name, or a direct conversation, on the wire `@` and both person ids with a dot
/// between them, the lower one first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A room that everybody may join.
    Room(RoomName),
    /// The conversation of two persons, bound to them and not to their nicks.
    Direct(Pair),
}

impl Address {
    /// The pair of a direct conversation.
    pub const fn pair(&self) -> Option<Pair> {
        match self {
            Self::Room(_) => None,
            Self::Direct(pair) => Some(*pair),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(name) => f.write_str(name.as_str()),
            Self::Direct(Pair(low, high)) => write!(f, "@{low}.{high}"),
        }
    }
}

impl FromStr for Address {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let Some(pair) = text.strip_prefix('@') else {
            return RoomName::new(text)
                .map(Self::Room)
                .map_err(PositionError::Room);
        };
        let (low, high) = pair.split_once('.').ok_or(PositionError::Direct)?;
        let (low, high): (PersonId, PersonId) = (low.parse()?, high.parse()?);
        if low < high {
            Ok(Self::Direct(Pair(low, high)))
        } else {
            Err(PositionError::Direct)
        }
    }
}

string_serde!(Address);

impl From<RoomName> for Address {
    fn from(name: RoomName) -> Self {
        Self::Room(name)
    }
}

/// Why a text is no id or address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Not a person id.
    #[error("a person id is 22 characters of base64url without padding")]
    Person,
    /// Not a message id.
    #[error("a message id is person.device.seq, with device at most 65535 and seq a whole number")]
    Message,
    /// Not a direct conversation.
    #[error(
        "a direct conversation is @ and two different person ids with a dot between them, the lower one first"
    )]
    Direct,
    /// Not a room name.
    #[error(transparent)]
    Room(crate::names::NameError),
}

/// Writes bytes as unpadded base64url; `room` is as long as that text is.
pub(crate) fn encode_base64(
    bytes: &[u8],
    room: &mut [u8],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    BASE64URL_NOPAD.encode_mut(bytes, room);
    // It is ASCII.
    f.write_str(str::from_utf8(room).unwrap_or_default())
}

/// Decodes exactly `N` bytes of unpadded base64url.
pub(crate) fn decode_base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()?
        .try_into()
        .ok()
}

/// A whole number in its one canonical form: no sign, no leading zero, so that equal ids are equal texts.
fn decimal<T: FromStr>(text: &str) -> Option<T> {
    let canonical =
        text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    #[test]
    fn persons_are_in_the_order_of_their_bytes() {
        let bytes = |first, last| {
            let mut bytes = [7; 16];
            (bytes[0], bytes[15]) = (first, last);
            bytes
        };
        let ids = [(0, 255), (1, 0), (127, 3), (128, 0), (128, 1), (255, 0)];
        let ids = ids.map(|(first, last)| bytes(first, last));
        assert!(ids.is_sorted());
        assert!(ids.map(PersonId::from_bytes).is_sorted());
    }

    #[test]
    fn ids_have_one_text_each() {
        let id = MessageId {
            person: person(7),
            device: 3,
            seq: 41,
        };
        assert_eq!(id.to_string(), "BwcHBwcHBwcHBwcHBwcHBw.3.41");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            "BwcHBwcHBwcHBwcHBwcHBw.03.41",
            "BwcHBwcHBwcHBwcHBwcHBw.3.+41",
            "BwcHBwcHBwcHBwcHBwcHBw.4294967296.1",
            "BwcHBwcHBwcHBwcHBwcHBw.3.",
            "BwcHBwcHBwcHBwcHBwcHBw.3.4.1",
            "BwcHBwcHBwcHBwcHBwcHBw.3",
            "",
        ] {
            assert_eq!(
                wrong.parse::<MessageId>(),
                Err(PositionError::Message),
                "{wrong}"
            );
        }
        assert_eq!("BwcH.3.41".parse::<MessageId>(), Err(PositionError::Person));
    }

    #[test]
    fn a_conversation_has_one_address() {
        let (low, high) = (person(1), person(2));
        let pair = Pair::new(high, low).unwrap();
        let address = Address::Direct(pair);
        assert_eq!(
            address.to_string(),
            "@AQEBAQEBAQEBAQEBAQEBAQ.AgICAgICAgICAgICAgICAg"
        );
        assert_eq!(address.to_string().parse(), Ok(address));
        assert_eq!(
            "@AgICAgICAgICAgICAgICAg.AQEBAQEBAQEBAQEBAQEBAQ".parse::<Address>(),
            Err(PositionError::Direct)
        );
        assert_eq!(
            "@AQEBAQEBAQEBAQEBAQEBAQ.AQEBAQEBAQEBAQEBAQEBAQ".parse::<Address>(),
            Err(PositionError::Direct)
        );
        assert_eq!(Pair::new(low, low), None);
        assert_eq!(pair.other(low), Some(high));
        assert_eq!(pair.other(person(3)), None);
    }

    #[test]
    fn a_position_is_a_pair_on_the_wire() {
        let position = Position::new(1_763_700_000, 42);
        assert_eq!(serde_json::to_string(&position).unwrap(), "[1763700000,42]");
        assert_eq!(
            serde_json::from_str::<Position>("[1763700000,42]").unwrap(),
            position
        );
        assert!(serde_json::from_str::<Position>("[1763700000,-1]").is_err());
    }
}
