//! One thread that sends, receives and counts.

use std::io::Write;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::client::{Frames, Room, TEXT_BYTES, Target, drain, masked, payload, plain};
use crate::process::Server;

/// How messages are offered.
#[derive(Clone, Copy)]
pub(crate) enum Load {
    /// So many on their way at any time; the next one goes when the sender's own copy is back.
    Closed { in_flight: usize },
    /// So many a second by the clock, whatever comes back.
    Open { per_second: u32 },
}

/// How long stragglers are waited for at the end.
const GRACE: Duration = Duration::from_secs(5);

/// Messages that one sender may have on their way.
const SLOTS: usize = 1000;

/// What came of a run.
pub(crate) struct Result {
    /// Messages sent.
    sent: u64,
    /// Messages that each member got.
    received: Vec<u64>,
    elapsed: Duration,
    cpu: Duration,
    latencies: Vec<Duration>,
    /// Connections that the server closed.
    pub(crate) closed: usize,
}

impl Result {
    fn deliveries(&self) -> u64 {
        self.received.iter().sum()
    }

    pub(crate) fn deliveries_per_second(&self) -> f64 {
        self.deliveries() as f64 / self.elapsed.as_secs_f64()
    }

    pub(crate) fn cpu_per_delivery_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.deliveries() as f64
    }

    /// Deliveries that are missing: each member is to get each message.
    pub(crate) fn lost(&self) -> u64 {
        self.received.iter().map(|n| self.sent.abs_diff(*n)).sum()
    }

    pub(crate) fn latency_ms(&self, quantile: f64) -> f64 {
        let index = ((self.latencies.len() - 1) as f64 * quantile) as usize;
        self.latencies[index].as_secs_f64() * 1e3
    }
}

/// Runs one load for `duration` and waits until everything sent has come everywhere.
pub(crate) fn run(
    server: &Server,
    room: Room,
    senders: usize,
    load: Load,
    duration: Duration,
) -> Result {
    let mut generator = Generator::new(room, senders);
    let started = Instant::now();
    let cpu = server.cpu();
    match load {
        Load::Closed { in_flight } => {
            for n in 0..in_flight {
                generator.send(n % senders, n / senders, Instant::now());
            }
            generator.again = true;
            while started.elapsed() < duration {
                generator.turn(Duration::from_millis(50));
            }
            generator.again = false;
        }
        Load::Open { per_second } => {
            let total = u64::from(per_second) * duration.as_secs();
            for n in 0..total {
                let due = started + Duration::from_secs(1) * n as u32 / per_second;
                while let Some(wait) = due.checked_duration_since(Instant::now()) {
                    generator.turn(wait);
                }
                let n = n as usize;
                generator.send(n % senders, n / senders % SLOTS, due);
            }
        }
    }
    let deadline = Instant::now() + GRACE;
    while !generator.is_complete() && Instant::now() < deadline {
        generator.turn(Duration::from_millis(50));
    }
    let (elapsed, cpu) = (generator.last, server.cpu() - cpu);
    generator.latencies.sort_unstable();
    Result {
        sent: generator.sent,
        elapsed: elapsed - started,
        cpu,
        latencies: generator.latencies,
        closed: generator.closed,
        received: generator.received,
    }
}

struct Generator {
    target: Target,
    members: Vec<(std::net::TcpStream, Frames)>,
    poll: std::os::fd::OwnedFd,
    ready: Vec<epoll::Event>,
    frame: Vec<u8>,
    /// When each sender's messages on their way were sent, by slot.
    times: Vec<Vec<Instant>>,
    senders: usize,
    /// Whether each message that came back is followed by another.
    again: bool,
    sent: u64,
    received: Vec<u64>,
    latencies: Vec<Duration>,
    last: Instant,
    closed: usize,
}

