//! Readiness says what is true of the disk, also where nobody writes.

use std::time::Duration;

use rustix::process::Signal;

use super::{Lab, Talker};
use crate::shim::Mode;
use crate::support::{PATIENCE, Process};

/// Asks until it is ready, which must come without anybody's writing.
async fn becomes_ready(server: &Process) {
    let asked = async { while server.tells("/readyz").await.0 != 200 {} };
    tokio::time::timeout(PATIENCE, asked).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_no_readiness_and_it_heals_by_itself() {
    let lab = Lab::new();
    let server = lab.start_watched().await;
    let mut anna = Talker::enter(&server).await;
    anna.says("before").await;
    assert_eq!(server.tells("/readyz").await.0, 200);
    lab.shim.set(Mode::Full).unwrap();
    let answer = anna.say("refused").await.unwrap();
    assert_eq!(answer["code"], "unavailable", "{answer}");
    let (status, lines) = server.tells("/readyz").await;
    assert_eq!(status, 503, "{lines}");
    let store = lines.lines().find(|line| line.starts_with("store: "));
    assert!(store.unwrap().contains("disk is full"), "{lines}");
    assert_eq!(server.tells("/healthz").await.0, 200, "it lives");
    let metrics = server.metrics().await;
    assert_eq!(metrics.of("chat_store_writable"), 0);
    assert_eq!(metrics.of("chat_refusals_total{code=\"unavailable\"}"), 1);
    lab.shim.set(Mode::Pass).unwrap();
    becomes_ready(&server).await;
    assert_eq!(server.metrics().await.of("chat_store_writable"), 1);
    anna.says("after").await;
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
    assert_eq!(lab.texts().await, ["before", "after"]);
}

/// Nothing was ever written, so only the probe finds it out.
#[tokio::test]
async fn a_disk_that_hangs_is_no_readiness() {
    let lab = Lab::new();
    let server = lab.start_watched().await;
    let slow = Duration::from_millis(2_500);
    lab.shim.set(Mode::SlowSync(slow)).unwrap();
    let (status, lines) = server.tells("/readyz").await;
    assert_eq!(status, 503, "{lines}");
    assert!(
        lines.contains("\nstore: no write has ended yet\n"),
        "{lines}"
    );
    assert_eq!(
        server.tells("/healthz").await.0,
        200,
        "the hub waits for no disk"
    );
    lab.shim.set(Mode::Pass).unwrap();
    becomes_ready(&server).await;
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
}

/// What the probe writes is really written.
#[tokio::test]
async fn a_probe_reaches_the_disk() {
    let lab = Lab::new();
    let server = lab.start_watched().await;
    let saved = lab.shim.syncs().unwrap();
    assert_eq!(server.tells("/readyz").await.0, 200);
    assert!(lab.shim.syncs().unwrap() > saved);
    server.signal(Signal::KILL);
    server.end(PATIENCE).await;
}
