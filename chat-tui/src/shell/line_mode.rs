//! Line mode: a line a message in, a line an event out, so that scripts, bots and screen readers have the chat too. It never prompts.
//!
//! The shell half is here and in `drive` and `streams`: it reads, writes and waits, and decides nothing. [`plan`] decides, [`input`]
//! and [`format`](mod@format) know how lines look, and none of them touches anything.

use std::io::Write as _;

use protocol::names::{Nick, RoomName};

use crate::shell::connection::{ServerUrl, Trust};
use crate::shell::storage::Storage;

pub mod args;
mod drive;
pub mod format;
pub mod input;
pub mod ledger;
pub mod plan;
pub mod streams;

pub use plan::EXIT_UNREACHABLE;

/// What line mode is started with.
#[derive(Debug)]
pub struct Options {
    /// The server.
    pub server: ServerUrl,
    /// Whose certificates are believed on `wss://`.
    pub trust: Trust,
    /// The room.
    pub room: RoomName,
    /// The nick; without one it is a guest.
    pub nick: Option<Nick>,
    /// Go by a key that is thrown away, as a guest does.
    pub guest: bool,
    /// The flags.
    pub args: args::LineArgs,
    /// What the program was started in.
    pub surroundings: args::Surroundings,
    /// Where the keys and the remembered servers are.
    pub storage: Storage,
}

/// Runs line mode to its end and gives the exit code; `args::HELP` lists them. To be called within a tokio runtime.
///
/// The runtime should be shut down in the background after it, as a name that is still looked up would hold the end up.
pub async fn run(options: Options) -> u8 {
    match drive::Driver::start(options) {
        Ok(driver) => driver.run().await,
        Err(error) => {
            say(&error);
            error.exit_code()
        }
    }
}

/// Says a sentence before there is a loop that could.
pub fn say(sentence: &dyn std::fmt::Display) {
    // Without standard error there is nobody left to tell.
    writeln!(std::io::stderr(), "{sentence}").unwrap_or(());
}
