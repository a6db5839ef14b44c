//! Single messages, fetched because others answer them.

use protocol::error::ErrorCode;
use protocol::event::History;
use protocol::position::{Address, Position};
use protocol::request::{self, Request};

use super::answers::Asked;
use super::rooms::Room;
use super::turn::Turn;
use super::{Command, News, Session};

impl Session {
    pub(super) fn want_quote(&mut self, room: Address, position: Position, turn: &mut Turn<'_>) {
        let joined = self.rooms.get(&room).is_some_and(Room::joined);
        let Some(before) = position.n.checked_sub(1).filter(|_| joined) else {
            let sentence = "a message is given once its room is entered";
            let command = Command::Quote { room, position };
            return turn.refuse_with(command, ErrorCode::NotJoined, sentence);
        };
        if self.answers.is_full() {
            let command = Command::Quote { room, position };
            let sentence = "too many questions wait for their answers";
            return turn.refuse_with(command, ErrorCode::RateLimited, sentence);
        }
        let asked = Asked::Quote(room.clone(), position);
        turn.transmit(Request::History(request::History {
            reference: Some(self.answers.ask(asked, turn.elapsed())),
            room,
            before: None,
            after: Some(Position::new(position.era, before)),
            limit: Some(1),
        }));
    }

    /// Takes an answer in; a message that is not the one that was asked for counts as none. False where the answer is to something else.
    pub(super) fn quote_part(&mut self, part: &mut History, turn: &mut Turn<'_>) -> bool {
        let Some(Asked::Quote(room, position)) = self.answers.get(part.reference).cloned() else {
            return false;
        };
        let message = part.messages.pop();
        // A part without a message that does not end the answer says nothing yet.
        if message.is_none() && !part.done && part.room == room {
            self.answers.touch();
            return true;
        }
        self.answers.take(part.reference);
        let is_it = |message: &protocol::event::Message| {
            message.position == position && message.room == room
        };
        let message = message.filter(is_it);
        turn.tell(News::Quoted {
            room,
            position,
            message,
        });
        true
    }
}
