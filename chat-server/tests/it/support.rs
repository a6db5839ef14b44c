//! Servers and clients for the tests. They wait for events, never for a time; the time limits only end a test that fails.

mod admin;
mod certificate;
mod client;
mod process;

use std::net::SocketAddr;
use std::time::Duration;

use chat_server::{Config, RunError, Server};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) use admin::Samples;
pub(crate) use certificate::Certificate;
pub(crate) use client::{Client, Stream, encrypt, identity};
#[cfg(target_os = "linux")]
pub(crate) use process::run_to_end_under;
pub(crate) use process::{Process, run_to_end};

/// A test that waits longer for something has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server in this process; it ends with the test.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    /// What it speaks TLS with.
    pub(crate) certificate: Option<Certificate>,
    stop: CancellationToken,
    running: JoinSet<Result<(), RunError>>,
}

impl TestServer {
    /// A throw-away server.
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    /// A throw-away server whose configuration `change` changes.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(None, change)
    }

    /// As `with`, on TLS.
    pub(crate) fn encrypted(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(Some(Certificate::make()), change)
    }

    fn start_with(certificate: Option<Certificate>, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            tls: certificate.as_ref().map(Certificate::files),
            ..Config::default()
        };
        change(&mut config);
        let server = Server::bind(config).unwrap();
        let stop = CancellationToken::new();
        let address = server.local_addr();
        let mut running = JoinSet::new();
        running.spawn(server.run(stop.clone()));
        Self {
            address,
            certificate,
            stop,
            running,
        }
    }

    /// A client that was greeted.
    pub(crate) async fn dial(&self) -> Client {
        self.dial_with(None).await
    }

    /// As `dial`, with another size of the system's receive buffer.
    pub(crate) async fn dial_with(&self, receive_bytes: Option<u32>) -> Client {
        let trust = self.certificate.as_ref().map(Certificate::trust);
        Client::dial_with(self.address, receive_bytes, trust).await
    }

    /// A keyless client that is introduced.
    pub(crate) async fn enter(&self, nick: &str) -> Client {
        let mut client = self.dial().await;
        client.hello(nick).await;
        client
    }

    /// A client with the key that `name` stands for, introduced by that nick.
    pub(crate) async fn enter_with_key(&self, name: &str) -> Client {
        let mut client = self.dial().await;
        client.introduce_with_key(name).await;
        client
    }

    /// Stops the server and waits for its end.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.running.join_next());
        ended.await.unwrap().unwrap().unwrap().unwrap();
    }
}
