//! Sending: what Enter does, and what becomes of a text that failed.

use protocol::names::{MessageText, Topic};
use protocol::request::SendKind;

use super::commands::{Order, parse};
use super::late::ends_in_hangul;
use super::{Effect, Turn};
use crate::model::draft::Draft;
use crate::model::popup::Popup;
use crate::model::status::Note;
use crate::model::words::{fill, grouped};
use crate::session::{Body, Command, LocalId, State};

impl Turn<'_> {
    pub(super) fn enter(&mut self) {
        if ends_in_hangul(self.model.draft()) {
            return self.hold_enter();
        }
        self.submit();
    }

    /// Enter in the text field of a popup: behind a syllable it waits as in the composer.
    pub(super) fn field_enter(&mut self) {
        let field = match &self.model.popup {
            Some(Popup::Search) if self.model.search.chosen.is_none() => &self.model.search.field,
            Some(Popup::Switch(switch)) => &switch.field,
            Some(_) | None => return self.submit(),
        };
        if ends_in_hangul(field) {
            self.hold_enter();
        } else {
            self.submit();
        }
    }

    /// Sends what is written, or does what it says; a text that cannot be sent stays.
    pub(super) fn submit(&mut self) {
        match self.model.popup {
            Some(Popup::Search) => return self.search_enter(),
            Some(Popup::Switch(_)) => return self.switch_enter(),
            Some(_) | None => {}
        }
        let text = self.model.draft().text().to_owned();
        if text.trim().is_empty() {
            return;
        }
        match parse(&text, self.model.words()) {
            Ok(order) => {
                if self.obey(order) {
                    self.sent(text);
                }
            }
            Err(why) => self.fail(&why),
        }
    }

    /// Empties the composer whose text was taken.
    pub(super) fn sent(&mut self, text: String) {
        match self.model.tab_mut() {
            Some(tab) if tab.draft.text() == text => {
                tab.draft.take();
                tab.remember_sent(text);
                let room = tab.room.clone();
                let draft = tab.kept();
                // At once: a text that is in the outbox must not come back as a draft.
                self.effects.push(Effect::SaveDraft { room, draft });
            }
            // The order went to another tab, or closed the one that was written in.
            Some(_) | None => self.take_written(&text),
        }
    }

    pub(super) fn take_written(&mut self, text: &str) {
        if self.model.spare.text() == text {
            self.model.spare.take();
        }
        let mut saved = Vec::new();
        for tab in &mut self.model.tabs {
            if tab.draft.text() == text {
                tab.draft.take();
                saved.push((tab.room.clone(), tab.kept()));
            }
        }
        let saved = saved.into_iter();
        let saved = saved.map(|(room, draft)| Effect::SaveDraft { room, draft });
        self.effects.extend(saved);
    }

    /// Does what a line says; false where the text is to stay.
    pub(super) fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Say(kind, text) => self.say(kind, text),
            Order::Join(room) => self.join(room),
            Order::Leave => self.leave_room(),
            Order::Rooms => self.show_rooms(),
            Order::Search(text) => self.search_for(&text),
            Order::Mentions => self.show_mentions(),
            Order::Notify(notify) => self.choose_notify(notify),
            Order::Nick(nick) => {
                self.session(Command::Nick(nick));
                true
            }
            Order::Whisper(nick, text) => {
                if !self.is_online() {
                    return self.needs_connection("/w");
                }
                let limit = self.facts.text_bytes();
                if text
                    .as_ref()
                    .is_some_and(|text| !self.fits(text.as_str(), limit))
                {
                    return false;
                }
                self.session(Command::Whisper { nick, text });
                true
            }
            Order::Topic(text) => self.set_topic(text),
            Order::Key => {
                self.show_keys();
                true
            }
            Order::Whois(nick) => self.show_whois(&nick),
            Order::Help => {
                self.show_help();
                true
            }
            Order::Quit => {
                // Only what is not a command is kept for the next start.
                let text = self.model.draft().text().to_owned();
                self.take_written(&text);
                self.quit();
                true
            }
        }
    }

    fn say(&mut self, kind: SendKind, text: MessageText) -> bool {
        let Some(tab) = self.model.tab_mut() else {
            let words = self.model.words();
            self.fail(words.needs_room);
            return false;
        };
        tab.go_to_end();
        let room = tab.room.clone();
        if !self.fits(text.as_str(), self.facts.text_bytes()) {
            return false;
        }
        let reply_to = self.model.tab_mut().and_then(|tab| tab.reply_to.take());
        self.session(Command::Say {
            room,
            kind,
            text,
            reply_to,
        });
        true
    }

    /// Whether a text is short enough for this server, which may take less than the contract; says so where it is not.
    fn fits(&mut self, text: &str, limit: usize) -> bool {
        let fits = text.len() <= limit;
        if !fits {
            let words = self.model.words();
            self.fail(&fill(
                words.too_long,
                &[&grouped(text.len()), &grouped(limit)],
            ));
        }
        fits
    }

    fn set_topic(&mut self, text: Topic) -> bool {
        let words = self.model.words();
        match self.model.tab() {
            Some(tab) if tab.is_direct() => {
                self.fail(words.no_topic_here);
                false
            }
            Some(tab) => {
                let room = tab.room.clone();
                if !self.fits(text.as_str(), self.facts.topic_bytes()) {
                    return false;
                }
                self.session(Command::Topic { room, text });
                true
            }
            None => {
                self.fail(words.needs_room);
                false
            }
        }
    }

    pub(super) fn needs_connection(&mut self, what: &str) -> bool {
        let words = self.model.words();
        self.fail(&fill(words.needs_connection, &[what]));
        false
    }

    pub(super) fn again(&mut self) {
        match self.last_failed() {
            Some((local, _)) => self.session(Command::Again { local }),
            None => self.model.note = Some(Note::quiet(self.model.words().nothing_failed)),
        }
    }

    pub(super) fn take_back(&mut self) {
        let Some((local, Draft { text, reply_to })) = self.last_failed() else {
            self.model.note = Some(Note::quiet(self.model.words().nothing_failed));
            return;
        };
        let draft = self.model.draft_mut();
        let between = if draft.is_empty() { "" } else { "\n" };
        if draft.insert(&format!("{between}{text}")) {
            if let Some(tab) = self.model.tab_mut() {
                tab.reply_to = tab.reply_to.or(reply_to);
            }
            self.session(Command::Discard { local });
            self.draft_changed();
        }
    }

    /// The last text of this tab that failed, as it would be typed, and what it answers.
    pub(super) fn last_failed(&self) -> Option<(LocalId, Draft)> {
        let tab = self.model.tab()?;
        let pending = self.facts.pending(&tab.room);
        let failed = pending
            .iter()
            .rev()
            .find(|pending| matches!(pending.state, State::Failed(_)))?;
        let draft = match &failed.body {
            Body::Text {
                kind,
                text,
                reply_to,
            } => Draft {
                text: as_typed(*kind, text),
                reply_to: *reply_to,
            },
            Body::Topic(topic) => Draft::from(format!("/topic {topic}").as_str()),
        };
        Some((failed.local, draft))
    }
}

/// A text as it would be typed.
pub(super) fn as_typed(kind: SendKind, text: &MessageText) -> String {
    match kind {
        SendKind::Action => format!("/me {text}"),
        SendKind::Message if text.as_str().starts_with('/') => format!("/{text}"),
        SendKind::Message => text.to_string(),
    }
}
