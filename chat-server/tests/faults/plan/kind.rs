//! The kinds of faults.

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The server is killed at a random moment.
    Kill,
    /// The server dies when it has taken a send.
    Received,
    /// The server dies with a batch written and not committed.
    Commit,
    /// The server dies with a batch committed that nobody knows of.
    Committed,
    /// The server dies with a batch acknowledged and shown to nobody.
    Acked,
    /// The server dies while it drains.
    DrainPoint,
    /// The server dies before it puts its log in order at its end.
    ClosePoint,
    /// The server dies in the middle of the schema's steps.
    Migration,
    /// The server dies before its opening is committed.
    Opening,
    /// The server dies just after its opening is committed.
    Opened,
    /// SIGTERM and a new start.
    Drain,
    /// SIGSTOP and SIGCONT.
    Freeze,
    /// Connections are reset or ended.
    Cut,
    /// Bytes vanish in one direction or both.
    HalfOpen,
    /// The network is slow.
    Delay,
    /// A client reads a byte a second.
    Slow,
    /// Many connect at once.
    Storm,
    /// The disk is full.
    DiskFull,
    /// Writes fail.
    WriteError,
    /// An fsync fails.
    SyncError,
    /// Every fsync takes long.
    SlowSync,
    /// The power fails.
    Power,
    /// The wall clock jumps.
    Clock,
    /// A client starts again with its outbox.
    Restart,
    /// A terminal is killed and starts again with its files.
    KillTerminal,
    /// All servers are restarted, one after the other.
    Roll,
    /// The primary is killed and comes back at once.
    RestartPrimary,
    /// The primary is killed and its replica promoted.
    KillPrimary,
    /// A replica that lags is promoted.
    Lag,
    /// The primary stands still for a while.
    Pause,
    /// A primary that stood still comes back after its replica was promoted.
    Zombie,
    /// Connections that subscribe are cut.
    CutSubscribers,
    /// Scripts are forgotten.
    ForgetScripts,
    /// The memory of Redis is full.
    FullMemory,
    /// nginx reads its configuration anew.
    Reload,
}

impl Kind {
    /// Every kind that several servers on Redis can meet; first those that one server cannot.
    pub(crate) const OF_SEVERAL: [Self; 19] = [
        Self::KillPrimary,
        Self::Kill,
        Self::CutSubscribers,
        Self::Reload,
        Self::Lag,
        Self::ForgetScripts,
        Self::Roll,
        Self::FullMemory,
        Self::Zombie,
        Self::Drain,
        Self::RestartPrimary,
        Self::Pause,
        Self::Cut,
        Self::Freeze,
        Self::HalfOpen,
        Self::Restart,
        Self::KillTerminal,
        Self::Delay,
        Self::Storm,
    ];

    /// Every kind that one server can meet.
    pub(crate) const ALL: [Self; 25] = [
        Self::Kill,
        Self::Cut,
        Self::SyncError,
        Self::Committed,
        Self::HalfOpen,
        Self::Received,
        Self::Drain,
        Self::Power,
        Self::Acked,
        Self::Restart,
        Self::Commit,
        Self::DiskFull,
        Self::Storm,
        Self::DrainPoint,
        Self::KillTerminal,
        Self::Migration,
        Self::WriteError,
        Self::Slow,
        Self::ClosePoint,
        Self::Freeze,
        Self::Clock,
        Self::Opening,
        Self::Delay,
        Self::SlowSync,
        Self::Opened,
    ];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Received => "kill at received",
            Self::Commit => "kill at commit",
            Self::Committed => "kill at committed",
            Self::Acked => "kill at acked",
            Self::DrainPoint => "kill at drain",
            Self::ClosePoint => "kill at close",
            Self::Migration => "kill at migration",
            Self::Opening => "kill at opening",
            Self::Opened => "kill at opened",
            Self::Drain => "drain",
            Self::Freeze => "freeze",
            Self::Cut => "cut",
            Self::HalfOpen => "half-open",
            Self::Delay => "delay",
            Self::Slow => "slow reader",
            Self::Storm => "storm",
            Self::DiskFull => "disk full",
            Self::WriteError => "write error",
            Self::SyncError => "fsync error",
            Self::SlowSync => "slow fsync",
            Self::Power => "power failure",
            Self::Clock => "clock step",
            Self::Restart => "client restart",
            Self::KillTerminal => "kill of a terminal",
            Self::Roll => "restart of all",
            Self::RestartPrimary => "restart of the primary",
            Self::KillPrimary => "kill of the primary",
            Self::Lag => "lagging replica",
            Self::Pause => "pause of the primary",
            Self::Zombie => "zombie primary",
            Self::CutSubscribers => "subscribers cut",
            Self::ForgetScripts => "scripts forgotten",
            Self::FullMemory => "memory full",
            Self::Reload => "reload of nginx",
        }
    }

    /// Whether it needs named points in the server.
    pub(crate) const fn is_point(self) -> bool {
        matches!(
            self,
            Self::Received
                | Self::Commit
                | Self::Committed
                | Self::Acked
                | Self::DrainPoint
                | Self::ClosePoint
                | Self::Migration
                | Self::Opening
                | Self::Opened
        )
    }

    /// Whether something has to stand between the server and its disk and clock.
    pub(crate) const fn needs_shim(self) -> bool {
        matches!(
            self,
            Self::DiskFull
                | Self::WriteError
                | Self::SyncError
                | Self::SlowSync
                | Self::Power
                | Self::Clock
        )
    }
}
