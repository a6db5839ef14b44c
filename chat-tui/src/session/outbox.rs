//! What was said and is not safe yet, room by room in the order in which it was said.
//!
//! A seq belongs to an entry for as long as the server may have stored the entry under it; it is taken away only where that is
//! ruled out. So nothing is stored twice, whatever is lost in between. Nothing leaves the outbox but what is stable or taken back.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Kind, Message};
use protocol::position::{Address, MessageId, PersonId, Position};
use protocol::request::SendKind;

use super::turn::Turn;
use super::{Body, LocalId, Pending, Record, State};

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
        queue.entries.push_back(Entry {
            pending,
            lookup: false,
            echoed: false,
            settled: false,
        });
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
        self.queues.values().map(|q| q.entries.len()).sum::<usize>() >= OUTBOX_MAX
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

/// One room's part of the outbox.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) entries: VecDeque<Entry>,
    /// The seq of the next entry that has none.
    next: u64,
    /// The seq that the server is known to expect; everything below is stored.
    due: u64,
    in_flight: usize,
    /// One of those under way was not stored, so those behind it will not be either: nothing more goes out until all are
    /// answered, and then from the first one on.
    stalled: bool,
}

/// One thing said.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) pending: Pending,
    /// It is sent only to learn whether it is stored; those behind it wait, so that the order holds if it is not.
    lookup: bool,
    /// It came back as a message.
    pub(super) echoed: bool,
    /// It is stable, and off the disk.
    pub(super) settled: bool,
}

impl Entry {
    fn is_open(&self) -> bool {
        matches!(self.pending.state, State::Waiting | State::Sent)
    }

    fn clear_seq(&mut self, turn: &mut Turn<'_>) {
        self.lookup = false;
        if self.pending.seq.take().is_some() {
            let local = self.pending.local;
            turn.save(Record::Seq { local, seq: None });
        }
    }

    fn says(&self, message: &Message) -> bool {
        match &self.pending.body {
            Body::Topic(text) => message.kind == Kind::Topic && message.text == text.as_str(),
            Body::Text {
                kind,
                text,
                reply_to,
            } => {
                let kind = match kind {
                    SendKind::Message => Kind::Message,
                    SendKind::Action => Kind::Action,
                };
                message.kind == kind
                    && message.text == text.as_str()
                    && message.reply_to == *reply_to
            }
        }
    }
}

/// What a refusal of a send comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
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
pub(super) const RETRY_WAIT_MAX: Duration = Duration::from_mins(1);

/// How long to wait after a refusal.
pub(super) fn retry_wait(refusal: &Refusal) -> Duration {
    refusal
        .retry_after_ms
        .map_or(RESEND_WAIT, Duration::from_millis)
        .min(RETRY_WAIT_MAX)
}

impl Queue {
    /// The room is joined, and `next_seq` is what the server expects: everything below is stored, nothing from there on is.
    pub(super) fn resume(
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
                    self.next += 1;
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
    pub(super) fn next_to_send(&mut self, turn: &mut Turn<'_>) -> Option<(&Pending, u64)> {
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
            self.next += 1;
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
    pub(super) fn ack(&mut self, local: LocalId, id: MessageId, position: Position) -> bool {
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
    pub(super) fn refuse(
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
    pub(super) fn restart(&mut self, turn: &mut Turn<'_>) -> bool {
        let over = self.stalled && self.in_flight == 0;
        if over {
            self.stalled = false;
            self.renumber(self.due, turn);
        }
        over
    }

    /// The entry that a message is, which is stored then for certain.
    pub(super) fn echo(
        &mut self,
        person: PersonId,
        device: u16,
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
    pub(super) fn stable(&mut self, stable: Position, turn: &mut Turn<'_>) {
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
    pub(super) fn settle_if(
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
    pub(super) fn drop_done(&mut self, last: Option<Position>) {
        self.entries
            .retain(|entry| !(entry.settled && (entry.echoed || entry.is_covered(last))));
    }

    /// Fails everything that waits: the room cannot be entered.
    pub(super) fn fail_waiting(&mut self, refusal: &Refusal) -> Vec<LocalId> {
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
    pub(super) fn again(&mut self, local: LocalId, joined: bool, turn: &mut Turn<'_>) -> bool {
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
    pub(super) fn discard(&mut self, local: LocalId, turn: &mut Turn<'_>) -> bool {
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
    pub(super) fn has_unstored(&self) -> bool {
        let stored = |entry: &Entry| matches!(entry.pending.state, State::Acked(..));
        !self.entries.iter().all(stored)
    }

    pub(super) fn has_waiting(&self) -> bool {
        self.entries
            .iter()
            .any(|e| e.pending.state == State::Waiting)
    }

    /// What has not come back as a message yet, in order.
    pub(super) fn pending(&self, last: Option<Position>) -> impl Iterator<Item = &Pending> {
        let shown = move |entry: &&Entry| !entry.echoed && !entry.is_covered(last);
        self.entries
            .iter()
            .filter(shown)
            .map(|entry| &entry.pending)
    }
}

impl Entry {
    /// Whether it is stored at a place that is known already.
    fn is_covered(&self, last: Option<Position>) -> bool {
        match (&self.pending.state, last) {
            (State::Acked(_, position), Some(last)) => *position <= last,
            (State::Acked(..) | State::Waiting | State::Sent | State::Failed(_), _) => false,
        }
    }
}
