//! Limits and misbehaviour of single connections.

use chat_server::Config;
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, PATIENCE, TestServer};

#[tokio::test]
async fn the_greeting_tells_the_limits() {
    let server = TestServer::with(|config| config.limits.burst = 3);
    let client = server.dial().await;
    let greeting = &client.greeting;
    assert_eq!(greeting["version"], 1);
    assert_eq!(
        greeting["limits"],
        json!({
            "text_bytes": 4_096, "topic_bytes": 512, "name_graphemes": 32, "name_bytes": 128, "frame_bytes": 16_384,
            "page_messages": 200, "rooms": 100, "in_flight": 64, "burst": 3, "per_second": 5, "members_told": 200,
            "heartbeat_ms": 25_000, "reconnecting_ms": 30_000, "joins": {"count": 5, "per_ms": 10_000},
            "nicks": {"count": 3, "per_ms": 60_000}, "new_rooms": {"count": 5, "per_ms": 60_000},
            "reads": {"count": 100, "per_ms": 10_000}, "searches": {"count": 30, "per_ms": 10_000},
            "requests": {"count": 100, "per_ms": 10_000}, "address_share": 4,
            "pause_ms": 2_000, "refusals": 128, "handshake_ms": 5_000, "hello_ms": 10_000, "frame_ms": 10_000,
            "pong_ms": 10_000, "slow_ms": 5_000, "outbox_bytes": 1_048_576, "connections": 100_000,
            "address_connections": 20, "new_connections": {"count": 60, "per_ms": 60_000}, "not_introduced": 1_000,
            "empty_rooms": 10_000,
        })
    );
}

#[tokio::test]
async fn a_frame_of_the_limit_passes_and_one_byte_more_ends_it() {
    let server = TestServer::start();
    let mut client = server.dial().await;
    let frame = |length: usize| {
        let bare = json!({"type": "dance", "x": ""}).to_string().len();
        Message::text(json!({"type": "dance", "x": "x".repeat(length - bare)}).to_string())
    };
    client.socket.send(frame(16_384)).await.unwrap();
    assert_eq!(client.event("error").await["code"], "unknown_request");
    client.socket.send(frame(16_385)).await.unwrap();
    assert_eq!(client.end().await, Some(4_413));
}

#[tokio::test]
async fn a_binary_frame_ends_it() {
    let server = TestServer::start();
    let mut client = server.dial().await;
    client.socket.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(client.end().await, Some(4_400));
}

#[tokio::test]
async fn another_version_ends_it() {
    let server = TestServer::start();
    let mut client = server.dial().await;
    let refused = client.ask(json!({"type": "hello", "version": 2})).await;
    assert_eq!(refused["code"], "unsupported_version", "{refused}");
    assert_eq!(client.end().await, Some(4_402));
}

#[tokio::test]
async fn no_hello_in_time_ends_it() {
    let server = TestServer::with(|config| config.limits.hello_ms = 50);
    let mut client = server.dial().await;
    assert_eq!(client.end().await, Some(4_401));
}

#[tokio::test]
async fn hellos_without_end_end_it() {
    let server = TestServer::start();
    let _holder = server.enter_with_key("anna").await;
    let mut client = server.dial().await;
    let hello = json!({"type": "hello", "version": 1, "nick": "anna"});
    for _ in 0..32 {
        let refused = client.ask(hello.clone()).await;
        assert_eq!(refused["code"], "nick_taken", "{refused}");
    }
    client.send(hello).await;
    assert_eq!(client.end().await, Some(4_429));
}

#[tokio::test]
async fn a_silent_connection_is_found_dead() {
    let server = TestServer::with(|config| {
        config.limits.heartbeat_ms = 50;
        config.limits.pong_ms = 200;
    });
    let mut watcher = server.enter("watcher").await;
    watcher.join("lobby").await;
    let mut silent = server.enter_with_key("silent").await;
    silent.join("lobby").await;
    // Nobody reads from this one, so nobody answers its pings; the watcher's are answered while it waits.
    watcher.presence("reconnecting", "silent").await;
    assert_eq!(silent.end().await, Some(4_002));
}

#[tokio::test]
async fn a_frame_in_drops_is_not_waited_for() {
    let server = TestServer::with(|config| {
        config.limits.frame_ms = 200;
        config.limits.hello_ms = 60_000;
    });
    let mut client = server.dial().await;
    let stream = client.socket.get_mut();
    let header = [0x81, 0xfe, 0x10, 0, 0, 0, 0, 0];
    stream.write_all(&header).await.unwrap();
    assert_eq!(client.end().await, Some(4_002));
}

/// Speaks until somebody who does not read is gone; gives how many messages that took.
async fn flood(speaker: &mut Client, until_gone: &str) -> u64 {
    let gone =
        |event: &Value| event["type"] == "presence" && event["changes"][0]["nick"] == until_gone;
    let text = "x".repeat(4_000);
    for seq in 1.. {
        let ack = speaker.say("lobby", seq, &text).await;
        assert_eq!(ack["type"], "ack", "{ack}");
        if seq % 32 == 0 && speaker.settled().await.iter().any(gone) {
            return seq;
        }
    }
    unreachable!()
}

