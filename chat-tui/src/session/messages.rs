//! Messages as they come in: each position once, in rising order, and nothing skipped in silence.
//!
//! A message that does not follow the last one is not taken in. The connection is given up instead, and the next one goes on from
//! the last good position; so neither a hole nor a lie of the server gets into what is shown.

use protocol::event::{Gap, Heartbeat, History, Kind, Message, Topic};
use protocol::position::{Address, Anchor, Position};

use super::rooms::{Room, Stage};
use super::turn::Turn;
use super::{News, Session};

/// How a message stands to those before it.
#[derive(Debug, PartialEq, Eq)]
enum Follows {
    Yes,
    /// It is the last one once more.
    Again,
    No,
}

impl Session {
    pub(super) fn message(&mut self, message: Message, turn: &mut Turn<'_>) {
        if self.rooms.get(&message.room).is_some_and(Room::joined) {
            self.take_in(message, false, turn);
        }
    }

    pub(super) fn history(&mut self, history: History, turn: &mut Turn<'_>) {
        let catching_up = self.rooms.get(&history.room).is_some_and(|room| {
            matches!(room.stage, Stage::CatchingUp(join) if history.reference.is_none_or(|r| r == join))
        });
        if !catching_up {
            self.older_part(history, turn);
            return;
        }
        let address = history.room.clone();
        for message in history.messages {
            if message.room != address {
                self.break_off("the server mixed the messages of two rooms", turn);
                return;
            }
            if !self.take_in(message, true, turn) {
                return;
            }
        }
        if history.done
            && let Some(room) = self.rooms.get_mut(&address)
        {
            room.stage = Stage::Live;
            room.hidden_to = None;
            room.told_from = None;
            turn.tell(News::CaughtUp {
                room: address,
                more: history.more,
            });
        }
    }

    /// Takes in a message. False where the connection was given up over it.
    fn take_in(&mut self, message: Message, missed: bool, turn: &mut Turn<'_>) -> bool {
        let Some(room) = self.rooms.get_mut(&message.room) else {
            return true;
        };
        match room.follows(&message) {
            Follows::Yes => {}
            Follows::Again => return true,
            Follows::No => {
                self.break_off("the server's messages do not follow one another", turn);
                return false;
            }
        }
        room.anchor = Some(Anchor {
            position: message.position,
            id: Some(message.id),
        });
        room.last = Some(message.position);
        let missed = missed && room.told_from.is_none_or(|from| message.position < from);
        room.head = room.head.max(message.position);
        if !missed && room.other == Some(message.id.person) {
            room.nick = Some(message.nick.clone());
        }
        let hidden = room.hidden_to.is_some_and(|to| message.position <= to);
        let topic_changed = room.take_topic(&message);
        let topic = room.topic.clone().filter(|_| topic_changed);
        let (last, stable) = (room.last, room.stable);
        let address = message.room.clone();
        let mut local = None;
        if let (Some(person), Some(queue)) = (self.person, self.outbox.queue(&address)) {
            local = queue.echo(person, self.settings.device, &message);
            queue.settle_if(turn, |position, entry| {
                Some(entry) == local && position.era == stable.era && position <= stable
            });
            queue.drop_done(last);
        }
        if !hidden {
            turn.tell(News::Message {
                message,
                missed,
                local,
            });
        }
        if local.is_some() {
            let room = address.clone();
            turn.tell(News::Outbox { room });
        }
        if topic_changed {
            turn.tell(News::Topic {
                room: address,
                topic,
            });
        }
        true
    }

    pub(super) fn gap(&mut self, gap: &Gap, turn: &mut Turn<'_>) {
        let Some(room) = self.rooms.get_mut(&gap.room).filter(|room| room.joined()) else {
            return;
        };
        let follows = room
            .last
            .map_or(gap.from.n > 0, |last| is_next(last, gap.from));
        if !follows || gap.to < gap.from || gap.to.n < gap.from.n {
            self.break_off("the server's gap does not follow its messages", turn);
            return;
        }
        room.last = Some(gap.to);
        room.head = room.head.max(gap.to);
        // After a disconnect right behind it the same gap comes again.
        if room.gap_told.is_none_or(|told| told < gap.to) {
            room.gap_told = Some(gap.to);
            turn.tell(News::Gap {
                room: gap.room.clone(),
                from: gap.from,
                to: gap.to,
            });
        }
    }

    pub(super) fn heartbeat(&mut self, heartbeat: &Heartbeat, turn: &mut Turn<'_>) {
        for stable in &heartbeat.stable {
            self.became_stable(&stable.room, stable.position, turn);
        }
    }

    pub(super) fn became_stable(&mut self, room: &Address, stable: Position, turn: &mut Turn<'_>) {
        let Some(known) = self.rooms.get_mut(room).filter(|room| room.joined()) else {
            return;
        };
        known.stable = known.stable.max(stable);
        let last = known.last;
        if let Some(queue) = self.outbox.queue(room) {
            queue.stable(stable, turn);
            queue.drop_done(last);
        }
    }
}

impl Room {
    fn follows(&self, message: &Message) -> Follows {
        let position = message.position;
        // What was said to be gone does not come after all.
        if self.gap_told.is_some_and(|told| position <= told) {
            return Follows::No;
        }
        match self.last {
            None if position.n > 0 => Follows::Yes,
            Some(last) if is_next(last, position) => Follows::Yes,
            Some(last) if last == position => {
                let same = self
                    .anchor
                    .is_some_and(|anchor| anchor.id == Some(message.id));
                if same { Follows::Again } else { Follows::No }
            }
            None | Some(_) => Follows::No,
        }
    }

    /// Takes the topic that a message sets; those from before the join are in the join's answer already.
    fn take_topic(&mut self, message: &Message) -> bool {
        if message.kind != Kind::Topic || message.position <= self.joined_head {
            return false;
        }
        self.topic = (!message.text.is_empty()).then(|| Topic {
            text: message.text.clone(),
            nick: message.nick.clone(),
            time: message.time,
        });
        true
    }
}

/// Whether nothing can stand between the two.
fn is_next(last: Position, next: Position) -> bool {
    last.n.checked_add(1) == Some(next.n) && next.era >= last.era
}
