//! One run: starts everything, follows the schedule, waits until all is quiet, and looks at what is there.

mod cast;
mod finish;
mod servers;
mod several;
mod storm;

use std::path::Path;
use std::time::Duration;

use tokio::task::{JoinSet, LocalSet};
use tokio::time::sleep;

use self::cast::Cast;
use crate::client;
use crate::log::{End, Entry, What};
use crate::oracle::{Verdict, judge};
use crate::plan::{Act, Kind, Plan};
use crate::proxy::{Cut, Weather};
use crate::recorder::Recorder;
use crate::server;
use crate::subject::{Promises, Subject};
use crate::terminal;
use crate::watchdog::Watchdog;

/// How long it may take until everybody is there at the start.
const START_WITHIN: Duration = Duration::from_secs(30);

/// For how long two servers may let one nick in, in milliseconds, where a promotion takes away that it was given: until the servers have
/// entered anew what they hold.
const NICK_BOUND_MS: u64 = 3_000;

/// For how long a client may hear nothing while all servers are restarted one by one and others speak, in milliseconds: a pause.
const SILENCE_MS: u64 = 2_000;

/// What a run came to.
pub(crate) struct Outcome {
    /// Its schedule.
    pub(crate) plan: Plan,
    /// What happened.
    pub(crate) log: Vec<Entry>,
    /// What the oracle says.
    pub(crate) verdict: Verdict,
}

