//! One connection to a server: dials, carries frames both ways, and says why it ended. Knows nothing of what they mean.
//!
//! A task owns the socket; between it and the caller stand two bounded queues. Dropping the [`Connection`] ends it at once.

use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::codec;
use protocol::identity::Nonce;
use protocol::request::Request;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::model::words::{Words, fill};
use crate::session::Input;

mod dial;
mod trust;
mod url;
mod why;

#[cfg(test)]
mod tests;

pub use dial::{ADDRESS_WAIT, DIAL_WAIT, DialError};
pub use trust::{Trust, TrustError};
pub use url::{PLAIN_PORT, ServerUrl, TLS_PORT, UrlError};

use dial::{Stream, dial};

/// Requests that wait to be written. At it the server has not read for long, and the connection is given up; the session sends again on
/// the next one.
pub const REQUESTS_QUEUED_MAX: usize = 1_024;

/// Events that wait for the caller. At it nothing more is read from the socket.
pub const EVENTS_QUEUED_MAX: usize = 256;

/// How long a server may be silent; it pings every 25 s. After it the connection counts as lost.
pub const SILENCE_MAX: Duration = Duration::from_secs(40);

/// How long a goodbye may take, from what is still queued to the server's answer. After it the socket is closed all the same.
pub const GOODBYE_WAIT: Duration = Duration::from_secs(2);

/// A connection that is open or being opened.
#[derive(Debug)]
pub struct Connection {
    words: &'static Words,
    requests: mpsc::Sender<Order>,
    events: mpsc::Receiver<Input>,
    task: JoinSet<()>,
    overrun: bool,
    over: bool,
}

#[derive(Debug)]
enum Order {
    Send(Box<Request>),
    Goodbye,
}

impl Connection {
    /// Begins to open a connection, within a tokio runtime. How it goes comes from [`Connection::next`], in these words.
    pub fn dial(url: ServerUrl, trust: Trust, words: &'static Words) -> Self {
        Self::dial_with(url, trust, words, SILENCE_MAX)
    }

    fn dial_with(url: ServerUrl, trust: Trust, words: &'static Words, silence: Duration) -> Self {
        let (requests, orders) = mpsc::channel(REQUESTS_QUEUED_MAX);
        let (inputs, events) = mpsc::channel(EVENTS_QUEUED_MAX);
        let mut task = JoinSet::new();
        task.spawn(Box::pin(run(url, trust, words, silence, orders, inputs)));
        Self {
            words,
            requests,
            events,
            task,
            overrun: false,
            over: false,
        }
    }

    /// What comes next: `Opened`, events, and at the end one `Lost`; after that nothing ever. May be dropped before it is ready.
    pub async fn next(&mut self) -> Input {
        if self.over {
            return std::future::pending().await;
        }
        if self.overrun {
            self.over = true;
            self.task.abort_all();
            return lost(self.words.lost_unread);
        }
        let input = self.events.recv().await;
        let input = input.unwrap_or_else(|| lost(self.words.lost_program));
        self.over = matches!(input, Input::Lost { .. });
        input
    }

    /// Queues a request; never waits. Where the queue is full the connection is lost, as [`Connection::next`] says then.
    pub fn send(&mut self, request: Request) {
        match self.requests.try_send(Order::Send(Box::new(request))) {
            Err(mpsc::error::TrySendError::Full(_)) => self.overrun = true,
            // Where the task has ended, its reason is under way.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
        }
    }

    /// Writes out what is queued, says goodbye and waits for the server's answer, all within [`GOODBYE_WAIT`].
    pub async fn goodbye(mut self) {
        let farewell = async {
            if self.requests.send(Order::Goodbye).await.is_ok() {
                // Events that still come are of no use, but would stop the task if nobody took them.
                while self.events.recv().await.is_some() {}
            }
        };
        if timeout(GOODBYE_WAIT, farewell).await.is_err() {
            self.task.abort_all();
        }
    }
}

fn lost(reason: &str) -> Input {
    Input::Lost {
        code: None,
        reason: reason.to_owned(),
    }
}

async fn run(
    url: ServerUrl,
    trust: Trust,
    words: &'static Words,
    silence: Duration,
    orders: mpsc::Receiver<Order>,
    inputs: mpsc::Sender<Input>,
) {
    let end = match timeout(DIAL_WAIT, dial(&url, trust)).await {
        Ok(Ok(socket)) => carry(&url, socket, (words, silence), orders, &inputs).await,
        Ok(Err(error)) => Some(lost(&words.not_dialled(&error))),
        Err(_) => {
            let endpoint = url.endpoint().clone();
            Some(lost(&words.not_dialled(&DialError::TimedOut { endpoint })))
        }
    };
    if let Some(end) = end {
        // The caller is gone where this fails, and wants nothing more.
        drop(inputs.send(end).await);
    }
}

