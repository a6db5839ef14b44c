//! What must hold at several servers when everything is answered.

use std::collections::{BTreeMap, BTreeSet};

use protocol::event::Status;
use protocol::names::Nick;
use protocol::position::PersonId;

use super::super::super::hub::Due;
use super::{SERVERS, World};

impl World {
    pub(super) fn check_rest(&self) {
        let mut held = BTreeMap::new();
        for client in &self.clients {
            client.check_rest(&self.cluster.store);
            if let Some((person, skeleton, _)) = client.called() {
                let other = held.insert(skeleton, person).unwrap_or(person);
                assert_eq!(other, person, "{skeleton} is held by two");
                let nick = self.cluster.nick(person).map(Nick::skeleton);
                assert_eq!(
                    nick.as_ref(),
                    Some(skeleton),
                    "{person} is called otherwise"
                );
            }
        }
        self.check_members();
        self.check_lists();
    }

    /// Each server has said of its own members what is true of them.
    fn check_members(&self) {
        for server in 0..SERVERS {
            for (address, room) in &self.servers[server].engine.rooms {
                let here = room.members.iter().filter(|(_, member)| member.is_here());
                let here: BTreeSet<PersonId> = here.map(|(id, _)| *id).collect();
                assert_eq!(
                    self.cluster.present_at(server, address),
                    here,
                    "{address} at server {server}"
                );
            }
        }
        for client in &self.clients {
            for (room, person) in client.joined().filter(|(room, _)| room.pair().is_none()) {
                let present = self.cluster.present(room);
                assert_eq!(
                    present.get(&person),
                    Some(&Status::Here),
                    "{room}: {person}"
                );
            }
        }
    }

    /// All lists are equal, whatever server they come from, and are the truth.
    fn check_lists(&self) {
        for client in self.clients.iter().filter(|client| client.conn.is_some()) {
            for (address, list) in client.lists() {
                let Some(list) = list.filter(|_| address.pair().is_none()) else {
                    continue;
                };
                let status = list.members.iter();
                let status: BTreeMap<PersonId, Status> =
                    status.map(|(id, member)| (*id, member.status)).collect();
                assert_eq!(status, self.cluster.present(address), "{address}");
                for (id, member) in &list.members {
                    let nick = self.cluster.nick(*id).map(Nick::as_str);
                    assert_eq!(nick, Some(member.nick.as_str()), "{address}: {id}");
                }
            }
        }
    }

    /// When all are gone nothing is kept.
    pub(super) fn check_forgotten(&self) {
        for server in &self.servers {
            let engine = &server.engine;
            assert!(engine.connections.is_empty() && engine.rooms.is_empty());
            let people = &engine.people;
            assert_eq!((people.len(), people.held(), people.elsewhere()), (0, 0, 0));
            assert!(engine.asked.is_empty() && engine.reads_waiting.is_empty());
            assert_eq!((engine.reads_out, engine.empty_rooms), (0, 0));
            assert!(engine.is_idle() && engine.claimants.is_empty());
            let shared = engine.shared.as_ref().unwrap();
            assert!(shared.rooms.is_empty());
            let due = engine.due().filter(|due| **due != Due::Spent);
            assert_eq!(due.collect::<Vec<_>>(), [&Due::Served]);
        }
        self.cluster.check_forgotten();
    }
}
