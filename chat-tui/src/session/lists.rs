//! Lists that come in pages: the server's rooms, a room's members, older messages. Each is asked for once at a time.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{History, Members, Message, Presence, RoomInfo, Rooms as RoomsPage, What};
use protocol::names::RoomName;
use protocol::position::{Address, Position};
use protocol::request::{self, Request};

use super::answers::Asked;
use super::members::Next;
use super::pages::Pages;
use super::rooms::Room;
use super::turn::Turn;
use super::{Command, News, Session};

/// Rooms of the server's list that are taken in; the list ends there.
const ROOMS_LISTED_MAX: usize = 10_000;

/// Messages of one page of older ones, whatever more the server sends; what is beyond makes the page worthless.
const OLDER_KEPT_MAX: usize = 1_000;

/// Time between two requests for a room's member list, unless the person asks.
const MEMBERS_WAIT: Duration = Duration::from_secs(2);

/// Lists under way.
#[derive(Debug, Default)]
pub(super) struct Lists {
    rooms: Vec<RoomInfo>,
    /// Pages that wait for the one under way; one a room.
    older_waiting: VecDeque<(Address, Position)>,
    older: Vec<Message>,
    pub(super) pages: Pages,
}

impl Lists {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Session {
    pub(super) fn list_rooms(&mut self, turn: &mut Turn<'_>) {
        if !self.is_online() {
            Self::refuse_offline(Command::Rooms, turn);
        } else if !self.answers.any(|asked| *asked == Asked::Rooms)
            && !self.put_off.any(|asked| *asked == Asked::Rooms)
        {
            self.lists.rooms.clear();
            self.ask_rooms(None, turn);
        }
    }

    fn ask_rooms(&mut self, after: Option<RoomName>, turn: &mut Turn<'_>) {
        let reference = Some(self.answers.ask(Asked::Rooms, turn.elapsed()));
        turn.transmit(Request::Rooms(request::Rooms { reference, after }));
    }

    /// Asks for the page behind the last one that came.
    pub(super) fn go_on_with_rooms(&mut self, turn: &mut Turn<'_>) {
        let last = self.lists.rooms.last().map(|info| info.room.clone());
        let after = last.and_then(|last| match last {
            Address::Room(name) => Some(name),
            Address::Direct(_) => None,
        });
        self.ask_rooms(after, turn);
    }

    pub(super) fn rooms_page(&mut self, page: RoomsPage, turn: &mut Turn<'_>) {
        if self.answers.get(page.reference) != Some(&Asked::Rooms) {
            return;
        }
        self.answers.take(page.reference);
        let rooms = &mut self.lists.rooms;
        let before = rooms.last().map(|info| info.room.clone());
        let free = ROOMS_LISTED_MAX.saturating_sub(rooms.len());
        rooms.extend(page.rooms.into_iter().take(free));
        let last = rooms.last().map(|info| info.room.clone());
        let moved_on = last > before && rooms.len() < ROOMS_LISTED_MAX;
        match last {
            Some(Address::Room(last)) if page.more && moved_on => self.ask_rooms(Some(last), turn),
            Some(_) | None => turn.tell(News::Rooms(std::mem::take(&mut self.lists.rooms))),
        }
    }

    pub(super) fn want_older(&mut self, room: Address, before: Position, turn: &mut Turn<'_>) {
        let joined = self.rooms.get(&room).is_some_and(Room::joined);
        if !joined {
            let sentence = "older messages come once the room is entered again";
            let command = Command::Older { room, before };
            turn.refuse_with(command, ErrorCode::NotJoined, sentence);
            return;
        }
        let is_here = |asked: &Asked| matches!(asked, Asked::Older(r, _) if *r == room);
        let waits = self.lists.older_waiting.iter().any(|(r, _)| *r == room);
        if !waits && !self.answers.any(is_here) && !self.put_off.any(is_here) {
            self.lists.older_waiting.push_back((room, before));
        }
    }

    pub(super) fn ask_older(&mut self, turn: &mut Turn<'_>) {
        let is_older = |asked: &Asked| matches!(asked, Asked::Older(..));
        if self.lists.older_waiting.is_empty() || self.answers.any(is_older) {
            return;
        }
        if let Some((room, before)) = self.lists.older_waiting.pop_front() {
            self.lists.older.clear();
            let asked = Asked::Older(room.clone(), before);
            turn.transmit(Request::History(request::History {
                reference: Some(self.answers.ask(asked, turn.elapsed())),
                room,
                before: Some(before),
                after: None,
                limit: None,
            }));
        }
    }

    /// The page of messages before this position is wanted still.
    pub(super) fn older_again(&mut self, room: Address, before: Position) {
        self.lists.older_waiting.push_front((room, before));
    }

