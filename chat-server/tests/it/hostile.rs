//! Clients that mean harm, byte by byte. Each is bounded or closed with its code, and somebody who talks beside it notices nothing.

use std::time::Duration;

use chat_server::Config;
use rustix::process::Signal;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::edges::UPGRADE;
use crate::support::{Client, PATIENCE, Process, Stream, TestServer, encrypt};

/// Between two bytes of who sends them in drops.
const DRIP: Duration = Duration::from_millis(5);

/// A text frame, a continuation, a ping; each is the last of its message with [`FIN`].
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const PING: u8 = 9;
const FIN: u8 = 0x80;

/// A connection of bytes.
struct Raw(BufReader<Box<dyn Stream>>);

impl Raw {
    /// Connects, with TLS where the server speaks it.
    async fn connect(server: &TestServer) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let stream: Box<dyn Stream> = match &server.certificate {
            None => Box::new(stream),
            Some(certificate) => Box::new(encrypt(stream, certificate.trust()).await.unwrap()),
        };
        Self(BufReader::new(stream))
    }

    /// Connects, and becomes a WebSocket that was greeted.
    async fn greeted(server: &TestServer) -> Self {
        let mut raw = Self::connect(server).await;
        let head = raw.ask(&[]).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        let (opcode, greeting) = raw.frame().await;
        assert_eq!(opcode, FIN | TEXT);
        assert!(greeting.starts_with(br#"{"type":"greeting""#));
        raw
    }

    /// As `greeted`, and introduced.
    async fn introduced(server: &TestServer) -> Self {
        let mut raw = Self::greeted(server).await;
        raw.send(&masked(FIN | TEXT, br#"{"type":"hello","version":1}"#))
            .await;
        assert!(raw.frame().await.1.starts_with(br#"{"type":"welcome""#));
        raw
    }

    /// Asks for a WebSocket with more headers; gives the head of the answer.
    async fn ask(&mut self, headers: &[&str]) -> String {
        let lines = [&UPGRADE[..], headers].concat();
        self.send((lines.join("\r\n") + "\r\n\r\n").as_bytes())
            .await;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = timeout(PATIENCE, self.0.read_line(&mut head)).await;
            assert_ne!(read.unwrap().unwrap(), 0, "{head}");
        }
        head
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.unwrap();
        self.0.get_mut().flush().await.unwrap();
    }

    /// The next frame of the server: its first byte and its payload.
    async fn frame(&mut self) -> (u8, Vec<u8>) {
        let read = async {
            let [first, short] = [self.0.read_u8().await?, self.0.read_u8().await?];
            let length = match short {
                126 => usize::from(self.0.read_u16().await?),
                short => usize::from(short),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await?;
            Ok::<_, std::io::Error>((first, payload))
        };
        timeout(PATIENCE, read).await.unwrap().unwrap()
    }

    /// The code with which the server closes.
    async fn close_code(&mut self) -> u16 {
        loop {
            let (first, payload) = self.frame().await;
            if first == FIN | 8 {
                return u16::from_be_bytes([payload[0], payload[1]]);
            }
        }
    }
}

/// A frame with the mask of nothing.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match u8::try_from(payload.len()) {
        Ok(length) if length < 126 => frame.push(0x80 | length),
        _ => {
            frame.push(0x80 | 0x7e);
            frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// Somebody who talks, and is answered, for as long as something else goes on.
async fn beside<T>(server: &TestServer, goes_on: impl Future<Output = T>) -> T {
    let mut anna = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut goes_on = std::pin::pin!(goes_on);
    let mut seq = 0;
    let outcome = loop {
        seq += 1;
        let step = async {
            assert_eq!(anna.say("lobby", seq, "x").await["type"], "ack");
            tokio::time::sleep(DRIP).await;
        };
        tokio::select! {
            outcome = &mut goes_on => break outcome,
            () = step => {}
        }
    };
    // The last one may have been cut off by the outcome, but nothing after it is lost.
    let said = anna.say("lobby", seq, "x").await;
    assert_eq!(said["type"], "ack", "{said}");
    outcome
}

/// Sends bytes one by one until the server has hung up; gives how many it took.
async fn drip(stream: TcpStream, bytes: impl Iterator<Item = u8>) -> usize {
    let (mut reads, mut writes) = stream.into_split();
    let dripping = async {
        let mut sent = 0;
        for byte in bytes {
            if writes.write_all(&[byte]).await.is_err() {
                break;
            }
            sent += 1;
            tokio::time::sleep(DRIP).await;
        }
        sent
    };
    let mut rest = Vec::new();
    let hung_up = async {
        // A reset is an end too.
        drop(reads.read_to_end(&mut rest).await);
    };
    let both = async {
        tokio::select! {
            biased;
            () = hung_up => 0,
            sent = dripping => sent,
        }
    };
    timeout(PATIENCE, both).await.unwrap()
}

fn quick(config: &mut Config) {
    config.limits.handshake_ms = 300;
    config.limits.hello_ms = 300;
    config.limits.frame_ms = 300;
    config.limits.burst = 10_000;
}

#[tokio::test]
async fn a_head_in_drops_is_given_up() {
    for server in [TestServer::with(quick), TestServer::encrypted(quick)] {
        let head = b"GET / HTTP/1.1\r\nX: ".iter().copied();
        let endless = head.chain(std::iter::repeat(b'x'));
        let record = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3].into_iter();
        let stream = || TcpStream::connect(server.address);
        let (first, second) = (stream().await.unwrap(), stream().await.unwrap());
        let both = async {
            tokio::join!(
                drip(first, endless),
                drip(second, record.chain(std::iter::repeat(0)))
            )
        };
        // Nothing ends by itself: where the server did not hang up, time would run out.
        assert_eq!(beside(&server, both).await, (0, 0));
    }
}

#[tokio::test]
async fn a_hello_and_a_frame_in_drops_are_not_waited_for() {
    for server in [TestServer::with(quick), TestServer::encrypted(quick)] {
        let hello = masked(FIN | TEXT, &[b' '; 4_000]);
        let drip_frame = async |mut raw: Raw| {
            for byte in &hello {
                // The server may have closed already, whose code is read then.
                drop(raw.0.get_mut().write_all(&[*byte]).await);
                drop(raw.0.get_mut().flush().await);
                if let Ok(code) = timeout(DRIP, raw.close_code()).await {
                    return code;
                }
            }
            panic!("the whole frame was waited for");
        };
        let attack = async {
            let stranger = Raw::greeted(&server).await;
            let known = Raw::introduced(&server).await;
            tokio::join!(drip_frame(stranger), drip_frame(known))
        };
        let (stranger, known) = beside(&server, attack).await;
        // Of a stranger the hello and the frame are due in the same moment.
        assert!(matches!(stranger, 4_401 | 4_002), "{stranger}");
        assert_eq!(known, 4_002);
    }
}

#[tokio::test]
async fn who_breaks_the_rules_of_frames_is_closed_with_the_code() {
    let server = TestServer::start();
    let text = masked(FIN | TEXT, b"{}");
    let mut unmasked = vec![FIN | TEXT, 2];
    unmasked.extend(b"{}");
    for (what, bytes) in [
        ("unmasked", unmasked),
        (
            "a reserved bit, as of deflate",
            masked(FIN | 0x40 | TEXT, b"{}"),
        ),
        ("another reserved bit", masked(FIN | 0x20 | TEXT, b"{}")),
        ("the last reserved bit", masked(FIN | 0x10 | TEXT, b"{}")),
        ("an opcode of nobody", masked(FIN | 3, b"{}")),
        ("a control opcode of nobody", masked(FIN | 0x0b, b"")),
        (
            "a continuation of nothing",
            masked(FIN | CONTINUATION, b"{}"),
        ),
        ("a text inside another", [masked(TEXT, b"{"), text].concat()),
        ("a ping in parts", masked(PING, b"")),
        ("a long ping", masked(FIN | PING, &[b'x'; 126])),
        ("no UTF-8", masked(FIN | TEXT, &[0xff])),
        ("half a close code", masked(FIN | 8, &[3])),
    ] {
        let mut raw = Raw::greeted(&server).await;
        raw.send(&bytes).await;
        assert_eq!(raw.close_code().await, 4_400, "{what}");
    }
}

#[tokio::test]
async fn a_message_in_parts_passes_and_one_without_end_does_not() {
    let server = TestServer::with(quick);
    let mut raw = Raw::introduced(&server).await;
    raw.send(&masked(TEXT, br#"{"type":"#)).await;
    raw.send(&masked(FIN | PING, b"x")).await;
    raw.send(&masked(FIN | CONTINUATION, br#""rooms","ref":7}"#))
        .await;
    assert_eq!(raw.frame().await, (FIN | 0x0a, b"x".to_vec()));
    assert!(
        raw.frame()
            .await
            .1
            .starts_with(br#"{"type":"rooms","ref":7"#)
    );

    // Too large in all.
    raw.send(&masked(TEXT, &[b' '; 16_000])).await;
    raw.send(&masked(CONTINUATION, &[b' '; 400])).await;
    assert_eq!(raw.close_code().await, 4_413);

    // Of nothing at all, but many.
    let mut raw = Raw::introduced(&server).await;
    let attack = async {
        raw.send(&masked(TEXT, b"")).await;
        loop {
            drop(raw.0.get_mut().write_all(&masked(CONTINUATION, b"")).await);
            if let Ok(code) = timeout(DRIP, raw.close_code()).await {
                return code;
            }
        }
    };
    assert_eq!(
        beside(&server, timeout(PATIENCE, attack)).await.unwrap(),
        4_002
    );
}

#[tokio::test]
async fn a_flood_of_pings_waits_for_its_answers_and_delays_nobody() {
    const PINGS: usize = 20_000;
    for server in [TestServer::with(quick), TestServer::encrypted(quick)] {
        let raw = Raw::introduced(&server).await;
        let (mut reads, mut writes) = tokio::io::split(raw.0);
        let attack = async {
            let flood = masked(FIN | PING, &[b'x'; 100]).repeat(PINGS);
            let sending = async { writes.write_all(&flood).await.unwrap() };
            let reading = async {
                let mut answers = vec![0; PINGS * 102];
                reads.read_exact(&mut answers).await.unwrap();
                assert!(
                    answers
                        .chunks(102)
                        .all(|pong| pong[..2] == [FIN | 0x0a, 100])
                );
            };
            tokio::join!(sending, reading);
        };
        timeout(PATIENCE, beside(&server, attack)).await.unwrap();
    }
}

#[tokio::test]
async fn compression_is_never_agreed_on() {
    let server = TestServer::start();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame";
    let head = Raw::connect(&server).await.ask(&[offer]).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(!head.to_ascii_lowercase().contains("extensions"), "{head}");
}

#[tokio::test]
async fn web_pages_come_in_only_where_they_are_allowed() {
    let server =
        TestServer::with(|config| config.origins = vec!["https://chat.example".to_owned()]);
    for (origin, status) in [
        (None, "101"),
        (Some("Origin: https://chat.example"), "101"),
        (Some("Origin: https://chat.example.evil.example"), "403"),
        (Some("Origin: http://chat.example"), "403"),
        (Some("Origin: null"), "403"),
        (Some("Origin: "), "403"),
    ] {
        let mut raw = Raw::connect(&server).await;
        let head = raw.ask(origin.as_slice()).await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{origin:?} {head}"
        );
        if status == "403" {
            let mut text = String::new();
            raw.0.read_to_string(&mut text).await.unwrap();
            assert!(text.contains("--allow-origin lets one in"), "{text}");
        }
    }
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_comes_so_often() {
    let server = TestServer::with(|config| {
        config.limit_loopback = true;
        config.limits.address_connections = 2;
        config.limits.new_connections = protocol::limits::Rate::new(5, 60);
    });
    let mut inside = vec![server.enter("anna").await, server.enter("ben").await];
    let head = Raw::connect(&server).await.ask(&[]).await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert!(head.contains("retry-after: 10\r\n"), "{head}");
    inside.pop().unwrap().goodbye().await;
    // A place is free again as soon as its connection has ended on the server's side too.
    let mut tries = 0;
    let head = loop {
        tries += 1;
        let head = Raw::connect(&server).await.ask(&[]).await;
        if !head.contains("retry-after: 10\r\n") {
            break head;
        }
    };
    assert!(tries <= 3, "no more than the address may");
    if tries < 3 {
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    }
    let mut told = 0;
    let head = loop {
        told += 1;
        let head = Raw::connect(&server).await.ask(&[]).await;
        if !head.starts_with("HTTP/1.1 101 ") && !head.contains("retry-after: 10\r\n") {
            break head;
        }
        assert!(told < 5, "{head}");
    };
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert_eq!(inside[0].settled().await, [json!(null); 0]);
}

#[tokio::test]
async fn who_holds_connections_without_a_hello_pushes_out_their_own() {
    let server = TestServer::with(|config| config.limits.not_introduced = 3);
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(Raw::greeted(&server).await);
    }
    // Who comes in pushes the oldest out, and makes room again with the hello.
    let mut anna: Client = server.enter_with_key("anna").await;
    anna.join("lobby").await;
    let mut ben = server.enter("ben").await;
    held.push(Raw::greeted(&server).await);
    held.push(Raw::greeted(&server).await);
    for raw in held.iter_mut().take(2) {
        let mut rest = Vec::new();
        let ended = timeout(PATIENCE, raw.0.read_to_end(&mut rest)).await;
        drop(ended.unwrap());
        assert_eq!(
            rest, b"",
            "no close code, which could be a reason to stay away"
        );
    }
    ben.join("lobby").await;
    assert_eq!(anna.say("lobby", 1, "x").await["type"], "ack");
    held[2]
        .send(&masked(FIN | TEXT, br#"{"type":"hello","version":1}"#))
        .await;
    assert!(held[2].frame().await.1.starts_with(br#"{"type":"welcome""#));
}

#[tokio::test]
async fn a_trusted_proxy_says_whose_connection_it_is() {
    let server = TestServer::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        config.limits.address_connections = 1;
    });
    let mut open = Vec::new();
    for (header, status) in [
        ("X-Forwarded-For: 192.0.2.7", "101"),
        ("X-Forwarded-For: 127.0.0.1, 192.0.2.7", "429"),
        ("X-Forwarded-For: 192.0.2.8", "101"),
        ("X-Forwarded-For: 192.0.2.8, nonsense", "400"),
        // Clients of this machine are exempt, here behind the proxy as without it.
        ("X-Forwarded-For: 127.0.0.1", "101"),
        ("X-Forwarded-For: 127.0.0.1", "101"),
        ("X-Other: x", "101"),
        ("X-Other: x", "101"),
    ] {
        let mut raw = Raw::connect(&server).await;
        let head = raw.ask(&[header]).await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{header} {head}"
        );
        open.push(raw);
    }
}

#[tokio::test]
async fn nobody_else_says_whose_connection_it_is() {
    let server = TestServer::with(|config| config.limits.address_connections = 1);
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut raw = Raw::connect(&server).await;
        let head = raw.ask(&["X-Forwarded-For: 192.0.2.7"]).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        open.push(raw);
    }
}

#[tokio::test]
async fn the_owner_is_told_once_of_a_proxy_that_hides_its_clients() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Process::start(directory.path()).await;
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    let told = server.says("--trusted-proxy").await;
    assert!(told.contains("WARN"), "{told}");
    server.signal(Signal::TERM);
    let (_, words) = server.last_words(PATIENCE).await;
    assert!(!words.contains("--trusted-proxy"), "{words}");
}
