//! What is done to the server's disk, power and clock.

use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{sleep, timeout};

use super::{MAY_END, Server};
use crate::log::What;
use crate::recorder::now;
use crate::shim::{Loss, Mode};
use crate::subject::Subject;

impl<S: Subject> Server<S> {
    /// Lets the disk misbehave for a while, in which the server may end where nothing else is left to it.
    pub(super) async fn spoil_disk(&mut self, mode: Mode, lasts: Duration) {
        let Some(shim) = &self.shim else { return };
        let fault = disk_name(mode).to_owned();
        self.log.note(None, What::Fault(fault.clone()));
        let spoilt = shim.set(mode);
        let ended = match &mut self.running {
            Some(running) => timeout(lasts, &mut running.ended).await.is_ok(),
            None => false,
        };
        let mended = shim.set(Mode::Pass);
        if let Err(error) = spoilt.and(mended) {
            self.complain(&format!("has no other disk: {error}"));
        }
        let may_end = !matches!(mode, Mode::Full | Mode::Room(_) | Mode::SlowSync(_));
        if may_end {
            self.may_end_until = Some(now() + MAY_END);
        }
        if ended {
            self.died().await;
        }
        self.log.note(None, What::Over(fault));
    }

    /// Kills it, and takes what no fsync saved.
    pub(super) async fn lose_power(&mut self, loss: Loss, down: Duration) {
        let fault = "power failure".to_owned();
        self.log.note(None, What::Fault(fault.clone()));
        self.signal(Signal::KILL);
        self.end().await;
        let failed = self.shim.as_ref().map(|shim| shim.power_fails(loss));
        if let Some(Err(error)) = failed {
            self.complain(&format!("cannot lose its power: {error}"));
        }
        sleep(down).await;
        self.start().await;
        self.log.note(None, What::Over(fault));
    }

    /// Sets the wall clock off.
    pub(super) fn step_clock(&self, off_by_ms: i64) {
        let fault = "clock step".to_owned();
        self.log.note(None, What::Fault(fault.clone()));
        let set = self.shim.as_ref().map(|shim| shim.set_clock(off_by_ms));
        if let Some(Err(error)) = set {
            self.complain(&format!("has no other clock: {error}"));
        }
        self.log.note(None, What::Over(fault));
    }
}

fn disk_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Pass => "disk well",
        Mode::Room(_) | Mode::Full => "disk full",
        Mode::WritesFail => "writes fail",
        Mode::WritesFailAfterwards => "writes fail and are done",
        Mode::ShortWrites => "short writes",
        Mode::SyncFailsOnce => "an fsync fails",
        Mode::SyncsFail => "fsyncs fail",
        Mode::SyncsLie => "fsyncs save nothing",
        Mode::SlowSync(_) => "fsyncs are slow",
    }
}
