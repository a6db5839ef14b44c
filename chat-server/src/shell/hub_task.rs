//! The one task that owns the engine: brings it what happened, and carries out what it asks for. Decides nothing.

pub(crate) mod counting;
mod flushing;
mod gathering;
mod pacing;
mod performing;
mod presence;
mod shedding;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use protocol::close::CloseCode;
use protocol::position::PersonId;
use protocol::request::Request;
use tokio::sync::mpsc::Receiver;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use self::counting::{Ask, Counts};
use self::flushing::{flush, lanes};
use self::gathering::Gathering;
use self::pacing::Pacing;
use self::presence::PresenceWaiting;
pub(crate) use self::shedding::OUTBOXES_BYTES_MAX;
use self::shedding::Shedding;
use super::clock::{self, Clock};
use super::ending::Ending;
use super::frames::Encoder;
use super::outbox::Outbox;
use crate::engine::{ConnId, Engine, Input, Now, Output};
use crate::faults::{self, Mutant, Point};
use crate::history::{History, Reply};

/// Messages from connections that wait for the hub; at it a connection waits, and with it the client that sends.
pub(crate) const INBOX_MAX: usize = 1024;

/// Messages taken in one turn; what they cause for one client goes out together.
const TURN_MAX: usize = 256;

/// What connections tell the hub.
#[derive(Debug)]
pub(crate) enum ToHub {
    /// A new connection, and how it is reached.
    Connected {
        /// The connection.
        conn: ConnId,
        /// Where it comes from.
        address: IpAddr,
        /// Who the client is if it brings no key.
        keyless: PersonId,
        /// What it is to write.
        outbox: Arc<Outbox>,
    },
    /// Somebody wants to know how things are.
    Ask(Ask),
    /// Anything else.
    Input(Input),
}

/// Why the hub cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// The history says that it cannot, and why.
    #[error("{0}")]
    History(String),
    /// The history ended without a word.
    #[error("the history has ended by itself; nothing more can be kept")]
    HistoryGone,
}

/// The engine with its surroundings.
#[derive(Debug)]
pub(crate) struct HubTask {
    engine: Engine,
    history: History,
    inbox: Receiver<ToHub>,
    outboxes: BTreeMap<ConnId, Arc<Outbox>>,
    presence: PresenceWaiting,
    clock: Clock,
    encoder: Encoder,
    shedding: Shedding,
    counts: Counts,
    outputs: Vec<Output>,
    /// What was pushed to in this turn and is to be flushed at its end.
    due: Vec<Arc<Outbox>>,
    lanes: usize,
    /// Whose requests were taken in this turn, once for each.
    heard: Vec<ConnId>,
    pacing: Pacing,
    /// Answers in place of the history's, to what was handed over out of its turn.
    refused: Vec<Input>,
    gathering: Gathering,
    stopping: bool,
    /// Messages were fanned out in this turn.
    has_fanned: bool,
}

/// Everything that wakes the hub.
enum Wake {
    Drain,
    Stop,
    Reply(Option<Reply>),
    Message(Option<ToHub>),
    /// Of the engine, of what waits to be stored, or of answers that wait.
    Deadline,
}

impl HubTask {
    /// A hub that has not begun, with so much memory for all outboxes together.
    pub(crate) fn new(
        mut engine: Engine,
        history: History,
        inbox: Receiver<ToHub>,
        clock: Clock,
        outboxes_bytes: usize,
    ) -> Self {
        if faults::mutant(Mutant::LocalShortcut) {
            engine.take_shortcuts();
        }
        Self {
            engine,
            history,
            inbox,
            outboxes: BTreeMap::new(),
            presence: PresenceWaiting::default(),
            clock,
            encoder: Encoder::default(),
            shedding: Shedding::new(outboxes_bytes),
            counts: Counts::default(),
            outputs: Vec::new(),
            due: Vec::new(),
            lanes: lanes(),
            heard: Vec::new(),
            pacing: Pacing::default(),
            refused: Vec::new(),
            gathering: Gathering::default(),
            stopping: false,
            has_fanned: false,
        }
    }

