//! A connection against a scripted peer: literal frames in, literal frames out.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one kind of input among all"
)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use protocol::close::CloseCode;
use protocol::event::Event;
use protocol::request::{Request, Rooms};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Upgrade, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::*;
use crate::model::words::Language;

/// A hang shows as a failure; nothing here comes near it.
const PATIENCE: Duration = Duration::from_secs(20);

fn english() -> &'static Words {
    Language::English.words()
}

async fn listen() -> (TcpListener, ServerUrl) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    (listener, url.parse().unwrap())
}

#[expect(
    clippy::result_large_err,
    reason = "the callback's type is tungstenite's"
)]
async fn shake<S: AsyncRead + AsyncWrite + Unpin>(stream: S, protocol: &str) -> WebSocketStream<S> {
    let answer = |request: &Upgrade, mut response: Response| {
        let asked = request.headers().get("sec-websocket-protocol").unwrap();
        assert_eq!(asked, "chat.v1");
        let value = HeaderValue::from_str(protocol).unwrap();
        response
            .headers_mut()
            .insert("sec-websocket-protocol", value);
        Ok(response)
    };
    accept_hdr_async(stream, answer).await.unwrap()
}

async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    shake(stream, "chat.v1").await
}

async fn next(connection: &mut Connection) -> Input {
    timeout(PATIENCE, connection.next()).await.unwrap()
}

async fn pair(silence: Duration) -> (Connection, WebSocketStream<TcpStream>) {
    let (listener, url) = listen().await;
    let mut connection = Connection::dial_with(url.clone(), Trust::System, english(), silence);
    let server = accept(&listener).await;
    match next(&mut connection).await {
        Input::Opened { endpoint, nonce } => {
            assert_eq!(&endpoint, url.endpoint());
            assert_ne!(nonce.as_bytes(), &[0; 32]);
        }
        other => panic!("{other:?}"),
    }
    (connection, server)
}

fn rooms(reference: u64) -> Request {
    Request::Rooms(Rooms {
        reference: Some(reference),
        after: None,
    })
}

