//! A full disk refuses and the server goes on; short and slow disks are not noticed but in time.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use super::{Lab, Talker, history, reader};
use crate::shim::{Loss, Mode};
use crate::support::PATIENCE;

#[tokio::test]
async fn a_full_disk_refuses_and_the_server_goes_on_when_there_is_room() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    let mut reader = reader(&server).await;
    anna.says("before").await;
    for mode in [Mode::Room(0), Mode::Full] {
        lab.shim.set(mode).unwrap();
        let bites = lab.shim.bites().unwrap();
        for _ in 0..3 {
            let answer = anna.say("refused").await.unwrap();
            assert_eq!(answer["code"], "unavailable", "{answer}");
            assert!(answer["retry_after_ms"].as_u64().unwrap() > 0, "{answer}");
        }
        assert!(lab.shim.bites().unwrap() >= bites + 3);
        // Who reads is served all the while.
        assert_eq!(history(&mut reader).await, anna.acked);
        lab.shim.set(Mode::Pass).unwrap();
        anna.says(&format!("after {mode:?}")).await;
    }
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
    assert_eq!(lab.texts().await, anna.acked);
}

/// The disk becomes full at any place of a commit, also within the end of the transaction: what was refused is not there, now and after
/// a power failure.
#[tokio::test]
async fn wherever_in_a_commit_the_disk_is_full_a_refusal_is_certain() {
    let lab = Lab::new();
    let mut server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    let mut acked = Vec::new();
    let mut refused = 0;
    for round in 0..3 {
        for step in 0..40 {
            // Odd, so that it ends within a frame's head as well as between two.
            lab.shim.set(Mode::Room(step * 613 + round * 24)).unwrap();
            let text = format!("{round} {step} {}", "x".repeat(3_000));
            let answer = anna.say(&text).await.unwrap();
            if answer["type"] == "error" {
                assert_eq!(answer["code"], "unavailable", "{answer}");
                refused += 1;
            }
        }
        lab.shim.set(Mode::Pass).unwrap();
        acked.append(&mut anna.acked);
        assert_eq!(history(&mut reader(&server).await).await, acked);
        server.signal(Signal::KILL);
        server.end(PATIENCE).await;
        if round > 0 {
            lab.shim.power_fails(Loss::Some(u64::from(round))).unwrap();
        }
        server = lab.start().await;
        assert_eq!(history(&mut reader(&server).await).await, acked);
        anna = Talker::enter(&server).await;
    }
    assert!(
        refused >= 30 && acked.len() >= 30,
        "{refused} {}",
        acked.len()
    );
}

#[tokio::test]
async fn short_writes_are_completed() {
    let lab = Lab::new();
    lab.shim.set(Mode::ShortWrites).unwrap();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    for number in 0..20 {
        anna.says(&format!("{number} {}", "x".repeat(2_000))).await;
    }
    assert!(lab.shim.bites().unwrap() >= 40);
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
    lab.shim.power_fails(Loss::All).unwrap();
    lab.shim.set(Mode::Pass).unwrap();
    assert_eq!(lab.texts().await, anna.acked);
}

/// An acknowledgement waits for the fsync, and nobody else waits with it.
#[tokio::test]
async fn a_slow_disk_delays_only_what_must_be_on_it() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    let mut reader = reader(&server).await;
    anna.says("all before is on disk").await;
    let slow = Duration::from_millis(400);
    lab.shim.set(Mode::SlowSync(slow)).unwrap();
    let saved = lab.shim.syncs().unwrap();
    let send = json!({"type": "send", "ref": 900, "room": "lobby", "seq": 2, "text": "slow"});
    anna.client.send(send).await;
    // Answers that need no disk overtake it.
    let before = anna.client.settled().await;
    assert!(
        before
            .iter()
            .all(|event| event["ref"] != 900 && event["text"] != "slow"),
        "{before:?}"
    );
    assert_eq!(history(&mut reader).await, anna.acked);
    assert_eq!(lab.shim.syncs().unwrap(), saved, "still in the fsync");
    let ack = anna.client.until(|event| event["ref"] == 900).await;
    assert_eq!(ack["type"], "ack", "{ack}");
    assert!(lab.shim.syncs().unwrap() > saved);
    lab.shim.set(Mode::Pass).unwrap();
    drop((anna, reader));
    server.signal(Signal::TERM);
    assert!(server.end(PATIENCE).await.success());
}
