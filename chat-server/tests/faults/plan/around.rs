//! What stands around several servers, and what can happen to it.

use std::fmt;

/// Several servers, and what they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// How many servers there are.
    pub(crate) nodes: usize,
    /// So many replicas confirm a message before it is acknowledged; with none, what a lagging replica has not is lost.
    pub(crate) replicas: u8,
    /// They share a Redis; otherwise each keeps what it has, and there must be one.
    pub(crate) on_redis: bool,
}

impl Setting {
    /// Three servers that wait for the replica.
    pub(crate) const SEVERAL: Self = Self {
        nodes: 3,
        replicas: 1,
        on_redis: true,
    };

    /// As `SEVERAL`, but nobody waits for the replica: what it has not when it is promoted is lost, and told as such.
    pub(crate) const WITHOUT_REPLICAS: Self = Self {
        replicas: 0,
        ..Self::SEVERAL
    };

    /// One server with a history of its own behind nginx, which shows that the driver's own parts work.
    pub(crate) const ALONE: Self = Self {
        nodes: 1,
        replicas: 0,
        on_redis: false,
    };

    /// Whether what was acknowledged outlives the loss of the primary.
    pub(crate) const fn keeps_tail(self) -> bool {
        self.replicas > 0 || !self.on_redis
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            nodes, replicas, ..
        } = self;
        if self.on_redis {
            write!(f, "{nodes} servers, {replicas} replicas confirm")
        } else {
            write!(f, "{nodes} servers without Redis")
        }
    }
}

/// What happens to Redis or nginx.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// `kill -9` of the primary; it is started again after a while, before anybody else is promoted.
    RestartPrimary {
        /// The while, in milliseconds.
        down_ms: u64,
    },
    /// `kill -9` of the primary; it is started again when its replica was promoted.
    KillPrimary,
    /// The replica is frozen, then the primary is killed, and the replica is promoted without what it missed.
    Lag {
        /// How long the primary goes on alone, in milliseconds.
        ms: u64,
    },
    /// The primary stands still for a while, too short for a promotion.
    Pause {
        /// The while, in milliseconds.
        ms: u64,
    },
    /// The primary stands still until its replica was promoted, and then goes on as if it were still the primary.
    Zombie,
    /// All connections that subscribe are cut.
    CutSubscribers,
    /// All scripts are forgotten.
    ForgetScripts,
    /// The memory is full for a while.
    FullMemory {
        /// The while, in milliseconds.
        ms: u64,
    },
    /// nginx reads its configuration anew: its old workers end what they carry.
    Reload,
}

impl Trouble {
    /// What it is called in the tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RestartPrimary { .. } => "kill -9 and restart of the primary",
            Self::KillPrimary => "kill -9 of the primary, promotion",
            Self::Lag { .. } => "lagging replica promoted",
            Self::Pause { .. } => "SIGSTOP of the primary",
            Self::Zombie => "SIGSTOP of the primary, promotion, zombie",
            Self::CutSubscribers => "subscribers cut",
            Self::ForgetScripts => "scripts forgotten",
            Self::FullMemory { .. } => "memory full",
            Self::Reload => "reload of nginx",
        }
    }
}
