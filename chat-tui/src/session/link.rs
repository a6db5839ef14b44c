//! The connection's life: dialling, losing, waiting, giving up. Knows nothing of what is said over it.

use std::time::Duration;

use protocol::close::{CloseCode, Reaction, reaction};
use protocol::error::{ErrorCode, Refusal};
use protocol::identity::{Endpoint, Nonce, PublicKey};
use protocol::names::Nick;
use protocol::request::Ref;

use super::answers::Asked;
use super::rooms::Stage;
use super::turn::Turn;
use super::{Command, Link, News, Output, Session, Stop};

/// How long the introduction may take; after it the connection is given up and dialled anew.
pub(super) const INTRODUCTION_WAIT: Duration = Duration::from_secs(20);

/// How long a server may leave questions without any answer; after it the connection is given up and dialled anew.
pub(super) const ANSWER_WAIT: Duration = Duration::from_mins(1);

/// A connection that held so long was a good one: the next wait is the first one again.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);

/// The wait after a server's restart, so that not all its clients are back at once.
const RESTART_WAIT: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// How far the connection is.
#[derive(Debug)]
pub(super) enum Phase {
    Closed,
    Dialing,
    /// The server's greeting is due.
    Opened {
        endpoint: Endpoint,
        nonce: Nonce,
        since: Duration,
    },
    /// The greeting came.
    Greeted(Greeted),
    Online {
        since: Duration,
    },
}

/// What the proofs of a connection are made of, and how far the introduction is.
#[derive(Debug)]
pub(super) struct Greeted {
    pub(super) endpoint: Endpoint,
    pub(super) client_nonce: Nonce,
    pub(super) server_nonce: Nonce,
    pub(super) server_key: PublicKey,
    pub(super) since: Duration,
    /// The hello that waits for its answer, and the nick in it.
    pub(super) hello: Option<(Ref, Option<Nick>)>,
    pub(super) retry_at: Option<Duration>,
}

impl Session {
    pub(super) const fn is_online(&self) -> bool {
        matches!(self.phase, Phase::Online { .. })
    }

    pub(super) fn set_link(&mut self, link: Link, turn: &mut Turn<'_>) {
        if self.link != link {
            self.link = link;
            turn.tell(News::Link);
        }
    }

    pub(super) fn connect(&mut self, turn: &mut Turn<'_>) {
        if matches!(self.phase, Phase::Closed) {
            self.phase = Phase::Dialing;
            turn.out.push(Output::Dial);
            self.set_link(Link::Connecting, turn);
        }
    }

    pub(super) fn opened(&mut self, endpoint: Endpoint, nonce: Nonce, turn: &Turn<'_>) {
        if matches!(self.phase, Phase::Dialing) {
            self.phase = Phase::Opened {
                endpoint,
                nonce,
                since: turn.elapsed(),
            };
        }
    }

    /// The connection is gone.
    pub(super) fn lost(&mut self, code: Option<u16>, reason: &str, turn: &mut Turn<'_>) {
        let good = match self.phase {
            Phase::Closed => return,
            Phase::Online { since } => turn.elapsed().saturating_sub(since) >= GOOD_CONNECTION,
            Phase::Dialing | Phase::Opened { .. } | Phase::Greeted(_) => false,
        };
        self.drop_connection(reason, turn);
        if matches!(self.link, Link::Refused(_)) {
            // Who thinks about another nick for longer than the server waits finds the same question again.
            return;
        }
        if let (Reaction::Stop, Some(code)) = (reaction(code), code) {
            let reason = reason.to_owned();
            self.set_link(Link::Stopped(Stop::Closed { code, reason }), turn);
            return;
        }
        if good {
            self.tries = 0;
        }
        if code == Some(CloseCode::Drain.code()) && self.tries == 0 {
            self.tries = 1;
            return self.connect(turn);
        }
        let wait = if code == Some(CloseCode::Restart.code()) && self.tries == 0 {
            self.tries = 1;
            self.chance.between(RESTART_WAIT.0, RESTART_WAIT.1)
        } else {
            self.back_off()
        };
        let until = turn.elapsed().saturating_add(wait);
        let reason = reason.to_owned();
        self.set_link(Link::Waiting { until, reason }, turn);
    }

    /// Gives up a connection on which the server does not keep to the contract, and begins again from what is certain.
    pub(super) fn break_off(&mut self, reason: &str, turn: &mut Turn<'_>) {
        turn.out.push(Output::Hangup { goodbye: false });
        self.lost(None, reason, turn);
    }

