//! What the driver is asked for.

use crate::plan::{Kind, Setting};

/// Runs where nothing else is said: what continuous integration does.
const RUNS: u64 = 12;

/// Runs at once where nothing else is said; most of a run is waiting.
const JOBS: usize = 4;

const USAGE: &str = "\
--runs N      so many seeds (12)
--first N     from this seed on (1)
--seed N      this one alone, with its schedule and what happened
--log FILE    with --seed: writes everything that was said and heard
--jobs N      so many at once (4)
--report FILE writes the tables as Markdown
--mutant NAME against a server that breaks this promise
--several     three servers on a Redis with a replica and Sentinels, behind nginx, with the faults and mutants of these
--lag         as --several, with nothing but a lagging replica that is promoted, in each run
--unconfirmed as --lag, where no server waits for the replica: what it has not is lost, and must be told
--alone       one server with SQLite behind nginx instead: whether the driver's own parts work
--anchor      beside the Socket.IO server of npm and ngircd, with what all have
--no-mutants  without the check that each mutant is caught";

/// What the driver is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The first seed.
    pub(crate) first: u64,
    /// So many seeds.
    pub(crate) runs: u64,
    /// So many at once.
    pub(crate) jobs: usize,
    /// The schedule and what happens are told.
    pub(crate) verbose: bool,
    /// A file for the log of the last run.
    pub(crate) log: Option<String>,
    /// A file for the tables.
    pub(crate) report: Option<String>,
    /// The server breaks this promise.
    pub(crate) mutant: Option<String>,
    /// Other systems go through the same seeds.
    pub(crate) anchor: bool,
    /// Several servers, or what stands around them.
    pub(crate) setting: Option<Setting>,
    /// Of several servers: the only thing that happens.
    pub(crate) only: Option<Kind>,
    /// Every mutant must be caught.
    pub(crate) mutants: bool,
}

impl Arguments {
    /// Reads the command line; the error is how to use it.
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            first: 1,
            runs: RUNS,
            jobs: JOBS,
            verbose: false,
            log: None,
            report: None,
            mutant: None,
            anchor: false,
            setting: None,
            only: None,
            mutants: true,
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| USAGE.to_owned());
            match word.as_str() {
                "--runs" => arguments.runs = number(&value()?)?,
                "--first" => arguments.first = number(&value()?)?,
                "--jobs" => arguments.jobs = number(&value()?)?,
                "--log" => arguments.log = Some(value()?),
                "--report" => arguments.report = Some(value()?),
                "--anchor" => arguments.anchor = true,
                "--several" => arguments.setting = Some(Setting::SEVERAL),
                "--lag" | "--unconfirmed" => {
                    let confirmed = word == "--lag";
                    arguments.setting = Some(if confirmed {
                        Setting::SEVERAL
                    } else {
                        Setting::WITHOUT_REPLICAS
                    });
                    arguments.only = Some(Kind::Lag);
                    arguments.mutants = false;
                }
                "--alone" => {
                    arguments.setting = Some(Setting::ALONE);
                    arguments.mutants = false;
                }
                "--no-mutants" => arguments.mutants = false,
                "--seed" => {
                    arguments.first = number(&value()?)?;
                    arguments.runs = 1;
                    arguments.verbose = true;
                    arguments.mutants = false;
                }
                "--mutant" => {
                    arguments.mutant = Some(value()?);
                    arguments.mutants = false;
                }
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(arguments)
    }
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse().map_err(|_number| USAGE.to_owned())
}
