//! A chat server in this process, on a port of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::thread::{self, JoinHandle};

use chat_server::config::Location;
use chat_server::{Config, Server};
use chat_tui::shell::storage::Storage;
use protocol::identity::{Endpoint, PublicKey};
use tokio_util::sync::CancellationToken;

/// A running server; it stops when it is dropped.
pub(crate) struct ChatServer {
    address: SocketAddr,
    key: PublicKey,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl ChatServer {
    /// Starts one that keeps its history in this directory.
    pub(crate) fn start(data: &Path) -> Self {
        Self::with(Config {
            data: Location::Directory(data.to_owned()),
            ..Config::default()
        })
    }

    /// Starts one.
    pub(crate) fn with(config: Config) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let server = {
            let _inside = runtime.enter();
            Server::bind(config).expect("a server")
        };
        let (address, key) = (server.local_addr(), server.key());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            runtime
                .block_on(server.run(stopped))
                .expect("a server that ends well");
        });
        Self {
            address,
            key,
            stop,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The fingerprint of its key.
    pub(crate) fn fingerprint(&self) -> String {
        self.key.fingerprint().to_string()
    }

    /// Lets who keeps files here know it already.
    pub(crate) fn is_known_in(&self, state: &Path) {
        let endpoint = Endpoint::new(&self.address.ip().to_string(), self.port());
        let storage = Storage::at(state);
        let known = storage.remember_server(&endpoint.expect("an endpoint"), &self.key);
        known.expect("a directory");
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Stops it, and waits until it has.
    pub(crate) fn stop(self) {
        drop(self);
    }
}

impl Drop for ChatServer {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(thread::panicking() || ended.is_ok(), "the server failed");
        }
    }
}
