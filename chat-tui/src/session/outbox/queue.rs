//! One room's part of the outbox: which entry goes next, under which seq, and what an answer means for it.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::Message;
use protocol::position::{MessageId, PersonId, Position};

use super::entry::Entry;
use crate::session::turn::Turn;
use crate::session::{LocalId, Pending, Record, State};

/// One room's part of the outbox.
#[derive(Debug, Default)]
pub(in crate::session) struct Queue {
    pub(in crate::session) entries: VecDeque<Entry>,
    /// The seq of the next entry that has none.
    next: u64,
    /// The seq that the server is known to expect; everything below is stored.
    due: u64,
    pub(super) in_flight: usize,
    /// One of those under way was not stored, so those behind it will not be either: nothing more goes out until all are
    /// answered, and then from the first one on.
    pub(super) stalled: bool,
}

/// What a refusal of a send comes to.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::session) enum Refused {
    /// It goes out again, after this wait where there is one.
    Again(Option<Duration>),
    /// It waits for the person.
    Failed,
    /// The server and this client do not agree on what is true: the connection is of no use.
    Confused,
    /// It is known to be stored; the refusal is void.
    Stored,
}

/// The wait before something is sent again where the server does not say how long.
const RESEND_WAIT: Duration = Duration::from_secs(1);

/// The longest wait that a server's `retry_after_ms` is followed for.
pub(in crate::session) const RETRY_WAIT_MAX: Duration = Duration::from_mins(1);

/// How long to wait after a refusal.
pub(in crate::session) fn retry_wait(refusal: &Refusal) -> Duration {
    refusal
        .retry_after_ms
        .map_or(RESEND_WAIT, Duration::from_millis)
        .min(RETRY_WAIT_MAX)
}

impl Queue {
    /// The room is joined, and `next_seq` is what the server expects: everything below is stored, nothing from there on is.
    pub(in crate::session) fn resume(
        &mut self,
        next_seq: u64,
        forked: bool,
        head: Position,
        turn: &mut Turn<'_>,
    ) {
        self.entries.retain(|entry| !(entry.settled && forked));
        for entry in &mut self.entries {
            match entry.pending.state {
                State::Sent => entry.pending.state = State::Waiting,
                State::Acked(_, position) if !entry.settled => {
                    let lost = entry.pending.seq.is_none_or(|seq| seq >= next_seq);
                    if lost {
                        entry.clear_seq(turn);
                    }
                    if lost || forked || position.era != head.era {
                        entry.pending.state = State::Waiting;
                        entry.echoed &= !(lost || forked);
                    }
                }
                State::Failed(_) | State::Waiting | State::Acked(..) => {}
            }
        }
        self.in_flight = 0;
        self.stalled = false;
        self.renumber(next_seq, turn);
    }

    /// Lets every waiting entry keep its seq where that can still be the right one, and takes it away where the server cannot
    /// have stored the entry under it.
    fn renumber(&mut self, due: u64, turn: &mut Turn<'_>) {
        self.due = due;
        self.next = due;
        let mut broken = false;
        let waiting = |entry: &&mut Entry| entry.pending.state == State::Waiting;
        for entry in self.entries.iter_mut().filter(waiting) {
            match entry.pending.seq {
                Some(seq) if seq < due => entry.lookup = true,
                Some(seq) if seq == self.next && !broken => {
                    entry.lookup = false;
                    self.next = self.next.saturating_add(1);
                }
                Some(_) => {
                    entry.clear_seq(turn);
                    broken = true;
                }
                None => broken = true,
            }
        }
    }

