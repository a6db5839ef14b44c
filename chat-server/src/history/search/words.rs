//! The words by which the index knows a text, and those that a text has for certain if it has a term.
//!
//! A word of letters and digits is one, and its first three letters are another, so that the shortest beginnings need no look at all longer
//! words. A run of dense characters has each of them and each two neighbours. What kind a word is shows in its sign: the tokenizer of the
//! index takes words apart at blanks and all ASCII signs but these.

use protocol::search::{PREFIX_CHARS_MIN, Sort, Term, fold, sort};

/// Before the beginning of a word.
const BEGINNING: char = '_';

/// Before the number of a room.
const ROOM: char = '.';

/// The tokenizer that keeps such words in one piece.
pub(super) const TOKENIZER: &str = "ascii tokenchars ''_.''";

/// Characters of a word that the index knows; what is beyond them the look at the text finds.
const WORD_CHARS_MAX: usize = 32;

/// The words of a text in a room, with a blank between them. One that stands there twice may come twice.
pub(super) fn of_text(text: &str, room: i64) -> String {
    let folded: Vec<char> = fold(text).collect();
    let mut words = room_word(room);
    words.reserve(4 * text.len());
    for run in runs(&folded) {
        if !run.is_dense {
            add(&mut words, run.chars.iter().take(WORD_CHARS_MAX));
            if let Some(beginning) = run.chars.get(..PREFIX_CHARS_MIN) {
                add(&mut words, std::iter::once(&BEGINNING).chain(beginning));
            }
            continue;
        }
        for one in run.chars {
            add(&mut words, [one]);
        }
        for two in run.chars.windows(2) {
            add(&mut words, two);
        }
    }
    words
}

fn add<'a>(words: &mut String, word: impl IntoIterator<Item = &'a char>) {
    words.push(' ');
    words.extend(word);
}

/// What the index is asked for: every text in one of `rooms` (or in any, where none is named) that has all of `terms` has these words.
pub(super) fn wanted(terms: &[Term], rooms: &[i64]) -> String {
    let mut all: Vec<String> = Vec::new();
    for term in terms {
        of_term(term.folded(), &mut all);
    }
    if !rooms.is_empty() {
        let rooms: Vec<String> = rooms.iter().map(|room| exact(&room_word(*room))).collect();
        all.push(format!("({})", rooms.join(" OR ")));
    }
    all.dedup();
    all.join(" AND ")
}

fn of_term(folded: &[char], all: &mut Vec<String>) {
    let mut runs = runs(folded).peekable();
    while let Some(run) = runs.next() {
        let may_go_on = runs.peek().is_none() && run.ends;
        match run.chars {
            [one] if run.is_dense => all.push(exact(&one.to_string())),
            chars if run.is_dense => {
                all.extend(chars.windows(2).map(|two| exact(&String::from_iter(two))));
            }
            chars if !may_go_on || chars.len() < PREFIX_CHARS_MIN => all.push(exact(&word(chars))),
            chars if chars.len() == PREFIX_CHARS_MIN => all.push(exact(&beginning(chars))),
            chars if chars.len() < WORD_CHARS_MAX => {
                all.push(format!("{}*", exact(&word(chars))));
            }
            chars => all.push(exact(&word(chars))),
        }
    }
}

/// Characters of one sort that stand together.
struct Run<'a> {
    is_dense: bool,
    chars: &'a [char],
    /// Whether nothing stands behind it.
    ends: bool,
}

fn runs(folded: &[char]) -> impl Iterator<Item = Run<'_>> {
    let mut chunks = folded.chunk_by(|a, b| sort(*a) == sort(*b)).peekable();
    std::iter::from_fn(move || {
        let chars = chunks.next()?;
        Some((chars, chunks.peek().is_none()))
    })
    .filter_map(|(chars, ends)| {
        let sort = sort(*chars.first()?);
        (sort != Sort::Between).then_some(Run {
            is_dense: sort == Sort::Dense,
            chars,
            ends,
        })
    })
}

fn word(chars: &[char]) -> String {
    chars.iter().take(WORD_CHARS_MAX).collect()
}

fn beginning(chars: &[char]) -> String {
    std::iter::once(&BEGINNING).chain(chars).collect()
}

fn room_word(room: i64) -> String {
    format!("{ROOM}{room}")
}

/// A word as the language of the index quotes it; none holds a quote.
fn exact(word: &str) -> String {
    format!("\"{word}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::search::SearchText;

    fn asked(search: &str, rooms: &[i64]) -> String {
        wanted(&SearchText::new(search.to_owned()).unwrap().terms(), rooms)
    }

    #[test]
    fn a_text_has_its_words_and_their_beginnings_and_each_two_neighbours() {
        assert_eq!(
            of_text("PR을 봐, see 회의록 👍 2 2", 7),
            ".7 pr 을 봐 see _see 회 의 록 회의 의록 👍 2 2"
        );
        let long = "x".repeat(40);
        assert_eq!(of_text(&long, 1), format!(".1 {} _xxx", "x".repeat(32)));
        assert_eq!(of_text("--", 3), ".3");
    }

    #[test]
    fn a_search_asks_for_what_each_such_text_has() {
        assert_eq!(asked("회의록", &[]), "\"회의\" AND \"의록\"");
        assert_eq!(asked("회", &[]), "\"회\"");
        assert_eq!(asked("connect", &[]), "\"connect\"*");
        assert_eq!(asked("con", &[]), "\"_con\"");
        assert_eq!(asked("pr", &[4]), "\"pr\" AND (\".4\")");
        assert_eq!(
            asked("pr을", &[4, 9]),
            "\"pr\" AND \"을\" AND (\".4\" OR \".9\")"
        );
        assert_eq!(
            asked("\"re: order aft\" ++", &[]),
            "\"re\" AND \"order\" AND \"_aft\""
        );
        assert_eq!(asked("chat-", &[]), "\"chat\"");
        assert_eq!(
            asked(&"x".repeat(31), &[]),
            format!("\"{}\"*", "x".repeat(31))
        );
        assert_eq!(
            asked(&"x".repeat(50), &[]),
            format!("\"{}\"", "x".repeat(32))
        );
    }
}
