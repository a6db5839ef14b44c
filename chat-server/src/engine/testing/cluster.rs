//! A model of a store that servers share: one log a room of which all read as far as it is confirmed, and a queue of what each server is
//! told. It loses tails, goes deaf, and gives servers up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use protocol::event::Status;
use protocol::names::Nick;
use protocol::position::{Address, PersonId};

use super::store::Store;
use crate::record::{
    Appended, Found, News, NodeId, Present, Query, Read, Restored, Ticket, Write, Written,
};

mod following;
mod log;
mod nodes;
mod persons;

/// Without a sign of life for so long a server counts as dead.
pub(in crate::engine) const DEAD_AFTER: Duration = Duration::from_secs(2);

/// For so long after its last sign of life the members of a dead server are reconnecting.
pub(in crate::engine) const GONE_AFTER: Duration = Duration::from_secs(5);

/// What all servers share, and what each was told.
#[derive(Default)]
pub(in crate::engine) struct Cluster {
    pub(in crate::engine) store: Store,
    pub(in crate::engine) nodes: Vec<Node>,
    now: Duration,
    last_id: u64,
    /// The last sign of life of each server, dead ones among them.
    signs: BTreeMap<NodeId, Duration>,
    /// Those that were given up and do not know it.
    fenced: BTreeSet<NodeId>,
    members: BTreeMap<Address, BTreeMap<(NodeId, PersonId), Present>>,
    leases: BTreeMap<PersonId, Lease>,
    /// Where each device was introduced last.
    devices: BTreeMap<(PersonId, u32), NodeId>,
    /// Stored, but not confirmed.
    pending: Vec<Pending>,
}

/// One server, as the store knows it.
pub(in crate::engine) struct Node {
    id: NodeId,
    /// Handed over, and not looked at.
    pub(in crate::engine) jobs: VecDeque<Job>,
    /// Questions that are being looked up.
    pub(in crate::engine) looking: Vec<Read>,
    /// What was looked up, and is late.
    pub(in crate::engine) found: Vec<Found>,
    /// What it is to hear, in order.
    pub(in crate::engine) replies: VecDeque<Reply>,
    follows: BTreeMap<Address, Follow>,
    /// No bell reaches it.
    pub(in crate::engine) deaf: bool,
}

pub(in crate::engine) enum Job {
    Write(Write),
    Read(Read),
}

pub(in crate::engine) enum Reply {
    Committed(Written),
    Found(Found),
    News(News),
}

/// How far a server was told of a room, and how far it was told that its own messages are stored.
#[derive(Clone, Copy, Default)]
struct Follow {
    told: u64,
    acknowledged: u64,
}

/// The nick that a person has.
struct Lease {
    nick: Nick,
    guest: bool,
    nodes: BTreeSet<NodeId>,
}

struct Pending {
    node: NodeId,
    ticket: Ticket,
    room: Address,
    appended: Appended,
}

impl Cluster {
    pub(in crate::engine) fn new() -> Self {
        let mut cluster = Self::default();
        cluster.store.confirmed = Some(BTreeMap::new());
        cluster.store.indexing = true;
        cluster
    }

    /// Who is in a room by any server.
    pub(in crate::engine) fn present(&self, room: &Address) -> BTreeMap<PersonId, Status> {
        let mut union: BTreeMap<PersonId, Status> = BTreeMap::new();
        for row in self.rows(room) {
            let status = union.entry(row.1.person).or_insert(Status::Reconnecting);
            if !row.1.reconnecting {
                *status = Status::Here;
            }
        }
        union
    }

    /// Who is in a room by one server.
    pub(in crate::engine) fn present_at(&self, node: usize, room: &Address) -> BTreeSet<PersonId> {
        let id = self.nodes[node].id;
        let rows = self.members.get(room).into_iter().flatten();
        let own = rows.filter(|((other, _), _)| *other == id);
        own.map(|((_, person), _)| *person).collect()
    }

    /// What a person is called.
    pub(in crate::engine) fn nick(&self, person: PersonId) -> Option<&Nick> {
        self.leases.get(&person).map(|lease| &lease.nick)
    }