/// Runs a schedule against a system, with its files in `place`. What is not well again within `patience` is stuck.
pub(crate) fn run<S: Subject>(subject: S, plan: Plan, place: &Path, patience: Duration) -> Outcome {
    let _watchdog = Watchdog::watch(plan.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let promises = promises(&subject, &plan);
    let (log, end) = LocalSet::new().block_on(&runtime, whole(subject, &plan, place, patience));
    let verdict = judge(&log, &end, promises);
    Outcome { plan, log, verdict }
}

/// What a system promises in the setting of a schedule.
fn promises<S: Subject>(subject: &S, plan: &Plan) -> Promises {
    let promises = subject.promises();
    match plan.setting {
        None => promises,
        Some(setting) => Promises {
            keeps_tail: setting.keeps_tail(),
            nick_bound_ms: if setting.keeps_tail() {
                0
            } else {
                NICK_BOUND_MS
            },
            silence_ms: (plan.kinds == [Kind::Roll]).then_some(SILENCE_MS),
            ..promises
        },
    }
}

async fn whole<S: Subject>(
    subject: S,
    plan: &Plan,
    place: &Path,
    patience: Duration,
) -> (Vec<Entry>, End) {
    let log = Recorder::start();
    let mut end = End::default();
    let mut tasks = JoinSet::new();
    let started = Cast::start(subject, plan, place, &log, &mut tasks).await;
    let mut cast = match started {
        Ok(cast) => cast,
        Err(error) => {
            end.stuck.push(format!("the run does not start: {error}"));
            return (log.entries().clone(), end);
        }
    };
    if log.until(START_WITHIN, || cast.is_live()).await {
        let mut quarrel = cast.quarrel(&log);
        follow(plan, &cast, &log).await;
        cast.quarrel_is_over.set(true);
        while quarrel.join_next().await.is_some() {}
        finish::finish(&mut cast, &log, patience, &mut tasks, &mut end).await;
    } else {
        end.stuck
            .push(format!("not everybody is there: {}", cast.states()));
    }
    while let Some(ended) = tasks.try_join_next() {
        if let Err(fault) = ended {
            end.stuck.push(format!("the driver has a fault: {fault}"));
        }
    }
    tasks.shutdown().await;
    let entries = log.entries().clone();
    (entries, end)
}

/// Does what the schedule says. What lasts goes on beside the next step.
async fn follow<S: Subject>(plan: &Plan, cast: &Cast<S>, log: &Recorder) {
    let begin = log.entries().last().map_or(Duration::ZERO, |e| e.time);
    let mut lasting = JoinSet::new();
    for step in &plan.steps {
        log.reach(begin + Duration::from_millis(step.at_ms)).await;
        act(step.act, cast, log, &mut lasting).await;
    }
    while let Some(ended) = lasting.join_next().await {
        if let Err(fault) = ended {
            let sentence = format!("what stands around the servers has a fault: {fault}");
            log.note(None, What::Broken(sentence));
        }
    }
}

async fn act<S: Subject>(act: Act, cast: &Cast<S>, log: &Recorder, lasting: &mut JoinSet<()>) {
    let ms = Duration::from_millis;
    match act {
        Act::Say {
            client,
            room,
            times,
            bytes,
        } => {
            for _ in 0..times {
                let say = client::Order::Say { room, bytes };
                cast.clients[client].order(say).await;
            }
        }
        Act::Type { terminal, bytes } => {
            if let Some(terminal) = cast.terminals.get(terminal) {
                let room = terminal.who.rooms[0];
                terminal.order(terminal::Order::Say { room, bytes }).await;
            }
        }
        Act::Kill { .. }
        | Act::Drain { .. }
        | Act::Freeze { .. }
        | Act::Disk { .. }
        | Act::Power { .. }
        | Act::Clock { .. } => order(act, cast).await,
        Act::Roll | Act::Around(_) => several::act(act, cast, log, lasting),
        Act::Restart { client, down_ms } => {
            log.note(None, What::Fault("client restart".to_owned()));
            let restart = client::Order::Restart { down: ms(down_ms) };
            cast.clients[client].order(restart).await;
        }
        Act::Leave { client, away_ms } => {
            let leave = client::Order::Leave { away: ms(away_ms) };
            cast.clients[client].order(leave).await;
        }
        Act::KillTerminal { terminal, down_ms } => {
            if let Some(terminal) = cast.terminals.get(terminal) {
                let kill = terminal::Order::Kill { down: ms(down_ms) };
                terminal.order(kill).await;
            }
        }
        Act::Cut { .. } | Act::Weather { .. } | Act::Storm { .. } => {
            disturb(act, cast, log, lasting);
        }
    }
}

/// Does to a server what the schedule says.
async fn order<S: Subject>(act: Act, cast: &Cast<S>) {
    let ms = Duration::from_millis;
    let (node, order) = match act {
        Act::Kill { node, down_ms } => (node, server::Order::Kill { down: ms(down_ms) }),
        Act::Drain { node, down_ms } => (node, server::Order::Drain { down: ms(down_ms) }),
        Act::Freeze { node, ms: lasts } => (node, server::Order::Freeze { lasts: ms(lasts) }),
        Act::Disk { mode, ms: lasts } => {
            let lasts = ms(lasts);
            (0, server::Order::Disk { mode, lasts })
        }
        Act::Power { loss, down_ms } => {
            let down = ms(down_ms);
            (0, server::Order::Power { loss, down })
        }
        Act::Clock { off_by_ms } => (0, server::Order::Clock { off_by_ms }),
        _ => return,
    };
    cast.tell(node, order).await;
}

/// Does to the network what the schedule says.
fn disturb<S: Subject>(act: Act, cast: &Cast<S>, log: &Recorder, lasting: &mut JoinSet<()>) {
    let name = match act {
        Act::Cut { how: Cut::Fin, .. } => "cut by fin",
        Act::Cut { .. } => "cut by reset",
        Act::Weather { weather, .. } => weather_name(weather),
        _ => "storm",
    };
    log.note(None, What::Fault(name.to_owned()));
    let log = log.clone();
    let over = move || {
        log.note(None, What::Over(name.to_owned()));
    };
    match act {
        Act::Cut { client, how } => {
            cast.proxies[client].cut(how);
            over();
        }
        Act::Weather {
            client,
            weather,
            ms,
        } => {
            let proxy = cast.proxies[client].clone();
            proxy.set(weather);
            lasting.spawn_local(async move {
                sleep(Duration::from_millis(ms)).await;
                proxy.set(Weather::Clear);
                over();
            });
        }
        Act::Storm { connections, ms } => {
            let upstream = cast.upstream.clone();
            lasting.spawn_local(async move {
                storm::storm(&upstream, connections, Duration::from_millis(ms)).await;
                over();
            });
        }
        _ => {}
    }
}

fn weather_name(weather: Weather) -> &'static str {
    match weather {
        Weather::Clear => "clear",
        Weather::HalfOpen {
            up: true,
            down: true,
        } => "half-open both ways",
        Weather::HalfOpen { up: true, .. } => "half-open upwards",
        Weather::HalfOpen { .. } => "half-open downwards",
        Weather::Delayed(_) => "delay",
        Weather::Stalled => "slow reader",
    }
}
