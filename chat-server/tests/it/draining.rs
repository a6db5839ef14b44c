//! A drain of the real program: clients are sent elsewhere one after the other, and nothing is lost by it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::{Client, PATIENCE, Process};

const TALKERS: u64 = 12;

/// What somebody knows whose connection has ended.
struct Talked {
    code: Option<u16>,
    acked: u64,
    /// Refused although it was in time.
    refused: Vec<Value>,
    left: Vec<Value>,
}

/// Enters the lobby and says one thing after the other until the connection ends.
async fn talk(address: SocketAddr, name: String, started: tokio::sync::mpsc::Sender<()>) -> Talked {
    let mut client = Client::enter_with_key(address, &name).await;
    client.join("lobby").await;
    let mut talked = Talked {
        code: None,
        acked: 0,
        refused: Vec::new(),
        left: Vec::new(),
    };
    loop {
        let seq = talked.acked + 1;
        let text = format!("{name} {seq}");
        let request =
            json!({"type": "send", "ref": seq, "room": "lobby", "seq": seq, "text": text});
        // Where this fails the reason has come before.
        drop(client.try_send(request).await);
        loop {
            match client.next().await {
                Err(code) => {
                    talked.code = code;
                    return talked;
                }
                Ok(event) if event["ref"] == seq => {
                    if event["type"] == "ack" {
                        talked.acked = seq;
                    } else {
                        talked.refused.push(event);
                    }
                    break;
                }
                Ok(event) if event["type"] == "presence" => {
                    let changes = event["changes"].as_array().unwrap().iter();
                    let left = changes.filter(|change| change["what"] == "left");
                    talked.left.extend(left.cloned());
                }
                Ok(_) => {}
            }
        }
        if talked.acked == 1 {
            started.send(()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn clients_are_sent_elsewhere_one_after_the_other_and_nothing_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start_watched(directory.path(), &["--drain", "6"]).await;
    let (started, mut starts) = tokio::sync::mpsc::channel(1);
    let mut talkers = JoinSet::new();
    for number in 0..TALKERS {
        let name = format!("talker-{number}");
        talkers.spawn(talk(server.address, name, started.clone()));
    }
    for _ in 0..TALKERS {
        starts.recv().await.unwrap();
    }
    assert_eq!(server.tells("/readyz").await.0, 200);
    server.signal(Signal::TERM);
    // The signal reaches it when it likes; from then on it is not ready.
    let lines = loop {
        let (status, lines) = server.tells("/readyz").await;
        if status != 200 {
            break lines;
        }
    };
    assert!(lines.contains("drain: it drains"), "{lines}");
    // Who was sent here before the load balancer noticed is let in, and sent elsewhere later.
    let mut late = Client::enter_with_key(server.address, "late").await;
    late.join("lobby").await;
    let mut latecomers = JoinSet::new();
    latecomers.spawn(async move { late.end().await });
    let mut open = BTreeSet::new();
    let (mut ended, mut acked) = (0, 0);
    while let Some(talked) = talkers.join_next().await {
        let talked = talked.unwrap();
        assert_eq!(talked.code, Some(4_004));
        assert_eq!(talked.left, [json!(null); 0], "nobody leaves");
        // At most what met the close on its way.
        assert!(talked.refused.len() <= 1, "{:?}", talked.refused);
        assert!(talked.acked > 0);
        acked += talked.acked;
        ended += 1;
        if ended == TALKERS / 2 {
            let refused = TcpStream::connect(server.address).await;
            assert!(refused.is_err(), "nothing is accepted any more");
            assert_eq!(server.tells("/healthz").await.0, 200);
        }
        // With the last one the server may be gone.
        if ended < TALKERS {
            let metrics = server.metrics().await;
            assert_eq!(metrics.of("chat_draining"), 1);
            open.insert(metrics.of("chat_connections"));
        }
    }
    assert!(open.len() >= 8, "seen on the way from 12 to 1: {open:?}");
    let late = latecomers.join_next().await.unwrap();
    assert_eq!(late.unwrap(), Some(4_004));
    assert!(server.end(Duration::from_secs(10)).await.success());
    let server = Process::start(directory.path()).await;
    let mut reader = Client::enter_with_key(server.address, "reader").await;
    let joined = reader.join("lobby").await;
    let members = joined["members"].as_array().unwrap();
    let away = members.iter().filter(|m| m["status"] == "reconnecting");
    assert_eq!(away.count() as u64, TALKERS + 1, "{members:?}");
    let stored = reader.all_messages("lobby").await;
    let texts: BTreeSet<&str> = stored.iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), stored.len(), "none twice");
    assert_eq!(
        stored.len() as u64,
        acked,
        "all that was acknowledged, and no more"
    );
}

#[tokio::test]
async fn an_interrupt_or_a_second_signal_does_not_wait_for_a_drain() {
    let directory = tempfile::tempdir().unwrap();
    let drain = ["--drain", "600"];
    let server = Process::start_with(directory.path(), &drain).await;
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    server.signal(Signal::INT);
    assert_eq!(anna.end().await, Some(4_000));
    drop(anna);
    assert!(server.end(PATIENCE).await.success());

    let server = Process::start_watched(directory.path(), &drain).await;
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    server.signal(Signal::TERM);
    while server.tells("/readyz").await.0 == 200 {}
    anna.settled().await;
    server.signal(Signal::TERM);
    assert_eq!(server.end(PATIENCE).await.code(), Some(1));
}

/// With nobody to send elsewhere only the load balancer is waited for.
#[tokio::test]
async fn an_empty_server_does_not_wait_for_the_whole_window() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start_with(directory.path(), &["--drain", "3600"]).await;
    server.signal(Signal::TERM);
    assert!(server.end(PATIENCE).await.success());
}
