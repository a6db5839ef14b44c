//! The command line. What is made of it, of the file of settings and of the surroundings stands below.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use protocol::names::{Nick, RoomName};

use crate::model::keys::Keys;
use crate::shell::keys::KeyCommand;
use crate::shell::line_mode::args::{HELP, LineArgs};

pub mod command;
pub mod file;
mod start;
mod surroundings;
mod values;
mod why;

use command::ConfigArgs;
pub use start::whose;
pub use surroundings::{Variable, server_of};
pub use values::{HoursName, LanguageName, PaletteName, ThemeName};
use values::{host, hours, language, mention, nick, palette, room, theme};

/// Name and version of this program, as servers are told.
pub const AGENT: &str = concat!("chat-tui/", env!("CARGO_PKG_VERSION"));

/// The server where none is named and none was used before.
pub const LOCAL_SERVER: &str = "ws://127.0.0.1:7878";

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

    /// How the hours of a day are counted: 24h or 12h
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub time: Option<HoursName>,

    /// A word besides your nick that counts as a mention of you, such as your name; repeatable
    #[arg(long, value_name = "WORD", value_parser = mention)]
    pub mention: Vec<String>,

    /// How the colours are: auto (by the background that the terminal reports), dark, light or high-contrast [default: auto]
    #[arg(long, value_name = "NAME", value_parser = theme)]
    pub theme: Option<ThemeName>,

    /// For whose eyes the colours are: usual, red-green or blue-yellow (safe for who confuses these)
    #[arg(long, value_name = "NAME", value_parser = palette)]
    pub palette: Option<PaletteName>,

    /// What the keys do; only the file of settings says it.
    #[arg(skip)]
    pub keys: Keys,

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

    /// Say what is wrong with the file of settings, as config --check does, and end
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub check_config: Option<Option<PathBuf>>,

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

#[cfg(test)]
mod tests;
