//! What a client dialled, which both sides name in their proofs.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::IdentityError;

/// A host and port as dialled, in one canonical text: lower case, no trailing dot, an IPv6 address in brackets and in
/// its shortest form, always with the port (`chat.example:443`, `[::1]:7878`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    text: String,
    host_bytes: usize,
}

impl Endpoint {
    /// The longest host in bytes, that of a DNS name.
    pub const HOST_BYTES_MAX: usize = 253;

    /// The endpoint of a host (a DNS name in ASCII or an IP address, brackets allowed) and a port.
    pub fn new(host: &str, port: u16) -> Result<Self, IdentityError> {
        let bare = host
            .strip_prefix('[')
            .and_then(|h| h.strip_suffix(']'))
            .unwrap_or(host);
        let host = match bare.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => ip.to_string(),
            Ok(IpAddr::V6(ip)) => format!("[{ip}]"),
            Err(_) => {
                let name = bare.strip_suffix('.').unwrap_or(bare).to_ascii_lowercase();
                let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
                if name.is_empty() || name.len() > Self::HOST_BYTES_MAX || !name.bytes().all(plain)
                {
                    return Err(IdentityError::Endpoint);
                }
                name
            }
        };
        Ok(Self {
            host_bytes: host.len(),
            text: format!("{host}:{port}"),
        })
    }

    /// Host and port as one text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        self.text.get(..self.host_bytes).unwrap_or_default()
    }

    /// Whether the host is this very machine: `localhost`, `127.0.0.0/8` or `::1`.
    pub fn is_loopback(&self) -> bool {
        self.host() == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// The host where it is an IP address.
    pub fn ip(&self) -> Option<IpAddr> {
        let host = self.host();
        host.strip_prefix('[')
            .and_then(|h| h.strip_suffix(']'))
            .unwrap_or(host)
            .parse()
            .ok()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Endpoint {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let (host, port) = text.rsplit_once(':').ok_or(IdentityError::Endpoint)?;
        Self::new(host, port.parse().or(Err(IdentityError::Endpoint))?)
    }
}

string_serde!(Endpoint);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_one_text() {
        for (host, text) in [
            ("Chat.Example.", "chat.example:80"),
            ("127.0.0.1", "127.0.0.1:80"),
            ("0:0:0:0:0:0:0:1", "[::1]:80"),
            ("[::1]", "[::1]:80"),
        ] {
            let endpoint = Endpoint::new(host, 80).unwrap();
            assert_eq!(endpoint.as_str(), text);
            assert_eq!(text.parse(), Ok(endpoint));
        }
        for wrong in [
            "chat.example",
            "chat example:1",
            ":1",
            "chat.example:65536",
            "x\0y:1",
            "채팅.example:1",
        ] {
            assert_eq!(
                wrong.parse::<Endpoint>(),
                Err(IdentityError::Endpoint),
                "{wrong}"
            );
        }
        assert!("[::1]:9".parse::<Endpoint>().unwrap().is_loopback());
        assert!("127.3.2.1:9".parse::<Endpoint>().unwrap().is_loopback());
        assert!(!"10.0.0.1:9".parse::<Endpoint>().unwrap().is_loopback());
    }
}
