//! The session itself: what it knows, and which of its parts an input belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use protocol::event::{Conversation, Event};
use protocol::identity::{Identity, PublicKey};
use protocol::limits::{JOIN_MESSAGES, Limits};
use protocol::names::Nick;
use protocol::position::{Address, PersonId};

use super::again::PutOff;
use super::answers::Answers;
use super::breach::breach;
use super::chance::Chance;
use super::link::Phase;
use super::lists::Lists;
use super::outbox::Outbox;
use super::rooms::Room;
use super::turn::Turn;
use super::{Body, Command, Input, Link, Now, Output, Pending, Settings};

/// One person's session with one server, over as many connections as it takes.
#[derive(Debug)]
pub struct Session {
    pub(super) identity: Option<Identity>,
    pub(super) settings: Facts,
    pub(super) known_server_key: Option<PublicKey>,
    pub(super) wanted_nick: Option<Nick>,
    /// The nick of the last welcome.
    pub(super) good_nick: Option<Nick>,
    pub(super) nick: Option<String>,
    pub(super) person: Option<PersonId>,
    pub(super) limits: Limits,
    pub(super) link: Link,
    pub(super) phase: Phase,
    /// Tries to connect since the last time that it held for a while.
    pub(super) tries: u32,
    pub(super) chance: Chance,
    pub(super) answers: Answers,
    pub(super) rooms: BTreeMap<Address, Room>,
    pub(super) outbox: Outbox,
    pub(super) lists: Lists,
    pub(super) put_off: PutOff,
    /// Conversations that the server listed, until the list is whole.
    pub(super) listed: Vec<Conversation>,
    /// With whom there is a conversation.
    pub(super) talked: BTreeSet<PersonId>,
    /// Conversations that the person left: they come back only with a new message.
    pub(super) left: BTreeSet<Address>,
}

/// Those settings that never change.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) guest: bool,
    pub(super) device: u32,
    pub(super) agent: String,
    pub(super) back_off: super::BackOff,
}

impl Session {
    /// A session that has not connected yet. `restored` is what an earlier run left in the outbox, in its order; the rooms it
    /// belongs to are entered for it. `seed` spreads the waits. Begin with [`Command::Connect`].
    pub fn new(settings: Settings, restored: Vec<Pending>, seed: u64, _now: Now) -> Self {
        let rooms = restored.iter().map(|item| item.room.clone());
        let rooms: BTreeMap<_, _> = rooms
            .map(|room| (room.clone(), Room::new(room, JOIN_MESSAGES, true)))
            .collect();
        let mut session = Self {
            person: settings.identity.as_ref().map(Identity::person),
            identity: settings.identity,
            settings: Facts {
                guest: settings.guest,
                device: settings.device,
                agent: settings.agent,
                back_off: settings.back_off,
            },
            known_server_key: settings.known_server_key,
            wanted_nick: settings.nick,
            good_nick: None,
            nick: None,
            limits: Limits::default(),
            link: Link::Idle,
            phase: Phase::Closed,
            tries: 0,
            chance: Chance::new(seed),
            answers: Answers::default(),
            rooms,
            outbox: Outbox::restored(restored),
            lists: Lists::default(),
            put_off: PutOff::default(),
            listed: Vec::new(),
            talked: BTreeSet::new(),
            left: BTreeSet::new(),
        };
        session.name_others();
        session
    }

    /// Takes in what happened and adds what is to be done to `out`.
    pub fn handle(&mut self, input: Input, now: Now, out: &mut Vec<Output>) {
        if self.link == Link::Ended {
            return;
        }
        let turn = &mut Turn { now, out };
        match input {
            Input::Opened { endpoint, nonce } => self.opened(endpoint, nonce, turn),
            Input::Event(event) => self.event(event, turn),
            Input::Lost { code, reason } => self.lost(code, &reason, turn),
            Input::Command(command) => self.command(command, turn),
            Input::Tick => {}
        }
        self.answers.note(now.elapsed);
        self.watch_clock(turn);
        self.join_rooms(turn);
        self.ask_members(turn);
        self.ask_again(turn);
        self.ask_older(turn);
        self.ask_page(turn);
        self.send_waiting(turn);
    }

    /// When [`Input::Tick`] is due, on the clock of [`Now::elapsed`].
    pub fn deadline(&self) -> Option<Duration> {
        if !self.is_online() {
            return self.link_deadline();
        }
        let rooms = self.rooms.values().filter_map(|room| {
            let members = self.members_due(room);
            room.join_again.into_iter().chain(members).min()
        });
        let held = self.outbox.held_until.max(self.outbox.paced);
        let put_off = self.put_off.deadline().filter(|_| !self.answers.is_full());
        rooms
            .chain(held)
            .chain(put_off)
            .chain(self.link_deadline())
            .min()
    }