    /// Takes the next entry that may go out, with its seq saved.
    pub(in crate::session) fn next_to_send(
        &mut self,
        turn: &mut Turn<'_>,
    ) -> Option<(&Pending, u64)> {
        if self.stalled {
            return None;
        }
        let looking = self.entries.iter().any(|e| e.is_open() && e.lookup);
        let ready = |e: &&mut Entry| e.pending.state == State::Waiting && (!looking || e.lookup);
        let entry = self.entries.iter_mut().find(ready)?;
        let seq = if let Some(seq) = entry.pending.seq {
            seq
        } else {
            let seq = self.next;
            self.next = self.next.saturating_add(1);
            entry.pending.seq = Some(seq);
            turn.save(Record::Seq {
                local: entry.pending.local,
                seq: Some(seq),
            });
            seq
        };
        entry.pending.state = State::Sent;
        self.in_flight += 1;
        Some((&entry.pending, seq))
    }

    /// The server says where an entry is stored. False where the answer is not about this entry.
    pub(in crate::session) fn ack(
        &mut self,
        local: LocalId,
        id: MessageId,
        position: Position,
    ) -> bool {
        self.in_flight = self.in_flight.saturating_sub(1);
        let Some(entry) = self.entries.iter_mut().find(|e| e.pending.local == local) else {
            // Its message came first, and was all that was missing.
            return true;
        };
        if entry.pending.seq != Some(id.seq) {
            return false;
        }
        entry.lookup = false;
        entry.pending.state = State::Acked(id, position);
        self.due = self.due.max(id.seq.saturating_add(1));
        true
    }

    /// The server refuses an entry.
    pub(in crate::session) fn refuse(
        &mut self,
        local: LocalId,
        refusal: &Refusal,
        turn: &mut Turn<'_>,
    ) -> Refused {
        self.in_flight = self.in_flight.saturating_sub(1);
        let Some(entry) = self.entries.iter_mut().find(|e| e.pending.local == local) else {
            return Refused::Stored;
        };
        if entry.pending.state != State::Sent {
            return Refused::Stored;
        }
        self.stalled = true;
        entry.pending.state = State::Waiting;
        match refusal.code {
            ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::OutcomeUnknown => {
                Refused::Again(Some(retry_wait(refusal)))
            }
            ErrorCode::OutOfOrder | ErrorCode::SeqReused => {
                entry.clear_seq(turn);
                self.due = refusal.expected_seq.unwrap_or(self.due);
                Refused::Again(None)
            }
            ErrorCode::NotJoined | ErrorCode::NotIntroduced => Refused::Confused,
            ErrorCode::BadRequest
            | ErrorCode::UnknownRequest
            | ErrorCode::UnsupportedVersion
            | ErrorCode::AlreadyIntroduced
            | ErrorCode::BadProof
            | ErrorCode::WrongEndpoint
            | ErrorCode::BadNick
            | ErrorCode::NickTaken
            | ErrorCode::NickLimit
            | ErrorCode::BadRoom
            | ErrorCode::BadText
            | ErrorCode::AlreadyJoined
            | ErrorCode::TooManyRooms
            | ErrorCode::NoSuchNick
            | ErrorCode::NotAllowed
            | ErrorCode::Unknown => {
                entry.clear_seq(turn);
                entry.pending.state = State::Failed(refusal.clone());
                Refused::Failed
            }
        }
    }

    /// Ends a stall once all answers are here. Says whether it did.
    pub(in crate::session) fn restart(&mut self, turn: &mut Turn<'_>) -> bool {
        let over = self.stalled && self.in_flight == 0;
        if over {
            self.stalled = false;
            self.renumber(self.due, turn);
        }
        over
    }

    /// The entry that a message is, which is stored then for certain.
    pub(in crate::session) fn echo(
        &mut self,
        person: PersonId,
        device: u32,
        message: &Message,
    ) -> Option<LocalId> {
        let id = message.id;
        if id.person != person || id.device != device {
            return None;
        }
        let is = |entry: &&mut Entry| {
            let tried = !matches!(entry.pending.state, State::Failed(_));
            tried && entry.pending.seq == Some(id.seq) && entry.says(message)
        };
        let entry = self.entries.iter_mut().find(is)?;
        entry.pending.state = State::Acked(id, message.position);
        entry.echoed = true;
        entry.lookup = false;
        self.due = self.due.max(id.seq.saturating_add(1));
        Some(entry.pending.local)
    }

