//! One thing said, and how far it is.

use protocol::event::{Kind, Message};
use protocol::position::Position;
use protocol::request::SendKind;

use crate::session::turn::Turn;
use crate::session::{Body, Pending, Record, State};

/// One thing said.
#[derive(Debug)]
pub(in crate::session) struct Entry {
    pub(in crate::session) pending: Pending,
    /// It is sent only to learn whether it is stored; those behind it wait, so that the order holds if it is not.
    pub(super) lookup: bool,
    /// It came back as a message.
    pub(in crate::session) echoed: bool,
    /// It is stable, and off the disk.
    pub(in crate::session) settled: bool,
}

impl Entry {
    pub(super) const fn new(pending: Pending) -> Self {
        Self {
            pending,
            lookup: false,
            echoed: false,
            settled: false,
        }
    }

    /// Whether it is neither stored nor failed.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.pending.state, State::Waiting | State::Sent)
    }

    pub(super) fn clear_seq(&mut self, turn: &mut Turn<'_>) {
        self.lookup = false;
        if self.pending.seq.take().is_some() {
            let local = self.pending.local;
            turn.save(Record::Seq { local, seq: None });
        }
    }

    pub(super) fn says(&self, message: &Message) -> bool {
        match &self.pending.body {
            Body::Topic(text) => message.kind == Kind::Topic && message.text == text.as_str(),
            Body::Text {
                kind,
                text,
                reply_to,
            } => {
                let kind = match kind {
                    SendKind::Message => Kind::Message,
                    SendKind::Action => Kind::Action,
                };
                message.kind == kind
                    && message.text == text.as_str()
                    && message.reply_to == *reply_to
            }
        }
    }

    /// Whether it is stored at a place that is known already.
    pub(super) fn is_covered(&self, last: Option<Position>) -> bool {
        match (&self.pending.state, last) {
            (State::Acked(_, position), Some(last)) => *position <= last,
            (State::Acked(..) | State::Waiting | State::Sent | State::Failed(_), _) => false,
        }
    }
}
