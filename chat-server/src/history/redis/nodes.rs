//! The nodes that share the history: their signs of life, and what becomes of one that gives none.
//!
//! All times are Redis' own. A node never counts another one as dead by its own clock, and never itself as alive.

#[cfg(test)]
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::{Pipeline, Value};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep_until, timeout};

use super::common::Common;
use super::link::{Link, Trouble, now, told};
use super::member::{ms, node_text, read_node};
use super::node_table::Table;
use crate::record::NodeId;

/// A dead node is gone, with all its members, after so many times [`Shared::dead_after`](super::Shared::dead_after) without a sign
/// of life.
pub(super) const GONE_FACTOR: u32 = 3;

/// Persons of a forgotten node that are forgotten with it at a time.
const FORGOTTEN_PERSONS: u64 = 100;

/// A sign of life that did not get through is repeated so much sooner than the next one would come.
const SOONER_AFTER_FAILURE: u32 = 6;

/// How long the last sign of a node waits for its answer.
const END_WITHIN: Duration = Duration::from_secs(1);

/// What this node calls itself; another name after it was fenced.
#[derive(Debug)]
pub(super) struct Own(AtomicU64);

impl Own {
    pub(super) const fn new(node: NodeId) -> Self {
        Self(AtomicU64::new(node.0))
    }

    pub(super) fn get(&self) -> NodeId {
        NodeId(self.0.load(Ordering::Acquire))
    }

    fn set(&self, node: NodeId) {
        self.0.store(node.0, Ordering::Release);
    }
}

/// What is heard from the one who gives the signs of life.
#[derive(Debug)]
pub(super) struct Pulse {
    pub(super) own: Own,
    /// The last table.
    pub(super) table: watch::Sender<Table>,
    /// How often this node was fenced.
    pub(super) fenced: watch::Sender<u64>,
    /// How often it may be that what this node entered stands nowhere any more.
    pub(super) forgotten: watch::Sender<u64>,
    /// Asks for a sign of life now.
    pub(super) hurry: Notify,
    #[cfg(test)]
    pub(super) hooks: Hooks,
}

/// The nodes of all tests by their first names.
#[cfg(test)]
static NODES: std::sync::Mutex<BTreeMap<NodeId, Arc<Pulse>>> =
    std::sync::Mutex::new(BTreeMap::new());

/// The node that began by this name.
#[cfg(test)]
pub(super) fn node(first: NodeId) -> Arc<Pulse> {
    Arc::clone(NODES.lock().unwrap().get(&first).unwrap())
}

/// Lets tests find a node.
#[cfg(test)]
pub(super) fn register(first: NodeId, pulse: &Arc<Pulse>) {
    NODES.lock().unwrap().insert(first, Arc::clone(pulse));
}

/// What tests do to a node.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Hooks {
    /// It gives no sign of life.
    pub(super) muted: std::sync::atomic::AtomicBool,
    /// It ends without a word.
    pub(super) killed: Notify,
}

impl Pulse {
    pub(super) fn new(node: NodeId) -> Self {
        Self {
            own: Own::new(node),
            table: watch::Sender::new(Table::default()),
            fenced: watch::Sender::new(0),
            forgotten: watch::Sender::new(0),
            hurry: Notify::new(),
            #[cfg(test)]
            hooks: Hooks::default(),
        }
    }

    /// Ends when a test lets this node end without a word.
    #[cfg(test)]
    pub(super) async fn killed(&self) {
        self.hooks.killed.notified().await;
    }

    /// Never ends.
    #[cfg(not(test))]
    pub(super) async fn killed(&self) {
        std::future::pending::<()>().await;
    }

    /// Whether no sign of life is to be given.
    #[cfg(test)]
    fn is_muted(&self) -> bool {
        self.hooks.muted.load(Ordering::Acquire)
    }

    /// Whether no sign of life is to be given.
    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests ask it")]
    const fn is_muted(&self) -> bool {
        false
    }

    /// This node is given up. It goes on by another name, and holds nothing.
    pub(super) fn give_up(&self) {
        tracing::warn!("the other servers gave this one up; all clients begin anew");
        // Below 2^53, so that scripts keep it whole.
        let drawn = getrandom::u64().map(|node| node >> 11);
        let next = drawn.unwrap_or_else(|_no_bytes| self.own.get().0 + 1);
        self.own.set(NodeId(next));
        self.fenced.send_modify(|times| *times += 1);
        self.hurry.notify_one();
    }
}

