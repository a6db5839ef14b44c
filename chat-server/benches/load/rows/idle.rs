//! Members who say nothing: what each costs in memory.

use super::{Goal, Row, figure};
use crate::bench::{Bench, Subject};
use crate::generator::Generator;
use crate::process::Server;
use crate::report::number;
use crate::wire::Wire;

/// A small room.
const SMALL: usize = 5;

pub(super) fn rows(bench: &Bench) -> Vec<Row> {
    let members = bench.count(15_000, 3_000);
    let large = members / 3;
    let memory = |goal| vec![figure("memory a connection", "KiB", goal)];
    vec![
        Row {
            name: "idle",
            title: format!(
                "{} idle members in rooms of {SMALL}",
                number(members as f64)
            ),
            reference: "limit",
            peers: true,
            figures: memory(Goal::AtMost(4.0)),
            measure: Box::new(move |_, subject| {
                let (server, wire) = Bench::start(subject);
                vec![per_connection(&server, wire, members, SMALL)]
            }),
        },
        Row {
            name: "idle",
            title: format!(
                "{} idle members in rooms of {}",
                number(members as f64),
                number(large as f64)
            ),
            reference: "rooms of 5",
            peers: false,
            figures: memory(Goal::RatioAtMost(1.0)),
            measure: Box::new(move |_, subject| {
                let (server, wire) = Bench::start(Subject::Ours);
                let size = match subject {
                    Subject::Ours => large,
                    Subject::Reference | Subject::Peer(_) => SMALL,
                };
                vec![per_connection(&server, wire, members, size)]
            }),
        },
    ]
}

/// What the server's memory grows by for each of `members`, in KiB.
fn per_connection(server: &Server, wire: Wire, members: usize, room_size: usize) -> f64 {
    let before = server.resident_kib();
    let mut generator = Generator::new(wire, server.address);
    for room in 0..members / room_size {
        generator.invite(room as u32, room_size);
    }
    generator.enter_all();
    generator.settle();
    (server.resident_kib() - before) / generator.len() as f64
}
