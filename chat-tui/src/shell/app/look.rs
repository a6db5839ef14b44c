//! A look at a server without a name of one's own, for the first-run form: is it there, and which rooms has it?

use std::collections::VecDeque;

use protocol::event::RoomInfo;

use crate::config::AGENT;
use crate::session::{BackOff, Command, Input, Link, News, Now, Output, Session, Settings, Stop};
use crate::shell::connection::{Connection, ServerUrl, Trust};

/// One look; dropping it ends it.
#[derive(Debug)]
pub(super) struct Look {
    /// The address as it was typed.
    pub(super) server: String,
    session: Session,
    connection: Connection,
}

/// The rooms of a server, or why it cannot be used.
pub(super) type Found = Result<Vec<RoomInfo>, String>;

impl Look {
    /// Begins to look; an address that is none is an error at once.
    pub(super) fn begin(server: String, trust: Trust, now: Now) -> Result<Self, String> {
        let url: ServerUrl = server.parse().map_err(|error| format!("{error}"))?;
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
        let connection = Connection::dial(url, trust);
        Ok(Self {
            server,
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
                Output::News(News::Refused { refusal, .. }) => return Some(Err(refusal.message)),
                // A look remembers nothing: the person has not decided to go there.
                Output::News(_)
                | Output::Dial
                | Output::Hangup { .. }
                | Output::Save(_)
                | Output::Remember(_) => {}
            }
        }
        match self.session.link() {
            Link::Refused(refusal) => Some(Err(refusal.message.clone())),
            Link::Stopped(stop) => Some(Err(why(stop))),
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

fn why(stop: &Stop) -> String {
    match stop {
        Stop::Closed { reason, .. } => reason.clone(),
        Stop::KeyChanged { .. } | Stop::NoProof => {
            "the server did not prove that it holds its key".to_owned()
        }
        Stop::Version { server } => format!(
            "the server speaks version {server} of the contract, this program {}",
            protocol::limits::VERSION
        ),
    }
}
