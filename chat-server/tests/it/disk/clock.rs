//! A wall clock that jumps: times are what the clock said, and nothing else follows it.

use std::time::SystemTime;

use rustix::process::Signal;
use serde_json::json;

use super::{Lab, Talker, history, reader};
use crate::support::{Client, PATIENCE};

const HOUR_MS: i64 = 3_600_000;

#[expect(clippy::disallowed_methods, reason = "the test knows what time it is")]
fn unix_ms() -> i64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(time.unwrap().as_millis()).unwrap()
}

/// Sets the server's clock off by so many hours and says them; gives the position.
async fn say_at(lab: &Lab, anna: &mut Talker, hours: i64) -> (u64, u64) {
    lab.shim.set_clock(hours * HOUR_MS).unwrap();
    let before = unix_ms();
    let answer = anna.say(&hours.to_string()).await.unwrap();
    let after = unix_ms();
    assert_eq!(answer["type"], "ack", "{answer}");
    let time = answer["time"].as_i64().unwrap() - hours * HOUR_MS;
    assert!((before..=after).contains(&time), "{before} {time} {after}");
    let position = |place: usize| answer["position"][place].as_u64().unwrap();
    (position(0), position(1))
}

#[tokio::test]
async fn order_and_eras_do_not_follow_the_clock() {
    let lab = Lab::new();
    let mut era = None;
    let mut all = Vec::new();
    // A start by a clock that went back, too.
    for start in [0, -30, 2] {
        lab.shim.set_clock(start * HOUR_MS).unwrap();
        let server = lab.start().await;
        let mut anna = Talker::enter(&server).await;
        for hours in [start, start + 1, start - 1, start - 1, start + 25, start] {
            let position = say_at(&lab, &mut anna, hours).await;
            let expected = (era.unwrap_or(position.0), all.len() as u64 + 1);
            assert_eq!(position, expected, "{hours}");
            era = Some(position.0);
            all.push(hours.to_string());
        }
        assert_eq!(history(&mut reader(&server).await).await, all);
        server.signal(Signal::KILL);
        server.end(PATIENCE).await;
    }
}

/// A connection is not taken for dead, and who was cut off not for gone, because an hour seems to have passed.
#[tokio::test]
async fn waits_do_not_follow_the_clock() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    let mut ben = Client::enter_with_key(server.address, "ben").await;
    ben.join("lobby").await;
    anna.client.presence("joined", "ben").await;
    drop(ben);
    anna.client.presence("reconnecting", "ben").await;
    for hours in [1, -1, 0] {
        say_at(&lab, &mut anna, hours).await;
        let ask = json!({"type": "members", "room": "lobby"});
        let members = anna.client.ask(ask).await["members"].clone();
        let ben = members
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["nick"] == "ben");
        assert_eq!(ben.unwrap()["status"], "reconnecting", "{members}");
    }
    let came = anna.client.settled().await;
    let left = came.iter().filter(|event| event["type"] == "presence");
    assert_eq!(left.count(), 0, "{came:?}");
    server.signal(Signal::TERM);
    assert_eq!(anna.client.end().await, Some(4_000));
    drop(anna);
    assert!(server.end(PATIENCE).await.success());
}

/// The era of a backup that was put back rises although the clock went back.
#[tokio::test]
async fn a_backup_gets_a_higher_era_by_any_clock() {
    let lab = Lab::new();
    let server = lab.start().await;
    let mut anna = Talker::enter(&server).await;
    let (era, _) = say_at(&lab, &mut anna, 0).await;
    drop(anna);
    server.signal(Signal::TERM);
    assert!(server.end(PATIENCE).await.success());
    let database = lab.data.join("chat.db");
    let backup = std::fs::read(&database).unwrap();
    std::fs::remove_file(&database).unwrap();
    std::fs::write(&database, backup).unwrap();
    lab.shim.set_clock(-HOUR_MS).unwrap();
    let server = lab.start().await;
    let mut ben = Client::enter_with_key(server.address, "ben").await;
    ben.join("lobby").await;
    let ack = ben
        .ask(json!({"type": "send", "room": "lobby", "seq": 1, "text": "later"}))
        .await;
    assert_eq!(ack["position"], json!([era + 1, 2]), "{ack}");
}
