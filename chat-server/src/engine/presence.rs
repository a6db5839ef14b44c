//! Who is in which room: coming, going, being lost and coming back.
//!
//! A leave is never told before the person's last message: it waits until nothing of theirs is on its way to the store.

use std::time::Duration;

use protocol::event::What;
use protocol::names::Nick;
use protocol::position::{Address, PersonId};

use super::connection::{Stage, Subscription};
use super::hub::{Due, Engine};
use super::people::{Holder, Name};
use super::room::{Arrival, Member, Room};
use super::{ConnId, Now, Output};
use crate::record::{Present, Write};

/// How a connection leaves a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parting {
    /// It was said.
    Said,
    /// The connection broke.
    Lost,
}

impl Engine {
    /// A connection has joined a room: the person is a member from now on, and everybody else in it is told at once, so that the
    /// list which the connection gets next has a revision of its own.
    pub(super) fn arrive(
        &mut self,
        conn: ConnId,
        id: PersonId,
        address: &Address,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        if address.pair().is_none()
            && let (Some(room), Some(person)) =
                (self.rooms.get_mut(address), self.people.get_mut(id))
        {
            let before = room.status(id);
            let Arrival {
                is_new,
                was_lost,
                lost_until,
            } = room.arrive(id);
            if is_new {
                person.rooms.insert(address.clone(), ());
            }
            if is_new || (was_lost && self.shared.is_some()) {
                self.write_present(address, id, false, out);
            }
            if let Some(at) = lost_until {
                self.forget(at, Due::Leave(address.clone(), id));
            }
            self.note_status(address, id, before, now);
        }
        self.flush(address, true, now, out);
        if let Some(room) = self.rooms.get_mut(address) {
            room.catch_up(conn);
        }
    }

    /// A connection is out of a room that it had joined or was joining.
    pub(super) fn part(
        &mut self,
        conn: ConnId,
        id: Option<PersonId>,
        (address, subscription): (&Address, &Subscription),
        parting: Parting,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        match subscription.stage {
            Stage::Entering(_) => room.entering = room.entering.saturating_sub(1),
            Stage::CatchingUp(_) | Stage::Live => {
                room.stop_reading(conn);
                if let Some(id) = id {
                    self.part_member(id, address, parting, now, out);
                }
            }
        }
        self.unload(address, now, out);
    }

    fn part_member(
        &mut self,
        id: PersonId,
        address: &Address,
        parting: Parting,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let until = self.lost_until(now);
        let keyed = self.people.get(id).is_some_and(|person| person.keyed);
        let Some(member) = self.member(address, id) else {
            return;
        };
        let before = Some(member.status());
        member.connections = member.connections.saturating_sub(1);
        if member.connections > 0 {
            return;
        }
        // Who brings no key cannot come back as the same person.
        if parting == Parting::Lost && keyed {
            member.lose(until);
            self.remind(until, Due::Leave(address.clone(), id));
            self.note_status(address, id, before, now);
            // Of a server that stops the others know that all who are there are reconnecting.
            if self.shared.is_some() && !self.stopping {
                self.write_present(address, id, true, out);
            }
        } else {
            member.leaving = true;
            self.leave_if_done(id, address, now, out);
        }
    }

    /// A lost member has not come back in time. In a drain that says nothing.
    pub(super) fn give_up(
        &mut self,
        address: &Address,
        id: PersonId,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        if self.is_draining() {
            return;
        }
        if let Some(member) = self.member(address, id)
            && member.lost_until.is_some_and(|until| until <= now.elapsed)
        {
            member.lost_until = None;
            member.leaving = true;
            self.leave_if_done(id, address, now, out);
        }
    }

    /// Lets a member go who is leaving and of whom nothing is on its way any more.
    pub(super) fn leave_if_done(
        &mut self,
        id: PersonId,
        address: &Address,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        if room.members.get(&id).is_some_and(Member::is_done) {
            self.let_go(id, address, now, out);
            self.unload(address, now, out);
        }
    }

