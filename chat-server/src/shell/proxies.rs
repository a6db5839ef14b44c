//! Where a client comes from behind a proxy. Only proxies that the owner named are believed; everybody else could write anything.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The header in which proxies say for whom they ask: addresses with commas between them, each proxy adding its peer's at the end.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    networks: Vec<IpNet>,
    /// The owner was told of a proxy that is not believed.
    told: AtomicBool,
    /// The owner was told of a proxy that says nothing.
    told_silent: AtomicBool,
}

/// A proxy that is believed says something that is no address. Whoever it asks for is not let in by the proxy's own address, which
/// may be exempt from limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Proxies {
    /// Those in these networks.
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            ..Self::default()
        }
    }

    /// Whether what a peer says of its client is believed.
    pub(crate) fn believes(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.networks.iter().any(|network| network.contains(&peer))
    }

    /// The client that a peer asks for: of a proxy that is believed the last address in its header that is not another such
    /// proxy's, or the first where all are; of everybody else the peer.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Result<IpAddr, Malformed> {
        if !self.believes(peer) {
            self.mind(peer, headers);
            return Ok(peer);
        }
        let mut client = peer;
        for line in headers.get_all(&FORWARDED_FOR).iter().rev() {
            let line = line.to_str().map_err(|_not_ascii| Malformed)?;
            for item in line.rsplit(',') {
                client = address(item.trim()).ok_or(Malformed)?;
                if !self.believes(client) {
                    return Ok(client);
                }
            }
        }
        if !headers.contains_key(&FORWARDED_FOR) && !self.told_silent.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                %peer,
                "a connection from a trusted proxy's address has no X-Forwarded-For; where it is the proxy's, have it send that header"
            );
        }
        Ok(client)
    }

    /// Tells the owner once that a proxy on this machine makes everybody look as if they were here, and free of limits.
    fn mind(&self, peer: IpAddr, headers: &HeaderMap) {
        let forwards = headers.contains_key(&FORWARDED_FOR) || headers.contains_key(FORWARDED);
        let hides = peer.to_canonical().is_loopback() && forwards;
        if hides && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "a proxy on this machine forwards clients, who all count as clients of this machine and are free of limits; name it \
                 with --trusted-proxy"
            );
        }
    }
}

/// An address as proxies write it: with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `lines` are values of the header, in their order.
    #[track_caller]
    fn check(peer: &str, lines: &[&str], expected: Result<&str, Malformed>) {
        let proxies = Proxies::new(vec![
            "10.0.0.0/8".parse().unwrap(),
            "127.0.0.1/32".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ]);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let client = proxies.client(peer.parse().unwrap(), &headers);
        let client = client.map(|client| client.to_string());
        assert_eq!(client.as_deref(), expected.as_ref().copied(), "{lines:?}");
    }

    #[test]
    fn the_last_address_that_is_no_proxys_is_the_clients() {
        check("127.0.0.1", &["192.0.2.7"], Ok("192.0.2.7"));
        check("::ffff:127.0.0.1", &["192.0.2.7"], Ok("192.0.2.7"));
        check("10.1.2.3", &["192.0.2.7, 10.9.9.9"], Ok("192.0.2.7"));
        check(
            "10.1.2.3",
            &["192.0.2.7", "10.9.9.9,10.0.0.1"],
            Ok("192.0.2.7"),
        );
        // What the client itself wrote stands to the left.
        check("127.0.0.1", &["127.0.0.1, 192.0.2.7"], Ok("192.0.2.7"));
        check("127.0.0.1", &["x\"y, 192.0.2.7"], Ok("192.0.2.7"));
        check("fd00::1", &["2001:db8::1"], Ok("2001:db8::1"));
        for text in ["192.0.2.7:99", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:99"] {
            check("127.0.0.1", &[text], Ok("192.0.2.7"));
        }
        check("127.0.0.1", &["[2001:db8::1]"], Ok("2001:db8::1"));
    }

    #[test]
    fn who_is_no_trusted_proxy_says_what_it_likes() {
        check("192.0.2.9", &["192.0.2.7"], Ok("192.0.2.9"));
        check("127.0.0.2", &["10.0.0.1"], Ok("127.0.0.2"));
        check("192.0.2.9", &["nonsense"], Ok("192.0.2.9"));
    }

    #[test]
    fn a_proxy_that_names_nobody_asks_for_itself_and_one_that_talks_nonsense_for_nobody() {
        check("10.1.2.3", &[], Ok("10.1.2.3"));
        check("10.1.2.3", &["10.0.0.1, 10.0.0.2"], Ok("10.0.0.1"));
        for line in [
            "",
            "unknown",
            "192.0.2.7,",
            "192.0.2.7, x",
            "1.2.3",
            "192.0.2.7:x",
            "[::1",
        ] {
            check("10.1.2.3", &[line], Err(Malformed));
        }
    }
}
