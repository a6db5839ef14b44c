//! All names in Redis: of keys, which lie together where one script touches them, and of channels.

use data_encoding::HEXLOWER;
use protocol::position::{Address, Pair, PersonId};

/// Most characters of the prefix.
const PREFIX_CHARS_MAX: usize = 64;

/// What all names begin with: 1 to 64 letters, digits and `.`, `-`, `_` or `:` of ASCII, so that nothing in it can open a hash tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

/// A text that is no [`Prefix`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a prefix is 1 to {PREFIX_CHARS_MAX} letters, digits and . - _ : of ASCII")]
pub struct PrefixError;

impl Prefix {
    /// Takes a prefix.
    pub fn new(text: &str) -> Result<Self, PrefixError> {
        let fits = (1..=PREFIX_CHARS_MAX).contains(&text.len());
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
        if fits && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PrefixError)
        }
    }
}

impl Default for Prefix {
    /// `chat`.
    fn default() -> Self {
        Self("chat".to_owned())
    }
}

/// Makes the names. What has one hash tag (in braces) lies on one node of a cluster.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    prefix: String,
    /// How names of channels end. All databases of a Redis have the same channels.
    bell: String,
}

impl Keys {
    pub(super) fn new(prefix: &Prefix, database: i64) -> Self {
        Self {
            prefix: prefix.0.clone(),
            bell: match database {
                0 => "bell".to_owned(),
                other => format!("bell:{other}"),
            },
        }
    }

    /// All that belongs to one room.
    pub(super) fn room(&self, room: &Address) -> RoomKeys {
        RoomKeys {
            base: format!("{}:{{r:{}}}", self.prefix, plain(&room.to_string())),
            bell: self.bell.clone(),
        }
    }

    /// Something about all persons and servers together: nicks, leases, nodes, the store itself.
    pub(super) fn people(&self, what: &str) -> String {
        format!("{}:{{people}}:{what}", self.prefix)
    }

    /// A sorted set of the names of all rooms that have messages, all with one score.
    pub(super) fn room_names(&self) -> String {
        format!("{}:{{rooms}}:names", self.prefix)
    }

    /// A sorted set of a person's conversations, by [`talk`], all with one score.
    pub(super) fn talks(&self, person: PersonId) -> String {
        format!("{}:{{p:{person}}}:talks", self.prefix)
    }

    /// A number: what one payer spent.
    pub(super) fn spent(&self, payer: &str) -> String {
        format!("{}:{{spent}}:{payer}", self.prefix)
    }

    /// The channel of what concerns one person.
    pub(super) fn person_bell(&self, person: PersonId) -> String {
        format!("{}:{{p:{person}}}:{}", self.prefix, self.bell)
    }

    /// The channel of what concerns all servers.
    pub(super) fn nodes_bell(&self) -> String {
        self.people(&self.bell)
    }

    /// What a connection asks for to see whether the store takes writes.
    pub(super) fn probe(&self) -> String {
        format!("{}:{{probe}}:mark", self.prefix)
    }
}

/// The names of one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RoomKeys {
    base: String,
    bell: String,
}

impl RoomKeys {
    /// The stream of its messages, which is the truth.
    pub(super) fn log(&self) -> String {
        format!("{}:log", self.base)
    }

    /// A hash: head, what is confirmed, the primary's replication id, forks, topic.
    pub(super) fn meta(&self) -> String {
        format!("{}:meta", self.base)
    }

    /// A hash: the last seq of each sender.
    pub(super) fn seqs(&self) -> String {
        format!("{}:seqs", self.base)
    }

    /// A hash: where each message that is kept stands, by its id.
    pub(super) fn sent(&self) -> String {
        format!("{}:sent", self.base)
    }

    /// A hash: who is there by which server.
    pub(super) fn members(&self) -> String {
        format!("{}:members", self.base)
    }

    /// The channel on which its news are told.
    pub(super) fn bell(&self) -> String {
        format!("{}:{}", self.base, self.bell)
    }
}

/// A conversation as a member of [`Keys::talks`]: the order of these texts is that of the addresses.
pub(super) fn talk(room: &Address) -> Option<String> {
    let [low, high] = room.pair()?.persons();
    Some(HEXLOWER.encode(&[*low.as_bytes(), *high.as_bytes()].concat()))
}

