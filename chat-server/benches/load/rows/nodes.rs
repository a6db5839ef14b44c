//! Several servers on one Redis: what it costs that they are one chat, beside one server that has its history for itself.
//!
//! All servers, and Redis with them, share the one core of the server, so more of them do not carry more here; the rows show what each of them
//! costs. On a machine with a core for each they run side by side.

use super::{Goal, Rivals, Row, figure};
use crate::bench::{Bench, Crowd, Subject, chat_nodes};
use crate::load::{Load, Outcome};
use crate::redis;
use crate::report::count;
use crate::wire::Wire;

const NODES: [usize; 3] = [1, 2, 4];

/// Members of the one room, spread over all servers.
const MEMBERS: usize = 500;

pub(super) fn rows(_: &Bench) -> Vec<Row> {
    if !redis::is_installed() {
        return Vec::new();
    }
    let saturated = NODES.map(|nodes| {
        let crowd = Crowd {
            rooms: 1,
            members_a_room: MEMBERS,
            senders_a_room: 20,
        };
        let title = format!(
            "{} on Redis with a replica, one room of {}, 20 senders, 64 in flight",
            servers(nodes),
            count(MEMBERS)
        );
        row(title, nodes, crowd, Load::Closed { in_flight: 64 })
    });
    let rooms = NODES.map(|nodes| {
        let crowd = Crowd {
            rooms: 100,
            members_a_room: 8,
            senders_a_room: 8,
        };
        let title = format!(
            "{} on Redis with a replica, 800 members in 100 rooms, 1,000 messages/s",
            servers(nodes)
        );
        row(title, nodes, crowd, Load::Open { per_second: 1_000 })
    });
    saturated.into_iter().chain(rooms).collect()
}

fn servers(nodes: usize) -> String {
    if nodes == 1 {
        "one server".to_owned()
    } else {
        format!("{nodes} servers")
    }
}

fn row(title: String, nodes: usize, crowd: Crowd, load: Load) -> Row {
    Row {
        name: "nodes",
        title,
        reference: "one on SQLite",
        rivals: Rivals::Together(nodes),
        figures: vec![
            figure("messages a second", "", Goal::None),
            figure("deliveries a second", "", Goal::None),
            figure("servers' CPU a delivery", "µs", Goal::None),
            figure("Redis' CPU a delivery", "µs", Goal::None),
            figure("delivery p99", "ms", Goal::None),
            figure("ack p50", "ms", Goal::None),
            figure("ack p99", "ms", Goal::None),
            figure("lost, doubled or closed", "", Goal::AtMost(0.0)),
        ],
        measure: Box::new(move |bench, subject| {
            let (server, wire) = match subject {
                Subject::Ours => (chat_nodes(nodes), Wire::Chat),
                Subject::Reference => Bench::start(Subject::Ours),
                Subject::Peer(peer) => (peer.start_together(nodes), peer.wire),
            };
            values(crowd, &bench.load(&server, wire, crowd, load))
        }),
    }
}

fn values(crowd: Crowd, outcome: &Outcome) -> Vec<f64> {
    let ack =
        |part: fn(&crate::load::Latency) -> f64| outcome.ack_ms.as_ref().map_or(f64::NAN, part);
    vec![
        outcome.deliveries_per_second / crowd.members_a_room as f64,
        outcome.deliveries_per_second,
        outcome.cpu_per_delivery_us,
        outcome.needs_per_delivery_us,
        outcome.delivery_ms.p99,
        ack(|ack| ack.p50),
        ack(|ack| ack.p99),
        outcome.lost as f64 + outcome.closed as f64,
    ]
}
