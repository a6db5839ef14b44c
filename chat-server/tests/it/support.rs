//! Servers and clients for the tests. They wait for events, never for a time; the time limits only end a test that fails.

mod client;
mod process;

use std::net::SocketAddr;
use std::time::Duration;

use chat_server::{Config, RunError, Server};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) use client::{Client, identity};
#[cfg(target_os = "linux")]
pub(crate) use process::run_to_end_under;
pub(crate) use process::{Process, run_to_end};

/// A test that waits longer for something has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server in this process; it ends with the test.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
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
        let mut config = Config::default();
        change(&mut config);
        let server = Server::bind(config).unwrap();
        let stop = CancellationToken::new();
        let address = server.local_addr();
        let mut running = JoinSet::new();
        running.spawn(server.run(stop.clone()));
        Self {
            address,
            stop,
            running,
        }
    }

    /// A client that was greeted.
    pub(crate) async fn dial(&self) -> Client {
        Client::dial(self.address).await
    }

    /// A keyless client that is introduced.
    pub(crate) async fn enter(&self, nick: &str) -> Client {
        let mut client = self.dial().await;
        client.hello(nick).await;
        client
    }

    /// A client with the key that `name` stands for, introduced by that nick.
    pub(crate) async fn enter_with_key(&self, name: &str) -> Client {
        Client::enter_with_key(self.address, name).await
    }

    /// Stops the server and waits for its end.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.running.join_next());
        ended.await.unwrap().unwrap().unwrap().unwrap();
    }
}
