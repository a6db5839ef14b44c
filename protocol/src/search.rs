//! What somebody looks for in the messages, and which texts have it.
//!
//! A [`SearchText`] is words with blank space between them, or phrases in `"` with blank space in them; a text that is found has
//! all of them. A word or phrase is found where the text has it character by character, whether in capitals or small letters, any blank
//! space for any other; and
//!
//! - where it begins with a letter or digit of a script that parts its words, a word of the text begins there: `connect` finds
//!   `connected`, and not `reconnect`;
//! - where it ends with one or two such letters or digits behind another character or none, the word of the text ends there too: `pr`
//!   finds `PR을`, and not `problem`;
//! - in scripts that write on without a blank (Hangul, Han, kana, Thai and the like) it is found anywhere: `연결` finds `재연결`, and `회`
//!   finds `회의록`. So are emoji and all other signs beyond ASCII.
//!
//! Clients may show with it what was found; servers look with it at each message before they tell it.

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::names::{TextError, check_text, checked_string, normalized};

/// Most bytes of a search in UTF-8; a longer one is refused.
pub const SEARCH_BYTES_MAX: usize = 256;

/// Most words and phrases of a search; one more is refused.
pub const SEARCH_TERMS_MAX: usize = 16;

/// Letters and digits from which on a last word is found at the beginning of longer ones.
pub const PREFIX_CHARS_MIN: usize = 3;

/// What is looked for: 1 to [`SEARCH_BYTES_MAX`] bytes, at most [`SEARCH_TERMS_MAX`] words and phrases, and more in it than ASCII signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchText(String);

checked_string!(SearchText, TextError, check_search);

impl SearchText {
    /// Takes a search in the form that goes over the wire, which is NFC.
    pub fn new(text: String) -> Result<Self, TextError> {
        text.try_into()
    }

    /// Takes a search as somebody typed it: without the white space around it, made NFC.
    pub fn normalized(text: &str) -> Result<Self, TextError> {
        normalized(text.trim()).try_into()
    }

    /// The words and phrases.
    pub fn terms(&self) -> Vec<Term> {
        terms(&self.0)
    }
}

/// One word or phrase that is looked for; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    folded: Vec<char>,
}

/// What a character is to a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A letter, digit or mark of a script that parts its words.
    Word,
    /// A character that is found wherever it stands.
    Dense,
    /// Blank space or an ASCII sign, which parts words.
    Between,
}

impl Term {
    /// It, as [`fold`] gives it.
    pub fn folded(&self) -> &[char] {
        &self.folded
    }

    /// Whether `text` has it.
    pub fn is_in(&self, text: &str) -> bool {
        self.next(text, 0).is_some()
    }

    /// Where `text` has it, in bytes: all places that do not overlap, from the first.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let mut from = 0;
        while let Some(place) = self.next(text, from) {
            from = place.end;
            places.push(place);
        }
        places
    }

    /// Whether it ends with so few letters that a word of the text has to end there, too.
    pub fn ends_word(&self) -> bool {
        let word = self
            .folded
            .iter()
            .rev()
            .take_while(|c| sort(**c) == Sort::Word);
        (1..PREFIX_CHARS_MIN).contains(&word.count())
    }

    fn next(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let mut starts = text.get(from..)?.char_indices().map(|(at, _)| from + at);
        starts.find_map(|start| self.at(text, start).map(|end| start..end))
    }

    /// Where it ends, if `text` has it at `start`.
    fn at(&self, text: &str, start: usize) -> Option<usize> {
        let (before, rest) = text.split_at_checked(start)?;
        let mut wanted = self.folded.iter();
        let mut end = start;
        for (at, c) in folded(rest) {
            let Some(next) = wanted.next() else {
                let ends = !self.ends_word() || sort(c) != Sort::Word;
                return (ends && self.may_begin(before)).then_some(end);
            };
            if *next != c {
                return None;
            }
            end = start + at;
        }
        (wanted.next().is_none() && self.may_begin(before)).then_some(end)
    }

    fn may_begin(&self, before: &str) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| sort(c) == Sort::Word);
        !(is_word(self.folded.first().copied()) && is_word(before.chars().next_back()))
    }
}

