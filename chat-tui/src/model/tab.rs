//! One room or conversation on the screen: what was said, what is being written, and where one reads.

use std::collections::VecDeque;

use protocol::position::{Address, Position};

use super::log::Scroll;
use super::timeline::{Notice, TIMELINE_ENTRIES_MAX, TIMELINE_READING_MAX, Timeline};
use crate::text::editor::Editor;
use crate::text::sanitized::Sanitized;

/// Most texts of a room that Up brings back; the oldest go.
pub const RECALL_TEXTS_MAX: usize = 100;

/// A room or conversation.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Which.
    pub room: Address,
    /// What it is called: the room's name, or the other's nick.
    pub title: Sanitized,
    /// Whether it has no place among the tabs: a conversation in which nothing new happened.
    pub hidden: bool,
    /// What was said.
    pub timeline: Timeline,
    /// Whether there is more before it.
    pub more: bool,
    /// How a page of older messages is on its way.
    pub older: Older,
    /// Whether the room was entered, once at least.
    pub entered: bool,
    /// Whether the messages of the first join are all here.
    pub live: bool,
    /// Whether the messages of a join, or those missed, are still coming.
    pub catching_up: bool,
    /// What is to be told once they are here.
    pub arrival: Vec<Notice>,
    /// What is being written.
    pub draft: Editor,
    /// What was sent from here, oldest first.
    pub sent: VecDeque<String>,
    /// How far back Up went: 1 is the last text sent.
    pub recalled: usize,
    /// Where one reads.
    pub scroll: Scroll,
    /// Messages that were not seen.
    pub unread: usize,
    /// Those of them that speak to the person.
    pub mentions: usize,
    /// Messages that came since one reads further up.
    pub below: usize,
    /// The first message of the unread line; it stays until something new is unread after all was seen.
    pub unread_from: Option<Position>,
    /// How many messages the unread line tells.
    pub unread_told: usize,
    /// The last message that was seen.
    pub read: Option<Position>,
}

/// How a page of older messages is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Older {
    /// Nobody asked.
    #[default]
    Idle,
    /// It was asked for.
    Asked,
    /// It was asked for and did not come; asked for again when somebody scrolls up.
    Failed,
}

impl Tab {
    /// A room or conversation of which nothing is known yet.
    pub fn new(room: Address, title: Sanitized) -> Self {
        Self {
            room,
            title,
            hidden: false,
            timeline: Timeline::default(),
            more: false,
            older: Older::default(),
            entered: false,
            live: false,
            catching_up: false,
            arrival: Vec::new(),
            draft: Editor::default(),
            sent: VecDeque::new(),
            recalled: 0,
            scroll: Scroll::Bottom,
            unread: 0,
            mentions: 0,
            below: 0,
            unread_from: None,
            unread_told: 0,
            read: None,
        }
    }

    /// Whether it is a conversation.
    pub fn is_direct(&self) -> bool {
        self.room.pair().is_some()
    }

    /// Its name as it stands in sentences: `개발`, `@지은`.
    pub fn name(&self) -> String {
        let at = if self.is_direct() { "@" } else { "" };
        format!("{at}{}", self.title)
    }

    /// Counts everything as seen; tells whether that is new.
    pub fn mark_read(&mut self) -> bool {
        self.unread = 0;
        self.mentions = 0;
        let last = self.timeline.last_message();
        if last > self.read {
            self.read = last;
            return true;
        }
        false
    }

    /// Lets go of what is too old to be kept.
    pub fn trim(&mut self) {
        let max = match self.scroll {
            Scroll::Bottom => TIMELINE_ENTRIES_MAX,
            Scroll::At(..) => TIMELINE_READING_MAX,
        };
        if self.timeline.trim(max) {
            self.more = true;
        }
    }

    /// Remembers a text that was sent, for Up.
    pub fn remember_sent(&mut self, text: String) {
        self.recalled = 0;
        if self.sent.back() == Some(&text) {
            return;
        }
        self.sent.push_back(text);
        if self.sent.len() > RECALL_TEXTS_MAX {
            self.sent.pop_front();
        }
    }
}
