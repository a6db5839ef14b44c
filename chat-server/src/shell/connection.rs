//! One connection: a single task that reads requests for the hub, and writes what the hub could not write by itself. Knows nothing of rooms.

mod pulse;
mod reading;
pub(crate) mod wire;

use std::future::{Future, poll_fn};
use std::io::ErrorKind;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use protocol::close::CloseCode;
use protocol::identity::Nonce;
use protocol::position::PersonId;
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep_until, timeout_at};

use self::pulse::{Due, Pulse};
use self::wire::Decoder;
use super::clock;
use super::frames::PING;
use super::gate::Ticket;
use super::greeting::Facts;
use super::hub_task::ToHub;
use super::outbox::{Fate, Outbox};
use super::socket::Socket;
use crate::engine::{ConnId, Input};

/// How long a connection that ends may take to write out its last frames and to hear the client hang up.
const FAREWELL: Duration = Duration::from_secs(2);

/// A WebSocket as the handshake left it.
#[derive(Debug)]
pub(crate) struct Upgraded {
    /// The socket, below HTTP.
    pub(crate) socket: Socket,
    /// What was read behind the handshake.
    pub(crate) read: Bytes,
    /// Where it comes from, behind proxies that are trusted.
    pub(crate) client: IpAddr,
    /// Its place inside.
    pub(crate) ticket: Ticket,
}

/// Serves one connection and tells the hub of its end, except where it fails: then the caller has to.
pub(crate) async fn serve(
    conn: ConnId,
    upgraded: Upgraded,
    facts: Arc<Facts>,
    hub: mpsc::Sender<ToHub>,
) {
    if let Some(connection) = Connection::open(conn, upgraded, facts, hub).await {
        connection.run().await;
    }
}

/// How a conversation ended.
enum End {
    /// The client is gone.
    Lost,
    /// The client closed; `true` was its goodbye.
    Closed(bool),
    /// The hub closes after what it pushed.
    Told(CloseCode),
    /// The connection cannot go on; what was not begun is not written any more.
    Broken(CloseCode),
}

struct Connection {
    conn: ConnId,
    outbox: Arc<Outbox>,
    decoder: Decoder,
    /// What came and is not taken: a frame in part, or frames that have to wait.
    begun: Vec<u8>,
    /// Whether whole frames may be among it.
    has_more: bool,
    /// A request for which the hub's inbox had no room.
    held: Option<Box<ToHub>>,
    /// Something may be there to read without the socket's saying so.
    unread: bool,
    pulse: Pulse,
    hellos: u8,
    nonce: Nonce,
    ticket: Ticket,
    facts: Arc<Facts>,
    hub: mpsc::Sender<ToHub>,
}

impl Connection {
    /// Greets the client and tells the hub; nothing where one of the two is impossible. In a box, since a task keeps room for
    /// each place that a value passes on its way.
    async fn open(
        conn: ConnId,
        upgraded: Upgraded,
        facts: Arc<Facts>,
        hub: mpsc::Sender<ToHub>,
    ) -> Option<Box<Self>> {
        let permit = hub.reserve().await.ok()?;
        let Upgraded {
            socket,
            read,
            client,
            ticket,
        } = upgraded;
        let (nonce, keyless) = draw()?;
        let heartbeat = Duration::from_millis(facts.limits.heartbeat_ms);
        let spread = keyless.as_bytes().first().copied().unwrap_or_default();
        let unread = socket.may_hold_unread();
        let outbox = Arc::new(Outbox::new(socket, facts.limits.outbox_bytes));
        outbox.push_own(facts.greeting(nonce, clock::unix_ms()));
        let connected = ToHub::Connected {
            conn,
            address: client,
            keyless,
            outbox: Arc::clone(&outbox),
        };
        permit.send(connected);
        Some(Box::new(Self {
            conn,
            outbox,
            decoder: Decoder::new(facts.limits.frame_bytes),
            has_more: !read.is_empty(),
            // Copied, as `read` may hold a whole buffer of the handshake.
            begun: read.to_vec(),
            held: None,
            unread,
            pulse: Pulse::new(&facts.timing, heartbeat, spread, clock::now()),
            hellos: 0,
            nonce,
            ticket,
            facts,
            hub,
        }))
    }

