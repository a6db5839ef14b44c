//! Tab: commands, rooms and nicks from their beginnings.

use unicode_segmentation::UnicodeSegmentation as _;

use super::Turn;
use super::commands::beginning_with;
use super::keys::Action;
use crate::model::completion::{CANDIDATES_MAX, Candidate, Completion};
use crate::model::notify::Notify;
use crate::model::words::fill;
use crate::text::emoji::named;
use crate::text::matching::Sought;
use crate::text::sanitized::Sanitized;
use crate::text::slice;

/// Members that are looked through for nicks; of larger rooms the others are not offered.
const MEMBERS_SEARCHED_MAX: usize = 5_000;

impl Turn<'_> {
    /// Completes the word before the caret, or opens the menu.
    pub(super) fn complete(&mut self) {
        let draft = self.model.draft();
        let before = slice(draft.text(), 0..draft.caret());
        let start = before.rfind(char::is_whitespace).map_or(0, |at| {
            at.saturating_add(before.get(at..).map_or(0, first_len))
        });
        let typed = slice(before, start..before.len()).to_owned();
        let ahead = slice(before, 0..start).trim().to_owned();
        let mut candidates = self.candidates(&ahead, &typed);
        candidates.truncate(CANDIDATES_MAX);
        let words = self.model.words();
        let Some(first) = candidates.first().cloned() else {
            if !typed.is_empty() {
                self.tell(&fill(words.nothing_to_complete, &[&typed]));
            }
            return;
        };
        self.replace(&typed, &first.text);
        if candidates.len() > 1 {
            self.model.completion = Some(Completion {
                typed,
                inserted: first.text,
                candidates,
                chosen: 0,
            });
        }
    }

    /// A key while the menu is open; true where it was for the menu alone.
    pub(super) fn completion_key(&mut self, action: Option<Action>) -> bool {
        let Some(completion) = &self.model.completion else {
            return false;
        };
        let count = completion.candidates.len();
        let next = match action {
            Some(Action::Tab | Action::Down) => completion.chosen.saturating_add(1) % count.max(1),
            Some(Action::BackTab | Action::Up) => completion
                .chosen
                .checked_sub(1)
                .unwrap_or_else(|| count.saturating_sub(1)),
            Some(Action::Escape) => {
                let (typed, inserted) = (completion.typed.clone(), completion.inserted.clone());
                self.replace(&inserted, &typed);
                self.model.completion = None;
                return true;
            }
            Some(Action::Enter) => {
                self.model.completion = None;
                return true;
            }
            Some(_) | None => {
                self.model.completion = None;
                return false;
            }
        };
        let inserted = completion.inserted.clone();
        let Some(chosen) = completion.candidates.get(next).cloned() else {
            return true;
        };
        self.replace(&inserted, &chosen.text);
        if let Some(completion) = &mut self.model.completion {
            completion.chosen = next;
            completion.inserted = chosen.text;
        }
        true
    }

    /// Replaces `old`, which stands before the caret.
    fn replace(&mut self, old: &str, new: &str) {
        let draft = self.model.draft_mut();
        for _ in old.graphemes(true) {
            draft.backspace();
        }
        // Too long a draft keeps what it has room for; the old word is put back then.
        if !draft.insert(new) {
            draft.insert(old);
        }
        self.draft_changed();
    }

    fn candidates(&self, ahead: &str, typed: &str) -> Vec<Candidate> {
        let words = self.model.words();
        if ahead.is_empty() && typed.starts_with('/') && !typed.starts_with("//") {
            return beginning_with(typed)
                .map(|spec| {
                    let usage = (spec.usage)(words);
                    let does = usage.split_once(": ").map_or("", |(_, does)| does);
                    candidate(&format!("{} ", spec.name), does)
                })
                .collect();
        }
        if ahead == "/notify" {
            return Notify::NAMED
                .into_iter()
                .filter(|(name, _)| name.starts_with(&typed.to_lowercase()))
                .map(|(name, notify)| candidate(name, notify.name(words)))
                .collect();
        }
        if ahead == "/join" || typed.starts_with('#') {
            return self.rooms_beginning(typed);
        }
        if let Some(name) = typed.strip_prefix(':') {
            return emoji_named(name);
        }
        if typed.is_empty() && !ahead.starts_with("/w") {
            return Vec::new();
        }
        self.nicks_beginning(typed)
    }

    fn rooms_beginning(&self, typed: &str) -> Vec<Candidate> {
        let (sign, beginning) = match typed.strip_prefix('#') {
            Some(rest) => ("#", rest),
            None => ("", typed),
        };
        let beginning = Sought::new(beginning);
        let told = self.model.known_rooms.iter().map(|room| room.name.as_str());
        let open = self.model.tabs.iter().filter(|tab| !tab.is_direct());
        let mut names: Vec<&str> = told.chain(open.map(|tab| tab.title.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .filter(|name| beginning.begins(name))
            .map(|name| candidate(&format!("{sign}{name} "), ""))
            .collect()
    }

    fn nicks_beginning(&self, typed: &str) -> Vec<Candidate> {
        let Some(tab) = self.model.tab() else {
            return Vec::new();
        };
        let (sign, beginning) = match typed.strip_prefix('@') {
            Some(rest) => ("@", rest),
            None => ("", typed),
        };
        let beginning = Sought::new(beginning);
        let me = self.facts.person();
        self.facts
            .members(&tab.room, 0, MEMBERS_SEARCHED_MAX)
            .into_iter()
            .filter(|member| Some(member.person) != me)
            .map(|member| Sanitized::line(&member.nick))
            .filter(|nick| beginning.begins(nick.as_str()))
            .map(|nick| candidate(&format!("{sign}{nick} "), ""))
            .collect()
    }
}

/// Emoji by the name behind a colon, whether the second colon is there already or not.
fn emoji_named(name: &str) -> Vec<Candidate> {
    let whole = name.strip_suffix(':');
    let name = whole.unwrap_or(name);
    // A colon alone, or a smiley, is no name.
    if !name
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '+')
    {
        return Vec::new();
    }
    named(name)
        .filter(|(_, found)| whole.is_none_or(|whole| whole == *found))
        .take(CANDIDATES_MAX)
        .map(|(emoji, name)| candidate(&format!("{emoji} "), &format!(":{name}:")))
        .collect()
}

fn candidate(text: &str, hint: &str) -> Candidate {
    Candidate {
        text: text.to_owned(),
        hint: hint.to_owned(),
    }
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}