    /// How the connection is.
    pub const fn link(&self) -> &Link {
        &self.link
    }

    /// The nick of the person: as the server told it last, else the wished one.
    pub fn nick(&self) -> Option<&str> {
        let wished = self.wanted_nick.as_ref().map(Nick::as_str);
        self.nick.as_deref().or(wished)
    }

    /// The person's id; a keyless one has none before the first welcome, and another one after each.
    pub const fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// The server's key: as remembered, or proven at the first visit.
    pub const fn server_key(&self) -> Option<PublicKey> {
        self.known_server_key
    }

    /// What the server holds its clients to; the contract's defaults before its greeting.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A room that the session is in or comes back to.
    pub fn room(&self, room: &Address) -> Option<&Room> {
        self.rooms.get(room)
    }

    /// All of them, in the order of their addresses.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.values()
    }

    /// What was said in a room and has not come back as a message, in order.
    pub fn pending(&self, room: &Address) -> impl Iterator<Item = &Pending> {
        let last = self.rooms.get(room).and_then(|room| room.last);
        let queue = self.outbox.queues.get(room);
        queue.into_iter().flat_map(move |queue| queue.pending(last))
    }

    /// Everything in the outbox, whatever became of it.
    #[cfg(any(test, feature = "fuzzing"))]
    pub fn kept(&self) -> BTreeSet<super::LocalId> {
        let queues = self.outbox.queues.values();
        let entries = queues.flat_map(|queue| &queue.entries);
        entries.map(|entry| entry.pending.local).collect()
    }

    /// How much was said that is neither stored nor failed.
    pub fn unsent(&self) -> usize {
        self.outbox.unsent()
    }

    /// Until when nothing is sent, because the server asked to wait.
    pub const fn held_until(&self) -> Option<Duration> {
        self.outbox.held_until
    }

    /// Whether everything said is stored and can no longer be lost; what failed is left out.
    pub fn all_stable(&self) -> bool {
        self.outbox.all_stable()
    }

    fn event(&mut self, event: Event, turn: &mut Turn<'_>) {
        if let Some(breach) = breach(&event) {
            self.break_off(breach, turn);
            return;
        }
        if !self.is_online() {
            self.introduction_event(event, turn);
            return;
        }
        match event {
            Event::Joined(joined) => self.joined(joined, turn),
            Event::Members(members) => self.members(members, turn),
            Event::History(history) => self.history(history, turn),
            Event::Message(message) => self.message(message, turn),
            Event::Gap(gap) => self.gap(&gap, turn),
            Event::Presence(presence) => self.presence(presence, turn),
            Event::Ack(ack) => self.acked(&ack, turn),
            Event::Done(done) => self.done(done.reference, turn),
            Event::Nick(changed) => self.nick_changed(changed, turn),
            Event::Opened(opened) => self.conversation_opened(opened, turn),
            Event::Conversation(conversation) => self.conversation_told(conversation, turn),
            Event::Conversations(page) => self.conversations(page, turn),
            Event::Rooms(page) => self.rooms_page(page, turn),
            Event::Heartbeat(heartbeat) => self.heartbeat(&heartbeat, turn),
            Event::Error(refusal) => self.refused(refusal, turn),
            Event::Found(found) => self.found(found, turn),
            Event::Greeting(_) | Event::Welcome(_) | Event::Unknown => {}
        }
    }

    fn command(&mut self, command: Command, turn: &mut Turn<'_>) {
        match command {
            Command::Connect => self.connect(turn),
            Command::Nick(nick) => self.take_nick(nick, turn),
            Command::Join { room, last } => self.join(room, last, turn),
            Command::Leave { room } => self.leave(room, turn),
            Command::Say {
                room,
                kind,
                text,
                reply_to,
            } => {
                let body = Body::Text {
                    kind,
                    text,
                    reply_to,
                };
                self.say(room, body, turn);
            }
            Command::SayAll { room, texts } => self.say_all(room, texts, turn),
            Command::Topic { room, text } => self.say(room, Body::Topic(text), turn),
            Command::Whisper { nick, text } => self.whisper(nick, text, turn),
            Command::Rooms => self.list_rooms(turn),
            Command::Members { room } => self.want_members(room, turn),
            Command::Older { room, before } => self.want_older(room, before, turn),
            Command::Page { room, edge } => self.want_page(room, edge, turn),
            Command::Search { wanted, next } => self.want_search(wanted, next, turn),
            Command::Quote { room, position } => self.want_quote(room, position, turn),
            Command::Again { local } => self.again(local, turn),
            Command::Discard { local } => self.discard(local, turn),
            Command::Quit => self.quit(turn),
        }
    }
}
