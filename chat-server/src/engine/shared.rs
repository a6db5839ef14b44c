//! What an engine keeps in mind where other servers share its history, and which rule takes care of which news.
//!
//! Nothing takes a shortcut: what was said here is shown here when the history tells it, as it tells all servers.

use std::collections::{BTreeMap, BTreeSet};

use protocol::close::CloseCode;
use protocol::event::{self, Event};
use protocol::names::Nick;
use protocol::position::{Address, MessageId, PersonId, Position};

use super::claims::nick_changed;
use super::hub::Engine;
use super::people::{Known, Name};
use super::room::Room;
use super::spending::Spending;
use super::{ConnId, Now, Output, usage};
use crate::record::{Former, JoinPage, News, Share, Ticket, Write};

/// What an engine with others beside it keeps in mind.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The rooms of which news come: the same as the engine has.
    pub(super) rooms: BTreeMap<Address, Following>,
    /// Messages that the store has and nobody here was told of, those of all rooms together.
    pub(super) unheard: usize,
    pub(super) spending: Spending,
    /// Persons who are here no more and have a claim under way; and by which nick they were here.
    pub(super) released: BTreeMap<PersonId, Nick>,
    /// A mutant: what is said here is shown here as soon as it is stored.
    pub(super) shortcut: bool,
}

/// What is under way in a room of which news come.
#[derive(Debug)]
pub(super) struct Following {
    /// The first join of it; answers to earlier ones are of another time.
    loaded: Ticket,
    /// What was said here and has no answer.
    pub(super) asked: BTreeSet<(MessageId, Ticket)>,
    /// What was said here, is stored, and has not come back: where, by whom, and how often that was answered.
    pub(super) unheard: BTreeMap<(Position, PersonId), u32>,
    /// By the mutant: what was shown before it came back.
    pub(super) shown: BTreeSet<u64>,
}

impl Following {
    const fn new(loaded: Ticket) -> Self {
        Self {
            loaded,
            asked: BTreeSet::new(),
            unheard: BTreeMap::new(),
            shown: BTreeSet::new(),
        }
    }
}

impl Engine {
    /// Shows what is said here as soon as it is stored, which servers that share a history must never do: for the fault driver, whose oracle
    /// has to see it.
    pub fn take_shortcuts(&mut self) {
        if let Some(shared) = &mut self.shared {
            shared.shortcut = true;
        }
    }

    /// The history tells something that nobody asked for.
    pub(super) fn told(&mut self, news: News, now: Now, out: &mut Vec<Output>) {
        if self.shared.is_none() {
            return;
        }
        match news {
            News::Messages { room, messages } => self.heard(&room, messages, now, out),
            News::Broken { room, head, topic } => self.lost_track(&room, head, topic, now, out),
            News::Member { node, present } => self.member_by(node, present, now),
            News::Gone { node, room, person } => self.gone_by(node, &room, person, now),
            News::Members { room, members } => self.members_by(&room, members, now),
            News::Called {
                person,
                nick,
                guest,
                former,
            } => {
                let name = Name {
                    nick,
                    guest,
                    former,
                };
                self.called_elsewhere(person, name, now, out);
            }
            News::TakenOver { person, device } => self.taken_over(person, device, out),
            News::Conversation {
                person,
                room,
                nick,
                head,
            } => self.conversation(person, &room, nick, head, out),
            News::Spent(spent) => self.spent_elsewhere(spent, now),
            News::Fenced => self.fenced(now, out),
        }
    }

    /// A room is asked for; from its first join on there are news of it.
    pub(super) fn follow(&mut self, address: &Address, ticket: Ticket) {
        if let Some(shared) = &mut self.shared
            && !shared.rooms.contains_key(address)
        {
            shared.rooms.insert(address.clone(), Following::new(ticket));
        }
    }

    /// A room was forgotten, and no news of it are wanted.
    pub(super) fn unfollow(
        &mut self,
        address: &Address,
        gone: &Room,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(shared) = &mut self.shared else {
            return;
        };
        shared.rooms.remove(address);
        for (id, member) in gone.members.iter() {
            for (node, _) in member.elsewhere() {
                self.forget_elsewhere((node, *id), address, now);
            }
        }
        let room = address.clone();
        out.push(Output::Write(Write::Share(Share::Unloaded { room })));
    }

    /// The first answer to a join says where the messages of a room begin, also if nobody waits for that answer any more.
    pub(super) fn learn_head(&mut self, address: &Address, ticket: Ticket, page: &JoinPage) {
        let following = self
            .shared
            .as_ref()
            .and_then(|shared| shared.rooms.get(address));
        if let Some(room) = self.rooms.get_mut(address)
            && following.is_some_and(|following| following.loaded <= ticket)
            && room.head.is_none()
        {
            room.head = Some(page.head);
            room.topic = page.topic.clone().map(Box::new);
            self.empty_rooms += usize::from(room.is_empty());
        }
    }

