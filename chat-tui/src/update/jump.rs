//! Going to a message wherever it is, and paging on around it. `model::past` has the rules.

use protocol::event::{Kind, Message};
use protocol::limits::JOIN_MESSAGES;
use protocol::position::{Address, Position};

use super::Turn;
use crate::model::find::{Hit, Terms};
use crate::model::layout::layout;
use crate::model::log::{Log, Place, Scroll, Spot, reaches_beginning};
use crate::model::past::{Jump, Landing, Messages, Past, Step};
use crate::model::status::Note;
use crate::model::tab::{Older, Stage, Tab};
use crate::model::timeline::{Said, Slot};
use crate::model::words::fill;
use crate::session::{Command, Edge};

impl Turn<'_> {
    /// Goes to a hit: at once where its message is here, else as soon as the messages around it are.
    pub(super) fn jump(&mut self, hit: &Hit, terms: Terms) {
        let (room, position) = (hit.room.clone(), hit.position);
        let jump = Jump {
            room,
            position,
            terms,
            step: Step::Entering,
        };
        let tab = self.model.tabs.iter_mut().find(|tab| tab.room == jump.room);
        let stage = tab.as_ref().map(|tab| tab.stage).unwrap_or_default();
        if let Some(tab) = tab {
            if tab.shown().contains(position) {
                return self.land(jump);
            }
            if tab.timeline.contains(position) {
                tab.past = None;
                return self.land(jump);
            }
        }
        if !self.is_online() {
            let words = self.model.words();
            return self.fail(words.jump_offline);
        }
        let room = jump.room.clone();
        self.model.jump = Some(jump);
        if stage == Stage::Outside {
            self.session(Command::Join {
                room,
                last: JOIN_MESSAGES,
            });
        } else {
            self.go_on();
        }
    }

    /// The room of a jump is entered: asks for the message and those before it.
    pub(super) fn go_on(&mut self) {
        let Some(jump) = &mut self.model.jump else {
            return;
        };
        if !matches!(jump.step, Step::Entering) {
            return;
        }
        jump.step = Step::Before;
        let room = jump.room.clone();
        let edge = Edge::Before(behind(jump.position));
        self.session(Command::Page { room, edge });
    }

    /// A jump that is under way came to nothing.
    pub(super) fn jump_failed(&mut self, reason: &str) {
        if self.model.jump.take().is_some() {
            let words = self.model.words();
            self.fail(&fill(words.jump_failed, &[reason]));
        }
    }

    /// A page of a past.
    pub(super) fn page_came(
        &mut self,
        room: &Address,
        edge: Edge,
        messages: &[Message],
        more: bool,
    ) {
        let messages = self.taken(messages);
        match self.model.jump.take_if(|jump| is_of(jump, room, edge)) {
            Some(jump) => self.jump_page(jump, messages, more),
            None => self.past_page(room, edge, messages, more),
        }
    }

    /// A page did not come.
    pub(super) fn page_refused(&mut self, room: &Address, edge: Edge, reason: &str) {
        let is_jump = |jump: &Jump| is_of(jump, room, edge);
        if self.model.jump.as_ref().is_some_and(is_jump) {
            return self.jump_failed(reason);
        }
        let past = self.model.tab_of(room).and_then(|tab| tab.past.as_mut());
        let Some(past) = past else { return };
        match edge {
            Edge::Before(_) => past.older = Older::Failed,
            Edge::After(_) => past.newer = Older::Failed,
        }
    }

    fn jump_page(&mut self, mut jump: Jump, messages: Messages, more: bool) {
        let bytes_max = Tab::past_bytes(self.model.timeline_share());
        if let Step::After(mut past) = jump.step {
            past.take_newer(messages, bytes_max);
            jump.step = Step::Before;
            if let Some(tab) = self.model.tab_of(&jump.room) {
                tab.past = Some(past);
                tab.meet(!more);
            }
            return self.land(jump);
        }
        let last = messages.last().map(|(position, _)| *position);
        if last != Some(jump.position) {
            self.model.jump = Some(jump);
            let words = self.model.words();
            return self.jump_failed(words.jump_gone);
        }
        let mut past = Past::default();
        past.take_older(messages, more, bytes_max);
        let room = jump.room.clone();
        let edge = Edge::After(jump.position);
        jump.step = Step::After(past);
        self.model.jump = Some(jump);
        self.session(Command::Page { room, edge });
    }

    fn past_page(&mut self, room: &Address, edge: Edge, messages: Messages, more: bool) {
        let bytes_max = Tab::past_bytes(self.model.timeline_share());
        self.settle_place(room);
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        let Some(past) = &mut tab.past else { return };
        match edge {
            Edge::Before(first) if past.timeline.first_message() == Some(first) => {
                past.take_older(messages, more, bytes_max);
            }
            Edge::After(last) if past.timeline.last_message() == Some(last) => {
                past.take_newer(messages, bytes_max);
                tab.meet(!more);
            }
            // It was asked for at an end that is another one by now.
            Edge::Before(_) | Edge::After(_) => {}
        }
    }

    /// Shows the message of a jump, in the middle of the log, and closes what stands over it.
    fn land(&mut self, jump: Jump) {
        let Some(index) = self.model.tabs.iter().position(|tab| tab.room == jump.room) else {
            return;
        };
        self.model.popup = None;
        self.model.jump = None;
        self.show(index);
        let place = Place::Entry(Slot::of(jump.position));
        if let Some(tab) = self.model.tab_mut() {
            tab.scroll = Scroll::At(place, Spot::END);
            tab.landing = Some(Landing {
                position: jump.position,
                terms: jump.terms,
            });
        }
        let layout = layout(self.model, self.facts);
        let Some(tab) = self.model.tab() else { return };
        let log = Log::new(self.model, self.facts, tab, &layout);
        let scroll = log.down(usize::from(layout.log.height) / 2);
        if let Some(tab) = self.model.tab_mut() {
            tab.scroll = scroll;
        }
    }

    /// Asks for more of the past once one of its ends is near.
    pub(super) fn fetch_past(&mut self) {
        let Some(tab) = self.model.tab().filter(|tab| tab.stage == Stage::Live) else {
            return;
        };
        let Some(past) = &tab.past else { return };
        if !self.is_online() {
            return;
        }
        let layout = layout(self.model, self.facts);
        let height = usize::from(layout.log.height);
        let wants_newer = past.newer == Older::Idle
            && match tab.scroll {
                Scroll::At(Place::Entry(slot), _) => {
                    past.timeline.after(slot).take(height).count() < height
                }
                Scroll::At(..) | Scroll::Bottom => true,
            };
        let wants_older = past.more && past.older == Older::Idle && {
            let log = Log::new(self.model, self.facts, tab, &layout);
            reaches_beginning(&log, height)
        };
        let newer = past.timeline.last_message().filter(|_| wants_newer);
        let older = past.timeline.first_message().filter(|_| wants_older);
        let room = tab.room.clone();
        if let Some(past) = self.model.tab_mut().and_then(|tab| tab.past.as_mut()) {
            past.newer = newer.map_or(past.newer, |_| Older::Asked);
            past.older = older.map_or(past.older, |_| Older::Asked);
        }
        let edges = older
            .map(Edge::Before)
            .into_iter()
            .chain(newer.map(Edge::After));
        for edge in edges {
            let room = room.clone();
            self.session(Command::Page { room, edge });
        }
    }

    /// Closes what stands over the screen; a jump from there is given up.
    pub(super) fn close_popup(&mut self) {
        self.model.popup = None;
        self.model.jump = None;
    }

    /// The connection is gone, and with it every page that was on its way.
    pub(super) fn pages_lost(&mut self) {
        for past in self
            .model
            .tabs
            .iter_mut()
            .filter_map(|tab| tab.past.as_mut())
        {
            past.older = Older::Idle;
            past.newer = Older::Idle;
        }
        if self.model.jump.take().is_some() {
            self.model.note = Some(Note::failure(self.model.words().jump_offline));
        }
    }

    /// Messages as they are kept; what speaks to the person is gathered.
    pub(super) fn taken(&mut self, messages: &[Message]) -> Messages {
        let me = self.facts.person();
        let nick = self.facts.nick().unwrap_or_default();
        let said = messages.iter().map(|message| {
            let own = me == Some(message.id.person);
            let is_said = message.kind != Kind::Topic;
            let mention = !own && is_said && self.model.is_mention(&message.text, nick);
            (message.position, Said::new(message, own, mention))
        });
        let said: Messages = said.collect();
        let called = messages.iter().zip(&said);
        let called = called.filter(|(_, (_, said))| said.mention);
        for (message, _) in called {
            self.mentioned(message);
        }
        said
    }
}

/// Whether a page is the one that a jump waits for.
fn is_of(jump: &Jump, room: &Address, edge: Edge) -> bool {
    let waits_for = match jump.step {
        Step::Entering => return false,
        Step::Before => Edge::Before(behind(jump.position)),
        Step::After(_) => Edge::After(jump.position),
    };
    jump.room == *room && edge == waits_for
}

/// The place right behind a message, so that a page before it ends with the message.
const fn behind(position: Position) -> Position {
    Position::new(position.era, position.n.saturating_add(1))
}
