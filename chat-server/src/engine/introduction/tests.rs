use super::*;
use protocol::identity::Proof;

fn server() -> Identity {
    Identity::from_secret(&[1; 32])
}

fn client() -> Identity {
    Identity::from_secret(&[2; 32])
}

fn nonce(byte: u8) -> Nonce {
    Nonce::from_bytes([byte; 32])
}

fn endpoint(text: &str) -> Endpoint {
    text.parse().unwrap()
}

fn transcript(endpoint: &Endpoint, keyed: bool) -> Transcript<'_> {
    Transcript {
        endpoint,
        server_nonce: nonce(3),
        client_nonce: nonce(4),
        server_key: server().public(),
        client_key: keyed.then(|| client().public()),
    }
}

fn keyless() -> Hello {
    Hello {
        reference: Some(1),
        version: VERSION,
        agent: None,
        nick: None,
        key: None,
        nonce: None,
        endpoint: None,
        proof: None,
        device: 0,
        guest: false,
    }
}

fn keyed() -> Hello {
    let dialled = endpoint("localhost:7878");
    Hello {
        key: Some(client().public()),
        nonce: Some(nonce(4)),
        proof: Some(client().prove(Role::Client, &transcript(&dialled, true))),
        endpoint: Some(dialled),
        device: 3,
        ..keyless()
    }
}

fn checked(hello: &Hello) -> Result<Introduction, DecodeError> {
    check(hello, &server(), nonce(3), Endpoint::is_loopback)
}

#[track_caller]
fn refused(hello: &Hello, code: ErrorCode) {
    let error = checked(hello).unwrap_err();
    assert_eq!((error.code, error.reference), (code, Some(1)), "{error}");
}

#[test]
fn a_proved_key_is_introduced_and_gets_the_servers_proof() {
    let introduction = checked(&keyed()).unwrap();
    assert_eq!(introduction.key, Some(client().public()));
    assert_eq!(introduction.device, 3);
    let dialled = endpoint("localhost:7878");
    let proof = introduction.proof.unwrap();
    assert!(transcript(&dialled, true).verify(Role::Server, &server().public(), &proof));
}

#[test]
fn a_keyless_client_needs_nothing_and_may_ask_for_the_servers_proof() {
    assert_eq!(checked(&keyless()).unwrap().proof, None);
    let dialled = endpoint("localhost:7878");
    let asking = Hello {
        nonce: Some(nonce(4)),
        endpoint: Some(dialled.clone()),
        ..keyless()
    };
    let proof = checked(&asking).unwrap().proof.unwrap();
    assert!(transcript(&dialled, false).verify(Role::Server, &server().public(), &proof));
}

#[test]
fn what_does_not_hold_is_refused_with_its_code() {
    let agent = |bytes| Hello {
        agent: Some("a".repeat(bytes)),
        ..keyless()
    };
    assert!(checked(&agent(AGENT_BYTES_MAX)).is_ok());
    refused(&agent(AGENT_BYTES_MAX + 1), ErrorCode::BadRequest);
    let other_version = Hello {
        version: VERSION + 1,
        ..keyed()
    };
    refused(&other_version, ErrorCode::UnsupportedVersion);
    for (nonce, endpoint, proof) in [
        (false, true, true),
        (true, false, true),
        (true, true, false),
    ] {
        let whole = keyed();
        let lacking = Hello {
            nonce: whole.nonce.filter(|_| nonce),
            endpoint: whole.endpoint.clone().filter(|_| endpoint),
            proof: whole.proof.filter(|_| proof),
            ..whole
        };
        refused(&lacking, ErrorCode::BadProof);
    }
    let forged = Hello {
        proof: Some(Proof::from_bytes([9; 64])),
        ..keyed()
    };
    refused(&forged, ErrorCode::BadProof);
    let replayed = Hello {
        nonce: Some(nonce(5)),
        ..keyed()
    };
    refused(&replayed, ErrorCode::BadProof);
}

#[test]
fn a_foreign_endpoint_is_neither_accepted_nor_signed() {
    let foreign = endpoint("evil.example:7878");
    let relayed = Hello {
        proof: Some(client().prove(Role::Client, &transcript(&foreign, true))),
        endpoint: Some(foreign.clone()),
        ..keyed()
    };
    refused(&relayed, ErrorCode::WrongEndpoint);
    let asking = Hello {
        nonce: Some(nonce(4)),
        endpoint: Some(foreign),
        ..keyless()
    };
    refused(&asking, ErrorCode::WrongEndpoint);
}

#[test]
fn names_take_any_port_unless_they_name_one() {
    let names = Names::new(["chat.example", "other.example:443", "[2001:db8::1]"]).unwrap();
    let local = "192.0.2.7:7878".parse().unwrap();
    for (dialled, accepted) in [
        ("chat.example:1", true),
        ("chat.example:443", true),
        ("other.example:443", true),
        ("other.example:444", false),
        ("[2001:db8::1]:9", true),
        ("192.0.2.7:7878", true),
        ("192.0.2.7:7879", false),
        ("192.0.2.8:7878", false),
        ("localhost:9000", true),
        ("127.0.0.1:9000", true),
        ("[::1]:9000", true),
        ("evil.example:7878", false),
    ] {
        assert_eq!(
            names.accept(&endpoint(dialled), local),
            accepted,
            "{dialled}"
        );
    }
    let mapped = "[::ffff:192.0.2.7]:7878".parse().unwrap();
    assert!(names.accept(&endpoint("192.0.2.7:7878"), mapped));
    assert!(Names::new(["not a name"]).is_err());
}
