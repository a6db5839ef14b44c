//! Comings and goings in one line: who came, who came back, who went, and each of them when it is unfolded.
//!
//! Goings of people who had not spoken lately are kept and not told, unless the line is unfolded.

use protocol::position::PersonId;

use crate::text::sanitized::Sanitized;

/// Most comings and goings of one line; at it the next one begins another line, and a line that tells nothing drops its oldest.
pub const FOLDED_MAX: usize = 200;

/// Milliseconds after the first coming or going of a line in which others join it.
pub const FOLD_WINDOW_MS: u64 = 10 * 60 * 1000;

/// Somebody came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub person: PersonId,
    /// By which nick.
    pub nick: Sanitized,
    /// Whether it was a going.
    pub went: bool,
    /// When, in milliseconds since 1970.
    pub time: u64,
    /// Whether it is told only when the line is unfolded: a going of somebody who had not spoken lately.
    pub quiet: bool,
}

/// Comings and goings between two messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    moves: Vec<Move>,
    /// Each one has a line of its own.
    pub is_open: bool,
}

/// What a folded line tells: nicks in the order in which they first moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told<'a> {
    /// Who came.
    pub came: Vec<&'a Sanitized>,
    /// Who went and came back.
    pub back: Vec<&'a Sanitized>,
    /// Who went.
    pub went: Vec<&'a Sanitized>,
}

impl Moves {
    /// A line of one.
    pub fn of(one: Move) -> Self {
        Self {
            moves: vec![one],
            is_open: false,
        }
    }

    /// All of them, oldest first.
    pub fn all(&self) -> &[Move] {
        &self.moves
    }

    /// Takes one more in where it belongs into this line; gives it back where it does not.
    pub fn take(&mut self, one: Move) -> Option<Move> {
        let begun = self.moves.first().map_or(0, |first| first.time);
        let is_late = one.time.saturating_sub(begun) > FOLD_WINDOW_MS;
        if self.moves.len() >= FOLDED_MAX || is_late {
            // Lines that show nothing never follow each other: a frame must not walk over thousands of them.
            if self.is_open || self.tells() {
                return Some(one);
            }
            if self.moves.len() >= FOLDED_MAX {
                self.moves.remove(0);
            }
        }
        self.moves.push(one);
        None
    }

    /// Whether the folded line tells anything.
    pub fn tells(&self) -> bool {
        let told = self.told();
        !(told.came.is_empty() && told.back.is_empty() && told.went.is_empty())
    }

    /// What the folded line tells: of each person where they are now, as far as that is another place than before.
    pub fn told(&self) -> Told<'_> {
        let mut people: Vec<Stay<'_>> = Vec::new();
        for one in &self.moves {
            match people
                .iter_mut()
                .find(|stay| stay.last.person == one.person)
            {
                Some(stay) => {
                    stay.last = one;
                    stay.is_quiet &= one.quiet || !one.went;
                }
                None => people.push(Stay {
                    was_in: one.went,
                    last: one,
                    is_quiet: one.quiet || !one.went,
                }),
            }
        }
        let mut told = Told::default();
        for stay in people {
            let nick = &stay.last.nick;
            match (stay.was_in, stay.last.went) {
                (false, false) => told.came.push(nick),
                // Who went unseen comes as if anew.
                (true, false) if stay.is_quiet => told.came.push(nick),
                (true, false) => told.back.push(nick),
                (_, true) if stay.is_quiet => {}
                (_, true) => told.went.push(nick),
            }
        }
        told
    }

    /// The memory of its texts, by a guess.
    pub(super) fn bytes(&self) -> usize {
        let each = self
            .moves
            .iter()
            .map(|one| one.nick.as_str().len().saturating_add(size_of::<Move>()));
        each.sum()
    }
}

/// One person in the time of a line.
struct Stay<'a> {
    was_in: bool,
    last: &'a Move,
    is_quiet: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(nick: &str, went: bool, time: u64, quiet: bool) -> Move {
        let mut person = [0; 16];
        for (to, from) in person.iter_mut().zip(nick.bytes()) {
            *to = from;
        }
        Move {
            person: PersonId::from_bytes(person),
            nick: Sanitized::line(nick),
            went,
            time,
            quiet,
        }
    }

    fn line(moves: &[Move]) -> Moves {
        let mut line = Moves::default();
        for one in moves {
            assert_eq!(line.take(one.clone()), None);
        }
        line
    }

    fn texts<'a>(names: &[&'a Sanitized]) -> Vec<&'a str> {
        names.iter().map(|name| name.as_str()).collect()
    }

    #[test]
    fn t28_a_line_tells_where_people_are_now() {
        let moves = line(&[
            one("A", false, 0, false),
            one("B", true, 1, false),
            one("B", false, 2, false),
            one("C", true, 3, false),
            one("D", false, 4, false),
            one("D", true, 5, true),
            one("E", true, 6, true),
            one("F", true, 7, true),
            one("F", false, 8, false),
        ]);
        let told = moves.told();
        assert_eq!(texts(&told.came), ["A", "F"]);
        assert_eq!(texts(&told.back), ["B"]);
        assert_eq!(texts(&told.went), ["C"]);
        assert_eq!(moves.all().len(), 9);
    }

    #[test]
    fn t28_a_line_ends_with_its_window_and_at_its_bound() {
        let mut moves = line(&[one("A", false, 1_000, false)]);
        assert_eq!(
            moves.take(one("B", false, 1_000 + FOLD_WINDOW_MS, false)),
            None
        );
        let late = one("C", false, 1_001 + FOLD_WINDOW_MS, false);
        assert_eq!(moves.take(late.clone()), Some(late));
        let mut moves = line(&vec![one("A", false, 0, false); FOLDED_MAX]);
        let further = one("B", false, 0, false);
        assert_eq!(moves.take(further.clone()), Some(further));
    }

    #[test]
    fn t28_a_line_that_tells_nothing_goes_on_for_ever_and_is_bounded() {
        let mut moves = Moves::default();
        for number in 0..2 * FOLDED_MAX {
            let time = FOLD_WINDOW_MS.saturating_mul(u64::try_from(number).unwrap());
            assert_eq!(moves.take(one(&number.to_string(), true, time, true)), None);
        }
        assert_eq!(moves.all().len(), FOLDED_MAX);
        assert!(!moves.tells());
        assert_eq!(moves.all()[0].nick.as_str(), FOLDED_MAX.to_string());
    }
}
