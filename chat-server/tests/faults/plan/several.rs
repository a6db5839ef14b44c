//! How a schedule for several servers is drawn.

use super::draw::{ALONE_EVERY, MIXED};
use super::{Act, Kind, Plan, Setting, Trouble};
use crate::random::Random;

/// How long things are said: longer than a promotion takes.
const LOAD_MS: u64 = 7_000;

/// As `LOAD_MS`, where a lagging replica is all that happens, and the moments at which it begins to lag.
const LAG_LOAD_MS: u64 = 5_000;
const LAG_MS: (u64, u64) = (500, 1_000);

/// Faults begin in the first part of that, so that things are said after them.
const FAULTS_MS: (u64, u64) = (500, 3_500);

impl Plan {
    /// The schedule of `seed` for several servers.
    pub(crate) fn of_several(seed: u64, setting: Setting) -> Self {
        let mut random = Random::new(seed, 3);
        let kinds = kinds(seed);
        let mut plan = Self::empty(seed, setting, kinds.clone());
        plan.talk(LOAD_MS, &mut random);
        for kind in kinds {
            plan.add_to_several(kind, FAULTS_MS, &mut random);
        }
        // Alone it shows how long a client notices it.
        if plan.kinds.len() > 1 {
            plan.let_some_leave(LOAD_MS, &mut random);
        }
        plan.steps.sort_by_key(|step| step.at_ms);
        plan
    }

    /// A schedule in which a replica that lags is promoted, and nothing else happens: what a server loses that does not wait for it.
    pub(crate) fn of_lag(seed: u64, setting: Setting) -> Self {
        let mut random = Random::new(seed, 4);
        let mut plan = Self::empty(seed, setting, vec![Kind::Lag]);
        plan.talk(LAG_LOAD_MS, &mut random);
        plan.add_to_several(Kind::Lag, LAG_MS, &mut random);
        plan.steps.sort_by_key(|step| step.at_ms);
        plan
    }

    fn empty(seed: u64, setting: Setting, kinds: Vec<Kind>) -> Self {
        Self {
            seed,
            old: false,
            shim: false,
            lies: false,
            kinds,
            setting: Some(setting),
            arms: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn add_to_several(&mut self, kind: Kind, from_to_ms: (u64, u64), random: &mut Random) {
        let at_ms = random.between(from_to_ms.0, from_to_ms.1);
        let nodes = self.setting.map_or(1, |setting| setting.nodes) as u64;
        let node = usize::try_from(random.between(0, nodes - 1)).unwrap_or(0);
        let (short_ms, long_ms) = (random.between(0, 400), random.between(500, 5_000));
        if kind == Kind::Roll {
            // Early enough that things are said until all are back.
            return self.put(from_to_ms.0, Act::Roll);
        }
        let act = match kind {
            Kind::Kill => Act::Kill {
                node,
                down_ms: random.pick(&[short_ms, long_ms]),
            },
            Kind::Drain => Act::Drain {
                node,
                down_ms: short_ms,
            },
            // Also for longer than a server counts as alive.
            Kind::Freeze => Act::Freeze { node, ms: long_ms },
            Kind::RestartPrimary => Act::Around(Trouble::RestartPrimary { down_ms: short_ms }),
            Kind::KillPrimary => Act::Around(Trouble::KillPrimary),
            // Longer than a server waits for the replica once.
            Kind::Lag => Act::Around(Trouble::Lag {
                ms: 1_500 + 2 * short_ms,
            }),
            Kind::Pause => Act::Around(Trouble::Pause { ms: 100 + short_ms }),
            Kind::Zombie => Act::Around(Trouble::Zombie),
            Kind::CutSubscribers => Act::Around(Trouble::CutSubscribers),
            Kind::ForgetScripts => Act::Around(Trouble::ForgetScripts),
            Kind::FullMemory => Act::Around(Trouble::FullMemory { ms: 200 + short_ms }),
            Kind::Reload => Act::Around(Trouble::Reload),
            // Clients and their network are as with one server.
            other => return self.add(other, random),
        };
        self.put(at_ms, act);
    }
}

/// Each third run has one kind alone, the others several; six runs have every kind that only several servers have.
fn kinds(seed: u64) -> Vec<Kind> {
    let alone = seed.is_multiple_of(ALONE_EVERY);
    let before = seed.saturating_sub(1);
    let before = MIXED * (before - before / ALONE_EVERY) + before / ALONE_EVERY;
    let own = if alone { 1 } else { MIXED };
    let all = Kind::OF_SEVERAL.into_iter().cycle();
    let skipped = usize::try_from(before % Kind::OF_SEVERAL.len() as u64).unwrap_or(0);
    all.skip(skipped)
        .take(usize::try_from(own).unwrap_or(1))
        .collect()
}
