//! The connection on which bells ring: kept alive, made anew where it is lost, and subscribed to all that is wanted.
//!
//! A bell may be missed, and nobody says so; whoever sees [`Ears::anew`] rise has to look at everything.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use redis::aio::{AsyncPushSender, MultiplexedConnection, SendError};
use redis::{
    AsyncConnectionConfig, Client, ProtocolVersion, PushInfo, PushKind, RedisResult, Value,
};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::common::Common;
use super::link::{self, Backoff, told};

/// Bells that wait to be heard; one more is missed, and everything is looked at.
pub(super) const BELLS_WAITING_MAX: usize = 4096;

/// Bytes of all of them; one more is missed likewise.
pub(super) const BELLS_BYTES_MAX: usize = 16 << 20;

/// Before a new connection where bells were missed: who hears them is behind, and would only be more so.
const PAUSE_AFTER_MISSED: Duration = Duration::from_millis(200);

/// Changes of what is wanted that wait; at it who wants more waits.
pub(super) const WANTS_WAITING_MAX: usize = 1024;

/// Channels that are subscribed to at once.
const CHANNELS_AT_ONCE: usize = 512;

/// Time between two looks whether the connection lives.
const PING_EVERY: Duration = Duration::from_secs(2);

/// A connection that does not answer for so long is dead.
const DEAD_AFTER: Duration = Duration::from_secs(2);

/// What is wanted.
#[derive(Debug)]
pub(super) enum Want {
    /// To hear this channel. It is said when it is heard, or when that has to wait for a new connection.
    Channel(String, oneshot::Sender<()>),
    /// Not to hear it any more.
    NotChannel(String),
}

impl Want {
    fn channel(&self) -> &str {
        match self {
            Self::Channel(channel, _) | Self::NotChannel(channel) => channel,
        }
    }
}

/// Something was told on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bell {
    pub(super) channel: String,
    pub(super) payload: Vec<u8>,
}

/// Where bells go.
pub(super) struct Ears {
    pub(super) bells: Sender<Bell>,
    /// Bytes of the bells that wait.
    pub(super) waiting: Arc<AtomicUsize>,
    /// Rises when all that is wanted is heard again, and anything may have been missed before.
    pub(super) anew: watch::Sender<u64>,
}

/// Where bells go that ring on a connection.
struct Clapper {
    bells: Sender<Bell>,
    waiting: Arc<AtomicUsize>,
    /// There was no room for one.
    missed: Arc<AtomicBool>,
    /// The connection has ended.
    ended: Arc<Notify>,
}

