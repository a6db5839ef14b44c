//! A look at a server without a name of one's own, for the first-run form: is it there, and which rooms has it?

use std::collections::VecDeque;

use protocol::event::RoomInfo;

use crate::config::AGENT;
use crate::model::words::{Words, fill};
use crate::session::{BackOff, Command, Input, Link, News, Now, Output, Session, Settings, Stop};
use crate::shell::connection::{Connection, ServerUrl, Trust};

/// One look; dropping it ends it.
#[derive(Debug)]
pub(super) struct Look {
    /// The address as it was typed.
    pub(super) server: String,
    words: &'static Words,
    session: Session,
    connection: Connection,
}

/// The rooms of a server, or why it cannot be used.
pub(super) type Found = Result<Vec<RoomInfo>, String>;

impl Look {
    /// Begins to look; an address that is none is an error at once.
    pub(super) fn begin(
        server: String,
        trust: Trust,
        words: &'static Words,
        now: Now,
    ) -> Result<Self, String> {
        let url: ServerUrl = server.parse().map_err(|error| words.no_url(&error))?;
        let settings = Settings {
            identity: None,
            guest: true,
            device: 0,
            nick: None,
            known_server_key: None,
            agent: AGENT.to_owned(),
            back_off: BackOff::default(),
        };
        let mut session = Session::new(settings, Vec::new(), 0, now);
        session.handle(Input::Command(Command::Connect), now, &mut Vec::new());
        let connection = Connection::dial(url, trust, words);
        Ok(Self {
            server,
            words,
            session,
            connection,
        })
    }

    /// The next input from the server. May be dropped before it is ready.
    pub(super) async fn next(&mut self) -> Input {
        self.connection.next().await
    }

    /// Takes an input in; gives the end of the look.
    pub(super) fn handle(&mut self, input: Input, now: Now) -> Option<Found> {
        if let Input::Lost { reason, .. } = input {
            return Some(Err(reason));
        }
        let mut outputs = VecDeque::new();
        self.feed(input, now, &mut outputs);
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Transmit(request) => self.connection.send(request),
                Output::News(News::Welcome { .. }) => {
                    self.feed(Input::Command(Command::Rooms), now, &mut outputs);
                }
                Output::News(News::Rooms(rooms)) => return Some(Ok(rooms)),
                Output::News(News::Refused { refusal, .. }) => {
                    return Some(Err(self.words.refusal(&refusal)));
                }
                // A look remembers nothing: the person has not decided to go there.
                Output::News(_)
                | Output::Dial
                | Output::Hangup { .. }
                | Output::Save(_)
                | Output::Remember(_) => {}
            }
        }
        match self.session.link() {
            Link::Refused(refusal) => Some(Err(self.words.refusal(refusal))),
            Link::Stopped(stop) => Some(Err(why(stop, self.words))),
            Link::Idle | Link::Connecting | Link::Online | Link::Waiting { .. } | Link::Ended => {
                None
            }
        }
    }

    fn feed(&mut self, input: Input, now: Now, outputs: &mut VecDeque<Output>) {
        let mut new = Vec::new();
        self.session.handle(input, now, &mut new);
        outputs.extend(new);
    }
}

fn why(stop: &Stop, words: &Words) -> String {
    match stop {
        Stop::Closed { reason, .. } => reason.clone(),
        Stop::KeyChanged { .. } | Stop::NoProof => words.look_no_proof.to_owned(),
        Stop::Version { server } => {
            let own = protocol::limits::VERSION.to_string();
            fill(words.look_version, &[&server.to_string(), &own])
        }
    }
}
