//! One connection to `chat-server`, over its wire.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::codec::{decode_event, encode_request};
use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Event, Joined, Message, Start as WireStart};
use protocol::names::MessageText;
use protocol::position::Anchor;
use protocol::request::{Join, Members as AskMembers, Ref, Request, Send, SendKind};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::introduction::{hello, named};
use super::lists::List;
use super::{Memory, position, room_address, room_of, seen};
use crate::log::{Content, Members, Room, Start};
use crate::subject::{Heard, Link, Lost, Named, Say, Who};

/// Messages of the past that a first join asks for.
const FIRST_MESSAGES: u16 = 200;

/// One connection.
pub(crate) struct ChatLink {
    pub(super) socket: WebSocketStream<TcpStream>,
    named: Named,
    asked: BTreeMap<Ref, Asked>,
    next_ref: Ref,
    lists: BTreeMap<Room, List>,
}

#[derive(Clone, Copy, Debug)]
enum Asked {
    Say(Room, Content),
    Join(Room),
    Members,
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Gone(error.to_string())
    }
}

impl ChatLink {
    /// Connects, introduces the client and asks for its rooms.
    pub(super) async fn dial(
        who: &Who,
        address: SocketAddr,
        memory: &mut Memory,
    ) -> Result<Self, Lost> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{address}/");
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await?;
        let greeting = loop {
            if let Event::Greeting(greeting) = next_event(&mut socket).await? {
                break greeting;
            }
        };
        let key = *memory.server_key.get_or_insert(greeting.key);
        if key != greeting.key {
            return Err(Lost::Gone("the server has another key".to_owned()));
        }
        let hello = Request::Hello(hello(who, address, &greeting));
        socket.send(Frame::text(encode_request(&hello))).await?;
        let welcome = loop {
            let event = next_event(&mut socket).await?;
            if let Event::Error(refusal) = event {
                let is_taken = refusal.code == ErrorCode::NickTaken;
                return Err(if is_taken {
                    Lost::NickTaken
                } else {
                    Lost::Gone(refusal.message)
                });
            } else if let Event::Welcome(welcome) = event {
                break welcome;
            }
        };
        let mut link = Self {
            socket,
            named: named(&welcome),
            asked: BTreeMap::new(),
            next_ref: 1,
            lists: BTreeMap::new(),
        };
        for room in &who.rooms {
            let after = memory.anchors.get(room).copied();
            let join = Request::Join(Join {
                reference: Some(link.ask(Asked::Join(*room))),
                room: room_address(*room),
                after,
                last: after.is_none().then_some(FIRST_MESSAGES),
            });
            link.put(&join)?;
        }
        link.socket.flush().await?;
        Ok(link)
    }

    fn ask(&mut self, asked: Asked) -> Ref {
        self.next_ref += 1;
        self.asked.insert(self.next_ref, asked);
        self.next_ref
    }

    /// Adds a request to what is to be written; the next look at the socket writes it.
    pub(super) fn put(&mut self, request: &Request) -> Result<(), Lost> {
        let frame = Frame::text(encode_request(request));
        Ok(self.socket.start_send_unpin(frame)?)
    }

    fn take(&mut self, event: Event, memory: &mut Memory) -> Result<Vec<Heard>, Lost> {
        Ok(match event {
            Event::Joined(joined) => self.joined(&joined, memory),
            Event::Members(part) => {
                if let Some(room) = room_of(&part.room) {
                    if part.done
                        && let Some(Asked::Members) =
                            part.reference.and_then(|r| self.asked.get(&r))
                    {
                        self.asked.remove(&part.reference.unwrap_or_default());
                    }
                    self.lists.entry(room).or_default().part(part);
                }
                Vec::new()
            }
            Event::Presence(changes) => {
                if let Some(room) = room_of(&changes.room)
                    && !self.lists.entry(room).or_default().change(changes)
                {
                    self.refresh(room)?;
                }
                Vec::new()
            }
            Event::History(part) => {
                let mut heard: Vec<Heard> = Vec::new();
                heard.extend(part.messages.iter().map(|m| hear(m, memory)));
                let asked = part.reference.filter(|_| part.done);
                if let Some(Asked::Join(room)) = asked.and_then(|r| self.asked.remove(&r)) {
                    heard.push(Heard::CaughtUp { room });
                }
                heard
            }
            Event::Message(message) => vec![hear(&message, memory)],
            Event::Gap(gap) => room_of(&gap.room)
                .map(|room| Heard::Gap {
                    room,
                    from: position(gap.from),
                    to: position(gap.to),
                })
                .into_iter()
                .collect(),
            Event::Ack(ack) => match ack.reference.and_then(|r| self.asked.remove(&r)) {
                Some(Asked::Say(room, content)) => {
                    memory.seqs.remove(&(room, content));
                    // A retry of something that is trimmed would have no position.
                    let at = (ack.position.n > 0).then(|| position(ack.position));
                    vec![Heard::Acked { content, at }]
                }
                other => vec![Heard::Broken(format!("an ack answers {other:?}"))],
            },
            Event::Error(refusal) => self.refused(&refusal, memory)?,
            Event::Greeting(_)
            | Event::Welcome(_)
            | Event::Done(_)
            | Event::Nick(_)
            | Event::Opened(_)
            | Event::Conversation(_)
            | Event::Conversations(_)
            | Event::Rooms(_)
            | Event::Found(_)
            | Event::Heartbeat(_)
            | Event::Unknown => Vec::new(),
        })
    }

    fn joined(&mut self, joined: &Joined, memory: &mut Memory) -> Vec<Heard> {
        let Some(room) = room_of(&joined.room) else {
            return Vec::new();
        };
        self.lists.entry(room).or_default().begin();
        let mut heard = Vec::new();
        let anchored = memory.anchors.contains_key(&room);
        let start = match joined.start {
            WireStart::Latest => Start::Latest,
            WireStart::Resumed => Start::Resumed,
            WireStart::Forked => Start::Forked,
        };
        if anchored == (start == Start::Latest) {
            heard.push(Heard::Broken(format!(
                "a join of room {room} was answered with {start:?}"
            )));
        }
        if start != Start::Resumed {
            memory.anchors.remove(&room);
            if joined.head.n == 0 {
                let anchor = Anchor {
                    position: joined.head,
                    id: None,
                };
                memory.anchors.insert(room, anchor);
            }
        }
        renumber(room, joined.next_seq, memory);
        heard.push(Heard::Entered {
            room,
            start,
            head: (joined.head.n == 0).then(|| position(joined.head)),
        });
        heard
    }

    fn refresh(&mut self, room: Room) -> Result<(), Lost> {
        self.lists.entry(room).or_default().begin();
        let request = Request::Members(AskMembers {
            reference: Some(self.ask(Asked::Members)),
            room: room_address(room),
            after: None,
        });
        self.put(&request)
    }

    fn refused(&mut self, refusal: &Refusal, memory: &mut Memory) -> Result<Vec<Heard>, Lost> {
        let asked = refusal.reference.and_then(|r| self.asked.remove(&r));
        let again = matches!(
            refusal.code,
            ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::OutOfOrder
        );
        match asked {
            // Neither refused nor stored: what was lost with a connection is settled in the same way.
            Some(Asked::Say(..)) if refusal.code == ErrorCode::OutcomeUnknown => {
                Err(Lost::Gone(refusal.message.clone()))
            }
            Some(Asked::Say(room, content)) => {
                let mut heard = Vec::new();
                // Behind a refused one; that one may have been given up.
                if refusal.code == ErrorCode::BadText {
                    memory.seqs.remove(&(room, content));
                } else if !again {
                    let sentence = format!("{content} was refused: {:?}", refusal.code);
                    heard.push(Heard::Broken(sentence));
                }
                heard.push(Heard::Refused { content, again });
                Ok(heard)
            }
            // The store cannot say what is in the room: the next connection asks again.
            Some(Asked::Join(_) | Asked::Members) if again => {
                Err(Lost::Gone(refusal.message.clone()))
            }
            other => Ok(vec![Heard::Broken(format!(
                "{other:?} was refused: {refusal:?}"
            ))]),
        }
    }
}

