//! A session with a clock and a server's key in the test's hand.

use std::time::Duration;

use protocol::event::{Event, Greeting, History, Joined, Members, Message, Start, Welcome};
use protocol::identity::{Endpoint, Identity, Nonce, Proof, Role, Transcript};
use protocol::limits::{Limits, VERSION};
use protocol::names::{MessageText, Nick, RoomName};
use protocol::position::{Address, MessageId, PersonId, Position};
use protocol::request::{Hello, Ref, Request, SendKind};

use crate::session::{
    BackOff, Command, Input, News, Now, Output, Pending, Record, Session, Settings,
};

pub(super) fn server_identity() -> Identity {
    Identity::from_secret(&[1; 32])
}

pub(super) fn own_identity() -> Identity {
    Identity::from_secret(&[2; 32])
}

pub(super) fn me() -> PersonId {
    own_identity().person()
}

pub(super) fn other() -> PersonId {
    Identity::from_secret(&[3; 32]).person()
}

pub(super) fn room(name: &str) -> Address {
    Address::Room(RoomName::new(name).unwrap())
}

pub(super) fn nick(text: &str) -> Nick {
    Nick::new(text).unwrap()
}

pub(super) fn at(n: u64) -> Position {
    Position::new(7, n)
}

pub(super) fn say(name: &str, text: &str) -> Command {
    Command::Say {
        room: room(name),
        kind: SendKind::Message,
        text: MessageText::new(text.to_owned()).unwrap(),
        reply_to: None,
    }
}

pub(super) fn message(address: &Address, n: u64, id: MessageId, text: &str) -> Message {
    Message {
        room: address.clone(),
        position: at(n),
        id,
        nick: "지은".to_owned(),
        time: 0,
        kind: protocol::event::Kind::Message,
        text: text.to_owned(),
        reply_to: None,
    }
}

/// A message of the other person.
pub(super) fn theirs(name: &str, n: u64) -> Message {
    message(&room(name), n, id(other(), n), &format!("message {n}"))
}

pub(super) fn id(person: PersonId, seq: u64) -> MessageId {
    MessageId {
        person,
        device: 0,
        seq,
    }
}

pub(super) fn settings() -> Settings {
    Settings {
        identity: Some(own_identity()),
        guest: false,
        device: 0,
        nick: Some(nick("me")),
        known_server_key: None,
        agent: "test".to_owned(),
        back_off: BackOff::default(),
    }
}

pub(super) fn endpoint() -> Endpoint {
    Endpoint::new("localhost", 7878).unwrap()
}

pub(super) fn greeting() -> Greeting {
    Greeting {
        version: VERSION,
        server: "test".to_owned(),
        key: server_identity().public(),
        nonce: Nonce::from_bytes([9; 32]),
        time: 0,
        limits: Limits::default(),
    }
}

/// The server's proof for a hello, made as a server makes it.
pub(super) fn server_proof(hello: &Hello) -> Proof {
    let endpoint = hello.endpoint.clone().unwrap();
    let transcript = Transcript {
        endpoint: &endpoint,
        server_nonce: greeting().nonce,
        client_nonce: hello.nonce.unwrap(),
        server_key: greeting().key,
        client_key: hello.key,
    };
    if let (Some(key), Some(proof)) = (hello.key, hello.proof) {
        assert!(
            transcript.verify(Role::Client, &key, &proof),
            "our own proof"
        );
    }
    server_identity().prove(Role::Server, &transcript)
}

/// A session, and what it gave out at the last input.
pub(super) struct Probe {
    pub(super) session: Session,
    pub(super) now: Duration,
    pub(super) out: Vec<Output>,
}

impl Probe {
    pub(super) fn new(settings: Settings) -> Self {
        Self::restored(settings, Vec::new())
    }

    pub(super) fn restored(settings: Settings, pending: Vec<Pending>) -> Self {
        let now = Duration::from_secs(100);
        Self {
            session: Session::new(settings, pending, 1, clock(now)),
            now,
            out: Vec::new(),
        }
    }

    /// Introduced, as `me`.
    pub(super) fn online() -> Self {
        let mut probe = Self::new(settings());
        probe.connect();
        probe
    }

    /// Introduced and in a room whose last message is `head`, all of them taken in.
    pub(super) fn in_room(name: &str, head: u64) -> Self {
        let mut probe = Self::online();
        probe.command(Command::Join {
            room: room(name),
            last: 50,
        });
        let messages = (1..=head).map(|n| theirs(name, n)).collect();
        probe.enter(name, Start::Latest, head, 1, messages);
        probe
    }

