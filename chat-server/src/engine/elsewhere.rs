//! Members of rooms by other servers. A member is here if any server says so, else reconnecting if any says so, else gone; only changes of
//! that are told.

use std::collections::BTreeSet;

use protocol::position::{Address, PersonId};

use super::Now;
use super::hub::Engine;
use super::people::{Known, Name};
use crate::record::{NodeId, Present};

impl Engine {
    /// A member is in a room by another server.
    pub(super) fn member_by(&mut self, node: NodeId, present: Present, now: Now) {
        let Present {
            room: address,
            person: id,
            nick,
            guest,
            former,
            keyed,
            reconnecting,
        } = present;
        if address.pair().is_some() || !self.rooms.contains_key(&address) {
            return;
        }
        let name = Name {
            nick,
            guest,
            former,
        };
        let before = self.people.known(id).map(Known::name);
        let at = (node, id);
        self.people
            .enter_elsewhere(at, &address, (name, keyed), reconnecting);
        self.note_name(id, before, now);
        let Some(room) = self.rooms.get_mut(&address) else {
            return;
        };
        let before = room.status(id);
        room.enter_by(node, id, reconnecting);
        self.note_status(&address, id, before, now);
    }

    /// A member is not in a room by that server any more.
    pub(super) fn gone_by(&mut self, node: NodeId, address: &Address, id: PersonId, now: Now) {
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        let before = room.status(id);
        if room.leave_by(node, id) {
            // The name is known until that is told.
            self.note_status(address, id, before, now);
            self.forget_elsewhere((node, id), address, now);
        }
    }

    /// What a server said of a person and a room counts no more.
    pub(super) fn forget_elsewhere(
        &mut self,
        (node, id): (NodeId, PersonId),
        address: &Address,
        now: Now,
    ) {
        let before = self.people.known(id).map(Known::name);
        self.people.leave_elsewhere((node, id), address);
        self.note_name(id, before, now);
    }

    /// All members of a room by other servers. Those who are new come first, as somebody may have gone from one server to the next.
    pub(super) fn members_by(
        &mut self,
        address: &Address,
        members: Vec<(NodeId, Present)>,
        now: Now,
    ) {
        let Some(room) = self.rooms.get(address) else {
            return;
        };
        let said = room.members.iter().flat_map(|(id, member)| {
            let servers = member.elsewhere();
            servers.map(|(node, _)| (node, *id))
        });
        let mut gone: BTreeSet<(NodeId, PersonId)> = said.collect();
        for (node, present) in members {
            if present.room == *address {
                gone.remove(&(node, present.person));
                self.member_by(node, present, now);
            }
        }
        for (node, id) in gone {
            self.gone_by(node, address, id, now);
        }
    }
}
