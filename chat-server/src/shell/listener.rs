//! Takes connections in, counts them, and waits for the end of each. Knows nothing of what they say.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use super::clock;
use super::connection::{Upgraded, serve};
use super::ending::Ending;
use super::gate::{Gate, Place};
use super::greeting::Facts;
use super::handshake::{Entrance, shake_hands};
use super::hub_task::ToHub;
use super::tls::Current;
use crate::engine::{ConnId, Input};

/// How long nothing is accepted after the system could give no connection, as it would say the same again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long the end waits for connections that were cut off; they have nothing left to wait for.
const CUT_OFF: Duration = Duration::from_millis(500);

/// Takes connections in until the stop, then waits for their ends, and cuts off those that last longer than they may. A drain goes
/// before the stop, which is brought about at its end.
pub(crate) async fn listen(
    socket: TcpListener,
    gate: Arc<Gate>,
    facts: Arc<Facts>,
    tls: Option<Current>,
    hub: mpsc::Sender<ToHub>,
    ending: Ending,
) {
    let mut listener = Listener::new(gate, facts, tls, hub);
    let mut socket = Some(socket);
    // When nothing more is accepted in a drain, and when it is over.
    let mut drain: Option<(Instant, Instant)> = None;
    loop {
        let due = drain.map(|(shut, over)| if socket.is_some() { shut } else { over });
        if drain.is_some() && socket.is_none() && listener.is_empty() {
            break;
        }
        let happened = tokio::select! {
            biased;
            () = ending.stop.cancelled() => break,
            () = ending.drain.cancelled(), if drain.is_none() => {
                tracing::info!(window = ?ending.window, "draining");
                let now = clock::now();
                drain = Some((now + ending.accepts_for(), now + ending.window));
                continue;
            }
            () = sleep_until(due.unwrap_or_else(clock::now)), if due.is_some() => {
                if socket.take().is_none() {
                    break;
                }
                continue;
            }
            happened = listener.next_end() => happened,
            accepted = accept(socket.as_ref()) => Happened::Accepted(accepted),
        };
        listener.handle(happened).await;
    }
    // After a drain, too.
    ending.stop.cancel();
    // The port is free from here on, for the server that may follow this one.
    drop(socket);
    listener.handshakes.shutdown().await;
    if timeout(ending.within, listener.wait()).await.is_err() {
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

/// The next connection; never ready where none is accepted any more.
async fn accept(socket: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match socket {
        Some(socket) => socket.accept().await,
        None => std::future::pending().await,
    }
}

/// Everything that wakes the listener.
enum Happened {
    Accepted(io::Result<(TcpStream, SocketAddr)>),
    Shaken(Result<(Id, Option<Upgraded>), JoinError>),
    Ended(Result<(Id, ()), JoinError>),
}

struct Listener {
    gate: Arc<Gate>,
    facts: Arc<Facts>,
    tls: Option<Current>,
    hub: mpsc::Sender<ToHub>,
    handshakes: JoinSet<Option<Upgraded>>,
    conversations: JoinSet<()>,
    conns: BTreeMap<Id, ConnId>,
    next: u64,
}

impl Listener {
    fn new(
        gate: Arc<Gate>,
        facts: Arc<Facts>,
        tls: Option<Current>,
        hub: mpsc::Sender<ToHub>,
    ) -> Self {
        Self {
            gate,
            facts,
            tls,
            hub,
            handshakes: JoinSet::new(),
            conversations: JoinSet::new(),
            conns: BTreeMap::new(),
            next: 0,
        }
    }

    /// Whether nobody is there and nobody is coming in.
    fn is_empty(&self) -> bool {
        self.handshakes.is_empty() && self.conversations.is_empty()
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
            Happened::Shaken(Ok((_, upgraded))) => {
                if let Some(upgraded) = upgraded {
                    self.converse(upgraded);
                }
            }
            Happened::Ended(Ok((task, ()))) => {
                self.conns.remove(&task);
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
        let is_proxy = self.facts.proxies.believes(peer.ip());
        let Some((ticket, admission)) = self.gate.enter(peer.ip(), is_proxy, clock::now()) else {
            return;
        };
        // Without it a short message may wait for the acknowledgement of the one before; it fails only on a dead socket.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let facts = Arc::clone(&self.facts);
        let tls = self.tls.as_ref();
        let tls = tls.map(|current| TlsAcceptor::from(Arc::clone(&current.borrow())));
        let place = ticket.place();
        let entrance = Entrance {
            ticket,
            admission,
            peer,
        };
        // In a box, since it is kilobytes and a task is moved several times before it begins.
        let shaking = Box::pin(shake_hands(stream, entrance, tls, facts));
        let task = self.handshakes.spawn(shaking);
        self.serve(place, &task);
    }

    /// A fresh task, as a task keeps the size of the largest thing it ever did, and the handshake is larger than the rest.
    fn converse(&mut self, upgraded: Upgraded) {
        self.next += 1;
        let conn = ConnId(self.next);
        tracing::debug!(conn = conn.0, client = %upgraded.client, "connected");
        let place = upgraded.ticket.place();
        let serving = serve(conn, upgraded, Arc::clone(&self.facts), self.hub.clone());
        let task = self.conversations.spawn(serving);
        self.conns.insert(task.id(), conn);
        self.serve(place, &task);
    }

    fn serve(&self, place: Place, task: &AbortHandle) {
        // Where others had to have the place meanwhile, the task gives it back before it does anything.
        if !self.gate.serve_by(place, task.clone()) {
            task.abort();
        }
    }

    /// Tells the hub in the place of a task that could not.
    async fn failed(&mut self, task: Id) {
        let Some(conn) = self.conns.remove(&task) else {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::gate::Room;

    #[tokio::test]
    async fn a_connection_that_fails_ends_for_the_hub_and_for_nobody_else() {
        let (hub, mut inbox) = mpsc::channel(1);
        let facts = Facts {
            limits: protocol::limits::Limits::default(),
            timing: (&protocol::limits::Limits::default()).into(),
            origins: Vec::new(),
            proxies: super::super::proxies::Proxies::default(),
            identity: protocol::identity::Identity::from_secret(&[1; 32]),
            names: crate::config::Names::default(),
            closed: super::super::tally::Closed::default(),
            template: std::sync::OnceLock::new(),
        };
        let gate = Gate::new(Room::new(&facts.limits, 100, false));
        let mut listener = Listener::new(gate, Arc::new(facts), None, hub);
        let fails = listener.conversations.spawn(async { panic!("as if") });
        listener.conns.insert(fails.id(), ConnId(7));
        let lasts = listener.conversations.spawn(std::future::pending());
        listener.conns.insert(lasts.id(), ConnId(8));
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
        assert_eq!(listener.conns, BTreeMap::from([(lasts.id(), ConnId(8))]));
        assert!(!lasts.is_finished());
    }
}
