//! When the answers of the history are taken: at once, or a little later together with those of the commit that is under way.
//!
//! A fan-out costs a write a member, however much is written. While one room is written to, the next messages come, and would for ever be
//! committed and written in two halves that take turns. Who waits for the second half saves a whole round of writes; but it must
//! not cost more than it saves.

use std::time::Duration;

use tokio::time::Instant;

use crate::history::Reply;
use crate::record::Written;

/// The longest wait; nobody sees a message that much later.
const WAIT_MAX: Duration = Duration::from_millis(6);

/// The wait is so small a part of what the last round of writes took.
const SHARE: u32 = 4;

/// Answers that are not taken yet.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    replies: Vec<Reply>,
    /// Messages among them.
    appends: usize,
    /// Nothing is waited for after this time.
    until: Option<Instant>,
    /// The history has failed, which is told at once.
    urgent: bool,
    /// The longest wait, by the last round of writes.
    patience: Duration,
}

impl Gathering {
    /// Takes note of how long the last round of writes took.
    pub(super) fn wrote_for(&mut self, time: Duration) {
        self.patience = (time / SHARE).min(WAIT_MAX);
    }

    /// Keeps an answer that has come now.
    pub(super) fn keep(&mut self, reply: Reply, now: Instant) {
        match &reply {
            Reply::Committed(written) => {
                let appends = |written: &&Written| matches!(written, Written::Append { .. });
                self.appends += written.iter().filter(appends).count();
            }
            Reply::Found(_) | Reply::News(_) => {}
            Reply::Failed(_) => self.urgent = true,
        }
        self.replies.push(reply);
        self.until.get_or_insert(now + self.patience);
    }

    /// How long more is waited for, where `under_way` messages are on their way to the store; nothing if what is here is to be taken.
    pub(super) fn waits_until(&self, under_way: usize, now: Instant) -> Option<Instant> {
        let is_more = self.appends > 0 && under_way > self.appends && !self.urgent;
        self.until.filter(|until| is_more && *until > now)
    }

    /// Whether there is anything.
    pub(super) fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }

    /// Everything, in the order in which it came.
    pub(super) fn take(&mut self) -> Vec<Reply> {
        self.appends = 0;
        self.until = None;
        std::mem::take(&mut self.replies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AppendError, Ticket};
    use crate::shell::clock;

    fn commit(messages: usize) -> Reply {
        let append = Written::Append {
            ticket: Ticket(1),
            result: Err(AppendError::Unavailable),
        };
        Reply::Committed(vec![append; messages])
    }

    #[test]
    fn the_second_half_is_waited_for_and_not_for_long() {
        let now = clock::now();
        let mut gathering = Gathering::default();
        gathering.wrote_for(Duration::from_millis(12));
        gathering.keep(commit(30), now);
        let until = now + Duration::from_millis(3);
        assert_eq!(gathering.waits_until(64, now), Some(until));
        gathering.keep(commit(10), now + Duration::from_millis(2));
        assert_eq!(gathering.waits_until(64, now), Some(until));
        assert_eq!(gathering.waits_until(40, now), None, "nothing is missing");
        assert_eq!(gathering.waits_until(64, until), None, "it takes too long");
        assert_eq!(gathering.take().len(), 2);
        assert!(gathering.is_empty());
    }

    #[test]
    fn nothing_is_waited_for_after_a_short_round_and_nobody_waits_long() {
        let now = clock::now();
        let mut gathering = Gathering::default();
        gathering.keep(commit(1), now);
        assert_eq!(gathering.waits_until(2, now), None);
        gathering.take();
        gathering.wrote_for(Duration::from_secs(1));
        gathering.keep(commit(1), now);
        assert_eq!(gathering.waits_until(2, now), Some(now + WAIT_MAX));
        gathering.keep(Reply::Failed("a reason".to_owned()), now);
        assert_eq!(gathering.waits_until(2, now), None);
    }
}