#[tokio::test]
async fn a_slow_reader_loses_its_connection_and_no_message() {
    let change = |config: &mut Config| config.limits.slow_ms = 100;
    read_slowly(TestServer::with(change)).await;
}

#[tokio::test]
async fn a_slow_reader_of_tls_loses_its_connection_and_no_message() {
    let change = |config: &mut Config| config.limits.slow_ms = 100;
    read_slowly(TestServer::encrypted(change)).await;
}

async fn read_slowly(server: TestServer) {
    let mut speaker = server.enter_with_key("speaker").await;
    speaker.join("lobby").await;
    let mut slow = server.dial_with(Some(4_096)).await;
    slow.introduce_with_key("slow").await;
    slow.join("lobby").await;
    speaker.presence("joined", "slow").await;
    let sent = flood(&mut speaker, "slow").await;

    let mut last = Value::Null;
    let mut seen = 0;
    let code = loop {
        match slow.next().await {
            Ok(event) if event["type"] == "message" => {
                seen += 1;
                assert_eq!(event["position"][1], seen);
                last = event;
            }
            Ok(_) => {}
            Err(code) => break code,
        }
    };
    // The code arrives only if the socket had room for it; both tell the client to come back.
    assert!(matches!(code, Some(4_001) | None), "{code:?}");
    assert!(seen < sent);
    let mut slow = server.enter_with_key("slow").await;
    let after = json!({"position": last["position"], "id": last["id"]});
    let joined = slow
        .join_as(json!({"type": "join", "room": "lobby", "after": after}))
        .await;
    assert_eq!(joined["start"], "resumed");
    let rest = joined["messages"].as_array().unwrap();
    assert_eq!(u64::try_from(rest.len()).unwrap(), sent - seen);
    assert_eq!(rest[0]["position"][1], seen + 1);
}

/// Sends a request line by line, and gives the whole answer.
async fn http(server: &TestServer, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = lines.join("\r\n") + "\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

/// Sends a request line by line, and gives the first line of the answer, after which a WebSocket may go on.
async fn first_line(server: &TestServer, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = lines.join("\r\n") + "\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    let mut reader = BufReader::new(stream);
    let read = timeout(PATIENCE, reader.read_line(&mut line)).await;
    read.unwrap().unwrap();
    line
}

/// A proper request for a WebSocket.
pub(crate) const UPGRADE: [&str; 6] = [
    "GET / HTTP/1.1",
    "Host: chat.example",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

#[tokio::test]
async fn what_is_no_websocket_gets_a_line() {
    let server = TestServer::start();
    let answer = http(&server, &["GET / HTTP/1.1", "Host: x"]).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("this is a chat server"), "{answer}");
    let answer = http(&server, &["GET /nothing HTTP/1.1", "Host: x"]).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let mut foreign = UPGRADE.to_vec();
    foreign.push("Origin: https://evil.example");
    let answer = http(&server, &foreign).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let answer = http(&server, &["no http at all"]).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let long = format!("X: {}", "x".repeat(20_000));
    let answer = http(&server, &["GET / HTTP/1.1", &long]).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    for (count, status) in [(58, "101"), (59, "431")] {
        let mut many = UPGRADE.to_vec();
        many.extend(std::iter::repeat_n("X: y", count));
        many.push("Sec-WebSocket-Protocol: chat.v1");
        let answer = first_line(&server, &many).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_given_up() {
    let server = TestServer::with(|config| config.limits.handshake_ms = 50);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HT").await.unwrap();
    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    ended.unwrap().unwrap();
}

#[tokio::test]
async fn who_asks_in_the_same_breath_as_the_handshake_is_heard() {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut bytes = (UPGRADE.join("\r\n") + "\r\n\r\n").into_bytes();
    let hello = br#"{"type":"hello","version":1}"#;
    bytes.extend([0x81, 0x80 | u8::try_from(hello.len()).unwrap(), 0, 0, 0, 0]);
    bytes.extend(hello);
    stream.write_all(&bytes).await.unwrap();
    let mut came = Vec::new();
    while !String::from_utf8_lossy(&came).contains("welcome") {
        let read = timeout(PATIENCE, stream.read_buf(&mut came)).await;
        assert_ne!(read.unwrap().unwrap(), 0);
    }
}

#[tokio::test]
async fn the_end_of_the_server_tells_everybody_to_come_back() {
    let server = TestServer::start();
    let mut silent = server.dial().await;
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    for seq in 1..=20 {
        anna.send(json!({"type": "send", "room": "lobby", "seq": seq, "text": "x"}))
            .await;
    }
    let ends = async {
        assert_eq!(silent.end().await, Some(4_000));
        assert_eq!(anna.end().await, Some(4_000));
    };
    tokio::join!(server.stop(), ends);
}