impl Link for ChatLink {
    type Memory = Memory;

    fn named(&self) -> Named {
        self.named.clone()
    }

    async fn say(&mut self, memory: &mut Memory, say: &Say) -> Result<(), Lost> {
        let next = memory.next.entry(say.room).or_insert(1);
        let key = (say.room, say.content);
        // A text that the server refuses takes no seq.
        let Ok(text) = MessageText::new(say.text.clone()) else {
            let request = format!(
                r#"{{"type":"send","ref":{},"room":"{}","seq":{next},"text":"{}"}}"#,
                self.next_ref + 1,
                room_address(say.room),
                say.text
            );
            self.ask(Asked::Say(say.room, say.content));
            return Ok(self.socket.send(Frame::text(request)).await?);
        };
        let seq = *memory.seqs.entry(key).or_insert_with(|| {
            *next += 1;
            *next - 1
        });
        let request = Request::Send(Send {
            reference: Some(self.ask(Asked::Say(say.room, say.content))),
            room: room_address(say.room),
            seq: Some(seq),
            kind: SendKind::Message,
            text,
            reply_to: None,
        });
        self.put(&request)?;
        Ok(self.socket.flush().await?)
    }

    fn forget(&mut self, memory: &mut Memory, say: &Say) {
        let Some(free) = memory.seqs.remove(&(say.room, say.content)) else {
            return;
        };
        memory
            .seqs
            .retain(|(room, _), seq| *room != say.room || *seq < free);
        memory.next.insert(say.room, free);
    }

