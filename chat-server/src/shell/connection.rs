//! One connection: a single task that reads requests for the hub and writes what the hub pushed. Knows nothing of rooms.

mod pulse;
mod socket;
pub(crate) mod wire;
mod writer;

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use protocol::close::CloseCode;
use protocol::codec::decode_request;
use protocol::identity::Nonce;
use protocol::position::PersonId;
use protocol::request::Request;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tokio_tungstenite::tungstenite::protocol::WebSocketContext;

use self::pulse::{Due, Pulse};
pub(crate) use self::socket::Socket;
use self::wire::Frame;
use self::writer::Writer;
use super::clock;
use super::frames::PING;
use super::gate::Ticket;
use super::greeting::Facts;
use super::hub_task::ToHub;
use super::outbox::Outbox;
use crate::engine::{ConnId, Input};

/// Messages read in one go; then the task looks at its other duties first.
const READS_MAX: usize = 16;

/// Hellos of one connection, since each may cost a signature check; one more ends it with [`CloseCode::Flood`].
const HELLOS_MAX: u8 = 32;

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
    socket: Socket,
    context: WebSocketContext,
    writer: Writer,
    outbox: Arc<Outbox>,
    pulse: Pulse,
    /// Something may be there to read without the socket's saying so.
    unread: bool,
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
        let mut writer = Writer::default();
        writer.push_own(facts.greeting(nonce, clock::unix_ms()));
        let outbox = Arc::new(Outbox::new(facts.limits.outbox_bytes));
        let connected = ToHub::Connected {
            conn,
            address: client,
            keyless,
            outbox: Arc::clone(&outbox),
        };
        permit.send(connected);
        Some(Box::new(Self {
            conn,
            context: wire::context(&read, facts.limits.frame_bytes),
            unread: !read.is_empty() || socket.may_hold_unread(),
            socket,
            writer,
            outbox,
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
            self.writer.drop_unstarted();
        }
        if let Some(code) = code {
            tracing::debug!(conn = self.conn.0, code = code.code(), "closing");
            wire::close(&mut self.context, &mut self.socket, &mut self.writer, code);
        }
        // In a box of its own, since every connection would keep room for it from its start.
        Box::pin(self.farewell()).await;
    }

    async fn talk(&mut self) -> End {
        let mut sleep = pin!(sleep_until(self.pulse.deadline(false)));
        loop {
            // Each round may be ready at once; the runtime must still get its turn.
            tokio::task::coop::consume_budget().await;
            let idle = self.writer.is_empty() && !self.socket.wants_write();
            if let Some(code) = self.outbox.take(&mut self.writer.queue) {
                return End::Told(code);
            }
            let now = clock::now();
            if idle {
                self.pulse.progressed(now);
            }
            if let Err(end) = self.read(now).await {
                return end;
            }
            if let Err(end) = self.write(now).await {
                return end;
            }
            let full = self.outbox.is_full();
            match self.pulse.due(full, self.outbox.is_paused(), now) {
                Due::Nothing => {}
                Due::Ping => self.writer.push_own(PING),
                Due::Close(code) => return End::Broken(code),
            }
            // A deadline that moved back is looked at when the old one comes, which spares the timer most of its work.
            let deadline = self.pulse.deadline(full);
            if deadline < sleep.deadline() || sleep.is_elapsed() {
                sleep.as_mut().reset(deadline);
            }
            poll_fn(|cx| self.poll_news(cx, sleep.as_mut())).await;
        }
    }

    /// Ready when there is something to do: a change of the outbox, something to read or write, a deadline.
    fn poll_news(&mut self, cx: &mut Context<'_>, sleep: Pin<&mut Sleep>) -> Poll<()> {
        let mut ready = self.outbox.has_news(cx.waker());
        if !self.writer.is_empty() || self.socket.wants_write() {
            ready |= !self.writer.is_blocked() || self.socket.poll_write_ready(cx).is_ready();
        }
        if self.may_read() {
            if !self.unread && self.socket.poll_read_ready(cx).is_ready() {
                self.unread = true;
            }
            ready |= self.unread;
        }
        if ready || sleep.poll(cx).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn may_read(&self) -> bool {
        !self.outbox.is_paused() && !self.outbox.is_ahead() && !self.writer.is_crowded()
    }

    async fn read(&mut self, now: Instant) -> Result<(), End> {
        for _ in 0..READS_MAX {
            if !self.unread || !self.may_read() {
                return Ok(());
            }
            let mut heard = 0;
            let frame = wire::read(
                &mut self.context,
                &mut self.socket,
                &mut self.writer,
                &mut heard,
            );
            let whole = matches!(frame, Frame::Text(_) | Frame::Control);
            if whole || heard > 0 {
                self.pulse.heard(whole, now);
            }
            match frame {
                Frame::Text(text) => self.request(&text).await?,
                Frame::Control => {}
                Frame::Nothing => self.unread = false,
                Frame::Close(goodbye) => return Err(End::Closed(goodbye)),
                Frame::Broken(code) => return Err(End::Broken(code)),
                Frame::Lost => return Err(End::Lost),
            }
        }
        Ok(())
    }

    /// Hands a request over. Waits for room in the inbox first: a hub that has too much to do slows down those who bring it more.
    async fn request(&mut self, text: &str) -> Result<(), End> {
        let Ok(permit) = self.hub.reserve().await else {
            return Err(End::Told(CloseCode::Restart));
        };
        let input = match decode_request(text) {
            Ok(Request::Hello(hello)) => {
                self.hellos += 1;
                if self.hellos > HELLOS_MAX {
                    return Err(End::Broken(CloseCode::Flood));
                }
                let Ok(local) = self.socket.local_addr() else {
                    return Err(End::Lost);
                };
                match self.facts.check(&hello, self.nonce, local) {
                    Ok(introduction) => {
                        self.pulse.introduced();
                        self.ticket.introduced();
                        Input::Introduced {
                            conn: self.conn,
                            introduction,
                        }
                    }
                    Err(error) => Input::Refused {
                        conn: self.conn,
                        error,
                    },
                }
            }
            Ok(request) => Input::Request {
                conn: self.conn,
                request,
            },
            Err(error) => Input::Refused {
                conn: self.conn,
                error,
            },
        };
        self.outbox.run_ahead();
        permit.send(ToHub::Input(input));
        Ok(())
    }

    async fn write(&mut self, now: Instant) -> Result<(), End> {
        let Ok(wrote) = self.writer.write(&mut self.socket) else {
            return Err(End::Lost);
        };
        if wrote.bytes > 0 {
            self.pulse.progressed(now);
            self.outbox.wrote(wrote.counted, wrote.pieces);
        }
        for _ in 0..wrote.marks {
            let Ok(permit) = self.hub.reserve().await else {
                return Err(End::Told(CloseCode::Restart));
            };
            permit.send(ToHub::Input(Input::Drained { conn: self.conn }));
        }
        Ok(())
    }

    /// Writes out what is left, hangs up, and waits until the client does too: a socket that is dropped with something
    /// unread in it would take the last frames with it.
    async fn farewell(mut self: Box<Self>) {
        let last_words = async {
            loop {
                self.writer.write(&mut self.socket)?;
                if self.writer.is_empty() {
                    break;
                }
                self.socket.stream().writable().await?;
            }
            self.socket.hang_up().await?;
            let stream = self.socket.stream();
            let mut scrap = [0; 512];
            loop {
                stream.readable().await?;
                match stream.try_read(&mut scrap) {
                    Ok(0) => return Ok(()),
                    Ok(_) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
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