    /// Ends the connection for a reason that another try does not mend.
    pub(super) fn stop(&mut self, stop: Stop, turn: &mut Turn<'_>) {
        turn.out.push(Output::Hangup { goodbye: false });
        self.drop_connection("the connection was ended", turn);
        self.set_link(Link::Stopped(stop), turn);
    }

    pub(super) fn quit(&mut self, turn: &mut Turn<'_>) {
        if !matches!(self.phase, Phase::Closed) {
            let goodbye = self.is_online();
            turn.out.push(Output::Hangup { goodbye });
        }
        self.phase = Phase::Closed;
        self.set_link(Link::Ended, turn);
    }

    pub(super) fn link_deadline(&self) -> Option<Duration> {
        match (&self.phase, &self.link) {
            (Phase::Closed, Link::Waiting { until, .. }) => Some(*until),
            (Phase::Opened { since, .. }, _) => Some(since.saturating_add(INTRODUCTION_WAIT)),
            (Phase::Greeted(greeted), _) => greeted.retry_at.or_else(|| {
                let waits = greeted.hello.is_some();
                waits.then(|| greeted.since.saturating_add(INTRODUCTION_WAIT))
            }),
            (Phase::Online { .. }, _) => self
                .answers
                .waiting_since()
                .map(|s| s.saturating_add(ANSWER_WAIT)),
            (Phase::Closed | Phase::Dialing, _) => None,
        }
    }

    /// Does what is due now.
    pub(super) fn watch_clock(&mut self, turn: &mut Turn<'_>) {
        let now = turn.elapsed();
        if self.link_deadline().is_some_and(|deadline| deadline <= now) {
            match &self.phase {
                Phase::Closed => self.connect(turn),
                Phase::Greeted(greeted) if greeted.retry_at.is_some() => self.send_hello(turn),
                Phase::Opened { .. } | Phase::Greeted(_) => {
                    self.break_off("the server did not introduce itself in time", turn);
                }
                Phase::Online { .. } => self.break_off("the server did not answer in time", turn),
                Phase::Dialing => {}
            }
        }
        if self.outbox.held_until.is_some_and(|until| until <= now) {
            self.outbox.held_until = None;
        }
        for room in self.rooms.values_mut() {
            if room.join_again.is_some_and(|again| again <= now) {
                room.join_again = None;
            }
        }
    }

    fn back_off(&mut self) -> Duration {
        let settings = self.settings.back_off;
        let factor = 2_u32.saturating_pow(self.tries.min(16));
        let wait = settings.first.saturating_mul(factor).min(settings.max);
        self.tries = self.tries.saturating_add(1);
        let spread = wait / 4;
        let wait = self
            .chance
            .between(wait.saturating_sub(spread), wait.saturating_add(spread));
        wait.min(settings.max)
    }

    /// Forgets all that was true of the connection only.
    fn drop_connection(&mut self, reason: &str, turn: &mut Turn<'_>) {
        self.phase = Phase::Closed;
        self.outbox.lose_connection();
        self.lists.clear();
        self.listed.clear();
        let asked = self.answers.drain().into_iter().chain(self.put_off.drain());
        for asked in asked {
            if let Asked::Nick(nick) = &asked {
                self.wanted_nick = Some(nick.clone());
            }
            if let Some(command) = asked.into_command() {
                let sentence = format!("{reason}; ask again once the connection is back");
                turn.refuse(command, Refusal::new(ErrorCode::Unavailable, sentence));
            }
        }
        let mut departed = Vec::new();
        for room in self.rooms.values_mut() {
            room.members.give_up(false);
            room.join_again = None;
            if let Stage::Leaving { rejoin } = room.stage {
                match rejoin {
                    Some(last) => room.last_wanted = last,
                    None => departed.push(room.address.clone()),
                }
            }
            room.stage = Stage::Outside;
        }
        for room in departed {
            self.depart(&room, turn);
        }
        if self.identity.is_none() {
            self.person = None;
            let refusal = Refusal::new(
                ErrorCode::OutcomeUnknown,
                "the connection was lost before the answer, and without a key it cannot be tried again safely; send it again if it is not there",
            );
            for local in self.outbox.forget_person(&refusal, turn) {
                self.tell_failed(local, &refusal, turn);
            }
        }
    }

    pub(super) fn refuse_offline(command: Command, turn: &mut Turn<'_>) {
        let sentence = "there is no connection to the server; try again once it is back";
        turn.refuse_with(command, ErrorCode::Unavailable, sentence);
    }
}
