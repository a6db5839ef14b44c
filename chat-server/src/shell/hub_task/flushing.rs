//! A round of writes: everything that was pushed in one turn, on as many cores as there are.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::task::{JoinSet, yield_now};

use crate::shell::outbox::Outbox;

/// Outboxes flushed in one go; then others get their turn, as a large room takes milliseconds.
const FLUSHES_MAX: usize = 128;

/// Outboxes for which another core is asked: to wake one costs as much as some writes.
const LANE_MIN: usize = 64;

/// How many may write at the same time.
pub(super) fn lanes() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// Flushes all of `due`, and ends when that is done.
pub(super) async fn flush(mut due: Vec<Arc<Outbox>>, lanes: usize) {
    let share = due.len().div_ceil(lanes).max(LANE_MIN);
    if due.len() <= share {
        return flush_all(due).await;
    }
    let mut others = JoinSet::new();
    while due.len() > share {
        others.spawn(flush_all(due.split_off(due.len() - share)));
    }
    flush_all(due).await;
    while let Some(ended) = others.join_next().await {
        if let Err(error) = ended
            && let Ok(panic) = error.try_into_panic()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

async fn flush_all(due: Vec<Arc<Outbox>>) {
    for (count, outbox) in due.iter().enumerate() {
        if count % FLUSHES_MAX == FLUSHES_MAX - 1 {
            yield_now().await;
        }
        outbox.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::testing::pair;
    use bytes::Bytes;

    #[tokio::test]
    async fn everything_is_written_when_it_ends_however_many_write() {
        for lanes in [1, 2, 7] {
            let mut due = Vec::new();
            let mut clients = Vec::new();
            for _ in 0..2 * LANE_MIN + 3 {
                let (client, server) = pair().await;
                let outbox = Arc::new(Outbox::new(server.into(), 1024));
                outbox.push(Bytes::from_static(b"x"));
                due.push(outbox);
                clients.push(client);
            }
            flush(due.clone(), lanes).await;
            assert!(due.iter().all(|outbox| outbox.load().bytes == 0), "{lanes}");
        }
    }
}
