//! What should not happen: servers that die, sleep and hear nothing, a store that loses a tail, connections that nobody closes.

use std::time::Duration;

use protocol::position::Address;

use super::super::super::{ConnId, Engine, Input};
use super::super::rooms;
use super::{SERVERS, Server, World};

impl World {
    /// Something that should not happen.
    pub(super) fn disturb(&mut self) {
        let server = self.any_server();
        match self.random.below(24) {
            0 => self.fork(),
            1 => self.kill(server),
            2 | 3 => self.servers[server].paused = true,
            4..=7 => self.wake(server),
            8 if self.lossy => {
                self.tally.note("deaf");
                self.cluster.nodes[server].deaf = true;
            }
            9..=12 => self.cluster.listen(server),
            _ => {}
        }
    }

    /// A server goes on. Nothing of what it had handed over is done before it knows whether it was given up.
    pub(super) fn wake(&mut self, server: usize) {
        if std::mem::take(&mut self.servers[server].paused) {
            self.pass(Duration::ZERO);
        }
    }

    pub(super) fn fork(&mut self) {
        let room = self.any_room();
        let head = self.cluster.store.rooms.get(&room).map_or(0, Vec::len) as u64;
        let n = head.saturating_sub(1 + self.random.below(4));
        self.say(&format!("{room} loses all behind {n}"));
        self.cluster.fork(&room, n);
        for client in &mut self.clients {
            client.forget_lost(&self.cluster.store);
        }
    }

    pub(super) fn any_room(&mut self) -> Address {
        let all: Vec<Address> = self.cluster.store.rooms.keys().cloned().collect();
        let at = self.random.below(all.len().max(1) as u64);
        let [lobby, _] = rooms();
        all.get(usize::try_from(at).unwrap())
            .cloned()
            .unwrap_or(lobby)
    }

    pub(super) fn kill(&mut self, server: usize) {
        self.tally.note("killed");
        let at: Vec<usize> = self
            .connections
            .values()
            .filter(|(_, at)| *at == server)
            .map(|(index, _)| *index)
            .collect();
        for index in at {
            self.leave_behind(index);
        }
        let gone: Vec<ConnId> = self
            .ghosts
            .iter()
            .filter(|(_, at)| **at == server)
            .map(|(conn, _)| *conn)
            .collect();
        for conn in gone {
            self.forget(conn);
        }
        self.cluster.kill(server);
        let restored = self.cluster.start(server);
        let seed = self.random.next();
        self.servers[server] = Server {
            engine: Engine::new(self.settings.clone(), restored, seed, self.now),
            paused: false,
        };
    }

    /// The client is gone, and its server does not know.
    pub(super) fn leave_behind(&mut self, index: usize) {
        let Some(conn) = self.clients[index].conn else {
            return;
        };
        self.clients[index].disconnected(false);
        let at = self.connections.remove(&conn);
        self.ghosts.extend(at.map(|(_, server)| (conn, server)));
    }

    pub(super) fn end_ghost(&mut self) {
        let paused = |server: &usize| self.servers[*server].paused;
        let ended = self.ghosts.iter().find(|(_, server)| !paused(server));
        if let Some((conn, server)) = ended.map(|(conn, server)| (*conn, *server)) {
            self.forget(conn);
            let goodbye = false;
            self.turn(server, Input::Closed { conn, goodbye });
        }
    }

    pub(super) fn forget(&mut self, conn: ConnId) {
        self.connections.remove(&conn);
        self.ghosts.remove(&conn);
        self.draining.remove(&conn);
        self.closing.remove(&conn);
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now.elapsed += time;
        self.now.unix_ms += u64::try_from(time.as_millis()).unwrap();
        let living: Vec<usize> = (0..SERVERS)
            .filter(|at| !self.servers[*at].paused)
            .collect();
        let fenced = self.cluster.pass(self.now.elapsed, &living);
        for _ in 0..fenced {
            self.tally.note("fenced");
            // What is said there until the server hears of it comes after its members are gone for the others.
            for client in &mut self.clients {
                client.strict = false;
            }
        }
        for server in living {
            let deadline = self.servers[server].engine.deadline();
            if deadline.is_some_and(|at| at <= self.now.elapsed) {
                self.turn(server, Input::Tick);
            }
        }
    }
}
