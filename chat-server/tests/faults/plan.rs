//! The schedule of one run, which follows from its seed alone: what is said when, and which faults happen when.

mod around;
mod draw;
mod kind;
mod several;

use std::fmt;

use crate::log::Room;
use crate::proxy::{Cut, Weather};
use crate::shim::{Loss, Mode};

pub(crate) use around::{Setting, Trouble};
pub(crate) use kind::Kind;

/// Clients that speak the wire themselves. The first two are one person with two programs.
pub(crate) const CLIENTS: usize = 4;

/// Terminals, the programs that people use.
pub(crate) const TERMINALS: usize = 1;

/// Programs that quarrel about one nick.
pub(crate) const CONTENDERS: usize = 2;

/// Rooms.
pub(crate) const ROOMS: u8 = 2;

/// How long things are said and faults begin, in milliseconds.
pub(crate) const LOAD_MS: u64 = 3_000;

/// What is done at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Act {
    /// A client says something several times.
    Say {
        /// Which client.
        client: usize,
        /// Where.
        room: Room,
        /// How often.
        times: u64,
        /// How long each text is.
        bytes: usize,
    },
    /// A line is typed into a terminal.
    Type {
        /// Which terminal.
        terminal: usize,
        /// How long the text is.
        bytes: usize,
    },
    /// A server is killed, and started after a while.
    Kill {
        /// Which server.
        node: usize,
        /// The while.
        down_ms: u64,
    },
    /// A server gets SIGTERM, and is started a while after its end.
    Drain {
        /// Which server.
        node: usize,
        /// The while.
        down_ms: u64,
    },
    /// A server is stopped and goes on after a while.
    Freeze {
        /// Which server.
        node: usize,
        /// The while.
        ms: u64,
    },
    /// All servers get SIGTERM and are started again, one after the other.
    Roll,
    /// Something happens to what stands around the servers.
    Around(Trouble),
    /// The disk misbehaves for a while.
    Disk {
        /// How.
        mode: Mode,
        /// The while.
        ms: u64,
    },
    /// The power fails.
    Power {
        /// What is lost of what no fsync saved.
        loss: Loss,
        /// The while until the new start.
        down_ms: u64,
    },
    /// The wall clock is off from now on.
    Clock {
        /// By so many milliseconds.
        off_by_ms: i64,
    },
    /// A client's connection is cut.
    Cut {
        /// Which client.
        client: usize,
        /// How.
        how: Cut,
    },
    /// The network in front of a client changes for a while.
    Weather {
        /// Which client.
        client: usize,
        /// To what.
        weather: Weather,
        /// The while.
        ms: u64,
    },
    /// Many connect within a while.
    Storm {
        /// How many.
        connections: u64,
        /// The while.
        ms: u64,
    },
    /// A client's process ends and starts again with what it kept.
    Restart {
        /// Which client.
        client: usize,
        /// The while in between.
        down_ms: u64,
    },
    /// A client takes leave and comes back.
    Leave {
        /// Which client.
        client: usize,
        /// The while in between.
        away_ms: u64,
    },
    /// A terminal is killed and starts again.
    KillTerminal {
        /// Which terminal.
        terminal: usize,
        /// The while in between.
        down_ms: u64,
    },
}

/// One act and its moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// Milliseconds since the clients were live.
    pub(crate) at_ms: u64,
    /// What is done.
    pub(crate) act: Act,
}

/// A whole schedule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// From which it follows.
    pub(crate) seed: u64,
    /// The faults that were drawn.
    pub(crate) kinds: Vec<Kind>,
    /// Several servers and what stands around them; nothing for one server alone.
    pub(crate) setting: Option<Setting>,
    /// The points at which the server's first lives end, as `name:pass`.
    pub(crate) arms: Vec<Option<String>>,
    /// The server begins with data of the oldest version.
    pub(crate) old: bool,
    /// Something stands between the server and its disk and clock.
    pub(crate) shim: bool,
    /// The disk reports every fsync of the log as good and saves nothing, which no server can survive.
    pub(crate) lies: bool,
    /// What is done, in order.
    pub(crate) steps: Vec<Step>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.kinds.iter().map(|kind| kind.name()).collect();
        writeln!(f, "seed {}: {}", self.seed, kinds.join(", "))?;
        if let Some(setting) = self.setting {
            writeln!(f, "  {setting}")?;
        }
        if self.old {
            writeln!(f, "  the server begins with data of the oldest version")?;
        }
        for (life, arm) in self.arms.iter().enumerate() {
            if let Some(arm) = arm {
                writeln!(f, "  life {life} of the server ends at {arm}")?;
            }
        }
        let is_talk = |act: &Act| matches!(act, Act::Say { .. } | Act::Type { .. });
        let talk = f.alternate();
        for step in self.steps.iter().filter(|step| talk || !is_talk(&step.act)) {
            writeln!(f, "  {:>5} ms  {:?}", step.at_ms, step.act)?;
        }
        Ok(())
    }
}