    /// Nothing is under way.
    pub(in crate::engine) fn is_quiet(&self) -> bool {
        let is_quiet = |node: &Node| {
            let asked = node.looking.len() + node.found.len();
            node.jobs.is_empty() && asked == 0 && node.replies.is_empty()
        };
        self.pending.is_empty() && self.nodes.iter().all(is_quiet)
    }

    /// Nothing is kept of anybody.
    pub(in crate::engine) fn check_forgotten(&self) {
        let present: Vec<&Present> = self.members.values().flat_map(BTreeMap::values).collect();
        assert!(present.is_empty(), "{present:?}");
        let held: Vec<&Nick> = self.leases.values().map(|lease| &lease.nick).collect();
        assert!(held.is_empty(), "{held:?}");
        let follows = self.nodes.iter().flat_map(|node| node.follows.keys());
        assert_eq!(follows.count(), 0);
    }

    /// A server hands something over.
    pub(in crate::engine) fn hand_over(&mut self, node: usize, job: Job) {
        self.nodes[node].jobs.push_back(job);
    }

    /// Looks at the next thing that a server handed over.
    pub(in crate::engine) fn work(&mut self, node: usize) {
        match self.nodes[node].jobs.pop_front() {
            Some(Job::Write(write)) => self.write(node, write),
            Some(Job::Read(read)) => self.read(node, read),
            None => {}
        }
    }

    /// Refuses it instead, if it can be refused.
    pub(in crate::engine) fn refuse(&mut self, node: usize) -> bool {
        let Some(Job::Write(write @ (Write::Append(_) | Write::Claim(_)))) =
            self.nodes[node].jobs.front()
        else {
            return false;
        };
        let refused = Store::refuse(std::slice::from_ref(write));
        self.nodes[node].jobs.pop_front();
        let replies = refused.into_iter().map(Reply::Committed);
        self.nodes[node].replies.extend(replies);
        true
    }

    fn write(&mut self, node: usize, write: Write) {
        let id = self.nodes[node].id;
        match write {
            Write::Append(append) => self.append(node, append),
            Write::Claim(claim) => {
                let ticket = claim.ticket;
                let result = self.claim(node, claim);
                let written = Written::Claim { ticket, result };
                self.nodes[node]
                    .replies
                    .push_back(Reply::Committed(written));
            }
            Write::Present(present) => {
                let members = self.members.entry(present.room.clone()).or_default();
                members.insert((id, present.person), present.clone());
                self.ring(&present.room.clone(), id, || News::Member {
                    node: id,
                    present: present.clone(),
                });
            }
            Write::Absent { room, person } => {
                let members = self.members.entry(room.clone()).or_default();
                if members.remove(&(id, person)).is_some() {
                    self.gone(id, &room, person);
                }
            }
            Write::Share(share) => self.share(node, share),
            Write::Used(_) | Write::Served(_) => drop(self.store.commit(vec![write])),
        }
    }

    fn read(&mut self, node: usize, read: Read) {
        if let Query::Join { room, .. } = &read.query
            && !self.nodes[node].follows.contains_key(room)
        {
            let room = room.clone();
            return self.follow(node, &room, read);
        }
        self.nodes[node].looking.push(read);
    }

    /// Looks one of the questions of a server up, or cannot.
    pub(in crate::engine) fn look_up(&mut self, node: usize, at: u64, fails: bool) {
        let looking = &mut self.nodes[node].looking;
        if let Some(Read { ticket, query }) = take(looking, at) {
            let answer = (!fails).then(|| self.store.answer(&query));
            self.nodes[node].found.push(Found { ticket, answer });
        }
    }

    /// One of the answers goes to the server, whatever was told meanwhile.
    pub(in crate::engine) fn bring(&mut self, node: usize, at: u64) {
        let node = &mut self.nodes[node];
        let found = take(&mut node.found, at).map(Reply::Found);
        node.replies.extend(found);
    }

    /// What a new server gets.
    fn restored(id: NodeId) -> Restored {
        Restored {
            node: Some(id),
            era: super::ERA,
            served: Duration::ZERO,
            present: Vec::new(),
        }
    }
}

fn take<T>(all: &mut Vec<T>, at: u64) -> Option<T> {
    let at = at.checked_rem(all.len() as u64)?;
    Some(all.swap_remove(usize::try_from(at).unwrap()))
}
