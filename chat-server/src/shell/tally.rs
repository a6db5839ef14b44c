//! How often connections were closed for which reason: counted by the connections, each by itself, and looked at by whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};

use protocol::close::CloseCode;

/// A count for each close code, from 0 at the start.
#[derive(Debug, Default)]
pub(crate) struct Closed([AtomicU64; CloseCode::ALL.len()]);

impl Closed {
    /// Counts one.
    pub(crate) fn count(&self, code: CloseCode) {
        if let Some(count) = self.0.get(code as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many there were.
    pub(crate) fn of(&self, code: CloseCode) -> u64 {
        let count = self.0.get(code as usize);
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_counted_apart() {
        let closed = Closed::default();
        for (times, code) in (0..).zip(CloseCode::ALL) {
            for _ in 0..times {
                closed.count(code);
            }
        }
        for (times, code) in (0..).zip(CloseCode::ALL) {
            assert_eq!(closed.of(code), times, "{code:?}");
        }
    }
}
