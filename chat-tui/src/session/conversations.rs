//! Direct conversations: opening one, and joining those that the server tells of so that direct messages arrive.

use protocol::error::ErrorCode;
use protocol::event::{Conversation, Conversations as Page, Former, Opened};
use protocol::limits::JOIN_MESSAGES;
use protocol::names::{MessageText, Nick};
use protocol::position::{Address, Pair, PersonId};
use protocol::request::{Conversations, Open, Request};

use super::answers::Asked;
use super::rooms::{Held, Stage};
use super::turn::Turn;
use super::{Body, Command, News, Session};

/// Conversations of the server's list that are looked at; those behind them are told of when something new is said in them.
const LISTED_MAX: usize = 1_000;

/// Persons of whom it is known that there is a conversation with them; at it every one counts as such.
const TALKED_MAX: usize = 4_096;

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
        let withheld = body.is_some() && self.is_mistaken(&nick, &address, opened.former);
        self.join(address.clone(), JOIN_MESSAGES, turn);
        if let Some(room) = self.rooms.get_mut(&address) {
            room.nick = Some(opened.nick.clone());
            room.nick_held = Held::ByThem;
        }
        turn.tell(News::Opened {
            room: opened.room,
            person: opened.person,
            nick: opened.nick,
        });
        self.came_after(&address, nick.as_str(), opened.former, turn);
        if self.talked.len() < TALKED_MAX {
            self.talked.insert(opened.person);
        }
        match (body, opened.former) {
            (Some(body), Some(former)) if withheld => {
                if let Some(command) = Asked::Open(nick, Some(body)).into_command() {
                    turn.tell(News::Withheld { command, former });
                }
            }
            (Some(body), _) => self.queue(address, body, turn),
            (None, _) => {}
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
        if self.talked.len() < TALKED_MAX {
            self.talked.insert(told.person);
        }
        let (address, former, passed_on) = (told.room.clone(), told.former, told.passed_on);
        let name = told.nick.clone();
        self.meet_named(told, turn);
        self.came_after(&address, &name, former, turn);
        if passed_on {
            self.passed_on(&address, turn);
        }
    }

    fn meet_named(&mut self, told: Conversation, turn: &mut Turn<'_>) {
        // A server that does not know the nick tells an empty one.
        let nick = Some(told.nick.clone()).filter(|nick| !nick.is_empty());
        if let Some(room) = self.rooms.get_mut(&told.room) {
            if nick.is_some() && room.nick != nick {
                room.nick_held = Held::ByThem;
                room.nick = nick;
            }
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
                room.nick_held = Held::ByThem;
            }
        }
    }

    /// Whether a text to this nick may be meant for another person: for the one who had it before, with whom there is a conversation.
    /// Not where the person was told of that already, or knows the one of now by this nick.
    fn is_mistaken(&self, nick: &Nick, address: &Address, former: Option<Former>) -> bool {
        let Some(former) = former else { return false };
        let talked = self.talked.contains(&former.person) || self.talked.len() >= TALKED_MAX;
        let room = self.rooms.get(address);
        let is_told = room.and_then(|room| room.former) == Some(former);
        let known = room.and_then(|room| Nick::new(room.nick.as_deref()?).ok());
        let is_known = known.is_some_and(|known| known.skeleton() == nick.skeleton());
        talked && !is_told && !is_known
    }

    /// The other of a conversation has a nick that was another person's before.
    fn came_after(
        &mut self,
        address: &Address,
        nick: &str,
        former: Option<Former>,
        turn: &mut Turn<'_>,
    ) {
        let Some(former) = former else { return };
        if let Some(room) = self.rooms.get_mut(address)
            && room.former.replace(former) != Some(former)
        {
            turn.tell(News::Formerly {
                room: address.clone(),
                nick: nick.to_owned(),
                former,
            });
        }
        self.left_behind(former, turn);
    }

    /// Somebody has the nick of this person now; a conversation with them stays theirs.
    pub(super) fn left_behind(&mut self, former: Former, turn: &mut Turn<'_>) {
        let pair = self.person.and_then(|me| Pair::new(me, former.person));
        if let Some(pair) = pair {
            self.passed_on(&Address::Direct(pair), turn);
        }
    }

    fn passed_on(&mut self, address: &Address, turn: &mut Turn<'_>) {
        if let Some(room) = self.rooms.get_mut(address)
            && std::mem::replace(&mut room.nick_held, Held::BySomebodyElse) == Held::ByThem
        {
            let room = address.clone();
            turn.tell(News::PassedOn { room });
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
