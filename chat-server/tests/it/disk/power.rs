//! A power failure: what was acknowledged is there, whatever the disk loses of the rest.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

use super::{Lab, history, reader};
use crate::shim::{Loss, Mode, Report};
use crate::support::{Client, PATIENCE, Process};

/// Sends at once that wait for an answer.
const IN_FLIGHT: u64 = 32;

/// Many times what the rest of a commit takes.
const SLOW_SYNC: Duration = Duration::from_millis(30);

/// Talks until the connection ends; gives the texts that were acknowledged. `sent` of its messages are there.
async fn talk(mut client: Client, name: &str, mut sent: u64) -> Vec<String> {
    let mut waiting = 0;
    let mut acked = Vec::new();
    let first = sent + 1;
    loop {
        while waiting < IN_FLIGHT {
            sent += 1;
            waiting += 1;
            let text = format!(
                "{name} {sent} {}",
                "x".repeat(usize::try_from(sent % 7 * 200).unwrap())
            );
            let request = json!({"type": "send", "room": "lobby", "seq": sent, "text": text});
            if client.try_send(request).await.is_err() {
                return acked;
            }
        }
        match client.next().await {
            Ok(event) if event["type"] == "ack" => {
                waiting -= 1;
                acked.push(format!("{name} {} ", first + acked.len() as u64));
            }
            Ok(event) => assert_ne!(event["type"], "error", "{event}"),
            Err(_) => return acked,
        }
    }
}

/// Three begin to talk.
async fn begin_to_talk(server: &Process) -> JoinSet<Vec<String>> {
    let mut talking = JoinSet::new();
    for name in ["anna", "ben", "지은"] {
        let mut client = Client::enter_with_key(server.address, name).await;
        let next_seq = client.join("lobby").await["next_seq"].as_u64().unwrap();
        talking.spawn(talk(client, name, next_seq - 1));
    }
    talking
}

/// The process is killed and the power fails. Gives what was acknowledged.
async fn power_fails(
    lab: &Lab,
    server: Process,
    mut talking: JoinSet<Vec<String>>,
    loss: Loss,
) -> (Vec<String>, Report) {
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
    let mut acked = Vec::new();
    while let Some(texts) = talking.join_next().await {
        acked.extend(texts.unwrap());
    }
    (acked, lab.shim.power_fails(loss).unwrap())
}

/// Waits until `so_many` things more are said.
async fn hear(server: &Process, so_many: u64) {
    let mut watcher = Client::enter_with_key(server.address, "watcher").await;
    let head = watcher.join("lobby").await["head"][1].as_u64().unwrap();
    let is_last = |event: &Value| event["position"][1].as_u64() >= Some(head + so_many);
    watcher
        .until(|event| event["type"] == "message" && is_last(event))
        .await;
}

/// The acknowledged texts that are not there. Texts are told apart by their first words.
fn missing<'a>(acked: &'a [String], texts: &[String]) -> Vec<&'a String> {
    let mut sorted: Vec<&String> = texts.iter().collect();
    sorted.sort();
    let is_there = |text: &&String| {
        let at = sorted.partition_point(|other| *other < *text);
        sorted
            .get(at)
            .is_some_and(|other| other.starts_with(text.as_str()))
    };
    acked.iter().filter(|text| !is_there(text)).collect()
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_power_fails() {
    let lab = Lab::new();
    let mut acked = Vec::new();
    let losses = [
        Loss::All,
        Loss::Some(1),
        Loss::Some(2),
        Loss::All,
        Loss::Some(3),
    ];
    let mut unsaved = 0;
    for (loss, so_many) in losses.into_iter().zip([1, 40, 150, 333, 77]) {
        let server = lab.start().await;
        let talking = begin_to_talk(&server).await;
        hear(&server, so_many).await;
        // So that the process dies while the disk is at work on the next commit, and not between two.
        lab.shim.set(Mode::SlowSync(SLOW_SYNC)).unwrap();
        hear(&server, 1).await;
        let (more, report) = power_fails(&lab, server, talking, loss).await;
        lab.shim.set(Mode::Pass).unwrap();
        acked.extend(more);
        unsaved += report.unsaved;
        let server = lab.start().await;
        let texts = history(&mut reader(&server).await).await;
        assert_eq!(missing(&acked, &texts), [""; 0], "{loss:?}: {report:?}");
        server.signal(Signal::KILL);
        server.end(PATIENCE).await;
    }
    assert!(
        acked.len() > 300 && unsaved > 0,
        "{} {unsaved}",
        acked.len()
    );
}

/// The test above, seen to fail: with a disk that takes an fsync for nothing.
#[tokio::test]
async fn without_an_fsync_the_same_loses() {
    let lab = Lab::new();
    let server = lab.start().await;
    lab.shim.set_only(Mode::SyncsLie, "chat.db-wal").unwrap();
    let talking = begin_to_talk(&server).await;
    hear(&server, 60).await;
    let (acked, report) = power_fails(&lab, server, talking, Loss::All).await;
    lab.shim.set(Mode::Pass).unwrap();
    let texts = lab.texts().await;
    assert!(report.unsaved > 0);
    assert_eq!(missing(&acked, &texts).len(), acked.len(), "{texts:?}");
}

/// Power failures while it starts for the first time and a second time, and right after the end.
#[tokio::test]
async fn era_and_key_stay_when_the_power_fails_around_starts_and_ends() {
    let lab = Lab::new();
    let mut before = None;
    for (signal, loss) in [
        (Signal::KILL, Loss::All),
        (Signal::KILL, Loss::Some(7)),
        (Signal::TERM, Loss::All),
        (Signal::TERM, Loss::Some(8)),
        (Signal::KILL, Loss::All),
    ] {
        let server = lab.start().await;
        let mut anna = Client::enter_with_key(server.address, "anna").await;
        let era = anna.join("lobby").await["head"][0].clone();
        let now = (era, anna.greeting["key"].clone());
        assert_eq!(
            before.get_or_insert_with(|| now.clone()),
            &now,
            "before {signal:?}, {loss:?}"
        );
        drop(anna);
        server.signal(signal);
        server.end(PATIENCE).await;
        lab.shim.power_fails(loss).unwrap();
    }
}

/// The process is killed within a checkpoint, when the database is written in part, and some time after one, when the log has
/// begun anew.
#[tokio::test]
async fn nothing_is_lost_when_the_power_fails_in_a_checkpoint() {
    let lab = Lab::new();
    let mut acked = Vec::new();
    for (slow_ms, so_many, loss) in [(10_000, 0, Loss::Some(4)), (1, 500, Loss::All)] {
        let server = lab.start().await;
        let bites = lab.shim.bites().unwrap();
        let slow = Mode::SlowSync(Duration::from_millis(slow_ms));
        lab.shim.set_only(slow, "/chat.db").unwrap();
        let talking = begin_to_talk(&server).await;
        let checkpoint = async {
            while lab.shim.bites().unwrap() == bites {
                yield_now().await;
            }
        };
        timeout(PATIENCE, checkpoint).await.unwrap();
        if so_many > 0 {
            hear(&server, so_many).await;
        }
        let (more, report) = power_fails(&lab, server, talking, loss).await;
        lab.shim.set(Mode::Pass).unwrap();
        acked.extend(more);
        let server = lab.start().await;
        let texts = history(&mut reader(&server).await).await;
        assert_eq!(missing(&acked, &texts), [""; 0], "{loss:?}: {report:?}");
        assert!(so_many > 0 || report.unsaved > 100, "{report:?}");
        server.signal(Signal::KILL);
        server.end(PATIENCE).await;
    }
}
