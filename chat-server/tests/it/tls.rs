//! A server that speaks TLS: what is said over it, what it is dialled with wrongly, and its certificate while it runs.

use std::io::ErrorKind;

use chat_server::{Config, Server, StartError, TlsError};
use rustix::process::Signal;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::version;

use crate::edges::UPGRADE;
use crate::support::{Certificate, PATIENCE, Process, TestServer, encrypt};

/// Speaks TLS, and gives what came of it.
async fn shake(server: &TestServer) -> tokio_rustls::client::TlsStream<TcpStream> {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let trust = server.certificate.as_ref().unwrap().trust();
    encrypt(stream, trust).await.unwrap()
}

#[tokio::test]
async fn a_conversation_over_tls_is_like_any_other() {
    let server = TestServer::encrypted(|_| {});
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let text = "x".repeat(4_000);
    for seq in 1..=100 {
        anna.send(json!({"type": "send", "ref": seq, "room": "lobby", "seq": seq, "text": text}))
            .await;
    }
    anna.until(|event| event["ref"] == 100).await;
    let mut ben = server.enter("ben").await;
    assert_eq!(ben.join("lobby").await["type"], "joined");
    // Pages of far more than what is encrypted ahead, so that this ends only if writing goes on by itself.
    let all = ben.all_messages("lobby").await;
    let numbers = all
        .iter()
        .map(|message| message["position"][1].as_u64().unwrap());
    assert!(numbers.eq(1..=100));
    ben.goodbye().await;
}

#[tokio::test]
async fn both_versions_are_spoken_and_only_http_1_inside() {
    let server = TestServer::encrypted(|_| {});
    let certificate = server.certificate.as_ref().unwrap();
    for version in [&version::TLS12, &version::TLS13] {
        let mut trust = certificate.trust_in(&[version]);
        trust.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = TcpStream::connect(server.address).await.unwrap();
        let stream = encrypt(stream, trust).await.unwrap();
        let (_, tls) = stream.get_ref();
        assert_eq!(tls.protocol_version(), Some(version.version));
        assert_eq!(tls.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
}

#[tokio::test]
async fn who_asks_in_the_same_breath_as_the_handshake_is_heard_over_tls() {
    let server = TestServer::encrypted(|_| {});
    let mut stream = shake(&server).await;
    let mut bytes = (UPGRADE.join("\r\n") + "\r\n\r\n").into_bytes();
    for request in [
        r#"{"type":"hello","version":1}"#,
        r#"{"type":"rooms","ref":7}"#,
    ] {
        bytes.extend([
            0x81,
            0x80 | u8::try_from(request.len()).unwrap(),
            0,
            0,
            0,
            0,
        ]);
        bytes.extend(request.as_bytes());
    }
    // In three records, of which the last begins in the middle of a frame.
    let (first, rest) = bytes.split_at(40);
    let (second, third) = rest.split_at(rest.len() - 10);
    for part in [first, second, third] {
        stream.write_all(part).await.unwrap();
    }
    stream.flush().await.unwrap();
    let mut came = Vec::new();
    while !String::from_utf8_lossy(&came).contains(r#""ref":7"#) {
        let read = timeout(PATIENCE, stream.read_buf(&mut came)).await;
        assert_ne!(read.unwrap().unwrap(), 0);
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_so() {
    let server = TestServer::encrypted(|_| {});
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = UPGRADE.join("\r\n") + "\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.unwrap().unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert!(answer.contains("connect with a wss:// address"), "{answer}");
}

#[tokio::test]
async fn a_tls_handshake_in_drops_is_given_up() {
    let server = TestServer::encrypted(|config| {
        config.limits.handshake_ms = 200;
    });
    for begin in [&b""[..], &[22], &[22, 3, 1, 2, 0, 1]] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(begin).await.unwrap();
        let mut rest = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        ended.unwrap().unwrap();
        assert_eq!(rest, b"");
    }
    // Behind TLS the same time counts on.
    let mut stream = shake(&server).await;
    stream.write_all(b"GET / HT").await.unwrap();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await;
    assert_eq!(ended.unwrap().unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn the_last_words_come_over_tls_and_then_a_proper_end() {
    let server = TestServer::encrypted(|_| {});
    let mut anna = server.enter_with_key("anna").await;
    let ends = async {
        assert_eq!(anna.end().await, Some(4_000));
        // With an end of the socket alone this would be an error: somebody in between can make one.
        let read = timeout(PATIENCE, anna.socket.get_mut().read(&mut [0; 16])).await;
        assert_eq!(read.unwrap().unwrap(), 0);
    };
    tokio::join!(server.stop(), ends);
}

/// Waits until new connections get this certificate.
async fn changed(address: std::net::SocketAddr, certificate: &Certificate) {
    let change = async {
        loop {
            let stream = TcpStream::connect(address).await.unwrap();
            // Refused for as long as the server shows one that is not believed any more.
            if encrypt(stream, certificate.trust()).await.is_ok() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, change).await.unwrap();
}

#[tokio::test]
async fn a_new_certificate_is_taken_in_and_open_connections_stay() {
    let mut server = TestServer::encrypted(|_| {});
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut certificate = server.certificate.take().unwrap();
    certificate.renew();
    changed(server.address, &certificate).await;
    assert_eq!(anna.say("lobby", 1, "still here").await["type"], "ack");
}

#[tokio::test]
async fn a_bad_certificate_is_not_taken_in() {
    let directory = tempfile::tempdir().unwrap();
    let mut certificate = Certificate::make();
    let files = certificate.files();
    let mut server = Process::start_encrypted(directory.path(), &files).await;
    let good = certificate.trust();
    std::fs::write(&files.certificate, b"no PEM").unwrap();
    server.signal(Signal::HUP);
    server.says("was not taken in").await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    encrypt(stream, good.clone()).await.unwrap();

    // On the signal a good one is taken in at once.
    certificate.renew();
    server.signal(Signal::HUP);
    changed(server.address, &certificate).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    encrypt(stream, good).await.unwrap_err();
    server.signal(Signal::TERM);
    assert!(server.end(PATIENCE).await.success());
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Certificate)) -> String {
    let mut certificate = Certificate::make();
    change(&mut certificate);
    let config = Config {
        tls: Some(certificate.files()),
        ..Config::default()
    };
    match Server::bind(config) {
        Err(StartError::Tls(error)) => {
            let text = error.to_string();
            assert!(!text.contains('\n'), "{text}");
            match error {
                TlsError::Read { .. } => "read",
                TlsError::Content { what, .. } => what,
                TlsError::Mismatch { .. } => "mismatch",
                TlsError::Unusable { .. } => "unusable",
            }
            .to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_starts_only_with_a_certificate_and_its_key() {
    assert_eq!(
        refused(|it| std::fs::remove_file(it.files().certificate).unwrap()),
        "read"
    );
    assert_eq!(
        refused(|it| std::fs::remove_file(it.files().key).unwrap()),
        "read"
    );
    assert_eq!(
        refused(|it| std::fs::write(it.files().certificate, b"").unwrap()),
        "certificate"
    );
    assert_eq!(
        refused(|it| std::fs::write(it.files().key, b"x").unwrap()),
        "private key"
    );
    let other = std::fs::read(Certificate::make().files().key).unwrap();
    assert_eq!(
        refused(|it| std::fs::write(it.files().key, &other).unwrap()),
        "mismatch"
    );
    let garbage = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(
        refused(|it| std::fs::write(it.files().certificate, garbage).unwrap()),
        "unusable"
    );
}
