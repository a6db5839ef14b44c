//! Where a server is, as a person writes it.

use std::fmt;
use std::str::FromStr;

use protocol::identity::Endpoint;

/// The port of `ws://` where none is named.
pub const PLAIN_PORT: u16 = protocol::limits::PORT;

/// The port of `wss://` where none is named.
pub const TLS_PORT: u16 = 443;

/// A server's address: `ws://HOST[:PORT]`, `wss://HOST[:PORT]`, or `HOST[:PORT]` for `ws://`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerUrl {
    tls: bool,
    host: String,
    port: u16,
    endpoint: Endpoint,
}

impl ServerUrl {
    /// Whether the connection is encrypted.
    pub const fn tls(&self) -> bool {
        self.tls
    }

    /// Whether what is said can be read and changed on the way: no encryption, and the way leads out of this machine.
    pub fn is_exposed(&self) -> bool {
        !self.tls && !self.endpoint.is_loopback()
    }

    /// The host, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as the proofs name them.
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "wss" } else { "ws" };
        write!(f, "{scheme}://{}", self.endpoint)
    }
}

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let (tls, rest) = match text.split_once("://") {
            None => (false, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("ws") => (false, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("wss") => (true, rest),
            Some((scheme, _)) => return Err(UrlError::Scheme(scheme.to_owned())),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() {
            return Err(UrlError::NoHost);
        }
        if authority.contains(['/', '?', '#', '@']) {
            return Err(UrlError::Extra);
        }
        let (host, port) = split_port(authority);
        let port = match port {
            None if tls => TLS_PORT,
            None => PLAIN_PORT,
            Some(port) => port
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| UrlError::Port(port.to_owned()))?,
        };
        if host.is_empty() {
            return Err(UrlError::NoHost);
        }
        let Ok(endpoint) = Endpoint::new(host, port) else {
            return Err(UrlError::Host(host.to_owned()));
        };
        let host = endpoint
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        Ok(Self {
            tls,
            host,
            port,
            endpoint,
        })
    }
}

/// Host and port; the colons of a bare IPv6 address are none before a port.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    if authority.parse::<std::net::Ipv6Addr>().is_ok() {
        return (authority, None);
    }
    match authority.rsplit_once(':') {
        Some((_, port)) if port.ends_with(']') => (authority, None),
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    }
}

/// Why a text is no server's address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not `ws` or `wss`.
    #[error("a server's address begins with ws:// or wss://, not with {0}://")]
    Scheme(String),
    /// Nothing but the scheme or port.
    #[error("a server's address needs a host, as in ws://chat.example:7878")]
    NoHost,
    /// A path, query or user.
    #[error("a server's address is only a host and a port, as in ws://chat.example:7878")]
    Extra,
    /// Not a port.
    #[error("{0:?} is no port; a port is a number from 1 to 65535")]
    Port(String),
    /// Not a host.
    #[error("{0:?} is no host; a host is a DNS name in ASCII or an IP address (IPv6 in brackets)")]
    Host(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_default_ports() {
        for (text, url, host, port) in [
            (
                "ws://chat.example",
                "ws://chat.example:7878",
                "chat.example",
                7878,
            ),
            (
                "wss://chat.example",
                "wss://chat.example:443",
                "chat.example",
                443,
            ),
            (
                "WSS://Chat.Example:8443/",
                "wss://chat.example:8443",
                "chat.example",
                8443,
            ),
            ("localhost", "ws://localhost:7878", "localhost", 7878),
            (" 10.0.0.1:99 ", "ws://10.0.0.1:99", "10.0.0.1", 99),
            ("[::1]:5", "ws://[::1]:5", "::1", 5),
            ("::1", "ws://[::1]:7878", "::1", 7878),
            ("wss://[::1]", "wss://[::1]:443", "::1", 443),
        ] {
            let parsed: ServerUrl = text.parse().unwrap();
            assert_eq!(parsed.to_string(), url);
            assert_eq!((parsed.host(), parsed.port()), (host, port));
            assert_eq!(url.parse(), Ok(parsed));
        }
    }

    #[test]
    fn only_plain_text_that_leaves_this_machine_is_exposed() {
        for (text, exposed) in [
            ("ws://chat.example", true),
            ("10.0.0.1", true),
            ("wss://chat.example", false),
            ("ws://localhost:1", false),
            ("127.0.0.2", false),
            ("[::1]:5", false),
        ] {
            let url: ServerUrl = text.parse().unwrap();
            assert_eq!(url.is_exposed(), exposed, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart() {
        for (text, error) in [
            ("http://a", UrlError::Scheme("http".to_owned())),
            ("", UrlError::NoHost),
            ("ws://", UrlError::NoHost),
            ("ws://:80", UrlError::NoHost),
            ("ws://a/b", UrlError::Extra),
            ("ws://me@a", UrlError::Extra),
            ("a:0", UrlError::Port("0".to_owned())),
            ("a:65536", UrlError::Port("65536".to_owned())),
            ("a:b", UrlError::Port("b".to_owned())),
            ("chat example", UrlError::Host("chat example".to_owned())),
            ("채팅.example", UrlError::Host("채팅.example".to_owned())),
        ] {
            assert_eq!(text.parse::<ServerUrl>(), Err(error), "{text}");
        }
    }
}