impl AsyncPushSender for Clapper {
    fn send(&self, push: PushInfo) -> Result<(), SendError> {
        match (&push.kind, push.data.as_slice()) {
            (PushKind::Disconnection, _) => self.ended.notify_one(),
            (PushKind::Message, [Value::BulkString(channel), Value::BulkString(payload)]) => {
                let bell = Bell {
                    channel: String::from_utf8_lossy(channel).into_owned(),
                    payload: payload.clone(),
                };
                let bytes = payload.len();
                let waiting = self.waiting.fetch_add(bytes, Ordering::AcqRel);
                if waiting + bytes > BELLS_BYTES_MAX || self.bells.try_send(bell).is_err() {
                    self.waiting.fetch_sub(bytes, Ordering::AcqRel);
                    self.missed.store(true, Ordering::Release);
                    self.ended.notify_one();
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Keeps the connection until nobody wants anything any more.
pub(super) async fn listen(common: Arc<Common>, mut wants: Receiver<Want>, ears: Ears) {
    let mut belfry = Belfry {
        common,
        ears,
        wanted: BTreeSet::new(),
    };
    let mut backoff = Backoff::default();
    loop {
        let mut turns = belfry.common.turns.follow();
        let pause = match belfry.connect(&mut wants).await {
            Connected::Ended => return,
            Connected::No(reason) => {
                tracing::debug!(reason, "no connection for bells");
                backoff.take()
            }
            Connected::Yes(mut line) => {
                backoff = Backoff::default();
                tokio::select! {
                    biased;
                    is_over = belfry.serve(&mut line, &mut wants) => if is_over { return },
                    Ok(()) = turns.changed() => {}
                }
                if line.missed.load(Ordering::Acquire) {
                    PAUSE_AFTER_MISSED
                } else {
                    Duration::ZERO
                }
            }
        };
        if belfry.wait(pause, &mut wants).await {
            return;
        }
    }
}

/// A connection on which bells ring.
struct Line {
    connection: MultiplexedConnection,
    missed: Arc<AtomicBool>,
    ended: Arc<Notify>,
}

enum Connected {
    Yes(Line),
    No(String),
    /// Nobody wants anything any more.
    Ended,
}

struct Belfry {
    common: Arc<Common>,
    ears: Ears,
    wanted: BTreeSet<String>,
}

impl Belfry {
    /// A connection that hears all that is wanted. Who wants something meanwhile is told at once that it has to wait.
    async fn connect(&mut self, wants: &mut Receiver<Want>) -> Connected {
        let common = Arc::clone(&self.common);
        let (missed, ended) = (Arc::default(), Arc::default());
        let clapper = Clapper {
            bells: self.ears.bells.clone(),
            waiting: Arc::clone(&self.ears.waiting),
            missed: Arc::clone(&missed),
            ended: Arc::clone(&ended),
        };
        let opened = {
            let opening = open(&common, clapper);
            tokio::pin!(opening);
            loop {
                tokio::select! {
                    opened = &mut opening => break opened,
                    want = wants.recv() => match want {
                        Some(want) => self.put_off(want),
                        None => return Connected::Ended,
                    },
                }
            }
        };
        let mut line = match opened {
            Ok(connection) => Line {
                connection,
                missed,
                ended,
            },
            Err(reason) => return Connected::No(reason),
        };
        let channels: Vec<&String> = self.wanted.iter().collect();
        for part in channels.chunks(CHANNELS_AT_ONCE) {
            if let Err(error) = line.connection.subscribe(part).await {
                return Connected::No(told(&error));
            }
        }
        self.ears.anew.send_modify(|times| *times += 1);
        Connected::Yes(line)
    }

    /// Waits without a connection; true where nobody wants anything any more.
    async fn wait(&mut self, pause: Duration, wants: &mut Receiver<Want>) -> bool {
        let pause = sleep(pause);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => return false,
                want = wants.recv() => match want {
                    Some(want) => self.put_off(want),
                    None => return true,
                },
            }
        }
    }

    /// Hears and does what is wanted until the connection is lost; true where nobody wants anything any more.
    async fn serve(&mut self, line: &mut Line, wants: &mut Receiver<Want>) -> bool {
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::new();
        loop {
            let done: RedisResult<()> = tokio::select! {
                biased;
                () = line.ended.notified() => return false,
                taken = wants.recv_many(&mut batch, CHANNELS_AT_ONCE) => {
                    if taken == 0 {
                        return true;
                    }
                    self.want(line, std::mem::take(&mut batch)).await
                }
                _ = ping.tick() => redis::cmd("PING").query_async(&mut line.connection).await,
            };
            if let Err(error) = done {
                tracing::debug!(%error, "the connection for bells is lost");
                return false;
            }
            if line.missed.load(Ordering::Acquire) {
                return false;
            }
        }
    }

    /// What is wanted is known before anything is said of it, so that a new connection hears it where this one is lost meanwhile.
    async fn want(&mut self, line: &mut Line, batch: Vec<Want>) -> RedisResult<()> {
        let mut ready = Vec::new();
        let (mut fresh, mut stale) = (BTreeSet::new(), BTreeSet::new());
        for want in batch {
            let channel = want.channel().to_owned();
            let was_wanted = self.wanted.contains(&channel);
            ready.extend(self.note(want));
            let is_wanted = self.wanted.contains(&channel);
            if is_wanted == was_wanted {
                continue;
            }
            let (to, from) = if is_wanted {
                (&mut fresh, &mut stale)
            } else {
                (&mut stale, &mut fresh)
            };
            if !from.remove(&channel) {
                to.insert(channel);
            }
        }
        let fresh: Vec<String> = fresh.into_iter().collect();
        let stale: Vec<String> = stale.into_iter().collect();
        if !stale.is_empty() {
            line.connection.unsubscribe(&stale).await?;
        }
        if !fresh.is_empty() {
            line.connection.subscribe(&fresh).await?;
        }
        ready.into_iter().for_each(say);
        Ok(())
    }

    /// Takes note of what is wanted, and gives who waits for it.
    fn note(&mut self, want: Want) -> Option<oneshot::Sender<()>> {
        match want {
            Want::Channel(channel, is_heard) => {
                self.wanted.insert(channel);
                Some(is_heard)
            }
            Want::NotChannel(channel) => {
                self.wanted.remove(&channel);
                None
            }
        }
    }

    /// As `note`, while there is no connection: who waits goes on, as everything is looked at when there is one.
    fn put_off(&mut self, want: Want) {
        self.note(want).into_iter().for_each(say);
    }
}

/// Lets one go on who may have gone already.
pub(super) fn say(is_ready: oneshot::Sender<()>) {
    if is_ready.send(()).is_err() {
        tracing::debug!("nobody waits any more");
    }
}

async fn open(common: &Common, clapper: Clapper) -> Result<MultiplexedConnection, String> {
    let place = link::find(common).await?;
    let settings = place.redis_settings().clone();
    let place = place.set_redis_settings(settings.set_protocol(ProtocolVersion::RESP3));
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(DEAD_AFTER))
        .set_response_timeout(Some(DEAD_AFTER))
        .set_push_sender(clapper);
    let client = Client::open(place).map_err(|error| told(&error))?;
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
        .map_err(|error| told(&error))
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;

    #[test]
    fn bells_that_nobody_hears_are_bounded_by_number_and_by_bytes() {
        let ring = |clapper: &Clapper, bytes: usize| {
            let text = |bytes| Value::BulkString(vec![b'x'; bytes]);
            let push = PushInfo {
                kind: PushKind::Message,
                data: vec![text(1), text(bytes)],
            };
            assert!(clapper.send(push).is_ok());
            clapper.missed.load(Ordering::Acquire)
        };
        let (bells, mut heard) = channel(BELLS_WAITING_MAX);
        let clapper = || Clapper {
            bells: bells.clone(),
            waiting: Arc::default(),
            missed: Arc::default(),
            ended: Arc::default(),
        };
        let many = clapper();
        for _ in 0..BELLS_WAITING_MAX {
            assert!(!ring(&many, 1));
        }
        assert!(ring(&many, 1));
        assert_eq!(many.waiting.load(Ordering::Acquire), BELLS_WAITING_MAX);
        while heard.try_recv().is_ok() {}
        let large = clapper();
        assert!(!ring(&large, BELLS_BYTES_MAX));
        assert!(ring(&large, 1));
        assert_eq!(large.waiting.load(Ordering::Acquire), BELLS_BYTES_MAX);
    }
}
