//! Lists cut into parts that fit a frame each.
//!
//! Sizes are upper bounds worked out from the texts, so that nothing is encoded only to be measured.

use protocol::codec::json_bytes_max;
use protocol::event::{Change, Conversation, Member, Message, RoomInfo};
use protocol::limits::FRAME_BYTES_MAX;

/// What a frame holds besides its list: type, ref, revision, the room's name with every byte escaped, in bytes.
const HEAD_BYTES_MAX: usize = 1024;

/// The items of one part, in bytes.
pub(super) const LIST_BYTES_MAX: usize = FRAME_BYTES_MAX - HEAD_BYTES_MAX;

/// Field names, numbers, ids and commas of one item, in bytes. The largest is a message: 150 for its names and
/// signs, 50 for its id, and 110 for five numbers of 53 bits each.
const ITEM_BYTES_MAX: usize = 384;

/// The text of a room's address in bytes, with every one escaped.
const ADDRESS_BYTES_MAX: usize = 2 * protocol::names::ROOM_BYTES_MAX + 2;

/// A message in a list, in bytes at most.
pub(super) fn message_bytes(message: &Message) -> usize {
    ITEM_BYTES_MAX
        + ADDRESS_BYTES_MAX
        + json_bytes_max(&message.nick)
        + json_bytes_max(&message.text)
}

/// A member in a list, in bytes at most.
pub(super) fn member_bytes(member: &Member) -> usize {
    ITEM_BYTES_MAX + json_bytes_max(&member.nick)
}

/// A change of a member list, in bytes at most.
pub(super) fn change_bytes(change: &Change) -> usize {
    ITEM_BYTES_MAX + json_bytes_max(&change.nick) + change.was.as_deref().map_or(0, json_bytes_max)
}

/// A room in a list, in bytes at most.
pub(super) fn room_bytes(room: &RoomInfo) -> usize {
    ITEM_BYTES_MAX + ADDRESS_BYTES_MAX + json_bytes_max(&room.topic)
}

/// A conversation in a list, in bytes at most.
pub(super) fn conversation_bytes(conversation: &Conversation) -> usize {
    ITEM_BYTES_MAX + json_bytes_max(&conversation.nick)
}

/// Cuts a list into parts of at most [`LIST_BYTES_MAX`] each, in order. An item that is larger on its own gets a part on its
/// own; no item of this contract is. An empty list has no part.
pub(super) fn pack<T>(
    items: impl IntoIterator<Item = T>,
    bytes: impl Fn(&T) -> usize,
) -> Vec<Vec<T>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut part_bytes = 0;
    for item in items {
        let size = bytes(&item);
        if part_bytes + size > LIST_BYTES_MAX && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            part_bytes = 0;
        }
        part_bytes += size;
        part.push(item);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// How many items from the front fit one part; at least one, where there is one.
