//! Messages where other servers share the history: everybody is shown them when the history tells them, this server's own like any other.
//!
//! The answer to an append is for its sender alone. What is stored and has not come back still counts as under way for what waits for it: a
//! leave follows the person's last message.

use std::collections::{BTreeMap, BTreeSet};

use protocol::close::CloseCode;
use protocol::error::Refusal;
use protocol::event::{Ack, Event, Kind, Message, Topic};
use protocol::position::{Address, PersonId, Position};

use super::delivering::{refusal_of, topic_of};
use super::hub::Engine;
use super::sending::Appending;
use super::{ConnId, Now, Output};
use crate::record::{AppendError, Appended, Ticket};

impl Engine {
    /// An append is on its way to the store.
    pub(super) fn awaits(&mut self, ticket: Ticket, message: &Message) {
        if let Some(shared) = &mut self.shared
            && let Some(following) = shared.rooms.get_mut(&message.room)
        {
            following.asked.insert((message.id, ticket));
        }
    }

    /// The store has answered an append.
    pub(super) fn answered(
        &mut self,
        ticket: Ticket,
        appending: Appending,
        result: Result<Appended, AppendError>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let stored = self.note_answer(&appending, &result);
        let Appending {
            conn,
            reference,
            message,
            ..
        } = appending;
        let (id, address) = (message.id, message.room.clone());
        if let Some(shared) = &mut self.shared
            && let Some(following) = shared.rooms.get_mut(&address)
        {
            following.asked.remove(&(id, ticket));
        }
        let appended = match result {
            Ok(appended) => appended,
            Err(error) => {
                let refusal = Refusal {
                    reference,
                    room: Some(address.clone()),
                    ..refusal_of(error, stored)
                };
                self.tell(conn, Event::Error(refusal), out);
                return self.append_is_done(&address, id.person, 1, now, out);
            }
        };
        let Appended { position, time, .. } = appended;
        let head = self.rooms.get(&address).and_then(|room| room.head);
        let head = head.unwrap_or_default();
        let ack = Ack {
            reference,
            room: address.clone(),
            id,
            position,
            time,
            stable: head.max(position),
        };
        self.tell(conn, Event::Ack(ack), out);
        self.show_early(&message, appended, out);
        if position.n <= head.n {
            return self.append_is_done(&address, id.person, 1, now, out);
        }
        if let Some(shared) = &mut self.shared
            && let Some(following) = shared.rooms.get_mut(&address)
        {
            shared.unheard += 1;
            *following.unheard.entry((position, id.person)).or_default() += 1;
        }
    }

    /// So many messages of a person in a room are under way no more.
    fn append_is_done(
        &mut self,
        address: &Address,
        id: PersonId,
        count: u32,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        if let Some(room) = self.rooms.get_mut(address) {
            room.appends = room.appends.saturating_sub(count);
            if let Some(member) = room.members.get_mut(&id) {
                member.appends = member.appends.saturating_sub(count);
            }
        }
        self.leave_if_done(id, address, now, out);
        self.unload(address, now, out);
    }

    /// Messages of a room may be shown.
    pub(super) fn heard(
        &mut self,
        address: &Address,
        mut messages: Vec<Message>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(head) = self.rooms.get(address).and_then(|room| room.head) else {
            return;
        };
        messages.retain(|message| message.position.n > head.n);
        let Some(last) = messages.last().map(|message| message.position) else {
            return;
        };
        let follows = |(n, message): (u64, &Message)| message.position.n == n;
        let is_whole = (head.n + 1..).zip(&messages).all(follows);
        let senders = self.take_own(address, &messages);
        self.flush(address, false, now, out);
        for (conn, ack) in &senders {
            self.tell(*conn, Event::Ack(ack.clone()), out);
        }
        self.advance_head(address, &messages);
        if is_whole {
            self.show(address, messages, out);
            if last.era > head.era {
                self.restart_catching_up(address, out);
            }
        } else {
            self.disperse(address, out);
        }
        for (_, ack) in &senders {
            self.append_is_done(address, ack.id.person, 1, now, out);
        }
        self.has_come_back(address, last, now, out);
        let conns: BTreeSet<ConnId> = senders.into_iter().map(|(conn, _)| conn).collect();
        for conn in conns {
            self.settle(conn, now, out);
        }
    }

    /// Takes what was said here, and is not answered yet, out where it is one of these messages, and gives what its senders are told.
    fn take_own(&mut self, address: &Address, messages: &[Message]) -> Vec<(ConnId, Ack)> {
        let mut acks = Vec::new();
        for message in messages {
            for appending in self.take_asked(address, message) {
                let appended = Appended {
                    position: message.position,
                    time: message.time,
                    fresh: true,
                };
                self.note_answer(&appending, &Ok(appended));
                let ack = Ack {
                    reference: appending.reference,
                    room: address.clone(),
                    id: message.id,
                    position: message.position,
                    time: message.time,
                    stable: message.position,
                };
                acks.push((appending.conn, ack));
            }
        }
        acks
    }

