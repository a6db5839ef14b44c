//! Messages that are committed: the `ack` to the sender, and the message to everybody in the room. Where other servers share the history
//! the message comes another way, see `heard`.
//!
//! Nothing is shown or acknowledged before that. A sender gets the `ack` before its own message, so it knows the position of
//! what it then sees. What one room got by one commit goes out as one fan.

use std::collections::{BTreeMap, BTreeSet};

use protocol::close::CloseCode;
use protocol::error::Refusal;
use protocol::event::{Ack, Conversation, Event, Kind, Message, Topic};
use protocol::position::{Address, PersonId};

use super::hub::Engine;
use super::sending::Appending;
use super::{ConnId, Now, Output, refusals, usage};
use crate::record::{AppendError, Appended, Written};

/// What one commit has brought to one room.
#[derive(Default)]
struct Batch {
    answers: Vec<(ConnId, Result<Ack, Refusal>)>,
    messages: Vec<Message>,
    senders: BTreeSet<PersonId>,
    /// The store has given out positions that nobody here was told of.
    jumped: bool,
}

impl Engine {
    /// The store has committed these together.
    pub(super) fn committed(&mut self, written: Vec<Written>, now: Now, out: &mut Vec<Output>) {
        let mut batches: BTreeMap<Address, Batch> = BTreeMap::new();
        let mut senders = BTreeSet::new();
        let mut claims = Vec::new();
        for written in written {
            match written {
                Written::Claim { ticket, result } => claims.push((ticket, result)),
                Written::Append { ticket, result } => {
                    let Some(appending) = self.appends.remove(&ticket) else {
                        continue;
                    };
                    self.append_took(appending.since, now.elapsed);
                    senders.insert(appending.conn);
                    if self.shared.is_some() {
                        self.answered(ticket, appending, result, now, out);
                        continue;
                    }
                    // Only the first message of a room in a batch copies its address.
                    if !batches.contains_key(&appending.message.room) {
                        batches.insert(appending.message.room.clone(), Batch::default());
                    }
                    if let Some(batch) = batches.get_mut(&appending.message.room) {
                        self.appended(appending, result, batch);
                    }
                }
            }
        }
        for (address, batch) in batches {
            self.deliver(&address, batch, now, out);
        }
        // All of these messages were said before any of these claims is granted. What waits for an answer, a leave for one, goes on
        // only when all of them are delivered.
        for (ticket, result) in claims {
            self.claimed(ticket, result, now, out);
        }
        for conn in senders {
            self.settle(conn, now, out);
        }
    }

    fn appended(
        &mut self,
        appending: Appending,
        result: Result<Appended, AppendError>,
        batch: &mut Batch,
    ) {
        let stored = self.note_answer(&appending, &result);
        let Appending {
            conn,
            reference,
            mut message,
            ..
        } = appending;
        let Some(room) = self.rooms.get_mut(&message.room) else {
            return;
        };
        room.appends = room.appends.saturating_sub(1);
        if let Some(member) = room.members.get_mut(&message.id.person) {
            member.appends = member.appends.saturating_sub(1);
        }
        batch.senders.insert(message.id.person);
        let answer = match result {
            Ok(Appended {
                position,
                time,
                fresh,
            }) => {
                let head = room.head.map_or(0, |head| head.n);
                if fresh && position.n > head {
                    batch.jumped |= position.n > head + 1;
                    if room.is_empty() {
                        self.empty_rooms = self.empty_rooms.saturating_sub(1);
                    }
                    room.head = Some(position);
                    message.position = position;
                    message.time = time;
                    if message.kind == Kind::Topic {
                        room.topic = topic_of(&message).map(Box::new);
                    }
                }
                let ack = Ack {
                    reference,
                    room: message.room.clone(),
                    id: message.id,
                    position,
                    time,
                    stable: position,
                };
                if message.position == position {
                    batch.messages.push(message);
                }
                Ok(ack)
            }
            Err(error) => Err(Refusal {
                reference,
                room: Some(message.room),
                ..refusal_of(error, stored)
            }),
        };
        batch.answers.push((conn, answer));
    }

