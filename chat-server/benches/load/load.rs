//! One load on one server: warmed up, measured, and waited for until the last delivery.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::generator::Generator;
use crate::process::{Server, machine_cpu, own_cpu};

/// How messages are offered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Load {
    /// So many on their way at any time; the next one goes when the one before has come.
    Closed { in_flight: u64 },
    /// So many a second by the clock, whatever comes back; what is late counts from when it was due.
    Open { per_second: u32 },
}

/// How long nothing may come at the end until what is missing counts as lost, and how long the end may take.
const STRAGGLE: Duration = Duration::from_secs(10);
const END_WITHIN: Duration = Duration::from_mins(2);

/// How long a load lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// What came of a load; latencies are those of the measured part, losses of all of it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) deliveries_per_second: f64,
    /// CPU of the server, in microseconds.
    pub(crate) cpu_per_delivery_us: f64,
    /// CPU of what the server needs, in microseconds.
    pub(crate) needs_per_delivery_us: f64,
    /// From due to read by an observer.
    pub(crate) delivery_ms: Latency,
    /// From due to acknowledged; nothing where nothing is.
    pub(crate) ack_ms: Option<Latency>,
    /// A message's length with its head.
    pub(crate) frame_bytes: f64,
    /// Shares of a core, from 0 to 1.
    pub(crate) server_share: f64,
    pub(crate) generator_share: f64,
    /// What others took of the whole machine, the kernel's own work among them.
    pub(crate) others_share: f64,
    pub(crate) lost: u64,
    pub(crate) closed: usize,
}

/// In milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// A histogram of nanoseconds up to a minute; a thousandth is finer than any machine repeats itself.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1_000, 60_000_000_000, 3).unwrap()
}

/// Counts `time`.
pub(crate) fn record(histogram: &mut Histogram<u64>, time: Duration) {
    histogram.saturating_record(time.as_nanos() as u64);
}

impl Latency {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e6;
        Self {
            p50: at(0.50),
            p99: at(0.99),
        }
    }
}

/// What has been counted and used up to a moment.
struct Mark {
    time: Instant,
    server: Duration,
    needs: Duration,
    own: Duration,
    machine: Duration,
    deliveries: u64,
    bytes: u64,
}

impl Mark {
    fn now(server: &Server, generator: &Generator) -> Self {
        Self {
            time: Instant::now(),
            server: server.cpu(),
            needs: server.cpu_of_needs(),
            own: own_cpu(),
            machine: machine_cpu(),
            deliveries: generator.tally.deliveries,
            bytes: generator.tally.bytes,
        }
    }
}

/// Puts `load` on a server whose members are inside and cast.
pub(crate) fn run(server: &Server, generator: &mut Generator, load: Load, span: Span) -> Outcome {
    generator.settle();
    let mut offer = Offer::begin(generator, load);
    offer.go_on(generator, span.warm_up);
    generator.tally.forget_times();
    let before = Mark::now(server, generator);
    offer.go_on(generator, span.measured);
    let after = Mark::now(server, generator);
    let delivery_ms = Latency::of(&generator.tally.delivery);
    let ack_ms = (!generator.tally.ack.is_empty()).then(|| Latency::of(&generator.tally.ack));
    finish(generator);
    let elapsed = (after.time - before.time).as_secs_f64();
    let deliveries = (after.deliveries - before.deliveries) as f64;
    let cpu = (after.server - before.server).as_secs_f64();
    let needs = (after.needs - before.needs).as_secs_f64();
    let own = (after.own - before.own).as_secs_f64();
    let machine = (after.machine - before.machine).as_secs_f64();
    Outcome {
        deliveries_per_second: deliveries / elapsed,
        cpu_per_delivery_us: cpu * 1e6 / deliveries,
        needs_per_delivery_us: needs * 1e6 / deliveries,
        delivery_ms,
        ack_ms,
        frame_bytes: (after.bytes - before.bytes) as f64 / deliveries,
        server_share: cpu / elapsed,
        generator_share: own / elapsed,
        others_share: ((machine - cpu - needs - own) / elapsed).max(0.0),
        lost: generator.lost(),
        closed: generator.tally.closed,
    }
}

/// Waits until everything sent has come everywhere.
fn finish(generator: &mut Generator) {
    generator.keep_going(false);
    let deadline = Instant::now() + END_WITHIN;
    let mut last = Instant::now();
    while !generator.is_complete() && last.elapsed() < STRAGGLE && Instant::now() < deadline {
        if generator.turn(Duration::from_millis(50)) {
            last = Instant::now();
        }
    }
}

/// A load that is being offered.
pub(crate) struct Offer {
    load: Load,
    started: Instant,
    /// Messages offered by the clock.
    offered: u64,
}

impl Offer {
    pub(crate) fn begin(generator: &mut Generator, load: Load) -> Self {
        if let Load::Closed { in_flight } = load {
            generator.keep_going(true);
            for turn in 0..in_flight {
                generator.send_next(turn, Instant::now());
            }
        }
        Self {
            load,
            started: Instant::now(),
            offered: 0,
        }
    }

    /// Goes on for `time`.
    pub(crate) fn go_on(&mut self, generator: &mut Generator, time: Duration) {
        let end = Instant::now() + time;
        self.go_on_until(generator, |_, now| now >= end);
    }

    /// Goes on until `done` says so.
    pub(crate) fn go_on_until(
        &mut self,
        generator: &mut Generator,
        mut done: impl FnMut(&Generator, Instant) -> bool,
    ) {
        const LOOK_EVERY: Duration = Duration::from_millis(20);
        loop {
            let now = Instant::now();
            if done(generator, now) {
                return;
            }
            let wait = match self.load {
                Load::Closed { .. } => LOOK_EVERY,
                Load::Open { per_second } => {
                    let mut due = self.due(per_second);
                    while due <= now {
                        generator.send_next(self.offered, due);
                        self.offered += 1;
                        due = self.due(per_second);
                    }
                    due.saturating_duration_since(Instant::now())
                        .min(LOOK_EVERY)
                }
            };
            generator.turn(wait);
        }
    }

    fn due(&self, per_second: u32) -> Instant {
        self.started + Duration::from_secs_f64(self.offered as f64 / f64::from(per_second))
    }
}
