//! What hostile clients leave in the log of the real program.

use std::path::Path;
use std::time::Duration;

use futures_util::SinkExt;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, PATIENCE, Process, identity};

/// What is said and must not be logged.
const SECRET: &str = "the-words-of-somebody";

/// What could break a line, speak to a terminal or end a JSON string.
const EVIL: &str =
    "\n2026-01-01T00:00:00Z ERROR forged \u{1b}]52;c;x\u{7}\u{202e}\u{85}\"}{\"level\":\"ERROR\"";

/// Does everything with it that a client can do, on a server that logs all it can.
async fn misbehave(directory: &Path, format: &str) -> String {
    let server = Process::start_logging(directory, format).await;
    for request in [
        format!("GET /{SECRET} HTTP/1.1\r\nX: \u{1b}[2J\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{EVIL}\r\n\r\n"),
        format!("\u{1b}[2J{SECRET}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nUser-Agent: {SECRET}\u{85}\r\nOrigin: \u{202e}{SECRET}\r\n\r\n"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        // How it ends is not of interest here.
        drop(read.unwrap());
    }
    let mut anna = Client::dial(server.address).await;
    for (field, value) in [
        ("nick", EVIL),
        ("agent", EVIL),
        ("endpoint", EVIL),
        ("key", SECRET),
        ("nonce", SECRET),
    ] {
        let answer = anna
            .ask(json!({"type": "hello", "version": 1, field: value}))
            .await;
        assert!(
            matches!(answer["type"].as_str(), Some("error" | "welcome")),
            "{answer}"
        );
    }
    let mut ben = Client::dial(server.address).await;
    ben.hello_with_key(&identity("ben"), "[ben]`^").await;
    ben.join("lobby").await;
    assert_eq!(ben.say("lobby", 1, SECRET).await["type"], "ack");
    for request in [
        json!({"type": EVIL}),
        json!({"type": "join", "room": EVIL}),
        json!({"type": "send", "room": "lobby", "seq": 2, "text": EVIL}),
        json!({"type": "send", "room": "lobby", "seq": 2, "text": SECRET, "kind": EVIL}),
        json!({"type": "topic", "room": "lobby", "seq": 2, "text": EVIL}),
    ] {
        let answer = ben.ask(request).await;
        assert_eq!(answer["type"], "error", "{answer}");
    }
    let frame = Message::binary(format!("{EVIL}{SECRET}").into_bytes());
    ben.socket.send(frame).await.unwrap();
    assert_eq!(ben.end().await, Some(4_400));
    server.signal(Signal::TERM);
    drop(anna);
    assert!(server.end(Duration::from_secs(5)).await.success());
    std::fs::read_to_string(directory.join("log")).unwrap()
}

#[track_caller]
fn check_line(line: &str, key: &str) {
    assert!(!line.contains(SECRET) && !line.contains(key), "{line}");
    let strange =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
    assert!(!line.chars().any(strange), "{line:?}");
    assert!(line.len() <= 1_000, "{} bytes: {line}", line.len());
}

#[tokio::test]
async fn no_client_speaks_through_the_log() {
    let key = serde_json::to_value(identity("ben").public()).unwrap();
    let key = key.as_str().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let log = misbehave(directory.path(), "text").await;
    assert!(log.lines().count() >= 6, "{log}");
    for line in log.lines() {
        check_line(line, key);
        let level = line.split_whitespace().nth(1);
        assert!(
            matches!(level, Some("INFO" | "DEBUG")),
            "nobody is to wake up for it: {line}"
        );
    }
    let directory = tempfile::tempdir().unwrap();
    let log = misbehave(directory.path(), "json").await;
    assert!(log.lines().count() >= 6, "{log}");
    for line in log.lines() {
        check_line(line, key);
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(
            matches!(line["level"].as_str(), Some("INFO" | "DEBUG")),
            "{line}"
        );
        assert!(
            line["message"].is_string() && line["timestamp"].is_string(),
            "{line}"
        );
    }
}
