//! People in rooms: talk, notices, topics, lists.

use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn two_people_talk() {
    let server = TestServer::start();
    let mut ji_eun = server.enter_with_key("지은").await;
    let mut sven = server.enter("sven").await;
    let joined = ji_eun.join("lobby").await;
    assert_eq!(joined["room"], "lobby");
    assert_eq!(joined["start"], "latest");
    assert_eq!(joined["head"][1], 0);
    assert_eq!(joined["count"], 1);
    assert_eq!(joined["messages"], json!([]));
    let joined = sven.join("lobby").await;
    let nicks: Vec<_> = joined["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| &member["nick"])
        .collect();
    assert_eq!(nicks.len(), 2, "{joined}");
    ji_eun.presence("joined", "sven").await;

    let ack = ji_eun.say("lobby", 1, "안녕하세요 ㅋㅋ").await;
    assert_eq!(
        (&ack["type"], &ack["position"][1]),
        (&json!("ack"), &json!(1))
    );
    for client in [&mut ji_eun, &mut sven] {
        let message = client.event("message").await;
        assert_eq!(message["nick"], "지은");
        assert_eq!(message["text"], "안녕하세요 ㅋㅋ");
        assert_eq!(message["position"], ack["position"]);
        assert_eq!(message["id"], ack["id"]);
        assert_eq!(message["time"], ack["time"]);
    }
    let ack = sven
        .ask(json!({"type": "send", "room": "lobby", "kind": "action", "text": "waves"}))
        .await;
    assert_eq!(ack["position"][1], 2, "{ack}");
    let action = ji_eun.event("message").await;
    assert_eq!(
        (&action["kind"], &action["text"]),
        (&json!("action"), &json!("waves"))
    );
}

#[tokio::test]
async fn who_comes_goes_and_renames_is_told() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut ben = server.enter_with_key("ben").await;
    ben.join("lobby").await;
    anna.presence("joined", "ben").await;

    let renamed = ben.ask(json!({"type": "nick", "nick": "benedict"})).await;
    assert_eq!(
        (&renamed["type"], &renamed["nick"]),
        (&json!("nick"), &json!("benedict"))
    );
    let told = anna.presence("renamed", "benedict").await;
    assert_eq!(told["changes"][0]["was"], "ben");

    assert_eq!(
        ben.ask(json!({"type": "leave", "room": "lobby"})).await["type"],
        "done"
    );
    let left = anna.presence("left", "benedict").await;
    assert_eq!(left["count"], 1);
    ben.join("lobby").await;
    anna.presence("joined", "benedict").await;
    ben.goodbye().await;
    anna.presence("left", "benedict").await;
    let refused = anna
        .ask(json!({"type": "leave", "room": "elsewhere"}))
        .await;
    assert_eq!(refused["code"], "not_joined", "{refused}");
}

#[tokio::test]
async fn a_lost_connection_shows_as_reconnecting() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut ben = server.enter_with_key("ben").await;
    ben.join("lobby").await;
    drop(ben);
    anna.presence("reconnecting", "ben").await;
    let mut ben = server.enter_with_key("ben").await;
    ben.join("lobby").await;
    anna.presence("back", "ben").await;
}

#[tokio::test]
async fn one_who_does_not_come_back_leaves() {
    let server = TestServer::with(|config| config.limits.reconnecting_ms = 50);
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut ben = server.enter_with_key("ben").await;
    ben.join("lobby").await;
    drop(ben);
    anna.presence("left", "ben").await;
}

#[tokio::test]
async fn a_topic_is_a_message_and_stays() {
    let server = TestServer::start();
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let ack = anna
        .ask(json!({"type": "topic", "room": "lobby", "seq": 1, "text": "배포 준비"}))
        .await;
    assert_eq!(ack["type"], "ack", "{ack}");
    let message = anna.event("message").await;
    assert_eq!(
        (&message["kind"], &message["text"]),
        (&json!("topic"), &json!("배포 준비"))
    );

    let mut ben = server.enter("ben").await;
    let joined = ben.join("lobby").await;
    assert_eq!(joined["topic"]["text"], "배포 준비");
    assert_eq!(joined["topic"]["nick"], "anna");
    let rooms = ben.ask(json!({"type": "rooms"})).await;
    assert_eq!(
        rooms["rooms"],
        json!([{"room": "lobby", "topic": "배포 준비", "members": 2}])
    );
}

#[tokio::test]
async fn who_joins_is_welcomed() {
    let server =
        TestServer::with(|config| config.welcome = Some("Welcome to {room}, {nick}.".to_owned()));
    let mut anna = server.enter("anna").await;
    assert_eq!(
        anna.join("lobby").await["welcome"],
        "Welcome to lobby, anna."
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_answered_and_nothing_ends() {
    let server = TestServer::start();
    let mut anna = server.dial().await;
    let early = anna.ask(json!({"type": "join", "room": "lobby"})).await;
    assert_eq!(early["code"], "not_introduced", "{early}");
    anna.hello("anna").await;
    let again = anna
        .ask(json!({"type": "hello", "version": 1, "nick": "anna"}))
        .await;
    assert_eq!(again["code"], "already_introduced", "{again}");
    for (request, code) in [
        (json!({"type": "dance"}), "unknown_request"),
        (json!({"type": "join"}), "bad_request"),
        (json!({"type": "join", "room": "a b"}), "bad_room"),
        (json!({"type": "join", "room": "#lobby"}), "bad_room"),
        (json!({"type": "nick", "nick": "server"}), "bad_nick"),
        (json!({"type": "nick", "nick": "a b"}), "bad_nick"),
        (
            json!({"type": "send", "room": "lobby", "text": "hello"}),
            "not_joined",
        ),
        (
            json!({"type": "send", "room": "lobby", "text": "\u{1b}[2J"}),
            "bad_text",
        ),
        (
            json!({"type": "send", "room": "lobby", "text": "x".repeat(4_097)}),
            "bad_text",
        ),
    ] {
        let refused = anna.ask(request.clone()).await;
        assert_eq!(refused["type"], "error", "{request}");
        assert_eq!(refused["code"], code, "{request}: {refused}");
    }
    anna.join("lobby").await;
    let ack = anna.say("lobby", 1, &"x".repeat(4_096)).await;
    assert_eq!(ack["type"], "ack", "{ack}");
}
