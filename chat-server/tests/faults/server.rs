//! The server of a run: started, killed, stopped, frozen, and started again when it died at a named point.

mod disk;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

use crate::log::What;
use crate::recorder::{Recorder, now};
use crate::shim::{Loss, Mode, Shim};
use crate::subject::Subject;
use crate::upstream::Place;

/// How long a server may take from its start to its line.
const START_WITHIN: Duration = Duration::from_secs(20);

/// How long after a failure of its disk a server may still end for it: it lets its clients go first, and a slow one delays that.
const MAY_END: Duration = Duration::from_secs(6);

/// Orders that wait; at it who gives one waits.
const ORDERS_MAX: usize = 16;

/// The name of an orderly restart in the tables.
pub(crate) const DRAIN: &str = "SIGTERM of the server";

/// What is to be done to the server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// `kill -9`, and a new start after a while.
    Kill {
        /// The while in between.
        down: Duration,
    },
    /// SIGTERM, and a new start after its end and a while.
    Drain {
        /// The while in between.
        down: Duration,
    },
    /// SIGSTOP, and SIGCONT after a while.
    Freeze {
        /// The while in between.
        lasts: Duration,
    },
    /// The disk misbehaves for a while.
    Disk {
        /// How.
        mode: Mode,
        /// The while.
        lasts: Duration,
    },
    /// The power fails: what no fsync saved is gone, some of it or all.
    Power {
        /// What is lost of it.
        loss: Loss,
        /// The while until the new start.
        down: Duration,
    },
    /// The wall clock is off by so many milliseconds from now on.
    Clock {
        /// How many.
        off_by_ms: i64,
    },
}

/// A server under supervision; it is killed when this is dropped.
pub(crate) struct Server<S> {
    subject: S,
    data: PathBuf,
    words: PathBuf,
    log: Recorder,
    upstream: Place,
    /// Points that the next lives die at.
    arms: VecDeque<Option<String>>,
    armed: Option<String>,
    /// Between the server and its disk and clock, where the schedule needs that.
    shim: Option<Shim>,
    /// Until then the server may end by itself, since its disk failed.
    may_end_until: Option<Instant>,
    running: Option<Running>,
    orders: mpsc::Receiver<Order>,
}

struct Running {
    child: Child,
    ended: oneshot::Receiver<()>,
}

/// Where the server of this number keeps what it keeps.
pub(crate) fn data(place: &Path, node: usize) -> PathBuf {
    place.join(format!("data{node}"))
}

impl<S: Subject> Server<S> {
    /// The server of number `node` on data of its own in `place`, which dies in its first lives at `arms`, where they say so.
    pub(crate) fn new(
        subject: S,
        node: usize,
        place: &Path,
        log: Recorder,
        upstream: Place,
        arms: impl IntoIterator<Item = Option<String>>,
        shim: Option<Shim>,
    ) -> (Self, mpsc::Sender<Order>) {
        let (give, orders) = mpsc::channel(ORDERS_MAX);
        let server = Self {
            subject,
            data: data(place, node),
            words: place.join(format!("server{node}.log")),
            log,
            upstream,
            arms: arms.into_iter().collect(),
            armed: None,
            shim,
            may_end_until: None,
            running: None,
            orders,
        };
        (server, give)
    }

    /// Keeps the server running until nobody can give orders any more.
    pub(crate) async fn run(mut self) {
        self.start().await;
        loop {
            let Some(running) = &mut self.running else {
                return;
            };
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                _ = &mut running.ended => self.died().await,
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Kill { down } => {
                let fault = "kill -9 of the server".to_owned();
                self.log.note(None, What::Fault(fault.clone()));
                self.signal(Signal::KILL);
                self.end().await;
                sleep(down).await;
                self.start().await;
                self.log.note(None, What::Over(fault));
            }
            Order::Drain { down } => {
                let fault = DRAIN.to_owned();
                self.log.note(None, What::Fault(fault.clone()));
                self.signal(Signal::TERM);
                let may_end = self.may_end();
                let within = self.subject.ends_within();
                let ended = timeout(within, self.end()).await;
                match ended {
                    Ok(Some(status)) if status.success() => {}
                    Ok(Some(status)) if self.died_at_point(status) => {
                        let died = self.point_name();
                        self.log.note(None, What::Fault(died));
                    }
                    Ok(Some(status)) if status.code() == Some(1) && may_end => {}
                    Ok(status) => self.complain(&format!("ended after SIGTERM with {status:?}")),
                    Err(_) => {
                        self.complain(&format!("did not end in {within:?} after SIGTERM"));
                        self.signal(Signal::KILL);
                        self.end().await;
                    }
                }
                sleep(down).await;
                self.start().await;
                self.log.note(None, What::Over(fault));
            }
            Order::Freeze { lasts } => {
                let fault = "SIGSTOP of the server".to_owned();
                self.log.note(None, What::Fault(fault.clone()));
                self.signal(Signal::STOP);
                sleep(lasts).await;
                self.signal(Signal::CONT);
                self.log.note(None, What::Over(fault));
            }
            Order::Disk { mode, lasts } => self.spoil_disk(mode, lasts).await,
            Order::Power { loss, down } => self.lose_power(loss, down).await,
            Order::Clock { off_by_ms } => self.step_clock(off_by_ms),
        }
    }

