//! Pages, and going on after a disconnect.

use serde_json::{Value, json};

use crate::support::{Client, TestServer};

/// Says the numbers `from..=to`, which become the positions if nobody else speaks.
async fn count(client: &mut Client, room: &str, from: u64, to: u64) {
    for seq in from..=to {
        let text = seq.to_string();
        client
            .send(json!({"type": "send", "room": room, "seq": seq, "text": text}))
            .await;
    }
    let last = |event: &Value| event["type"] == "ack" && event["position"][1] == to;
    client.until(last).await;
}

fn numbers(messages: &Value) -> Vec<u64> {
    let all = messages.as_array().unwrap().iter();
    all.map(|message| {
        assert_eq!(message["text"], message["position"][1].to_string());
        message["position"][1].as_u64().unwrap()
    })
    .collect()
}

fn anchor(message: &Value) -> Value {
    json!({"position": message["position"], "id": message["id"]})
}

async fn page(client: &mut Client, request: Value) -> (Vec<u64>, bool) {
    let mut part = client.ask(request).await;
    let mut all = numbers(&part["messages"]);
    while part["done"] != true {
        let reference = part["ref"].clone();
        part = client.until(|event| event["ref"] == reference).await;
        all.extend(numbers(&part["messages"]));
    }
    (all, part["more"] == true)
}

#[tokio::test]
async fn pages_go_both_ways() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    count(&mut anna, "lobby", 1, 450).await;

    let mut ben = server.enter("ben").await;
    let joined = ben.join("lobby").await;
    assert_eq!(
        numbers(&joined["messages"]),
        (401..=450).collect::<Vec<_>>()
    );
    assert_eq!(joined["more_messages"], true);
    let era = joined["head"][0].clone();
    let ask = |way: &str, n: u64, limit: u16| json!({"type": "history", "room": "lobby", way: [era, n], "limit": limit});
    assert_eq!(
        page(&mut ben, ask("before", 401, 100)).await,
        ((301..=400).collect(), true)
    );
    assert_eq!(
        page(&mut ben, ask("before", 4, 100)).await,
        (vec![1, 2, 3], false)
    );
    assert_eq!(
        page(&mut ben, ask("after", 440, 5)).await,
        ((441..=445).collect(), true)
    );
    assert_eq!(
        page(&mut ben, ask("after", 440, 100)).await,
        ((441..=450).collect(), false)
    );
    assert_eq!(
        page(&mut ben, ask("after", 0, 1_000)).await,
        ((1..=200).collect(), true),
        "clipped"
    );
    let all = json!({"type": "history", "room": "lobby"});
    assert_eq!(page(&mut ben, all).await, ((251..=450).collect(), true));
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_follows() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut ben = server.enter_with_key("ben").await;
    ben.join("lobby").await;
    count(&mut anna, "lobby", 1, 10).await;
    let seen = ben.until(|event| event["text"] == "7").await;
    drop(ben);
    count(&mut anna, "lobby", 11, 700).await;

    let mut ben = server.enter_with_key("ben").await;
    let back = json!({"type": "join", "room": "lobby", "after": anchor(&seen)});
    let joined = ben.join_as(back).await;
    assert_eq!(joined["start"], "resumed");
    assert_eq!(numbers(&joined["messages"]), (8..=700).collect::<Vec<_>>());
    count(&mut anna, "lobby", 701, 702).await;
    assert_eq!(ben.event("message").await["text"], "701");
    assert_eq!(ben.event("message").await["text"], "702");
}

#[tokio::test]
async fn who_knows_another_history_is_told() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    count(&mut anna, "lobby", 1, 3).await;
    let second = anna
        .until(|event| event["type"] == "message" && event["text"] == "2")
        .await;
    for (place, value) in [
        ("/position/1", json!(9)),
        ("/position/0", json!(1)),
        ("/id", json!("BwcHBwcHBwcHBwcHBwcHBw.0.2")),
    ] {
        let mut other = anchor(&second);
        *other.pointer_mut(place).unwrap() = value;
        let mut ben = server.enter_with_key("ben").await;
        let joined = ben
            .join_as(json!({"type": "join", "room": "lobby", "after": other}))
            .await;
        assert_eq!(joined["start"], "forked", "{other}");
        assert_eq!(numbers(&joined["messages"]), [1, 2, 3]);
        ben.goodbye().await;
    }
    let mut ben = server.enter_with_key("ben").await;
    let none = json!({"type": "join", "room": "lobby", "after": {"position": [0, 0]}});
    let joined = ben.join_as(none).await;
    assert_eq!(joined["start"], "resumed");
    assert_eq!(numbers(&joined["messages"]), [1, 2, 3]);
}

#[tokio::test]
async fn a_retry_is_answered_with_the_first_result() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    assert_eq!(anna.join("lobby").await["next_seq"], 1);
    let first = anna.say("lobby", 1, "once").await;
    let again = anna.say("lobby", 1, "once").await;
    assert_eq!(
        (&again["type"], &again["position"]),
        (&json!("ack"), &first["position"])
    );
    assert_eq!(again["time"], first["time"]);
    let reused = anna.say("lobby", 1, "twice").await;
    assert_eq!(
        (&reused["code"], &reused["expected_seq"]),
        (&json!("seq_reused"), &json!(2))
    );
    let ahead = anna.say("lobby", 3, "too far").await;
    assert_eq!(
        (&ahead["code"], &ahead["expected_seq"]),
        (&json!("out_of_order"), &json!(2))
    );
    let came = anna.settled().await;
    let messages = came.iter().filter(|event| event["type"] == "message");
    assert_eq!(messages.count(), 1, "{came:?}");
    drop(anna);
    let mut anna = server.enter_with_key("anna").await;
    assert_eq!(anna.join("lobby").await["next_seq"], 2);
}
