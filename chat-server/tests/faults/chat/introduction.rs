//! Who a client is: its hello, and what the server makes of it.

use std::net::SocketAddr;

use protocol::event::{Greeting, Welcome};
use protocol::identity::{Endpoint, Nonce, Role, Transcript};
use protocol::names::Nick;
use protocol::request::Hello;

use super::identity;
use crate::subject::{Named, Who};

/// The nick as it was granted.
pub(super) fn named(welcome: &Welcome) -> Named {
    let nick: Result<Nick, _> = welcome.nick.parse();
    Named {
        skeleton: nick.map_or_else(
            |_| welcome.nick.clone(),
            |nick| nick.skeleton().as_str().to_owned(),
        ),
        person: welcome.person.to_string(),
        owned: welcome.owned,
    }
}

/// A hello whose proof holds for this connection.
pub(super) fn hello(who: &Who, address: SocketAddr, greeting: &Greeting) -> Hello {
    let identity = identity(&who.key);
    let endpoint: Endpoint = address.to_string().parse().expect("an endpoint");
    let nonce = Nonce::from_bytes([9; 32]);
    let transcript = Transcript {
        endpoint: &endpoint,
        server_nonce: greeting.nonce,
        client_nonce: nonce,
        server_key: greeting.key,
        client_key: Some(identity.public()),
    };
    let proof = identity.prove(Role::Client, &transcript);
    Hello {
        reference: Some(1),
        version: protocol::limits::VERSION,
        agent: None,
        nick: Some(who.nick.parse().expect("a nick")),
        key: Some(identity.public()),
        nonce: Some(nonce),
        proof: Some(proof),
        endpoint: Some(endpoint),
        device: who.device,
        guest: who.guest,
    }
}