    pub(super) fn connect(&mut self) {
        self.command(Command::Connect);
        self.dialled();
    }

    /// What follows a dial, up to the welcome.
    pub(super) fn dialled(&mut self) {
        assert!(
            self.out.iter().any(|o| matches!(o, Output::Dial)),
            "{:?}",
            self.out
        );
        self.input(Input::Opened {
            endpoint: endpoint(),
            nonce: Nonce::from_bytes([8; 32]),
        });
        self.event(Event::Greeting(Box::new(greeting())));
        let hello = self.hello();
        self.welcome(&hello);
    }

    pub(super) fn welcome(&mut self, hello: &Hello) {
        self.event(Event::Welcome(Welcome {
            former: None,
            reference: hello.reference,
            person: me(),
            nick: hello.nick.as_ref().unwrap().to_string(),
            owned: true,
            proof: Some(server_proof(hello)),
        }));
    }

    /// Answers the join that the last output holds.
    pub(super) fn enter(
        &mut self,
        name: &str,
        start: Start,
        head: u64,
        next_seq: u64,
        messages: Vec<Message>,
    ) {
        let reference = Some(self.join_reference());
        let address = room(name);
        self.event(Event::Joined(joined(
            reference, &address, start, head, next_seq,
        )));
        let mut out = std::mem::take(&mut self.out);
        self.event(Event::Members(Members {
            reference,
            room: address.clone(),
            revision: 1,
            members: Vec::new(),
            done: true,
            more: false,
        }));
        out.append(&mut self.out);
        self.event(Event::History(History {
            reference,
            room: address,
            messages,
            done: true,
            more: false,
        }));
        out.append(&mut self.out);
        self.out = out;
    }

    pub(super) fn input(&mut self, input: Input) {
        self.out.clear();
        self.session.handle(input, clock(self.now), &mut self.out);
    }

    pub(super) fn event(&mut self, event: Event) {
        self.input(Input::Event(event));
    }

    pub(super) fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    pub(super) fn lose(&mut self, code: Option<u16>) {
        let reason = "cut".to_owned();
        self.input(Input::Lost { code, reason });
    }

    /// Goes on to the session's deadline.
    pub(super) fn wait(&mut self) -> Duration {
        let deadline = self.session.deadline().expect("a deadline");
        let waited = deadline.saturating_sub(self.now);
        self.now = deadline;
        self.input(Input::Tick);
        waited
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        let request = |output: &Output| match output {
            Output::Transmit(request) => Some(request.clone()),
            _ => None,
        };
        self.out.iter().filter_map(request).collect()
    }

    pub(super) fn news(&self) -> Vec<News> {
        let news = |output: &Output| match output {
            Output::News(news) => Some(news.clone()),
            _ => None,
        };
        self.out.iter().filter_map(news).collect()
    }

    pub(super) fn saved(&self) -> Vec<Record> {
        let record = |output: &Output| match output {
            Output::Save(record) => Some(record.clone()),
            _ => None,
        };
        self.out.iter().filter_map(record).collect()
    }

    pub(super) fn hung_up(&self) -> bool {
        self.out.iter().any(|o| matches!(o, Output::Hangup { .. }))
    }

    pub(super) fn hello(&self) -> Hello {
        let hello = self.requests().into_iter().find_map(|r| match r {
            Request::Hello(hello) => Some(hello),
            _ => None,
        });
        hello.expect("a hello")
    }

    pub(super) fn join_reference(&self) -> Ref {
        let join = self.requests().into_iter().find_map(|r| match r {
            Request::Join(join) => join.reference,
            _ => None,
        });
        join.expect("a join")
    }

    /// `ref`, seq and text of the sends in the last output.
    pub(super) fn sends(&self) -> Vec<(Ref, u64, String)> {
        let send = |r: Request| match r {
            Request::Send(send) => Some((
                send.reference.unwrap(),
                send.seq.unwrap(),
                send.text.as_str().to_owned(),
            )),
            _ => None,
        };
        self.requests().into_iter().filter_map(send).collect()
    }
}

pub(super) fn clock(elapsed: Duration) -> Now {
    Now {
        elapsed,
        unix_ms: 1_763_700_000_000 + u64::try_from(elapsed.as_millis()).unwrap(),
    }
}

pub(super) fn joined(
    reference: Option<Ref>,
    address: &Address,
    start: Start,
    head: u64,
    next_seq: u64,
) -> Joined {
    Joined {
        kept: None,
        reference,
        room: address.clone(),
        start,
        head: at(head),
        stable: at(head),
        topic: None,
        welcome: Some("welcome".to_owned()),
        revision: 1,
        count: 0,
        next_seq,
    }
}
