//! Who in each room sends, and who looks at what comes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Generator;

/// Observers of a room beside its senders: evenly spread, the last one among them.
const OBSERVERS: usize = 4;

impl Generator {
    /// Makes `count` members of each of `rooms` its senders, spread evenly, as some come first in a fan-out and some last. They
    /// take turns room by room.
    pub(crate) fn cast(&mut self, rooms: Range<u32>, count: usize, frame_bytes: usize) {
        let mut by_room: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, member) in self.members.iter().enumerate() {
            if rooms.contains(&member.room) {
                by_room.entry(member.room).or_default().push(index);
            }
        }
        let mut turns: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (room, members) in by_room {
            let senders = spread(&members, count);
            for observer in senders.iter().chain(&spread(&members, OBSERVERS)) {
                self.members[*observer].observes = true;
            }
            for (turn, sender) in senders.iter().enumerate() {
                turns[turn].push(*sender);
                self.members[*sender].send = Some(self.wire.send(room, frame_bytes));
                let listener = if self.wire.echoes() {
                    *sender
                } else {
                    next_of(&members, *sender)
                };
                self.members[*sender].listener = listener;
                self.members[listener].observes = true;
            }
        }
        self.senders = turns.concat();
    }
}

/// At most `count` of `members`, evenly spread, the last one among them.
fn spread(members: &[usize], count: usize) -> Vec<usize> {
    let count = count.min(members.len());
    (1..=count)
        .map(|n| members[n * members.len() / count - 1])
        .collect()
}

/// The one who stands behind `member`, or the first.
fn next_of(members: &[usize], member: usize) -> usize {
    let at = members.iter().position(|other| *other == member).unwrap();
    members[(at + 1) % members.len()]
}
