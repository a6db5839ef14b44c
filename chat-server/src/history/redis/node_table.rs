//! Which nodes there are, and what each counts as.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::member::ms;
use crate::record::NodeId;

/// How long a node that is gone is remembered, so that one that comes back hears that it was given up.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Nodes that are known of by their members alone; at it all of them are looked at anew.
const STRANGERS_MAX: usize = 1024;

/// What a node counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Alive,
    /// Its members are reconnecting.
    Dead,
    /// Its members are gone.
    Gone,
}

/// All nodes as they were at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// Redis' clock, in milliseconds since 1970.
    pub(super) now: u64,
    /// From when on each is dead, and gone.
    pub(super) nodes: BTreeMap<NodeId, (u64, u64)>,
}

impl Table {
    fn state(&self, node: NodeId) -> Option<State> {
        self.nodes.get(&node).map(|(dead, gone)| {
            if *gone <= self.now {
                State::Gone
            } else if *dead <= self.now {
                State::Dead
            } else {
                State::Alive
            }
        })
    }

    /// Those that were gone for long.
    pub(super) fn forgettable(&self) -> impl Iterator<Item = NodeId> {
        let nodes = self.nodes.iter();
        nodes
            .filter(|(_, (_, gone))| gone.saturating_add(ms(REMEMBERED)) <= self.now)
            .map(|(node, _)| *node)
    }
}

/// The nodes as who follows rooms sees them: those of the table, and those that only stand at members.
#[derive(Debug, Default)]
pub(super) struct Known {
    table: Table,
    /// Not in the table, and whether the next table decides about them.
    strangers: BTreeMap<NodeId, bool>,
    /// Were in no table for long enough.
    forgotten: BTreeSet<NodeId>,
}

impl Known {
    /// What a node counts as. One that nobody has heard of yet may just have begun.
    pub(super) fn state(&mut self, node: NodeId) -> State {
        if let Some(state) = self.table.state(node) {
            return state;
        }
        if self.forgotten.contains(&node) {
            return State::Gone;
        }
        if self.strangers.len() + self.forgotten.len() >= STRANGERS_MAX {
            self.strangers.clear();
            self.forgotten.clear();
        }
        self.strangers.entry(node).or_insert(false);
        State::Alive
    }

    /// Takes the next table, and gives the nodes that count as something else from now on.
    pub(super) fn learn(&mut self, table: Table) -> Vec<NodeId> {
        let before = std::mem::replace(&mut self.table, table);
        let mut changed: Vec<NodeId> = Vec::new();
        for node in before.nodes.keys().chain(self.table.nodes.keys()) {
            let now = self.table.state(*node);
            let was = before
                .state(*node)
                .or_else(|| self.strangers.get(node).map(|_| State::Alive));
            if now.is_none() {
                self.forgotten.insert(*node);
            }
            if now.unwrap_or(State::Gone) != was.unwrap_or(State::Gone) {
                changed.push(*node);
            }
        }
        self.forgotten
            .retain(|node| self.table.state(*node).is_none());
        let strangers = std::mem::take(&mut self.strangers);
        for (node, is_due) in strangers {
            match self.table.state(node) {
                Some(_) => {}
                None if is_due => {
                    self.forgotten.insert(node);
                    changed.push(node);
                }
                None => {
                    self.strangers.insert(node, true);
                }
            }
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(now: u64, nodes: &[(u64, u64, u64)]) -> Table {
        let nodes = nodes
            .iter()
            .map(|(node, dead, gone)| (NodeId(*node), (*dead, *gone)));
        Table {
            now,
            nodes: nodes.collect(),
        }
    }

    #[test]
    fn a_node_is_dead_and_then_gone_and_may_come_back() {
        let mut known = Known::default();
        assert_eq!(known.learn(table(100, &[(1, 110, 130)])), [NodeId(1)]);
        assert_eq!(known.state(NodeId(1)), State::Alive);
        assert_eq!(known.learn(table(109, &[(1, 110, 130)])), []);
        assert_eq!(known.learn(table(110, &[(1, 110, 130)])), [NodeId(1)]);
        assert_eq!(known.state(NodeId(1)), State::Dead);
        assert_eq!(known.learn(table(129, &[(1, 110, 130)])), []);
        assert_eq!(known.learn(table(130, &[(1, 110, 130)])), [NodeId(1)]);
        assert_eq!(known.state(NodeId(1)), State::Gone);
        assert_eq!(known.learn(table(131, &[(1, 141, 161)])), [NodeId(1)]);
        assert_eq!(known.state(NodeId(1)), State::Alive);
        assert_eq!(known.learn(table(132, &[])), [NodeId(1)]);
        assert_eq!(known.state(NodeId(1)), State::Gone);
    }

    #[test]
    fn a_stranger_is_gone_if_no_table_names_it() {
        let mut known = Known::default();
        assert_eq!(known.state(NodeId(7)), State::Alive);
        assert_eq!(known.state(NodeId(8)), State::Alive);
        assert_eq!(known.learn(table(1, &[])), []);
        assert_eq!(known.learn(table(2, &[(8, 12, 32)])), [NodeId(7)]);
        assert_eq!(known.state(NodeId(7)), State::Gone);
        assert_eq!(known.state(NodeId(8)), State::Alive);
        for node in 0..u64::try_from(STRANGERS_MAX).unwrap() + 10 {
            known.state(NodeId(100 + node));
        }
        assert!(known.strangers.len() <= STRANGERS_MAX);
    }

    #[test]
    fn what_is_gone_for_long_can_be_forgotten() {
        let hour = ms(REMEMBERED);
        let old = table(hour + 30, &[(1, 10, 30), (2, 11, 31)]);
        assert_eq!(old.forgettable().collect::<Vec<_>>(), [NodeId(1)]);
    }
}
