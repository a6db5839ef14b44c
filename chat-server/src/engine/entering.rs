//! Joining and leaving.
//!
//! A join asks the store once for all that it needs. The answer may be older or newer than what the engine knows of the room:
//! the store commits before the engine hears of it, and a question may be answered after a later commit was heard of. So
//! the room's head as the engine knows it is the border everywhere: messages beyond it are cut off an answer, since they come live,
//! and messages up to it that an answer lacks are asked for again.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Done, Event, Joined, Start};
use protocol::limits::JOIN_MESSAGES;
use protocol::position::{Address, Anchor, PersonId, Position};
use protocol::request::{Join, Ref};

use super::asked::Asked;
use super::catch_up::{close_history, gap_event};
use super::connection::{CatchingUp, Entering, Stage, Subscription, Who};
use super::few::Few;
use super::hub::Engine;
use super::presence::Parting;
use super::{ConnId, Now, Output, refusals};
use crate::record::{From, JoinPage, Query, Ticket};

impl Engine {
    pub(super) fn join(
        &mut self,
        conn: ConnId,
        who: Who,
        join: Join,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let limits = &self.settings.limits;
        let Some(connection) = self.connections.get(&conn) else {
            return Ok(());
        };
        if connection.rooms.contains_key(&join.room) {
            return Err(refusals::already_joined(&join.room));
        }
        if connection.rooms.len() >= limits.rooms {
            return Err(refusals::too_many_rooms(&join.room, limits.rooms));
        }
        may_enter(&join.room, who)?;
        let from = join.after.map_or(From::Last, From::After);
        let limit = match from {
            From::After(_) => limits.page_messages,
            From::Last => join.last.unwrap_or(JOIN_MESSAGES).min(limits.page_messages),
        };
        // The address as it is known already, so that all who are in a room share its name.
        let known = self.rooms.get_key_value(&join.room);
        let address = known.map_or(join.room, |(known, _)| known.clone());
        let query = Query::Join {
            room: address.clone(),
            from,
            limit,
            sender: (who.person, who.device),
        };
        let room = address.clone();
        let ticket = self.ask(Asked::Join { conn, room }, query, out);
        self.rooms.entry(address.clone()).or_default().entering += 1;
        self.follow(&address, ticket);
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.entering += 1;
            connection.forget_told(&address);
            let entering = Entering {
                ticket,
                reference: join.reference,
                after: join.after,
            };
            connection
                .rooms
                .insert(address, Subscription::new(entering));
        }
        Ok(())
    }

    pub(super) fn leave(
        &mut self,
        conn: ConnId,
        address: &Address,
        reference: Option<Ref>,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let Some(connection) = self.connections.get_mut(&conn) else {
            return Ok(());
        };
        let id = connection.who.map(|who| who.person);
        let subscription = connection
            .rooms
            .remove(address)
            .ok_or_else(|| refusals::not_joined(address))?;
        connection.has_left(address);
        if let Stage::CatchingUp(catching_up) = &subscription.stage {
            // A list that was begun is ended, or the client would wait for the rest.
            let mut events = Vec::new();
            close_history(&mut events, address, catching_up);
            for event in events {
                self.tell(conn, event, out);
            }
        }
        self.part(conn, id, (address, &subscription), Parting::Said, now, out);
        self.tell(conn, Event::Done(Done { reference }), out);
        Ok(())
    }

    /// Takes the join out of the connection, where the answer is the one that it waits for.
    fn take_entering(
        &mut self,
        conn: ConnId,
        address: &Address,
        ticket: Ticket,
    ) -> Option<Box<Entering>> {
        let connection = self.connections.get_mut(&conn)?;
        let subscription = connection.rooms.get(address)?;
        match &subscription.stage {
            Stage::Entering(entering) if entering.ticket == ticket => {}
            Stage::Entering(_) | Stage::CatchingUp(_) | Stage::Live => return None,
        }
        connection.entering = connection.entering.saturating_sub(1);
        let subscription = connection.rooms.remove(address)?;
        if let Some(room) = self.rooms.get_mut(address) {
            room.entering = room.entering.saturating_sub(1);
        }
        match subscription.stage {
            Stage::Entering(entering) => Some(entering),
            Stage::CatchingUp(_) | Stage::Live => None,
        }
    }

    /// The store could not answer a join.
    pub(super) fn not_entered(
        &mut self,
        conn: ConnId,
        address: &Address,
        ticket: Ticket,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        if let Some(entering) = self.take_entering(conn, address, ticket) {
            self.refuse_entry(conn, address, entering.reference, now, out);
        }
    }

    fn refuse_entry(
        &mut self,
        conn: ConnId,
        address: &Address,
        reference: Option<Ref>,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let refusal = Refusal {
            room: Some(address.clone()),
            ..refusals::unavailable()
        };
        self.refuse(conn, reference, refusal, out);
        self.unload(address, now, out);
    }

    /// The store has answered a join.
    pub(super) fn entered(
        &mut self,
        conn: ConnId,
        address: &Address,
        ticket: Ticket,
        found: JoinPage,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(entering) = self.take_entering(conn, address, ticket) else {
            return self.learn_head(address, ticket, &found);
        };
        let (Some(who), Some(room)) = (
            self.connections.get(&conn).and_then(|c| c.who),
            self.rooms.get_mut(address),
        ) else {
            return;
        };
        if found.head.n == 0 && room.is_new() {
            let paid = self.pay_for_new_room(conn, who.person, address, now, out);
            if let Err(refusal) = paid {
                self.learn_head(address, ticket, &found);
                self.refuse(conn, entering.reference, refusal, out);
                return self.unload(address, now, out);
            }
        }
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        if room.head.is_none() {
            room.head = Some(found.head);
            room.topic = found.topic.clone().map(Box::new);
            self.empty_rooms += usize::from(room.is_empty());
        }
        let head = room.head.unwrap_or(found.head);
        // What was read before the store lost its tail may be just that tail.
        let is_lost = self.shared.is_some() && found.head.era < head.era;
        let begin = begin(entering.after, &found, head.n).filter(|_| !is_lost);
        let Some(begin) = begin else {
            return self.refuse_entry(conn, address, entering.reference, now, out);
        };
        if address.pair().is_some() {
            remember_nicks(&mut room.nicks, &found);
        }
        self.arrive(conn, who.person, address, now, out);
        self.tell_joined(
            (conn, who),
            address,
            entering.reference,
            (begin.start, found.kept, found.next_seq),
            now,
            out,
        );
        let subscription = Subscription {
            stage: Stage::CatchingUp(Box::new(CatchingUp {
                reference: entering.reference,
                at: begin.at,
                more: begin.more,
                read: None,
            })),
            next_seq: found.next_seq,
            counted: 0,
            recount: None,
            due: found.next_seq,
        };
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.rooms.insert(address.clone(), subscription);
            if let Some((_, nick)) = connection.take_opened(address)
                && let Some(other) = address.pair().and_then(|pair| pair.other(who.person))
                && let Some(room) = self.rooms.get_mut(address)
            {
                room.nicks.get_or_insert_with(&other, || nick);
            }
        }
        if let Some((from, to)) = begin.gap {
            self.tell(conn, gap_event(address, from, to), out);
        }
        self.give(conn, address, found.page.messages, out);
        self.advance(conn, out);
    }

    fn tell_joined(
        &mut self,
        (conn, who): (ConnId, Who),
        address: &Address,
        reference: Option<Ref>,
        (start, kept, next_seq): (Start, Option<Position>, u64),
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(room) = self.rooms.get(address) else {
            return;
        };
        let head = room.head.unwrap_or_else(|| Position::new(self.era, 0));
        let nick = self
            .people
            .name(who.person)
            .map_or("", |(nick, _)| nick.as_str());
        let welcome = match (start, address) {
            (Start::Latest | Start::Forked, Address::Room(name)) => {
                self.settings.welcome(nick, name.as_str())
            }
            (Start::Resumed, _) | (_, Address::Direct(_)) => None,
        };
        let joined = Event::Joined(Joined {
            reference,
            room: address.clone(),
            start,
            kept: kept.filter(|_| start == Start::Forked),
            head,
            stable: head,
            topic: room.topic.as_deref().cloned(),
            welcome,
            revision: room.revision(),
            count: room.members.len(),
            next_seq,
        });
        self.tell(conn, joined, out);
        let told = room.members.len() <= self.settings.limits.members_told;
        let limit = if told { usize::MAX } else { 0 };
        self.tell_members(conn, address, reference, (None, limit), now, out);
    }
}

