//! The persons that are here, and what their channels tell: another nick, a device that is elsewhere now, a conversation.
//!
//! Of one person everything is told in the order in which it happened, whichever connection brought it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use protocol::position::{Address, PersonId, Position};

use super::claims::{self, Called, Claimed};
use super::member::{read, read_node};
use super::packed::unpack;
use crate::record::{Claim, News, NodeId, Written};

/// Other nicks that wait for the answer to a claim of the same person; only the newest ones count.
const CALLED_WAITING_MAX: usize = 4;

/// Devices of a person of which it is known that they are here.
const DEVICES_MAX: usize = 64;

/// Another nick of a person.
const CALLED: u8 = b'n';

/// A device that is elsewhere.
const TAKEN_OVER: u8 = b't';

/// Something new in a conversation.
const CONVERSATION: u8 = b'c';

/// Somebody who is here, or about to be.
#[derive(Debug, Default)]
struct Person {
    /// Claims under way.
    claims: u32,
    /// A claim was granted and not given back.
    is_held: bool,
    /// Of the last nick that is known.
    turn: u64,
    /// They came while a claim was under way.
    waiting: VecDeque<Called>,
    /// Introduced here, each with its turn once that is known.
    devices: BTreeMap<u32, Option<u64>>,
    /// Introductions of which the own bell has not been heard yet.
    introducing: BTreeMap<u32, u32>,
}

/// A person as the store has it, for those who missed bells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) called: Option<Called>,
    /// Where each device was introduced last, and its turn.
    pub(super) devices: BTreeMap<u32, (NodeId, u64)>,
}

/// All persons that are here.
#[derive(Debug, Default)]
pub(super) struct Callings(BTreeMap<PersonId, Person>);

impl Callings {
    /// Whose channels are to be heard.
    pub(super) fn persons(&self) -> impl Iterator<Item = PersonId> {
        self.0.keys().copied()
    }

    /// Somebody claims a nick. True where the channel was not heard before.
    pub(super) fn claiming(&mut self, id: PersonId) -> bool {
        let is_new = !self.0.contains_key(&id);
        self.0.entry(id).or_default().claims += 1;
        is_new
    }

    /// A claim is answered: gives the answer, what is told after it, and whether the channel is to be heard no more.
    pub(super) fn claimed(
        &mut self,
        claim: &Claim,
        claimed: &Claimed,
    ) -> (Written, Vec<News>, bool) {
        let mut news = Vec::new();
        if let Some(person) = self.0.get_mut(&claim.person) {
            person.claims = person.claims.saturating_sub(1);
            if let Claimed::Granted { turn, .. } = claimed {
                person.is_held = true;
                person.turn = person.turn.max(*turn);
            }
            if person.claims == 0 {
                for called in std::mem::take(&mut person.waiting) {
                    news.extend(person.call(claim.person, called));
                }
            }
        }
        let result = match claimed {
            Claimed::Granted { former, .. } => Ok(*former),
            Claimed::Refused(error) => Err(*error),
            Claimed::Dead | Claimed::Few => Err(crate::record::ClaimError::Unavailable),
        };
        let written = Written::Claim {
            ticket: claim.ticket,
            result,
        };
        (written, news, self.forget(claim.person))
    }

    /// A nick was given back. True where the channel is to be heard no more.
    pub(super) fn released(&mut self, id: PersonId) -> bool {
        if let Some(person) = self.0.get_mut(&id) {
            person.is_held = false;
            person.devices.clear();
        }
        self.forget(id)
    }

    /// A device is about to be told of.
    pub(super) fn introduced(&mut self, id: PersonId, device: u32) {
        if let Some(person) = self.0.get_mut(&id) {
            *person.introducing.entry(device).or_default() += 1;
            person.devices.insert(device, None);
            while person.devices.len() > DEVICES_MAX {
                person.devices.pop_first();
            }
        }
    }

