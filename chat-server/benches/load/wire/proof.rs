//! A hello with a key: what a client signs for one connection.

use protocol::identity::{Endpoint, Identity, Nonce, Role, Transcript};
use serde_json::{Value, json};

use super::Guest;

/// The answer to a greeting, from the key that the member's number stands for; it asks for the server's proof too.
pub(super) fn hello(greeting: &[u8], guest: Guest) -> String {
    let greeting: Value = serde_json::from_slice(greeting).unwrap();
    let of_greeting = |name: &str| greeting[name].clone();
    let mut secret = [7; 32];
    secret[..8].copy_from_slice(&guest.member.to_be_bytes());
    let identity = Identity::from_secret(&secret);
    let endpoint: Endpoint = guest.address.to_string().parse().unwrap();
    let nonce = Nonce::from_bytes([9; 32]);
    let transcript = Transcript {
        endpoint: &endpoint,
        server_nonce: serde_json::from_value(of_greeting("nonce")).unwrap(),
        client_nonce: nonce,
        server_key: serde_json::from_value(of_greeting("key")).unwrap(),
        client_key: Some(identity.public()),
    };
    json!({
        "type": "hello", "version": 1, "nick": format!("n{:07}", guest.member), "key": identity.public(),
        "nonce": nonce, "endpoint": endpoint, "proof": identity.prove(Role::Client, &transcript),
    })
    .to_string()
}
