//! Who asks for more than may be: paced, refused, closed, over real sockets, while nobody else notices.

use std::collections::BTreeMap;

use chat_server::Config;
use futures_util::SinkExt;
use protocol::limits::{Limits, Rate};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, TestServer, identity};

/// Clients on this machine are held to the limits, and an address, which all of them share, has much more than a person.
fn strict(limits: Limits) -> impl FnOnce(&mut Config) {
    move |config| {
        config.limits = limits;
        config.limits.address_share = 100;
        config.limit_loopback = true;
    }
}

fn send(seq: u64, text: &str) -> Value {
    json!({"type": "send", "ref": 1_000 + seq, "room": "lobby", "seq": seq, "text": text})
}

/// Sends all of it in one piece, whatever the server says meanwhile.
async fn pour(client: &mut Client, requests: impl IntoIterator<Item = Value>) {
    for request in requests {
        let frame = Message::text(request.to_string());
        client.socket.feed(frame).await.unwrap();
    }
    client.socket.flush().await.unwrap();
}

/// The texts in the history of the lobby, in order.
async fn history(server: &TestServer) -> Vec<String> {
    let mut reader = server.enter("reader").await;
    let joined = reader
        .join_as(json!({"type": "join", "room": "lobby", "last": 200}))
        .await;
    assert_ne!(joined["more_messages"], true);
    let messages = joined["messages"].as_array().unwrap();
    let text = |message: &Value| message["text"].as_str().unwrap().to_owned();
    messages.iter().map(text).collect()
}

#[tokio::test]
async fn who_sends_ahead_is_paced_and_refused_nothing() {
    let server = TestServer::with(strict(Limits {
        burst: 5,
        per_second: 100,
        ..Limits::default()
    }));
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    pour(&mut anna, (1..=150).map(|seq| send(seq, &format!("{seq}")))).await;
    for seq in 1..=150 {
        let answer = anna.until(|event| event["ref"] == 1_000 + seq).await;
        assert_eq!(answer["type"], "ack", "{answer}");
    }
    let expected: Vec<_> = (1..=150).map(|seq: u64| seq.to_string()).collect();
    assert_eq!(history(&server).await, expected);
}

#[tokio::test]
async fn a_client_in_a_hundred_rooms_is_back_after_a_restart_of_its_connection() {
    let server = TestServer::with(strict(Limits {
        joins: Rate::new(100, 10),
        new_rooms: Rate::new(100, 10),
        ..Limits::default()
    }));
    let mut anna = server.enter_with_key("anna").await;
    for room in 0..100 {
        anna.join(&format!("room{room}x")).await;
    }
    // As many again would be too many: the joins are spent.
    drop(anna);
    let mut anna = server.enter_with_key("anna").await;
    let joins = (0..100).map(|room| {
        let after = json!({"position": [0, 0]});
        json!({"type": "join", "ref": 1_000 + room, "room": format!("room{room}x"), "after": after})
    });
    pour(&mut anna, joins).await;
    for room in 0..100 {
        let answer = anna.until(|event| event["ref"] == 1_000 + room).await;
        assert_eq!(answer["type"], "joined", "{answer}");
    }
}

/// What became of a flood.
struct Flood {
    /// Acknowledged texts by their positions.
    acked: BTreeMap<u64, String>,
    refused: u32,
    code: Option<u16>,
}

