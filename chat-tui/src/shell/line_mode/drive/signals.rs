//! The signals that end line mode.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM. A hang-up ends the program as the system has it, so that `nohup` keeps it.
pub(in super::super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(in super::super) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one and gives its number.
    pub(in super::super) async fn next(&mut self) -> u8 {
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        };
        u8::try_from(kind.as_raw_value()).unwrap_or(0)
    }
}
