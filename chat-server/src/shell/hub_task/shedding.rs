//! One bound for what waits in all outboxes together: beyond it the slowest readers lose their connections, nobody else anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::ConnId;
use crate::shell::outbox::{Entry, Load, Outbox};

/// The default of [`Config::outboxes_bytes`](crate::Config::outboxes_bytes).
pub(crate) const OUTBOXES_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Memory of one handle in a queue, which doubles when it is full, in bytes.
const HANDLE_BYTES: usize = 2 * size_of::<Entry>();

/// What is kept of all connections together.
#[derive(Debug)]
pub(super) struct Shedding {
    bytes_max: usize,
    /// Handles at the last look, and those pushed since.
    handles: usize,
    /// Connections that are being ended; until they are gone nobody else is, as what they hold is about to be free.
    ending: Vec<ConnId>,
}

impl Shedding {
    /// Holds all outboxes together to so many bytes of memory, shared frames counted once.
    pub(super) const fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            handles: 0,
            ending: Vec::new(),
        }
    }

    /// Counts handles that were pushed.
    pub(super) fn pushed(&mut self, handles: usize) {
        self.handles = self.handles.saturating_add(handles);
    }

    /// Ends connections if all hold too much, given the memory of the frames themselves. Cheap while there is room, as handles
    /// are counted anew only when those pushed could be too many.
    pub(super) fn check(&mut self, frames: usize, outboxes: &BTreeMap<ConnId, Arc<Outbox>>) {
        if memory(frames, self.handles) <= self.bytes_max {
            return;
        }
        self.ending.retain(|conn| outboxes.contains_key(conn));
        if !self.ending.is_empty() {
            return;
        }
        let loads: Vec<(ConnId, Load)> = outboxes
            .iter()
            .map(|(conn, outbox)| (*conn, outbox.load()))
            .collect();
        self.handles = loads.iter().map(|(_, load)| load.pieces).sum();
        let held = memory(frames, self.handles);
        if held <= self.bytes_max {
            return;
        }
        self.ending = slowest(loads, held - self.bytes_max / 4 * 3);
        for conn in &self.ending {
            if let Some(outbox) = outboxes.get(conn) {
                outbox.shed();
            }
        }
        tracing::warn!(
            connections = self.ending.len(),
            held,
            bytes_max = self.bytes_max,
            "too much waits to be written; the slowest readers are closed"
        );
    }
}

fn memory(frames: usize, handles: usize) -> usize {
    frames.saturating_add(handles.saturating_mul(HANDLE_BYTES))
}

/// Those that hold `excess` together: who wrote nothing since the last look before the others, and of these who holds most.
fn slowest(mut loads: Vec<(ConnId, Load)>, excess: usize) -> Vec<ConnId> {
    loads.retain(|(_, load)| load.bytes > 0);
    loads.sort_by_key(|(_, load)| (load.moved, std::cmp::Reverse(load.bytes)));
    let mut left = excess;
    loads
        .into_iter()
        .take_while(|(_, load)| {
            let wanted = left > 0;
            left = left.saturating_sub(memory(load.bytes, load.pieces));
            wanted
        })
        .map(|(conn, _)| conn)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use protocol::close::CloseCode;

    use crate::shell::outbox::Fate;
    use crate::shell::testing::pair;

    async fn outboxes(waiting: &[usize]) -> BTreeMap<ConnId, Arc<Outbox>> {
        let mut outboxes = BTreeMap::new();
        for (number, bytes) in (1..).zip(waiting) {
            let outbox = Outbox::new(pair().await.1.into(), 1024 * 1024);
            outbox.push(Bytes::from(vec![b'x'; *bytes]));
            outboxes.insert(ConnId(number), Arc::new(outbox));
        }
        outboxes
    }

    fn ended(outboxes: &BTreeMap<ConnId, Arc<Outbox>>) -> Vec<u64> {
        let is_ended = |outbox: &Outbox| outbox.look().fate == Fate::Ends(CloseCode::SlowReader);
        let ended = outboxes.iter().filter(|(_, outbox)| is_ended(outbox));
        ended.map(|(conn, _)| conn.0).collect()
    }

    #[tokio::test]
    async fn at_the_bound_nobody_is_ended_and_beyond_it_who_holds_most() {
        let outboxes = outboxes(&[0, 300, 5_000, 200, 4_000]).await;
        let frames = 9_500;
        let handles = 4 * HANDLE_BYTES;
        let mut shedding = Shedding::new(frames + handles);
        shedding.pushed(4);
        shedding.check(frames, &outboxes);
        assert_eq!(ended(&outboxes), [0; 0]);
        shedding.check(frames + 1, &outboxes);
        assert_eq!(ended(&outboxes), [3]);
    }

    #[tokio::test]
    async fn who_reads_is_spared_and_nobody_is_ended_while_others_end() {
        let mut outboxes = outboxes(&[4_000, 5_000, 1_000]).await;
        outboxes[&ConnId(2)].flush();
        outboxes[&ConnId(2)].push(Bytes::from(vec![b'x'; 5_000]));
        let mut shedding = Shedding::new(8_500);
        shedding.check(9_000, &outboxes);
        assert_eq!(ended(&outboxes), [1]);
        shedding.check(9_000, &outboxes);
        assert_eq!(ended(&outboxes), [1]);
        outboxes.remove(&ConnId(1));
        shedding.check(8_300, &outboxes);
        assert_eq!(ended(&outboxes), [0; 0]);
        // By now it has not read for as long as the others.
        shedding.check(9_000, &outboxes);
        assert_eq!(ended(&outboxes), [2]);
    }

    #[tokio::test]
    async fn handles_count_though_the_frames_are_shared() {
        let outboxes = outboxes(&[10, 10]).await;
        let mut shedding = Shedding::new(HANDLE_BYTES * 2);
        shedding.pushed(1_000);
        shedding.check(0, &outboxes);
        assert_eq!(ended(&outboxes), [0; 0]);
        assert_eq!(shedding.handles, 2);
        outboxes[&ConnId(2)].push(Bytes::from_static(b"x"));
        shedding.pushed(1);
        shedding.check(0, &outboxes);
        assert_eq!(ended(&outboxes).len(), 1);
    }
}
