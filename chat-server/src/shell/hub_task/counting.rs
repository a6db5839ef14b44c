//! What passes through the hub, counted in plain fields, and the answer to who asks for it.

use protocol::error::ErrorCode;
use protocol::event::Event;
use protocol::request::Request;
use tokio::sync::oneshot;

use super::HubTask;
use crate::engine::{Histogram, Input, Now, Output, Sizes};
use crate::record::{News, Written};

/// Messages stored by one commit: the bounds.
pub(crate) const COMMIT_BOUNDS: [u64; 6] = [1, 4, 16, 64, 256, 1_024];

/// The requests, as they are called on the wire.
pub(crate) const REQUESTS: [&str; 13] = [
    "hello",
    "join",
    "leave",
    "send",
    "topic",
    "nick",
    "open",
    "rooms",
    "members",
    "history",
    "conversations",
    "search",
    "invalid",
];

/// What the hub has counted since its start.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    /// By [`REQUESTS`]; those that are no request are the last one.
    pub(crate) requests: [u64; REQUESTS.len()],
    /// By [`ErrorCode::ALL`].
    pub(crate) refusals: [u64; ErrorCode::ALL.len()],
    /// Messages that were new to the store.
    pub(crate) stored: u64,
    /// Messages handed to readers as they were stored, each reader counted.
    pub(crate) deliveries: u64,
    /// Rooms in which what comes next did not follow what was told.
    pub(crate) broken: u64,
    /// Commits, by the new messages in each.
    pub(crate) commits: Histogram,
}

/// What the hub says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Since its start.
    pub(crate) counts: Counts,
    /// What the engine holds.
    pub(crate) sizes: Sizes,
    /// Connections that are open.
    pub(crate) connections: usize,
    /// Bytes of frames that wait to be written, shared ones counted once.
    pub(crate) outbox_bytes: usize,
}

/// A question to the hub.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Whether it answers at all.
    Alive {
        /// Whether the store is to write something, so that it is known whether it takes writes.
        probe_store: bool,
        /// Who waits for the answer.
        answer: oneshot::Sender<()>,
    },
    /// What it has counted and holds; walks all members.
    Measure(oneshot::Sender<Snapshot>),
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: [0; REQUESTS.len()],
            refusals: [0; ErrorCode::ALL.len()],
            stored: 0,
            deliveries: 0,
            broken: 0,
            commits: Histogram::new(&COMMIT_BOUNDS),
        }
    }
}

impl Counts {
    /// Counts what comes in.
    pub(super) fn input(&mut self, input: &Input) {
        let at = match input {
            Input::Introduced { .. } => 0,
            Input::Request { request, .. } => place(request),
            Input::Refused { .. } => REQUESTS.len() - 1,
            Input::Committed(written) => return self.committed(written),
            Input::News(news) => return self.news(news),
            Input::Connected { .. }
            | Input::Closed { .. }
            | Input::Found(_)
            | Input::Drained { .. }
            | Input::Tick => return,
        };
        count(&mut self.requests, at, 1);
    }

    /// Counts what goes out.
    pub(super) fn output(&mut self, output: &Output) {
        match output {
            Output::Send {
                event: Event::Error(refusal),
                ..
            } => count(&mut self.refusals, refusal.code as usize, 1),
            Output::Fan { to, events } if matches!(events.first(), Some(Event::Message(_))) => {
                let deliveries = to.len().saturating_mul(events.len());
                self.deliveries += deliveries as u64;
            }
            Output::Send { .. }
            | Output::Fan { .. }
            | Output::AskDrained { .. }
            | Output::Write(_)
            | Output::Read(_)
            | Output::Pause { .. }
            | Output::Resume { .. }
            | Output::Close { .. } => {}
        }
    }

    fn news(&mut self, news: &News) {
        if matches!(news, News::Broken { .. }) {
            self.broken += 1;
        }
    }

    fn committed(&mut self, written: &[Written]) {
        let is_new = |written: &&Written| match written {
            Written::Append { result, .. } => result.as_ref().is_ok_and(|stored| stored.fresh),
            Written::Claim { .. } => false,
        };
        let new = written.iter().filter(is_new).count() as u64;
        if new > 0 {
            self.stored += new;
            self.commits.note(new);
        }
    }
}

impl HubTask {
    /// Answers a question. Who does not wait for it any more is no matter.
    pub(super) fn tell(&mut self, ask: Ask, now: Now) {
        let heard = match ask {
            Ask::Alive {
                probe_store,
                answer,
            } => {
                if probe_store {
                    self.engine.probe_store(now, &mut self.outputs);
                }
                answer.send(()).is_ok()
            }
            Ask::Measure(answer) => answer.send(self.measure()).is_ok(),
        };
        if !heard {
            tracing::debug!("nobody waits for the hub's answer");
        }
    }

    fn measure(&self) -> Snapshot {
        Snapshot {
            counts: self.counts.clone(),
            sizes: self.engine.sizes(),
            connections: self.outboxes.len(),
            outbox_bytes: self.encoder.held(),
        }
    }
}

fn count(counts: &mut [u64], at: usize, more: u64) {
    if let Some(count) = counts.get_mut(at) {
        *count += more;
    }
}

/// Where a request stands in [`REQUESTS`].
const fn place(request: &Request) -> usize {
    match request {
        Request::Hello(_) => 0,
        Request::Join(_) => 1,
        Request::Leave(_) => 2,
        Request::Send(_) => 3,
        Request::Topic(_) => 4,
        Request::Nick(_) => 5,
        Request::Open(_) => 6,
        Request::Rooms(_) => 7,
        Request::Members(_) => 8,
        Request::History(_) => 9,
        Request::Conversations(_) => 10,
        Request::Search(_) => 11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::codec::decode_request;

    #[test]
    fn every_request_is_counted_by_its_name_on_the_wire() {
        let requests = [
            r#"{"type":"hello","version":1}"#,
            r#"{"type":"join","room":"lobby"}"#,
            r#"{"type":"leave","room":"lobby"}"#,
            r#"{"type":"send","room":"lobby","text":"x"}"#,
            r#"{"type":"topic","room":"lobby","text":"x"}"#,
            r#"{"type":"nick","nick":"minsu"}"#,
            r#"{"type":"open","nick":"minsu"}"#,
            r#"{"type":"rooms"}"#,
            r#"{"type":"members","room":"lobby"}"#,
            r#"{"type":"history","room":"lobby"}"#,
            r#"{"type":"conversations"}"#,
            r#"{"type":"search","text":"word"}"#,
        ];
        assert_eq!(requests.len(), REQUESTS.len() - 1);
        for (frame, name) in requests.into_iter().zip(REQUESTS) {
            let request = decode_request(frame).unwrap();
            assert!(frame.contains(&format!(r#""type":"{name}""#)), "{frame}");
            assert_eq!(REQUESTS[place(&request)], name);
        }
    }
}
