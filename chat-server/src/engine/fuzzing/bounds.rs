//! What the engine may hold: each of its maps against the bound that is promised.

use super::super::asked::READS_AT_ONCE_MAX;
use super::super::connection::{READS_OF_CONNECTION_MAX, REQUESTS_WAITING_MAX};
use super::super::hub::Due;
use super::super::searching::SEARCHES_AT_ONCE_MAX;
use super::super::sending::APPENDS_UNDER_WAY_MAX;
use super::super::spending::SPENT_WAITING_MAX;
use super::Run;
use crate::record::Write;

impl Run {
    pub(super) fn check_bounds(&self) {
        let engine = &self.engine;
        let limits = &engine.settings.limits;
        assert_eq!(engine.connections.len(), self.clients.len());
        let mut joined = 0;
        for connection in engine.connections.values() {
            // One that has to wait after all is put back.
            assert!(connection.waiting.len() <= REQUESTS_WAITING_MAX + 1);
            assert!(connection.rooms.len() <= limits.rooms);
            assert!(connection.in_flight <= limits.in_flight);
            assert!(connection.reads <= READS_OF_CONNECTION_MAX);
            joined += connection.rooms.len();
        }
        let appends = |write: &&Write| matches!(write, Write::Append(_));
        let in_store = self.writes.iter().filter(appends).count();
        // What has come back is done before its answer, and what was said at a server that was given up is of no interest.
        assert!(engine.appends.len() == in_store || engine.shared.is_some());
        assert!(engine.appends.len() <= in_store);
        assert!(engine.appends.len() + engine.unheard() <= APPENDS_UNDER_WAY_MAX);
        assert_eq!(engine.reads_out + engine.searches.out, self.reads.len());
        assert!(engine.reads_out <= READS_AT_ONCE_MAX);
        assert!(engine.searches.out <= SEARCHES_AT_ONCE_MAX);
        // A room is there for those who are in it, were lost, or say something.
        let mut members = 0;
        for (address, room) in &engine.rooms {
            let mut connections = engine.connections.values();
            // One that is being closed has it until its end.
            assert!(
                !room.is_idle() || connections.any(|other| other.rooms.contains_key(address)),
                "{address} is kept for nobody"
            );
            members += room.members.len();
        }
        assert!(engine.people.held() <= engine.people.len() + engine.claims.len());
        assert!(engine.claimants.len() <= engine.claims.len());
        self.check_shared();
        // One for each lost member, connection, room and person at most, that of the time served and that of what was spent.
        let due = members + joined + self.clients.len() + engine.rooms.len() + engine.people.len();
        assert!(engine.deadlines() <= due + 2);
    }

    /// What is kept for other servers' sake is about rooms and persons of here.
    fn check_shared(&self) {
        let engine = &self.engine;
        let Some(shared) = &engine.shared else {
            assert_eq!(engine.people.elsewhere(), 0);
            return;
        };
        assert!(shared.rooms.keys().eq(engine.rooms.keys()));
        let all = shared.rooms.values();
        let unheard: u32 = all.clone().flat_map(|room| room.unheard.values()).sum();
        assert_eq!(usize::try_from(unheard).ok(), Some(shared.unheard));
        let asked: usize = all.map(|room| room.asked.len()).sum();
        assert_eq!(asked, engine.appends.len());
        assert!(shared.released.len() <= engine.claimants.len());
        assert!(shared.spending.len() <= SPENT_WAITING_MAX);
        let members = engine.rooms.values().map(|room| room.members.len()).sum();
        assert!(engine.people.elsewhere() <= members);
    }

    /// When all are gone nothing is kept.
    pub(super) fn check_forgotten(&self) {
        let engine = &self.engine;
        assert!(engine.rooms.is_empty(), "{:?}", engine.rooms);
        assert_eq!((engine.people.len(), engine.people.held()), (0, 0));
        assert!(engine.is_idle() && engine.claimants.is_empty());
        assert_eq!(engine.due().collect::<Vec<_>>(), [&Due::Served]);
        assert!(self.store.present().is_empty());
    }
}