/// Gives signs of life until it is dropped.
pub(super) async fn beat(common: Arc<Common>, pulse: Arc<Pulse>) {
    let link = Link::new(&common);
    let mut heart = Heart::default();
    loop {
        let mut next = now() + common.settings.renew_every;
        if !pulse.is_muted() {
            let outcome = heart.beat(&common, &link, &pulse).await;
            if let Err(trouble) = &outcome {
                tracing::debug!(%trouble, "no sign of life could be given");
                next = now() + common.settings.renew_every / SOONER_AFTER_FAILURE;
            }
            common
                .condition
                .leased(outcome.map_err(|trouble| trouble.to_string()));
        }
        tokio::select! {
            () = sleep_until(next) => {}
            () = pulse.hurry.notified() => {}
        }
    }
}

/// Says that this node ends in order. Its members have their time to come back elsewhere.
pub(super) async fn end(common: &Common, link: &Link, pulse: &Pulse) {
    let mut call = common
        .scripts
        .people
        .end
        .call(&[common.keys.people("nodes")]);
    call.arg(node_text(pulse.own.get()))
        .arg(ms(common.settings.dead_after * GONE_FACTOR))
        .arg(common.keys.nodes_bell());
    let mut question = Pipeline::new();
    question.add_command(call);
    let told = timeout(END_WITHIN, link.ask(&question)).await;
    if !matches!(told, Ok(Ok(_))) {
        tracing::warn!("Redis did not hear that this server ends");
    }
}

/// What is known between two signs of life.
#[derive(Debug, Default)]
struct Heart {
    /// The name by which Redis knows this node.
    known_as: Option<NodeId>,
    replid: Option<Vec<u8>>,
}

/// What Redis answers to a sign of life.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    fenced: bool,
    late: bool,
    replid: Vec<u8>,
    table: Table,
}

impl Heart {
    async fn beat(&mut self, common: &Common, link: &Link, pulse: &Pulse) -> Result<(), Trouble> {
        let dead_after = common.settings.dead_after;
        let mut call = common
            .scripts
            .people
            .beat
            .call(&[common.keys.people("nodes")]);
        let own = pulse.own.get();
        call.arg(node_text(own))
            .arg(u8::from(self.known_as == Some(own)))
            .arg(ms(dead_after))
            .arg(ms(dead_after * GONE_FACTOR));
        let mut question = Pipeline::new();
        question.add_command(call);
        let answer = link.ask(&question).await?.into_iter().next();
        let answer = match answer {
            Some(Ok(value)) => read_answer(&value),
            Some(Err(error)) => return Err(Trouble::Lost(told(&error))),
            None => None,
        };
        let answer = answer.ok_or_else(|| Trouble::Lost("its answer makes no sense".to_owned()))?;
        if answer.fenced {
            pulse.give_up();
            return Err(Trouble::Lost(
                "the other servers gave this one up".to_owned(),
            ));
        }
        self.known_as = Some(own);
        common
            .lease
            .set(answer.table.now.saturating_add(ms(dead_after)));
        let is_other = self
            .replid
            .as_ref()
            .is_some_and(|known| *known != answer.replid);
        self.replid = Some(answer.replid);
        if answer.late || is_other {
            pulse.forgotten.send_modify(|times| *times += 1);
        }
        forget(common, link, &answer.table).await;
        pulse.table.send_replace(answer.table);
        Ok(())
    }
}

/// Forgets what was gone for long, a part of it at a time.
async fn forget(common: &Common, link: &Link, table: &Table) {
    let Some(node) = table.forgettable().next() else {
        return;
    };
    let node = node_text(node);
    let keys = [
        common.keys.people("nodes"),
        common.keys.people(&format!("node:{node}")),
        common.keys.people("held"),
    ];
    let mut call = common.scripts.people.forget.call(&keys);
    call.arg(common.keys.people("person:"))
        .arg(node)
        .arg(FORGOTTEN_PERSONS);
    let mut question = Pipeline::new();
    question.add_command(call);
    if let Err(trouble) = link.ask(&question).await {
        tracing::debug!(%trouble, "a node could not be forgotten");
    }
}

fn read_answer(value: &Value) -> Option<Answer> {
    let Value::Array(parts) = value else {
        return None;
    };
    let number = |value: &Value| redis::from_redis_value_ref::<u64>(value).ok();
    let (fixed, nodes) = parts.split_at_checked(4)?;
    let [fenced, late, now, Value::BulkString(replid)] = fixed else {
        return None;
    };
    let nodes = nodes.chunks_exact(3).map(|node| match node {
        [Value::BulkString(name), dead, gone] => {
            Some((read_node(name)?, (number(dead)?, number(gone)?)))
        }
        _ => None,
    });
    Some(Answer {
        fenced: number(fenced)? != 0,
        late: number(late)? != 0,
        replid: replid.clone(),
        table: Table {
            now: number(now)?,
            nodes: nodes.collect::<Option<_>>()?,
        },
    })
}
