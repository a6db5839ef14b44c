//! Between the session and the plan: what one says becomes what the other hears.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::FutureExt as _;
use protocol::identity::Fingerprint;
use protocol::names::Nick;
use protocol::position::Address;

use super::Driver;
use crate::model::words::Language;
use crate::session::{Input, LocalId, News, Output, Room, State};
use crate::shell::connection::Connection;
use crate::shell::line_mode::plan::{self, Act, Facts};
use crate::shell::storage::StorageError;

/// Events that are taken in before what they come to is done; those behind them wait with the server.
const EVENTS_TOGETHER_MAX: usize = 256;

impl Driver {
    /// Takes an event, and what waits behind it.
    pub(super) fn take_events(&mut self, first: Input) {
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(input) = next {
            if matches!(input, Input::Lost { .. }) {
                self.connection = None;
            }
            self.session(input);
            taken += 1;
            // Whatever is taken off the connection is given to the session, so the limit is asked before.
            let connection = self
                .connection
                .as_mut()
                .filter(|_| taken < EVENTS_TOGETHER_MAX);
            next = connection.and_then(|connection| connection.next().now_or_never());
        }
    }

    pub(super) fn tell(&mut self, input: plan::Input) {
        let room = self.session.room(&self.room);
        let facts = Facts {
            person: self.session.person(),
            nick: self.session.nick().unwrap_or_default().to_owned(),
            head: room.map(Room::head).unwrap_or_default(),
            server_key: self.session.server_key(),
            link: self.session.link().clone(),
        };
        let mut acts = Vec::new();
        self.plan.handle(input, &facts, self.now(), &mut acts);
        self.acts.extend(acts);
    }

    pub(super) fn session(&mut self, input: Input) {
        // What is said is not acknowledged yet: of that the plan knows without looking.
        let from_person = matches!(input, Input::Command(_));
        let mut outputs = Vec::new();
        self.session.handle(input, self.now(), &mut outputs);
        self.outbox_changed |= !from_person && !outputs.is_empty();
        for output in outputs {
            match output {
                Output::Dial => {
                    // The contract of the pipe is in English.
                    let words = Language::English.words();
                    let connection =
                        Connection::dial(self.server.clone(), self.trust.clone(), words);
                    self.connection = Some(connection);
                }
                Output::Transmit(request) => {
                    if let Some(connection) = &mut self.connection {
                        connection.send(request);
                    }
                }
                // A goodbye is said in `finish`, which can wait for it.
                Output::Hangup { goodbye } => {
                    if !goodbye {
                        self.connection = None;
                    }
                }
                Output::Save(record) => self.tell(plan::Input::Record(record)),
                Output::Remember(key) => {
                    let endpoint = self.server.endpoint();
                    let kept = self.storage.remember_server(endpoint, &key);
                    self.note_failure(kept);
                }
                Output::News(news) => self.news(news),
            }
        }
    }

    fn news(&mut self, news: News) {
        if let News::Entered { room, .. } = &news
            && *room == self.room
        {
            let addresses = self.session.rooms().map(Room::address);
            let known = addresses.filter(|address| address.pair().is_some());
            let known: BTreeSet<Address> = known.cloned().collect();
            self.tell(plan::Input::Conversations(known));
        }
        if let News::Nick { nick, .. } = &news {
            let kept = self.keep_key_under(nick);
            self.note_failure(kept);
        }
        let with = if let News::Message { message, .. } = &news
            && message.room.pair().is_some()
        {
            let nick = self.session.room(&message.room).and_then(Room::nick);
            Some(nick.unwrap_or("somebody").to_owned())
        } else {
            None
        };
        self.tell(plan::Input::News { news, with });
    }

    /// The person goes by another nick: the key is found under it from now on.
    fn keep_key_under(&self, nick: &str) -> Result<(), StorageError> {
        let (Some(first), Ok(nick)) = (&self.nick, Nick::new(nick)) else {
            return Ok(());
        };
        let endpoint = self.server.endpoint();
        match self.storage.known_identity(endpoint, first)? {
            Some(identity) => self.storage.keep_identity(endpoint, &identity, &nick),
            None => Ok(()),
        }
    }

    /// What is said of who goes by a nick in the room.
    pub(super) fn whois(&self, nick: &Nick) -> String {
        let wanted = nick.skeleton();
        let is = |name: &str| Nick::normalized(name).is_ok_and(|name| name.skeleton() == wanted);
        let members = self.session.room(&self.room).map(Room::members);
        let members = members.unwrap_or_default();
        match members.iter().find(|member| is(&member.nick)) {
            Some(member) if member.guest => format!("{nick} is a guest: no key shows who it is"),
            Some(member) => format!(
                "{nick}: {}; so says the server, ask {nick} what /key shows there",
                Fingerprint::of(member.person)
            ),
            None => format!("{nick} is not among the members here"),
        }
    }

    /// What cannot be kept is said, and does not end the run.
    fn note_failure(&mut self, kept: Result<(), StorageError>) {
        if let Err(error) = kept {
            self.acts.push_back(Act::Note(error.to_string()));
        }
    }

    /// What the outbox shows, and of each whether it is acknowledged.
    pub(super) fn outbox(&self) -> BTreeMap<LocalId, bool> {
        let rooms = self.session.rooms();
        let pending = rooms.flat_map(|room| self.session.pending(room.address()));
        pending
            .map(|pending| (pending.local, matches!(pending.state, State::Acked(..))))
            .collect()
    }
}
