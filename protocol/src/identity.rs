//! Keys and proofs: how both sides of a connection show who they are. No file, no random source.
//!
//! Each side signs a transcript that names its role, the endpoint that was dialled, both nonces and both public
//! keys, so a proof is good for one connection to one server only: who relays it to another server is caught by the
//! endpoint, who replays it by the nonces.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::position::{PersonId, decode_base64, encode_base64};

mod endpoint;
mod fingerprint;

pub use endpoint::Endpoint;
pub use fingerprint::Fingerprint;

macro_rules! base64_bytes {
    ($(#[$doc:meta])* $name:ident, $length:literal, $error:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; Self::BYTES]);

        impl $name {
            /// Length in bytes.
            pub const BYTES: usize = $length;

            /// From its bytes.
            pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const CHARS: usize = ($length * 8_usize).div_ceil(6);
                encode_base64(&self.0, &mut [0; CHARS], f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdentityError;

            fn from_str(text: &str) -> Result<Self, IdentityError> {
                decode_base64(text).map(Self).ok_or(IdentityError::Encoding($error))
            }
        }

        string_serde!($name);
    };
}

base64_bytes!(
    /// An Ed25519 public key (RFC 8032): 43 characters of unpadded base64url on the wire.
    PublicKey,
    32,
    "a key is 43 characters of base64url without padding"
);

base64_bytes!(
    /// 32 random bytes that one side draws for one connection: 43 characters of unpadded base64url on the wire.
    Nonce,
    32,
    "a nonce is 43 characters of base64url without padding"
);

base64_bytes!(
    /// An Ed25519 signature over a [`Transcript`]: 86 characters of unpadded base64url on the wire.
    Proof,
    64,
    "a proof is 86 characters of base64url without padding"
);

impl PublicKey {
    /// What people compare of it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(PersonId::of_key(self))
    }
}

/// A secret key and what follows from it.
pub struct Identity(SigningKey);

impl Identity {
    /// The identity of a secret of 32 random bytes, the seed of RFC 8032.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, for the file that keeps it.
    pub fn secret(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key that others see.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The person who holds this key.
    pub fn person(&self) -> PersonId {
        PersonId::of_key(&self.public())
    }

    /// Proves to the other side of the connection that `transcript` describes that this key is here.
    pub fn prove(&self, role: Role, transcript: &Transcript<'_>) -> Proof {
        Proof(self.0.sign(&transcript.to_bytes(role)).to_bytes())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.public())
    }
}

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The side that dialled.
    Client,
    /// The side that was dialled.
    Server,
}

/// What both sides of one connection sign.
#[derive(Clone, Copy, Debug)]
pub struct Transcript<'a> {
    /// The host and port that were dialled.
    pub endpoint: &'a Endpoint,
    /// Drawn by the server, from its greeting.
    pub server_nonce: Nonce,
    /// Drawn by the client, from its hello.
    pub client_nonce: Nonce,
    /// The server's key, from its greeting.
    pub server_key: PublicKey,
    /// The client's key; nothing for a keyless client, which asks only the server for a proof.
    pub client_key: Option<PublicKey>,
}

