//! The command line, and what the program makes of it and of its surroundings.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};
use protocol::limits::PORT;
use protocol::names::{Nick, RoomName};

use crate::model::form::Form;
use crate::model::words::Language;
use crate::model::{Colours, Desk, Palette, Settings};
use crate::shell::connection::{ServerUrl, Trust, TrustError};
use crate::shell::host::own_url;
use crate::shell::keys::{KeyCommand, Whose, WhoseArgs, nick};
use crate::shell::line_mode;
use crate::shell::line_mode::args::{HELP, LineArgs, Surroundings};
use crate::shell::storage::{IdentitySource, LastForm, Storage};
use crate::shell::terminal::Options;
use crate::shell::zone::local_zone;

pub mod command;
pub mod file;

use command::ConfigArgs;

/// Name and version of this program, as servers are told.
pub const AGENT: &str = concat!("chat-tui/", env!("CARGO_PKG_VERSION"));

/// The server where none is named and none was used before.
pub const LOCAL_SERVER: &str = "ws://127.0.0.1:7878";

/// The environment variable that names the server where the command line does not.
const SERVER_VARIABLE: &str = "CHAT_SERVER";

/// Chat in a terminal. Whatever is not given is asked for on one screen.
#[derive(Clone, Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(
    version,
    max_term_width = 100,
    after_help = HELP,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// What is done in place of chatting.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The room to enter; a leading # is dropped
    #[arg(long, value_name = "NAME", value_parser = room)]
    pub room: Option<RoomName>,

    /// Rooms to enter besides; only the file of settings names them.
    #[arg(skip)]
    pub further_rooms: Vec<RoomName>,

    /// The name to go by; it belongs to this machine's key from the first use on
    #[arg(long, value_name = "NICK", value_parser = nick)]
    pub nick: Option<Nick>,

    /// The server, by its address.
    #[arg(
        long,
        value_name = "URL",
        help = "The server: ws://HOST[:PORT], wss://HOST[:PORT] or HOST[:PORT] [default: $CHAT_SERVER, else by config.toml]",
        conflicts_with = "host"
    )]
    pub server: Option<String>,

    /// Believe on wss:// only the certificates in FILE (PEM) and what they signed, instead of those of the system
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,

    /// Serve from this very process if there is no server yet, at ADDR or ADDR:PORT [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "127.0.0.1", value_parser = host)]
    pub host: Option<SocketAddr>,

    /// With --host: where the history is kept [default: per-user data directory]
    #[arg(long, value_name = "DIR", requires = "host")]
    pub data: Option<PathBuf>,

    /// Remember the key that the server has now instead of the one before; only after whoever runs it said that it changed
    #[arg(long)]
    pub new_server_key: bool,

    /// Go by a key that is thrown away: the nick is free again afterwards
    #[arg(long)]
    pub guest: bool,

    /// The language of the interface: en or ko [default: by LANG]
    #[arg(long, value_name = "LANG", value_parser = language)]
    pub lang: Option<LanguageName>,

    /// A word besides your nick that counts as a mention of you, such as your name; repeatable
    #[arg(long, value_name = "WORD", value_parser = mention)]
    pub mention: Vec<String>,

    /// For whose eyes the colours are: usual, red-green or blue-yellow (safe for who confuses these)
    #[arg(long, value_name = "NAME", value_parser = palette)]
    pub palette: Option<PaletteName>,

    /// Leave the mouse to the terminal
    #[arg(long, overrides_with = "mouse")]
    pub no_mouse: bool,

    /// Take the mouse, whatever the file of settings says
    #[arg(long, overrides_with = "no_mouse")]
    pub mouse: bool,

    /// Do not ask for unambiguous keys, for terminals whose input method breaks over it
    #[arg(long, overrides_with = "no_plain_keys")]
    pub plain_keys: bool,

    /// Ask for them, whatever the file of settings says
    #[arg(long, overrides_with = "plain_keys")]
    pub no_plain_keys: bool,

    /// Go by the key in FILE, whatever the server and nick; it is made there if there is none
    #[arg(long, value_name = "FILE", conflicts_with = "guest")]
    pub identity: Option<PathBuf>,

    /// Line mode.
    #[command(flatten)]
    pub line: LineArgs,
}

/// What is done in place of chatting.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Show your key, give it to another machine, take one from there
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print every setting of the file of settings, or check the file
    Config(ConfigArgs),
}

/// A language by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageName(pub Language);

/// A set of colours by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaletteName(pub Palette);

fn room(text: &str) -> Result<RoomName, String> {
    RoomName::normalized(text).map_err(|error| error.to_string())
}

fn host(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let address: IpAddr = text
        .parse()
        .map_err(|_none| "an address is an IP address, with :PORT or without".to_owned())?;
    Ok(SocketAddr::new(address, PORT))
}

