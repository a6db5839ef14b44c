//! Members, nodes and persons as they stand in Redis and in bells.

use std::fmt::Write as _;
use std::time::Duration;

use protocol::event;
use protocol::names::Nick;
use protocol::position::{Address, PersonId, Position};

use redis::Value;

use super::packed::unpack;
use crate::record::{Former, NodeId, Present};

/// What happened to a member, as its bell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    /// How often the members of the room have changed by now.
    pub(super) count: u64,
    /// The last message that could be told then.
    pub(super) confirmed: Position,
    pub(super) node: NodeId,
    pub(super) person: PersonId,
    /// Nothing of who is not there any more.
    pub(super) present: Option<Present>,
}

/// A node as it is written.
pub(super) fn node_text(node: NodeId) -> String {
    format!("{:x}", node.0)
}

/// A node that was written.
pub(super) fn read_node(text: &[u8]) -> Option<NodeId> {
    let text = str::from_utf8(text).ok()?;
    u64::from_str_radix(text, 16).ok().map(NodeId)
}

/// Anything that is written as people write it.
pub(super) fn read<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// Texts in one, as scripts and [`unpack`] know them.
pub(super) fn pack<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut packed = String::new();
    for text in texts {
        // Writing to a text cannot fail.
        let written = write!(packed, "{}:{text}", text.len());
        debug_assert!(written.is_ok());
    }
    packed
}

/// All texts and numbers of an answer.
pub(super) fn texts(value: Value) -> Option<Vec<Vec<u8>>> {
    let Value::Array(parts) = value else {
        return None;
    };
    let text = |part| redis::from_redis_value::<Vec<u8>>(part).ok();
    parts.into_iter().map(text).collect()
}

/// A time in whole milliseconds.
pub(super) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Who had a nick before, as three texts; all are empty where nobody had.
pub(super) fn former_texts(former: Option<&Former>) -> [String; 3] {
    former.map_or_else(Default::default, |former| {
        [
            former.told.person.to_string(),
            former.told.until.to_string(),
            ms(former.taken).to_string(),
        ]
    })
}

/// Who had a nick before, from three texts.
pub(super) fn read_former(person: &[u8], until: &[u8], taken: &[u8]) -> Option<Former> {
    Some(Former {
        told: event::Former {
            person: read(person)?,
            until: read(until)?,
        },
        taken: Duration::from_millis(read(taken)?),
    })
}

/// A member as it is written. Room and person stand in the key.
pub(super) fn member_text(present: &Present) -> String {
    let flag = |is: bool| if is { '1' } else { '0' };
    let flags = [present.guest, present.keyed, present.reconnecting].map(flag);
    let flags: String = flags.into_iter().collect();
    let [former, until, taken] = former_texts(present.former.as_ref());
    pack([
        present.nick.as_str(),
        &flags,
        former.as_str(),
        until.as_str(),
        taken.as_str(),
    ])
}

/// A member that was written; nothing where this build refuses the nick.
pub(super) fn read_member(room: &Address, person: PersonId, text: &[u8]) -> Option<Present> {
    let texts = unpack(text)?;
    let [nick, flags, former, until, taken] = texts.as_slice() else {
        return None;
    };
    let [guest, keyed, reconnecting] = flags else {
        return None;
    };
    Some(Present {
        room: room.clone(),
        person,
        nick: Nick::new(str::from_utf8(nick).ok()?).ok()?,
        guest: *guest == b'1',
        former: read_former(former, until, taken),
        keyed: *keyed == b'1',
        reconnecting: *reconnecting == b'1',
    })
}

/// Node and person of a field of a room's members.
pub(super) fn read_field(field: &[u8]) -> Option<(NodeId, PersonId)> {
    let colon = field.iter().position(|byte| *byte == b':')?;
    let (node, person) = field.split_at_checked(colon)?;
    Some((read_node(node)?, read(person.get(1..)?)?))
}

/// What a bell says of a member.
pub(super) fn read_changed(room: &Address, payload: &[u8]) -> Option<Changed> {
    let texts = unpack(payload)?;
    let [count, era, n, node, person, member] = texts.as_slice() else {
        return None;
    };
    let person = read(person)?;
    let present = match member {
        [] => None,
        member => Some(read_member(room, person, member)?),
    };
    Some(Changed {
        count: read(count)?,
        confirmed: Position::new(read(era)?, read(n)?),
        node: read_node(node)?,
        person,
        present,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    fn present() -> Present {
        Present {
            room: "lobby".parse().unwrap(),
            person: person(1),
            nick: "김개발".parse().unwrap(),
            guest: true,
            former: Some(Former {
                told: event::Former {
                    person: person(2),
                    until: 1_763_700_000_123,
                },
                taken: Duration::from_millis(7_001),
            }),
            keyed: false,
            reconnecting: true,
        }
    }

    fn plain() -> Present {
        Present {
            nick: "alice".parse().unwrap(),
            guest: false,
            former: None,
            keyed: true,
            reconnecting: false,
            ..present()
        }
    }

    #[test]
    fn members_are_read_as_they_were_written() {
        let room: Address = "lobby".parse().unwrap();
        assert_eq!(member_text(&plain()), "5:alice3:0100:0:0:");
        for member in [plain(), present()] {
            let text = member_text(&member);
            assert_eq!(read_member(&room, person(1), text.as_bytes()), Some(member));
        }
        for wrong in ["", "5:alice", "1: 3:0100:0:0:", "5:alice2:010:0:0:"] {
            assert_eq!(read_member(&room, person(1), wrong.as_bytes()), None);
        }
    }

    #[test]
    fn bells_and_fields_are_read_as_scripts_write_them() {
        let room: Address = "lobby".parse().unwrap();
        let who = person(1).to_string();
        let field = format!("{}:{who}", node_text(NodeId(0xfeed)));
        assert_eq!(
            read_field(field.as_bytes()),
            Some((NodeId(0xfeed), person(1)))
        );
        let text = member_text(&plain());
        let bell = |member| pack(["7", "3", "41", "feed", &who, member]);
        let changed = |present| Changed {
            count: 7,
            confirmed: Position::new(3, 41),
            node: NodeId(0xfeed),
            person: person(1),
            present,
        };
        assert_eq!(
            read_changed(&room, bell(&text).as_bytes()),
            Some(changed(Some(plain())))
        );
        assert_eq!(
            read_changed(&room, bell("").as_bytes()),
            Some(changed(None))
        );
        assert_eq!(read_changed(&room, b"rubbish"), None);
    }
}
