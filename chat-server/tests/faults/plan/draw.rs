//! How a schedule is drawn.

use std::time::Duration;

use super::{Act, CLIENTS, Kind, LOAD_MS, Plan, ROOMS, Step, TERMINALS};
use crate::proxy::{Cut, Weather};
use crate::random::Random;
use crate::shim::{Loss, Mode};
use crate::subject::Promises;

/// Each third run has one kind of fault alone, the next one of a list that goes round.
pub(super) const ALONE_EVERY: u64 = 3;

/// A text that is refused.
const TOO_LONG_BYTES: usize = 4_500;

/// The others mix so many of that list with up to two of any kind. So a dozen runs have every kind.
pub(super) const MIXED: u64 = 3;

impl Plan {
    /// The schedule of `seed` for a system that promises this.
    pub(crate) fn new(seed: u64, promises: Promises) -> Self {
        let mut random = Random::new(seed, 0);
        let all: Vec<Kind> = Kind::ALL
            .into_iter()
            .filter(|kind| promises.points || !kind.is_point())
            .collect();
        let kinds = draw_kinds(seed, &all, &mut random);
        let mut plan = Self {
            seed,
            old: kinds.contains(&Kind::Migration) && random.chance(50),
            shim: kinds.iter().any(|kind| kind.needs_shim()),
            lies: false,
            kinds: kinds.clone(),
            setting: None,
            arms: Vec::new(),
            steps: Vec::new(),
        };
        plan.talk(LOAD_MS, &mut random);
        for kind in kinds {
            plan.add(kind, &mut random);
        }
        plan.let_some_leave(LOAD_MS, &mut random);
        plan.steps.sort_by_key(|step| step.at_ms);
        plan
    }

    /// A schedule with a power failure over a disk that lies: what a server loses that does not wait for its disk.
    pub(crate) fn with_lying_disk(seed: u64, promises: Promises) -> Self {
        let mut plan = Self::new(seed, promises);
        let mut random = Random::new(seed, 1);
        plan.shim = true;
        plan.lies = true;
        let act = Act::Power {
            loss: Loss::All,
            down_ms: 0,
        };
        plan.put(moment(&mut random), act);
        plan.steps.sort_by_key(|step| step.at_ms);
        plan
    }

    pub(super) fn put(&mut self, at_ms: u64, act: Act) {
        self.steps.push(Step { at_ms, act });
    }

    /// Lets some take leave and come back.
    pub(super) fn let_some_leave(&mut self, load_ms: u64, random: &mut Random) {
        for client in 0..CLIENTS {
            if random.chance(25) {
                let away_ms = random.between(50, 600);
                let at_ms = random.between(200, load_ms);
                self.put(at_ms, Act::Leave { client, away_ms });
            }
        }
    }

    /// Lets everybody say something again and again.
    pub(super) fn talk(&mut self, load_ms: u64, random: &mut Random) {
        for client in 0..CLIENTS {
            let mut at_ms = random.between(0, 100);
            while at_ms < load_ms {
                // Now and then longer than any system takes.
                let long = random.chance(2).then_some(TOO_LONG_BYTES);
                let act = Act::Say {
                    client,
                    room: u8::try_from(random.between(0, u64::from(ROOMS) - 1)).unwrap_or(0),
                    times: random.between(1, 8),
                    bytes: long.unwrap_or_else(|| bytes(random)),
                };
                self.put(at_ms, act);
                at_ms += random.between(10, 140);
            }
        }
        for terminal in 0..TERMINALS {
            let mut at_ms = random.between(0, 100);
            while at_ms < load_ms {
                let bytes = bytes(random);
                self.put(at_ms, Act::Type { terminal, bytes });
                at_ms += random.between(20, 200);
            }
        }
    }

    pub(super) fn add(&mut self, kind: Kind, random: &mut Random) {
        match kind {
            Kind::Received
            | Kind::Commit
            | Kind::Committed
            | Kind::Acked
            | Kind::DrainPoint
            | Kind::ClosePoint
            | Kind::Migration
            | Kind::Opening
            | Kind::Opened => self.add_point(kind, random),
            Kind::Kill | Kind::Drain | Kind::Freeze => self.add_to_server(kind, random),
            Kind::Cut | Kind::HalfOpen | Kind::Delay | Kind::Slow | Kind::Storm => {
                self.add_to_network(kind, random);
            }
            Kind::DiskFull
            | Kind::WriteError
            | Kind::SyncError
            | Kind::SlowSync
            | Kind::Power
            | Kind::Clock => self.add_to_disk(kind, random),
            Kind::Restart | Kind::KillTerminal => self.add_to_clients(kind, random),
            // One server meets none of these.
            Kind::Roll
            | Kind::RestartPrimary
            | Kind::KillPrimary
            | Kind::Lag
            | Kind::Pause
            | Kind::Zombie
            | Kind::CutSubscribers
            | Kind::ForgetScripts
            | Kind::FullMemory
            | Kind::Reload => {}
        }
    }

