//! The checks at a start: whether this Redis may be trusted with what is acknowledged, and what all servers on it have in common.

use std::time::Duration;

use data_encoding::BASE64_NOPAD;
use protocol::identity::Identity;
use redis::{RedisResult, Value};
use tokio::time::timeout;

use super::common::{Common, Standing};
use super::link::{Answers, Backoff, Link, Trouble, told};
use super::replicas;

/// How long a start waits for a Redis that is not there or is loading.
const OPEN_WITHIN: Duration = Duration::from_secs(10);

/// The oldest version that runs our scripts.
const VERSION_MIN: u64 = 7;

/// Length of the secret of the servers' common key.
const SECRET_BYTES: usize = 32;

/// The key that says that the secret was on enough replicas.
const SECRET_KEPT: &str = "secret-kept";

/// How long one try waits inside Redis for the replicas to have the secret.
const KEPT_WAIT: Duration = Duration::from_secs(1);

/// What an opened store says.
pub(super) struct Found {
    pub(super) standing: Standing,
    pub(super) served: Duration,
    pub(super) identity: Identity,
}

/// Why the store is not opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It may be better in a moment.
    Yet(String),
    /// Somebody has to set something.
    Refused(String),
}

impl From<Trouble> for Unfit {
    fn from(trouble: Trouble) -> Self {
        Self::Yet(trouble.to_string())
    }
}

/// Waits for Redis, looks at its settings and makes what is missing; or says in a sentence what to do.
pub(super) async fn open(common: &Common, link: &Link) -> Result<Found, String> {
    let mut reason = "it does not answer".to_owned();
    let tries = async {
        let mut backoff = Backoff::default();
        loop {
            match try_open(common, link).await {
                Ok(found) => return Ok(found),
                Err(Unfit::Refused(sentence)) => return Err(sentence),
                Err(Unfit::Yet(why)) => reason = why,
            }
            backoff.pause().await;
        }
    };
    match timeout(OPEN_WITHIN, tries).await {
        Ok(done) => done,
        Err(_) => Err(format!(
            "{reason}; check that it runs, that this address is right and that its user may log in"
        )),
    }
}

/// The servers' common key, where a server was started on this Redis before. Changes nothing.
pub(super) async fn known_identity(
    common: &Common,
    link: &Link,
) -> Result<Option<Identity>, String> {
    let mut question = redis::pipe();
    question.cmd("GET").arg(common.keys.people("secret"));
    let answers = timeout(OPEN_WITHIN, link.ask(&question)).await;
    let answers = answers
        .map_err(|_elapsed| "it does not answer; check that it runs".to_owned())?
        .map_err(|trouble| trouble.to_string())?;
    match answers.into_iter().next() {
        None | Some(Ok(Value::Nil)) => Ok(None),
        Some(Ok(secret)) => identity(secret).map(Some),
        Some(Err(error)) => Err(told(&error)),
    }
}

async fn try_open(common: &Common, link: &Link) -> Result<Found, Unfit> {
    let mut question = redis::pipe();
    question.cmd("INFO");
    let info = text(link.ask(&question).await?)?;
    check(&info)?;
    let secret = common.keys.people("secret");
    let mut question = redis::pipe();
    question
        .add_command(standing(common, 0))
        .cmd("SET")
        .arg(&secret)
        .arg(fresh_secret()?)
        .arg("NX");
    question.cmd("GET").arg(&secret);
    question.cmd("GET").arg(common.keys.people("served"));
    question.cmd("CONFIG").arg("GET").arg("appendfsync");
    question.cmd("EXISTS").arg(common.keys.people(SECRET_KEPT));
    let answers: Result<[RedisResult<Value>; 6], _> = link.ask(&question).await?.try_into();
    let Ok([store, made, secret, served, fsync, kept]) = answers else {
        return Err(Unfit::Yet("it left out an answer".to_owned()));
    };
    made.map_err(refused)?;
    if !read(kept.map_err(refused)?)? {
        keep_secret(common, link).await?;
    }
    warn(common, fsync);
    let connected = field(&info, "connected_slaves").and_then(|count| count.parse().ok());
    if let Some(warning) = too_few(common.settings.replicas, connected.unwrap_or(0)) {
        tracing::warn!("{warning}");
    }
    let served: Option<u64> = read(served.map_err(refused)?)?;
    Ok(Found {
        standing: read_standing(store.map_err(refused)?)?,
        served: Duration::from_millis(served.unwrap_or(0)),
        identity: identity(secret.map_err(refused)?).map_err(Unfit::Refused)?,
    })
}

