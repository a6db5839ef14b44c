//! Messages to many: saturated, with a slow disk, light, and in many small rooms.

use std::time::Duration;

use super::{Figure, Goal, Rivals, Row, figure};
use crate::bench::{Bench, Crowd, Subject, chat_on_slow_disk};
use crate::load::{Load, Outcome};
use crate::report::count;
use crate::wire::Wire;

/// Messages on their way in a saturated room.
const IN_FLIGHT: u64 = 64;

/// Members of a saturated room who send.
const SENDERS: usize = 20;

/// What a commit takes on the slow disk.
const SLOW_COMMIT: Duration = Duration::from_millis(5);

pub(super) fn rows(_: &Bench) -> Vec<Row> {
    let sizes = [(50, 0.4), (500, 0.65), (5_000, 0.65)];
    let mut rows: Vec<Row> = sizes
        .map(|(members, least)| saturated(members, least))
        .into();
    rows.extend(sizes.map(|(members, _)| slow(members)));
    rows.push(light());
    rows.push(small_rooms());
    rows
}

fn one_room(members: usize) -> Crowd {
    Crowd {
        rooms: 1,
        members_a_room: members,
        senders_a_room: SENDERS,
    }
}

fn saturated(members: usize, least: f64) -> Row {
    Row {
        name: "saturated",
        title: format!(
            "one room of {}, {SENDERS} senders, {IN_FLIGHT} in flight",
            count(members)
        ),
        reference: "limit",
        rivals: Rivals::Alone,
        figures: vec![
            figure("deliveries a second", "", Goal::RatioAtLeast(least)),
            figure("CPU a delivery", "µs", Goal::RatioAtMost(1.7)),
            figure("delivery p50", "ms", Goal::None),
            figure("delivery p99", "ms", Goal::RatioAtMost(3.0)),
            figure("ack p99", "ms", Goal::None),
            lost(),
        ],
        measure: Box::new(move |bench, subject| {
            let (server, wire) = Bench::start(subject);
            let load = Load::Closed {
                in_flight: IN_FLIGHT,
            };
            let outcome = bench.load(&server, wire, one_room(members), load);
            vec![
                outcome.deliveries_per_second,
                outcome.cpu_per_delivery_us,
                outcome.delivery_ms.p50,
                outcome.delivery_ms.p99,
                outcome.ack_ms.map_or(f64::NAN, |ack| ack.p99),
                wrong(&outcome),
            ]
        }),
    }
}

fn slow(members: usize) -> Row {
    Row {
        name: "slow-disk",
        title: format!(
            "the room of {}, each commit {} ms longer",
            count(members),
            SLOW_COMMIT.as_millis()
        ),
        reference: "this disk",
        rivals: Rivals::None,
        figures: vec![
            figure("deliveries a second", "", Goal::RatioAtLeast(0.8)),
            figure("CPU a delivery", "µs", Goal::RatioAtMost(1.2)),
            figure("delivery p99", "ms", Goal::None),
            lost(),
        ],
        measure: Box::new(move |bench, subject| {
            let (server, wire) = match subject {
                Subject::Ours => (chat_on_slow_disk(SLOW_COMMIT), Wire::Chat),
                Subject::Reference | Subject::Peer(_) => Bench::start(Subject::Ours),
            };
            let load = Load::Closed {
                in_flight: IN_FLIGHT,
            };
            let outcome = bench.load(&server, wire, one_room(members), load);
            vec![
                outcome.deliveries_per_second,
                outcome.cpu_per_delivery_us,
                outcome.delivery_ms.p99,
                wrong(&outcome),
            ]
        }),
    }
}

fn light() -> Row {
    let load = Load::Open { per_second: 200 };
    Row {
        name: "light",
        title: "one room of 200, 200 messages/s".to_owned(),
        reference: "limit",
        rivals: Rivals::Alone,
        figures: open_figures(1.2, Goal::None, Goal::None),
        measure: Box::new(move |bench, subject| {
            let (server, wire) = Bench::start(subject);
            open_values(&bench.load(&server, wire, one_room(200), load))
        }),
    }
}

fn small_rooms() -> Row {
    Row {
        name: "rooms",
        title: "2,000 members in 400 rooms, 2,000 messages/s".to_owned(),
        reference: "limit",
        rivals: Rivals::Alone,
        figures: open_figures(2.5, Goal::AtMost(8.0), Goal::AtMost(20.0)),
        measure: Box::new(move |bench, subject| {
            let (server, wire) = Bench::start(subject);
            open_values(&bench.load(&server, wire, SMALL_ROOMS, SMALL_ROOMS_LOAD))
        }),
    }
}

/// Many small rooms in which everybody talks.
pub(super) const SMALL_ROOMS: Crowd = Crowd {
    rooms: 400,
    members_a_room: 5,
    senders_a_room: 5,
};

pub(super) const SMALL_ROOMS_LOAD: Load = Load::Open { per_second: 2_000 };

fn open_figures(cpu: f64, ack_p50: Goal, ack_p99: Goal) -> Vec<Figure> {
    vec![
        figure("CPU a delivery", "µs", Goal::RatioAtMost(cpu)),
        figure("delivery p50", "ms", Goal::None),
        figure("delivery p99", "ms", Goal::None),
        figure("ack p50", "ms", ack_p50),
        figure("ack p99", "ms", ack_p99),
        lost(),
    ]
}

fn open_values(outcome: &Outcome) -> Vec<f64> {
    vec![
        outcome.cpu_per_delivery_us,
        outcome.delivery_ms.p50,
        outcome.delivery_ms.p99,
        outcome.ack_ms.map_or(f64::NAN, |ack| ack.p50),
        outcome.ack_ms.map_or(f64::NAN, |ack| ack.p99),
        wrong(outcome),
    ]
}

/// Each member is to get each message once, and nobody who reads is to be closed.
const fn lost() -> Figure {
    figure("lost, doubled or closed", "", Goal::AtMost(0.0))
}

fn wrong(outcome: &Outcome) -> f64 {
    outcome.lost as f64 + outcome.closed as f64
}
