//! Nicks on their way to the store, and what comes of the answer.
//!
//! A nick is reserved in memory while the store is asked, so no two claims of one nick are ever under way, and a
//! person has at most one claim under way, so the answers cannot cross.

use protocol::error::{HeldBy, Refusal};
use protocol::event::{self, Event, NickChanged};
use protocol::names::{Nick, Skeleton};
use protocol::position::PersonId;
use protocol::request::Ref;

use super::connection::Who;
use super::hub::Engine;
use super::people::{Holder, Known, Name};
use super::{ConnId, Introduction, Now, Output, refusals, usage};
use crate::record::{Claim, ClaimError, Former, Share, Ticket, Write};

/// Nicks that are drawn for one hello before the server gives up and answers `unavailable`.
pub const GUEST_DRAWS_MAX: u32 = 32;

/// A nick on its way to the store.
#[derive(Debug)]
pub(super) struct Claiming {
    conn: ConnId,
    who: Who,
    nick: Nick,
    skeleton: Skeleton,
    /// Nobody's key is to own it.
    guest: bool,
    purpose: Purpose,
    /// How many more may be drawn if this one is owned; nothing where the client has named it.
    draws_left: Option<u32>,
}

/// What a claim is for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// To be introduced.
    Hello(Introduction),
    /// To be called otherwise.
    Nick(Option<Ref>),
}

impl Purpose {
    const fn reference(&self) -> Option<Ref> {
        match self {
            Self::Hello(introduction) => introduction.reference,
            Self::Nick(reference) => *reference,
        }
    }
}

impl Engine {
    /// Claims a nick that the client has named.
    pub(super) fn claim(
        &mut self,
        conn: ConnId,
        who: Who,
        nick: Nick,
        purpose: Purpose,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let skeleton = nick.skeleton();
        let holder = Holder {
            person: who.person,
            guest: who.guest,
        };
        if let Err(holder) = self.people.reserve(skeleton.clone(), holder) {
            let held_by = if holder.guest {
                HeldBy::Guest
            } else {
                HeldBy::Key
            };
            return Err(refusals::nick_taken(&nick, held_by));
        }
        let claiming = Claiming {
            conn,
            who,
            guest: who.guest,
            nick,
            skeleton,
            purpose,
            draws_left: None,
        };
        self.write_claim(claiming, now, out);
        Ok(())
    }

    /// Claims a nick for somebody who names none: the one that the person has by other servers, or else a drawn one.
    pub(super) fn claim_any(
        &mut self,
        conn: ConnId,
        who: Who,
        purpose: Purpose,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        if let Some(Name { nick, guest, .. }) = self.people.known(who.person).map(Known::name) {
            let guest = guest || who.guest;
            let skeleton = nick.skeleton();
            let person = who.person;
            let holder = Holder { person, guest };
            if self.people.reserve(skeleton.clone(), holder).is_ok() {
                let claiming = Claiming {
                    conn,
                    who,
                    nick,
                    skeleton,
                    guest,
                    purpose,
                    draws_left: Some(GUEST_DRAWS_MAX),
                };
                return self.write_claim(claiming, now, out);
            }
        }
        self.claim_drawn(conn, who, purpose, GUEST_DRAWS_MAX, now, out);
    }

    /// Claims a nick that the server draws, and returns whether it found one. It is held like a guest's, also for a lasting key:
    /// nobody chose it.
    pub(super) fn claim_drawn(
        &mut self,
        conn: ConnId,
        who: Who,
        purpose: Purpose,
        draws: u32,
        now: Now,
        out: &mut Vec<Output>,
    ) -> bool {
        let holder = Holder {
            person: who.person,
            guest: true,
        };
        for left in (0..draws).rev() {
            let Some(nick) = self.draw(GUEST_DRAWS_MAX - left) else {
                break;
            };
            let skeleton = nick.skeleton();
            if self.people.holder(&skeleton).is_some() {
                continue;
            }
            if self.people.reserve(skeleton.clone(), holder).is_ok() {
                let claiming = Claiming {
                    conn,
                    who,
                    guest: true,
                    nick,
                    skeleton,
                    purpose,
                    draws_left: Some(left),
                };
                self.write_claim(claiming, now, out);
                return true;
            }
        }
        self.refuse(conn, purpose.reference(), refusals::unavailable(), out);
        false
    }

    /// The nick of the `draw`th try; of more digits the longer it takes, as short ones may all be held.
    fn draw(&mut self, draw: u32) -> Option<Nick> {
        let digits = 4 + draw / 8;
        let low = 10_u64.pow(digits - 1);
        let number = low + self.random.below(9 * low);
        Nick::new(&format!("guest-{number}")).ok()
    }

    fn write_claim(&mut self, claiming: Claiming, now: Now, out: &mut Vec<Output>) {
        let ticket = self.ticket();
        if let Some(connection) = self.connections.get_mut(&claiming.conn) {
            connection.claiming = true;
        }
        self.claimants.entry(claiming.who.person).or_default();
        out.push(Output::Write(Write::Claim(Claim {
            ticket,
            nick: claiming.nick.clone(),
            person: claiming.who.person,
            owner: claiming.who.key.filter(|_| !claiming.guest),
            at: self.moment(now),
            unused_since: self.unused_since(now),
        })));
        self.claims.insert(ticket, claiming);
    }

