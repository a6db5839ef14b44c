//! Members who say nothing: what each costs in memory.

use super::{Figure, Goal, Rivals, Row, figure};
use crate::bench::{Bench, Subject};
use crate::certificate;
use crate::generator::Generator;
use crate::process::Server;
use crate::report::count;
use crate::wire::Wire;

/// A small room.
const SMALL: usize = 5;

pub(super) fn rows(bench: &Bench) -> Vec<Row> {
    let members = bench.count(15_000, 3_000);
    let mut rows = vec![small(members), large(members)];
    if certificate::is_spoken() {
        rows.push(encrypted(members));
    }
    rows
}

fn memory(goal: Goal) -> Vec<Figure> {
    vec![figure("memory a connection", "KiB", goal)]
}

fn small(members: usize) -> Row {
    Row {
        name: "idle",
        title: format!("{} idle members in rooms of {SMALL}", count(members)),
        reference: "limit",
        rivals: Rivals::Alone,
        figures: memory(Goal::AtMost(4.0)),
        measure: Box::new(move |_, subject| {
            let (server, wire) = Bench::start(subject);
            let mut generator = Generator::new(wire, &server);
            vec![per_connection(&server, &mut generator, members, SMALL)]
        }),
    }
}

fn large(members: usize) -> Row {
    let size = members / 3;
    Row {
        name: "idle",
        title: format!(
            "{} idle members in rooms of {}",
            count(members),
            count(size)
        ),
        reference: "rooms of 5",
        rivals: Rivals::None,
        figures: memory(Goal::RatioAtMost(1.0)),
        measure: Box::new(move |_, subject| {
            let (server, wire) = Bench::start(Subject::Ours);
            let mut generator = Generator::new(wire, &server);
            let size = match subject {
                Subject::Ours => size,
                Subject::Reference | Subject::Peer(_) => SMALL,
            };
            vec![per_connection(&server, &mut generator, members, size)]
        }),
    }
}

fn encrypted(members: usize) -> Row {
    Row {
        name: "idle",
        title: format!(
            "{} idle members through TLS, rooms of {SMALL}",
            count(members)
        ),
        reference: "without TLS",
        rivals: Rivals::None,
        figures: memory(Goal::None),
        measure: Box::new(move |_, subject| {
            let (server, mut generator) = match subject {
                Subject::Ours => {
                    let (server, trust) = certificate::chat_with_tls();
                    let generator = Generator::new(Wire::Chat, &server);
                    (server, generator.encrypted(trust))
                }
                Subject::Reference | Subject::Peer(_) => {
                    let (server, wire) = Bench::start(Subject::Ours);
                    let generator = Generator::new(wire, &server);
                    (server, generator)
                }
            };
            vec![per_connection(&server, &mut generator, members, SMALL)]
        }),
    }
}

/// What the server's memory grows by for each of `members`, in KiB.
fn per_connection(
    server: &Server,
    generator: &mut Generator,
    members: usize,
    room_size: usize,
) -> f64 {
    let before = server.resident_kib();
    for room in 0..members / room_size {
        generator.invite(room as u32, room_size);
    }
    generator.enter_all();
    generator.settle();
    (server.resident_kib() - before) / generator.len() as f64
}
