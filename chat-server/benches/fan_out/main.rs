//! What fan-out costs: real `chat-server` processes under load, beside a bare loop of `write` calls in the same run.
//!
//! `cargo bench -p chat-server` prints the table. The server runs on core 0 and the load generator on core 1; history is on
//! disk. CPU is the kernel's own accounting of the server process, memory its resident set. Machines are noisy: read
//! the ratios, not the absolute figures.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on says where and ends"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::unchecked_time_subtraction,
    reason = "counts and times here are far from the ends of their types"
)]
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod client;
mod limit;
mod load;
mod process;

use std::time::Duration;

use client::Target;
use load::Load;
use process::Server;

/// Members that send.
const SENDERS: usize = 20;

/// How long each load lasts.
const RUN: Duration = Duration::from_secs(4);

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("limit") {
        limit::serve();
    }
    process::pin(1);
    println!(
        "server on core 0, load on core 1, {} s a row, history on disk",
        RUN.as_secs()
    );
    println!();
    saturated(500);
    saturated(50);
    light();
    memory(5_000);
}

/// One room, 20 senders, 64 messages in flight in all.
fn saturated(members: usize) {
    println!("one room of {members}, 20 senders, 64 in flight");
    let (ours, limit) = compare(members, Load::Closed { in_flight: 64 });
    print_row(
        "deliveries a second",
        ours.deliveries_per_second(),
        limit.deliveries_per_second(),
        "",
    );
    print_common(&ours, &limit);
}

/// One room of 200, 200 messages a second on an open schedule, so that waiting is counted.
fn light() {
    println!("one room of 200, 200 messages a second");
    let (ours, limit) = compare(200, Load::Open { per_second: 200 });
    print_common(&ours, &limit);
}

/// The same load on the real server and on the bare loop.
fn compare(members: usize, load: Load) -> (load::Result, load::Result) {
    let ours = measure(&Server::chat(), Target::Chat, members, SENDERS, load);
    let limit = measure(&Server::limit(), Target::Limit, members, SENDERS, load);
    (ours, limit)
}

fn print_common(ours: &load::Result, limit: &load::Result) {
    print_row(
        "server CPU a delivery",
        ours.cpu_per_delivery_us(),
        limit.cpu_per_delivery_us(),
        "µs",
    );
    print_row(
        "p50 send to own copy",
        ours.latency_ms(0.50),
        limit.latency_ms(0.50),
        "ms",
    );
    print_row(
        "p99 send to own copy",
        ours.latency_ms(0.99),
        limit.latency_ms(0.99),
        "ms",
    );
    println!("  lost {}, closed {}", ours.lost(), ours.closed);
    println!();
}

/// Idle members of one room.
fn memory(members: usize) {
    let server = Server::chat();
    let before = server.resident_kib();
    let cpu_before = server.cpu();
    let room = client::enter(&server, Target::Chat, members);
    let joining = server.cpu() - cpu_before;
    let after = server.resident_kib();
    println!("{members} idle members of one room");
    println!(
        "  {:<24} {:>12.1} KiB",
        "memory a member",
        (after - before) / members as f64
    );
    println!(
        "  {:<24} {:>12.1} µs",
        "server CPU a join",
        joining.as_secs_f64() * 1e6 / members as f64
    );
    drop(room);
}

fn measure(
    server: &Server,
    target: Target,
    members: usize,
    senders: usize,
    load: Load,
) -> load::Result {
    let room = client::enter(server, target, members);
    load::run(server, room, senders, load, RUN)
}

fn print_row(what: &str, ours: f64, limit: f64, unit: &str) {
    println!(
        "  {what:<24} {ours:>12.2} {unit:<2}   bare writes {limit:>12.2} {unit:<2}   ratio {:.2}",
        ours / limit
    );
}
