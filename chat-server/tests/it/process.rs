//! The real program: its line, its exit codes, signals, and a kill in the middle of it all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Client, Process, run_to_end};

/// Runs with arguments that cannot work, and checks that one sentence says so.
async fn fails(arguments: &[&str], code: i32, says: &str) {
    let output = run_to_end(arguments).await;
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.contains(says), "{error}");
    assert!(
        !error.contains("panicked") && !error.contains("backtrace"),
        "{error}"
    );
    assert_eq!(output.stdout, b"", "nothing listens");
    if code == 1 {
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[tokio::test]
async fn what_cannot_work_is_said_in_a_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap();
    let running = Process::start(directory.path()).await;
    let port = running.address.port().to_string();
    fails(
        &["--memory", "--port", &port],
        1,
        &format!("port {port} of 127.0.0.1 is taken"),
    )
    .await;
    fails(&["--port", "0", "--data", data], 1, data).await;
    running.signal(Signal::TERM);
    assert!(running.end(Duration::from_secs(5)).await.success());

    let file = directory.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let below = file.join("data");
    fails(
        &["--port", "0", "--data", below.to_str().unwrap()],
        1,
        "file",
    )
    .await;
    fails(&["--memory", "--data", data], 2, "--data").await;
    fails(&["--memory", "--name", "a b"], 2, "--name").await;
    fails(&["--memory", "--log", "=["], 2, "--log").await;
    let proxy = ["--memory", "--trusted-proxy", "nginx"];
    fails(&proxy, 2, "an IP address or a network").await;
    fails(&["--memory", "--tls-cert", data], 2, "--tls-key").await;
    fails(
        &["--memory", "--limit", "rooms=0"],
        2,
        "--limit: rooms can be from 1 to 1000, not 0",
    )
    .await;
    fails(
        &["--memory", "--limit", "room=1"],
        2,
        "--limit: there is no limit \"room\"",
    )
    .await;
    fails(
        &["--memory", "--limit", "in_flight=200"],
        2,
        "--limit: refusals is 128, but it has to be at least 201 for in_flight",
    )
    .await;
    fails(
        &["--memory", "--port", "0", "--bind", "192.0.2.1"],
        1,
        "192.0.2.1",
    )
    .await;
}

#[tokio::test]
async fn damaged_data_are_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap();
    let running = Process::start(directory.path()).await;
    running.signal(Signal::TERM);
    assert!(running.end(Duration::from_secs(5)).await.success());
    let database = std::fs::read_dir(directory.path()).unwrap();
    let database = database.map(|entry| entry.unwrap().path());
    let database = database
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let garbage = vec![b'x'; 10_000];
    std::fs::write(&database, &garbage).unwrap();
    fails(&["--port", "0", "--data", data], 1, data).await;
    assert_eq!(std::fs::read(&database).unwrap(), garbage);
}

#[tokio::test]
async fn a_signal_ends_it_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let directory = tempfile::tempdir().unwrap();
        let server = Process::start(directory.path()).await;
        let mut anna = Client::enter_with_key(server.address, "anna").await;
        anna.join("lobby").await;
        for seq in 1..=50 {
            anna.send(json!({"type": "send", "room": "lobby", "seq": seq, "text": "x"}))
                .await;
        }
        anna.event("ack").await;
        server.signal(signal);
        let mut acked = 1;
        let code = loop {
            match anna.next().await {
                Ok(event) if event["type"] == "ack" => acked += 1,
                Ok(_) => {}
                Err(code) => break code,
            }
        };
        assert_eq!(code, Some(4_000));
        drop(anna);
        assert!(server.end(Duration::from_secs(5)).await.success());

        let server = Process::start(directory.path()).await;
        let mut ben = Client::enter_with_key(server.address, "ben").await;
        let joined = ben.join("lobby").await;
        assert!(joined["head"][1].as_u64().unwrap() >= acked);
    }
}

/// A client that never hangs up holds the end up for as long as a connection may take to end, and no longer.
#[tokio::test]
async fn a_client_that_does_not_hang_up_delays_the_end_only_so_long() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start(directory.path()).await;
    let _stays = Client::enter_with_key(server.address, "anna").await;
    server.signal(Signal::TERM);
    assert!(server.end(Duration::from_secs(5)).await.success());
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start(directory.path()).await;
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    server.signal(Signal::TERM);
    // The first signal has been taken when the connection is closed; it stays half open, which holds the end up.
    assert_eq!(anna.end().await, Some(4_000));
    server.signal(Signal::INT);
    let status = server.end(Duration::from_secs(5)).await;
    assert_eq!(status.code(), Some(1));
}

