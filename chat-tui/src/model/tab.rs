//! One room or conversation on the screen: what was said, what is being written, and where one reads.

use std::collections::VecDeque;

use protocol::position::{Address, Position};

use super::draft::Draft;
use super::log::{Place, Scroll};
use super::past::{Landing, PAST_ENTRIES_MAX, PAST_SHARE, Past};
use super::quotes::Quotes;
use super::speakers::Speakers;
use super::timeline::{Notice, Slot, TIMELINE_ENTRIES_MAX, TIMELINE_READING_MAX, Timeline};
use crate::session::LocalId;
use crate::text::editor::Editor;
use crate::text::sanitized::Sanitized;

/// Notices that wait for the messages of a join.
pub const ARRIVAL_MAX: usize = 16;

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
    /// What was said, up to the end of the room.
    pub timeline: Timeline,
    /// Whether there is more before it.
    pub more: bool,
    /// How a page of older messages is on its way.
    pub older: Older,
    /// Messages far back that are read instead of the last ones.
    pub past: Option<Past>,
    /// The message that a jump led to.
    pub landing: Option<Landing>,
    /// How far it is entered.
    pub stage: Stage,
    /// What is to be told once they are here.
    pub arrival: Vec<Notice>,
    /// What is being written.
    pub draft: Editor,
    /// The message that it answers.
    pub reply_to: Option<Position>,
    /// What Ctrl+C cleared last; Up brings it back, and leaving right after keeps it.
    pub cleared: Option<Draft>,
    /// Messages that answers quote and that are not in the timeline.
    pub quotes: Quotes,
    /// What was sent from here, oldest first.
    pub sent: VecDeque<String>,
    /// How far back Up went: 1 is the last text sent.
    pub recalled: usize,
    /// Where one reads.
    pub scroll: Scroll,
    /// What is selected; while something is, keys are for reading.
    pub selected: Option<Place>,
    /// Members above the first one shown in the column.
    pub members_scroll: usize,
    /// Who spoke lately.
    pub speakers: Speakers,
    /// Messages that were not seen.
    pub unread: usize,
    /// Those of them that speak to the person.
    pub mentions: usize,
    /// Messages that came since one reads further up.
    pub below: usize,
    /// The first message of the unread line; it stays until something new is unread after all was seen.
    pub unread_from: Option<Position>,
    /// The last message seen before the unread line; nothing where none was.
    pub unread_after: Option<Position>,
    /// How many messages the unread line tells.
    pub unread_told: usize,
    /// The last message that was seen.
    pub read: Option<Position>,
}

/// How far a room is entered, for the screen: a lost connection changes nothing of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not at all.
    #[default]
    Outside,
    /// The messages of the first join are coming.
    Filling,
    /// Everything is here, and what comes is live.
    Live,
    /// What was missed is coming.
    CatchingUp,
}