impl Generator {
    fn new(room: Room, senders: usize) -> Self {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        for (index, (stream, _)) in room.members.iter().enumerate() {
            let flags = epoll::EventFlags::IN | epoll::EventFlags::RDHUP;
            epoll::add(
                &poll,
                stream.as_fd(),
                epoll::EventData::new_u64(index as u64),
                flags,
            )
            .unwrap();
        }
        Self {
            target: room.target,
            received: vec![0; room.members.len()],
            members: room.members,
            poll,
            ready: Vec::with_capacity(1024),
            frame: Vec::new(),
            times: vec![vec![Instant::now(); SLOTS]; senders],
            senders,
            again: false,
            sent: 0,
            latencies: Vec::new(),
            last: Instant::now(),
            closed: 0,
        }
    }

    fn is_complete(&self) -> bool {
        self.received.iter().all(|n| *n == self.sent)
    }

    /// Sends one message whose text begins with sender and slot.
    fn send(&mut self, sender: usize, slot: usize, time: Instant) {
        let text = format!(
            "{sender:03} {slot:03} {:->width$}",
            "",
            width = TEXT_BYTES - 8
        );
        self.frame.clear();
        match self.target {
            Target::Chat => {
                let request = format!(r#"{{"type":"send","room":"bench","text":"{text}"}}"#);
                masked(request.as_bytes(), &mut self.frame);
            }
            Target::Limit => {
                let message = format!(
                    r#"{{"type":"message","room":"bench","position":[1763700000,123456],"id":"AQEBAQEBAQEBAQEBAQEBAQ.0.12345","nick":"guest-1234","time":1763701080000,"kind":"message","text":"{text}"}}"#
                );
                plain(message.as_bytes(), &mut self.frame);
            }
        }
        self.times[sender][slot] = time;
        self.sent += 1;
        // A sender has few small frames on their way, so its socket always has room.
        self.members[sender].0.write_all(&self.frame).unwrap();
    }

    /// Takes what came in, waiting at most `wait` for something.
    fn turn(&mut self, wait: Duration) {
        let wait = Timespec {
            tv_sec: wait.as_secs() as i64,
            tv_nsec: i64::from(wait.subsec_nanos()),
        };
        let mut ready = std::mem::take(&mut self.ready);
        epoll::wait(
            &self.poll,
            rustix::buffer::spare_capacity(&mut ready),
            Some(&wait),
        )
        .unwrap();
        let mut back: Vec<(usize, usize)> = Vec::new();
        for event in ready.drain(..) {
            let (flags, index) = (event.flags, event.data.u64() as usize);
            if flags.contains(epoll::EventFlags::RDHUP) {
                epoll::delete(&self.poll, self.members[index].0.as_fd()).unwrap();
                self.closed += 1;
                continue;
            }
            let (stream, frames) = &mut self.members[index];
            let (received, senders) = (&mut self.received[index], self.senders);
            drain(stream, frames, |frame| {
                let payload = payload(frame);
                if payload.starts_with(br#"{"type":"me"#)
                    && payload.starts_with(br#"{"type":"message""#)
                {
                    *received += 1;
                    if index < senders {
                        back.extend(own(index, payload));
                    }
                } else if payload.starts_with(br#"{"type":"error""#) {
                    panic!("{}", String::from_utf8_lossy(payload));
                }
            });
        }
        self.ready = ready;
        self.last = Instant::now();
        for (sender, slot) in back {
            self.latencies.push(self.last - self.times[sender][slot]);
            if self.again {
                self.send(sender, slot, self.last);
            }
        }
    }
}

/// Sender and slot of a message, if `index` sent it.
fn own(index: usize, payload: &[u8]) -> Option<(usize, usize)> {
    let text = &payload[payload.len() - TEXT_BYTES - 2..];
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |n, digit| n * 10 + usize::from(digit - b'0'))
    };
    let (sender, slot) = (number(&text[..3]), number(&text[4..7]));
    (sender == index).then_some((sender, slot))
}