    async fn next(&mut self, memory: &mut Memory) -> Result<Vec<Heard>, Lost> {
        self.socket.flush().await?;
        match self.socket.next().await {
            Some(Ok(Frame::Text(text))) => match decode_event(&text) {
                Ok(event) => self.take(event, memory),
                Err(error) => Ok(vec![Heard::Broken(error.message)]),
            },
            Some(Ok(Frame::Close(frame))) => Err(closed(frame.as_ref())),
            Some(Ok(_)) => Ok(Vec::new()),
            Some(Err(error)) => Err(error.into()),
            None => Err(Lost::Gone("the connection ended".to_owned())),
        }
    }

    fn members(&self, room: Room) -> Option<Members> {
        self.lists.get(&room)?.shown()
    }

    async fn goodbye(mut self) {
        let frame = CloseFrame {
            code: 1000.into(),
            reason: "".into(),
        };
        if self.socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = self.socket.next().await {}
        }
    }
}

/// Lets the seqs of what has no answer be those that the server can have or expects.
fn renumber(room: Room, due: u64, memory: &mut Memory) {
    let next = memory.next.entry(room).or_insert(1);
    let open = memory.seqs.keys().filter(|(other, _)| *other == room);
    let open: Vec<(Room, Content)> = open.copied().collect();
    let first = open.iter().map(|key| memory.seqs[key]).min();
    if due > *next || first.is_some_and(|first| due < first) || (first.is_none() && due < *next) {
        // What the server has is not what was said. The oracle sees by the history what that means; the client goes on.
        for key in open {
            memory.seqs.remove(&key);
        }
        *next = due;
    }
}

fn hear(message: &Message, memory: &mut Memory) -> Heard {
    let Some(room) = room_of(&message.room) else {
        return Heard::Broken(format!("a message of {}", message.room));
    };
    let anchor = Anchor {
        position: message.position,
        id: Some(message.id),
    };
    memory.anchors.insert(room, anchor);
    Heard::Message {
        room,
        seen: seen(message),
    }
}

fn closed(frame: Option<&CloseFrame>) -> Lost {
    Lost::Gone(frame.map_or_else(
        || "closed".to_owned(),
        |frame| format!("closed with {}", u16::from(frame.code)),
    ))
}

pub(super) async fn next_event(socket: &mut WebSocketStream<TcpStream>) -> Result<Event, Lost> {
    loop {
        match socket.next().await {
            Some(Ok(Frame::Text(text))) => {
                return decode_event(&text).map_err(|error| Lost::Gone(error.message));
            }
            Some(Ok(Frame::Close(frame))) => return Err(closed(frame.as_ref())),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err(Lost::Gone("the connection ended".to_owned())),
        }
    }
}
