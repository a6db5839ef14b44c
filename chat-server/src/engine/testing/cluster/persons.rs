//! Who has which nick, held by which servers, and what they tell each other.

use std::collections::BTreeSet;

use protocol::position::PersonId;

use super::{Cluster, Lease, Reply};
use crate::record::{Claim, ClaimError, Former, News, Share, Write, Written};

impl Cluster {
    pub(super) fn share(&mut self, node: usize, share: Share) {
        let id = self.nodes[node].id;
        match share {
            Share::Introduced { person, device } => {
                let before = self.devices.insert((person, device), id);
                // What was told and not heard is older than this.
                let is_old = |reply: &Reply| {
                    let taken = News::TakenOver { person, device };
                    matches!(reply, Reply::News(news) if *news == taken)
                };
                self.nodes[node].replies.retain(|reply| !is_old(reply));
                let other = before.filter(|before| *before != id);
                if let Some(other) = other.and_then(|other| self.index(other)) {
                    self.tell(other, News::TakenOver { person, device });
                }
            }
            Share::Released { person, .. } => {
                if let Some(lease) = self.leases.get_mut(&person) {
                    lease.nodes.remove(&id);
                    if lease.nodes.is_empty() {
                        self.leases.remove(&person);
                    }
                }
            }
            Share::Unloaded { room } => {
                self.nodes[node].follows.remove(&room);
            }
            Share::Spent(spent) => {
                for other in (0..self.nodes.len()).filter(|other| *other != node) {
                    self.tell(other, News::Spent(spent));
                }
            }
        }
    }

    pub(super) fn claim(
        &mut self,
        node: usize,
        claim: Claim,
    ) -> Result<Option<Former>, ClaimError> {
        let id = self.nodes[node].id;
        let skeleton = claim.nick.skeleton();
        let holds = |(person, lease): (&PersonId, &Lease)| {
            let is_other = *person != claim.person && lease.nick.skeleton() == skeleton;
            is_other.then(|| (*person, lease.guest, lease.nodes.clone()))
        };
        let holder = self.leases.iter().find_map(holds);
        if let Some((_, guest, nodes)) = &holder
            && nodes.iter().any(|node| self.is_alive(*node))
        {
            return Err(ClaimError::Held { guest: *guest });
        }
        let (person, nick, guest) = (claim.person, claim.nick.clone(), claim.owner.is_none());
        let mut written = self.store.commit(vec![Write::Claim(claim)]);
        let Written::Claim { result, .. } = written.remove(0) else {
            panic!("a claim was answered by something else");
        };
        let former = result?;
        if let Some((person, _, nodes)) = holder {
            self.leases.remove(&person);
            self.fenced.extend(nodes);
        }
        let mut nodes = self
            .leases
            .remove(&person)
            .map_or_else(BTreeSet::new, |lease| lease.nodes);
        nodes.insert(id);
        for other in nodes.iter().filter(|other| **other != id) {
            if let Some(other) = self.index(*other) {
                let nick = nick.clone();
                let called = News::Called {
                    person,
                    nick,
                    guest,
                    former,
                };
                self.tell(other, called);
            }
        }
        self.leases.insert(person, Lease { nick, guest, nodes });
        Ok(former)
    }
}
