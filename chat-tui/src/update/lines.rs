//! The chat read line by line: what a line wants, and what is said in answer. What happens by itself is in [`events`].
//!
//! Everything that the screen does by keys has a command here, or a test says why not.

use protocol::names::RoomName;
use protocol::position::Address;

use super::commands::Order;
use super::{Effect, Turn};
use crate::model::lines::{Gathered, LINES_HELD_MAX, Lines, plain};
use crate::model::status::Note;
use crate::model::switch::{Target, rows};
use crate::model::timeline::Slot;
use crate::model::words::{fill, grouped};
use crate::session::Command;
use crate::text::sanitized::Sanitized;

mod answers;
mod events;
mod forks;
mod gather;
mod tell;
mod want;
mod write;

pub(super) use events::due;
use want::{Own, Want, want};

#[cfg(test)]
mod tests;

/// Why a line is no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadLine {
    /// It has more bytes than this.
    TooLong(usize),
    /// It is not UTF-8.
    NotUtf8,
}

impl Turn<'_> {
    /// What was said so far; this is only called where it is read line by line.
    fn lines(&mut self) -> &mut Lines {
        self.model.lines.get_or_insert_default()
    }

    /// Says a line, or lets it wait while the person writes.
    pub(super) fn say_line(&mut self, line: &str) {
        let Some(lines) = &mut self.model.lines else {
            return;
        };
        // Whatever others wrote is harmless by now; a sentence that forgets it is not to be the first to fail.
        let line = Sanitized::block(line).into_string();
        match &mut lines.held {
            Some(held) if held.len() < LINES_HELD_MAX => held.push(line),
            Some(_) => {
                self.release_lines();
                self.effects.push(Effect::Say(line));
            }
            None => self.effects.push(Effect::Say(line)),
        }
    }

    /// Says a sentence of the interface.
    pub(super) fn say_plain(&mut self, sentence: &str) {
        self.say_line(&plain(sentence));
    }

    /// Says what waited.
    pub(super) fn release_lines(&mut self) {
        let held = self
            .model
            .lines
            .as_mut()
            .and_then(|lines| lines.held.take());
        self.effects
            .extend(held.unwrap_or_default().into_iter().map(Effect::Say));
    }

    /// A line was typed; an empty one lets what arrives wait.
    pub(super) fn line(&mut self, number: u64, text: &str) {
        self.line_begins(number);
        if text.trim().is_empty() {
            return self.hold_lines();
        }
        match want(text, self.model.words()) {
            Ok(want) => self.obey_line(want, text),
            Err(why) => self.refuse_line(&why),
        }
    }

    /// What was typed is no line.
    pub(super) fn bad_line(&mut self, number: u64, bad: BadLine) {
        self.line_begins(number);
        let words = self.model.words();
        let why = match bad {
            BadLine::TooLong(limit) => fill(words.line_too_long, &[&grouped(limit)]),
            BadLine::NotUtf8 => words.line_not_utf8.to_owned(),
        };
        self.refuse_line(&why);
    }

    fn line_begins(&mut self, number: u64) {
        self.release_lines();
        self.lines().number = number;
        self.model.last_key = Some(self.model.now.elapsed);
        self.model.note = None;
    }

    fn refuse_line(&mut self, why: &str) {
        let words = self.model.words();
        let number = self.lines().number.to_string();
        let told = fill(words.line_refused, &[&number, &plain(why)]);
        self.say_line(&told);
        self.effects.push(Effect::LineRefused);
    }

    /// Does what a line says. A text that came to nothing is kept as the draft.
    fn obey_line(&mut self, want: Want, text: &str) {
        match want {
            Want::Own(own) => self.obey_own(own),
            Want::Shared(Order::Rooms) => {
                if !self.is_online() {
                    let words = self.model.words();
                    return self.refuse_line(&fill(words.needs_connection, &["/rooms"]));
                }
                self.lines().rooms_asked = true;
                self.session(Command::Rooms);
            }
            Want::Shared(Order::Search(text)) => self.search_line(&text),
            Want::Shared(Order::Mentions) => {
                self.show_mentions();
                self.model.popup = None;
                if !self.is_online() {
                    self.say_mentions();
                }
            }
            Want::Shared(Order::Key) => self.say_keys(),
            // Who is not there is an answer, too.
            Want::Shared(Order::Whois(nick)) => {
                self.show_whois(&nick);
            }
            Want::Shared(Order::Help) => self.say_help(),
            Want::Shared(Order::Quit) => self.quit(),
            Want::Shared(order) => self.obey_shared(order, text),
        }
    }

    fn obey_shared(&mut self, order: Order, text: &str) {
        let is_said = matches!(order, Order::Say(..));
        self.lines().is_whispering = matches!(order, Order::Whisper(_, Some(_)));
        // The draft's own answer waits for the draft.
        let kept = self.model.tab_mut().and_then(|tab| tab.reply_to.take());
        let is_done = self.obey(order);
        if let Some(tab) = self.model.tab_mut() {
            tab.reply_to = kept;
        }
        if is_done {
            if is_said && !self.is_online() {
                self.say_plain(self.model.words().line_waiting);
            }
            return;
        }
        let why = self.model.note.take();
        self.refuse_line(why.as_ref().map_or("", |note| note.text.as_str()));
        self.keep_line(text);
    }

    fn obey_own(&mut self, own: Own) {
        match own {
            Own::Room(name) => self.go_to_named(&name),
            Own::Next => self.go_and_say(Self::go_to_new),
            Own::Back if self.model.previous.is_none() => {
                self.refuse_line(self.model.words().line_no_room_before);
            }
            Own::Back => self.go_and_say(Self::go_back),
            Own::Unread => self.say_unread(),
            Own::Last(count) => self.say_before(Slot::END, count),
            Own::History(count) => self.say_older(count),
            Own::Members => self.say_members(true),
            Own::Reply(number, nick, text) => self.reply_line(number, &nick, text),
            Own::Links => self.say_links(),
            Own::Open(number) => self.open_line(number),
            Own::Add(text) => self.add_to_draft(&text),
            Own::Draft => self.say_draft(),
            Own::Send => self.send_draft(),
            Own::Drop => self.drop_draft(),
            Own::Resend => self.again(),
            Own::TakeBack => {
                self.take_back();
                if self.model.note.is_none() {
                    self.say_draft();
                }
            }
            Own::Hold => self.hold_lines(),
            Own::Retry => self.retry(),
            Own::Status => self.say_status(),
            Own::Settings => self.say_settings(),
        }
    }

    fn hold_lines(&mut self) {
        let words = self.model.words();
        self.say_plain(words.line_held);
        self.lines().held = Some(Vec::new());
    }

    fn go_and_say(&mut self, go: impl FnOnce(&mut Self)) {
        let before = self.model.tab().map(|tab| tab.room.clone());
        go(self);
        if before.as_ref() != self.model.tab().map(|tab| &tab.room) {
            self.say_here();
        }
    }

    fn go_to_named(&mut self, name: &str) {
        if name.is_empty() {
            return self.say_rooms();
        }
        let number = name.parse::<usize>().ok();
        let mut shown = self.model.shown_tabs();
        let by_number = number.and_then(|number| shown.nth(number.checked_sub(1)?));
        let by_number = by_number.map(|(index, _)| index);
        drop(shown);
        let by_name = || {
            let rows = rows(self.model, self.facts, name).into_iter();
            let mut tabs = rows.filter_map(|row| match row.target {
                Target::Tab(room) => Some(room),
                Target::Room(..) | Target::Person(_) | Target::New(_) => None,
            });
            let room = tabs.next()?;
            self.model.tabs.iter().position(|tab| tab.room == room)
        };
        if let Some(index) = by_number.or_else(by_name) {
            self.show(index);
            return self.say_here();
        }
        let words = self.model.words();
        let name = name.trim_start_matches('#');
        self.refuse_line(&fill(words.line_no_such_room, &[name]));
    }

    /// Says a line of this time, and the day first where it is another one than the last.
    pub(super) fn say_at(&mut self, time: u64, line: &str) {
        let clock = self.model.clock();
        let date = clock.date(time);
        let day = clock.day(date);
        if self.lines().day.replace(date) != Some(date) {
            self.say_line(&day);
        }
        self.say_line(line);
    }

    /// Says what the rest of this turn left to be told, and what was gathered long enough.
    pub(super) fn say_rest(&mut self) {
        if self.model.lines.is_none() {
            return;
        }
        self.model.popup = None;
        if let Some(Note { text, .. }) = self.model.note.take() {
            self.say_plain(text.as_str());
        }
        let now = self.model.now.elapsed;
        let due = |gathered: &Gathered| gathered.due <= now;
        let gathered = self.lines().gathered.iter();
        let rooms: Vec<Address> = gathered
            .filter(|(_, gathered)| due(gathered))
            .map(|(room, _)| room.clone())
            .collect();
        for room in rooms {
            self.say_gathered(&room);
        }
    }
}

/// Enters the rooms with which reading line by line begins, and goes to the first one.
pub(super) fn begin(turn: &mut Turn<'_>, rooms: Vec<RoomName>) {
    let mut first = None;
    for room in rooms {
        let index = turn.join_behind(room);
        first.get_or_insert(index);
    }
    if let Some(index) = first {
        turn.show(index);
    }
}