    /// Takes note of an answer for who gets it. Gives whether that send was stored before, as far as its sender was told.
    pub(super) fn note_answer(
        &mut self,
        appending: &Appending,
        result: &Result<Appended, AppendError>,
    ) -> bool {
        let Some(connection) = self.connections.get_mut(&appending.conn) else {
            return false;
        };
        connection.in_flight = connection.in_flight.saturating_sub(1);
        let message = &appending.message;
        let Some(subscription) = connection.rooms.get_mut(&message.room) else {
            return false;
        };
        let seq = message.id.seq;
        let stored = seq < subscription.due;
        if appending.counted {
            subscription.counted_answered();
        }
        match result {
            Ok(_) => subscription.stored(seq),
            Err(error) => subscription.failed(seq, expected_seq(*error)),
        }
        stored
    }

    fn deliver(&mut self, address: &Address, batch: Batch, now: Now, out: &mut Vec<Output>) {
        self.flush(address, false, now, out);
        let head = self.rooms.get(address).and_then(|room| room.head);
        for (conn, answer) in batch.answers {
            match answer {
                Ok(ack) => {
                    let stable = head.unwrap_or(ack.position);
                    self.tell(conn, Event::Ack(Ack { stable, ..ack }), out);
                }
                Err(refusal) => self.tell(conn, Event::Error(refusal), out),
            }
        }
        if batch.jumped {
            self.disperse(address, out);
        } else if let Some(last) = batch.messages.last().cloned()
            && let Some(room) = self.rooms.get_mut(address)
        {
            let to = room.live();
            if !to.is_empty() {
                let events = batch.messages.into_iter().map(Event::Message).collect();
                out.push(Output::Fan { to, events });
            }
            self.announce(address, &last, out);
        }
        for person in batch.senders {
            self.leave_if_done(person, address, now, out);
        }
        self.unload(address, now, out);
    }

    /// Positions were given out that nobody here was told of, as when the store could not say whether it had stored a message.
    /// Every reader connects again and resumes, and so gets them in order.
    pub(super) fn disperse(&mut self, address: &Address, out: &mut Vec<Output>) {
        let readers = self.rooms.get_mut(address).map(|room| room.readers());
        for conn in readers.iter().flat_map(|readers| readers.iter()) {
            self.close(*conn, CloseCode::Trouble, out);
        }
    }

    /// Tells the connections of both persons that have not joined a conversation that it has something new.
    fn announce(&mut self, address: &Address, last: &Message, out: &mut Vec<Output>) {
        let (Some(pair), Some(room)) = (address.pair(), self.rooms.get_mut(address)) else {
            return;
        };
        room.nicks.insert(last.id.person, last.nick.clone());
        let sender = last.id.person;
        let Some(peer) = pair.other(sender) else {
            return;
        };
        for (person, other) in [(sender, peer), (peer, sender)] {
            let known = room.nicks.get(&other).cloned().unwrap_or_default();
            let (nick, former, passed_on) = self.people.told_as(other, known, None);
            let connections = self
                .people
                .get(person)
                .map(|person| person.connections.keys());
            for conn in connections.into_iter().flatten() {
                let Some(connection) = self.connections.get_mut(conn) else {
                    continue;
                };
                if !connection.is_closing() && connection.tell_once(address) {
                    let event = Event::Conversation(Conversation {
                        room: address.clone(),
                        person: other,
                        nick: nick.clone(),
                        head: last.position,
                        former: usage::told(former),
                        passed_on,
                    });
                    out.push(Output::Send { conn: *conn, event });
                }
            }
        }
    }
}

pub(super) fn topic_of(message: &Message) -> Option<Topic> {
    (!message.text.is_empty()).then(|| Topic {
        text: message.text.clone(),
        nick: message.nick.clone(),
        time: message.time,
    })
}

const fn expected_seq(error: AppendError) -> Option<u64> {
    match error {
        AppendError::OutOfOrder { expected } | AppendError::Reused { expected } => Some(expected),
        AppendError::Unavailable | AppendError::Unknown => None,
    }
}

/// What the store's error is to a sender; `stored` says that an earlier try of the same send is stored.
pub(super) fn refusal_of(error: AppendError, stored: bool) -> Refusal {
    match error {
        AppendError::OutOfOrder { expected } => refusals::out_of_order(expected),
        AppendError::Reused { expected } => refusals::seq_reused(expected),
        AppendError::Unavailable if stored => refusals::of_a_retry(refusals::unavailable()),
        AppendError::Unavailable => refusals::unavailable(),
        AppendError::Unknown => refusals::outcome_unknown(),
    }
}
