//! The search: what is typed is found among the messages that are here at once, and by the server on Enter.

use protocol::error::Refusal;
use protocol::event::Message;
use protocol::names::TextError;

use super::Turn;
use super::compose::move_or_delete;
use super::keys::Action;
use crate::key::Key;
use crate::model::find::{Answer, HITS_MAX, Hit, LOOKED_MAX, Terms, gather, is_sought};
use crate::model::popup::Popup;
use crate::model::tab::Tab;
use crate::model::timeline::{Entry, Said};
use crate::model::words::fill;
use crate::session::{Command, Wanted};
use crate::text::sanitized::Sanitized;

/// Hits that a page up or down moves.
const PAGE_HITS: usize = 10;

impl Turn<'_> {
    /// Opens the search, with what was looked for last.
    pub(super) fn show_search(&mut self) {
        let here = self.model.tab().map(|tab| tab.room.clone());
        let search = &mut self.model.search;
        search.is_kept = !search.field.is_empty();
        search.everywhere |= here.is_none();
        let is_elsewhere = search.here != here;
        search.here = here;
        self.model.popup = Some(Popup::Search);
        self.model.completion = None;
        if is_elsewhere && !self.model.search.everywhere {
            self.look();
        }
    }

    /// Opens the search for a text and asks for it; without a text it is to be typed.
    pub(super) fn search_for(&mut self, text: &str) -> bool {
        self.show_search();
        if !text.is_empty() {
            self.model.search.field.set(text);
            self.model.search.is_kept = false;
            self.look();
            self.ask_search();
        }
        true
    }

    /// A key while the search is open.
    pub(super) fn search_key(&mut self, key: Key, action: Option<Action>) {
        match action {
            Some(Action::Escape | Action::Search | Action::Clear | Action::Leave) => {
                self.close_popup();
            }
            Some(Action::Enter) => self.field_enter(),
            Some(Action::Tab | Action::BackTab) => self.change_scope(),
            Some(Action::Up) => self.choose_hit(true, 1),
            Some(Action::Down) => self.choose_hit(false, 1),
            Some(Action::PageUp) => self.choose_hit(true, PAGE_HITS),
            Some(Action::PageDown) => self.choose_hit(false, PAGE_HITS),
            Some(Action::Retry) => self.retry(),
            Some(action) => {
                let is_kept = self.model.search.is_kept;
                let takes_all = matches!(action, Action::Backspace | Action::Delete);
                self.edit_search(|field| {
                    if is_kept && takes_all {
                        field.take();
                    } else {
                        move_or_delete(field, action);
                    }
                });
            }
            None => self.type_key(key),
        }
    }

    /// Changes what is looked for.
    pub(super) fn edit_search(&mut self, change: impl FnOnce(&mut crate::text::editor::Editor)) {
        let search = &mut self.model.search;
        search.is_kept = false;
        let before = search.field.text().to_owned();
        change(&mut search.field);
        if search.field.text() != before {
            self.look();
        }
    }

    /// Goes to the hit that is chosen, or asks the server.
    pub(super) fn search_enter(&mut self) {
        let search = &self.model.search;
        if self.model.jump.is_some() {
            return;
        }
        match search.chosen.and_then(|at| search.hits.get(at)) {
            Some(hit) => {
                let (hit, terms) = (hit.clone(), search.terms());
                self.jump(&hit, terms);
            }
            None => self.ask_search(),
        }
    }

    fn ask_search(&mut self) {
        let words = self.model.words();
        let search = &mut self.model.search;
        let wanted = match search.wanted() {
            Ok(wanted) => wanted,
            Err(TextError::Empty | TextError::Blank) => return,
            Err(error) => {
                search.answer = Answer::Failed(Sanitized::line(&format!(
                    "! {}",
                    words.text_refused(&error)
                )));
                return;
            }
        };
        search.asked = Some(wanted.clone());
        search.answer = Answer::Asked;
        self.session(Command::Search { wanted, next: None });
    }

    fn change_scope(&mut self) {
        let search = &mut self.model.search;
        if search.here.is_none() {
            return;
        }
        let was_asked = search.asked.is_some() && search.asked == search.wanted().ok();
        search.everywhere = !search.everywhere;
        self.look();
        if was_asked {
            self.ask_search();
        }
    }

    /// Moves among the hits; above the first one is the field, and behind the last one is what the server has more.
    pub(super) fn choose_hit(&mut self, up: bool, by: usize) {
        let search = &mut self.model.search;
        let last = search.hits.len().checked_sub(1);
        let from = search.chosen;
        search.chosen = match (search.chosen, last) {
            (_, None) => None,
            (None, Some(_)) if up => None,
            (None, Some(last)) => Some(by.saturating_sub(1).min(last)),
            (Some(at), Some(_)) if up => at.checked_sub(by),
            (Some(at), Some(last)) => Some(at.saturating_add(by).min(last)),
        };
        let is_at_end = !up && from.is_some() && search.chosen == last;
        let has_room = search.hits.len() < HITS_MAX;
        if let (Answer::Here { next: Some(next) }, true, Some(wanted)) =
            (&search.answer, is_at_end && has_room, search.asked.clone())
        {
            let next = Some(*next);
            search.answer = Answer::MoreAsked;
            self.session(Command::Search { wanted, next });
        }
    }

    /// Finds anew what is here.
    fn look(&mut self) {
        let terms = self.model.search.terms();
        let room = self.model.search.room();
        let tabs = self.model.tabs.iter();
        let tabs = tabs.filter(|tab| room.is_none_or(|room| tab.room == *room));
        let mut hits = Vec::new();
        for tab in tabs {
            hits.extend(found_in(tab, &terms));
        }
        let search = &mut self.model.search;
        search.hits.clear();
        gather(&mut search.hits, hits, HITS_MAX);
        search.chosen = None;
        search.asked = None;
        search.answer = Answer::None;
    }

    /// A page of the server's answer.
    pub(super) fn found(
        &mut self,
        wanted: &Wanted,
        messages: &[Message],
        next: Option<u64>,
        since: Option<u64>,
    ) {
        self.mentions_found(wanted, messages);
        let search = &mut self.model.search;
        if search.asked.as_ref() != Some(wanted) {
            return;
        }
        let terms = Terms::of(&wanted.text);
        let is_first = search.answer == Answer::Asked;
        let chosen = search.chosen.and_then(|at| search.hits.get(at)).cloned();
        let hits = messages
            .iter()
            .filter(|message| is_sought(message.kind))
            .map(|message| Hit::new(message, &terms));
        gather(&mut search.hits, hits, HITS_MAX);
        search.answer = Answer::Here { next };
        search.since = since;
        search.chosen = match chosen {
            Some(hit) => search.hits.iter().position(|other| *other == hit),
            None if is_first && !search.hits.is_empty() => Some(0),
            None => None,
        };
    }

    /// The server did not answer.
    pub(super) fn not_found(&mut self, wanted: &Wanted, refusal: &Refusal) {
        let reason = Sanitized::line(&self.model.words().refusal(refusal));
        self.mentions_not_found(wanted, &reason);
        let search = &mut self.model.search;
        if search.asked.as_ref() == Some(wanted) {
            let sentence = fill(
                self.model.language.words().search_failed,
                &[reason.as_str()],
            );
            search.answer = Answer::Failed(Sanitized::line(&sentence));
        }
    }
}

/// The messages of a room that are here and hold every word, the newest first.
fn found_in<'a>(tab: &'a Tab, terms: &'a Terms) -> impl Iterator<Item = Hit> + 'a {
    let said = |entry: &'a Entry| match entry {
        Entry::Said(said) => Some(said),
        Entry::Notice(_) => None,
    };
    let newest = tab.timeline.iter().rev();
    let past = tab.past.iter().flat_map(|past| past.timeline.iter());
    let all = newest.take(LOOKED_MAX).chain(past);
    let fits = |said: &&Said| is_sought(said.kind) && terms.are_in(said.text.as_str());
    all.filter_map(move |(slot, entry)| {
        let said = said(entry).filter(fits)?;
        Some(Hit::here(&tab.room, slot.position, said, terms))
    })
}
