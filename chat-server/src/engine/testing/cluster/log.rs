//! The logs: what is stored, how far it is confirmed, and what is lost again.

use protocol::position::{Address, Position};

use super::{Cluster, Follow, Pending, Reply};
use crate::record::{Append, AppendError, Appended, News, Write, Written};

impl Cluster {
    pub(super) fn append(&mut self, node: usize, append: Append) {
        let (ticket, room) = (append.ticket, append.room.clone());
        let id = self.nodes[node].id;
        let mut written = self.store.commit(vec![Write::Append(append)]);
        if let Some(Written::Append {
            result: Ok(appended),
            ..
        }) = written.first()
            && appended.position.n > self.store.head(&room)
        {
            self.pending.push(Pending {
                node: id,
                ticket,
                room,
                appended: *appended,
            });
            return;
        }
        let answer = written.remove(0);
        if let Written::Append { result: Ok(ok), .. } = &answer {
            self.acknowledge(node, &room, ok.position.n);
        }
        self.nodes[node].replies.push_back(Reply::Committed(answer));
    }

    pub(super) fn acknowledge(&mut self, node: usize, room: &Address, n: u64) {
        if let Some(follow) = self.nodes[node].follows.get_mut(room) {
            follow.acknowledged = follow.acknowledged.max(n);
        }
    }

    /// What is stored in a room is confirmed up to here: those who said it are answered, and all are told.
    pub(in crate::engine) fn confirm(&mut self, room: &Address, n: u64, answers_first: bool) {
        let before = self.store.head(room);
        let stored = self.store.rooms.get(room).map_or(0, Vec::len) as u64;
        let n = n.min(stored);
        if n <= before {
            return;
        }
        let confirmed = self.store.confirmed.as_mut().unwrap();
        confirmed.insert(room.clone(), n);
        if answers_first {
            self.answer(room, n);
        }
        for node in 0..self.nodes.len() {
            if !self.nodes[node].deaf {
                self.catch_up(node, room);
            }
        }
        if !answers_first {
            self.answer(room, n);
        }
        if let Some(pair) = room.pair() {
            let last = self.store.at(room, n).unwrap();
            let (head, sender) = (last.position, last.id.person);
            let nick = last.nick.clone();
            let Some(peer) = pair.other(sender) else {
                return;
            };
            for (person, nick) in [(peer, nick), (sender, String::new())] {
                for node in self.nodes_of(person) {
                    self.tell(
                        node,
                        News::Conversation {
                            person,
                            room: room.clone(),
                            nick: nick.clone(),
                            head,
                        },
                    );
                }
            }
        }
    }

    pub(super) fn answer(&mut self, room: &Address, n: u64) {
        let is_due =
            |pending: &mut Pending| pending.room == *room && pending.appended.position.n <= n;
        let due: Vec<Pending> = self.pending.extract_if(.., is_due).collect();
        for pending in due {
            let n = pending.appended.position.n;
            if let Some(node) = self.index(pending.node) {
                self.acknowledge(node, room, n);
            }
            self.answer_one(&pending, Ok(pending.appended));
        }
    }

    pub(super) fn answer_one(&mut self, pending: &Pending, result: Result<Appended, AppendError>) {
        if let Some(node) = self.index(pending.node) {
            let ticket = pending.ticket;
            let written = Written::Append { ticket, result };
            self.nodes[node]
                .replies
                .push_back(Reply::Committed(written));
        }
    }

    /// A room loses what stands behind message `n`.
    pub(in crate::engine) fn fork(&mut self, room: &Address, n: u64) {
        let Some(messages) = self.store.rooms.get_mut(room) else {
            return;
        };
        let tail = messages.split_off(usize::try_from(n).unwrap().min(messages.len()));
        if tail.is_empty() {
            return;
        }
        for message in tail {
            let at = (room.clone(), message.position);
            self.store.lost.insert(at, message);
        }
        *self
            .store
            .eras
            .entry(room.clone())
            .or_insert(super::super::ERA) += 1;
        let head = self.store.head(room).min(n);
        let confirmed = self.store.confirmed.as_mut().unwrap();
        confirmed.insert(room.clone(), head);
        let is_gone =
            |pending: &mut Pending| pending.room == *room && pending.appended.position.n > n;
        let gone: Vec<Pending> = self.pending.extract_if(.., is_gone).collect();
        for pending in gone {
            self.answer_one(&pending, Err(AppendError::Unknown));
        }
        let (end, topic): (Position, _) = (self.store.end(room), self.store.topic(room));
        for node in &mut self.nodes {
            if let Some(follow) = node.follows.get_mut(room)
                && (follow.told > head || follow.acknowledged > head)
            {
                *follow = Follow {
                    told: head,
                    acknowledged: head,
                };
                node.replies.push_back(Reply::News(News::Broken {
                    room: room.clone(),
                    head: end,
                    topic: topic.clone(),
                }));
            }
        }
    }
}
