//! From an accepted socket to a WebSocket: TLS where it is spoken here, then one HTTP request and its answer, all within one
//! deadline. What is answered stands in [`upgrade`](super::upgrade).

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::clock;
use super::connection::Upgraded;
use super::gate::{Admission, Ticket};
use super::greeting::Facts;
use super::socket::Socket;
use super::upgrade::{Door, answer, bad_proxy, plain_here};

/// Bytes of a request's head; a longer one is refused.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// Headers of a request; one more is refused.
const HEADERS_MAX: usize = 64;

/// The first byte of whoever speaks TLS (a handshake record, RFC 8446, section 5.1); no HTTP request begins with it.
const TLS_HANDSHAKE: u8 = 22;

/// Reads one request and answers it; gives the socket where it became a WebSocket. All within `limit`.
pub(crate) async fn shake_hands(
    stream: TcpStream,
    entrance: Entrance,
    tls: Option<TlsAcceptor>,
    facts: Arc<Facts>,
) -> Option<Upgraded> {
    let limit = facts.timing.handshake;
    let client = Mutex::new(entrance.peer.ip());
    let answer = |request: &Request<Incoming>| entrance.answer(request, &facts, &client);
    let shaken = async {
        match tls {
            None => serve(stream, limit, answer).await,
            Some(acceptor) => encrypted(stream, answer, acceptor, limit).await,
        }
    };
    match timeout(limit, shaken).await {
        Ok(Ok(shaken)) => shaken.map(|(socket, read)| Upgraded {
            socket,
            read,
            client: client.into_inner().unwrap_or_else(PoisonError::into_inner),
            ticket: entrance.ticket,
        }),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no handshake");
            None
        }
        Err(_) => {
            tracing::debug!("no handshake in time");
            None
        }
    }
}

/// How a connection came in.
#[derive(Debug)]
pub(crate) struct Entrance {
    /// Its place inside.
    pub(crate) ticket: Ticket,
    /// Whether there was room for it, as far as that could be said without its request.
    pub(crate) admission: Admission,
    /// Who connected.
    pub(crate) peer: SocketAddr,
}

impl Entrance {
    /// The answer to its request; `client` becomes the address that it is a client's of.
    fn answer(
        &self,
        request: &Request<Incoming>,
        facts: &Facts,
        client: &Mutex<IpAddr>,
    ) -> Response<Full<Bytes>> {
        let peer = self.peer.ip();
        let Ok(address) = facts.proxies.client(peer, request.headers()) else {
            tracing::warn!(%peer, "a trusted proxy's X-Forwarded-For holds something that is no address");
            return bad_proxy();
        };
        *client.lock().unwrap_or_else(PoisonError::into_inner) = address;
        let admission = if self.admission == Admission::Open && facts.proxies.believes(peer) {
            self.ticket.belongs_to(address, clock::now())
        } else {
            self.admission
        };
        let origins = &facts.origins;
        answer(request, Door { admission, origins })
    }
}

/// A socket that became a WebSocket, with what was read behind the handshake.
type Shaken = io::Result<Option<(Socket, Bytes)>>;

async fn encrypted(
    stream: TcpStream,
    answer: impl Fn(&Request<Incoming>) -> Response<Full<Bytes>>,
    acceptor: TlsAcceptor,
    limit: Duration,
) -> Shaken {
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first == [TLS_HANDSHAKE] {
        let stream = acceptor.accept(stream).await?;
        serve(stream, limit, answer).await
    } else {
        serve(stream, limit, |_request| plain_here()).await
    }
}

/// Serves one request.
async fn serve<S>(
    stream: S,
    limit: Duration,
    answer: impl Fn(&Request<Incoming>) -> Response<Full<Bytes>>,
) -> Shaken
where
    S: AsyncRead + AsyncWrite + Into<Socket> + Send + Unpin + 'static,
{
    // The service may be called only by reference, so the upgrade comes out of it this way.
    let upgrade: Arc<Mutex<Option<OnUpgrade>>> = Arc::default();
    let service = service_fn(|mut request: Request<Incoming>| {
        let response = answer(&request);
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let pending = hyper::upgrade::on(&mut request);
            *upgrade.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
        }
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limit)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    let http = builder
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    http.await.map_err(io::Error::other)?;
    let pending = upgrade
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(pending) = pending else {
        return Ok(None);
    };
    let upgraded = pending.await.map_err(io::Error::other)?;
    let parts = upgraded.downcast::<TokioIo<S>>();
    Ok(parts
        .ok()
        .map(|parts| (parts.io.into_inner().into(), parts.read_buf)))
}
