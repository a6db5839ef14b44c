//! The fault driver: real servers and clients on loopback, faults from a printed seed, and one oracle that judges the log.
//!
//! `cargo test -p chat-server --features faults --test faults -- --runs 300` runs so many seeds, `--seed 17` replays one and prints its
//! schedule. `docs/faults.md` says what is promised and how it is checked.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a driver that cannot go on says where and ends"
)]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "kinds and acts are sorted here, not understood"
)]
#![expect(clippy::print_stdout, reason = "printing is what a driver is for")]

mod anchor;
mod arguments;
mod chat;
mod client;
mod contender;
mod log;
mod mutants;
mod oracle;
mod plan;
#[path = "../programs/programs.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the tests of the programs themselves use more of them"
)]
mod programs;
mod proxy;
mod random;
mod recorder;
mod report;
mod run;
mod server;
#[path = "shim/shim.rs"]
#[expect(dead_code, reason = "the tests of the shim itself use more of it")]
mod shim;
mod stage;
mod subject;
mod terminal;
mod upstream;
mod watchdog;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use arguments::Arguments;
use chat::Chat;
use log::What;
use plan::{Kind, Plan};
use report::Report;
use run::Outcome;
use subject::Subject;

/// How long all may take to be well again after the last fault. Terminals wait longer after each loss, so it is long.
const PATIENCE: Duration = Duration::from_secs(40);

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(usage) => {
            println!("{usage}");
            return ExitCode::from(2);
        }
    };
    let programs = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let chat = match Chat::find(programs.path(), arguments.mutant.clone()) {
        Ok(chat) => chat,
        Err(reason) => {
            println!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    if arguments.anchor {
        println!("{}", anchor::compare(chat, &arguments));
        return ExitCode::SUCCESS;
    }
    let (mut passed, mut failed) = (0, 0);
    let report = run_all(&chat, &arguments);
    println!("{report}");
    if let Some(file) = &arguments.report {
        std::fs::write(file, report.markdown(chat.name())).unwrap();
    }
    if report.is_well() {
        passed += 1;
    } else {
        failed += 1;
    }
    if arguments.mutants {
        let (caught, missed) = mutants::catch_all(&chat, &arguments);
        passed += caught;
        failed += missed;
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {verdict}. {passed} passed; {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs all seeds.
fn run_all<S: Subject + Send + Sync>(subject: &S, arguments: &Arguments) -> Report {
    let report = Mutex::new(Report::default());
    for_each_seed(arguments, |seed| {
        let plan = match arguments.setting {
            None => Plan::new(seed, subject.promises()),
            Some(setting) if arguments.only == Some(Kind::Lag) => Plan::of_lag(seed, setting),
            Some(setting) => Plan::of_several(seed, setting),
        };
        let outcome = run_one(subject.clone(), plan, PATIENCE, arguments.verbose);
        if let Some(file) = &arguments.log {
            write_log(&outcome, Path::new(file));
        }
        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
        report.add(&outcome);
    });
    report.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Does something with each seed, some at once.
fn for_each_seed(arguments: &Arguments, each: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(arguments.first);
    let end = arguments.first + arguments.runs;
    thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    each(seed);
                }
            });
        }
    });
}

/// Runs one seed and tells what came of it. The files of a run that failed are kept.
fn run_one<S: Subject>(subject: S, plan: Plan, patience: Duration, verbose: bool) -> Outcome {
    let seed = plan.seed;
    if verbose {
        println!("{plan:#}");
    }
    let place = tempfile::Builder::new()
        .prefix(&format!("faults-{seed}-"))
        .tempdir()
        .unwrap();
    let outcome = run::run(subject, plan, place.path(), patience);
    let violations = outcome.verdict.violations();
    if verbose {
        tell(&outcome);
    }
    if !violations.is_empty() {
        let place = place.keep();
        write_log(&outcome, &place.join("log"));
        println!(
            "{}  {} violations; its files are in {}",
            outcome.plan,
            violations.len(),
            place.display()
        );
        for violation in violations.iter().take(20) {
            println!("    {}: {}", violation.rule.name(), violation.sentence);
        }
    }
    outcome
}

/// Writes the whole log, one entry a line.
fn write_log(outcome: &Outcome, file: &Path) {
    let entries = outcome.log.iter().enumerate();
    let lines: Vec<String> = entries
        .map(|(index, entry)| format!("{index} {entry:?}"))
        .collect();
    std::fs::write(file, lines.join("\n")).unwrap();
}

/// Tells what happened to whom, without what was said.
fn tell(outcome: &Outcome) {
    for entry in &outcome.log {
        let said = matches!(
            entry.what,
            What::Invoked { .. } | What::Acked { .. } | What::Received { .. } | What::Held { .. }
        );
        if !said {
            let time = entry.time.as_millis();
            println!("  {time:>6} ms  {:?} {:?}", entry.client, entry.what);
        }
    }
}
