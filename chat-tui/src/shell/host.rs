//! A server in this very process, for `--host`: the one place that uses the server's library.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::thread::JoinHandle;

use chat_server::Server;
use chat_server::config::{Config, Location, WELCOME};
use protocol::limits::PORT;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::shell::connection::ServerUrl;

/// A server that runs beside the screen; dropping it stops it in good order, which may take some seconds.
#[derive(Debug)]
pub struct Host {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// Where to reach a server that was opened, or was there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The address for this machine.
    pub url: String,
    /// The address for others, where the server listens beyond this machine.
    pub shared: Option<String>,
}

impl Host {
    /// Opens a server at an address in a thread of its own, with its data in `data` or else in the person's own directory. How it goes
    /// comes from the receiver: a server that listens there already is as good as a new one.
    pub fn open(
        address: SocketAddr,
        data: Option<PathBuf>,
    ) -> (Self, oneshot::Receiver<Result<Opened, String>>) {
        let stop = CancellationToken::new();
        let (tell, told) = oneshot::channel();
        let stopped = stop.clone();
        let spawned = std::thread::Builder::new()
            .name("host".to_owned())
            .spawn(move || serve(address, data, stopped, tell));
        // Where no thread can be had, the sender is gone and the receiver says so.
        let thread = spawned.ok();
        (Self { stop, thread }, told)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic there has told about itself, and nothing is left to do about it.
            drop(thread.join());
        }
    }
}

/// Where to serve for somebody who found nobody at `server`: there, if that is on this machine, else at the usual local address.
pub fn local_address(server: &str) -> SocketAddr {
    let usual = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT);
    match server.parse::<ServerUrl>() {
        Ok(url) if !url.tls() => {
            let ip = match url.host() {
                "localhost" => Some(usual.ip()),
                host => host.parse().ok().filter(IpAddr::is_loopback),
            };
            ip.map_or(usual, |ip| SocketAddr::new(ip, url.port()))
        }
        Ok(_) | Err(_) => usual,
    }
}

fn serve(
    address: SocketAddr,
    data: Option<PathBuf>,
    stop: CancellationToken,
    tell: oneshot::Sender<Result<Opened, String>>,
) {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return answer(tell, Err(format!("no threads for a server: {error}"))),
    };
    runtime.block_on(async {
        let data = match data.map_or_else(chat_server::config::default_data, Ok) {
            Ok(directory) => Location::Directory(directory),
            Err(error) => return answer(tell, Err(error.to_string())),
        };
        let config = Config {
            data,
            bind: address.ip(),
            port: address.port(),
            welcome: Some(WELCOME.to_owned()),
            ..Config::default()
        };
        match Server::bind(config) {
            Ok(server) => {
                answer(tell, Ok(opened(server.local_addr())));
                // Why it ended reaches the person by the connection, which is lost then.
                drop(server.run(stop).await);
            }
            Err(chat_server::StartError::PortTaken { address }) => {
                answer(tell, Ok(opened(address)));
            }
            Err(error) => answer(tell, Err(error.to_string())),
        }
    });
}

fn answer(tell: oneshot::Sender<Result<Opened, String>>, result: Result<Opened, String>) {
    // Who asked may have ended meanwhile.
    drop(tell.send(result));
}

fn opened(address: SocketAddr) -> Opened {
    let (ip, port) = (address.ip(), address.port());
    let shared = if ip.is_loopback() {
        None
    } else if ip.is_unspecified() {
        outward().map(|ip| url(ip, port))
    } else {
        Some(url(ip, port))
    };
    Opened {
        url: own_url(address),
        shared,
    }
}

/// Where this machine dials a server that listens at an address.
pub fn own_url(address: SocketAddr) -> String {
    let ip = address.ip();
    let ip = if ip.is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        ip
    };
    url(ip, address.port())
}

fn url(ip: IpAddr, port: u16) -> String {
    format!("ws://{}", SocketAddr::new(ip, port))
}

/// The address under which this machine speaks to others. Connecting a datagram socket only looks up the route; nothing is sent.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address of RFC 5737 that belongs to nobody.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_opened_where_it_was_looked_for_if_that_is_here() {
        let at = |server: &str| local_address(server).to_string();
        assert_eq!(at("ws://127.0.0.1:9000"), "127.0.0.1:9000");
        assert_eq!(at("localhost:9000"), "127.0.0.1:9000");
        assert_eq!(at("[::1]:9000"), "[::1]:9000");
        assert_eq!(at("127.0.0.1"), "127.0.0.1:7878");
        for elsewhere in ["chat.example:9000", "wss://127.0.0.1:1", "192.0.2.7:1", "?"] {
            assert_eq!(at(elsewhere), "127.0.0.1:7878", "{elsewhere}");
        }
    }

    #[test]
    fn others_are_told_an_address_that_is_theirs_to_dial() {
        let at = |text: &str| opened(text.parse().unwrap());
        assert_eq!(at("127.0.0.1:7878").url, "ws://127.0.0.1:7878");
        assert_eq!(at("127.0.0.1:7878").shared, None);
        assert_eq!(
            at("192.0.2.7:1").shared.as_deref(),
            Some("ws://192.0.2.7:1")
        );
        assert_eq!(at("0.0.0.0:7878").url, "ws://127.0.0.1:7878");
        assert_eq!(at("[::1]:7878").url, "ws://[::1]:7878");
    }
}
