//! Keys, nicks and proofs.

use protocol::identity::{Endpoint, Nonce, Proof, PublicKey, Role, Transcript};
use serde_json::{Value, json};

use crate::support::{Client, TestServer, identity};

#[tokio::test]
async fn the_servers_proof_holds() {
    let server = TestServer::start();
    let mut client = server.dial().await;
    let me = identity("anna");
    let welcome = client.hello_with_key(&me, "anna").await;
    assert_eq!(
        (&welcome["nick"], &welcome["owned"]),
        (&json!("anna"), &json!(true))
    );
    assert_eq!(welcome["person"], me.person().to_string());
    let endpoint: Endpoint = server.address.to_string().parse().unwrap();
    let from = |name: &str| client.greeting[name].clone();
    let server_key: PublicKey = serde_json::from_value(from("key")).unwrap();
    let transcript = Transcript {
        endpoint: &endpoint,
        server_nonce: serde_json::from_value(from("nonce")).unwrap(),
        client_nonce: Nonce::from_bytes([9; 32]),
        server_key,
        client_key: Some(me.public()),
    };
    let proof: Proof = serde_json::from_value(welcome["proof"].clone()).unwrap();
    assert!(transcript.verify(Role::Server, &server_key, &proof));
}

async fn refused(client: &mut Client, hello: Value, code: &str) {
    let answer = client.ask(hello).await;
    assert_eq!(answer["code"], code, "{answer}");
}

#[tokio::test]
async fn a_proof_for_something_else_is_refused_and_another_try_is_free() {
    let server = TestServer::start();
    let me = identity("anna");
    let mut client = server.dial().await;
    let elsewhere = client.signed_hello(&me, "evil.example:7878");
    refused(&mut client, elsewhere, "wrong_endpoint").await;
    let mut other_port = server.address;
    other_port.set_port(1);
    let mut relayed = client.signed_hello(&me, &other_port.to_string());
    relayed["endpoint"] = json!(server.address.to_string());
    refused(&mut client, relayed, "bad_proof").await;
    let mut keyless = client.signed_hello(&me, &server.address.to_string());
    keyless["proof"] = Value::Null;
    refused(&mut client, keyless, "bad_proof").await;

    let overheard = client.signed_hello(&me, &server.address.to_string());
    let mut thief = server.dial().await;
    refused(&mut thief, overheard.clone(), "bad_proof").await;
    assert_eq!(client.ask(overheard).await["type"], "welcome");
}

#[tokio::test]
async fn a_nick_belongs_to_the_key_that_had_it_first() {
    let server = TestServer::start();
    server.enter_with_key("anna").await.goodbye().await;

    let mut other = server.dial().await;
    let taken = other.hello_with_key(&identity("other"), "Anna").await;
    assert_eq!(
        (&taken["code"], &taken["held_by"]),
        (&json!("nick_taken"), &json!("key"))
    );
    let free = other.hello_with_key(&identity("other"), "other").await;
    assert_eq!(free["type"], "welcome", "{free}");
    let mut script = server.dial().await;
    let taken = script
        .ask(json!({"type": "hello", "version": 1, "nick": "anna"}))
        .await;
    assert_eq!(taken["held_by"], "key");
    script.hello("script").await;

    let mut third = server.dial().await;
    let taken = third.hello_with_key(&identity("third"), "script").await;
    assert_eq!(
        (&taken["code"], &taken["held_by"]),
        (&json!("nick_taken"), &json!("guest"))
    );
    script.goodbye().await;
    let free = third.hello_with_key(&identity("third"), "script").await;
    assert_eq!(free["owned"], true, "{free}");
    let renamed = third.ask(json!({"type": "nick", "nick": "anna"})).await;
    assert_eq!(
        (&renamed["code"], &renamed["held_by"]),
        (&json!("nick_taken"), &json!("key"))
    );
}

#[tokio::test]
async fn who_names_no_nick_gets_one() {
    let server = TestServer::start();
    let mut client = server.dial().await;
    let welcome = client.ask(json!({"type": "hello", "version": 1})).await;
    let nick = welcome["nick"].as_str().unwrap();
    let digits = nick.strip_prefix("guest-").unwrap();
    assert!(
        digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit()),
        "{nick}"
    );
    assert_eq!(welcome["owned"], false);
}

#[tokio::test]
async fn two_connections_of_a_key_are_one_member() {
    let server = TestServer::start();
    let mut watcher = server.enter("watcher").await;
    watcher.join("lobby").await;
    let mut desk = server.enter_with_key("anna").await;
    assert_eq!(desk.join("lobby").await["count"], 2);
    watcher.presence("joined", "anna").await;
    let mut phone = server.dial().await;
    let mut hello = phone.signed_hello(&identity("anna"), &server.address.to_string());
    hello["nick"] = json!("anna");
    hello["device"] = json!(1);
    assert_eq!(phone.ask(hello).await["type"], "welcome");
    assert_eq!(phone.join("lobby").await["count"], 2);
    assert_eq!(phone.say("lobby", 1, "from the phone").await["type"], "ack");
    assert_eq!(desk.event("message").await["text"], "from the phone");
    phone.goodbye().await;
    assert_eq!(desk.say("lobby", 1, "still here").await["type"], "ack");
    watcher.until(|event| event["text"] == "still here").await;
    let since = watcher.settled().await;
    assert!(
        since.iter().all(|event| event["type"] != "presence"),
        "{since:?}"
    );
}
