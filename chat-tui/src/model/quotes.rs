//! What answers quote: the messages themselves where they are in memory, and those that were fetched for it alone.
//!
//! Each is fetched once; nothing here asks for one by itself.

use std::collections::{BTreeMap, VecDeque};

use protocol::event::Message;
use protocol::position::Position;

use super::tab::Tab;
use super::timeline::{Entry, Slot};
use crate::text::sanitized::Sanitized;

/// Quoted messages of a room that are kept beside its timeline; the one fetched first goes for a new one.
pub const QUOTES_MAX: usize = 200;

/// Bytes of a text of which the first words are taken: more than the widest row of a screen shows.
pub const WORDS_BYTES_MAX: usize = 512;

/// What is known of a message that somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quote {
    /// Who said it, and its first words.
    Here {
        /// By which nick.
        nick: Sanitized,
        /// In one line.
        words: Sanitized,
    },
    /// It is on its way, or will be once it is on the screen.
    Fetching,
    /// It cannot be had.
    Gone,
}

impl Quote {
    fn of(nick: &Sanitized, text: &str) -> Self {
        let end = text.floor_char_boundary(WORDS_BYTES_MAX);
        let first = text.get(..end).unwrap_or_default();
        let words: Vec<&str> = first.split_whitespace().collect();
        Self::Here {
            nick: nick.clone(),
            words: Sanitized::line(&words.join(" ")),
        }
    }
}

/// The messages of one room that were fetched to be quoted.
#[derive(Clone, Debug, Default)]
pub struct Quotes {
    known: BTreeMap<Position, Quote>,
    /// The order in which they were asked for.
    order: VecDeque<Position>,
}

impl Quotes {
    /// Notes that a message was asked for.
    pub fn ask(&mut self, position: Position) {
        if self.known.insert(position, Quote::Fetching).is_none() {
            self.order.push_back(position);
        }
        if self.order.len() > QUOTES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// Takes the answer in; what nobody asked for is passed over.
    pub fn answer(&mut self, position: Position, message: Option<&Message>) {
        if let Some(known) = self.known.get_mut(&position) {
            *known = message.map_or(Quote::Gone, |message| {
                Quote::of(&Sanitized::line(&message.nick), &message.text)
            });
        }
    }

    /// Notes that no answer will come, so that it is asked for again.
    pub fn forget(&mut self, position: Position) {
        self.known.remove(&position);
        self.order.retain(|asked| *asked != position);
    }

    /// Whether an answer is due.
    pub fn is_asking(&self) -> bool {
        // The last one asked for is the only one that can be due.
        let last = self.order.back().and_then(|last| self.known.get(last));
        last == Some(&Quote::Fetching)
    }

    /// Whether a message was asked for.
    pub fn knows(&self, position: Position) -> bool {
        self.known.contains_key(&position)
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Tab {
    /// What is known of the message at a position that somebody answers.
    pub fn quote(&self, position: Position) -> Quote {
        if let Some(Entry::Said(said)) = self.timeline.get(Slot::of(position)) {
            return Quote::of(&said.nick, said.text.as_str());
        }
        let known = self.quotes.known.get(&position);
        known.cloned().unwrap_or(Quote::Fetching)
    }

    /// A message that an answer on a screen of `rows` rows quotes, or the draft, and that is neither here nor was asked for.
    ///
    /// Every entry has a row at least, so at most `rows` of them are looked at.
    pub fn quote_wanted(&self, rows: usize) -> Option<Position> {
        let is_unknown = |position: &Position| {
            !self.timeline.contains(*position) && !self.quotes.knows(*position)
        };
        let drafted = self.reply_to.filter(is_unknown);
        if drafted.is_some() || !self.timeline.has_replies() {
            return drafted;
        }
        let shown = self.timeline.up_from(self.scroll.slot());
        let mut quoted = shown.take(rows).filter_map(|entry| match entry {
            Entry::Said(said) => said.reply_to,
            Entry::Notice(_) => None,
        });
        quoted.find(is_unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetched_quotes_are_bounded_and_the_first_goes() {
        let mut quotes = Quotes::default();
        for n in 0..=u64::try_from(QUOTES_MAX).unwrap() {
            quotes.ask(Position::new(1, n));
            assert!(quotes.is_asking());
            quotes.answer(Position::new(1, n), None);
            assert!(!quotes.is_asking());
        }
        assert!(!quotes.knows(Position::new(1, 0)));
        assert!(quotes.knows(Position::new(1, 1)));
        assert_eq!(quotes.known.len(), QUOTES_MAX);
        assert_eq!(quotes.order.len(), QUOTES_MAX);
        quotes.answer(Position::new(9, 9), None);
        assert!(!quotes.knows(Position::new(9, 9)));
    }

    #[test]
    fn first_words_are_one_line_of_bounded_length() {
        let nick = Sanitized::line("지은");
        let Quote::Here { words, .. } = Quote::of(&nick, "  회의\n\t14:30으로  옮겨도\n될까요?")
        else {
            panic!("no words");
        };
        assert_eq!(words.as_str(), "회의 14:30으로 옮겨도 될까요?");
        let Quote::Here { words, .. } = Quote::of(&nick, &"가".repeat(2_000)) else {
            panic!("no words");
        };
        assert_eq!(words.as_str().len(), WORDS_BYTES_MAX / 3 * 3);
    }
}