    pub(super) fn older_part(&mut self, mut part: History, turn: &mut Turn<'_>) {
        if self.quote_part(&mut part, turn) {
            return;
        }
        let Some(Asked::Older(room, before)) = self.answers.get(part.reference).cloned() else {
            self.page_part(part, turn);
            return;
        };
        let older = &mut self.lists.older;
        let mut fits = room == part.room && older.len() + part.messages.len() <= OLDER_KEPT_MAX;
        for message in part.messages {
            let last = older.last().map(|message| message.position);
            let rises =
                last.is_none_or(|last| last.n < message.position.n && last < message.position);
            fits &= rises && message.room == room && message.position.n < before.n;
            if fits {
                older.push(message);
            }
        }
        if !fits {
            self.answers.take(part.reference);
            self.lists.older.clear();
            let sentence = "the server's page of older messages does not fit the question";
            let refusal = Refusal::new(ErrorCode::Unknown, sentence);
            turn.refuse(Command::Older { room, before }, refusal);
        } else if part.done {
            self.answers.take(part.reference);
            let messages = std::mem::take(&mut self.lists.older);
            let more = part.more;
            turn.tell(News::Older {
                room,
                messages,
                more,
            });
        } else {
            self.answers.touch();
        }
    }

    pub(super) fn want_members(&mut self, address: Address, turn: &mut Turn<'_>) {
        if let Some(room) = self.rooms.get_mut(&address).filter(|room| room.joined()) {
            room.members.want();
            room.members_again = Duration::ZERO;
        } else {
            let command = Command::Members { room: address };
            let sentence = "the members are known once the room is entered";
            turn.refuse_with(command, ErrorCode::NotJoined, sentence);
        }
    }

    /// When a room's member list is to be asked for again, where it is.
    pub(super) fn members_due(&self, room: &Room) -> Option<Duration> {
        let small = room.members.count() <= self.limits.members_told;
        let stale = room.members.wants_list() && small;
        let due = room.live() && (stale || room.members.is_wanted()) && !self.answers.is_full();
        due.then_some(room.members_again)
    }

    pub(super) fn ask_members(&mut self, turn: &mut Turn<'_>) {
        if !self.is_online() {
            return;
        }
        let now = turn.elapsed();
        let due = |room: &&Room| self.members_due(room).is_some_and(|at| at <= now);
        let due: Vec<_> = self
            .rooms
            .values()
            .filter(due)
            .map(|room| room.address.clone())
            .collect();
        for address in due {
            let reference = self.answers.ask(Asked::Members(address.clone()), now);
            if let Some(room) = self.rooms.get_mut(&address) {
                room.members.gather(reference);
                room.members_again = now.saturating_add(MEMBERS_WAIT);
            }
            turn.transmit(Request::Members(request::Members {
                reference: Some(reference),
                room: address,
                after: None,
            }));
        }
    }

    pub(super) fn members(&mut self, part: Members, turn: &mut Turn<'_>) {
        for former in part.members.iter().filter_map(|member| member.former) {
            self.left_behind(former, turn);
        }
        let (address, reference) = (part.room.clone(), part.reference);
        let Some(room) = self.rooms.get_mut(&address).filter(|room| room.joined()) else {
            return;
        };
        let next = room.members.part(part, reference);
        match next {
            Next::Ignored => return,
            Next::Part => {
                self.answers.touch();
                return;
            }
            Next::Page(_) | Next::Done => {}
        }
        if let Some(Asked::Members(_)) = self.answers.get(reference) {
            self.answers.take(reference);
        }
        if let Next::Page(after) = next {
            let asked = Asked::Members(address.clone());
            let reference = self.answers.ask(asked, turn.elapsed());
            room.members.go_on(reference);
            turn.transmit(Request::Members(request::Members {
                reference: Some(reference),
                room: address,
                after: Some(after),
            }));
        } else {
            turn.tell(News::Members { room: address });
        }
    }

    pub(super) fn presence(&mut self, presence: Presence, turn: &mut Turn<'_>) {
        let room = presence.room.clone();
        let Some(known) = self.rooms.get_mut(&room).filter(|room| room.joined()) else {
            return;
        };
        if !known.members.presence(&presence) {
            return;
        }
        turn.tell(News::Members { room: room.clone() });
        for change in presence.changes {
            if matches!(change.what, What::Joined | What::Back | What::Renamed) {
                self.rename_other(change.person, &change.nick);
                if let Some(former) = change.former {
                    self.left_behind(former, turn);
                }
            }
            let room = room.clone();
            turn.tell(News::Presence { room, change });
        }
    }

    /// A request was refused.
    pub(super) fn refused(&mut self, refusal: Refusal, turn: &mut Turn<'_>) {
        let Some(asked) = self.answers.take(refusal.reference) else {
            return;
        };
        match asked {
            Asked::Join(room) => self.join_refused(&room, refusal, turn),
            Asked::Leave(room) => self.left_room(&room, turn),
            Asked::Send(room, local) => self.send_refused(room, local, &refusal, turn),
            Asked::Nick(nick) => turn.refuse(Command::Nick(nick), refusal),
            Asked::Conversations => self.conversations_listed(turn),
            Asked::Members(room) => {
                let later = matches!(
                    refusal.code,
                    ErrorCode::RateLimited | ErrorCode::Unavailable
                );
                if let Some(known) = self.rooms.get_mut(&room) {
                    known.members.give_up(later);
                }
                if !later {
                    turn.refuse(Command::Members { room }, refusal);
                }
            }
            Asked::Open(..)
            | Asked::Rooms
            | Asked::Older(..)
            | Asked::Page(..)
            | Asked::Search(..)
            | Asked::Quote(..) => {
                if self.put_off(&asked, &refusal, turn) {
                    return;
                }
                if let Some(command) = asked.into_command() {
                    turn.refuse(command, refusal);
                }
            }
        }
    }
}