/// Waits until the servers' new key is on as many replicas as a message has to be: after a fail-over to one without it servers would have
/// different ones, and clients would trust none of them.
async fn keep_secret(common: &Common, link: &Link) -> Result<(), Unfit> {
    let replicas = common.settings.replicas;
    let mut question = redis::pipe();
    // Whoever made the key, it is before this write.
    question.cmd("INCR").arg(common.keys.probe());
    question.add_command(replicas::wait(replicas, KEPT_WAIT));
    let answers: Result<[RedisResult<Value>; 2], _> = link.ask(&question).await?.try_into();
    let Ok([written, waited]) = answers else {
        return Err(Unfit::Yet("it left out an answer".to_owned()));
    };
    written.map_err(refused)?;
    let have: u32 = read(waited.map_err(refused)?)?;
    if have < replicas {
        return Err(Unfit::Yet(format!(
            "the servers' new key is on {have} of {replicas} replicas that must have it; start them, or set --redis-replicas"
        )));
    }
    let mut note = redis::pipe();
    note.cmd("SET").arg(common.keys.people(SECRET_KEPT)).arg(1);
    for answer in link.ask(&note).await? {
        answer.map_err(refused)?;
    }
    Ok(())
}

/// What to say where a replica may be promoted that does not have to have what is acknowledged.
fn too_few(needed: u32, connected: u32) -> Option<String> {
    (connected > needed).then(|| {
        format!(
            "{connected} replicas follow the Redis, and {needed} must have a message before it is acknowledged: where one is promoted \
             that lags behind them, acknowledged messages may be lost; where that is not for sentinels to avoid, set --redis-replicas {connected}"
        )
    })
}

/// Asks for the era of the store, which rises beyond `known` where it has to.
pub(super) fn standing(common: &Common, known: u64) -> redis::Cmd {
    let mut call = common.scripts.store.call(&[common.keys.people("store")]);
    call.arg(known);
    call
}

/// The answer to [`standing`].
pub(super) fn read_standing(value: Value) -> Result<Standing, Unfit> {
    let (era, replid, _, _): (u64, String, u64, u64) = read(value)?;
    Ok(Standing { era, replid })
}

fn read<T: redis::FromRedisValue>(value: Value) -> Result<T, Unfit> {
    redis::from_redis_value(value).map_err(|error| {
        Unfit::Refused(format!(
            "its keys hold what no server wrote ({error}); choose another --redis-prefix"
        ))
    })
}

fn text(answers: Answers) -> Result<String, Unfit> {
    let answer = answers.into_iter().next();
    let answer = answer.ok_or_else(|| Unfit::Yet("it left out an answer".to_owned()))?;
    read(answer.map_err(refused)?)
}

/// What an error at a command means for the start.
#[expect(clippy::needless_pass_by_value, reason = "as map_err wants it")]
fn refused(error: redis::RedisError) -> Unfit {
    let said = told(&error);
    match error.code() {
        Some("NOPERM") => Unfit::Refused(format!(
            "its user may not do what the server needs ({said}); allow it the commands and the keys that docs/nodes.md names"
        )),
        Some("NOAUTH" | "WRONGPASS") => Unfit::Refused(format!(
            "it wants another user or password ({said}); put them into the address as redis://user:password@host"
        )),
        _ => Unfit::Yet(said),
    }
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

/// Whether what `INFO` says lets a message be acknowledged.
fn check(info: &str) -> Result<(), Unfit> {
    let version = field(info, "redis_version").unwrap_or_default();
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u64| major < VERSION_MIN) {
        return Err(Unfit::Refused(format!(
            "it has version {version} and version {VERSION_MIN} or later is needed; install a newer Redis"
        )));
    }
    if field(info, "loading") == Some("1") {
        return Err(Unfit::Yet("it is still loading its data".to_owned()));
    }
    if field(info, "aof_enabled") != Some("1") {
        return Err(Unfit::Refused(
            "it keeps nothing on disk between its snapshots; set appendonly yes in its configuration".to_owned(),
        ));
    }
    match field(info, "maxmemory_policy") {
        Some("noeviction") => Ok(()),
        policy => Err(Unfit::Refused(format!(
            "it throws messages away when its memory is full (maxmemory-policy {}); set maxmemory-policy noeviction in its configuration",
            policy.unwrap_or("unknown")
        ))),
    }
}

