//! Another system under the same schedules and the same oracle, so that the figures have something beside them.
//!
//! It is no part of the tests: nothing of it is in the repository, and where it cannot be had the driver says so.

mod level;
mod packet;
mod session;
mod socket_io;
mod tally;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::level::Level;
use self::socket_io::SocketIo;
use self::tally::{HEAD, Tally};
use crate::arguments::Arguments;
use crate::chat::Chat;
use crate::plan::{Kind, Plan};
use crate::subject::Subject;

/// How long all may take to be well again after the last fault.
const PATIENCE: Duration = Duration::from_secs(15);

/// Drives both through the same seeds; gives the table, or a sentence that says why there is none.
pub(crate) fn compare(chat: Chat, arguments: &Arguments) -> Result<String, String> {
    let anchor = SocketIo::install()?;
    let version = SocketIo::version();
    let ours = rows(&Level(chat), "chat-server", arguments);
    let theirs = rows(&anchor, &version, arguments);
    let rows = ours.into_iter().zip(theirs);
    let rows: String = rows.flat_map(|(ours, theirs)| [ours, theirs]).collect();
    Ok(format!("{HEAD}{rows}"))
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
