//! A server behind nginx, with the very configuration of `deploy/nginx.conf`.

use std::net::SocketAddr;

use chat_server::Config;
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::programs::Port;
use crate::programs::{Nginx, Waits, deployed};
use crate::support::{Certificate, Client, PATIENCE, TestServer};

/// A server that believes nginx, with its pings so much closer to each other as nginx waits less long.
fn server() -> TestServer {
    server_with(|_| {})
}

fn server_with(change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        config.limits.heartbeat_ms = 250;
        change(config);
    })
}

const SHORT: Waits = Waits {
    silence_ms: 750,
    old_workers_ms: 500,
};

fn in_front_of(nodes: &[SocketAddr], waits: Waits) -> Nginx {
    Nginx::start(|port| deployed(port, nodes, waits))
}

#[tokio::test]
async fn people_talk_through_nginx() {
    let server = server();
    let nginx = in_front_of(&[server.address], Waits::DEPLOYED);
    let mut anna = Client::enter_with_key(nginx.address(), "anna").await;
    let mut ben = Client::enter_with_key(nginx.address(), "ben").await;
    anna.join("lobby").await;
    ben.join("lobby").await;
    assert_eq!(anna.say("lobby", 1, "하나").await["type"], "ack");
    assert_eq!(ben.event("message").await["text"], "하나");
    let long = "둘".repeat(1_300);
    assert_eq!(ben.say("lobby", 1, &long).await["type"], "ack");
    anna.event("message").await;
    assert_eq!(anna.event("message").await["text"], json!(long));
    // Who leaves through nginx has left, and is not waited for.
    ben.goodbye().await;
    anna.presence("left", "ben").await;
}

/// The status of a handshake of who comes from the address `from`, and its connection, which stays open.
async fn handshake(address: SocketAddr, from: [u8; 4], header: &str) -> (String, TcpStream) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{header}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; "HTTP/1.1 101".len()];
    timeout(PATIENCE, stream.read_exact(&mut head))
        .await
        .unwrap()
        .unwrap();
    let head = String::from_utf8_lossy(&head);
    (head.trim_start_matches("HTTP/1.1 ").to_owned(), stream)
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn limits_of_an_address_count_who_is_behind_nginx() {
    let server = server_with(|config| {
        config.limits.address_connections = 1;
        config.limit_loopback = true;
    });
    let nginx = in_front_of(&[server.address], Waits::DEPLOYED);
    let mut open = Vec::new();
    for (from, header, expected) in [
        ([127, 0, 0, 2], "X-Other: x", "101"),
        ([127, 0, 0, 2], "X-Other: x", "429"),
        // Who claims to be somebody else is not believed.
        ([127, 0, 0, 2], "X-Forwarded-For: 192.0.2.7", "429"),
        ([127, 0, 0, 3], "X-Forwarded-For: 192.0.2.7", "101"),
    ] {
        let (status, stream) = handshake(nginx.address(), from, header).await;
        assert_eq!(status, expected, "{from:?} {header}");
        open.push(stream);
    }
}

#[tokio::test]
async fn who_says_nothing_stays_connected_by_the_servers_pings() {
    let server = server();
    let nginx = in_front_of(&[server.address], SHORT);
    let mut anna = Client::enter_with_key(nginx.address(), "anna").await;
    let mut pings = 0;
    // Longer than nginx lets a connection be silent.
    while pings < 5 {
        let came = timeout(PATIENCE, anna.socket.next()).await.unwrap();
        pings += usize::from(matches!(came.unwrap().unwrap(), Message::Ping(_)));
    }
    anna.join("lobby").await;
    assert_eq!(anna.say("lobby", 1, "still here").await["type"], "ack");
}

#[tokio::test]
async fn a_reload_of_nginx_is_a_pause() {
    let server = server();
    let mut nginx = in_front_of(&[server.address], SHORT);
    let mut anna = Client::enter_with_key(nginx.address(), "anna").await;
    anna.join("lobby").await;
    assert_eq!(anna.say("lobby", 1, "before").await["type"], "ack");
    let seen = anna.event("message").await;
    nginx.reload(|port| deployed(port, &[server.address], SHORT));
    // The old worker keeps the connection for its time, and then ends it without a word.
    let mut ben = Client::enter_with_key(nginx.address(), "ben").await;
    ben.join("lobby").await;
    assert_eq!(ben.say("lobby", 1, "meanwhile").await["type"], "ack");
    assert_eq!(anna.event("message").await["text"], "meanwhile");
    assert_eq!(timeout(PATIENCE, anna.end()).await.unwrap(), None);
    assert_eq!(ben.say("lobby", 2, "missed").await["type"], "ack");
    let mut anna = Client::enter_with_key(nginx.address(), "anna").await;
    let after = json!({"position": seen["position"], "id": seen["id"]});
    let joined = anna
        .join_as(json!({"type": "join", "room": "lobby", "after": after}))
        .await;
    assert_eq!(joined["start"], "resumed");
    let missed: Vec<_> = joined["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["text"].clone())
        .collect();
    assert_eq!(missed, ["meanwhile", "missed"]);
}

#[tokio::test]
async fn a_server_that_is_away_or_full_is_passed_over() {
    let full = TestServer::with(|config| config.limits.connections = 1);
    let server = server();
    let _held = full.dial().await;
    let away = Port::free();
    let nginx = in_front_of(
        &[away.address(), full.address, server.address],
        Waits::DEPLOYED,
    );
    for name in ["anna", "ben", "mia"] {
        Client::enter_with_key(nginx.address(), name)
            .await
            .goodbye()
            .await;
    }
}

#[tokio::test]
async fn nginx_speaks_tls_where_its_lines_for_that_are_in() {
    let (server, certificate) = (server(), Certificate::make());
    let files = certificate.files();
    let nginx = Nginx::start(|port| {
        let config = deployed(port, &[server.address], Waits::DEPLOYED);
        let config = config.replace(&format!("listen {port};"), &format!("listen {port} ssl;"));
        let certificate = files.certificate.display().to_string();
        config
            .replace("#tls ", "")
            .replace("chat.pem", &certificate)
            .replace("chat.key", &files.key.display().to_string())
    });
    let mut anna = Client::dial_with(nginx.address(), None, Some(certificate.trust())).await;
    anna.introduce_with_key("anna").await;
}
