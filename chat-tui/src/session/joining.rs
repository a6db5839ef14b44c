//! Entering rooms, coming back to them after each disconnect, and leaving them.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Joined, Start};
use protocol::position::{Address, Anchor};
use protocol::request::{Join, Leave, Ref, Request};

use super::answers::Asked;
use super::outbox::{Queue, retry_wait};
use super::rooms::{Room, Stage};
use super::turn::Turn;
use super::{Command, News, Session};

/// Joins that are under way at once, from the request until the room is caught up; the others wait their turn.
pub(super) const JOINS_UNDER_WAY_MAX: usize = 8;

/// Rooms kept at once, whatever more the server allows; one more is refused.
pub const ROOMS_KEPT_MAX: usize = 200;

/// Conversations whose leaving is remembered; at it all are forgotten, and the server's list brings them back.
const LEFT_MAX: usize = 1_000;

impl Session {
    pub(super) fn join(&mut self, address: Address, last: u16, turn: &mut Turn<'_>) {
        self.left.remove(&address);
        if let Some(room) = self.rooms.get_mut(&address) {
            room.by_person = true;
            room.leaving = false;
            if !room.entered {
                room.last_wanted = last;
            }
            match &mut room.stage {
                Stage::Refused => room.stage = Stage::Outside,
                Stage::Leaving { rejoin } => *rejoin = Some(last),
                Stage::Outside | Stage::Joining | Stage::CatchingUp(_) | Stage::Live => {}
            }
            return;
        }
        if self.rooms.len() >= self.rooms_max() {
            let sentence = format!(
                "you are in {} rooms, and the server allows no more at once; leave one first",
                self.rooms.len()
            );
            let refusal = Refusal::new(ErrorCode::TooManyRooms, sentence);
            let room = address;
            turn.refuse(Command::Join { room, last }, refusal);
            return;
        }
        self.add_room(address, last, true);
    }

    pub(super) fn rooms_max(&self) -> usize {
        self.limits.rooms.min(ROOMS_KEPT_MAX)
    }

    pub(super) fn add_room(&mut self, address: Address, last: u16, by_person: bool) {
        let room = Room::new(address.clone(), last, by_person);
        self.rooms.insert(address, room);
        self.name_others();
    }

    pub(super) fn leave(&mut self, address: Address, turn: &mut Turn<'_>) {
        let unstored = self
            .outbox
            .queues
            .get(&address)
            .is_some_and(Queue::has_unstored);
        match self.rooms.get_mut(&address) {
            None => {
                let command = Command::Leave { room: address };
                turn.refuse_with(command, ErrorCode::NotJoined, "you are not in this room");
            }
            Some(_) if unstored => {
                let sentence = "something that you said here is not stored yet; wait for it, send it again or discard it, then leave";
                let command = Command::Leave { room: address };
                turn.refuse_with(command, ErrorCode::NotAllowed, sentence);
            }
            Some(room) => match &mut room.stage {
                Stage::Leaving { rejoin } => *rejoin = None,
                Stage::Outside
                | Stage::Joining
                | Stage::CatchingUp(_)
                | Stage::Live
                | Stage::Refused => room.leaving = true,
            },
        }
    }

    /// Asks for what is due: leaves first, as they make room, then joins, those of the person before the others.
    pub(super) fn join_rooms(&mut self, turn: &mut Turn<'_>) {
        self.leave_rooms(turn);
        if !self.is_online() {
            return;
        }
        let is_under_way =
            |room: &&Room| matches!(room.stage, Stage::Joining | Stage::CatchingUp(_));
        let mut under_way = self.rooms.values().filter(is_under_way).count();
        for by_person in [true, false] {
            for room in self.rooms.values_mut() {
                let due = room.stage == Stage::Outside && room.join_again.is_none();
                if !due || room.by_person != by_person {
                    continue;
                }
                if under_way >= JOINS_UNDER_WAY_MAX || self.answers.is_full() {
                    return;
                }
                under_way += 1;
                room.stage = Stage::Joining;
                let asked = Asked::Join(room.address.clone());
                // One message is asked for even where none is wanted: the next connection goes on from it.
                let last = room.anchor.is_none().then(|| room.last_wanted.max(1));
                turn.transmit(Request::Join(Join {
                    reference: Some(self.answers.ask(asked, turn.elapsed())),
                    room: room.address.clone(),
                    after: room.anchor,
                    last,
                }));
            }
        }
    }

    fn leave_rooms(&mut self, turn: &mut Turn<'_>) {
        let mut gone = Vec::new();
        for room in self.rooms.values_mut().filter(|room| room.leaving) {
            match room.stage {
                Stage::Outside | Stage::Refused => gone.push(room.address.clone()),
                Stage::CatchingUp(_) | Stage::Live if !self.answers.is_full() => {
                    room.leaving = false;
                    room.stage = Stage::Leaving { rejoin: None };
                    let asked = Asked::Leave(room.address.clone());
                    turn.transmit(Request::Leave(Leave {
                        reference: Some(self.answers.ask(asked, turn.elapsed())),
                        room: room.address.clone(),
                    }));
                }
                Stage::CatchingUp(_) | Stage::Live | Stage::Joining | Stage::Leaving { .. } => {}
            }
        }
        for address in gone {
            self.depart(&address, turn);
        }
    }

