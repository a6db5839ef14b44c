//! Our own system with nothing but what the anchor has too: the same clients say the same at the same moments, and the same
//! faults hit both.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::chat::Chat;
use crate::log::{Room, Seen};
use crate::subject::{Lost, Promises, Say, Subject, Who};

/// Our own system, without named points to die at, terminals, and quarrels about nicks.
#[derive(Clone, Debug)]
pub(crate) struct Level(pub(crate) Chat);

impl Subject for Level {
    type Memory = <Chat as Subject>::Memory;
    type Link = <Chat as Subject>::Link;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn promises(&self) -> Promises {
        Promises {
            nicks: false,
            points: false,
            ..self.0.promises()
        }
    }

    fn prepare(&self, data: &Path, old: bool) -> io::Result<Vec<Say>> {
        self.0.prepare(data, old)
    }

    fn server(&self, data: &Path, arm: Option<&str>) -> Command {
        self.0.server(data, arm)
    }

    fn listening(&self, line: &str) -> Option<SocketAddr> {
        self.0.listening(line)
    }

    async fn dial(
        &self,
        who: &Who,
        address: SocketAddr,
        memory: &mut Self::Memory,
    ) -> Result<Self::Link, Lost> {
        self.0.dial(who, address, memory).await
    }

    async fn history(&self, address: SocketAddr, room: Room) -> Result<Vec<Seen>, Lost> {
        self.0.history(address, room).await
    }

    fn terminal(&self, _: SocketAddr, _: &Who, _: &Path) -> Option<Command> {
        None
    }
}
