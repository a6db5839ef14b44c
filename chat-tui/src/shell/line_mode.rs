//! Line mode: a line a message in, a line an event out, so that scripts, bots and screen readers have the chat too. It never prompts.
//!
//! For programs the shell half is here and in `drive` and `streams`: it reads, writes and waits, and decides nothing. [`plan`] decides,
//! [`input`] and [`format`](mod@format) know how lines look, and none of them touches anything. For people at a terminal `evening`
//! carries lines to and from the model of the screen, which knows what is said.

use std::io::Write as _;

use protocol::names::{Nick, RoomName};

use crate::model;
use crate::shell::connection::{ServerUrl, Trust};
use crate::shell::storage::{IdentitySource, Storage};

pub mod args;
mod drive;
mod evening;
pub mod format;
pub mod input;
pub mod ledger;
pub mod plan;
pub mod recent;
pub mod streams;

/// How long the last lines may take to be written when people leave.
const LAST_LINES_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

/// What line mode is started with.
#[derive(Debug)]
pub struct Options {
    /// The server.
    pub server: ServerUrl,
    /// Whose certificates are believed on `wss://`.
    pub trust: Trust,
    /// The room.
    pub room: RoomName,
    /// The nick; without one the server gives a guest's.
    pub nick: Option<Nick>,
    /// Which key the person goes by; without a nick it is always one that is thrown away.
    pub source: IdentitySource,
    /// The flags.
    pub args: args::LineArgs,
    /// What the program was started in.
    pub surroundings: args::Surroundings,
    /// Where the keys and the remembered servers are.
    pub storage: Storage,
    /// Rooms to enter besides, where people read.
    pub further_rooms: Vec<RoomName>,
    /// How people are spoken to.
    pub settings: model::Settings,
}

/// Runs line mode to its end and gives the exit code; [`args::HELP`] lists them.
///
/// # Errors
///
/// When no runtime can be started.
pub fn run(options: Options) -> std::io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let code = runtime.block_on(async {
        let started = if options.args.is_for_people(&options.surroundings) {
            match evening::Evening::start(options) {
                Ok(evening) => return Box::pin(evening.run()).await,
                Err(error) => Err(error),
            }
        } else {
            drive::Driver::start(options)
        };
        match started {
            Ok(driver) => driver.run().await,
            Err(error) => {
                // Without standard error there is nobody left to tell.
                writeln!(std::io::stderr(), "{error}").unwrap_or(());
                error.exit_code()
            }
        }
    });
    // A name that is still looked up would hold the end up.
    runtime.shutdown_background();
    Ok(code)
}