/// Whether `text` has all of `terms`.
pub fn matches(terms: &[Term], text: &str) -> bool {
    terms.iter().all(|term| term.is_in(text))
}

/// A text as it is compared: in small letters, with one blank for any blank space.
pub fn fold(text: &str) -> impl Iterator<Item = char> {
    folded(text).map(|(_, c)| c)
}

/// What `c` is to a search.
pub fn sort(c: char) -> Sort {
    if c.is_ascii_alphanumeric() {
        Sort::Word
    } else if c.is_ascii() || c.is_whitespace() {
        Sort::Between
    } else if is_dense(c) {
        Sort::Dense
    } else if c.is_alphanumeric() || c.general_category_group() == GeneralCategoryGroup::Mark {
        Sort::Word
    } else {
        Sort::Dense
    }
}

/// Whether this belongs to a script that is written without blanks, or with words inside of longer ones, or is a mark on signs.
const fn is_dense(c: char) -> bool {
    matches!(c,
        // Thai, Lao, Tibetan, Myanmar, Khmer.
        '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        // Hangul.
        | '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        // Han, kana, bopomofo and the jamo between them.
        | '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}'
        | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}'
        // What makes one emoji of two, or chooses how it looks.
        | '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Each character as it is compared, with the end of the one that it was, in bytes.
fn folded(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut after_blank = false;
    text.char_indices()
        .filter(move |(_, c)| {
            let is_blank = c.is_whitespace();
            !(std::mem::replace(&mut after_blank, is_blank) && is_blank)
        })
        .flat_map(|(at, c)| {
            let end = at + c.len_utf8();
            let c = if c.is_whitespace() { ' ' } else { c };
            c.to_lowercase().map(move |c| (end, c))
        })
}

fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for (index, part) in text.split('"').enumerate() {
        let is_phrase = index % 2 == 1;
        if is_phrase {
            terms.extend(term(part.trim()));
        } else {
            terms.extend(part.split_whitespace().filter_map(term));
        }
    }
    terms
}

fn term(text: &str) -> Option<Term> {
    let folded: Vec<char> = fold(text).collect();
    (!folded.is_empty()).then_some(Term { folded })
}

