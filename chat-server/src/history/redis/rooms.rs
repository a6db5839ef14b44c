//! The rooms that are followed, and what waits for them.

use std::collections::{BTreeMap, BTreeSet};

use protocol::position::{Address, Position};
use tokio::sync::oneshot;

use super::bells::say;
use super::entries;
use super::follow::{Followed, Snapshot, Step};
use super::member::{self, read, read_field, read_member};
use super::node_table::{Known, State};
use super::reads::{After, Look};
use crate::record::{Answer, Found, News, NodeId, Present};

/// Kind of a bell that tells of a member.
const MEMBER: u8 = b'p';

/// What is to be done for a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Read what stands after this position.
    Read(Address, Position),
    /// Read all members.
    ReadMembers(Address),
    /// Take out these members, fields and what stands there.
    Sweep(Address, Vec<(Vec<u8>, Vec<u8>)>),
    /// Confirm what somebody left unconfirmed.
    Mend(Address),
}

/// What comes of an event: to be told in this order, and to be done.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) news: Vec<News>,
    pub(super) work: Vec<Work>,
}

/// A room that is followed.
#[derive(Debug)]
struct Room {
    followed: Followed,
    /// What is to be done once the channel is heard.
    later: Vec<Step>,
    is_heard: bool,
    /// They wait until the channel is heard and the members are known.
    waiting: Vec<oneshot::Sender<()>>,
    /// Up to where the last look saw it confirmed, where it saw more that nobody had confirmed.
    unsettled: Option<Position>,
}

/// All rooms that are followed.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    rooms: BTreeMap<Address, Room>,
    pub(super) nodes: Known,
}

impl Rooms {
    pub(super) fn addresses(&self) -> Vec<Address> {
        self.rooms.keys().cloned().collect()
    }

    /// Somebody is about to join a room, and goes on when it is followed. True where its channel is to be heard from now on.
    pub(super) fn prepare(&mut self, room: &Address, ready: oneshot::Sender<()>) -> bool {
        let mut is_new = false;
        let entry = self.rooms.entry(room.clone()).or_insert_with(|| {
            is_new = true;
            let mut later = Vec::new();
            Room {
                followed: Followed::new(room.clone(), &mut later),
                later,
                is_heard: false,
                waiting: Vec::new(),
                unsettled: None,
            }
        });
        entry.waiting.push(ready);
        entry.let_go();
        is_new
    }

    /// The channel of a room is heard.
    pub(super) fn heard(&mut self, room: &Address, out: &mut Outcome) {
        if let Some(entry) = self.rooms.get_mut(room) {
            entry.is_heard = true;
            let later = std::mem::take(&mut entry.later);
            entry.let_go();
            put(room, later, out);
        }
    }

    /// Nobody here wants anything of a room. True where it was followed.
    pub(super) fn unload(&mut self, room: &Address) -> bool {
        self.rooms.remove(room).is_some()
    }

    /// A join is answered.
    pub(super) fn joined(&mut self, room: &Address, found: &Found, out: &mut Outcome) {
        if let Some(Answer::Join(page)) = &found.answer {
            self.with(room, out, |room, steps| room.joined(page.head, steps));
        }
    }

    /// What the channel of a room told.
    pub(super) fn rung(&mut self, room: &Address, payload: &[u8], own: NodeId, out: &mut Outcome) {
        match payload.split_first() {
            Some((&MEMBER, rest)) => self.rung_member(room, rest, own, out),
            Some(_) => {
                if let Some((before, messages)) = entries::decode_bell(room, payload) {
                    self.with(room, out, |room, steps| room.heard(before, messages, steps));
                }
            }
            None => {}
        }
    }

    fn rung_member(&mut self, room: &Address, rest: &[u8], own: NodeId, out: &mut Outcome) {
        let Some(changed) = member::read_changed(room, rest) else {
            return;
        };
        let node = changed.node;
        if node == own {
            let count = changed.count;
            return self.with(room, out, |room, steps| room.heard_own_change(count, steps));
        }
        let shown = changed
            .present
            .and_then(|present| shown(&mut self.nodes, node, present));
        let news = match shown {
            Some(present) => News::Member { node, present },
            None => News::Gone {
                node,
                room: room.clone(),
                person: changed.person,
            },
        };
        self.with(room, out, |room, steps| {
            room.heard_change(changed.count, changed.confirmed, (node, news), steps);
        });
    }

    /// What stands after a position; nothing where it could not be read.
    pub(super) fn read(
        &mut self,
        room: &Address,
        after: Position,
        result: Option<After>,
        out: &mut Outcome,
    ) {
        self.with(room, out, |room, steps| room.read(after, result, steps));
    }

    /// All members, as the script tells them; nothing where they could not be read.
    pub(super) fn members(
        &mut self,
        room: &Address,
        texts: Option<&[Vec<u8>]>,
        own: NodeId,
        out: &mut Outcome,
    ) {
        let snapshot = texts.and_then(|texts| self.snapshot(room, texts, own, out));
        self.with(room, out, |room, steps| room.members(snapshot, steps));
        if let Some(entry) = self.rooms.get_mut(room) {
            entry.let_go();
        }
    }

