//! Joins: what one costs, and what a rush into one room does to everybody else.

use std::time::Instant;

use super::{Goal, Rivals, Row, figure};
use crate::bench::{Bench, Subject, chat, temporary};
use crate::generator::Generator;
use crate::load::{Latency, Load, Offer};
use crate::process::Server;
use crate::report::count;
use crate::wire::Wire;

/// A small room.
const SMALL: usize = 5;

/// Rooms whose members talk while others rush into another one.
const TALKING_ROOMS: u32 = 40;

const TALK: Load = Load::Open { per_second: 400 };

pub(super) fn rows(bench: &Bench) -> Vec<Row> {
    let members = bench.count(5_000, 1_000);
    vec![join(members), proven(members), rush(members)]
}

fn join(members: usize) -> Row {
    Row {
        name: "join",
        title: format!("{} joins without a key, rooms of {SMALL}", count(members)),
        reference: "limit",
        rivals: Rivals::Alone,
        figures: vec![
            figure("CPU a join", "µs", Goal::AtMost(80.0)),
            figure("joins a second", "", Goal::None),
        ],
        measure: Box::new(move |_, subject| {
            let (server, wire) = Bench::start(subject);
            joins(&server, wire, members)
        }),
    }
}

fn proven(members: usize) -> Row {
    Row {
        name: "join",
        title: format!(
            "{} joins with proofs and a new nick, rooms of {SMALL}",
            count(members)
        ),
        reference: "without a key",
        rivals: Rivals::None,
        figures: vec![
            figure("CPU a join", "µs", Goal::AtMost(200.0)),
            figure("joins a second", "", Goal::None),
        ],
        measure: Box::new(move |_, subject| {
            let wire = match subject {
                Subject::Ours => Wire::Proven,
                Subject::Reference | Subject::Peer(_) => Wire::Chat,
            };
            joins(&chat(temporary()), wire, members)
        }),
    }
}

/// CPU of the server a join in microseconds, and joins a second.
fn joins(server: &Server, wire: Wire, members: usize) -> Vec<f64> {
    let mut generator = Generator::new(wire, server);
    for room in 0..members / SMALL {
        generator.invite(room as u32, SMALL);
    }
    let (started, before) = (Instant::now(), server.cpu());
    generator.enter_all();
    let elapsed = started.elapsed().as_secs_f64();
    // What is still told to others belongs to the joins.
    generator.settle();
    let cpu = (server.cpu() - before).as_secs_f64();
    let joins = generator.len() as f64;
    vec![cpu * 1e6 / joins, joins / elapsed]
}

fn rush(members: usize) -> Row {
    Row {
        name: "rush",
        title: format!(
            "{} joins into one room, others talk in {TALKING_ROOMS} rooms",
            count(members)
        ),
        reference: "rooms of 5",
        rivals: Rivals::None,
        figures: vec![
            figure("CPU a join", "µs", Goal::RatioAtMost(2.0)),
            figure("others' delivery p50", "ms", Goal::None),
            figure("others' delivery p99", "ms", Goal::AtMost(20.0)),
        ],
        measure: Box::new(move |bench, subject| {
            let rooms = match subject {
                Subject::Ours => 1,
                Subject::Reference | Subject::Peer(_) => members / SMALL,
            };
            rush_into(bench, members, rooms)
        }),
    }
}

/// Lets all come at once while others talk; what the talk costs by itself is measured before and taken off.
fn rush_into(bench: &Bench, members: usize, rooms: usize) -> Vec<f64> {
    let (server, wire) = Bench::start(Subject::Ours);
    let mut generator = Generator::new(wire, &server);
    for room in 0..TALKING_ROOMS {
        generator.invite(room, SMALL);
    }
    generator.enter_all();
    generator.cast(0..TALKING_ROOMS, SMALL, 0);
    generator.settle();
    let mut talk = Offer::begin(&mut generator, TALK);
    talk.go_on(&mut generator, bench.span().warm_up);
    let (started, before) = (Instant::now(), server.cpu());
    talk.go_on(&mut generator, bench.span().measured);
    let talk_share = (server.cpu() - before).as_secs_f64() / started.elapsed().as_secs_f64();
    generator.tally.forget_times();
    for room in 0..rooms {
        generator.invite(TALKING_ROOMS + room as u32, members / rooms);
    }
    let (started, before) = (Instant::now(), server.cpu());
    talk.go_on_until(&mut generator, |generator, _| generator.all_inside());
    let elapsed = started.elapsed().as_secs_f64();
    let cpu = (server.cpu() - before).as_secs_f64() - talk_share * elapsed;
    let delivery = Latency::of(&generator.tally.delivery);
    vec![cpu * 1e6 / members as f64, delivery.p50, delivery.p99]
}