/// Carries frames until the connection ends; nothing where the caller is gone or has said goodbye.
async fn carry(
    url: &ServerUrl,
    socket: WebSocketStream<Box<dyn Stream>>,
    (words, silence): (&'static Words, Duration),
    orders: mpsc::Receiver<Order>,
    inputs: &mpsc::Sender<Input>,
) -> Option<Input> {
    let mut nonce = [0; Nonce::BYTES];
    if let Err(error) = getrandom::fill(&mut nonce) {
        let told = fill(words.lost_random, &[&error.to_string()]);
        return Some(lost(&told));
    }
    let opened = Input::Opened {
        endpoint: url.endpoint().clone(),
        nonce: Nonce::from_bytes(nonce),
    };
    inputs.send(opened).await.ok()?;
    let (sink, stream) = socket.split();
    // Both in one task: while a write waits for the server, its frames are still read, so that neither side waits for the other.
    let reading = read(stream, words, silence, inputs);
    let writing = write(sink, words, orders);
    tokio::pin!(reading, writing);
    tokio::select! {
        end = &mut reading => end,
        end = &mut writing => match end {
            // Goodbye is said; the server's answer ends the reading.
            None => reading.await,
            // Where a write fails the server may have said before why.
            Some(end) => match timeout(GOODBYE_WAIT, reading).await {
                Ok(Some(said @ Input::Lost { code: Some(_), .. })) => Some(said),
                Ok(_) | Err(_) => Some(end),
            },
        },
    }
}

type Socket = WebSocketStream<Box<dyn Stream>>;

async fn read(
    mut stream: SplitStream<Socket>,
    words: &'static Words,
    silence: Duration,
    inputs: &mpsc::Sender<Input>,
) -> Option<Input> {
    loop {
        let Ok(frame) = timeout(silence, stream.next()).await else {
            let seconds = silence.as_secs().to_string();
            return Some(lost(&fill(words.lost_silent, &[&seconds])));
        };
        let input = match frame {
            Some(Ok(Message::Text(text))) => match codec::decode_event(&text) {
                Ok(event) => Input::Event(event),
                Err(error) => {
                    let told = fill(words.lost_broken, &[&error.to_string()]);
                    return Some(lost(&told));
                }
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
            Some(Ok(Message::Binary(_))) => {
                return Some(lost(words.lost_binary));
            }
            Some(Ok(Message::Close(frame))) => return Some(closed(frame, words)),
            Some(Err(error)) => return Some(lost(&reason(&error, words))),
            None => return Some(lost(words.lost_closed)),
        };
        // The caller is gone where this fails.
        inputs.send(input).await.ok()?;
    }
}

fn closed(frame: Option<CloseFrame>, words: &Words) -> Input {
    match frame {
        Some(frame) => Input::Lost {
            code: Some(frame.code.into()),
            reason: words.closed(frame.code.into(), &frame.reason),
        },
        None => lost(words.lost_closed),
    }
}

/// Writes requests, all that wait in one go. Ends with nothing where the caller is gone or the goodbye is written.
async fn write(
    mut sink: SplitSink<Socket, Message>,
    words: &'static Words,
    mut orders: mpsc::Receiver<Order>,
) -> Option<Input> {
    let mut batch = Vec::new();
    loop {
        let goodbye = match orders.recv_many(&mut batch, REQUESTS_QUEUED_MAX).await {
            // The connection was dropped; the task is being ended with it.
            0 => return None,
            _ => batch.iter().any(|order| matches!(order, Order::Goodbye)),
        };
        let written = write_batch(&mut sink, &mut batch, goodbye).await;
        match written {
            Ok(()) if goodbye => return None,
            Ok(()) => {}
            Err(error) => return Some(lost(&reason(&error, words))),
        }
    }
}

async fn write_batch(
    sink: &mut SplitSink<Socket, Message>,
    batch: &mut Vec<Order>,
    goodbye: bool,
) -> Result<(), Error> {
    for order in batch.drain(..) {
        if let Order::Send(request) = order {
            sink.feed(Message::text(codec::encode_request(&request)))
                .await?;
        }
    }
    if goodbye {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "goodbye".into(),
        };
        sink.feed(Message::Close(Some(frame))).await?;
    }
    sink.flush().await
}

/// Why a connection ended, for people.
fn reason(error: &Error, words: &Words) -> String {
    match error {
        Error::Io(error) => fill(words.lost_by, &[&words.system(error)]),
        Error::ConnectionClosed | Error::AlreadyClosed => words.lost_over.to_owned(),
        Error::Capacity(_) => {
            let limit = protocol::limits::FRAME_BYTES_MAX.to_string();
            fill(words.lost_large, &[&limit])
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => words.lost.to_owned(),
        Error::Protocol(error) => fill(words.lost_by, &[&error.to_string()]),
        Error::Tls(_)
        | Error::WriteBufferFull(_)
        | Error::Utf8(_)
        | Error::AttackAttempt
        | Error::Url(_)
        | Error::Http(_)
        | Error::HttpFormat(_) => fill(words.lost_rules, &[&error.to_string()]),
    }
}
