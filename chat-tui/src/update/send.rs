//! Sending: what Enter does, and what becomes of a text that failed.

use std::time::Duration;

use protocol::names::{MessageText, Topic};
use protocol::request::SendKind;

use super::commands::{Order, parse};
use super::{Effect, Turn};
use crate::key::{Code, Key};
use crate::model::HeldEnter;
use crate::model::popup::Popup;
use crate::model::status::Note;
use crate::model::words::{fill, grouped};
use crate::session::{Body, Command, LocalId, State};
use crate::text::hangul::{ends_with_hangul, is_hangul};

/// How long an Enter behind a Hangul syllable waits for one more, which input methods send late.
pub(super) const LATE_SYLLABLE_WAIT: Duration = Duration::from_millis(50);

impl Turn<'_> {
    pub(super) fn enter(&mut self) {
        let draft = self.model.draft();
        let at_end = draft.caret() == draft.len_bytes();
        if at_end && ends_with_hangul(draft.text()) {
            self.model.held_enter = Some(HeldEnter {
                until: self.model.now.elapsed.saturating_add(LATE_SYLLABLE_WAIT),
                late: None,
            });
            return;
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
        if !ends_with_hangul(field.text()) {
            return self.submit();
        }
        self.model.held_enter = Some(HeldEnter {
            until: self.model.now.elapsed.saturating_add(LATE_SYLLABLE_WAIT),
            late: None,
        });
    }

    /// Keeps a key back while an Enter waits; tells whether it did.
    pub(super) fn hold_back(&mut self, key: Key) -> bool {
        let Some(held) = &mut self.model.held_enter else {
            return false;
        };
        let is_syllable =
            matches!(key.code, Code::Char(c) if is_hangul(c) && !key.ctrl && !key.alt);
        if is_syllable && held.late.is_none() {
            held.late = Some(key);
            return true;
        }
        self.release_enter(false);
        self.key(key);
        true
    }

    /// Lets an Enter stand whose time is over; whatever comes now comes after it.
    pub(super) fn late_enter(&mut self) {
        if let Some(held) = &self.model.held_enter
            && held.until <= self.model.now.elapsed
        {
            self.release_enter(true);
        }
    }

    /// Lets an Enter stand: with the late syllable before it if nothing else came, else with it after it.
    pub(super) fn release_enter(&mut self, nothing_else_came: bool) {
        let Some(held) = self.model.held_enter.take() else {
            return;
        };
        match held.late {
            Some(late) if nothing_else_came => {
                self.type_key(late);
                self.submit();
            }
            Some(late) => {
                self.submit();
                self.key(late);
            }
            None => self.submit(),
        }
    }

    /// Sends what is written, or does what it says; a text that cannot be sent stays.
    fn submit(&mut self) {
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
    fn sent(&mut self, text: String) {
        match self.model.tab_mut() {
            Some(tab) if tab.draft.text() == text => {
                tab.draft.take();
                tab.remember_sent(text);
                let room = tab.room.clone();
                // At once: a text that is in the outbox must not come back as a draft.
                self.effects.push(Effect::SaveDraft {
                    room,
                    text: String::new(),
                });
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
                saved.push(tab.room.clone());
            }
        }
        self.effects
            .extend(saved.into_iter().map(|room| Effect::SaveDraft {
                room,
                text: String::new(),
            }));
    }

    /// Does what a line says; false where the text is to stay.
    fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Say(kind, text) => self.say(kind, text),
            Order::Join(room) => self.join(room),
            Order::Leave => self.leave_room(),
            Order::Rooms => self.show_rooms(),
            Order::Search(text) => self.search_for(&text),
            Order::Mentions => self.show_mentions(),
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
        self.session(Command::Say {
            room,
            kind,
            text,
            reply_to: None,
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
        let Some((local, text)) = self.last_failed() else {
            self.model.note = Some(Note::quiet(self.model.words().nothing_failed));
            return;
        };
        let draft = self.model.draft_mut();
        let between = if draft.is_empty() { "" } else { "\n" };
        if draft.insert(&format!("{between}{text}")) {
            self.session(Command::Discard { local });
            self.draft_changed();
        }
    }

    /// The last text of this tab that failed, as it would be typed.
    fn last_failed(&self) -> Option<(LocalId, String)> {
        let tab = self.model.tab()?;
        let pending = self.facts.pending(&tab.room);
        let failed = pending
            .iter()
            .rev()
            .find(|pending| matches!(pending.state, State::Failed(_)))?;
        let text = match &failed.body {
            Body::Text { kind, text, .. } => match kind {
                SendKind::Action => format!("/me {text}"),
                SendKind::Message if text.as_str().starts_with('/') => format!("/{text}"),
                SendKind::Message => text.to_string(),
            },
            Body::Topic(topic) => format!("/topic {topic}"),
        };
        Some((failed.local, text))
    }
}
