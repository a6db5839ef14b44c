//! The history before the join: gathered page by page from its end, printed from its beginning. What comes live meanwhile waits.

use std::collections::VecDeque;

use protocol::event::Message;
use protocol::limits::PAGE_MESSAGES_MAX;
use protocol::position::{Address, Position};

use super::Act;
use crate::shell::line_mode::args::HISTORY_MAX;
use crate::shell::line_mode::format::Event;

/// Events that are gathered before the first one is printed; at it no further page is asked for, and what is here is printed.
pub(super) const GATHERED_MAX: usize = 2 * HISTORY_MAX as usize;

/// Events on their way to the output, until the wanted history is whole.
#[derive(Debug)]
pub(super) struct Backlog {
    room: Address,
    wanted: usize,
    stage: Stage,
    /// The last message when the room was entered first: what follows is no history.
    head: Option<Position>,
    events: VecDeque<Event>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The room's last messages are due.
    Entering,
    /// A page before the first message is due.
    Paging,
    /// Events go straight to the output.
    Past,
}

impl Backlog {
    pub(super) fn new(room: Address, wanted: u32) -> Self {
        Self {
            room,
            wanted: usize::try_from(wanted).unwrap_or(usize::MAX),
            stage: Stage::Entering,
            head: None,
            events: VecDeque::new(),
        }
    }

    /// How many messages the join is to give.
    pub(super) fn first_page(&self) -> u16 {
        u16::try_from(self.wanted).map_or(PAGE_MESSAGES_MAX, |wanted| wanted.min(PAGE_MESSAGES_MAX))
    }

    /// Whether everything before the join is printed.
    pub(super) fn is_past(&self) -> bool {
        self.stage == Stage::Past
    }

    /// Whether the room was entered.
    pub(super) fn has_begun(&self) -> bool {
        self.head.is_some()
    }

    /// The room is entered. Says whether for the first time.
    pub(super) fn entered(&mut self, head: Position) -> bool {
        let first = self.head.is_none();
        self.head.get_or_insert(head);
        first
    }

    /// Takes an event that is to be printed in its turn.
    pub(super) fn take(&mut self, event: Event, acts: &mut Vec<Act>) {
        if self.events.len() >= GATHERED_MAX {
            self.stage = Stage::Past;
        }
        self.events.push_back(event);
        self.release(acts);
    }

    /// The messages of the join are here. Gives the position before which a page is wanted.
    pub(super) fn caught_up(&mut self, more: bool) -> Option<Position> {
        if self.is_past() {
            None
        } else {
            self.next_page(more)
        }
    }

    /// A page is here. Gives the position before which another one is wanted.
    pub(super) fn older(&mut self, page: Vec<Event>, more: bool) -> Option<Position> {
        if self.stage != Stage::Paging {
            return None;
        }
        for event in page.into_iter().rev() {
            self.events.push_front(event);
        }
        self.next_page(more)
    }

    /// No further page can be had.
    pub(super) fn give_up(&mut self) -> Option<Position> {
        self.stage = Stage::Past;
        None
    }

    /// The room's history went another way, and comes anew: what was not printed yet never was.
    pub(super) fn forked(&mut self, event: Event, acts: &mut Vec<Act>) {
        if self.is_past() {
            acts.push(Act::Print(event));
        } else {
            self.stage = Stage::Entering;
            self.events.clear();
        }
    }

    /// Prints what has nothing to wait for.
    pub(super) fn release(&mut self, acts: &mut Vec<Act>) {
        if !self.is_past() {
            return;
        }
        let mut surplus = self.history().count().saturating_sub(self.wanted);
        for event in std::mem::take(&mut self.events) {
            if surplus > 0 && self.is_history(&event) {
                surplus -= 1;
            } else {
                acts.push(Act::Print(event));
            }
        }
        // From now on everything is live.
        self.wanted = usize::MAX;
    }

    fn next_page(&mut self, more: bool) -> Option<Position> {
        let short = self.history().count() < self.wanted && self.events.len() < GATHERED_MAX;
        let before = self.history().next().map(|message| message.position);
        let before = before.filter(|_| more && short);
        self.stage = if before.is_some() {
            Stage::Paging
        } else {
            Stage::Past
        };
        before
    }

    fn history(&self) -> impl Iterator<Item = &Message> {
        self.events
            .iter()
            .filter(|event| self.is_history(event))
            .filter_map(|event| match event {
                Event::Message { message, .. } => Some(message),
                Event::Joined { .. }
                | Event::Found { .. }
                | Event::Member { .. }
                | Event::Gap { .. }
                | Event::Forked { .. } => None,
            })
    }

    fn is_history(&self, event: &Event) -> bool {
        match event {
            Event::Message { message, .. } => {
                message.room == self.room && Some(message.position) <= self.head
            }
            Event::Joined { .. }
            | Event::Found { .. }
            | Event::Member { .. }
            | Event::Gap { .. }
            | Event::Forked { .. } => false,
        }
    }
}
