//! One connection to the primary: found, checked, kept, and given up where it may lead to a former primary.
//!
//! It never repeats by itself what may have been done already: who asks decides about that. The one exception are scripts that Redis has
//! forgotten, as then nothing of them was run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, Pipeline, RedisError, RedisResult, Value,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::address::Primary;
use super::common::Common;
use super::sentinels;

/// From the first packet to a connection that may be used.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// From a question to its answer, over all of one pipeline. What waits inside Redis for replicas waits less than that.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// For so long nobody tries again after a try that failed: many may wait for one, and must not wait one after the other.
const FAILED_FOR: Duration = Duration::from_millis(50);

/// Places of which the last connection is remembered.
const PLACES_MAX: usize = 16;

/// The first wait before a new try; each later one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(20);

/// The longest wait before a new try.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// What Redis answered to each command of a pipeline.
pub(super) type Answers = Vec<RedisResult<Value>>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// Nothing was handed over: there is no connection to a primary.
    #[error("{0}")]
    Away(String),
    /// It was handed over and no answer came: it may have been done or not.
    #[error("{0}")]
    Lost(String),
}

/// A connection that is made when it is needed. Several may ask over it at once; what is asked over it is done in the order of asking.
pub(super) struct Link {
    common: Arc<Common>,
    live: Mutex<Live>,
}

#[derive(Default)]
struct Live {
    connection: Option<MultiplexedConnection>,
    /// What [`Common::turns`] said when the connection was made.
    turn: u64,
    /// Counts the connections, so that a late failure of an old one does not end a new one.
    number: u64,
    /// When the last try failed, and why.
    failed: Option<(Instant, String)>,
    /// The last connection to each place: what was handed over there may still be under way.
    before: BTreeMap<String, Known>,
}

/// A connection as Redis knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    id: String,
    /// Ids begin anew when Redis does, and then another one may have it.
    address: String,
}

impl Link {
    pub(super) fn new(common: &Arc<Common>) -> Self {
        Self {
            common: Arc::clone(common),
            live: Mutex::default(),
        }
    }

    /// Hands a pipeline to the primary and gives what Redis answers to each of its commands.
    pub(super) async fn ask(&self, pipeline: &Pipeline) -> Result<Answers, Trouble> {
        let (answers, number) = self.ask_once(pipeline).await?;
        let forgotten = |answer: &RedisResult<Value>| matches!(answer, Err(error) if error.code() == Some("NOSCRIPT"));
        if !answers.iter().any(forgotten) {
            return Ok(answers);
        }
        // A new connection loads all scripts. What did run is run again, and its own rules see to that.
        self.give_up(number).await;
        match self.ask_once(pipeline).await {
            Ok((again, _)) => Ok(again),
            Err(Trouble::Away(reason)) if answers.iter().any(Result::is_ok) => {
                Err(Trouble::Lost(reason))
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn ask_once(&self, pipeline: &Pipeline) -> Result<(Answers, u64), Trouble> {
        let (mut connection, number) = self.connection().await?;
        let mut asked = pipeline.clone();
        asked.ignore_errors();
        let answers: RedisResult<Answers> = asked.query_async(&mut connection).await;
        match answers {
            Ok(answers) => {
                if answers.iter().any(means_former) {
                    self.give_up(number).await;
                }
                Ok((answers, number))
            }
            Err(error) => {
                self.give_up(number).await;
                Err(Trouble::Lost(told(&error)))
            }
        }
    }

    /// The connection, made now where there is none or it may lead to a former primary, and its number.
    pub(super) async fn connection(&self) -> Result<(MultiplexedConnection, u64), Trouble> {
        let mut live = self.live.lock().await;
        let turn = self.common.turns.current();
        let is_current = live.turn == turn;
        if let Some(connection) = live.connection.as_ref().filter(|_| is_current) {
            return Ok((connection.clone(), live.number));
        }
        live.connection = None;
        if let Some((at, reason)) = &live.failed
            && at.elapsed() < FAILED_FOR
        {
            return Err(Trouble::Away(reason.clone()));
        }
        let (connection, place) = match connect(&self.common, &mut live).await {
            Ok(connected) => connected,
            Err(reason) => {
                live.failed = Some((now(), reason.clone()));
                return Err(Trouble::Away(reason));
            }
        };
        live.failed = None;
        live.connection = Some(connection.clone());
        // Where the primary is another one than that of the other connections they are made anew: a former one may answer for a while.
        live.turn = if self.common.is_elsewhere(&place) {
            self.common.turns.next()
        } else {
            turn
        };
        live.number += 1;
        Ok((connection, live.number))
    }

    /// Makes the next question begin with a new connection, if it is still the one with that number.
    pub(super) async fn give_up(&self, number: u64) {
        let mut live = self.live.lock().await;
        if live.number == number {
            live.connection = None;
        }
    }
}

/// Waits between tries, longer each time.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: PAUSE_MIN }
    }
}

impl Backoff {
    /// The next wait, without waiting.
    pub(super) fn take(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(PAUSE_MAX);
        pause
    }

