//! Servers that break one promise each: the oracle must see it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::chat::Chat;
use crate::oracle::Rule;
use crate::plan::Plan;
use crate::run;
use crate::subject::Subject as _;

/// Every mutant of the server, and the rule that must see it: others may see it before.
const ALL: [(&str, Rule); 7] = [
    ("ack-before-commit", Rule::Lost),
    ("fan-out-before-commit", Rule::Diverged),
    ("no-dedup", Rule::Doubled),
    ("no-resume-trim", Rule::Rising),
    ("presence-lost", Rule::Presence),
    (SYNC_NORMAL, Rule::Lost),
    (LYING_DISK, Rule::Lost),
];

/// Not the server breaks its promise here, but its disk, which shows that a power failure is one.
const LYING_DISK: &str = "lying disk";

/// Seen only where the power fails, so that is added to its schedules.
const SYNC_NORMAL: &str = "sync-normal";

/// Seeds in which each mutant must be caught, from the first on: the very seeds that pass without it.
const SEEDS_MAX: u64 = 12;

/// A mutant may leave clients stuck for good, which is no news.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tries all mutants, and gives how many were caught and how many not.
pub(crate) fn catch_all(chat: &Chat, arguments: &Arguments) -> (usize, usize) {
    let (next, caught) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let told = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                while let Some((mutant, rule)) = ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = catch(chat, mutant, *rule, arguments.first);
                    let _turn = told.lock().unwrap_or_else(PoisonError::into_inner);
                    if found.by_rule.is_some() {
                        caught.fetch_add(1, Ordering::Relaxed);
                    }
                    println!("mutant {mutant}: {}", found.told(*rule));
                }
            });
        }
    });
    let caught = caught.into_inner();
    (caught, ALL.len() - caught)
}

/// By which seeds a mutant was caught.
#[derive(Default)]
struct Found {
    /// The first seed that any rule caught, and all rules that did.
    first: Option<(u64, Vec<Rule>)>,
    /// The first seed that the mutant's own rule caught.
    by_rule: Option<u64>,
}

impl Found {
    fn told(&self, rule: Rule) -> String {
        let Some((seed, rules)) = &self.first else {
            return format!("not caught in {SEEDS_MAX} seeds");
        };
        let rules: Vec<_> = rules.iter().map(|rule| rule.name()).collect();
        let own = match self.by_rule {
            Some(seed) => format!("caught at seed {seed}"),
            None => format!("not caught in {SEEDS_MAX} seeds"),
        };
        let name = rule.name();
        format!(
            "by {name:?} {own}, by any rule at seed {seed} ({})",
            rules.join(", ")
        )
    }
}

/// Runs seed after seed until the rule is broken. Being stuck catches nothing.
fn catch(chat: &Chat, mutant: &str, rule: Rule, first: u64) -> Found {
    let lies = mutant == LYING_DISK;
    let chat = Chat {
        mutant: (!lies).then(|| mutant.to_owned()),
        ..chat.clone()
    };
    let mut found = Found::default();
    for seed in first..first + SEEDS_MAX {
        let plan = if lies || mutant == SYNC_NORMAL {
            Plan {
                lies,
                ..Plan::with_lying_disk(seed, chat.promises())
            }
        } else {
            Plan::new(seed, chat.promises())
        };
        let place = tempfile::tempdir().unwrap();
        let outcome = run::run(chat.clone(), plan, place.path(), PATIENCE);
        let mut rules = outcome.verdict.counts();
        rules.remove(&Rule::Stuck);
        if rules.is_empty() {
            continue;
        }
        let caught = rules.contains_key(&rule);
        found
            .first
            .get_or_insert_with(|| (seed, rules.into_keys().collect()));
        if caught {
            found.by_rule = Some(seed);
            break;
        }
    }
    found
}
