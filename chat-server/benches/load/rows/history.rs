//! The store: an acknowledgement alone, and a long history.

use super::fan_out::{SMALL_ROOMS, SMALL_ROOMS_LOAD};
use super::{Goal, Rivals, Row, figure};
use crate::bench::{Bench, Crowd, Subject, chat, temporary};
use crate::load::Load;
use crate::machine::commit_time;
use crate::report::count;
use crate::seed::{self, MESSAGES};
use crate::visitor::Visitor;
use crate::wire::Wire;

/// Messages that a join asks for.
const PAGE: usize = 50;

pub(super) fn rows(_: &Bench) -> Vec<Row> {
    vec![alone(), long(), page()]
}

fn alone() -> Row {
    let crowd = Crowd {
        rooms: 1,
        members_a_room: 2,
        senders_a_room: 1,
    };
    Row {
        name: "alone",
        title: "one message at a time, two members".to_owned(),
        reference: "commit of the disk",
        rivals: Rivals::None,
        figures: vec![
            figure("ack p50", "ms", Goal::RatioAtMost(2.0)),
            figure("ack p99", "ms", Goal::None),
        ],
        measure: Box::new(move |bench, subject| {
            let latency = match subject {
                Subject::Ours => {
                    let (server, wire) = Bench::start(subject);
                    let load = Load::Closed { in_flight: 1 };
                    let outcome = bench.load(&server, wire, crowd, load);
                    outcome.ack_ms.expect("every send is acknowledged")
                }
                Subject::Reference | Subject::Peer(_) => commit_time(temporary().path()),
            };
            vec![latency.p50, latency.p99]
        }),
    }
}

fn long() -> Row {
    Row {
        name: "history",
        title: format!(
            "400 rooms, 2,000 messages/s, on a history of {} messages",
            count(MESSAGES)
        ),
        reference: "empty history",
        rivals: Rivals::None,
        figures: vec![
            figure("ack p50", "ms", Goal::RatioAtMost(1.1)),
            figure("ack p99", "ms", Goal::None),
            figure("CPU a delivery", "µs", Goal::None),
        ],
        measure: Box::new(|bench, subject| {
            let files = match subject {
                Subject::Ours => seed::copy(),
                Subject::Reference | Subject::Peer(_) => temporary(),
            };
            let server = chat(files);
            let outcome = bench.load(&server, Wire::Chat, SMALL_ROOMS, SMALL_ROOMS_LOAD);
            let ack = outcome.ack_ms.expect("every send is acknowledged");
            vec![ack.p50, ack.p99, outcome.cpu_per_delivery_us]
        }),
    }
}

fn page() -> Row {
    Row {
        name: "page",
        title: format!(
            "a join with {PAGE} messages of a history of {}",
            count(MESSAGES)
        ),
        reference: "join without messages",
        rivals: Rivals::None,
        figures: vec![
            figure("join p50", "ms", Goal::None),
            figure("join p99", "ms", Goal::AtMost(5.0)),
        ],
        measure: Box::new(|bench, subject| {
            let messages = match subject {
                Subject::Ours => PAGE,
                Subject::Reference | Subject::Peer(_) => 0,
            };
            let server = chat(seed::copy());
            let mut visitor = Visitor::new(server.address);
            let latency = visitor.joins(bench.count(4_000, 400), messages);
            vec![latency.p50, latency.p99]
        }),
    }
}
