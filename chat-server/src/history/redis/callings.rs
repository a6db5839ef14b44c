//! The persons that are here, and what their channels tell: another nick, a device that is elsewhere now, a conversation.
//!
//! Of one person everything is told in the order in which it happened, whichever connection brought it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// Introduced here.
    devices: BTreeSet<u32>,
    /// Introductions of which the own bell has not been heard yet.
    introducing: BTreeMap<u32, u32>,
}

/// A person as the store has it, for those who missed bells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) called: Option<Called>,
    /// Where each device was introduced last.
    pub(super) devices: BTreeMap<u32, NodeId>,
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
            person.devices.insert(device);
            while person.devices.len() > DEVICES_MAX {
                person.devices.pop_first();
            }
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
        let elsewhere = record.devices.into_iter().filter(|(device, node)| {
            *node != own
                && !person.introducing.contains_key(device)
                && person.devices.remove(device)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::history::redis::member::{node_text, pack};
    use crate::record::{ClaimError, Moment, Ticket};

    const OWN: NodeId = NodeId(1);
    const OTHER: NodeId = NodeId(2);

    fn person() -> PersonId {
        PersonId::from_bytes([7; 16])
    }

    fn claim() -> Claim {
        Claim {
            ticket: Ticket(4),
            nick: "alice".parse().unwrap(),
            person: person(),
            owner: None,
            at: Moment {
                unix_ms: 1,
                served: Duration::ZERO,
            },
            unused_since: None,
        }
    }

    fn granted(turn: u64) -> Claimed {
        Claimed::Granted { turn, former: None }
    }

    fn called(node: NodeId, turn: u64, nick: &str) -> Vec<u8> {
        let (node, turn) = (node_text(node), turn.to_string());
        let mut payload = vec![CALLED];
        payload.extend(pack([&node, &turn, nick, "1", "", "", ""]).into_bytes());
        payload
    }

    fn taken(node: NodeId, device: u32) -> Vec<u8> {
        let mut payload = vec![TAKEN_OVER];
        payload.extend(pack([node_text(node).as_str(), &device.to_string()]).into_bytes());
        payload
    }

    fn news(nick: &str) -> News {
        News::Called {
            person: person(),
            nick: nick.parse().unwrap(),
            guest: true,
            former: None,
        }
    }

    fn here() -> Callings {
        let mut callings = Callings::default();
        assert!(callings.claiming(person()));
        let (_, news, is_gone) = callings.claimed(&claim(), &granted(3));
        assert_eq!((news, is_gone), (Vec::new(), false));
        callings
    }

    #[test]
    fn another_nick_is_told_unless_an_own_claim_came_later() {
        let mut callings = here();
        let heard = callings.heard(person(), &called(OTHER, 4, "bob"), OWN);
        assert_eq!(heard, Some(news("bob")));
        assert_eq!(
            callings.heard(person(), &called(OTHER, 4, "bob"), OWN),
            None
        );
        assert_eq!(
            callings.heard(person(), &called(OWN, 9, "carol"), OWN),
            None
        );
        // Both bells come before the answer to the own claim, which was in between.
        assert!(!callings.claiming(person()));
        assert_eq!(
            callings.heard(person(), &called(OTHER, 5, "dave"), OWN),
            None
        );
        assert_eq!(
            callings.heard(person(), &called(OTHER, 7, "erin"), OWN),
            None
        );
        let (_, told, _) = callings.claimed(&claim(), &granted(6));
        assert_eq!(told, [news("erin")]);
    }

    #[test]
    fn who_is_refused_or_released_is_not_heard_of_any_more() {
        let mut callings = Callings::default();
        assert!(callings.claiming(person()));
        let refused = Claimed::Refused(ClaimError::Held { guest: true });
        let (written, _, is_gone) = callings.claimed(&claim(), &refused);
        assert!(is_gone);
        let result = Err(ClaimError::Held { guest: true });
        let ticket = Ticket(4);
        assert_eq!(written, Written::Claim { ticket, result });
        let mut callings = here();
        assert!(!callings.claiming(person()));
        assert!(!callings.released(person()), "a claim is under way");
        let (_, _, is_gone) = callings.claimed(&claim(), &refused);
        assert!(is_gone);
        assert!(here().released(person()));
        assert_eq!(callings.persons().count(), 0);
    }

    #[test]
    fn what_was_introduced_before_the_own_device_does_not_take_it_over() {
        let mut callings = here();
        callings.introduced(person(), 5);
        assert_eq!(callings.heard(person(), &taken(OTHER, 5), OWN), None);
        assert_eq!(callings.heard(person(), &taken(OWN, 5), OWN), None);
        let over = News::TakenOver {
            person: person(),
            device: 5,
        };
        let heard = callings.heard(person(), &taken(OTHER, 5), OWN);
        assert_eq!(heard, Some(over.clone()));
        // One that could not be told of has no bell.
        callings.introduced(person(), 5);
        callings.not_introduced(person(), 5);
        let heard = callings.heard(person(), &taken(OTHER, 5), OWN);
        assert_eq!(heard, Some(over.clone()));
        // The own bell was missed, and the store says where the device is.
        callings.introduced(person(), 5);
        callings.lost();
        let record = |node| Record {
            called: None,
            devices: BTreeMap::from([(5, node)]),
        };
        assert_eq!(callings.found(person(), record(OWN), OWN), []);
        assert_eq!(callings.found(person(), record(OTHER), OWN), [over]);
        assert_eq!(callings.found(person(), record(OTHER), OWN), []);
    }

    #[test]
    fn a_conversation_is_told_with_the_nick_of_the_other() {
        let mut callings = here();
        let room = "@AQEBAQEBAQEBAQEBAQEBAQ.AgICAgICAgICAgICAgICAg";
        let payload = format!("c\n{room}\n3\n41\nbob");
        let told = News::Conversation {
            person: person(),
            room: room.parse().unwrap(),
            nick: "bob".to_owned(),
            head: Position::new(3, 41),
        };
        let heard = callings.heard(person(), payload.as_bytes(), OWN);
        assert_eq!(heard, Some(told));
        assert_eq!(callings.heard(person(), b"c\nrubbish", OWN), None);
        assert_eq!(callings.heard(person(), b"", OWN), None);
    }
}
