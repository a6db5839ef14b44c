//! What comes: counted for all, looked into for a few, and answered where a server asks.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use rustix::event::epoll::{self, EventFlags};

use super::{FLIGHTS, Generator};
use crate::load::record;
use crate::wire::{self, Item, Next, Stage};

/// What says that a stream ends.
pub(super) const ENDS: EventFlags = EventFlags::RDHUP
    .union(EventFlags::HUP)
    .union(EventFlags::ERR);

impl Generator {
    /// Reads all that is there, as the system tells of it only once; `ends` says that the stream ends behind it.
    pub(super) fn read(&mut self, index: usize, ends: bool) {
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            let member = &mut self.members[index];
            let begun = member.begun.len();
            buffer[..begun].copy_from_slice(&member.begun);
            let read = match member.socket.read(&mut buffer[begun..]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Ok(0) | Err(_) => {
                    self.close(index);
                    break;
                }
                Ok(read) => read,
            };
            member.begun.clear();
            let bytes = &buffer[..begun + read];
            let taken = if member.stage == Stage::Inside && !member.observes {
                self.count(index, bytes)
            } else {
                self.look(index, bytes)
            };
            self.members[index].begun.extend_from_slice(&bytes[taken..]);
            let is_all = bytes.len() < buffer.len() && self.members[index].socket.gives_all();
            if is_all && !ends {
                break;
            }
        }
        self.buffer = buffer;
    }

    /// Counts the messages of one who only reads; gives how many bytes are whole.
    fn count(&mut self, index: usize, bytes: &[u8]) -> usize {
        let (mut taken, mut messages, mut message_bytes) = (0, 0, 0);
        while let Some((item, length)) = self.wire.cut(Stage::Inside, &bytes[taken..]) {
            match item {
                Item::Message(_) => {
                    messages += 1;
                    message_bytes += length as u64;
                }
                Item::Ping(_) | Item::Other(_) | Item::Ack(_) => self.minor(index, item),
            }
            taken += length;
        }
        self.members[index].received += messages;
        self.tally.deliveries += messages;
        self.tally.bytes += message_bytes;
        taken
    }

    /// As `count`, and looks into each unit.
    fn look(&mut self, index: usize, bytes: &[u8]) -> usize {
        let now = Instant::now();
        let mut taken = 0;
        while let Some((item, length)) = self.wire.cut(self.members[index].stage, &bytes[taken..]) {
            taken += length;
            match (self.members[index].stage, item) {
                (Stage::Inside, Item::Message(message)) => {
                    self.members[index].received += 1;
                    self.tally.deliveries += 1;
                    self.tally.bytes += length as u64;
                    self.observe(index, message, now);
                }
                (Stage::Inside, Item::Ack(ack)) => {
                    if let Some(number) = wire::acknowledged(ack) {
                        let flight = self.flights[number as usize % FLIGHTS];
                        record(&mut self.tally.ack, now - flight.due);
                    }
                }
                (Stage::Inside, _) | (_, Item::Ping(_)) => self.minor(index, item),
                (Stage::Head, _) => self.step(index, 0, item),
                (Stage::Entering(step), _) => self.step(index, step, item),
                (Stage::Gone, _) => return bytes.len(),
            }
        }
        taken
    }

    fn observe(&mut self, index: usize, message: &[u8], now: Instant) {
        if !self.members[index].observes {
            return;
        }
        let Some(number) = wire::number(message) else {
            return;
        };
        let flight = self.flights[number as usize % FLIGHTS];
        record(&mut self.tally.delivery, now - flight.due);
        if self.again && self.members[flight.sender].listener == index {
            self.back.push(flight.sender);
        }
    }

    fn step(&mut self, index: usize, step: u8, item: Item<'_>) {
        let guest = self.guest(index, self.members[index].room);
        match self.wire.answer(step, item, guest) {
            Next::Wait => self.members[index].stage = Stage::Entering(step.saturating_add(1)),
            Next::Say(bytes) => {
                self.members[index].stage = Stage::Entering(step.saturating_add(1));
                self.say(index, &bytes);
            }
            Next::Enter => {
                let member = &mut self.members[index];
                member.stage = Stage::Inside;
                // Who comes later is owed only what follows.
                member.received = self.sent_by_room[member.room as usize];
                self.entering -= 1;
                record(&mut self.tally.entry, member.dialled.elapsed());
            }
        }
    }

    fn minor(&mut self, index: usize, item: Item<'_>) {
        match item {
            Item::Ping(ping) => {
                let answer = self.wire.pong(ping);
                self.say(index, &answer);
            }
            Item::Other(bytes) => {
                let refused = bytes.starts_with(br#"{"type":"error""#);
                assert!(!refused, "{}", String::from_utf8_lossy(bytes));
            }
            Item::Message(_) | Item::Ack(_) => {}
        }
    }

    fn close(&mut self, index: usize) {
        let member = &mut self.members[index];
        if matches!(member.stage, Stage::Head | Stage::Entering(_)) {
            self.entering -= 1;
        }
        member.stage = Stage::Gone;
        epoll::delete(&self.poll, member.socket.stream()).unwrap();
        self.tally.closed += 1;
    }
}
