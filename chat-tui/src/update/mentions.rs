//! The messages that speak to the person, gathered over all rooms: those that came by here, and those that the server finds.

use protocol::event::Message;
use protocol::position::Address;
use protocol::search::SearchText;

use super::Turn;
use super::keys::Action;
use crate::key::Key;
use crate::model::find::{Answer, Hit, MENTIONS_MAX, Terms, gather, is_sought};
use crate::model::mention::mentions;
use crate::model::popup::Popup;
use crate::model::words::fill;
use crate::session::{Command, Wanted};
use crate::text::sanitized::Sanitized;

/// Mentions that a page up or down moves.
const PAGE_HITS: usize = 10;

impl Turn<'_> {
    /// Opens the list, and asks the server for those from before.
    pub(super) fn show_mentions(&mut self) -> bool {
        self.model.mentions.chosen = 0;
        self.model.popup = Some(Popup::Mentions);
        self.model.completion = None;
        if let (true, Some(wanted)) = (self.is_online(), self.own_name()) {
            self.model.mentions.answer = Answer::Asked;
            self.session(Command::Search { wanted, next: None });
        }
        true
    }

    /// A key while the list is open.
    pub(super) fn mentions_key(&mut self, key: Key, action: Option<Action>) {
        let mentions = &mut self.model.mentions;
        let last = mentions.hits.len().saturating_sub(1);
        let down = |at: usize, by: usize| at.saturating_add(by).min(last);
        match action {
            Some(Action::Escape | Action::Mentions | Action::Clear | Action::Leave) => {
                self.close_popup();
            }
            Some(Action::Up | Action::BackTab) => {
                mentions.chosen = mentions.chosen.saturating_sub(1);
            }
            Some(Action::Down | Action::Tab) => mentions.chosen = down(mentions.chosen, 1),
            Some(Action::PageUp) => {
                mentions.chosen = mentions.chosen.saturating_sub(PAGE_HITS);
            }
            Some(Action::PageDown) => mentions.chosen = down(mentions.chosen, PAGE_HITS),
            Some(Action::Enter) => {
                let hit = mentions.hits.get(mentions.chosen).cloned();
                if let Some(hit) = hit.filter(|_| self.model.jump.is_none()) {
                    let terms = self.own_terms();
                    self.jump(&hit, terms);
                }
            }
            Some(Action::Retry) => self.retry(),
            Some(_) => {}
            // Nothing typed is dropped: who begins to write is done with the list.
            None => {
                self.close_popup();
                self.compose_key(key, None);
            }
        }
    }

    /// Keeps a message that speaks to the person.
    pub(super) fn mentioned(&mut self, message: &Message) {
        let hit = Hit::new(message, &self.own_terms());
        self.gather_mentions(vec![hit]);
    }

    /// Keeps those among what the server found for the person's nick.
    pub(super) fn mentions_found(&mut self, wanted: &Wanted, messages: &[Message]) {
        if self.own_name().as_ref() != Some(wanted) {
            return;
        }
        self.model.mentions.answer = Answer::Here { next: None };
        let me = self.facts.person();
        let terms = self.own_terms();
        let hits = messages
            .iter()
            .filter(|message| is_sought(message.kind) && me != Some(message.id.person))
            .filter(|message| mentions(&message.text, wanted.text.as_str()))
            .map(|message| Hit::new(message, &terms))
            .collect();
        self.gather_mentions(hits);
    }

    /// The server did not answer: those that came by here are all there are.
    pub(super) fn mentions_not_found(&mut self, wanted: &Wanted, reason: &Sanitized) {
        if self.own_name().as_ref() == Some(wanted) && self.model.mentions.answer == Answer::Asked {
            let words = self.model.words();
            let sentence = fill(words.mentions_failed, &[reason.as_str()]);
            self.model.mentions.answer = Answer::Failed(Sanitized::line(&sentence));
        }
    }

    /// Forgets those of a room whose history went another way.
    pub(super) fn forget_mentions(&mut self, room: &Address) {
        let list = &mut self.model.mentions;
        list.hits.retain(|hit| hit.room != *room);
        list.chosen = list.chosen.min(list.hits.len().saturating_sub(1));
    }

    /// The chosen one stays chosen while others come above it.
    fn gather_mentions(&mut self, hits: Vec<Hit>) {
        let is_open = matches!(self.model.popup, Some(Popup::Mentions));
        let list = &mut self.model.mentions;
        let chosen = list.hits.get(list.chosen).filter(|_| is_open).cloned();
        gather(&mut list.hits, hits, MENTIONS_MAX);
        let at = chosen.and_then(|hit| list.hits.iter().position(|other| *other == hit));
        list.chosen = at.unwrap_or_default();
    }

    fn own_name(&self) -> Option<Wanted> {
        let text = SearchText::normalized(self.facts.nick()?).ok()?;
        Some(Wanted { room: None, text })
    }

    fn own_terms(&self) -> Terms {
        let nick = self.facts.nick().unwrap_or_default();
        self.model.mention_terms(nick)
    }
}
