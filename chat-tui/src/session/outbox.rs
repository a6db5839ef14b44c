//! What was said and is not safe yet, room by room in the order in which it was said.
//!
//! A seq belongs to an entry for as long as the server may have stored the entry under it; it is taken away only where that is
//! ruled out. So nothing is stored twice, whatever is lost in between. Nothing leaves the outbox but what is stable or taken back.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::error::Refusal;
use protocol::position::Address;

use super::turn::Turn;
use super::{LocalId, Pending, Record, State};

mod entry;
mod pace;
mod queue;

use entry::Entry;
pub(super) use pace::Pace;
pub(super) use queue::{Queue, Refused, retry_wait};

/// Entries of the outbox, all rooms together. At it nothing more is taken; the text stays with the person.
pub const OUTBOX_MAX: usize = 1_000;

impl Record {
    /// Makes this change to what a journal holds so far.
    pub fn apply(self, pending: &mut Vec<Pending>) {
        match self {
            Self::Queued(item) => pending.push(*item),
            Self::Seq { local, seq } => {
                if let Some(item) = pending.iter_mut().find(|item| item.local == local) {
                    item.seq = seq;
                }
            }
            Self::Settled { local } => pending.retain(|item| item.local != local),
        }
    }
}

/// Everything said on this device.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) queues: BTreeMap<Address, Queue>,
    last_local: u64,
    /// Nothing is sent before this time: the server asked to wait.
    pub(super) held_until: Option<Duration>,
    /// Stalls without a success in between.
    pub(super) stalls: u32,
    /// Until when the pace holds back what waits.
    pub(super) paced: Option<Duration>,
    /// How fast is sent, where many texts were said at once; gone when nothing waits any more.
    pub(super) pace: Option<Pace>,
    /// The room that was served last, so that a full one does not starve the others.
    pub(super) served: Option<Address>,
}

impl Outbox {
    pub(super) fn restored(pending: Vec<Pending>) -> Self {
        let mut outbox = Self::default();
        for mut item in pending {
            outbox.last_local = outbox.last_local.max(item.local.0);
            item.state = State::Waiting;
            outbox.push(item);
        }
        outbox
    }

    pub(super) fn next_local(&mut self) -> LocalId {
        self.last_local += 1;
        LocalId(self.last_local)
    }

    pub(super) fn push(&mut self, pending: Pending) {
        let queue = self.queues.entry(pending.room.clone()).or_default();
        queue.entries.push_back(Entry::new(pending));
    }

    pub(super) fn queue(&mut self, room: &Address) -> Option<&mut Queue> {
        self.queues.get_mut(room)
    }

    pub(super) fn room_of(&self, local: LocalId) -> Option<Address> {
        let has = |queue: &Queue| queue.entries.iter().any(|e| e.pending.local == local);
        let mut found = self.queues.iter().filter(|(_, queue)| has(queue));
        found.next().map(|(room, _)| room.clone())
    }

    pub(super) fn is_full(&self) -> bool {
        !self.has_room_for(1)
    }

    pub(super) fn has_room_for(&self, more: usize) -> bool {
        let entries = self.queues.values().map(|q| q.entries.len()).sum::<usize>();
        entries.saturating_add(more) <= OUTBOX_MAX
    }

    pub(super) fn in_flight(&self) -> usize {
        self.queues.values().map(|q| q.in_flight).sum()
    }

    pub(super) fn unsent(&self) -> usize {
        let entries = self.queues.values().flat_map(|queue| &queue.entries);
        entries.filter(|entry| entry.is_open()).count()
    }

    pub(super) fn all_stable(&self) -> bool {
        let mut entries = self.queues.values().flat_map(|queue| &queue.entries);
        entries.all(|entry| entry.settled || matches!(entry.pending.state, State::Failed(_)))
    }

    /// The connection is gone: what is unanswered is tried again, under its seq.
    pub(super) fn lose_connection(&mut self) {
        self.held_until = None;
        self.stalls = 0;
        for queue in self.queues.values_mut() {
            queue.in_flight = 0;
            queue.stalled = false;
            for entry in &mut queue.entries {
                if entry.pending.state == State::Sent {
                    entry.pending.state = State::Waiting;
                }
            }
        }
    }

    /// The connection of a keyless client is gone, and with it the person who said it: nothing can be tried again without
    /// risking that it is said twice.
    pub(super) fn forget_person(&mut self, refusal: &Refusal, turn: &mut Turn<'_>) -> Vec<LocalId> {
        let mut failed = Vec::new();
        for queue in self.queues.values_mut() {
            queue.settle_if(turn, |_, _| true);
            queue.entries.retain(|entry| !entry.settled);
            for entry in &mut queue.entries {
                if entry.is_open() && entry.pending.seq.is_some() {
                    entry.clear_seq(turn);
                    entry.pending.state = State::Failed(refusal.clone());
                    failed.push(entry.pending.local);
                }
            }
        }
        failed
    }
}
