//! What every connection is told first, and what its hello is checked against.

use std::net::SocketAddr;

use bytes::Bytes;
use protocol::codec::DecodeError;
use protocol::event::{Event, Greeting};
use protocol::identity::{Identity, Nonce};
use protocol::limits::{Limits, VERSION};
use protocol::request::Hello;

use super::frames::Encoder;
use super::proxies::Proxies;
use crate::config::{Names, Timing};
use crate::engine::Introduction;
use crate::engine::introduction;

/// What is the same for all connections of a server.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The limits that clients are held to.
    pub(crate) limits: Limits,
    /// The waits of a connection.
    pub(crate) timing: Timing,
    /// Web pages that may connect.
    pub(crate) origins: Vec<String>,
    /// Proxies that are believed.
    pub(crate) proxies: Proxies,
    /// The server's key.
    pub(crate) identity: Identity,
    /// Names under which the server may be dialled.
    pub(crate) names: Names,
}

impl Facts {
    /// The greeting of one connection, as a frame.
    pub(crate) fn greeting(&self, nonce: Nonce, time: u64) -> Bytes {
        let greeting = Greeting {
            version: VERSION,
            server: concat!("chat-server ", env!("CARGO_PKG_VERSION")).to_owned(),
            key: self.identity.public(),
            nonce,
            time,
            limits: self.limits.clone(),
        };
        Encoder::default().encode([&Event::Greeting(Box::new(greeting))])
    }

    /// Checks a hello: the version, the client's proof, and that what it dialled is this server, where it came in on `local`.
    pub(crate) fn check(
        &self,
        hello: &Hello,
        nonce: Nonce,
        local: SocketAddr,
    ) -> Result<Introduction, DecodeError> {
        introduction::check(hello, &self.identity, nonce, |endpoint| {
            self.names.accept(endpoint, local)
        })
    }
}
