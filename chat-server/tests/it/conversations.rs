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

/// Introduces a key by a nick that somebody else is about to be gone from.
async fn take_nick(server: &TestServer, name: &str, nick: &str) -> (Client, serde_json::Value) {
    let mut client = server.dial().await;
    loop {
        let answer = client.hello_with_key(&identity(name), nick).await;
        if answer["type"] == "welcome" {
            return (client, answer);
        }
        assert_eq!(answer["code"], "nick_taken", "{answer}");
    }
}

#[tokio::test]
async fn who_takes_a_nick_that_another_key_owned_is_told_apart_from_them() {
    // Free as soon as nobody is here by it.
    let server = TestServer::with(|config| config.nick_expiry = Some(std::time::Duration::ZERO));
    let (mut first, welcome) = take_nick(&server, "first", "jieun").await;
    let former = welcome["person"].clone();
    assert_eq!(welcome.get("former"), None);
    let mut ben = server.enter_with_key("ben").await;
    ben.join("lobby").await;
    let old = open(&mut ben, "jieun").await;
    ben.join(&old).await;
    ben.say(&old, 1, "between us").await;
    first.event("conversation").await;
    first.goodbye().await;

    let (mut second, welcome) = take_nick(&server, "second", "jieun").await;
    assert_eq!(welcome["former"]["person"], former, "{welcome}");
    second.join("lobby").await;
    let joined = ben.presence("joined", "jieun").await;
    let change = &joined["changes"][0];
    assert_eq!(change["former"], welcome["former"], "{joined}");

    let ack = ben.say(&old, 2, "still for the first").await;
    assert_eq!(ack["type"], "ack", "{ack}");
    let opened = ben.ask(json!({"type": "open", "nick": "jieun"})).await;
    assert_eq!(opened["former"], welcome["former"], "{opened}");
    assert_ne!(opened["room"], json!(old));
    assert_eq!(opened["person"], welcome["person"]);
    let heard = second.settled().await;
    assert!(
        heard
            .iter()
            .all(|event| event["type"] != "conversation"
                && !event.to_string().contains("for the first")),
        "{heard:?}"
    );

    // The first one finds what was said to them, by whatever nick they come.
    let (mut back, _) = take_nick(&server, "first", "jieun2").await;
    let known = back.event("conversations").await;
    assert_eq!(known["conversations"][0]["room"], json!(old));
    let joined = back.join(&old).await;
    assert_eq!(joined["messages"][1]["text"], "still for the first");
    back.goodbye().await;
    second.goodbye().await;

    let mut again = Client::dial(server.address).await;
    again.hello_with_key(&identity("ben"), "ben").await;
    let known = again.event("conversations").await;
    assert_eq!(known["conversations"][0]["nick"], "jieun2");

    // A guest by the nick of the second is announced alike.
    let mut guest = server.dial().await;
    let hello = json!({"type": "hello", "version": 1, "nick": "jieun"});
    let guest_welcome = loop {
        let answer = guest.ask(hello.clone()).await;
        if answer["type"] == "welcome" {
            break answer;
        }
        assert_eq!(answer["code"], "nick_taken", "{answer}");
    };
    assert_eq!(guest_welcome["former"]["person"], welcome["person"]);
}
