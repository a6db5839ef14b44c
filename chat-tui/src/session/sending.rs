//! Saying things: into the outbox at once, over the wire when it can be, and again until the server says where it stands.

use std::ops::Bound;
use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::Ack;
use protocol::names::MessageText;
use protocol::position::Address;
use protocol::request::{Request, Send, SendKind, SetTopic};

use super::answers::Asked;
use super::outbox::{Pace, Queue, Refused};
use super::rooms::{Room, Stage};
use super::turn::Turn;
use super::{Body, Command, LocalId, News, Pending, Record, Session, State};

/// Sends of a connection that wait for their answer, whatever more the server allows.
const IN_FLIGHT_KEPT_MAX: usize = 256;

/// Stalls without a success in between that are followed by another try at once; after them each try waits.
const STALLS_AT_ONCE: u32 = 3;

/// The wait of such a try.
const STALL_WAIT: Duration = Duration::from_secs(2);

impl Session {
    pub(super) fn say(&mut self, room: Address, body: Body, turn: &mut Turn<'_>) {
        let Some(refusal) = self.unsayable(&room, &body) else {
            self.queue(room, body, turn);
            return;
        };
        let command = match body {
            Body::Topic(text) => Command::Topic { room, text },
            Body::Text {
                kind,
                text,
                reply_to,
            } => Command::Say {
                room,
                kind,
                text,
                reply_to,
            },
        };
        turn.refuse(command, refusal);
    }

    pub(super) fn say_all(&mut self, room: Address, texts: Vec<MessageText>, turn: &mut Turn<'_>) {
        let body = |text: MessageText| Self::direct_body(text);
        let longest = texts.iter().max_by_key(|text| text.as_str().len());
        let refusal = longest.and_then(|text| self.unsayable(&room, &body(text.clone())));
        let refusal = refusal.or_else(|| {
            let sentence =
                "not so many more messages can wait to be stored; try again when some are";
            let fits = self.outbox.has_room_for(texts.len());
            (!fits).then(|| Refusal::new(ErrorCode::RateLimited, sentence))
        });
        if let Some(refusal) = refusal {
            return turn.refuse(Command::SayAll { room, texts }, refusal);
        }
        for text in texts {
            self.queue(room.clone(), body(text), turn);
        }
        let (burst, per_second) = (self.limits.burst, self.limits.per_second);
        self.outbox
            .pace
            .get_or_insert_with(|| Pace::new(burst, per_second));
    }

    fn unsayable(&self, room: &Address, body: &Body) -> Option<Refusal> {
        let in_room =
            |known: &Room| !known.leaving && !matches!(known.stage, Stage::Leaving { .. });
        if !self.rooms.get(room).is_some_and(in_room) {
            let sentence = "you are not in this room; join it first";
            return Some(Refusal::new(ErrorCode::NotJoined, sentence));
        }
        if self.outbox.is_full() {
            let sentence = format!(
                "{} messages wait to be stored already; try again when some are",
                super::OUTBOX_MAX
            );
            return Some(Refusal::new(ErrorCode::RateLimited, sentence));
        }
        let (bytes, limit) = match body {
            Body::Text { text, .. } => (text.as_str().len(), self.limits.text_bytes),
            Body::Topic(text) => (text.as_str().len(), self.limits.topic_bytes),
        };
        if bytes > limit {
            let sentence = format!("this has {bytes} bytes, and the server takes at most {limit}");
            return Some(Refusal::new(ErrorCode::BadText, sentence));
        }
        if matches!(body, Body::Topic(_)) && room.pair().is_some() {
            let sentence = "a direct conversation has no topic";
            return Some(Refusal::new(ErrorCode::NotAllowed, sentence));
        }
        None
    }

    pub(super) fn queue(&mut self, room: Address, body: Body, turn: &mut Turn<'_>) {
        let pending = Pending {
            local: self.outbox.next_local(),
            room: room.clone(),
            body,
            time: turn.now.unix_ms,
            seq: None,
            state: State::Waiting,
        };
        turn.save(Record::Queued(Box::new(pending.clone())));
        self.outbox.push(pending);
        turn.tell(News::Outbox { room });
    }

    /// Sends what may go out now: of joined rooms only, in order in each, and no more at once than the server takes.
    pub(super) fn send_waiting(&mut self, turn: &mut Turn<'_>) {
        if !self.is_online() || self.outbox.held_until.is_some() {
            return;
        }
        let window = self.limits.in_flight.clamp(1, IN_FLIGHT_KEPT_MAX);
        let in_flight = self.outbox.in_flight();
        let mut free = window.saturating_sub(in_flight);
        let may = self.outbox.may_send(turn.elapsed());
        free = free.min(may);
        if free > 0 {
            self.send_rooms(free, turn);
            let sent = self.outbox.in_flight().saturating_sub(in_flight);
            self.outbox.sent(sent, turn.elapsed());
        }
        self.outbox.paced = self.outbox.paced_until(turn.elapsed());
    }

    fn send_rooms(&mut self, mut free: usize, turn: &mut Turn<'_>) {
        for room in self.rooms_to_serve() {
            let Some(queue) = self.outbox.queue(&room) else {
                continue;
            };
            let mut sent = false;
            while free > 0
                && let Some((pending, seq)) = queue.next_to_send(turn)
            {
                free -= 1;
                sent = true;
                let asked = Asked::Send(room.clone(), pending.local);
                let reference = self.answers.ask(asked, turn.elapsed());
                turn.transmit(request(pending, seq, reference));
            }
            if sent {
                turn.tell(News::Outbox { room: room.clone() });
                self.outbox.served = Some(room);
            }
            if free == 0 {
                return;
            }
        }
    }

