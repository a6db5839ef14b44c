//! What of the session's news is printed, and what it means for the run.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Change, Former, Message, RoomInfo, What};
use protocol::identity::PublicKey;
use protocol::position::Position;

use super::backlog::Backlog;
use super::{Act, Plan, Turn};
use crate::session::{Command, LocalId, News, Wanted};
use crate::shell::line_mode::format::{Event, after_another};

impl Plan {
    pub(super) fn news(&mut self, news: News, with: Option<String>, turn: &mut Turn<'_>) {
        match news {
            News::Link => self.link(turn),
            News::Entered { room, .. } if room == self.room => self.entered(turn),
            News::Message { message, local, .. } => self.message(message, local, with, turn),
            News::CaughtUp { room, more } if room == self.room => {
                self.page(|backlog| backlog.caught_up(more), turn);
            }
            News::CaughtUp { room, .. } => {
                self.past_conversations.remove(&room);
            }
            News::Older {
                room,
                messages,
                more,
            } if room == self.room => {
                self.older(messages, more, turn);
            }
            News::Forked { room, kept } if room == self.room => {
                let event = Event::Forked {
                    kept,
                    room,
                    time: turn.now.unix_ms,
                };
                self.backlog.forked(event, turn.acts);
            }
            News::Gap { room, from, to } if room == self.room => {
                let event = Event::Gap {
                    room,
                    from,
                    to,
                    time: turn.now.unix_ms,
                };
                self.backlog.take(event, turn.acts);
            }
            News::Presence { room, change } if room == self.room => self.presence(change, turn),
            News::Failed { local, refusal, .. } => self.failed(local, &refusal, turn),
            News::Refused { command, refusal } => self.refused(&command, &refusal, turn),
            News::FirstVisit { key } => first_visit(&key, turn),
            News::Nick { nick, former } => self.renamed(&nick, former, turn),
            News::Formerly { nick, former, .. } => {
                turn.note(format!(
                    "you talk with {nick}{}",
                    after_another(former.until)
                ));
            }
            News::Withheld { command, former } => self.withheld(&command, former, turn),
            News::Rooms(rooms) => self.rooms(&rooms, turn),
            News::Found {
                wanted,
                messages,
                next,
            } => self.found(&wanted, messages, next, turn),
            News::Welcome { .. } => self.welcomed(turn),
            News::Entered { .. }
            | News::Departed { .. }
            | News::Older { .. }
            | News::Page { .. }
            | News::Quoted { .. }
            | News::Forked { .. }
            | News::Gap { .. }
            | News::Presence { .. }
            | News::Members { .. }
            | News::Topic { .. }
            | News::Outbox { .. }
            | News::Opened { .. }
            | News::PassedOn { .. }
            | News::Conversation(_) => {}
        }
    }

    fn rooms(&mut self, rooms: &[RoomInfo], turn: &mut Turn<'_>) {
        for room in rooms {
            turn.note(format!("{} ({}) {}", room.room, room.members, room.topic));
        }
        self.done(|command| matches!(command, Command::Rooms));
    }

    /// What a search found, the oldest first as everything else.
    fn found(
        &mut self,
        wanted: &Wanted,
        messages: Vec<Message>,
        next: Option<u64>,
        turn: &mut Turn<'_>,
    ) {
        let text = wanted.text.as_str();
        let count = messages.len();
        for message in messages.into_iter().rev() {
            let own = turn.facts.person == Some(message.id.person);
            turn.acts.push(Act::Print(Event::Found { message, own }));
        }
        let note = match (count, next) {
            (0, None) => format!("nothing found for {text}; try a shorter word"),
            (_, None) => format!("{count} found for {text}"),
            (_, Some(_)) => {
                format!("the newest {count} found for {text}; one more word narrows it")
            }
        };
        turn.note(note);
        self.done(
            |command| matches!(command, Command::Search { wanted: asked, .. } if asked == wanted),
        );
    }

    fn renamed(&mut self, nick: &str, former: Option<Former>, turn: &mut Turn<'_>) {
        self.done(|command| matches!(command, Command::Nick(_)));
        let after = former.map(|former| after_another(former.until));
        turn.note(format!("you are {nick} now{}", after.unwrap_or_default()));
    }

    fn withheld(&mut self, command: &Command, former: Former, turn: &mut Turn<'_>) {
        let sentence = format!(
            "it was not sent, since the nick came to somebody else{}; say it again to say it to them",
            after_another(former.until)
        );
        let refusal = Refusal::new(ErrorCode::NotAllowed, sentence);
        self.refused(command, &refusal, turn);
    }

    fn welcomed(&self, turn: &mut Turn<'_>) {
        if let Some(server) = &self.settings.exposed_to {
            turn.note(format!(
                "not encrypted: whoever is on the way to {server} can read and change what is said; use wss:// where the server has it"
            ));
        }
    }

    fn message(
        &mut self,
        message: Message,
        local: Option<LocalId>,
        with: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        if local.is_none() && self.past_conversations.contains(&message.room) {
            return;
        }
        let own = local.is_some() || turn.facts.person == Some(message.id.person);
        let event = Event::Message { message, own, with };
        self.backlog.take(event, turn.acts);
    }

    fn older(&mut self, messages: Vec<Message>, more: bool, turn: &mut Turn<'_>) {
        let person = turn.facts.person;
        let events = messages.into_iter().map(|message| Event::Message {
            own: person == Some(message.id.person),
            message,
            with: None,
        });
        let events = events.collect();
        self.page(|backlog| backlog.older(events, more), turn);
    }

    fn entered(&mut self, turn: &mut Turn<'_>) {
        self.outage = None;
        let first = self.backlog.entered(turn.facts.head);
        if first {
            turn.acts.push(Act::Print(Event::Joined {
                room: self.room.clone(),
                head: turn.facts.head,
                nick: turn.facts.nick.clone(),
                time: turn.now.unix_ms,
            }));
        }
        let again = if first { "" } else { " again" };
        turn.note(format!(
            "connected{again}: in {} as {}",
            self.room, turn.facts.nick
        ));
    }

    /// Lets the backlog take something, and asks for the page that it wants then.
    pub(super) fn page(
        &mut self,
        take: impl FnOnce(&mut Backlog) -> Option<Position>,
        turn: &mut Turn<'_>,
    ) {
        if let Some(before) = take(&mut self.backlog) {
            turn.command(Command::Older {
                room: self.room.clone(),
                before,
            });
        }
        self.backlog.release(turn.acts);
    }

    pub(super) fn presence(&mut self, change: Change, turn: &mut Turn<'_>) {
        if change.what == What::Unknown {
            return;
        }
        let event = Event::Member {
            room: self.room.clone(),
            what: change.what,
            own: turn.facts.person == Some(change.person),
            nick: change.nick,
            was: change.was,
            former_until: change.former.map(|former| former.until),
            time: turn.now.unix_ms,
        };
        self.backlog.take(event, turn.acts);
    }
}

fn first_visit(key: &PublicKey, turn: &mut Turn<'_>) {
    turn.note(format!(
        "the server's key is new here and remembered from now on: {}; compare it with what whoever runs the server tells you",
        key.fingerprint()
    ));
}