/// Says what a power failure may take where no replica is waited for. Who may not ask for the setting is told nothing.
fn warn(common: &Common, fsync: RedisResult<Value>) {
    let asked: Option<(String, String)> = fsync
        .ok()
        .and_then(|value| redis::from_redis_value(value).ok());
    let Some((_, policy)) = asked else { return };
    if common.settings.replicas == 0 && policy != "always" {
        tracing::warn!(
            policy,
            "no replica is waited for and Redis does not save each write by itself: a power failure or the loss of that machine may take \
             acknowledged messages; set appendfsync always, or have a replica and --redis-replicas 1"
        );
    }
}

fn fresh_secret() -> Result<String, Unfit> {
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret)
        .map_err(|error| Unfit::Refused(format!("the system gives no random bytes: {error}")))?;
    Ok(BASE64_NOPAD.encode(&secret))
}

fn identity(secret: Value) -> Result<Identity, String> {
    let text: Option<String> = redis::from_redis_value(secret).ok();
    let bytes = text.and_then(|text| BASE64_NOPAD.decode(text.as_bytes()).ok());
    let secret: Option<[u8; SECRET_BYTES]> = bytes.and_then(|bytes| bytes.try_into().ok());
    secret
        .map(|secret| Identity::from_secret(&secret))
        .ok_or_else(|| "the servers' secret key in it is damaged; put back a backup, or choose another --redis-prefix to start anew".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIT: &str = "# Server\r\nredis_version:7.0.15\r\nloading:0\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n";

    fn refusal(from: &str, to: &str) -> String {
        let info = FIT.replace(from, to);
        assert_ne!(info, FIT);
        match check(&info) {
            Err(Unfit::Refused(sentence) | Unfit::Yet(sentence)) => sentence,
            Ok(()) => panic!("{to} passes"),
        }
    }

    #[test]
    fn a_redis_that_may_lose_what_was_acknowledged_is_refused_with_what_to_set() {
        assert_eq!(check(FIT), Ok(()));
        assert_eq!(
            refusal("7.0.15", "6.2.7"),
            "it has version 6.2.7 and version 7 or later is needed; install a newer Redis"
        );
        assert_eq!(
            refusal("aof_enabled:1", "aof_enabled:0"),
            "it keeps nothing on disk between its snapshots; set appendonly yes in its configuration"
        );
        assert_eq!(
            refusal("noeviction", "allkeys-lru"),
            "it throws messages away when its memory is full (maxmemory-policy allkeys-lru); set maxmemory-policy noeviction in its configuration"
        );
        assert_eq!(
            refusal("loading:0", "loading:1"),
            "it is still loading its data"
        );
    }

    #[test]
    fn replicas_that_may_be_promoted_without_having_everything_are_warned_of() {
        assert_eq!(too_few(0, 0), None);
        assert_eq!(too_few(2, 1), None);
        assert_eq!(too_few(1, 1), None);
        assert_eq!(
            too_few(1, 2).unwrap(),
            "2 replicas follow the Redis, and 1 must have a message before it is acknowledged: where one is promoted that lags \
             behind them, acknowledged messages may be lost; where that is not for sentinels to avoid, set --redis-replicas 2"
        );
    }

    #[test]
    fn a_damaged_secret_is_not_replaced() {
        let bulk = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let secret = fresh_secret().unwrap();
        assert!(identity(bulk(&secret)).is_ok());
        assert!(identity(bulk(&format!("{secret}A"))).is_err());
        assert!(identity(bulk("")).is_err());
        assert!(identity(Value::Nil).is_err());
        assert_ne!(fresh_secret().unwrap(), secret);
    }
}
