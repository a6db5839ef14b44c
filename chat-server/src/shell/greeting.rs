//! What every connection is told first, and what its hello is checked against.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use protocol::codec::DecodeError;
use protocol::event::{Event, Greeting};
use protocol::identity::{Identity, Nonce};
use protocol::limits::{Limits, VERSION};
use protocol::request::Hello;

use super::frames::Encoder;
use super::proxies::Proxies;
use super::tally::Closed;
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
    /// How connections were closed.
    pub(crate) closed: Closed,
    /// The greeting as it was first made; all others differ in two places.
    pub(crate) template: OnceLock<Option<Template>>,
}

/// A greeting as a frame, and where in it that is which differs from one connection to the next.
#[derive(Debug)]
pub(crate) struct Template {
    frame: Bytes,
    nonce: Range<usize>,
    time: Range<usize>,
}

impl Template {
    /// Of a greeting with this nonce and time.
    fn of(frame: Bytes, nonce: Nonce, time: u64) -> Option<Self> {
        let place = |key: &str, value: String| {
            let whole = format!("\"{key}\":{value}");
            // Quotes inside of a string are escaped, so this is nowhere else.
            let mut windows = frame.windows(whole.len());
            let end = windows.position(|window| window == whole.as_bytes())? + whole.len();
            Some(end - value.len()..end)
        };
        Some(Self {
            nonce: place("nonce", format!("\"{nonce}\""))?,
            time: place("time", time.to_string())?,
            frame,
        })
    }

    /// The same with another nonce and time; nothing where they are of other lengths.
    fn with(&self, nonce: Nonce, time: u64) -> Option<Bytes> {
        let mut frame = self.frame.to_vec();
        for (place, value) in [
            (&self.nonce, format!("\"{nonce}\"")),
            (&self.time, time.to_string()),
        ] {
            let place = frame.get_mut(place.clone())?;
            if place.len() != value.len() {
                return None;
            }
            place.copy_from_slice(value.as_bytes());
        }
        Some(frame.into())
    }
}

impl Facts {
    /// The greeting of one connection, as a frame.
    pub(crate) fn greeting(&self, nonce: Nonce, time: u64) -> Bytes {
        let template = self
            .template
            .get_or_init(|| Template::of(self.encode_greeting(nonce, time), nonce, time));
        let greeting = template
            .as_ref()
            .and_then(|template| template.with(nonce, time));
        greeting.unwrap_or_else(|| self.encode_greeting(nonce, time))
    }

    fn encode_greeting(&self, nonce: Nonce, time: u64) -> Bytes {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_greeting_is_as_if_it_were_the_first() {
        let facts = Facts {
            limits: Limits::default(),
            timing: (&Limits::default()).into(),
            origins: Vec::new(),
            proxies: Proxies::default(),
            identity: Identity::from_secret(&[1; 32]),
            names: Names::default(),
            closed: Closed::default(),
            template: OnceLock::new(),
        };
        for (byte, time) in [(1, 1_763_700_000_000), (2, 9_999_999_999_999), (3, 7)] {
            let nonce = Nonce::from_bytes([byte; 32]);
            assert_eq!(
                facts.greeting(nonce, time),
                facts.encode_greeting(nonce, time)
            );
        }
        let template = facts.template.get().unwrap().as_ref().unwrap();
        let nonce = Nonce::from_bytes([4; 32]);
        assert!(template.with(nonce, 1_763_700_000_001).is_some());
        assert!(template.with(nonce, 10_000_000_000_000).is_none());
    }
}