    /// It ended without an order.
    async fn died(&mut self) {
        let status = self.end().await;
        match status {
            Some(status) if self.died_at_point(status) => {
                let fault = self.point_name();
                self.log.note(None, What::Fault(fault.clone()));
                self.start().await;
                self.log.note(None, What::Over(fault));
            }
            Some(status) if status.code() == Some(1) && self.may_end() => {
                let fault = "end by a failed disk".to_owned();
                self.log.note(None, What::Fault(fault.clone()));
                self.start().await;
                self.log.note(None, What::Over(fault));
            }
            status => {
                self.complain(&format!("ended by itself with {status:?}"));
                self.start().await;
            }
        }
    }

    fn may_end(&self) -> bool {
        self.may_end_until.is_some_and(|until| now() < until)
    }

    fn died_at_point(&self, status: ExitStatus) -> bool {
        self.armed.is_some() && status.signal() == Some(Signal::KILL.as_raw())
    }

    /// What the fault is called that was armed and has come.
    fn point_name(&self) -> String {
        let point = self.armed.as_deref().unwrap_or_default();
        format!("died at {}", point.split(':').next().unwrap_or_default())
    }

    /// Starts it, again where it dies at a point before it listens.
    async fn start(&mut self) {
        loop {
            self.armed = self.arms.pop_front().flatten();
            match self.spawn().await {
                Ok(address) => {
                    self.upstream.set(Some(address));
                    self.log.touch();
                    return;
                }
                Err(reason) => {
                    let status = self.end().await;
                    if status.is_some_and(|status| self.died_at_point(status)) {
                        let fault = self.point_name();
                        self.log.note(None, What::Fault(fault.clone()));
                        self.log.note(None, What::Over(fault));
                    } else {
                        self.complain(&format!("does not start: {reason}, {status:?}"));
                        return;
                    }
                }
            }
        }
    }

    async fn spawn(&mut self) -> Result<SocketAddr, String> {
        let words = File::options().create(true).append(true).open(&self.words);
        let words = words.map_err(|error| error.to_string())?;
        let mut command = self.subject.server(&self.data, self.armed.as_deref());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(words);
        if let Some(shim) = &self.shim {
            shim.apply(&mut command);
        }
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let stdout = child.stdout.take();
        let (told, mut lines) = mpsc::channel(8);
        let (ended_in, ended) = oneshot::channel();
        let pid = Pid::from_child(&child);
        thread::spawn(move || watch(stdout, pid, &told, ended_in));
        self.running = Some(Running { child, ended });
        let heard = async {
            while let Some(line) = lines.recv().await {
                if let Some(address) = self.subject.listening(&line) {
                    return Ok(address);
                }
            }
            Err("its output ended".to_owned())
        };
        timeout(START_WITHIN, heard)
            .await
            .unwrap_or_else(|_| Err("it says nothing".to_owned()))
    }

    fn signal(&self, signal: Signal) {
        if let Some(running) = &self.running {
            // It may have died a moment before, which the next look at it tells.
            if kill_process(Pid::from_child(&running.child), signal).is_err() {
                self.log.touch();
            }
        }
    }

    /// Waits for its end.
    async fn end(&mut self) -> Option<ExitStatus> {
        if let Some(running) = &mut self.running
            && !running.ended.is_terminated()
        {
            // A dropped sender is the end too.
            drop((&mut running.ended).await);
        }
        self.upstream.set(None);
        self.running.take()?.child.wait().ok()
    }

    fn complain(&self, what: &str) {
        let words = std::fs::read_to_string(&self.words).unwrap_or_default();
        let last = words.lines().last().unwrap_or_default().to_owned();
        self.log
            .note(None, What::Broken(format!("the server {what}; {last}")));
    }
}

impl<S> Drop for Server<S> {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.child.kill());
            drop(running.child.wait());
        }
    }
}

/// Hands on what a process says, and then that it ended; the process stays for who starts it to be waited for.
fn watch(
    stdout: Option<ChildStdout>,
    pid: Pid,
    told: &mpsc::Sender<String>,
    ended: oneshot::Sender<()>,
) {
    for line in BufReader::new(stdout.expect("a pipe"))
        .lines()
        .map_while(Result::ok)
    {
        if told.blocking_send(line).is_err() {
            break;
        }
    }
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    // At the end of a run it may have been waited for already.
    waitid(WaitId::Pid(pid), options).unwrap_or(None);
    drop(ended);
}