impl Stage {
    /// Whether the messages of the first join are all here.
    pub const fn is_filled(self) -> bool {
        matches!(self, Self::Live | Self::CatchingUp)
    }
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
            past: None,
            landing: None,
            stage: Stage::default(),
            arrival: Vec::new(),
            draft: Editor::default(),
            reply_to: None,
            cleared: None,
            quotes: Quotes::default(),
            sent: VecDeque::new(),
            recalled: 0,
            scroll: Scroll::Bottom,
            selected: None,
            members_scroll: 0,
            speakers: Speakers::default(),
            unread: 0,
            mentions: 0,
            below: 0,
            unread_from: None,
            unread_after: None,
            unread_told: 0,
            read: None,
        }
    }

    /// The messages that are on the screen.
    pub fn shown(&self) -> &Timeline {
        self.past
            .as_ref()
            .map_or(&self.timeline, |past| &past.timeline)
    }

    /// The messages that are on the screen.
    pub fn shown_mut(&mut self) -> &mut Timeline {
        match &mut self.past {
            Some(past) => &mut past.timeline,
            None => &mut self.timeline,
        }
    }

    /// Whether there is more before the messages on the screen, and how a page of it is on its way.
    pub fn before_shown(&self) -> (bool, Older) {
        self.past
            .as_ref()
            .map_or((self.more, self.older), |past| (past.more, past.older))
    }

    /// Goes on with the last messages, at their end.
    pub fn go_to_end(&mut self) {
        self.past = None;
        self.landing = None;
        self.scroll = Scroll::Bottom;
        self.below = 0;
    }

    /// Reads on in a past that takes over the oldest messages here: there is no room for more above them.
    pub fn part(&mut self, share: usize) {
        let oldest = self
            .timeline
            .split_oldest(PAST_ENTRIES_MAX, Self::past_bytes(share));
        self.past = Some(Past {
            timeline: oldest,
            more: self.more,
            ..Past::default()
        });
        self.more = true;
        self.trim(share);
    }

    /// Makes the past a part of the live window once the two touch, or where nothing is between them.
    pub fn meet(&mut self, nothing_between: bool) {
        let Some(past) = &self.past else { return };
        let touches = match (past.timeline.last_message(), self.timeline.first_message()) {
            (Some(last), Some(first)) => last.n.saturating_add(1) >= first.n,
            (None, _) | (_, None) => false,
        };
        if !touches && !nothing_between {
            return;
        }
        if let Some(past) = self.past.take() {
            self.timeline.absorb(past.timeline);
            self.more = past.more;
            self.older = past.older;
        }
    }

    /// The memory that a past may take where the room has this share.
    pub const fn past_bytes(share: usize) -> usize {
        share / PAST_SHARE
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

    /// What is written here, as it is kept.
    pub fn kept(&self) -> Draft {
        Draft {
            text: self.draft.text().to_owned(),
            reply_to: self.reply_to,
        }
    }

    /// Keeps a notice for when the messages are here; of too many the newest are left out.
    pub fn announce(&mut self, notice: Notice) {
        if self.arrival.len() < ARRIVAL_MAX {
            self.arrival.push(notice);
        }
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

    /// What the person said became a message: who reads or has selected the one reads the other.
    pub fn became(&mut self, local: LocalId, position: Position) {
        let (was, is) = (Place::Pending(local), Place::Entry(Slot::of(position)));
        if self.selected == Some(was) {
            self.selected = Some(is);
        }
        if let Scroll::At(place, _) = &mut self.scroll
            && *place == was
        {
            *place = is;
        }
    }

    /// An older message came in: the unread line moves up to it where it was not seen either.
    pub fn missed_before(&mut self, position: Position) {
        if let (Some(from), Some(after)) = (self.unread_from, self.unread_after)
            && after < position
        {
            self.unread_from = Some(from.min(position));
            self.unread_told = self.unread_told.saturating_add(1);
        }
    }

    /// Lets go of what is too old to be kept within `bytes_max`.
    pub fn trim(&mut self, bytes_max: usize) {
        let max = match self.scroll {
            // What is read in the past is not here.
            Scroll::At(..) if self.past.is_none() => TIMELINE_READING_MAX,
            Scroll::At(..) | Scroll::Bottom => TIMELINE_ENTRIES_MAX,
        };
        if self.timeline.trim(max, bytes_max) {
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

#[cfg(test)]
mod tests {
    use super::super::log::Spot;
    use super::*;

    #[test]
    fn what_is_being_read_is_kept_longer() {
        let mut tab = Tab::new("lobby".parse().unwrap(), Sanitized::line("lobby"));
        for _ in 0..=TIMELINE_READING_MAX {
            tab.timeline.notice(Notice::Forked(None));
        }
        tab.scroll = Scroll::At(Place::Beginning, Spot::END);
        tab.trim(usize::MAX);
        assert_eq!(tab.timeline.len(), TIMELINE_READING_MAX);
        assert!(tab.more);
        tab.scroll = Scroll::Bottom;
        tab.trim(usize::MAX);
        assert_eq!(tab.timeline.len(), TIMELINE_ENTRIES_MAX);
    }

    #[test]
    fn the_oldest_sent_texts_are_forgotten() {
        let mut tab = Tab::new("lobby".parse().unwrap(), Sanitized::line("lobby"));
        for number in 0..=RECALL_TEXTS_MAX {
            tab.remember_sent(number.to_string());
            tab.remember_sent(number.to_string());
        }
        assert_eq!(tab.sent.len(), RECALL_TEXTS_MAX);
        assert_eq!(tab.sent.front().map(String::as_str), Some("1"));
    }
}