    pub(super) fn done(&mut self, reference: Option<Ref>, turn: &mut Turn<'_>) {
        if let Some(Asked::Leave(address)) = self.answers.get(reference).cloned() {
            self.answers.take(reference);
            self.left_room(&address, turn);
        }
    }

    pub(super) fn left_room(&mut self, address: &Address, turn: &mut Turn<'_>) {
        let stage = self.rooms.get(address).map(|room| room.stage);
        if let Some(Stage::Leaving { rejoin }) = stage {
            self.depart(address, turn);
            if let Some(last) = rejoin {
                self.join(address.clone(), last, turn);
            }
        }
    }

    /// Forgets a room. What was said in it and is stored is no longer watched over.
    pub(super) fn depart(&mut self, address: &Address, turn: &mut Turn<'_>) {
        if self.rooms.remove(address).is_none() {
            return;
        }
        if let Some(queue) = self.outbox.queue(address) {
            queue.settle_if(turn, |_, _| true);
            queue.entries.retain(|entry| !entry.settled);
            if queue.entries.is_empty() {
                self.outbox.queues.remove(address);
            }
        }
        if address.pair().is_some() {
            if self.left.len() >= LEFT_MAX {
                self.left.clear();
            }
            self.left.insert(address.clone());
        }
        let room = address.clone();
        turn.tell(News::Departed { room });
    }

    pub(super) fn joined(&mut self, joined: Joined, turn: &mut Turn<'_>) {
        let Some(Asked::Join(address)) = self.answers.get(joined.reference).cloned() else {
            return;
        };
        let reference = joined.reference.unwrap_or_default();
        self.answers.take(joined.reference);
        let Some(room) = self.rooms.get_mut(&address) else {
            return;
        };
        let resumes = room
            .anchor
            .is_some_and(|anchor| anchor.position.n <= joined.head.n);
        if address != joined.room || (joined.start == Start::Resumed && !resumes) {
            self.break_off(
                "the server's answer to a join does not fit the question",
                turn,
            );
            return;
        }
        // Whatever the server calls it: if the messages do not go on from the last one, what is here is void.
        let shown = room.anchor.is_some() || room.gap_told.is_some();
        let forked = shown && joined.start != Start::Resumed;
        if forked {
            let had = room.anchor.map_or(0, |anchor| anchor.position.n);
            // A server that names more than there was does not know what it says.
            let kept = joined.kept.filter(|kept| kept.n < had);
            room.void();
            turn.tell(News::Forked {
                room: address.clone(),
                kept,
            });
        }
        room.take_joined(&joined, reference);
        let first = !std::mem::replace(&mut room.entered, true);
        let topic_changed = room.topic != joined.topic;
        if topic_changed {
            room.topic.clone_from(&joined.topic);
        }
        let last = room.last;
        let queue = self.outbox.queues.entry(address.clone()).or_default();
        queue.resume(joined.next_seq, forked, joined.head, turn);
        queue.settle_if(turn, |position, _| {
            position.era == joined.stable.era && position <= joined.stable
        });
        queue.drop_done(last);
        turn.tell(News::Entered {
            room: address.clone(),
            start: if forked { Start::Forked } else { joined.start },
            welcome: joined.welcome.filter(|_| first),
        });
        if topic_changed {
            turn.tell(News::Topic {
                room: address.clone(),
                topic: joined.topic,
            });
        }
        turn.tell(News::Outbox { room: address });
    }

    pub(super) fn join_refused(
        &mut self,
        address: &Address,
        refusal: Refusal,
        turn: &mut Turn<'_>,
    ) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        if matches!(
            refusal.code,
            ErrorCode::RateLimited | ErrorCode::Unavailable
        ) {
            room.stage = Stage::Outside;
            room.join_again = Some(turn.elapsed().saturating_add(retry_wait(&refusal)));
            return;
        }
        if matches!(
            refusal.code,
            ErrorCode::AlreadyJoined | ErrorCode::NotIntroduced
        ) {
            self.break_off("the server's list of joined rooms is not ours", turn);
            return;
        }
        room.stage = Stage::Refused;
        let by_person = room.by_person;
        let command = Command::Join {
            room: address.clone(),
            last: room.last_wanted,
        };
        let failed = self.outbox.queue(address).map(|q| q.fail_waiting(&refusal));
        for local in failed.unwrap_or_default() {
            self.tell_failed(local, &refusal, turn);
        }
        if by_person {
            turn.refuse(command, refusal);
        } else {
            self.depart(address, turn);
        }
    }
}

impl Room {
    fn take_joined(&mut self, joined: &Joined, reference: Ref) {
        self.stage = Stage::CatchingUp(reference);
        self.head = joined.head;
        self.joined_head = joined.head;
        self.stable = joined.stable;
        self.last = self.anchor.map(|anchor| anchor.position);
        self.hidden_to = None;
        if self.anchor.is_none() {
            if joined.head.n == 0 {
                self.anchor = Some(Anchor {
                    position: joined.head,
                    id: None,
                });
                self.last = Some(joined.head);
            } else if self.last_wanted == 0 && !self.entered {
                self.hidden_to = Some(joined.head);
            }
        }
        self.members
            .joined(reference, joined.revision, joined.count);
    }
}
