//! What each request costs, and what becomes of one that its sender cannot pay for now.
//!
//! In three steps, the same for every budget: the request is kept back until it is earned, with everything behind it, and nothing
//! more is read from the connection; where that would take too long it is refused with the wait; and who goes on without heeding
//! the waits is closed with [`CloseCode::Flood`]. The order of what one connection asks is never changed.

use std::time::Duration;

use protocol::close::CloseCode;
use protocol::codec::DecodeError;
use protocol::error::Refusal;
use protocol::position::{Address, PersonId};
use protocol::request::{Join, Request};

use super::budget::{Bucket, Budget, Pace};
use super::connection::Waiting;
use super::hub::{Due, Engine};
use super::{ConnId, Introduction, Now, Output, refusals};
use crate::record::Payer;

/// How long nothing is read from a connection after a refusal for a spent budget, so that refusals cost the others nothing.
pub const REFUSAL_PAUSE: Duration = Duration::from_millis(100);

/// After this time one refusal that came too early is forgiven.
pub const FORGIVEN_AFTER: Duration = Duration::from_secs(1);

/// Refusals of a connection that did not heed the wait of the one before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Refusals {
    early: Bucket,
    /// The end of the wait that was told last.
    until: Duration,
}

impl Refusals {
    /// Takes note of a refusal that tells to wait until `until`. Gives whether more than `max` of them came too early.
    fn add(&mut self, now: Duration, until: Duration, max: u32) -> bool {
        let is_early = now < std::mem::replace(&mut self.until, until);
        let pace = Pace {
            burst: max,
            interval: FORGIVEN_AFTER,
        };
        let is_flood = is_early && !self.early.wait(pace, now).is_zero();
        if is_early {
            self.early.take(pace, now);
        }
        is_flood
    }
}

/// Whether a request is paid for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Paid {
    /// It is.
    Now,
    /// It will be then.
    At(Duration),
    /// It cannot be.
    Not(Unpaid),
}

/// Why a request is not paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unpaid {
    /// What is spent.
    pub(super) budget: Budget,
    /// By all clients of the address together, and not by the person alone.
    pub(super) shared: bool,
    /// How long until it would pass.
    pub(super) wait: Duration,
}

