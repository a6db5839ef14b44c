//! What the engine asks for is done: said, stored, read, closed.

use std::sync::Arc;

use bytes::Bytes;
use protocol::event::Event;

use super::HubTask;
use crate::engine::{ConnId, Input, Now, Output};
use crate::faults::{self, Mutant, Point};
use crate::record::{AppendError, ClaimError, Found, Query, Read, Write, Written};
use crate::shell::outbox::Outbox;

impl HubTask {
    /// Carries one output out; what the history does not take gives the answer in its place.
    pub(super) fn perform(&mut self, output: Output, now: Now) -> Option<Input> {
        self.counts.output(&output);
        match output {
            Output::Send { conn, event } => {
                if faults::mutant(Mutant::FanOutBeforeCommit) && faults::hold_back(conn, &event) {
                    return None;
                }
                self.send(conn, &event);
                if faults::mutant(Mutant::NoResumeTrim)
                    && let Some(again) = faults::overlap(conn, &event)
                {
                    self.send(conn, &again);
                }
            }
            Output::Fan { to, mut events } => {
                if faults::mutant(Mutant::PresenceLost) {
                    faults::lose_presence(&mut events);
                }
                if matches!(events.first(), Some(Event::Message(_))) {
                    self.has_fanned = true;
                    faults::point_once_written(Point::Acked, || self.is_written_out());
                }
                if let (Some(conn), Some(last)) = (to.first(), events.last()) {
                    faults::overlap(*conn, last);
                }
                let frames = self.encode(&events);
                self.shedding.pushed(to.len());
                for conn in to.iter() {
                    self.push(*conn, |outbox| outbox.push(frames.clone()));
                }
            }
            Output::AskDrained { conn } => self.push(conn, Outbox::mark),
            Output::Pause { conn } => self.with(conn, |outbox| outbox.pause(true)),
            Output::Resume { conn } => self.with(conn, |outbox| outbox.pause(false)),
            Output::Close { conn, code } => self.with(conn, |outbox| outbox.close(code)),
            Output::Write(write) => {
                self.pacing.add(write, self.clock.instant(now.elapsed));
            }
            Output::Read(read) => {
                // A room that was given up and is joined again has to be known as both in this order.
                if self.pacing.unloads() && matches!(read.query, Query::Join { .. }) {
                    for write in self.pacing.take(self.clock.instant(now.elapsed)) {
                        let refused = self.store(write);
                        self.refused.extend(refused);
                    }
                }
                if let Query::Join { room, .. } = &read.query
                    && self.presence.bars_join(room)
                {
                    return Some(unread(&read));
                }
                let back = self.history.read(read).err()?;
                return Some(unread(&back));
            }
        }
        None
    }

    /// Hands what waits to be stored to the history; what it does not take is answered in its place.
    pub(super) fn hand_over(&mut self, now: Now) {
        let writes = self.pacing.take(self.clock.instant(now.elapsed));
        let refused: Vec<Input> = writes
            .into_iter()
            .filter_map(|write| self.store(write))
            .collect();
        if refused.is_empty() {
            return;
        }
        for input in refused {
            self.feed(input, now);
        }
        self.finish(now);
    }

    pub(super) fn store(&mut self, write: Write) -> Option<Input> {
        let write = self.presence.hold(write)?;
        if matches!(write, Write::Claim(_)) && self.presence.bars_claims() {
            return unwritten(write);
        }
        let back = *self.history.write(write).err()?;
        unwritten(self.presence.keep(back)?)
    }

    /// Tells what was kept back until the commit.
    pub(super) fn let_go(&mut self) {
        for (conn, event) in faults::held_back() {
            self.send(conn, &event);
        }
    }

    fn send(&mut self, conn: ConnId, event: &Event) {
        let frames = self.encode(std::slice::from_ref(event));
        self.shedding.pushed(1);
        self.push(conn, |outbox| outbox.push(frames));
    }

    fn is_written_out(&self) -> bool {
        self.due.iter().for_each(|outbox| outbox.flush());
        let mut loads = self.outboxes.values().map(|outbox| outbox.load());
        loads.all(|load| load.bytes == 0)
    }

    /// Pushes to an outbox, which is flushed at the end of the turn.
    fn push(&mut self, conn: ConnId, push: impl FnOnce(&Outbox) -> bool) {
        if let Some(outbox) = self.outboxes.get(&conn)
            && push(outbox)
        {
            self.due.push(Arc::clone(outbox));
        }
    }

    fn encode(&mut self, events: &[Event]) -> Bytes {
        self.encoder.encode(events)
    }

    pub(super) fn with(&self, conn: ConnId, then: impl FnOnce(&Outbox)) {
        if let Some(outbox) = self.outboxes.get(&conn) {
            then(outbox);
        }
    }
}

/// The answer to a write that the history did not take.
fn unwritten(write: Write) -> Option<Input> {
    let written = match write {
        Write::Append(append) => Written::Append {
            ticket: append.ticket,
            result: Err(AppendError::Unavailable),
        },
        Write::Claim(claim) => Written::Claim {
            ticket: claim.ticket,
            result: Err(ClaimError::Unavailable),
        },
        // Presence and shares are kept before they come here, and a nick in use is told of again, or what was spent does not matter.
        Write::Present(_)
        | Write::Absent { .. }
        | Write::Used(_)
        | Write::Served(_)
        | Write::Share(_) => {
            return None;
        }
    };
    Some(Input::Committed(vec![written]))
}

/// The answer to a read that the history did not take.
fn unread(read: &Read) -> Input {
    Input::Found(Found {
        ticket: read.ticket,
        answer: None,
    })
}