    fn snapshot(
        &mut self,
        room: &Address,
        texts: &[Vec<u8>],
        own: NodeId,
        out: &mut Outcome,
    ) -> Option<Snapshot> {
        let ([count, era, n], fields) = texts.split_first_chunk()?;
        let mut gone = Vec::new();
        let mut members = Vec::new();
        for pair in fields.chunks_exact(2) {
            let [field, text] = pair else { continue };
            let Some((node, person)) = read_field(field) else {
                continue;
            };
            if node == own {
                continue;
            }
            let present = read_member(room, person, text);
            if self.nodes.state(node) == State::Gone {
                gone.push((field.clone(), text.clone()));
            } else if let Some(present) =
                present.and_then(|present| shown(&mut self.nodes, node, present))
            {
                members.push((node, present));
            }
        }
        if !gone.is_empty() {
            out.work.push(Work::Sweep(room.clone(), gone));
        }
        Some(Snapshot {
            count: read(count)?,
            confirmed: Position::new(read(era)?, read(n)?),
            members,
        })
    }

    /// Bells may have been missed.
    pub(super) fn lost(&mut self, out: &mut Outcome) {
        for room in self.addresses() {
            self.with(&room, out, Followed::lost);
        }
    }

    /// These nodes count as something else from now on.
    pub(super) fn nodes_changed(&mut self, nodes: &[NodeId], out: &mut Outcome) {
        if nodes.is_empty() {
            return;
        }
        for room in self.addresses() {
            for node in nodes {
                self.with(&room, out, |room, steps| room.node_changed(*node, steps));
            }
        }
    }

    /// A look at these rooms begins.
    pub(super) fn looking(&mut self, rooms: &[Address]) {
        for room in rooms {
            if let Some(entry) = self.rooms.get_mut(room) {
                entry.followed.looking();
            }
        }
    }

    /// What a look has seen of a room.
    pub(super) fn looked(&mut self, room: &Address, look: Look, out: &mut Outcome) {
        let Some(entry) = self.rooms.get_mut(room) else {
            return;
        };
        // Where it moves somebody confirms it already.
        let unsettled = (look.head != look.confirmed).then_some(look.confirmed);
        if unsettled.is_some() && entry.unsettled == unsettled {
            out.work.push(Work::Mend(room.clone()));
        }
        entry.unsettled = unsettled;
        self.with(room, out, |room, steps| {
            room.looked(look.confirmed, look.members, steps);
        });
    }

    fn with(
        &mut self,
        room: &Address,
        out: &mut Outcome,
        then: impl FnOnce(&mut Followed, &mut Vec<Step>),
    ) {
        if let Some(entry) = self.rooms.get_mut(room) {
            let mut steps = Vec::new();
            then(&mut entry.followed, &mut steps);
            put(room, steps, out);
        }
    }
}

impl Room {
    /// Lets those go on who wait, if nothing is missing any more.
    fn let_go(&mut self) {
        if self.is_heard && self.followed.has_members() {
            self.waiting.drain(..).for_each(say);
        }
    }
}

fn put(room: &Address, steps: Vec<Step>, out: &mut Outcome) {
    for step in steps {
        match step {
            Step::Tell(news) => out.news.push(news),
            Step::Read(after) => out.work.push(Work::Read(room.clone(), after)),
            Step::ReadMembers => out.work.push(Work::ReadMembers(room.clone())),
        }
    }
}

/// A member as it is shown: one of a dead node is reconnecting, if it can come back as the same person. Nothing of one that is gone.
fn shown(nodes: &mut Known, node: NodeId, present: Present) -> Option<Present> {
    match nodes.state(node) {
        State::Alive => Some(present),
        State::Dead if present.keyed => Some(Present {
            reconnecting: true,
            ..present
        }),
        State::Dead | State::Gone => None,
    }
}

/// Rooms of a look in parts.
pub(super) fn in_parts(rooms: Vec<Address>, at_once: usize) -> Vec<Vec<Address>> {
    let rooms: BTreeSet<Address> = rooms.into_iter().collect();
    let rooms: Vec<Address> = rooms.into_iter().collect();
    rooms.chunks(at_once).map(<[Address]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_confirms_is_mended() {
        let room: Address = "lobby".parse().unwrap();
        let mut rooms = Rooms::default();
        let (ready, _is_ready) = oneshot::channel();
        assert!(rooms.prepare(&room, ready));
        let mut look = |head, confirmed| {
            let mut out = Outcome::default();
            let look = Look {
                head: Position::new(1, head),
                confirmed: Position::new(1, confirmed),
                members: 0,
            };
            rooms.looked(&room, look, &mut out);
            out.work.contains(&Work::Mend(room.clone()))
        };
        // A busy room is unconfirmed at each look, and moves.
        assert_eq!([look(3, 2), look(5, 4), look(6, 6)], [false; 3]);
        assert_eq!([look(7, 6), look(7, 6)], [false, true]);
    }
}
