//! Whatever a server sends, as far as the screen: session, model, view and the terminal's bytes together. The fuzzer and the
//! property tests run the same code.
//!
//! What must hold: no panic; no control characters in what is drawn but our own; no message shown twice or out of order; nothing
//! typed is lost; what is kept stays within bounds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use arbitrary::{Arbitrary as _, Result, Unstructured};
use protocol::codec::decode_event;
use protocol::event::{Event, Greeting, Welcome};
use protocol::identity::{Endpoint, Identity, Nonce, Role, Transcript};
use protocol::limits::{Limits, VERSION};
use protocol::names::{MessageText, Nick};
use protocol::position::{Address, Position};
use protocol::request::{Hello, Join, Request, SendKind};
use serde_json::json;

use crate::key::{Code, Key};
use crate::model::lines::Lines;
use crate::model::notify::NOTIFICATION_BODY_BYTES_MAX;
use crate::model::{self, Model};
use crate::session::{
    BackOff, Command, Input, Link, LocalId, News, Now, Output, Record, Session, Settings,
};
use crate::shell::terminal::encode::Frame;
use crate::update::{Effect, Msg, deadline, update};

mod drawn;
mod frames;
mod kept;
mod said;

/// Runs the frames, keys and times that `bytes` stand for. Panics where something does not hold.
pub fn client(bytes: &[u8]) {
    let mut run = Run::new();
    run.connect();
    let ended = run.take(&mut Unstructured::new(bytes));
    // Bytes may end in the middle of a step; what came before has happened.
    assert!(!matches!(ended, Err(arbitrary::Error::IncorrectFormat)));
    run.draw();
}

/// The same where it is read line by line: lines are typed in place of keys, and what is said is no more than text.
pub fn lines(bytes: &[u8]) {
    let mut run = Run::new();
    run.model.lines = Some(Box::new(Lines::new(5)));
    run.connect();
    let ended = run.take(&mut Unstructured::new(bytes));
    assert!(!matches!(ended, Err(arbitrary::Error::IncorrectFormat)));
}

struct Run {
    session: Session,
    model: Model,
    now: Now,
    server: Identity,
    hello: Option<Hello>,
    /// Numbers of the last requests.
    refs: VecDeque<u64>,
    /// Joins of this connection that were not answered honestly.
    joins: Vec<Join>,
    rooms: Vec<Address>,
    /// The last message of each room that was told to the screen.
    told: BTreeMap<Address, u64>,
    typed: BTreeSet<LocalId>,
    frame: Option<Frame>,
    title: Vec<u8>,
}

impl Run {
    fn new() -> Self {
        let now = Now {
            elapsed: Duration::from_secs(100),
            unix_ms: 1_795_237_920_000,
        };
        let settings = Settings {
            identity: Some(Identity::from_secret(&[2; 32])),
            guest: false,
            device: 0,
            nick: Nick::new("me").ok(),
            known_server_key: None,
            agent: "test".to_owned(),
            back_off: BackOff::default(),
        };
        let screen = model::Settings {
            size: (72, 18),
            ..model::Settings::default()
        };
        Self {
            session: Session::new(settings, Vec::new(), 1, now),
            model: Model::new(screen, now),
            now,
            server: Identity::from_secret(&[1; 32]),
            hello: None,
            refs: VecDeque::new(),
            joins: Vec::new(),
            rooms: frames::rooms(),
            told: BTreeMap::new(),
            typed: BTreeSet::new(),
            frame: None,
            title: Vec::new(),
        }
    }

    /// Introduced, and on the way into two rooms.
    fn connect(&mut self) {
        self.session(Input::Command(Command::Connect));
        self.introduce();
        for room in self.rooms.iter().take(2).cloned().collect::<Vec<_>>() {
            self.session(Input::Command(Command::Join { room, last: 50 }));
        }
    }

