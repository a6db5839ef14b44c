//! Who is called what: hello, and another nick.

use protocol::close::CloseCode;
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Event, Welcome};
use protocol::position::PersonId;
use protocol::request::{Request, SetNick};

use super::asked::Asked;
use super::claims::{Purpose, nick_changed};
use super::connection::{Waiting, Who};
use super::hub::Engine;
use super::lists::CONVERSATIONS_PAGE;
use super::{ConnId, Introduction, Now, Output, refusals, usage};
use crate::record::{Query, Share, Write};

impl Engine {
    pub(super) fn hello(
        &mut self,
        conn: ConnId,
        introduction: Introduction,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return;
        };
        if connection.who.is_some() {
            let refusal = refusals::already_introduced();
            return self.refuse(conn, introduction.reference, refusal, out);
        }
        if let Some(nick) = &introduction.nick
            && let Err(error) = self.settings.limits.allow_name(nick.as_str())
        {
            let refusal = Refusal::new(ErrorCode::BadNick, error.to_string());
            return self.refuse(conn, introduction.reference, refusal, out);
        }
        let who = Who {
            person: introduction
                .key
                .as_ref()
                .map_or(connection.keyless, PersonId::of_key),
            key: introduction.key,
            guest: introduction.guest || introduction.key.is_none(),
            device: introduction.device,
        };
        if let Some(waiters) = self.claimants.get_mut(&who.person) {
            waiters.push(conn);
            connection.claiming = true;
            return self.put_back(conn, Waiting::Hello(introduction));
        }
        match (introduction.nick.clone(), self.people.name(who.person)) {
            (None, Some(_)) => {
                self.note_return(who, now, out);
                self.introduce(conn, who, &introduction, out);
            }
            (Some(nick), Some((name, guest))) if *name == nick && (who.guest || !guest) => {
                self.note_return(who, now, out);
                self.introduce(conn, who, &introduction, out);
            }
            (Some(nick), _) => {
                let reference = introduction.reference;
                let purpose = Purpose::Hello(introduction);
                if let Err(refusal) = self.claim(conn, who, nick, purpose, now, out) {
                    self.refuse(conn, reference, refusal, out);
                }
            }
            (None, None) => {
                let purpose = Purpose::Hello(introduction);
                self.claim_any(conn, who, purpose, now, out);
            }
        }
    }

    pub(super) fn nick(
        &mut self,
        conn: ConnId,
        who: Who,
        request: SetNick,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        if let Some(waiters) = self.claimants.get_mut(&who.person) {
            waiters.push(conn);
            if let Some(connection) = self.connections.get_mut(&conn) {
                connection.claiming = true;
            }
            self.put_back(conn, Waiting::Request(Request::Nick(request)));
            return Ok(());
        }
        if let Some((name, guest)) = self.people.name(who.person)
            && *name == request.nick
            && (who.guest || !guest)
        {
            let former = self.former_of(who.person);
            let event = nick_changed(request.reference, name, guest, former);
            self.tell(conn, event, out);
            return Ok(());
        }
        let purpose = Purpose::Nick(request.reference);
        self.claim(conn, who, request.nick, purpose, now, out)
    }

    /// A person who was never gone, but had no connection, is back without a claim.
    fn note_return(&self, who: Who, now: Now, out: &mut Vec<Output>) {
        let person = self.people.get(who.person);
        if person.is_some_and(|person| person.connections.is_empty()) {
            self.note_use(who.person, now, out);
        }
    }

    /// A connection is somebody from now on.
    pub(super) fn introduce(
        &mut self,
        conn: ConnId,
        who: Who,
        introduction: &Introduction,
        out: &mut Vec<Output>,
    ) {
        self.take_over(who, out);
        let Some(person) = self.people.get_mut(who.person) else {
            return;
        };
        person.connections.insert(conn, ());
        let welcome = Event::Welcome(Welcome {
            reference: introduction.reference,
            person: who.person,
            nick: person.nick.to_string(),
            owned: !person.guest,
            former: usage::told(person.former()),
            proof: introduction.proof,
        });
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.who = Some(who);
        }
        self.tell(conn, welcome, out);
        if who.key.is_some() {
            if self.shared.is_some() {
                let (person, device) = (who.person, who.device);
                let introduced = Share::Introduced { person, device };
                out.push(Output::Write(Write::Share(introduced)));
            }
            let query = Query::Conversations {
                person: who.person,
                after: None,
                limit: CONVERSATIONS_PAGE,
            };
            let asked = Asked::Conversations {
                conn,
                reference: None,
                requested: false,
            };
            self.ask(asked, query, out);
        }
    }

    /// Ends the older connection of a person's device: what is still under way from it must not be stored behind the back of the
    /// new one.
    fn take_over(&mut self, who: Who, out: &mut Vec<Output>) {
        let Some(person) = self.people.get(who.person) else {
            return;
        };
        let same_device = |conn: &&ConnId| {
            let other = self.connections.get(conn).and_then(|other| other.who);
            other.is_some_and(|other| other.device == who.device)
        };
        let older: Vec<ConnId> = person
            .connections
            .keys()
            .filter(same_device)
            .copied()
            .collect();
        for conn in older {
            self.close(conn, CloseCode::TakenOver, out);
        }
    }
}