    /// It was told of, in this turn.
    pub(super) fn told(&mut self, id: PersonId, device: u32, turn: u64) {
        let person = self.0.get_mut(&id);
        if let Some(known) = person.and_then(|person| person.devices.get_mut(&device)) {
            *known = Some(turn);
        }
    }

    /// It was not told of after all.
    pub(super) fn not_introduced(&mut self, id: PersonId, device: u32) {
        if let Some(person) = self.0.get_mut(&id) {
            person.heard_own(device);
        }
    }

    /// Own bells may have been missed.
    pub(super) fn lost(&mut self) {
        for person in self.0.values_mut() {
            person.introducing.clear();
        }
    }

    /// What the channel of a person told.
    pub(super) fn heard(&mut self, id: PersonId, payload: &[u8], own: NodeId) -> Option<News> {
        let (kind, rest) = payload.split_first()?;
        let person = self.0.get_mut(&id)?;
        match *kind {
            CALLED => {
                let called = claims::read_called(rest).filter(|called| called.node != own)?;
                if person.claims == 0 {
                    return person.call(id, called);
                }
                if person.waiting.len() >= CALLED_WAITING_MAX {
                    person.waiting.pop_front();
                }
                person.waiting.push_back(called);
                None
            }
            TAKEN_OVER => {
                let texts = unpack(rest)?;
                let [node, device] = texts.as_slice() else {
                    return None;
                };
                person.taken_over(id, read_node(node)?, read(device)?, own)
            }
            CONVERSATION => conversation(id, rest),
            _ => None,
        }
    }

    /// What the store has of a person, after bells may have been missed.
    pub(super) fn found(&mut self, id: PersonId, record: Record, own: NodeId) -> Vec<News> {
        let Some(person) = self.0.get_mut(&id).filter(|person| person.claims == 0) else {
            return Vec::new();
        };
        let called = record.called.and_then(|called| person.call(id, called));
        // A store that lost its tail may name where a device was before it came here.
        let elsewhere = record.devices.into_iter().filter(|(device, (node, turn))| {
            let here = person.devices.get(device).copied().flatten();
            *node != own
                && !person.introducing.contains_key(device)
                && here.is_some_and(|here| here < *turn)
                && person.devices.remove(device).is_some()
        });
        let taken_over = elsewhere.map(|(device, _)| News::TakenOver { person: id, device });
        called
            .into_iter()
            .chain(taken_over.collect::<Vec<_>>())
            .collect()
    }

    fn forget(&mut self, id: PersonId) -> bool {
        let is_gone = self
            .0
            .get(&id)
            .is_some_and(|person| person.claims == 0 && !person.is_held);
        if is_gone {
            self.0.remove(&id);
        }
        is_gone
    }
}

impl Person {
    fn call(&mut self, id: PersonId, called: Called) -> Option<News> {
        if called.turn <= self.turn {
            return None;
        }
        self.turn = called.turn;
        Some(News::Called {
            person: id,
            nick: called.nick,
            guest: called.guest,
            former: called.former,
        })
    }

    fn heard_own(&mut self, device: u32) {
        if let Some(left) = self.introducing.get_mut(&device) {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.introducing.remove(&device);
            }
        }
    }

    fn taken_over(&mut self, id: PersonId, node: NodeId, device: u32, own: NodeId) -> Option<News> {
        if node == own {
            self.heard_own(device);
            return None;
        }
        // What comes before the own bell is older than what was said here.
        if self.introducing.contains_key(&device) {
            return None;
        }
        self.devices.remove(&device);
        Some(News::TakenOver { person: id, device })
    }
}

fn conversation(person: PersonId, rest: &[u8]) -> Option<News> {
    let text = str::from_utf8(rest).ok()?.strip_prefix('\n')?;
    let mut parts = text.splitn(4, '\n');
    let room: Address = parts.next()?.parse().ok()?;
    let (era, n) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(News::Conversation {
        person,
        room,
        nick: parts.next()?.to_owned(),
        head: Position::new(era, n),
    })
}