    /// What an honest server says first, as far as the session is there.
    fn introduce(&mut self) {
        self.joins.clear();
        let endpoint = Endpoint::new("localhost", 7878).expect("an endpoint");
        let nonce = Nonce::from_bytes([8; 32]);
        self.session(Input::Opened {
            endpoint: endpoint.clone(),
            nonce,
        });
        let greeting = Greeting {
            version: VERSION,
            server: "test".to_owned(),
            key: self.server.public(),
            nonce: Nonce::from_bytes([9; 32]),
            time: 0,
            limits: Limits::default(),
        };
        let server_nonce = greeting.nonce;
        self.session(Input::Event(Event::Greeting(Box::new(greeting))));
        let Some(hello) = self.hello.take() else {
            return;
        };
        let transcript = Transcript {
            endpoint: &endpoint,
            server_nonce,
            client_nonce: nonce,
            server_key: self.server.public(),
            client_key: hello.key,
        };
        let proof = Some(self.server.prove(Role::Server, &transcript));
        self.session(Input::Event(Event::Welcome(Welcome {
            reference: hello.reference,
            person: frames::me(),
            nick: "me".to_owned(),
            owned: true,
            proof,
            former: None,
        })));
    }

    fn take(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        while !bytes.is_empty() {
            match u8::arbitrary(bytes)? % 16 {
                0..=8 => {
                    let frame = frames::lie(self, bytes)?;
                    self.receive(&frame);
                }
                9 => {
                    let length = usize::from(u8::arbitrary(bytes)?).min(bytes.len());
                    let frame = String::from_utf8_lossy(bytes.bytes(length)?).into_owned();
                    self.receive(&frame);
                }
                10 | 11 if self.model.lines.is_some() => self.line(bytes)?,
                10 | 11 => self.keys(bytes)?,
                12 => self.command(bytes)?,
                13 if self.model.lines.is_some() => {}
                13 => self.draw(),
                14 => self.wait(u64::from(u16::arbitrary(bytes)?)),
                _ => self.let_in(),
            }
            self.check_kept();
            // A lie that was seen through ended the connection; most of them are told on a new one.
            if *self.session.link() != Link::Online && u8::arbitrary(bytes)? > 15 {
                self.session(Input::Command(Command::Connect));
                self.introduce();
            }
        }
        Ok(())
    }

    /// Answers the first join as an honest server does that has nothing more.
    fn let_in(&mut self) {
        if self.joins.is_empty() {
            return;
        }
        let join = self.joins.remove(0);
        let head = join
            .after
            .map_or(Position::new(7, 0), |after| after.position);
        let start = if join.after.is_some() {
            "resumed"
        } else {
            "latest"
        };
        let (reference, room) = (join.reference, join.room);
        for frame in [
            json!({
                "type": "joined", "ref": reference, "room": room, "start": start, "head": head, "stable": head, "revision": 1,
                "count": 0, "next_seq": 1,
            }),
            json!({"type": "members", "ref": reference, "room": room, "revision": 1, "members": [], "done": true, "more": false}),
            json!({"type": "history", "ref": reference, "room": room, "messages": [], "done": true, "more": false}),
        ] {
            self.receive(&frame.to_string());
        }
    }

    fn receive(&mut self, frame: &str) {
        if frame.len() > protocol::limits::FRAME_BYTES_MAX {
            return;
        }
        match decode_event(frame) {
            Ok(event) => self.session(Input::Event(event)),
            Err(error) => self.session(Input::Lost {
                code: None,
                reason: format!("the server sent a broken frame: {error}"),
            }),
        }
    }

    fn keys(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let byte = u8::arbitrary(bytes)?;
        let key = |code| Key {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        };
        let code = match byte {
            0..=63 => Code::Enter,
            64..=79 => Code::Tab,
            80..=95 => Code::PageUp,
            96..=111 => Code::F(1 + byte % 2),
            112..=127 => Code::Esc,
            128..=143 => Code::End,
            144..=159 => {
                self.update(Msg::Resize {
                    columns: u16::from(u8::arbitrary(bytes)? % 140),
                    rows: u16::from(u8::arbitrary(bytes)? % 40),
                });
                return Ok(());
            }
            160..=175 => Code::Char(char::from(b'0' + byte % 10)),
            _ => Code::Char('한'),
        };
        let alt = matches!(code, Code::Char('0'..='9'));
        self.update(Msg::Key(Key { alt, ..key(code) }));
        Ok(())
    }

