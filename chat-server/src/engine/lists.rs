//! Lists for those who ask: rooms, members of a room, direct conversations.

use std::ops::Bound;

use protocol::error::Refusal;
use protocol::event::{Conversation, Conversations, Event, Member, Members, RoomInfo, Rooms};
use protocol::names::RoomName;
use protocol::position::{Address, PersonId};
use protocol::request::{self, Ref};

use super::asked::Asked;
use super::connection::Who;
use super::hub::Engine;
use super::parts::{conversation_bytes, fitting, member_bytes, pack, room_bytes};
use super::{ConnId, Now, Output, refusals, usage};
use crate::record::{Listed, Query, Talk};

/// Rooms of one page; fewer where their topics are long, as a page is one frame.
pub const ROOMS_PAGE: u16 = 50;

/// Conversations of one page, which surely fit one frame.
pub const CONVERSATIONS_PAGE: u16 = 20;

/// Members of one answer; more are asked for with `after`.
pub const MEMBERS_PAGE: usize = 200;

/// A page of rooms that somebody asked for.
#[derive(Debug)]
pub(super) struct RoomsAsked {
    pub(super) conn: ConnId,
    pub(super) reference: Option<Ref>,
    after: Option<RoomName>,
}

impl Engine {
    pub(super) fn rooms(&mut self, conn: ConnId, request: request::Rooms, out: &mut Vec<Output>) {
        let query = Query::Rooms {
            after: request.after.clone(),
            limit: ROOMS_PAGE,
        };
        let asked = Asked::Rooms(RoomsAsked {
            conn,
            reference: request.reference,
            after: request.after,
        });
        self.ask(asked, query, out);
    }

    /// The store has found rooms. Those that have members but no messages yet are put between them.
    pub(super) fn rooms_page(
        &mut self,
        asked: RoomsAsked,
        stored: Vec<Listed>,
        stored_more: bool,
        out: &mut Vec<Output>,
    ) {
        let from = match asked.after {
            Some(after) => Bound::Excluded(Address::Room(after)),
            None => Bound::Unbounded,
        };
        // Behind the last stored one there may be stored ones that are not in this page.
        let to = match stored.last() {
            Some(last) if stored_more => Bound::Included(Address::Room(last.name.clone())),
            Some(_) | None => Bound::Unbounded,
        };
        let mut stored: Vec<RoomInfo> = stored
            .into_iter()
            .map(|listed| RoomInfo {
                room: Address::Room(listed.name),
                topic: listed.topic,
                members: listed.members,
            })
            .collect();
        let live = self
            .rooms
            .range((from, to))
            .filter(|(address, room)| address.pair().is_none() && !room.members.is_empty());
        let mut lacking = Vec::new();
        for (address, room) in live {
            let topic = room.topic.as_deref();
            let info = RoomInfo {
                room: address.clone(),
                topic: topic.map(|topic| topic.text.clone()).unwrap_or_default(),
                members: room.members.len(),
            };
            match stored.iter_mut().find(|other| other.room == *address) {
                Some(other) if room.head.is_some() => *other = info,
                Some(other) => other.members = info.members,
                None => lacking.push(info),
            }
            if lacking.len() > usize::from(ROOMS_PAGE) {
                break;
            }
        }
        stored.extend(lacking);
        stored.sort_by(|a, b| a.room.cmp(&b.room));
        let told = fitting(&stored, room_bytes).min(usize::from(ROOMS_PAGE));
        let more = stored_more || told < stored.len();
        stored.truncate(told);
        let event = Event::Rooms(Rooms {
            reference: asked.reference,
            rooms: stored,
            more,
        });
        self.tell(asked.conn, event, out);
    }

    pub(super) fn members(
        &mut self,
        conn: ConnId,
        request: &request::Members,
        now: Now,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        let joined = self
            .connections
            .get_mut(&conn)
            .and_then(|connection| connection.joined(&request.room))
            .is_some();
        if !joined {
            return Err(refusals::not_joined(&request.room));
        }
        self.flush(&request.room, true, now, out);
        let (room, reference, after) = (&request.room, request.reference, request.after);
        self.tell_members(conn, room, reference, (after, MEMBERS_PAGE), now, out);
        Ok(())
    }

    /// Tells members in the order of their ids, in parts: those behind `after`, at most `limit`.
    pub(super) fn tell_members(
        &self,
        conn: ConnId,
        address: &Address,
        reference: Option<Ref>,
        (after, limit): (Option<PersonId>, usize),
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(room) = self.rooms.get(address) else {
            return;
        };
        let from = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut behind = room.members.range(from);
        let members = behind.by_ref().take(limit).filter_map(|(id, member)| {
            let known = self.people.known(*id)?;
            Some(Member {
                person: *id,
                nick: known.nick.to_string(),
                status: member.status(),
                guest: known.guest,
                former: self.former_told(*id, now),
            })
        });
        let mut parts = pack(members, member_bytes);
        let more = behind.next().is_some();
        let last = parts.pop().unwrap_or_default();
        let event = |members, done| {
            Event::Members(Members {
                reference,
                room: address.clone(),
                revision: room.revision(),
                members,
                done,
                more: done && more,
            })
        };
        for part in parts {
            self.tell(conn, event(part, false), out);
        }
        self.tell(conn, event(last, true), out);
    }

    pub(super) fn conversations(
        &mut self,
        conn: ConnId,
        who: Who,
        request: request::Conversations,
        out: &mut Vec<Output>,
    ) -> Result<(), Refusal> {
        if who.key.is_none() {
            return Err(refusals::not_allowed(
                "a client without a key has no direct messages; say hello with a key",
            ));
        }
        let query = Query::Conversations {
            person: who.person,
            after: request.after,
            limit: CONVERSATIONS_PAGE,
        };
        let asked = Asked::Conversations {
            conn,
            reference: request.reference,
            requested: true,
        };
        self.ask(asked, query, out);
        Ok(())
    }

    /// The store has found conversations. Who is here is told by the nick of now.
    pub(super) fn conversations_page(
        &mut self,
        conn: ConnId,
        reference: Option<Ref>,
        talks: Vec<Talk>,
        more: bool,
        out: &mut Vec<Output>,
    ) {
        let mut conversations: Vec<Conversation> = talks
            .into_iter()
            .map(|talk| {
                let known = self.people.told_as(talk.person, talk.nick, talk.former);
                let (nick, former, has_another) = known;
                let away = self.people.known(talk.person).is_none();
                Conversation {
                    nick,
                    room: talk.room,
                    person: talk.person,
                    head: talk.head,
                    former: usage::told(former),
                    passed_on: has_another || (away && talk.passed_on),
                }
            })
            .collect();
        let told = fitting(&conversations, conversation_bytes);
        let more = more || told < conversations.len();
        conversations.truncate(told);
        let event = Event::Conversations(Conversations {
            reference,
            conversations,
            more,
        });
        self.tell(conn, event, out);
    }
}