    /// Waits.
    pub(super) async fn pause(&mut self) {
        let pause = self.take();
        sleep(pause).await;
    }
}

/// The time by which waits are bounded.
#[expect(
    clippy::disallowed_methods,
    reason = "tries end by the clock, and nothing that is stored has this time in it"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// Whether this answer comes from what is no primary any more, or not one that can answer.
fn means_former(answer: &RedisResult<Value>) -> bool {
    let code = match answer {
        Err(error) => error.code(),
        Ok(_) => None,
    };
    matches!(code, Some("READONLY" | "MASTERDOWN" | "UNBLOCKED"))
}

/// A connection to the primary with all scripts loaded, and where that is, or why there is none. What its predecessor there had still under way is not done any
/// more: it would undo newer words.
async fn connect(
    common: &Common,
    live: &mut Live,
) -> Result<(MultiplexedConnection, String), String> {
    let place = find(common).await?;
    let name = place.addr().to_string();
    let mut connection = open(place).await.map_err(|error| told(&error))?;
    let mut first = redis::pipe();
    first.cmd("ROLE");
    first.cmd("CLIENT").arg("INFO");
    let before = live.before.get(&name);
    if let Some(Known { id, address }) = before {
        let kill = first.cmd("CLIENT").arg("KILL");
        kill.arg("ID").arg(id).arg("ADDR").arg(address);
    }
    let scripts_from = first.len();
    common.scripts.load(&mut first);
    first.ignore_errors();
    let answers: RedisResult<Answers> = first.query_async(&mut connection).await;
    let mut answers = answers.map_err(|error| told(&error))?;
    let scripts = answers.split_off(scripts_from.min(answers.len()));
    let mut answers = answers.into_iter();
    match answers.next() {
        Some(Ok(role)) if is_master(&role) => {}
        Some(Err(error)) => return Err(told(&error)),
        _ => return Err("it is a replica, and only the primary takes messages".to_owned()),
    }
    if let Some(error) = scripts.into_iter().find_map(Result::err) {
        return Err(told(&error));
    }
    let own = answers.next();
    let is_forbidden = |answer: &RedisResult<Value>| matches!(answer, Err(error) if error.code() == Some("NOPERM"));
    let is_told = |answer: RedisResult<Value>| is_forbidden(&answer) && common.may_not_kill();
    if own.iter().any(is_forbidden) && common.may_not_kill() || answers.any(is_told) {
        tracing::info!(
            "the user of the Redis may not CLIENT INFO and CLIENT KILL: what is under way on a connection that is cut may undo what is said later"
        );
    }
    if live.before.len() >= PLACES_MAX {
        live.before.clear();
    }
    live.before.remove(&name);
    if let Some(client) = own.and_then(Result::ok).and_then(as_known) {
        live.before.insert(name.clone(), client);
    }
    // A former primary that slept all the while still calls itself one.
    if find(common).await?.addr().to_string() != name {
        return Err("another one became the primary while it was connected to".to_owned());
    }
    Ok((connection, name))
}

/// What `CLIENT INFO` says.
fn as_known(info: Value) -> Option<Known> {
    let info: String = redis::from_redis_value(info).ok()?;
    let field = |name| {
        let mut words = info.split_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    Some(Known {
        id: field("id")?.to_owned(),
        address: field("addr")?.to_owned(),
    })
}

/// Where the primary is.
pub(super) async fn find(common: &Common) -> Result<ConnectionInfo, String> {
    match &common.primary {
        Primary::Fixed(place) => Ok(place.clone()),
        Primary::Watched {
            sentinels,
            master,
            pattern,
        } => sentinels::find(sentinels, master, pattern, &common.failover).await,
    }
}

/// Whether this answer to `ROLE` is that of a primary.
pub(super) fn is_master(role: &Value) -> bool {
    let Value::Array(role) = role else {
        return false;
    };
    matches!(role.first(), Some(Value::BulkString(name)) if name == b"master")
}

/// A connection, whoever is there.
pub(super) async fn open(place: ConnectionInfo) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_WITHIN))
        .set_response_timeout(Some(ANSWER_WITHIN));
    let client = Client::open(place)?;
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// What the library says, in one line.
pub(super) fn told(error: &RedisError) -> String {
    error.to_string().replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_their_bound() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..8)
            .map(|_| u64::try_from(backoff.take().as_millis()).unwrap())
            .collect();
        assert_eq!(waits, [20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    }
}
