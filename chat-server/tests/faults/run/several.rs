//! What happens to several servers at once, and to what stands around them.

use std::time::Duration;

use tokio::task::JoinSet;

use super::cast::Cast;
use crate::log::What;
use crate::plan::Act;
use crate::recorder::Recorder;
use crate::server;
use crate::subject::Subject;

/// How long one server of a restart of all may take until it is back.
const BACK_WITHIN: Duration = Duration::from_secs(20);

/// The name of a restart of all in the tables.
const ROLL: &str = "SIGTERM of all servers, one by one";

/// Begins what the schedule says; it goes on beside the next step.
pub(super) fn act<S: Subject>(act: Act, cast: &Cast<S>, log: &Recorder, lasting: &mut JoinSet<()>) {
    let log = log.clone();
    match act {
        Act::Around(trouble) => {
            if let Some(stage) = cast.stage.clone() {
                lasting.spawn_local(async move { stage.suffer(trouble, log).await });
            }
        }
        Act::Roll => {
            let servers = cast.servers.clone();
            lasting.spawn_local(roll(servers, log));
        }
        _ => {}
    }
}

/// Restarts all, each when the one before is back.
async fn roll(servers: Vec<tokio::sync::mpsc::Sender<server::Order>>, log: Recorder) {
    log.note(None, What::Fault(ROLL.to_owned()));
    for server in servers {
        let drained = || {
            let entries = log.entries();
            let over = |what: &What| matches!(what, What::Over(name) if name == server::DRAIN);
            entries.iter().filter(|entry| over(&entry.what)).count()
        };
        let before = drained();
        let down = Duration::ZERO;
        // A server that could not be started again has said so in the log.
        server
            .send(server::Order::Drain { down })
            .await
            .unwrap_or(());
        log.until(BACK_WITHIN, || drained() > before).await;
    }
    log.note(None, What::Over(ROLL.to_owned()));
}
