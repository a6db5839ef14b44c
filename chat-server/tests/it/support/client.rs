//! A client that sends literal JSON and waits for events.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use protocol::identity::{Endpoint, Identity, Nonce, Role, Transcript};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::PATIENCE;

/// The key that a name stands for.
pub(crate) fn identity(name: &str) -> Identity {
    let mut secret = [7; 32];
    for (to, from) in secret.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    Identity::from_secret(&secret)
}

/// What a client speaks over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Speaks TLS over a socket.
pub(crate) async fn encrypt(
    stream: TcpStream,
    trust: ClientConfig,
) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(trust))
        .connect(name, stream)
        .await
}

/// One connection.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<Box<dyn Stream>>,
    pub(crate) address: SocketAddr,
    pub(crate) greeting: Value,
    /// Events that came and were not asked for yet.
    events: VecDeque<Value>,
    next_ref: u64,
}

impl Client {
    /// Connects and reads the greeting.
    pub(crate) async fn dial(address: SocketAddr) -> Self {
        Self::dial_with(address, None, None).await
    }

    /// As `dial`, with another size of the system's receive buffer, and with TLS where something is believed.
    pub(crate) async fn dial_with(
        address: SocketAddr,
        receive_bytes: Option<u32>,
        trust: Option<ClientConfig>,
    ) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = receive_bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = socket.connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let stream: Box<dyn Stream> = match trust {
            None => Box::new(stream),
            Some(trust) => Box::new(encrypt(stream, trust).await.unwrap()),
        };
        let url = format!("ws://{address}/");
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let mut client = Self {
            socket,
            address,
            greeting: Value::Null,
            events: VecDeque::new(),
            next_ref: 0,
        };
        client.greeting = client.event("greeting").await;
        client
    }

    /// Connects and introduces itself with the key that `name` stands for.
    pub(crate) async fn enter_with_key(address: SocketAddr, name: &str) -> Self {
        let mut client = Self::dial(address).await;
        client.introduce_with_key(name).await;
        client
    }

    /// Introduces itself with the key that `name` stands for, and with that nick.
    pub(crate) async fn introduce_with_key(&mut self, name: &str) {
        let welcome = self.hello_with_key(&identity(name), name).await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
    }

    /// Introduces itself without a key.
    pub(crate) async fn hello(&mut self, nick: &str) -> Value {
        let hello = json!({"type": "hello", "version": 1, "nick": nick});
        let welcome = self.ask(hello).await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        welcome
    }

    /// Introduces itself with a key; gives the answer, whatever it is.
    pub(crate) async fn hello_with_key(&mut self, identity: &Identity, nick: &str) -> Value {
        let hello = self.signed_hello(identity, &format!("{}", self.address));
        let mut hello = hello;
        hello["nick"] = json!(nick);
        self.ask(hello).await
    }

    /// A hello whose proof is right for this connection, if `endpoint` is.
    pub(crate) fn signed_hello(&self, identity: &Identity, endpoint: &str) -> Value {
        let endpoint: Endpoint = endpoint.parse().unwrap();
        let nonce = Nonce::from_bytes([9; 32]);
        let transcript = Transcript {
            endpoint: &endpoint,
            server_nonce: serde_json::from_value(self.greeting["nonce"].clone()).unwrap(),
            client_nonce: nonce,
            server_key: serde_json::from_value(self.greeting["key"].clone()).unwrap(),
            client_key: Some(identity.public()),
        };
        json!({
            "type": "hello", "version": 1, "key": identity.public(), "nonce": nonce, "endpoint": endpoint,
            "proof": identity.prove(Role::Client, &transcript),
        })
    }

    /// Sends a request.
    pub(crate) async fn send(&mut self, request: Value) {
        let frame = Message::text(request.to_string());
        self.socket.send(frame).await.unwrap();
    }

    /// Sends a request, which fails where the connection has ended.
    pub(crate) async fn try_send(&mut self, request: Value) -> Result<(), Error> {
        self.socket.send(Message::text(request.to_string())).await
    }

    /// Sends a request with a number of its own, and gives the first event that answers it.
    pub(crate) async fn ask(&mut self, mut request: Value) -> Value {
        self.next_ref += 1;
        let reference = json!(self.next_ref);
        request["ref"] = reference.clone();
        self.send(request).await;
        self.until(|event| event["ref"] == reference).await
    }

    /// Enters a room; gives `joined` with the members and the messages that came with it.
    pub(crate) async fn join(&mut self, room: &str) -> Value {
        self.join_as(json!({"type": "join", "room": room})).await
    }

    /// As `join`, with a request of one's own.
    pub(crate) async fn join_as(&mut self, request: Value) -> Value {
        let room = request["room"].clone();
        let mut joined = self.ask(request).await;
        assert_eq!(joined["type"], "joined", "{joined}");
        for (list, kind) in [("members", "members"), ("messages", "history")] {
            let mut all = Vec::new();
            loop {
                let part = self
                    .until(|event| event["type"] == kind && event["room"] == room)
                    .await;
                all.extend(part[list].as_array().unwrap().iter().cloned());
                if part["done"] == true {
                    joined[format!("more_{list}")] = part["more"].clone();
                    break;
                }
            }
            joined[list] = all.into();
        }
        joined
    }

    /// Says something; gives the ack or error.
    pub(crate) async fn say(&mut self, room: &str, seq: u64, text: &str) -> Value {
        self.ask(json!({"type": "send", "room": room, "seq": seq, "text": text}))
            .await
    }

    /// As `say`, or nothing where the connection ends first.
    pub(crate) async fn try_say(&mut self, room: &str, seq: u64, text: &str) -> Option<Value> {
        let request = json!({"type": "send", "ref": 0, "room": room, "seq": seq, "text": text});
        self.try_send(request).await.ok()?;
        loop {
            let event = self.next().await.ok()?;
            if event["ref"] == 0 {
                return Some(event);
            }
        }
    }

    /// Every message of a room, page by page.
    pub(crate) async fn all_messages(&mut self, room: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all
                .last()
                .map_or_else(|| json!([0, 0]), |last| last["position"].clone());
            let mut part = self
                .ask(json!({"type": "history", "room": room, "after": after}))
                .await;
            loop {
                all.extend(part["messages"].as_array().unwrap().iter().cloned());
                if part["done"] == true {
                    break;
                }
                let reference = part["ref"].clone();
                part = self.until(|event| event["ref"] == reference).await;
            }
            if part["more"] != true {
                return all;
            }
        }
    }

    /// The next event of a type; others stay for later.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        self.until(|event| event["type"] == kind).await
    }

    /// The next presence change of a kind, with its nick.
    pub(crate) async fn presence(&mut self, what: &str, nick: &str) -> Value {
        let is_it = |change: &Value| change["what"] == what && change["nick"] == nick;
        self.until(|event| {
            event["type"] == "presence"
                && event["changes"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(is_it))
        })
        .await
    }

    /// The next event that `wanted` accepts; others stay for later.
    pub(crate) async fn until(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        if let Some(at) = self.events.iter().position(&mut wanted) {
            return self.events.remove(at).unwrap();
        }
        loop {
            match self.next().await {
                Ok(event) if wanted(&event) => return event,
                Ok(event) => self.events.push_back(event),
                Err(end) => panic!(
                    "the connection ended with {end:?}; came before: {:#?}",
                    self.events
                ),
            }
        }
    }

    /// The next event, or the end of the connection with its code.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            let came = timeout(PATIENCE, self.socket.next()).await;
            let Ok(came) = came else {
                panic!("nothing comes any more; came before: {:#?}", self.events);
            };
            match came {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(Error::Io(_) | Error::Protocol(_))) | None => return Err(None),
                Some(Err(error)) => panic!("{error}"),
            }
        }
    }

    /// Waits for the end, and gives the close code.
    pub(crate) async fn end(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Ok(event) => self.events.push_back(event),
                Err(code) => return code,
            }
        }
    }

    /// Every event so far that was not asked for, up to and with the answer to a request that changes nothing.
    pub(crate) async fn settled(&mut self) -> Vec<Value> {
        let answer = self.ask(json!({"type": "rooms"})).await;
        assert_eq!(answer["type"], "rooms", "{answer}");
        self.events.drain(..).collect()
    }

    /// Says goodbye.
    pub(crate) async fn goodbye(mut self) {
        let frame = CloseFrame {
            code: 1000.into(),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).await.unwrap();
        assert_eq!(self.end().await, Some(1000));
    }
}
