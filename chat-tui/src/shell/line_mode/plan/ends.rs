//! When it ends, and what it says then.

use protocol::close::CloseCode;
use protocol::limits::VERSION;

use super::{
    Act, EXIT_OK, EXIT_OUTPUT_CLOSED, EXIT_REFUSED, EXIT_REFUSED_LINES, EXIT_UNREACHABLE,
    PROGRESS_EVERY, Plan, Turn,
};
use crate::session::{Link, Stop};

impl Plan {
    pub(super) fn link(&mut self, turn: &mut Turn<'_>) {
        let facts = turn.facts;
        match &facts.link {
            Link::Online | Link::Ended => {}
            Link::Idle | Link::Connecting => {
                self.outage.get_or_insert(turn.now.elapsed);
            }
            Link::Waiting { until, reason } => {
                self.outage.get_or_insert(turn.now.elapsed);
                let wait = until
                    .saturating_sub(turn.now.elapsed)
                    .as_millis()
                    .div_ceil(1000);
                turn.note(format!("not connected: {reason}; trying again in {wait} s"));
            }
            Link::Refused(refusal) => self.turned_away(&refusal.message, turn),
            Link::Stopped(stop) => {
                let (code, why) = stopped(stop);
                turn.note(why);
                self.end(code, turn);
            }
        }
    }

    /// The server refuses what nothing goes without.
    pub(super) fn turned_away(&mut self, why: &str, turn: &mut Turn<'_>) {
        turn.note(why);
        self.end(EXIT_REFUSED, turn);
    }

    pub(super) fn output_closed(&mut self, reason: Option<String>, turn: &mut Turn<'_>) {
        if let Some(reason) = reason {
            turn.note(format!("the output cannot be written: {reason}"));
        }
        self.end(EXIT_OUTPUT_CLOSED, turn);
    }

    pub(super) fn tick(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.elapsed;
        if let Some((since, patience)) = self.outage.zip(self.settings.patience)
            && now >= since + patience
        {
            turn.note(format!(
                "gave up: no connection to the room for {} s",
                patience.as_secs()
            ));
            return self.end(EXIT_UNREACHABLE, turn);
        }
        if self.progress_at.is_some_and(|at| now >= at) {
            self.progress_at = Some(now + PROGRESS_EVERY);
            if self.ledger.sent() > 0 && !self.ledger.is_done() {
                let through = self.ledger.acknowledged_through();
                turn.note(match self.total {
                    Some(total) => format!("{through}/{total} lines acknowledged"),
                    None => format!("{through} lines acknowledged"),
                });
            }
        }
    }

    pub(super) fn end_if_done(&mut self, turn: &mut Turn<'_>) {
        let done = self.input_ended && self.backlog.is_past() && self.ledger.is_done();
        if done && !self.settings.follow && !self.over {
            let code = if self.ledger.refused() > 0 {
                EXIT_REFUSED_LINES
            } else {
                EXIT_OK
            };
            self.end(code, turn);
        }
    }

    pub(super) fn end(&mut self, code: u8, turn: &mut Turn<'_>) {
        self.over = true;
        let at_once = !matches!(code, EXIT_OK | EXIT_REFUSED_LINES | EXIT_OUTPUT_CLOSED);
        if at_once && self.ledger.sent() > 0 {
            let through = self.ledger.acknowledged_through();
            turn.note(format!("acknowledged through input line {through}"));
        }
        turn.acts.push(Act::End(code));
    }
}

/// The exit code and the sentence for a connection that is not opened again.
fn stopped(stop: &Stop) -> (u8, String) {
    match stop {
        Stop::Closed { code, reason } => {
            let version = CloseCode::UnsupportedVersion.code();
            let exit = if *code == version {
                EXIT_REFUSED
            } else {
                EXIT_UNREACHABLE
            };
            (
                exit,
                format!("the server ended the connection: {reason} (code {code})"),
            )
        }
        Stop::KeyChanged { known, now } => (
            EXIT_REFUSED,
            format!(
                "the server's key is {}, but {} is remembered for this address; nothing was sent. \
                 Ask who runs the server, and start once with --new-server-key if the change is right",
                now.fingerprint(),
                known.fingerprint()
            ),
        ),
        Stop::NoProof => (
            EXIT_REFUSED,
            "the server did not prove that it holds its key; nothing was sent".to_owned(),
        ),
        Stop::Version { server } => (
            EXIT_REFUSED,
            format!(
                "the server speaks version {server} of the contract, this program {VERSION}; get the matching program"
            ),
        ),
    }
}