    /// Nothing up to `stable` can be lost any more. An entry of an earlier era may have been lost when the era rose: it is looked up.
    pub(in crate::session) fn stable(&mut self, stable: Position, turn: &mut Turn<'_>) {
        self.settle_if(turn, |position, _| {
            position.era == stable.era && position <= stable
        });
        for entry in &mut self.entries {
            if let State::Acked(_, position) = entry.pending.state
                && !entry.settled
                && position.era < stable.era
            {
                entry.pending.state = State::Waiting;
                entry.lookup = true;
            }
        }
    }

    /// Takes stored entries off the disk.
    pub(in crate::session) fn settle_if(
        &mut self,
        turn: &mut Turn<'_>,
        is_safe: impl Fn(Position, LocalId) -> bool,
    ) {
        for entry in &mut self.entries {
            if let State::Acked(_, position) = entry.pending.state
                && !entry.settled
                && is_safe(position, entry.pending.local)
            {
                entry.settled = true;
                turn.save(Record::Settled {
                    local: entry.pending.local,
                });
            }
        }
    }

    /// Drops what is settled and known as a message up to `last`.
    pub(in crate::session) fn drop_done(&mut self, last: Option<Position>) {
        self.entries
            .retain(|entry| !(entry.settled && (entry.echoed || entry.is_covered(last))));
    }

    /// Fails everything that waits: the room cannot be entered.
    pub(in crate::session) fn fail_waiting(&mut self, refusal: &Refusal) -> Vec<LocalId> {
        let mut failed = Vec::new();
        for entry in &mut self.entries {
            if entry.is_open() {
                entry.pending.state = State::Failed(refusal.clone());
                failed.push(entry.pending.local);
            }
        }
        failed
    }

    /// Tries a failed entry again.
    pub(in crate::session) fn again(
        &mut self,
        local: LocalId,
        joined: bool,
        turn: &mut Turn<'_>,
    ) -> bool {
        let failed = |e: &&mut Entry| {
            e.pending.local == local && matches!(e.pending.state, State::Failed(_))
        };
        let Some(entry) = self.entries.iter_mut().find(failed) else {
            return false;
        };
        entry.pending.state = State::Waiting;
        if joined && let Some(seq) = entry.pending.seq {
            if seq < self.due {
                entry.lookup = true;
            } else {
                entry.clear_seq(turn);
            }
        }
        true
    }

    /// Takes an entry out that is not stored. False where it may be.
    pub(in crate::session) fn discard(&mut self, local: LocalId, turn: &mut Turn<'_>) -> bool {
        let may = |entry: &Entry| match entry.pending.state {
            State::Failed(_) => true,
            State::Waiting => entry.pending.seq.is_none(),
            State::Sent | State::Acked(..) => false,
        };
        let position = self
            .entries
            .iter()
            .position(|e| e.pending.local == local && may(e));
        let Some(position) = position else {
            return false;
        };
        self.entries.remove(position);
        turn.save(Record::Settled { local });
        true
    }

    /// Whether something is neither stored nor taken back.
    pub(in crate::session) fn has_unstored(&self) -> bool {
        let stored = |entry: &Entry| matches!(entry.pending.state, State::Acked(..));
        !self.entries.iter().all(stored)
    }

    pub(in crate::session) fn has_waiting(&self) -> bool {
        self.entries
            .iter()
            .any(|e| e.pending.state == State::Waiting)
    }

    /// What has not come back as a message yet, in order.
    pub(in crate::session) fn pending(
        &self,
        last: Option<Position>,
    ) -> impl Iterator<Item = &Pending> {
        let shown = move |entry: &&Entry| !entry.echoed && !entry.is_covered(last);
        self.entries
            .iter()
            .filter(shown)
            .map(|entry| &entry.pending)
    }
}
