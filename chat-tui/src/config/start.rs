//! What the program is started with: the command line, the surroundings and what was entered last, for the screen, line mode and keys.

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use protocol::names::{Nick, RoomName};

use super::surroundings::{Variable, colours, locale, server_of};
use super::{Arguments, LOCAL_SERVER};
use crate::model::form::Form;
use crate::model::log::Hours;
use crate::model::{Desk, Palette, Settings, ThemeChoice};
use crate::shell::connection::{ServerUrl, Trust, TrustError};
use crate::shell::host::own_url;
use crate::shell::keys::{Whose, WhoseArgs};
use crate::shell::line_mode;
use crate::shell::line_mode::args::Surroundings;
use crate::shell::storage::{IdentitySource, LastForm, Storage};
use crate::shell::terminal::Options;
use crate::shell::zone::local_zone;

impl Arguments {
    /// Takes the server from the environment where the command line says nothing about servers: a variable that is always
    /// set is no reason to refuse `--host`.
    #[must_use]
    pub fn with_environment(mut self, variable: Variable<'_>) -> Self {
        if self.server.is_none() && self.host.is_none() {
            self.server = server_of(variable);
        }
        self
    }

    /// The first-run form: what the command line gave, else what was entered last, else the local server.
    pub fn form(&self, last: &LastForm) -> Form {
        let room = self.room.as_ref().map(RoomName::as_str);
        let nick = self.nick.as_ref().map(Nick::as_str);
        // Who names a room and a nick wants to be in; the server is then the one of the last time.
        let all_but_server = self.room.is_some() && self.nick.is_some();
        let mut form = Form::new(
            (
                self.server_or(last),
                self.server.is_some() || all_but_server,
            ),
            (room.unwrap_or(&last.room), room.is_some()),
            (nick.unwrap_or(&last.nick), nick.is_some()),
        );
        form.further_rooms.clone_from(&self.further_rooms);
        form
    }

    /// The screen's settings, but for its size.
    pub fn settings(&self, variable: Variable<'_>) -> Settings {
        Settings {
            language: self.lang.map_or_else(|| locale(variable), |name| name.0),
            colours: colours(variable),
            palette: self.palette.map_or_else(Palette::default, |name| name.0),
            theme: self.theme.map_or_else(ThemeChoice::default, |name| name.0),
            keys: self.keys.clone(),
            zone: local_zone(),
            hours: self.time.map_or_else(Hours::default, |name| name.0),
            mention_words: self.mention.clone(),
            desk: Desk {
                mouse: !self.no_mouse,
                is_remote: ["SSH_CONNECTION", "SSH_TTY"]
                    .into_iter()
                    .any(|name| variable(name).is_some()),
            },
            ..Settings::default()
        }
    }

    /// What the terminal is asked for.
    pub const fn terminal(&self) -> Options {
        Options {
            mouse: !self.no_mouse,
            keyboard_flags: !self.plain_keys,
        }
    }

    /// Whose certificates are believed on `wss://`.
    pub fn trust(&self) -> Result<Trust, TrustError> {
        self.ca.as_deref().map_or(Ok(Trust::System), Trust::file)
    }

    /// The server that was named, else the last one, else the local one.
    pub fn server_or<'a>(&'a self, last: &'a LastForm) -> &'a str {
        let last = Some(last.server.as_str()).filter(|server| !server.is_empty());
        self.server.as_deref().or(last).unwrap_or(LOCAL_SERVER)
    }

    /// The server that will be dialled, if the person types no other: the one that is opened here, or the one of [`Self::server_or`].
    pub fn dialled(&self, last: &LastForm) -> String {
        match self.host {
            Some(address) => own_url(address),
            None => self.server_or(last).to_owned(),
        }
    }

    /// Which key the person goes by.
    pub fn identity_source(&self) -> IdentitySource {
        match &self.identity {
            _ if self.guest => IdentitySource::ThrowAway,
            Some(path) => IdentitySource::File(path.clone()),
            None => IdentitySource::PerNick,
        }
    }

    /// What line mode is started with. It asks for nothing, so what it cannot go without is missing, and an error of usage.
    pub fn line_mode(
        self,
        surroundings: Surroundings,
        storage: Storage,
        trust: Trust,
    ) -> Result<line_mode::Options, clap::Error> {
        let source = self.identity_source();
        let wrong = |kind, message: String| Err(Self::command().error(kind, message));
        let Some(room) = self.room else {
            let message = "line mode asks for nothing: name the room with --room".to_owned();
            return wrong(ErrorKind::MissingRequiredArgument, message);
        };
        if self.identity.is_some() && self.nick.is_none() {
            let message = "--identity is a key for a nick: name it with --nick".to_owned();
            return wrong(ErrorKind::MissingRequiredArgument, message);
        }
        // The same command does the same every time: the server of the last time is for people.
        let server = self.server.as_deref().unwrap_or(LOCAL_SERVER);
        match server.parse() {
            Ok(server) => Ok(line_mode::Options {
                server,
                trust,
                room,
                nick: self.nick,
                source,
                args: self.line,
                surroundings,
                storage,
                further_rooms: self.further_rooms,
                settings: Settings::default(),
            }),
            Err(error) => wrong(
                ErrorKind::ValueValidation,
                format!("--server {server}: {error}"),
            ),
        }
    }
}

/// Whose key it is about where the program does something with keys: what the command line says, else what was entered last.
pub fn whose(named: &WhoseArgs, last: &LastForm) -> Result<Whose, clap::Error> {
    let before = Some(last.server.as_str()).filter(|server| !server.is_empty());
    let server = named.server.as_deref().or(before).unwrap_or(LOCAL_SERVER);
    let url: ServerUrl = server.parse().map_err(|error| {
        Arguments::command().error(ErrorKind::ValueValidation, format!("{server}: {error}"))
    })?;
    Ok(Whose {
        endpoint: url.endpoint().clone(),
        nick: named.nick.clone().or_else(|| last.nick.parse().ok()),
        source: match &named.identity {
            Some(path) => IdentitySource::File(path.clone()),
            None => IdentitySource::PerNick,
        },
        server_given: named.server.is_some(),
        nick_given: named.nick.is_some(),
    })
}
