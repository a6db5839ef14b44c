//! What the session tells.

use protocol::error::{ErrorCode, HeldBy, Refusal};
use protocol::event::{Conversation, RoomInfo, Start};
use protocol::names::MessageText;
use protocol::position::{Address, Position};
use protocol::request::SendKind;

use super::Turn;
use super::send::as_typed;
use crate::model::past::Jump;
use crate::model::popup::{Popup, RoomRow};
use crate::model::tab::{Older, Stage};
use crate::model::timeline::Notice;
use crate::model::words::{Words, fill};
use crate::session::{Command, Link, News};
use crate::text::sanitized::Sanitized;

mod messages;
mod presence;

impl Turn<'_> {
    /// Takes news in; what one reads stays where it is.
    pub(super) fn news(&mut self, news: News) {
        let held = self.hold();
        self.take_news(news);
        self.release(&held);
    }

    fn take_news(&mut self, news: News) {
        match news {
            News::Link => self.link_changed(),
            News::FirstVisit { key } => self.model.first_visit = Some(key.fingerprint()),
            News::Welcome { .. } => self.welcomed(),
            News::Outbox { .. } | News::Topic { .. } => {}
            News::Nick { nick, former } => {
                let words = self.model.words();
                let nick = Sanitized::line(&nick);
                let after = former.map(|former| fill(words.after_another, &[&self.day(former)]));
                let now = fill(words.nick_now, &[nick.as_str()]);
                self.tell(&(now + &after.unwrap_or_default()));
            }
            News::Entered {
                room,
                start,
                welcome,
            } => self.entered(&room, start, welcome.as_deref()),
            News::Departed { room } => self.close(&room),
            News::Message {
                message,
                missed,
                local,
            } => self.message(&message, missed, local),
            News::CaughtUp { room, more } => self.caught_up(&room, more),
            News::Older {
                room,
                messages,
                more,
            } => self.older(&room, &messages, more),
            News::Page {
                room,
                edge,
                messages,
                more,
            } => self.page_came(&room, edge, &messages, more),
            News::Found {
                wanted,
                messages,
                next,
                since,
            } => self.found(&wanted, &messages, next, since),
            News::Quoted {
                room,
                position,
                message,
            } => self.quoted(&room, position, message.as_ref()),
            News::Forked { room, kept } => self.forked(&room, kept),
            News::Gap { room, from, to } => self.gap(&room, from, to),
            News::Presence { room, change } => self.presence(&room, &change),
            News::Members { room } => self.retitle(&room),
            News::Failed { room, refusal, .. } => self.failed(&room, &refusal),
            News::Opened { room, nick, .. } => self.opened(&room, &nick),
            News::Formerly { room, .. } | News::PassedOn { room } => {
                self.retitle(&room);
                self.tell_who(&room);
            }
            News::Withheld { command, former } => self.withheld(command, former),
            News::Conversation(conversation) => self.conversation(&conversation),
            News::Rooms(rooms) => self.rooms(&rooms),
            News::Refused { command, refusal } => self.refused(command, &refusal),
        }
    }

    fn link_changed(&mut self) {
        let is_lost = !self.is_online();
        if is_lost {
            for tab in &mut self.model.tabs {
                tab.older = Older::Idle;
            }
            self.pages_lost();
            if let Some(Popup::Rooms { rooms: None, .. }) = self.model.popup {
                self.model.popup = None;
            }
        }
        if self.model.form.is_some() {
            self.form_link();
        }
    }

    fn welcomed(&mut self) {
        self.form_welcomed();
        if self.model.exposed {
            let words = self.model.words();
            self.fail(&fill(words.exposed, &[&self.model.server]));
        }
    }

    fn entered(&mut self, room: &Address, start: Start, welcome: Option<&str>) {
        let is_new = !self.model.tabs.iter().any(|tab| tab.room == *room);
        let index = self.open(room);
        if is_new {
            self.tell_who(room);
        }
        let is_alone = self.model.tab().is_none();
        // In the first room that the person sees.
        let is_room = room.pair().is_none();
        let first_visit = self.model.first_visit.take_if(|_| is_room);
        let Some(tab) = self.model.tabs.get_mut(index) else {
            return;
        };
        // After a fork, which is told already, what comes is the last of the new history.
        tab.stage = if tab.stage.is_filled() && start != Start::Forked {
            Stage::CatchingUp
        } else {
            Stage::Filling
        };
        tab.older = Older::Idle;
        if let Some(key) = first_visit {
            tab.arrival.push(Notice::FirstVisit(key));
        }
        if let Some(welcome) = welcome {
            let welcome = Sanitized::line(welcome);
            tab.announce(Notice::Welcome(welcome));
        }
        // Conversations are entered by themselves; only what happens in one brings it to the front.
        tab.hidden = is_new && tab.is_direct();
        if !tab.hidden && is_alone {
            self.show(index);
        }
        self.form_entered(room);
    }

    fn failed(&mut self, room: &Address, refusal: &Refusal) {
        if self.model.is_active(room) {
            return;
        }
        let words = self.model.words();
        if let Some(name) = self.model.tab_of(room).map(|tab| tab.name()) {
            self.fail(&fill(words.failed_in, &[&name, &words.refusal(refusal)]));
        }
    }

    fn opened(&mut self, room: &Address, nick: &str) {
        let index = self.open(room);
        if let Some(tab) = self.model.tabs.get_mut(index) {
            tab.title = Sanitized::line(nick);
        }
        let mut lines = self.model.lines.iter();
        if !lines.any(|lines| lines.is_whispering) {
            return self.show(index);
        }
        if let Some(tab) = self.model.tabs.get_mut(index) {
            tab.hidden = false;
        }
    }

    fn conversation(&mut self, conversation: &Conversation) {
        let read = self.model.read.get(&conversation.room).copied();
        if read.is_some_and(|read| read < conversation.head) {
            let words = self.model.words();
            let nick = Sanitized::line(&conversation.nick);
            self.tell(&fill(words.wrote, &[nick.as_str()]));
        }
    }

    fn rooms(&mut self, rooms: &[RoomInfo]) {
        let rows = room_rows(rooms);
        if let Some(Popup::Rooms { rooms, chosen }) = &mut self.model.popup {
            *chosen = (*chosen).min(rows.len().saturating_sub(1));
            *rooms = Some(rows.clone());
        }
        self.model.known_rooms = rows;
        self.rank();
    }

    fn refused(&mut self, command: Command, refusal: &Refusal) {
        let words = self.model.words();
        let reason = Sanitized::line(&words.refusal(refusal));
        match command {
            Command::Join { room, .. } => self.not_entered(&room, reason),
            Command::Older { room, .. } => {
                if let Some(tab) = self.model.tab_of(&room) {
                    tab.older = Older::Failed;
                }
            }
            Command::Page { room, edge } => self.page_refused(&room, edge, reason.as_str()),
            Command::Search { wanted, .. } => self.not_found(&wanted, refusal),
            Command::Quote { room, position } => self.not_quoted(&room, position),
            Command::Nick(nick) => {
                let why = nick_refused(words, nick.as_str(), refusal);
                self.fail(&why);
                self.give_back(&format!("/nick {nick}"));
            }
            Command::Whisper { nick, text } => {
                self.fail(&fill(words.command_refused, &["/w", reason.as_str()]));
                let text = text.map(String::from).unwrap_or_default();
                self.give_back(&format!("/w {nick} {text}"));
            }
            Command::Topic { .. } => {
                self.fail(&fill(words.command_refused, &["/topic", reason.as_str()]));
            }
            // A room that the session knows nothing of, or no more.
            Command::Leave { room } if refusal.code == ErrorCode::NotJoined => self.close(&room),
            Command::Leave { .. } => {
                self.fail(&fill(words.command_refused, &["/leave", reason.as_str()]));
            }
            // The switcher has the rooms that are open and those told before.
            Command::Rooms if matches!(self.model.popup, Some(Popup::Switch(_))) => {}
            Command::Rooms => {
                self.model.popup = None;
                self.fail(&fill(words.command_refused, &["/rooms", reason.as_str()]));
            }
            Command::Say {
                room,
                kind,
                text,
                reply_to,
            } => {
                self.fail(&format!("! {reason}"));
                self.unsaid(&room, kind, &text, reply_to);
            }
            Command::SayAll { texts, .. } => {
                self.fail(&format!("! {reason}"));
                let texts: Vec<&str> = texts.iter().map(MessageText::as_str).collect();
                self.ask_about_paste(texts.join("\n"));
            }
            Command::Connect
            | Command::Members { .. }
            | Command::Again { .. }
            | Command::Discard { .. }
            | Command::Quit => self.fail(&format!("! {reason}")),
        }
    }

    fn not_entered(&mut self, room: &Address, reason: Sanitized) {
        if self.form_refuses_room(&reason) {
            return;
        }
        let is_wanted = |jump: &Jump| jump.room == *room;
        if self.model.jump.as_ref().is_some_and(is_wanted) {
            self.jump_failed(reason.as_str());
        }
        if let Some(tab) = self.model.tab_of(room) {
            tab.timeline.notice(Notice::NotEntered { reason });
        }
    }

    /// Puts a text that the session did not take back where it was written, before what is written there by now.
    fn unsaid(
        &mut self,
        room: &Address,
        kind: SendKind,
        text: &MessageText,
        reply_to: Option<Position>,
    ) {
        let Some(tab) = self.model.tab_of(room) else {
            return self.give_back(&as_typed(kind, text));
        };
        let mut whole = as_typed(kind, text);
        if !tab.draft.is_empty() {
            whole = format!("{whole}\n{}", tab.draft.text());
        }
        if tab.draft.replace(&whole) {
            tab.reply_to = tab.reply_to.or(reply_to);
            self.draft_changed_in(room.clone());
        }
    }

    /// Puts a text that came to nothing back where it was typed, unless something else is there now.
    pub(super) fn give_back(&mut self, text: &str) {
        if self.model.draft().is_empty() {
            self.model.draft_mut().set(text.trim_end());
            self.draft_changed();
        }
    }
}

/// What the person is told of a nick that was refused.
pub(super) fn nick_refused(words: &Words, nick: &str, refusal: &Refusal) -> String {
    match refusal.held_by {
        Some(HeldBy::Key) => fill(words.nick_key, &[nick]),
        Some(HeldBy::Guest) => fill(words.nick_guest, &[nick]),
        Some(HeldBy::Reserved) => fill(words.nick_reserved, &[nick]),
        Some(HeldBy::Unknown) | None => format!("! {}", words.refusal(refusal)),
    }
}

/// The rooms as lists show them; conversations are none.
pub(super) fn room_rows(rooms: &[RoomInfo]) -> Vec<RoomRow> {
    rooms
        .iter()
        .filter_map(|room| match &room.room {
            Address::Room(name) => Some(RoomRow {
                name: name.clone(),
                topic: Sanitized::line(&room.topic),
                members: room.members,
            }),
            Address::Direct(_) => None,
        })
        .collect()
}

/// Whether the link needs the person before anything can go on.
pub(super) fn is_stuck(link: &Link) -> bool {
    match link {
        Link::Waiting { .. } | Link::Refused(_) | Link::Stopped(_) => true,
        Link::Idle | Link::Connecting | Link::Online | Link::Ended => false,
    }
}
