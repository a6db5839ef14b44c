//! What of one room was told, and what is to be told next, whatever order bells, looks and reads come in.
//!
//! Never reads or waits: it says what is to be read and is told what came of it. It never tells a message twice, never leaves one out
//! without saying so, and never tells a change of the members before the messages that stood before it.

#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};

use protocol::event::Message;
use protocol::position::{Address, Position};

use super::reads::After;
use crate::record::{News, NodeId, Present};

/// Changes of a room's members that wait for messages before them; at it they are dropped and all members are read anew.
pub(super) const CHANGES_HELD_MAX: usize = 1024;

/// What a room's followers are to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Tell this.
    Tell(News),
    /// Read the messages after this position; answered by [`Followed::read`].
    Read(Position),
    /// Read all members; answered by [`Followed::members`].
    ReadMembers,
}

/// All members of a room at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// How often they have changed.
    pub(super) count: u64,
    /// The last message that could be told then.
    pub(super) confirmed: Position,
    /// Who is there, by other nodes alone.
    pub(super) members: Vec<(NodeId, Present)>,
}

/// Whether something is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    /// With `again` something was heard that it may not have seen.
    UnderWay {
        again: bool,
    },
}

/// A change of the members that waits for messages.
#[derive(Clone, Debug)]
struct Held {
    /// To be told after this message.
    after: Position,
    change: News,
}

/// One room that is followed.
#[derive(Debug)]
pub(super) struct Followed {
    room: Address,
    /// Nothing before the first join is answered.
    told: Option<Position>,
    /// Where the log had forked when the room broke: what stood behind one of them in that era or an older one is lost and is not told.
    forks: Vec<Position>,
    reading: Reading,
    /// How often the members had changed at the last change that was heard; nothing where that is not known.
    count: Option<u64>,
    counting: Reading,
    /// What was known of it when the members began to be read.
    counted_from: Option<u64>,
    held: VecDeque<Held>,
    /// By which other nodes there may be members.
    nodes: BTreeSet<NodeId>,
    /// What was told when a look began.
    looked_from: (Option<Position>, Option<u64>),
}

impl Followed {
    /// A room of which nothing is known. Its members are to be read.
    pub(super) fn new(room: Address, out: &mut Vec<Step>) -> Self {
        let mut followed = Self {
            room,
            told: None,
            forks: Vec::new(),
            reading: Reading::No,
            count: None,
            counting: Reading::No,
            counted_from: None,
            held: VecDeque::new(),
            nodes: BTreeSet::new(),
            looked_from: (None, None),
        };
        followed.need_members(out);
        followed
    }

    /// Whether nobody waits for the members any more.
    pub(super) const fn has_members(&self) -> bool {
        self.count.is_some() || matches!(self.counting, Reading::No)
    }

    /// The last position that was told.
    #[cfg(test)]
    pub(super) const fn told(&self) -> Option<Position> {
        self.told
    }

    /// A join is answered, with this last position. The first one says where news begin.
    pub(super) fn joined(&mut self, head: Position, out: &mut Vec<Step>) {
        match self.told {
            None => self.told = Some(head),
            Some(told) if head > told => self.need_read(out),
            Some(_) => {}
        }
    }

    /// A bell brought messages; `before` is the position right before the first.
    pub(super) fn heard(&mut self, before: Position, messages: Vec<Message>, out: &mut Vec<Step>) {
        if !self.advance(before, messages, out) {
            self.need_read(out);
        }
    }

    /// A bell told of a change of the members, the `count`th one, when `confirmed` was the last message.
    pub(super) fn heard_change(
        &mut self,
        count: u64,
        confirmed: Position,
        (node, change): (NodeId, News),
        out: &mut Vec<Step>,
    ) {
        match self.count {
            Some(known) if count <= known => return,
            Some(known) if count == known + 1 => self.count = Some(count),
            Some(_) | None => return self.need_members(out),
        }
        if matches!(change, News::Member { .. }) {
            self.nodes.insert(node);
        }
        self.hold(confirmed, change, out);
    }