pub(super) fn fitting<T>(items: &[T], bytes: impl Fn(&T) -> usize) -> usize {
    let mut left = LIST_BYTES_MAX;
    let fitting = items
        .iter()
        .take_while(|item| {
            let size = bytes(item);
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        })
        .count();
    fitting.max(1).min(items.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::codec::encode_event;
    use protocol::event::{Event, Former, History, Kind, Members, Presence, Rooms, Status, What};
    use protocol::names::{NICK_BYTES_MAX, ROOM_BYTES_MAX, TEXT_BYTES_MAX, TOPIC_BYTES_MAX};
    use protocol::position::{Address, MessageId, Pair, PersonId, Position};

    const NUMBER_MAX: u64 = (1 << 53) - 1;

    const fn longest_former() -> Former {
        Former {
            person: PersonId::from_bytes([0xff; 16]),
            until: NUMBER_MAX,
        }
    }

    /// The longest of everything, with each byte escaped.
    fn longest_message() -> Message {
        let person = PersonId::from_bytes([0xff; 16]);
        Message {
            room: longest_room(),
            position: Position::new(NUMBER_MAX, NUMBER_MAX),
            id: MessageId {
                person,
                device: u32::MAX,
                seq: NUMBER_MAX,
            },
            nick: "\\".repeat(NICK_BYTES_MAX),
            time: NUMBER_MAX,
            kind: Kind::Message,
            text: "\n".repeat(TEXT_BYTES_MAX),
            reply_to: Some(Position::new(NUMBER_MAX, NUMBER_MAX)),
        }
    }

    fn longest_room() -> Address {
        let name = format!("a{}", "`\\".repeat(15));
        assert!(name.len() <= ROOM_BYTES_MAX);
        name.parse().unwrap()
    }

    #[track_caller]
    fn check_fits(event: &Event) {
        let mut frame = Vec::new();
        encode_event(event, &mut frame);
        assert!(frame.len() <= FRAME_BYTES_MAX, "{} bytes", frame.len());
    }

    #[test]
    fn a_part_of_the_longest_messages_fits_its_frame() {
        let parts = pack(vec![longest_message(); 3], message_bytes);
        assert_eq!(parts.len(), 3);
        for messages in parts {
            check_fits(&Event::History(History {
                reference: Some(u64::MAX),
                room: longest_room(),
                messages,
                done: false,
                more: true,
            }));
        }
    }

    #[test]
    fn a_bound_is_never_below_the_encoded_size() {
        let message = longest_message();
        assert!(serde_json::to_vec(&message).unwrap().len() < message_bytes(&message));
        let member = Member {
            person: message.id.person,
            nick: message.nick.clone(),
            status: Status::Reconnecting,
            guest: true,
            former: Some(longest_former()),
        };
        assert!(serde_json::to_vec(&member).unwrap().len() < member_bytes(&member));
        let change = Change {
            what: What::Reconnecting,
            person: message.id.person,
            nick: message.nick.clone(),
            was: Some(message.nick.clone()),
            guest: true,
            former: Some(longest_former()),
        };
        assert!(serde_json::to_vec(&change).unwrap().len() < change_bytes(&change));
        let room = RoomInfo {
            room: longest_room(),
            topic: "\t".repeat(TOPIC_BYTES_MAX),
            members: usize::MAX,
        };
        assert!(serde_json::to_vec(&room).unwrap().len() < room_bytes(&room));
        let other = PersonId::from_bytes([0; 16]);
        let conversation = Conversation {
            room: Address::Direct(Pair::new(message.id.person, other).unwrap()),
            person: other,
            nick: message.nick,
            head: message.position,
            former: Some(longest_former()),
            passed_on: true,
        };
        assert!(
            serde_json::to_vec(&conversation).unwrap().len() < conversation_bytes(&conversation)
        );
    }

    #[test]
    fn long_lists_go_into_full_parts() {
        let member = Member {
            person: PersonId::from_bytes([1; 16]),
            nick: "\\".repeat(NICK_BYTES_MAX),
            status: Status::Here,
            guest: true,
            former: Some(longest_former()),
        };
        let parts = pack(vec![member; 200], member_bytes);
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), 200);
        for members in parts {
            check_fits(&Event::Members(Members {
                reference: Some(u64::MAX),
                room: longest_room(),
                revision: u64::MAX,
                members,
                done: true,
                more: true,
            }));
        }
    }

    #[test]
    fn what_fits_is_counted_from_the_front() {
        let rooms = vec![
            RoomInfo {
                room: longest_room(),
                topic: "\t".repeat(TOPIC_BYTES_MAX),
                members: usize::MAX,
            };
            50
        ];
        let fitting = fitting(&rooms, room_bytes);
        assert!((8..20).contains(&fitting), "{fitting}");
        check_fits(&Event::Rooms(Rooms {
            reference: Some(u64::MAX),
            rooms: rooms.into_iter().take(fitting).collect(),
            more: true,
        }));
        check_fits(&Event::Presence(Presence {
            room: longest_room(),
            revision: u64::MAX,
            count: usize::MAX,
            changes: Vec::new(),
            summary: true,
        }));
        assert_eq!(super::fitting(&Vec::<RoomInfo>::new(), room_bytes), 0);
    }
}
