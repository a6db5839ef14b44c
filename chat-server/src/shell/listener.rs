//! Takes connections in, counts them, and waits for the end of each. Knows nothing of what they say.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::connection::{Upgraded, serve};
use super::greeting::Facts;
use super::hub_task::ToHub;
use super::upgrade::{Admission, Door, shake_hands};
use crate::engine::{ConnId, Input, household};

/// Connections of one address (one /64 of IPv6) at once, those in the handshake counted; one more is refused. Loopback is exempt.
pub(crate) const ADDRESS_CONNECTIONS_MAX: usize = 20;

/// Connections beyond the limit that are kept open to be told that there is no room; one more is dropped without a word.
const REFUSALS_MAX: usize = 32;

/// How long nothing is accepted after the system could give no connection, as it would say the same again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long the end waits for connections that were cut off; they have nothing left to wait for.
const CUT_OFF: Duration = Duration::from_millis(500);

/// Takes connections in until the stop, then waits for their ends, and cuts off those that last longer than `drain`.
pub(crate) async fn listen(
    socket: TcpListener,
    connections_max: usize,
    facts: Arc<Facts>,
    hub: mpsc::Sender<ToHub>,
    stop: CancellationToken,
    drain: Duration,
) {
    let mut listener = Listener::new(connections_max, facts, hub);
    loop {
        let happened = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            happened = listener.next_end() => happened,
            accepted = socket.accept() => Happened::Accepted(accepted),
        };
        listener.handle(happened).await;
    }
    // The port is free from here on, for the server that may follow this one.
    drop(socket);
    listener.handshakes.shutdown().await;
    if timeout(drain, listener.wait()).await.is_err() {
        tracing::info!(
            connections = listener.conversations.len(),
            "cutting off connections"
        );
        listener.conversations.abort_all();
        if timeout(CUT_OFF, listener.wait()).await.is_err() {
            tracing::warn!("connections do not end");
        }
    }
}

/// Everything that wakes the listener.
enum Happened {
    Accepted(io::Result<(TcpStream, SocketAddr)>),
    Shaken(Result<(Id, Option<Upgraded>), JoinError>),
    Ended(Result<(Id, ()), JoinError>),
}

/// Who a task serves.
#[derive(Clone, Copy)]
struct Guest {
    address: IpAddr,
    /// Nothing during the handshake.
    conn: Option<ConnId>,
}

struct Listener {
    connections_max: usize,
    facts: Arc<Facts>,
    hub: mpsc::Sender<ToHub>,
    handshakes: JoinSet<Option<Upgraded>>,
    conversations: JoinSet<()>,
    guests: BTreeMap<Id, Guest>,
    addresses: BTreeMap<IpAddr, usize>,
    next: u64,
}

impl Listener {
    fn new(connections_max: usize, facts: Arc<Facts>, hub: mpsc::Sender<ToHub>) -> Self {
        Self {
            connections_max,
            facts,
            hub,
            handshakes: JoinSet::new(),
            conversations: JoinSet::new(),
            guests: BTreeMap::new(),
            addresses: BTreeMap::new(),
            next: 0,
        }
    }

    /// The next end of a task; never ready while there are none.
    async fn next_end(&mut self) -> Happened {
        tokio::select! {
            Some(ended) = self.conversations.join_next_with_id() => Happened::Ended(ended),
            Some(shaken) = self.handshakes.join_next_with_id() => Happened::Shaken(shaken),
            else => std::future::pending().await,
        }
    }