/// Where a join's messages begin.
struct Begin {
    start: Start,
    /// The last message before them.
    at: u64,
    /// Whether there are older ones.
    more: bool,
    /// What is gone before the first of them.
    gap: Option<(Position, Position)>,
}

/// Where the messages of a join begin in a room whose readers know it up to `head`; nowhere where the client has more than that.
fn begin(after: Option<Anchor>, found: &JoinPage, head: u64) -> Option<Begin> {
    if let Some(anchor) = after.filter(|_| found.known) {
        let at = anchor.position.n;
        // Its commit was not heard of here yet; a moment later it will have been.
        return (at <= head).then_some(Begin {
            start: Start::Resumed,
            at,
            more: at > 0,
            gap: None,
        });
    }
    let first = found.page.messages.first().map(|first| first.position.n);
    // Without any message they begin where the store was when it answered, which may be before what is known by now.
    let before_first = first.map_or(found.head.n, |first| first.saturating_sub(1));
    Some(Begin {
        start: after.map_or(Start::Latest, |_| Start::Forked),
        at: before_first.min(head),
        more: match first {
            Some(first) if first <= head => found.page.more,
            Some(_) | None => before_first.min(head) > 0,
        },
        gap: found.page.gap.filter(|(_, to)| to.n <= before_first),
    })
}

/// Whether a person may enter a room or conversation at all.
fn may_enter(room: &Address, who: Who) -> Result<(), Refusal> {
    let Some(pair) = room.pair() else {
        return Ok(());
    };
    let refuse = |message: &str| Refusal {
        room: Some(room.clone()),
        ..Refusal::new(ErrorCode::NotAllowed, message)
    };
    if who.key.is_none() {
        Err(refuse(
            "a client without a key has no direct messages; say hello with a key",
        ))
    } else if pair.other(who.person).is_none() {
        Err(refuse("this conversation is between two other persons"))
    } else {
        Ok(())
    }
}

/// Keeps what the persons of a conversation were called last.
fn remember_nicks(nicks: &mut Few<PersonId, String>, found: &JoinPage) {
    for message in &found.page.messages {
        nicks.insert(message.id.person, message.nick.clone());
    }
}