    fn add_point(&mut self, kind: Kind, random: &mut Random) {
        let (name, pass) = match kind {
            Kind::Received => ("received", random.between(5, 200)),
            Kind::Commit => ("commit", random.between(8, 80)),
            Kind::Committed => ("committed", random.between(8, 80)),
            Kind::Acked => ("acked", random.between(2, 50)),
            Kind::DrainPoint => ("drain", random.between(1, 12)),
            Kind::ClosePoint => ("close", 1),
            Kind::Opening => ("opening", 1),
            Kind::Opened => ("opened", 1),
            _ => ("migration", 1),
        };
        let arm = Some(format!("{name}:{pass}"));
        match kind {
            // The first life makes the database.
            Kind::Migration => self.arms.insert(0, arm),
            // A later life opens it.
            Kind::Opening | Kind::Opened => self.arms.extend([None, arm]),
            _ => self.arms.push(arm),
        }
        let (at_ms, down_ms) = (moment(random), random.between(0, 300));
        match kind {
            Kind::DrainPoint | Kind::ClosePoint => {
                self.put(at_ms, Act::Drain { node: 0, down_ms });
            }
            Kind::Opening | Kind::Opened => self.put(at_ms, Act::Kill { node: 0, down_ms }),
            _ => {}
        }
    }

    fn add_to_server(&mut self, kind: Kind, random: &mut Random) {
        let (at_ms, down_ms) = (moment(random), random.between(0, 300));
        let ms = random.between(100, 1_500);
        let node = 0;
        self.put(
            at_ms,
            match kind {
                Kind::Drain => Act::Drain { node, down_ms },
                Kind::Freeze => Act::Freeze { node, ms },
                _ => Act::Kill { node, down_ms },
            },
        );
    }

    fn add_to_disk(&mut self, kind: Kind, random: &mut Random) {
        let (ms, down_ms) = (random.between(50, 800), random.between(0, 200));
        let mode = match kind {
            Kind::DiskFull => {
                let room = u32::try_from(random.between(0, 40_000)).unwrap_or(0);
                random.pick(&[Mode::Full, Mode::Room(room)])
            }
            Kind::WriteError => random.pick(&[
                Mode::WritesFail,
                Mode::WritesFailAfterwards,
                Mode::ShortWrites,
            ]),
            Kind::SyncError => random.pick(&[Mode::SyncFailsOnce, Mode::SyncsFail]),
            _ => Mode::SlowSync(Duration::from_millis(random.between(5, 60))),
        };
        let seed = random.next();
        let act = match kind {
            Kind::Power => Act::Power {
                loss: random.pick(&[Loss::All, Loss::Some(seed)]),
                down_ms,
            },
            Kind::Clock => {
                let hours = random.pick(&[-48, -1, 1, 48]);
                let off_by_ms = hours * 3_600_000;
                Act::Clock { off_by_ms }
            }
            _ => Act::Disk { mode, ms },
        };
        self.put(moment(random), act);
    }

    fn add_to_network(&mut self, kind: Kind, random: &mut Random) {
        if kind == Kind::Cut {
            for _ in 0..random.between(2, 6) {
                let (client, how) = (client(random), random.pick(&[Cut::Reset, Cut::Fin]));
                self.put(moment(random), Act::Cut { client, how });
            }
            return;
        }
        if kind == Kind::Storm {
            let (connections, ms) = (random.between(100, 400), random.between(300, 1_000));
            self.put(moment(random), Act::Storm { connections, ms });
            return;
        }
        let weather = match kind {
            Kind::Delay => Weather::Delayed(random.between(5, 120)),
            Kind::Slow => Weather::Stalled,
            _ => {
                let (up, down) = random.pick(&[(true, false), (false, true), (true, true)]);
                Weather::HalfOpen { up, down }
            }
        };
        let (client, ms) = (client(random), random.between(300, 2_500));
        let act = Act::Weather {
            client,
            weather,
            ms,
        };
        self.put(moment(random), act);
    }

    fn add_to_clients(&mut self, kind: Kind, random: &mut Random) {
        for _ in 0..random.between(1, 3) {
            let (client, down_ms) = (client(random), random.between(0, 300));
            let act = match kind {
                Kind::Restart => Act::Restart { client, down_ms },
                _ => Act::KillTerminal {
                    terminal: 0,
                    down_ms,
                },
            };
            self.put(moment(random), act);
        }
    }
}

/// When a fault begins.
fn moment(random: &mut Random) -> u64 {
    random.between(200, LOAD_MS - 400)
}

fn client(random: &mut Random) -> usize {
    usize::try_from(random.between(0, CLIENTS as u64 - 1)).unwrap_or(0)
}

fn bytes(random: &mut Random) -> usize {
    let high = random.pick(&[16, 16, 16, 200, 3_000]);
    usize::try_from(random.between(8, high)).unwrap_or(8)
}

fn draw_kinds(seed: u64, all: &[Kind], random: &mut Random) -> Vec<Kind> {
    let alone = seed.is_multiple_of(ALONE_EVERY);
    let before = seed.saturating_sub(1);
    let before = MIXED * (before - before / ALONE_EVERY) + before / ALONE_EVERY;
    let own = if alone { 1 } else { MIXED };
    let mut kinds: Vec<Kind> = (before..before + own)
        .map(|turn| all[usize::try_from(turn % all.len() as u64).unwrap_or(0)])
        .collect();
    if !alone {
        for _ in 0..random.between(0, 2) {
            kinds.push(random.pick(all));
        }
    }
    kinds
}