/// Most bytes of a word that counts as a mention.
const MENTION_BYTES_MAX: usize = 128;

fn mention(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("the word is empty; give at least one letter".to_owned()),
        word if word.len() > MENTION_BYTES_MAX => Err(format!(
            "the word has {} bytes, the limit is {MENTION_BYTES_MAX}; shorten it",
            word.len()
        )),
        word => Ok(word.to_owned()),
    }
}

fn language(text: &str) -> Result<LanguageName, String> {
    match text {
        "en" => Ok(LanguageName(Language::English)),
        "ko" => Ok(LanguageName(Language::Korean)),
        _ => Err("the languages are en and ko".to_owned()),
    }
}

fn palette(text: &str) -> Result<PaletteName, String> {
    match text {
        "usual" => Ok(PaletteName(Palette::Usual)),
        "red-green" => Ok(PaletteName(Palette::RedGreen)),
        "blue-yellow" => Ok(PaletteName(Palette::BlueYellow)),
        _ => Err("the palettes are usual, red-green and blue-yellow".to_owned()),
    }
}

/// A variable of the environment by its name, nothing where it is not set or empty.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

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
            zone: local_zone(),
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

/// The server that the environment names.
pub fn server_of(variable: Variable<'_>) -> Option<String> {
    variable(SERVER_VARIABLE)
}

/// The language of messages by the order of POSIX.
fn locale(variable: Variable<'_>) -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(variable);
    Language::of_locale(&named.unwrap_or_default())
}