    fn command(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let room = bytes.choose(&self.rooms)?.clone();
        self.session(Input::Command(match u8::arbitrary(bytes)? % 9 {
            0 => Command::Rooms,
            1 => Command::Members { room },
            2 => Command::Connect,
            3 => Command::Leave { room },
            4 => Command::Whisper {
                nick: Nick::new("ann").expect("a nick"),
                text: None,
            },
            5 => Command::Older {
                before: Position::new(7, u64::from(u8::arbitrary(bytes)? % 16)),
                room,
            },
            6 => Command::Quote {
                position: Position::new(7, u64::from(u8::arbitrary(bytes)? % 16)),
                room,
            },
            7 => Command::Say {
                room,
                kind: SendKind::Message,
                text: MessageText::new("보낼 글".to_owned()).expect("a text"),
                reply_to: None,
            },
            _ => Command::Join {
                room,
                last: u16::from(u8::arbitrary(bytes)? % 4),
            },
        }));
        Ok(())
    }

    fn wait(&mut self, ms: u64) {
        self.now.elapsed += Duration::from_millis(ms);
        self.now.unix_ms += ms;
        self.session(Input::Tick);
        self.update(Msg::Tick);
        let due = self.session.deadline();
        assert!(
            due.is_none_or(|at| at > self.now.elapsed),
            "a deadline that never passes"
        );
        let due = deadline(&self.model, &self.session);
        assert!(
            due.is_none_or(|at| at > self.now.elapsed),
            "a deadline that never passes"
        );
    }

    fn session(&mut self, input: Input) {
        let mut out = Vec::new();
        self.session.handle(input, self.now, &mut out);
        for output in out {
            match output {
                Output::Transmit(Request::Hello(hello)) => self.hello = Some(hello),
                Output::Transmit(request) => {
                    if let Request::Join(join) = &request {
                        self.joins.push(join.clone());
                    }
                    self.refs.extend(request.reference());
                    self.refs.truncate(usize::MAX);
                    while self.refs.len() > 8 {
                        self.refs.pop_front();
                    }
                }
                Output::Save(Record::Queued(item)) => drop(self.typed.insert(item.local)),
                Output::Save(Record::Settled { local }) => drop(self.typed.remove(&local)),
                Output::News(news) => {
                    self.check_order(&news);
                    self.update(Msg::News(news));
                }
                Output::Save(Record::Seq { .. })
                | Output::Dial
                | Output::Hangup { .. }
                | Output::Remember(_) => {}
            }
        }
    }

    fn update(&mut self, msg: Msg) {
        let mut effects = update(&mut self.model, &self.session, msg, self.now);
        // The person stays, whatever keys come.
        effects.retain(|effect| *effect != Effect::Session(Command::Quit));
        for effect in effects {
            match effect {
                Effect::Session(command) => self.session(Input::Command(command)),
                Effect::Title(title) => {
                    self.title = format!("\u{1b}]2;{title}\u{1b}\\").into_bytes();
                }
                Effect::Notify(shown) => {
                    for text in [shown.title, shown.body] {
                        let harmless = text.as_str().chars().all(|c| !c.is_control());
                        assert!(
                            harmless && text.as_str().len() <= NOTIFICATION_BODY_BYTES_MAX,
                            "{text:?}"
                        );
                    }
                }
                Effect::Open(url) => assert!(
                    url.starts_with("http") && url.bytes().all(|byte| byte.is_ascii_graphic()),
                    "{url:?}"
                ),
                Effect::Say(line) => said::check(&line),
                Effect::Copy(_)
                | Effect::Mouse(_)
                | Effect::Probe { .. }
                | Effect::Enter { .. }
                | Effect::Host { .. }
                | Effect::Bell
                | Effect::SaveDraft { .. }
                | Effect::SaveRead { .. }
                | Effect::SaveNotify { .. }
                | Effect::SaveLast { .. }
                | Effect::LineRefused
                | Effect::Suspend
                | Effect::Edit { .. }
                | Effect::Quit => {}
            }
        }
    }

    /// Each position once and in rising order; a hole only where one is told.
    fn check_order(&mut self, news: &News) {
        if let News::Forked { room, .. } | News::Departed { room } = news {
            self.told.remove(room);
        } else if let News::Gap { room, to, .. } = news {
            self.told.insert(room.clone(), to.n);
        } else if let News::Message { message, .. } = news {
            let n = message.position.n;
            let last = self.told.insert(message.room.clone(), n);
            assert!(
                last.is_none_or(|last| n == last + 1),
                "{last:?} and then {n}"
            );
        }
    }
}

#[cfg(test)]
mod tests;