    async fn handle(&mut self, happened: Happened) {
        match happened {
            Happened::Accepted(Ok((stream, peer))) => self.welcome(stream, peer),
            Happened::Accepted(Err(error)) => {
                tracing::error!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
            Happened::Shaken(Ok((task, upgraded))) => {
                self.leave(task);
                if let Some(upgraded) = upgraded {
                    self.converse(upgraded);
                }
            }
            Happened::Ended(Ok((task, ()))) => {
                self.leave(task);
            }
            Happened::Shaken(Err(error)) | Happened::Ended(Err(error)) => {
                if error.is_panic() {
                    // Why is in the fault's own line; the error here would quote it.
                    tracing::error!(task = %error.id(), "a connection failed");
                }
                self.failed(error.id()).await;
            }
        }
    }

    fn welcome(&mut self, stream: TcpStream, peer: SocketAddr) {
        let address = household(peer.ip());
        let of_address = self.addresses.get(&address).copied().unwrap_or_default();
        let open = self.guests.len();
        let Some(admission) = admit(open, self.connections_max, address, of_address) else {
            return;
        };
        // Without it a short message may wait for the acknowledgement of the one before; it fails only on a dead socket.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let facts = Arc::clone(&self.facts);
        let task = self.handshakes.spawn(async move {
            let door = Door {
                admission,
                origins: &facts.origins,
            };
            shake_hands(stream, peer, door, facts.timing.handshake).await
        });
        self.enter(task.id(), address, None);
    }

    /// A fresh task, as a task keeps the size of the largest thing it ever did, and the handshake is larger than the rest.
    fn converse(&mut self, upgraded: Upgraded) {
        self.next += 1;
        let conn = ConnId(self.next);
        let address = household(upgraded.peer.ip());
        tracing::debug!(conn = conn.0, peer = %upgraded.peer, "connected");
        let serving = serve(conn, upgraded, Arc::clone(&self.facts), self.hub.clone());
        let task = self.conversations.spawn(serving);
        self.enter(task.id(), address, Some(conn));
    }

    /// Tells the hub in the place of a task that could not.
    async fn failed(&mut self, task: Id) {
        let Some(conn) = self.leave(task).and_then(|guest| guest.conn) else {
            return;
        };
        let closed = ToHub::Input(Input::Closed {
            conn,
            goodbye: false,
        });
        if self.hub.send(closed).await.is_err() {
            tracing::debug!("the hub has ended before its connections");
        }
    }

    /// Waits for the end of every conversation.
    async fn wait(&mut self) {
        while let Some(ended) = self.conversations.join_next_with_id().await {
            self.handle(Happened::Ended(ended)).await;
        }
    }

    fn enter(&mut self, task: Id, address: IpAddr, conn: Option<ConnId>) {
        *self.addresses.entry(address).or_default() += 1;
        self.guests.insert(task, Guest { address, conn });
    }

    fn leave(&mut self, task: Id) -> Option<Guest> {
        let guest = self.guests.remove(&task)?;
        if let Some(count) = self.addresses.get_mut(&guest.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.addresses.remove(&guest.address);
            }
        }
        Some(guest)
    }
}

/// Whether one more connection may come in, to what; nothing where it is to be dropped without a word.
fn admit(open: usize, max: usize, address: IpAddr, of_address: usize) -> Option<Admission> {
    if open >= max.saturating_add(REFUSALS_MAX) {
        None
    } else if open >= max {
        Some(Admission::Full)
    } else if of_address >= ADDRESS_CONNECTIONS_MAX && !address.is_loopback() {
        Some(Admission::AddressFull)
    } else {
        Some(Admission::Open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_up_to_the_limits() {
        let address: IpAddr = "192.0.2.7".parse().unwrap();
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        for (open, from, of_address, expected) in [
            (99, address, 19, Some(Admission::Open)),
            (99, address, 20, Some(Admission::AddressFull)),
            (99, loopback, 99, Some(Admission::Open)),
            (100, address, 0, Some(Admission::Full)),
            (131, loopback, 0, Some(Admission::Full)),
            (132, loopback, 0, None),
        ] {
            assert_eq!(
                admit(open, 100, from, of_address),
                expected,
                "{open} {from}"
            );
        }
    }

    #[tokio::test]
    async fn a_connection_that_fails_ends_for_the_hub_and_for_nobody_else() {
        let (hub, mut inbox) = mpsc::channel(1);
        let facts = Facts {
            limits: protocol::limits::Limits::default(),
            timing: (&protocol::limits::Limits::default()).into(),
            origins: Vec::new(),
            identity: protocol::identity::Identity::from_secret(&[1; 32]),
            names: crate::config::Names::default(),
        };
        let mut listener = Listener::new(100, Arc::new(facts), hub);
        let address: IpAddr = "192.0.2.7".parse().unwrap();
        let fails = listener.conversations.spawn(async { panic!("as if") });
        listener.enter(fails.id(), address, Some(ConnId(7)));
        let lasts = listener.conversations.spawn(std::future::pending());
        listener.enter(lasts.id(), address, Some(ConnId(8)));
        let happened = listener.next_end().await;
        listener.handle(happened).await;
        let told = inbox.recv().await;
        assert!(
            matches!(
                told,
                Some(ToHub::Input(Input::Closed {
                    conn: ConnId(7),
                    goodbye: false
                }))
            ),
            "{told:?}"
        );
        assert_eq!(listener.addresses, BTreeMap::from([(address, 1)]));
        assert!(!lasts.is_finished());
    }
}
