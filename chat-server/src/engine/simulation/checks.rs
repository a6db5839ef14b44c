//! What must hold for all clients together.

use std::collections::{BTreeMap, BTreeSet};

use protocol::position::PersonId;

use super::World;

impl World {
    /// One person holds a nick, and only its owner where somebody owns it.
    pub(super) fn check_nicks(&self) {
        let mut held = BTreeMap::new();
        for client in &self.clients {
            let Some((person, skeleton)) = client.called() else {
                continue;
            };
            if let Some(owner) = self.store.owner(skeleton) {
                assert_eq!(owner, person, "{skeleton} belongs to somebody else");
            }
            let other = held.insert(skeleton, person).unwrap_or(person);
            assert_eq!(other, person, "{skeleton} is held by two");
        }
    }

    /// What must hold when all is answered.
    pub(super) fn check_rest(&self) {
        for client in &self.clients {
            client.check_rest(&self.store);
            let Some(conn) = client.conn else {
                continue;
            };
            for (address, list) in client.lists() {
                let room = &self.engine.rooms[address];
                let members: BTreeSet<PersonId> = room.members.keys().copied().collect();
                if let Some(known) = list {
                    assert_eq!(known.revision, room.revision(), "{address} of {conn:?}");
                    let persons: BTreeSet<PersonId> = known.members.keys().copied().collect();
                    assert_eq!(persons, members, "{address} of {conn:?}");
                    for (person, told) in &known.members {
                        let (nick, guest) = self.engine.people.name(*person).unwrap();
                        let status = room.members[person].status();
                        assert_eq!(
                            (told.nick.as_str(), told.guest, told.status),
                            (nick.as_str(), guest, status)
                        );
                    }
                }
            }
        }
    }

    /// When all are gone nothing is kept.
    pub(super) fn check_forgotten(&self) {
        let engine = &self.engine;
        assert!(
            engine.connections.is_empty() && engine.rooms.is_empty(),
            "{:?}",
            engine.rooms
        );
        assert_eq!((engine.people.len(), engine.people.held()), (0, 0));
        assert!(
            engine.asked.is_empty() && engine.reads_waiting.is_empty() && engine.reads_out == 0
        );
        assert!(engine.is_idle() && engine.claimants.is_empty());
        assert_eq!(engine.deadline(), None);
        assert!(
            self.store.present().is_empty(),
            "{:?}",
            self.store.present()
        );
    }
}