    /// All tries of this very message that have no answer; another text under the same id is refused by its answer.
    fn take_asked(&mut self, address: &Address, message: &Message) -> Vec<Appending> {
        let shared = self.shared.as_mut();
        let following = shared.and_then(|shared| shared.rooms.get_mut(address));
        let Some(following) = following.filter(|following| !following.asked.is_empty()) else {
            return Vec::new();
        };
        let tries = (message.id, Ticket(0))..=(message.id, Ticket(u64::MAX));
        let tries: Vec<Ticket> = following.asked.range(tries).map(|(_, t)| *t).collect();
        let is_same = |ticket: &Ticket| {
            self.appends.get(ticket).is_some_and(|appending| {
                let said = &appending.message;
                said.text == message.text
                    && said.kind == message.kind
                    && said.reply_to == message.reply_to
            })
        };
        let same: Vec<Ticket> = tries.into_iter().filter(is_same).collect();
        for ticket in &same {
            following.asked.remove(&(message.id, *ticket));
        }
        let tries = same.iter().filter_map(|ticket| self.appends.remove(ticket));
        tries.collect()
    }

    /// The room's readers know these from now on.
    fn advance_head(&mut self, address: &Address, messages: &[Message]) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        if room.is_empty() {
            self.empty_rooms = self.empty_rooms.saturating_sub(1);
        }
        for message in messages {
            room.head = Some(message.position);
            if message.kind == Kind::Topic {
                room.topic = topic_of(message).map(Box::new);
            }
            if address.pair().is_some() {
                room.nicks.insert(message.id.person, message.nick.clone());
            }
        }
    }

    fn show(&mut self, address: &Address, mut messages: Vec<Message>, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        if let Some(shared) = &mut self.shared
            && let Some(following) = shared.rooms.get_mut(address)
            && !following.shown.is_empty()
        {
            messages.retain(|message| !following.shown.remove(&message.position.n));
        }
        let to = room.live();
        if !to.is_empty() && !messages.is_empty() {
            let events = messages.into_iter().map(Event::Message).collect();
            out.push(Output::Fan { to, events });
        }
    }

    /// The store has lost a tail of which nobody here was told. A page that was read before may be just that tail, so whoever waits for one
    /// begins anew.
    fn restart_catching_up(&mut self, address: &Address, out: &mut Vec<Output>) {
        let room = self.rooms.get(address);
        let waiting = room.map(|room| room.catching_up().collect());
        let waiting: Vec<ConnId> = waiting.unwrap_or_default();
        for conn in waiting {
            self.close(conn, CloseCode::Trouble, out);
        }
    }

    /// The mutant's work.
    fn show_early(&mut self, message: &Message, appended: Appended, out: &mut Vec<Output>) {
        let Appended {
            position,
            time,
            fresh,
        } = appended;
        let (Some(shared), Some(room)) = (&mut self.shared, self.rooms.get_mut(&message.room))
        else {
            return;
        };
        if shared.shortcut
            && fresh
            && room.head.is_some_and(|head| head.n < position.n)
            && let Some(following) = shared.rooms.get_mut(&message.room)
        {
            following.shown.insert(position.n);
            let message = Message {
                position,
                time,
                ..message.clone()
            };
            let events = vec![Event::Message(message)];
            let to = room.live();
            out.push(Output::Fan { to, events });
        }
    }

    /// What was said here has come back up to a position.
    fn has_come_back(
        &mut self,
        address: &Address,
        last: Position,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(shared) = &mut self.shared else {
            return;
        };
        let Some(following) = shared.rooms.get_mut(address) else {
            return;
        };
        let mut done: BTreeMap<PersonId, u32> = BTreeMap::new();
        following.unheard.retain(|(position, id), count| {
            let is_back = position.n <= last.n;
            if is_back {
                *done.entry(*id).or_default() += *count;
            }
            !is_back
        });
        let count: u32 = done.values().sum();
        shared.unheard = shared
            .unheard
            .saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
        for (id, count) in done {
            self.append_is_done(address, id, count, now, out);
        }
        self.unload(address, now, out);
    }

    /// What comes next in a room does not follow what was told of it: its readers begin anew. What was stored and has not come back will
    /// not, or they find it then.
    pub(super) fn lost_track(
        &mut self,
        address: &Address,
        head: Position,
        topic: Option<Topic>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(room) = self
            .rooms
            .get_mut(address)
            .filter(|room| room.head.is_some())
        else {
            return;
        };
        self.empty_rooms = self
            .empty_rooms
            .saturating_sub(usize::from(room.is_empty()));
        room.head = Some(head);
        room.topic = topic.map(Box::new);
        self.empty_rooms += usize::from(room.is_empty());
        self.disperse(address, out);
        let all = Position::new(u64::MAX, u64::MAX);
        self.has_come_back(address, all, now, out);
    }
}