/// Says one thing after the other and heeds no wait, until the server closes the connection; tells of the first refusal.
async fn flood(mut client: Client, device: u16, refused_first: oneshot::Sender<()>) -> Flood {
    let mut flood = Flood {
        acked: BTreeMap::new(),
        refused: 0,
        code: None,
    };
    let mut refused_first = Some(refused_first);
    let mut seq = 1;
    loop {
        let text = format!("{device}-{seq}");
        // A send that fails is followed by the close frame as much as one that passes.
        drop(client.try_send(send(seq, &text)).await);
        let answer = loop {
            match client.next().await {
                Ok(event) if event["ref"] == 1_000 + seq => break event,
                Ok(_) => {}
                Err(code) => {
                    flood.code = code;
                    return flood;
                }
            }
        };
        if answer["type"] == "ack" {
            flood
                .acked
                .insert(answer["position"][1].as_u64().unwrap(), text);
            seq += 1;
        } else {
            assert_eq!(answer["code"], "rate_limited", "{answer}");
            assert!(answer["retry_after_ms"].as_u64().unwrap() > 0, "{answer}");
            flood.refused += 1;
            if let Some(refused_first) = refused_first.take() {
                refused_first.send(()).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_flood_is_refused_and_closed_and_nobody_else_notices() {
    let server = TestServer::with(strict(Limits {
        burst: 30,
        per_second: 1,
        pause_ms: 100,
        refusals: 20,
        ..Limits::default()
    }));
    let mut bob = server.enter_with_key("bob").await;
    bob.join("lobby").await;
    let mut carol = server.enter("carol").await;
    carol.join("lobby").await;

    let mut floods = JoinSet::new();
    let mut refused = Vec::new();
    for device in 0..2_u16 {
        let mut client = server.dial().await;
        let identity = identity("flooder");
        let mut hello = client.signed_hello(&identity, &server.address.to_string());
        hello["nick"] = json!("flooder");
        hello["device"] = json!(device);
        assert_eq!(client.ask(hello).await["type"], "welcome");
        client.join("lobby").await;
        let (first, is_first) = oneshot::channel();
        floods.spawn(flood(client, device, first));
        refused.push(is_first);
    }
    for first in refused {
        first.await.unwrap();
    }
    for seq in 1..=10 {
        let text = format!("bob {seq}");
        let ack = bob.say("lobby", seq, &text).await;
        assert_eq!(ack["type"], "ack", "{ack}");
        carol.until(|event| event["text"] == text).await;
    }
    assert!(floods.try_join_next().is_none(), "both go on meanwhile");

    let mut acked = BTreeMap::new();
    while let Some(flood) = floods.join_next().await {
        let flood = flood.unwrap();
        assert_eq!(flood.code, Some(4_429));
        assert!(flood.refused >= 19, "{}", flood.refused);
        acked.extend(flood.acked);
    }
    // What was acknowledged to either is there, in its order, and nothing that was refused is.
    assert!(acked.len() >= 30, "{acked:?}");
    let theirs = history(&server).await.into_iter();
    let theirs: Vec<_> = theirs.filter(|text| !text.starts_with("bob")).collect();
    assert!(theirs.iter().eq(acked.values()), "{theirs:?} {acked:?}");
    for device in ["0-", "1-"] {
        let of_one = theirs.iter().filter_map(|text| text.strip_prefix(device));
        let seqs: Vec<u64> = of_one.map(|seq| seq.parse().unwrap()).collect();
        assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
    }
}

#[tokio::test]
async fn another_connection_of_a_flooder_has_no_new_budget() {
    let server = TestServer::with(strict(Limits {
        nicks: Rate::new(2, 600),
        pause_ms: 100,
        ..Limits::default()
    }));
    let mut anna = server.enter_with_key("anna").await;
    for nick in ["anna2", "anna3"] {
        let changed = anna.ask(json!({"type": "nick", "nick": nick})).await;
        assert_eq!(changed["type"], "nick", "{changed}");
    }
    anna.goodbye().await;
    let mut anna = server.dial().await;
    let welcome = anna.hello_with_key(&identity("anna"), "anna3").await;
    assert_eq!(welcome["type"], "welcome", "{welcome}");
    let refused = anna.ask(json!({"type": "nick", "nick": "anna"})).await;
    assert_eq!(refused["code"], "rate_limited", "{refused}");
    assert_eq!(
        refused["message"].as_str().unwrap().split(';').next(),
        Some("this was not done: one person may take 2 nicks in 600 s")
    );
}