fn check_search(text: &str) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    check_text(text, SEARCH_BYTES_MAX)?;
    let terms = terms(text);
    if terms.len() > SEARCH_TERMS_MAX {
        return Err(TextError::TooManyTerms {
            terms: terms.len(),
            limit: SEARCH_TERMS_MAX,
        });
    }
    let mut all = terms.iter().flat_map(|term| &term.folded);
    if all.any(|c| sort(*c) != Sort::Between) {
        Ok(())
    } else {
        Err(TextError::OnlySigns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(search: &str, text: &str) -> bool {
        matches(&SearchText::new(search.to_owned()).unwrap().terms(), text)
    }

    #[track_caller]
    fn check(search: &str, found: &[&str], not_found: &[&str]) {
        for text in found {
            assert!(finds(search, text), "{search} is in {text}");
        }
        for text in not_found {
            assert!(!finds(search, text), "{search} is not in {text}");
        }
    }

    #[test]
    fn korean_is_found_inside_of_words() {
        check(
            "회의",
            &["회의록을 올렸어요", "오늘회의", "회의"],
            &["회 의", "의회"],
        );
        check("연결", &["재연결 쪽이에요"], &["연락", "결연"]);
        check("회", &["회의록", "동창회"], &["의논"]);
        check("ㅋㅋ", &["네ㅋㅋㅋ"], &["ㅋ", "크크"]);
        check("東京", &["来週東京都へ"], &["京東"]);
        check("กรุงเทพ", &["ไปกรุงเทพมหานคร"], &["กรุง"]);
    }

    #[test]
    fn words_are_found_at_their_beginning_and_short_ones_whole() {
        check(
            "connect",
            &["Connected!", "re-CONNECT", "connect", "재connect중"],
            &["reconnect", "conn ect", "connec"],
        );
        check("pr", &["482번 PR을 봐 주세요", "(pr)"], &["problem", "spr"]);
        check("C", &["c++ or C?"], &["cc", "abc"]);
        check("étude", &["ÉTUDES"], &["etude"]);
        check(
            "chat-ser",
            &["the chat-server"],
            &["chat server", "webchat-server"],
        );
        check("chat-se", &["chat-se"], &["chat-server"]);
        check("14:30", &["14:30으로"], &["114:30", "14:305"]);
        check("i\u{307}st", &["İst", "İstanbul"], &["ist"]);
        check("i", &["i"], &["İ"]);
    }

    #[test]
    fn mixed_words_and_signs_are_found_as_they_stand() {
        check("pr을", &["PR을 봐"], &["PR 을", "apr을"]);
        check("제3회", &["제3회 모임"], &["제13회", "제3 회"]);
        check("👍", &["fine 👍🏽", "👍👍"], &["👎"]);
        check("❤", &["❤\u{fe0f}"], &["♥"]);
        check("c++", &["in C++20"], &["in C+"]);
        check("…아", &["음…아니"], &["음... 아니"]);
    }

    #[test]
    fn several_words_are_all_due_and_a_phrase_in_one_piece() {
        check("회의 pr", &["PR 회의", "회의에서 본 pr"], &["회의", "pr"]);
        check(
            "\"order after\" kill",
            &["Does it keep order  after\na KILL -9?"],
            &["after the order, kill", "order after"],
        );
        check(
            "\"회의 자료",
            &["이번 회의 자료는"],
            &["회의자료", "자료 회의"],
        );
        check("a\"b", &["a b", "b, a"], &["a"]);
    }

    #[test]
    fn what_was_found_can_be_shown() {
        let term = &SearchText::normalized(" Re ").unwrap().terms()[0];
        assert_eq!(term.places("re: RE, reply"), [0..2, 4..6]);
        let term = &SearchText::normalized("\"a b\"").unwrap().terms()[0];
        assert_eq!(term.places("회 A \t b! a b"), [4..9, 11..14]);
        let term = &SearchText::normalized("ㅋ").unwrap().terms()[0];
        assert_eq!(term.places("ㅋㅋ").len(), 2);
        assert_eq!(term.places(""), []);
    }

    #[test]
    fn what_is_no_search_is_refused_in_a_sentence() {
        let refused = |text: &str| SearchText::new(text.to_owned()).unwrap_err();
        assert_eq!(refused(""), TextError::Empty);
        assert_eq!(refused(" "), TextError::Blank);
        assert_eq!(refused("\"?\" -- "), TextError::OnlySigns);
        let (bytes, limit) = (SEARCH_BYTES_MAX + 1, SEARCH_BYTES_MAX);
        assert_eq!(
            refused(&"x".repeat(bytes)),
            TextError::TooLong { bytes, limit }
        );
        assert!(SearchText::new("x".repeat(limit)).is_ok());
        let (terms, limit) = (SEARCH_TERMS_MAX + 1, SEARCH_TERMS_MAX);
        assert_eq!(
            refused(&"x ".repeat(terms)),
            TextError::TooManyTerms { terms, limit }
        );
        assert!(SearchText::new("x ".repeat(limit)).is_ok());
        let decomposed = "e\u{301}tude";
        assert_eq!(refused(decomposed), TextError::NotNormalized);
        assert_eq!(
            SearchText::normalized(decomposed).unwrap().as_str(),
            "étude"
        );
        assert_eq!(
            refused("a\u{202e}b"),
            TextError::Bidi(crate::names::CodePoint('\u{202e}'))
        );
    }
}