    /// This node changed a member itself, for the `count`th time, so that there is nothing to tell.
    pub(super) fn heard_own_change(&mut self, count: u64, out: &mut Vec<Step>) {
        match self.count {
            Some(known) if count <= known => {}
            Some(known) if count == known + 1 => self.count = Some(count),
            Some(_) | None => self.need_members(out),
        }
    }

    /// A look begins.
    pub(super) const fn looking(&mut self) {
        self.looked_from = (self.told, self.count);
    }

    /// What a look has seen: the last message that can be told, and how often the members had changed.
    pub(super) fn looked(&mut self, confirmed: Position, count: u64, out: &mut Vec<Step>) {
        let (told_then, count_then) = self.looked_from;
        let is_behind = self
            .told
            .is_some_and(|told| !is_same(told, confirmed) && confirmed > told);
        let is_lost = told_then.is_some_and(|told| !is_same(told, confirmed) && confirmed < told);
        if is_behind || is_lost {
            self.need_read(out);
        }
        let is_behind = self.count.is_none_or(|known| count > known);
        if self.room.pair().is_none() && (is_behind || count_then.is_some_and(|then| count < then))
        {
            self.need_members(out);
        }
    }

    /// What came of reading after `after`; nothing where it could not be read.
    pub(super) fn read(&mut self, after: Position, result: Option<After>, out: &mut Vec<Step>) {
        let again = matches!(
            std::mem::replace(&mut self.reading, Reading::No),
            Reading::UnderWay { again: true }
        );
        let Some(told) = self.told else {
            return;
        };
        match result {
            // The next look goes on.
            None => {}
            Some(After::Broken { head, forks, topic }) if is_same(after, told) => {
                self.told = Some(head);
                self.forks = forks;
                out.push(Step::Tell(News::Broken {
                    room: self.room.clone(),
                    head,
                    topic,
                }));
                self.finish_read(again, out);
            }
            Some(After::Broken { .. }) => self.need_read(out),
            Some(After::Follows {
                messages,
                confirmed,
            }) => {
                let is_told = self.advance(after, messages, out);
                // A store that contradicts itself is asked again by the next look, not at once.
                let is_stale = !is_told && !is_same(after, told);
                let has_moved = self.told != Some(told);
                let lacks = has_moved && !self.is_told(confirmed);
                self.finish_read(again || is_stale || lacks, out);
            }
        }
    }

    /// All members; nothing where they could not be read.
    pub(super) fn members(&mut self, result: Option<Snapshot>, out: &mut Vec<Step>) {
        let again = matches!(
            std::mem::replace(&mut self.counting, Reading::No),
            Reading::UnderWay { again: true }
        );
        let Some(snapshot) = result else {
            return;
        };
        self.nodes = snapshot.members.iter().map(|(node, _)| *node).collect();
        // A count that is lower than before the reading began has fallen; otherwise the list is only older than what was heard since.
        let has_fallen = self.counted_from.is_some_and(|from| snapshot.count < from);
        if !has_fallen && self.count.is_some_and(|known| snapshot.count < known) {
            return self.need_members(out);
        }
        self.count = Some(snapshot.count);
        // Whoever joined is told before they speak, whoever left after they have spoken.
        if !self.is_told(snapshot.confirmed) {
            for (node, present) in &snapshot.members {
                out.push(Step::Tell(News::Member {
                    node: *node,
                    present: present.clone(),
                }));
            }
        }
        let all = News::Members {
            room: self.room.clone(),
            members: snapshot.members,
        };
        self.hold(snapshot.confirmed, all, out);
        if again {
            self.need_members(out);
        }
    }

    /// Bells may have been missed, or the store may have lost its tail.
    pub(super) fn lost(&mut self, out: &mut Vec<Step>) {
        self.need_read(out);
        self.count = None;
        self.need_members(out);
    }

    /// Another node counts as alive, dead or gone from now on.
    pub(super) fn node_changed(&mut self, node: NodeId, out: &mut Vec<Step>) {
        if self.nodes.contains(&node) {
            self.need_members(out);
        }
    }

