//! Servers that break one promise each: the oracle must see it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::chat::Chat;
use crate::oracle::Rule;
use crate::plan::{Kind, Plan, Setting};
use crate::run;
use crate::subject::Subject as _;

/// A broken promise.
#[derive(Clone, Copy)]
struct Mutant {
    /// As the server knows it, and the driver's own words for what is none of the server's.
    name: &'static str,
    /// The rules of which one must see it: others may see it before.
    rules: &'static [Rule],
    /// The schedules in which it is looked for.
    plan: fn(u64, &Chat) -> Plan,
}

impl Mutant {
    const fn of(name: &'static str, rules: &'static [Rule], plan: fn(u64, &Chat) -> Plan) -> Self {
        Self { name, rules, plan }
    }
}

/// Every mutant of one server.
const ALL: [Mutant; 7] = [
    Mutant::of("ack-before-commit", &[Rule::Lost], usual),
    Mutant::of("fan-out-before-commit", &[Rule::Diverged], usual),
    Mutant::of("no-dedup", &[Rule::Doubled], usual),
    Mutant::of("no-resume-trim", &[Rule::Rising], usual),
    Mutant::of("presence-lost", &[Rule::Presence], usual),
    Mutant::of("sync-normal", &[Rule::Lost], with_power_failure),
    Mutant::of(LYING_DISK, &[Rule::Lost], |seed, chat| {
        Plan::with_lying_disk(seed, chat.promises())
    }),
];

/// Every mutant of several servers.
const OF_SEVERAL: [Mutant; 3] = [
    // What it says is stored has no replica.
    Mutant::of("publish-before-wait", &[Rule::Lost], |seed, _| {
        Plan::of_lag(seed, Setting::SEVERAL)
    }),
    // Seen only where something was acknowledged and is gone: positions are given out twice.
    Mutant::of("era-check-off", &[Rule::Diverged], |seed, _| {
        Plan::of_lag(seed, Setting::WITHOUT_REPLICAS)
    }),
    // Each server has its own messages before those of the others.
    Mutant::of(
        "local-shortcut",
        &[Rule::OneOrder, Rule::Rising, Rule::Diverged],
        |seed, _| Plan::of_several(seed, Setting::SEVERAL),
    ),
];

/// Not the server breaks its promise here, but its disk, which shows that a power failure is one.
const LYING_DISK: &str = "lying disk";

/// Seeds in which each mutant must be caught, from the first on: the very seeds that pass without it.
const SEEDS_MAX: u64 = 12;

/// A mutant may leave clients stuck for good, which is no news.
const PATIENCE: Duration = Duration::from_secs(5);

fn usual(seed: u64, chat: &Chat) -> Plan {
    Plan::new(seed, chat.promises())
}

fn with_power_failure(seed: u64, chat: &Chat) -> Plan {
    Plan {
        lies: false,
        ..Plan::with_lying_disk(seed, chat.promises())
    }
}

/// Tries all mutants, and gives how many were caught and how many not.
pub(crate) fn catch_all(chat: &Chat, arguments: &Arguments) -> (usize, usize) {
    let all = if arguments.setting.is_some() {
        &OF_SEVERAL[..]
    } else {
        &ALL[..]
    };
    let (next, caught) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let told = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                while let Some(mutant) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = catch(chat, *mutant, arguments.first);
                    let _turn = told.lock().unwrap_or_else(PoisonError::into_inner);
                    if found.by_rule.is_some() {
                        caught.fetch_add(1, Ordering::Relaxed);
                    }
                    println!("mutant {}: {}", mutant.name, found.told(mutant.rules));
                }
            });
        }
    });
    let caught = caught.into_inner();
    (caught, all.len() - caught)
}

/// By which seeds a mutant was caught.
#[derive(Default)]
struct Found {
    /// The first seed that any rule caught, and all rules that did.
    first: Option<(u64, Vec<Rule>)>,
    /// The first seed that one of the mutant's own rules caught, and that keeps them without it.
    by_rule: Option<u64>,
}

impl Found {
    fn told(&self, own: &[Rule]) -> String {
        let Some((seed, rules)) = &self.first else {
            return format!("not caught in {SEEDS_MAX} seeds");
        };
        let caught = match self.by_rule {
            Some(seed) => format!("caught at seed {seed}"),
            None => format!("not caught in {SEEDS_MAX} seeds"),
        };
        format!(
            "by {:?} {caught}, by any rule at seed {seed} ({})",
            names(own),
            names(rules)
        )
    }
}

fn names(rules: &[Rule]) -> String {
    let names: Vec<_> = rules.iter().map(|rule| rule.name()).collect();
    names.join(", ")
}

/// Runs seed after seed until one of its rules is broken. Being stuck catches nothing.
fn catch(chat: &Chat, mutant: Mutant, first: u64) -> Found {
    let mut found = Found::default();
    for seed in first..first + SEEDS_MAX {
        let rules = broken(chat, mutant, seed, true);
        if rules.is_empty() {
            continue;
        }
        let is_seen = |rules: &[Rule]| mutant.rules.iter().any(|rule| rules.contains(rule));
        let caught = is_seen(&rules);
        found.first.get_or_insert((seed, rules));
        // The other schedules are those that have just passed.
        let is_own = (mutant.plan)(seed, chat).kinds == [Kind::Lag];
        if caught && (!is_own || !is_seen(&broken(chat, mutant, seed, false))) {
            found.by_rule = Some(seed);
            break;
        }
    }
    found
}

/// The rules that are broken in a schedule of the mutant, with it or without.
fn broken(chat: &Chat, mutant: Mutant, seed: u64, with: bool) -> Vec<Rule> {
    let chat = Chat {
        mutant: (with && mutant.name != LYING_DISK).then(|| mutant.name.to_owned()),
        ..chat.clone()
    };
    let plan = (mutant.plan)(seed, &chat);
    let place = tempfile::tempdir().unwrap();
    let outcome = run::run(chat, plan, place.path(), PATIENCE);
    let mut rules = outcome.verdict.counts();
    rules.remove(&Rule::Stuck);
    rules.into_keys().collect()
}