    /// Messages that are stored, and that nobody here was told of.
    pub(super) fn unheard(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.unheard)
    }

    /// The last position that somebody here may know: a sender knows that of a message before it comes back.
    pub(super) fn last_known(&self, address: &Address) -> Position {
        let room = self.rooms.get(address);
        let head = room.and_then(|room| room.head).unwrap_or_default();
        let following = self
            .shared
            .as_ref()
            .and_then(|shared| shared.rooms.get(address));
        let stored = following.and_then(|following| following.unheard.keys().next_back());
        stored.map_or(head, |(position, _)| head.max(*position))
    }

    /// A person who is here took another nick at another server.
    pub(super) fn called_elsewhere(
        &mut self,
        id: PersonId,
        name: Name,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let Some(person) = self.people.get(id) else {
            return;
        };
        if self.people.known(id).map(Known::name).as_ref() == Some(&name) {
            return;
        }
        let keyed = person.keyed;
        let (nick, guest, former): (Nick, bool, Option<event::Former>) =
            (name.nick.clone(), name.guest, usage::told(name.former));
        let before = self.people.call(id, name, keyed);
        self.watch_use(id, now);
        if let Some(before) = before {
            self.renamed(id, &before, now, out);
        }
        for conn in self.connections_of(id) {
            self.tell(conn, nick_changed(None, &nick, guest, former), out);
        }
    }

    /// A person's connections.
    pub(super) fn connections_of(&self, id: PersonId) -> Vec<ConnId> {
        let person = self.people.get(id).into_iter();
        let all = person.flat_map(|person| person.connections.keys());
        all.copied().collect()
    }

    /// A device is at another server now; what is still under way from it here must not be stored behind its back.
    fn taken_over(&mut self, id: PersonId, device: u32, out: &mut Vec<Output>) {
        for conn in self.connections_of(id) {
            let who = self.connection(conn).and_then(|connection| connection.who);
            if who.is_some_and(|who| who.device == device) {
                self.close(conn, CloseCode::TakenOver, out);
            }
        }
    }

    /// Tells a person's connections that have not joined a conversation that it has something new.
    fn conversation(
        &mut self,
        id: PersonId,
        address: &Address,
        known: String,
        head: Position,
        out: &mut Vec<Output>,
    ) {
        let Some(other) = address.pair().and_then(|pair| pair.other(id)) else {
            return;
        };
        let (nick, former, passed_on) = self.people.told_as(other, known, None::<Former>);
        for conn in self.connections_of(id) {
            let connection = self.connections.get_mut(&conn);
            let is_told = connection.is_some_and(|connection| {
                !connection.is_closing() && connection.tell_once(address)
            });
            if is_told {
                let event = Event::Conversation(event::Conversation {
                    room: address.clone(),
                    person: other,
                    nick: nick.clone(),
                    head,
                    former: usage::told(former),
                    passed_on,
                });
                out.push(Output::Send { conn, event });
            }
        }
    }

    /// This server was given up by the others, and is another one now: nothing of what was here counts, and everybody begins anew.
    ///
    /// What was written meanwhile may count for this server as it is now, so all of it is taken back at once; see [`News::Fenced`].
    fn fenced(&mut self, now: Now, out: &mut Vec<Output>) {
        let all: Vec<ConnId> = self.connections.keys().copied().collect();
        for conn in &all {
            self.close(*conn, CloseCode::Trouble, out);
        }
        let mut persons = BTreeSet::new();
        for connection in self.connections.values_mut() {
            let rooms = std::mem::take(&mut connection.rooms);
            for (address, subscription) in rooms.iter() {
                if let Some(room) = self.rooms.get_mut(address)
                    && !subscription.has_entered()
                {
                    room.entering = room.entering.saturating_sub(1);
                }
            }
            persons.extend(connection.who.take().map(|who| who.person));
        }
        // What is on its way is stored or not; who said it hears of that elsewhere.
        self.appends.clear();
        if let Some(shared) = &mut self.shared {
            shared.unheard = 0;
            for following in shared.rooms.values_mut() {
                following.asked.clear();
                following.unheard.clear();
            }
        }
        for id in &persons {
            if let Some(person) = self.people.get_mut(*id) {
                person.connections = super::few::FewOf::default();
            }
        }
        let rooms: Vec<Address> = self.rooms.keys().cloned().collect();
        for address in &rooms {
            let Some(room) = self.rooms.get_mut(address) else {
                continue;
            };
            room.appends = 0;
            let here = room.members.iter().filter(|(_, member)| member.is_here());
            let here: Vec<PersonId> = here.map(|(id, _)| *id).collect();
            for id in here {
                self.let_go(id, address, now, out);
            }
        }
        for id in persons {
            self.release(id, now, out);
        }
        for address in &rooms {
            self.unload(address, now, out);
        }
    }
}
