//! What must hold for all clients together.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use protocol::position::PersonId;

use super::super::ConnId;
use super::super::hub::Due;
use super::World;
use super::client::Client;
use crate::record::Write;

impl World {
    /// One person holds a nick, and only its owner where somebody owns it and used it lately.
    pub(super) fn check_nicks(&self) {
        let mut held = BTreeMap::new();
        for client in &self.clients {
            let Some((person, skeleton, owned)) = client.called() else {
                continue;
            };
            if owned {
                let key = self.store.owner(skeleton);
                assert_eq!(key, Some(person), "{skeleton} belongs to somebody else");
            }
            let other = held.insert(skeleton, person).unwrap_or(person);
            assert_eq!(other, person, "{skeleton} is held by two");
        }
    }

    /// Nobody says more in any time than the budget has: what is at once, what is earned, and what was booked and came late.
    pub(super) fn check_pace(&mut self, write: &Write) {
        let Write::Append(append) = write else { return };
        let limits = &self.settings.limits;
        let now = self.now.elapsed;
        let said = self.said.entry(append.id.person).or_default();
        said.push(now);
        for (before, since) in said.iter().rev().enumerate() {
            let time = now.saturating_sub(*since).as_millis() + u128::from(limits.pause_ms);
            let may = u128::from(limits.burst) + time * u128::from(limits.per_second) / 1000;
            assert!(before as u128 <= may, "{:?} said too much", append.id);
        }
    }

    /// The count of rooms without a message is right and within its limit.
    pub(super) fn check_rooms(&self) {
        let rooms = self.engine.rooms.values();
        let empty = rooms.filter(|room| room.is_empty()).count();
        assert_eq!(empty, self.engine.empty_rooms);
    }

    /// Nothing that was said on a connection is on its way any more.
    pub(super) fn check_answered(&self, conn: ConnId) {
        let mut appends = self.engine.appends.values();
        assert!(appends.all(|appending| appending.conn != conn), "{conn:?}");
    }

    /// By the end of a drain whoever has nothing on its way was sent elsewhere.
    pub(super) fn check_drained(&self) {
        for (conn, connection) in &self.engine.connections {
            let waits = connection.in_flight > 0 || connection.claiming;
            assert!(waits || connection.is_closing(), "{conn:?}");
        }
    }

    /// What must hold when all is answered.
    pub(super) fn check_rest(&self) {
        for client in &self.clients {
            client.check_rest(&self.store);
            self.check_use(client);
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
                        let known = self.engine.people.get(*person).unwrap();
                        let status = room.members.get(person).unwrap().status();
                        assert_eq!(
                            (told.nick.as_str(), told.guest, told.status),
                            (known.nick.as_str(), known.guest, status)
                        );
                        assert_eq!(told.former, known.former().map(|former| former.told));
                    }
                }
            }
        }
    }

    /// The store knows that a nick is in use whose owner is here.
    fn check_use(&self, client: &Client) {
        let Some((_, skeleton, true)) = client.called() else {
            return;
        };
        if self.uses_refused {
            return;
        }
        let served = self.engine.moment(self.now).served;
        let age = served.saturating_sub(self.store.used(skeleton).unwrap());
        // Until the last note is committed.
        let slack = Duration::from_secs(1);
        assert!(age <= self.engine.use_interval() + slack, "{age:?}");
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
        assert!(engine.searches.waiting.is_empty() && engine.searches.out == 0);
        assert_eq!(engine.empty_rooms, 0);
        assert!(engine.is_idle() && engine.claimants.is_empty());
        assert_eq!(engine.due().collect::<Vec<_>>(), [&Due::Served]);
        assert!(
            self.store.present().is_empty(),
            "{:?}",
            self.store.present()
        );
    }
}
