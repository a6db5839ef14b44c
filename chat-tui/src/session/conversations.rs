//! Direct conversations: opening one, and joining those that the server tells of so that direct messages arrive.

use protocol::error::ErrorCode;
use protocol::event::{Conversation, Conversations as Page, Opened};
use protocol::limits::JOIN_MESSAGES;
use protocol::names::{MessageText, Nick};
use protocol::position::PersonId;
use protocol::request::{Conversations, Open, Request};

use super::answers::Asked;
use super::rooms::Stage;
use super::turn::Turn;
use super::{Body, Command, News, Session};

/// Conversations of the server's list that are looked at; those behind them are told of when something new is said in them.
const LISTED_MAX: usize = 1_000;

/// Rooms that conversations leave free for those the person wants to enter.
const ROOMS_FREE: usize = 10;

impl Session {
    pub(super) fn whisper(&mut self, nick: Nick, text: Option<MessageText>, turn: &mut Turn<'_>) {
        if !self.is_online() {
            Self::refuse_offline(Command::Whisper { nick, text }, turn);
            return;
        }
        if self.answers.is_full() || self.outbox.is_full() {
            let sentence = "too much waits for its answer already; try again later";
            let command = Command::Whisper { nick, text };
            turn.refuse_with(command, ErrorCode::RateLimited, sentence);
            return;
        }
        self.open(nick, text.map(Self::direct_body), turn);
    }

    /// Asks for the conversation with who holds a nick, to say something there if there is something.
    pub(super) fn open(&mut self, nick: Nick, body: Option<Body>, turn: &mut Turn<'_>) {
        let asked = Asked::Open(nick.clone(), body);
        let reference = Some(self.answers.ask(asked, turn.elapsed()));
        turn.transmit(Request::Open(Open { reference, nick }));
    }

    pub(super) fn conversation_opened(&mut self, opened: Opened, turn: &mut Turn<'_>) {
        let Some(Asked::Open(nick, body)) = self.answers.get(opened.reference).cloned() else {
            return;
        };
        self.answers.take(opened.reference);
        let address = opened.room.clone();
        let fits = self.person.and_then(|me| address.pair()?.other(me)) == Some(opened.person);
        if !fits {
            if let Some(command) = Asked::Open(nick, body).into_command() {
                let sentence = "the server opened another conversation than was asked for";
                turn.refuse_with(command, ErrorCode::Unknown, sentence);
            }
            return;
        }
        if !self.rooms.contains_key(&address) && self.rooms.len() >= self.rooms_max() {
            if let Some(command) = Asked::Open(nick, body).into_command() {
                let sentence = "you are in as many rooms as the server allows; leave one first";
                turn.refuse_with(command, ErrorCode::TooManyRooms, sentence);
            }
            return;
        }
        self.join(address.clone(), JOIN_MESSAGES, turn);
        if let Some(room) = self.rooms.get_mut(&address) {
            room.nick = Some(opened.nick.clone());
        }
        turn.tell(News::Opened {
            room: opened.room,
            person: opened.person,
            nick: opened.nick,
        });
        if let Some(body) = body {
            self.queue(address, body, turn);
        }
    }

    /// Something new is in a conversation that is not joined.
    pub(super) fn conversation_told(&mut self, told: Conversation, turn: &mut Turn<'_>) {
        self.left.remove(&told.room);
        let (address, head) = (told.room.clone(), told.head);
        let is_new = !self.rooms.contains_key(&address);
        self.meet(told, turn);
        if let Some(room) = self.rooms.get_mut(&address).filter(|_| is_new) {
            room.told_from = Some(head);
        }
    }

    pub(super) fn conversations(&mut self, page: Page, turn: &mut Turn<'_>) {
        if let Some(Asked::Conversations) = self.answers.get(page.reference) {
            self.answers.take(page.reference);
        }
        let before = self.listed.last().map(|c| c.room.clone());
        let free = LISTED_MAX.saturating_sub(self.listed.len());
        self.listed
            .extend(page.conversations.into_iter().take(free));
        let last = self.listed.last().map(|c| c.room.clone());
        // A page that leads nowhere ends the list, or it would be asked for without end.
        if page.more && last > before && self.listed.len() < LISTED_MAX && !self.answers.is_full() {
            let reference = Some(self.answers.ask(Asked::Conversations, turn.elapsed()));
            turn.transmit(Request::Conversations(Conversations {
                reference,
                after: last,
            }));
        } else {
            self.conversations_listed(turn);
        }
    }

    /// Joins the listed conversations as far as there is room, those with most messages first, as a head tells no time.
    pub(super) fn conversations_listed(&mut self, turn: &mut Turn<'_>) {
        let mut listed = std::mem::take(&mut self.listed);
        listed.sort_by_key(|conversation| std::cmp::Reverse(conversation.head.n));
        for conversation in listed {
            if !self.left.contains(&conversation.room) {
                self.meet(conversation, turn);
            }
        }
    }

    fn meet(&mut self, told: Conversation, turn: &mut Turn<'_>) {
        let other = self.person.and_then(|me| told.room.pair()?.other(me));
        if other != Some(told.person) {
            return;
        }
        // A server that does not know the nick tells an empty one.
        let nick = Some(told.nick.clone()).filter(|nick| !nick.is_empty());
        if let Some(room) = self.rooms.get_mut(&told.room) {
            room.nick = nick.or_else(|| room.nick.take());
        } else if self.rooms.len() < self.rooms_max().saturating_sub(ROOMS_FREE) {
            let address = told.room;
            self.add_room(address.clone(), JOIN_MESSAGES, false);
            if let Some(room) = self.rooms.get_mut(&address) {
                room.nick = nick;
            }
        } else {
            turn.tell(News::Conversation(told));
        }
    }

    /// Fills in whom each conversation is with.
    pub(super) fn name_others(&mut self) {
        let Some(me) = self.person else { return };
        for room in self.rooms.values_mut() {
            room.other = room.address.pair().and_then(|pair| pair.other(me));
        }
    }

    /// Gives a person's conversation the nick of now.
    pub(super) fn rename_other(&mut self, person: PersonId, nick: &str) {
        for room in self.rooms.values_mut() {
            if room.other == Some(person) {
                room.nick = Some(nick.to_owned());
            }
        }
    }
}

impl super::Room {
    /// Lets a refused room be tried once more.
    pub(super) fn retry(&mut self) {
        if self.stage == Stage::Refused {
            self.stage = Stage::Outside;
        }
    }
}