impl Transcript<'_> {
    /// The bytes that are signed: `chat.v1 client` or `chat.v1 server`, a zero byte, the endpoint's text, a zero
    /// byte, the server's nonce, the client's nonce, the server's key and the client's key (32 zero bytes where
    /// there is none). All parts but the endpoint have a fixed length and the endpoint holds no zero byte, so no
    /// two transcripts have the same bytes.
    pub fn to_bytes(&self, role: Role) -> Vec<u8> {
        let role = match role {
            Role::Client => "chat.v1 client",
            Role::Server => "chat.v1 server",
        };
        let client_key = self.client_key.map_or([0; PublicKey::BYTES], |key| key.0);
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(role.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.endpoint.as_str().as_bytes());
        bytes.push(0);
        for part in [
            &self.server_nonce.0,
            &self.client_nonce.0,
            &self.server_key.0,
            &client_key,
        ] {
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// Whether `proof` was made by the holder of `key` for this connection, by the strict rules of Ed25519 (no small-order
    /// key, no second form of a signature).
    pub fn verify(&self, role: Role, key: &PublicKey, proof: &Proof) -> bool {
        VerifyingKey::from_bytes(&key.0)
            .and_then(|key| {
                key.verify_strict(&self.to_bytes(role), &Signature::from_bytes(&proof.0))
            })
            .is_ok()
    }
}

/// Why a text is no key, nonce, proof or endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The wrong length or alphabet; the sentence says which is right.
    #[error("{0}")]
    Encoding(&'static str),
    /// Not a host and port.
    #[error(
        "an endpoint is HOST:PORT with a DNS name in ASCII or an IP address (IPv6 in brackets)"
    )]
    Endpoint,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce(byte: u8) -> Nonce {
        Nonce::from_bytes([byte; 32])
    }

    fn both() -> (Identity, Identity) {
        (
            Identity::from_secret(&[1; 32]),
            Identity::from_secret(&[2; 32]),
        )
    }

    fn between<'a>(endpoint: &'a Endpoint, server: &Identity, client: &Identity) -> Transcript<'a> {
        Transcript {
            endpoint,
            server_nonce: nonce(3),
            client_nonce: nonce(4),
            server_key: server.public(),
            client_key: Some(client.public()),
        }
    }

    #[test]
    fn a_proof_is_good_for_one_connection_only() {
        let (server, client) = both();
        let endpoint = Endpoint::new("chat.example", 7878).unwrap();
        let transcript = between(&endpoint, &server, &client);
        let proof = client.prove(Role::Client, &transcript);
        assert!(transcript.verify(Role::Client, &client.public(), &proof));
        assert!(
            !transcript.verify(Role::Server, &client.public(), &proof),
            "another role"
        );
        assert!(
            !transcript.verify(Role::Client, &server.public(), &proof),
            "another key"
        );
        let elsewhere = Endpoint::new("evil.example", 7878).unwrap();
        assert!(
            !Transcript {
                endpoint: &elsewhere,
                ..transcript
            }
            .verify(Role::Client, &client.public(), &proof)
        );
        assert!(
            !Transcript {
                server_nonce: nonce(5),
                ..transcript
            }
            .verify(Role::Client, &client.public(), &proof)
        );
        assert!(
            !Transcript {
                client_nonce: nonce(5),
                ..transcript
            }
            .verify(Role::Client, &client.public(), &proof)
        );
        assert!(
            !Transcript {
                server_key: client.public(),
                ..transcript
            }
            .verify(Role::Client, &client.public(), &proof)
        );
        assert!(
            !Transcript {
                client_key: None,
                ..transcript
            }
            .verify(Role::Client, &client.public(), &proof)
        );
    }

    /// Another language's author checks their own code against this vector.
    #[test]
    fn the_published_vector_holds() {
        let (server, client) = both();
        let endpoint = Endpoint::new("chat.example", 7878).unwrap();
        let transcript = between(&endpoint, &server, &client);
        assert_eq!(
            client.public().to_string(),
            "gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q"
        );
        assert_eq!(client.person().to_string(), "HI44dxY0WHCcXCnS5u_eNA");
        assert_eq!(
            client.prove(Role::Client, &transcript).to_string(),
            "rLlobxX-I63ggya4aElsBLg4Bw295tsc_BLaFYWozfJYNAp48gztflIIQBV5kYPb6fI1RAQ61o1GaFBiUzFxCA"
        );
    }

    #[test]
    fn a_key_of_small_order_proves_nothing() {
        let mut weak = [0; 32];
        weak[0] = 1;
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let key = PublicKey::from_bytes(weak);
        let transcript = Transcript {
            endpoint: &endpoint,
            server_nonce: nonce(1),
            client_nonce: nonce(2),
            server_key: key,
            client_key: Some(key),
        };
        let mut forged = [0; 64];
        forged[0] = 1;
        assert!(!transcript.verify(Role::Client, &key, &Proof::from_bytes(forged)));
    }
}
