//! What is said because somebody asks: rooms, members, messages of before, links, how things stand.

use protocol::event::{Member, Status};
use protocol::identity::Fingerprint;
use protocol::position::Position;

use crate::model::lines::{
    LINES_TOLD, LINES_TOLD_MAX, LINKS_TOLD_MAX, MEMBERS_TOLD_MAX, found, here, plain, said, unread,
};
use crate::model::log::Hours;
use crate::model::notify::window_name;
use crate::model::tab::{Older, Tab};
use crate::model::timeline::{Entry, Said, Slot};
use crate::model::words::{fill, grouped};
use crate::session::{Command, Link};
use crate::text::links::links;
use crate::text::sanitized::Sanitized;
use crate::text::slice;
use crate::update::Turn;
use crate::update::commands::{COMMANDS, LINE_COMMANDS};

/// Messages in which links are looked for, the newest ones.
const LINKS_LOOKED_MAX: usize = 500;

impl Turn<'_> {
    /// Says which room lines go to now.
    pub(super) fn say_here(&mut self) {
        let words = self.model.words();
        let told = match self.model.tab() {
            Some(tab) => here(self.model, self.facts, tab),
            None => words.no_room.to_owned(),
        };
        self.say_plain(&told);
    }

    /// The open rooms, by number.
    pub(super) fn say_rooms(&mut self) {
        let words = self.model.words();
        let active = self.model.active;
        let row = |(number, (index, tab)): (usize, (usize, &Tab))| {
            let current = (index == active).then(|| words.line_current.to_owned());
            let parts = current.into_iter().chain(unread(self.model, tab));
            let parts: Vec<String> = parts.collect();
            let parts = if parts.is_empty() {
                words.line_nothing_new.to_owned()
            } else {
                parts.join(", ")
            };
            format!("{} {}: {parts}", number.saturating_add(1), window_name(tab))
        };
        let rows: Vec<String> = self.model.shown_tabs().enumerate().map(row).collect();
        if rows.is_empty() {
            return self.say_plain(words.no_room);
        }
        for row in rows {
            self.say_line(&row);
        }
    }

    /// Says the messages of the current room that were not seen, again.
    pub(super) fn say_unread(&mut self) {
        let words = self.model.words();
        let from = self.model.tab().and_then(|tab| tab.unread_from);
        let Some(from) = from else {
            return self.say_plain(words.nothing_unread);
        };
        let entries = self.said_where(|slot| slot.position >= from);
        let skip = entries.len().saturating_sub(LINES_TOLD_MAX);
        for said in entries.iter().skip(skip) {
            self.say_message(said);
        }
    }

    /// Says the last messages before a place, again.
    pub(super) fn say_before(&mut self, end: Slot, count: usize) {
        let entries = self.said_where(|slot| slot < end);
        if entries.is_empty() {
            return self.say_plain(self.model.words().nothing_said);
        }
        let skip = entries.len().saturating_sub(count);
        for said in entries.iter().skip(skip) {
            self.say_message(said);
        }
    }

    pub(super) fn said_where(&self, is: impl Fn(Slot) -> bool) -> Vec<Said> {
        let tab = self.model.tab();
        let entries = tab.into_iter().flat_map(|tab| tab.timeline.iter());
        let said = entries.filter_map(|(slot, entry)| match entry {
            Entry::Said(said) if is(slot) => Some(said.clone()),
            Entry::Said(_) | Entry::Notice(_) => None,
        });
        said.collect()
    }

    /// Says a message of the current room.
    pub(super) fn say_message(&mut self, message: &Said) {
        let Some(tab) = self.model.tab() else { return };
        let line = said(self.model, self.facts, tab, message);
        self.say_at(message.time, &line);
    }

    /// Says messages before those that were said of this room; asks for them where they are not here.
    pub(super) fn say_older(&mut self, count: usize) {
        let words = self.model.words();
        let Some(tab) = self.model.tab() else {
            return self.refuse_line(words.needs_room);
        };
        let room = tab.room.clone();
        let first = tab.timeline.first_message();
        let (more, older) = (tab.more, tab.older);
        let from = self.lines().said_from.get(&room).copied();
        let end = from.map_or(Slot::END, Slot::of);
        let here: Vec<(Position, Said)> = self
            .model
            .tab()
            .into_iter()
            .flat_map(|tab| tab.timeline.before(end))
            .filter_map(|(slot, entry)| match entry {
                Entry::Said(said) => Some((slot.position, said.clone())),
                Entry::Notice(_) => None,
            })
            .take(count)
            .collect();
        let is_whole = here.len() >= count || !more;
        if !is_whole && self.is_online() {
            let before = match (from, first) {
                (Some(from), Some(first)) => Some(from.min(first)),
                (from, first) => from.or(first),
            };
            if let Some(before) = before {
                self.lines().older = Some((room.clone(), count));
                if older != Older::Asked {
                    self.session(Command::Older { room, before });
                }
                return;
            }
        }
        if here.is_empty() {
            let told = if more {
                fill(words.needs_connection, &["/history"])
            } else {
                words.beginning.to_owned()
            };
            return self.say_plain(&told);
        }
        if let Some((position, _)) = here.last() {
            self.lines().said_from.insert(room, *position);
        }
        for (_, said) in here.iter().rev() {
            self.say_message(said);
        }
    }

    /// Says who is in the current room; asks for them where they are not here and that may help.
    pub(super) fn say_members(&mut self, asks: bool) {
        let words = self.model.words();
        let Some(tab) = self.model.tab() else {
            return self.refuse_line(words.needs_room);
        };
        if tab.is_direct() {
            return self.say_plain(words.alone);
        }
        let room = tab.room.clone();
        let count = self.member_count();
        let me = self.facts.person();
        let members = self.facts.members(&room, 0, MEMBERS_TOLD_MAX);
        if asks && members.is_empty() && count > 0 && self.is_online() {
            self.lines().members_asked = Some(room.clone());
            return self.session(Command::Members { room });
        }
        let name_of = |member: &&Member| {
            let nick = Sanitized::line(&member.nick);
            if me == Some(member.person) {
                format!("{nick} ({})", words.me)
            } else if member.status == Status::Reconnecting {
                format!("{nick} ({})", words.reconnecting)
            } else {
                nick.into_string()
            }
        };
        let mut names: Vec<String> = members.iter().map(name_of).collect();
        let others = count.saturating_sub(names.len());
        if others > 0 {
            names.push(fill(words.more_members, &[&grouped(others)]));
        }
        let told = fill(
            words.line_member_list,
            &[&grouped(count), &names.join(", ")],
        );
        self.say_plain(&told);
    }

    pub(super) fn say_links(&mut self) {
        let words = self.model.words();
        let tab = self.model.tab();
        let newest = tab
            .into_iter()
            .flat_map(|tab| tab.timeline.before(Slot::END));
        let mut listed = Vec::new();
        for (_, entry) in newest.take(LINKS_LOOKED_MAX) {
            let Entry::Said(said) = entry else { continue };
            let text = said.text.as_str();
            for link in links(text).iter().rev() {
                let written = slice(text, link.start..link.end).to_owned();
                listed.push((link.target(text), written, said.nick.to_string()));
            }
        }
        listed.truncate(LINKS_TOLD_MAX);
        listed.reverse();
        if listed.is_empty() {
            return self.say_plain(words.line_no_links);
        }
        for (index, (_, written, nick)) in listed.iter().enumerate() {
            let number = index.saturating_add(1).to_string();
            self.say_line(&fill(words.line_link, &[&number, written, nick]));
        }
        self.lines().links = listed
            .into_iter()
            .map(|(target, written, _)| (target, written))
            .collect();
    }

    /// Says the messages that mention the person, the oldest first.
    pub(super) fn say_mentions(&mut self) {
        let words = self.model.words();
        let hits = self.model.mentions.hits.iter().take(LINES_TOLD).rev();
        let told: Vec<String> = hits.map(|hit| found(self.model, hit)).collect();
        if told.is_empty() {
            let nick = self.facts.nick().unwrap_or_default();
            return self.say_plain(&fill(words.line_no_mentions, &[nick]));
        }
        for line in told {
            self.say_line(&line);
        }
    }

    /// Every command, from the live tables.
    pub(super) fn say_help(&mut self) {
        let words = self.model.words();
        self.say_plain(words.line_help);
        for spec in COMMANDS.iter().chain(LINE_COMMANDS) {
            self.say_line((spec.usage)(words));
        }
    }

    pub(super) fn say_keys(&mut self) {
        let words = self.model.words();
        let own = self.facts.person().map(Fingerprint::of);
        let server = self.facts.server_key().map(|key| key.fingerprint());
        for (sentence, key) in [(words.line_key, own), (words.line_server_key, server)] {
            if let Some(key) = key {
                self.say_plain(&fill(sentence, &[&key.to_string()]));
            }
        }
    }

    pub(super) fn say_status(&mut self) {
        let words = self.model.words();
        let nick = Sanitized::line(self.facts.nick().unwrap_or("?"));
        let link = match self.facts.link() {
            Link::Online if self.model.exposed => words.online_exposed.to_owned(),
            Link::Online => words.online.to_owned(),
            Link::Connecting => plain(&fill(words.connecting, &[&self.model.server])),
            Link::Waiting { reason, .. } => fill(words.line_not_connected, &[reason]),
            Link::Idle | Link::Refused(_) | Link::Stopped(_) | Link::Ended => {
                fill(words.line_stopped, &[&self.model.server])
            }
        };
        let (room, notify) = match self.model.tab() {
            Some(tab) => (
                here(self.model, self.facts, tab),
                self.model.notify_of(tab).name(words),
            ),
            None => (words.line_nowhere.to_owned(), words.notify_none),
        };
        let unsent = grouped(self.facts.unsent());
        let tabs = self.model.tabs.iter();
        let drafts = tabs.filter(|tab| !tab.draft.is_empty()).count();
        let values = [
            &*room,
            nick.as_str(),
            &*link,
            notify,
            &*unsent,
            &*grouped(drafts),
        ];
        self.say_plain(&fill(words.line_status, &values));
    }

    pub(super) fn say_settings(&mut self) {
        let words = self.model.words();
        let hours = match self.model.hours {
            Hours::Day => "24h",
            Hours::Half => "12h",
        };
        let nick = Sanitized::line(self.facts.nick().unwrap_or("?")).into_string();
        let own = std::iter::once(nick).chain(self.model.mention_words.iter().cloned());
        let mentions: Vec<String> = own.collect();
        let values = [
            &*self.model.server,
            words.code,
            hours,
            &*mentions.join(", "),
        ];
        self.say_plain(&fill(words.line_settings, &values));
    }
}
