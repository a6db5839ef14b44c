//! Which servers live.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use protocol::position::{Address, PersonId};

use super::super::store::Store;
use super::{Cluster, DEAD_AFTER, GONE_AFTER, Job, Node, Reply};
use crate::record::{News, NodeId, Restored, Write};

impl Cluster {
    /// One more server, or another one in the place of one that died.
    pub(in crate::engine) fn start(&mut self, place: usize) -> Restored {
        let id = self.new_id();
        let node = Node {
            id,
            jobs: VecDeque::new(),
            looking: Vec::new(),
            found: Vec::new(),
            replies: VecDeque::new(),
            follows: BTreeMap::new(),
            deaf: false,
        };
        if place < self.nodes.len() {
            self.nodes[place] = node;
        } else {
            self.nodes.push(node);
        }
        Self::restored(id)
    }

    fn new_id(&mut self) -> NodeId {
        self.last_id += 1;
        let id = NodeId(self.last_id);
        self.signs.insert(id, self.now);
        id
    }

    /// A server dies: what it had handed over and was to hear is gone, and nobody hears of it any more.
    pub(in crate::engine) fn kill(&mut self, place: usize) {
        let node = &mut self.nodes[place];
        node.jobs.clear();
        node.looking.clear();
        node.found.clear();
        node.replies.clear();
        node.follows.clear();
        node.deaf = true;
    }

    pub(super) fn is_alive(&self, id: NodeId) -> bool {
        let sign = self.signs.get(&id);
        !self.fenced.contains(&id) && sign.is_some_and(|sign| *sign + DEAD_AFTER > self.now)
    }

    /// Whether somebody may still be shown for the sake of a server that is no more.
    pub(in crate::engine) fn has_dead(&self) -> bool {
        let is_dead = |id: &NodeId| !self.is_alive(*id) || self.index(*id).is_none();
        self.signs.keys().any(is_dead)
    }

    /// Time passes; these servers give a sign of life. Gives those that were given up.
    pub(in crate::engine) fn pass(&mut self, time: Duration, living: &[usize]) -> usize {
        let alive: Vec<NodeId> = self.signs.keys().copied().collect();
        let alive: Vec<(NodeId, bool)> = alive
            .into_iter()
            .map(|id| (id, self.is_alive(id)))
            .collect();
        self.now = time;
        let mut fenced = 0;
        for place in living {
            let id = self.nodes[*place].id;
            if self.fenced.contains(&id) || !self.signs.contains_key(&id) {
                self.fence(*place);
                fenced += 1;
            } else {
                self.signs.insert(id, time);
            }
        }
        for (id, was_alive) in alive {
            if was_alive != self.is_alive(id) {
                self.tell_rows(id);
            }
        }
        let is_gone = |(_, sign): &(&NodeId, &Duration)| **sign + GONE_AFTER <= time;
        let gone = self.signs.iter().filter(is_gone);
        let gone: Vec<NodeId> = gone.map(|(id, _)| *id).collect();
        for id in gone {
            self.forget(id);
        }
        fenced
    }

    /// A server learns that it was given up: it is another one now, and what it had handed over to be said is refused.
    fn fence(&mut self, place: usize) {
        let id = self.new_id();
        let node = &mut self.nodes[place];
        node.id = id;
        node.follows.clear();
        let (refused, kept): (VecDeque<Job>, VecDeque<Job>) = node
            .jobs
            .drain(..)
            .partition(|job| matches!(job, Job::Write(Write::Append(_))));
        node.jobs = kept;
        let refused = refused.into_iter().flat_map(|job| match job {
            Job::Write(write) => Store::refuse(&[write]),
            Job::Read(_) => Vec::new(),
        });
        node.replies.extend(refused.map(Reply::Committed));
        node.replies.push_back(Reply::News(News::Fenced));
    }

    fn tell_rows(&mut self, id: NodeId) {
        for room in self.rooms_of(id) {
            let rows = self.rows(&room).into_iter();
            for (_, present) in rows.filter(|(other, _)| *other == id) {
                self.ring(&room, id, || News::Member {
                    node: id,
                    present: present.clone(),
                });
            }
        }
    }

    /// Nobody is shown for a dead server's sake any more, nor has a nick.
    fn forget(&mut self, id: NodeId) {
        self.signs.remove(&id);
        self.fenced.remove(&id);
        for room in self.rooms_of(id) {
            // What was said by those who go now comes before.
            self.confirm(&room, u64::MAX, true);
            let members = self.members.get_mut(&room).unwrap();
            let gone = members.extract_if(.., |(other, _), _| *other == id);
            let gone: Vec<PersonId> = gone.map(|((_, person), _)| person).collect();
            for person in gone {
                self.gone(id, &room, person);
            }
        }
        self.leases.retain(|_, lease| {
            lease.nodes.remove(&id);
            !lease.nodes.is_empty()
        });
    }

    fn rooms_of(&self, id: NodeId) -> Vec<Address> {
        let has = |members: &BTreeMap<(NodeId, PersonId), _>| {
            members.keys().any(|(other, _)| *other == id)
        };
        let rooms = self.members.iter().filter(|(_, members)| has(members));
        rooms.map(|(room, _)| room.clone()).collect()
    }
}
