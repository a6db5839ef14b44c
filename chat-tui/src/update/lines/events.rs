//! What happens by itself, said in sentences: messages, comings and goings, the connection.

use std::time::Duration;

use protocol::event::{Former, Message};
use protocol::names::Nick;
use protocol::position::{Address, Position};

use crate::model::Model;
use crate::model::lines::{plain, room_before, said, unread};
use crate::model::log::notice_sentence;
use crate::model::notify::window_name;
use crate::model::status::stopped;
use crate::model::tab::Stage;
use crate::model::timeline::{Entry, Notice, Slot};
use crate::model::words::fill;
use crate::session::{Command, Link, News, Stop};
use crate::text::sanitized::Sanitized;
use crate::update::Turn;
use crate::update::news::nick_refused;

/// When something that was gathered is to be said.
pub(in crate::update) fn due(model: &Model) -> Option<Duration> {
    let lines = model.lines.as_ref()?;
    lines.gathered.values().map(|gathered| gathered.due).min()
}

impl Turn<'_> {
    /// Takes news in, and says it.
    pub(in crate::update) fn news_in_lines(&mut self, news: News) {
        let room = room_of(&news).cloned();
        let was_filled = room.as_ref().is_some_and(|room| self.is_filled(room));
        self.news(news.clone());
        match news {
            News::Link => self.say_link(),
            News::FirstVisit { .. } => self.say_first_visit(),
            News::Entered { room, welcome, .. } => self.say_entered(&room, welcome.as_deref()),
            News::Departed { room } => self.say_departed(&room),
            News::Message {
                message, missed, ..
            } => {
                if was_filled || !missed {
                    self.say_new(&message);
                }
            }
            News::CaughtUp { room, .. } if !was_filled => self.say_filled(&room),
            News::Older { room, .. } => self.say_older_page(&room),
            News::Found {
                wanted,
                messages,
                next,
                since,
            } => self.say_found(&wanted, &messages, (next, since)),
            News::Forked { room, kept } => self.say_forked(&room, kept),
            News::Gap { room, from, to } => self.say_gap(&room, from, to),
            News::Presence { room, change } => self.gather(&room, &change),
            News::Members { room } if self.lines().members_asked.as_ref() == Some(&room) => {
                self.lines().members_asked = None;
                self.say_members(false);
            }
            News::Failed {
                room,
                local,
                refusal,
            } => self.say_failed(&room, local, &refusal),
            News::Opened { .. } => {
                if !std::mem::take(&mut self.lines().is_whispering) {
                    self.say_here();
                }
            }
            News::Formerly { room, nick, former } => {
                let nick = Sanitized::line(&nick);
                let until = former.until;
                self.say_notice(&room, &Notice::Formerly { nick, until });
            }
            News::PassedOn { room } => {
                let tab = self.model.tab_of(&room);
                if let Some(nick) = tab.map(|tab| tab.title.clone()) {
                    self.say_notice(&room, &Notice::PassedOn { nick });
                }
            }
            News::Withheld {
                command: Command::Whisper { nick, .. },
                former,
            } => self.say_withheld(&nick, former),
            News::Rooms(rooms) => self.say_room_list(&rooms),
            News::Refused { command, refusal } => self.say_refused(&command, &refusal),
            News::Welcome { .. }
            | News::Outbox { .. }
            | News::Topic { .. }
            | News::Nick { .. }
            | News::CaughtUp { .. }
            | News::Page { .. }
            | News::Quoted { .. }
            | News::Members { .. }
            | News::Withheld { .. }
            | News::Conversation(_) => {}
        }
    }

    fn say_gap(&mut self, room: &Address, from: Position, to: Position) {
        let count = to.n.saturating_sub(from.n).saturating_add(1);
        self.say_notice(room, &Notice::Gap { count });
    }

    fn say_first_visit(&mut self) {
        // It is said here; the first room need not say it again.
        if let Some(key) = self.model.first_visit.take() {
            let words = self.model.words();
            let values = [&*self.model.server, &*key.to_string()];
            let sentence = fill(words.first_visit, &values);
            self.say_plain(&sentence);
        }
    }

    fn say_withheld(&mut self, nick: &Nick, former: Former) {
        let words = self.model.words();
        let until = self.day(former);
        self.model.note = None;
        self.say_plain(&fill(words.line_withheld, &[nick.as_str(), &until]));
    }

    fn is_filled(&self, room: &Address) -> bool {
        let mut tabs = self.model.tabs.iter();
        let tab = tabs.find(|tab| tab.room == *room);
        tab.is_some_and(|tab| tab.stage.is_filled())
    }

    fn say_link(&mut self) {
        let words = self.model.words();
        match self.facts.link() {
            Link::Waiting { reason, .. } => {
                let reason = Sanitized::line(reason).into_string();
                // One sentence an outage, and one more where the reason is another now.
                if self.lines().outage.replace(reason.clone()).as_ref() != Some(&reason) {
                    self.say_plain(&fill(words.line_not_connected, &[&reason]));
                }
            }
            Link::Refused(refusal) => {
                let nick = self.facts.nick().unwrap_or("?");
                let why = nick_refused(words, nick, refusal);
                self.say_plain(&fill(words.line_refused_nick, &[&plain(&why)]));
            }
            Link::Stopped(stop @ Stop::Closed { .. }) => {
                let Stop::Closed { reason, .. } = stop else {
                    return;
                };
                let told = fill(words.line_stopped, &[Sanitized::line(reason).as_str()]);
                self.say_plain(&told);
            }
            Link::Stopped(stop) => {
                let told = stopped(self.model, stop);
                self.say_plain(&told);
            }
            Link::Idle | Link::Connecting | Link::Online | Link::Ended => {}
        }
    }

    fn say_entered(&mut self, room: &Address, welcome: Option<&str>) {
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        if tab.is_direct() {
            return;
        }
        let is_again = tab.stage == Stage::CatchingUp;
        let name = tab.name();
        // What waits to be shown in the room is said here.
        tab.arrival.clear();
        let words = self.model.words();
        let nick = Sanitized::line(self.facts.nick().unwrap_or("?"));
        let sentence = if is_again {
            words.line_connected_again
        } else {
            words.line_connected
        };
        self.lines().outage = None;
        self.say_plain(&fill(sentence, &[&name, nick.as_str()]));
        if let Some(welcome) = welcome.filter(|_| !is_again) {
            let welcome = Sanitized::line(welcome);
            self.say_line(&fill(words.line_welcome, &[welcome.as_str()]));
        }
        if !is_again && self.model.is_active(room) {
            self.say_here();
        }
    }

    /// The messages of a first join are here: as many as were asked for are said, and how many others are new.
    fn say_filled(&mut self, room: &Address) {
        if let Some(kept) = self.lines().forked.remove(room) {
            return self.say_new_history(room, kept);
        }
        let history = self.lines().history;
        let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
            return;
        };
        let last = tab.timeline.last_message().unwrap_or_default();
        let end = Position::new(last.era, last.n.saturating_add(1));
        let is_active = self.model.is_active(room);
        let new = unread(self.model, tab).filter(|_| !tab.is_direct() || tab.unread > 0);
        let name = window_name(tab);
        self.lines().said_from.entry(room.clone()).or_insert(end);
        if history > 0 && is_active {
            return self.say_older(history);
        }
        if let Some(new) = new {
            let words = self.model.words();
            self.say_plain(&fill(words.line_new_in, &[&name, &new]));
        }
    }

    fn say_departed(&mut self, room: &Address) {
        let words = self.model.words();
        let name = match room {
            Address::Room(name) => format!("#{name}"),
            Address::Direct(_) => words.alone.to_owned(),
        };
        self.lines().said_from.remove(room);
        self.lines().gathered.remove(room);
        self.say_plain(&fill(words.line_departed, &[&name]));
        self.say_here();
    }

    /// A message that came: said behind what was gathered in its room.
    fn say_new(&mut self, message: &Message) {
        let room = &message.room;
        self.say_gathered(room);
        let position = message.position;
        let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
            return;
        };
        let Some(Entry::Said(entry)) = tab.timeline.get(Slot::of(position)) else {
            return;
        };
        let line = said(self.model, self.facts, tab, entry);
        let time = entry.time;
        self.lines()
            .said_from
            .entry(room.clone())
            .or_insert(position);
        self.say_at(time, &line);
    }

    fn say_older_page(&mut self, room: &Address) {
        let asked = self.lines().older.take_if(|(asked, _)| asked == room);
        if let Some((_, count)) = asked {
            // A room that was left for another one meanwhile is not read out.
            if self.model.is_active(room) {
                self.say_older(count);
            }
        }
    }

    pub(super) fn say_notice(&mut self, room: &Address, notice: &Notice) {
        let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
            return;
        };
        let Some(sentence) = notice_sentence(self.model, tab, notice) else {
            return;
        };
        let line = format!("{}{}", room_before(self.model, tab), plain(&sentence));
        self.say_gathered(room);
        self.say_event(&line);
    }

    /// Says something that happened now.
    pub(super) fn say_event(&mut self, line: &str) {
        let now = self.model.now.unix_ms;
        let time = self.model.clock().minute(now);
        self.say_at(now, &format!("{time} {line}"));
    }
}

/// The room whose stage decides whether something of it is new.
fn room_of(news: &News) -> Option<&Address> {
    match news {
        News::Message { message, .. } => Some(&message.room),
        News::CaughtUp { room, .. } => Some(room),
        News::Link
        | News::Welcome { .. }
        | News::FirstVisit { .. }
        | News::Nick { .. }
        | News::Entered { .. }
        | News::Departed { .. }
        | News::Older { .. }
        | News::Page { .. }
        | News::Found { .. }
        | News::Quoted { .. }
        | News::Forked { .. }
        | News::Gap { .. }
        | News::Presence { .. }
        | News::Members { .. }
        | News::Topic { .. }
        | News::Outbox { .. }
        | News::Failed { .. }
        | News::Opened { .. }
        | News::Formerly { .. }
        | News::PassedOn { .. }
        | News::Withheld { .. }
        | News::Conversation(_)
        | News::Rooms(_)
        | News::Refused { .. } => None,
    }
}
