//! The screen with the real session behind it and a scripted server behind that.

use std::collections::VecDeque;
use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::form::Form;
use chat_tui::model::words::Language;
use chat_tui::model::{Colours, Model, Settings};
use chat_tui::session::{self, BackOff, Command, Input, Link, News, Now, Output, Session};
use chat_tui::update::{Effect, Msg, begin, update};
use chat_tui::view::view;
use protocol::event::{
    Ack, Event, Greeting, History, Joined, Kind, Members, Message, Start, Welcome,
};
use protocol::identity::{Endpoint, Identity, Nonce, Role, Transcript};
use protocol::limits::{Limits, VERSION};
use protocol::names::Nick;
use protocol::position::{MessageId, PersonId, Position};
use protocol::request::{Hello, Request, Send};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::support::{NOW_MS, member};

/// The loop that the program has, without anything that waits.
struct Whole {
    model: Model,
    session: Session,
    now: Now,
    /// Messages of the one room that the server has.
    stored: Vec<Message>,
    /// Whether the server answers.
    is_up: bool,
    saved: Vec<Effect>,
}

fn identity() -> Identity {
    Identity::from_secret(&[2; 32])
}

impl Whole {
    fn start() -> Self {
        let now = Now {
            elapsed: Duration::from_secs(1),
            unix_ms: NOW_MS,
        };
        let settings = Settings {
            size: (60, 16),
            language: Language::English,
            colours: Colours::None,
            ..Settings::default()
        };
        let session = Session::new(
            session::Settings {
                identity: Some(identity()),
                guest: false,
                device: 0,
                nick: Some(Nick::new("ann").unwrap()),
                known_server_key: None,
                agent: "test".to_owned(),
                back_off: BackOff::default(),
            },
            Vec::new(),
            1,
            now,
        );
        let mut whole = Self {
            model: Model::new(settings, now),
            session,
            now,
            stored: Vec::new(),
            is_up: true,
            saved: Vec::new(),
        };
        let form = Form::new(
            ("ws://localhost:7878", true),
            ("lobby", true),
            ("ann", true),
        );
        let effects = begin(&mut whole.model, &whole.session, form, whole.now);
        whole.perform(effects);
        whole.input(Input::Command(Command::Connect));
        whole
    }

    fn msg(&mut self, msg: Msg) {
        let effects = update(&mut self.model, &self.session, msg, self.now);
        self.perform(effects);
    }

    fn types(&mut self, text: &str) {
        for c in text.chars() {
            let code = if c == '\n' {
                Code::Enter
            } else {
                Code::Char(c)
            };
            self.msg(Msg::Key(Key::plain(code)));
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Session(command) = effect {
                self.input(Input::Command(command));
            } else {
                self.saved.push(effect);
            }
        }
    }

