//! Messages that come, of now and of before, and where some are missing.

use protocol::event::{Kind, Message};
use protocol::position::{Address, Position};

use super::super::Turn;
use crate::model::log::Scroll;
use crate::model::tab::{Older, Stage};
use crate::model::timeline::{Notice, Said};
use crate::session::LocalId;

impl Turn<'_> {
    pub(super) fn caught_up(&mut self, room: &Address, more: bool) {
        let share = self.model.timeline_share();
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        if !tab.stage.is_filled() {
            tab.more = more;
        }
        tab.stage = Stage::Live;
        for notice in std::mem::take(&mut tab.arrival) {
            tab.timeline.notice(notice);
        }
        tab.trim(share);
        if self
            .model
            .jump
            .as_ref()
            .is_some_and(|jump| jump.room == *room)
        {
            self.go_on();
        }
    }

    pub(super) fn message(&mut self, message: &Message, missed: bool, local: Option<LocalId>) {
        let person = message.id.person;
        let own = local.is_some() || self.facts.person() == Some(person);
        let nick = self.facts.nick().unwrap_or_default();
        let is_said = message.kind != Kind::Topic;
        let index = self.open(&message.room);
        let answers_me = message.reply_to.is_some_and(|answered| {
            let tab = self.model.tabs.get(index);
            tab.is_some_and(|tab| tab.timeline.is_own(answered))
        });
        let mention = !own && is_said && (answers_me || self.model.is_mention(&message.text, nick));
        let is_watched = self.model.active == index && self.model.is_attended();
        if mention {
            self.mentioned(message);
        }
        let share = self.model.timeline_share();
        let now = self.model.now.unix_ms;
        let Some(tab) = self.model.tabs.get_mut(index) else {
            return;
        };
        let position = message.position;
        if !tab
            .timeline
            .insert(position, Said::new(message, own, mention))
        {
            return;
        }
        tab.trim(share);
        if let Some(local) = local {
            tab.became(local, position);
        }
        if is_said {
            let lately = if missed { message.time } else { now };
            tab.speakers.spoke(person, lately);
        }
        let is_direct = tab.is_direct();
        // The messages of a first join are old news, unless it is known how far they were read.
        let is_new = match tab.read {
            _ if tab.stage.is_filled() => true,
            Some(read) => position > read,
            None => is_direct,
        };
        if own || !is_said || !is_new {
            if is_new && own && !missed {
                tab.hidden = false;
            }
            return;
        }
        tab.hidden = false;
        if tab.scroll != Scroll::Bottom {
            tab.below = tab.below.saturating_add(1);
        }
        if is_watched && tab.scroll == Scroll::Bottom && tab.stage.is_filled() {
            return;
        }
        if tab.unread == 0 {
            tab.unread_from = Some(position);
            tab.unread_after = tab.read;
            tab.unread_told = 0;
        }
        tab.unread = tab.unread.saturating_add(1);
        tab.unread_told = tab.unread_told.saturating_add(1);
        tab.mentions = tab.mentions.saturating_add(usize::from(mention));
        self.notify(index, message, mention || is_direct, missed);
    }

    pub(super) fn older(&mut self, room: &Address, messages: &[Message], more: bool) {
        let taken = self.taken(messages);
        self.settle_place(room);
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        for (message, (position, said)) in messages.iter().zip(taken) {
            let is_told = message.kind != Kind::Topic && !said.own;
            if tab.timeline.insert(position, said) && is_told {
                tab.speakers.spoke(message.id.person, message.time);
                tab.missed_before(position);
            }
        }
        tab.older = Older::Idle;
        // A page without messages that claims more would be asked for again and again.
        tab.more = more && !messages.is_empty();
    }

    pub(super) fn forked(&mut self, room: &Address, kept: Option<Position>) {
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        let lost = kept.and_then(|kept| tab.timeline.said_after(kept));
        tab.timeline.clear();
        tab.past = None;
        tab.landing = None;
        tab.quotes.clear();
        // The position is another message's now, or nobody's.
        tab.reply_to = None;
        tab.announce(Notice::Forked(lost));
        tab.stage = Stage::Filling;
        tab.more = false;
        tab.older = Older::Idle;
        tab.scroll = Scroll::Bottom;
        tab.unread = 0;
        tab.mentions = 0;
        tab.below = 0;
        tab.unread_from = None;
        tab.unread_after = None;
        tab.selected = None;
        tab.read = None;
        self.forget_mentions(room);
        if self
            .model
            .jump
            .as_ref()
            .is_some_and(|jump| jump.room == *room)
        {
            self.jump_failed(self.model.words().jump_gone);
        }
    }

    pub(super) fn gap(&mut self, room: &Address, from: Position, to: Position) {
        let share = self.model.timeline_share();
        if let Some(tab) = self.model.tab_of(room) {
            let count = to.n.saturating_sub(from.n).saturating_add(1);
            tab.timeline.notice_after(to, Notice::Gap { count });
            tab.trim(share);
        }
    }
}
