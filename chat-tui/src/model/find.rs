//! What is looked for in what was said: the search, and the messages that speak to the person.
//!
//! The lists are bounded, and a hit keeps only the part of its text that a row can show.

use std::ops::Range;

use protocol::event::{Kind, Message};
use protocol::names::TextError;
use protocol::position::{Address, Position};
use protocol::search::{SearchText, Term};

use crate::session::Wanted;
use crate::text::editor::Editor;
use crate::text::hangul::ends_with_hangul;
use crate::text::matching::Sought;
use crate::text::sanitized::Sanitized;
use crate::text::slice;

/// Most hits of one search; the list ends there, and says to be more exact.
pub const HITS_MAX: usize = 1_000;

/// Most messages of the memory that are looked through for each letter typed, the newest first.
pub const LOOKED_MAX: usize = 5_000;

/// Most mentions kept; the oldest go.
pub const MENTIONS_MAX: usize = 200;

/// Most bytes kept of the text of a hit, with the place that was found among them.
pub const HIT_TEXT_BYTES_MAX: usize = 512;

/// The words and phrases that are looked for: by the rule of the contract, and each that ends in Hangul also while its last syllable
/// is being composed, or by first consonants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    whole: Term,
    typed: Option<Sought>,
}

impl Terms {
    /// Those of a search.
    pub fn of(text: &SearchText) -> Self {
        let words = text.terms().into_iter().map(|whole| {
            let typed: String = whole.folded().iter().collect();
            let typed = ends_with_hangul(&typed).then(|| Sought::new(&typed));
            Word { whole, typed }
        });
        Self(words.collect())
    }

    /// Whether a text has all of them; nothing is in no text.
    pub fn are_in(&self, text: &str) -> bool {
        !self.0.is_empty() && self.0.iter().all(|word| word.is_in(text))
    }

    /// The places of a text that are marked, in order and apart from each other.
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        let mut marks: Vec<Range<usize>> =
            self.0.iter().flat_map(|word| word.places(text)).collect();
        marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
        let mut end = 0;
        marks.retain(|mark| {
            let is_apart = mark.start >= end;
            end = end.max(mark.end);
            is_apart
        });
        marks
    }
}

impl Word {
    fn is_in(&self, text: &str) -> bool {
        let typed = self.typed.as_ref();
        self.whole.is_in(text) || typed.is_some_and(|typed| typed.find(text).is_some())
    }

    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let places = self.whole.places(text);
        let Some(typed) = self.typed.as_ref().filter(|_| places.is_empty()) else {
            return places;
        };
        let mut places = Vec::new();
        let mut from = 0;
        while let Some(found) = typed.find(slice(text, from..text.len())) {
            let place = from.saturating_add(found.start)..from.saturating_add(found.end);
            from = place.end;
            places.push(place);
        }
        places
    }
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub room: Address,
    /// Which.
    pub position: Position,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// By which nick.
    pub nick: Sanitized,
    /// The text in one line, or the part of it around what was found.
    pub text: Sanitized,
}

impl Hit {
    /// A message of the server.
    pub fn new(message: &Message, terms: &Terms) -> Self {
        Self {
            room: message.room.clone(),
            position: message.position,
            time: message.time,
            nick: Sanitized::line(&message.nick),
            text: part_of(&Sanitized::line(&message.text), terms),
        }
    }

    /// A message that is here already.
    pub fn here(
        room: &Address,
        position: Position,
        said: &super::timeline::Said,
        terms: &Terms,
    ) -> Self {
        Self {
            room: room.clone(),
            position,
            time: said.time,
            nick: said.nick.clone(),
            text: part_of(&Sanitized::line(said.text.as_str()), terms),
        }
    }
}

/// Whether a message is one that a search finds: topics are none.
pub fn is_sought(kind: Kind) -> bool {
    matches!(kind, Kind::Message | Kind::Action | Kind::Unknown)
}

/// The part of a text that a row can show.
fn part_of(text: &Sanitized, terms: &Terms) -> Sanitized {
    const BEFORE_BYTES: usize = 96;
    let whole = text.as_str();
    if whole.len() <= HIT_TEXT_BYTES_MAX {
        return text.clone();
    }
    let found = terms.marks(whole).first().map_or(0, |mark| mark.start);
    let start = if found < HIT_TEXT_BYTES_MAX - BEFORE_BYTES {
        0
    } else {
        whole.floor_char_boundary(found.saturating_sub(BEFORE_BYTES))
    };
    let end = whole.floor_char_boundary(start.saturating_add(HIT_TEXT_BYTES_MAX));
    Sanitized::line(slice(whole, start..end))
}