    /// Runs the session and the server until nothing is under way.
    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        let mut news: Vec<News> = Vec::new();
        while let Some(input) = inputs.pop_front() {
            let mut out = Vec::new();
            self.session.handle(input, self.now, &mut out);
            for output in out {
                match output {
                    Output::Dial if self.is_up => {
                        let endpoint = Endpoint::new("localhost", 7878).unwrap();
                        let nonce = Nonce::from_bytes([8; 32]);
                        inputs.push_back(Input::Opened { endpoint, nonce });
                        inputs.push_back(Input::Event(Event::Greeting(Box::new(greeting()))));
                    }
                    Output::Dial => inputs.push_back(lost()),
                    Output::Transmit(request) => {
                        inputs.extend(self.answer(request).into_iter().map(Input::Event));
                    }
                    Output::News(told) => news.push(told),
                    Output::Hangup { .. } | Output::Save(_) | Output::Remember(_) => {}
                }
            }
        }
        for told in news {
            self.msg(Msg::News(told));
        }
    }

    fn answer(&mut self, request: Request) -> Vec<Event> {
        let head = Position::new(7, self.stored.len() as u64);
        match request {
            Request::Hello(hello) => vec![Event::Welcome(welcome(&hello))],
            Request::Join(join) => {
                let after = join.after.map_or(0, |anchor| anchor.position.n);
                let messages = self.stored.iter().filter(|m| m.position.n > after);
                vec![
                    Event::Joined(Joined {
                        kept: None,
                        reference: join.reference,
                        room: join.room.clone(),
                        start: if after == 0 {
                            Start::Latest
                        } else {
                            Start::Resumed
                        },
                        head,
                        stable: Position::new(7, 0),
                        topic: None,
                        welcome: Some("welcome here".to_owned()),
                        revision: 1,
                        count: 2,
                        next_seq: 1 + self.own(),
                    }),
                    Event::Members(Members {
                        reference: join.reference,
                        room: join.room.clone(),
                        revision: 1,
                        members: vec![member(9, "bob"), {
                            let mut me = member(1, "ann");
                            me.person = identity().person();
                            me
                        }],
                        done: true,
                        more: false,
                    }),
                    Event::History(History {
                        reference: join.reference,
                        room: join.room,
                        messages: messages.cloned().collect(),
                        done: true,
                        more: false,
                    }),
                ]
            }
            Request::Send(send) => self.store(&send),
            Request::Leave(_)
            | Request::Topic(_)
            | Request::Nick(_)
            | Request::Open(_)
            | Request::Rooms(_)
            | Request::Members(_)
            | Request::History(_)
            | Request::Conversations(_)
            | Request::Search(_) => Vec::new(),
        }
    }

    fn own(&self) -> u64 {
        let me = identity().person();
        self.stored.iter().filter(|m| m.id.person == me).count() as u64
    }

    fn store(&mut self, send: &Send) -> Vec<Event> {
        let id = MessageId {
            person: identity().person(),
            device: 0,
            seq: send.seq.unwrap(),
        };
        let message = self.said(id, "ann", send.text.as_str());
        vec![
            Event::Ack(Ack {
                reference: send.reference,
                room: send.room.clone(),
                id,
                position: message.position,
                time: message.time,
                stable: Position::new(7, 0),
            }),
            Event::Message(message),
        ]
    }

    /// Stores a message that somebody says.
    fn said(&mut self, id: MessageId, nick: &str, text: &str) -> Message {
        let message = Message {
            room: "lobby".parse().unwrap(),
            position: Position::new(7, self.stored.len() as u64 + 1),
            id,
            nick: nick.to_owned(),
            time: NOW_MS,
            kind: Kind::Message,
            text: text.to_owned(),
            reply_to: None,
        };
        self.stored.push(message.clone());
        message
    }

    fn bob(&mut self, text: &str) -> Message {
        let id = MessageId {
            person: PersonId::from_bytes([9; 16]),
            device: 0,
            seq: self.stored.len() as u64 + 1,
        };
        self.said(id, "bob", text)
    }

    fn screen(&self) -> String {
        let (width, height) = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        view(&self.model, &self.session, &mut buffer);
        let rows = buffer.content().chunks(usize::from(width)).map(|row| {
            let row: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            format!("{}\n", row.trim_end())
        });
        rows.collect()
    }
}

fn lost() -> Input {
    Input::Lost {
        code: None,
        reason: "connection refused".to_owned(),
    }
}

fn greeting() -> Greeting {
    Greeting {
        version: VERSION,
        server: "test".to_owned(),
        key: Identity::from_secret(&[1; 32]).public(),
        nonce: Nonce::from_bytes([9; 32]),
        time: NOW_MS,
        limits: Limits::default(),
    }
}

fn welcome(hello: &Hello) -> Welcome {
    let endpoint = hello.endpoint.clone().unwrap();
    let transcript = Transcript {
        endpoint: &endpoint,
        server_nonce: greeting().nonce,
        client_nonce: hello.nonce.unwrap(),
        server_key: greeting().key,
        client_key: hello.key,
    };
    Welcome {
        former: None,
        reference: hello.reference,
        person: identity().person(),
        nick: "ann".to_owned(),
        owned: true,
        proof: Some(Identity::from_secret(&[1; 32]).prove(Role::Server, &transcript)),
    }
}

#[test]
fn t24_talk_an_outage_and_what_was_missed() {
    let mut whole = Whole::start();
    whole.msg(Msg::Focus(true));
    assert!(whole.model.form.is_none());
    let hello = whole.bob("hello");
    whole.input(Input::Event(Event::Message(hello)));
    whole.types("hi bob\n");
    let screen = whole.screen();
    assert!(screen.contains("welcome here"), "{screen}");
    assert_eq!(screen.matches("hi bob").count(), 1, "{screen}");
    assert!(!screen.contains('⋯'), "{screen}");

    whole.is_up = false;
    whole.input(lost());
    whole.types("anybody?\n");
    let screen = whole.screen();
    assert!(screen.contains("anybody?  ⋯ waiting"), "{screen}");
    assert!(
        screen.contains("! not connected (connection refused)"),
        "{screen}"
    );
    assert!(screen.contains("1 waiting to be sent"), "{screen}");
    assert!(matches!(whole.session.link(), Link::Waiting { .. }));

    whole.bob("are you there");
    whole.is_up = true;
    whole.msg(Msg::Key(Key::ctrl('r')));
    let screen = whole.screen();
    let log: Vec<&str> = screen
        .lines()
        .filter(|line| line.starts_with("  "))
        .map(str::trim)
        .collect();
    assert!(
        log.ends_with(&["hello", "hi bob", "are you there", "anybody?"]),
        "{screen}"
    );
    assert!(screen.contains("connected"), "{screen}");
}
