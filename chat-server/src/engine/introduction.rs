//! What a `hello` must hold before the engine sees it. Signatures are costly, so each connection's own task checks
//! them; the rules stand here, pure.

use std::net::SocketAddr;

use protocol::codec::DecodeError;
use protocol::error::ErrorCode;
use protocol::identity::{Endpoint, Identity, IdentityError, Nonce, Role, Transcript};
use protocol::limits::{AGENT_BYTES_MAX, VERSION};
use protocol::request::Hello;

use super::Introduction;

/// Checks a hello on a connection that was greeted with `nonce` by `server`, and makes the server's proof where the hello has
/// a nonce and an endpoint.
pub fn check(
    hello: &Hello,
    server: &Identity,
    nonce: Nonce,
    is_our_endpoint: impl Fn(&Endpoint) -> bool,
) -> Result<Introduction, DecodeError> {
    let refuse = |code, message: String| DecodeError {
        code,
        message,
        reference: hello.reference,
    };
    if hello.version != VERSION {
        return Err(refuse(
            ErrorCode::UnsupportedVersion,
            format!(
                "this server speaks version {VERSION}, the hello is of version {}; get a program of that version",
                hello.version
            ),
        ));
    }
    let agent_bytes = hello.agent.as_ref().map_or(0, String::len);
    if agent_bytes > AGENT_BYTES_MAX {
        return Err(refuse(
            ErrorCode::BadRequest,
            format!(
                "the agent has {agent_bytes} bytes, the limit is {AGENT_BYTES_MAX}; shorten it"
            ),
        ));
    }
    let transcript = match (&hello.endpoint, hello.nonce) {
        (Some(endpoint), Some(client_nonce)) => {
            // Signing for a foreign endpoint would let somebody in between pass as this server there.
            if !is_our_endpoint(endpoint) {
                return Err(refuse(
                    ErrorCode::WrongEndpoint,
                    format!(
                        "this server does not answer to {endpoint}; dial one of its own names, or have its owner add this one"
                    ),
                ));
            }
            Some(Transcript {
                endpoint,
                server_nonce: nonce,
                client_nonce,
                server_key: server.public(),
                client_key: hello.key,
            })
        }
        (None, _) | (_, None) => None,
    };
    if let Some(key) = &hello.key {
        let (Some(transcript), Some(proof)) = (&transcript, &hello.proof) else {
            return Err(refuse(
                ErrorCode::BadProof,
                "a hello with a key needs nonce, endpoint and proof too".to_owned(),
            ));
        };
        if !transcript.verify(Role::Client, key, proof) {
            return Err(refuse(
                ErrorCode::BadProof,
                "the proof does not hold for this key, endpoint and greeting; sign anew for this connection".to_owned(),
            ));
        }
    }
    Ok(Introduction {
        reference: hello.reference,
        key: hello.key,
        guest: hello.guest,
        nick: hello.nick.clone(),
        device: hello.device,
        proof: transcript.map(|transcript| server.prove(Role::Server, &transcript)),
    })
}

/// The names under which a server may be dialled.
#[derive(Clone, Debug, Default)]
pub struct Names(Vec<Name>);

#[derive(Clone, Debug)]
enum Name {
    /// With the port that was dialled.
    Exact(Endpoint),
    /// With any port; the endpoint's own port says nothing.
    AnyPort(Endpoint),
}

impl Names {
    /// Reads the configured names: `HOST:PORT`, or `HOST` alone, which takes any port because a forwarder or proxy
    /// may have another than the server.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, IdentityError> {
        names
            .into_iter()
            .map(|name| {
                let name = name.as_ref();
                name.parse()
                    .map(Name::Exact)
                    .or_else(|_| Endpoint::new(name, 0).map(Name::AnyPort))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether who dialled `endpoint` and arrived at `local` meant this server.
    ///
    /// Besides the names that is the socket's own address with its port, and loopback with any port, as a tunnel of SSH ends
    /// there.
    pub fn accept(&self, endpoint: &Endpoint, local: SocketAddr) -> bool {
        let is_local = || {
            Endpoint::new(&local.ip().to_canonical().to_string(), local.port())
                .is_ok_and(|local| local == *endpoint)
        };
        endpoint.is_loopback()
            || is_local()
            || self.0.iter().any(|name| match name {
                Name::Exact(name) => name == endpoint,
                Name::AnyPort(name) => name.host() == endpoint.host(),
            })
    }
}

#[cfg(test)]
mod tests;