/// The persons of a [`talk`].
pub(super) fn pair(talk: &str) -> Option<Pair> {
    let bytes = HEXLOWER.decode(talk.as_bytes()).ok()?;
    let (low, high) = bytes.split_first_chunk::<{ PersonId::BYTES }>()?;
    let high = high.try_into().ok()?;
    Pair::new(PersonId::from_bytes(*low), PersonId::from_bytes(high))
}

/// `text` with everything as `%xx` that could break a name in two: a room may be called `}`.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '{' | '}' | '%' | '*' | '?' | '[' | ']' | '\\' | ':') {
            plain.push('%');
            plain.push_str(&HEXLOWER.encode(c.to_string().as_bytes()));
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use protocol::names::RoomName;

    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    fn room(name: &str) -> Address {
        Address::Room(RoomName::new(name).unwrap())
    }

    #[test]
    fn names_stand_as_people_would_write_them() {
        let keys = Keys::new(&Prefix::default(), 0);
        let lobby = keys.room(&room("lobby"));
        assert_eq!(lobby.log(), "chat:{r:lobby}:log");
        assert_eq!(lobby.meta(), "chat:{r:lobby}:meta");
        assert_eq!(lobby.seqs(), "chat:{r:lobby}:seqs");
        assert_eq!(lobby.sent(), "chat:{r:lobby}:sent");
        assert_eq!(lobby.members(), "chat:{r:lobby}:members");
        assert_eq!(lobby.bell(), "chat:{r:lobby}:bell");
        assert_eq!(keys.people("nicks"), "chat:{people}:nicks");
        assert_eq!(keys.room_names(), "chat:{rooms}:names");
        let one = person(1);
        assert_eq!(keys.talks(one), format!("chat:{{p:{one}}}:talks"));
        assert_eq!(keys.person_bell(one), format!("chat:{{p:{one}}}:bell"));
    }

    #[test]
    fn no_channel_is_one_of_another_database() {
        let keys = Keys::new(&Prefix::default(), 3);
        let one = person(1);
        assert_eq!(keys.room(&room("lobby")).bell(), "chat:{r:lobby}:bell:3");
        assert_eq!(keys.person_bell(one), format!("chat:{{p:{one}}}:bell:3"));
        assert_eq!(keys.nodes_bell(), "chat:{people}:bell:3");
        assert_eq!(keys.room(&room("lobby")).log(), "chat:{r:lobby}:log");
    }

    #[test]
    fn no_name_breaks_its_tag() {
        let keys = Keys::new(&Prefix::default(), 0);
        let tag = |name: &str| keys.room(&room(name)).log();
        assert_eq!(tag("}x{"), "chat:{r:%7dx%7b}:log");
        assert_eq!(tag("가나"), "chat:{r:가나}:log");
        assert_eq!(tag("[foo]_"), "chat:{r:%5bfoo%5d_}:log");
        assert_ne!(plain("%7d"), plain("}"));
        for name in ["}x{", "a", "가나", "{}z"] {
            let key = tag(name);
            assert_eq!(key.matches(['{', '}']).count(), 2, "{key}");
        }
    }

    #[test]
    fn conversations_sort_as_their_addresses_do() {
        let talk_of = |one, other| {
            let address = Address::Direct(Pair::new(person(one), person(other)).unwrap());
            (address.clone(), talk(&address).unwrap())
        };
        let all = [(1, 2), (1, 255), (9, 16), (128, 129), (250, 255)];
        let all = all.map(|(one, other)| talk_of(one, other));
        assert!(all.is_sorted_by_key(|(address, _)| address.clone()));
        assert!(all.is_sorted_by_key(|(_, text)| text.clone()));
        for (address, text) in &all {
            assert_eq!(pair(text), address.pair());
        }
        assert_eq!(talk(&room("lobby")), None);
        assert_eq!(pair("0101"), None);
    }

    #[test]
    fn a_prefix_opens_no_tag() {
        for right in [
            "chat",
            "a",
            "my-chat.test_2:x",
            &"x".repeat(PREFIX_CHARS_MAX),
        ] {
            assert!(Prefix::new(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "a{b",
            "a}b",
            "a b",
            "채팅",
            &"x".repeat(PREFIX_CHARS_MAX + 1),
        ] {
            assert_eq!(Prefix::new(wrong), Err(PrefixError), "{wrong}");
        }
    }
}