impl Engine {
    /// Performs a request that waits for no other one, as soon as it is paid for.
    pub(super) fn attempt(&mut self, conn: ConnId, next: Waiting, now: Now, out: &mut Vec<Output>) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if std::mem::take(&mut connection.paid) {
            return self.perform(conn, next, now, out);
        }
        let (budget, person) = self.price(conn, &next);
        match self.pay(conn, person, budget, now) {
            Paid::Now => self.perform(conn, next, now, out),
            Paid::At(until) => {
                self.put_back(conn, next);
                self.keep_back(conn, until);
            }
            Paid::Not(unpaid) => {
                let refusal = next.refusal(self.connection(conn), self.unpaid(unpaid));
                self.refuse(conn, next.reference(), refusal, out);
                self.count_refusal(conn, unpaid.wait, now, out);
            }
        }
    }

    /// Puts a request that was begun back before all that wait; it costs nothing more.
    pub(super) fn put_back(&mut self, conn: ConnId, request: Waiting) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.waiting.push_front(request);
            connection.paid = true;
        }
    }

    /// A frame that is no request, or a hello that does not hold. It is answered at once, but costs as much as any other.
    pub(super) fn broken(
        &mut self,
        conn: ConnId,
        error: &DecodeError,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(connection) = self.connections.get(&conn).filter(|c| !c.is_closing()) else {
            return;
        };
        let who = connection.who;
        self.refuse(conn, error.reference, refusals::broken(error), out);
        match self.pay(conn, who.map(|who| who.person), Budget::Requests, now) {
            Paid::Now => return,
            Paid::At(until) => self.keep_back(conn, until),
            Paid::Not(unpaid) => self.count_refusal(conn, unpaid.wait, now, out),
        }
        self.settle(conn, now, out);
    }

    /// The first who enters a room or conversation without any message pays for it, and it counts as one that the server has to
    /// keep in mind.
    pub(super) fn pay_for_new_room(
        &mut self,
        conn: ConnId,
        person: PersonId,
        room: &Address,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let max = self.settings.limits.empty_rooms;
        if self.empty_rooms >= max {
            return Err(refusals::too_many_empty_rooms(room, max));
        }
        // What would wait a little passes: it is booked, and the store was asked already.
        if let Paid::Not(unpaid) = self.pay(conn, Some(person), Budget::NewRooms, now) {
            let refusal = self.unpaid(unpaid);
            self.count_refusal(conn, unpaid.wait, now, out);
            return Err(refusal);
        }
        Ok(())
    }

    fn unpaid(&self, unpaid: Unpaid) -> Refusal {
        refusals::rate_limited(unpaid, &self.settings.limits)
    }

    /// What a request costs, and whom. Who has not said hello is nobody yet; the address pays alone.
    fn price(&self, conn: ConnId, request: &Waiting) -> (Budget, Option<PersonId>) {
        let who = self.connections.get(&conn).and_then(|c| c.who);
        let person = who.map(|who| who.person);
        let request = match request {
            Waiting::Hello(introduction) => return self.price_of_hello(introduction),
            Waiting::Request(request) => request,
        };
        if person.is_none() {
            return (Budget::Requests, None);
        }
        let budget = match request {
            Request::Send(_) | Request::Topic(_) => Budget::Messages,
            Request::Join(join) => self.price_of_join(conn, person, join),
            Request::Nick(_) => Budget::Nicks,
            Request::Open(_)
            | Request::Rooms(_)
            | Request::Members(_)
            | Request::History(_)
            | Request::Conversations(_) => Budget::Reads,
            Request::Search(_) => Budget::Searches,
            Request::Hello(_) | Request::Leave(_) => Budget::Requests,
        };
        (budget, person)
    }

    /// A hello that changes the nick of somebody who is here costs as much as any other way to do that.
    fn price_of_hello(&self, introduction: &Introduction) -> (Budget, Option<PersonId>) {
        let person = introduction.key.as_ref().map(PersonId::of_key);
        let called = person.and_then(|person| self.people.name(person));
        match (&introduction.nick, called) {
            (Some(nick), Some((called, _))) if nick != called => (Budget::Nicks, person),
            (Some(_) | None, _) => (Budget::Requests, None),
        }
    }

    /// Coming back to where one was tells nobody of a new member, so that a client in many rooms is back in all of them at once. Nor
    /// does a conversation.
    fn price_of_join(&self, conn: ConnId, person: Option<PersonId>, join: &Join) -> Budget {
        let is_member = || {
            let room = self.rooms.get(&join.room);
            person
                .zip(room)
                .is_some_and(|(person, room)| room.members.contains_key(&person))
        };
        let resumes = || {
            let connection = self.connections.get(&conn);
            join.after.is_some()
                && connection.is_some_and(|connection| connection.may_resume(&join.room))
        };
        if join.room.pair().is_some() || is_member() || resumes() {
            Budget::Reads
        } else {
            Budget::Joins
        }
    }

    /// Takes one of the person's budget and one of the address's, or none of both.
    fn pay(&mut self, conn: ConnId, person: Option<PersonId>, budget: Budget, now: Now) -> Paid {
        let Some(address) = self.connections.get(&conn).and_then(|c| c.payer) else {
            return Paid::Now;
        };
        let limits = &self.settings.limits;
        let pace = budget.pace(limits);
        let shared_pace = pace.times(limits.address_share);
        let now = now.elapsed;
        let mut of_address = self.addresses.get(address);
        let shared_wait = of_address.bucket(budget).wait(shared_pace, now);
        let mut of_person = person.map(|person| (person, self.persons.get(person)));
        let own_wait = of_person.as_mut().map_or(Duration::ZERO, |(_, account)| {
            account.bucket(budget).wait(pace, now)
        });
        let wait = shared_wait.max(own_wait);
        if wait > Duration::from_millis(limits.pause_ms) {
            return Paid::Not(Unpaid {
                budget,
                shared: shared_wait > own_wait,
                wait,
            });
        }
        of_address.bucket(budget).take(shared_pace, now);
        self.addresses.put(address, of_address, now);
        if let Some((person, mut account)) = of_person {
            account.bucket(budget).take(pace, now);
            self.persons.put(person, account, now);
        }
        if self.shared.is_some() && budget == Budget::Messages {
            self.has_spent(Payer::Address(address), now);
            if let Some(person) = person {
                self.has_spent(Payer::Person(person), now);
            }
        }
        if wait.is_zero() {
            Paid::Now
        } else {
            Paid::At(now + wait)
        }
    }

    /// Counts a refusal for a spent budget; one too many in a row ends the connection.
    fn count_refusal(&mut self, conn: ConnId, wait: Duration, now: Now, out: &mut Vec<Output>) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        let until = now.elapsed.saturating_add(wait);
        let max = self.settings.limits.refusals;
        if connection.rare().refusals.add(now.elapsed, until, max) {
            return self.close(conn, CloseCode::Flood, out);
        }
        self.keep_back(conn, now.elapsed + REFUSAL_PAUSE);
    }

    /// Nothing more is taken from a connection before `until`.
    fn keep_back(&mut self, conn: ConnId, until: Duration) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        let until = connection.kept_until.unwrap_or_default().max(until);
        if let Some(before) = connection.kept_until.replace(until) {
            self.forget(before, Due::Budget(conn));
        }
        self.remind(until, Due::Budget(conn));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_heeds_no_wait_is_a_flood() {
        let ms = Duration::from_millis;
        let mut refusals = Refusals::default();
        for second in 0..100 {
            let now = Duration::from_secs(second);
            assert!(!refusals.add(now, now + ms(1_000), 2), "it has waited");
        }
        let start = Duration::from_secs(99);
        assert!(!refusals.add(start + ms(100), start + ms(1_000), 2));
        assert!(!refusals.add(start + ms(200), start + ms(1_000), 2));
        assert!(refusals.add(start + ms(300), start + ms(1_000), 2));
    }

    #[test]
    fn a_flood_that_gets_its_share_is_one_still() {
        let ms = Duration::from_millis;
        let mut refusals = Refusals::default();
        let mut told = 0;
        // Nine of ten are refused, the tenth passes.
        let early = (1..100).find(|tenth| {
            let now = ms(tenth * 100);
            let second = now.as_secs();
            let passes = tenth % 10 == 0;
            told += u32::from(!passes);
            !passes && refusals.add(now, Duration::from_secs(second + 1), 20)
        });
        assert!(early.is_some_and(|tenth| tenth < 40), "{early:?} {told}");
    }
}
