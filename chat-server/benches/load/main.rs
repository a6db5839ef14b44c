//! What `chat-server` costs under load, beside the least that a server can do and beside other servers.
//!
//! `cargo bench -p chat-server` measures all rows and writes a table and a plot; `docs/performance.md` says how to read
//! them. The server runs on one core and the load on another; CPU is the kernel's own accounting of the server process, memory
//! its resident set, history is on disk. Machines are noisy: read the ratios, not the absolute figures.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on says where and ends"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::unchecked_time_subtraction,
    reason = "counts and times here are far from the ends of their types"
)]
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod bench;
mod certificate;
mod generator;
mod limit;
mod load;
mod machine;
mod peers;
mod plot;
mod process;
mod redis;
mod report;
mod rows;
mod seed;
mod slow_disk;
mod visitor;
mod wire;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use clap::Parser;

use bench::{Bench, Options, Subject, target_directory};
use peers::{PEERS, Peer};
use report::Measured;
use rows::Row;

fn main() {
    chat_server::raise_limit();
    if std::env::args().nth(1).as_deref() == Some("limit") {
        limit::serve();
    }
    let options = Options::parse_from(std::env::args().filter(|argument| argument != "--bench"));
    process::pin(process::LOAD_CORE);
    let bench = Bench::new(options);
    let mut rows = rows::all(&bench);
    let only = &bench.options.only;
    rows.retain(|row| only.is_empty() || only.iter().any(|name| row.name.starts_with(name)));
    if rows.is_empty() {
        for row in rows::all(&bench) {
            println!("{:<10} {}", row.name, row.title);
        }
        return;
    }
    println!("{}", bench.machine);
    let measured: Vec<Measured> = rows.into_iter().map(|row| measure(&bench, row)).collect();
    publish(&bench, &measured);
}

/// Measures one row in all rounds, in turns, so that a change of the machine meets all alike.
fn measure(bench: &Bench, row: Row) -> Measured {
    println!("\n{}", row.title);
    let takes_part = |peer: &Peer| peer.is_rival(row.rivals) && !bench.options.no_peers;
    let mut subjects = vec![Some(Subject::Ours), Some(Subject::Reference)];
    subjects.extend(
        PEERS
            .iter()
            .map(|peer| takes_part(peer).then_some(Subject::Peer(*peer))),
    );
    let mut rounds: Vec<Vec<Vec<f64>>> = vec![Vec::new(); subjects.len()];
    for _ in 0..bench.options.rounds() {
        for (values, subject) in rounds.iter_mut().zip(&subjects) {
            values.extend(subject.and_then(|subject| attempt(bench, &row, subject)));
        }
    }
    let mut medians = rounds.iter().map(|values| median(values));
    let (ours, reference) = (medians.next().flatten(), medians.next().flatten());
    let measured = Measured {
        ours: ours.unwrap(),
        reference: reference.unwrap(),
        peers: medians.collect(),
        row,
    };
    for (at, figure) in measured.row.figures.iter().enumerate() {
        println!(
            "  {:<26} {:>12} {:<3}  {} {}, ratio {}",
            figure.what,
            report::number(measured.ours[at]),
            figure.unit,
            measured.row.reference,
            report::number(measured.reference[at]),
            report::number(measured.ratio(at)),
        );
    }
    measured
}

/// Measures a subject once; another server that fails at it costs only its own place in the table.
fn attempt(bench: &Bench, row: &Row, subject: Subject) -> Option<Vec<f64>> {
    let Subject::Peer(peer) = subject else {
        return Some((row.measure)(bench, subject));
    };
    let measured = catch_unwind(AssertUnwindSafe(|| (row.measure)(bench, subject)));
    if measured.is_err() {
        bench.remark(format!("{} failed at: {}", peer.name, row.title));
    }
    measured.ok()
}

/// The median of each value; nothing where nothing was measured.
fn median(rounds: &[Vec<f64>]) -> Option<Vec<f64>> {
    let figures = rounds.first()?.len();
    let of = |figure: usize| {
        let mut values: Vec<f64> = rounds.iter().map(|values| values[figure]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Some((0..figures).map(of).collect())
}

/// Prints table and remarks, and writes them and the plot into files.
fn publish(bench: &Bench, measured: &[Measured]) {
    let heads: Vec<(&str, bool)> = PEERS
        .iter()
        .map(|peer| (peer.name, peer.is_installed()))
        .collect();
    let span = bench.span();
    let mut text = format!(
        "{}. Median of {} rounds of {} s, {}.\n\n{}",
        bench.machine,
        bench.options.rounds(),
        span.measured.as_secs_f64(),
        today(),
        report::table(measured, &heads),
    );
    for peer in PEERS.iter().filter(|peer| peer.is_installed()) {
        write!(text, "\n- {}", peer.version()).unwrap();
    }
    for remark in bench.remarks.borrow().iter() {
        write!(text, "\n- {remark}").unwrap();
    }
    text.push('\n');
    println!("\n{text}");
    let names: Vec<&str> = std::iter::once("chat-server")
        .chain(PEERS.iter().map(|peer| peer.name))
        .collect();
    let directory = if bench.options.docs {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
    } else {
        target_directory().join("load")
    };
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("performance-table.md"), text).unwrap();
    std::fs::write(
        directory.join("performance.svg"),
        plot::svg(measured, &names),
    )
    .unwrap();
    println!("written into {}", directory.display());
}

fn today() -> String {
    let output = std::process::Command::new("date").arg("+%Y-%m-%d").output();
    let date = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    date.unwrap_or_default()
}