    /// Works until nobody can send to the inbox any more, then closes the history. After the stop the engine sees to it that all
    /// connections end, in a drain one after the other; where the history fails they are told to come back later.
    pub(crate) async fn run(mut self, ending: Ending) -> Result<(), HubError> {
        let mut draining = false;
        let result = loop {
            let deadline = self.next_deadline();
            let wake = tokio::select! {
                biased;
                () = ending.stop.cancelled(), if !self.stopping => Wake::Stop,
                () = ending.drain.cancelled(), if !draining => Wake::Drain,
                reply = self.history.reply() => Wake::Reply(reply),
                message = self.inbox.recv() => Wake::Message(message),
                () = sleep_until(deadline.unwrap_or_else(clock::now)), if deadline.is_some() => Wake::Deadline,
            };
            if matches!(wake, Wake::Stop) {
                self.stopping = true;
                self.history.hurry();
            }
            if matches!(wake, Wake::Drain) {
                draining = true;
                self.drain(&ending);
            }
            if self.stopping {
                faults::point(Point::Drain);
            }
            if matches!(wake, Wake::Message(_)) {
                // Whoever else has something to say says it first, so that all of it is one commit and one fan-out.
                yield_now().await;
            }
            match self.turn(wake) {
                Ok(true) => self.flush().await,
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        for outbox in self.outboxes.values() {
            outbox.close(CloseCode::Restart);
        }
        for write in self.pacing.take(clock::now()) {
            // Nobody is left to hear of what is not taken.
            drop(self.store(write));
        }
        self.presence.retry(&self.history);
        let unheard = self.history.close().await;
        result?;
        for reply in unheard {
            match reply {
                Reply::Failed(reason) => return Err(HubError::History(reason)),
                Reply::Committed(_) | Reply::Found(_) | Reply::News(_) => {}
            }
        }
        Ok(())
    }

    /// Begins to send connections elsewhere, from the time on at which no new one is accepted.
    fn drain(&mut self, ending: &Ending) {
        let now = self.clock.read().elapsed;
        let start = now.saturating_add(ending.accepts_for());
        self.engine.drain(start..now.saturating_add(ending.window));
    }

    /// One turn: takes what waits, and carries out what comes of it. False when the inbox has ended.
    fn turn(&mut self, wake: Wake) -> Result<bool, HubError> {
        let now = self.clock.read();
        let instant = self.clock.instant(now.elapsed);
        match wake {
            Wake::Stop => self.engine.stop(now, &mut self.outputs),
            Wake::Reply(reply) => {
                let reply = reply.ok_or(HubError::HistoryGone)?;
                self.gathering.keep(reply, instant);
            }
            Wake::Message(Some(message)) => self.receive(message, now),
            Wake::Message(None) => return Ok(false),
            Wake::Drain | Wake::Deadline => {}
        }
        while let Some(reply) = self.history.try_reply() {
            self.gathering.keep(reply, instant);
        }
        for _ in 1..TURN_MAX {
            match self.inbox.try_recv() {
                Ok(message) => self.receive(message, now),
                Err(_) => break,
            }
        }
        let in_store = self.appends_in_store();
        if self.gathering.waits_until(in_store, instant).is_none() {
            for reply in self.gathering.take() {
                self.answer(reply, now)?;
            }
        }
        // Looked at in each turn, as a full inbox would keep the timer from ever being looked at.
        if self.engine.deadline().is_some_and(|at| at <= now.elapsed) {
            self.feed(Input::Tick, now);
        }
        self.finish(now);
        let due = self.pacing.due(instant);
        if due.is_some_and(|at| at <= instant || self.stopping) {
            self.hand_over(now);
        }
        self.presence.retry(&self.history);
        self.shedding.check(self.encoder.held(), &self.outboxes);
        for conn in std::mem::take(&mut self.heard) {
            self.with(conn, Outbox::catch_up);
        }
        Ok(true)
    }

    /// When something is due without anybody's saying so.
    fn next_deadline(&self) -> Option<Instant> {
        let engine = self.engine.deadline().map(|at| self.clock.instant(at));
        let now = clock::now();
        let gathering = self.gathering.waits_until(self.appends_in_store(), now);
        let gathered = (!self.gathering.is_empty()).then(|| gathering.unwrap_or(now));
        let due = [engine, gathered, self.pacing.due(now)];
        due.into_iter().flatten().min()
    }

    /// Messages that the history has and has not answered, or whose answers wait here.
    fn appends_in_store(&self) -> usize {
        let under_way = self.engine.appends_under_way();
        under_way.saturating_sub(self.pacing.appends())
    }

    /// Writes what was pushed in this turn.
    async fn flush(&mut self) {
        let start = clock::now();
        flush(std::mem::take(&mut self.due), self.lanes).await;
        if std::mem::take(&mut self.has_fanned) {
            self.gathering.wrote_for(start.elapsed());
        }
    }

    fn answer(&mut self, reply: Reply, now: Now) -> Result<(), HubError> {
        match reply {
            Reply::Committed(written) => {
                if written.is_empty() {
                    self.let_go();
                }
                self.feed(Input::Committed(written), now);
            }
            Reply::Found(found) => self.feed(Input::Found(found), now),
            Reply::News(news) => self.feed(Input::News(news), now),
            Reply::Failed(reason) => return Err(HubError::History(reason)),
        }
        Ok(())
    }

    fn receive(&mut self, message: ToHub, now: Now) {
        match message {
            ToHub::Connected {
                conn,
                address,
                keyless,
                outbox,
            } => {
                self.outboxes.insert(conn, outbox);
                let connected = Input::Connected {
                    conn,
                    address,
                    keyless,
                };
                self.feed(connected, now);
            }
            ToHub::Ask(ask) => self.tell(ask, now),
            ToHub::Input(input) => {
                match &input {
                    Input::Closed { conn, .. } => {
                        self.outboxes.remove(conn);
                    }
                    Input::Request { conn, request } => {
                        if matches!(request, Request::Send(_)) {
                            faults::point(Point::Received);
                        }
                        self.heard.push(*conn);
                    }
                    Input::Introduced { conn, .. } | Input::Refused { conn, .. } => {
                        self.heard.push(*conn);
                    }
                    Input::Connected { .. }
                    | Input::Drained { .. }
                    | Input::Committed(_)
                    | Input::Found(_)
                    | Input::News(_)
                    | Input::Tick => {}
                }
                self.feed(input, now);
            }
        }
    }

    fn feed(&mut self, input: Input, now: Now) {
        self.counts.input(&input);
        self.engine.handle(input, now, &mut self.outputs);
    }

    /// Ends the turn. What the history handed back is answered in its place, which may ask for more.
    fn finish(&mut self, now: Now) {
        loop {
            self.engine.finish(now, &mut self.outputs);
            let mut outputs = std::mem::take(&mut self.outputs);
            let mut refused: Vec<Input> = outputs
                .drain(..)
                .filter_map(|output| self.perform(output, now))
                .collect();
            refused.append(&mut self.refused);
            if self.outputs.is_empty() {
                self.outputs = outputs;
            }
            if refused.is_empty() {
                return;
            }
            for input in refused {
                self.feed(input, now);
            }
        }
    }
}
