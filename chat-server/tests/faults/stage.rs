//! What stands around several servers: a Redis and its replica, three Sentinels and nginx, all real, and what a schedule does to them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::log::What;
use crate::plan::{Setting, Trouble};
use crate::programs::{Nginx, Port, Redis, Sentinels, Waits, deployed};
use crate::recorder::Recorder;

/// What nginx waits for, in the relation to the pings of the servers that people have.
const WAITS: Waits = Waits {
    silence_ms: 3_000,
    old_workers_ms: 500,
};

/// All of it; it ends with this value.
pub(crate) struct Stage {
    /// Where the servers are to listen.
    pub(crate) nodes: Vec<Port>,
    /// Where nginx listens.
    pub(crate) front: SocketAddr,
    /// As `--redis` takes it; nothing where they share none.
    pub(crate) url: Option<String>,
    /// One trouble at a time.
    props: Arc<Mutex<Props>>,
}

struct Props {
    nginx: Nginx,
    /// Addresses of the servers.
    nodes: Vec<SocketAddr>,
    redis: Option<Shared>,
}

/// Redis and who watches it.
struct Shared {
    primary: Redis,
    replica: Redis,
    sentinels: Sentinels,
}

impl Stage {
    /// Starts all of it.
    pub(crate) async fn start(setting: Setting) -> Self {
        let started = spawn_blocking(move || {
            let nodes: Vec<Port> = (0..setting.nodes).map(|_| Port::free()).collect();
            let addresses: Vec<SocketAddr> = nodes.iter().map(Port::address).collect();
            let nginx = Nginx::start(|listen| deployed(listen, &addresses, WAITS));
            let redis = setting.on_redis.then(|| Shared::start(setting));
            Self {
                nodes,
                front: nginx.address(),
                url: redis.as_ref().map(|redis| redis.sentinels.url()),
                props: Arc::new(Mutex::new(Props {
                    nginx,
                    nodes: addresses,
                    redis,
                })),
            }
        });
        started.await.expect("Redis and nginx start")
    }

    /// Makes trouble, and waits until Redis is a healthy pair again, which the servers must be able to do without.
    pub(crate) async fn suffer(&self, trouble: Trouble, log: Recorder) {
        let props = Arc::clone(&self.props).lock_owned().await;
        let name = trouble.name().to_owned();
        log.note(None, What::Fault(name.clone()));
        let props = blocking(props, move |props| props.begin(trouble)).await;
        sleep(Duration::from_millis(lasts_ms(trouble))).await;
        let props = blocking(props, move |props| props.end(trouble)).await;
        log.note(None, What::Over(name));
        drop(blocking(props, Props::settle).await);
    }
}

/// How long a trouble lasts that does not end by itself.
const fn lasts_ms(trouble: Trouble) -> u64 {
    match trouble {
        Trouble::RestartPrimary { down_ms: ms }
        | Trouble::Lag { ms }
        | Trouble::Pause { ms }
        | Trouble::FullMemory { ms } => ms,
        Trouble::KillPrimary
        | Trouble::Zombie
        | Trouble::CutSubscribers
        | Trouble::ForgetScripts
        | Trouble::Reload => 0,
    }
}

/// Does something that waits for other programs, beside everything else of the run.
async fn blocking(
    mut props: OwnedMutexGuard<Props>,
    act: impl FnOnce(&mut Props) + Send + 'static,
) -> OwnedMutexGuard<Props> {
    let done = spawn_blocking(move || {
        act(&mut props);
        props
    });
    done.await.expect("Redis and nginx do what they are told")
}

impl Props {
    fn begin(&mut self, trouble: Trouble) {
        if trouble == Trouble::Reload {
            let Self { nginx, nodes, .. } = self;
            nginx.reload(|listen| deployed(listen, nodes, WAITS));
        }
        let Some(redis) = &mut self.redis else { return };
        match trouble {
            Trouble::RestartPrimary { .. } | Trouble::KillPrimary => redis.primary.kill(),
            Trouble::Lag { .. } => redis.replica.freeze(),
            Trouble::Pause { .. } | Trouble::Zombie => redis.primary.freeze(),
            Trouble::CutSubscribers => drop(redis.primary.kill_subscribers()),
            Trouble::ForgetScripts => redis.primary.forget_scripts(),
            Trouble::FullMemory { .. } => redis.primary.limit_memory(1),
            Trouble::Reload => {}
        }
    }

    fn end(&mut self, trouble: Trouble) {
        let Some(redis) = &mut self.redis else { return };
        match trouble {
            Trouble::RestartPrimary { .. } => redis.primary.start_again(),
            Trouble::KillPrimary => {
                redis.sentinels.await_primary(&redis.replica);
                redis.primary.start_again();
                redis.change_places();
            }
            Trouble::Lag { .. } => {
                redis.primary.kill();
                // What was on its way to it stands in its socket, and is gone with that.
                redis.replica.kill();
                redis.replica.start_again();
                redis.sentinels.await_primary(&redis.replica);
                redis.primary.start_again();
                redis.change_places();
            }
            Trouble::Pause { .. } => redis.primary.thaw(),
            Trouble::Zombie => {
                redis.sentinels.await_primary(&redis.replica);
                redis.primary.thaw();
                redis.change_places();
            }
            Trouble::FullMemory { .. } => redis.primary.lift_memory_limit(),
            Trouble::CutSubscribers | Trouble::ForgetScripts | Trouble::Reload => {}
        }
    }

    /// Waits until the next trouble finds a healthy pair.
    fn settle(&mut self) {
        if let Some(redis) = &mut self.redis {
            redis.primary.await_replicas(1);
            redis.replica.await_link();
            redis.sentinels.await_primary(&redis.primary);
        }
    }
}

impl Shared {
    fn start(setting: Setting) -> Self {
        // As people get them, but where nobody waits for the replica: then they must go on without one.
        let (primary, replica) = if setting.replicas > 0 {
            Redis::deployed_pair()
        } else {
            Redis::pair()
        };
        let sentinels = Sentinels::watch(&primary, 1);
        Self {
            primary,
            replica,
            sentinels,
        }
    }

    fn change_places(&mut self) {
        std::mem::swap(&mut self.primary, &mut self.replica);
    }
}
