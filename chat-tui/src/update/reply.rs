//! Answering: which message the draft answers, and fetching what is quoted and not here.

use protocol::event::{Kind, Message};
use protocol::position::{Address, Position};

use super::Turn;
use crate::model::tab::Stage;
use crate::model::timeline::{Entry, Slot};
use crate::session::Command;

impl Turn<'_> {
    /// Lets the draft answer the newest message of somebody else; where it answers one already, the one before that.
    pub(super) fn reply_further_up(&mut self) {
        let words = self.model.words();
        let Some(tab) = self.model.tab() else {
            return self.fail(words.needs_room);
        };
        let from = tab.reply_to.map_or(Slot::END, Slot::of);
        let above = tab.timeline.before(from);
        let mut others = above.filter_map(|(slot, entry)| match entry {
            Entry::Said(said) if !said.own && said.kind != Kind::Topic => Some(slot.position),
            Entry::Said(_) | Entry::Notice(_) => None,
        });
        let next = others.next();
        drop(others);
        match next {
            Some(position) => self.reply_to(position),
            None => self.tell(words.nobody_to_answer),
        }
    }

    /// Lets the draft answer this message of the room that is shown.
    pub(super) fn reply_to(&mut self, position: Position) {
        if let Some(tab) = self.model.tab_mut() {
            tab.reply_to = Some(position);
            self.draft_changed();
        }
    }

    /// Lets the draft answer nothing; tells whether it did.
    pub(super) fn forget_reply(&mut self) -> bool {
        let answered = self.model.tab_mut().and_then(|tab| tab.reply_to.take());
        if answered.is_some() {
            self.draft_changed();
        }
        answered.is_some()
    }

    /// Asks for a message that is quoted on the screen and not here; one at a time, each once.
    pub(super) fn fetch_quote(&mut self) {
        let rows = usize::from(self.model.size.1);
        let Some(tab) = self.model.tab() else { return };
        if tab.stage != Stage::Live || tab.quotes.is_asking() || !self.is_online() {
            return;
        }
        let Some(position) = tab.quote_wanted(rows) else {
            return;
        };
        let room = tab.room.clone();
        if let Some(tab) = self.model.tab_mut() {
            tab.quotes.ask(position);
        }
        self.session(Command::Quote { room, position });
    }

    /// A message came that was asked for to be quoted, or there is none.
    pub(super) fn quoted(&mut self, room: &Address, position: Position, message: Option<&Message>) {
        if let Some(tab) = self.model.tab_of(room) {
            tab.quotes.answer(position, message);
        }
    }

    /// A quoted message was not given: without a connection it is asked for again, else it is gone.
    pub(super) fn not_quoted(&mut self, room: &Address, position: Position) {
        let is_online = self.is_online();
        if let Some(tab) = self.model.tab_of(room) {
            if is_online {
                tab.quotes.answer(position, None);
            } else {
                tab.quotes.forget(position);
            }
        }
    }
}
