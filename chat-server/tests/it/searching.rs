//! Looking for words, and what stands around what was found.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Client, Process, TestServer};

const SAID: [&str; 6] = [
    "어제 회의록을 올렸어요",
    "I'll take it. Does it keep order after a kill -9?",
    "네, 재연결 쪽이에요 ㅋㅋㅋ",
    "PR을 봐 주실 분?",
    "Reconnect keeps the order 👍",
    "회의는 14:30",
];

async fn say_all(client: &mut Client, room: &str) {
    client.join(room).await;
    for (seq, text) in (1..).zip(SAID) {
        let ack = client.say(room, seq, text).await;
        assert_eq!(ack["type"], "ack", "{ack}");
    }
}

async fn search(client: &mut Client, text: &str) -> Vec<u64> {
    let found = client.ask(json!({"type": "search", "text": text})).await;
    assert_eq!(found["type"], "found", "{found}");
    assert_eq!(found["next"], Value::Null, "{found}");
    numbers(&found)
}

fn numbers(event: &Value) -> Vec<u64> {
    let all = event["messages"].as_array().unwrap().iter();
    all.map(|message| message["position"][1].as_u64().unwrap())
        .collect()
}

async fn check_all(client: &mut Client) {
    for (text, expected) in [
        ("회의", vec![6, 1]),
        ("연결", vec![3]),
        ("ORDER", vec![5, 2]),
        ("pr", vec![4]),
        ("reco", vec![5]),
        ("connect", vec![]),
        ("\"order after\"", vec![2]),
        ("회", vec![6, 1]),
        ("👍 order", vec![5]),
        ("14:30", vec![6]),
        ("ㅋㅋ", vec![3]),
    ] {
        assert_eq!(search(client, text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn words_are_found_in_what_was_joined_and_nowhere_else() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    let mut ben = server.enter_with_key("ben").await;
    say_all(&mut anna, "개발").await;
    check_all(&mut anna).await;
    assert_eq!(search(&mut ben, "회의").await, [0; 0]);
    ben.join("개발").await;
    check_all(&mut ben).await;

    let opened = anna.ask(json!({"type": "open", "nick": "ben"})).await;
    let talk = opened["room"].as_str().unwrap().to_owned();
    anna.join(&talk).await;
    anna.say(&talk, 1, "비밀 회의").await;
    let request = json!({"type": "search", "text": "회의", "limit": 1});
    let found = anna.ask(request.clone()).await;
    assert_eq!(found["messages"][0]["room"], talk, "{found}");
    let mut more = request;
    more["next"] = found["next"].clone();
    more["limit"] = json!(9);
    let rest = anna.ask(more).await;
    assert_eq!(numbers(&rest), [6, 1]);
    let there = json!({"type": "search", "room": talk, "text": "회의"});
    assert_eq!(numbers(&anna.ask(there.clone()).await), [1]);
    let refused = ben.ask(there).await;
    assert_eq!(refused["code"], "not_joined", "{refused}");
    let refused = ben.ask(json!({"type": "search", "text": "?!"})).await;
    assert_eq!(refused["code"], "bad_text", "{refused}");
}

/// A client jumps to what it found with two pages, one to each side; each end of the room is told.
#[tokio::test]
async fn what_stands_around_a_hit_comes_with_two_pages() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    say_all(&mut anna, "lobby").await;
    let found = anna.ask(json!({"type": "search", "text": "재연결"})).await;
    let hit = found["messages"][0]["position"].clone();
    let era = hit[0].clone();
    for (way, at, expected, more) in [
        ("before", hit.clone(), vec![1, 2], false),
        ("after", hit.clone(), vec![4, 5], true),
        // From the hit on.
        ("after", json!([era, 2]), vec![3, 4], true),
        // The first message, and what is before it.
        ("after", json!([era, 0]), vec![1, 2], true),
        ("before", json!([era, 1]), vec![], false),
        ("after", json!([era, 5]), vec![6], false),
        ("after", json!([era, 6]), vec![], false),
        ("before", json!([era, 99]), vec![5, 6], true),
        // A position of an era before names the same message.
        ("before", json!([1, 4]), vec![2, 3], true),
    ] {
        let request = json!({"type": "history", "room": "lobby", way: at, "limit": 2});
        let page = anna.ask(request.clone()).await;
        assert_eq!(page["done"], true, "{page}");
        assert_eq!(numbers(&page), expected, "{request}");
        assert_eq!(page["more"] == true, more, "{request}");
    }
}

/// All that was acknowledged is found after a kill, whatever became of the index.
#[tokio::test]
async fn a_kill_or_a_damaged_index_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let first = Process::start(directory.path()).await;
    let mut anna = Client::enter_with_key(first.address, "anna").await;
    say_all(&mut anna, "lobby").await;
    check_all(&mut anna).await;
    first.signal(Signal::KILL);
    first.last_words(Duration::from_secs(5)).await;
    let index = directory.path().join("search.db");
    let private = std::os::unix::fs::PermissionsExt::mode(&index.metadata().unwrap().permissions());
    assert_eq!(private & 0o777, 0o600);
    for damage in [None, Some(vec![0xA5; 64 * 1024]), Some(Vec::new())] {
        if let Some(bytes) = damage {
            std::fs::write(&index, bytes).unwrap();
        }
        let server = Process::start(directory.path()).await;
        let mut anna = Client::enter_with_key(server.address, "anna").await;
        anna.join("lobby").await;
        check_all(&mut anna).await;
        server.signal(Signal::KILL);
        server.last_words(Duration::from_secs(5)).await;
    }
    // Something that is no file at all.
    for file in ["search.db", "search.db-wal"] {
        let path = directory.path().join(file);
        assert!(std::fs::remove_file(&path).is_ok() || !path.exists());
    }
    std::fs::create_dir(&index).unwrap();
    let server = Process::start(directory.path()).await;
    let mut anna = Client::enter_with_key(server.address, "anna").await;
    assert_eq!(numbers(&anna.join("lobby").await).len(), SAID.len());
    let refused = anna.ask(json!({"type": "search", "text": "회의"})).await;
    assert_eq!(refused["code"], "unavailable", "{refused}");
    let ack = anna.say("lobby", 7, "still here").await;
    assert_eq!(ack["type"], "ack", "{ack}");
    anna.goodbye().await;
    server.signal(Signal::TERM);
    let (status, words) = server.last_words(Duration::from_secs(5)).await;
    assert!(status.success(), "{words}");
    assert!(
        words.contains("search.db") || words.contains("search index"),
        "{words}"
    );
    assert_eq!(words.lines().count(), 1, "{words}");
}