    /// A person is in a room no more, as far as this server says.
    pub(super) fn let_go(
        &mut self,
        id: PersonId,
        address: &Address,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        let before = room.status(id);
        if let Some(at) = room.let_go(id) {
            self.forget(at, Due::Leave(address.clone(), id));
        }
        self.note_status(address, id, before, now);
        let is_shared = self.shared.is_some();
        if let Some(person) = self.people.get_mut(id) {
            person.rooms.remove(address);
            if person.keyed || is_shared {
                out.push(Output::Write(Write::Absent {
                    room: address.clone(),
                    person: id,
                }));
            }
        }
        self.release(id, now, out);
    }

    /// A person who is here has another nick, in all rooms.
    pub(super) fn renamed(&mut self, id: PersonId, was: &Nick, now: Now, out: &mut Vec<Output>) {
        for room in self.people.rooms(id) {
            self.note(&room, id, What::Renamed, Some(was), now);
            let member = self.rooms.get(&room).and_then(|room| room.members.get(&id));
            if let Some(member) = member.filter(|member| member.is_here()) {
                let is_lost = member.is_lost() && self.shared.is_some();
                self.write_present(&room, id, is_lost, out);
            }
        }
    }

    /// Keeps that a person who is here is in a room: of those without a key only where other servers are to know.
    fn write_present(
        &self,
        address: &Address,
        id: PersonId,
        reconnecting: bool,
        out: &mut Vec<Output>,
    ) {
        let keyless_too = self.shared.is_some();
        let person = self.people.get(id);
        if let Some(person) = person.filter(|person| person.keyed || keyless_too) {
            out.push(Output::Write(Write::Present(Present {
                room: address.clone(),
                person: id,
                nick: person.nick.clone(),
                guest: person.guest,
                former: person.former(),
                keyed: person.keyed,
                reconnecting,
            })));
        }
    }

    /// A connection has ended.
    pub(super) fn closed(&mut self, conn: ConnId, goodbye: bool, now: Now, out: &mut Vec<Output>) {
        let Some(connection) = self.connections.remove(&conn) else {
            return;
        };
        if let Some(until) = connection.kept_until {
            self.forget(until, Due::Budget(conn));
        }
        self.take_turn_back(conn);
        let id = connection.who.map(|who| who.person);
        if let Some(person) = id.and_then(|id| self.people.get_mut(id)) {
            person.connections.remove(&conn);
        }
        let parting = if goodbye {
            Parting::Said
        } else {
            Parting::Lost
        };
        for room in connection.rooms.iter() {
            self.part(conn, id, room, parting, now, out);
        }
        if let Some(id) = id {
            self.release(id, now, out);
        }
    }

    /// Somebody who was in a room when the server stopped. They are reconnecting.
    pub(super) fn restore(&mut self, present: Present, now: Now) {
        let Present {
            room,
            person: id,
            nick,
            guest,
            former,
            ..
        } = present;
        let holder = Holder { person: id, guest };
        if self.people.get(id).is_none() {
            if self.people.reserve(nick.skeleton(), holder).is_err() {
                return;
            }
            let name = Name {
                nick,
                guest,
                former,
            };
            self.people.call(id, name, true);
            self.watch_use(id, now);
        }
        if let Some(person) = self.people.get_mut(id) {
            person.rooms.insert(room.clone(), ());
        }
        let until = self.lost_until(now);
        let mut member = Member::default();
        member.lose(until);
        self.remind(until, Due::Leave(room.clone(), id));
        self.rooms
            .entry(room)
            .or_default()
            .members
            .insert(id, member);
    }

    fn member(&mut self, address: &Address, id: PersonId) -> Option<&mut Member> {
        let room: &mut Room = self.rooms.get_mut(address)?;
        room.members.get_mut(&id)
    }

    fn lost_until(&self, now: Now) -> Duration {
        let wait = Duration::from_millis(self.settings.limits.reconnecting_ms);
        now.elapsed.saturating_add(wait)
    }
}
