//! Direct messages: between two keys, and never to who has a nick later.

use serde_json::json;

use crate::support::{Client, TestServer, identity};

async fn open(client: &mut Client, nick: &str) -> String {
    let opened = client.ask(json!({"type": "open", "nick": nick})).await;
    assert_eq!(opened["type"], "opened", "{opened}");
    opened["room"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_keys_whisper_and_nobody_hears() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    let mut ben = server.enter_with_key("ben").await;
    let mut eve = server.enter_with_key("eve").await;
    let room = open(&mut anna, "ben").await;
    anna.join(&room).await;
    let ack = anna.say(&room, 1, "only for you").await;
    assert_eq!(ack["type"], "ack", "{ack}");

    let told = ben.event("conversation").await;
    assert_eq!(
        (&told["room"], &told["nick"]),
        (&json!(room), &json!("anna"))
    );
    let joined = ben.join(&room).await;
    assert_eq!(joined["messages"][0]["text"], "only for you");
    let refused = eve.ask(json!({"type": "join", "room": room})).await;
    assert_eq!(refused["code"], "not_allowed", "{refused}");
    assert!(
        eve.settled()
            .await
            .iter()
            .all(|event| event["type"] != "conversation")
    );

    let mut again = Client::dial(server.address).await;
    again.hello_with_key(&identity("ben"), "ben").await;
    let known = again.event("conversations").await;
    assert_eq!(known["conversations"][0]["room"], json!(room));
    assert_eq!(known["conversations"][0]["head"], ack["position"]);
}

#[tokio::test]
async fn a_later_holder_of_the_nick_gets_nothing() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    let mut guest = Client::dial(server.address).await;
    let mut hello = guest.signed_hello(&identity("first"), &server.address.to_string());
    hello["nick"] = json!("visitor");
    hello["guest"] = json!(true);
    assert_eq!(guest.ask(hello).await["owned"], false);
    let room = open(&mut anna, "visitor").await;
    anna.join(&room).await;
    guest.goodbye().await;

    let mut later = server.enter_with_key("second").await;
    let answer = later.ask(json!({"type": "nick", "nick": "visitor"})).await;
    assert_eq!(answer["type"], "nick", "{answer}");
    assert_eq!(
        anna.say(&room, 1, "still for the first").await["type"],
        "ack"
    );
    let refused = later.ask(json!({"type": "join", "room": room})).await;
    assert_eq!(refused["code"], "not_allowed", "{refused}");
    assert!(
        later
            .settled()
            .await
            .iter()
            .all(|event| event["type"] != "conversation")
    );
    assert_ne!(open(&mut anna, "visitor").await, room);
}

#[tokio::test]
async fn who_has_no_key_has_no_conversations() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    let mut script = server.enter("script").await;
    let refused = script.ask(json!({"type": "open", "nick": "anna"})).await;
    assert_eq!(refused["code"], "not_allowed", "{refused}");
    let refused = anna.ask(json!({"type": "open", "nick": "script"})).await;
    assert_eq!(refused["type"], "error", "{refused}");
    let refused = anna.ask(json!({"type": "open", "nick": "nobody"})).await;
    assert_eq!(refused["code"], "no_such_nick", "{refused}");
}
