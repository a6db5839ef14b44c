//! When what is to be stored goes to the store: at once where somebody waits for nothing else, and otherwise not more often than
//! [`SPACING`], so that people who know nothing of each other share a commit and a round of writes.
//!
//! A commit costs the same for one message and for ten. After a quiet moment the first message goes at once. Who was served just now and
//! sends again has waited for the answer, as a program does that sends one message after another; to let that one wait would be to let it
//! wait each time.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use protocol::position::PersonId;
use tokio::time::Instant;

use crate::record::{Share, Write};

/// Time between two commits of what independent people say; nobody's message is stored that much later.
pub(super) const SPACING: Duration = Duration::from_millis(6);

/// Who had something stored so short a time ago counts as one who waited for it.
const RECENT: Duration = SPACING.saturating_mul(2);

/// Writes that wait at most; at so many they go.
pub(super) const WAITING_MAX: usize = 512;

/// What waits to be handed to the history, in order.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    writes: VecDeque<Write>,
    /// Messages among them, and those of people who had nothing stored lately.
    appends: usize,
    strangers: usize,
    /// Whether a room is among them that is not wanted any more.
    unloads: bool,
    /// When writes were last handed over.
    last: Option<Instant>,
    /// When a person's message was last handed over.
    served: BTreeMap<PersonId, Instant>,
}

impl Pacing {
    /// Adds a write.
    pub(super) fn add(&mut self, write: Write, now: Instant) {
        if let Write::Append(append) = &write {
            self.appends += 1;
            let served = self.served.get(&append.id.person);
            if served.is_none_or(|at| *at + RECENT < now) {
                self.strangers += 1;
            }
        }
        self.unloads |= matches!(write, Write::Share(Share::Unloaded { .. }));
        self.writes.push_back(write);
    }

    /// Messages that wait.
    pub(super) const fn appends(&self) -> usize {
        self.appends
    }

    /// Whether the history is to hear that a room is not wanted any more. It must, before anybody joins that room anew.
    pub(super) const fn unloads(&self) -> bool {
        self.unloads
    }

    /// When the writes are to be handed over, if there are any.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        if self.writes.is_empty() {
            return None;
        }
        let awaited = self.appends > 0 && self.strangers == 0;
        let at_once = awaited || self.writes.len() >= WAITING_MAX;
        let last = self.last.filter(|_| !at_once);
        Some(last.map_or(now, |last| now.max(last + SPACING)))
    }

    /// Everything, to be handed over now.
    pub(super) fn take(&mut self, now: Instant) -> VecDeque<Write> {
        let writes = std::mem::take(&mut self.writes);
        self.served.retain(|_, at| *at + RECENT >= now);
        for write in &writes {
            if let Write::Append(append) = write {
                self.served.insert(append.id.person, now);
            }
        }
        self.last = Some(now);
        (self.appends, self.strangers) = (0, 0);
        self.unloads = false;
        writes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Append, Ticket};
    use crate::shell::clock;
    use protocol::event::Kind;
    use protocol::position::MessageId;

    fn said_by(person: u8) -> Write {
        Write::Append(Append {
            ticket: Ticket(1),
            room: "lobby".parse().unwrap(),
            id: MessageId {
                person: PersonId::from_bytes([person; 16]),
                device: 1,
                seq: 1,
            },
            nick: "n".parse().unwrap(),
            time: 1,
            kind: Kind::Message,
            text: "x".into(),
            reply_to: None,
        })
    }

    #[test]
    fn the_first_after_a_quiet_moment_goes_at_once_and_strangers_share_the_next() {
        let start = clock::now();
        let mut pacing = Pacing::default();
        assert_eq!(pacing.due(start), None);
        pacing.add(said_by(1), start);
        assert_eq!(pacing.due(start), Some(start));
        assert_eq!(pacing.take(start).len(), 1);
        let soon = start + SPACING / 2;
        pacing.add(said_by(2), soon);
        pacing.add(said_by(3), soon);
        assert_eq!(
            (pacing.due(soon), pacing.appends()),
            (Some(start + SPACING), 2)
        );
        assert_eq!(pacing.take(start + SPACING).len(), 2);
        assert_eq!((pacing.due(soon), pacing.appends()), (None, 0));
        let later = start + 3 * SPACING;
        pacing.add(said_by(4), later);
        assert_eq!(pacing.due(later), Some(later));
    }

    #[test]
    fn who_waited_for_the_answer_does_not_wait_again() {
        let start = clock::now();
        let mut pacing = Pacing::default();
        pacing.add(said_by(1), start);
        pacing.add(said_by(2), start);
        pacing.take(start);
        let soon = start + SPACING / 6;
        pacing.add(said_by(2), soon);
        assert_eq!(pacing.due(soon), Some(soon));
        pacing.add(said_by(3), soon);
        assert_eq!(pacing.due(soon), Some(start + SPACING), "with a stranger");
    }

    #[test]
    fn a_room_that_is_not_wanted_any_more_is_known_until_it_is_handed_over() {
        let start = clock::now();
        let mut pacing = Pacing::default();
        pacing.add(said_by(1), start);
        assert!(!pacing.unloads());
        let room = "lobby".parse().unwrap();
        pacing.add(Write::Share(Share::Unloaded { room }), start);
        pacing.add(said_by(1), start);
        assert!(pacing.unloads());
        pacing.take(start);
        assert!(!pacing.unloads());
    }

    #[test]
    fn so_many_go_at_once() {
        let start = clock::now();
        let mut pacing = Pacing::default();
        pacing.add(said_by(0), start);
        pacing.take(start);
        for _ in 0..WAITING_MAX {
            assert_ne!(pacing.due(start), Some(start));
            pacing.add(said_by(1), start);
        }
        assert_eq!(pacing.due(start), Some(start));
    }
}
