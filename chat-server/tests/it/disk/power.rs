//! A power failure: what was acknowledged is there, whatever the disk loses of the rest.

use rustix::process::Signal;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Lab, history, reader};
use crate::shim::{Loss, Mode, Report};
use crate::support::{Client, PATIENCE, Process};

/// Sends at once that wait for an answer.
const IN_FLIGHT: u64 = 16;

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

/// Three talk until the room has `so_many` messages more; then the process is killed and the power fails. Gives what was acknowledged.
async fn until_power_fails(
    lab: &Lab,
    server: Process,
    so_many: u64,
    loss: Loss,
) -> (Vec<String>, Report) {
    let mut watcher = Client::enter_with_key(server.address, "watcher").await;
    let head = watcher.join("lobby").await["head"][1].as_u64().unwrap();
    let mut talking = JoinSet::new();
    for name in ["anna", "ben", "지은"] {
        let mut client = Client::enter_with_key(server.address, name).await;
        let next_seq = client.join("lobby").await["next_seq"].as_u64().unwrap();
        talking.spawn(talk(client, name, next_seq - 1));
    }
    watcher
        .until(|event| event["type"] == "message" && event["position"][1] == head + so_many)
        .await;
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
    let mut acked = Vec::new();
    while let Some(texts) = talking.join_next().await {
        acked.extend(texts.unwrap());
    }
    (acked, lab.shim.power_fails(loss).unwrap())
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
        let (more, report) = until_power_fails(&lab, server, so_many, loss).await;
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
    let (acked, report) = until_power_fails(&lab, server, 60, Loss::All).await;
    lab.shim.set(Mode::Pass).unwrap();
    let texts = lab.texts().await;
    assert!(report.unsaved > 0);
    assert_eq!(missing(&acked, &texts).len(), acked.len(), "{texts:?}");
}

/// Power failures while it starts for the first time and a second time, and right after the end.
#[tokio::test]
async fn the_era_stays_when_the_power_fails_around_starts_and_ends() {
    let lab = Lab::new();
    let mut era = None;
    for (signal, loss) in [
        (Signal::KILL, Loss::All),
        (Signal::KILL, Loss::Some(7)),
        (Signal::TERM, Loss::All),
        (Signal::TERM, Loss::Some(8)),
        (Signal::KILL, Loss::All),
    ] {
        let server = lab.start().await;
        let mut anna = Client::enter_with_key(server.address, "anna").await;
        let head = anna.join("lobby").await["head"][0].as_u64().unwrap();
        assert!(
            era.is_none_or(|era| era == head),
            "{era:?} {head} before {signal:?} {loss:?}"
        );
        era = Some(head);
        drop(anna);
        server.signal(signal);
        server.end(PATIENCE).await;
        lab.shim.power_fails(loss).unwrap();
    }
}
