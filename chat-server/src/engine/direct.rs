//! Opening a direct conversation by a nick. It is bound to the person who holds or owns the nick now.

use protocol::error::Refusal;
use protocol::event::{Event, Former, Opened};
use protocol::names::Nick;
use protocol::position::{Address, Pair, PersonId};
use protocol::request::{Open, Ref};

use super::asked::Asked;
use super::connection::Who;
use super::hub::Engine;
use super::{ConnId, Now, Output, refusals, usage};
use crate::record::{Owner, Query};

impl Engine {
    pub(super) fn open(
        &mut self,
        conn: ConnId,
        who: Who,
        open: Open,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        if who.key.is_none() {
            return Err(refusals::not_allowed(
                "a client without a key has no direct messages; say hello with a key",
            ));
        }
        let skeleton = open.nick.skeleton();
        let called = self.people.called(&skeleton);
        let known = called.and_then(|person| Some((person, self.people.known(person)?)));
        if let Some((person, known)) = known {
            if !known.keyed {
                return Err(refusals::has_no_key(known.nick));
            }
            let (nick, former) = (known.nick.to_string(), usage::told(known.former));
            return self.opened(conn, who, open.reference, person, (nick, former), out);
        }
        let asked = Asked::Owner {
            conn,
            reference: open.reference,
            nick: open.nick,
        };
        let query = Query::Owner {
            skeleton,
            unused_since: self.unused_since(now),
        };
        self.ask(asked, query, out);
        Ok(())
    }

    /// The store knows who owns a nick, or that nobody does.
    pub(super) fn owner(
        &mut self,
        conn: ConnId,
        reference: Option<Ref>,
        nick: &Nick,
        owner: Option<Owner>,
        out: &mut Vec<Output>,
    ) {
        let who = self.connections.get(&conn).and_then(|c| c.who);
        let result = match (who, owner) {
            (Some(_), Some(owner)) if !owner.keyed => Err(refusals::has_no_key(&owner.nick)),
            (Some(who), Some(owner)) => {
                let person = owner.person;
                let known = self.people.known(person);
                let name = known.map_or(&owner.nick, |known| known.nick).to_string();
                let named = (name, usage::told(owner.former));
                self.opened(conn, who, reference, person, named, out)
            }
            (Some(_) | None, _) => Err(refusals::no_such_nick(nick)),
        };
        if let Err(refusal) = result {
            self.refuse(conn, reference, refusal, out);
        }
    }

    fn opened(
        &mut self,
        conn: ConnId,
        who: Who,
        reference: Option<Ref>,
        person: PersonId,
        (nick, former): (String, Option<Former>),
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let pair = Pair::new(who.person, person).ok_or_else(|| {
            refusals::not_allowed("that is you; open the conversation with somebody else")
        })?;
        let room = Address::Direct(pair);
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.rare().opened = Some((room.clone(), nick.clone()));
        }
        let event = Event::Opened(Opened {
            reference,
            room,
            person,
            nick,
            former,
        });
        self.tell(conn, event, out);
        Ok(())
    }
}
