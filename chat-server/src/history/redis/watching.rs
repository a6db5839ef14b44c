//! Looks after the primary: whether it is still the one, whether it takes writes, and what era it gives.

use std::sync::Arc;
use std::time::Duration;

use redis::Value;
use tokio::time::sleep;

use super::address::Primary;
use super::common::Common;
use super::link::{self, Link, told};
use super::{opening, replicas};

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a probe waits inside Redis for the replicas.
const PROBE_WAIT: Duration = Duration::from_secs(1);

/// Looks for ever.
pub(super) async fn watch(common: &Arc<Common>) {
    let link = Link::new(common);
    loop {
        follow_sentinels(common).await;
        let outcome = probe(common, &link).await;
        if let Err(reason) = &outcome {
            tracing::debug!(reason, "the store does not take writes");
        }
        common.condition.found(outcome);
        sleep(LOOK_EVERY).await;
    }
}

/// Lets all connections be made anew where the sentinels name another primary than before: a former one may answer for a while.
async fn follow_sentinels(common: &Common) {
    let Primary::Watched { .. } = common.primary else {
        return;
    };
    let Ok(place) = link::find(common).await else {
        return;
    };
    if common.is_elsewhere(&place.addr().to_string()) {
        common.turns.next();
    }
}

/// Writes something and waits for the replicas, and learns the era of the store.
async fn probe(common: &Common, link: &Link) -> Result<(), String> {
    let replicas = common.settings.replicas;
    let before = common.store.get();
    let mut pipeline = redis::pipe();
    pipeline.add_command(opening::standing(common, before.era));
    pipeline.cmd("INCR").arg(common.keys.probe());
    pipeline.add_command(replicas::wait(replicas, PROBE_WAIT));
    pipeline.cmd("ROLE");
    let answers = link
        .ask(&pipeline)
        .await
        .map_err(|trouble| trouble.to_string())?;
    let [standing, written, waited, role] = answers
        .try_into()
        .map_err(|_short| "Redis left out an answer".to_owned())?;
    let role = role.map_err(|error| told(&error))?;
    if !link::is_master(&role) {
        common.turns.next();
        return Err("the Redis is no primary any more".to_owned());
    }
    let standing = opening::read_standing(standing.map_err(|error| told(&error))?);
    if let Ok(standing) = standing
        && standing != before
    {
        tracing::warn!(era = standing.era, "the store is in another era");
        common.store.set(standing);
    }
    written.map_err(|error| told(&error))?;
    match waited {
        Ok(Value::Int(have)) if have >= i64::from(replicas) => Ok(()),
        Ok(Value::Int(have)) => Err(format!(
            "{have} of {replicas} replicas of the Redis follow it"
        )),
        Ok(_) => Err("Redis left out an answer".to_owned()),
        Err(error) => Err(told(&error)),
    }
}
