//! What a line does beside being said: the draft of several lines, answers, searches, links.

use protocol::event::Kind;
use protocol::names::{MessageText, Nick};
use protocol::request::SendKind;
use protocol::search::SearchText;

use crate::model::lines::plain;
use crate::model::timeline::{Entry, Slot};
use crate::model::words::{fill, grouped};
use crate::session::{Command, Wanted};
use crate::text::sanitized::Sanitized;
use crate::update::commands::{Order, parse};
use crate::update::{Effect, Turn};

impl Turn<'_> {
    /// Adds a text that came to nothing to the draft.
    pub(super) fn keep_line(&mut self, text: &str) {
        let draft = self.model.draft_mut();
        let between = if draft.is_empty() { "" } else { "\n" };
        let whole = format!("{}{between}{text}", draft.text());
        draft.set(&whole);
        self.draft_changed();
    }

    pub(super) fn reply_line(&mut self, number: usize, nick: &Nick, text: MessageText) {
        let words = self.model.words();
        let Some(tab) = self.model.tab() else {
            return self.refuse_line(words.needs_room);
        };
        let wanted = nick.skeleton();
        let is = |name: &str| Nick::normalized(name).is_ok_and(|name| name.skeleton() == wanted);
        let of_nick = tab
            .timeline
            .before(Slot::END)
            .filter_map(|(slot, entry)| match entry {
                Entry::Said(said)
                    if !said.own && said.kind != Kind::Topic && is(said.nick.as_str()) =>
                {
                    Some(slot.position)
                }
                Entry::Said(_) | Entry::Notice(_) => None,
            });
        let position = of_nick.take(number).nth(number.saturating_sub(1));
        let room = tab.room.clone();
        if position.is_none() {
            return self.refuse_line(&fill(words.line_nothing_to_answer, &[nick.as_str()]));
        }
        self.session(Command::Say {
            room,
            kind: SendKind::Message,
            text,
            reply_to: position,
        });
    }

    pub(super) fn add_to_draft(&mut self, text: &str) {
        let words = self.model.words();
        let draft = self.model.draft_mut();
        let between = if draft.is_empty() { "" } else { "\n" };
        let whole = format!("{}{between}{text}", draft.text());
        if !draft.set(&whole) {
            return self.refuse_line(words.line_draft_full);
        }
        let count = self.model.draft().text().lines().count();
        self.draft_changed();
        self.say_plain(&fill(words.line_added, &[&grouped(count)]));
    }

    pub(super) fn say_draft(&mut self) {
        let words = self.model.words();
        let draft = Sanitized::block(self.model.draft().text());
        if draft.as_str().is_empty() {
            return self.say_plain(words.line_no_draft);
        }
        self.say_line(&fill(words.line_draft, &[&plain(draft.as_str())]));
    }

    pub(super) fn send_draft(&mut self) {
        let words = self.model.words();
        let text = self.model.draft().text().to_owned();
        if text.trim().is_empty() {
            return self.refuse_line(words.line_no_draft);
        }
        match parse(&text, words) {
            Ok(order) => {
                let is_said = matches!(order, Order::Say(..));
                self.lines().is_whispering = matches!(order, Order::Whisper(_, Some(_)));
                if self.obey(order) {
                    self.sent(text);
                    if is_said && !self.is_online() {
                        self.say_plain(words.line_waiting);
                    }
                } else {
                    let why = self.model.note.take();
                    self.refuse_line(why.as_ref().map_or("", |note| note.text.as_str()));
                }
            }
            Err(why) => self.refuse_line(&why),
        }
    }

    pub(super) fn drop_draft(&mut self) {
        let words = self.model.words();
        self.model.draft_mut().take();
        self.forget_reply();
        self.draft_changed();
        self.say_plain(words.line_dropped);
    }

    pub(super) fn search_line(&mut self, text: &str) {
        let words = self.model.words();
        let room = self.model.tab().map(|tab| tab.room.clone());
        let (wanted, next) = if text.is_empty() {
            let lines = self.lines();
            match lines.search.clone().zip(lines.next) {
                Some((wanted, next)) => (wanted, Some(next)),
                None => return self.refuse_line(words.usage_search),
            }
        } else {
            match SearchText::normalized(text) {
                Ok(text) => (Wanted { room, text }, None),
                Err(error) => return self.refuse_line(&words.text_refused(&error)),
            }
        };
        if !self.is_online() {
            return self.refuse_line(&fill(words.needs_connection, &["/search"]));
        }
        let lines = self.lines();
        lines.search = Some(wanted.clone());
        lines.next = None;
        self.session(Command::Search { wanted, next });
    }

    pub(super) fn open_line(&mut self, number: usize) {
        let words = self.model.words();
        let at = number.checked_sub(1);
        let link = at.and_then(|at| self.lines().links.get(at).cloned());
        match link {
            Some((_, written)) if self.model.desk.is_remote => {
                self.refuse_line(&fill(words.line_open_remote, &[&written]));
            }
            Some((target, written)) => {
                self.effects.push(Effect::Open(target));
                self.say_plain(&fill(words.opening, &[&written]));
            }
            None => self.refuse_line(&fill(words.line_no_such_link, &[&number.to_string()])),
        }
    }
}