/// `NO_COLOR` (no-color.org) wins over what the terminal can.
fn colours(variable: Variable<'_>) -> Colours {
    let term = variable("TERM").unwrap_or_default();
    let colour_term = variable("COLORTERM").unwrap_or_default();
    if variable("NO_COLOR").is_some() || term == "dumb" {
        Colours::None
    } else if matches!(colour_term.as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
        Colours::True
    } else if term.contains("256color") {
        Colours::Many
    } else {
        Colours::Sixteen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::form::Field;

    fn parsed(flags: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once(&"chat-tui").chain(flags))
    }

    fn last() -> LastForm {
        LastForm {
            server: "wss://chat.example".to_owned(),
            room: "개발".to_owned(),
            nick: "지은".to_owned(),
        }
    }

    #[test]
    fn t14_words_that_mention_are_named_and_bounded() {
        let words = |flags: &[&str]| parsed(flags).map(|parsed| parsed.mention);
        let given = words(&["--mention", " 김민수 ", "--mention", "ops"]).unwrap();
        assert_eq!(given, ["김민수", "ops"]);
        let most = "a".repeat(MENTION_BYTES_MAX);
        assert!(words(&["--mention", &most]).is_ok());
        for wrong in [" ".to_owned(), most + "a"] {
            assert!(words(&["--mention", &wrong]).is_err(), "{wrong:?}");
        }
    }

    #[track_caller]
    fn check(flags: &[&str], last: &LastForm, values: [&str; 3], focus: Field) {
        let form = parsed(flags).unwrap().form(last);
        let inputs = [&form.server, &form.room, &form.nick];
        assert_eq!(inputs.map(|input| input.editor.text()), values);
        assert_eq!(form.focus, focus);
    }

    #[test]
    fn what_is_missing_is_filled_in_with_the_last_values() {
        let none = LastForm::default();
        check(&[], &none, [LOCAL_SERVER, "", ""], Field::Server);
        check(
            &[],
            &last(),
            ["wss://chat.example", "개발", "지은"],
            Field::Server,
        );
        check(
            &["--room", "#Rust"],
            &last(),
            ["wss://chat.example", "rust", "지은"],
            Field::Server,
        );
        check(
            &["--room", "lobby", "--nick", "me"],
            &none,
            [LOCAL_SERVER, "lobby", "me"],
            Field::Enter,
        );
        check(
            &["--server", "chat.example", "--room", "lobby"],
            &none,
            ["chat.example", "lobby", ""],
            Field::Nick,
        );
    }

    #[test]
    fn names_are_checked_and_composed_on_the_command_line() {
        let decomposed = "\u{1100}\u{1162}\u{1107}\u{1161}\u{11af}";
        let arguments = parsed(&["--room", decomposed, "--nick", "김개발"]).unwrap();
        assert_eq!(arguments.room.unwrap().as_str(), "개발");
        let error = parsed(&["--nick", "a b"]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ValueValidation);
        assert_eq!(
            parsed(&["--lang", "fr"]).unwrap_err().kind(),
            ErrorKind::ValueValidation
        );
        assert_eq!(
            parsed(&["--host", "--server", "x"]).unwrap_err().kind(),
            ErrorKind::ArgumentConflict
        );
    }

    #[test]
    fn the_environment_names_the_server_where_the_command_line_does_not() {
        let server = |flags: &[&str]| {
            let variable = |name: &str| (name == "CHAT_SERVER").then(|| "chat.example".to_owned());
            parsed(flags).unwrap().with_environment(&variable).server
        };
        assert_eq!(server(&[]).as_deref(), Some("chat.example"));
        assert_eq!(server(&["--server", "x"]).as_deref(), Some("x"));
        assert_eq!(server(&["--host"]), None);
    }

    #[test]
    fn the_server_whose_key_is_forgotten_is_the_one_that_is_dialled() {
        let dialled = |flags: &[&str], last: &LastForm| parsed(flags).unwrap().dialled(last);
        assert_eq!(dialled(&[], &last()), "wss://chat.example");
        assert_eq!(dialled(&[], &LastForm::default()), LOCAL_SERVER);
        assert_eq!(dialled(&["--server", "x:1"], &last()), "x:1");
        assert_eq!(dialled(&["--host"], &last()), LOCAL_SERVER);
        assert_eq!(
            dialled(&["--host", "0.0.0.0:9"], &last()),
            "ws://127.0.0.1:9"
        );
    }

    #[track_caller]
    fn line_mode(flags: &[&str]) -> Result<line_mode::Options, ErrorKind> {
        let surroundings = Surroundings {
            dumb: false,
            input_is_terminal: false,
            output_is_terminal: false,
            error_is_terminal: false,
        };
        let arguments = parsed(flags).unwrap();
        let options = arguments.line_mode(surroundings, Storage::at("/nowhere"), Trust::System);
        options.map_err(|error| error.kind())
    }

    #[test]
    fn line_mode_wants_a_room_and_a_server_that_is_there() {
        let options = line_mode(&["--room", "lobby"]).unwrap();
        assert_eq!(options.server.endpoint().as_str(), "127.0.0.1:7878");
        assert_eq!(options.nick, None);
        let options = line_mode(&["--room", "lobby", "--nick", "me", "--guest"]).unwrap();
        assert!(options.source == IdentitySource::ThrowAway && options.nick.is_some());
        for (flags, kind) in [
            (
                &["--room", "lobby", "--identity", "x"][..],
                ErrorKind::MissingRequiredArgument,
            ),
            (&["--nick", "me"], ErrorKind::MissingRequiredArgument),
            (
                &["--room", "lobby", "--server", "http://x"],
                ErrorKind::ValueValidation,
            ),
        ] {
            assert_eq!(line_mode(flags).unwrap_err(), kind, "{flags:?}");
        }
    }

    #[test]
    fn a_host_listens_on_this_machine_unless_it_is_told_where() {
        let host = |flags: &[&str]| {
            parsed(flags)
                .unwrap()
                .host
                .map(|address| address.to_string())
        };
        assert_eq!(host(&[]), None);
        assert_eq!(host(&["--host"]).as_deref(), Some("127.0.0.1:7878"));
        assert_eq!(
            host(&["--host", "0.0.0.0", "--room", "lobby"]).as_deref(),
            Some("0.0.0.0:7878")
        );
        assert_eq!(host(&["--host", "[::1]:0"]).as_deref(), Some("[::1]:0"));
        assert!(parsed(&["--host", "chat.example"]).is_err());
    }

    #[test]
    fn t20_colours_are_for_the_eyes_that_the_command_line_names() {
        let palette = |flags: &[&str]| Some(parsed(flags).ok()?.settings(&|_| None).palette);
        assert_eq!(palette(&[]), Some(Palette::Usual));
        assert_eq!(
            palette(&["--palette", "red-green"]),
            Some(Palette::RedGreen)
        );
        assert_eq!(
            palette(&["--palette", "blue-yellow"]),
            Some(Palette::BlueYellow)
        );
        assert_eq!(palette(&["--palette", "pink"]), None);
    }

    #[test]
    fn surroundings_decide_language_and_colours() {
        let variables = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                let found = pairs.iter().find(|(other, _)| *other == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        let settings = |pairs| parsed(&[]).unwrap().settings(&variables(pairs));
        assert_eq!(
            settings(&[("LANG", "ko_KR.UTF-8")]).language,
            Language::Korean
        );
        assert_eq!(
            settings(&[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "C")]).language,
            Language::English
        );
        assert_eq!(
            settings(&[("TERM", "xterm-256color")]).colours,
            Colours::Many
        );
        assert_eq!(
            settings(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]).colours,
            Colours::True
        );
        assert_eq!(settings(&[("TERM", "xterm")]).colours, Colours::Sixteen);
        assert_eq!(
            settings(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).colours,
            Colours::None
        );
    }
}
