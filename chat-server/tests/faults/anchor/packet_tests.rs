//! Frames as a Socket.IO server writes them.

use serde_json::json;

use super::packet::{Packet, connect, event};

#[track_caller]
fn check(frame: &str, expected: Option<&Packet>) {
    assert_eq!(Packet::read(frame).as_ref(), expected, "{frame}");
}

#[test]
fn frames_are_read_by_kind() {
    check(r#"0{"sid":"a","upgrades":[]}"#, Some(&Packet::Open));
    check("2", Some(&Packet::Ping));
    let session = |name: Option<&str>| Packet::Connected {
        session: name.map(str::to_owned),
    };
    check(r#"40{"sid":"a","pid":"b"}"#, Some(&session(Some("b"))));
    check(r#"40{"sid":"a"}"#, Some(&session(None)));
    let words = vec![json!("said"), json!("room0"), json!("[{2"), json!("x")];
    check(
        r#"42["said","room0","[{2","x"]"#,
        Some(&Packet::Event(words)),
    );
    check("4312[]", Some(&Packet::Ack(12)));
    check("41", Some(&Packet::End));
    check(r#"44{"message":"no"}"#, Some(&Packet::End));
    for odd in ["", "40", "43[]", "42{}", "6", "4é[]"] {
        check(odd, None);
    }
}

#[test]
fn frames_are_written_with_their_number() {
    assert_eq!(connect(None), "40");
    assert_eq!(connect(Some(("b", "x"))), r#"40{"offset":"x","pid":"b"}"#);
    assert_eq!(event(7, &["join", "room0"]), r#"427["join","room0"]"#);
}
