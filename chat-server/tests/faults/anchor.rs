//! Other systems under the same schedules and the same oracle, so that the figures have something beside them.
//!
//! They are no part of the tests: nothing of them is in the repository, and where one cannot be had the driver says so.

mod irc;
mod level;
mod packet;
mod session;
mod socket_io;
mod tally;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::irc::Irc;
use self::level::Level;
use self::socket_io::SocketIo;
use self::tally::{HEAD, Tally};
use crate::arguments::Arguments;
use crate::chat::Chat;
use crate::plan::{Kind, Plan};
use crate::subject::Subject;

/// How long all may take to be well again after the last fault.
const PATIENCE: Duration = Duration::from_secs(15);

/// Drives all that can be had through the same seeds; gives the table, and a sentence for each that is missing.
pub(crate) fn compare(chat: Chat, arguments: &Arguments) -> String {
    let mut systems = vec![rows(&Level(chat), "chat-server", arguments)];
    let mut missing = String::new();
    match SocketIo::install() {
        Ok(subject) => systems.push(rows(&subject, &SocketIo::version(), arguments)),
        Err(reason) => missing.extend([reason.as_str(), "\n"]),
    }
    match Irc::find() {
        Ok(version) => systems.push(rows(&Irc, &version, arguments)),
        Err(reason) => missing.extend([reason.as_str(), "\n"]),
    }
    let rows = [0, 1].map(|group| systems.iter().map(|rows| rows[group].as_str()).collect());
    let [lives, ends]: [String; 2] = rows;
    format!("{HEAD}{lives}{ends}\n{missing}")
}

/// Two rows: of the seeds in which the server lives throughout, and of the others.
fn rows<S: Subject + Send + Sync>(subject: &S, name: &str, arguments: &Arguments) -> [String; 2] {
    let lives = Mutex::new(Tally::default());
    let dies = Mutex::new(Tally::default());
    super::for_each_seed(arguments, |seed| {
        let plan = Plan::new(seed, subject.promises());
        let place = tempfile::tempdir().unwrap();
        let outcome = crate::run::run(subject.clone(), plan, place.path(), PATIENCE);
        if arguments.verbose {
            super::tell(&outcome);
            for violation in outcome.verdict.violations() {
                println!("    {}: {}", violation.rule.name(), violation.sentence);
            }
        }
        let ends = outcome.plan.kinds.iter().any(|kind| ends_server(*kind));
        let tally = if ends { &dies } else { &lives };
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.add(&outcome);
    });
    [(lives, "the server lives"), (dies, "the server ends, too")].map(|(tally, faults)| {
        let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        tally.row(&format!("{name}; {faults}"), subject.promises())
    })
}

/// Whether a server that keeps its promises ends by it.
const fn ends_server(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Kill | Kind::Drain | Kind::Power | Kind::WriteError | Kind::SyncError
    )
}
