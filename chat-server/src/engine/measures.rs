//! What is counted for whoever watches a server: plain numbers, looked at when somebody asks.

use std::time::Duration;

use protocol::position::Address;

use super::hub::Engine;

/// Bounds of a histogram, at most; what is above the last one is counted too.
pub const BOUNDS_MAX: usize = 11;

/// How long a message takes from the hub's inbox to the answer of the store: the bounds, in microseconds.
pub const APPEND_BOUNDS_US: [u64; 11] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 2_500_000, 10_000_000,
];

/// How often a value was up to each of some bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    bounds: &'static [u64],
    counts: [u64; BOUNDS_MAX + 1],
    sum: u64,
}

impl Histogram {
    /// One that has seen nothing; of `bounds`, which rise, [`BOUNDS_MAX`] count.
    pub fn new(bounds: &'static [u64]) -> Self {
        Self {
            bounds: bounds.get(..BOUNDS_MAX).unwrap_or(bounds),
            counts: [0; BOUNDS_MAX + 1],
            sum: 0,
        }
    }

    /// Takes note of a value.
    pub fn note(&mut self, value: u64) {
        let at = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        }
        self.sum = self.sum.saturating_add(value);
    }

    /// How many values were not above each bound.
    pub fn up_to(&self) -> impl Iterator<Item = (u64, u64)> {
        let counted = self.counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        self.bounds.iter().copied().zip(counted)
    }

    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// All values together.
    pub const fn sum(&self) -> u64 {
        self.sum
    }
}

/// How much an engine holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Rooms and conversations that are loaded.
    pub rooms: usize,
    /// Members of all rooms, each room's counted.
    pub members: usize,
    /// Those of them that are reconnecting.
    pub reconnecting: usize,
    /// Messages on their way to the store.
    pub appends: usize,
    /// Questions on their way to the store, searches left out.
    pub reads: usize,
    /// Searches on their way to the store.
    pub searches: usize,
    /// How long messages took from the inbox to the answer of the store, in microseconds by [`APPEND_BOUNDS_US`].
    pub append_us: Histogram,
}

impl Engine {
    /// How much it holds; walks all members, so it is for once in some seconds.
    pub fn sizes(&self) -> Sizes {
        let rooms = self.rooms.iter().filter(|(address, _)| is_room(address));
        let (mut members, mut reconnecting) = (0, 0);
        for (_, room) in rooms {
            members += room.members.len();
            let lost = room
                .members
                .iter()
                .filter(|(_, member)| member.lost_until.is_some());
            reconnecting += lost.count();
        }
        Sizes {
            rooms: self.rooms.len(),
            members,
            reconnecting,
            appends: self.appends.len(),
            reads: self.reads_waiting.len() + self.reads_out,
            searches: self.searches.waiting.len() + self.searches.out,
            append_us: self.append_us.clone(),
        }
    }

    /// A message was answered by the store that came in at `since`.
    pub(super) fn append_took(&mut self, since: Duration, now: Duration) {
        let took = now.saturating_sub(since).as_micros();
        self.append_us.note(u64::try_from(took).unwrap_or(u64::MAX));
    }
}

/// Whether it has members; a conversation has not.
fn is_room(address: &Address) -> bool {
    address.pair().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Settings;
    use crate::engine::testing::World;

    #[test]
    fn a_value_counts_up_to_the_first_bound_that_it_is_not_above() {
        let mut histogram = Histogram::new(&[10, 20]);
        for value in [0, 10, 11, 20, 21, 1_000] {
            histogram.note(value);
        }
        assert_eq!(histogram.up_to().collect::<Vec<_>>(), [(10, 2), (20, 4)]);
        assert_eq!((histogram.count(), histogram.sum()), (6, 1_062));
    }

    #[test]
    fn sizes_are_what_is_there_now() {
        let mut world = World::new(Settings::default());
        let alice = world.enter_room(Some(1), "alice", "lobby");
        let bob = world.enter_room(Some(2), "bob", "lobby");
        world.ask(
            alice,
            r#"{"type":"send","room":"lobby","seq":1,"text":"x"}"#,
        );
        world.ask(bob, r#"{"type":"rooms"}"#);
        let sizes = world.engine.sizes();
        assert_eq!((sizes.rooms, sizes.members, sizes.reconnecting), (1, 2, 0));
        assert_eq!((sizes.appends, sizes.reads, sizes.searches), (1, 1, 0));
        assert_eq!(sizes.append_us.count(), 0);
        world.wait(3);
        world.run();
        world.close(bob, false);
        let sizes = world.engine.sizes();
        assert_eq!((sizes.rooms, sizes.members, sizes.reconnecting), (1, 2, 1));
        assert_eq!((sizes.appends, sizes.reads), (0, 0));
        assert_eq!((sizes.append_us.count(), sizes.append_us.sum()), (1, 3_000));
    }
}