    async fn run(mut self: Box<Self>) {
        let end = self.talk().await;
        // Before the last words, so that who hears them can rely on it, and a client that takes none delays nothing.
        if let Ok(permit) = self.hub.reserve().await {
            permit.send(ToHub::Input(Input::Closed {
                conn: self.conn,
                goodbye: matches!(end, End::Closed(true)),
            }));
        }
        let (code, keep) = match end {
            End::Lost => return,
            End::Closed(_) => (None, true),
            End::Told(code) => (Some(code), code != CloseCode::SlowReader),
            End::Broken(code) => (Some(code), false),
        };
        if !keep {
            self.outbox.drop_unstarted();
        }
        if let Some(code) = code {
            tracing::debug!(conn = self.conn.0, code = code.code(), "closing");
            self.facts.closed.count(code);
            self.outbox.push_own(wire::close(code));
        }
        // In a box of its own, since every connection would keep room for it from its start.
        Box::pin(self.farewell()).await;
    }

    async fn talk(&mut self) -> End {
        let mut sleep = pin!(sleep_until(self.pulse.deadline(false)));
        loop {
            // Each round may be ready at once; the runtime must still get its turn.
            tokio::task::coop::consume_budget().await;
            let now = clock::now();
            let look = self.outbox.look();
            if look.progressed {
                self.pulse.progressed(now);
            }
            if let Err(end) = self.tell_drained(look.marks).await {
                return end;
            }
            match look.fate {
                Fate::Open => {}
                Fate::Ends(code) => return End::Told(code),
                Fate::Lost => return End::Lost,
            }
            if let Err(end) = self.read(now).await {
                return end;
            }
            match self.pulse.due(look.full, self.outbox.is_paused(), now) {
                Due::Nothing => {}
                Due::Ping => self.outbox.push_own(PING),
                Due::Close(code) => return End::Broken(code),
            }
            // A deadline that moved back is looked at when the old one comes, which spares the timer most of its work.
            let deadline = self.pulse.deadline(look.full);
            if deadline < sleep.deadline() || sleep.is_elapsed() {
                sleep.as_mut().reset(deadline);
            }
            poll_fn(|cx| self.poll_news(cx, sleep.as_mut())).await;
        }
    }

    /// Ready when there is something to do: a change of the outbox, something to read or write, a deadline.
    fn poll_news(&mut self, cx: &mut Context<'_>, sleep: Pin<&mut Sleep>) -> Poll<()> {
        let mut ready = self.outbox.has_news(cx.waker());
        ready |= self.outbox.poll_write_ready(cx).is_ready();
        if self.may_read() {
            if !self.unread && self.outbox.poll_read_ready(cx).is_ready() {
                self.unread = true;
            }
            ready |= self.unread || self.has_more;
        }
        if ready || sleep.poll(cx).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Tells the hub of marks that were passed.
    async fn tell_drained(&mut self, marks: usize) -> Result<(), End> {
        for _ in 0..marks {
            let Ok(permit) = self.hub.reserve().await else {
                return Err(End::Told(CloseCode::Restart));
            };
            permit.send(ToHub::Input(Input::Drained { conn: self.conn }));
        }
        Ok(())
    }

    /// Writes out what is left, hangs up, and waits until the client does too: a socket that is dropped with something
    /// unread in it would take the last frames with it.
    async fn farewell(self: Box<Self>) {
        let last_words = async {
            poll_fn(|cx| self.outbox.poll_hang_up(cx)).await?;
            let mut scrap = [0; 512];
            loop {
                match self.outbox.read(&mut scrap) {
                    Ok(0) => return Ok(()),
                    Ok(_) => tokio::task::coop::consume_budget().await,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        poll_fn(|cx| self.outbox.poll_read_ready(cx)).await;
                    }
                    Err(error) => return Err::<(), std::io::Error>(error),
                }
            }
        };
        // Whether the client takes the last words or is gone makes no difference any more.
        drop(timeout_at(clock::now() + FAREWELL, last_words).await);
    }
}

/// A nonce, and who the client is if it brings no key.
fn draw() -> Option<(Nonce, PersonId)> {
    let (mut nonce, mut person) = ([0; Nonce::BYTES], [0; PersonId::BYTES]);
    getrandom::fill(&mut nonce).ok()?;
    getrandom::fill(&mut person).ok()?;
    Some((Nonce::from_bytes(nonce), PersonId::from_bytes(person)))
}

#[cfg(test)]
mod tests;
