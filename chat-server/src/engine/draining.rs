//! A drain: connections are sent elsewhere one after the other, spread evenly over a window and in random order, so that their clients do
//! not all come to another server at once.
//!
//! Until its turn a connection is served as ever. Then nothing more is begun for it, and it is closed as soon as what it said is stored and
//! delivered. Nobody who is lost is given up any more: they are on their way to another server, or to the one that follows this one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use protocol::close::CloseCode;

use super::hub::{Due, Engine};
use super::{ConnId, Now, Output};

/// A drain under way.
#[derive(Debug)]
pub(super) struct Drain {
    /// The time of the first turn, and the time by which all were.
    window: Range<Duration>,
    /// When it is whose turn.
    turns: BTreeMap<ConnId, Duration>,
    /// Whose turn it was, and who is not closed yet.
    going: BTreeSet<ConnId>,
}

impl Engine {
    /// Begins a drain: by the end of `window`, on the clock of [`Now::elapsed`], all connections are closed with [`CloseCode::Drain`], those
    /// that come meanwhile too. [`stop`](Self::stop) ends what is left. Only the first drain counts.
    pub fn drain(&mut self, window: Range<Duration>) {
        if self.drain.is_some() {
            return;
        }
        let mut order: Vec<ConnId> = self.connections.keys().copied().collect();
        for last in (1..order.len()).rev() {
            let other = self.random.below(last as u64 + 1);
            order.swap(last, usize::try_from(other).unwrap_or(last));
        }
        let span = window.end.saturating_sub(window.start);
        let count = u32::try_from(order.len()).unwrap_or(u32::MAX).max(1);
        let start = window.start;
        self.drain = Some(Drain {
            window,
            turns: BTreeMap::new(),
            going: BTreeSet::new(),
        });
        for (place, conn) in (0..count).zip(order) {
            self.give_turn(
                conn,
                start.saturating_add(span.saturating_mul(place) / count),
            );
        }
    }

    /// Whether a drain is under way.
    pub(super) const fn is_draining(&self) -> bool {
        self.drain.is_some()
    }

    /// Whether nothing more is begun for a connection: its turn in a drain has come.
    pub(super) fn is_going(&self, conn: ConnId) -> bool {
        let drain = self.drain.as_ref();
        drain.is_some_and(|drain| drain.going.contains(&conn))
    }

    /// A connection came; in a drain it has its turn at any time that is left.
    pub(super) fn give_late_turn(&mut self, conn: ConnId, now: Now) {
        let Some(drain) = &self.drain else {
            return;
        };
        let first = drain.window.start.max(now.elapsed);
        let left = drain.window.end.saturating_sub(first);
        let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        let wait = Duration::from_millis(self.random.below(left_ms));
        self.give_turn(conn, first.saturating_add(wait));
    }

    /// The turn of a connection has come.
    pub(super) fn turn_has_come(&mut self, conn: ConnId, now: Now, out: &mut Vec<Output>) {
        if let Some(drain) = &mut self.drain {
            drain.turns.remove(&conn);
            drain.going.insert(conn);
            self.settle(conn, now, out);
        }
    }

    /// Closes a connection whose turn has come, if everything that it said is stored and delivered.
    pub(super) fn close_if_done(&mut self, conn: ConnId, out: &mut Vec<Output>) {
        let connection = self.connections.get(&conn);
        if connection.is_some_and(|connection| connection.in_flight == 0 && !connection.claiming) {
            self.close(conn, CloseCode::Drain, out);
        }
    }

    /// A connection has ended.
    pub(super) fn take_turn_back(&mut self, conn: ConnId) {
        let Some(drain) = &mut self.drain else {
            return;
        };
        drain.going.remove(&conn);
        if let Some(at) = drain.turns.remove(&conn) {
            self.forget(at, Due::Turn(conn));
        }
    }

    fn give_turn(&mut self, conn: ConnId, at: Duration) {
        if let Some(drain) = &mut self.drain {
            drain.turns.insert(conn, at);
            self.remind(at, Due::Turn(conn));
        }
    }
}