    /// The store has answered a claim.
    pub(super) fn claimed(
        &mut self,
        ticket: Ticket,
        result: Result<Option<Former>, ClaimError>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(claiming) = self.claims.remove(&ticket) else {
            return;
        };
        let (conn, person) = (claiming.conn, claiming.who.person);
        let waiting = self
            .connections
            .get_mut(&conn)
            .filter(|connection| !connection.is_closing());
        match (waiting, result) {
            (None, Ok(former)) if self.shared.is_some() => {
                self.granted_to_nobody(claiming, former, now, out);
            }
            (None, _) => self.people.unreserve(&claiming.skeleton, person),
            (Some(connection), result) => {
                connection.claiming = false;
                if let Some(claiming) = self.decide(claiming, result, now, out) {
                    let draws = claiming.draws_left.unwrap_or(0);
                    let (who, purpose) = (claiming.who, claiming.purpose);
                    if self.claim_drawn(conn, who, purpose, draws, now, out) {
                        return;
                    }
                }
            }
        }
        let waiters = self.claimants.remove(&person).unwrap_or_default();
        self.release_late(person, out);
        self.settle(conn, now, out);
        for waiter in waiters {
            if let Some(connection) = self.connections.get_mut(&waiter) {
                connection.claiming = false;
            }
            self.settle(waiter, now, out);
        }
    }

    /// Grants or refuses a claim. Gives it back where another nick is to be drawn.
    fn decide(
        &mut self,
        claiming: Claiming,
        result: Result<Option<Former>, ClaimError>,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Option<Claiming> {
        let error = match result {
            Ok(former) => {
                self.grant(claiming, former, now, out);
                return None;
            }
            Err(error) => error,
        };
        self.people
            .unreserve(&claiming.skeleton, claiming.who.person);
        let refusal = match error {
            ClaimError::Owned | ClaimError::Held { .. } if claiming.draws_left.is_some() => {
                return Some(claiming);
            }
            ClaimError::Owned | ClaimError::Held { guest: false } => {
                refusals::nick_taken(&claiming.nick, HeldBy::Key)
            }
            ClaimError::Held { guest: true } => refusals::nick_taken(&claiming.nick, HeldBy::Guest),
            ClaimError::Limit => refusals::nick_limit(&claiming.nick),
            ClaimError::Unavailable => refusals::unavailable(),
        };
        self.refuse(claiming.conn, claiming.purpose.reference(), refusal, out);
        None
    }

    /// The nick is held from here now, also if who wanted it is gone: whoever else is that person has it, or it is given back.
    fn granted_to_nobody(
        &mut self,
        claiming: Claiming,
        former: Option<Former>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Claiming {
            who, nick, guest, ..
        } = claiming;
        if self.people.get(who.person).is_some() {
            let name = Name {
                nick,
                guest,
                former,
            };
            self.called_elsewhere(who.person, name, now, out);
            return;
        }
        self.people.unreserve(&claiming.skeleton, who.person);
        if let Some(shared) = &mut self.shared {
            shared.released.insert(who.person, nick);
        }
    }

    /// A claim has ended of somebody who was gone meanwhile: if they still are, no nick is held for them.
    fn release_late(&mut self, person: PersonId, out: &mut Vec<Output>) {
        let shared = self.shared.as_mut();
        let released = shared.and_then(|shared| shared.released.remove(&person));
        if let Some(nick) = released.filter(|_| self.people.get(person).is_none()) {
            let released = Share::Released { person, nick };
            out.push(Output::Write(Write::Share(released)));
        }
    }

    fn grant(
        &mut self,
        claiming: Claiming,
        former: Option<Former>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Claiming {
            conn,
            who,
            nick,
            guest,
            ..
        } = claiming;
        let keyed = who.key.is_some();
        let name = Name {
            nick: nick.clone(),
            guest,
            former,
        };
        let known = match &self.shared {
            Some(_) => self.people.known(who.person).map(Known::name),
            None => None,
        };
        let before = self.people.call(who.person, name, keyed);
        self.watch_use(who.person, now);
        let event = |reference| nick_changed(reference, &nick, guest, usage::told(former));
        if let Some(before) = before {
            self.renamed(who.person, &before, now, out);
            let others = self.connections_of(who.person);
            for other in others.into_iter().filter(|other| *other != conn) {
                self.tell(other, event(None), out);
            }
        } else {
            self.note_name(who.person, known, now);
        }
        match claiming.purpose {
            Purpose::Hello(introduction) => self.introduce(conn, who, &introduction, out),
            Purpose::Nick(reference) => self.tell(conn, event(reference), out),
        }
    }
}

/// What a person is told whose nick is another now.
pub(super) fn nick_changed(
    reference: Option<Ref>,
    nick: &Nick,
    guest: bool,
    former: Option<event::Former>,
) -> Event {
    Event::Nick(NickChanged {
        reference,
        nick: nick.to_string(),
        owned: !guest,
        former,
    })
}
