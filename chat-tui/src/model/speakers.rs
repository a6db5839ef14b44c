//! Who spoke in a room lately, so that the going of somebody who was only listening needs no line.

use std::collections::BTreeMap;

use protocol::position::PersonId;

/// Milliseconds for which somebody who spoke counts as taking part.
pub const SPOKE_LATELY_MS: u64 = 30 * 60 * 1000;

/// Most people remembered of a room; at it the one who is silent longest is forgotten.
pub const SPEAKERS_MAX: usize = 500;

/// When each person spoke last, in milliseconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct Speakers(BTreeMap<PersonId, u64>);

impl Speakers {
    /// Somebody spoke.
    pub fn spoke(&mut self, person: PersonId, time: u64) {
        let last = self.0.entry(person).or_default();
        *last = (*last).max(time);
        if self.0.len() <= SPEAKERS_MAX {
            return;
        }
        let silent = self.0.iter().min_by_key(|(_, time)| **time);
        if let Some(person) = silent.map(|(person, _)| *person) {
            self.0.remove(&person);
        }
    }

    /// Whether somebody spoke lately.
    pub fn is_lately(&self, person: PersonId, now: u64) -> bool {
        self.0
            .get(&person)
            .is_some_and(|time| now.saturating_sub(*time) <= SPOKE_LATELY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: usize) -> PersonId {
        let mut bytes = [0; 16];
        let low = u16::try_from(number).unwrap().to_be_bytes();
        bytes.iter_mut().zip(low).for_each(|(to, from)| *to = from);
        PersonId::from_bytes(bytes)
    }

    #[test]
    fn t28_lately_ends_after_its_time() {
        let mut speakers = Speakers::default();
        speakers.spoke(person(1), 1_000);
        speakers.spoke(person(1), 500);
        assert!(speakers.is_lately(person(1), 1_000 + SPOKE_LATELY_MS));
        assert!(!speakers.is_lately(person(1), 1_001 + SPOKE_LATELY_MS));
        assert!(!speakers.is_lately(person(2), 1_000));
    }

    #[test]
    fn t28_whoever_is_silent_longest_is_forgotten() {
        let mut speakers = Speakers::default();
        for number in 0..=SPEAKERS_MAX {
            speakers.spoke(person(number), 1 + u64::try_from(number).unwrap());
        }
        assert_eq!(speakers.0.len(), SPEAKERS_MAX);
        assert!(!speakers.is_lately(person(0), 1));
        assert!(speakers.is_lately(person(1), 1));
    }
}