    /// Tells what of `messages` is new. False where that cannot be said, since there is a hole before them or another log.
    fn advance(
        &mut self,
        before: Position,
        mut messages: Vec<Message>,
        out: &mut Vec<Step>,
    ) -> bool {
        let (Some(told), Some(last)) = (self.told, messages.last()) else {
            return true;
        };
        let last = last.position;
        let is_lost = |fork: &Position| last.era <= fork.era && last.n > fork.n;
        // Before the first message all eras are the same: what is left of an older one may still be to be told.
        let is_old =
            told.n > 0 && (last.era < told.era || (last.era == told.era && last.n <= told.n));
        if is_old || self.forks.iter().any(is_lost) {
            return true;
        }
        if !is_contiguous(before, &messages) {
            return false;
        }
        if !is_same(before, told) {
            let Some(at) = messages.iter().position(|message| message.position == told) else {
                return false;
            };
            messages.drain(..=at);
        }
        self.tell(messages, out);
        true
    }

    /// Tells messages that follow what was told, and what is held between them.
    fn tell(&mut self, mut messages: Vec<Message>, out: &mut Vec<Step>) {
        while let Some(last) = messages.last().map(|last| last.position) {
            let held = self.held.front().map(|held| held.after);
            let (part, change) = match held.filter(|after| *after < last) {
                Some(after) => {
                    let behind = messages.partition_point(|message| message.position <= after);
                    let behind = messages.split_off(behind);
                    let part = std::mem::replace(&mut messages, behind);
                    (part, self.held.pop_front())
                }
                None => (std::mem::take(&mut messages), None),
            };
            if let Some(last) = part.last() {
                self.told = Some(last.position);
                out.push(Step::Tell(News::Messages {
                    room: self.room.clone(),
                    messages: part,
                }));
            }
            out.extend(change.map(|held| Step::Tell(held.change)));
            self.release(out);
        }
    }

    fn hold(&mut self, after: Position, change: News, out: &mut Vec<Step>) {
        let is_told = self.is_told(after);
        if self.held.is_empty() && is_told {
            return out.push(Step::Tell(change));
        }
        if self.held.len() >= CHANGES_HELD_MAX {
            self.held.clear();
            self.count = None;
            return self.need_members(out);
        }
        self.held.push_back(Held { after, change });
        if !is_told {
            self.need_read(out);
        }
    }

    /// Tells the changes that wait for nothing any more.
    fn release(&mut self, out: &mut Vec<Step>) {
        while let Some(held) = self.held.pop_front() {
            if !self.is_told(held.after) {
                return self.held.push_front(held);
            }
            out.push(Step::Tell(held.change));
        }
    }

    fn finish_read(&mut self, again: bool, out: &mut Vec<Step>) {
        self.release(out);
        if again {
            return self.need_read(out);
        }
        // What they wait for is not in the log: it was read after they were heard.
        out.extend(self.held.drain(..).map(|held| Step::Tell(held.change)));
    }

    fn is_told(&self, position: Position) -> bool {
        self.told
            .is_none_or(|told| position <= told || is_same(position, told))
    }

    fn need_read(&mut self, out: &mut Vec<Step>) {
        if let Some(told) = self.told
            && begin(&mut self.reading)
        {
            out.push(Step::Read(told));
        }
    }

    fn need_members(&mut self, out: &mut Vec<Step>) {
        if self.room.pair().is_none() && begin(&mut self.counting) {
            self.counted_from = self.count;
            out.push(Step::ReadMembers);
        }
    }
}

/// Begins to read, unless that is under way; then it is done again.
const fn begin(reading: &mut Reading) -> bool {
    let begins = matches!(reading, Reading::No);
    *reading = Reading::UnderWay { again: !begins };
    begins
}

/// Whether two positions are one place: before the first message all eras are the same.
const fn is_same(one: Position, other: Position) -> bool {
    one.n == other.n && (one.era == other.era || one.n == 0)
}

fn is_contiguous(before: Position, messages: &[Message]) -> bool {
    let mut at = before;
    messages.iter().all(|message| {
        let next = message.position;
        let follows = next.n == at.n + 1 && (next.era >= at.era || at.n == 0);
        at = next;
        follows
    })
}
