//! What each server is told of rooms.

use protocol::position::{Address, PersonId};

use super::{Cluster, Follow, Reply};
use crate::record::{Found, News, NodeId, Present, Read};

impl Cluster {
    /// A server begins to be told of a room: of who is there, how it ends, and what comes then.
    pub(super) fn follow(&mut self, node: usize, room: &Address, read: Read) {
        let members = self.others(node, room);
        let Read { ticket, query } = read;
        let found = Found {
            ticket,
            answer: Some(self.store.answer(&query)),
        };
        let told = self.store.head(room);
        let follow = Follow {
            told,
            acknowledged: 0,
        };
        let node = &mut self.nodes[node];
        node.follows.insert(room.clone(), follow);
        let room = room.clone();
        node.replies
            .push_back(Reply::News(News::Members { room, members }));
        node.replies.push_back(Reply::Found(found));
    }

    /// All that is in a room, as others are told.
    pub(super) fn rows(&self, room: &Address) -> Vec<(NodeId, Present)> {
        let rows = self.members.get(room).into_iter().flatten();
        rows.map(|((id, _), present)| (*id, self.row(*id, present)))
            .collect()
    }

    /// A member as others are told: who is there by a dead server is reconnecting.
    pub(super) fn row(&self, id: NodeId, present: &Present) -> Present {
        Present {
            reconnecting: present.reconnecting || !self.is_alive(id),
            ..present.clone()
        }
    }

    fn others(&self, node: usize, room: &Address) -> Vec<(NodeId, Present)> {
        let mut rows = self.rows(room);
        rows.retain(|(id, _)| *id != self.nodes[node].id);
        rows
    }

    /// Tells a server all that it was not told of a room.
    pub(super) fn catch_up(&mut self, node: usize, room: &Address) {
        let head = self.store.head(room);
        let Some(follow) = self.nodes[node].follows.get_mut(room) else {
            return;
        };
        let from = follow.told + 1;
        if from > head {
            return;
        }
        follow.told = head;
        let messages = (from..=head).map(|n| self.store.at(room, n).unwrap().clone());
        let news = News::Messages {
            room: room.clone(),
            messages: messages.collect(),
        };
        self.nodes[node].replies.push_back(Reply::News(news));
    }

    /// Tells a server something, if it hears.
    pub(super) fn tell(&mut self, node: usize, news: News) {
        if !self.nodes[node].deaf {
            self.nodes[node].replies.push_back(Reply::News(news));
        }
    }

    /// Tells all who follow a room, after all that was said there before.
    pub(super) fn ring(&mut self, room: &Address, but: NodeId, news: impl Fn() -> News) {
        for node in 0..self.nodes.len() {
            let other = &self.nodes[node];
            if other.id != but && !other.deaf && other.follows.contains_key(room) {
                self.catch_up(node, room);
                self.tell(node, news());
            }
        }
    }

    pub(super) fn gone(&mut self, id: NodeId, room: &Address, person: PersonId) {
        self.ring(room, id, || News::Gone {
            node: id,
            room: room.clone(),
            person,
        });
    }

    /// A server that was deaf looks at everything again.
    pub(in crate::engine) fn listen(&mut self, node: usize) {
        self.nodes[node].deaf = false;
        let rooms: Vec<Address> = self.nodes[node].follows.keys().cloned().collect();
        for room in rooms {
            self.catch_up(node, &room);
            let members = self.others(node, &room);
            self.tell(node, News::Members { room, members });
        }
        let id = self.nodes[node].id;
        let called: Vec<News> = self
            .leases
            .iter()
            .filter(|(_, lease)| lease.nodes.contains(&id))
            .map(|(person, lease)| News::Called {
                person: *person,
                nick: lease.nick.clone(),
                guest: lease.guest,
                former: None,
            })
            .collect();
        for news in called {
            self.tell(node, news);
        }
    }

    pub(super) fn nodes_of(&self, person: PersonId) -> Vec<usize> {
        let lease = self.leases.get(&person).into_iter();
        let nodes = lease.flat_map(|lease| lease.nodes.iter());
        nodes.filter_map(|id| self.index(*id)).collect()
    }

    pub(super) fn index(&self, id: NodeId) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == id)
    }
}
