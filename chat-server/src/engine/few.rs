//! A map for what is mostly one or two entries and may be thousands: a connection's rooms, a person's connections, a room's members.
//!
//! A [`BTreeMap`] takes room for eleven entries with its first one, which is most of what an idle member would cost. A few entries are
//! kept here in one sorted list that is hardly longer than it has to be; from [`FEW_MAX`] on they move into a map, and stay there until
//! all are gone, so that nothing takes longer with the number of entries than in a map. The order is that of the keys in both.

use std::collections::BTreeMap;
use std::ops::Bound;

/// Entries in a list; with one more they are in a map.
pub(super) const FEW_MAX: usize = 16;

/// A map in the order of its keys.
#[derive(Clone, Debug)]
pub(super) struct Few<K, V>(Kept<K, V>);

/// A set in order.
pub(super) type FewOf<K> = Few<K, ()>;

#[derive(Clone, Debug)]
enum Kept<K, V> {
    List(Vec<(K, V)>),
    #[expect(
        clippy::box_collection,
        reason = "it is rare, and a connection keeps the size of the largest"
    )]
    Map(Box<BTreeMap<K, V>>),
}

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Self(Kept::List(Vec::new()))
    }
}

impl<K: Ord, V> Few<K, V> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Kept::List(list) => list.len(),
            Kept::Map(map) => map.len(),
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is one of this key.
    pub(super) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The one of this key.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        match &self.0 {
            Kept::List(list) => {
                let at = find(list, key).ok()?;
                list.get(at).map(|(_, value)| value)
            }
            Kept::Map(map) => map.get(key),
        }
    }

    /// The one of this key, to be changed.
    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match &mut self.0 {
            Kept::List(list) => {
                let at = find(list, key).ok()?;
                list.get_mut(at).map(|(_, value)| value)
            }
            Kept::Map(map) => map.get_mut(key),
        }
    }

    /// Puts one in; gives the one of this key that it takes the place of.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let list = match &mut self.0 {
            Kept::Map(map) => return map.insert(key, value),
            Kept::List(list) => list,
        };
        match find(list, &key) {
            Ok(at) => list
                .get_mut(at)
                .map(|(_, before)| std::mem::replace(before, value)),
            Err(_) if list.len() >= FEW_MAX => {
                let mut map: BTreeMap<K, V> = std::mem::take(list).into_iter().collect();
                map.insert(key, value);
                self.0 = Kept::Map(Box::new(map));
                None
            }
            Err(at) => {
                if list.len() == list.capacity() {
                    list.reserve_exact(1 + list.len() / 4);
                }
                list.insert(at, (key, value));
                None
            }
        }
    }

    /// The one of this key, made if there is none.
    pub(super) fn get_or_insert_with(&mut self, key: &K, make: impl FnOnce() -> V) -> Option<&mut V>
    where
        K: Clone,
    {
        if !self.contains_key(key) {
            self.insert(key.clone(), make());
        }
        self.get_mut(key)
    }

    /// Takes the one of this key out. With the last one the memory is given back.
    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let removed = match &mut self.0 {
            Kept::List(list) => {
                let at = find(list, key).ok()?;
                Some(list.remove(at).1)
            }
            Kept::Map(map) => map.remove(key),
        };
        if removed.is_some() && self.is_empty() {
            *self = Self::default();
        }
        removed
    }

    /// All in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.range(Bound::Unbounded)
    }

    /// All keys in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// Those from a key on, in order.
    pub(super) fn range(&self, from: Bound<&K>) -> impl Iterator<Item = (&K, &V)> {
        let (list, map) = match &self.0 {
            Kept::List(list) => {
                let begin = match from {
                    Bound::Unbounded => 0,
                    Bound::Included(key) => list.partition_point(|(other, _)| other < key),
                    Bound::Excluded(key) => list.partition_point(|(other, _)| other <= key),
                };
                (list.get(begin..).unwrap_or_default(), None)
            }
            Kept::Map(map) => (&[][..], Some(map.range((from, Bound::Unbounded)))),
        };
        let list = list.iter().map(|(key, value)| (key, value));
        list.chain(map.into_iter().flatten())
    }
}

fn find<K: Ord, V>(list: &[(K, V)], key: &K) -> Result<usize, usize> {
    list.binary_search_by(|(other, _)| other.cmp(key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(few: &Few<u8, u8>) -> Vec<(u8, u8)> {
        few.iter().map(|(key, value)| (*key, *value)).collect()
    }

    #[test]
    fn one_entry_takes_the_room_of_one() {
        let mut few = Few::default();
        for (length, capacity) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (6, 6), (7, 8)] {
            few.insert(length, [0_u64; 7]);
            let Kept::List(list) = &few.0 else {
                panic!("{length} are not few");
            };
            assert_eq!(list.capacity(), capacity, "{length}");
        }
        assert_eq!(size_of::<Few<u64, [u64; 7]>>(), size_of::<Vec<u8>>());
    }

    #[test]
    fn one_more_than_few_are_a_map_until_all_are_gone() {
        let mut few = Few::default();
        for key in 0..FEW_MAX {
            few.insert(key, ());
        }
        assert!(matches!(few.0, Kept::List(_)));
        few.insert(3, ());
        assert!(matches!(few.0, Kept::List(_)), "it was there");
        few.insert(FEW_MAX, ());
        assert!(matches!(few.0, Kept::Map(_)));
        assert_eq!(few.len(), FEW_MAX + 1);
        for key in 0..FEW_MAX {
            assert_eq!(few.remove(&key), Some(()));
            assert!(matches!(few.0, Kept::Map(_)));
        }
        few.remove(&FEW_MAX);
        assert!(matches!(&few.0, Kept::List(list) if list.capacity() == 0));
    }

    proptest! {
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((0..4_u8, 0..40_u8, any::<u8>()), 0..200)) {
            let (mut few, mut map) = (Few::default(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(few.remove(&key), map.remove(&key)),
                    1 => {
                        let ours = few.get_or_insert_with(&key, || value).copied();
                        prop_assert_eq!(ours, Some(*map.entry(key).or_insert(value)));
                    }
                    _ => prop_assert_eq!(few.insert(key, value), map.insert(key, value)),
                }
                prop_assert_eq!(few.len(), map.len());
                prop_assert_eq!(few.is_empty(), map.is_empty());
                prop_assert_eq!(few.get(&key), map.get(&key));
                prop_assert_eq!(few.get_mut(&key), map.get_mut(&key));
                let all: Vec<_> = map.iter().map(|(key, value)| (*key, *value)).collect();
                prop_assert_eq!(entries(&few), all);
                for from in [Bound::Included(&key), Bound::Excluded(&key)] {
                    let behind: Vec<_> = few.range(from).collect();
                    let expected: Vec<_> = map.range((from, Bound::Unbounded)).collect();
                    prop_assert_eq!(behind, expected);
                }
            }
        }
    }
}
