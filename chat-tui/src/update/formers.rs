//! Whom a conversation is with, where a nick came to another person: its name, and what is said of it.

use protocol::event::Former;
use protocol::position::Address;

use super::Turn;
use crate::model::log::short_day;
use crate::model::timeline::Notice;
use crate::model::words::fill;
use crate::session::Command;
use crate::text::sanitized::Sanitized;

impl Turn<'_> {
    /// Calls a conversation by the nick that the other has now.
    pub(super) fn retitle(&mut self, room: &Address) {
        let Some(title) = self.title_of(room) else {
            return;
        };
        if let Some(tab) = self.model.tab_of(room).filter(|tab| tab.is_direct()) {
            tab.title = title;
        }
    }

    /// Somebody in a room was heard of, with whom there may be a conversation.
    pub(super) fn retitle_all(&mut self) {
        let direct = self.model.tabs.iter().filter(|tab| tab.is_direct());
        let rooms: Vec<Address> = direct.map(|tab| tab.room.clone()).collect();
        for room in rooms {
            self.retitle(&room);
        }
    }

    /// What a conversation is called: by the other's nick, as long as it is theirs.
    pub(super) fn title_of(&self, room: &Address) -> Option<Sanitized> {
        let facts = self.facts.room(room)?;
        let other = Sanitized::line(facts.other?);
        Some(if facts.passed_on {
            let words = self.model.words();
            Sanitized::line(&fill(words.earlier, &[other.as_str()]))
        } else {
            other
        })
    }

    /// Says in a conversation which of two persons of one nick it is with.
    pub(super) fn tell_who(&mut self, room: &Address) {
        let Some(facts) = self.facts.room(room) else {
            return;
        };
        let nick = Sanitized::line(facts.other.unwrap_or_default());
        let formerly = facts.former.map(|former| Notice::Formerly {
            nick: nick.clone(),
            until: former.until,
        });
        let passed_on = facts.passed_on.then_some(Notice::PassedOn { nick });
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        let Some(notice) = passed_on.or(formerly) else {
            return;
        };
        if tab.stage.is_filled() {
            tab.timeline.notice(notice);
        } else if !tab.arrival.contains(&notice) {
            tab.arrival.push(notice);
        }
    }

    /// A text that may have been meant for another person waits in the composer of the one of now.
    pub(super) fn withheld(&mut self, command: Command, former: Former) {
        let Command::Whisper { nick, text } = command else {
            return;
        };
        let words = self.model.words();
        let until = self.day(former);
        self.fail(&fill(words.withheld, &[nick.as_str(), &until]));
        let text = text.map(String::from).unwrap_or_default();
        self.give_back(&format!("/w {nick} {text}"));
    }

    pub(super) fn day(&self, former: Former) -> String {
        short_day(former.until, &self.model.zone)
    }
}