#[tokio::test]
async fn a_disk_that_fails_ends_it_with_a_sentence_and_without_a_false_ack() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start_on_bad_disk(directory.path()).await;
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    anna.join("lobby").await;
    let text = "x".repeat(4_000);
    let mut acked = 0;
    // Until the connection ends, as far as it is used: an answer for each send, and then none.
    while let Some(answer) = anna.try_say("lobby", acked + 1, &text).await {
        assert_eq!(answer["type"], "ack", "{answer}");
        acked += 1;
    }
    let (status, words) = server.last_words(Duration::from_secs(10)).await;
    assert_eq!(status.code(), Some(1), "{words}");
    assert!(
        words.contains("chat.db") && words.lines().count() == 1,
        "{words}"
    );

    let server = Process::start(directory.path()).await;
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    let joined = anna.join("lobby").await;
    let kept = joined["head"][1].as_u64().unwrap();
    assert!(
        acked > 0 && (kept == acked || kept == acked + 1),
        "{acked} {kept}"
    );
}

/// Messages that each sender has to bring through the kill.
const EACH: u64 = 400;

/// A sender with what it knows: how many of its messages were acknowledged, and where.
struct Sender {
    name: String,
    acked: BTreeMap<u64, Value>,
}

impl Sender {
    /// Sends what is not acknowledged yet, up to 32 at once, until all is or the connection ends.
    async fn work(mut self, address: std::net::SocketAddr) -> (Self, Client) {
        let mut client = Client::enter_with_key(address, &self.name).await;
        let joined = client.join("lobby").await;
        let done = u64::try_from(self.acked.len()).unwrap();
        let next = joined["next_seq"].as_u64().unwrap();
        assert!(
            next > done,
            "{}: {done} were acknowledged, {next} is due",
            self.name
        );
        let (mut sent, mut acked) = (done, done);
        while acked < EACH {
            while sent < EACH.min(acked + 32) {
                sent += 1;
                let text = format!("{} {sent}", self.name);
                let request = json!({"type": "send", "room": "lobby", "seq": sent, "text": text});
                if client.try_send(request).await.is_err() {
                    break;
                }
            }
            match client.next().await {
                Ok(event) if event["type"] == "ack" => {
                    acked += 1;
                    self.acked.insert(acked, event["position"].clone());
                }
                Ok(event) => assert_ne!(event["type"], "error", "{event}"),
                Err(_) => break,
            }
        }
        (self, client)
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start(directory.path()).await;
    let address = server.address;
    let mut watcher = Client::enter_with_key(address, "watcher").await;
    watcher.join("lobby").await;
    let mut working = JoinSet::new();
    for name in ["anna", "ben", "지은"] {
        let sender = Sender {
            name: name.to_owned(),
            acked: BTreeMap::new(),
        };
        working.spawn(sender.work(address));
    }
    watcher.until(|event| event["position"][1] == 300).await;
    server.signal(Signal::KILL);
    server.end(Duration::from_secs(5)).await;
    let mut senders = Vec::new();
    while let Some(worked) = working.join_next().await {
        senders.push(worked.unwrap().0);
    }
    let acked: usize = senders.iter().map(|sender| sender.acked.len()).sum();
    assert!(
        acked >= 200 && acked < usize::try_from(3 * EACH).unwrap(),
        "{acked}"
    );

    let server = Process::start(directory.path()).await;
    let mut watcher = Client::enter_with_key(server.address, "watcher").await;
    let joined = watcher.join("lobby").await;
    let members = joined["members"].as_array().unwrap();
    let away = members
        .iter()
        .filter(|member| member["status"] == "reconnecting");
    assert_eq!(away.count(), 3, "{members:?}");
    for sender in senders {
        working.spawn(sender.work(server.address));
    }
    let mut ended = Vec::new();
    while let Some(worked) = working.join_next().await {
        ended.push(worked.unwrap());
    }
    for name in ["anna", "ben", "지은"] {
        watcher.presence("back", name).await;
    }
    let stored = watcher.all_messages("lobby").await;
    let texts: BTreeSet<&str> = stored
        .iter()
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts.len(), stored.len(), "none twice");
    assert_eq!(stored.len(), usize::try_from(3 * EACH).unwrap());
    for (sender, _) in &ended {
        for (seq, position) in &sender.acked {
            let n = usize::try_from(position[1].as_u64().unwrap()).unwrap();
            assert_eq!(stored[n - 1]["position"], *position);
            assert_eq!(stored[n - 1]["text"], format!("{} {seq}", sender.name));
        }
    }
}
