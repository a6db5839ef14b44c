//! What goes out: sends with a number and a time, and what a socket did not take at once.

use std::io::Write;
use std::time::Instant;

use super::{FLIGHTS, Flight, Generator};
use crate::wire::Stage;

impl Generator {
    pub(super) fn send(&mut self, sender: usize, due: Instant) {
        let member = &mut self.members[sender];
        if member.stage == Stage::Gone {
            return;
        }
        let mut template = member.send.take().expect("a sender");
        template.set(self.number);
        self.flights[self.number as usize % FLIGHTS] = Flight { due, sender };
        self.number += 1;
        member.sent += 1;
        self.sent_by_room[member.room as usize] += 1;
        self.say(sender, &template.bytes);
        self.members[sender].send = Some(template);
    }

    pub(super) fn say(&mut self, index: usize, bytes: &[u8]) {
        let member = &mut self.members[index];
        let written = if member.unsent.is_empty() {
            member.socket.write(bytes).unwrap_or(0)
        } else {
            0
        };
        if written < bytes.len() {
            member.unsent.extend_from_slice(&bytes[written..]);
            self.blocked.push(index);
        }
    }

    /// Tries again what sockets did not take.
    pub(super) fn unblock(&mut self) {
        let members = &mut self.members;
        self.blocked.retain(|index| {
            let member = &mut members[*index];
            let written = member.socket.write(&member.unsent).unwrap_or(0);
            member.unsent.drain(..written);
            !member.unsent.is_empty() && member.stage != Stage::Gone
        });
    }
}
