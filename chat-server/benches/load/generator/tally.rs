//! What is counted of all that comes.

use hdrhistogram::Histogram;

use crate::load::histogram;

/// What was counted.
pub(crate) struct Tally {
    /// Messages that came, to everybody together, and their bytes.
    pub(crate) deliveries: u64,
    pub(crate) bytes: u64,
    /// From when a send was due to when an observer had it, in nanoseconds.
    pub(crate) delivery: Histogram<u64>,
    /// From when a send was due to its acknowledgement, in nanoseconds.
    pub(crate) ack: Histogram<u64>,
    /// From a dial to being inside, in nanoseconds.
    pub(crate) entry: Histogram<u64>,
    /// Connections that the server closed.
    pub(crate) closed: usize,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            deliveries: 0,
            bytes: 0,
            delivery: histogram(),
            ack: histogram(),
            entry: histogram(),
            closed: 0,
        }
    }

    /// Begins the latencies anew; counts go on.
    pub(crate) fn forget_times(&mut self) {
        self.delivery.reset();
        self.ack.reset();
        self.entry.reset();
    }
}