/// Puts hits into a list, newest first and each once; of too many the oldest go.
pub fn gather(hits: &mut Vec<Hit>, more: impl IntoIterator<Item = Hit>, max: usize) {
    hits.extend(more);
    hits.sort_by(|one, other| key(other).cmp(&key(one)));
    hits.dedup_by(|one, other| key(one) == key(other));
    hits.truncate(max);
}

fn key(hit: &Hit) -> (u64, Position, &Address) {
    (hit.time, hit.position, &hit.room)
}

/// How far the server's answer to a search is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// It was not asked.
    #[default]
    None,
    /// It was asked.
    Asked,
    /// It answered; under this number there is more.
    Here {
        /// Names the next page.
        next: Option<u64>,
    },
    /// It answered so far, and more was asked for.
    MoreAsked,
    /// It did not answer, or not to the end; why, a sentence.
    Failed(Sanitized),
}

/// The search: what is looked for, where, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Where the server does not keep everything: since when it does, in milliseconds since 1970, as its last answer said.
    pub since: Option<u64>,
    /// What is looked for.
    pub field: Editor,
    /// The room that was shown when it was opened.
    pub here: Option<Address>,
    /// Whether all rooms are looked through, and not that room alone.
    pub everywhere: bool,
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// Which hit Enter goes to; none while it searches.
    pub chosen: Option<usize>,
    /// What the server was asked last.
    pub asked: Option<Wanted>,
    /// How far its answer is.
    pub answer: Answer,
    /// Whether it was opened again with the text of the last time, which the next letter replaces.
    pub is_kept: bool,
}

impl Search {
    /// The room that alone is looked through.
    pub fn room(&self) -> Option<&Address> {
        self.here.as_ref().filter(|_| !self.everywhere)
    }

    /// What is looked for; nothing where there is no word yet, or what is wrong with the text.
    pub fn terms(&self) -> Terms {
        self.text().map(|text| Terms::of(&text)).unwrap_or_default()
    }

    /// What the server is asked, or what is wrong with the text.
    pub fn wanted(&self) -> Result<Wanted, TextError> {
        self.text().map(|text| Wanted {
            room: self.room().cloned(),
            text,
        })
    }

    fn text(&self) -> Result<SearchText, TextError> {
        SearchText::normalized(self.field.text())
    }
}

/// The messages that speak to the person, over all rooms.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// They, newest first.
    pub hits: Vec<Hit>,
    /// Which one Enter goes to.
    pub chosen: usize,
    /// How far the server's answer is.
    pub answer: Answer,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(n: u64, time: u64) -> Hit {
        Hit {
            room: "lobby".parse().unwrap(),
            position: Position::new(1, n),
            time,
            nick: Sanitized::line("ann"),
            text: Sanitized::line("x"),
        }
    }

    fn terms(text: &str) -> Terms {
        Terms::of(&SearchText::normalized(text).unwrap())
    }

    #[test]
    fn t15_a_word_is_found_before_its_last_syllable_is_whole() {
        for typed in ["개ㅂ", "갭", "개바", "ㄱㅂ", "개발"] {
            assert!(terms(typed).are_in("새 개발 서버"), "{typed}");
            let marks = terms(typed).marks("새 개발 서버");
            assert_eq!(marks, vec![4..10], "{typed}");
        }
        assert!(!terms("개벌").are_in("새 개발 서버"));
    }

    #[test]
    fn hits_are_gathered_newest_first_each_once_and_within_a_bound() {
        let mut hits = vec![hit(3, 30), hit(1, 10)];
        gather(&mut hits, [hit(2, 20), hit(3, 30), hit(4, 40)], 3);
        let order: Vec<u64> = hits.iter().map(|hit| hit.position.n).collect();
        assert_eq!(order, [4, 3, 2]);
    }

    #[test]
    fn the_words_of_a_search_are_marked_apart_from_each_other() {
        let terms = terms("개발 발 PR");
        assert_eq!(terms.marks("새개발, pr을 발"), [3..9, 11..13, 17..20]);
        assert!(terms.are_in("개발 PR"));
        assert!(!terms.are_in("개발 problem"));
        assert!(!Terms::default().are_in("any"));
    }

    #[test]
    fn of_a_long_text_the_part_with_the_word_is_kept() {
        let text = format!("{}개발 서버{}", "가".repeat(1_000), "나".repeat(1_000));
        let part = part_of(&Sanitized::line(&text), &terms("개ㅂ"));
        assert!(part.as_str().contains("개발 서버"));
        assert!(part.as_str().len() <= HIT_TEXT_BYTES_MAX);
        let short = Sanitized::line("short");
        assert_eq!(part_of(&short, &terms("z")), short);
    }
}
