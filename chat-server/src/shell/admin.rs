//! The admin address: a listener of its own that says in plain HTTP whether this server lives, whether it is of use, and what it has
//! counted. Changes nothing, tells no room, nick or address, and never waits for long: who asks is a machine.
//!
//! It lives as long as the hub does, so also while the server drains. It holds the hub's inbox only while it asks.

mod exposition;
mod metrics;
mod readiness;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::readiness::{FAILURE_AGE_MAX, STORE_ANSWERS_WITHIN, Standing, is_recent};
use super::ending::Ending;
use super::gate::Gate;
use super::greeting::Facts;
use super::hub_task::ToHub;
use super::hub_task::counting::Ask;
use crate::history::Condition;

/// Connections at once; for one more the oldest is cut off, so that who holds them open keeps nobody out.
const CONNECTIONS_MAX: usize = 8;

/// How long the head of a request may take.
const HEAD_WITHIN: Duration = Duration::from_secs(2);

/// How long a connection may take from its beginning to its end.
const CONNECTION_WITHIN: Duration = Duration::from_secs(10);

/// Bytes of a request's head; a longer one is refused.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// How long the hub may take for an answer, its inbox included; a hub that takes longer counts as one that does not answer.
const HUB_ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// How long nothing is accepted after the system could give no connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What is to be watched.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The hub's inbox; weak, since the hub ends when nobody can send to it.
    pub(crate) hub: mpsc::WeakSender<ToHub>,
    /// Whether the store takes writes.
    pub(crate) condition: Condition,
    /// Who was let in.
    pub(crate) gate: Arc<Gate>,
    /// What connections count.
    pub(crate) facts: Arc<Facts>,
    /// Whether the server drains or stops.
    pub(crate) ending: Ending,
    /// The store's era.
    pub(crate) era: u64,
    /// When the server started, by the wall clock, in milliseconds since 1970.
    pub(crate) started_unix_ms: u64,
}

/// Answers until `end`.
pub(crate) async fn serve(socket: TcpListener, watch: Arc<Watch>, end: CancellationToken) {
    let mut connections = JoinSet::new();
    let mut open: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = end.cancelled() => break,
            Some(_) = connections.join_next() => {
                open.retain(|connection| !connection.is_finished());
                continue;
            }
            accepted = socket.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::error!(%error, "cannot accept a connection on the admin address");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if open.len() >= CONNECTIONS_MAX
            && let Some(oldest) = open.pop_front()
        {
            oldest.abort();
        }
        open.push_back(connections.spawn(converse(stream, Arc::clone(&watch))));
    }
    connections.shutdown().await;
}

/// One request and its answer.
async fn converse(stream: TcpStream, watch: Arc<Watch>) {
    let service = service_fn(|request: Request<Incoming>| {
        let watch = Arc::clone(&watch);
        async move { Ok::<_, Infallible>(watch.answer(request.method(), request.uri().path()).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .keep_alive(false)
        .max_buf_size(HEAD_BYTES_MAX);
    let http = builder.serve_connection(TokioIo::new(stream), service);
    match timeout(CONNECTION_WITHIN, http).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "no request on the admin address"),
        Err(_) => tracing::debug!("no request on the admin address in time"),
    }
}

impl Watch {
    async fn answer(&self, method: &Method, path: &str) -> Response<Full<Bytes>> {
        let known = ["/healthz", "/readyz", "/metrics"].contains(&path);
        if known && method != Method::GET && method != Method::HEAD {
            let mut refusal = line(
                StatusCode::METHOD_NOT_ALLOWED,
                "only GET and HEAD are answered",
            );
            let allowed = HeaderValue::from_static("GET, HEAD");
            refusal.headers_mut().insert(ALLOW, allowed);
            return refusal;
        }
        match path {
            "/healthz" => self.health().await,
            "/readyz" => self.readiness().await,
            "/metrics" => self.metrics().await,
            _ => line(
                StatusCode::NOT_FOUND,
                "nothing is here; there are /healthz, /readyz and /metrics",
            ),
        }
    }

    async fn health(&self) -> Response<Full<Bytes>> {
        match self.is_alive(false).await {
            Ok(()) => line(StatusCode::OK, "ok"),
            Err(reason) => line(StatusCode::SERVICE_UNAVAILABLE, &reason),
        }
    }

    async fn readiness(&self) -> Response<Full<Bytes>> {
        let recent = self.condition.read().filter(is_recent);
        let hub = self.is_alive(recent.is_none()).await;
        let store = match recent {
            Some(recent) => Some(recent),
            None if hub.is_err() => self.condition.read(),
            None => {
                let probed = self.condition.within(FAILURE_AGE_MAX);
                let probed = timeout(STORE_ANSWERS_WITHIN, probed).await.ok();
                probed.or_else(|| self.condition.read())
            }
        };
        let standing = Standing {
            hub,
            store,
            lease: self.condition.lease(),
            draining: self.is_draining(),
        };
        let status = if standing.is_ready() {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        text(status, "text/plain; charset=utf-8", standing.to_string())
    }

    async fn metrics(&self) -> Response<Full<Bytes>> {
        let snapshot = self.ask(Ask::Measure).await.ok();
        let told = metrics::tell(self, snapshot.as_ref());
        text(StatusCode::OK, exposition::CONTENT_TYPE, told)
    }

    fn is_draining(&self) -> bool {
        self.ending.drain.is_cancelled() || self.ending.stop.is_cancelled()
    }

    /// Whether the hub answers; `probe_store` has the store write something.
    async fn is_alive(&self, probe_store: bool) -> Result<(), String> {
        self.ask(|answer| Ask::Alive {
            probe_store,
            answer,
        })
        .await
    }

    /// Asks the hub something.
    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, String> {
        let (answer, answered) = oneshot::channel();
        let asked = async {
            let hub = self.hub.upgrade()?;
            hub.send(ToHub::Ask(question(answer))).await.ok()?;
            // Let go of at once, or a hub that ends would wait for this.
            drop(hub);
            answered.await.ok()
        };
        match timeout(HUB_ANSWERS_WITHIN, asked).await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err("the hub has ended".to_owned()),
            Err(_) => Err(format!(
                "the hub did not answer within {} ms",
                HUB_ANSWERS_WITHIN.as_millis()
            )),
        }
    }
}

fn line(status: StatusCode, words: &str) -> Response<Full<Bytes>> {
    text(status, "text/plain; charset=utf-8", format!("{words}\n"))
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