#[track_caller]
fn check_lost(input: &Input, expected: Option<u16>, words: &str) {
    match input {
        Input::Lost { code, reason } => {
            assert_eq!(*code, expected);
            assert!(reason.contains(words), "{reason:?} does not say {words:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn frames_go_both_ways_in_order() {
    let (mut connection, mut server) = pair(PATIENCE).await;
    for reference in 1..=200 {
        connection.send(rooms(reference));
    }
    for reference in 1..=200 {
        let frame = server.next().await.unwrap().unwrap();
        let expected = format!(r#"{{"type":"rooms","ref":{reference}}}"#);
        assert_eq!(frame.to_text().unwrap(), expected);
    }
    server
        .send(Message::text(r#"{"type":"done","ref":5}"#))
        .await
        .unwrap();
    server
        .send(Message::text(r#"{"type":"tomorrow"}"#))
        .await
        .unwrap();
    match next(&mut connection).await {
        Input::Event(Event::Done(done)) => assert_eq!(done.reference, Some(5)),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        next(&mut connection).await,
        Input::Event(Event::Unknown)
    ));
}

#[tokio::test]
async fn a_goodbye_is_said_behind_what_is_queued() {
    let (mut connection, mut server) = pair(PATIENCE).await;
    connection.send(rooms(1));
    let (frames, ()) = tokio::join!(
        async {
            let mut frames = Vec::new();
            while let Some(Ok(frame)) = server.next().await {
                frames.push(frame);
            }
            frames
        },
        connection.goodbye()
    );
    assert_eq!(frames.len(), 2, "{frames:?}");
    match &frames[1] {
        Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), 1000),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_goodbye_does_not_wait_for_a_dead_server() {
    let (connection, _server) = pair(PATIENCE).await;
    // The peer reads nothing and answers nothing.
    timeout(PATIENCE, connection.goodbye()).await.unwrap();
}

#[tokio::test]
async fn the_close_code_arrives() {
    let (mut connection, mut server) = pair(PATIENCE).await;
    let frame = CloseFrame {
        code: CloseCode::Restart.code().into(),
        reason: CloseCode::Restart.reason().into(),
    };
    server.close(Some(frame)).await.unwrap();
    check_lost(&next(&mut connection).await, Some(4000), "restarts");
    let more = timeout(Duration::from_millis(1), connection.next()).await;
    assert!(more.is_err(), "nothing comes after the end");
}

#[tokio::test]
async fn a_silent_server_is_lost_and_a_ping_is_a_sign_of_life() {
    let (mut connection, mut server) = pair(Duration::from_millis(300)).await;
    for _ in 0..4 {
        // Each ping comes well within the limit, all together well beyond it.
        server.send(Message::Ping("x".into())).await.unwrap();
        let early = timeout(Duration::from_millis(150), connection.next()).await;
        assert!(early.is_err(), "{early:?}");
        assert!(matches!(server.next().await, Some(Ok(Message::Pong(_)))));
    }
    check_lost(&next(&mut connection).await, None, "silent");
}

#[tokio::test]
async fn broken_frames_end_the_connection() {
    for (frame, words) in [
        (Message::text("no json"), "broken frame"),
        (Message::binary(vec![1]), "binary"),
        (
            Message::text(format!("\"{}\"", "x".repeat(16 * 1024))),
            "16384 bytes",
        ),
    ] {
        let (mut connection, mut server) = pair(PATIENCE).await;
        server.send(frame).await.unwrap();
        check_lost(&next(&mut connection).await, None, words);
    }
}

#[tokio::test]
async fn a_dropped_connection_is_closed() {
    let (connection, mut server) = pair(PATIENCE).await;
    drop(connection);
    let end = timeout(PATIENCE, server.next()).await.unwrap();
    assert!(matches!(end, None | Some(Err(_))), "{end:?}");
}

#[tokio::test]
async fn a_server_that_does_not_read_loses_the_connection_and_never_blocks() {
    let (mut connection, _server) = pair(PATIENCE).await;
    // No await in between: nothing is written, so the queue fills at its bound.
    for reference in 0..=u64::try_from(REQUESTS_QUEUED_MAX).unwrap() {
        connection.send(rooms(reference));
    }
    check_lost(&next(&mut connection).await, None, "does not read");
}

#[tokio::test]
async fn each_failed_dial_says_why() {
    let (listener, url) = listen().await;
    drop(listener);
    let mut nobody = Connection::dial(url, Trust::System, english());
    check_lost(
        &next(&mut nobody).await,
        None,
        "nothing listens at 127.0.0.1",
    );

    let url = "ws://no-such-host.invalid".parse().unwrap();
    let mut nowhere = Connection::dial(url, Trust::System, english());
    check_lost(
        &next(&mut nowhere).await,
        None,
        "no server is known by the name no-such-host.invalid",
    );
}

#[tokio::test]
async fn something_else_that_answers_is_told_apart() {
    for (answer, words) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            "is no chat server",
        ),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "is no chat server",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "503",
        ),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", "is no chat server"),
    ] {
        let (listener, url) = listen().await;
        let mut connection = Connection::dial(url, Trust::System, english());
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(answer.as_bytes()).await.unwrap();
        check_lost(&next(&mut connection).await, None, words);
    }
}

#[tokio::test]
async fn another_sub_protocol_is_refused() {
    let (listener, url) = listen().await;
    let mut connection = Connection::dial(url, Trust::System, english());
    let (stream, _) = listener.accept().await.unwrap();
    let _server = shake(stream, "mqtt").await;
    check_lost(&next(&mut connection).await, None, "does not speak chat.v1");
}

/// A server with a fresh certificate for `localhost`, and that certificate.
fn tls_server() -> (TlsAcceptor, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certificate)
}

#[tokio::test]
async fn tls_carries_frames_where_the_certificate_is_believed() {
    let (acceptor, certificate) = tls_server();
    let (listener, _) = listen().await;
    let port = listener.local_addr().unwrap().port();
    let url: ServerUrl = format!("wss://localhost:{port}").parse().unwrap();
    let mut connection = Connection::dial(url, Trust::Only(vec![certificate]), english());
    let (stream, _) = listener.accept().await.unwrap();
    let stream = acceptor.accept(stream).await.unwrap();
    let mut server = shake(stream, "chat.v1").await;
    assert!(matches!(next(&mut connection).await, Input::Opened { .. }));
    connection.send(rooms(1));
    let frame = server.next().await.unwrap().unwrap();
    assert_eq!(frame.to_text().unwrap(), r#"{"type":"rooms","ref":1}"#);
}

#[tokio::test]
async fn a_certificate_of_nobody_we_know_is_refused() {
    let (acceptor, _) = tls_server();
    let (_, stranger) = tls_server();
    let (listener, _) = listen().await;
    let port = listener.local_addr().unwrap().port();
    let url: ServerUrl = format!("wss://localhost:{port}").parse().unwrap();
    let mut connection = Connection::dial(url, Trust::Only(vec![stranger]), english());
    let (stream, _) = listener.accept().await.unwrap();
    let (refused, lost) = tokio::join!(acceptor.accept(stream), next(&mut connection));
    assert!(refused.is_err());
    check_lost(&lost, None, "no encrypted connection to localhost");
}

#[test]
fn every_limit_of_the_socket_is_ours() {
    let config = dial::config();
    assert_eq!(config.read_buffer_size, 16 * 1024);
    assert_eq!(config.write_buffer_size, 16 * 1024);
    assert_eq!(config.max_write_buffer_size, 128 * 1024);
    assert_eq!(config.max_message_size, Some(16 * 1024));
    assert_eq!(config.max_frame_size, Some(16 * 1024));
    assert!(!config.accept_unmasked_frames);
}
