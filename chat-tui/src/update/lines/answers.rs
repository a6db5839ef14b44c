//! What the server answers to who asked by a line, and what it refuses.

use protocol::error::Refusal;
use protocol::event::{Message, RoomInfo};
use protocol::position::Address;

use crate::model::find::{Hit, Terms, is_sought};
use crate::model::lines::{found, plain};
use crate::model::log::moment;
use crate::model::notify::window_name;
use crate::model::tab::Older;
use crate::model::timeline::Notice;
use crate::model::words::fill;
use crate::session::{Body, Command, LocalId, Wanted};
use crate::text::sanitized::Sanitized;
use crate::update::news::room_rows;
use crate::update::{Effect, Turn};

impl Turn<'_> {
    pub(super) fn say_found(
        &mut self,
        wanted: &Wanted,
        messages: &[Message],
        (next, since): (Option<u64>, Option<u64>),
    ) {
        let words = self.model.words();
        if self.lines().search.as_ref() != Some(wanted) {
            // What is found of one's own nick are the mentions.
            return self.say_mentions();
        }
        let terms = Terms::of(&wanted.text);
        let hits = messages.iter().filter(|message| is_sought(message.kind));
        let lines: Vec<String> = hits
            .map(|message| found(self.model, &Hit::new(message, &terms)))
            .collect();
        let count = lines.len().to_string();
        for line in lines.into_iter().rev() {
            self.say_line(&line);
        }
        self.lines().next = next;
        let text = wanted.text.as_str();
        let told = match (messages.is_empty(), next) {
            (true, None) => fill(words.line_found_nothing, &[text]),
            (_, None) => fill(words.line_found, &[&count, text]),
            (_, Some(_)) => fill(words.line_found_more, &[&count, text]),
        };
        self.say_plain(&told);
        if let Some(since) = since {
            let model = &self.model;
            let since = moment(since, model.now.unix_ms, model.clock());
            self.say_plain(&fill(words.line_kept_since, &[&since]));
        }
    }

    pub(super) fn say_room_list(&mut self, rooms: &[RoomInfo]) {
        if !std::mem::take(&mut self.lines().rooms_asked) {
            return;
        }
        let rows = room_rows(rooms);
        if rows.is_empty() {
            return self.say_plain(self.model.words().rooms_none);
        }
        for row in rows {
            let line = format!("{} ({}) {}", row.name, row.members, row.topic);
            self.say_line(line.trim_end());
        }
    }

    pub(super) fn say_failed(&mut self, room: &Address, local: LocalId, refusal: &Refusal) {
        let words = self.model.words();
        self.model.note = None;
        let pending = self.facts.pending(room);
        let failed = pending.iter().find(|pending| pending.local == local);
        let text = failed.map(|pending| match &pending.body {
            Body::Text { text, .. } => Sanitized::line(text.as_str()),
            Body::Topic(topic) => Sanitized::line(topic.as_str()),
        });
        let name = self.model.tab_of(room).map(|tab| window_name(tab));
        let values = [
            &*name.unwrap_or_default(),
            &*Sanitized::line(&words.refusal(refusal)).into_string(),
            &*text.map(Sanitized::into_string).unwrap_or_default(),
        ];
        self.say_plain(&fill(words.line_failed, &values));
        self.effects.push(Effect::LineRefused);
    }

    pub(super) fn say_refused(&mut self, command: &Command, refusal: &Refusal) {
        let words = self.model.words();
        let reason = Sanitized::line(&words.refusal(refusal));
        match command {
            Command::Search { wanted, .. } => {
                let is_searched = self.lines().search.as_ref() == Some(wanted);
                let sentence = fill(words.command_refused, &["/search", reason.as_str()]);
                if is_searched {
                    self.say_plain(&sentence);
                } else {
                    let told = fill(words.command_refused, &["/mentions", reason.as_str()]);
                    self.say_plain(&told);
                }
            }
            Command::Older { room, .. } => {
                if let Some(tab) = self.model.tab_of(room) {
                    tab.older = Older::Idle;
                }
                if self
                    .lines()
                    .older
                    .take_if(|(asked, _)| asked == room)
                    .is_some()
                {
                    self.say_plain(&fill(words.line_not_fetched, &[reason.as_str()]));
                }
            }
            Command::Join { room, .. } => {
                self.say_notice(room, &Notice::NotEntered { reason });
            }
            Command::Rooms => self.lines().rooms_asked = false,
            Command::Whisper { .. } => self.lines().is_whispering = false,
            // The sentence is the server's, and must not pass for a line of somebody.
            Command::Connect
            | Command::Nick(_)
            | Command::Say { .. }
            | Command::SayAll { .. }
            | Command::Members { .. }
            | Command::Again { .. }
            | Command::Discard { .. }
            | Command::Quit => {
                if let Some(note) = self.model.note.take() {
                    let told = plain(note.text.as_str());
                    self.say_plain(&fill(words.line_not_done, &[&told]));
                }
            }
            Command::Leave { .. }
            | Command::Topic { .. }
            | Command::Page { .. }
            | Command::Quote { .. } => {}
        }
    }
}
