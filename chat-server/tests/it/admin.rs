//! The admin address of the real program: what it tells follows what happens.

use std::time::Duration;

use futures_util::SinkExt as _;
use rustix::process::Signal;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, Process, Samples, run_to_end};

/// What is counted of a series between two looks.
fn grown(before: &Samples, after: &Samples, series: &str) -> u64 {
    after.of(series) - before.of(series)
}

#[tokio::test]
async fn it_tells_that_it_lives_and_is_of_use() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start_watched(directory.path(), &[]).await;
    assert_eq!(server.tells("/healthz").await, (200, "ok\n".to_owned()));
    let (status, lines) = server.tells("/readyz").await;
    assert_eq!(status, 200, "{lines}");
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(
        (lines[0], lines[2], lines.len()),
        ("hub: ok", "drain: ok", 3)
    );
    // Nothing had been written, so the store was probed.
    assert!(lines[1].starts_with("store: ok, 0."), "{lines:?}");
    assert_eq!(server.tells("/").await.0, 404);
    server.signal(Signal::TERM);
    assert!(server.end(Duration::from_secs(5)).await.success());
}

#[tokio::test]
async fn what_happens_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start_watched(directory.path(), &[]).await;
    let before = server.metrics().await;
    assert_eq!(before.of("chat_connections"), 0);
    assert_eq!(before.of("chat_info{version=\"0.1.0\"}"), 1);
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    let mut ben = Client::enter_with_key(server.address, "ben").await;
    anna.join("lobby").await;
    ben.join("lobby").await;
    for seq in 1..=3 {
        let ack = anna.say("lobby", seq, "x").await;
        assert_eq!(ack["type"], "ack", "{ack}");
        ben.event("message").await;
    }
    let again = anna.say("lobby", 3, "x").await;
    assert_eq!(again["type"], "ack", "a repeated send is no new message");
    let refused = anna.say("elsewhere", 1, "x").await;
    assert_eq!(refused["code"], "not_joined", "{refused}");
    ben.ask(json!({"type": "search", "text": "word"})).await;
    let after = server.metrics().await;
    for (series, expected) in [
        ("chat_connections", 2),
        ("chat_requests_total{type=\"hello\"}", 2),
        ("chat_requests_total{type=\"join\"}", 2),
        ("chat_requests_total{type=\"send\"}", 5),
        ("chat_requests_total{type=\"search\"}", 1),
        ("chat_requests_total{type=\"invalid\"}", 0),
        ("chat_refusals_total{code=\"not_joined\"}", 1),
        ("chat_refusals_total{code=\"unavailable\"}", 0),
        ("chat_messages_stored_total", 3),
        ("chat_deliveries_total", 6),
        ("chat_commit_messages_sum", 3),
        ("chat_commit_messages_count", 3),
        ("chat_commit_messages_bucket{le=\"1\"}", 3),
        ("chat_append_seconds_count", 4),
        ("chat_rooms", 1),
        ("chat_members{status=\"here\"}", 2),
        ("chat_members{status=\"reconnecting\"}", 0),
        ("chat_connections_closed_total{code=\"bad_frame\"}", 0),
        ("chat_connections_refused_total{reason=\"full\"}", 0),
    ] {
        assert_eq!(grown(&before, &after, series), expected, "{series}");
    }
    assert!(after.number("chat_append_seconds_sum") > 0.0);
    assert_eq!(after.of("chat_store_writable"), 1);
    assert!(after.of("chat_store_era") > 1_700_000_000);
    anna.send(json!({"type": "nonsense"})).await;
    assert_eq!(anna.event("error").await["code"], "unknown_request");
    anna.socket.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(anna.end().await, Some(4_400));
    ben.presence("reconnecting", "anna").await;
    let after = server.metrics().await;
    assert_eq!(after.of("chat_connections"), 1);
    for (series, expected) in [
        ("chat_requests_total{type=\"invalid\"}", 1),
        ("chat_refusals_total{code=\"unknown_request\"}", 1),
        ("chat_connections_closed_total{code=\"bad_frame\"}", 1),
        ("chat_members{status=\"here\"}", 1),
        ("chat_members{status=\"reconnecting\"}", 1),
    ] {
        assert_eq!(grown(&before, &after, series), expected, "{series}");
    }
    let text = server.tells("/metrics").await.1;
    for word in ["anna", "ben", "lobby", "127.0.0.1"] {
        assert!(!text.contains(word), "{word} is nobody's business: {text}");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start(directory.path()).await;
    let taken = server.address.to_string();
    let output = run_to_end(&["--memory", "--port", "0", "--admin", &taken]).await;
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    let port = server.address.port();
    assert!(
        error.contains(&format!("port {port} of 127.0.0.1 is taken")),
        "{error}"
    );
    let output = run_to_end(&["--memory", "--admin", "localhost"]).await;
    assert_eq!(output.status.code(), Some(2), "no address");
}

/// Plain HTTP that other machines reach is warned of; on this machine it is not.
#[tokio::test]
async fn an_address_that_others_reach_is_warned_of() {
    for (address, warned) in [("0.0.0.0:0", true), ("127.0.0.1:0", false)] {
        let directory = tempfile::tempdir().unwrap();
        let server = Process::start_with(directory.path(), &["--admin", address]).await;
        server.signal(Signal::TERM);
        let (status, words) = server.last_words(Duration::from_secs(5)).await;
        assert!(status.success());
        assert_eq!(
            words.contains("in plain HTTP"),
            warned,
            "{address}: {words}"
        );
    }
}