    /// Joined rooms with something to send, beginning behind the one that was served last.
    fn rooms_to_serve(&self) -> Vec<Address> {
        let ready = |(room, queue): &(&Address, &Queue)| {
            queue.has_waiting() && self.rooms.get(*room).is_some_and(Room::joined)
        };
        let queues = &self.outbox.queues;
        let (behind, up_to) = match &self.outbox.served {
            Some(served) => (Bound::Excluded(served), Bound::Included(served)),
            None => (Bound::Unbounded, Bound::Unbounded),
        };
        let first = queues.range((behind, Bound::Unbounded)).filter(ready);
        let rest = queues.range((Bound::Unbounded, up_to)).filter(ready);
        let rest = rest.take(if self.outbox.served.is_some() {
            usize::MAX
        } else {
            0
        });
        first.chain(rest).map(|(room, _)| room.clone()).collect()
    }

    pub(super) fn acked(&mut self, ack: &Ack, turn: &mut Turn<'_>) {
        let Some(Asked::Send(room, local)) = self.answers.get(ack.reference).cloned() else {
            return;
        };
        self.answers.take(ack.reference);
        let own = Some(ack.id.person) == self.person && ack.id.device == self.settings.device;
        let fits = room == ack.room && own;
        let acked = |queue: &mut Queue| queue.ack(local, ack.id, ack.position);
        if !fits || !self.outbox.queue(&room).is_none_or(acked) {
            self.break_off("the server acknowledged something that was not sent", turn);
            return;
        }
        self.outbox.stalls = 0;
        if let Some(queue) = self.outbox.queue(&room) {
            queue.settle_if(turn, |position, entry| {
                entry == local && position <= ack.stable
            });
        }
        self.became_stable(&room, ack.stable, turn);
        self.end_stall(&room, turn);
        turn.tell(News::Outbox { room });
    }

    pub(super) fn send_refused(
        &mut self,
        room: Address,
        local: LocalId,
        refusal: &Refusal,
        turn: &mut Turn<'_>,
    ) {
        let Some(queue) = self.outbox.queue(&room) else {
            return;
        };
        match queue.refuse(local, refusal, turn) {
            Refused::Stored | Refused::Again(None) => {}
            Refused::Again(Some(wait)) => self.hold(wait, turn),
            Refused::Failed => {
                self.outbox.stalls = 0;
                self.tell_failed(local, refusal, turn);
            }
            Refused::Confused => {
                self.break_off("the server's list of joined rooms is not ours", turn);
                return;
            }
        }
        self.end_stall(&room, turn);
        turn.tell(News::Outbox { room });
    }

    /// When all that was under way is answered, begins again with the first one that is not stored.
    fn end_stall(&mut self, room: &Address, turn: &mut Turn<'_>) {
        let restarted = self.outbox.queue(room).is_some_and(|q| q.restart(turn));
        if restarted {
            self.outbox.stalls = self.outbox.stalls.saturating_add(1);
            if self.outbox.stalls > STALLS_AT_ONCE {
                self.hold(STALL_WAIT, turn);
            }
        }
    }

    fn hold(&mut self, wait: Duration, turn: &Turn<'_>) {
        let until = turn.elapsed().saturating_add(wait);
        self.outbox.held_until = self.outbox.held_until.max(Some(until));
    }

    pub(super) fn tell_failed(&self, local: LocalId, refusal: &Refusal, turn: &mut Turn<'_>) {
        if let Some(room) = self.outbox.room_of(local) {
            let refusal = refusal.clone();
            turn.tell(News::Failed {
                room,
                local,
                refusal,
            });
        }
    }

    pub(super) fn again(&mut self, local: LocalId, turn: &mut Turn<'_>) {
        let room = self.outbox.room_of(local);
        let joined = room
            .as_ref()
            .and_then(|room| self.rooms.get(room))
            .is_some_and(Room::joined);
        let queue = room.as_ref().and_then(|room| self.outbox.queue(room));
        match (
            room,
            queue.is_some_and(|queue| queue.again(local, joined, turn)),
        ) {
            (Some(room), true) => {
                if let Some(known) = self.rooms.get_mut(&room) {
                    known.retry();
                } else {
                    self.join(room.clone(), protocol::limits::JOIN_MESSAGES, turn);
                }
                turn.tell(News::Outbox { room });
            }
            (None | Some(_), _) => turn.refuse_with(
                Command::Again { local },
                ErrorCode::BadRequest,
                "only a message that failed can be sent again",
            ),
        }
    }

    pub(super) fn discard(&mut self, local: LocalId, turn: &mut Turn<'_>) {
        let room = self.outbox.room_of(local);
        let queue = room.as_ref().and_then(|room| self.outbox.queue(room));
        match (room, queue.is_some_and(|queue| queue.discard(local, turn))) {
            (Some(room), true) => turn.tell(News::Outbox { room }),
            (None | Some(_), _) => turn.refuse_with(
                Command::Discard { local },
                ErrorCode::NotAllowed,
                "the server may have stored this message already, so it cannot be taken back",
            ),
        }
    }

    /// What is said to a person, once the conversation is open.
    pub(super) fn direct_body(text: MessageText) -> Body {
        Body::Text {
            kind: SendKind::Message,
            text,
            reply_to: None,
        }
    }
}

fn request(pending: &Pending, seq: u64, reference: u64) -> Request {
    let (reference, seq) = (Some(reference), Some(seq));
    let room = pending.room.clone();
    match &pending.body {
        Body::Text {
            kind,
            text,
            reply_to,
        } => Request::Send(Send {
            reference,
            room,
            seq,
            kind: *kind,
            text: text.clone(),
            reply_to: *reply_to,
        }),
        Body::Topic(text) => Request::Topic(SetTopic {
            reference,
            room,
            seq,
            text: text.clone(),
        }),
    }
}
