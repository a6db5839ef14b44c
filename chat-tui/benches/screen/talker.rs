//! Somebody else in the room, who says what is measured: over a WebSocket or over IRC.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use protocol::codec::{decode_event, encode_request};
use protocol::event::Event;
use protocol::limits::VERSION;
use protocol::names::{MessageText, Nick};
use protocol::request::{Hello, Join, Request, Send, SendKind};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::texts::ROOM;

/// Speaks in the room of the benchmark.
pub(crate) enum Talker {
    Chat(Box<WebSocket<TcpStream>>),
    Irc(BufReader<TcpStream>),
}

impl Talker {
    /// Enters the room of `chat-server`, by a nick without a key.
    pub(crate) fn chat(address: SocketAddr, nick: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let (socket, _) = tungstenite::client(format!("ws://{address}/"), stream).unwrap();
        let mut talker = Self::Chat(Box::new(socket));
        talker.request(&Request::Hello(Hello {
            reference: None,
            version: VERSION,
            agent: None,
            nick: Some(Nick::new(nick).unwrap()),
            key: None,
            nonce: None,
            endpoint: None,
            proof: None,
            device: 0,
            guest: false,
        }));
        talker.await_event(|event| matches!(event, Event::Welcome(_)));
        talker.request(&Request::Join(Join {
            reference: None,
            room: ROOM.parse().unwrap(),
            after: None,
            last: Some(1),
        }));
        talker.await_event(|event| matches!(event, Event::Joined(_)));
        talker
    }

    /// Enters the room of an IRC server.
    pub(crate) fn irc(address: SocketAddr, nick: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut talker = Self::Irc(BufReader::new(stream));
        talker.line(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\n"));
        talker.await_line(" 001 ");
        talker.line(&format!("JOIN #{ROOM}\r\n"));
        talker.await_line(" 366 ");
        talker
    }

    /// Says these texts in as few writes as possible, and waits until the server has them all; the moment before the first write.
    pub(crate) fn say(&mut self, texts: &[String]) -> Instant {
        match self {
            Self::Chat(socket) => {
                for text in texts {
                    let request = Request::Send(Send {
                        reference: Some(1),
                        room: ROOM.parse().unwrap(),
                        seq: None,
                        kind: SendKind::Message,
                        text: MessageText::normalized(text).unwrap(),
                        reply_to: None,
                    });
                    socket
                        .write(Message::text(encode_request(&request)))
                        .unwrap();
                }
                let begun = Instant::now();
                socket.flush().unwrap();
                for _ in texts {
                    self.await_event(|event| {
                        assert!(!matches!(event, Event::Error(_)), "{event:?}");
                        matches!(event, Event::Ack(_))
                    });
                }
                begun
            }
            Self::Irc(_) => {
                let lines: Vec<String> = texts
                    .iter()
                    .map(|text| format!("PRIVMSG #{ROOM} :{text}\r\n"))
                    .collect();
                let begun = Instant::now();
                self.line(&format!("{}PING said\r\n", lines.concat()));
                self.await_line(" PONG ");
                begun
            }
        }
    }

    fn request(&mut self, request: &Request) {
        let Self::Chat(socket) = self else { return };
        socket.send(Message::text(encode_request(request))).unwrap();
    }

    fn await_event(&mut self, is_wanted: impl Fn(&Event) -> bool) {
        let Self::Chat(socket) = self else { return };
        loop {
            if let Message::Text(text) = socket.read().unwrap()
                && is_wanted(&decode_event(&text).unwrap())
            {
                return;
            }
        }
    }

    fn line(&mut self, line: &str) {
        let Self::Irc(stream) = self else { return };
        stream.get_mut().write_all(line.as_bytes()).unwrap();
    }

    fn await_line(&mut self, wanted: &str) {
        let Self::Irc(stream) = self else { return };
        loop {
            let mut line = String::new();
            assert!(stream.read_line(&mut line).unwrap() > 0, "no {wanted:?}");
            if line.contains(wanted) {
                return;
            }
            if let Some(token) = line.strip_prefix("PING ") {
                let pong = format!("PONG {token}");
                stream.get_mut().write_all(pong.as_bytes()).unwrap();
            }
        }
    }
}
